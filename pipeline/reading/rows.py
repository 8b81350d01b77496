"""A printed row: the cells that follow one label, before anybody knows which column each is of; and many of them together.

Blanks that are no cells of a row leave it here, and rows that are printed twice become one or contradict each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.reading.lines import PrintedCell


@dataclass
class PrintedRow:
    """The cells that follow one label, in their order.

    Attributes:
        items: the rows of the form they belong to: one, all rows of a table printed as one row, or none that is known.
        columns: keys of the columns in printed order, where the header says so; empty: the order of the form.
        complete: whether the cells are all cells of the printed row and nothing else (no padding).
        grid: the number of the grid whose columns the cells know; 0: only their order is known.
        start: the true column of its first figure, where the header says so.
        disordered: the header contradicts the order of the form and does not say which cell is which.
        beside: some of its figures stand in columns that the header names otherwise or not at all.
        line: the number of the line that opened it.
        on_a_line: whether label and figures share a line, so that a figure on another line is none of its own.
        in_text: whether it was opened by a line of running text.
        fed: the number of the line of its last figure.
        units: column -> unit, where the header prints one.
        unlabelled: no header and no label says what its figures are.
        group: the heading over other rows that the figures stand behind.
        by_place: the row of the form that an unknown label stands in the place of.
        line_cells: what stands behind the label on its line, blanks included, where only the order of cells is known.
    """

    table: str
    items: tuple[str, ...]
    label: str
    place: str
    complete: bool = False
    cells: list[PrintedCell] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    grid: int = 0
    start: int | None = None
    disordered: bool = False
    beside: bool = False
    line: int = 0
    on_a_line: bool = False
    in_text: bool = False
    fed: int = 0
    units: dict[str, str] = field(default_factory=dict)
    unlabelled: bool = False
    group: str = ""
    by_place: str = ""
    line_cells: tuple[PrintedCell, ...] = ()

    @property
    def has_figures(self) -> bool:
        """Whether anything but blanks was printed after the label."""
        return any(cell.text for cell in self.cells)

    @property
    def figures(self) -> list[str]:
        """What is printed after the label, blanks left out."""
        return [cell.text.compact for cell in self.cells if cell.text.compact]


def without_padding(rows: list[PrintedRow]) -> list[PrintedRow]:
    """The rows without the blanks that belong to a label as wide as several columns.

    In a grid the figures of a table begin below the first name of its header; where that does not tell, they begin in
    the same column, and the column of most rows is taken.

    Args:
        rows: of a whole document, in reading order; their cells are changed.
    """
    starts: dict[tuple[int, str], Counter[int]] = {}
    labelled = [row for row in rows if len(row.items) == 1]
    for row in labelled:
        if row.grid and row.has_figures:
            first = next(cell.column for cell in row.cells if cell.text)
            starts.setdefault((row.grid, row.table), Counter())[first] += 1
    for row in rows:
        start = row.start
        if start is None and len(row.items) == 1 and (found := starts.get((row.grid, row.table))):
            start = min(found, key=lambda column: (-found[column], column))
        if start is not None:
            row.cells = [cell for cell in row.cells if cell.column >= start or cell.text]
    return rows


def without_repeats(
    rows: Iterable[PrintedRow],
) -> tuple[list[PrintedRow], list[tuple[PrintedRow, PrintedRow]]]:
    """One row for each row of the form.

    Args:
        rows: of a whole document, in reading order; rows without a name are all kept.

    Returns:
        the rows, repeats of the same figures dropped; and apart from them the pairs that contradict each other.
    """
    kept: dict[tuple[str, tuple[str, ...]], PrintedRow] = {}
    contradictions: dict[tuple[str, tuple[str, ...]], tuple[PrintedRow, PrintedRow]] = {}
    for number, row in enumerate(rows):
        key = (row.table, row.items or (f"unnamed {number}",))
        if key not in kept or not kept[key].figures:
            kept[key] = row
        elif row.figures and row.figures != kept[key].figures:
            contradictions.setdefault(key, (kept[key], row))
    return [row for key, row in kept.items() if key not in contradictions], list(contradictions.values())
