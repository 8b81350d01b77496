"""One year side by side: the same small chart for each function, and for each place, with how many agencies it has.

Groups stand in the order of the official lists, never in that of their numbers: a share is no measure of merit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from pipeline.pages.charts.outcomes import OPEN
from pipeline.pages.charts.shapes import Figure, Strip, Strips, kind_of
from pipeline.pages.charts.tables import cell, plain
from pipeline.pages.parts import amounts
from pipeline.pages.parts.amounts import Requests
from pipeline.pages.words import SMALLEST_BASE, Words, figure
from pipeline.published.records import Package, Report

MOST_GROUPS = 40  # of places: more are told by the wider place

Key = Callable[[Report], str]


def by_function(package: Package, reports: Sequence[Report], words: Words) -> Figure | None:
    """What became of requests by function; None where there is one function only, or no form asks about requests."""
    order = package.descriptor.codes("agencies", "function_class")
    found = _grouped(reports, lambda report: report.agency.function)
    keys = sorted(found, key=lambda key: (order.index(key) if key in order else len(order), key))
    titles = {key: words.label(package.descriptor.word("agencies", "function_class", key)) for key in keys}
    return _figure(package, {titles[key]: found[key] for key in keys}, words, "functions")


def by_place(package: Package, reports: Sequence[Report], words: Words) -> Figure | None:
    """The same by place: the narrowest of county, city and province that gives few enough; None for one place, or as above."""
    ordered = sorted(reports, key=lambda report: (report.agency.division, report.key))
    for depth in (3, 2, 1):
        found = _grouped(ordered, lambda report: words.places(report.agency.places[:depth]))  # noqa: B023
        if len(found) <= MOST_GROUPS:
            break
    return _figure(package, found, words, "places")


def _grouped(reports: Iterable[Report], key: Key) -> dict[str, list[Report]]:
    found: dict[str, list[Report]] = {}
    for report in reports:
        found.setdefault(key(report), []).append(report)
    return found


def _figure(package: Package, groups: dict[str, list[Report]], words: Words, name: str) -> Figure | None:
    if len(groups) < 2 or not package.asks_requests:
        return None
    sums = {
        title: amounts.together(amounts.requests(one) for one in reports) for title, reports in groups.items()
    }
    kinds = list(dict.fromkeys(kind for whole in sums.values() for kind in (*whole.outcomes, OPEN)))
    labels = {kind: words.label(package.items[kind].short) for kind in kinds}
    header = (words(f"groups.{name}"), words("figure.agencies"), *labels.values())
    strips, rows, data = [], [], [("group", "agencies", *kinds)]
    shares: list[Decimal] = []
    for title, reports in groups.items():
        whole = sums[title]
        parts = {kind: _of(whole, kind) for kind in kinds}
        handled = sum((part.number for part in parts.values()), Decimal(0))
        enough = handled >= SMALLEST_BASE
        strips.append(
            Strip(
                label=title,
                text=words("groups.n" if enough else "groups.few", agencies=len(reports), n=handled),
                parts=tuple((kind_of(kind), labels[kind], parts[kind].number) for kind in kinds)
                if enough
                else (),
            )
        )
        if enough and all(part.stated for part in parts.values()) and "granted" in parts:
            shares.append(parts["granted"].number / handled)
        rows.append((title, figure(len(reports)), *(cell(part, words) for part in parts.values())))
        data.append((title, str(len(reports)), *(plain(part.value) for part in parts.values())))
    return Figure(
        name=name,
        question=words(f"groups.{name}_question"),
        caption=words(f"groups.{name}_caption", groups=len(groups), n=sum(map(len, groups.values())))
        + _range(shares, words),
        chart=Strips(words("unit"), tuple(strips)),
        header=header,
        rows=tuple(rows),
        data=tuple(data),
        notes=(words("groups.about", n=SMALLEST_BASE),),
    )


def _range(shares: Sequence[Decimal], words: Words) -> str:
    """From which share to which, over the groups for which it can be told; whose it is, is in the chart."""
    if len(shares) < 2:
        return ""
    low, high = (words.percent(share * 100, Decimal(100)) for share in (min(shares), max(shares)))
    return words("groups.range", low=low, high=high)


def _of(whole: Requests, kind: str) -> amounts.Amount:
    return whole.carried_out if kind == OPEN else whole.outcomes.get(kind, amounts.NOTHING)
