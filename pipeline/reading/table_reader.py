"""The lines of a document, one after the other → the rows of its tables, each with the cells that belong to it.

What a label means depends on where the reader stands: in which table, below which header, beside how many figures. So
labels and figures are understood here, in one place, and what does not depend on it stands in ``labels`` and ``headers``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.knowledge import normalize
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.forms import items
from pipeline.knowledge.normalize import Printed, printed
from pipeline.knowledge.numerals import is_figure_like, unit_of_header
from pipeline.model.document import Layout
from pipeline.model.findings import Finding, Location
from pipeline.model.form import Form, Table, TableLayout
from pipeline.reading.dates import bare_date, is_signing_date, signed_date
from pipeline.reading.headers import FLOATING, Blocks, Head, order_of_blocks, order_of_columns
from pipeline.reading.labels import (
    Kind,
    Meaning,
    is_page_number,
    is_piece,
    is_piece_of,
    is_short,
    meanings,
    section_heading,
    split_figures,
)
from pipeline.reading.lines import Line, PrintedCell
from pipeline.reading.rows import PrintedRow, without_padding

HEADER_LINES = 40  # above the first column of a table; a cell a line in some texts
JOINED = 4  # a label is broken over at most so many cells or lines
IN_BRACKETS = re.compile(r"\([一二三四五六七八九]\)")


@dataclass(frozen=True)
class PrintedTables:
    """What the tables of a document print: rows, also those under unknown labels, and findings about headers."""

    rows: tuple[PrintedRow, ...]
    tables_seen: frozenset[str]
    findings: tuple[Finding, ...]


def read_tables(lines: Sequence[Line], form: Form) -> PrintedTables:
    """All rows of the official tables that a document prints, in reading order; a row may come twice.

    Args:
        lines: all lines of the document; none: no rows.
        form: whose labels are looked for.
    """
    headings = [n for n, line in enumerate(lines) if line.is_paragraph and section_heading(line.text, form)]
    last = max(headings, default=-1)
    reader = TableReader(form)
    for number, line in enumerate(lines):
        reader.past_headings = number > last
        reader.read(line)
    reader.close()
    return PrintedTables(tuple(without_padding(reader.rows)), frozenset(reader.seen), tuple(reader.findings))


class TableReader:
    """Takes lines one by one; knows the table it is in, the open row, and pieces of labels not yet understood.

    Attributes:
        announced: tables whose heading, caption or header has been seen. A row's label alone announces none: lines
            such as 行政许可 stand in running text too, and figures there are no figures of a table.
        header: the columns named since the last row of figures; ``in_header`` while no row has come after them.
        blocks: the rows that the header of a table of one row names side by side.
        unannounced: such names above the first column of a table that nothing has announced, with their table.
        past_tables: whether a section behind those of the tables has begun; ``past_headings``: whether the last has.
        is_over: whether a signature stands behind tables: what an annex prints below it is none of the report's.
    """

    def __init__(self, form: Form) -> None:
        self.form = form
        self.tables = {table.key: table for table in form.tables}
        self.by_section = {table.section: table for table in form.tables}
        self.table: Table | None = None
        self.announced: set[str] = set()
        self.row: PrintedRow | None = None
        self.pending: list[PrintedCell] = []
        self.header: list[Head] = []
        self.in_header = False
        self.header_in_text = False
        self.blocks: list[Head] = []
        self.blocks_are_over = False
        self.unannounced: list[tuple[str, Head]] = []
        self.rows: list[PrintedRow] = []
        self.seen: set[str] = set()
        self.past_tables = self.past_headings = False
        self.is_over = False
        self.findings: list[Finding] = []
        self.line = 0
        self.grid = 0
        self.figures_in_line = 0

    def read(self, line: Line) -> None:
        """Takes one line.

        Args:
            line: the next one in reading order; an empty one changes nothing.
        """
        if self.is_over or is_page_number("".join(cell.text.compact for cell in line.filled)):
            return
        if line.is_paragraph and self._is_prose(line.text):
            return
        self.line += 1
        self.grid = line.grid
        self.figures_in_line = sum(is_figure_like(cell.text.raw) for cell in line.filled)
        if line.layout is not Layout.LOOSE:
            self._end_row()
        blanks: list[PrintedCell] = []
        began = line.layout is not Layout.LOOSE and self._is_one_row()
        labelled = self._is_one_row() and self.figures_in_line > 1  # whether this line opens a row
        for number, cell in enumerate(line.cells):
            if not cell.text:
                blanks.append(cell)
            elif self._is_label_of_one_row(cell):
                blanks = []
            elif is_figure_like(cell.text.raw) or (labelled and self._is_unreadable(cell)):
                self._figure(cell, line, blanks if began else [])
                blanks, began = [], True
            else:
                self._text(cell, line, len(line.filled) > 1)
                if self.row and self.row.line == self.line and line.layout is Layout.LOOSE:
                    self.row.line_cells = line.cells[number + 1 :]
                labelled = labelled or (
                    self.row is not None
                    and not self.row.group
                    and self.row.line == self.line
                    and not line.is_paragraph
                )
                # In a complete row the blanks between label and first figure are cells; elsewhere they may be padding.
                blanks, began = [], line.layout is not Layout.LOOSE
        if self.row and (
            (began and (line.layout is not Layout.LOOSE or self.row.on_a_line))
            or self._is_blank(self.row, blanks)
        ):
            self.row.cells.extend(blanks)
        if line.layout is not Layout.LOOSE or (self.row and self.row.on_a_line and self.row.has_figures):
            self._end_row(unless_one_row=line.layout is Layout.LOOSE and self._is_one_row_open())

    def _is_blank(self, row: PrintedRow, blanks: list[PrintedCell]) -> bool:
        """Whether a line prints a label and, behind it, all cells of the row without a figure."""
        opened_here = row.line == self.line and len(row.items) == 1 and not row.cells
        return opened_here and len(blanks) >= len(self.tables[row.table].part_of(row.items[0]).columns)

    def _is_prose(self, text: Printed) -> bool:
        """Section headings, the date of signing, sentences: they end the row; the former also choose the table."""
        section = section_heading(text, self.form)
        self.is_over = self._is_signature(text)
        if section or is_signing_date(text):
            self._end_row()
            self.table = self.by_section.get(section.key) if section else None
            self.past_tables |= section is not None and self.table is None and bool(self.seen)
            self.announced = {self.table.key} if self.table else set()
            self.header, self.blocks, self.in_header, self.pending = [], [], False, []
            return True
        if not is_short(text) and not is_piece(text, self.form) and not self._is_label(text):
            self._end_row()
            self.pending = []
            return True
        return False

    def _is_label(self, text: Printed) -> bool:
        """Whether a long text is a label, by itself or with figures behind it."""
        return bool(meanings(text, self.form) or meanings(split_figures(text)[0], self.form))

    def _is_signature(self, text: Printed) -> bool:
        """Whether a line is the date that ends the report; one at its head, or between its tables, ends nothing."""
        is_late = self.past_tables or self.past_headings or len(self.seen) == len(self.tables)
        if not self.seen or not is_late:
            return False
        return bool(bare_date(text, "signature", "") or signed_date(text, ""))

    # -- labels -----------------------------------------------------------------------------------------------------

    def _text(self, cell: PrintedCell, line: Line, on_a_line: bool) -> None:
        figures: tuple[str, ...] = ()
        meaning = self._understand(cell.text, line)
        if meaning is None:
            pieces = [*self.pending[-(JOINED - 1) :], cell]
            for start in range(len(pieces) - 1):
                if meaning := self._understand(
                    printed("".join(piece.text.raw for piece in pieces[start:])), line
                ):
                    break
        if meaning is None:
            label, figures = split_figures(cell.text)
            meaning = self._understand(label, line) if figures else None
            if meaning and meaning.kind is not Kind.ROW:
                meaning = None
        if meaning is None:
            if self.in_header and self.header and (unit := unit_of_header(cell.text)):
                self.header[-1] = replace(self.header[-1], unit=unit)
                return
            if self._is_another_label(cell.text):
                self._end_row()
            self._end_row(unless_one_row=True)
            self.pending.append(cell)
            self._note_unannounced(cell)
            return
        self.pending = []
        if meaning.table:
            self._enter(meaning.table)
        if meaning.kind in (Kind.ROW, Kind.GROUP) and self.table and self._is_by_rows(self.table):
            self._end_row()
            self.in_header = False
            self._open(meaning, cell, line, on_a_line)
            if meaning.kind is Kind.ROW:
                self.pending = [cell]  # （六）其他 may go on with 处理 on the next line, and be another row
            for figure in figures:
                self._figure(PrintedCell(printed(figure), cell.place, cell.column), line, [])
        elif meaning.kind in (Kind.ROW, Kind.GROUP):
            if self.blocks_are_over:
                self.blocks, self.blocks_are_over = [], False
            self.blocks.append(Head(meaning.key, cell.column, self.grid, self.line, cell.width))
        elif meaning.kind in (Kind.PART, Kind.PASSED_OVER):
            self._end_row()
            if meaning.kind is Kind.PART or not self.in_header:
                self.header = []
            self.in_header = True
        elif meaning.kind is Kind.COLUMN:
            self._end_row(unless_one_row=True)
            if not self.in_header:
                self.header = []
            self.in_header, self.header_in_text = True, line.is_paragraph
            unit = unit_of_header(cell.text)
            self.header.append(Head(meaning.key, cell.column, self.grid, self.line, cell.width, unit))

    def _note_unannounced(self, cell: PrintedCell) -> None:
        """Keeps what may name a row of a table of one row, for when a column tells that this is its header."""
        for meaning in meanings(cell.text, self.form):
            is_block = meaning.kind in (Kind.ROW, Kind.GROUP) and meaning.table in self.tables
            if is_block and self.tables[meaning.table].layout is TableLayout.ONE_ROW:
                head = Head(meaning.key, cell.column, self.grid, self.line, cell.width)
                self.unannounced.append((meaning.table, head))

    def _is_another_label(self, text: Printed) -> bool:
        """Whether an unknown text below a label that has no figures yet is a label itself, and no rest of that one."""
        row = self.row
        if (
            row is None
            or row.has_figures
            or not (row.group or (len(row.items) == 1 and row.line != self.line))
        ):
            return False
        plain, above = text.label, normalize.compact(row.label)
        if len(plain) < 2 or plain[0] in "()" or above.count("(") > above.count(")"):
            return False
        if row.group:
            return not is_piece(printed(row.label + text.raw), self.form)
        own = Meaning(Kind.ROW, row.table, row.items[0])
        whole = printed(row.label + text.raw)
        return not is_piece_of(text, own, self.form) and not is_piece(whole, self.form)

    def _is_by_rows(self, table: Table) -> bool:
        """Whether a label opens a row here: in a table of one row only if it stands on the line of all its figures."""
        return table.layout is TableLayout.ROWS or self.figures_in_line == len(table.parts[0].columns)

    def _open(self, meaning: Meaning, cell: PrintedCell, line: Line, on_a_line: bool) -> None:
        self.row = PrintedRow(
            meaning.table,
            (meaning.key,) if meaning.kind is Kind.ROW else (),
            cell.text.raw,
            cell.place,
            complete=line.layout is not Layout.LOOSE,
            grid=self.grid,
            line=self.line,
            on_a_line=on_a_line,
            in_text=line.is_paragraph,
            group=meaning.key if meaning.kind is Kind.GROUP else "",
        )

    def _understand(self, text: Printed, line: Line) -> Meaning | None:
        """The one meaning of a label here: in the table we are in, else what alone it may mean."""
        numbered = bool(normalize.ENUMERATOR.match(text.compact))
        known = meanings(text, self.form, stems=not line.is_paragraph or self.table is not None)
        found = [m for m in known if self._is_announced(m) and not (numbered and m.kind is Kind.COLUMN)]
        if IN_BRACKETS.match(text.compact):
            found = [meaning for meaning in found if not _is_numbered_by_digits(meaning)]
        here = [meaning for meaning in found if self.table and meaning.table in (self.table.key, "")]
        if not here and (len(known) > 1 or not found or found[0].key in FLOATING):
            return None
        choice = here or found
        # 总计 and 其他 name a column and a row: the column in a header, whose line holds no figures.
        columns_first = self.in_header and not self.figures_in_line
        return sorted(choice, key=lambda meaning: (meaning.kind is Kind.COLUMN) != columns_first)[0]

    def _is_announced(self, meaning: Meaning) -> bool:
        """Whether a label may mean this here; a whole row of figures in a line announces its table by itself."""
        if meaning.kind not in (Kind.ROW, Kind.GROUP) or meaning.table in self.announced:
            return True
        table = self.tables[meaning.table]
        return (
            table.layout is TableLayout.ROWS
            and len(table.parts) == 1
            and self.figures_in_line == len(table.parts[0].columns)
        )

    def _enter(self, table: str) -> None:
        self.seen.add(table)
        self.announced.add(table)
        if self.table is None or self.table.key != table:
            self._end_row()
            self.table = self.tables[table]
            first = self.line - HEADER_LINES
            self.header = []
            self.blocks = [head for key, head in self.unannounced if key == table and head.line >= first]
            self.unannounced = []

    # -- figures ----------------------------------------------------------------------------------------------------

    def _is_unreadable(self, cell: PrintedCell) -> bool:
        """Whether a text that stands where a figure should is no label and no heading: 不详, 见附件, ?."""
        return not meanings(cell.text, self.form) and not section_heading(cell.text, self.form)

    def _is_label_of_one_row(self, cell: PrintedCell) -> bool:
        """Whether a text stands before all figures of a table of one row: 件数, in front of the first column."""
        if not self.table or not self._is_one_row() or is_figure_like(cell.text.raw):
            return False
        if meanings(cell.text, self.form):
            return False  # 行政复议 in front of five figures is a row of its own
        begun = self.row is not None and self.row.line == self.line
        is_in_front = bool(self.grid) and all(
            head.grid == self.grid and cell.column + cell.width <= head.column for head in self.header
        )
        fills_all = self.figures_in_line == _cells_in(self.table)
        return not begun and (fills_all or (is_in_front and self.figures_in_line > 1))

    def _is_one_row(self) -> bool:
        return self.table is not None and self.table.layout is TableLayout.ONE_ROW and bool(self.header)

    def _is_one_row_open(self) -> bool:
        return self.row is not None and len(self.row.items) > 1

    def _figure(self, cell: PrintedCell, line: Line, blanks_before: list[PrintedCell]) -> None:
        if self.row and not self._belongs(self.row, line):
            if self.figures_in_line < 2:
                return  # alone on its line and outside of the row: a page number
            self._end_row()
        if self.row is None:
            self._open_for_figures(cell, line)
        if self.row is None:
            return  # a number outside the tables
        self.pending = []
        if not self.row.has_figures and cell is line.cells[0]:
            self.row.in_text = line.is_paragraph
        self.row.cells.extend([*blanks_before, cell])
        self.row.fed = self.line
        self.row.on_a_line |= self.figures_in_line > 1 and len(self.row.items) < 2

    def _belongs(self, row: PrintedRow, line: Line) -> bool:
        """Whether the figures of a line can be those of the open row."""
        if self.line in (row.line, row.fed):
            return True
        if len(row.items) > 1:  # may be broken over several lines
            is_full = len(row.cells) >= len(row.items) * len(self.tables[row.table].parts[0].columns)
            return self._is_same_medium(row, line) and not (is_full and self.figures_in_line > 1)
        if not row.has_figures and self.figures_in_line > 1:
            return True  # the label stands alone above its figures
        return self._is_same_medium(row, line) and not row.on_a_line and self.figures_in_line < 2

    def _is_same_medium(self, row: PrintedRow, line: Line) -> bool:
        """Whether row and line are both running text, or the line is at least a cell: a page number is running text."""
        return row.in_text or not line.is_paragraph

    def _open_for_figures(self, cell: PrintedCell, line: Line) -> None:
        """A row for figures that no known label opened: the one row of a table, or an unknown one."""
        table = self.table
        if table is None:
            return
        on_a_line = self.figures_in_line > 1
        items: tuple[str, ...] = ()
        label, place = "", cell.place
        disordered = unlabelled = False
        if self._is_one_row():
            digits = sum(letter.isdigit() for letter in cell.text.compact)
            if not on_a_line and line.is_paragraph and not self.header_in_text and digits < _cells_in(table):
                return  # a page number below the header
            blocks = order_of_blocks(self.blocks, table.parts[0])
            items, disordered = blocks.rows, blocks.disordered
            self.blocks_are_over = True
            label = table.zh
            self._say_order(blocks, place)
        elif self._is_all_of_one_row(table):
            items, label, unlabelled = tuple(row.key for row in table.parts[0].data_rows), table.zh, True
            self.seen.add(table.key)
        elif self.pending and table.key in self.seen:
            label, place = self.pending[-1].text.raw, self.pending[-1].place
        elif line.layout is Layout.LOOSE and (not on_a_line or table.key not in self.seen):
            return  # among loose lines a number may be anything; a cell of a table that was announced is a figure
        self.row = PrintedRow(
            table.key,
            items,
            label,
            place,
            complete=line.layout is not Layout.LOOSE,
            grid=self.grid,
            line=self.line,
            on_a_line=on_a_line,
            in_text=line.is_paragraph,
            disordered=disordered,
            unlabelled=unlabelled,
        )

    def _is_all_of_one_row(self, table: Table) -> bool:
        """Whether a line without header prints just as many figures as a table of one row has cells."""
        cells = _cells_in(table)
        return table.layout is TableLayout.ONE_ROW and not self.header and self.figures_in_line == cells

    def _say_order(self, blocks: Blocks, place: str) -> None:
        """T112 where the header names the rows side by side in another order than the form."""
        table = self.table
        if (
            table is None
            or blocks.disordered
            or blocks.rows == tuple(r.key for r in table.parts[0].data_rows)
        ):
            return
        named = {row.key: row.item for row in table.parts[0].rows}
        self.findings.append(
            finding_kinds()["T112"](
                Location(table=table.key, source=place),
                order_zh="、".join(named[key].zh for key in blocks.rows),
                order_en=", ".join(named[key].en for key in blocks.rows),
            )
        )

    # -- the end of a row -------------------------------------------------------------------------------------------

    def _end_row(self, *, unless_one_row: bool = False) -> None:
        if self.row is None or (unless_one_row and (not self.row.has_figures or self._is_one_row_open())):
            return
        row, self.row = self.row, None
        if row.items:
            self._set_columns(row)
        elif not row.has_figures or (self.in_header and _numbers_columns(row)):
            return
        self.rows.append(row)

    def _set_columns(self, row: PrintedRow) -> None:
        """The order of the columns as the header prints it, where it is another than that of the form."""
        order = order_of_columns(
            self.header,
            self.tables[row.table].part_of(row.items[0]),
            grid=row.grid,
            blocks=len(row.items),
            cells=row.cells,
        )
        row.columns, row.disordered = order.columns, order.disordered or row.disordered
        row.units = {head.key: head.unit for head in self.header if head.unit}
        row.start, row.beside = order.start, order.beside
        row.cells = [row.cells[number] for number in order.cells] or row.cells

    def close(self) -> None:
        """Ends the last row."""
        self._end_row()


def _cells_in(table: Table) -> int:
    return sum(len(part.columns) * len(part.data_rows) for part in table.parts)


def _numbers_columns(row: PrintedRow) -> bool:
    """Whether a row below the header counts the columns: 1, 2, 3 and so on (甲 栏次)."""
    figures = row.figures
    return len(figures) > 1 and figures == [
        str(int(figures[0]) + n) if figures[0].isdigit() else "" for n in range(len(figures))
    ]


def _is_numbered_by_digits(meaning: Meaning) -> bool:
    """Whether the official label is numbered as 3.其他 is: then （六）其他 is the beginning of another one."""
    return meaning.kind is Kind.ROW and items()[meaning.key].zh[0].isdigit()
