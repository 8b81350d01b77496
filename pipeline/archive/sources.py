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
from pipeline.model.findings import PipelineError
from pipeline.model.source import AGENCY_ID, Agency, Source
from pipeline.safety.escape import is_web_address

REPORT_STEM = re.compile(r"(?P<year>20\d\d)(?:-(?P<scope>[a-z]+))?")
SCOPES = ("agency", "government_office", "jurisdiction", "system")
SCOPE_IN_NAME = {"office": "government_office", "jurisdiction": "jurisdiction", "system": "system"}
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
        raise PipelineError(
            f"{folder.name}：文件夹名应当是“区划代码-职能”，如 510403-housing",
            f"{folder.name}: a folder is named division code-function, e.g. 510403-housing",
        )
    path = folder / "agency.yml"
    entry = read_yaml(path, AGENCY_FIELDS, required={"name_zh", "level", "function", "division_code"})
    if entry["function"] not in knowledge.load("functions.yml"):
        raise PipelineError(
            f"{_short(path)}：functions.yml 里没有职能 {entry['function']}",
            f"{_short(path)}: no function {entry['function']} in functions.yml",
        )
    if not isinstance(entry["division_code"], str) or not re.fullmatch(r"\d{6}", entry["division_code"]):
        raise PipelineError(
            f'{_short(path)}：division_code 应当是加引号的六位数字，如 "510403"',
            f'{_short(path)}: division_code is six digits in quotes, e.g. "510403"',
        )
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
                raise PipelineError(
                    f"{_short(path)}：同一年有两个文件", f"{_short(path)}: two files for one year"
                )
            stems.add(path.stem)
            yield _source(agency, path)


def _source(agency: Agency, path: Path) -> Source:
    name = REPORT_STEM.fullmatch(path.stem)
    extension = path.suffix.removeprefix(".").lower()
    if not name or extension not in by_extension() or path.is_symlink() or not path.is_file():
        raise PipelineError(
            f"{_short(path)}：文件名应当是“年度.扩展名”，扩展名为 {'、'.join(by_extension())} 之一",
            f"{_short(path)}: a file is named year.extension, with one of {', '.join(by_extension())}",
        )
    entry = read_yaml(path.with_suffix(".yml"), REPORT_FIELDS, required={"source_url", "retrieved"})
    scope = entry.get("scope") or SCOPE_IN_NAME.get(name["scope"] or "", "agency")
    if scope not in SCOPES:
        raise PipelineError(f"{_short(path)}：不认识的范围 {scope}", f"{_short(path)}: unknown scope {scope}")
    return Source(
        agency=agency,
        year=int(name["year"]),
        scope=scope,
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
    raise PipelineError(
        f"{place}：地址应当以 http:// 或 https:// 开头，不含空格",
        f"{place}: an address begins with http:// or https:// and has no blanks",
    )


def _date(path: Path, value: object) -> date | None:
    if value is None or isinstance(value, date):
        return value
    raise PipelineError(
        f"{_short(path.with_suffix('.yml'))}：日期应当写成 2024-01-31",
        f"{_short(path.with_suffix('.yml'))}: write a date as 2024-01-31",
    )


def read_yaml(path: Path, allowed: set[str], required: set[str]) -> dict[str, Any]:
    """A small mapping from a stranger's YAML file.

    Raises:
        PipelineError: no such file, too large, anchors, aliases or tags, no mapping, unknown or missing keys.
    """
    name = _short(path)
    if not path.is_file() or path.is_symlink():
        raise PipelineError(f"{name}：没有这个文件", f"{name}: there is no such file")
    if path.stat().st_size > LARGEST_YAML:
        raise PipelineError(f"{name}：文件太大", f"{name}: the file is too large")
    try:
        text = path.read_text(encoding="utf-8")
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if (
                isinstance(event, yaml.AliasEvent)
                or getattr(event, "anchor", None)
                or getattr(event, "tag", None)
            ):
                line = event.start_mark.line + 1 if event.start_mark else 0
                raise PipelineError(
                    f"{name}:{line}：不能使用 YAML 的锚点、别名或标签",
                    f"{name}:{line}: YAML anchors, aliases and tags are not allowed",
                )
        entry = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PipelineError(
            f"{name}：不是正确的 YAML：{error}", f"{name}: not valid YAML: {error}"
        ) from error
    if not isinstance(entry, dict):
        raise PipelineError(f"{name}：应当是“键: 值”", f"{name}: a mapping is expected")
    if unknown := set(entry) - allowed:
        raise PipelineError(
            f"{name}：不认识的字段 {sorted(map(str, unknown))}",
            f"{name}: unknown fields {sorted(map(str, unknown))}",
        )
    if missing := {key for key in required if key not in entry}:
        raise PipelineError(
            f"{name}：缺少字段 {sorted(missing)}", f"{name}: missing fields {sorted(missing)}"
        )
    return entry


def _short(path: Path) -> str:
    """The last two parts of a path: enough to find the file, and the same on every machine."""
    return "/".join(path.parts[-2:])
