"""One year beside the last, and beside the median of like agencies: counts with n, no order of merit.

Comes in: the package. Goes out: for each report a small table, or None where there is nothing to put beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pipeline.pages.charts.outcomes import OPEN
from pipeline.pages.charts.tables import cell
from pipeline.pages.context import Context, once
from pipeline.pages.parts import amounts
from pipeline.pages.parts.amounts import Amount
from pipeline.pages.words import figure
from pipeline.published.records import Agency, Report

SMALLEST = 3  # agencies; the median of fewer would tell of one of them
ROWS = ("new_received", "carried_in", amounts.OUTCOMES_TOTAL, "granted", "denied", "unavailable", OPEN)

Kind = tuple[int, str, str]  # year, function and level
Medians = Mapping[str, tuple[Decimal, int]]  # row → the median, and of how many agencies


@dataclass(frozen=True)
class Beside:
    """Header and rows: label, this year, and as far as there are any last year and the median of ``n`` agencies."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def medians(context: Context, report: Report) -> Medians:
    """The medians of the agencies that are like one of a report, of its year."""
    return _median(context, _kind(report))


def beside(context: Context, report: Report, like: Medians) -> Beside | None:
    """The table of one report; None for an aggregate, and where it stands alone."""
    words = context.words
    if report not in amounts.countable([report]):
        return None
    own = amounts.countable(context.package.by_agency[report.agency.key])
    last = next((one for one in own if one.year == report.year - 1), None)
    if last is None and not like:
        return None
    header = [words("figure.item"), words("year", year=str(report.year))]
    header += [words("year", year=str(last.year))] if last else []
    header += [words("beside.median", n=max(n for _, n in like.values()))] if like else []
    rows = []
    for key in ROWS:
        if key not in context.package.items:
            continue
        cells = [words.label(context.package.items[key].short), cell(_amount(report, key), words)]
        cells += [cell(_amount(last, key), words)] if last else []
        if like:
            cells.append(figure(like[key][0]) if key in like else words("not_stated"))
        rows.append(tuple(cells))
    return Beside(tuple(header), tuple(rows))


@once
def _like(context: Context) -> dict[Kind, list[Report]]:
    found: dict[Kind, list[Report]] = defaultdict(list)
    for report in amounts.countable(context.package.reports):
        found[_kind(report)].append(report)
    return found


@once
def _median(context: Context, kind: Kind) -> Medians:
    found = {}
    for key in ROWS:
        stated = [one.number for report in _like(context)[kind] if (one := _amount(report, key)).stated]
        if len(stated) >= SMALLEST:
            found[key] = amounts.middle(stated), len(stated)
    return found


def _kind(report: Report) -> Kind:
    agency: Agency = report.agency
    return report.year, agency.function, agency.level


def _amount(report: Report, key: str) -> Amount:
    if key in ("new_received", "carried_in", amounts.OUTCOMES_TOTAL, OPEN):
        return amounts.total(report, amounts.REQUESTS, key)
    return amounts.requests(report).outcomes.get(key, amounts.NOTHING)
