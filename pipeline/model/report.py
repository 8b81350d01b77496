"""One report as read: frozen, and all that later stages know of the document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from pipeline.model.figure import CellKey, Figure
from pipeline.model.findings import Finding, RefusedError
from pipeline.model.form import Form
from pipeline.model.recognition import Recognition


class Scope(StrEnum):
    """Whose figures a report has."""

    AGENCY = "agency"  # the agency's own
    GOVERNMENT_OFFICE = "government_office"  # those of a government's office
    JURISDICTION = "jurisdiction"  # those of all bodies of a place together
    SYSTEM = "system"  # those of an agency with the bodies below it


class NotAReportError(RefusedError):
    """The document is no annual report on an official form; the finding says what it is."""


@dataclass(frozen=True, eq=False)
class Report:
    """One report as read.

    Attributes:
        agency: as printed; None where the text never says it.
        year: the year reported on; None where the text never says it.
        figures: every cell of the form, in its order.
        findings: worst first.
        published: the date of publication, where the document or its page prints one.
        dates: all dates that the report prints, each with its kind and place; ``signed`` and ``published`` are of them.
        signed: the date of the signature, or the one under the title.
        recognition: what was recognised in its pictures just now, for filing; None where nothing was.
        scope_printed: the scope that a printed word says (本级, 汇总 …); empty where none does.
    """

    form: Form
    title: str | None
    agency: str | None
    year: int | None
    scope: Scope
    published: date | None
    figures: dict[CellKey, Figure]
    sections: tuple[SectionText, ...]
    findings: tuple[Finding, ...]
    dates: tuple[PrintedDate, ...] = ()
    scope_printed: str = ""
    signed: date | None = None

    @property
    def dated(self) -> date | None:
        """The date it is judged by: that of publication, else that of the signature."""
        return self.published or self.signed

    recognition: Recognition | None = None

    @property
    def cells_stated(self) -> int:
        """How many cells have a value."""
        return sum(figure.value is not None for figure in self.figures.values())


def with_figures(report: Report, figures: dict[CellKey, Figure], findings: Iterable[Finding]) -> Report:
    """The same report with other figures and findings, as corrections leave them.

    Args:
        report: stays as it is.
        figures: every cell of the form, in its order; they take the place of the report's.
        findings: all findings, in any order; they take the place of the report's, and none is a report without findings.
    """
    return replace(
        report, figures=figures, findings=tuple(sorted(findings, key=lambda finding: finding.sort_key))
    )


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section as filed: its heading, and its paragraphs without the tables, contact data left out."""

    key: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as printed.

    Attributes:
        kind: key of ``date_kinds`` in ``identity.yml``: signature, under_title, published, issued, written, updated, page.
        value: None for a date that does not exist.
    """

    kind: str
    value: date | None
    raw: str
    place: str
