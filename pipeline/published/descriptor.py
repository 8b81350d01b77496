"""``datapackage.json`` as frozen records: resources, fields, code lists, the official forms, breaks in the series."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.model.findings import PipelineError


@dataclass(frozen=True)
class Label:
    """The same words in both languages; where English is missing, the Chinese words stand for it."""

    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.zh if language == "zh" else self.en or self.zh


@dataclass(frozen=True)
class Field:
    """A column of a CSV. ``values`` are the words of its code list, by value; empty where it has none."""

    name: str
    title: Label
    description: Label
    unit: str
    values: Mapping[str, Label]


@dataclass(frozen=True)
class Resource:
    """A CSV: its name, path below the package folder, words, columns and key."""

    name: str
    path: str
    title: Label
    description: Label
    fields: tuple[Field, ...]
    key: tuple[str, ...]

    def field(self, name: str) -> Field:
        """The column of this name; KeyError where there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


@dataclass(frozen=True)
class ColumnGroup:
    """A heading over several columns, as the form prints it."""

    title: Label
    columns: tuple[str, ...]


@dataclass(frozen=True)
class FormRow:
    """A place in a form; ``kind`` is ``data`` or ``group``, ``label`` as this form prints it."""

    item: str
    kind: str
    parent: str
    depth: int
    label: str


@dataclass(frozen=True)
class Part:
    """A block of a table in which every row has the same columns; ``heads`` are their words in this form."""

    title: str
    columns: tuple[str, ...]
    heads: Mapping[str, Label]
    groups: tuple[ColumnGroup, ...]
    rows: tuple[FormRow, ...]

    @property
    def data_rows(self) -> tuple[FormRow, ...]:
        """The rows that have cells."""
        return tuple(row for row in self.rows if row.kind == "data")


@dataclass(frozen=True)
class Table:
    """An official table; ``layout`` is ``rows``, or ``one_row`` where the form prints all rows side by side."""

    key: str
    title: Label
    section: str
    layout: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class FormSection:
    """A numbered section that the form prescribes."""

    key: str
    number: str
    title: Label


@dataclass(frozen=True)
class Form:
    """An official form."""

    key: str
    number: str
    title: Label
    tables: tuple[Table, ...]
    sections: tuple[FormSection, ...]

    def __hash__(self) -> int:
        return hash(self.key)

    def table(self, key: str) -> Table | None:
        """The table of this key; None where this form has none."""
        return next((table for table in self.tables if table.key == key), None)


@dataclass(frozen=True)
class Break:
    """From ``year`` on, a series does not mean what it meant before. Empty ``tables`` and ``items`` mean all."""

    year: int
    title: Label
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
    """The whole descriptor.

    Attributes:
        columns: the words of every column of any form; the first form has the say.
        invented: what every page has to say where the figures are made up; None for real ones.
    """

    path: Path
    name: str
    version: str
    title: Label
    description: Label
    licenses: tuple[License, ...]
    resources: Mapping[str, Resource]
    forms: Mapping[str, Form]
    breaks: tuple[Break, ...]
    columns: Mapping[str, Label]
    invented: Label | None

    def codes(self, resource: str, field: str) -> tuple[str, ...]:
        """The values of a code list, in its order."""
        return tuple(self.resources[resource].field(field).values)

    def word(self, resource: str, field: str, value: str) -> Label:
        """The words of one value of a code list; the value itself where the list does not name it."""
        return self.resources[resource].field(field).values.get(value, Label(value, value))


def read_descriptor(path: Path) -> Descriptor:
    """Reads a descriptor.

    Raises:
        PipelineError: the file is missing, is no JSON, or lacks a property the pages need.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return _descriptor(path, raw)
    except OSError as error:
        raise PipelineError(f"没有数据包：{path.name}", f"no data package: {path.name}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PipelineError(
            f"{path.name} 读不懂：{error!r}", f"{path.name} cannot be understood: {error!r}"
        ) from error


def _label(raw: Mapping[str, Any], name: str = "title") -> Label:
    return Label(raw.get(name) or "", raw.get(f"{name}_en") or "")


def _descriptor(path: Path, raw: Mapping[str, Any]) -> Descriptor:
    resources = {entry["name"]: _resource(entry) for entry in raw["resources"]}
    forms = {entry["key"]: _form(entry) for entry in raw["forms"]}
    columns: dict[str, Label] = {}
    for form in forms.values():
        for table in form.tables:
            for part in table.parts:
                columns = {**part.heads, **columns}
    return Descriptor(
        path=path,
        name=raw["name"],
        version=raw.get("version", ""),
        title=_label(raw),
        description=_label(raw, "description"),
        licenses=tuple(
            License(entry.get("name", ""), entry.get("title", ""), entry.get("path", ""))
            for entry in raw.get("licenses", [])
        ),
        resources=resources,
        forms=forms,
        breaks=tuple(
            Break(entry["year"], _label(entry), tuple(entry.get("tables", [])), tuple(entry.get("items", [])))
            for entry in sorted(raw.get("breaks", []), key=lambda entry: int(entry["year"]))
        ),
        columns=columns,
        invented=_label(raw, "invented") if raw.get("invented") else None,
    )


def _resource(raw: Mapping[str, Any]) -> Resource:
    schema = raw["schema"]
    key = schema.get("primaryKey", [])
    return Resource(
        name=raw["name"],
        path=raw["path"],
        title=_label(raw),
        description=_label(raw, "description"),
        fields=tuple(_field(entry) for entry in schema["fields"]),
        key=tuple([key] if isinstance(key, str) else key),
    )


def _field(raw: Mapping[str, Any]) -> Field:
    words = {}
    for entry in raw.get("categories", []):
        label = entry.get("label") or entry["value"]
        words[entry["value"]] = Label(label, entry.get("label_en") or label)
    return Field(
        raw["name"], _label(raw) if raw.get("title") else Label(raw["name"], raw["name"]),
        _label(raw, "description"), raw.get("unit") or "", words,
    )  # fmt: skip


def _form(raw: Mapping[str, Any]) -> Form:
    return Form(
        key=raw["key"],
        number=raw["number"],
        title=_label(raw),
        tables=tuple(
            Table(
                key=table["key"],
                title=_label(table),
                section=table["section"],
                layout=table.get("layout", "rows"),
                parts=tuple(_part(part) for part in table["parts"]),
            )
            for table in raw["tables"]
        ),
        sections=tuple(
            FormSection(entry["key"], entry.get("number", ""), _label(entry)) for entry in raw["sections"]
        ),
    )


def _part(raw: Mapping[str, Any]) -> Part:
    return Part(
        title=raw.get("title") or "",
        columns=tuple(entry["key"] for entry in raw["columns"]),
        heads={entry["key"]: _label(entry) for entry in raw["columns"]},
        groups=tuple(
            ColumnGroup(_label(entry), tuple(entry["columns"])) for entry in raw.get("column_groups", [])
        ),
        rows=tuple(
            FormRow(row["item"], row["kind"], row.get("parent") or "", row["depth"], row["label"])
            for row in raw["rows"]
        ),
    )
