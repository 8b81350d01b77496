"""A published package, read back from a folder or a zip: its descriptor, its tables, its rows as typed values.

Comes in: ``datapackage.json`` and the CSVs it names, from anywhere. Goes out: frozen records that the companions, the
catalogues, the feed and the differences are made of. Knows nothing of forms, rules or how the figures came about.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.model.findings import PipelineError

DESCRIPTOR = "datapackage.json"
LARGEST_UNPACKED = 4 * 1024**3  # bytes of one CSV in a zip: a bomb is refused
Row = tuple[str, ...]  # as the CSV has them, in the order of the columns; empty: no value
Value = str | int | Decimal | None
Pair = tuple[str, str]  # Chinese, English


@dataclass(frozen=True)
class Column:
    """A column of a table; ``labels`` are the words of its allowed values, empty where any value is allowed."""

    name: str
    type: str
    title: Pair
    about: Pair
    unit: Pair
    example: str
    required: bool
    labels: Mapping[str, Pair]


@dataclass(frozen=True)
class Table:
    """A table of the package. ``foreign`` maps a column to the table and column it refers to."""

    name: str
    path: str
    title: Pair
    about: Pair
    key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    foreign: Mapping[str, tuple[str, str]]
    columns: tuple[Column, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in their order."""
        return tuple(column.name for column in self.columns)

    def position(self, name: str) -> int:
        """Index of a column; ValueError where there is none."""
        return self.names.index(name)


@dataclass(frozen=True)
class Published:
    """A package that lies in a folder or a zip. Nothing is read before it is asked for."""

    place: Path
    inside: str  # folder within the zip, with a slash at the end, or nothing
    descriptor: Mapping[str, Any]
    tables: Mapping[str, Table]

    def read(self, path: str) -> bytes:
        """A file of the package, by its path below ``datapackage.json``.

        Raises:
            PipelineError: no such file, or a path that leads outside.
        """
        return _read(self.place, self.inside, path)

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table by its key, in whatever order the file has them.

        Raises:
            PipelineError: the file's columns are not those of the descriptor.
        """
        positions = [self.tables[table].position(name) for name in self.tables[table].key]
        # A valid package is sorted, and sorting what is sorted costs next to nothing.
        return iter(sorted(self._lines(table), key=lambda row: [row[index] for index in positions]))

    def _lines(self, table: str) -> Iterator[Row]:
        expected = self.tables[table]
        text = self.read(expected.path).decode("utf-8")
        reader = csv.reader(io.StringIO(text, newline=""))
        if tuple(next(reader, [])) != expected.names:
            raise PipelineError(
                f"{expected.path}：列与描述文件不符", f"{expected.path}: columns are not those described"
            )
        for line, row in enumerate(reader, 2):
            if len(row) != len(expected.columns):
                raise PipelineError(
                    f"{expected.path}:{line}：单元格数不对", f"{expected.path}:{line}: wrong number of cells"
                )
            yield tuple(row)

    def records(self, table: str) -> Iterator[dict[str, str]]:
        """The rows of a table as name → text."""
        names = self.tables[table].names
        return (dict(zip(names, row, strict=True)) for row in self.rows(table))


def open_package(place: Path) -> Published:
    """The package in a folder or a zip; in a zip it may lie in a folder of its own.

    Raises:
        PipelineError: there is none, or its descriptor cannot be understood.
    """
    inside = ""
    try:
        if place.is_file():
            with zipfile.ZipFile(place) as archive:
                found = [PurePosixPath(name) for name in archive.namelist()]
            there = sorted(
                (path for path in found if path.name == DESCRIPTOR), key=lambda path: len(path.parts)
            )
            if there and len(there[0].parts) > 1:
                inside = f"{there[0].parent}/"
        descriptor = json.loads(_read(place, inside, DESCRIPTOR))
        tables = {entry["name"]: _table(entry) for entry in descriptor["resources"]}
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PipelineError(
            f"{place.name} 不是数据包：{error!r}", f"{place.name} is no data package: {error!r}"
        ) from error
    return Published(place, inside, descriptor, tables)


def _read(place: Path, inside: str, path: str) -> bytes:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or "\\" in path:
        raise PipelineError(f"数据包里的路径越界：{path}", f"path outside the data package: {path}")
    try:
        if place.is_dir():
            file = (place / path).resolve()
            if not file.is_relative_to(place.resolve()):
                raise PipelineError(f"数据包里的路径越界：{path}", f"path outside the data package: {path}")
            return file.read_bytes()
        with zipfile.ZipFile(place) as archive:
            if archive.getinfo(inside + path).file_size > LARGEST_UNPACKED:
                raise PipelineError(f"{path} 太大", f"{path} is too large")
            return archive.read(inside + path)
    except (OSError, KeyError) as error:
        raise PipelineError(f"{place.name} 里没有 {path}", f"no {path} in {place.name}") from error


def value(text: str, column_type: str) -> Value:
    """A cell as a value of its type: None where it is empty; dates stay text, as ISO 8601 has them.

    Raises:
        ValueError, decimal.InvalidOperation: the text is no such number. A validated package has none.
    """
    if not text:
        return None
    if column_type == "integer":
        return int(text)
    return Decimal(text) if column_type == "number" else text


def number(text: str) -> int | float | None:
    """A figure for JSON: whole numbers as such. Decimals print back as filed up to 15 digits."""
    if not text:
        return None
    return float(text) if "." in text else int(text)


def _pair(entry: Mapping[str, Any], name: str) -> Pair:
    zh = str(entry.get(name) or "")
    return zh, str(entry.get(f"{name}_en") or zh)


def _table(entry: Mapping[str, Any]) -> Table:
    schema = entry["schema"]
    foreign = {}
    for key in schema.get("foreignKeys", []):
        target = key["reference"].get("resource") or entry["name"]
        foreign[key["fields"][0]] = (target, key["reference"]["fields"][0])
    return Table(
        name=entry["name"],
        path=entry["path"],
        title=_pair(entry, "title"),
        about=_pair(entry, "description"),
        key=tuple(schema.get("primaryKey", ())),
        unique=tuple(tuple(key) for key in schema.get("uniqueKeys", ())),
        foreign=foreign,
        columns=tuple(_column(field) for field in schema["fields"]),
    )


def _column(field: Mapping[str, Any]) -> Column:
    labels = {}
    for category in field.get("categories", []):
        label = category.get("label") or category["value"]
        labels[category["value"]] = (label, category.get("label_en") or label)
    return Column(
        name=field["name"],
        type=field.get("type", "string"),
        title=_pair(field, "title"),
        about=_pair(field, "description"),
        unit=_pair(field, "unit"),
        example=str(field.get("example", "")),
        required=bool(field.get("constraints", {}).get("required")),
        labels=labels,
    )
