"""Rules about the printed figures, and the places in a form at which they hold. ``knowledge.rules`` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipeline.model.figure import CellKey
from pipeline.model.findings import Severity

PREVIOUS = "previous."


# How sums of cells may be compared, and with which options.
SUMS: Mapping[str, frozenset[str]] = {
    "equals": frozenset(),
    "at_least": frozenset(),
    "at_most": frozenset({"limit"}),
    "differs": frozenset(),
    "within_factor": frozenset({"factor", "floor"}),
    "non_negative_integer": frozenset(),
}


# What the figures of a report are compared with; where it is not said here, with each other.
COMPARES: Mapping[str, str] = {
    "not_copied": "previous",
    "on_time": "dates",
    "dated_after_year": "dates",
    "not_duplicated": "reports",
    "covers": "reports",
    "mentioned": "text",
    "none_mentioned": "text",
    "percentage": "text",
}


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule with its words.

    Attributes:
        rule_class: official (printed in the form), definitional (follows from the word 总计) or inferred.
        leaves: a group whose leaves are the left side, where that is so.
        rows: where a rule holds ``each: row``, the only rows it holds for; empty: all.
        first_year: the first report year it applies to.
        options: what its relation needs beside the cells, e.g. ``{"factor": 10, "floor": 20}``.
    """

    id: str
    rule_class: str
    severity: Severity
    table: str
    each: str
    relation: str
    left: tuple[str, ...]
    leaves: str
    right: tuple[str, ...]
    rows: tuple[str, ...]
    forms: tuple[str, ...]
    first_year: int
    options: Mapping[str, Any]
    words: Mapping[str, str]

    @property
    def is_sum(self) -> bool:
        """Whether it compares sums of cells; else it is a question about a whole report."""
        return self.relation in SUMS

    @cached_property
    def between_years(self) -> bool:
        """Whether it needs last year's report."""
        return any(name.startswith(PREVIOUS) for name in self.left + self.right)

    @cached_property
    def compares(self) -> str:
        """What the figures are compared with: sums, limits, previous, text, dates or reports."""
        if self.between_years:
            return "previous"
        is_total = self.relation == "equals" and self.rule_class != "inferred"
        return COMPARES.get(self.relation, "sums" if is_total else "limits")


@dataclass(frozen=True, eq=False)  # one object a place: identity is enough, and cheap as a key
class Relation:
    """A rule at one place: the cells whose sums are compared. ``where`` is the row or column it is about."""

    rule: Rule
    where: str
    left: tuple[CellKey, ...]
    right: tuple[CellKey, ...]

    @cached_property
    def cells(self) -> tuple[CellKey, ...]:
        """All cells that the relation needs."""
        return self.left + self.right
