"""The official forms as data: tables, parts, rows, columns, sections, and the words by which they are found.

Comes in: ``knowledge/``. Goes out: frozen ``Form`` objects. A knowledge file that contradicts itself is refused here,
with its name and line: that is our error and never a finding about an agency.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline import knowledge, wording
from pipeline.findings import FindingKind, PipelineError, Severity
from pipeline.settings import settings


@dataclass(frozen=True)
class Item:
    """A row of an official table.

    Attributes:
        labels: normal forms (``wording.label``) that mean this row when they are the whole label.
        stems: normal pieces that mean this row wherever they stand in a label of its table.
        article: article of the Regulations, e.g. ``36(1), 36(2)``; empty where the Regulations name none.
    """

    key: str
    zh: str
    short_zh: str
    en: str
    article: str
    plain_zh: str
    plain_en: str
    labels: frozenset[str]
    stems: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A column of an official table; ``unit`` is empty where the form prints none."""

    key: str
    zh: str
    en: str
    type: str
    unit: str
    signed: bool
    labels: frozenset[str]


@dataclass(frozen=True)
class Row:
    """A place in a form. ``kind`` is ``data`` (it has cells) or ``group`` (a heading over other rows)."""

    item: Item
    kind: str
    parent: str
    depth: int


@dataclass(frozen=True)
class ColumnGroup:
    """A heading over several columns, as the form prints it."""

    zh: str
    en: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """A block of a table in which every row has the same columns."""

    key: str
    zh: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    column_groups: tuple[ColumnGroup, ...]

    @property
    def data_rows(self) -> tuple[Row, ...]:
        """The rows that have cells, in the order of the form."""
        return tuple(row for row in self.rows if row.kind == "data")


@dataclass(frozen=True)
class Table:
    """One table of the JSON and of the package. ``layout`` is ``rows``, or ``one_row``: all rows side by side."""

    key: str
    zh: str
    en: str
    section: str
    layout: str
    parts: tuple[Part, ...]

    def cells(self) -> Iterator[tuple[Part, Row, Column]]:
        """Every cell, in the order of the form."""
        for part in self.parts:
            for row in part.data_rows:
                for column in part.columns:
                    yield part, row, column

    def part_of(self, item: str) -> Part:
        """The part that has a data row; KeyError for a row that is not in this table."""
        for part in self.parts:
            if any(row.item.key == item for row in part.data_rows):
                return part
        raise KeyError(item)


@dataclass(frozen=True)
class Section:
    """A numbered section of the report; ``number`` is the Chinese ordinal of its heading."""

    key: str
    number: str
    zh: str
    en: str
    labels: frozenset[str]


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

    def table(self, key: str) -> Table:
        """The table with this key."""
        return next(table for table in self.tables if table.key == key)

    def cells(self) -> Iterator[tuple[Table, Part, Row, Column]]:
        """Every cell of the form, in its order."""
        for table in self.tables:
            for part, row, column in table.cells():
                yield table, part, row, column

    def leaves(self, group: str) -> tuple[str, ...]:
        """The data rows at any depth below a group, in the order of the form."""
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


ORDINALS = "一二三四五六七八九十"


def _refuse(file: str, word: str, zh: str, en: str) -> PipelineError:
    line = knowledge.line_of(file, word)
    place = f"pipeline/knowledge/{file}:{line}"
    return PipelineError(f"{place}：{zh}", f"{place}: {en}")


def _normal_labels(official: str, others: list[str]) -> frozenset[str]:
    labels = {wording.label(text) for text in (official, *others)}
    return frozenset(labels | {wording.without_brackets(text) for text in labels})


@cache
def items() -> dict[str, Item]:
    """Every row that any form prints, by key."""
    allowed = {"zh", "short_zh", "en", "labels", "stems", "article", "plain_zh", "plain_en"}
    found = {}
    for key, entry in knowledge.load("items.yml").items():
        if unknown := set(entry) - allowed:
            raise _refuse(
                "items.yml",
                f"{key}:",
                f"不认识的字段 {sorted(unknown)}",
                f"unknown properties {sorted(unknown)}",
            )
        found[key] = Item(
            key=key,
            zh=entry["zh"],
            short_zh=entry.get("short_zh", entry["zh"]),
            en=entry["en"],
            article=entry.get("article", ""),
            plain_zh=entry["plain_zh"],
            plain_en=entry["plain_en"],
            labels=_normal_labels(entry["zh"], entry.get("labels", [])),
            stems=tuple(wording.label(stem) for stem in entry.get("stems", [])),
        )
    return found


@cache
def columns() -> dict[str, Column]:
    """Every column that any form prints, by key."""
    return {
        key: Column(
            key=key,
            zh=entry["zh"],
            en=entry["en"],
            type=entry["type"],
            unit=entry["unit"] or "",
            signed=entry.get("signed", False),
            labels=_normal_labels(entry["zh"], entry.get("labels", [])),
        )
        for key, entry in knowledge.load("measures.yml").items()
    }


def _rows(
    file: str, listed: list[Any], printed: dict[str, str], parent: str = "", depth: int = 0
) -> Iterator[Row]:
    for entry in listed:
        key, children = next(iter(entry.items())) if isinstance(entry, dict) else (entry, None)
        if key not in items():
            raise _refuse(file, key, f"items.yml 里没有 “{key}” 这一行", f"no row '{key}' in items.yml")
        item = items()[key]
        if key in printed:
            item = Item(
                **{**vars(item), "zh": printed[key], "labels": item.labels | _normal_labels(printed[key], [])}
            )
        yield Row(item=item, kind="group" if children else "data", parent=parent, depth=depth)
        if children:
            yield from _rows(file, children, printed, key, depth + 1)


def _part(file: str, entry: dict[str, Any]) -> Part:
    printed = entry.get("printed", {})
    for key in (*entry["columns"], *printed):
        if key not in columns() and key not in items():
            raise _refuse(
                file, key, f"measures.yml 里没有 “{key}” 这一列", f"no column '{key}' in measures.yml"
            )
    return Part(
        key=entry["key"],
        zh=entry.get("zh", ""),
        columns=tuple(
            Column(**{**vars(columns()[key]), "zh": printed.get(key, columns()[key].zh)})
            for key in entry["columns"]
        ),
        rows=tuple(_rows(file, entry["rows"], printed)),
        column_groups=tuple(
            ColumnGroup(group["zh"], group["en"], tuple(group["columns"]))
            for group in entry.get("column_groups", [])
        ),
    )


def _check_words(file: str, table: Table) -> None:
    """No label means two rows of one table, and no stem of one row stands in the official label of another."""
    owner: dict[str, str] = {}
    rows = [row.item for part in table.parts for row in part.rows]
    for item in rows:
        for label in item.labels:
            if owner.setdefault(label, item.key) != item.key:
                raise _refuse(
                    "items.yml",
                    f"{item.key}:",
                    f"“{label}” 既指 {owner[label]} 又指 {item.key}",
                    f"'{label}' means both {owner[label]} and {item.key}",
                )
    for item in rows:
        for stem in item.stems:
            for other in rows:
                if other is not item and any(stem in label for label in other.labels):
                    raise _refuse(
                        "items.yml",
                        f"{item.key}:",
                        f"词干 “{stem}” 也出现在 {other.key} 的名称里",
                        f"stem '{stem}' also stands in a label of {other.key}",
                    )
    if len({item.key for item in rows}) != len(rows):
        raise _refuse(file, table.key, "同一行出现两次", "a row is listed twice")


def _form(file: str) -> Form:
    entry = knowledge.load(file)
    words = knowledge.load("sections.yml")
    form = Form(
        key=entry["key"],
        number=entry["number"],
        zh=entry["zh"],
        en=entry["en"],
        first_year=entry["report_years"]["first"],
        last_year=entry["report_years"].get("last"),
        signs=tuple(wording.label(sign) for sign in entry["signs"]),
        tables=tuple(
            Table(
                key=table["key"],
                zh=table["zh"],
                en=table["en"],
                section=table["section"],
                layout=table.get("layout", "rows"),
                parts=tuple(_part(file, part) for part in table["parts"]),
            )
            for table in entry["tables"]
        ),
        sections=tuple(
            Section(
                key=key,
                number=ORDINALS[index],
                zh=words[key]["zh"],
                en=words[key]["en"],
                labels=_normal_labels(words[key]["zh"], words[key].get("labels", [])),
            )
            for index, key in enumerate(entry["sections"])
        ),
    )
    for table in form.tables:
        _check_words(file, table)
    if (count := sum(1 for _ in form.cells())) != entry["cells"]:
        raise _refuse(
            file,
            "cells:",
            f"应有 {entry['cells']} 格，实有 {count} 格",
            f"{count} cells, not {entry['cells']}",
        )
    return form


@cache
def forms() -> dict[str, Form]:
    """The forms that ``site.yml`` names, by key, the newest first."""
    folder = knowledge.FOLDER / "forms"
    for key in settings().forms:
        if not (folder / f"{key}.yml").is_file():
            raise PipelineError(f"site.yml：没有 forms/{key}.yml", f"site.yml: there is no forms/{key}.yml")
    found = [_form(f"forms/{key}.yml") for key in sorted(settings().forms)]
    for form in found:
        for other in found:
            if other is not form and (both := set(form.signs) & set(other.signs)):
                raise _refuse(
                    f"forms/{form.key}.yml",
                    "signs:",
                    f"{sorted(both)} 也是 {other.key} 的标志",
                    f"{sorted(both)} are signs of {other.key} too",
                )
    return {form.key: form for form in sorted(found, key=lambda form: form.first_year, reverse=True)}


@cache
def finding_kinds() -> dict[str, FindingKind]:
    """The words of every finding that is no rule, by code."""
    return {
        code: FindingKind(
            code=code,
            severity=Severity(entry["severity"]),
            title_zh=entry["zh"],
            title_en=entry["en"],
            message_zh=entry["message_zh"],
            message_en=entry["message_en"],
            hint_zh=entry["hint_zh"],
            hint_en=entry["hint_en"],
            example=entry.get("example", ""),
        )
        for code, entry in knowledge.load("findings.yml").items()
    }
