"""What the tables of the package are: resources, fields, enumerations, keys, and the descriptor made of them.

Comes in: ``knowledge/package.yml``, the forms and the code lists. Goes out: ``Resource`` and ``Field`` objects, which
make the CSV headers, the descriptor, the dictionary and the tests. A column without a description is refused.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pipeline import knowledge
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.formats import names
from pipeline.knowledge.forms import columns, forms, items, resting
from pipeline.knowledge.messages import wrong
from pipeline.knowledge.rules import rules
from pipeline.knowledge.settings import settings
from pipeline.model.figure import CellKey
from pipeline.model.form import Column
from pipeline.package.csv_file import Written
from pipeline.published.cells import FigureTable
from pipeline.published.forms import form_to_json
from pipeline.safety.escape import is_web_address

Labels = dict[str, tuple[str, str]]  # value -> (Chinese, English)
PLAIN = ("直接印出的数", "Printed plainly")  # the state of a cell that cell_notes does not list


@dataclass(frozen=True)
class Field:
    """One column of a resource. ``constraints`` are those of Table Schema; ``labels`` name the allowed values.

    ``unit`` is Chinese and English, of every number; ``ordered`` says that the allowed values are a scale.
    """

    name: str
    type: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    example: str
    unit: tuple[str, str]
    constraints: Mapping[str, Any]
    labels: Mapping[str, tuple[str, str]]
    ordered: bool = False


@dataclass(frozen=True)
class Resource:
    """One table of the package. ``foreign`` maps a field to ``(resource, field)``; ``derived`` is made from the others."""

    name: str
    title_zh: str
    title_en: str
    description_zh: str
    description_en: str
    key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    foreign: Mapping[str, tuple[str, str]]
    fields: tuple[Field, ...]
    derived: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Its columns."""
        return tuple(field.name for field in self.fields)

    @property
    def examples(self) -> dict[str, str]:
        """Column → its best example."""
        return {field.name: field.example for field in self.fields}


FIELD_KEYS = {
    *("name", "type", "zh", "en", "about_zh", "about_en", "example"),
    *("required", "pattern", "minimum", "maximum", "enum", "enum_of", "enum_from", "unit", "ordered"),
}
_CELL = re.compile(r"\b(?P<table>[a-z_]+)/[a-z_]+(?P<column>/[a-z_]+)?")
MUST_HAVE = {"zh", "en", "about_zh", "about_en", "example"}
NUMBERS = ("integer", "number")


def _knowledge() -> dict[str, Any]:
    loaded: dict[str, Any] = knowledge.load("package.yml")
    return loaded


@cache
def figure_tables() -> dict[str, FigureTable]:
    """The tables of the forms, the newest form first, and how the package holds the figures of each."""
    found = {}
    for name in dict.fromkeys(table.key for form in forms().values() for table in form.tables):
        entry = _knowledge()["resources"][name]
        measures = tuple(field.name for field in _measures(name)) if "measures_of" in entry else ()
        found[name] = FigureTable(name, entry["key"][1], measures)
    return found


@cache
def resources() -> dict[str, Resource]:
    """All resources by name, in the order of the package."""
    listed = _knowledge()["resources"].items()
    return {name: _resource(name, entry) for name, entry in listed if name not in resting()}


@cache
def tables_of_reports() -> tuple[str, ...]:
    """The tables whose rows are each about one report; those that are derived apart."""
    return tuple(
        name
        for name, resource in resources().items()
        if not resource.derived and "report_id" in resource.names
    )


def _resource(name: str, entry: dict[str, Any]) -> Resource:
    fields: list[Field] = []
    for field in entry["fields"]:
        if "measures" in field:
            fields.extend(_measures(field["measures"]))
        elif "cell" in field:
            fields.extend(_cell(field))
        else:
            fields.append(_field(name, field, entry["key"]))
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
        derived=entry.get("derived", False),
    )


def _field(resource: str, entry: dict[str, Any], key: list[str]) -> Field:
    needed = MUST_HAVE | ({"unit"} if entry.get("type") in NUMBERS else set())
    if unlike := (set(entry) - FIELD_KEYS) | {key for key in needed if entry.get(key) in (None, "")}:
        place = f"pipeline/knowledge/package.yml: {resource}.{entry.get('name')}"
        raise wrong("schema_fields", place=place, unlike=sorted(unlike))
    labels: Labels = {value: (zh, en) for value, (zh, en) in entry.get("enum", {}).items()}
    labels = labels or _labels(entry.get("enum_of", "")) or _labels_from(entry.get("enum_from", ""))
    constraints: dict[str, Any] = {k: entry[k] for k in ("pattern", "minimum", "maximum") if k in entry}
    if entry.get("required") or entry["name"] in key:
        constraints["required"] = True
    if labels:
        constraints["enum"] = list(labels)
    if key == [entry["name"]]:
        constraints["unique"] = True
    words = {k: entry[k] for k in ("name", "type", "zh", "en", "about_zh", "about_en")}
    unit_zh, unit_en = entry.get("unit", ("", ""))
    return Field(
        **words,
        # As text, whatever the type: so the official JSON Schema of the standard has it.
        example=str(entry["example"]),
        unit=(unit_zh, unit_en),
        constraints=constraints,
        labels=labels,
        ordered=entry.get("ordered", False),
    )


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
    return [_measure(column) for column in found.values()]


def _measure(column: Column) -> Field:
    return Field(
        name=column.key,
        type="integer" if column.type == "integer" else "number",
        zh=column.zh,
        en=column.en,
        about_zh=f"“{column.zh}”一列所印的数；没有数的留空，原因见 cell_notes。",
        about_en=f"The figure printed under “{column.en}”; empty where there is none (see cell_notes for the reason).",
        example="12",
        unit=(column.unit, _knowledge()["units"][column.unit]),
        constraints={},
        labels={},
    )


def _cell(entry: dict[str, Any]) -> list[Field]:
    """The field of one cell of the forms; none where no form has it."""
    key = CellKey.parse(entry["cell"])
    column = next(
        (c for f in forms().values() for t, _, r, c in f.cells() if (t.key, r.key, c.key) == key), None
    )
    if column is None:
        return []
    return [
        replace(
            _measure(column),
            name=entry["name"],
            zh=entry["zh"],
            en=entry["en"],
            about_zh=f"{entry['cell']} 一格所印的数；没有数的留空，原因见 cell_notes。",
            about_en=f"The figure printed in the cell {entry['cell']}; empty where there is none (see cell_notes for the reason).",
        )
    ]


def summary_cells() -> dict[str, CellKey]:
    """Column of ``report_summary`` → the cell of the forms it shows."""
    listed = _knowledge()["resources"]["report_summary"]["fields"]
    return {entry["name"]: CellKey.parse(entry["cell"]) for entry in listed if _has_cell(entry)}


def _has_cell(entry: dict[str, Any]) -> bool:
    """Whether a column shows a cell that a form in force here has; a fork with another form has none of ours."""
    return "cell" in entry and any(
        CellKey.parse(entry["cell"]) in form.cell_keys() for form in forms().values()
    )


def _labels_from(source: str) -> Labels:
    """The values of another field, ``resource.field``, and ``reported`` before the states of a cell."""
    resource, _, name = source.partition(".")
    listed = _knowledge()["resources"].get(resource, {"fields": []})["fields"]
    entry = next((field for field in listed if field.get("name") == name), None)
    if entry is None:  # a table that this fork's form does not have, which says nothing about the values then
        return {}
    found: Labels = {value: (zh, en) for value, (zh, en) in entry["enum"].items()}
    return {"reported": PLAIN} | found if source == "cell_notes.status" else found


def _labels(source: str) -> Labels:
    """The values of an enumeration that other knowledge lists, e.g. ``items.requests``."""
    kind, _, table = source.partition(".")
    if not kind:
        return {}
    tables = [t for form in forms().values() for t in form.tables if table in ("", t.key)]
    if kind == "functions":
        return {key: (entry["zh"], entry["en"]) for key, entry in knowledge.load("functions.yml").items()}
    if kind == "formats":
        return {extension: (name.zh, name.en) for extension, name in names().items()}
    if kind == "units":
        return {unit: (unit, english) for unit, english in _knowledge()["units"].items()}
    if kind == "forms":
        return {form.key: (form.zh, form.en) for form in reversed(forms().values())}
    if kind == "tables":
        return {t.key: (t.zh, t.en) for t in tables}
    if kind == "sections":
        asked = {section.key for form in forms().values() for section in form.sections}
        words = knowledge.load("sections.yml")
        found = {key: (entry["zh"], entry["en"]) for key, entry in words.items() if key in asked}
        return {"preamble": ("正文前的说明", "Preamble"), **found}
    if kind == "finding_codes":
        codes = {code: (k.title.zh, k.title.en) for code, k in finding_kinds().items()}
        return codes | {rule.id: (rule.title.zh, rule.title.en) for rule in rules().values()}
    if kind == "items":
        keys = dict.fromkeys(row.item.key for t in tables for part in t.parts for row in part.data_rows)
        return {key: (items()[key].zh, items()[key].en) for key in keys}
    if kind == "measures":
        keys = dict.fromkeys(column.key for t in tables for part in t.parts for column in part.columns)
        return {key: (columns()[key].zh, columns()[key].en) for key in keys}
    raise wrong("schema_enum_of", source=source)


# Said in full: readers that guess take a CSV of semicolons for one of ours, and some skip blanks after a comma.
DIALECT = {
    "header": True,
    "delimiter": ",",
    "lineTerminator": "\n",
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
}
DATA_PACKAGE = "https://datapackage.org/profiles/2.0/datapackage.json"
TABLE_SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"


def descriptor(
    files: Mapping[str, Written],
    tables: Mapping[str, list[dict[str, str]]],
    *,
    version: str = "0.1.0",
    created: str = "",
) -> dict[str, Any]:
    """The descriptor (Data Package v2) of the files given.

    Args:
        files: what was written, by the name of the resource.
        tables: the rows of those that are not derived; they tell the years and places covered and the addresses of the sources.
        version: of the data, from ``versions.yml``.
        created: the day that version was released, as 2024-01-31; empty where unknown. Never the day of the run.
    """
    about, ours = _knowledge(), settings()
    years = sorted({row["year"] for row in tables["reports"]})
    return {
        "$schema": DATA_PACKAGE,
        "name": ours.name,
        "id": _id(ours.name, ours.publisher),
        "title": ours.data_title.zh,
        "title_en": ours.data_title.en,
        "description": f"{ours.description.zh}\n\n{ours.description.en}",
        **({"homepage": ours.base_address} if ours.base_address else {}),
        "version": version,
        **({"created": f"{created}T00:00:00Z"} if created else {}),
        "languages": ["zh", "en"],
        "keywords": list(dict.fromkeys((*ours.keywords, ours.place.en))),
        "licenses": _licences(""),
        "rights": rights()["zh"],
        "rights_en": rights()["en"],
        "contributors": [{"title": ours.publisher, **_contact(ours.contact), "roles": ["dataCurator"]}],
        "sources": [{"title": " / ".join(dict.fromkeys((ours.origin.zh, ours.origin.en)))}],
        "temporal": {"start": years[0], "end": years[-1]} if years else {},
        "spatial": {"title": ours.place.zh, "title_en": ours.place.en}
        | ({"code": ours.place_code} if ours.place_code else {})
        | {"places": sorted({row["province"] for row in tables["agencies"] if row.get("province")})},
        "forms": [form_to_json(form) for form in forms().values()],
        "breaks": [one for one in about["breaks"] if not set(one["tables"]) <= resting()],
        "resources": [
            _resource_descriptor(r, files[r.name], _sources(r.name, tables)) for r in resources().values()
        ],
    }


def rights() -> dict[str, Any]:
    """What the licence does not cover: its name, words, and the tables that hold it."""
    found: dict[str, Any] = _knowledge()["rights"]
    return found


def _licences(resource: str) -> list[dict[str, str]]:
    """The licence of a table; that of the package where no table is named."""
    if resource in rights()["tables"]:
        return [{"name": rights()["name"], "title": f"{rights()['zh']} / {rights()['en']}"}]
    ours = settings().licence
    return [{"name": ours.name, "path": ours.path, "title": ours.title}]


def _id(name: str, publisher: str) -> str:
    """An identifier that is the same for every version, and another for every fork: made of its name and publisher."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{DATA_PACKAGE}#{publisher}/{name}").urn


def _contact(address: str) -> dict[str, str]:
    """Where the publisher is reached, as the standard has it."""
    if address.startswith("mailto:"):
        return {"email": address.removeprefix("mailto:")}
    return {"path": address} if address else {}


def _sources(resource: str, tables: Mapping[str, list[dict[str, str]]]) -> list[dict[str, str]]:
    """Where each report was taken from, as far as an address is known: the sources of the table of reports."""
    if resource != "reports":
        return []
    return [
        {"title": row["title"] or row["report_id"], "path": row["source_url"]}
        for row in tables["reports"]
        # Addresses come from strangers: what is no web address stays a plain column and becomes no link.
        if is_web_address(row["source_url"])
    ]


def _resource_descriptor(resource: Resource, file: Written, sources: list[dict[str, str]]) -> dict[str, Any]:
    keys = [
        {
            "fields": [field],
            # An empty name is the table itself: so readers of both versions of the standard have it.
            "reference": {"resource": table if table != resource.name else "", "fields": [target]},
        }
        for field, (table, target) in resource.foreign.items()
    ]
    return {
        "name": resource.name,
        "type": "table",
        "path": f"data/{file.name}",
        "title": resource.title_zh,
        "title_en": resource.title_en,
        "description": resource.description_zh,
        "description_en": resource.description_en,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **({"sources": sources} if sources else {}),
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "rows": file.rows,
        **({"derived": True} if resource.derived else {}),
        "dialect": dict(DIALECT),
        "licenses": _licences(resource.name),
        "schema": {
            "$schema": TABLE_SCHEMA,
            "fields": [_field_descriptor(field, _example(field, file)) for field in resource.fields],
            # As plain texts: readers of the first version of the standard know no other form.
            "missingValues": [""],
            "primaryKey": list(resource.key),
            **({"uniqueKeys": [list(key) for key in resource.unique]} if resource.unique else {}),
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _example(field: Field, file: Written) -> str:
    """The example of ``package.yml`` where the data have it; else their first value: a fork's examples are its own."""
    if of_the_data := file.examples.get(field.name):
        return of_the_data
    if field.labels:
        return field.example if field.example in field.labels else next(iter(field.labels))
    return _CELL.sub(_own_cell, field.example)


def _own_cell(ours: re.Match[str]) -> str:
    """A cell that ``package.yml`` names as an example; of another form, which has no such table, its first cell."""
    tables = {table.key: table for form in forms().values() for table in form.tables}
    if ours["table"] in tables or ours["table"] not in _knowledge()["resources"]:
        return ours[0]
    table = next(iter(tables.values()))
    item, column = table.parts[0].data_rows[0].item.key, table.parts[0].columns[0].key
    return f"{table.key}/{item}" + (f"/{column}" if ours["column"] else "")


def _field_descriptor(field: Field, example: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": field.name,
        "type": field.type,
        "title": field.zh,
        "title_en": field.en,
        "description": field.about_zh,
        "description_en": field.about_en,
    }
    if field.unit[0]:
        found["unit"], found["unit_en"] = field.unit
    found["example"] = example
    if field.constraints:
        found["constraints"] = dict(field.constraints)
    if field.labels:
        found["categories"] = [
            {"value": v, "label": zh, "label_en": en} for v, (zh, en) in field.labels.items()
        ]
        if field.ordered:
            found["categoriesOrdered"] = True
    return found
