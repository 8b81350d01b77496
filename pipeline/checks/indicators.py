"""Figures → indicators: a fraction of stated figures, or the reason why there is none.

The registry is ``knowledge/indicators.yml``. A cell is named ``table/row`` (its total) or ``table/row/column``. A total is
the printed one; where none is stated, the sum of the other columns if all of them are printed, and the note says so.
A group such as ``denied`` is the sum of its leaves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, cached_property
from typing import Any

from pipeline import knowledge
from pipeline.knowledge.forms import forms, resting
from pipeline.knowledge.messages import wrong
from pipeline.knowledge.rules import relations_of
from pipeline.model.figure import CellKey, Figure
from pipeline.model.form import Form

DIGITS = Decimal("0.000001")
WORDS = ("zh", "en", "formula_zh", "formula_en", "caveat_zh", "caveat_en", "comparable_zh", "comparable_en")


@dataclass(frozen=True)
class Definition:
    """One indicator: sums of cells above and below the line, the smallest base for a ratio, and its words."""

    id: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    smallest_n: int
    words: dict[str, str]

    @cached_property
    def tables(self) -> set[str]:
        """The tables that its cells stand in; a form without one of them does not have this indicator."""
        return {name.partition("/")[0] for name in self.numerator + self.denominator}


@dataclass(frozen=True)
class Indicator:
    """One indicator of one report.

    Attributes:
        value: the ratio to six digits; None where the base is too small, zero or not stated.
        note: empty, or one of ``total_from_columns`` (and the ratio stands), ``small_base``, ``zero_base``, ``not_stated``.
    """

    id: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    note: str


@cache
def definitions() -> dict[str, Definition]:
    """All indicators by id; one that names an unknown cell is refused with its line."""
    found = [_definition(key, entry) for key, entry in knowledge.load("indicators.yml").items()]
    return {one.id: _checked(one) for one in found if not one.tables & resting()}


def _definition(key: str, entry: dict[str, Any]) -> Definition:
    return Definition(
        id=key,
        numerator=tuple(entry["numerator"]),
        denominator=tuple(entry["denominator"]),
        smallest_n=entry["smallest_n"],
        words={word: entry[word] for word in WORDS},
    )


def _checked(definition: Definition) -> Definition:
    """The same, if every form with its tables has its cells."""
    having = [form for form in forms().values() if _has(form, definition)]
    for form in having or forms().values():
        for name in definition.numerator + definition.denominator:
            try:
                _cells(name, form)
            except KeyError as error:
                line = knowledge.line_of("indicators.yml", f"{definition.id}:")
                raise wrong("indicator_cell", line=line, form=form.key, name=name) from error
    return definition


def _has(form: Form, definition: Definition) -> bool:
    return all(form.find(table) for table in definition.tables)


@cache
def _cells(name: str, form: Form) -> tuple[CellKey, ...]:
    """The cells that a name stands for: one, or the leaves of a group; KeyError for a name the form does not know."""
    table, row, *column = name.split("/")
    rows = {r.item.key: r.kind for t in form.tables if t.key == table for part in t.parts for r in part.rows}
    known = {c.key for t in form.tables if t.key == table for part in t.parts for c in part.columns}
    if row not in rows or (column and column[0] not in known):
        raise KeyError(name)
    leaves = (row,) if rows[row] == "data" else form.leaves(row)
    return tuple(CellKey(table, leaf, column[0] if column else "total") for leaf in leaves)


def indicators(form: Form, figures: dict[CellKey, Figure]) -> Iterator[Indicator]:
    """Every indicator of one report, in the order of the registry.

    Args:
        form: of the report.
        figures: every cell of that form.

    Yields:
        one for each definition whose tables the form has, also where it has no value. Counts and ratios have no unit, amounts are in the column's.
    """
    for definition in (one for one in definitions().values() if _has(form, one)):
        above, above_note = _sum(definition.numerator, form, figures)
        below, below_note = _sum(definition.denominator, form, figures)
        note = below_note or above_note
        value = None
        if above is None or below is None:
            note = "not_stated"
        elif below == 0:
            note = "zero_base"
        elif below < definition.smallest_n:
            note = "small_base"
        else:
            value = (above / below).quantize(DIGITS, ROUND_HALF_UP)
        yield Indicator(definition.id, above, below, value, note)


def _sum(names: tuple[str, ...], form: Form, figures: dict[CellKey, Figure]) -> tuple[Decimal | None, str]:
    total, note = Decimal(0), ""
    for name in names:
        for cell in _cells(name, form):
            value = figures[cell].value
            if value is None:
                value = _from_columns(cell, form, figures)
                note = "total_from_columns"
            if value is None:
                return None, ""
            total += value
    return total, note


def _from_columns(cell: CellKey, form: Form, figures: dict[CellKey, Figure]) -> Decimal | None:
    """A total that is not stated, from the columns of its own row where all of them are."""
    for relation in relations_of(form).get(cell, ()):
        if relation.right == (cell,) and all(key[1] == cell[1] for key in relation.left):
            values = [figures[key].value for key in relation.left]
            if all(value is not None for value in values):
                return sum((value for value in values if value is not None), Decimal(0))
    return None
