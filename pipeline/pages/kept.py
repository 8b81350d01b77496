"""What takes long to make, kept from one run to the next under keys that say all that it is made from.

Comes in: keys and contents, of the pages and of the site. Goes out: one file of SQLite, which a workflow can keep between
its runs. What pages hand to the site goes through it too, so that it is written once. It is as trusted as the code beside
it: only a run that may publish may write it.
"""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

FILE = "made.sqlite"
PAGES, SITE = "pages", "site"  # who keeps something, and so may forget it


class Kept:
    """A folder with what is kept; made where the first is kept. Nothing of it counts before ``done``."""

    def __init__(self, folder: Path, whose: str = PAGES) -> None:
        self.path, self.whose = folder / FILE, whose
        self.used = set[str]()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if "_file" in self.__dict__:
            self._file.close()
            del self._file

    @cached_property
    def _file(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _open(self.path)
        except sqlite3.DatabaseError:  # cut off, or no such file at all: it can be made again
            self.path.unlink()
            return _open(self.path)

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The content kept under a key; made only where it was not before."""
        if (found := self.find(key)) is None:
            found = make()
            self.keep(key, found)
        return found

    def find(self, key: str) -> bytes | None:
        """The content kept under a key; None where there is none, or where it is damaged."""
        self.used.add(key)
        row = self._file.execute("SELECT sum, data FROM kept WHERE key = ?", (key,)).fetchone()
        return row[1] if row and zlib.crc32(row[1]) == row[0] else None

    def has(self, key: str) -> bool:
        """Whether something is kept under a key."""
        self.used.add(key)
        return self._file.execute("SELECT 1 FROM kept WHERE key = ?", (key,)).fetchone() is not None

    def keep(self, key: str, content: bytes) -> None:
        """Keeps a content under a key, in the place of what was there."""
        self.used.add(key)
        values = (key, self.whose, zlib.crc32(content), content)
        self._file.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", values)

    def done(self) -> None:
        """Takes away what this one has kept and nobody has asked for, and writes all down."""
        if "_file" not in self.__dict__:
            return  # nobody has asked for anything
        there = self._file.execute("SELECT key FROM kept WHERE whose = ?", (self.whose,))
        unused = [(key,) for (key,) in there if key not in self.used]
        self._file.executemany("DELETE FROM kept WHERE key = ?", unused)
        self._file.commit()


def _open(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path)
    try:
        # A killed process leaves a journal that the next one rolls back; for a power failure nobody waits.
        file.execute("PRAGMA synchronous = OFF")
        file.execute("PRAGMA page_size = 16384")
        file.execute(
            "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, whose TEXT, sum INTEGER, data BLOB)"
        )
        file.execute("SELECT count(*) FROM kept").fetchone()  # reads the index as a whole
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            file.close()
        raise
    return file
