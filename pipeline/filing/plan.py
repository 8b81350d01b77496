"""A request and its report → what filing will do. Decides, and writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.archive.recognitions import SUFFIX as RECOGNISED
from pipeline.archive.recognitions import recognition_yml
from pipeline.archive.sources import (
    ANSWERS,
    REPORT_FIELDS,
    SCOPE_IN_NAME,
    agencies,
    checked_url,
    sha256,
    sources,
)
from pipeline.archive.strict_yaml import read_yaml
from pipeline.checks.all import check_all
from pipeline.filing.agency import find_agency, find_year
from pipeline.filing.comparison import refuse_same_bytes, refuse_unless_replaced
from pipeline.filing.read_all import against_filing
from pipeline.filing.request import Ground, Request, not_filed
from pipeline.knowledge.formats import by_extension, name_of
from pipeline.model.outcome import CheckedReport, ReadReport
from pipeline.model.report import Report, Scope, with_figures
from pipeline.model.source import Agency, Source, Transcription


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

    filed: CheckedReport
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
    taken = request.fetched
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
        file_url=taken.address if taken and taken.address != url else "",
        media_type=taken.media_type if taken else "",
        sha256=sha256(request.data) if taken else "",
    )
    files = {
        source.path.name: request.data,
        f"{stem}.yml": report_yml(request, source, existing, notes),
    }
    if report.recognition:
        files[f"{stem}{RECOGNISED}"] = recognition_yml(report.recognition)
    if request.answers:
        files[f"{stem}{ANSWERS}"] = request.answers
    if is_new:
        files["agency.yml"] = agency_yml(agency, agency_note)
    whole = with_figures(report, report.figures, (*report.findings, *against_filing(source, report)))
    return Plan(
        filed=check_all([ReadReport(source, whole, sha256(request.data))])[0],
        is_new_agency=is_new,
        files=files,
        removed=(existing.path.name, f"{stem}.yml", f"{stem}{RECOGNISED}", f"{stem}{ANSWERS}")
        if existing
        else (),
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


REPORT_HEAD = "# 文件从哪里来，谁改过什么。 Where the file came from, and what was corrected.\n"
TAKEN = ("file_url", "media_type", "sha256")  # of a file that a program took from its address
AGENCY_HEAD = "# 报告的机关。 The agency that reports.\n"


def report_yml(request: Request, source: Source, existing: Source | None, notes: Sequence[Ground]) -> bytes:
    """``<year>.yml`` of a report, where ``existing`` is the one it replaces.

    Args:
        request: what the person said.
        source: the report as it will be filed.
        existing: the one that gives way; None for a new place.
        notes: the grounds, written into the note.
    """
    return _dump(_report_entry(request, source, existing, notes), REPORT_HEAD)


def agency_yml(agency: Agency, note: str) -> bytes:
    """``agency.yml`` of a new agency; the note says where its id comes from.

    Args:
        agency: as it will be filed.
        note: one line.
    """
    return _dump(_agency_entry(agency, note), AGENCY_HEAD)


def _report_entry(
    request: Request, source: Source, existing: Source | None, notes: Sequence[Ground]
) -> dict[str, Any]:
    """What ``<year>.yml`` says; when a file is replaced, corrections and notes that people wrote stay."""
    entry: dict[str, Any] = {}
    if existing:
        entry = read_yaml(existing.path.with_suffix(".yml"), REPORT_FIELDS, required=set())
    entry["source_url"] = source.url or None
    entry["retrieved"] = source.retrieved
    for field in TAKEN:
        entry.pop(field, None)
        if value := getattr(source, field):
            entry[field] = value
    if source.scope != Scope.AGENCY:
        entry["scope"] = str(source.scope)
    said = [f"{note.said.zh}。{note.said.en}." for note in notes if note.given]
    if said and not entry.get("source_note"):
        entry["source_note"] = "\n".join(said)
    if request.transcription:
        entry["transcription"] = _transcription_entry(request.transcription)
    order = ["source_url", "source_note", "retrieved", *TAKEN, "scope", "published"]
    return {key: entry[key] for key in (*order, *sorted(set(entry) - set(order))) if key in entry}


def _transcription_entry(typed: Transcription) -> dict[str, Any]:
    """The typed figures as they are committed; plain numbers without quotes."""
    tables: dict[str, dict[str, dict[str, int | str]]] = {}
    for (table, row, column), raw in typed.cells:
        value = int(raw) if raw.isascii() and raw.isdigit() and str(int(raw)) == raw else raw
        tables.setdefault(table, {}).setdefault(row, {})[column] = value
    source = {"source": typed.source} if typed.source else {}
    return {"by": typed.by, "date": typed.date} | source | {"tables": tables}


def _agency_entry(agency: Agency, note: str) -> dict[str, Any]:
    fields = ("name_zh", "level", "function", "division_code", "province", "city", "county")
    entry = {field: getattr(agency, field) for field in fields if getattr(agency, field)}
    return entry | ({"note": note} if note else {})


def _dump(entry: dict[str, Any], head: str) -> bytes:
    """YAML as it is committed; the dumper quotes whatever a stranger's text could mean otherwise."""
    return (head + yaml.safe_dump(entry, allow_unicode=True, sort_keys=False, width=1000)).encode("utf-8")
