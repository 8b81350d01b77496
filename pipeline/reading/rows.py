"""A printed row: the cells that follow one label, before anybody knows which column each is of."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.knowledge import normalize
from pipeline.model.document import Cell


@dataclass
class PrintedRow:
    """The cells that follow one label, in their order.

    Attributes:
        items: the rows of the form they belong to: one, or all rows of a table printed as one row.
        columns: keys of the columns in printed order, where the header says so; empty: the order of the form.
        complete: whether the cells are all cells of the printed row and nothing else (no padding).
        grid: the number of the grid whose columns the cells know; 0: only their order is known.
        start: the true column of its first figure, where the header says so.
        disordered: the header contradicts the order of the form and does not say which cell is which.
        beside: some of its figures stand in columns that the header names otherwise or not at all.
        line: the number of the line that opened it.
        on_a_line: whether label and figures share a line, so that a figure on another line is none of its own.
        in_text: whether it was opened by a line of running text.
    """

    table: str
    items: tuple[str, ...]
    label: str
    place: str
    complete: bool = False
    cells: list[Cell] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    grid: int = 0
    start: int | None = None
    disordered: bool = False
    beside: bool = False
    line: int = 0
    on_a_line: bool = False
    in_text: bool = False

    @property
    def has_figures(self) -> bool:
        """Whether anything but blanks was printed after the label."""
        return any(normalize.clean(cell.text) for cell in self.cells)
