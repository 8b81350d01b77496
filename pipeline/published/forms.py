"""An official form as the descriptor holds it, and back: so that whoever has the package has the forms too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.model.form import (
    Column,
    ColumnGroup,
    Form,
    Item,
    Part,
    Row,
    RowKind,
    Section,
    Table,
    TableLayout,
)

Json = dict[str, Any]


def form_to_json(form: Form) -> Json:
    """The entry of a form in ``forms`` of ``datapackage.json``.

    Args:
        form: of the knowledge, or read from another package.
    """
    return {
        "key": form.key,
        "number": form.number,
        **_titles(form),
        "first_year": form.first_year,
        "last_year": form.last_year,
        "sections": [
            {"key": section.key, "number": section.number, **_titles(section)} for section in form.sections
        ],
        "tables": [
            {
                "key": table.key,
                **_titles(table),
                "section": table.section,
                "layout": table.layout,
                "parts": [_part_to_json(part) for part in table.parts],
            }
            for table in form.tables
        ],
    }


def _titles(one: Form | Section | Table | Column | ColumnGroup) -> Json:
    return {"title": one.zh, "title_en": one.en}


def _part_to_json(part: Part) -> Json:
    return {
        "key": part.key,
        "title": part.zh,
        "columns": [
            {"key": column.key, **_titles(column), "type": column.type, "unit": column.unit, **_total(column)}
            for column in part.columns
        ],
        "column_groups": [{**_titles(group), "columns": list(group.columns)} for group in part.column_groups],
        "rows": [
            {
                "item": row.key,
                "kind": row.kind,
                "parent": row.parent,
                "depth": row.depth,
                "label": row.item.zh,
                "short": row.item.short_zh,
                **_total(row.item),
            }
            for row in part.rows
        ],
    }


def _total(one: Column | Item) -> Json:
    """Only where it is one: most are none."""
    return {"total": True} if one.total else {}


def form_from_json(entry: Mapping[str, Any]) -> Form:
    """The form of such an entry, without the words by which reports are read: they are ours alone.

    Args:
        entry: as ``form_to_json`` makes it; years may be missing.

    Raises:
        KeyError, TypeError, ValueError: a property is missing or of the wrong kind.
    """
    return Form(
        key=entry["key"],
        number=entry["number"],
        **_words(entry),
        first_year=entry.get("first_year", 0),
        last_year=entry.get("last_year"),
        signs=(),
        tables=tuple(
            Table(
                key=table["key"],
                **_words(table),
                section=table["section"],
                layout=TableLayout(table.get("layout", "rows")),
                parts=tuple(_part_from_json(part) for part in table["parts"]),
            )
            for table in entry["tables"]
        ),
        sections=tuple(
            Section(key=section["key"], number=section.get("number", ""), **_words(section))
            for section in entry["sections"]
        ),
    )


def _words(entry: Mapping[str, Any]) -> Json:
    return {"zh": entry.get("title") or "", "en": entry.get("title_en") or ""}


def _part_from_json(entry: Mapping[str, Any]) -> Part:
    return Part(
        key=entry.get("key", ""),
        zh=entry.get("title") or "",
        columns=tuple(
            Column(
                key=column["key"],
                **_words(column),
                type=column.get("type", ""),
                unit=column.get("unit") or "",
                total=column.get("total", False),
            )
            for column in entry["columns"]
        ),
        column_groups=tuple(
            ColumnGroup(columns=tuple(group["columns"]), **_words(group))
            for group in entry.get("column_groups", [])
        ),
        rows=tuple(
            Row(_item(row), RowKind(row["kind"]), row.get("parent") or "", row["depth"])
            for row in entry["rows"]
        ),
    )


def _item(row: Mapping[str, Any]) -> Item:
    return Item(row["item"], row["label"], row.get("short") or row["label"], total=row.get("total", False))
