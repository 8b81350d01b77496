"""The official forms as frozen data: tables, parts, rows, columns, sections. ``knowledge.forms`` makes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from pipeline.model.figure import CellKey
from pipeline.model.text import Text


class RowKind(StrEnum):
    """``DATA``: a row has cells. ``GROUP``: it is a heading over other rows."""

    DATA = "data"
    GROUP = "group"


class TableLayout(StrEnum):
    """How the form prints a table: a row below the other, or (``ONE_ROW``) all rows of figures side by side."""

    ROWS = "rows"
    ONE_ROW = "one_row"


@dataclass(frozen=True)
class Item:
    """A row of an official table.

    Attributes:
        labels: normal forms (``normalize.label``) that mean this row when they are the whole label.
        stems: normal pieces that mean this row wherever they stand in a label of its table.
        article: article of the Regulations, e.g. ``36(1), 36(2)``; empty where the Regulations name none.
        total: whether the row is the sum of others of its table.
    """

    key: str
    zh: str
    short_zh: str = ""
    en: str = ""
    article: str = ""
    plain_zh: str = ""
    plain_en: str = ""
    labels: frozenset[str] = frozenset()
    stems: tuple[str, ...] = ()
    total: bool = False


@dataclass(frozen=True)
class Column:
    """A column of an official table; ``unit`` is empty where the form prints none, ``total`` is a sum of others."""

    key: str
    zh: str
    en: str
    type: str = ""
    unit: str = ""
    signed: bool = False
    total: bool = False
    labels: frozenset[str] = frozenset()

    @property
    def title(self) -> Text:
        """Its words."""
        return Text(self.zh, self.en)


@dataclass(frozen=True)
class Row:
    """A place in a form."""

    item: Item
    kind: RowKind
    parent: str
    depth: int

    @property
    def key(self) -> str:
        """The key of its item."""
        return self.item.key

    @property
    def is_group(self) -> bool:
        """Whether it is a heading over other rows and has no cells of its own."""
        return self.kind is RowKind.GROUP


@dataclass(frozen=True)
class ColumnGroup:
    """A heading over several columns, as the form prints it."""

    zh: str
    en: str
    columns: tuple[str, ...]

    @property
    def title(self) -> Text:
        """Its words."""
        return Text(self.zh, self.en)


@dataclass(frozen=True)
class Part:
    """A block of a table in which every row has the same columns."""

    key: str
    zh: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    column_groups: tuple[ColumnGroup, ...]

    @cached_property
    def data_rows(self) -> tuple[Row, ...]:
        """The rows that have cells, in the order of the form."""
        return tuple(row for row in self.rows if not row.is_group)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of its columns, in the order of the form."""
        return tuple(column.key for column in self.columns)

    @cached_property
    def heads(self) -> dict[str, Text]:
        """Column → its words in this form."""
        return {column.key: column.title for column in self.columns}


@dataclass(frozen=True)
class Table:
    """One table of the JSON and of the package."""

    key: str
    zh: str
    en: str
    section: str
    layout: TableLayout
    parts: tuple[Part, ...]

    @property
    def title(self) -> Text:
        """Its words."""
        return Text(self.zh, self.en)

    def cells(self) -> Iterator[tuple[Part, Row, Column]]:
        """Every cell, in the order of the form."""
        for part in self.parts:
            for row in part.data_rows:
                for column in part.columns:
                    yield part, row, column

    def cell_keys(self) -> Iterator[CellKey]:
        """The key of every cell, in the order of the form."""
        return (CellKey(self.key, row.item.key, column.key) for _, row, column in self.cells())

    def part_of(self, item: str) -> Part:
        """The part that has a data row; KeyError for a row that is not in this table.

        Args:
            item: key of a row that has cells; a group heading has none.

        Raises:
            KeyError: no part of this table has such a row.
        """
        return self._parts[item]

    @cached_property
    def _parts(self) -> dict[str, Part]:
        return {row.item.key: part for part in self.parts for row in part.data_rows}


@dataclass(frozen=True)
class Section:
    """A numbered section of the report; ``number`` is the Chinese ordinal of its heading."""

    key: str
    number: str
    zh: str
    en: str
    labels: frozenset[str] = frozenset()

    @property
    def title(self) -> Text:
        """Its words."""
        return Text(self.zh, self.en)


@dataclass(
    frozen=True, eq=False
)  # there is one object a form, and it is a key of caches: identity is cheaper
class Form:
    """One official form, told from the others by ``signs``: normal wordings that only it prints."""

    key: str
    number: str
    zh: str
    en: str
    first_year: int
    last_year: int | None
    signs: tuple[str, ...]
    tables: tuple[Table, ...]
    sections: tuple[Section, ...]

    @property
    def title(self) -> Text:
        """Its words."""
        return Text(self.zh, self.en)

    def find(self, key: str) -> Table | None:
        """The table with this key; None where this form has none.

        Args:
            key: of any form.
        """
        return self._tables.get(key)

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {table.key: table for table in self.tables}

    def table(self, key: str) -> Table:
        """The table with this key.

        Args:
            key: ``proactive``, ``requests`` or ``review_litigation`` in the official forms.

        Raises:
            KeyError: the form has no such table.
        """
        return self._tables[key]

    def cells(self) -> Iterator[tuple[Table, Part, Row, Column]]:
        """Every cell of the form, in its order."""
        for table in self.tables:
            for part, row, column in table.cells():
                yield table, part, row, column

    def cell_keys(self) -> Iterator[CellKey]:
        """The key of every cell, in the order of the form."""
        return (key for table in self.tables for key in table.cell_keys())

    def leaves(self, group: str) -> tuple[str, ...]:
        """The data rows at any depth below a group, in the order of the form.

        Args:
            group: key of a group row, of any table.

        Returns:
            keys of rows that have cells; empty for a row that is no group.

        Raises:
            KeyError: no table has such a row.
        """
        for table in self.tables:
            for part in table.parts:
                parents = {row.item.key: row.parent for row in part.rows}
                if group in parents:
                    return tuple(
                        row.item.key for row in part.data_rows if group in _ancestors(row.item.key, parents)
                    )
        raise KeyError(group)


def _ancestors(item: str, parents: dict[str, str]) -> Iterator[str]:
    while item := parents.get(item, ""):
        yield item
