"""Outcomes in words: findings, and cells by the labels of the form, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from pipeline.knowledge.forms import columns, items
from pipeline.knowledge.messages import message
from pipeline.model.figure import CellKey, plain
from pipeline.model.findings import Finding
from pipeline.model.outcome import Outcome, State
from pipeline.model.rule import PREVIOUS, About


def findings_of(outcomes: Iterable[Outcome]) -> Iterator[Finding]:
    """One finding for each relation that fails.

    Args:
        outcomes: in any state, in any order; none gives none.

    Yields:
        findings in the order of the outcomes, in both languages.
    """
    for outcome in outcomes:
        if outcome.state is not State.FAILS:
            continue
        rule = outcome.rule
        difference = _difference(outcome)
        values = {
            "where_zh": where_in_words(outcome, "zh"),
            "where_en": where_in_words(outcome, "en"),
            "formula_zh": rule.formula.zh,
            "formula_en": rule.formula.en,
            "left": outcome.left,
            "right": outcome.right,
            "difference": difference.removeprefix("-"),
        }
        single = bool(outcome.at.row and outcome.at.column and outcome.right)
        yield Finding(
            code=rule.id,
            severity=rule.severity,
            at=outcome.at,
            message=rule.kind.message.filled(values),
            hint=rule.kind.hint,
            reported=(outcome.right or outcome.left) if outcome.at.row and outcome.at.column else "",
            expected=outcome.left if single and rule.relation == "equals" else "",
            difference=difference,
        )


def _difference(outcome: Outcome) -> str:
    if not (outcome.left and outcome.right) or outcome.rule.kind.about is not About.SUMS:
        return ""
    return plain(Decimal(outcome.right) - Decimal(outcome.left))


def where_in_words(outcome: Outcome, language: str) -> str:
    """The row, column or cell an outcome is about, by its label; what a question is about, as it says itself.

    Args:
        outcome: of any rule.
        language: ``zh`` or ``en``.

    Returns:
        empty where a question is about the report as a whole.
    """
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
    """A cell by the labels of its row and column; last year's cell says so.

    Args:
        cell: of any form; last year's has ``previous.`` before the table's key.
        language: ``zh`` or ``en``.

    Raises:
        KeyError: no form has such a row or column.
    """
    table, row, column = cell
    words = f"{_row(row, language)} · {_column(column, language)}"
    if not table.startswith(PREVIOUS):
        return words
    return message("cell_last_year", cell=words)[language]
