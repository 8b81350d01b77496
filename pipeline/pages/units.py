"""Pages of which there are very many, each with all that it is made from: it is made anew where that differs, else taken as it is.

Comes in: the whole package. Goes out: units. The pages of a unit are made from a package that holds nothing but what the
unit's key was made from, so that none can tell of more; what they say of others is looked up in the whole and handed in.
"""

from __future__ import annotations

import hashlib
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline.knowledge.settings import settings
from pipeline.pages.addresses import Page
from pipeline.pages.agency import agency_page, others
from pipeline.pages.context import Context
from pipeline.pages.parts.places import Place, places
from pipeline.pages.pictures import has_clippings
from pipeline.pages.place import place_page, siblings
from pipeline.pages.report import around, report_page
from pipeline.pages.source import archived_bytes, is_pictured, source_page
from pipeline.pages.words import Words
from pipeline.published.descriptor import make_descriptor
from pipeline.published.records import Agency, Package, Report

CODE = Path(__file__).resolve().parents[1]
SEEN = (
    "document",
    "knowledge",
    "model",
    "pages",
    "published",
    "safety",
)  # the folders whose code makes pages
LIBRARIES = ("jinja2", "markupsafe", "pillow", "pypdfium2", "selectolax")
# What the descriptor says of the state of the whole: it changes with each report, and no page of a unit may say it.
OF_THE_STATE = ("version", "created", "temporal")
OF_THE_TABLES = ("name", "path", "title", "title_en", "description", "description_en")
OF_THE_COLUMNS = ("name", "type", "title", "title_en", "unit", "unit_en", "categories")


@dataclass(frozen=True)
class Unit:
    """Pages that are made from the same. ``key`` is of all that; ``pages`` makes them in one language."""

    key: str
    pages: Callable[[Words], Iterator[Page]]


class Units:
    """The units of a package.

    Args:
        context: of the whole package, in any language.
        told: what else every page is made from, as text.
    """

    def __init__(self, context: Context, told: str) -> None:
        self.context, package = context, context.package
        raw = _timeless(package.descriptor.raw)
        self.bare = replace(package.published, descriptor=make_descriptor(raw))
        rest = (raw, package.items, package.rules, package.definitions, settings(), told)
        self.ground = hashlib.sha256(f"{_code()}{rest!r}".encode()).hexdigest()

    def all(self) -> Iterator[Unit]:
        """Those of places, then of agencies, then of reports."""
        for place in places(self.context).values():
            yield self._place(place)
        for agency in self.context.package.agencies.values():
            yield self._agency(agency)
        for report in self.context.package.reports:
            yield self._report(report)

    def _place(self, place: Place) -> Unit:
        beside = siblings(self.context, place)
        narrow = partial(self._narrow, place.agencies)

        def made(words: Words) -> Iterator[Page]:
            own = narrow(words)
            yield place_page(own, places(own)[place.code], beside)

        return self._unit("place", made, place.agencies, place.code, place.names, beside)

    def _agency(self, agency: Agency) -> Unit:
        near = others(self.context, agency)

        def made(words: Words) -> Iterator[Page]:
            yield agency_page(self._narrow([agency], words), agency, near)

        return self._unit("agency", made, [agency], near)

    def _report(self, report: Report) -> Unit:
        context, beside = self.context, around(self.context, report)
        pictured = is_pictured(context, report)
        data = archived_bytes(context, report)
        clipped = has_clippings(report, context.clippings)
        clippings = [(path.name, path.read_bytes()) for path in sorted(clipped.iterdir())] if clipped else []

        def made(words: Words) -> Iterator[Page]:
            own = self._narrow([report.agency], words, with_pictures=pictured)
            yield report_page(own, report, beside)
            if archived := source_page(own, report):
                yield archived

        sources = (pictured, hashlib.sha256(data).hexdigest() if data is not None else "", clippings)
        return self._unit("report", made, [report.agency], report.key, beside, sources)

    def _unit(
        self, kind: str, pages: Callable[[Words], Iterator[Page]], agencies: Iterable[Agency], *rest: object
    ) -> Unit:
        own = self.context.package.by_agency
        filed = [(agency, [(one.key, one.revision) for one in own[agency.key]]) for agency in agencies]
        told = f"{self.ground}{kind}{filed!r}{rest!r}"
        return Unit(f"{kind}/{hashlib.sha256(told.encode()).hexdigest()}", pages)

    def _narrow(self, agencies: Sequence[Agency], words: Words, *, with_pictures: bool = False) -> Context:
        """A context that knows some agencies and what they have filed, and nothing else of any."""
        whole, reports = self.context.package, self.context.package.by_agency
        narrow = Package(
            published=self.bare,
            items=whole.items,
            rules=whole.rules,
            definitions=whole.definitions,
            agencies={agency.key: agency for agency in agencies},
            reports=tuple(report for agency in agencies for report in reports[agency.key]),
            sizes={},
        )
        pictures = self.context.pictures if with_pictures else None
        return Context(narrow, words, self.context.clippings, pictures)


def _timeless(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A descriptor without what belongs to one state of the data."""
    spatial = {key: value for key, value in (raw.get("spatial") or {}).items() if key != "places"}
    tables = [
        _picked(entry, OF_THE_TABLES) | {"schema": _schema(entry["schema"])} for entry in raw["resources"]
    ]
    return {key: value for key, value in raw.items() if key not in OF_THE_STATE} | {
        "spatial": spatial,
        "resources": [entry | {"path": f"data/{entry['name']}.csv"} for entry in tables],
    }


def _schema(raw: Mapping[str, Any]) -> dict[str, Any]:
    fields = [_picked(field, OF_THE_COLUMNS) for field in raw["fields"]]
    return {"fields": fields, "primaryKey": raw.get("primaryKey", ())}


def _picked(entry: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: entry[name] for name in names if name in entry}


@cache
def _code() -> str:
    """The code, templates, words and libraries that pages are made with."""
    libraries = [(name, version(name)) for name in LIBRARIES]
    seen = hashlib.sha256(f"{sys.version_info} {zlib.ZLIB_RUNTIME_VERSION} {libraries}".encode())
    for folder in SEEN:
        for path in sorted((CODE / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                seen.update(f"{path.relative_to(CODE).as_posix()}\0{path.stat().st_size}\0".encode())
                seen.update(path.read_bytes())
    return seen.hexdigest()
