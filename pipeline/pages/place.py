"""The page of a place, and the list of all: its agencies and their years, who is late or not held, its sums with n.

Comes in: the package. Goes out: a page a province, city and county that holds an agency. Agencies stand in the order of
their divisions; a reader may sort them, which is no ranking.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.knowledge.english import places_in_english
from pipeline.model.text import Text
from pipeline.pages.addresses import Door, Page
from pipeline.pages.agency import year_range
from pipeline.pages.cards import Card, card
from pipeline.pages.charts.outcomes import outcomes
from pipeline.pages.charts.over_years import height, over_years
from pipeline.pages.charts.shapes import Figure, csv_text
from pipeline.pages.charts.tables import cell, plain
from pipeline.pages.context import Context
from pipeline.pages.parts import amounts
from pipeline.pages.parts.amounts import Amount, Requests
from pipeline.pages.parts.coverage import State
from pipeline.pages.parts.places import Place, above, places, places_below
from pipeline.pages.report import timing
from pipeline.pages.words import Words, figure
from pipeline.published.records import Agency, Report

LATEST = 3  # years in the list of all places
MOST_AGENCIES = 150  # in one table or list; a wider place lists the places below


def siblings(context: Context, place: Place) -> tuple[Door, ...]:
    """The other places that lie where a place lies."""
    around = above(context, place)
    there = places_below(context, around[-1] if around else None)
    return tuple(Door(one.path, Text(one.name, "")) for one in there if one.code != place.code)


def place_page(context: Context, place: Place, beside: Sequence[Door]) -> Page:
    """The page of one place: its latest year in sentences, its agencies by year, its history.

    Args:
        context: knows what the agencies of the place have filed and need know no more.
        place: that holds some agency.
        beside: as ``siblings`` finds them.
    """
    words = context.words
    reports = [report for agency in place.agencies for report in context.package.by_agency[agency.key]]
    years = sorted({report.year for report in reports}, reverse=True)
    around = above(context, place)
    below = places_below(context, place)
    drawn = _drawn(context, reports, years)
    return Page(
        path=place.path,
        template="place",
        card=_card(context, place, reports, years),
        feed=f"{place.path}feed.xml",
        title=words.places(place.names[-1:]),
        heading=words("place.heading", places=words.places(place.names), name=place.name),
        description=words.join(_lead(context, place, reports, years, words), "list.sentence"),
        values={
            "crumbs": [
                (words("nav.home"), ""),
                (words("place.title"), "places/"),
                *((words.places(one.names[-1:]), one.path) for one in around),
            ],
            "place": place,
            "lead": words.markdown.join(
                _lead(context, place, reports, years, words.markdown), "list.sentence"
            ),
            "years": years,
            "rows": [_row(context, agency, years) for agency in place.agencies[:MOST_AGENCIES]],
            "most": MOST_AGENCIES,
            "more": max(len(place.agencies) - MOST_AGENCIES, 0),
            "functions": sorted(
                {context.word("agencies", "function_class", agency.function) for agency in place.agencies}
            ),
            "below": [_sums(context, one, years) for one in below],
            "siblings": beside,
            "late": [
                report for report in reports if years and report.year == years[0] and timing(report) == "late"
            ],
            "missing": _missing(context, place, years[0]) if years else [],
            "year": years[0] if years else 0,
            **drawn,
        },
        figures=tuple(one for one in drawn.values() if one),
        files={"reports.csv": _csv(context, reports)},
    )


def places_page(context: Context) -> Page:
    """All places: provinces, and in each its cities and counties."""
    words = context.words
    years = sorted(context.package.by_year, reverse=True)[:LATEST]
    return Page(
        path="places/",
        template="places",
        title=words("place.title"),
        heading=words("place.title"),
        description=words("place.index_lead", n=len(places(context))),
        values={
            "lead": words.markdown("place.index_lead", n=len(places(context))),
            "years": years,
            "provinces": [
                (
                    _sums(context, one, years),
                    [_sums(context, city, years) for city in places_below(context, one)],
                )
                for one in places_below(context, None)
            ],
        },
        toc=False,
    )


# --- sentences ---


def _lead(
    context: Context, place: Place, reports: Sequence[Report], years: Sequence[int], words: Words
) -> Iterator[str]:
    yield words(
        "place.lead", agencies=len(place.agencies), reports=len(reports), years=year_range(list(years))
    )
    if not years:
        return
    year = years[0]
    every = [report for report in reports if report.year == year]
    counted = amounts.countable(every)
    whole = _together(counted)
    if None not in (whole.received.value, whole.closed.value):
        key = "place.year" if whole.received.stated and whole.closed.stated else "place.year_partly"
        yield words(
            key,
            year=str(year),
            reports=len(counted),
            received=whole.received.number,
            closed=whole.closed.number,
        )
    if late := sum(1 for report in every if timing(report) == "late"):
        yield words("place.late", n=late)
    if missing := len(_missing(context, place, year)):
        yield words("place.missing", n=missing)
    if aggregates := len(every) - len(counted):
        yield words("place.aggregates", n=aggregates)


def _missing(context: Context, place: Place, year: int) -> list[Agency]:
    """Agencies of which no report of a year is held."""
    return [
        agency
        for agency in place.agencies
        if not any(report.year == year for report in context.package.by_agency[agency.key])
    ]


# --- tables ---


def _row(context: Context, agency: Agency, years: Sequence[int]) -> dict[str, object]:
    """An agency: new requests of each year, as printed, with the report they stand in; of another form, its figures."""
    held = {report.year: report for report in context.package.by_agency[agency.key]}
    held |= {report.year: report for report in amounts.countable(context.package.by_agency[agency.key])}
    cells = [_year(context, held.get(year)) for year in years]
    return {
        "agency": agency,
        "function": context.word("agencies", "function_class", agency.function),
        "cells": cells,
    }


def _year(context: Context, report: Report | None) -> tuple[str, Report | None]:
    """What one cell says: a number, that there is an aggregate only, or that nothing is held."""
    if report is None:
        return context.words(f"quality.cell.{State.MISSING}"), None
    if not amounts.countable([report]):
        return context.words("place.aggregate"), report
    if not context.package.asks_requests:
        return figure(report.cells_stated), report
    return cell(amounts.total(report, amounts.REQUESTS, "new_received"), context.words), report


def _sums(context: Context, place: Place, years: Sequence[int]) -> dict[str, object]:
    """A place: new requests of each year over the reports that may be added up, with n; of another form, its figures."""
    cells = []
    for year in years:
        some = [
            report
            for agency in place.agencies
            for report in amounts.countable(context.package.by_agency[agency.key])
            if report.year == year
        ]
        if context.package.asks_requests:
            said = cell(_together(some).received, context.words) if some else ""
        else:
            said = figure(sum(report.cells_stated for report in some)) if some else ""
        cells.append((said, figure(len(some))))
    return {"place": place, "cells": cells}


def _drawn(context: Context, reports: Sequence[Report], years: Sequence[int]) -> dict[str, Figure | None]:
    words, counted = context.words, amounts.countable(reports)
    by_year = {year: [one for one in counted if one.year == year] for year in sorted(years)}
    sums = {year: _together(some) for year, some in by_year.items() if some}
    if not sums:
        return {"outcomes": None, "history": None}
    last = max(sums)
    now = outcomes(
        context.package, sums[last], words, several=[amounts.requests(one) for one in by_year[last]]
    )
    busy = {year: height(one) for year, one in sums.items()}
    if len(sums) < 2 or not any(busy.values()):
        return {"outcomes": now, "history": None}
    history = over_years(
        context.package,
        sums,
        words,
        name="years",
        question=words("place.history_question"),
        caption=words("place.history_caption", n=busy[last], year=str(last), reports=len(by_year[last])),
    )
    return {"outcomes": now, "history": history}


def _card(context: Context, place: Place, reports: Sequence[Report], years: Sequence[int]) -> Card | None:
    """The picture of its latest year of which reports may be added up."""
    for year in years:
        if some := [report for report in amounts.countable(reports) if report.year == year]:
            name = Text(" · ".join(place.names), places_in_english(place.names))
            return card(context.package, name, year, _together(some), len(some))
    return None


def _csv(context: Context, reports: Sequence[Report]) -> str:
    """The reports of the place, a row each, to take along: the sums of the page can be made from it."""
    requests = ("new_received", "carried_in", amounts.OUTCOMES_TOTAL, "carried_out")
    keys = requests if context.package.asks_requests else ()
    head = ("report_id", "agency_id", "agency", "year", "scope", "published", "signed", "due", *keys)
    rows = [
        (
            *(report.key, report.agency.key, report.agency.name.zh, str(report.year), report.scope),
            *(report.published, report.signed, report.due),
            *(plain(_printed(amounts.total(report, amounts.REQUESTS, key))) for key in keys),
        )
        for report in reports
    ]
    return csv_text([head, *rows])


def _printed(amount: Amount) -> Decimal | None:
    return amount.value if amount.as_printed else None


def _together(reports: Sequence[Report]) -> Requests:
    return amounts.together(amounts.requests(report) for report in reports)
