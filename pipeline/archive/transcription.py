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

from collections.abc import Iterator
from datetime import date
from typing import Any

from pipeline.knowledge.forms import forms
from pipeline.model.figure import CellKey
from pipeline.model.findings import PipelineError
from pipeline.model.source import Transcription

FIELDS = {"tables", "by", "date", "source"}


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
    known = {key for form in forms().values() for key in form.cell_keys()}
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
                yield CellKey(table, row, column), str(value)
