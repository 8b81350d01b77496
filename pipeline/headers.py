"""The header of a table → the order of its columns. Comes in: the column names that were found, each with its place.

A header that names the columns in another order than the form is believed where it proves the order. Where it only
contradicts the form, the rows below it cannot be read: that is said, and settled in ``placement``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.template import Part

FLOATING = frozenset(("org_other", "total"))  # columns whose cells in the header converters move about


@dataclass(frozen=True)
class Head:
    """A column as the header names it; ``column`` is its true column where ``grid`` is not 0."""

    key: str
    column: int
    grid: int
    line: int


@dataclass(frozen=True)
class Order:
    """The columns as printed; empty: as in the form. ``disordered``: otherwise, and which is which is not known."""

    columns: tuple[str, ...] = ()
    disordered: bool = False


def order_of_columns(
    heads: Sequence[Head], part: Part, *, grid: int, blocks: int, filled: Sequence[int]
) -> Order:
    """The order of the columns of a row.

    Args:
        heads: the names above it, as they were read one after the other.
        part: the form's.
        grid: the number of the row's grid; 0 where its cells do not know their columns.
        blocks: how many times the row has all columns of the part, side by side.
        filled: the true columns of the row's figures.
    """
    form = [column.key for column in part.columns]
    if len(form) == 1 or not heads:
        return Order()
    true_columns = grid and all(head.grid for head in heads)
    if true_columns:
        heads = sorted(heads, key=lambda head: head.column)
    named = [head.key for head in heads if head.key in form]
    if blocks > 1:
        pieces = [named[start : start + len(form)] for start in range(0, len(named), len(form))]
        named = pieces[-1] if all(piece == pieces[-1] for piece in pieces[-2:]) else []
    if part.column_groups and not true_columns:  # read one after the other, lines of a header are no order
        inner = part.column_groups[-1].columns
        named = _order_of_lower_line(heads, inner, form)
        if not named:
            return Order(disordered=_is_disordered([head.key for head in heads], inner, form))
    elif true_columns and blocks == 1:
        named = _with_the_nameless(heads, grid, sorted(filled), form) or named
    if sorted(named) == sorted(form):
        return Order(tuple(named) if named != form else ())
    return Order(disordered=len(set(named)) == len(named) and not _is_in_order(named, form))


def _is_in_order(keys: list[str], form: list[str]) -> bool:
    return keys == [key for key in form if key in keys]


def _with_the_nameless(heads: Sequence[Head], grid: int, filled: list[int], form: list[str]) -> list[str]:
    """The order of all columns of a grid in which the name of one alone was lost; else empty."""
    known = {head.column: head.key for head in heads if head.key in form and head.grid == grid}
    nameless = [key for key in form if key not in known.values()]
    if len(nameless) != 1 or len(filled) != len(form) or len(known.keys() & set(filled)) != len(form) - 1:
        return []
    return [known.get(column, nameless[0]) for column in filled]


def _order_of_lower_line(heads: Sequence[Head], inner: tuple[str, ...], form: list[str]) -> list[str]:
    """The order of all columns where the lower line of a header names every column of its own; else empty."""
    lower = [head for head in heads if head.key in inner]
    if len({head.line for head in lower}) != 1 or sorted(head.key for head in lower) != sorted(inner):
        return []
    before = form.index(inner[0])
    return [*form[:before], *(head.key for head in lower), *form[before + len(inner) :]]


def _is_disordered(named: list[str], inner: tuple[str, ...], form: list[str]) -> bool:
    """Whether columns of a header of several lines change places, those aside that converters move about."""
    below = [key for key in named if key in inner]
    moved = below[1:] if below[:1] == [inner[-1]] else below
    firm = [key for key in named if key not in FLOATING]
    return not (_is_in_order(firm, form) and _is_in_order(moved, form))
