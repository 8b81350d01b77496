"""Reports + rules → outcomes: holds, fails, or cannot be assessed, with the reason.

A blank detail cell counts as zero only where that reading makes the printed total right, and the outcome says so.
A blank total, a mark or a missing cell leaves the relation open: that is neither a pass nor a failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from pipeline import knowledge
from pipeline.findings import Finding, Location
from pipeline.numerals import Figure, Status
from pipeline.report import Report
from pipeline.rules import PREVIOUS, CellKey, Relation, Rule, limit, relations, relations_of
from pipeline.template import Form, columns, items

Figures = Mapping[CellKey, Figure]


class State(StrEnum):
    """What came of a relation."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_ASSESSABLE = "not_assessable"


@dataclass(frozen=True)
class Outcome:
    """A relation assessed.

    Attributes:
        where: the row, column or cell it is about; empty for a whole report.
        at: the cell and place a failure is shown at.
        left: the left side, as people write it; for a rule about one cell or mention, that. Empty where it holds.
        right: the right side, or empty.
        missing: the cells without a value that left it open.
        reason_zh: why it could not be assessed, where that is no missing cell.
        blanks_as_zero: whether blank cells were read as zero to assess it.
    """

    rule: Rule
    where: str
    state: State
    at: Location = Location()
    left: str = ""
    right: str = ""
    missing: tuple[CellKey, ...] = ()
    reason_zh: str = ""
    reason_en: str = ""
    blanks_as_zero: bool = False


def check(report: Report, year: int, previous: Report | None = None) -> tuple[Outcome, ...]:
    """Every relation between sums of the report's form, assessed.

    Args:
        report: the report.
        year: the year it is filed under.
        previous: the same agency's report of the year before, of the same scope; None where there is none.
    """
    figures = report.figures | {
        (f"{PREVIOUS}{t}", r, c): f for (t, r, c), f in (previous.figures if previous else {}).items()
    }
    return tuple(
        assess(relation, figures, report.form)
        for relation in relations(report.form)
        if relation.rule.first_year <= year
    )


def assess(relation: Relation, figures: Figures, form: Form) -> Outcome:
    """One relation on the cells of one report (and of last year's, under ``previous.``)."""
    rule, where = relation.rule, relation.where
    if rule.between_years and any(cell not in figures for cell in relation.cells):
        return _no_previous(relation, figures)
    values = [figures[cell].value for cell in relation.cells]
    left, right = _sum(values[: len(relation.left)]), _sum(values[len(relation.left) :])
    if None not in values and _holds(rule, left, right):
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
    return Outcome(rule, where, State.NOT_ASSESSABLE, at, missing=missing)


def _no_previous(relation: Relation, figures: Figures) -> Outcome:
    reasons = knowledge.load("rule_words.yml")["reasons"]
    no_report = not any(table.startswith(PREVIOUS) for table, _, _ in figures)
    reason = reasons["no_previous_report" if no_report else "another_form"]
    at = _location(relation, figures)
    zh, en = reason["zh"], reason["en"]
    return Outcome(relation.rule, relation.where, State.NOT_ASSESSABLE, at, reason_zh=zh, reason_en=en)


def _holds(rule: Rule, left: Decimal, right: Decimal) -> bool:
    match rule.relation:
        case "equals":
            return left == right
        case "at_least":
            return left >= right
        case "at_most":
            return left <= (limit(rule, "limit") if "limit" in rule.options else right)
        case "differs":
            return left != right or left == 0
        case "within_factor":
            small, large = sorted((left, right))
            return large < limit(rule, "floor") or large <= small * limit(rule, "factor")
        case _:  # non_negative_integer
            return left >= 0 and left == left.to_integral_value()


@cache
def _held(relation: Relation) -> Outcome:
    """The same for every report: two hundred outcomes each would else be most of the work."""
    return Outcome(relation.rule, relation.where, State.HOLDS)


def _sum(values: Iterable[Decimal | None]) -> Decimal:
    return sum(filter(None, values), Decimal(0))


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


def findings_of(outcomes: Iterable[Outcome]) -> Iterator[Finding]:
    """One finding for each relation that fails."""
    words = knowledge.load("rule_words.yml")["failures"]
    for outcome in outcomes:
        if outcome.state is not State.FAILS:
            continue
        rule = outcome.rule
        values = {
            "where_zh": where_in_words(outcome, "zh"),
            "where_en": where_in_words(outcome, "en"),
            "formula_zh": rule.words["formula_zh"],
            "formula_en": rule.words["formula_en"],
            "left": outcome.left,
            "right": outcome.right,
            "difference": _difference(outcome),
        }
        kind = words[rule.relation]
        single = bool(outcome.at.row and outcome.at.column and outcome.right)
        yield Finding(
            code=rule.id,
            severity=rule.severity,
            at=outcome.at,
            message_zh=kind["message_zh"].format(**values),
            message_en=kind["message_en"].format(**values),
            hint_zh=kind["hint_zh"],
            hint_en=kind["hint_en"],
            reported=outcome.right or outcome.left,
            expected=outcome.left if single and rule.relation == "equals" else "",
        )


def _difference(outcome: Outcome) -> str:
    if not (outcome.left and outcome.right) or not outcome.rule.is_sum:
        return ""
    return plain(abs(Decimal(outcome.left) - Decimal(outcome.right)))


def where_in_words(outcome: Outcome, language: str) -> str:
    """The row, column or cell an outcome is about, by its label; what a question is about, as it says itself."""
    each = outcome.rule.each
    if each == "column":
        return _column(outcome.where, language)
    if each == "row":
        return _row(outcome.where, language)
    if each == "cell":
        row, column = outcome.where.split("/")
        return f"{_row(row, language)} · {_column(column, language)}"
    return outcome.where


def _row(key: str, language: str) -> str:
    return items()[key].short_zh if language == "zh" else items()[key].en


def _column(key: str, language: str) -> str:
    return columns()[key].zh if language == "zh" else columns()[key].en


def cell_in_words(cell: CellKey, language: str) -> str:
    """A cell by the labels of its row and column; last year's cell says so."""
    table, row, column = cell
    words = f"{_row(row, language)} · {_column(column, language)}"
    if not table.startswith(PREVIOUS):
        return words
    return str(knowledge.load("rule_words.yml")["previous"][language]).format(cell=words)


def plain(value: Decimal | None) -> str:
    """A number as people write it: no exponent, no trailing zeros; empty for None.

    >>> plain(Decimal("2.50")), plain(Decimal("1E+2")), plain(None)
    ('2.5', '100', '')
    """
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
