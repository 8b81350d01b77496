"""Indicators: each with its fraction. Comes in: the package. Goes out: tables for a report, an agency, a year.

The registry is in the package; its page says formula, caveat and comparability, and every table leads there. Where
the base is small the package gives no ratio, and the counts are shown alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median, quantiles

from pipeline.pages.addresses import INDICATORS, Page
from pipeline.pages.charts.over_years import break_notes, breaks
from pipeline.pages.charts.shapes import Columns, Figure, Series
from pipeline.pages.charts.tables import plain
from pipeline.pages.parts import amounts
from pipeline.pages.words import Words, figure
from pipeline.published.records import Definition, Indicator, Package, Report

FEW = 5  # reports; with fewer a median says nothing that the reports do not
QUARTILES = 8
FROM_COLUMNS = "total_from_columns"  # words of indicators.note


@dataclass(frozen=True)
class Row:
    """One indicator of one report: ``81/161`` and ``50%``, which is empty where the base is small."""

    key: str
    title: str
    fraction: str
    ratio: str


# What most people ask first, in this order; pages fold the others.
MATTER = (
    *("disclosure_rate", "refusal_rate", "unable_rate", "clearance_rate", "carryover_rate"),
    "litigation_correction_rate",
)


def by_importance(package: Package) -> list[tuple[str, Definition]]:
    """The registry with the rates of ``MATTER`` first, the others in its own order."""
    known = package.definitions
    first = [key for key in MATTER if key in known]
    return [(key, known[key]) for key in (*first, *(key for key in known if key not in first))]


def of_report(package: Package, report: Report, words: Words) -> tuple[list[Row], list[str]]:
    """The indicators that have a base, and in words why the others have none."""
    rows, none = [], {"zero_base": 0, "not_stated": 0}
    summed = False
    for key, definition in by_importance(package):
        one = report.indicators.get(key)
        if one is None:
            continue
        if one.note in none:
            none[one.note] += 1
            continue
        summed = summed or one.note == FROM_COLUMNS
        rows.append(Row(key, words.label(definition.title), _fraction(one), ratio(one)))
    notes = [words(f"indicators.{note}", n=count) for note, count in none.items() if count and rows]
    notes += [words("indicators.small")] if any(not row.ratio for row in rows) else []
    notes += [words("indicators.summed")] if summed else []
    return rows, notes


def _fraction(one: Indicator) -> str:
    above, below = one.numerator, one.denominator
    return f"{figure(above)}/{figure(below)}" if above is not None and below is not None else ""


def ratio(one: Indicator) -> str:
    """As a percentage; empty where the package gives none. Never 0 or 100 for what is not quite so."""
    return "" if one.value is None else percent(one.value)


def percent(value: Decimal) -> str:
    """A ratio as a percentage, whole."""
    whole = (value * 100).quantize(Decimal(1), ROUND_HALF_UP)
    if value and not whole:
        return "<1%"
    return ">99%" if value < 1 and whole == 100 else f"{figure(whole)}%"


# --- over the years of one agency ---


def over_years(package: Package, reports: Sequence[Report], words: Words) -> dict[str, object] | None:
    """A line an indicator, a column a year, newest first; None where no year has a base."""
    newest = tuple(reversed(reports))
    rows = []
    for key, definition in by_importance(package):
        cells = [_year(report.indicators.get(key)) for report in newest]
        if any(fraction for _, fraction in cells):
            rows.append((key, words.label(definition.title), cells))
    return {"reports": newest, "rows": rows} if rows else None


def _year(one: Indicator | None) -> tuple[str, str]:
    if one is None or not one.denominator:
        return "", ""
    return ratio(one), _fraction(one)


def chart(package: Package, reports: Sequence[Report], words: Words) -> Figure | None:
    """The first indicator of the registry over the years; None where fewer than two years have a ratio."""
    definition = next(iter(package.definitions.values()), None)
    if definition is None:
        return None
    held = {
        report.year: report.indicators[definition.key]
        for report in reports
        if definition.key in report.indicators
    }
    values = {year: one.value for year, one in held.items() if one.value is not None}
    if len(values) < 2:
        return None
    years = tuple(range(min(held), max(held) + 1))
    marks = breaks(package, years, amounts.REQUESTS)
    title, last = words.label(definition.title), max(values)
    rounded = {year: (value * 100).quantize(Decimal(1), ROUND_HALF_UP) for year, value in values.items()}
    return Figure(
        name="indicator",
        sources=(f"api/v1/indicators/{definition.key}.csv",),
        question=words("indicators.question", title=title),
        caption=words(
            "indicators.caption",
            year=str(last),
            title=title,
            ratio=percent(values[last]),
            fraction=_fraction(held[last]),
        ),
        chart=Columns(
            "%",
            tuple(str(year) for year in years),
            (Series(f"{title}（%）", "plain", tuple(rounded.get(year) for year in years)),),
            tuple((years.index(year), mark) for year, mark, _ in marks),
        ),
        header=(words("figure.year"), words("indicators.fraction"), words("indicators.ratio")),
        rows=tuple(
            (words("year", year=str(year)), _fraction(one), ratio(one) or words("indicators.no_ratio"))
            for year, one in sorted(held.items())
        ),
        data=(
            ("year", "numerator", "denominator", "value"),
            *(
                (str(year), *(plain(n) for n in (one.numerator, one.denominator, one.value)))
                for year, one in sorted(held.items())
            ),
        ),
        notes=(words.label(definition.caveat), *break_notes(marks, words)),
    )


# --- all agencies of a year ---


@dataclass(frozen=True)
class Spread:
    """One indicator over the reports of a year: n with a ratio, quartiles and median, and all of them pooled."""

    key: str
    title: str
    n: str
    q1: str
    median: str
    q3: str
    pooled: str
    fraction: str


def of_year(package: Package, reports: Iterable[Report], words: Words) -> list[Spread]:
    """Each indicator that has a base in some report, by importance."""
    counted = amounts.countable(reports)
    return [
        spread
        for _, definition in by_importance(package)
        for spread in _spread(
            definition,
            [report.indicators[definition.key] for report in counted if definition.key in report.indicators],
            words,
        )
    ]


def _spread(definition: Definition, found: Sequence[Indicator], words: Words) -> Iterator[Spread]:
    stated = [(one.numerator, one.denominator) for one in found]
    pairs = [(above, below) for above, below in stated if above is not None and below]
    above = sum((pair[0] for pair in pairs), Decimal(0))
    below = sum((pair[1] for pair in pairs), Decimal(0))
    if not below:
        return
    values = [one.value for one in found if one.value is not None]
    enough, quarters = len(values) >= FEW, len(values) >= QUARTILES
    low, _, high = quantiles(values, n=4, method="inclusive") if quarters else (Decimal(0),) * 3
    yield Spread(
        key=definition.key,
        title=words.label(definition.title),
        n=figure(len(values)),
        q1=percent(low) if quarters else "",
        median=percent(median(values)) if enough else "",
        q3=percent(high) if quarters else "",
        pooled=percent(above / below) if below >= definition.smallest else "",
        fraction=f"{figure(above)}/{figure(below)}",
    )


def registry(package: Package, words: Words) -> Page:
    """Every indicator: formula, smallest base, caveat, comparability."""
    return Page(
        path=INDICATORS,
        template="quality_indicators",
        title=words("indicators.title"),
        heading=words("indicators.heading"),
        description=words("indicators.lead"),
        values={
            "crumbs": [(words("nav.home"), ""), (words("quality.title"), "quality/")],
            "lead": words("indicators.lead"),
            "definitions": list(package.definitions.values()),
        },
        toc=False,
    )
