"""Rows of figures whose label is no row of the form → which row each may be, by its place. Nothing is settled here.

A misprinted label between the two rows that stand around a missing one in the form, with half of that one's characters,
may be that row; rows that nobody knows may stand beside it. Whether it is, the sums decide, in ``columns``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rapidfuzz.distance import Indel

from pipeline.knowledge import normalize
from pipeline.model.form import Form
from pipeline.reading.rows import PrintedRow

ALIKE = 0.5  # of the characters of both labels


def with_places(rows: Sequence[PrintedRow], form: Form) -> list[PrintedRow]:
    """The same rows; an unnamed one has ``by_place`` where the form has one missing row between its neighbours.

    Args:
        rows: as printed, one after the other.
        form: whose order of rows counts.
    """
    named = {item for row in rows for item in row.items}
    return [
        replace(row, by_place=place) if not row.items and (place := _place(rows, n, form, named)) else row
        for n, row in enumerate(rows)
    ]


def _place(rows: Sequence[PrintedRow], number: int, form: Form, named: set[str]) -> str:
    """The missing row that the form has just there; empty where it has none, or where not this label alone is like it."""
    row = rows[number]
    above = next((n for n in range(number - 1, -1, -1) if rows[n].items or rows[n].group), -1)
    below = next((n for n in range(number + 1, len(rows)) if rows[n].items or rows[n].group), len(rows))
    around = [rows[n] for n in (above, below) if 0 <= n < len(rows)]
    if len(around) < 2 or any(len(one.items) != 1 or one.table != row.table for one in around):
        return ""
    order = [data.key for part in form.table(row.table).parts for data in part.data_rows]
    first, last = (order.index(one.items[0]) for one in around)
    if last - first != 2 or (missing := order[first + 1]) in named:
        return ""
    part = form.table(row.table).part_of(missing)
    official = next(data.item.labels for data in part.data_rows if data.key == missing)
    alike = [n for n in range(above + 1, below) if _likeness(rows[n].label, official) >= ALIKE]
    return missing if alike == [number] else ""


def _likeness(printed: str, official: Iterable[str]) -> float:
    label = normalize.label(printed)
    return max(Indel.normalized_similarity(label, normalize.label(one)) for one in official)
