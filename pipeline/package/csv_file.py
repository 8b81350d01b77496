"""The CSV of one table: written row by row, so that a table of any length needs little memory."""

from __future__ import annotations

import csv
import gzip
import hashlib
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.published.reader import PACKED
from pipeline.safety.escape import inert

# Bytes of a CSV that git and a person's spreadsheet still bear; a larger one is packed, and its packed file is not
# committed (.gitignore): it is made anew from the reports, lies on the site and in the release, and its checksum in the descriptor.
LARGEST = 50 * 1000**2
SAMPLE = 1000  # rows of which the examples of the descriptor are taken
FAST, PIECE = (
    1,
    1024**2,
)  # level of gzip: six times as fast as the usual one, and a table that repeats itself still shrinks
_inert = lru_cache(maxsize=65536)(inert)  # most cells are the same few words and figures


@dataclass(frozen=True)
class Written:
    """What is known of a file once it is written; ``sample`` are its first rows, as they were given.

    ``name`` is that of the file, which ends in ``.gz`` where it is packed; size and checksum are those of the file.
    """

    name: str
    size: int
    sha256: str
    rows: int
    sample: Sequence[Mapping[str, str]]


def write_csv(path: Path, names: Sequence[str], rows: Iterable[Mapping[str, str]]) -> Written:
    """Writes rows as UTF-8 CSV with LF line ends; no text in it is a formula to a spreadsheet.

    Args:
        path: in a folder that exists.
        names: of the columns; a row may lack some, which are left empty.
        rows: text by column, in the order of the file; none gives the header alone.

    Raises:
        ValueError: a row has a column that is not named.
    """
    count, sample = 0, []
    known, blanks = frozenset(names), ("",) * len(names)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for row in rows:
            if not known.issuperset(row):
                raise ValueError(f"{path.name}: no columns {sorted(set(row) - known)}")
            writer.writerow(map(_inert, map(row.get, names, blanks)))
            if count < SAMPLE:
                sample.append(row)
            count += 1
    if path.stat().st_size > LARGEST:
        path = _packed(path)
    with path.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    return Written(path.name, path.stat().st_size, digest, count, sample)


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
