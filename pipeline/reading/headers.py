"""The header of a table → the order of its columns. Comes in: the column names that were found, each with its place.

A header that names the columns in another order than the form is believed where it proves the order. Where it only
contradicts the form, the rows below it cannot be read: that is said, and settled in ``columns``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.model.form import Part
from pipeline.reading.lines import PrintedCell

FLOATING = frozenset(("org_other", "total"))  # columns whose cells in the header converters move about


@dataclass(frozen=True)
class Head:
    """A column, or a block of columns, as the header names it; ``column`` and ``width`` are its true ones in a grid.

    ``grid`` is 0 where it does not know them. ``unit`` is that of its figures, where the header prints one.
    """

    key: str
    column: int
    grid: int
    line: int
    width: int = 1
    unit: str = ""


@dataclass(frozen=True)
class Order:
    """The columns as printed; empty: as in the form. ``disordered``: otherwise, and which is which is not known.

    ``beside``: there are as many figures as columns, but not below their names.
    ``cells``: which cells of the row stand below its columns, one below each; empty where that is not known.
    ``start``: the true column of the first of them; None where it is not known.
    """

    columns: tuple[str, ...] = ()
    disordered: bool = False
    cells: tuple[int, ...] = ()
    start: int | None = None
    beside: bool = False


def order_of_columns(
    heads: Sequence[Head], part: Part, *, grid: int, blocks: int, cells: Sequence[PrintedCell]
) -> Order:
    """The order of the columns of a row.

    Args:
        heads: the names above it, as they were read one after the other.
        part: the form's.
        grid: the number of the row's grid; 0 where its cells do not know their columns.
        blocks: how many times the row has all columns of the part, side by side.
        cells: the cells of the row behind its label, blank ones included.
    """
    form = [column.key for column in part.columns]
    if not heads:
        return Order()
    in_grid = bool(grid) and all(head.grid == grid for head in heads)
    as_read = heads
    if in_grid:
        heads = sorted(heads, key=lambda head: head.column)
    named = _named_order(heads, part, grid if in_grid else 0, blocks, cells)
    if grid and not in_grid:  # a header of another grid does not say what stands in the columns of this one
        return Order(disordered=bool(named.columns) or named.disordered)
    if not in_grid or named.disordered:
        return named
    columns = [head for head in heads if head.key in form]
    if [head.key for head in columns] != [*(named.columns or form)] * blocks:
        return named
    below = _cells_below(columns, cells)
    if below:
        return Order(named.columns, cells=below, start=columns[0].column)
    # A row of just as many cells as columns is read in order: there a header of other widths is only drawn carelessly,
    # as one is whose lower line slipped to the left because it lost its spans.
    if len(cells) == len(columns) and (not named.columns or _lines_name_the_form(as_read, part)):
        return Order()
    start = columns[0].column
    figures = [cell for cell in cells if cell.column >= start or cell.text]
    while len(figures) > len(columns) and not figures[-1].text:
        figures.pop()
    # Just as many, blanks aside, and yet not below the names: in order they would look right and be wrong.
    return Order(disordered=bool(named.columns), start=start, beside=len(figures) == len(columns))


def _named_order(
    heads: Sequence[Head], part: Part, grid: int, blocks: int, cells: Sequence[PrintedCell]
) -> Order:
    """The order in which a header names the columns, wherever they stand."""
    form = [column.key for column in part.columns]
    if len(form) == 1:
        return Order()
    named = [head.key for head in heads if head.key in form]
    if blocks > 1:
        pieces = [named[start : start + len(form)] for start in range(0, len(named), len(form))]
        named = pieces[-1] if all(piece == pieces[-1] for piece in pieces[-2:]) else []
    if part.column_groups and not grid:  # read one after the other, lines of a header are no order
        inner = part.column_groups[-1].columns
        named = _order_of_lower_line(heads, inner, form)
        if not named or _is_beside(heads, inner, form):
            return Order(disordered=bool(named) or _is_disordered([head.key for head in heads], inner, form))
    elif grid and blocks == 1:
        filled = sorted(cell.column for cell in cells if cell.text)
        if with_nameless := _with_the_nameless(heads, grid, filled, form):
            return Order(tuple(with_nameless) if with_nameless != form else ())
    if sorted(named) == sorted(form):
        return Order(tuple(named) if named != form else ())
    return Order(disordered=len(set(named)) == len(named) and not _is_in_order(named, form))


@dataclass(frozen=True)
class Blocks:
    """The rows of a table that prints them side by side, in the order of its header.

    ``disordered``: the header names them otherwise than the form, and does not say which stands where.
    """

    rows: tuple[str, ...]
    disordered: bool = False


def order_of_blocks(heads: Sequence[Head], part: Part) -> Blocks:
    """The order in which a header names the rows of a table of one row.

    A name in the middle of two lines comes after the one to its right where text is read line by line: so only names
    that share a line, or stand in one grid, say an order.

    Args:
        heads: the names of rows and groups above the figures, as they were read; none: the order of the form.
        part: the form's.
    """
    form = tuple(row.key for row in part.data_rows)
    in_grid = bool(heads) and heads[0].grid > 0 and len({head.grid for head in heads}) == 1
    printed = sorted(heads, key=lambda head: head.column) if in_grid else list(heads)
    order: list[str] = []
    disordered = False
    for parent in dict.fromkeys(row.parent for row in part.rows):
        siblings = [row.key for row in part.rows if row.parent == parent]
        named = [head for head in printed if head.key in siblings]
        keys = list(dict.fromkeys(head.key for head in named))
        if sorted(keys) != sorted(siblings):
            keys = siblings
        elif keys != siblings and not in_grid and len({head.line for head in named}) > 1:
            disordered = True
        place = order.index(parent) if parent in order else len(order)
        order[place : place + 1] = keys
    return Blocks(tuple(key for key in order if key in form), disordered)


def _cells_below(heads: Sequence[Head], cells: Sequence[PrintedCell]) -> tuple[int, ...]:
    """The one cell below each name, in the order of the names; empty unless there is one for each, and none beside."""
    waiting = sorted(range(len(cells)), key=lambda number: cells[number].column)
    found: list[int] = []
    for head in heads:
        while waiting and cells[waiting[0]].column + cells[waiting[0]].width <= head.column:
            if cells[waiting.pop(0)].text:
                return ()  # a figure below no name
        if not waiting or cells[waiting[0]].column >= head.column + head.width:
            return ()  # no cell below this name
        found.append(waiting.pop(0))
    return () if any(cells[number].text for number in waiting) else tuple(found)


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


def _is_beside(heads: Sequence[Head], inner: tuple[str, ...], form: list[str]) -> bool:
    """Whether a column that stands before those of the lower line comes behind one of them on one and the same line."""
    before = form[: form.index(inner[0])]
    below = [n for n, head in enumerate(heads) if head.key in inner and head.key not in FLOATING]
    return any(
        head.key in before and n > below[0] and head.line == heads[below[0]].line
        for n, head in enumerate(heads)
        if below
    )


def _lines_name_the_form(heads: Sequence[Head], part: Part) -> bool:
    """Whether each line of a header of two lines names its columns in the order of the form."""
    form = [column.key for column in part.columns]
    inner = part.column_groups[-1].columns if part.column_groups else ()
    upper = [head.key for head in heads if head.key not in inner]
    return _order_of_lower_line(heads, inner, form) == form and upper == [k for k in form if k not in inner]


def _is_disordered(named: list[str], inner: tuple[str, ...], form: list[str]) -> bool:
    """Whether columns of a header of several lines change places, those aside that converters move about."""
    below = [key for key in named if key in inner]
    moved = below[1:] if below[:1] == [inner[-1]] else below
    firm = [key for key in named if key not in FLOATING]
    return not (_is_in_order(firm, form) and _is_in_order(moved, form))
