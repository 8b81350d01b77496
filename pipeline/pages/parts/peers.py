"""One year beside the last, and beside the median of like agencies: counts with n, no order of merit.

Comes in: the package. Goes out: for each report a small table, or None where there is nothing to put beside it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from pipeline.pages.charts.outcomes import OPEN
from pipeline.pages.charts.tables import cell
from pipeline.pages.parts import amounts
from pipeline.pages.parts.amounts import Amount
from pipeline.pages.words import Words, figure
from pipeline.published.records import Agency, Package, Report

SMALLEST = 3  # agencies; the median of fewer would tell of one of them
ROWS = ("new_received", "carried_in", amounts.OUTCOMES_TOTAL, "granted", "denied", "unavailable", OPEN)


@dataclass(frozen=True)
class Beside:
    """Header and rows: label, this year, and as far as there are any last year and the median of ``n`` agencies."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class BesidePages:
    """Knows the reports of like agencies, so that each is asked once."""

    def __init__(self, package: Package, words: Words) -> None:
        self.package, self.words = package, words
        self._like: dict[tuple[int, str, str], list[Report]] = defaultdict(list)
        self._medians: dict[tuple[int, str, str], dict[str, tuple[Decimal, int]]] = {}
        for report in amounts.countable(package.reports):
            self._like[_kind(report)].append(report)

    def of(self, report: Report) -> Beside | None:
        """The table of one report; None for an aggregate, and where it stands alone."""
        words = self.words
        if report not in amounts.countable([report]):
            return None
        own = amounts.countable(self.package.by_agency[report.agency.key])
        last = next((one for one in own if one.year == report.year - 1), None)
        like = self._median(_kind(report))
        if last is None and not like:
            return None
        header = [words("figure.item"), words("year", year=str(report.year))]
        header += [words("year", year=str(last.year))] if last else []
        header += [words("beside.median", n=max(n for _, n in like.values()))] if like else []
        rows = []
        for key in ROWS:
            if key not in self.package.items:
                continue
            cells = [words.label(self.package.items[key].short), cell(_amount(report, key), words)]
            cells += [cell(_amount(last, key), words)] if last else []
            if like:
                cells.append(figure(like[key][0]) if key in like else words("not_stated"))
            rows.append(tuple(cells))
        return Beside(tuple(header), tuple(rows))

    def _median(self, kind: tuple[int, str, str]) -> dict[str, tuple[Decimal, int]]:
        if kind not in self._medians:
            found = {}
            for key in ROWS:
                stated = [one.number for report in self._like[kind] if (one := _amount(report, key)).stated]
                if len(stated) >= SMALLEST:
                    found[key] = amounts.middle(stated), len(stated)
            self._medians[kind] = found
        return self._medians[kind]


def _kind(report: Report) -> tuple[int, str, str]:
    agency: Agency = report.agency
    return report.year, agency.function, agency.level


def _amount(report: Report, key: str) -> Amount:
    if key in ("new_received", "carried_in", amounts.OUTCOMES_TOTAL, OPEN):
        return amounts.total(report, amounts.REQUESTS, key)
    return amounts.requests(report).outcomes.get(key, amounts.NOTHING)
