"""Why information was not provided, reason by reason."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pipeline.pages.charts.shapes import Bar, Bars, Figure, kind_of
from pipeline.pages.charts.tables import bars_of, figure_of, lines_of, with_share
from pipeline.pages.parts import amounts
from pipeline.pages.parts.story import GIVEN
from pipeline.pages.words import Words
from pipeline.published.records import Package, Report

HEADING = "report.reasons"
MOST_REASONS = 10  # bars; a phone shows no more at once


def draw(package: Package, report: Report, words: Words) -> Figure | None:
    """Of one report; None where nothing was withheld."""
    requests = amounts.requests(report)
    groups = {group: rows for group, rows in requests.reasons.items() if group not in GIVEN}
    single = {item: amount for rows in groups.values() for item, amount in rows.items()}
    # A form that has one figure for a whole group: the group is its own reason.
    single |= {
        group: amount
        for group, amount in requests.outcomes.items()
        if group not in GIVEN and group not in groups
    }
    kinds = {item: group for group, rows in groups.items() for item in rows}
    some = {item: amount for item, amount in single.items() if amount.number}
    whole = sum((amount.number for amount in some.values()), Decimal(0))
    if not whole:
        return None
    stated = all(amount.stated for amount in single.values())
    top = max(some, key=lambda item: some[item].number)
    most, label = some[top].number, words.label(package.items[top].short)
    if not stated:
        caption = words("figure.reasons.some", n=whole)
    elif most == whole:
        caption = words("figure.reasons.all", n=whole, label=label)
    else:
        caption = words("figure.reasons.most", n=whole, label=label, most=with_share(most, whole, words))
    lines = lines_of(package, some, words, kinds=kinds)
    colours = tuple(
        (kind_of(group), words.label(package.items[group].short))
        for group in dict.fromkeys(kinds.get(item, item) for item in some)
    )
    return figure_of(
        lines,
        words,
        name="reasons",
        question=words("figure.reasons.question"),
        caption=caption,
        whole=whole if stated else Decimal(0),
        basis=True,
        chart=_most_reasons(bars_of(lines, words, colours if kinds else ()), words),
        notes=(words("figure.reasons.only" if stated else "figure.reasons.only_partial"),),
    )


def _most_reasons(chart: Bars, words: Words) -> Bars:
    """The most frequent reasons, in the order of the form, and the others as one bar; the table has them all."""
    if len(chart.bars) <= MOST_REASONS:
        return chart
    kept = sorted(chart.bars, key=lambda bar: -bar.value)[: MOST_REASONS - 1]
    others = [bar for bar in chart.bars if bar not in kept]
    whole = sum((bar.value for bar in others), Decimal(0))
    label = words("figure.reasons.others", n=len(others))
    rest = Bar(label, whole, "plain", words("count", n=whole))
    drawn = (*(bar for bar in chart.bars if bar in kept), rest)
    colours = {bar.kind for bar in drawn}
    return replace(chart, bars=drawn, groups=tuple(group for group in chart.groups if group[0] in colours))
