"""What is known of a report and of its agency → the YAML committed beside the file: ``<year>.yml`` and ``agency.yml``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from pipeline.archive.sources import REPORT_FIELDS, read_yaml
from pipeline.filing.request import Ground, Request
from pipeline.model.report import Scope
from pipeline.model.source import Agency, Source, Transcription

REPORT_HEAD = "# 文件从哪里来，谁改过什么。 Where the file came from, and what was corrected.\n"
AGENCY_HEAD = "# 报告的机关。 The agency that reports.\n"


def report_yml(request: Request, source: Source, existing: Source | None, notes: Sequence[Ground]) -> bytes:
    """``<year>.yml`` of a report, where ``existing`` is the one it replaces."""
    return _dump(_report_entry(request, source, existing, notes), REPORT_HEAD)


def agency_yml(agency: Agency, note: str) -> bytes:
    """``agency.yml`` of a new agency; the note says where its id comes from."""
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
    if source.scope != Scope.AGENCY:
        entry["scope"] = str(source.scope)
    said = [f"{note.said.zh}。{note.said.en}." for note in notes if note.given]
    if said and not entry.get("source_note"):
        entry["source_note"] = "\n".join(said)
    if request.transcription:
        entry["transcription"] = _transcription_entry(request.transcription)
    order = ["source_url", "source_note", "retrieved", "scope", "published"]
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
