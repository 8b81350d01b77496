"""Reports + rules → outcomes: holds, fails, or cannot be assessed, with the reason.

A blank detail cell counts as zero only where that reading makes the printed total right, and the outcome says so.
A blank total, a mark or a missing cell leaves the relation open: that is neither a pass nor a failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from pipeline import knowledge
from pipeline.findings import Finding, Location
from pipeline.numerals import Figure, Status
from pipeline.report import Report
from pipeline.rules import CellKey, Relation, relations, relations_of
from pipeline.template import Form, items


class State(StrEnum):
    """What came of a relation."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_ASSESSABLE = "not_assessable"


@dataclass(frozen=True)
class Outcome:
    """A relation assessed.

    Attributes:
        left: sum of the left cells; for a rule about single cells the cell's value. None where not assessable.
        right: sum of the right cells, or None.
        missing: the cells without a value that left it open.
        blanks_as_zero: whether blank cells were read as zero to assess it.
    """

    relation: Relation
    state: State
    left: Decimal | None = None
    right: Decimal | None = None
    missing: tuple[CellKey, ...] = ()
    blanks_as_zero: bool = False


def check(report: Report) -> tuple[Outcome, ...]:
    """Every relation of the report's form, assessed."""
    return tuple(assess(relation, report.figures, report.form) for relation in relations(report.form))


def assess(relation: Relation, figures: dict[CellKey, Figure], form: Form) -> Outcome:
    """One relation on the cells of one report."""
    missing = tuple(cell for cell in relation.cells if figures[cell].value is None)
    if relation.rule.relation == "non_negative_integer":
        value = figures[relation.left[0]].value
        if value is None:
            return Outcome(relation, State.NOT_ASSESSABLE, missing=missing)
        fits = value >= 0 and value == value.to_integral_value()
        return Outcome(relation, State.HOLDS if fits else State.FAILS, left=value)
    left, right = _sum(relation.left, figures), _sum(relation.right, figures)
    if not missing:
        return Outcome(relation, State.HOLDS if left == right else State.FAILS, left, right)
    blank_details = all(
        figures[cell].status is Status.BLANK and not _is_total(cell, form) for cell in missing
    )
    if blank_details and left == right:
        return Outcome(relation, State.HOLDS, left, right, blanks_as_zero=True)
    return Outcome(relation, State.NOT_ASSESSABLE, missing=missing)


def _sum(cells: tuple[CellKey, ...], figures: dict[CellKey, Figure]) -> Decimal:
    return sum((value for cell in cells if (value := figures[cell].value) is not None), Decimal(0))


def _is_total(cell: CellKey, form: Form) -> bool:
    """Whether a cell is the sum of others by some relation."""
    return any(relation.right == (cell,) for relation in relations_of(form).get(cell, ()))


def findings_of(outcomes: Iterable[Outcome], report: Report) -> Iterator[Finding]:
    """One finding for each relation that fails."""
    words = knowledge.load("rule_words.yml")
    for outcome in outcomes:
        if outcome.state is not State.FAILS:
            continue
        rule = outcome.relation.rule
        target = outcome.relation.right[0] if outcome.relation.right else outcome.relation.left[0]
        at = _location(outcome.relation, report.figures[target].place)
        values = {
            "where_zh": where_in_words(outcome.relation, report.form, "zh"),
            "where_en": where_in_words(outcome.relation, report.form, "en"),
            "formula_zh": rule.words["formula_zh"],
            "formula_en": rule.words["formula_en"],
            "left": plain(outcome.left),
            "right": plain(outcome.right),
            "difference": plain(abs((outcome.left or Decimal(0)) - (outcome.right or Decimal(0)))),
        }
        kind = words[rule.relation]
        yield Finding(
            code=rule.id,
            severity=rule.severity,
            at=at,
            message_zh=kind["message_zh"].format(**values),
            message_en=kind["message_en"].format(**values),
            hint_zh=kind["hint_zh"],
            hint_en=kind["hint_en"],
            reported=plain(outcome.right) if outcome.relation.right else plain(outcome.left),
            expected=plain(outcome.left) if len(outcome.relation.right) == 1 else "",
        )


def _location(relation: Relation, place: str) -> Location:
    """The cell a failure is shown at: the total where there is one, else the row or column that does not balance."""
    if len(relation.right) == 1:
        return Location(*relation.right[0], source=place)
    table, row, column = relation.left[0]
    return Location(
        table,
        row if relation.rule.each != "column" else "",
        column if relation.rule.each != "row" else "",
        place,
    )


def where_in_words(relation: Relation, form: Form, language: str) -> str:
    """The row or column a relation is about, by its label."""
    table, row, column = relation.left[0]
    row_words = items()[row].short_zh if language == "zh" else items()[row].en
    found = next(c for part in form.table(table).parts for c in part.columns if c.key == column)
    column_words = found.zh if language == "zh" else found.en
    return {"row": row_words, "column": column_words}.get(relation.rule.each, f"{row_words} · {column_words}")


def cell_in_words(cell: CellKey, form: Form, language: str) -> str:
    """A cell by the labels of its row and column."""
    _, row, column = cell
    found = next(c for part in form.table(cell[0]).parts for c in part.columns if c.key == column)
    if language == "zh":
        return f"{items()[row].short_zh} · {found.zh}"
    return f"{items()[row].en} · {found.en}"


def plain(value: Decimal | None) -> str:
    """A number as people write it: no exponent, no trailing zeros; empty for None.

    >>> plain(Decimal("2.50")), plain(Decimal("1E+2")), plain(None)
    ('2.5', '100', '')
    """
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
