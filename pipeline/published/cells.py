"""The figures of the package cell by cell, whether their table is wide (a column a measure) or long (a row a cell)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.model.figure import CellKey

Record = Mapping[str, str]  # a row of a table, as name → text
LONG = ("measure", "value")  # columns of a table that has a row a cell


@dataclass(frozen=True)
class FigureTable:
    """How a table of the package holds the figures of a table of the forms.

    Attributes:
        row: the column that names the row of the form.
        measures: the columns that hold figures; empty where each row is one cell, with ``measure`` and ``value``.
    """

    name: str
    row: str
    measures: tuple[str, ...]

    @property
    def wide(self) -> bool:
        """Whether a row holds several cells."""
        return bool(self.measures)

    def cells(self, record: Record) -> Iterator[tuple[CellKey, str]]:
        """The cells of a row of the package, each with its figure as text; empty for none.

        Args:
            record: of this table, with all its columns.
        """
        item = record[self.row]
        if not self.wide:
            measure, value = LONG
            return iter(((_key(self.name, item, record[measure]), record[value]),))
        return zip(_keys(self.name, item, self.measures), map(record.__getitem__, self.measures), strict=True)


_key = lru_cache(maxsize=4096)(CellKey)  # as many as the forms have cells: found faster than made anew


@lru_cache(maxsize=4096)
def _keys(table: str, item: str, measures: tuple[str, ...]) -> tuple[CellKey, ...]:
    return tuple(CellKey(table, item, measure) for measure in measures)


def figures(
    rows: Mapping[str, Iterable[Record]], tables: Iterable[FigureTable]
) -> dict[tuple[str, CellKey], str]:
    """(report, cell) → figure as text, of all rows of these tables; a table without rows has none.

    Args:
        rows: table → rows; other tables than these may be among them.
        tables: those that hold figures.
    """
    return {
        (record["report_id"], key): value
        for table in tables
        for record in rows.get(table.name, ())
        for key, value in table.cells(record)
    }
