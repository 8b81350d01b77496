"""A package as if it held one year alone: the rows of the reports of that year, and the code lists as they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.published.reader import Published, Row


@dataclass(frozen=True)
class OfYear(Published):
    """A package of which the rows of one year are seen; ``year`` as the tables have it."""

    year: str = ""

    @cached_property
    def _reports(self) -> frozenset[str]:
        return frozenset(row["report_id"] for row in super().records("reports") if row["year"] == self.year)

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table that tell of the year, or of none, by its key.

        Args:
            table: its key.
        """
        names = self.tables[table].names
        if "year" in names:
            at = names.index("year")
            return (row for row in super().rows(table) if row[at] == self.year)
        if "report_id" in names:
            at = names.index("report_id")
            return (row for row in super().rows(table) if row[at] in self._reports)
        return super().rows(table)


def years(package: Published) -> tuple[str, ...]:
    """The years that its reports tell of, in order.

    Args:
        package: open; without reports there is none.
    """
    return tuple(sorted({row["year"] for row in package.records("reports")}))


def of_year(package: Published, year: str) -> OfYear:
    """What it holds of one year.

    Args:
        package: open; it stays as it is.
        year: as the tables have it; of a year that is not there no report is seen.
    """
    return OfYear(package.place, package.inside, package.descriptor, package._kept, year=year)
