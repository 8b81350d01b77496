"""The official forms as data: tables, parts, rows, columns, sections, and the words by which they are found.

Comes in: ``knowledge/``. Goes out: frozen ``Form`` objects. A knowledge file that contradicts itself is refused here,
with its name and line: that is our error and never a finding about an agency.
"""

from __future__ import annotations

import copyreg
from collections.abc import Iterator
from functools import cache
from typing import Any

from pipeline import knowledge
from pipeline.knowledge import normalize
from pipeline.knowledge.messages import message, wrong
from pipeline.knowledge.settings import settings
from pipeline.model.findings import PipelineError
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

# There is one object a form, which is the key of caches: a pickle names it instead of copying it.
copyreg.pickle(Form, lambda form: (form_of_key, (form.key,)))

ORDINALS = "一二三四五六七八九十"
FORM_KEYS = {"key", "number", "zh", "en", "report_years", "signs", "tables", "sections", "cells"}


def _refuse(file: str, word: str, code: str, **values: object) -> PipelineError:
    line = knowledge.line_of(file, word)
    return wrong("in_knowledge", file=file, line=line, said=message(code, **values))


def _normal_labels(official: str, others: list[str]) -> frozenset[str]:
    labels = {normalize.label(text) for text in (official, *others)}
    return frozenset(labels | {normalize.without_brackets(text) for text in labels})


def form_of_key(key: str) -> Form:
    """The one object of a form, for a pickle that names it.

    Args:
        key: e.g. ``t2021``; KeyError for one that ``site.yml`` does not use.
    """
    return forms()[key]


@cache
def items() -> dict[str, Item]:
    """Every row that any form prints, by key."""
    allowed = {"zh", "short_zh", "en", "labels", "stems", "article", "plain_zh", "plain_en", "total"}
    found = {}
    for key, entry in knowledge.load("items.yml").items():
        if unknown := set(entry) - allowed:
            raise _refuse(
                "items.yml",
                f"{key}:",
                "unknown_properties",
                unknown=sorted(unknown),
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
            total=entry.get("total", False),
            stems=tuple(normalize.label(stem) for stem in entry.get("stems", [])),
        )
    return found


@cache
def columns() -> dict[str, Column]:
    """Every column that any form prints, by key."""
    found = {}
    for key, entry in knowledge.load("measures.yml").items():
        if entry["type"] not in ("integer", "decimal"):
            raise _refuse("measures.yml", f"{key}:", "measure_type", found=entry["type"])
        found[key] = Column(
            key=key,
            zh=entry["zh"],
            en=entry["en"],
            type=entry["type"],
            unit=entry["unit"] or "",
            signed=entry.get("signed", False),
            total=entry.get("total", False),
            labels=_normal_labels(entry["zh"], entry.get("labels", [])),
        )
    return found


def _rows(
    file: str, listed: list[Any], printed: dict[str, str], parent: str = "", depth: int = 0
) -> Iterator[Row]:
    for entry in listed:
        key, children = next(iter(entry.items())) if isinstance(entry, dict) else (entry, None)
        if key not in items():
            raise _refuse(file, key, "no_such_item", key=key)
        item = items()[key]
        if key in printed:
            item = Item(
                **{**vars(item), "zh": printed[key], "labels": item.labels | _normal_labels(printed[key], [])}
            )
        yield Row(item=item, kind=RowKind.GROUP if children else RowKind.DATA, parent=parent, depth=depth)
        if children:
            yield from _rows(file, children, printed, key, depth + 1)


def _part(file: str, entry: dict[str, Any]) -> Part:
    printed = entry.get("printed", {})
    for key in (*entry["columns"], *printed):
        if key not in columns() and key not in items():
            raise _refuse(file, key, "no_such_measure", key=key)
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
                    "label_of_two",
                    label=label,
                    owner=owner[label],
                    item=item.key,
                )
    for item in rows:
        for stem in item.stems:
            for other in rows:
                if other is not item and any(stem in label for label in other.labels):
                    raise _refuse(
                        "items.yml",
                        f"{item.key}:",
                        "stem_in_other",
                        stem=stem,
                        other=other.key,
                    )
    if len({item.key for item in rows}) != len(rows):
        raise _refuse(file, table.key, "row_twice")


def _form(file: str) -> Form:
    entry = knowledge.load(file) or {}
    words = knowledge.load("sections.yml")
    if unknown := set(entry) - FORM_KEYS:
        raise _refuse(file, f"{min(unknown)}:", "unknown_properties", unknown=sorted(unknown))
    if (key := _key(file)) != entry.get("key"):
        raise _refuse(file, "key:", "form_key", key=key, found=entry.get("key"))
    form = Form(
        key=entry["key"],
        number=entry["number"],
        zh=entry["zh"],
        en=entry["en"],
        first_year=entry["report_years"]["first"],
        last_year=entry["report_years"].get("last"),
        signs=tuple(normalize.label(sign) for sign in entry["signs"]),
        tables=tuple(
            Table(
                key=table["key"],
                zh=table["zh"],
                en=table["en"],
                section=table["section"],
                layout=TableLayout(table.get("layout", "rows")),
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
            "cell_count",
            cells=entry["cells"],
            count=count,
        )
    return form


def _files() -> dict[str, str]:
    """Key → file of every form that lies here: ``forms/<key>.yml``, or ``form.yml`` in a folder ``forms/<key>/``."""
    folder = knowledge.FOLDER / "forms"
    paths = [*folder.glob("*.yml"), *folder.glob("*/form.yml")]
    files = (path.relative_to(knowledge.FOLDER).as_posix() for path in sorted(paths))
    return {_key(file): file for file in files}


def _key(file: str) -> str:
    return file.removeprefix("forms/").removesuffix(".yml").removesuffix("/form")


@cache
def resting_forms() -> frozenset[str]:
    """Keys of the forms that lie here and that ``site.yml`` does not name."""
    return frozenset(_files()) - set(forms())


@cache
def resting() -> frozenset[str]:
    """Tables that only such forms have: rules, indicators and resources of them rest."""
    used = {table.key for form in forms().values() for table in form.tables}
    others = (knowledge.load(_files()[key]) or {} for key in sorted(resting_forms()))
    return frozenset(table["key"] for form in others for table in form.get("tables", ())) - used


@cache
def forms() -> dict[str, Form]:
    """The forms that ``site.yml`` names, by key, the newest first."""
    files = _files()
    for key in settings().forms:
        if key not in files:
            raise wrong("no_such_form", key=key)
    found = [_form(files[key]) for key in sorted(settings().forms)]
    for form in found:
        for other in found:
            if other is not form and (both := set(form.signs) & set(other.signs)):
                raise _refuse(
                    files[form.key],
                    "signs:",
                    "sign_of_two",
                    both=sorted(both),
                    other=other.key,
                )
    return {form.key: form for form in sorted(found, key=lambda form: form.first_year, reverse=True)}
