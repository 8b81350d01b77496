"""Rules about the printed figures, and the places in a form at which they hold. ``knowledge.rules`` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from pipeline.model.figure import CellKey
from pipeline.model.findings import Severity
from pipeline.model.text import Text

PREVIOUS = "previous."


class About(StrEnum):
    """What a relation looks at: two sums of cells, a whole report, a report beside others, or the text."""

    SUMS = "sums"
    REPORT = "report"
    REPORTS = "reports"
    TEXT = "text"


class RuleClass(StrEnum):
    """Where a rule comes from: printed in the form, following from the word 总计, or inferred by us."""

    OFFICIAL = "official"
    DEFINITIONAL = "definitional"
    INFERRED = "inferred"


@dataclass(frozen=True, eq=False)
class RelationKind:
    """How a rule compares, and what a failure says.

    Attributes:
        compares: what the figures are held against: sums, limits, previous, dates, reports or text.
        options: what a rule of this kind needs beside the cells.
        message: waits for ``where``, ``formula``, ``left``, ``right`` and ``difference``.
    """

    key: str
    about: About
    compares: str
    options: frozenset[str]
    message: Text
    hint: Text


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule with its words.

    Attributes:
        leaves: a group whose leaves are the left side, where that is so.
        rows: where a rule holds ``each: row``, the only rows it holds for; empty: all.
        first_year: the first report year it applies to.
        options: what its relation needs beside the cells, e.g. ``{"factor": 10, "floor": 20}``.
        breaks: when it may rightly fail.
    """

    id: str
    rule_class: RuleClass
    severity: Severity
    table: str
    each: str
    kind: RelationKind
    left: tuple[str, ...]
    leaves: str
    right: tuple[str, ...]
    rows: tuple[str, ...]
    forms: tuple[str, ...]
    first_year: int
    options: Mapping[str, Any]
    title: Text
    formula: Text
    explain: Text
    basis: Text
    breaks: Text
    example: str

    @property
    def relation(self) -> str:
        """The key of its relation, e.g. ``equals``."""
        return self.kind.key

    @cached_property
    def between_years(self) -> bool:
        """Whether it needs last year's report."""
        return any(name.startswith(PREVIOUS) for name in self.left + self.right)

    @cached_property
    def compares(self) -> str:
        """What the figures are held against; a sum that nobody prints or defines is a limit."""
        if self.between_years:
            return "previous"
        is_inferred_sum = self.kind.compares == "sums" and self.rule_class is RuleClass.INFERRED
        return "limits" if is_inferred_sum else self.kind.compares


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
