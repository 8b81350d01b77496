"""What a person says of single cells, in the report's own ``<year>.yml``: corrections, confirmations, acceptances.

    corrections:
      - cell: requests/carried_out/total
        raw: "1O"                 # what the source prints there; the row fails when it prints something else
        means: 10                 # a number: what the page means, never what would add up
        reason: 字母 O 当作零
        by: LW
        date: 2026-05-02
        source: 原件扫描页 p. 4

``means`` is a number, ``confirmed`` (a person compared the cell and what was read is what is printed) or ``unknown`` (nobody can
tell; the error is accepted and becomes a warning). Of a picture it may also be a mark such as ``/``, or ``blank``: no ink
of a figure, only dirt. Rows survive every rebuild, since they stand beside the report.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline.archive.strict_yaml import LARGEST_NUMBER
from pipeline.knowledge.messages import wrong
from pipeline.knowledge.numerals import read_figure
from pipeline.model.figure import CellKey, Status
from pipeline.model.source import Correction, CorrectionKind
from pipeline.safety.escape import visible

WORDS = (CorrectionKind.CONFIRMED, CorrectionKind.UNKNOWN, CorrectionKind.BLANK)
FIELDS = {"cell", "raw", "means", "reason", "by", "date", "source"}


def parse_corrections(place: str, rows: object) -> tuple[Correction, ...]:
    """The rows of a ``corrections`` list.

    Args:
        place: file, for messages.
        rows: as YAML gave them; None means none.

    Raises:
        PipelineError: no list, a row with wrong or missing fields, a cell twice.
    """
    if rows is None:
        return ()
    if not isinstance(rows, list):
        raise wrong("corrections_no_list", place=place)
    found = tuple(_row(f"{place}: corrections[{number}]", row) for number, row in enumerate(rows, 1))
    if len({row.cell for row in found}) != len(found):
        raise wrong("two_corrections", place=place)
    return found


def _row(place: str, row: Any) -> Correction:
    if not isinstance(row, dict) or set(row) != FIELDS:
        listed = ", ".join(sorted(FIELDS))
        raise wrong("correction_fields", place=place, listed=listed)
    try:
        cell = CellKey.parse(str(row["cell"]))
    except ValueError as error:
        raise wrong("correction_cell", place=place) from error
    if type(row["date"]) is not date:
        raise wrong("correction_date", place=place)
    for field in ("reason", "by", "source"):
        if not isinstance(row[field], str | int) or not visible(str(row[field])).strip():
            raise wrong("correction_empty", place=place, field=field)
    kind = _kind(row["means"])
    return Correction(
        cell=cell,
        raw=str(row["raw"] if row["raw"] is not None else ""),
        kind=kind,
        means=_number(place, row["means"]) if kind is CorrectionKind.CORRECTED else None,
        reason=str(row["reason"]),
        by=str(row["by"]),
        date=row["date"],
        source=str(row["source"]),
        mark=str(row["means"]) if kind is CorrectionKind.MARK else "",
    )


def _kind(means: object) -> CorrectionKind:
    if means in WORDS:
        return CorrectionKind(str(means))
    is_mark = isinstance(means, str) and read_figure(means)[1] is Status.MARK
    return CorrectionKind.MARK if is_mark else CorrectionKind.CORRECTED


def _number(place: str, value: object) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise wrong("correction_means", place=place) from error
    if not number.is_finite() or abs(number) >= LARGEST_NUMBER:
        raise wrong("correction_means", place=place)
    return number
