"""A cell of the form as it was read: what is printed, its value, and what we know of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple


class CellKey(NamedTuple):
    """Which cell of the form: keys of its table, row and column."""

    table: str
    row: str
    column: str

    def __str__(self) -> str:
        """As people write it: ``requests/new_received/total``."""
        return "/".join(self)

    @classmethod
    def parse(cls, text: str) -> CellKey:
        """The key that a text names; whether a form has such a cell is not asked.

        Args:
            text: as ``str`` writes it.

        Raises:
            ValueError: not three names with a slash between them.
        """
        table, row, column = text.split("/")
        return cls(table, row, column)

    def __reduce__(self) -> tuple[Callable[..., CellKey], tuple[str, ...]]:
        """A key that comes from another process, or from the cache, is the one object of its cell."""
        return _one_key, tuple(self)


class Status(StrEnum):
    """What we know of a cell; the words are those of the data package."""

    REPORTED = "reported"  # a plain printed number
    BLANK = "blank"  # an empty cell
    MARK = "mark"  # / - — 无
    ABSENT = "absent"  # no such cell in the source
    UNREADABLE = "unreadable"  # something is printed that is no number
    AMBIGUOUS = "ambiguous"  # the figure may stand in several columns
    RESOLVED = "resolved"  # the printed sums allow this reading alone
    RECOGNISED = "recognised"  # read from a picture, sure, and its sums hold
    UNCONFIRMED = "unconfirmed"  # read from a picture, in doubt: no value


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of the form.

    Attributes:
        raw: exactly as printed, e.g. ``１，２３４`` or ``—``.
        value: in ``unit``, or in the column's own unit where ``unit`` is empty; None unless reported, resolved or recognised.
        place: where in the source, e.g. ``line 30``; empty for a cell that is not there.
        unit: as printed in the cell itself, e.g. ``元``.
        confidence: how sure the engine is that read it from a picture, 0 to 1; None for any other source.
    """

    raw: str
    value: Decimal | None
    status: Status
    place: str = ""
    unit: str = ""
    confidence: float | None = None

    def __reduce__(self) -> tuple[Callable[..., Figure], tuple[object, ...]]:
        """Of two million figures few are different: from a pickle, equal ones come as one object."""
        value = "" if self.value is None else str(self.value)
        return _figure, (self.status, self.confidence, self.raw, value, self.place, self.unit)


@cache  # as many as the forms have cells
def _one_key(table: str, row: str, column: str) -> CellKey:
    return CellKey(table, row, column)


@lru_cache(maxsize=65_536)
def _one_number(digits: str) -> Decimal:
    return Decimal(digits)


SHORT = 40  # characters; a longer text is hardly ever printed twice


def _figure(status: Status, confidence: float | None, raw: str, value: str, place: str, unit: str) -> Figure:
    make = _one_figure if len(raw) <= SHORT else _new_figure
    return make(status, confidence, raw, value, place, unit)


def _new_figure(
    status: Status, confidence: float | None, raw: str, value: str, place: str, unit: str
) -> Figure:
    return Figure(raw, _one_number(value) if value else None, status, place, unit, confidence)


_one_figure = lru_cache(maxsize=32_768)(_new_figure)


def plain(value: Decimal | None) -> str:
    """A number as people write it: no exponent, no trailing zeros; empty for None.

    Args:
        value: in any unit; it is not rounded.

    Returns:
        digits with a point and, below zero, ``-``.

    >>> plain(Decimal("2.50")), plain(Decimal("1E+2")), plain(None)
    ('2.5', '100', '')
    """
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def json_number(value: Decimal) -> int | float:
    """A number for JSON: whole where it is whole. Decimals print back as filed up to 15 digits.

    Args:
        value: in any unit.
    """
    return int(value) if value == value.to_integral_value() else float(value)
