"""What the site knows of an agency's year: a report in some state, none held, or none due yet.

Comes in: the package. Goes out: a state per agency and year. No clock is asked: a year is due for an agency when the
package holds a report that is dated after the agency's deadline for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property

from pipeline.pages.context import Context, once
from pipeline.published.records import Agency, Package, Report


class State(StrEnum):
    """Of an agency's year; the worst finding decides."""

    CLEAN = "clean"
    NOTES = "notes"
    WARNINGS = "warnings"
    ERRORS = "errors"
    MISSING = "missing"
    NOT_DUE = "not_due"


HELD = {"info": State.NOTES, "warning": State.WARNINGS, "error": State.ERRORS}


def state_of(report: Report) -> State:
    """Of a report that is held."""
    severities = {finding.severity for finding in report.findings}
    return next((HELD[one] for one in reversed(HELD) if one in severities), State.CLEAN)


class Coverage:
    """The states of all agencies and years."""

    def __init__(self, package: Package) -> None:
        self.package = package
        held = list(package.by_year)
        self.years = (
            tuple(range(max(held), min(held) - 1, -1)) if held else ()
        )  # newest first, as a phone shows
        # A date that is not in the year after the one reported on may be a misprint; it makes nothing due.
        dates = (report.dated for report in package.reports if report.dated[:4] == str(report.year + 1))
        self.latest = max(dates, default="")

    @cached_property
    def _held(self) -> dict[tuple[str, int], tuple[Report, ...]]:
        found: dict[tuple[str, int], list[Report]] = {}
        for report in self.package.reports:
            found.setdefault((report.agency.key, report.year), []).append(report)
        return {key: tuple(reports) for key, reports in found.items()}

    @cached_property
    def _latest_due(self) -> dict[int, str]:
        """The latest deadline of a year: who has no report at all is given the most time."""
        return {
            year: max((report.due for report in reports), default="")
            for year, reports in self.package.by_year.items()
        }

    def reports(self, agency: Agency, year: int) -> tuple[Report, ...]:
        """What is held: usually one, or the agency's own and an aggregate."""
        return self._held.get((agency.key, year), ())

    def due(self, agency: Agency, year: int) -> str:
        """The agency's deadline for a year, by that of its other reports; ISO date."""
        own = self.package.by_agency[agency.key]
        if own:
            return f"{year + 1}{own[-1].due[4:]}"
        return self._latest_due.get(year) or f"{year + 1}-12-31"

    def absent(self, agency: Agency, year: int) -> State:
        """Of a year of which nothing is held."""
        return State.MISSING if self.latest > self.due(agency, year) else State.NOT_DUE

    def count(self, agencies: Iterable[Agency], year: int) -> Counter[State]:
        """Reports by state, and agencies without one."""
        counts: Counter[State] = Counter()
        for agency in agencies:
            reports = self.reports(agency, year)
            counts.update([state_of(report) for report in reports] or [self.absent(agency, year)])
        return counts


@once
def coverage(context: Context) -> Coverage:
    """That of a context's package."""
    return Coverage(context.package)
