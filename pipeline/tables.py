"""Document + form → the official cells, each as printed. Knows where figures stand, not whether they make sense.

The document is walked once, line by line. A known label opens a row, the figures after it belong to it. How the
figures of a row fall into its columns is settled in ``placement``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline import wording
from pipeline.document.model import Cell, Document, Layout, Line
from pipeline.findings import Finding, Location
from pipeline.labels import SENTENCE, Meaning, meanings, section_heading
from pipeline.numerals import is_figure_like
from pipeline.template import Form, Table, finding_kinds, forms

JOINED = 4  # a label is broken over at most so many cells or lines
SHORT = 60  # longer lines are prose


@dataclass
class PrintedRow:
    """The cells that follow one label, in their order.

    Attributes:
        items: the rows of the form they belong to: one, or all rows of a table printed as one row.
        columns: keys of the columns in printed order, where the header says so; empty: the order of the form.
        complete: whether the cells are all cells of the printed row and nothing else (no padding).
    """

    table: str
    items: tuple[str, ...]
    label: str
    place: str
    complete: bool = False
    cells: list[Cell] = field(default_factory=list)
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What the walk found: rows of known labels, and figures under unknown ones."""

    rows: tuple[PrintedRow, ...]
    tables_seen: frozenset[str]
    findings: tuple[Finding, ...]


def recognise_form(document: Document) -> Form | None:
    """The form whose own wordings the tables print; None where they print none, or as many of another form."""
    text = "".join(
        wording.label(cell.text) for line in document.lines() for cell in line.cells if _is_short(cell.text)
    )
    score = {form.key: sum(sign in text for sign in form.signs) for form in forms().values()}
    best = max(score.values())
    winners = [key for key, value in score.items() if value == best]
    return forms()[winners[0]] if best and len(winners) == 1 else None


def _is_short(text: str) -> bool:
    return len(text) <= SHORT and not SENTENCE.search(text)


def read_rows(document: Document, form: Form) -> Reading:
    """All rows of the official tables that the document prints, in reading order; a row may come twice."""
    walk = _Walk(form)
    for line in document.lines():
        walk.read(line)
    walk.close()
    return Reading(tuple(walk.rows), frozenset(walk.seen), tuple(walk.findings))


class _Walk:
    """The state while walking: the table we are in, the open row, and label pieces not yet understood."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.tables = {table.key: table for table in form.tables}
        self.by_section = {table.section: table for table in form.tables}
        self.table: Table | None = None
        self.row: PrintedRow | None = None
        self.pending: list[Cell] = []
        self.header: list[str] = []
        self.rows: list[PrintedRow] = []
        self.seen: set[str] = set()
        self.findings: list[Finding] = []

    def read(self, line: Line) -> None:
        """Takes one line."""
        if line.is_paragraph and self._is_prose(line.cells[0].text):
            return
        if line.layout is not Layout.LOOSE:
            self._end_row()
        blanks: list[Cell] = []
        began = False
        for cell in line.cells:
            if not wording.clean(cell.text):
                blanks.append(cell)
            elif is_figure_like(cell.text):
                self._figure(cell, line, blanks if began else [])
                blanks, began = [], True
            else:
                self._text(cell, line)
                # In a complete row the blanks between label and first figure are cells; elsewhere they may be padding.
                blanks, began = [], line.layout is not Layout.LOOSE
        if line.layout is not Layout.LOOSE:
            if self.row and began:
                self.row.cells.extend(blanks)
            self._end_row()

    def _is_prose(self, text: str) -> bool:
        """Section headings and sentences: they end the row, a heading also chooses the table."""
        section = section_heading(text, self.form)
        if section:
            self._end_row()
            self.table = self.by_section.get(section.key)
            self.header = []
            self.pending = []
            return True
        if not _is_short(text) and not meanings(text, self.form):
            self._end_row()
            self.pending = []
            return True
        return False

    def _text(self, cell: Cell, line: Line) -> None:
        meaning = self._understand(cell.text, line)
        if meaning is None:
            pieces = [*self.pending[-(JOINED - 1) :], cell]
            for start in range(len(pieces) - 1):
                joined = "".join(piece.text for piece in pieces[start:])
                if meaning := self._understand(joined, line):
                    break
        if meaning is None:
            self._end_row(unless_one_row=True)
            self.pending.append(cell)
            return
        self.pending = []
        if meaning.table:
            self._enter(meaning.table)
        if meaning.kind in ("row", "group") and self.table and self.table.layout == "rows":
            self._end_row()
            if meaning.kind == "row":
                self.row = PrintedRow(
                    meaning.table, (meaning.key,), cell.text, cell.place, line.layout is not Layout.LOOSE
                )
        elif meaning.kind in ("part", "passed_over"):
            self._end_row()
            self.header = []
        elif meaning.kind == "column":
            self._end_row(unless_one_row=True)
            self.header.append(meaning.key)

    def _understand(self, text: str, line: Line) -> Meaning | None:
        """The one meaning of a label here: in the table we are in, else in the only table that knows it."""
        found = meanings(text, self.form, stems=not line.is_paragraph or self.table is not None)
        here = [meaning for meaning in found if self.table and meaning.table in (self.table.key, "")]
        rows_first = sorted(here or found, key=lambda meaning: meaning.kind == "column")
        if here:
            return rows_first[0]
        if len({meaning.table for meaning in found}) != 1:
            return None
        return rows_first[0]

    def _enter(self, table: str) -> None:
        self.seen.add(table)
        if self.table is None or self.table.key != table:
            self._end_row()
            self.table = self.tables[table]
            self.header = []

    def _figure(self, cell: Cell, line: Line, blanks_before: list[Cell]) -> None:
        if self.row is None and self.table and self.table.layout == "one_row" and self.header:
            items = tuple(row.item.key for part in self.table.parts for row in part.data_rows)
            self.row = PrintedRow(
                self.table.key, items, self.table.zh, cell.place, line.layout is not Layout.LOOSE
            )
        if self.row is None:
            if self.pending and self.table and self.table.key in self.seen:
                self.row = PrintedRow(self.table.key, (), self.pending[-1].text, self.pending[-1].place)
            else:
                return  # a number outside the tables, such as a page number
        self.pending = []
        self.row.cells.extend([*blanks_before, cell])

    def _end_row(self, *, unless_one_row: bool = False) -> None:
        if self.row is None or (unless_one_row and not self.row.cells):
            return
        row, self.row = self.row, None
        if not row.items:
            if row.cells:
                self._unknown(row)
            return
        row.columns = self._printed_order(row)
        self.rows.append(row)

    def _printed_order(self, row: PrintedRow) -> tuple[str, ...]:
        """The order of the columns as the header above prints it, where it names each of them once."""
        columns = [column.key for column in self.tables[row.table].part_of(row.items[0]).columns]
        header = self.header[-len(columns) :]
        return (
            tuple(header)
            if len(row.items) == 1 and sorted(header) == sorted(columns) and len(columns) > 1
            else ()
        )

    def _unknown(self, row: PrintedRow) -> None:
        figures = " ".join(wording.clean(cell.text) for cell in row.cells)
        at = Location(table=row.table, source=row.place)
        self.findings.append(finding_kinds()["T101"](at, reported=figures, label=wording.clean(row.label)))

    def close(self) -> None:
        """Ends the last row."""
        self._end_row()


def without_repeats(
    rows: Iterable[PrintedRow],
) -> tuple[list[PrintedRow], list[tuple[PrintedRow, PrintedRow]]]:
    """One row for each row of the form.

    Returns:
        the rows, repeats of the same figures dropped; and apart from them the pairs that contradict each other.
    """
    kept: dict[tuple[str, tuple[str, ...]], PrintedRow] = {}
    contradictions: dict[tuple[str, tuple[str, ...]], tuple[PrintedRow, PrintedRow]] = {}
    for row in rows:
        key = (row.table, row.items)
        if key not in kept or not _figures(kept[key]):
            kept[key] = row
        elif _figures(row) and _figures(row) != _figures(kept[key]):
            contradictions.setdefault(key, (kept[key], row))
    return [row for key, row in kept.items() if key not in contradictions], list(contradictions.values())


def _figures(row: PrintedRow) -> list[str]:
    return [wording.compact(cell.text) for cell in row.cells if wording.compact(cell.text)]
