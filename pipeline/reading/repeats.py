"""Rows as printed → one for each row of the form, and those that are printed twice with different figures."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.knowledge import normalize
from pipeline.reading.rows import PrintedRow


def without_repeats(
    rows: Iterable[PrintedRow],
) -> tuple[list[PrintedRow], list[tuple[PrintedRow, PrintedRow]]]:
    """One row for each row of the form.

    Returns:
        the rows, repeats of the same figures dropped; and apart from them the pairs that contradict each other.
    """
    kept: dict[tuple[str, tuple[str, ...]], PrintedRow] = {}
    contradictions: dict[tuple[str, tuple[str, ...]], tuple[PrintedRow, PrintedRow]] = {}
    for row in rows:
        key = (row.table, row.items)
        if key not in kept or not _figures(kept[key]):
            kept[key] = row
        elif _figures(row) and _figures(row) != _figures(kept[key]):
            contradictions.setdefault(key, (kept[key], row))
    return [row for key, row in kept.items() if key not in contradictions], list(contradictions.values())


def _figures(row: PrintedRow) -> list[str]:
    return [normalize.compact(cell.text) for cell in row.cells if normalize.compact(cell.text)]
