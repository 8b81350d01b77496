"""Pictures inside a Word file or beside a saved page: where they stand in the text, and what was recognised in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipeline.document.pdf import document_of, scanned_page
from pipeline.model.document import Cell, Grid, Paragraph
from pipeline.model.recognition import Recognised, Recognition, ScannedPage

PAGE, PICTURE = "p. ", "picture "  # how places begin


@dataclass
class Embedded:
    """The pictures of a file, in reading order, counted from 1.

    Attributes:
        known: number → what was recognised in it before.
        sources: what the file calls each picture, with the width in inches at which it shows it, 0 where it does not say.
        recognised: place → how it was recognised, of those that were put among the blocks.
    """

    known: Mapping[int, ScannedPage]
    sources: list[tuple[str, float]] = field(default_factory=list)
    recognised: dict[str, Recognised] = field(default_factory=dict)
    _waiting: list[ScannedPage] = field(default_factory=list)

    def add(self, source: str, inches: float = 0.0) -> bool:
        """Counts one picture; whether something was recognised in it, which then waits for ``blocks``."""
        self.sources.append((source, inches))
        page = self.known.get(len(self.sources))
        if page is not None:
            self._waiting.append(page)
        return page is not None

    def blocks(self) -> list[Paragraph | Grid]:
        """What was recognised in the pictures since the last call: a table may go on from one to the next."""
        if not self._waiting:
            return []
        found = document_of([scanned_page(page) for page in self._waiting])
        self._waiting.clear()
        self.recognised |= {_place(place): note for place, note in found.recognised.items()}
        return [_placed(block) for block in found.blocks]

    @property
    def unread(self) -> int:
        """How many were never recognised, where none was; else those were not worth it."""
        return 0 if self.known else len(self.sources)


def embedded_in(recognition: Recognition | None) -> Embedded:
    """Nothing counted yet, of a file in which this was recognised."""
    return Embedded({page.number: page for page in recognition.pages} if recognition else {})


def _placed(block: Paragraph | Grid) -> Paragraph | Grid:
    if isinstance(block, Paragraph):
        return replace(block, place=_place(block.place))
    return replace(block, rows=tuple(tuple(_cells(row)) for row in block.rows))


def _cells(row: tuple[Cell, ...]) -> Iterator[Cell]:
    return (replace(cell, place=_place(cell.place)) for cell in row)


def _place(place: str) -> str:
    return PICTURE + place.removeprefix(PAGE)
