"""Totals that say where they come from. Comes in: one report. Goes out: amounts, printed or added up, and which.

The printed total comes first. Where a report does not state it, the sum of the other columns stands in, and whoever
shows it has to say so. Cells without a figure are no zeros: a sum that lacks some says so too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from statistics import median

from pipeline.model.form import Form
from pipeline.published.records import Report

TOTAL = "total"  # the column of totals, in every official table that has one


def middle(values: Sequence[Decimal]) -> Decimal:
    """The median; of none, a StatisticsError: ask only where there are enough."""
    found = Decimal(median(values))
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found


class Basis(StrEnum):
    """Where an amount comes from."""

    PRINTED = "printed"  # the report prints it
    DERIVED = "derived"  # several printed totals together; no form has a cell for it
    SUMMED = "summed"  # a total the report does not print, added up by us from cells that are all stated
    PARTIAL = "partial"  # added up, but some of the cells have no figure
    MISSING = "missing"  # nothing to go by


@dataclass(frozen=True)
class Amount:
    """A number with its basis; ``value`` is None only when the basis is MISSING."""

    value: Decimal | None
    basis: Basis

    @property
    def number(self) -> Decimal:
        """The value, for charts and comparisons; 0 where there is none (callers show the basis beside it)."""
        return self.value or Decimal(0)

    @property
    def stated(self) -> bool:
        """Whether it can be relied on: printed, or a sum that lacks nothing."""
        return self.basis in (Basis.PRINTED, Basis.DERIVED, Basis.SUMMED)

    @property
    def as_printed(self) -> bool:
        """Whether every number in it is a total that a report prints."""
        return self.basis in (Basis.PRINTED, Basis.DERIVED)


NOTHING = Amount(None, Basis.MISSING)


def total(report: Report, table: str, row: str) -> Amount:
    """The total of one row: as printed, else the sum of its other columns."""
    figures = report.rows.get((table, row))
    if figures is None:
        return NOTHING
    if (printed := figures[TOTAL]) is not None:
        return Amount(printed, Basis.PRINTED)
    return _sum(
        value for column, value in zip(figures.columns, figures.values, strict=True) if column != TOTAL
    )


def _sum(values: Iterable[Decimal | None]) -> Amount:
    cells = tuple(values)
    known = [value for value in cells if value is not None]
    if not known:
        return NOTHING
    return Amount(sum(known, Decimal(0)), Basis.SUMMED if len(known) == len(cells) else Basis.PARTIAL)


def add(amounts: Iterable[Amount]) -> Amount:
    """Several amounts together. One of them stays what it is; of several, the weakest basis counts."""
    parts = tuple(amounts)
    if len(parts) == 1:
        return parts[0]
    known = [amount.value for amount in parts if amount.value is not None]
    if not known:
        return NOTHING
    basis = Basis.PARTIAL
    if all(amount.stated for amount in parts):
        basis = Basis.DERIVED if all(amount.as_printed for amount in parts) else Basis.SUMMED
    return Amount(sum(known, Decimal(0)), basis)


@dataclass(frozen=True, eq=False)
class Requests:
    """What came in and what became of it, in one report or in several together.

    Attributes:
        received, carried_in, closed, carried_out: rows of the table of requests.
        outcomes: kinds of outcome in the order of the form (groups such as ``denied`` are sums of their rows).
        reasons: the single rows behind the groups, group → row → amount.
    """

    received: Amount
    carried_in: Amount
    closed: Amount
    carried_out: Amount
    outcomes: Mapping[str, Amount]
    reasons: Mapping[str, Mapping[str, Amount]]

    @property
    def handled(self) -> Amount:
        """All that was to be handled: received and carried in."""
        return add((self.received, self.carried_in))

    @property
    def asked(self) -> bool:
        """Whether the form asks about requests. Where it does not, nothing is said of them, and no zero is shown."""
        return bool(self.outcomes)

    @property
    def nothing(self) -> bool:
        """Whether it is certain that there were no requests at all."""
        everything = (self.received, self.carried_in, self.closed, self.carried_out, *self.outcomes.values())
        return all(amount.value in (None, 0) for amount in everything) and self.received.stated


REQUESTS, OUTCOMES, OUTCOMES_TOTAL = "requests", "outcomes", "outcomes_total"


@lru_cache(maxsize=64)
def outcome_groups(form: Form) -> Mapping[str, tuple[str, ...]]:
    """The kinds of outcome of a form, each with the rows it consists of; a row without parts consists of itself."""
    table = form.find(REQUESTS)
    rows = [row for part in table.parts for row in part.rows] if table else []
    kinds = [row for row in rows if row.parent == OUTCOMES and row.key != OUTCOMES_TOTAL]
    return {
        kind.key: tuple(row.key for row in rows if row.parent == kind.key and not row.is_group) or (kind.key,)
        for kind in kinds
    }


@lru_cache(maxsize=32768)  # a report is told on its own page, its agency's, its year's and the first
def requests(report: Report) -> Requests:
    """The table of requests of one report, as amounts."""
    groups = outcome_groups(report.form)
    cells = {item: total(report, REQUESTS, item) for items in groups.values() for item in items}
    return Requests(
        received=total(report, REQUESTS, "new_received"),
        carried_in=total(report, REQUESTS, "carried_in"),
        closed=total(report, REQUESTS, OUTCOMES_TOTAL),
        carried_out=total(report, REQUESTS, "carried_out"),
        outcomes={group: add(cells[item] for item in items) for group, items in groups.items()},
        reasons={
            group: {item: cells[item] for item in items}
            for group, items in groups.items()
            if items != (group,)
        },
    )


def together(all_requests: Iterable[Requests]) -> Requests:
    """Several reports as one; groups and rows in the order in which the forms name them."""
    several = tuple(all_requests)
    groups = list(dict.fromkeys(group for one in several for group in one.outcomes))
    rows = {
        group: list(dict.fromkeys(item for one in several for item in one.reasons.get(group, {})))
        for group in groups
    }
    return Requests(
        received=add(one.received for one in several),
        carried_in=add(one.carried_in for one in several),
        closed=add(one.closed for one in several),
        carried_out=add(one.carried_out for one in several),
        outcomes={
            group: add(one.outcomes[group] for one in several if group in one.outcomes) for group in groups
        },
        reasons={
            group: {
                item: add(one.reasons[group][item] for one in several if item in one.reasons.get(group, {}))
                for item in items
            }
            for group, items in rows.items()
            if items
        },
    )


def cases(report: Report) -> Mapping[str, Mapping[str, Decimal | None]]:
    """Review and litigation: row → column → figure as printed, in the order of the form."""
    table = report.form.find("review_litigation")
    rows = [(part, row) for part in table.parts for row in part.data_rows] if table else []
    return {
        row.key: {column: report.value("review_litigation", row.key, column) for column in part.keys}
        for part, row in rows
    }


def results(reports: Iterable[Report]) -> dict[str, Decimal]:
    """Results of review and litigation over all procedures, by column, without the totals; stated figures only."""
    found: dict[str, Decimal] = {}
    for report in reports:
        for figures in cases(report).values():
            for column, value in figures.items():
                if column != TOTAL:
                    found[column] = found.get(column, Decimal(0)) + (value or 0)
    return found


def countable(reports: Iterable[Report]) -> tuple[Report, ...]:
    """The reports that may be added up: aggregates of a place or system already hold those of its departments."""
    return tuple(report for report in reports if report.scope not in ("jurisdiction", "system"))
