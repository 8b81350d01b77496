"""Printed rows → the cells of the form. Decides which printed figure stands in which column, or that it cannot be told.

A row with just as many figures as columns is read in order. A row with fewer or more is read only where the printed
sums leave one reading; then its cells say so. Nothing is ever chosen because it is likelier.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, pairwise
from math import comb

from pipeline.knowledge import normalize
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.normalize import printed
from pipeline.knowledge.numerals import UNITS, read_figure
from pipeline.knowledge.rules import relations_of
from pipeline.model.figure import CellKey, Figure, Status, plain
from pipeline.model.findings import Finding, Location
from pipeline.model.form import Form
from pipeline.model.rule import Relation
from pipeline.reading.lines import PrintedCell
from pipeline.reading.rows import PrintedRow

MOST_READINGS = 10_000  # a row that may be read in more ways is not tried

MOST_SPARE = 2  # a row with more figures too many has taken those of another, whose label is lost
LARGEST_PAGE = 1000
BROKEN = re.compile(r"\s*[1-9]\d*(?:\n\d+)+\s*")  # the lines of a cell that may be one number

Figures = dict[CellKey, Figure]
Arrangement = tuple[Figure | None, ...]  # one entry a column; None: no such cell


def assign_columns(
    form: Form,
    rows: list[PrintedRow],
    contradictions: Iterable[tuple[PrintedRow, PrintedRow]],
    tables_seen: frozenset[str],
) -> tuple[Figures, list[Finding]]:
    """The cells of a form from the printed rows.

    Args:
        form: the official form.
        rows: as printed one after the other, at most one for each row of the form, and unnamed ones; none: every cell
            is absent.
        contradictions: rows that are printed twice with different figures; they stay empty.
        tables_seen: keys of the tables of which anything was found; one that is missing is one finding (T108).

    Returns:
        every cell of the form; and findings T101 to T115, F101 and F102.
    """
    columns = _Columns(form)
    for first, second in contradictions:
        columns.contradict(first, second)
    columns.settle(rows)
    columns.finish(tables_seen)
    return columns.figures, columns.findings


class _Columns:
    """The cells settled so far, and what there is to say about them, in the order in which it was found."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.figures: Figures = {}
        self.findings: list[Finding] = []
        self.keep_blanks: set[str] = set()  # tables whose rows have their blanks where they are printed
        self.broken: Figures = {}  # numbers that may be broken over lines, as they would be if they were one

    def contradict(self, first: PrintedRow, second: PrintedRow) -> None:
        """Leaves a row empty that is printed twice with different figures (T102)."""
        printed = f"{_printed(first)} / {_printed(second)}"
        for key in self._keys(first):
            self.figures[key] = Figure(printed, None, Status.AMBIGUOUS, first.place)
            self.findings.append(
                finding_kinds()["T102"](
                    Location(*key, source=f"{first.place}, {second.place}"),
                    reported=printed,
                    first=_printed(first),
                    second=_printed(second),
                )
            )

    def settle(self, rows: list[PrintedRow]) -> None:
        """Settles rows: first those that are plain, then the others with the help of the sums, while that helps."""
        doubtful = [row for row in rows if not self._plain(row)]
        settled = -1
        while doubtful and settled != len(doubtful):
            settled = len(doubtful)
            doubtful = [row for row in doubtful if not self._by_sums(row)]
        above = dict(zip(map(id, rows[1:]), rows, strict=False))
        self.keep_blanks = {row.table for row in rows[1:] if _has_a_blank_before(row, above[id(row)])}
        for row in doubtful:
            if not row.items:
                self._unknown(row)
            elif not self._as_row_above(row, above.get(id(row))):
                self._ambiguous(row)
        self._unbroken(list(self.broken))
        for key in self.broken:
            self._unbroken([key])

    def _unbroken(self, keys: list[CellKey]) -> None:
        """Reads numbers that are broken over the lines of their cells as one, where every sum of them holds (F103)."""
        keys = [key for key in keys if self.figures[key].status is Status.UNREADABLE]
        if not keys or not self._proves(keys, tuple(self.broken[key] for key in keys)):
            return
        for key in keys:
            figure = self.figures[key] = self.broken[key]
            at = Location(*key, source=figure.place)
            self.findings.append(finding_kinds()["F103"](at, reported=figure.raw, value=plain(figure.value)))

    def _unknown(self, row: PrintedRow) -> None:
        at = Location(table=row.table, source=row.place)
        figures = " ".join(cell.text.clean for cell in row.cells if cell.text)
        self.findings.append(finding_kinds()["T101"](at, reported=figures, label=normalize.clean(row.label)))

    def finish(self, tables_seen: frozenset[str]) -> None:
        """Fills what was not found with ``absent``, and says so once a table, row or cell."""
        kinds = finding_kinds()
        for table in self.form.tables:
            keys: dict[str, list[CellKey]] = {
                row.item.key: [] for part in table.parts for row in part.data_rows
            }
            for key in table.cell_keys():
                if key not in self.figures:
                    self.figures[key] = Figure("", None, Status.ABSENT)
                    keys[key.row].append(key)
            if table.key not in tables_seen:
                self.findings.append(kinds["T108"](Location(table.key), table_zh=table.zh, table_en=table.en))
                continue
            for part in table.parts:
                for row in part.data_rows:
                    missing = keys[row.item.key]
                    if len(missing) == len(part.columns):
                        at = Location(table.key, row.item.key)
                        self.findings.append(kinds["T107"](at, label_zh=row.item.zh, label_en=row.item.en))
        self.findings.extend(self._not_printed())

    def _not_printed(self) -> Iterator[Finding]:
        """T104 for every cell without a place in a row that has others; F101 for every unreadable one."""
        kinds = finding_kinds()
        whole_rows = {(f.at.table, f.at.row) for f in self.findings if f.code in ("T107", "T102")}
        tables = {f.at.table for f in self.findings if f.code == "T108"}
        for key, figure in self.figures.items():
            at = Location(*key, source=figure.place)
            if figure.status is Status.UNREADABLE:
                yield kinds["F101"](at, reported=figure.raw)
            elif figure.status is Status.ABSENT and key[0] not in tables and key[:2] not in whole_rows:
                sums = self._sums_give(key)
                yield kinds["T104"](
                    at,
                    expected=sums,
                    sums_zh=f"表中各合计给出 {sums}。" if sums else "表中各合计也定不出这个数。",
                    sums_en=f" The printed sums give {sums}."
                    if sums
                    else " Nor do the printed sums settle it.",
                )

    def _sums_give(self, key: CellKey) -> str:
        """The figure that all sums of a cell agree on, as text; empty where they do not, or where none is complete."""
        found = {
            solution
            for relation in relations_of(self.form).get(key, ())
            if (solution := self._solve(relation, key))
        }
        return found.pop() if len(found) == 1 else ""

    def _solve(self, relation: Relation, key: CellKey) -> str:
        values = {
            cell: self.figures[cell].value for cell in relation.cells if cell != key and cell in self.figures
        }
        if len(values) != len(relation.cells) - 1 or any(value is None for value in values.values()):
            return ""
        left, right = (
            sum((values[c] or Decimal(0) for c in side if c != key), Decimal(0))
            for side in (relation.left, relation.right)
        )
        return f"{left - right if key in relation.right else right - left:f}"

    # -- rows ---------------------------------------------------------------------------------------------------

    def _keys(self, row: PrintedRow) -> list[CellKey]:
        part = self.form.table(row.table).part_of(row.items[0])
        columns = row.columns or tuple(column.key for column in part.columns)
        return [CellKey(row.table, item, column) for item in row.items for column in columns]

    def _plain(self, row: PrintedRow) -> bool:
        """Reads a row that has as many cells as columns, or no figure at all."""
        if not row.items:
            return False
        keys = self._keys(row)
        cells = _cut(row.cells, len(keys)) if row.complete else _trimmed(row.cells)
        if not any(cell.text for cell in cells):
            for key, cell in zip(keys, row.cells, strict=False):
                self.figures[key] = Figure("", None, Status.BLANK, cell.place)
            if not row.cells:
                self.figures |= {key: Figure("", None, Status.ABSENT, row.place) for key in keys}
            return True
        if len(cells) != len(keys):
            zeros = _run_together(cells, len(keys))
            if zeros is None:
                return False
            cells = zeros
        if row.unlabelled:
            return self._without_labels(keys, cells, row)
        if row.beside or (row.disordered and len({cell.text.compact for cell in cells}) > 1):
            return False
        for key, cell in zip(keys, cells, strict=True):
            self.figures[key] = self._with_unit(key, _figure(cell), row)
            if BROKEN.fullmatch(cell.text.raw):
                value, _, _ = read_figure(cell.text.compact)
                self.broken[key] = replace(self.figures[key], value=value, status=Status.RESOLVED)
        return True

    def _with_unit(self, key: CellKey, figure: Figure, row: PrintedRow) -> Figure:
        """A figure in the unit that the header prints, where its own cell prints none; no value in one nobody knows."""
        unit = row.units.get(key.column, "")
        if not unit:
            return figure
        column = next(c for c in self.form.table(row.table).part_of(key.row).columns if c.key == key.column)
        if figure.value is None or figure.unit or column.type != "decimal" or unit == column.unit:
            return figure
        if unit in UNITS:
            return replace(figure, unit=unit)
        self.findings.append(
            finding_kinds()["F102"](Location(*key, source=figure.place), reported=figure.raw, unit=unit)
        )
        return replace(figure, value=None, status=Status.UNREADABLE)

    def _without_labels(self, keys: list[CellKey], cells: list[PrintedCell], row: PrintedRow) -> bool:
        """Reads a row that nothing names in the order of the form where every one of its sums holds (T110)."""
        figures = [_figure(cell) for cell in cells]
        if not self._proves(keys, tuple(figures)):
            return False
        self.figures |= dict(zip(keys, map(_resolved, figures), strict=True))
        self.findings.append(finding_kinds()["T110"](self._at(row), reported=_printed(row), count=len(cells)))
        return True

    def _by_sums(self, row: PrintedRow) -> bool:
        """Reads a row with too few or too many figures, or without a name, if the printed sums leave one reading."""
        if not row.items:
            return self._as_leaves(row) if row.group else self._in_place(row)
        keys = self._keys(row)
        cells = _trimmed(row.cells)
        sure = len(cells) > len(keys) and _all_alike(cells)
        if row.unlabelled:
            return self._without_labels(keys, cells, row)
        if row.beside or (row.disordered and not sure) or row.unlabelled:
            return False
        parted = _is_run_together(cells, len(keys))
        if len(cells) - len(keys) > MOST_SPARE and not sure:
            return False
        readings = (
            _partings(cells[0], self._sums_within(keys), len(keys)) if parted else _readings(cells, len(keys))
        )
        if not sure:
            readings = _distinct(reading for reading in readings if self._proves(keys, reading) is not False)
        # One reading that no sum contradicts is not enough: where no sum speaks, figures might stand elsewhere too.
        if not sure and (len(readings) != 1 or not self._proves(keys, readings[0])):
            return False
        for key, figure in zip(keys, readings[0], strict=True):
            if figure is None:
                self.figures[key] = Figure("", None, Status.ABSENT, row.place)
            else:
                self.figures[key] = figure if sure else _resolved(figure)
        self.findings.append(
            finding_kinds()[
                "T105" if sure else "T111" if parted else "T109" if len(cells) > len(keys) else "T103"
            ](
                self._at(row),
                reported=_printed(row),
                columns=len(keys),
                count=len(cells),
            )
        )
        return True

    def _sums_within(self, keys: list[CellKey]) -> list[tuple[list[int], list[int]]]:
        """The sums between cells of a row alone, as places in it: left side and right side."""
        place = {key: number for number, key in enumerate(keys)}
        within = {
            r for key in keys for r in relations_of(self.form).get(key, ()) if place.keys() >= set(r.cells)
        }
        return [([place[key] for key in r.left], [place[key] for key in r.right]) for r in within]

    def _in_place(self, row: PrintedRow) -> bool:
        """Reads a row with a misprinted label as the one whose place it has, where the sums agree (T113)."""
        if not row.by_place or row.beside or row.disordered:
            return False
        part = self.form.table(row.table).part_of(row.by_place)
        keys = [CellKey(row.table, row.by_place, column.key) for column in part.columns]
        figures = [_figure(cell) for cell in _trimmed(row.cells)]
        if len(figures) != len(keys) or not self._proves(keys, tuple(map(_nothing_if_marked, figures))):
            return False
        self.figures |= dict(zip(keys, map(_resolved, figures), strict=True))
        official = next(data.item for data in part.data_rows if data.key == row.by_place)
        at = Location(row.table, row.by_place, source=row.place)
        self.findings.append(
            finding_kinds()["T113"](
                at, reported=normalize.clean(row.label), expected=official.zh, label_en=official.en
            )
        )
        return True

    def _as_leaves(self, row: PrintedRow) -> bool:
        """Reads one row of figures behind a heading whose own rows are not printed: a zero is zero for each of them.

        A figure above zero is of one of them, and nobody knows of which: those cells stay empty (T114).
        """
        leaves = self.form.leaves(row.group)
        part = self.form.table(row.table).part_of(leaves[0])
        figures = [_figure(cell) for cell in _trimmed(row.cells)]
        keys = [CellKey(row.table, leaf, column.key) for leaf in leaves for column in part.columns]
        if len(figures) != len(part.columns) or any(key in self.figures for key in keys):
            return False
        read = [
            _resolved(figure) if figure.value == 0 else replace(figure, value=None, status=Status.AMBIGUOUS)
            for _ in leaves
            for figure in figures
        ]
        if self._proves(keys, tuple(figure if figure.value == 0 else None for figure in read)) is False:
            return False
        self.figures |= dict(zip(keys, read, strict=True))
        label = normalize.clean(row.label)
        self.findings.append(
            finding_kinds()["T115"](
                Location(row.table, row.group, source=row.place), reported=_printed(row), label=label
            )
        )
        self.findings.extend(
            finding_kinds()["T114"](Location(*key, source=row.place), reported=figure.raw, label=label)
            for key, figure in zip(keys, read, strict=True)
            if figure.value is None
        )
        return True

    def _as_row_above(self, row: PrintedRow, above: PrintedRow | None) -> bool:
        """Reads a row of blanks with one figure in the places in which the row above has all of its own (T116).

        Some converters move the blanks to the end of their row. So a blank before the figure has to tell that they are
        kept: in this row, or in another one of the table.
        """
        keys = self._keys(row)
        if above is None or row.beside or row.disordered or above.table != row.table or row.grid:
            return False
        filled = [n for n, cell in enumerate(above.line_cells) if cell.text]
        own = [n for n, cell in enumerate(row.line_cells) if cell.text]
        if len(filled) != len(keys) or len(row.line_cells) != len(above.line_cells):
            return False
        if len(own) != 1 or own[0] not in filled or len(keys) == 1:
            return False
        if own[0] == filled[0] and row.table not in self.keep_blanks:
            return False
        figures = [_figure(row.line_cells[n]) for n in filled]
        if self._proves(keys, tuple(figures)) is False:
            return False
        self.figures |= dict(zip(keys, map(_resolved, figures), strict=True))
        self.findings.append(finding_kinds()["T116"](self._at(row), reported=_printed(row)))
        return True

    def _proves(self, keys: list[CellKey], reading: Arrangement) -> bool | None:
        """What the sums say to a reading: they hold for each of its figures, they contradict it, or neither (None).

        What they give for a cell that it lacks must agree, and be a count.
        """
        here = dict(zip(keys, reading, strict=True))
        lacking = {key for key, figure in here.items() if figure is None}
        given: dict[CellKey, Decimal] = {}
        proven: set[CellKey] = set()
        for relation in {relation for key in keys for relation in relations_of(self.form).get(key, ())}:
            figures = {
                cell: here[cell] if cell in here else self.figures.get(cell) for cell in relation.cells
            }
            values = {cell: figure.value if figure else None for cell, figure in figures.items()}
            unknown = [cell for cell, value in values.items() if value is None]
            if len(unknown) > 1 or any(cell not in lacking for cell in unknown):
                continue  # says nothing
            sides = (relation.left, relation.right)
            left, right = (sum((values[cell] or Decimal(0) for cell in side), Decimal(0)) for side in sides)
            if not unknown:
                if left != right:
                    return False
                proven.update(relation.cells)
                continue
            gives = left - right if unknown[0] in relation.right else right - left
            if gives < 0 or given.setdefault(unknown[0], gives) != gives:
                return False
        return proven >= here.keys() - lacking or None

    def _ambiguous(self, row: PrintedRow) -> None:
        printed = _printed(row)
        for key in self._keys(row):
            self.figures[key] = Figure(printed, None, Status.AMBIGUOUS, row.place)
            self.findings.append(
                finding_kinds()["T106"](
                    Location(*key, source=row.place),
                    reported=printed,
                    columns=len(self._keys(row)),
                    count=len(_trimmed(row.cells)),
                )
            )

    def _at(self, row: PrintedRow) -> Location:
        return Location(
            row.table,
            row.items[0] if len(row.items) == 1 else "",
            "",
            row.cells[0].place if row.cells else row.place,
        )


def _trimmed(cells: list[PrintedCell]) -> list[PrintedCell]:
    """Cells without the blanks at either end, which may be padding."""
    filled = [number for number, cell in enumerate(cells) if cell.text]
    return cells[filled[0] : filled[-1] + 1] if filled else []


def _figure(cell: PrintedCell) -> Figure:
    value, status, unit = read_figure(cell.text.raw)
    return Figure(cell.text.clean, value, status, cell.place, unit)


def _resolved(figure: Figure) -> Figure:
    """A figure whose place the sums have settled; what has no value stays as it is."""
    return replace(figure, status=Status.RESOLVED) if figure.status is Status.REPORTED else figure


def _has_a_blank_before(row: PrintedRow, above: PrintedRow) -> bool:
    """Whether a row has a blank, and a figure behind it, where the row above has all of its figures."""
    filled = [n for n, cell in enumerate(above.line_cells) if cell.text]
    texts = (
        [bool(row.line_cells[n].text) for n in filled] if len(row.line_cells) == len(above.line_cells) else []
    )
    return len(texts) > 1 and row.table == above.table and not texts[0] and any(texts)


def _nothing_if_marked(figure: Figure) -> Figure:
    """As the sums count a figure when they are asked which row this is: a mark adds nothing. It stays a mark."""
    return replace(figure, value=Decimal(0)) if figure.status is Status.MARK else figure


def _printed(row: PrintedRow) -> str:
    return " ".join(cell.text.clean or "␣" for cell in _trimmed(row.cells))


def _cut(cells: list[PrintedCell], columns: int) -> list[PrintedCell]:
    """Cells without the blanks at the end that are more than there are columns."""
    end = len(cells)
    while end > columns and not cells[end - 1].text:
        end -= 1
    return cells[:end]


def _run_together(cells: list[PrintedCell], columns: int) -> list[PrintedCell] | None:
    """The zeros of a row that prints them without anything between: 规章000. No other digits part in one way only."""
    if len(cells) != 1 or columns < 2 or cells[0].text.compact != "0" * columns:
        return None
    return [PrintedCell(printed("0"), cells[0].place)] * columns


def _is_run_together(cells: list[PrintedCell], columns: int) -> bool:
    """Whether a row of several columns prints digits alone, at least one for each column, without a gap."""
    text = cells[0].text.compact if len(cells) == 1 else ""
    return columns > 1 and len(text) >= columns and text.isascii() and text.isdigit()


def _partings(
    cell: PrintedCell, sums: Sequence[tuple[list[int], list[int]]], columns: int
) -> list[Arrangement]:
    """All ways to part digits into one number for each column so that the sums of the row hold; no number but zero
    begins with a zero."""
    digits = cell.text.compact
    if comb(len(digits) - 1, columns - 1) > MOST_READINGS:
        return []
    found: list[Arrangement] = []
    for cuts in combinations(range(1, len(digits)), columns - 1):
        pieces = [digits[start:end] for start, end in pairwise((0, *cuts, len(digits)))]
        if any(piece[0] == "0" and piece != "0" for piece in pieces):
            continue
        numbers = list(map(int, pieces))
        if all(sum(numbers[n] for n in left) == sum(numbers[n] for n in right) for left, right in sums):
            found.append(tuple(Figure(p, Decimal(p), Status.REPORTED, cell.place) for p in pieces))
    return found


def _all_alike(cells: list[PrintedCell]) -> bool:
    """Whether all cells print zero, or all the same mark: then it does not matter which are too many."""
    printed = {read_figure(cell.text.raw)[:2] for cell in cells}
    return printed in ({(Decimal(0), Status.REPORTED)}, {(None, Status.MARK)})


def _distinct(readings: Iterable[Arrangement]) -> list[Arrangement]:
    """Readings that differ in what they say; a second one is enough to know that there are several."""
    found: dict[tuple[object, ...], Arrangement] = {}
    for reading in readings:
        found[tuple((figure.value, figure.status) if figure else None for figure in reading)] = reading
        if len(found) > 1:
            break
    return list(found.values())


def _readings(cells: list[PrintedCell], columns: int) -> list[Arrangement]:
    """All ways to read a row: short rows lack cells anywhere; long ones have zeros or blanks too many, or end in a
    figure that is none of theirs, such as a page number."""
    figures = [_figure(cell) for cell in cells]
    count = len(figures)
    if count < columns:
        if comb(columns, count) > MOST_READINGS:
            return []
        return [_spread(figures, columns, places) for places in combinations(range(columns), count)]
    if _all_alike(cells):
        return [tuple(figures[:columns])]
    spare = [n for n, figure in enumerate(figures) if _may_be_spare(figure, n == count - 1)]
    if comb(len(spare), count - columns) > MOST_READINGS:
        return []
    return [
        tuple(figure for n, figure in enumerate(figures) if n not in dropped)
        for dropped in combinations(spare, count - columns)
    ]


def _may_be_spare(figure: Figure, is_last: bool) -> bool:
    """Whether a figure may be one too many: a blank, a zero, or at the end of its row the number of a page."""
    is_page = is_last and figure.value is not None and 0 < figure.value < LARGEST_PAGE
    return figure.status is Status.BLANK or figure.value == 0 or is_page


def _spread(figures: list[Figure], columns: int, places: tuple[int, ...]) -> Arrangement:
    at = dict(zip(places, figures, strict=True))
    return tuple(at.get(column) for column in range(columns))
