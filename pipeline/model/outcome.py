"""What came of checking: a relation assessed, and a filed report with all outcomes and findings."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.model.figure import CellKey
from pipeline.model.findings import Finding, Location
from pipeline.model.report import Report
from pipeline.model.rule import Rule
from pipeline.model.source import Source
from pipeline.model.text import Text


class State(StrEnum):
    """What came of a relation."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_ASSESSABLE = "not_assessable"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A relation assessed.

    Attributes:
        where: the row, column or cell it is about; empty for a whole report.
        at: the cell and place a failure is shown at.
        left: the left side, as people write it; for a rule about one cell or mention, that. Empty where it holds.
        right: the right side, or empty.
        missing: the cells without a value that left it open.
        reason: why it could not be assessed, where that is no missing cell.
        blanks_as_zero: whether blank cells were read as zero to assess it.
    """

    rule: Rule
    where: str
    state: State
    at: Location = Location()
    left: str = ""
    right: str = ""
    missing: tuple[CellKey, ...] = ()
    reason: Text | None = None
    blanks_as_zero: bool = False


@dataclass(frozen=True)
class ReadReport:
    """One filed report as read; ``sha256`` is that of the filed bytes, empty where nobody asks."""

    source: Source
    report: Report
    sha256: str = ""

    @property
    def published(self) -> date | None:
        """The date of publication: the one that the report prints, else the one its ``.yml`` gives."""
        return self.report.published or self.source.published

    @property
    def dated(self) -> date | None:
        """The date it is judged by: that of publication, else that of the signature."""
        return self.published or self.report.signed


@dataclass(frozen=True, slots=True)
class Gist:
    """What other reports ask of one: little enough to have that of every report at hand.

    Attributes:
        form: key of its form.
        values: of every cell, in the order of the form, as people write them, with commas between; empty for none.
        states: a letter for the status of every cell, in the same order.
        not_zero: how many values are there and not zero.
        failed: whether this machine, and not the file, is why nothing was read.
        recognised: whether figures of it were read from a picture.
    """

    form: str
    values: str
    states: str
    not_zero: int
    failed: bool
    recognised: bool


@dataclass(frozen=True, slots=True)
class PackedReport:
    """One filed report as read, ready for a disk or another process.

    Attributes:
        sha256: of the filed bytes.
        data: the pickle of its ``Report``, made by this pipeline.
    """

    source: Source
    sha256: str
    gist: Gist
    data: bytes

    def unpacked(self) -> ReadReport:
        """The report itself."""
        return ReadReport(self.source, pickle.loads(self.data), self.sha256)


@dataclass(frozen=True)
class CheckedReport:
    """One filed report with all that was made of it; ``sha256`` is that of the filed bytes."""

    source: Source
    sha256: str
    report: Report
    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...]
