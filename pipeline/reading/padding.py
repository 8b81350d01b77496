"""Rows of a grid → the same without the blanks that are no cells of theirs."""

from __future__ import annotations

from collections import Counter

from pipeline.knowledge import normalize
from pipeline.reading.rows import PrintedRow


def without_padding(rows: list[PrintedRow]) -> list[PrintedRow]:
    """The rows without the blanks that belong to a label as wide as several columns.

    In a grid the figures of a table begin below the first name of its header; where that does not tell, they begin in
    the same column, and the column of most rows is taken.
    """
    starts: dict[tuple[int, str], Counter[int]] = {}
    labelled = [row for row in rows if len(row.items) == 1]
    for row in labelled:
        if row.grid and row.has_figures:
            first = next(cell.column for cell in row.cells if normalize.clean(cell.text))
            starts.setdefault((row.grid, row.table), Counter())[first] += 1
    for row in rows:
        start = row.start
        if start is None and len(row.items) == 1 and (found := starts.get((row.grid, row.table))):
            start = min(found, key=lambda column: (-found[column], column))
        if start is not None:
            row.cells = [cell for cell in row.cells if cell.column >= start or normalize.clean(cell.text)]
    return rows
