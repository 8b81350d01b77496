"""The OpenAPI description of the static JSON, made from the columns of the package: what it says is what is promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from pipeline import knowledge
from pipeline.published.descriptor import Column, Table
from pipeline.published.distributions import registry
from pipeline.published.distributions.registry import DATA
from pipeline.published.reader import Published

TYPES = {"integer": "integer", "number": "number", "boolean": "boolean"}


def openapi(package: Published) -> dict[str, Any]:
    """OpenAPI 3.1. Every field of every answer is described; a value that may be missing may be null."""
    about, promise = package.descriptor.raw, knowledge.load("workbook.yml")["promise"]
    licence = about["licenses"][0]
    tables = package.tables
    own = [table for table in tables.values() if not table.derived]
    with_report = [t for t in own if t.foreign.get("report_id", ("", ""))[0] == "reports"]
    schemas = {table.name: _row(table, ()) for table in own if table not in with_report}
    schemas |= {table.name: _row(table, ("report_id",)) for table in with_report}
    years = {"type": "array", "items": {"type": "integer"}}
    url = {"type": "string", "format": "uri-reference"}
    agency_in_list = _and("agencies", {"years": years, "url": url})
    short = _object({"agency_id": {"type": "string"}, "name_zh": {"type": "string"}})
    parts = _object({table.name: _list(_ref(table.name)) for table in with_report})
    paths = {
        "/index.json": _get("index", "索引和承诺 · index and promise", _index(tables)),
        "/agencies.json": _get(
            "agencies", "全部机关 · all agencies", _answer(agencies=_list(agency_in_list))
        ),
        "/agencies/{agency_id}.json": _get(
            "agency",
            "一个机关和它的报告 · an agency and its reports",
            _answer(agency=_ref("agencies"), reports=_list(_and("reports", {"url": url}))),
            "agency_id",
        ),
        "/reports/{report_id}.json": _get(
            "report",
            "一份报告的全部行 · all rows of a report",
            _answer(revision={"type": "string"}, report=_ref("reports"), agency=short, tables=parts),
            "report_id",
        ),
    }
    if {"indicators", "indicator_definitions"} <= set(tables):
        key = {"agency_id": {"type": "string"}, "year": {"type": "integer"}, "report_id": {"type": "string"}}
        schemas["indicator_value"] = _row(tables["indicators"], ("report_id", "indicator_id"))
        paths["/indicators/{indicator_id}.json"] = _get(
            "indicator",
            "一项指标的全部值 · all values of an indicator",
            _answer(definition=_ref("indicator_definitions"), values=_list(_and("indicator_value", key))),
            "indicator_id",
        )
    paths |= dict(_parts(tables))
    paths |= dict(_files(package))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": about["title"],
            "summary": about.get("title_en", ""),
            "description": "\n\n".join(
                f"{zh}\n\n{en}" for zh, en in (*promise, tuple(package.descriptor.rights))
            ),
            "version": about["version"],
            "license": {"name": licence["title"], "url": licence["path"]},
        },
        "servers": [{"url": "."}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _parts(tables: Mapping[str, Table]) -> Iterator[tuple[str, dict[str, Any]]]:
    """One item, one indicator by its address: CSV, JSON and what it is."""
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    links = _object(dict.fromkeys(("csv", "json", "datapackage"), text))
    words = {"title": text, "title_en": text, "citation": text, "links": links}
    if "items" in tables:
        value = {"type": ["string", "integer", "number", "boolean", "null"]}
        rows = _answer(item=text, columns=texts, rows=_list(_list(value)))
        yield "/items/{item}.json", _get("item", "一项的全部数 · all figures of an item", rows, "item")
        measure = _object(dict.fromkeys(("measure", "title", "title_en", "unit"), text))
        broken = _object({"year": {"type": "integer"}, "title": text, "title_en": text})
        own = dict.fromkeys(("item", "form_table", "description", "description_en", "article"), text)
        about = _answer(**own, **words, forms=texts, measures=_list(measure), breaks=_list(broken))
        yield "/items/{item}.metadata.json", _get("item_metadata", "这一项是什么 · what it is", about, "item")
        yield "/items/{item}.csv", _csv("item_csv", "一项的全部数 · all figures of an item", "item")
    if {"indicators", "indicator_definitions"} <= set(tables):
        key = "indicator_id"
        own = {
            name: text
            for name in tables["indicator_definitions"].names
            if name == key or name.rpartition("_")[2] in ("zh", "en")
        }
        yield (
            f"/indicators/{{{key}}}.metadata.json",
            _get("indicator_metadata", "这项指标是什么 · what it is", _answer(**(own | words)), key),
        )
        summary = "一项指标的全部值 · all values of an indicator"
        yield f"/indicators/{{{key}}}.csv", _csv("indicator_csv", summary, key)


def _csv(operation: str, summary: str, parameter: str) -> dict[str, Any]:
    told = _get(operation, summary, {}, parameter)
    told["get"]["responses"]["200"]["content"] = {"text/csv": {}}
    return told


def _files(package: Published) -> Iterator[tuple[str, dict[str, Any]]]:
    """The other forms of the package, which lie beside it; those of this interface itself are told above."""
    for one in registry.offered(package):
        for file in one.files(package):
            if not file.path.startswith(".."):
                answer = {"description": "OK", "content": {one.media_type: {}}}
                told = {
                    "operationId": f"{one.key}_{PurePosixPath(file.path).stem}".replace("-", "_"),
                    "summary": f"{file.title.zh} · {file.title['en']}",
                    "responses": {"200": answer},
                }
                yield f"/{file.path}", {"servers": [{"url": f"../../{DATA}"}], "get": told}


LINKS = ("agencies", "agency", "report", "indicator", "item", "item_csv", "openapi", "datapackage")


def _index(tables: Mapping[str, Table]) -> dict[str, Any]:
    """The index: facts of the package, addresses of the other answers, and the words of every code."""
    text, number = {"type": "string"}, {"type": "integer"}
    words = {"type": "object", "additionalProperties": _object({"zh": text, "en": text})}
    coded = [f"{t.name}.{column.name}" for t in tables.values() for column in t.columns if column.labels]
    return _answer(
        **dict.fromkeys(("name", "title", "title_en", "promise", "promise_en"), text),
        counts=_object({"agencies": number, "reports": number}),
        links=_object({link: {"type": "string", "format": "uri-template"} for link in LINKS}),
        indicators=_list(text),
        distributions=_list(
            _object(dict.fromkeys(("title", "title_en", "media_type", "url"), text)),
        ),
        codes=_object(dict.fromkeys(coded, words)),
    )


def _get(operation: str, summary: str, schema: dict[str, Any], parameter: str = "") -> dict[str, Any]:
    given = (
        [{"name": parameter, "in": "path", "required": True, "schema": {"type": "string"}}]
        if parameter
        else []
    )
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            **({"parameters": given} if given else {}),
            "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": schema}}}},
        }
    }


def _answer(**properties: dict[str, Any]) -> dict[str, Any]:
    return _object(
        {
            "version": {"type": "string"},
            "license": {"type": "string", "format": "uri"},
            "rights": {"type": "string"},
            "rights_en": {"type": "string"},
            **properties,
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _and(name: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"allOf": [_ref(name), _object(more)]}


def _row(table: Table, without: tuple[str, ...]) -> dict[str, Any]:
    columns = [column for column in table.columns if column.name not in without]
    return _object({column.name: _property(table, column) for column in columns}) | {
        "title": table.title.zh,
        "description": f"{table.about.zh}\n\n{table.about['en']}",
    }


def _property(table: Table, column: Column) -> dict[str, Any]:
    always = column.required or column.name in table.key
    kind = TYPES.get(column.type, "string")
    found: dict[str, Any] = {
        "type": kind if always else [kind, "null"],
        "title": column.title.zh,
        "description": f"{column.about.zh} {column.about['en']}",
    }
    if column.type == "date":
        found["format"] = "date"
    if column.labels:
        found["enum"] = [*column.labels, *([] if always else [None])]
    if column.unit.zh:
        found["x-unit"] = column.unit.zh
    return found
