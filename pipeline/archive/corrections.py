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
tell; the error is accepted and becomes a warning). Rows survive every rebuild, since they stand beside the report.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline.model.figure import CellKey
from pipeline.model.findings import PipelineError
from pipeline.model.source import CONFIRMED, UNKNOWN, Correction

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
        raise PipelineError(f"{place}：corrections 应当是列表", f"{place}: corrections is a list")
    found = tuple(_row(f"{place}: corrections[{number}]", row) for number, row in enumerate(rows, 1))
    if len({row.cell for row in found}) != len(found):
        raise PipelineError(f"{place}：同一格有两行更正", f"{place}: two corrections of one cell")
    return found


def _row(place: str, row: Any) -> Correction:
    if not isinstance(row, dict) or set(row) != FIELDS:
        listed = ", ".join(sorted(FIELDS))
        raise PipelineError(f"{place}：每行要有且只有 {listed}", f"{place}: a row has just {listed}")
    try:
        cell = CellKey.parse(str(row["cell"]))
    except ValueError as error:
        raise PipelineError(
            f"{place}：cell 写成 表/行/列", f"{place}: write cell as table/row/column"
        ) from error
    if not isinstance(row["date"], date):
        raise PipelineError(f"{place}：date 写成 2026-05-02", f"{place}: write date as 2026-05-02")
    for field in ("reason", "by", "source"):
        if not str(row[field] or "").strip():
            raise PipelineError(f"{place}：{field} 不能空", f"{place}: {field} may not be empty")
    kind = row["means"] if row["means"] in (CONFIRMED, UNKNOWN) else "corrected"
    return Correction(
        cell=cell,
        raw=str(row["raw"] if row["raw"] is not None else ""),
        kind=kind,
        means=_number(place, row["means"]) if kind == "corrected" else None,
        reason=str(row["reason"]),
        by=str(row["by"]),
        date=row["date"],
        source=str(row["source"]),
    )


def _number(place: str, value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise PipelineError(
            f"{place}：means 是数字、confirmed 或 unknown",
            f"{place}: means is a number, confirmed or unknown",
        ) from error
