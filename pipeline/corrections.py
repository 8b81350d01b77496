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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline.findings import Finding, Location, PipelineError, Severity
from pipeline.numerals import Figure, Status
from pipeline.rules import CellKey
from pipeline.template import finding_kinds

CONFIRMED = "confirmed"
UNKNOWN = "unknown"
FIELDS = {"cell", "raw", "means", "reason", "by", "date", "source"}


@dataclass(frozen=True)
class Correction:
    """One row. ``means`` is a number, or None for a confirmation or an acceptance (see ``kind``)."""

    cell: CellKey
    raw: str
    kind: str
    means: Decimal | None
    reason: str
    by: str
    date: date
    source: str


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
    parts = str(row["cell"]).split("/")
    if len(parts) != 3:
        raise PipelineError(f"{place}：cell 写成 表/行/列", f"{place}: write cell as table/row/column")
    if not isinstance(row["date"], date):
        raise PipelineError(f"{place}：date 写成 2026-05-02", f"{place}: write date as 2026-05-02")
    for field in ("reason", "by", "source"):
        if not str(row[field] or "").strip():
            raise PipelineError(f"{place}：{field} 不能空", f"{place}: {field} may not be empty")
    kind = row["means"] if row["means"] in (CONFIRMED, UNKNOWN) else "corrected"
    return Correction(
        cell=(parts[0], parts[1], parts[2]),
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


def apply_corrections(
    corrections: Sequence[Correction], figures: dict[CellKey, Figure], findings: Iterable[Finding]
) -> tuple[dict[CellKey, Figure], tuple[Finding, ...]]:
    """Figures and findings after the rows have had their say.

    A row whose ``raw`` is not what the source prints, or whose cell the form does not have, changes nothing and is
    an error (C102). A number may be given only where the reading has none: what is printed plainly is never changed
    (C103). Each row that applies is a finding of its own (C101), so that every review is in the data.
    """
    kinds = finding_kinds()
    figures, kept, said = dict(figures), list(findings), []
    for row in corrections:
        at = Location(*row.cell, source=figures[row.cell].place if row.cell in figures else "")
        about = {"reason": row.reason, "by": row.by, "date": row.date.isoformat(), "source": row.source}
        figure = figures.get(row.cell)
        if figure is None or figure.raw != row.raw:
            said.append(kinds["C102"](at, reported=figure.raw if figure else "", expected=row.raw, **about))
            continue
        if row.kind == "corrected":
            if figure.value is not None and figure.value != row.means:
                said.append(kinds["C103"](at, reported=figure.raw, expected=str(row.means), **about))
                continue
            figures[row.cell] = Figure(figure.raw, row.means, Status.REPORTED, figure.place, figure.unit)
        code = {"corrected": "C101", CONFIRMED: "C104", UNKNOWN: "C105"}[row.kind]
        said.append(
            kinds[code](at, reported=row.raw, expected="" if row.means is None else str(row.means), **about)
        )
        kept = [after for finding in kept if (after := _after(finding, row)) is not None]
    return figures, (*kept, *said)


def _after(finding: Finding, row: Correction) -> Finding | None:
    """A finding about the cell of a row: gone once the cell is corrected, no longer an error once it is accepted."""
    if (finding.at.table, finding.at.row, finding.at.column) != row.cell:
        return finding
    if row.kind == "corrected":
        return None
    if row.kind == UNKNOWN and finding.severity is Severity.ERROR:
        return replace(finding, severity=Severity.WARNING)
    return finding
