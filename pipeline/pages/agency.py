"""The page of one agency, all years as one story; and the list of all agencies with what the finder needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from pipeline.pages.addresses import Door, Page, agency_path, place_path, report_path
from pipeline.pages.cards import CARD, report_card
from pipeline.pages.charts.cases import RESULTS
from pipeline.pages.charts.outcomes import parts_of
from pipeline.pages.charts.over_years import by_years, height, over_years
from pipeline.pages.charts.shapes import Figure
from pipeline.pages.charts.tables import cell, shown_number
from pipeline.pages.context import Context, once
from pipeline.pages.parts import amounts, indicators, story
from pipeline.pages.parts.amounts import Amount
from pipeline.pages.parts.places import counted
from pipeline.pages.words import Words
from pipeline.published.records import Agency, Report
from pipeline.published.schema_org import agency_dataset

NEIGHBOURS = 12
MOST_ROWS = 200  # in a table: a page is for a phone
# What the table over the years shows: rows of the forms, as far as a form of the agency has them.
MAIN_ROWS = (
    *("new_received", "carried_in", "outcomes_total", "granted", "partially_granted"),
    *("denied", "unavailable", "not_processed", "other_handling", "carried_out"),
)


def _row(agency: Agency) -> dict[str, str]:
    """What catalogues are told of an agency."""
    places = {name: getattr(agency, name) for name in ("province", "city", "county")}
    return {"agency_id": agency.key, "name_zh": agency.name.zh, **places}


@once
def _like(context: Context) -> dict[str, list[Agency]]:
    found: dict[str, list[Agency]] = {}
    for agency in context.package.agencies.values():
        found.setdefault(f"{agency.function}@{agency.province}", []).append(agency)
    return found


@once
def _nearby(context: Context) -> dict[str, list[Agency]]:
    found: dict[str, list[Agency]] = {}
    for agency in context.package.agencies.values():
        found.setdefault(agency.division, []).append(agency)
    return found


def others(context: Context, agency: Agency) -> tuple[tuple[Door, ...], tuple[Door, ...]]:
    """The agencies that the page of one leads to: those of its function, and those of its place."""
    like = _like(context)[f"{agency.function}@{agency.province}"]
    return _others(like, agency), _others(_nearby(context)[agency.division], agency)


def agency_page(context: Context, agency: Agency, around: tuple[tuple[Door, ...], tuple[Door, ...]]) -> Page:
    """The page of one agency.

    Args:
        context: knows what the agency has filed and need know no more.
        agency: of the package.
        around: as ``others`` finds them.
    """
    package, words = context.package, context.words
    reports = package.by_agency[agency.key]
    # An aggregate tells of others as well; where an agency files both, its own is its story.
    own = amounts.countable(reports) or reports
    name = words.label(agency.name)
    drawn = {
        "outcomes": _outcomes(context, own),
        "cases": _cases(context, own),
        "indicator": indicators.chart(package, own, words),
    }
    return Page(
        path=agency_path(agency),
        template="agency",
        image=_image(context, own),
        feed=f"{agency_path(agency)}feed.xml",
        jsonld=lambda root: agency_dataset(
            context.package.published, _row(agency), [r.year for r in reports], root
        ),
        title=name,
        heading=name,
        description=words.join(_lead(context, agency, reports, words), "list.sentence"),
        values={
            "agency": agency,
            "lead": words.markdown.join(_lead(context, agency, reports, words.markdown), "list.sentence"),
            "crumbs": [(words("nav.home"), ""), (words("nav.agencies"), "agencies/")],
            "reports": tuple(reversed(reports)),
            "lines": {report.key: story.one_line(package, report, words) for report in reports},
            **drawn,
            "table": _table(context, own),
            "asked": any(amounts.requests(report).asked for report in own),
            "indicators": indicators.over_years(package, own, words),
            "divisions": list(divisions(agency)),
            "around": [(words("agency.like"), around[0]), (words("agency.nearby"), around[1])],
        },
        figures=tuple(one for one in drawn.values() if one),
    )


def _image(context: Context, reports: Sequence[Report]) -> str:
    """The picture of the latest report, where it has one."""
    if not reports or not report_card(context.package, reports[-1]):
        return ""
    return report_path(reports[-1]) + CARD


def _others(group: Sequence[Agency], agency: Agency) -> tuple[Door, ...]:
    near = [one for one in group[: NEIGHBOURS + 1] if one is not agency][:NEIGHBOURS]
    return tuple(Door(agency_path(one), one.name) for one in near)


def _lead(context: Context, agency: Agency, reports: Sequence[Report], words: Words) -> Iterator[str]:
    """Who this is, what is held of it, and what is not."""
    yield words(
        "agency.about",
        places=words.places(agency.places),
        level=context.word("agencies", "level", agency.level),
        function=context.word("agencies", "function_class", agency.function),
    )
    years = sorted({report.year for report in reports})
    if not years:
        yield words("agency.none")
    else:
        yield words("agency.holds", n=len(reports), years=year_range(years))
        if gaps := [year for year in range(years[0], years[-1]) if year not in years]:
            yield words("agency.missing_years", years=year_range(gaps))
    if agency.former_names:
        yield words("agency.former", names=words.join(agency.former_names, "list.pause"))
    if agency.name_made and (made := words("agency.name_made", name=agency.name.zh)):
        yield made


def _outcomes(context: Context, reports: Sequence[Report]) -> Figure | None:
    words = context.words
    by_year = {report.year: amounts.requests(report) for report in reports}
    busy = {year: height(one) for year, one in by_year.items()}
    if len(by_year) < 2 or not any(busy.values()):
        return None
    top, last = max(busy, key=lambda year: busy[year]), max(busy)
    key = "agency.outcomes_latest" if top == last else "agency.outcomes_caption"
    if not all(amount.stated for one in by_year.values() for amount in parts_of(one).values()):
        key = "agency.outcomes_some"
    caption = words(key, year=str(top), n=busy[top], last=str(last), latest=busy[last])
    return over_years(
        context.package,
        by_year,
        words,
        name="outcomes",
        question=words("agency.outcomes_question"),
        caption=caption,
    )


def _cases(context: Context, reports: Sequence[Report]) -> Figure | None:
    words, package = context.words, context.package
    by_year = {report.year: amounts.results([report]) for report in reports}
    whole = amounts.results(reports)
    count = sum(whole.values(), Decimal(0))
    if len(by_year) < 2 or not count:
        return None
    stated = all(
        value is not None
        for report in reports
        for figures_of in amounts.cases(report).values()
        for value in figures_of.values()
    )
    return by_years(
        package,
        by_year,
        {column: words.label(package.descriptor.columns[column]) for column in whole},
        {column: RESULTS.get(column, "plain") for column in whole},
        words,
        name="cases",
        question=words("agency.cases_question"),
        caption=words(
            "agency.cases_caption" if stated else "agency.cases_some",
            years=year_range(sorted(by_year)),
            n=count,
            corrected=whole.get("corrected", Decimal(0)),
        ),
        table="review_litigation",
    )


def _table(context: Context, reports: Sequence[Report]) -> dict[str, object]:
    """Main figures, a column a year, newest first, since a phone shows the first columns."""
    package, words = context.package, context.words
    newest = tuple(reversed(reports))
    rows = []
    for item in MAIN_ROWS:
        if item in package.items:
            cells = [_main(report, item) for report in newest]
            rows.append((words.label(package.items[item].short), [cell(one, words) for one in cells]))
    for item in dict.fromkeys(item for report in newest for item in amounts.cases(report)):
        cells = [amounts.total(report, "review_litigation", item) for report in newest]
        rows.append((words.label(package.items[item].label), [cell(one, words) for one in cells]))
    asked = len(rows)  # what comes after them is folded
    for item, column, label in _proactive(context, newest):
        rows.append((label, [_filed(context, report, item, column) for report in newest]))
    return {"reports": newest, "rows": rows, "first": asked or len(rows)}


def _filed(context: Context, report: Report, item: str, column: str) -> str:
    """A cell of proactive disclosure; one that the form of that year does not have is not a blank."""
    row = report.rows.get(("proactive", item))
    if row is None or column not in row.columns:
        return context.words("no_such_cell")
    return shown_number(row[column], context.words)


def _proactive(context: Context, reports: Sequence[Report]) -> Iterator[tuple[str, str, str]]:
    """The cells of the newest form only: columns of other forms count other things."""
    table = reports[0].form.find("proactive") if reports else None
    for part in table.parts if table else ():
        for row in part.data_rows:
            for column in part.keys:
                label = context.words.label(context.package.items[row.key].short)
                measure = context.words.label(context.package.descriptor.columns[column])
                yield row.key, column, context.words.join((label, measure), "list.dot")


def agencies_page(context: Context) -> Page:
    """All agencies in one table, with filters where there is JavaScript; where they are too many, their places."""
    package, words = context.package, context.words
    rows, many = [], len(package.agencies) > MOST_ROWS
    asked = ("received",) if package.asks_requests else ()
    for agency in () if many else package.agencies.values():
        reports = package.by_agency[agency.key]
        latest = reports[-1] if reports else None
        received = amounts.total(latest, amounts.REQUESTS, "new_received") if latest else amounts.NOTHING
        rows.append(
            {
                "agency": agency,
                "places": words.places(agency.places),
                "level": context.word("agencies", "level", agency.level),
                "function": context.word("agencies", "function_class", agency.function),
                "reports": reports,
                "received": cell(received, words) if latest else "",
            }
        )
    return Page(
        path="agencies/",
        template="agencies",
        title=words("agencies.title"),
        heading=words("agencies.title"),
        description=words("agencies.lead", agencies=len(package.agencies), reports=len(package.reports)),
        values={
            "lead": words.markdown(
                "agencies.lead", agencies=len(package.agencies), reports=len(package.reports)
            ),
            "rows": rows,
            "by_place": counted(context, package.reports) if many else [],
            "places": list_of_places(package.agencies.values()),
            "levels": list(dict.fromkeys(str(row["level"]) for row in rows)),
            "functions": sorted({str(row["function"]) for row in rows}),
            "heads": ("name", "reports", "place", "level", "function", *asked),
        },
        toc=False,
    )


def _main(report: Report, item: str) -> Amount:
    """The total of a row, or of a kind of outcome its rows together."""
    return amounts.requests(report).outcomes.get(item) or amounts.total(report, amounts.REQUESTS, item)


def divisions(agency: Agency) -> Iterator[tuple[str, str]]:
    """The places an agency belongs to, the widest first: name and address."""
    for name, length in ((agency.province, 2), (agency.city, 4), (agency.county, 6)):
        if name:
            yield name, place_path(agency.division[:length].ljust(6, "0"))


def list_of_places(agencies: Iterable[Agency]) -> list[str]:
    """Every province, city and county with its wider places before it, to choose from, in the order of divisions."""
    found = (" ".join(one.places[:depth]) for one in agencies for depth in range(1, len(one.places) + 1))
    return sorted(dict.fromkeys(found), key=lambda place: place.split(" "))


def year_range(years: Sequence[int]) -> str:
    """Years as text: ``2019–2023``, ``2019, 2021–2023``."""
    runs: list[list[int]] = []
    for year in sorted(set(years)):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
