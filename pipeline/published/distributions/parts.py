"""One item or one indicator over all reports by its address: CSV, JSON, and a sidecar that says what it is and how to cite it.

A row is a report: whose, which year, whether an aggregate, and the figures of the item, a column a measure.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.published.derived import AGGREGATES
from pipeline.published.reader import Published, typed

WHOSE = ("report_id", "agency_id", "agency_zh", "year", "is_aggregate")
TYPES = {"year": "integer", "is_aggregate": "boolean"}
RATIO = ("numerator", "denominator", "value", "note")
Json = dict[str, Any]
Line = tuple[str, ...]


def parts(package: Published, head: Json) -> Iterator[tuple[str, str]]:
    """Path below ``api/v1`` and text of every file; none of what the package does not have.

    Args:
        head: version and licence, which every answer begins with.
    """
    whose = dict(_whose(package))
    yield from _items(package, head, whose)
    yield from _indicators(package, head, whose)


def _whose(package: Published) -> Iterator[tuple[str, Line]]:
    names = {row["agency_id"]: row["name_zh"] for row in package.records("agencies")}
    for row in package.records("reports"):
        aggregate = "true" if row["scope"] in AGGREGATES else "false"
        yield row["report_id"], (row["agency_id"], names[row["agency_id"]], row["year"], aggregate)


def _items(package: Published, head: Json, whose: dict[str, Line]) -> Iterator[tuple[str, str]]:
    if "items" not in package.tables:
        return
    listed = {row["item"]: row for row in package.records("items")}
    for name, table in package.descriptor.figure_tables.items():
        asked = _asked(package, name)  # an item that no report has yet has a file too, without rows
        found: dict[str, dict[str, dict[str, str]]] = {item: defaultdict(dict) for item in asked}
        for record in package.records(name):
            for key, value in table.cells(record):
                found.setdefault(key.row, defaultdict(dict))[record["report_id"]][key.column] = value
        for item, by_report in sorted(found.items()):
            measures = [
                key
                for key in package.descriptor.columns
                if any(key in one for one in by_report.values() or [asked[item]])
            ]
            rows = [
                (report, *whose[report], *(cells.get(measure, "") for measure in measures))
                for report, cells in by_report.items()
            ]
            about = listed.get(item, {})
            described = {
                "item": item,
                "form_table": name,
                "title": about.get("label_zh", item),
                "title_en": about.get("label_en", item),
                "description": about.get("plain_zh", ""),
                "description_en": about.get("plain_en", ""),
                "article": about.get("article", ""),
                "forms": about.get("forms", "").split(),
                "measures": [_measure(package, measure) for measure in measures],
                "breaks": [
                    {"year": one.year, "title": one.title.zh, "title_en": one.title["en"]}
                    for one in package.descriptor.breaks
                    if not one.tables or name in one.tables
                ],
            }
            kinds = [TYPES.get(column, "string") for column in WHOSE] + ["number"] * len(measures)
            yield from _three(package, head, f"items/{item}", described, (*WHOSE, *measures), kinds, rows)


def _asked(package: Published, table: str) -> dict[str, set[str]]:
    """The items that the forms ask for in a table, each with its measures."""
    found: dict[str, set[str]] = defaultdict(set)
    for form in package.descriptor.forms.values():
        for key in form.cell_keys():
            if key.table == table:
                found[key.row].add(key.column)
    return found


def _measure(package: Published, key: str) -> Json:
    words = package.descriptor.columns[key]
    units = {
        column.unit
        for form in package.descriptor.forms.values()
        for _, _, _, column in form.cells()
        if column.key == key
    }
    return {
        "measure": key,
        "title": words.zh,
        "title_en": words["en"],
        "unit": " / ".join(sorted(units - {""})),
    }


def _indicators(package: Published, head: Json, whose: dict[str, Line]) -> Iterator[tuple[str, str]]:
    if not {"indicators", "indicator_definitions"} <= set(package.tables):
        return
    found: dict[str, list[Line]] = defaultdict(list)
    for row in package.records("indicators"):
        values = tuple(row[name] for name in RATIO)
        found[row["indicator_id"]].append((row["report_id"], *whose[row["report_id"]], *values))
    for row in package.records("indicator_definitions"):
        path = f"indicators/{row['indicator_id']}"
        yield f"{path}.csv", _csv((*WHOSE, *RATIO), found[row["indicator_id"]])
        described = {
            "indicator_id": row["indicator_id"],
            "title": row["title_zh"],
            "title_en": row["title_en"],
        }
        words = {name: row[name] for name in row if name.rpartition("_")[2] in ("zh", "en")}
        yield f"{path}.metadata.json", _json(head | described | words | _source(package, path))


def _three(
    package: Published,
    head: Json,
    path: str,
    described: Json,
    columns: Sequence[str],
    kinds: Sequence[str],
    rows: Sequence[Line],
) -> Iterator[tuple[str, str]]:
    values = [[typed(cell, kind) for cell, kind in zip(row, kinds, strict=True)] for row in rows]
    yield f"{path}.csv", _csv(columns, rows)
    yield f"{path}.json", _json(head | {"item": described["item"], "columns": list(columns), "rows": values})
    yield f"{path}.metadata.json", _json(head | described | _source(package, path))


def _source(package: Published, path: str) -> Json:
    """How to cite it, and where else it is."""
    about = package.descriptor.raw
    name = path.rpartition("/")[2]
    return {
        "citation": f"{about['contributors'][0]['title']}. {about['title']}, {about['version']}, {path}.",
        "links": {
            "csv": f"{name}.csv",
            "json": f"{name}.json",
            "datapackage": "../../../data/datapackage.json",
        },
    }


def _csv(columns: Sequence[str], rows: Sequence[Line]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def _json(content: Json) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
