"""What became of the requests of each year, a column a year, with the breaks of the series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from pipeline.model.text import Text
from pipeline.pages.charts.outcomes import OPEN, parts_of
from pipeline.pages.charts.shapes import Columns, Figure, Series, kind_of
from pipeline.pages.charts.tables import plain, shown_number
from pipeline.pages.parts import amounts
from pipeline.pages.parts.amounts import Requests
from pipeline.pages.words import Words
from pipeline.published.records import Package

LETTERS = "①②③④⑤⑥⑦⑧⑨"


def over_years(
    package: Package,
    by_year: Mapping[int, Requests],
    words: Words,
    *,
    name: str,
    question: str,
    caption: str,
    table: str = amounts.REQUESTS,
) -> Figure:
    """What became of the requests of each year, a column a year; years between that have no report stay empty."""
    whole = amounts.together(by_year.values())
    kinds = (*whole.outcomes, OPEN)
    # Where reports contradict themselves, a column is not as high as what was to be handled.
    unequal = [
        str(year)
        for year, one in sorted(by_year.items())
        if one.handled.stated and one.handled.number != height(one)
    ]
    notes = [words("figure.years_unequal", years=words.join(unequal, "list.pause"))] if unequal else []
    return by_years(
        package,
        {year: {item: _of(one, item) for item in kinds} for year, one in by_year.items()},
        {item: words.label(package.items[item].short) for item in kinds},
        {item: kind_of(item) for item in kinds},
        words,
        name=name,
        question=question,
        caption=caption,
        table=table,
        notes=notes,
    )


def by_years(
    package: Package,
    values: Mapping[int, Mapping[str, Decimal | None]],
    labels: Mapping[str, str],
    colours: Mapping[str, str],
    words: Words,
    *,
    name: str,
    question: str,
    caption: str,
    table: str,
    notes: Iterable[str] = (),
) -> Figure:
    """A column a year, a colour a key.

    Args:
        values: year → key → figure; a year that is not there is drawn as a gap and has no row.
        labels: key → words, in the order of the form; a key without any figure is in the table alone.
        table: whose breaks are marked.
    """
    years = range(min(values), max(values) + 1)
    held = sorted(values, reverse=True)  # of the table: a phone shows what is newest
    series = tuple(
        Series(label, colours[key], found)
        for key, label in labels.items()
        if any(found := tuple(values.get(year, {}).get(key) for year in years))
    )
    marks = breaks(package, years, table)
    return Figure(
        name=name,
        question=question,
        caption=caption,
        chart=Columns(
            words("unit"),
            tuple(map(str, years)),
            series,
            tuple((years.index(year), mark) for year, mark, _ in marks),
        ),
        header=(words("figure.year"), *labels.values()),
        rows=tuple(
            (words("year", year=str(year)), *(shown_number(values[year].get(key), words) for key in labels))
            for year in held
        ),
        data=(
            ("year", *labels),
            *((str(year), *(plain(values[year].get(key)) for key in labels)) for year in held),
        ),
        notes=(*break_notes(marks, words), *notes),
    )


def height(requests: Requests) -> Decimal:
    """How high the column of a year is: all outcomes, and what is carried over."""
    return sum((amount.number for amount in parts_of(requests).values()), Decimal(0))


def _of(requests: Requests, item: str) -> Decimal | None:
    amount = requests.carried_out if item == OPEN else requests.outcomes.get(item, amounts.NOTHING)
    return amount.value


def breaks(package: Package, years: Sequence[int], table: str) -> list[tuple[int, str, Text]]:
    """The breaks of a table's series that fall between the years shown: year, mark, words."""
    items = {item.key for item in package.items.values() if item.table == table}
    found = [
        one
        for one in package.descriptor.breaks
        if years[0] < one.year <= years[-1]
        and (not one.tables and not one.items or table in one.tables or items & set(one.items))
    ]
    return [(one.year, LETTERS[index], one.title) for index, one in enumerate(found)]


def break_notes(marks: Iterable[tuple[int, str, Text]], words: Words) -> tuple[str, ...]:
    """Breaks in words, to stand below a chart."""
    return tuple(
        words("agency.break", mark=mark, year=str(year), title=words.label(title))
        for year, mark, title in marks
    )
