"""Reports + rules → outcomes: holds, fails, or cannot be assessed, with the reason.

A blank detail cell counts as zero only where that reading makes the printed total right, and the outcome says so.
A blank total, a mark or a missing cell leaves the relation open: that is neither a pass nor a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache

from pipeline.checks.answers import Answers, not_assessable
from pipeline.knowledge.rules import limit, relations, relations_of
from pipeline.model.figure import CellKey, Figure, Status, plain
from pipeline.model.findings import Location
from pipeline.model.form import Form
from pipeline.model.outcome import Outcome, State
from pipeline.model.report import Report
from pipeline.model.rule import PREVIOUS, Relation, Rule

Figures = Mapping[CellKey, Figure]
ZERO = Decimal(0)
# Whether two sums of cells are as a rule wants them.
HOLDS = Answers[Callable[[Rule, Decimal, Decimal], bool]]()


def check(report: Report, year: int, previous: Report | None = None) -> tuple[Outcome, ...]:
    """Every relation between sums of the report's form, assessed.

    Args:
        report: the report.
        year: the year it is filed under.
        previous: the same agency's report of the year before, of the same scope; None where there is none.

    Returns:
        one outcome a relation, in the order of the rules; none for rules that begin in a later year.
    """
    figures = report.figures | {
        CellKey(f"{PREVIOUS}{t}", r, c): f for (t, r, c), f in (previous.figures if previous else {}).items()
    }
    values = {key: figure.value for key, figure in figures.items() if figure.value is not None}
    return tuple(
        _held(relation) if _holds(relation, values) else assess(relation, figures, report.form)
        for relation in relations(report.form)
        if relation.rule.first_year <= year
    )


def _holds(relation: Relation, values: Mapping[CellKey, Decimal]) -> bool:
    """Whether all its cells are stated and it holds: so it is of nearly all, and nothing else is to be found out."""
    try:
        left = sum(map(values.__getitem__, relation.left), ZERO)
        right = sum(map(values.__getitem__, relation.right), ZERO)
    except KeyError:
        return False
    return HOLDS[relation.rule.relation](relation.rule, left, right)


def assess(relation: Relation, figures: Figures, form: Form) -> Outcome:
    """One relation on the cells of one report (and of last year's, under ``previous.``).

    Args:
        relation: of this form.
        figures: every cell of the form, and last year's under ``previous.`` where there is a report.
        form: tells which cells are totals, whose blanks are never read as zero.

    Returns:
        not assessable, with the cells that lack a value, wherever the relation cannot be decided.

    Raises:
        KeyError: a cell of the relation is not among the figures, and the relation is none between years.
    """
    rule, where = relation.rule, relation.where
    if rule.between_years and any(cell not in figures for cell in relation.cells):
        return _no_previous(relation, figures)
    values = [figures[cell].value for cell in relation.cells]
    left, right = _sum(values[: len(relation.left)]), _sum(values[len(relation.left) :])
    if None not in values and HOLDS[rule.relation](rule, left, right):
        return _held(relation)
    missing = tuple(cell for cell, value in zip(relation.cells, values, strict=True) if value is None)
    at = _location(relation, figures)
    shown = (plain(left), plain(right) if relation.right else "")
    if not missing:
        return Outcome(rule, where, State.FAILS, at, *shown)
    blank_details = all(
        figures[cell].status is Status.BLANK and not _is_total(cell, form) for cell in missing
    )
    if rule.relation == "equals" and relation.right and blank_details and left == right:
        return Outcome(rule, where, State.HOLDS, at, *shown, blanks_as_zero=True)
    return not_assessable(rule, "", where, at, missing)


def _no_previous(relation: Relation, figures: Figures) -> Outcome:
    no_report = not any(table.startswith(PREVIOUS) for table, _, _ in figures)
    reason = "no_previous_report" if no_report else "another_form"
    return not_assessable(relation.rule, reason, relation.where, _location(relation, figures))


@HOLDS.add
def _equals(rule: Rule, left: Decimal, right: Decimal) -> bool:
    """Both sides are the same."""
    return left == right


@HOLDS.add
def _at_least(rule: Rule, left: Decimal, right: Decimal) -> bool:
    """The left side is not less than the right."""
    return left >= right


@HOLDS.add
def _at_most(rule: Rule, left: Decimal, right: Decimal) -> bool:
    """The left side is not more than the rule's limit, or than the right where it has none."""
    return left <= (limit(rule, "limit") if "limit" in rule.options else right)


@HOLDS.add
def _differs(rule: Rule, left: Decimal, right: Decimal) -> bool:
    """The sides are not the same, save where both are zero."""
    return left != right or left == 0


@HOLDS.add
def _within_factor(rule: Rule, left: Decimal, right: Decimal) -> bool:
    """The larger is not more than so many times the smaller; below the floor anything goes."""
    small, large = sorted((left, right))
    return large < limit(rule, "floor") or large <= small * limit(rule, "factor")


@HOLDS.add
def _non_negative(rule: Rule, left: Decimal, right: Decimal) -> bool:
    """The cell is not below zero."""
    return left >= 0


@HOLDS.add
def _non_negative_integer(rule: Rule, left: Decimal, right: Decimal) -> bool:
    """The cell is a whole number from zero up."""
    return left >= 0 and left == left.to_integral_value()


@cache
def _held(relation: Relation) -> Outcome:
    """The same for every report: two hundred outcomes each would else be most of the work."""
    return Outcome(relation.rule, relation.where, State.HOLDS)


def _sum(values: Iterable[Decimal | None]) -> Decimal:
    return sum(filter(None, values), ZERO)


def _is_total(cell: CellKey, form: Form) -> bool:
    """Whether a cell is the sum of others by some relation."""
    return any(relation.right == (cell,) for relation in relations_of(form).get(cell, ()))


def _location(relation: Relation, figures: Figures) -> Location:
    """The cell a failure is shown at: the total where there is one, else the row or column that does not balance."""
    target = relation.right[0] if relation.right else relation.left[0]
    source = figures[target].place if target in figures else ""
    if len(relation.right) == 1 or not relation.right:
        return Location(*target, source=source)
    table, row, column = target
    return Location(
        table,
        "" if relation.rule.each == "column" else row,
        column if relation.rule.each == "column" else "",
        source,
    )
