"""The figures of the package cell by cell, whether their table is wide (a column a measure) or long (a row a cell)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

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
        """The cells of a row of the package, each with its figure as text; empty for none."""
        item = record[self.row]
        if not self.wide:
            measure, value = LONG
            yield CellKey(self.name, item, record[measure]), record[value]
        for measure in self.measures:
            yield CellKey(self.name, item, measure), record[measure]


def figures(
    rows: Mapping[str, Iterable[Record]], tables: Iterable[FigureTable]
) -> dict[tuple[str, CellKey], str]:
    """(report, cell) → figure as text, of all rows of these tables; a table without rows has none."""
    return {
        (record["report_id"], key): value
        for table in tables
        for record in rows.get(table.name, ())
        for key, value in table.cells(record)
    }
