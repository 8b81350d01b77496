"""Which reports are filed, from where, and their bytes. Comes in: the folder ``datapackage/reports``. No meaning yet.

    <agency id>/agency.yml          the agency
    <agency id>/<year>.<ext>        what it filed, byte for byte
    <agency id>/<year>.yml          where the file came from, corrections

Files and YAML come from strangers: names are matched, never followed; YAML is read without tags, anchors or aliases.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipeline import knowledge
from pipeline.archive.corrections import parse_corrections
from pipeline.archive.transcription import parse_transcription
from pipeline.knowledge.formats import by_extension, name_of
from pipeline.knowledge.messages import listed, wrong
from pipeline.model.report import Scope
from pipeline.model.source import AGENCY_ID, Agency, Source
from pipeline.safety.escape import is_web_address

REPORT_STEM = re.compile(r"(?P<year>20\d\d)(?:-(?P<scope>[a-z]+))?")
SCOPE_IN_NAME = {
    "office": Scope.GOVERNMENT_OFFICE,
    "jurisdiction": Scope.JURISDICTION,
    "system": Scope.SYSTEM,
}
LARGEST_YAML = 256 * 1024
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
}


def sha256(data: bytes) -> str:
    """Checksum as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def agencies(folder: Path) -> Iterator[Agency]:
    """All agencies below the folder of reports, by id."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != "inbox" and not path.name.startswith("."):
            yield read_agency(path)


def read_agency(folder: Path) -> Agency:
    """The agency of one folder.

    Raises:
        PipelineError: a wrong folder name, or an ``agency.yml`` that lacks or misspells something.
    """
    if not AGENCY_ID.fullmatch(folder.name):
        raise wrong("agency_folder_name", folder=folder.name)
    path = folder / "agency.yml"
    entry = read_yaml(path, AGENCY_FIELDS, required={"name_zh", "level", "function", "division_code"})
    if entry["function"] not in knowledge.load("functions.yml"):
        raise wrong("unknown_function", place=_short(path), function=entry["function"])
    if not isinstance(entry["division_code"], str) or not re.fullmatch(r"\d{6}", entry["division_code"]):
        raise wrong("division_code_form", place=_short(path))
    checked_url(f"{_short(path)}: website", entry.get("website"))
    words = {key: str(entry.get(key) or "") for key in AGENCY_FIELDS - {"former_names", "note"}}
    return Agency(id=folder.name, former_names=tuple(map(str, entry.get("former_names") or ())), **words)


def sources(folder: Path, only: frozenset[str] = frozenset()) -> Iterator[Source]:
    """All filed reports, by agency id and file name; with ``only``, those of these agencies."""
    for agency in agencies(folder):
        if only and agency.id not in only:
            continue
        stems: set[str] = set()
        for path in sorted((folder / agency.id).iterdir()):
            if path.suffix == ".yml":
                continue
            if path.stem in stems:
                raise wrong("two_files_one_year", place=_short(path))
            stems.add(path.stem)
            yield _source(agency, path)


def _source(agency: Agency, path: Path) -> Source:
    name = REPORT_STEM.fullmatch(path.stem)
    extension = path.suffix.removeprefix(".").lower()
    if not name or extension not in by_extension() or path.is_symlink() or not path.is_file():
        raise wrong("report_file_name", place=_short(path), formats=listed(by_extension()))
    entry = read_yaml(path.with_suffix(".yml"), REPORT_FIELDS, required={"source_url", "retrieved"})
    scope = entry.get("scope") or SCOPE_IN_NAME.get(name["scope"] or "", Scope.AGENCY)
    if scope not in list(Scope):
        raise wrong("unknown_scope", place=_short(path), scope=scope)
    return Source(
        agency=agency,
        year=int(name["year"]),
        scope=Scope(scope),
        path=path,
        format=name_of(extension).extension,
        url=checked_url(_short(path.with_suffix(".yml")), entry["source_url"]),
        retrieved=_date(path, entry["retrieved"]),
        published=_date(path, entry.get("published")),
        corrections=parse_corrections(_short(path.with_suffix(".yml")), entry.get("corrections")),
        transcription=parse_transcription(_short(path.with_suffix(".yml")), entry.get("transcription")),
    )


def checked_url(place: str, value: object) -> str:
    """An address as given, empty for None.

    Raises:
        PipelineError: not an http or https address without blanks.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, str) and len(value) <= LONGEST_URL and is_web_address(value):
        return value
    raise wrong("no_web_address", place=place)


def _date(path: Path, value: object) -> date | None:
    if value is None or isinstance(value, date):
        return value
    raise wrong("no_date_like", place=_short(path.with_suffix(".yml")))


def read_yaml(path: Path, allowed: set[str], required: set[str]) -> dict[str, Any]:
    """A small mapping from a stranger's YAML file.

    Raises:
        PipelineError: no such file, too large, anchors, aliases or tags, no mapping, unknown or missing keys.
    """
    name = _short(path)
    if not path.is_file() or path.is_symlink():
        raise wrong("no_such_file", place=name)
    if path.stat().st_size > LARGEST_YAML:
        raise wrong("file_too_large", place=name)
    try:
        text = path.read_text(encoding="utf-8")
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if (
                isinstance(event, yaml.AliasEvent)
                or getattr(event, "anchor", None)
                or getattr(event, "tag", None)
            ):
                line = event.start_mark.line + 1 if event.start_mark else 0
                raise wrong("yaml_anchors", place=name, line=line)
        entry = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise wrong("bad_yaml", place=name, error=error) from error
    if not isinstance(entry, dict):
        raise wrong("no_mapping", place=name)
    if unknown := set(entry) - allowed:
        raise wrong("unknown_fields", place=name, unknown=sorted(map(str, unknown)))
    if missing := {key for key in required if key not in entry}:
        raise wrong("missing_fields", place=name, missing=sorted(missing))
    return entry


def _short(path: Path) -> str:
    """The last two parts of a path: enough to find the file, and the same on every machine."""
    return "/".join(path.parts[-2:])
