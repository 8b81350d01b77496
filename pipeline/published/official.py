"""The rows of a table in the order in which the official forms print them. The CSVs are sorted by key, people are not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from pipeline.published.descriptor import Table
from pipeline.published.reader import Published, Row

Place = tuple[str, str, str, str]  # form, table, item, measure; "" is any form, or the whole row


class Official:
    """Where each cell stands in each form of a package. What no form has comes after all that one has."""

    def __init__(self, package: Published) -> None:
        self._package = package
        self._forms = {row["report_id"]: row["template"] for row in package.records("reports")}
        self._places: dict[Place, int] = {}
        for name, form in package.descriptor.forms.items():
            rows = (
                (table.key, row.key, column)
                for table in form.tables
                for part in table.parts
                for row in part.rows
                for column in ("", *(() if row.is_group else part.keys))
            )
            for table, item, measure in rows:
                for of in (name, ""):  # an item that several forms have stands where the first has it
                    self._places.setdefault((of, table, item, measure), len(self._places))

    def rows(self, table: Table) -> Iterator[Row]:
        """The rows of a table: a report at a time, so that a table of any length is never held as a whole.

        Args:
            table: of the package.
        """
        rows = self._package.rows(table.name)
        if "item" not in table.names and table.name not in self._package.descriptor.figure_tables:
            if "sort_order" in table.names:
                return iter(sorted(rows, key=lambda row: int(row[table.position("sort_order")])))
            return rows
        if "report_id" not in table.names:
            return iter(sorted(rows, key=lambda row: self._place(table, row, "")))
        report = table.position("report_id")
        return (
            row
            for name, of_report in groupby(rows, key=lambda row: row[report])
            for row in sorted(of_report, key=lambda row: self._place(table, row, self._forms.get(name, "")))
        )

    def _place(self, table: Table, row: Row, form: str) -> int:
        cells = dict(zip(table.names, row, strict=True))
        figures = self._package.descriptor.figure_tables.get(table.name)
        item = cells[figures.row if figures else "item"]
        if not item:
            return -1  # about the report, or a table of it
        key = form, cells.get("form_table", table.name), item, cells.get("measure", "")
        return self._places.get(key, len(self._places))
