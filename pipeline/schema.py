"""What the tables of the package are: resources, fields, enumerations, keys, and the descriptor made of them.

Comes in: ``knowledge/package.yml``, the forms and the code lists. Goes out: ``Resource`` and ``Field`` objects, which
make the CSV headers, the descriptor, the dictionary and the tests. A column without a description is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline import knowledge
from pipeline.findings import PipelineError
from pipeline.rules import rules
from pipeline.template import columns, finding_kinds, forms, items

Labels = dict[str, tuple[str, str]]  # value -> (Chinese, English)
RULE_WORDS = (
    *("formula_zh", "formula_en", "explain_zh", "explain_en"),
    *("basis_zh", "basis_en", "breaks_zh", "breaks_en"),
)


@dataclass(frozen=True)
class Field:
    """One column of a resource. ``constraints`` are those of Table Schema; ``labels`` name the allowed values."""

    name: str
    type: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    example: str | int | None
    unit: str
    constraints: Mapping[str, Any]
    labels: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Resource:
    """One table of the package. ``foreign`` maps a field to ``(resource, field)``."""

    name: str
    title_zh: str
    title_en: str
    description_zh: str
    description_en: str
    key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    foreign: Mapping[str, tuple[str, str]]
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Shape:
    """How the figures of an official table are laid out: ``wide`` has a column a measure, else one row a cell."""

    row_field: str
    wide: bool


FIELD_KEYS = {
    *("name", "type", "zh", "en", "about_zh", "about_en", "example"),
    *("required", "pattern", "minimum", "maximum", "enum", "enum_of"),
}


def _knowledge() -> dict[str, Any]:
    loaded: dict[str, Any] = knowledge.load("package.yml")
    return loaded


@cache
def shape(table: str) -> Shape:
    """The layout of the resource that holds an official table."""
    entry = _knowledge()["resources"][table]
    return Shape(row_field=entry["key"][1], wide="measures_of" in entry)


@cache
def resources() -> dict[str, Resource]:
    """All resources by name, in the order of the package."""
    return {name: _resource(name, entry) for name, entry in _knowledge()["resources"].items()}


def _resource(name: str, entry: dict[str, Any]) -> Resource:
    fields: list[Field] = []
    for field in entry["fields"]:
        fields.extend(
            _measures(field["measures"]) if "measures" in field else [_field(name, field, entry["key"])]
        )
    return Resource(
        name=name,
        title_zh=entry["title_zh"],
        title_en=entry["title_en"],
        description_zh=entry["description_zh"],
        description_en=entry["description_en"],
        key=tuple(entry["key"]),
        unique=tuple(tuple(keys) for keys in entry.get("unique", [])),
        foreign={field: tuple(target.split(".")) for field, target in entry.get("foreign", {}).items()},
        fields=tuple(fields),
    )


def _field(resource: str, entry: dict[str, Any], key: list[str]) -> Field:
    if wrong := (set(entry) - FIELD_KEYS) | ({"zh", "en", "about_zh", "about_en"} - set(entry)):
        place = f"pipeline/knowledge/package.yml: {resource}.{entry.get('name')}"
        raise PipelineError(
            f"{place}：字段说明不全或写错：{sorted(wrong)}", f"{place}: wrong or missing: {sorted(wrong)}"
        )
    labels: Labels = {value: (zh, en) for value, (zh, en) in entry.get("enum", {}).items()}
    labels = labels or _labels(entry.get("enum_of", ""))
    constraints: dict[str, Any] = {k: entry[k] for k in ("pattern", "minimum", "maximum") if k in entry}
    if entry.get("required") or entry["name"] in key:
        constraints["required"] = True
    if labels:
        constraints["enum"] = list(labels)
    if key == [entry["name"]]:
        constraints["unique"] = True
    words = {k: entry[k] for k in ("name", "type", "zh", "en", "about_zh", "about_en")}
    return Field(**words, example=entry.get("example"), unit="", constraints=constraints, labels=labels)


def _measures(table: str) -> list[Field]:
    """One field a column of an official table that is laid out wide."""
    found = {
        c.key: c
        for form in forms().values()
        for t in form.tables
        if t.key == table
        for p in t.parts
        for c in p.columns
    }
    return [
        Field(
            name=column.key,
            # A count is declared a number: what the source prints is published even where it is no whole number.
            type="number",
            zh=column.zh,
            en=column.en,
            about_zh=f"“{column.zh}”一列所印的数；没有数的留空，原因见 cell_notes。",
            about_en=f"The figure printed under “{column.en}”; empty where there is none (see cell_notes for the reason).",
            example="12",
            unit=column.unit,
            constraints={},
            labels={},
        )
        for column in found.values()
    ]


def _labels(source: str) -> Labels:
    """The values of an enumeration that other knowledge lists, e.g. ``items.requests``."""
    kind, _, table = source.partition(".")
    if not kind:
        return {}
    tables = [t for form in forms().values() for t in form.tables if table in ("", t.key)]
    if kind == "functions":
        return {key: (entry["zh"], entry["en"]) for key, entry in knowledge.load("functions.yml").items()}
    if kind == "forms":
        return {form.key: (form.zh, form.en) for form in reversed(forms().values())}
    if kind == "tables":
        return {t.key: (t.zh, t.en) for t in tables}
    if kind == "sections":
        words = knowledge.load("sections.yml")
        found = {key: (words[key]["zh"], words[key]["en"]) for key in words}
        return {"preamble": ("正文前的说明", "Preamble"), **found}
    if kind == "finding_codes":
        codes = {code: (k.title_zh, k.title_en) for code, k in finding_kinds().items()}
        return codes | {rule.id: (rule.words["zh"], rule.words["en"]) for rule in rules().values()}
    if kind == "items":
        keys = dict.fromkeys(row.item.key for t in tables for part in t.parts for row in part.data_rows)
        return {key: (items()[key].zh, items()[key].en) for key in keys}
    if kind == "measures":
        keys = dict.fromkeys(column.key for t in tables for part in t.parts for column in part.columns)
        return {key: (columns()[key].zh, columns()[key].en) for key in keys}
    raise PipelineError(f"package.yml：不认识的 enum_of: {source}", f"package.yml: unknown enum_of: {source}")


DATA_PACKAGE = "https://datapackage.org/profiles/2.0/datapackage.json"
TABLE_SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"


def descriptor(files: Mapping[str, bytes], tables: Mapping[str, list[dict[str, str]]]) -> dict[str, Any]:
    """The descriptor (Data Package v2) of the files given.

    Args:
        files: path below the package folder -> bytes, one for each resource.
        tables: the same rows; they tell the years covered.
    """
    about = _knowledge()
    years = sorted({row["year"] for row in tables["reports"]})
    return {
        "$schema": DATA_PACKAGE,
        "name": about["name"],
        "title": about["title_zh"],
        "title_en": about["title_en"],
        "description": f"{about['description_zh']}\n\n{about['description_en']}",
        "version": about["version"],
        "languages": ["zh", "en"],
        "keywords": about["keywords"],
        "licenses": about["licenses"],
        "contributors": about["contributors"],
        "sources": about["sources"],
        "temporal": {"start": years[0], "end": years[-1]} if years else {},
        "forms": [_form(form) for form in forms().values()],
        "breaks": about["breaks"],
        "resources": [_resource_descriptor(r, files[f"data/{r.name}.csv"]) for r in resources().values()],
    }


def _resource_descriptor(resource: Resource, data: bytes) -> dict[str, Any]:
    keys = [
        {
            "fields": [field],
            "reference": {"resource": "" if target[0] == resource.name else target[0], "fields": [target[1]]},
        }
        for field, target in resource.foreign.items()
    ]
    for key in keys:
        if not key["reference"]["resource"]:  # type: ignore[index]
            del key["reference"]["resource"]  # type: ignore[attr-defined]
    return {
        "name": resource.name,
        "type": "table",
        "path": f"data/{resource.name}.csv",
        "title": resource.title_zh,
        "title_en": resource.title_en,
        "description": resource.description_zh,
        "description_en": resource.description_en,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "dialect": {"lineTerminator": "\n"},
        "schema": {
            "$schema": TABLE_SCHEMA,
            "fields": [_field_descriptor(field) for field in resource.fields],
            "missingValues": [{"value": "", "label": "没有数值 / not stated"}],
            "primaryKey": list(resource.key),
            **({"uniqueKeys": [list(key) for key in resource.unique]} if resource.unique else {}),
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _field_descriptor(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": field.name,
        "type": field.type,
        "title": field.zh,
        "title_en": field.en,
        "description": field.about_zh,
        "description_en": field.about_en,
    }
    if field.unit:
        found["unit"] = field.unit
    if field.example is not None:
        found["example"] = field.example
    if field.constraints:
        found["constraints"] = dict(field.constraints)
    if field.labels:
        found["categories"] = [
            {"value": v, "label": zh, "label_en": en} for v, (zh, en) in field.labels.items()
        ]
    return found


def _form(form: Any) -> dict[str, Any]:
    return {
        "key": form.key,
        "number": form.number,
        "title": form.zh,
        "title_en": form.en,
        "first_year": form.first_year,
        "last_year": form.last_year,
        "sections": [
            {"key": s.key, "number": s.number, "title": s.zh, "title_en": s.en} for s in form.sections
        ],
        "tables": [
            {
                "key": table.key,
                "title": table.zh,
                "title_en": table.en,
                "section": table.section,
                "layout": table.layout,
                "parts": [
                    {
                        "key": part.key,
                        "title": part.zh,
                        "columns": [
                            {"key": c.key, "title": c.zh, "title_en": c.en, "unit": c.unit}
                            for c in part.columns
                        ],
                        "column_groups": [
                            {"title": group.zh, "title_en": group.en, "columns": list(group.columns)}
                            for group in part.column_groups
                        ],
                        "rows": [
                            {
                                "item": r.item.key,
                                "kind": r.kind,
                                "parent": r.parent,
                                "depth": r.depth,
                                "label": r.item.zh,
                            }
                            for r in part.rows
                        ],
                    }
                    for part in table.parts
                ],
            }
            for table in form.tables
        ],
    }
