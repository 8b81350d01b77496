"""The tables as filed: every cell in its place, and a reason at every doubtful one."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.pages.context import Context
from pipeline.pages.parts.filed_tables import Filed, filed_tables
from pipeline.pages.parts.marks import MANY, anchor
from pipeline.pages.report import around, report_page
from pipeline.pages.words import Words
from pipeline.published.package import read_package
from pipeline.published.records import Package, Report
from tests.site.corpus import Cell, Corpus

AGENCY = "990000-housing"
ZH = Words("zh")


class Grid(HTMLParser):
    """A table as a browser lays it out: each cell of the grid has the element that covers it."""

    def __init__(self, table: str) -> None:
        super().__init__()
        self.cells: dict[tuple[int, int], tuple[str, list[str]]] = {}
        self.order: list[tuple[str, list[str]]] = []
        self.row = -1
        self.text: list[str] = []
        self.feed(table)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "tr":
            self.row += 1
        if tag in ("th", "td"):
            self.text = []
            cell = (tag, self.text)
            self.order.append(cell)
            column = 0
            while (self.row, column) in self.cells:
                column += 1
            for down in range(int(values.get("rowspan") or 1)):
                for right in range(int(values.get("colspan") or 1)):
                    place = (self.row + down, column + right)
                    assert place not in self.cells, f"two cells at {place}"
                    self.cells[place] = cell

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def data_cells(self) -> list[str]:
        return ["".join(text) for tag, text in self.order if tag == "td"]

    def is_full(self) -> bool:
        wide = max(column for _, column in self.cells) + 1
        return len(self.cells) == wide * (self.row + 1)


def tables(folder: Path, form: str = "t2021", **report: object) -> tuple[Package, Report, list[Filed]]:
    corpus = Corpus().empty().agency(AGENCY)
    corpus.report(AGENCY, 2023, form=form, **report)  # type: ignore[arg-type]
    package = read_package(corpus.write(folder / "package"))
    return package, package.reports[0], list(filed_tables(package, package.reports[0], ZH))


@pytest.mark.parametrize(("form", "cells"), [("t2021", 200), ("t2019", 198)])
def test_every_cell_of_the_form_stands_in_its_order(tmp_path: Path, form: str, cells: int) -> None:
    corpus = Corpus()
    chosen = next(one for one in corpus.descriptor["forms"] if one["key"] == form)
    keys: list[Cell] = [
        (table["key"], row["item"], column["key"])
        for table in chosen["tables"]
        for part in table["parts"]
        for row in part["rows"]
        if row["kind"] == "data"
        for column in part["columns"]
    ]
    assert len(keys) == cells
    numbered = {key: str(index + 1) for index, key in enumerate(keys)}
    _, _, filed = tables(tmp_path, form, figures=numbered)
    grids = [Grid(str(table.table)) for table in filed]
    assert [cell for grid in grids for cell in grid.data_cells()] == [
        str(index + 1) for index in range(cells)
    ]
    assert all(grid.is_full() for grid in grids)
    assert [table.title for table in filed] == [table["title"] for table in chosen["tables"]]


def test_a_figure_stands_below_its_column_and_beside_its_row(tmp_path: Path) -> None:
    figures = {("requests", "denied_process_info", "org_research"): "77"}
    _, _, filed = tables(tmp_path, figures=figures)
    grid = Grid(str(filed[1].table))
    (place,) = (place for place, (tag, text) in grid.cells.items() if tag == "td" and text == ["77"])
    above = {"".join(grid.cells[row, place[1]][1]) for row in range(3)}
    assert above == {"申请人情况", "法人或其他组织", "科研机构"}
    beside = ["".join(grid.cells[place[0], column][1]) for column in range(3)]
    assert beside == ["三、本年度办理结果", "（三）不予公开", "6.属于四类过程性信息"]


def test_four_kinds_of_nothing_look_different(tmp_path: Path) -> None:
    figures = {("requests", "granted", column): "" for column in ("org_other", "org_research", "total")}
    notes = {
        ("requests", "granted", "org_other"): ("mark", "/"),
        ("requests", "granted", "org_research"): ("blank", ""),
        ("requests", "granted", "total"): ("absent", ""),
    }
    _, _, filed = tables(tmp_path, figures=figures, notes=notes)
    text = str(filed[1].table)
    assert "<i>/</i>" in text
    assert "<td class=blank>" in text
    assert "<i>未印</i>" in text
    assert [str(note) for note in filed[1].notes] == ["原文这一格只有“/”，没有数字。", "原文没有这一格。"]


def test_a_finding_is_a_note_at_its_cell_and_the_same_reason_stands_once(tmp_path: Path) -> None:
    corpus = Corpus().empty().agency(AGENCY).report(AGENCY, 2023)
    for cell in ("requests/granted/total", "requests/denied_process_info", "requests/granted/org_other"):
        corpus.finding(f"{AGENCY}-2023", "T101", cell, message_zh="a<b", hint_zh="c")
    package = read_package(corpus.write(tmp_path / "package"))
    (table,) = (table for table in filed_tables(package, package.reports[0], ZH) if table.key == "requests")
    (note,) = table.notes
    assert str(note).startswith("a&lt;bc <a href=")
    assert "quality/T101/" in note
    text = str(table.table)
    assert text.count("class=mark") == 3
    assert "id=c-requests-granted-total" in text.replace('"', "")
    assert "id=c-requests-denied_process_info" in text.replace('"', "")
    assert "a<b" not in text  # the reason is on tap, see tests/site/test_quality.py


@pytest.mark.parametrize("many", [3, 25])
def test_a_finding_of_many_cells_is_told_once_and_numbered_at_each(tmp_path: Path, many: int) -> None:
    corpus = Corpus().empty().agency(AGENCY).report(AGENCY, 2023)
    form = next(one for one in corpus.descriptor["forms"] if one["key"] == "t2021")
    (part,) = next(table["parts"] for table in form["tables"] if table["key"] == "requests")
    rows = [row["item"] for row in part["rows"] if row["kind"] == "data"][:many]
    for number, row in enumerate(rows):
        corpus.finding(f"{AGENCY}-2023", "F110", f"requests/{row}/total", message_zh=f"认作“{number}”。")
    package = read_package(corpus.write(tmp_path / "package"))
    (report,) = package.reports
    (table,) = (table for table in filed_tables(package, report, ZH) if table.key == "requests")
    context = Context(package, ZH)
    page = report_page(context, report, around(context, report))
    is_together = many > MANY
    marked = {anchor(report, finding) for finding in report.findings}
    assert marked == ({"table-requests"} if is_together else {f"c-requests-{row}-total" for row in rows})
    assert len(table.notes) == (1 if is_together else many)
    assert str(table.table).count("data-n=1") == (many if is_together else 0)
    assert str(table.table).count("class=mark") == (0 if is_together else many)
    said = [finding.message for finding in page.values["findings"]]
    assert len(said) == (1 if is_together else many)
    assert ("共 25 格" in said[0]) is is_together
