"""Static JSON under ``/api/v1/``: an index, all agencies, one file an agency, a report, an indicator; and OpenAPI.

A report's file holds its rows of every table of the package, so a new table needs no line here.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from pipeline import knowledge
from pipeline.knowledge.messages import wrong
from pipeline.published.descriptor import Table
from pipeline.published.distributions import registry
from pipeline.published.distributions.openapi import openapi
from pipeline.published.distributions.parts import parts
from pipeline.published.reader import Published, Row, typed
from pipeline.published.revisions import SHOWN, revision, rows_hash, see

NAME = re.compile(
    r"[0-9a-z][0-9a-z_-]*(\.metadata)?(\.json|\.csv)?"
)  # of a file: an id from a report, so it is matched before it is a path
Record = dict[str, Any]


def write(package: Published, folder: Path) -> list[Path]:
    """Writes all files to ``api/v1`` beside the folder ``data``.

    Args:
        folder: ``data`` of the site, which is there.

    Raises:
        PipelineError: an id that cannot be the name of a file.
    """
    folder = folder.parent / "api/v1"
    answers = (
        (f"{path}.json", json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")
        for path, content in _files(package)
    )
    return [_write(folder, path, text) for path, text in chain(answers, parts(package, head(package)))]


def _write(folder: Path, path: str, text: str) -> Path:
    if not all(NAME.fullmatch(part) for part in path.split("/")):
        raise wrong("api_file_name", path=path)
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="\n")
    return target


def head(package: Published) -> Record:
    """What every answer begins with: which version, under which licence, and what that does not cover."""
    return {
        "version": package.descriptor.version,
        "license": package.descriptor.raw["licenses"][0]["path"],
        "rights": package.descriptor.rights.zh,
        "rights_en": package.descriptor.rights.en,
    }


def _files(package: Published) -> Iterator[tuple[str, Any]]:
    agencies = [_record(package.tables["agencies"], row) for row in package.rows("agencies")]
    at = package.tables["reports"].position("report_id")
    rows = {row[at]: row for row in package.rows("reports")}
    reports = [_record(package.tables["reports"], row) for row in rows.values()]
    begin = head(package)
    by_agency: dict[str, list[Record]] = defaultdict(list)
    for report in reports:
        by_agency[report["agency_id"]].append(report)
    yield "index", index(package, len(agencies), len(reports))
    yield "openapi", openapi(package)
    yield (
        "agencies",
        begin
        | {
            "agencies": [
                agency
                | {
                    "years": sorted({report["year"] for report in by_agency[agency["agency_id"]]}),
                    "url": f"agencies/{agency['agency_id']}.json",
                }
                for agency in agencies
            ]
        },
    )
    for agency in agencies:
        own = by_agency[agency["agency_id"]]
        listed = [report | {"url": f"../reports/{report['report_id']}.json"} for report in own]
        yield f"agencies/{agency['agency_id']}", begin | {"agency": agency, "reports": listed}
    names = {agency["agency_id"]: agency["name_zh"] for agency in agencies}
    parts = [_Rows(package, table) for table in package.tables.values() if _has_report(table)]
    for report in reports:
        key = report["report_id"]
        seen = {"reports": _digest([rows[key]])}
        own_rows = {part.table.name: part.take(key, seen) for part in parts}
        agency = {"agency_id": report["agency_id"], "name_zh": names[report["agency_id"]]}
        told = {"revision": revision(seen)[:SHOWN], "report": report, "agency": agency, "tables": own_rows}
        yield f"reports/{key}", begin | told
    for part in parts:
        part.close()
    yield from _indicators(package, begin, {report["report_id"]: report for report in reports})


def _has_report(table: Table) -> bool:
    return not table.derived and table.foreign.get("report_id", ("", ""))[0] == "reports"


class _Rows:
    """The rows of a table, report by report. A table whose key begins with the report is read along, never held whole."""

    def __init__(self, package: Published, table: Table) -> None:
        self.table = table
        self._index = table.position("report_id")
        rows = package.rows(table.name)
        if table.key[0] != "report_id":
            # The sort is stable: within a report the order of the key stays.
            rows = iter(sorted(rows, key=lambda row: row[self._index]))
        self._groups = groupby(rows, key=lambda row: row[self._index])
        self._next = next(self._groups, None)

    def take(self, report: str, seen: dict[str, bytes]) -> list[Record]:
        """The rows of the next report, without the id that they share; none where it has none.

        Args:
            report: its id.
            seen: gets the digest of the rows, by the name of the table.
        """
        if self._next is None or self._next[0] != report:
            return []
        rows = list(self._next[1])
        seen[self.table.name] = _digest(rows)
        records = [_record(self.table, row) for row in rows]
        for record in records:
            del record["report_id"]
        self._next = next(self._groups, None)
        return records

    def close(self) -> None:
        """Raises PipelineError where rows are left: the table is not sorted, or a report is missing."""
        if self._next is not None:
            name, report = self.table.name, self._next[0]
            raise wrong("api_orphan_rows", name=name, report=report)


def _digest(rows: list[Row]) -> bytes:
    seen = rows_hash()
    for row in rows:
        see(seen, row)
    return seen.digest()


def _indicators(package: Published, head: Record, reports: Mapping[str, Record]) -> Iterator[tuple[str, Any]]:
    if not {"indicators", "indicator_definitions"} <= set(package.tables):
        return
    values: dict[str, list[Record]] = defaultdict(list)
    for row in package.rows("indicators"):
        record = _record(package.tables["indicators"], row)
        report = reports[record["report_id"]]
        indicator = record.pop("indicator_id")
        values[indicator].append({"agency_id": report["agency_id"], "year": report["year"]} | record)
    for row in package.rows("indicator_definitions"):
        definition = _record(package.tables["indicator_definitions"], row)
        key = definition["indicator_id"]
        yield f"indicators/{key}", head | {"definition": definition, "values": values[key]}


def _record(table: Table, row: tuple[str, ...]) -> Record:
    """A row as name → value; null where the cell is empty."""
    return {column.name: typed(cell, column.type) for column, cell in zip(table.columns, row, strict=True)}


def index(package: Published, agencies: int, reports: int) -> Record:
    """What is here, what is promised, and what the codes mean.

    Args:
        agencies, reports: how many it has.
    """
    about, promise = package.descriptor.raw, knowledge.load("workbook.yml")["promise"]
    indicators = (
        [row["indicator_id"] for row in package.records("indicator_definitions")]
        if ("indicator_definitions" in package.tables)
        else []
    )
    return {
        "name": about["name"],
        "title": about["title"],
        "title_en": about.get("title_en", ""),
        "version": about["version"],
        "license": about["licenses"][0]["path"],
        "rights": package.descriptor.rights.zh,
        "rights_en": package.descriptor.rights.en,
        "promise": "".join(zh for zh, _ in promise),
        "promise_en": " ".join(en for _, en in promise),
        "counts": {"agencies": agencies, "reports": reports},
        "links": {
            "agencies": "agencies.json",
            "agency": "agencies/{agency_id}.json",
            "report": "reports/{report_id}.json",
            "indicator": "indicators/{indicator_id}.json",
            "item": "items/{item}.json",
            "item_csv": "items/{item}.csv",
            "openapi": "openapi.json",
            "datapackage": "../../data/datapackage.json",
        },
        "indicators": indicators,
        "distributions": [
            {
                "title": file.title.zh,
                "title_en": file.title["en"],
                "media_type": one.media_type,
                "url": f"../../{file.address}",
            }
            for one in registry.offered(package)
            for file in one.files(package)
        ],
        "codes": {
            f"{table.name}.{column.name}": {
                code: {"zh": zh, "en": en} for code, (zh, en) in column.labels.items()
            }
            for table in package.tables.values()
            for column in table.columns
            if column.labels
        },
    }
