"""``site.yml`` → whose site this is: title, place, licence, addresses, which forms. Nothing else in the code knows them.

A mistake in the file is refused with its field: it is ours, or that of whoever made the fork.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.knowledge.messages import message, wrong
from pipeline.model.findings import PipelineError
from pipeline.model.text import Text
from pipeline.safety.escape import is_web_address

FILE = Path(__file__).resolve().parents[2] / "site.yml"
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAIL = re.compile(r"mailto:[^\s\"'<>\\]+")
CODE = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")
FORM = re.compile(r"[a-z0-9_]+")
LANGUAGES = ("zh", "en")
TEXTS = ("title", "data_title", "description", "notice", "origin", "place")
FIELDS = {
    *TEXTS,
    *(
        "name",
        "keywords",
        "place_code",
        "languages",
        "licence",
        "publisher",
        "contact",
        "base_address",
        "repository",
        "forms",
    ),
}


@dataclass(frozen=True)
class Licence:
    """The licence of the data: SPDX name, title, address."""

    name: str
    title: str
    path: str


@dataclass(frozen=True)
class Settings:
    """What ``site.yml`` says.

    Attributes:
        name: of the data package.
        title: of the site.
        data_title, description: of the data package.
        notice: at the foot of every page.
        origin: where the reports come from, by which law.
        keywords: for catalogues and search engines; the place is added.
        place: which country, province or city it is about.
        place_code: ISO 3166; empty for none.
        languages: of the site, the first one at its root.
        publisher: who keeps the data.
        contact: for corrections and take-downs; empty: the repository's issues.
        base_address: where the site is published, with a slash at the end; empty where only the host knows.
        repository: address of the repository without a slash at the end; empty where unknown.
        forms: keys of the official forms in use.
    """

    name: str
    title: Text
    data_title: Text
    description: Text
    notice: Text
    origin: Text
    place: Text
    keywords: tuple[str, ...]
    place_code: str
    languages: tuple[str, ...]
    licence: Licence
    publisher: str
    contact: str
    base_address: str
    repository: str
    forms: tuple[str, ...]


@cache
def settings() -> Settings:
    """The settings of this copy of the project."""
    return read_settings(FILE)


def read_settings(path: Path) -> Settings:
    """The settings of a ``site.yml``.

    Args:
        path: of the file.

    Raises:
        PipelineError: no such file, or a field that is missing, unknown or wrong; the message names it.
    """
    try:
        entry = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise wrong("settings_unreadable", path=path.name, error=error) from error
    if not isinstance(entry, dict) or set(entry) != FIELDS:
        fields = sorted(FIELDS ^ set(entry)) if isinstance(entry, dict) else sorted(FIELDS)
        raise wrong("settings_fields", path=path.name, fields=fields)
    texts = {field: _text(field, entry[field]) for field in TEXTS}
    return Settings(
        **texts,
        name=_matching("name", entry["name"], NAME),
        keywords=_keywords(entry["keywords"]),
        place_code=_matching("place_code", entry["place_code"], CODE) if entry["place_code"] else "",
        languages=_languages(entry["languages"]),
        licence=_licence(entry["licence"]),
        publisher=_line("publisher", entry["publisher"]),
        contact=_contact(entry["contact"]),
        base_address=_address("base_address", entry["base_address"], "/"),
        repository=_address("repository", entry["repository"], ""),
        forms=_forms(entry["forms"]),
    )


def repository(environment: Mapping[str, str]) -> str:
    """The address of the repository: as ``site.yml`` says, else that of the workflow that runs; empty where unknown.

    Args:
        environment: variables by name, of which GITHUB_SERVER_URL and GITHUB_REPOSITORY are looked at; odd ones count as none.

    Returns:
        without a slash at the end.
    """
    if settings().repository:
        return settings().repository
    host, name = environment.get("GITHUB_SERVER_URL", ""), environment.get("GITHUB_REPOSITORY", "")
    return f"{host}/{name}" if is_web_address(host) and re.fullmatch(r"[\w.-]+/[\w.-]+", name) else ""


def contact(environment: Mapping[str, str]) -> str:
    """Where errors are reported and take-downs asked for: as ``site.yml`` says, else the issues of the repository.

    Args:
        environment: as for ``repository``.

    Returns:
        an ``http(s):`` or ``mailto:`` address; empty where nothing is known.
    """
    home = repository(environment)
    return settings().contact or (f"{home}/issues" if home else "")


def _wrong(field: str, code: str, **values: object) -> PipelineError:
    return wrong("in_site_yml", field=field, said=message(code, **values))


def _line(field: str, value: object) -> str:
    if isinstance(value, str) and value.strip() and "\n" not in value:
        return value.strip()
    raise _wrong(field, "site_line")


def _text(field: str, value: Any) -> Text:
    if not isinstance(value, dict) or set(value) != set(LANGUAGES):
        raise _wrong(field, "site_both_languages")
    return Text(*(_line(f"{field}.{language}", value[language]) for language in LANGUAGES))


def _matching(field: str, value: object, pattern: re.Pattern[str]) -> str:
    if isinstance(value, str) and pattern.fullmatch(value):
        return value
    raise _wrong(field, "site_pattern", value=value)


def _web(field: str, value: object) -> str:
    if isinstance(value, str) and is_web_address(value):
        return value
    raise _wrong(field, "site_pattern", value=value)


def _address(field: str, value: object, end: str) -> str:
    return _web(field, value).rstrip("/") + end if value else ""


def _contact(value: object) -> str:
    if isinstance(value, str) and MAIL.fullmatch(value):
        return value
    return _address("contact", value, "")


def _keywords(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise _wrong("keywords", "site_one_keyword")
    return tuple(_line("keywords", word) for word in value)


def _languages(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and value and set(value) <= set(LANGUAGES) and len(set(value)) == len(value):
        return tuple(value)
    raise _wrong("languages", "site_languages")


def _licence(value: Any) -> Licence:
    if not isinstance(value, dict) or set(value) != {"name", "title", "path"}:
        raise _wrong("licence", "site_licence")
    return Licence(
        _line("licence.name", value["name"]),
        _line("licence.title", value["title"]),
        _web("licence.path", value["path"]),
    )


def _forms(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise _wrong("forms", "site_one_form")
    return tuple(_matching("forms", form, FORM) for form in value)
