"""Figures typed by hand, where a file shows its tables as pictures: ``transcription`` in the report's own ``<year>.yml``.

    transcription:
      tables:
        requests:
          new_received: {natural_person: 12, total: 12}
      by: LW
      date: 2026-05-02
      source: 原网页图片二          # what it was typed from; may be left out

Only cells that the file does not print may be given. They are typed as printed, ``/`` included, and go through every check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.findings import Finding, Location, PipelineError
from pipeline.numerals import Figure, Status, read_figure
from pipeline.rules import CellKey
from pipeline.template import Form, finding_kinds, forms

PLACE = "transcription"
FIELDS = {"tables", "by", "date", "source"}
MISSING = {
    "T104": 3,
    "T107": 2,
    "T108": 1,
}  # findings that say a cell, row or table is not there: how much of it they name


@dataclass(frozen=True)
class Transcription:
    """The cells as typed, and by whom, when and from what."""

    cells: tuple[tuple[CellKey, str], ...]
    by: str
    date: date
    source: str


def parse_transcription(place: str, entry: object) -> Transcription | None:
    """The ``transcription`` of a ``<year>.yml``; None where there is none.

    Args:
        place: file, for messages.
        entry: as YAML gave it.

    Raises:
        PipelineError: another shape, an unknown table, row or column, or a value that is no number and no text.
    """
    if entry is None:
        return None
    where = f"{place}: transcription"
    fields = _mapping(where, entry)
    if wrong := (set(fields) - FIELDS) | ({"tables", "by", "date"} - set(fields)):
        raise PipelineError(
            f"{where}：缺少或不认识的字段 {sorted(wrong)}", f"{where}: missing or unknown {sorted(wrong)}"
        )
    if not isinstance(fields["date"], date) or not isinstance(fields["by"], str) or not fields["by"].strip():
        raise PipelineError(
            f"{where}：by 写姓名或代号，date 写成 2026-05-02",
            f"{where}: by is a name or handle, date is like 2026-05-02",
        )
    cells = tuple(_cells(where, fields["tables"]))
    return Transcription(cells, fields["by"].strip(), fields["date"], str(fields.get("source") or "").strip())


def _mapping(where: str, entry: object) -> dict[str, Any]:
    if not isinstance(entry, dict) or not all(isinstance(key, str) for key in entry):
        raise PipelineError(f"{where}：应当是“键: 值”", f"{where}: a mapping is expected")
    return entry


def _cells(where: str, tables: object) -> Iterator[tuple[CellKey, str]]:
    known = {
        (table.key, row.item.key, column.key)
        for form in forms().values()
        for table, _, row, column in form.cells()
    }
    for table, rows in _mapping(f"{where}.tables", tables).items():
        for row, columns in _mapping(f"{where}.tables.{table}", rows).items():
            for column, value in _mapping(f"{where}.tables.{table}.{row}", columns).items():
                at = f"{where}.tables.{table}.{row}.{column}"
                if (table, row, column) not in known:
                    raise PipelineError(f"{at}：哪一种格式都没有这一格", f"{at}: no form has this cell")
                if (
                    isinstance(value, bool)
                    or not isinstance(value, int | float | str)
                    or not str(value).strip()
                ):
                    raise PipelineError(
                        f"{at}：照原件写数字或记号；原件空着的格不要写",
                        f"{at}: type the number or mark as printed; leave out a cell that is empty",
                    )
                yield (table, row, column), str(value)


def transcribe(
    transcription: Transcription | None,
    form: Form,
    figures: Mapping[CellKey, Figure],
    findings: Iterable[Finding],
) -> tuple[dict[CellKey, Figure], list[Finding]]:
    """The figures with the typed ones in the cells that the file does not print.

    Returns:
        every cell of the form; and the findings, without those that said a typed cell was missing, with T120 for each
        table, T121 for a cell that the file prints, T122 for a table that is not complete, T123 for a cell of another form.
    """
    done, kept = dict(figures), list(findings)
    if transcription is None:
        return done, kept
    typed: dict[str, int] = {}
    for key, raw in transcription.cells:
        table, row, column = key
        if key not in done:
            kept.append(finding_kinds()["T123"](Location(source=PLACE), cell="/".join(key), form=form.key))
        elif done[key].status is not Status.ABSENT:
            at = Location(table, row, column, done[key].place)
            kept.append(finding_kinds()["T121"](at, reported=done[key].raw, expected=raw))
        else:
            value, status, unit = read_figure(raw)
            done[key] = Figure(raw, value, status, PLACE, unit)
            typed[table] = typed.get(table, 0) + 1
            if status is Status.UNREADABLE:
                kept.append(finding_kinds()["F101"](Location(table, row, column, PLACE), reported=raw))
    kept = [finding for finding in kept if not _settled(finding, done, typed)]
    for table, count in typed.items():
        kept.append(_typed(transcription, table, count))
        if missing := sum(key[0] == table and figure.status is Status.ABSENT for key, figure in done.items()):
            kept.append(finding_kinds()["T122"](Location(table, source=PLACE), count=missing))
    return done, kept


def _typed(transcription: Transcription, table: str, count: int) -> Finding:
    source = transcription.source
    return finding_kinds()["T120"](
        Location(table, source=PLACE),
        count=count,
        by=transcription.by,
        date=transcription.date.isoformat(),
        source_zh=f"（{source}）" if source else "",
        source_en=f" ({source})" if source else "",
    )


def _settled(finding: Finding, figures: Mapping[CellKey, Figure], typed: Mapping[str, int]) -> bool:
    """Whether a finding says that something is missing which has been typed; T122 says what is still missing of a table."""
    depth = MISSING.get(finding.code)
    if depth is None or finding.at.table not in typed:
        return False
    named = (finding.at.table, finding.at.row, finding.at.column)[:depth]
    return depth == 1 or all(
        figure.status is not Status.ABSENT for key, figure in figures.items() if key[:depth] == named
    )
