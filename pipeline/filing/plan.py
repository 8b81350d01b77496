"""A request and its report → what filing will do. Decides, and writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.archive.sources import SCOPE_IN_NAME, agencies, checked_url, sha256, sources
from pipeline.checks.all import check_all
from pipeline.filing.agency import find_agency
from pipeline.filing.comparison import refuse_same_bytes, refuse_unless_replaced
from pipeline.filing.metadata import agency_yml, report_yml
from pipeline.filing.read_all import against_filing
from pipeline.filing.request import Ground, Request, not_filed
from pipeline.filing.year import find_year
from pipeline.knowledge.formats import by_extension, name_of
from pipeline.model.outcome import Filed, ReadReport
from pipeline.model.report import Report, with_figures
from pipeline.model.source import Agency, Source


@dataclass(frozen=True)
class Plan:
    """What filing will do.

    Attributes:
        filed: the report as it will stand in the package, with all findings.
        is_new_agency: whether ``agency.yml`` is written too.
        files: name -> bytes, all for the agency's folder.
        removed: names in the folder that give way.
        notes: what was decided and on what grounds.
    """

    filed: Filed
    is_new_agency: bool
    files: dict[str, bytes]
    removed: tuple[str, ...]
    notes: tuple[Ground, ...]

    @property
    def agency(self) -> Agency:
        """Whose report it is."""
        return self.filed.source.agency

    @property
    def report(self) -> Report:
        """The report as read, with all findings: those of reading, of the filing and of the rules."""
        return with_figures(self.filed.report, self.filed.report.figures, self.filed.findings)


def make_plan(request: Request, report: Report, folder: Path) -> Plan:
    """Decides where a report belongs.

    Args:
        request: the file and what the person says of it.
        report: read from its bytes.
        folder: ``datapackage/reports``.

    Raises:
        NotFiledError: it is filed already, or agency or year cannot be told, or another report of the year is there.
        PipelineError: an option that cannot be.
    """
    extension = _extension(request.name)
    url = checked_url("--source-url", request.url)
    known, filed = tuple(agencies(folder)), tuple(sources(folder))
    refuse_same_bytes(request, filed)
    notes: list[Ground] = []
    agency, is_new, agency_note = find_agency(request, report, known, notes)
    year = find_year(request, report, notes)
    of_year = [source for source in filed if source.agency.id == agency.id and source.year == year]
    existing = next((source for source in of_year if source.scope == report.scope), None)
    if existing:
        refuse_unless_replaced(request, report, existing)
    stem = (
        existing.path.stem
        if existing
        else _stem(year, report.scope, [source.path.stem for source in of_year])
    )
    source = Source(
        agency=agency,
        year=year,
        scope=report.scope,
        path=folder / agency.id / f"{stem}.{extension}",
        format=name_of(extension).extension,
        url=url,
        retrieved=request.retrieved,
        published=None,
        transcription=request.transcription,
    )
    files = {
        source.path.name: request.data,
        f"{stem}.yml": report_yml(request, source, existing, notes),
    }
    if is_new:
        files["agency.yml"] = agency_yml(agency, agency_note)
    whole = with_figures(report, report.figures, (*report.findings, *against_filing(source, report)))
    return Plan(
        filed=check_all([ReadReport(source, whole, sha256(request.data))])[0],
        is_new_agency=is_new,
        files=files,
        removed=(existing.path.name, f"{stem}.yml") if existing else (),
        notes=tuple(notes),
    )


def _extension(name: str) -> str:
    extension = Path(name).suffix.removeprefix(".").lower()
    if extension not in by_extension():
        raise not_filed("format_not_filed", listed=", ".join(by_extension()))
    return extension


def _stem(year: int, scope: str, taken: Sequence[str]) -> str:
    """``2023``; where another report of the year has that name, ``2023-system`` and the like."""
    if str(year) not in taken:
        return str(year)
    return f"{year}-{next((word for word, meaning in SCOPE_IN_NAME.items() if meaning == scope), scope)}"
