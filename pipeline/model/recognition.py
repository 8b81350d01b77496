"""What was recognised in pictures: lines and pieces of text of each page, with places and confidence. No meaning yet.

Kept beside the filed picture as ``<year>.read.yml``, so that it is recognised once and read the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

UNREAD = "\ufffd"  # stands for ink of which nothing could be made; never blank, and no number


@dataclass(frozen=True)
class Seen:
    """A text and how sure the engine is of its least sure character, from 0 to 1."""

    text: str
    confidence: float


@dataclass(frozen=True)
class Piece:
    """One printed line of text, or of one cell.

    Attributes:
        left, top, right, bottom: points from the upper left corner of the straightened page.
        seen: as first read.
        again: as read a second time, enlarged and cleaned; None where it was not.
    """

    left: float
    top: float
    right: float
    bottom: float
    seen: Seen
    again: Seen | None = None

    @property
    def text(self) -> str:
        """The surer of its readings."""
        return (
            self.again.text if self.again and self.again.confidence > self.seen.confidence else self.seen.text
        )


@dataclass(frozen=True)
class Stroke:
    """A ruling line: at ``at`` on one axis, from ``start`` to ``end`` on the other, in points."""

    at: float
    start: float
    end: float


@dataclass(frozen=True)
class ScannedPage:
    """One page made straight. ``number`` counts from 1 through the file; ``width`` and ``height`` are points.

    Attributes:
        tilt: by how many degrees the picture was turned to be level.
        turns: by how many quarters, to the left, it was then turned to stand upright.
        corners: of the sheet in a photograph, before that: x and y in turn, as shares of the picture; else empty.
        bend: how many pixels its lines hung down, at places evenly across the page, where they were not straight.
    """

    number: int
    width: float
    height: float
    across: tuple[Stroke, ...]
    down: tuple[Stroke, ...]
    pieces: tuple[Piece, ...]
    tilt: float = 0.0
    turns: int = 0
    corners: tuple[float, ...] = ()
    bend: tuple[float, ...] = ()


@dataclass(frozen=True)
class Recognition:
    """All that was recognised in a file.

    Attributes:
        sha256: of the file.
        engine: name and version of what recognised, e.g. ``rapidocr 3.10.0``.
        models: their file names.
        pages: those that are pictures; pages with text of their own are not here.
    """

    sha256: str
    engine: str
    models: tuple[str, ...]
    pages: tuple[ScannedPage, ...]


@dataclass(frozen=True)
class Recognised:
    """How the text of one place of a document was recognised, its lines together.

    Attributes:
        box: left, top, right, bottom in points on its page.
        confidence: of the less sure reading of its least sure character; 0 where two readings differ.
        best: of the longest piece, in its surer reading, whether the other says the same or not.
        is_twice: whether all of it was read twice.
    """

    page: int
    box: tuple[float, float, float, float]
    confidence: float
    best: float
    is_twice: bool


def recognised(page: int, pieces: Sequence[Piece], box: tuple[float, float, float, float]) -> Recognised:
    """The pieces of one place as one.

    Args:
        page: its number, counted from 1.
        pieces: those of the place; there is at least one.
        box: left, top, right, bottom of all of them, in points.
    """
    twice = all(piece.again is not None for piece in pieces)
    return Recognised(
        page, box, min(map(_confidence, pieces)), _best(max(pieces, key=lambda piece: len(piece.text))), twice
    )


def _confidence(piece: Piece) -> float:
    if piece.again is None:
        return piece.seen.confidence
    agree = piece.again.text == piece.seen.text
    return min(piece.seen.confidence, piece.again.confidence) if agree else 0.0


def _best(piece: Piece) -> float:
    return max(piece.seen.confidence, piece.again.confidence if piece.again else 0.0)
