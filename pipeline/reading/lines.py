"""A document → its lines, each text with its normal forms: what every stage of reading looks at, so that none makes them again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.knowledge.normalize import Printed, printed
from pipeline.knowledge.numerals import is_figure_like
from pipeline.model.document import Cell, Document, Layout, Paragraph
from pipeline.reading.one_line import uncut

LONGEST_ROW = 160  # characters
MOST_FIGURES = 40  # in a line of running text; no row of a form has more


@dataclass(frozen=True)
class PrintedCell:
    """A cell of a line. ``column`` counts from 0 and is the true column in a GRID; ``width`` is the number of columns."""

    text: Printed
    place: str
    column: int = 0
    width: int = 1


@dataclass(frozen=True)
class Line:
    """A row of a grid, or one paragraph as a row of a single cell (``is_paragraph``).

    Attributes:
        grid: the number of the grid whose columns the cells know; 0: only their order is known.
    """

    cells: tuple[PrintedCell, ...]
    layout: Layout
    is_paragraph: bool = False
    grid: int = 0

    @cached_property
    def text(self) -> Printed:
        """All its text; cells separated by tabs."""
        if len(self.cells) == 1:
            return self.cells[0].text
        return printed("\t".join(cell.text.raw for cell in self.cells))

    @cached_property
    def filled(self) -> tuple[PrintedCell, ...]:
        """The cells that print anything."""
        return tuple(cell for cell in self.cells if cell.text)

    @property
    def place(self) -> str:
        """Where it stands in the source."""
        return self.cells[0].place


def lines_of(document: Document) -> tuple[Line, ...]:
    """All blocks as lines, in reading order; a row without cells is none.

    Args:
        document: without blocks there is no line.
    """
    return tuple(_lines(document))


def _lines(document: Document) -> Iterator[Line]:
    for number, block in enumerate(uncut(document.blocks), 1):
        if isinstance(block, Paragraph):
            yield Line(_cells_of(block), Layout.LOOSE, is_paragraph=True)
            continue
        grid = number if block.layout is Layout.GRID else 0
        for row in block.rows:
            if row:
                yield Line(tuple(map(_printed_cell, row)), block.layout, grid=grid)


def _cells_of(paragraph: Paragraph) -> tuple[PrintedCell, ...]:
    """The cells of a line of running text: one, or, where it ends in figures that stand apart, one for each piece.

    ``5 3 20``, ``（一）予以公开 0 0 0``: a row as a reader of PDFs copies it.
    """
    whole = printed(paragraph.text)
    pieces = whole.clean.split() if len(paragraph.text) <= LONGEST_ROW else []
    figures = len(pieces) - next((n for n, piece in enumerate(pieces) if is_figure_like(piece)), len(pieces))
    if 1 < len(pieces) <= MOST_FIGURES and figures and all(map(is_figure_like, pieces[-figures:])):
        return tuple(PrintedCell(printed(piece), paragraph.place) for piece in pieces)
    return (PrintedCell(whole, paragraph.place),)


def _printed_cell(cell: Cell) -> PrintedCell:
    return PrintedCell(printed(cell.text), cell.place, cell.column, cell.width)
