"""A document → one frozen Report: identity, the cells of the form, sections and findings. Everything later uses this."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pipeline.dates import PrintedDate
from pipeline.document.model import Document
from pipeline.findings import Finding, Location
from pipeline.identity import SectionText, identify
from pipeline.numerals import Figure, Status
from pipeline.placement import Placement
from pipeline.rules import CellKey
from pipeline.tables.recognition import recognise_form
from pipeline.tables.repeats import without_repeats
from pipeline.tables.walk import read_rows
from pipeline.template import Form, finding_kinds, forms
from pipeline.transcription import Transcription, transcribe


class NotAReportError(Exception):
    """The document is no annual report; it has no title, no section and no table of one."""


@dataclass(frozen=True, eq=False)
class Report:
    """One report as read.

    Attributes:
        agency: as printed; None where the text never says it.
        year: the year reported on; None where the text never says it.
        figures: every cell of the form, in its order.
        findings: worst first.
        dates: all dates that the report prints, each with its kind and place; ``published`` is one of them.
        scope_printed: the scope that a printed word says (本级, 汇总 …); empty where none does.
    """

    form: Form
    title: str | None
    agency: str | None
    year: int | None
    scope: str
    published: date | None
    figures: dict[CellKey, Figure]
    sections: tuple[SectionText, ...]
    findings: tuple[Finding, ...]
    dates: tuple[PrintedDate, ...] = ()
    scope_printed: str = ""

    @property
    def cells_stated(self) -> int:
        """How many cells have a value."""
        return sum(figure.value is not None for figure in self.figures.values())


def make_report(
    document: Document,
    *,
    year_hint: int | None = None,
    scope: str | None = None,
    transcription: Transcription | None = None,
) -> Report:
    """Reads a whole report.

    Args:
        document: as a reader returned it.
        year_hint: the year it is filed under; it only helps to choose the form where the tables do not tell it.
        scope: whose data it covers, as filed; None takes what the report says.
        transcription: figures typed by hand for cells that the file does not print.

    Raises:
        NotAReportError: nothing of an annual report was found.
    """
    recognised = recognise_form(document)
    form = recognised or form_of_year(year_hint)
    identity = identify(document, form)
    if recognised is None and (identity.year or year_hint):
        form = form_of_year(identity.year or year_hint)
    reading = read_rows(document, form)
    if not reading.tables_seen and identity.title is None and len(identity.sections) < 2:
        raise NotAReportError
    rows, contradictions = without_repeats(reading.rows)
    placement = Placement(form)
    for first, second in contradictions:
        placement.contradict(first, second)
    placement.place(rows)
    placement.finish(reading.tables_seen)
    findings = [*document.findings, *identity.findings, *reading.findings, *placement.findings]
    if recognised is None:
        findings.append(finding_kinds()["D130"](Location(), form=form.key))
    order = [(table.key, row.item.key, column.key) for table, _, row, column in form.cells()]
    read_figures = {key: _checked(key, placement.figures[key]) for key in order}
    figures, findings = transcribe(transcription, form, read_figures, findings)
    return Report(
        form=form,
        title=identity.title,
        agency=identity.agency,
        year=identity.year,
        scope=scope or identity.scope or "agency",
        published=identity.published,
        figures=figures,
        sections=identity.sections,
        findings=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        dates=identity.dates,
        scope_printed=(identity.scope or "") if identity.scope_stated else "",
    )


def with_figures(report: Report, figures: dict[CellKey, Figure], findings: Iterable[Finding]) -> Report:
    """The same report with other figures and findings, as corrections leave them."""
    return replace(
        report, figures=figures, findings=tuple(sorted(findings, key=lambda finding: finding.sort_key))
    )


def _checked(key: CellKey, figure: Figure) -> Figure:
    """A figure that has a value exactly where its status says so; anything else is a bug of ours."""
    if (figure.value is not None) != (figure.status in (Status.REPORTED, Status.RESOLVED)):
        raise AssertionError(f"{key}: {figure}")
    return figure


def form_of_year(year: int | None) -> Form:
    """The form prescribed for a year; the newest where no year is known."""
    for form in forms().values():
        if (
            year is not None
            and form.first_year <= year
            and (form.last_year is None or year <= form.last_year)
        ):
            return form
    return next(iter(forms().values()))
