"""Reports as read, on disk: of ten thousand, what each says is some 200 megabytes, and is asked for once more."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from pipeline.checks.reports import Told
from pipeline.model.outcome import PackedReport
from pipeline.model.source import Source


@dataclass(frozen=True)
class Shelf:
    """Reports as read, in the order in which they were put there.

    Attributes:
        told: of each its source and what the others may ask of it.
    """

    told: list[Told]
    _file: IO[bytes]
    _sums: list[str]
    _ends: list[int]

    @property
    def sources(self) -> list[Source]:
        """What was read."""
        return [source for source, _ in self.told]

    def __getitem__(self, at: int) -> PackedReport:
        start = self._ends[at - 1] if at else 0
        self._file.seek(start)
        source, gist = self.told[at]
        return PackedReport(source, self._sums[at], gist, self._file.read(self._ends[at] - start))


@contextmanager
def shelved(reports: Iterable[PackedReport]) -> Iterator[Shelf]:
    """All of some reports, for as long as the block lasts.

    Args:
        reports: each is let go of when the next is asked for.
    """
    with tempfile.TemporaryFile(prefix="readings-") as file:
        shelf = Shelf([], file, [], [])
        for one in reports:
            shelf.told.append((one.source, one.gist))
            shelf._sums.append(one.sha256)
            file.write(one.data)
            shelf._ends.append(file.tell())
        yield shelf
