"""What we have to say about a report: a finding has a code, a place, and words in two languages.

The words and the severity of each code stand in
``knowledge/findings.yml`` and ``knowledge/rules.yml``, so that the message, ``explain`` and the site cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pipeline.model.text import Text


class Severity(StrEnum):
    """What happens: ``error`` withholds the figure and blocks, ``warning`` is shown, ``info`` is in the data."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return ("error", "warning", "info").index(self.value)


class PipelineError(Exception):
    """Something a person can mend: a wrong file, a wrong call, knowledge that contradicts itself.

    Carries the same sentence in Chinese and English; the command line shows both.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en

    def __reduce__(self) -> tuple[Any, ...]:
        """So that it survives the way from a worker process."""
        return type(self), (self.zh, self.en)


@dataclass(frozen=True, order=True)
class Location:
    """Where in a report: the cell of the official form (keys of the template) and the place in the source.

    Attributes:
        source: as the reader names it, e.g. ``line 71`` or ``p. 4, table 2, r5 c3``.
    """

    table: str = ""
    row: str = ""
    column: str = ""
    source: str = ""

    @property
    def cell(self) -> str:
        """``table/row/column``, as far as it is known."""
        return "/".join(part for part in (self.table, self.row, self.column) if part)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about one report.

    Attributes:
        code: a rule's id (``T3-BAL``) or family and number: S source, D document, T table, F figure, X crash.
        reported: what the source prints, as text; empty where that makes no sense.
        expected: what would fit, as text; empty where nothing is known.
        difference: the right side less the left, of two numbers compared; empty where none are.
    """

    code: str
    severity: Severity
    at: Location
    message: Text
    hint: Text = Text("", "")
    reported: str = ""
    expected: str = ""
    difference: str = ""

    @property
    def sort_key(self) -> tuple[int, str, Location, str]:
        """Worst first, then by code and place; total, so that output never depends on the order of reading."""
        return (self.severity.rank, self.code, self.at, self.message.en)


@dataclass(frozen=True)
class FindingKind:
    """The words of one finding code, from ``knowledge/findings.yml``; ``{name}`` stands for a value."""

    code: str
    severity: Severity
    title: Text
    message: Text
    hint: Text
    example: str = field(default="")

    def __call__(self, at: Location, *, reported: str = "", expected: str = "", **values: object) -> Finding:
        """The finding at a place.

        Args:
            at: the place.
            reported: printed text for the ``reported`` column; also available to the words.
            expected: fitting text for the ``expected`` column; also available to the words.
            **values: the other names that the words use. A missing one raises KeyError: that is a bug of ours.
        """
        known = {"reported": reported, "expected": expected, **values}
        return Finding(
            code=self.code,
            severity=self.severity,
            at=at,
            message=self.message.filled(known),
            hint=self.hint.filled(known),
            reported=reported,
            expected=expected,
        )


class RefusedError(PipelineError):
    """Nothing of this file is read; ``finding`` says why and what a person can do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(
            f"{finding.code}：{finding.message.zh}{finding.hint.zh}",
            f"{finding.code}: {finding.message.en} {finding.hint.en}",
        )
        self.finding = finding

    def __reduce__(self) -> tuple[type[RefusedError], tuple[Finding]]:
        """So that it survives the way from a worker process."""
        return type(self), (self.finding,)
