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
from pipeline.knowledge.messages import wrong
from pipeline.model.figure import CellKey
from pipeline.model.source import Transcription
from pipeline.safety.escape import visible

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
    if unlike := (set(fields) - FIELDS) | ({"tables", "by", "date"} - set(fields)):
        raise wrong("typed_fields", place=where, unlike=sorted(unlike))
    if (
        type(fields["date"]) is not date
        or not isinstance(fields["by"], str)
        or not visible(fields["by"]).strip()
    ):
        raise wrong("typed_by_whom", place=where)
    cells = tuple(_cells(where, fields["tables"]))
    return Transcription(cells, fields["by"].strip(), fields["date"], str(fields.get("source") or "").strip())


def _mapping(where: str, entry: object) -> dict[str, Any]:
    if not isinstance(entry, dict) or not all(isinstance(key, str) for key in entry):
        raise wrong("no_mapping", place=where)
    return entry


def _cells(where: str, tables: object) -> Iterator[tuple[CellKey, str]]:
    known = {key for form in forms().values() for key in form.cell_keys()}
    for table, rows in _mapping(f"{where}.tables", tables).items():
        for row, columns in _mapping(f"{where}.tables.{table}", rows).items():
            for column, value in _mapping(f"{where}.tables.{table}.{row}", columns).items():
                at = f"{where}.tables.{table}.{row}.{column}"
                if (table, row, column) not in known:
                    raise wrong("typed_no_such_cell", place=at)
                if (
                    isinstance(value, bool)
                    or not isinstance(value, int | float | str)
                    or not str(value).strip()
                ):
                    raise wrong("typed_no_figure", place=at)
                yield CellKey(table, row, column), str(value)
