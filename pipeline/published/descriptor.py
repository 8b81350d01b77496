"""``datapackage.json`` as frozen records: tables, columns, code lists, the official forms, breaks in the series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipeline.model.form import Form
from pipeline.model.text import Text
from pipeline.published.cells import LONG, FigureTable
from pipeline.published.forms import form_from_json


@dataclass(frozen=True)
class Column:
    """A column of a table; ``labels`` are the words of its allowed values, empty where any value is allowed."""

    name: str
    type: str
    title: Text
    about: Text
    unit: Text
    example: str
    required: bool
    labels: Mapping[str, Text]


@dataclass(frozen=True)
class Table:
    """A table of the package. ``foreign`` maps a column to the table and column it refers to; ``derived`` is made of others."""

    name: str
    path: str
    title: Text
    about: Text
    key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    foreign: Mapping[str, tuple[str, str]]
    columns: tuple[Column, ...]
    derived: bool = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in their order."""
        return tuple(column.name for column in self.columns)

    def position(self, name: str) -> int:
        """Index of a column; ValueError where there is none.

        Args:
            name: of a column.
        """
        return self.names.index(name)

    def column(self, name: str) -> Column:
        """The column of this name; ValueError where there is none.

        Args:
            name: of a column.
        """
        return self.columns[self.position(name)]


@dataclass(frozen=True)
class Break:
    """From ``year`` on, a series does not mean what it meant before. Empty ``tables`` and ``items`` mean all."""

    year: int
    title: Text
    tables: tuple[str, ...]
    items: tuple[str, ...]


@dataclass(frozen=True)
class License:
    """A licence, as the descriptor names it."""

    name: str
    title: str
    path: str


@dataclass(frozen=True)
class Descriptor:
    """The whole descriptor; ``raw`` is the JSON it was read from.

    Attributes:
        invented: what every page has to say where the figures are made up; None for real ones.
        rights: what the licence does not cover; empty where it covers all.
    """

    raw: Mapping[str, Any]
    name: str
    version: str
    title: Text
    description: Text
    licenses: tuple[License, ...]
    tables: Mapping[str, Table]
    forms: Mapping[str, Form]
    breaks: tuple[Break, ...]
    invented: Text | None
    rights: Text = Text("", "")

    @cached_property
    def columns(self) -> Mapping[str, Text]:
        """The words of every column of any form; the first form has the say."""
        found: dict[str, Text] = {}
        for form in self.forms.values():
            for _, part, _, _ in form.cells():
                found = {**part.heads, **found}
        return found

    @cached_property
    def form_tables(self) -> tuple[str, ...]:
        """The tables of the forms, the newest form first; the figures of each are in the table of that name."""
        return tuple(dict.fromkeys(table.key for form in self.forms.values() for table in form.tables))

    @cached_property
    def figure_tables(self) -> Mapping[str, FigureTable]:
        """The tables of the forms, and how the package holds the figures of each."""
        found = {}
        for name in self.form_tables:
            columns = self.tables[name].names
            measures = () if set(LONG) <= set(columns) else tuple(c for c in columns if c in self.columns)
            found[name] = FigureTable(name, self.tables[name].key[1], measures)
        return found

    def codes(self, table: str, column: str) -> tuple[str, ...]:
        """The values of a code list, in its order.

        Args:
            table, column: that are there; a column without a list has no values.
        """
        return tuple(self.tables[table].column(column).labels)

    def word(self, table: str, column: str, value: str) -> Text:
        """The words of one value of a code list; the value itself where the list does not name it.

        Args:
            table, column: that are there.
            value: as the CSV has it.
        """
        return self.tables[table].column(column).labels.get(value, Text(value, value))


def make_descriptor(raw: Mapping[str, Any]) -> Descriptor:
    """The descriptor as records.

    Args:
        raw: what ``datapackage.json`` holds.

    Raises:
        KeyError, TypeError, AttributeError, ValueError: a property is missing or of the wrong kind.
    """
    return Descriptor(
        raw=raw,
        name=raw["name"],
        version=raw.get("version", ""),
        title=text(raw, "title"),
        description=text(raw, "description"),
        licenses=tuple(
            License(entry.get("name", ""), entry.get("title", ""), entry.get("path", ""))
            for entry in raw.get("licenses", [])
        ),
        tables={entry["name"]: _table(entry) for entry in raw["resources"]},
        forms={entry["key"]: form_from_json(entry) for entry in raw.get("forms", ())},
        breaks=tuple(
            Break(
                entry["year"],
                text(entry, "title"),
                tuple(entry.get("tables", [])),
                tuple(entry.get("items", [])),
            )
            for entry in sorted(raw.get("breaks", []), key=lambda entry: int(entry["year"]))
        ),
        invented=text(raw, "invented") if raw.get("invented") else None,
        rights=text(raw, "rights"),
    )


def text(entry: Mapping[str, Any], name: str) -> Text:
    """A property of the descriptor in both languages; empty where it is not there.

    Args:
        entry: an object of the descriptor.
        name: of the Chinese property; the English one ends with ``_en``.
    """
    return Text(str(entry.get(name) or ""), str(entry.get(f"{name}_en") or ""))


def _table(entry: Mapping[str, Any]) -> Table:
    schema = entry["schema"]
    key = schema.get("primaryKey", ())
    foreign = {}
    for one in schema.get("foreignKeys", []):
        target = one["reference"].get("resource") or entry["name"]
        foreign[one["fields"][0]] = (target, one["reference"]["fields"][0])
    return Table(
        name=entry["name"],
        path=entry["path"],
        title=text(entry, "title"),
        about=text(entry, "description"),
        key=(key,) if isinstance(key, str) else tuple(key),
        unique=tuple(tuple(one) for one in schema.get("uniqueKeys", ())),
        foreign=foreign,
        columns=tuple(_column(field) for field in schema["fields"]),
        derived=bool(entry.get("derived")),
    )


def _column(field: Mapping[str, Any]) -> Column:
    return Column(
        name=field["name"],
        type=field.get("type", "string"),
        title=text(field, "title") if field.get("title") else Text(field["name"], field["name"]),
        about=text(field, "description"),
        unit=text(field, "unit"),
        example=str(field.get("example", "")),
        required=bool(field.get("constraints", {}).get("required")),
        labels={
            entry["value"]: Text(entry.get("label") or entry["value"], entry.get("label_en") or "")
            for entry in field.get("categories", [])
        },
    )
