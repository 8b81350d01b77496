"""A document → one frozen Report: identity, the cells of the form, sections and findings. Everything later uses this."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.forms import forms
from pipeline.model.document import Document
from pipeline.model.figure import CellKey, Figure, Status
from pipeline.model.findings import Location
from pipeline.model.form import Form
from pipeline.model.report import Report, Scope
from pipeline.model.source import Transcription
from pipeline.reading.amend import transcribe
from pipeline.reading.columns import assign_columns
from pipeline.reading.identity import identify
from pipeline.reading.lines import lines_of
from pipeline.reading.other_documents import refuse_other_documents
from pipeline.reading.recognition import recognise_form
from pipeline.reading.rows import without_repeats
from pipeline.reading.several_reports import first_report
from pipeline.reading.table_reader import read_tables
from pipeline.reading.trust import trusted
from pipeline.reading.unnamed_rows import with_places


def make_report(
    document: Document,
    *,
    year_hint: int | None = None,
    scope: Scope | None = None,
    transcription: Transcription | None = None,
) -> Report:
    """Reads a whole report.

    Args:
        document: as a reader returned it.
        year_hint: the year it is filed under; it only helps to choose the form where the tables do not tell it.
        scope: whose data it covers, as filed; None takes what the report says.
        transcription: figures typed by hand for cells that the file does not print.

    Raises:
        NotAReportError: it is something else than an annual report.
    """
    lines, others = first_report(lines_of(document), form_of_year(year_hint))
    recognised = recognise_form(lines)
    form = recognised or form_of_year(year_hint)
    identity = identify(lines, form)
    if recognised is None and (identity.year or year_hint):
        form = form_of_year(identity.year or year_hint)
    tables = read_tables(lines, form)
    rows, contradictions = without_repeats(with_places(tables.rows, form))
    read_figures, unsettled = assign_columns(form, rows, contradictions, tables.tables_seen)
    refuse_other_documents(lines, identity, recognised, tables.tables_seen, read_figures)
    findings = [*document.findings, *others, *identity.findings, *tables.findings, *unsettled]
    if recognised is None:
        findings.append(finding_kinds()["D130"](Location(), form=form.key))
    elif identity.year and not _is_of_form(identity.year, recognised):
        years = f"{recognised.first_year}–{recognised.last_year or ''}"
        at = Location()
        findings.append(
            finding_kinds()["D134"](at, reported=str(identity.year), form=recognised.key, years=years)
        )
    if document.unread_pictures and lacks_a_table(form, read_figures):
        findings.append(finding_kinds()["D151"](Location(), count=document.unread_pictures))
    in_order = {key: _checked(key, read_figures[key]) for key in form.cell_keys()}
    figures, findings = trusted(document, form, in_order, findings)
    figures, findings = transcribe(transcription, form, figures, findings)
    return Report(
        form=form,
        title=identity.title,
        agency=identity.agency,
        year=identity.year,
        scope=scope or identity.scope or Scope.AGENCY,
        published=identity.published,
        signed=identity.signed,
        figures=figures,
        sections=identity.sections,
        findings=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        dates=identity.dates,
        scope_printed=(identity.scope or "") if identity.scope_stated else "",
    )


def lacks_a_table(form: Form, figures: Mapping[CellKey, Figure]) -> bool:
    """Whether no cell of some table of the form is in the source.

    Args:
        form: of the report.
        figures: every cell of the form.
    """
    there = {key.table for key, figure in figures.items() if figure.status is not Status.ABSENT}
    return not there.issuperset(table.key for table in form.tables)


def _checked(key: CellKey, figure: Figure) -> Figure:
    """A figure that has a value exactly where its status says so; anything else is a bug of ours."""
    if (figure.value is not None) != (figure.status in (Status.REPORTED, Status.RESOLVED)):
        raise AssertionError(f"{key}: {figure}")
    return figure


def _is_of_form(year: int, form: Form) -> bool:
    return form.first_year <= year and (form.last_year is None or year <= form.last_year)


def form_of_year(year: int | None) -> Form:
    """The form prescribed for a year; the newest where no year is known.

    Args:
        year: of the report, 1 to 9999; one before all forms counts as not known.
    """
    fitting = (form for form in forms().values() if year is not None and _is_of_form(year, form))
    return next(fitting, next(iter(forms().values())))
