"""A published package, read back from a folder or a zip: its descriptor, its tables, its rows as text or typed values.

Comes in: ``datapackage.json`` and the CSVs it names, from anywhere. Goes out: one ``Published``, which pages, companions,
catalogues, feed and differences are made of: the only way in. Knows nothing of rules or of how the figures came about.
A file that breaks the contract stops the run, with its name and line.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TextIO

from pipeline.knowledge.messages import message, wrong
from pipeline.model.findings import PipelineError
from pipeline.published.descriptor import Descriptor, Table, make_descriptor

DESCRIPTOR = "datapackage.json"
PACKED = ".gz"  # of a table that is too large to lie as it is
LARGEST_UNPACKED = 4 * 1024**3  # bytes of one CSV in a zip: a bomb is refused
LARGEST_KEPT = 64 * 1024**2  # bytes of a CSV whose rows are kept for the next who asks
SHORT = 24  # characters: most cells are the same few words and figures, which are kept once
Row = tuple[str, ...]  # as the CSV has them, in the order of the columns; empty: no value


def wrong_at(path: str, line: int, code: str, **values: object) -> PipelineError:
    """A complaint about a file of the package; line 0 is the whole file.

    Args:
        path: of the file, below ``datapackage.json``.
        line: from 1.
        code: of a message, whose values follow.
    """
    place = f"{path}:{line}" if line else path
    return wrong("in_package", place=place, said=message(code, **values))


@dataclass(frozen=True)
class Published:
    """A package that lies in a folder or a zip. Nothing is read before it is asked for, and no small table twice."""

    place: Path
    inside: str  # folder within the zip, with a slash at the end, or nothing
    descriptor: Descriptor
    _kept: dict[str, list[Row]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def tables(self) -> Mapping[str, Table]:
        """Its tables by name, in the order of the descriptor."""
        return self.descriptor.tables

    def read(self, path: str) -> bytes:
        """A file of the package, by its path below ``datapackage.json``.

        Args:
            path: with slashes.

        Raises:
            PipelineError: no such file, or a path that leads outside.
        """
        return _read(self.place, self.inside, path)

    def size_of(self, path: str) -> int:
        """Bytes of a file that lies beside the package in its folder; 0 where there is none.

        Args:
            path: with slashes.
        """
        file = self.place / path
        return file.stat().st_size if file.is_file() else 0

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table by its key, in whatever order the file has them.

        Args:
            table: its key; of one without rows nothing comes.

        Raises:
            PipelineError: the file is no CSV with the columns of the descriptor.
        """
        if table in self._kept:
            return iter(self._kept[table])
        path = self.tables[table].path
        if path.endswith(PACKED) and self.place.is_dir():
            return self._streamed(table)
        positions = [self.tables[table].position(name) for name in self.tables[table].key]
        data = _unpacked(path, self.read(path))
        # A valid package is sorted, and sorting what is sorted costs next to nothing.
        rows = sorted(
            (row for _, row in _lines(self.tables[table], data)),
            key=lambda row: [row[index] for index in positions],
        )
        if len(data) <= LARGEST_KEPT:
            self._kept[table] = rows
        return iter(rows)

    def forget(self) -> None:
        """Lets go of the rows that were kept for the next who asks; whoever asks reads them again."""
        self._kept.clear()

    def _streamed(self, table: str) -> Iterator[Row]:
        """The rows of a large table, a line at a time. A valid package is sorted, and what is not is refused before."""
        with gzip.open(
            inside_folder(self.place, self.tables[table].path), "rt", encoding="utf-8", newline=""
        ) as text:
            yield from (row for _, row in _parsed(self.tables[table], text))

    def size(self, table: str) -> int:
        """How many rows a table has; a large one is counted and not understood.

        Args:
            table: its key.
        """
        path = self.tables[table].path
        data = self.read(path)
        if len(data) <= LARGEST_KEPT and not path.endswith(PACKED):
            return sum(1 for _ in self.rows(table))
        binary = gzip.GzipFile(fileobj=io.BytesIO(data)) if path.endswith(PACKED) else io.BytesIO(data)
        with io.TextIOWrapper(binary, encoding="utf-8", errors="replace", newline="") as text:
            return sum(1 for _ in csv.reader(text)) - 1

    def records(self, table: str) -> Iterator[dict[str, str]]:
        """The rows of a table as name → text.

        Args:
            table: its key.
        """
        names = self.tables[table].names
        return (dict(zip(names, row, strict=True)) for row in self.rows(table))

    def complaint(self, table: str, row: Row, what: str) -> PipelineError:
        """What to say of a row that breaks the contract: the file is read once more, for the line.

        Args:
            table: its key.
            row: as the file has it; one that is not there is on line 0.
            what: words for what is wrong.
        """
        there = self.tables[table]
        line = next(
            (at for at, one in _lines(there, _unpacked(there.path, self.read(there.path))) if one == row), 0
        )
        return wrong_at(there.path, line, "value_form", what=what)


def _lines(table: Table, data: bytes) -> Iterator[tuple[int, Row]]:
    """The number of the line on which each row ends, and the row."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise wrong_at(table.path, line, "csv_not_utf8") from error
    return _parsed(table, io.StringIO(text, newline=""))


def _unpacked(path: str, data: bytes) -> bytes:
    """A file as text; one that is packed is not unpacked to more than anything sensible."""
    if not path.endswith(PACKED):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            text = file.read(LARGEST_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise wrong_at(path, 0, "csv_not_utf8") from error
    if len(text) > LARGEST_UNPACKED:
        raise wrong("package_file_too_large", path=path)
    return text


def _parsed(table: Table, text: TextIO) -> Iterator[tuple[int, Row]]:
    reader = csv.reader(text)
    header = tuple(next(reader, []))
    if header != table.names:
        missing, extra = sorted(set(table.names) - set(header)), sorted(set(header) - set(table.names))
        raise wrong_at(table.path, 1, "columns_not_described", missing=missing, extra=extra)
    for row in reader:
        if len(row) != len(header):
            raise wrong_at(
                table.path, reader.line_num, "columns_in_row", expected=len(header), found=len(row)
            )
        yield reader.line_num, tuple(sys.intern(cell) if len(cell) < SHORT else cell for cell in row)


def open_package(place: Path) -> Published:
    """The package in a folder or a zip; in a zip it may lie in a folder of its own.

    Args:
        place: a folder with ``datapackage.json``, or a zip.

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
        descriptor = make_descriptor(json.loads(_read(place, inside, DESCRIPTOR)))
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError, AttributeError) as error:
        raise wrong("no_data_package", place=place.name, file=DESCRIPTOR, error=error) from error
    return Published(place, inside, descriptor)


def inside_folder(place: Path, path: str) -> Path:
    """A file of a package by its path.

    Args:
        place: of the package.
        path: with slashes; the file need not be there.

    Raises:
        PipelineError: the path leads out of the folder.
    """
    file = (place / path).resolve()
    if not file.is_relative_to(place.resolve()):
        raise wrong("path_outside", path=path)
    return file


def _read(place: Path, inside: str, path: str) -> bytes:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or "\\" in path:
        raise wrong("path_outside", path=path)
    try:
        if place.is_dir():
            return inside_folder(place, path).read_bytes()
        with zipfile.ZipFile(place) as archive:
            if archive.getinfo(inside + path).file_size > LARGEST_UNPACKED:
                raise wrong("package_file_too_large", path=path)
            return archive.read(inside + path)
    except (OSError, KeyError) as error:
        raise wrong("not_in_package", place=place.name, path=path) from error


def typed(text: str, kind: str) -> int | float | bool | str | None:
    """A cell for JSON or SQL: a number, a truth or text; None where it is empty.

    Args:
        text: as the CSV has it.
        kind: the type of its column.
    """
    if kind == "boolean" and text:
        return text == "true"
    return number(text) if kind in ("integer", "number") else text or None


def number(text: str) -> int | float | None:
    """A figure for JSON: whole numbers as such. Decimals print back as filed up to 15 digits.

    Args:
        text: as the CSV has it; "" is None.
    """
    if not text:
        return None
    return float(text) if "." in text else int(text)
