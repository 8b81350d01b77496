"""An invented report as printed: paragraphs and tables of merged cells, before any file format.

Comes in: a seeded generator and a form. Goes out: a ``Printed`` report and the truth about every cell of its form.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from pipeline.bench.synthetic import invent
from pipeline.knowledge.forms import forms
from pipeline.model.figure import CellKey, plain
from pipeline.model.form import Form, Part, Row, Table

SCALES = {"zero": 0, "small": 6, "busy": 60, "large": 4_000}
PLACES = ("虚构市", "假想县", "无名市东区", "例示州", "样例市高新区")
BODIES = ("住房和城乡建设局", "教育局", "人民政府办公室", "卫生健康委员会", "水务局", "街道办事处")
PROSE = (
    "我单位认真贯彻落实《中华人民共和国政府信息公开条例》，按照上级部署推进各项工作。",
    "全年主动公开政府信息128条，其中工作动态96条，通知公告32条，网站访问量达20139人次。",
    "严格执行保密审查制度，做到先审查、后公开，未发生失泄密事件。",
    "一是信息公开的质量有待提高；二是工作人员业务水平有待加强。",
    "2020年以来，累计举办培训3期，培训120人次，较上年增加15%。",
)


class Says(StrEnum):
    """What the printed page says of a cell. ``LOST``: something is printed there that no reader may call a value."""

    VALUE = "value"
    BLANK = "blank"
    MARK = "mark"
    ABSENT = "absent"
    LOST = "lost"


@dataclass(frozen=True)
class Truth:
    """The truth of one cell. ``sure`` is False where the page may not tell it: then a flag is right as well.

    ``knowable``: the page does not tell it, but the sums do. ``unit``: as the header prints it, where that is not the form's.
    """

    says: Says
    value: Decimal | None = None
    sure: bool = True
    knowable: bool = False
    unit: str = ""


@dataclass(eq=False)
class Box:
    """One printed cell, over ``wide`` columns and ``tall`` rows; ``cell`` is the cell of the form, if it is a figure."""

    text: str
    wide: int = 1
    tall: int = 1
    cell: CellKey | None = None


@dataclass(eq=False)
class Sheet:
    """A printed table: for each row the boxes that begin in it."""

    table: str
    width: int
    rows: list[list[Box]]

    def data_rows(self) -> list[list[Box]]:
        """The rows with figures."""
        return [row for row in self.rows if any(box.cell for box in row)]

    def grid(self) -> list[list[tuple[Box, bool] | None]]:
        """Row by row the boxes over each column, and whether they begin there; None beyond the end of a short row."""
        filled: list[list[tuple[Box, bool] | None]] = []
        hanging: dict[int, tuple[Box, int]] = {}  # column -> box from above and rows left
        for boxes in self.rows:
            line: list[tuple[Box, bool] | None] = []
            waiting = list(boxes)
            while len(line) < self.width or waiting:
                column = len(line)
                if column in hanging:
                    box, left = hanging.pop(column)
                    line.append((box, False))
                    if left > 1:
                        hanging[column] = (box, left - 1)
                elif waiting:
                    box = waiting.pop(0)
                    for offset in range(box.wide):
                        line.append((box, offset == 0))
                        if box.tall > 1:
                            hanging[column + offset] = (box, box.tall - 1)
                else:
                    line.append(None)
            filled.append(line)
        return filled


@dataclass(eq=False)
class Text:
    """A paragraph; ``role`` is title, heading, prose, furniture or signature."""

    text: str
    role: str = "prose"


@dataclass(eq=False)
class Printed:
    """A printed report, open to damage.

    Attributes:
        truth: what the page says of every cell of the form.
        line_quirks: damage that is done to the lines of a text file after it is laid out.
        touched: rows that a quirk has already damaged; another leaves them alone.
        moves_blanks: a converter dropped all blank cells and put padding at the ends of their rows.
        layout: the name of the layout it will be written in.
        wreck: most of the tables is gone, so that nothing is asked but that nothing wrong is read.
    """

    form: Form
    year: int
    agency: str
    figures: dict[CellKey, Decimal]
    truth: dict[CellKey, Truth]
    blocks: list[Text | Sheet] = field(default_factory=list)
    line_quirks: list[str] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    wreck: bool = False
    layout: str = ""
    scope: str = "agency"
    moves_blanks: bool = False

    def sheets(self, table: str = "") -> list[Sheet]:
        """All tables, or the pieces of one."""
        return [block for block in self.blocks if isinstance(block, Sheet) and table in ("", block.table)]

    def boxes(self) -> list[Box]:
        """Every printed cell."""
        return [box for sheet in self.sheets() for row in sheet.rows for box in row]

    def figure_boxes(self) -> list[Box]:
        """Every printed figure."""
        return [box for box in self.boxes() if box.cell]

    def doubt(self, row: list[Box]) -> None:
        """The page may no longer tell where the figures of a row stand."""
        self.touched.add(id(row))
        for box in row:
            if box.cell:
                truth = self.truth[box.cell]
                self.truth[box.cell] = Truth(truth.says, truth.value, sure=False)

    def free_rows(self, table: str = "") -> list[tuple[Sheet, list[Box]]]:
        """Rows of figures that no quirk has touched."""
        return [
            (sheet, row)
            for sheet in self.sheets(table)
            for row in sheet.data_rows()
            if id(row) not in self.touched
        ]


def print_report(rng: random.Random, form: Form | None = None, scale: str | None = None) -> Printed:
    """A clean report with figures that satisfy every rule of its form."""
    form = form or rng.choice(list(forms().values()))
    year = rng.randint(form.first_year, form.last_year or 2025)
    size = SCALES[scale or rng.choice(list(SCALES))]
    waiting = {column: rng.randint(0, size // 8) for column in ("natural_person", "org_commercial")}
    figures = invent(rng, form, size, waiting)
    if form.key == "t2019" and size:
        for item in ("licensing", "other_services", "penalty", "coercion", "admin_fees"):
            figures["proactive", item, "items_change"] -= rng.randint(0, size)
    printed = Printed(
        form=form,
        year=year,
        agency=rng.choice(PLACES) + rng.choice(BODIES),
        figures=figures,
        truth={key: Truth(Says.VALUE, value) for key, value in figures.items()},
    )
    if printed.agency.endswith("人民政府办公室"):
        printed.scope = "government_office"
    printed.blocks.append(Text(f"{printed.agency}{year}年政府信息公开工作年度报告", "title"))
    for section in form.sections:
        printed.blocks.append(Text(f"{section.number}、{section.zh}", "heading"))
        tables = [table for table in form.tables if table.section == section.key]
        printed.blocks += [print_table(table, figures) for table in tables]
        if not tables:
            printed.blocks += [Text(text) for text in rng.sample(PROSE, 2)]
    printed.blocks.append(Text(printed.agency, "signature"))
    printed.blocks.append(Text(f"{year + 1}年1月{rng.randint(2, 30)}日", "signature"))
    return printed


def print_table(table: Table, figures: dict[CellKey, Decimal]) -> Sheet:
    """One official table with its merged cells."""
    if table.layout == "one_row":
        return _side_by_side(table, figures)
    if len(table.parts) > 1:
        return _blocks(table, figures)
    return _applicants(table, figures)


def _figure(table: str, item: str, column: str, figures: dict[CellKey, Decimal], wide: int = 1) -> Box:
    key = (table, item, column)
    return Box(plain(figures[key]), wide=wide, cell=key)


def _blocks(table: Table, figures: dict[CellKey, Decimal]) -> Sheet:
    width = 1 + max(len(part.columns) for part in table.parts)
    rows = []
    for part in table.parts:
        last = width - len(part.columns)  # the last column takes the width that is left
        wides = [1] * (len(part.columns) - 1) + [last]
        rows.append([Box(part.zh, wide=width)])
        heads = zip(part.columns, wides, strict=True)
        rows.append([Box("信息内容"), *(Box(column.zh, wide=wide) for column, wide in heads)])
        for row in part.data_rows:
            cells = zip(part.columns, wides, strict=True)
            rows.append(
                [
                    Box(row.item.zh),
                    *(_figure(table.key, row.item.key, c.key, figures, wide) for c, wide in cells),
                ]
            )
    return Sheet(table.key, width, rows)


def _applicants(table: Table, figures: dict[CellKey, Decimal]) -> Sheet:
    part = table.parts[0]
    labels = 1 + max(row.depth for row in part.rows)
    everyone, organisations = part.column_groups
    alone = [column for column in part.columns if column.key not in organisations.columns]
    rows = [
        [Box(part.zh, wide=labels, tall=3), Box(everyone.zh, wide=len(part.columns))],
        [
            Box(alone[0].zh, tall=2),
            Box(organisations.zh, wide=len(organisations.columns)),
            Box(alone[1].zh, tall=2),
        ],
        [Box(column.zh) for column in part.columns if column.key in organisations.columns],
    ]
    waiting: list[Box] = []
    for row in part.rows:
        if row.kind == "group":
            waiting.append(Box(row.item.zh, tall=_leaves(part, row)))
            continue
        label = Box(row.item.zh, wide=labels - row.depth)
        cells = [_figure(table.key, row.item.key, column.key, figures) for column in part.columns]
        rows.append([*waiting, label, *cells])
        waiting = []
    return Sheet(table.key, labels + len(part.columns), rows)


def _leaves(part: Part, group: Row) -> int:
    """How many rows of figures stand below a group: those that follow it and are deeper."""
    start = part.rows.index(group) + 1
    count = 0
    for row in part.rows[start:]:
        if row.depth <= group.depth:
            break
        count += row.kind == "data"
    return count


def _side_by_side(table: Table, figures: dict[CellKey, Decimal]) -> Sheet:
    part = table.parts[0]
    tops = [row for row in part.rows if row.depth == 0]
    below = [row for row in part.rows if row.depth == 1]
    size = len(part.columns)
    first = [row for row in tops if row.kind == "data"]
    rows = [
        [Box(row.item.zh, wide=size * (1 if row.kind == "data" else len(below))) for row in tops],
        [
            *(Box(column.zh, tall=2) for _ in first for column in part.columns),
            *(Box(row.item.zh, wide=size) for row in below),
        ],
        [Box(column.zh) for _ in below for column in part.columns],
        [_figure(table.key, row.item.key, c.key, figures) for row in part.data_rows for c in part.columns],
    ]
    return Sheet(table.key, size * len(part.data_rows), rows)
