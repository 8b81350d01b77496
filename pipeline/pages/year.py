"""The page of one year: all its agencies, how their numbers spread, who was on time; and the list of years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from statistics import quantiles

from pipeline.pages.addresses import Page
from pipeline.pages.agency import MOST_ROWS, list_of_places
from pipeline.pages.charts.by_group import by_function, by_place
from pipeline.pages.charts.outcomes import outcomes, parts_of
from pipeline.pages.charts.over_years import height, over_years
from pipeline.pages.charts.shapes import Bar, Bars, Figure
from pipeline.pages.charts.tables import cell
from pipeline.pages.context import Context, once
from pipeline.pages.parts import amounts, indicators
from pipeline.pages.parts.amounts import Requests
from pipeline.pages.parts.places import counted
from pipeline.pages.report import timing
from pipeline.pages.words import figure
from pipeline.published.records import Report
from pipeline.published.schema_org import year_dataset

FEW = 5  # with fewer agencies a distribution says nothing that the table does not
QUARTILES = 8
BINS = ((1, 9), (10, 49), (50, 199), (200, 999), (1000, None))


@once
def totals(context: Context, year: int) -> tuple[tuple[Report, ...], Requests]:
    """The reports of a year that may be added up, and their sum."""
    reports = amounts.countable(context.package.by_year[year])
    return reports, amounts.together(amounts.requests(report) for report in reports)


def year_page(context: Context, year: int) -> Page:
    """The page of one year."""
    package, words = context.package, context.words
    every = package.by_year[year]
    reports, whole = totals(context, year)
    received = [amounts.total(report, amounts.REQUESTS, "new_received") for report in reports]
    held = {report.agency.key for report in every}
    many = len(every) > MOST_ROWS
    absent = [agency for key, agency in package.agencies.items() if key not in held]
    drawn = {
        "outcomes": outcomes(package, whole, words, several=[amounts.requests(one) for one in reports]),
        "punctual": _punctual(context, every, len(absent)),
        "spread": _spread(context, [one.number for one in received if one.stated]),
        "functions": by_function(package, reports, words),
        "places": by_place(package, reports, words),
    }
    numbers = {"reports": len(every), "received": whole.received.number, "closed": whole.closed.number}
    zero = sum(1 for one in received if one.stated and not one.number)
    rich = words.markdown
    # Without a number for either there is no sum to tell, and nothing is not 0.
    summed = whole.received.value is not None and whole.closed.value is not None
    key = "year_page.lead" if summed else "year_page.lead_held"
    lead = [rich(key, year=str(year), **numbers)]
    is_whole = not whole.asked or (whole.received.stated and whole.closed.stated)
    lead += [] if is_whole else [rich("year_page.partly")]
    lead += [rich("year_page.zero", n=zero)] if zero else []
    lead += [rich("year_page.aggregates", n=len(every) - len(reports))] if len(every) > len(reports) else []
    return Page(
        path=f"years/{year}/",
        template="year",
        jsonld=lambda root: year_dataset(context.package.published, year, root),
        title=words("year_page.title", year=str(year)),
        heading=words("year_page.title", year=str(year)),
        description=words(key, year=str(year), **numbers),
        values={
            "lead": words.markdown.join(lead, "list.sentence"),
            "year": year,
            "crumbs": [(words("nav.home"), ""), (words("nav.years"), "years/")],
            **drawn,
            "n": len(reports),
            "asked": whole.asked,
            "few": words("year_page.spread_few", n=len(reports)) if drawn["spread"] is None else "",
            "statistics": _statistics(context, reports),
            "indicators": indicators.of_year(package, every, words),
            "indicators_about": words(
                "indicators.year_about",
                few=indicators.FEW,
                quartiles=indicators.QUARTILES,
            ),
            "rows": [] if many else [_row(context, report) for report in every],
            "by_place": counted(context, every) if many else [],
            "all_places": list_of_places(report.agency for report in every),
            "all_functions": sorted(
                {context.word("agencies", "function_class", report.agency.function) for report in every}
            ),
            "absent": absent,
            "most": MOST_ROWS,
            "others": [other for other in package.by_year if other != year],
        },
        figures=tuple(one for one in drawn.values() if one),
    )


def _punctual(context: Context, reports: Sequence[Report], absent: int) -> Figure:
    words = context.words
    counts = Counter(timing(report) for report in reports) + Counter(absent=absent)
    kinds = {
        "on_time": "granted",
        "late": "denied",
        "no_date": "carried_out",
        "absent": "other_handling",
    }
    labels = {key: words(f"year_page.{key}") for key in kinds}
    return Figure(
        name="punctual",
        question=words("year_page.punctual_question"),
        caption=words(
            "year_page.punctual_caption",
            on_time=counts["on_time"],
            late=counts["late"],
            none=counts["no_date"],
            absent=absent,
        ),
        chart=Bars(
            words("unit"),
            tuple(
                Bar(labels[key], Decimal(counts[key]), kind, words("year_page.agencies_n", n=counts[key]))
                for key, kind in kinds.items()
            ),
        ),
        header=(words("figure.item"), words("figure.agencies")),
        rows=tuple((labels[key], figure(counts[key])) for key in kinds),
        data=(("timing", "label", "agencies"), *((key, labels[key], str(counts[key])) for key in kinds)),
        notes=(words("year_page.punctual_about"),),
        sources=("data/data/coverage.csv",),
    )


def _spread(context: Context, received: Sequence[Decimal]) -> Figure | None:
    words = context.words
    if len(received) < FEW:
        return None
    bins = [(words("year_page.bin_zero"), sum(1 for value in received if not value))]
    for low, high in BINS:
        if low > max(received):
            break
        inside = sum(1 for value in received if low <= value and (high is None or value <= high))
        key = "year_page.bin_open" if high is None else "year_page.bin"
        bins.append((words(key, low=str(low), high=str(high)), inside))
    return Figure(
        name="spread",
        sources=("api/v1/items/new_received.csv",),
        question=words("year_page.spread_question"),
        caption=words(
            "year_page.spread_caption",
            n=len(received),
            median=amounts.middle(received),
            max=max(received),
        ),
        chart=Bars(
            words("unit"),
            tuple(
                Bar(label, Decimal(inside), "plain", words("year_page.agencies_n", n=inside))
                for label, inside in bins
            ),
        ),
        header=(words("years.received"), words("figure.agencies")),
        rows=tuple((label, figure(inside)) for label, inside in bins),
        data=(("received", "agencies"), *((label, str(inside)) for label, inside in bins)),
        notes=(words("year_page.spread_about"),),
    )


def _statistics(context: Context, reports: Sequence[Report]) -> dict[str, object] | None:
    words = context.words
    if len(reports) < FEW:
        return None
    header = ["n", "min", *(["q1"] if len(reports) >= QUARTILES else []), "median"]
    header += [*(["q3"] if len(reports) >= QUARTILES else []), "max"]
    rows = []
    for item in ("new_received", amounts.OUTCOMES_TOTAL, "carried_out"):
        found = [amounts.total(report, amounts.REQUESTS, item) for report in reports]
        values = [one.number for one in found if one.stated]
        if len(values) < FEW:
            continue
        label = words.label(context.package.items[item].short)
        rows.append((label, [figure(value) for value in _five(values, len(reports) >= QUARTILES)]))
    return {"header": [words(f"year_page.{key}") for key in header], "rows": rows}


def _row(context: Context, report: Report) -> dict[str, object]:
    words = context.words
    requests = amounts.requests(report)
    return {
        "report": report,
        "function": context.word("agencies", "function_class", report.agency.function),
        "places": words.places(report.agency.places),
        "received": cell(requests.received, words),
        "closed": cell(requests.closed, words),
        "published": report.dated or words("year_page.no_date"),
        "late": timing(report) == "late",
        "warnings": sum(1 for finding in report.findings if finding.severity != "info"),
    }


def years_page(context: Context) -> Page:
    """All years in one table, and what became of the requests of each."""
    package, words = context.package, context.words
    rows, by_year = [], {}
    for year, every in package.by_year.items():
        reports, whole = totals(context, year)
        by_year[year] = whole
        given = amounts.add(
            whole.outcomes[key] for key in ("granted", "partially_granted") if key in whole.outcomes
        )
        on_time = sum(1 for report in every if timing(report) == "on_time")
        cells = {
            "agencies": figure(len(every)),
            "received": cell(whole.received, words),
            "closed": cell(whole.closed, words),
            "given": cell(given, words),
            "cases": _cases(context, reports),
            "on_time": f"{on_time}/{len(every)}",
        }
        rows.append((year, cells))
    # What no form asks about has no column: there a zero would be false.
    all_reports = [report for every in package.by_year.values() for report in every]
    hidden = set() if any(whole.asked for whole in by_year.values()) else {"received", "closed", "given"}
    hidden |= set() if any(map(amounts.cases, all_reports)) else {"cases"}
    keys = [
        key for key in ("agencies", "received", "closed", "given", "cases", "on_time") if key not in hidden
    ]
    drawn = years_chart(context, by_year)
    years = list(package.by_year)
    lead = "years.lead" if len(years) > 1 else "years.lead_one"
    span = {"first": str(min(years, default="")), "last": str(max(years, default=""))}
    return Page(
        path="years/",
        template="years",
        title=words("years.title"),
        heading=words("years.title"),
        description=words(lead, **span),
        values={
            "lead": words.markdown(lead, **span),
            "header": [words("figure.year"), *(words(f"years.{key}") for key in keys)],
            "rows": [(year, [cells[key] for key in keys]) for year, cells in rows],
            "chart": drawn,
            "breaks": [(one.year, words.label(one.title)) for one in package.descriptor.breaks],
        },
        figures=(drawn,) if drawn else (),
    )


def _cases(context: Context, reports: Sequence[Report]) -> str:
    """Cases of review and litigation; at least so many where a report leaves a cell without a figure."""
    count = sum(amounts.results(reports).values(), Decimal(0))
    stated = all(
        value is not None
        for report in reports
        for row in amounts.cases(report).values()
        for value in row.values()
    )
    return figure(count) if stated else context.words("cell_partly", n=count)


def years_chart(context: Context, by_year: dict[int, Requests]) -> Figure | None:
    """What became of the requests of each year; None where there is one year or nothing to draw."""
    words = context.words
    busy = {year: height(whole) for year, whole in by_year.items()}
    if len(by_year) < 2 or not any(busy.values()):
        return None
    top = max(busy, key=lambda year: (busy[year], year))
    stated = all(amount.stated for whole in by_year.values() for amount in parts_of(whole).values())
    told = top if stated else max(busy)  # which year had most is not known where figures are missing
    caption = words(
        "years.chart_caption" if stated else "years.chart_some",
        year=str(told),
        n=busy[told],
        reports=len(context.package.by_year[told]),
    )
    question = words("years.chart_question")
    return over_years(context.package, by_year, words, name="years", question=question, caption=caption)


def _five(values: Sequence[Decimal], quartiles: bool) -> list[Decimal | int]:
    low, _, high = quantiles(values, n=4, method="inclusive")
    found: list[Decimal | int] = [len(values), min(values)]
    found += [_rounded(low)] if quartiles else []
    found += [_rounded(amounts.middle(values))]
    found += [_rounded(high)] if quartiles else []
    return [*found, max(values)]


def _rounded(value: Decimal) -> Decimal:
    """One decimal at most, none where it is whole."""
    return (
        value.quantize(Decimal(1)) if value == value.to_integral_value() else value.quantize(Decimal("0.1"))
    )
