"""The first page: what is here, how much, how fresh, the whole picture, and a way to find an agency."""

from __future__ import annotations

from functools import partial

from pipeline.knowledge.settings import settings
from pipeline.pages.addresses import Page
from pipeline.pages.agency import year_range
from pipeline.pages.charts.outcomes import outcomes
from pipeline.pages.context import Context
from pipeline.pages.parts import amounts
from pipeline.pages.parts.places import widest
from pipeline.pages.year import totals, years_chart
from pipeline.published.schema_org import catalog

LATEST = 6
DOORS = ("agencies", "places", "years", "explore", "data", "method")

MOST_PLACES = 40  # on the first page


def home(context: Context) -> Page:
    """The first page."""
    package, words = context.package, context.words
    reports, rich = package.reports, words.markdown
    counted = amounts.countable(reports)
    by_year = {year: totals(context, year)[1] for year in package.by_year}
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
        "years": years_chart(context, by_year),
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
            "lead": words(context.on_requests("home.lead")),
            "held": rich.join(
                (
                    rich("home.held", years=span, **numbers),
                    *([rich("home.fresh", date=words.date(latest[0].dated))] if latest else []),
                ),
                "list.sentence",
            )
            if reports
            else words("home.none"),
            "asked": whole.asked,
            "about": words("home.picture_about", reports=len(counted), years=span),
            "latest": latest[:LATEST],
            "doors": [(f"{key}/", words(f"home.way_{key}"), words(f"home.way_{key}_about")) for key in DOORS],
            "places": widest(context)[:MOST_PLACES],
            **drawn,
        },
        figures=tuple(one for one in drawn.values() if one),
    )
