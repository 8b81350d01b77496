"""Which forms the package is offered in: ``distributions.yml``, each with the module that writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from posixpath import normpath

import yaml

from pipeline.model.text import Text
from pipeline.published.reader import Published

FILE = Path(__file__).with_name("distributions.yml")
Writer = Callable[[Published, Path], list[Path]]  # package, folder data/ → the files written


DATA = "data/"  # where the site offers the package, below its root


@dataclass(frozen=True)
class File:
    """A file of a distribution: its path below ``data/``, and what it is."""

    path: str
    title: Text

    @property
    def address(self) -> str:
        """Its path below the root of the site."""
        return normpath(DATA + self.path)


@dataclass(frozen=True)
class Distribution:
    """One form of the package.

    Attributes:
        path: below ``data/``; ``{name}`` is the package's, ``{table}`` makes it a file for each table.
        file_type: its name in the EU's list of file types.
        shown: the table whose file people are led to, where there is one for each.
        most_rows: of all tables together; of a larger package it lies in the release and not on the site. 0: no limit.
    """

    key: str
    path: str
    media_type: str
    file_type: str
    title: Text
    who: Text
    why: Text
    write: Writer
    shown: str = ""
    most_rows: int = 0

    def is_offered(self, package: Published) -> bool:
        """Whether the site has it; else the release does."""
        rows = sum(entry.get("rows", 0) for entry in package.descriptor.raw["resources"])
        return not self.most_rows or rows <= self.most_rows

    def files(self, package: Published) -> tuple[File, ...]:
        """Its files for this package; one a table, or one.

        Args:
            package: open; one without tables has none.
        """
        if "{table}" not in self.path:
            return (File(self.main(package), self.title),)
        return tuple(
            File(self._path(package, table.name), self.title.of(table.title))
            for table in package.tables.values()
        )

    def _path(self, package: Published, table: str) -> str:
        return self.path.format(name=package.descriptor.name, table=table)

    def main(self, package: Published) -> str:
        """The file that people are led to."""
        table = self.shown if self.shown in package.tables else next(iter(package.tables), "")
        return self._path(package, table)


def offered(package: Published) -> tuple[Distribution, ...]:
    """Those that the site has of a package."""
    return tuple(one for one in distributions() if one.is_offered(package))


def released(package: Published) -> tuple[Distribution, ...]:
    """Those that are too large for the site, which the release has."""
    return tuple(one for one in distributions() if not one.is_offered(package))


@cache
def distributions() -> tuple[Distribution, ...]:
    """All of them, in the order of the file."""
    listed = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return tuple(_distribution(key, entry) for key, entry in listed.items())


def _distribution(key: str, entry: dict[str, str | list[str]]) -> Distribution:
    words = {name: Text(*entry.pop(name)) for name in ("title", "who", "why")}
    write = import_module(f"{__package__}.{key}").write
    return Distribution(key=key, **words, **entry, write=write)  # type: ignore[arg-type]
