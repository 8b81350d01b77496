"""What every reader returns: blocks of text in reading order, each with its place. Knows no form and no label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.model.findings import Finding
from pipeline.model.recognition import Recognised


class Layout(StrEnum):
    """How far the cells of a row can be trusted to be the cells of the printed row.

    ``GRID``: every cell knows its true column. ``LIST``: a row has all its cells in order, spans collapsed, so that
    counting from the right end is sure. ``LOOSE``: rows may be padded, cut or wrapped; only the order is sure.
    """

    GRID = "grid"
    LIST = "list"
    LOOSE = "loose"


@dataclass(frozen=True)
class Cell:
    """One cell. ``column`` counts from 0 and is the true column in a GRID; ``width`` is the number of columns."""

    text: str
    place: str
    column: int = 0
    width: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A line or paragraph of running text, headings included."""

    text: str
    place: str


@dataclass(frozen=True)
class Grid:
    """Rows of cells."""

    rows: tuple[tuple[Cell, ...], ...]
    layout: Layout


@dataclass(frozen=True)
class Document:
    """A filed document as read.

    Attributes:
        format: the reader's name, e.g. ``txt``.
        findings: what the reader has to say about the file itself, e.g. that it is of another type than its name says.
        recognised: place → how it was recognised, for every text that comes from a picture.
        unread_pictures: how many pictures among its text nobody has recognised.
    """

    format: str
    blocks: tuple[Paragraph | Grid, ...]
    findings: tuple[Finding, ...] = ()
    recognised: Mapping[str, Recognised] = field(default_factory=dict)
    unread_pictures: int = 0
