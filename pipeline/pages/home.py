"""The first page: what is here, how much, how fresh, the whole picture, and a way to find an agency."""

from __future__ import annotations

from functools import partial

from pipeline.knowledge.settings import settings
from pipeline.pages.addresses import Page
from pipeline.pages.agency import year_range
from pipeline.pages.charts.outcomes import outcomes
from pipeline.pages.parts import amounts
from pipeline.pages.place import Place, PlacePages
from pipeline.pages.words import Words
from pipeline.pages.year import YearPages
from pipeline.published.catalogues import catalog
from pipeline.published.records import Package

LATEST = 6
DOORS = (("agencies", "agencies/"), ("years", "years/"), ("data", "data/"), ("method", "method/"))


MOST_PLACES = 40  # on the first page


def _first_places(pages: PlacePages) -> list[Place]:
    """The widest places; where there is one alone, those inside it."""
    wide = pages.below(None)
    while len(wide) == 1 and (inside := pages.below(wide[0])):
        wide = inside
    return wide[:MOST_PLACES]


def home(package: Package, words: Words, years: YearPages) -> Page:
    """The first page."""
    reports, rich = package.reports, words.markdown
    counted = amounts.countable(reports)
    by_year = {year: years.totals(year)[1] for year in package.by_year}
    whole = amounts.together(by_year.values())
    span = year_range(list(package.by_year))
    numbers = {
        "agencies": len(package.agencies),
        "reports": len(reports),
        "cells": sum(report.cells_stated for report in reports),
    }
    drawn = {
        "outcomes": outcomes(
            package, whole, words, name="all", several=[amounts.requests(one) for one in counted]
        ),
        "years": years.over_years(by_year),
    }
    latest = sorted((report for report in reports if report.dated), key=lambda report: report.key)
    latest.sort(key=lambda report: report.dated, reverse=True)
    return Page(
        path="",
        template="home",
        jsonld=partial(catalog, package.published),
        title=words("home.nav"),
        heading=settings().title[words.language],
        description=words("home.description"),
        values={
            "lead": words("home.lead"),
            "held": rich.join(
                (
                    rich("home.held", years=span, **numbers),
                    *([rich("home.fresh", date=words.date(latest[0].dated))] if latest else []),
                ),
                "list.sentence",
            )
            if reports
            else words("home.none"),
            "has_reports": bool(reports),
            "about": words("home.picture_about", reports=len(counted), years=span),
            "latest": latest[:LATEST],
            "doors": [
                (target, words(f"home.way_{key}"), words(f"home.way_{key}_about")) for key, target in DOORS
            ],
            "places": _first_places(PlacePages(package, words)),
            **drawn,
        },
        figures=tuple(one for one in drawn.values() if one),
    )
