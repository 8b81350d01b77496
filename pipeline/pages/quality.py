"""The coverage of agencies and years, and what checking found, rule by rule. Nothing here ranks agencies.

Agencies stand in the order of their divisions. A page holds a bounded number of them: where there are more, it lists
the places below with their counts, and each place has a page of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.pages.addresses import Page
from pipeline.pages.context import Context
from pipeline.pages.parts.coverage import State, coverage, state_of
from pipeline.pages.parts.indicators import registry
from pipeline.pages.rule import code_lines, rule_lines, rule_pages
from pipeline.published.records import Agency, Report

MOST_ROWS = 150  # agencies on one page
CODE_LENGTHS = (0, 2, 4, 6)  # of a division code: everything, province, city, county


@dataclass(frozen=True)
class Cell:
    """A year of an agency: its state, in words, with the report it leads to."""

    state: State
    text: str
    report: Report | None


@dataclass(frozen=True)
class Row:
    """One agency, or one place with counts: a list of cells a year."""

    title: str
    target: str
    cells: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Group:
    """The rows of one place; ``counts`` are its reports by state, in words."""

    title: str
    counts: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Place:
    """A place and its agencies; ``code`` is the beginning of its division code, ``part`` tells parts of it apart."""

    code: str
    title: str
    agencies: tuple[Agency, ...]
    part: int = 0

    @property
    def path(self) -> str:
        """Its address below the site."""
        return f"quality/places/{self.code}{f'-{self.part}' if self.part else ''}/"


def quality_pages(context: Context) -> Iterator[Page]:
    """All of them."""
    everything = Place("", "", tuple(context.package.agencies.values()))
    yield _first(context, everything)
    yield registry(context.package, context.words)
    yield from _below(context, everything)
    yield from rule_pages(context)


# --- places ---


def _below(context: Context, place: Place) -> Iterator[Page]:
    for part in _parts(context, place):
        yield _place(context, part)
        yield from _below(context, part)


def _parts(context: Context, place: Place) -> list[Place]:
    """The places below one that holds too many agencies for a page; none where it does not."""
    if len(place.agencies) <= MOST_ROWS:
        return []
    length = next((length for length in CODE_LENGTHS if length > len(place.code)), 0)
    if not length or place.part:
        return []
    found: dict[str, list[Agency]] = {}
    for agency in place.agencies:
        found.setdefault(agency.division[:length], []).append(agency)
    if len(found) == 1 and length < CODE_LENGTHS[-1]:
        code, agencies = next(iter(found.items()))
        return _parts(context, Place(code, place.title, tuple(agencies)))
    return [part for code, agencies in found.items() for part in _named(context, code, agencies)]


def _named(context: Context, code: str, agencies: Sequence[Agency]) -> Iterator[Place]:
    """A place with its name; one of the lowest level with too many agencies in parts."""
    depth = CODE_LENGTHS.index(len(code)) if len(code) in CODE_LENGTHS else len(CODE_LENGTHS) - 1
    title = context.words.places(agencies[0].places[:depth]) or code
    if len(code) < CODE_LENGTHS[-1] or len(agencies) <= MOST_ROWS:
        yield Place(code, title, tuple(agencies))
        return
    for part, start in enumerate(range(0, len(agencies), MOST_ROWS), 1):
        several = tuple(agencies[start : start + MOST_ROWS])
        yield Place(code, context.words("quality.part", place=title, n=part), several, part)


def _place(context: Context, place: Place) -> Page:
    words = context.words
    title = words("quality.place_title", place=place.title)
    return Page(
        path=place.path,
        template="quality_place",
        title=title,
        heading=title,
        description=words("quality.place_about", place=place.title, n=len(place.agencies)),
        values={
            "crumbs": [(words("nav.home"), ""), (words("quality.title"), "quality/")],
            "here": place.title,
            "lead": words.markdown("quality.place_about", place=place.title, n=len(place.agencies)),
            **_matrix(context, place),
        },
        toc=False,
    )


# --- the matrix ---


def _matrix(context: Context, place: Place) -> dict[str, object]:
    parts = _parts(context, place)
    groups = [_group_of_places(context, parts)] if parts else list(_groups(context, place.agencies))
    return {
        "years": coverage(context).years,
        "groups": groups,
        "by_place": bool(parts),
        "states": [(state, context.words(f"quality.state.{state}")) for state in State],
    }


def _groups(context: Context, agencies: Sequence[Agency]) -> Iterator[Group]:
    found: dict[tuple[str, ...], list[Agency]] = {}
    for agency in agencies:
        found.setdefault(agency.places, []).append(agency)
    for places, several in found.items():
        rows = tuple(_row(context, agency) for agency in several)
        counts: Counter[State] = Counter()
        for year in coverage(context).years:
            counts += coverage(context).count(several, year)
        yield Group(context.words.places(places), _counts(context, counts), rows)


def _counts(context: Context, counts: Counter[State]) -> str:
    words = context.words
    told = (words(f"quality.count.{state}", n=counts[state]) for state in State if counts[state])
    return words.join(told)


def _row(context: Context, agency: Agency) -> Row:
    cells = tuple(tuple(_cells(context, agency, year)) for year in coverage(context).years)
    return Row(context.words.label(agency.name), f"agencies/{agency.key}/", cells)


def _cells(context: Context, agency: Agency, year: int) -> Iterator[Cell]:
    words = context.words
    reports = coverage(context).reports(agency, year)
    if not reports:
        state = coverage(context).absent(agency, year)
        yield Cell(state, words(f"quality.cell.{state}"), None)
    for report in reports:
        state = state_of(report)
        worst = {State.NOTES: "info", State.WARNINGS: "warning", State.ERRORS: "error"}.get(state)
        count = sum(1 for finding in report.findings if finding.severity == worst)
        yield Cell(state, words(f"quality.cell.{state}", n=count), report)


def _group_of_places(context: Context, places: Sequence[Place]) -> Group:
    rows = []
    for place in places:
        cells = []
        for year in coverage(context).years:
            counts = coverage(context).count(place.agencies, year)
            cells.append(
                tuple(
                    Cell(state, context.words(f"quality.count.{state}", n=counts[state]), None)
                    for state in State
                    if counts[state]
                )
            )
        rows.append(Row(place.title, place.path, tuple(cells)))
    return Group("", "", tuple(rows))


# --- the first page ---


def _first(context: Context, everything: Place) -> Page:
    words, package = context.words, context.package
    counts = Counter(state_of(report) for report in package.reports)
    told = {"reports": len(package.reports), "clean": counts[State.CLEAN] + counts[State.NOTES]}
    told |= {"warnings": counts[State.WARNINGS], "errors": counts[State.ERRORS]}
    by_year = [
        (year, [count[state] for state in State])
        for year in coverage(context).years
        for count in (coverage(context).count(everything.agencies, year),)
    ]
    rules = package.descriptor.tables["rules"]
    return Page(
        path="quality/",
        template="quality",
        title=words("quality.title"),
        heading=words("quality.heading"),
        description=words("quality.lead", **told),
        values={
            "lead": words.markdown("quality.lead", **told),
            "by_year": by_year,
            "rules": rule_lines(context),
            "codes": code_lines(context),
            "classes": [
                (words.label(label), words(f"quality.class.{kind}"))
                for kind, label in rules.column("class").labels.items()
                if f"quality.class.{kind}" in words
            ],
            "severities": [
                (context.word("findings", "severity", key), words(f"quality.severity.{key}"))
                for key in ("error", "warning", "info")
            ],
            **_matrix(context, everything),
        },
    )
