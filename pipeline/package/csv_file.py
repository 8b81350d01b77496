"""The CSV of one table: made in blocks of rows, here or in another process, so that a table of any length needs little memory."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path

from pipeline.published.reader import PACKED
from pipeline.safety.escape import inert

# Bytes of a CSV that git and a person's spreadsheet still bear; a larger one is packed, and its packed file is not
# committed (.gitignore): it is made anew from the reports, lies on the site and in the release, and its checksum in the descriptor.
LARGEST = 50 * 1000**2
SAMPLE = 1000  # rows of a derived table of which the examples of the descriptor are taken
LONGEST_EXAMPLE = 200  # characters: a section's text is no example
FAST, PIECE = (
    1,
    1024**2,
)  # level of gzip: six times as fast as the usual one, and a table that repeats itself still shrinks

Record = Mapping[str, str]


class Seen:
    """The example of each column: the wanted text where it occurs, else the first that is short and plain.

    Args:
        wanted: column → the text that is best; other columns have no example.
    """

    def __init__(self, wanted: Mapping[str, str]) -> None:
        self.examples: dict[str, str] = {}
        self._open = dict(wanted)

    def look(self, rows: Iterable[Record]) -> None:
        """Looks at further rows; once the best of every column is found, at none.

        Args:
            rows: any number, in the order of the file.
        """
        for row in rows if self._open else ():
            for name, best in tuple(self._open.items()):
                value = row.get(name)
                if value == best:
                    del self._open[name]
                    self.examples[name] = value
                elif value and name not in self.examples and _is_short(value):
                    self.examples[name] = value

    def add(self, later: Mapping[str, str]) -> None:
        """Takes up what was found in rows that come after those that were looked at.

        Args:
            later: the examples of those rows, by column.
        """
        for name, value in later.items():
            if self._open.get(name) == value:
                del self._open[name]
                self.examples[name] = value
            else:
                self.examples.setdefault(name, value)


def _is_short(value: str) -> bool:
    return len(value) <= LONGEST_EXAMPLE and value.isprintable()


@dataclass(frozen=True)
class Block:
    """Some rows of a table as they stand in its CSV; ``examples`` is by column."""

    text: bytes
    rows: int
    examples: Mapping[str, str]


class _Cells(dict[str, str]):
    """Text → how it stands in a CSV: no formula to a spreadsheet, quoted where that is needed. Most cells are the same few."""

    def __missing__(self, text: str) -> str:
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerow((inert(text), ""))
        cell = out.getvalue().removesuffix(",\n")
        if len(text) <= 60:
            if len(self) > 65_536:
                self.clear()
            self[text] = cell
        return cell


_cell = _Cells().__getitem__


def block_of(names: Sequence[str], rows: Iterable[Record], wanted: Mapping[str, str]) -> Block:
    """Rows as CSV in UTF-8 with LF line ends; no text in it is a formula to a spreadsheet.

    Args:
        names: of the columns, two or more; a row may lack some, which are left empty.
        rows: text by column, in the order of the file.
        wanted: column → the best example of it.

    Raises:
        ValueError: a row has a column that is not named.
    """
    rows, seen = tuple(rows), Seen(wanted)
    seen.look(rows)
    known, whole = frozenset(names), itemgetter(*names)
    lines = []
    for row in rows:
        if not known.issuperset(row):
            raise ValueError(f"no columns {sorted(set(row) - known)}")
        cells = whole(row) if len(row) == len(names) else [row.get(name, "") for name in names]
        lines.append(",".join(map(_cell, cells)))
    text = "\n".join((*lines, "")).encode("utf-8")
    return Block(text, len(rows), seen.examples)


@dataclass(frozen=True)
class Written:
    """What is known of a file once it is written; ``examples`` are by column.

    ``name`` is that of the file, which ends in ``.gz`` where it is packed; size and checksum are those of the file.
    """

    name: str
    size: int
    sha256: str
    rows: int
    examples: Mapping[str, str]


class CsvFile:
    """A CSV that is being written.

    Args:
        path: in a folder that exists.
        names: of the columns.
        wanted: column → the best example of it.
        sampled: whether its own first rows give the examples, and not what the blocks say of all rows.
    """

    def __init__(
        self, path: Path, names: Sequence[str], wanted: Mapping[str, str], *, sampled: bool = False
    ) -> None:
        self._path, self._rows, self._seen, self._sampled = path, 0, Seen(wanted), sampled
        self._file = path.open("wb")
        self._file.write(block_of(names, [dict(zip(names, names, strict=True))], {}).text)

    def add(self, block: Block) -> None:
        """Rows that come after those that are there.

        Args:
            block: of this table; one without rows adds nothing.
        """
        self._file.write(block.text)
        self._rows += block.rows
        if not self._sampled:
            self._seen.add(block.examples)

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(self, *raised: object) -> None:
        self._file.close()

    def written(self) -> Written:
        """What is known of the file, which is closed; a large one is packed."""
        if self._sampled:
            with self._path.open(encoding="utf-8", newline="") as text:
                self._seen.look(islice(csv.DictReader(text), SAMPLE))
        path = _packed(self._path) if self._path.stat().st_size > LARGEST else self._path
        with path.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        return Written(path.name, path.stat().st_size, digest, self._rows, self._seen.examples)


def _packed(path: Path) -> Path:
    """The file packed in its place; the same bytes each time, since neither name nor hour is written into it."""
    target = path.with_name(path.name + PACKED)
    with (
        path.open("rb") as plain,
        target.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=FAST, mtime=0) as packed,
    ):
        shutil.copyfileobj(plain, packed, PIECE)
    path.unlink()
    return target
