"""The explorer: the page to ask on, and the list of agencies and places that its scripts need beside the Parquet file.

The figures lie in ``data/explore.parquet``, of which a browser takes the stretch it needs. What can be asked (items,
functions, levels, ready-made questions) stands on the page; who there is stands in ``explore/agencies.js``, a script, since
a page opened from a folder may load a script but nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml

from pipeline.knowledge.divisions import CENTRAL, divisions
from pipeline.knowledge.english import place_in_english
from pipeline.pages.addresses import Page
from pipeline.pages.parts import amounts
from pipeline.pages.words import Words, leaves_of
from pipeline.published.distributions.explore import NAME, row_groups
from pipeline.published.records import Agency, Package

TILES = Path(__file__).with_name("tiles.yml")
SCRIPTS = ("state", "query", "pivot", "table", "charts", "download", "page")
INDICATOR = "ratio"
FIRST = "requests/new_received"
ROWS = ("agency", "province", "city", "county", "function", "level", "item", "applicant")
COLUMNS = ("year", "item", "applicant")
TABS = ("table", "line", "dots", "map")
LENGTHS = (2, 4, 6)  # of a division code: province, city, county
SAID = "explore.say."


@dataclass(frozen=True)
class Measure:
    """Something to ask for: ``whole`` is the figure it is a share of; empty for none. ``own`` ones are indicators."""

    key: str
    label: str
    whole: str = ""


def explore_page(package: Package, words: Words) -> Page:
    """The page; its scripts do the rest, and without them it leads to the same figures as CSV."""
    measures = _measures(package, words)
    offered = {one.key for some in measures.values() for one in some}
    said = {key.removeprefix(SAID): text for key, text in leaves_of(words.language) if key.startswith(SAID)}
    names = _named_kinds(words)
    if not package.asks_requests:
        del names["applicant"]
    # Another form asks for other things.
    first = FIRST if FIRST in offered else next((one.key for some in measures.values() for one in some), "")
    return Page(
        path="explore/",
        template="explore",
        title=words("explore.title"),
        heading=words("explore.title"),
        description=words("explore.lead"),
        values={
            "lead": words.markdown("explore.lead"),
            "scripts": SCRIPTS,
            "measures": measures,
            "rows": [(key, names[key]) for key in ROWS if key in names],
            "columns": [(key, names[key]) for key in COLUMNS if key in names],
            "tabs": TABS,
            "years": sorted(package.by_year, reverse=True),
            "functions": _codes(package, words, "function_class", lambda agency: agency.function),
            "levels": _codes(package, words, "level", lambda agency: agency.level),
            "questions": [
                (text, urlencode(asked, safe="/,"))
                for text, asked in _questions(package, words, offered, first)
            ],
            "about": _about(
                package, words, first, {**said, **{f"kind.{key}": name for key, name in names.items()}}
            ),
            "items": [
                (item.key, words.label(item.label))
                for item in package.items.values()
                if any((item.table, item.key) in report.rows for report in package.reports)
            ],
            "file": NAME,
        },
        toc=False,
    )


def moved_page(words: Words) -> Page:
    """Where the page to compare was: it leads on, with all that its address said."""
    return Page(
        path="compare/",
        template="moved",
        title=words("explore.title"),
        heading=words("explore.title"),
        description=words("explore.moved"),
        values={"target": "explore/"},
        toc=False,
    )


def write_agencies(package: Package, docs: Path) -> None:
    """Writes ``explore/agencies.js`` once the Parquet file lies in ``data/``: who there is, where, and which file it fits."""
    file = docs / "data" / NAME
    data = file.read_bytes()
    index = {
        "version": package.descriptor.version,
        "file": {
            "bytes": len(data),
            "footer": int.from_bytes(data[-8:-4], "little") + 8,
            "sha256": hashlib.sha256(data).hexdigest()[:16],
            "groups": list(row_groups(file)),
        },
        "agencies": [_agency(package, agency) for agency in package.agencies.values()],
        "places": {code: [name, place_in_english(name)] for code, name in sorted(_places(package))},
    }
    text = f"globalThis.explorerIndex = {json.dumps(index, ensure_ascii=False, separators=(',', ':'))};\n"
    (docs / "explore" / "agencies.js").write_text(text, encoding="utf-8", newline="\n")


def _agency(package: Package, agency: Agency) -> list[str]:
    """Id, name, division, level, function, its reports: a ``*`` is an aggregate. English names are those of the finder."""
    reports = package.by_agency[agency.key]
    countable = set(amounts.countable(reports))
    return [
        agency.key,
        agency.name.zh,
        agency.division,
        agency.level,
        agency.function,
        " ".join(report.slug + ("" if report in countable else "*") for report in reports),
    ]


def _places(package: Package) -> Iterator[tuple[str, str]]:
    """Beginning of a division code → name: where there are agencies, and the other cities of the same provinces."""
    for agency in package.agencies.values():
        for length, name in zip(LENGTHS, (agency.province, agency.city, agency.county), strict=True):
            if name and agency.division != CENTRAL:
                yield agency.division[:length], name
    provinces = {agency.division[:2] for agency in package.agencies.values()}
    for one in divisions().values():
        if one.level == "prefecture" and one.code[:2] in provinces and not one.successors:
            yield one.code[:4], one.name


def _about(package: Package, words: Words, first: str, said: Mapping[str, str]) -> str:
    """What the scripts have to know, beside their words."""
    tiles = yaml.load(TILES.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    language = 0 if words.language == "zh" else 1
    descriptor = package.descriptor
    applicants = next(
        (part.columns for form in descriptor.forms.values() for table in form.tables
         if table.key == amounts.REQUESTS for part in table.parts), (),
    )  # fmt: skip
    statuses = descriptor.tables["cell_notes"].column("status").labels
    notes = descriptor.tables["indicators"].column("note").labels
    about = {
        "first": first,
        "year": _full_year(package),
        "said": said,
        "status": {key: words.label(label) for key, label in {**notes, **statuses}.items()},
        "applicants": [[column.key, words.label(column.title)] for column in applicants],
        "breaks": [
            {"year": one.year, "title": words.label(one.title), "tables": list(one.tables)}
            for one in descriptor.breaks
        ],
        "tiles": {
            "rows": [line.split() for line in tiles["provinces"].splitlines()],
            "short": {
                code: names[language] for code, names in {**tiles["short"], **tiles["outside"]}.items()
            },
            "outside": sorted(tiles["outside"]),
        },
    }
    return json.dumps(about, ensure_ascii=False, separators=(",", ":"))


def _named_kinds(words: Words) -> dict[str, str]:
    return {key: words(f"explore.kind.{key}") for key in (*ROWS, "year")}


def _full_year(package: Package) -> int:
    """The newest year of which at least half as many reports are held as of the fullest one."""
    sizes = {year: len(reports) for year, reports in package.by_year.items()}
    return next((year for year, size in sizes.items() if size * 2 >= max(sizes.values())), 0)


def _codes(package: Package, words: Words, column: str, of: Any) -> list[tuple[str, str]]:
    """The values of a code list that some agency has, in the order of the list, with their words."""
    there = {of(agency) for agency in package.agencies.values()}
    word = package.descriptor.word
    return [
        (code, words.label(word("agencies", column, code)))
        for code in package.descriptor.codes("agencies", column)
        if code in there
    ]


def _questions(
    package: Package, words: Words, offered: set[str], first: str
) -> Iterator[tuple[str, dict[str, str | int]]]:
    """What people ask most, each with its address; only what this package can answer."""
    year = _full_year(package)
    place = "province" if len({agency.division[:2] for agency in package.agencies.values()}) > 1 else "city"
    reasons = [one.key for one in package.items.values() if one.parent == "denied"]
    corrected = [f"review_litigation/{row}/corrected" for row in ("reconsideration", "litigation")]
    denied = ",".join(f"{amounts.REQUESTS}/{key}" for key in reasons)
    asked: list[tuple[str, str, dict[str, str | int]]] = [
        ("most", FIRST, {"m": FIRST, "y": year, "sort": f"-{year}"}),
        ("places", FIRST, {"by": place, "m": FIRST, "tab": "line"}),
        ("rate", f"{INDICATOR}/disclosure_rate",
         {"by": "function", "m": f"{INDICATOR}/disclosure_rate", "y": year, "sort": f"-{year}", "tab": "dots"}),
        ("who", FIRST, {"by": place, "cols": "applicant", "m": FIRST, "y": year, "as": "share"}),
        ("reasons", denied.partition(",")[0], {"by": "item", "m": denied}),
        ("corrected", corrected[0], {"by": place, "cols": "item", "m": ",".join(corrected), "y": year}),
    ]  # fmt: skip
    for key, needed, question in asked:
        if needed in offered:
            yield words(f"explore.question.{key}", year=str(year)), question
    if pair := _pair(package):
        one, other = (words.label(agency.name) for agency in pair)
        yield (
            words("explore.question.two", one=one, other=other),
            {"a": ",".join(agency.key for agency in pair), "m": first, "tab": "line"},
        )


def _pair(package: Package) -> tuple[Agency, ...]:
    """The first two agencies of one function that both have several reports; none where there are none."""
    found: dict[str, Agency] = {}
    for agency in package.agencies.values():
        if len(package.by_agency[agency.key]) > 1:
            if agency.function in found:
                return found[agency.function], agency
            found[agency.function] = agency
    return ()


def _measures(package: Package, words: Words) -> dict[str, list[Measure]]:
    """What can be asked for, under the heading of its table: what most people ask about first, requests."""
    found: dict[str, dict[str, Measure]] = {}
    filed = {report.form.key for report in package.reports}
    forms = [form for form in package.descriptor.forms.values() if form.key in filed]
    for form in reversed(forms):  # the newest form first
        for table in sorted(form.tables, key=lambda one: one.key != amounts.REQUESTS):
            some = found.setdefault(words.label(table.title), {})
            for part in table.parts:
                for row in part.rows:
                    if row.is_group and any(
                        below.item.total for below in part.rows if below.parent == row.key
                    ):
                        continue  # the form prints its sum
                    for one in _of_row(package, words, table.key, row.key, part.keys):
                        some.setdefault(one.key, one)
    indicators = [
        Measure(f"{INDICATOR}/{one.key}", words.label(one.title)) for one in package.definitions.values()
    ]
    return {heading: list(some.values()) for heading, some in found.items()} | {
        words("indicators.title"): indicators
    }


def _of_row(
    package: Package, words: Words, table: str, row: str, columns: Iterable[str]
) -> Iterator[Measure]:
    """A row's columns, the total first; of applicants the total alone, since they are columns of the answer."""
    item, keys = package.items[row], tuple(columns)
    own = f"{table}/{row}"
    if table == amounts.REQUESTS:
        whole = f"{table}/{amounts.OUTCOMES_TOTAL}"
        label = words.label(item.short)
        known = item.parent and own != whole and amounts.OUTCOMES_TOTAL in package.items
        yield Measure(own, label, whole if known else "")
        return
    label = words.label(item.label if amounts.TOTAL in keys else item.short)
    for column in sorted(keys, key=lambda key: key != amounts.TOTAL):
        if column == amounts.TOTAL:
            yield Measure(own, label)
        else:
            parts = (label, words.label(package.descriptor.columns[column])) if len(keys) > 1 else (label,)
            yield Measure(
                f"{own}/{column}", words.join(parts, "list.dot"), own if amounts.TOTAL in keys else ""
            )
