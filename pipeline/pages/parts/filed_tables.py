"""The tables as filed, laid out as the official form prints them, with a mark on every doubtful cell.

A mark is a link to a note below the table, so that its reason is there for a mouse, a finger, a screen reader and on
paper. End tags that HTML lets one leave out are left out: a page has two hundred cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import lcm

from markupsafe import Markup

from pipeline.model.form import Part, Row, Table, TableLayout
from pipeline.pages.addresses import quality_path, report_path
from pipeline.pages.parts.amounts import TOTAL
from pipeline.pages.parts.marks import cell_id, kind, place, told_together
from pipeline.pages.words import Words, figure, line_of
from pipeline.published.records import Finding, Package, Report
from pipeline.safety.escape import html

# A cell with one of these statuses shows what is printed or left open, and why, in a note. Blank ones are many: they
# are hatched, and one sentence above the tables says what that means.
NOTED = ("mark", "absent", "unreadable", "ambiguous", "resolved", "unconfirmed")


@dataclass
class _Marks:
    """The notes of one table: the same reason twice is one note."""

    table: str
    reasons: list[Markup] = field(default_factory=list)

    def number(self, reason: Markup) -> int:
        if reason not in self.reasons:
            self.reasons.append(reason)
        return self.reasons.index(reason) + 1

    def link(self, reason: Markup) -> str:
        number = self.number(reason)
        note = html(f"n-{self.table}-{number}")
        return f"<a class=mark href=#{note}>{number}</a>"


@dataclass(frozen=True)
class Filed:
    """One table, ready for the page: its key, title with marks, HTML, and its notes in the order of their numbers."""

    key: str
    title: str
    marks: Markup
    table: Markup
    notes: tuple[Markup, ...]
    tall: bool


TALL = 15  # rows; a longer table scrolls below its header


def filed_tables(package: Package, report: Report, words: Words) -> tuple[Filed, ...]:
    """The tables of one report, in the order of its form."""
    return tuple(_Painter(package, report, table, words).paint() for table in report.form.tables)


class _Painter:
    """Paints one table of one report."""

    def __init__(self, package: Package, report: Report, table: Table, words: Words) -> None:
        self.package, self.report, self.table, self.words = package, report, table, words
        self.marks = _Marks(table.key)
        self.root = "../" * report_path(report).count("/")
        # In the order of the package: what is found about a row or column stands on its head, about a cell on the
        # cell, about the table on its title.
        self.found: dict[tuple[str, str], list[int]] = {}
        for index, finding in enumerate(report.findings):
            if finding.table == table.key:
                self.found.setdefault(place(report, finding), []).append(index)
        self.together = told_together(report)
        notes = (note for (of_table, _, _), note in report.notes.items() if of_table == table.key)
        self.is_picture = any(note.status == "recognised" for note in notes)
        self.headed: set[str] = set()  # columns whose head was painted: one that comes again has no id

    def paint(self) -> Filed:
        marks = Markup(self._mark("") + self._read_from_pictures())
        if self.table.layout is TableLayout.ONE_ROW:
            body = "".join(self._side_by_side(part) for part in self.table.parts)
        elif len(self.table.parts) == 1 and self._depth(self.table.parts[0]) > 1:
            body = self._nested(self.table.parts[0])
        else:
            body = "".join(self._blocks())
        title = self.words.label(self.table.title)
        kind_of = " scan" if self.is_picture else ""
        return Filed(
            key=self.table.key,
            title=title,
            marks=marks,
            table=Markup(
                f'<table class="filed t-{html(self.table.key)}{kind_of}"{self._attributes()}>{body}</table>'
            ),
            notes=tuple(self.marks.reasons),
            tall=self.table.layout == "rows" and any(len(part.rows) > TALL for part in self.table.parts),
        )

    def _attributes(self) -> str:
        """Which cell is which and on which line, for the script that tells of each: once, not on every cell."""
        rows = [row.key for part in self.table.parts for row in part.data_rows]
        printed = [self.report.rows.get((self.table.key, row)) for row in rows]
        lines = [line_of(row.place) if row else "" for row in printed]
        told = f' data-form="{html(self.report.form.key)}"'  # its rows stand in words.js, the same for every report
        if all(lines):
            told += f' data-lines="{html(" ".join(lines))}"'
        if len(self.table.parts) == 1:  # else each part has columns of its own
            told += _columns(self.table.parts[0])
        return told

    def _read_from_pictures(self) -> str:
        """The mark that says of the whole table that its figures come from a picture; empty where they do not."""
        if not self.is_picture:
            return ""
        return self.marks.link(html(self.words("status.recognised")))

    # --- cells ---

    def _cell(self, row: str, column: str, span: int = 1) -> str:
        value = self.report.value(self.table.key, row, column)
        note = self.report.notes.get((self.table.key, row, column))
        mark, many = self._mark(row, column), self._one_of_many(row, column)
        status = note.status if note else ""
        if not mark and not many and status in NOTED and note:
            sentence = self.words(f"status.{status}", raw=note.raw)
            mark = self.marks.link(html(sentence))
        if value is not None:
            text = figure(value)
            text = f"<b>{text}</b>" if value else text
        elif status in ("absent", "ambiguous"):
            text = f"<i>{html(self.words(f'table.{status}'))}</i>"
        else:
            text = f"<i>{html(note.raw)}</i>" if note and note.raw else ""
        # In a table that is a picture it is those figures that are of another kind which say so: they are few.
        own = self.is_picture and value is not None and status != "recognised"
        blank = " class=blank" if not text else " class=own" if own else ""
        anchor = f" id={html(cell_id(self.table.key, row, column))}" if mark else ""
        wide = f" colspan={span}" if span > 1 else ""
        return f"<td{blank}{anchor}{many}{wide}>{text}{mark}"

    def _one_of_many(self, row: str, column: str) -> str:
        """The number of the note that many cells share; marks.js makes the link of it, which is the same for all."""
        for index in self.found.get((row, column), ()):
            finding = self.report.findings[index]
            if self._is_of_many(finding):
                title = self.words.label(self.package.descriptor.word("findings", "code", finding.code))
                what = self.words("checks.one_of_many", what=title)
                return f" data-n={self.marks.number(self._reason(finding, what))}"
        return ""

    def _is_of_many(self, finding: Finding) -> bool:
        return bool(finding.column) and kind(finding) in self.together

    def _reason(self, finding: Finding, message: str) -> Markup:
        reason = html(self.words.join((message, self.words.label(finding.hint)), "list.sentence"))
        link = Markup(" <a href={}{}>{}</a>")
        return reason + link.format(self.root, quality_path(finding.code), html(finding.code))

    def _mark(self, row: str, column: str = "") -> str:
        links = []
        for index in self.found.get((row, column), ()):
            finding = self.report.findings[index]
            if not self._is_of_many(finding):
                links.append(self.marks.link(self._reason(finding, self.words.label(finding.message))))
        return "".join(links)

    def _cells(self, row: str, part: Part, span: int = 1) -> str:
        return "".join(self._cell(row, column, span) for column in part.keys)

    def _label(self, row: Row) -> str:
        """The label as this form prints it; in another language, the words of the package."""
        item = self.package.items.get(row.key)
        text = row.item.zh if self.words.language == "zh" or not item else self.words.label(item.label)
        mark = self._mark(row.key)
        anchor = f" id={html(cell_id(self.table.key, row.key, ''))}" if mark else ""
        return f"{anchor}>{html(text)}{mark}"

    def _column(self, part: Part, column: str) -> str:
        """The head of a column; its mark stands on the first, where the form repeats it."""
        text = html(self.words.label(part.heads[column]))
        mark = "" if column in self.headed else self._mark("", column)
        self.headed.add(column)
        anchor = f" id={html(cell_id(self.table.key, '', column))}" if mark else ""
        return f"{anchor}>{text}{mark}"

    # --- table three: groups to the left, their rows beside them ---

    @staticmethod
    def _depth(part: Part) -> int:
        return max(row.depth for row in part.rows) + 1

    def _nested(self, part: Part) -> str:
        depth = self._depth(part)
        rows = _below(part)
        lines, open_groups = [], ""
        for row in part.rows:
            if row.is_group:
                count = rows[row.key]
                open_groups += f"<th scope=rowgroup class=g rowspan={count}{self._label(row)}"
                continue
            span = depth - row.depth
            wide = f" colspan={span}" if span > 1 else ""
            lines.append(
                f"<tr>{open_groups}<th scope=row{wide}{self._label(row)}{self._cells(row.key, part)}"
            )
            open_groups = ""
        return f"<thead>{self._head(part, depth)}<tbody>{''.join(lines)}"

    def _head(self, part: Part, depth: int) -> str:
        """Header rows: the groups of columns by level, then the columns; the corner holds what the form prints."""
        groups = sorted(part.column_groups, key=lambda group: -len(group.columns))
        inside = {column: [group for group in groups if column in group.columns] for column in part.keys}
        levels = max((len(found) for found in inside.values()), default=0) + 1
        corner = html(part.zh) if self.words.language == "zh" else html(self.words("table.item"))
        lines = [f"<th colspan={depth} rowspan={levels} class=corner scope=col>{corner}"]
        for level in range(levels):
            line, done = lines.pop() if level == 0 else "", set()
            for column in part.keys:
                found = inside[column]
                if len(found) > level:
                    group = found[level]
                    if group.title not in done:
                        done.add(group.title)
                        title = html(self.words.label(group.title))
                        line += f"<th scope=colgroup colspan={len(group.columns)}>{title}"
                elif len(found) == level:
                    rest = levels - level
                    high = f" rowspan={rest}" if rest > 1 else ""
                    total = " class=total" if column == TOTAL else ""
                    line += f"<th scope=col{high}{total}{self._column(part, column)}"
            lines.append(f"<tr>{line}")
        return "".join(lines)

    # --- table two: blocks below each other, each with its own columns ---

    def _blocks(self) -> Iterator[str]:
        units = lcm(*(len(part.columns) for part in self.table.parts))
        for part in self.table.parts:
            span = units // len(part.columns)
            wide = f" colspan={span}" if span > 1 else ""
            title = part.zh if self.words.language == "zh" else ""
            heads = "".join(f"<th scope=col{wide}{self._column(part, column)}" for column in part.keys)
            yield (
                f"<tbody{_columns(part)}>"
                + (f'<tr><th class=part scope=colgroup colspan="{units + 1}">{html(title)}' if title else "")
                + f"<tr class=h><th scope=col>{html(self.words('table.item'))}{heads}"
                + "".join(
                    f"<tr><th scope=row{self._label(row)}{self._cells(row.key, part, span)}"
                    for row in part.data_rows
                )
            )

    # --- table four: one row of figures, the rows of the form side by side above it ---

    def _side_by_side(self, part: Part) -> str:
        width, rows = len(part.columns), _below(part)
        depth = self._depth(part)
        heads = [""] * depth
        for row in part.rows:
            if row.is_group:
                span = rows[row.key] * width
                heads[row.depth] += f"<th scope=colgroup colspan={span}{self._label(row)}"
            else:
                high = depth - row.depth
                tall = f" rowspan={high}" if high > 1 else ""
                heads[row.depth] += f"<th scope=colgroup colspan={width}{tall}{self._label(row)}"
        columns = "".join(
            f"<th scope=col{self._column(part, column)}" for _ in part.data_rows for column in part.keys
        )
        cells = "".join(self._cells(row.key, part) for row in part.data_rows)
        return f"<thead><tr>{'<tr>'.join(heads)}<tr>{columns}<tbody><tr>{cells}"


def _columns(part: Part) -> str:
    return f' data-columns="{html(" ".join(part.keys))}"'


def _below(part: Part) -> dict[str, int]:
    """Group → how many data rows stand below it, at any depth."""
    parents = {row.key: row.parent for row in part.rows}
    counts: dict[str, int] = {row.key: 0 for row in part.rows}
    for row in part.data_rows:
        item = row.parent
        while item:
            counts[item] += 1
            item = parents.get(item, "")
    return counts
