"""Which reports are filed, from where, and their bytes. Comes in: the folder ``datapackage/reports``. No meaning yet.

    <agency id>/agency.yml          the agency
    <agency id>/<year>.<ext>        what it filed, byte for byte
    <agency id>/<year>.yml          where the file came from, corrections
    <agency id>/<year>.read.yml     what was recognised in it, where it is a picture
    <agency id>/<year>.answers.yml  corrections that the form of ``confirm`` wrote

Files and YAML come from strangers: names are matched, never followed; YAML is read without tags, anchors or aliases.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pipeline import knowledge
from pipeline.archive.corrections import parse_corrections
from pipeline.archive.strict_yaml import Entry, expected, read_yaml, short
from pipeline.archive.transcription import parse_transcription
from pipeline.knowledge.formats import by_extension, name_of
from pipeline.knowledge.messages import listed, message, wrong
from pipeline.model.report import Scope
from pipeline.model.source import AGENCY_ID, Agency, Correction, Source
from pipeline.safety.escape import is_web_address, visible

REPORT_STEM = re.compile(r"(?P<year>20\d\d)(?:-(?P<scope>[a-z]+))?")
SCOPE_IN_NAME = {
    "office": Scope.GOVERNMENT_OFFICE,
    "jurisdiction": Scope.JURISDICTION,
    "system": Scope.SYSTEM,
}
ANSWERS = ".answers.yml"
LONGEST_URL = 2000
AGENCY_FIELDS = {
    *("name_zh", "name_en", "level", "function", "division_code", "province", "city", "county", "website"),
    *("former_names", "note"),
}
REPORT_FIELDS = {
    "source_url",
    "source_note",
    "retrieved",
    "scope",
    "published",
    "corrections",
    "transcription",
    "file_url",
    "media_type",
    "sha256",
}


def sha256(data: bytes) -> str:
    """Checksum as 64 hexadecimal digits.

    Args:
        data: any bytes; none have a checksum too.
    """
    return hashlib.sha256(data).hexdigest()


def agencies(folder: Path) -> Iterator[Agency]:
    """All agencies below the folder of reports, by id.

    Args:
        folder: ``datapackage/reports``; what begins with a dot, the inbox and files are passed over. An empty one has none.
    """
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != "inbox" and not path.name.startswith("."):
            yield read_agency(path)


def read_agency(folder: Path) -> Agency:
    """The agency of one folder.

    Args:
        folder: named by the agency's id; what lies in it beside ``agency.yml`` is not looked at.

    Raises:
        PipelineError: a wrong folder name, or an ``agency.yml`` that lacks or misspells something.
    """
    if not AGENCY_ID.fullmatch(folder.name):
        raise wrong("agency_folder_name", folder=folder.name)
    path = folder / "agency.yml"
    entry = read_yaml(path, AGENCY_FIELDS, required={"name_zh", "level", "function", "division_code"})
    for field in ("name_zh", "level", "function", "division_code"):
        if not entry.text(field):
            raise expected("a_visible_line", entry.where(field), entry[field])
    _one_of(entry, "function", knowledge.load("functions.yml"))
    _one_of(entry, "level", levels())
    if not re.fullmatch(r"[0-9]{6}", entry["division_code"]):
        raise wrong("division_code_form", place=entry.where("division_code"))
    checked_url(entry.where("website"), entry.get("website"))
    words = {key: entry.text(key) for key in AGENCY_FIELDS - {"former_names", "note"}}
    return Agency(id=folder.name, former_names=_names(entry), **words)


def _one_of(entry: Entry, field: str, known: Mapping[str, Any]) -> None:
    if entry[field] not in known:
        one_of = message("one_of", listed=listed(f"{key} {known[key]['zh']}" for key in known))
        raise wrong("yaml_value", place=entry.where(field), expected=one_of, found=entry[field])


@cache
def levels() -> dict[str, dict[str, str]]:
    """The levels of agencies: key → words, as the data package lists them."""
    fields = knowledge.load("package.yml")["resources"]["agencies"]["fields"]
    (found,) = (field["enum"] for field in fields if field["name"] == "level")
    return {key: {"zh": zh, "en": en} for key, (zh, en) in found.items()}


def _names(entry: Entry) -> tuple[str, ...]:
    names = entry.get("former_names") or []
    if not isinstance(names, list) or not all(
        isinstance(name, str) and visible(name).strip() for name in names
    ):
        raise expected("list_of_names", entry.where("former_names"), names)
    return tuple(names)


def sources(folder: Path, only: frozenset[str] = frozenset()) -> Iterator[Source]:
    """All filed reports, by agency id and file name; with ``only``, those of these agencies.

    Args:
        folder: ``datapackage/reports``.
        only: ids of agencies; empty: all.
    """
    for agency in agencies(folder):
        if only and agency.id not in only:
            continue
        stems: set[str] = set()
        for path in sorted((folder / agency.id).iterdir()):
            if path.suffix == ".yml":
                continue
            if path.stem in stems:
                raise wrong("two_files_one_year", place=short(path))
            stems.add(path.stem)
            yield _source(agency, path)


def _source(agency: Agency, path: Path) -> Source:
    name = REPORT_STEM.fullmatch(path.stem)
    extension = path.suffix.removeprefix(".").lower()
    if not name or extension not in by_extension() or path.is_symlink() or not path.is_file():
        raise wrong("report_file_name", place=short(path), formats=listed(by_extension()))
    entry = read_yaml(path.with_suffix(".yml"), REPORT_FIELDS, required={"source_url", "retrieved"})
    scope = entry.get("scope") or SCOPE_IN_NAME.get(name["scope"] or "", Scope.AGENCY)
    if scope not in list(Scope):
        raise wrong("unknown_scope", place=entry.where("scope"), scope=scope)
    return Source(
        agency=agency,
        year=int(name["year"]),
        scope=Scope(scope),
        path=path,
        format=name_of(extension).extension,
        url=checked_url(entry.where("source_url"), entry["source_url"]),
        retrieved=entry.day("retrieved"),
        published=entry.day("published"),
        corrections=_corrections(path, entry),
        transcription=parse_transcription(entry.where("transcription"), entry.get("transcription")),
        file_url=checked_url(entry.where("file_url"), entry.get("file_url")),
        media_type=str(entry.get("media_type") or ""),
        sha256=str(entry.get("sha256") or ""),
    )


def _corrections(path: Path, entry: Entry) -> tuple[Correction, ...]:
    """The rows of ``<year>.yml`` and those that the form of ``confirm`` wrote, in ``<year>.answers.yml``."""
    rows, answers = entry.get("corrections"), path.with_suffix(ANSWERS)
    if answers.is_file():
        more = read_yaml(answers, {"corrections"}, required={"corrections"})
        parse_corrections(more.where("corrections"), more["corrections"])
        rows = [*(rows or []), *(more["corrections"] or [])] if isinstance(rows or [], list) else rows
    return parse_corrections(entry.where("corrections"), rows)


def checked_url(place: str, value: object) -> str:
    """An address as given, empty for None.

    Args:
        place: file and line, for the message.
        value: whatever YAML made of the field.

    Raises:
        PipelineError: not an http or https address without blanks.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, str) and len(value) <= LONGEST_URL and is_web_address(value):
        return value
    raise wrong("no_web_address", place=place)
