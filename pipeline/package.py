"""Reports + findings → the data package: CSVs and descriptor, validated, put in place as a whole.

One schema source: ``knowledge/package.yml`` and the forms. Rows are sorted by key, lines end in LF, nothing depends on
the clock. A package that does not validate, or a run that stops, leaves the old one untouched.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline import schema
from pipeline.checks import Outcome, State, cell_in_words, plain
from pipeline.findings import Finding, PipelineError, Severity
from pipeline.numerals import Figure, Status
from pipeline.report import Report
from pipeline.rules import rules
from pipeline.sources import Agency, Source
from pipeline.template import forms, items
from pipeline.validate import validate

Row = dict[str, str]
Tables = dict[str, list[Row]]


@dataclass(frozen=True)
class Filed:
    """One filed report with all that was made of it; ``sha256`` is that of the filed bytes."""

    source: Source
    sha256: str
    report: Report
    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...]


def due(source: Source) -> date:
    """The deadline of Article 49: 31 January of the next year, 31 March for governments."""
    return date(source.year + 1, 3 if source.agency.is_government else 1, 31)


def make_tables(agencies: Iterable[Agency], filed: Iterable[Filed]) -> Tables:
    """All rows of all resources, sorted by key; every value is text as it stands in the CSV."""
    tables: Tables = {name: [] for name in schema.resources()}
    tables["agencies"] = [_agency(agency) for agency in agencies]
    for one in filed:
        tables["reports"].append(_report(one))
        for name, rows in _cells(one).items():
            tables[name].extend(rows)
        tables["sections"].extend(_sections(one))
        tables["checks"].extend(_checks(one))
        tables["findings"].extend(_findings(one))
    tables["items"] = _items()
    tables["rules"] = _rules()
    for name, resource in schema.resources().items():
        tables[name].sort(key=lambda row, keys=resource.key: tuple(row[key] for key in keys))  # type: ignore[misc]
    return tables


def _agency(agency: Agency) -> Row:
    return {
        "agency_id": agency.id,
        **{key: getattr(agency, key) for key in ("name_zh", "name_en", "level", "function", "division_code")},
        **{key: getattr(agency, key) for key in ("province", "city", "county", "website")},
        "former_names": "；".join(agency.former_names),
    }


def _report(one: Filed) -> Row:
    source, report = one.source, one.report
    published = report.published or source.published
    severities = Counter(finding.severity for finding in one.findings)
    return {
        "report_id": source.report_id,
        "agency_id": source.agency.id,
        "year": str(source.year),
        "scope": source.scope,
        "template": report.form.key,
        "agency_printed": report.agency or "",
        "title": report.title or "",
        "published": published.isoformat() if published else "",
        "due": due(source).isoformat(),
        "source_url": source.url,
        "source_file": f"reports/{source.agency.id}/{source.path.name}",
        "source_format": source.format,
        "source_sha256": one.sha256,
        "retrieved": source.retrieved.isoformat() if source.retrieved else "",
        "cells_stated": str(report.cells_stated),
        "cells_not_stated": str(len(report.figures) - report.cells_stated),
        **{f"findings_{severity}": str(severities[severity]) for severity in Severity},
    }


def _cells(one: Filed) -> dict[str, list[Row]]:
    """The rows of the tables that hold figures, and the notes on cells that are no plain printed number."""
    report_id, figures = one.source.report_id, one.report.figures
    found: dict[str, list[Row]] = {"cell_notes": []}
    for table in one.report.form.tables:
        shape = schema.shape(table.key)
        rows = found.setdefault(table.key, [])
        for part in table.parts:
            for row in part.data_rows:
                keys = [(table.key, row.item.key, column.key) for column in part.columns]
                if shape.wide:
                    place = next((figures[key].place for key in keys if figures[key].place), "")
                    values = {key[2]: plain(figures[key].value) for key in keys}
                    rows.append(
                        {"report_id": report_id, shape.row_field: row.item.key, **values, "place": place}
                    )
                else:
                    for key, column in zip(keys, part.columns, strict=True):
                        rows.append(
                            {
                                "report_id": report_id,
                                shape.row_field: row.item.key,
                                "measure": column.key,
                                "value": plain(figures[key].value),
                                "unit": figures[key].unit or column.unit,
                                "place": figures[key].place,
                            }
                        )
    found["cell_notes"] = [
        _note(report_id, key, figure)
        for key, figure in figures.items()
        if figure.status is not Status.REPORTED
    ]
    return found


def _note(report_id: str, key: tuple[str, str, str], figure: Figure) -> Row:
    table, row, column = key
    return {
        "report_id": report_id,
        **{"table": table, "row": row, "column": column},
        "status": figure.status.value,
        "raw": figure.raw,
        "place": figure.place,
    }


def _sections(one: Filed) -> list[Row]:
    return [
        {
            "report_id": one.source.report_id,
            "section": section.key,
            "heading": section.title,
            "text": section.text,
        }
        for section in one.report.sections
    ]


def _checks(one: Filed) -> list[Row]:
    by_rule: dict[str, list[Outcome]] = {}
    for outcome in one.outcomes:
        by_rule.setdefault(outcome.relation.rule.id, []).append(outcome)
    rows = []
    for rule_id, outcomes in by_rule.items():
        states = Counter(outcome.state for outcome in outcomes)
        missing = sorted({cell for outcome in outcomes for cell in outcome.missing})
        rows.append(
            {
                "report_id": one.source.report_id,
                "rule_id": rule_id,
                "relations": str(len(outcomes)),
                "held": str(states[State.HOLDS]),
                "failed": str(states[State.FAILS]),
                "not_assessable": str(states[State.NOT_ASSESSABLE]),
                "reason_zh": _reason("没有印出：", missing, one, "zh", "、"),
                "reason_en": _reason("not stated: ", missing, one, "en", ", "),
            }
        )
    return rows


MOST_CELLS_NAMED = 3


def _reason(intro: str, missing: list[tuple[str, str, str]], one: Filed, language: str, comma: str) -> str:
    if not missing:
        return ""
    named = comma.join(cell_in_words(cell, one.report.form, language) for cell in missing[:MOST_CELLS_NAMED])
    more = len(missing) - MOST_CELLS_NAMED
    if more <= 0:
        return intro + named
    return f"{intro}{named} 等 {len(missing)} 格" if language == "zh" else f"{intro}{named} and {more} more"


def _findings(one: Filed) -> list[Row]:
    rows, seen = [], Counter[str]()
    for finding in sorted(one.findings, key=lambda finding: finding.sort_key):
        finding_id = ":".join(part for part in (one.source.report_id, finding.code, finding.at.cell) if part)
        seen[finding_id] += 1
        rows.append(
            {
                "finding_id": finding_id if seen[finding_id] == 1 else f"{finding_id}:{seen[finding_id]}",
                "report_id": one.source.report_id,
                "code": finding.code,
                "severity": finding.severity.value,
                **{"table": finding.at.table, "row": finding.at.row, "column": finding.at.column},
                "place": finding.at.source,
                **{"message_zh": finding.message_zh, "message_en": finding.message_en},
                **{"hint_zh": finding.hint_zh, "hint_en": finding.hint_en},
                **{"reported": finding.reported, "expected": finding.expected},
            }
        )
    return rows


def _items() -> list[Row]:
    rows: dict[str, Row] = {}
    for form in forms().values():
        for table in form.tables:
            for order, row in enumerate((row for part in table.parts for row in part.rows), 1):
                if row.item.key in rows:
                    known = rows[row.item.key]
                    known["forms"] = " ".join(sorted({*known["forms"].split(), form.key}))
                    known["kind"] = known["kind"] if known["kind"] == row.kind else "both"
                    continue
                item = items()[row.item.key]
                rows[item.key] = {
                    "item": item.key,
                    "table": table.key,
                    "order": str(order),
                    "parent": row.parent,
                    "kind": row.kind,
                    "label_zh": item.zh,
                    "short_zh": item.short_zh,
                    "label_en": item.en,
                    "plain_zh": item.plain_zh,
                    "plain_en": item.plain_en,
                    "article": item.article,
                    "forms": form.key,
                }
    return list(rows.values())


def _rules() -> list[Row]:
    return [
        {
            "rule_id": rule.id,
            "class": rule.rule_class,
            "severity": rule.severity.value,
            "table": rule.table,
            "title_zh": rule.words["zh"],
            "title_en": rule.words["en"],
            **{key: rule.words[key] for key in schema.RULE_WORDS},
        }
        for rule in rules().values()
    ]


def to_csv(name: str, rows: list[Row]) -> bytes:
    """The rows of one resource as UTF-8 CSV with LF line ends."""
    fields = [field.name for field in schema.resources()[name].fields]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fields, lineterminator="\n", extrasaction="raise")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def write_package(tables: Tables, folder: Path) -> None:
    """Writes ``datapackage.json`` and ``data/*.csv`` below a folder, all or nothing.

    Args:
        tables: as ``make_tables`` returns them.
        folder: the package folder; its ``reports/`` is not touched.

    Raises:
        PipelineError: the new package is not valid; the old one stays.
    """
    files = {f"data/{name}.csv": to_csv(name, rows) for name, rows in tables.items()}
    descriptor = schema.descriptor(files, tables)
    folder.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        (new / "data").mkdir()
        for path, data in files.items():
            (new / path).write_bytes(data)
        (new / "datapackage.json").write_bytes(dump(descriptor))
        if problems := validate(new):
            listed = "\n".join(f"  {problem}" for problem in problems[:20])
            raise PipelineError(
                f"数据包没有通过校验，旧的保持不变：\n{listed}", f"the new package is not valid:\n{listed}"
            )
        _swap(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _swap(new: Path, folder: Path) -> None:
    """Puts the new files in the place of the old; if a step fails the old ones are put back."""
    data, old = folder / "data", new / "old-data"
    if data.exists():
        data.rename(old)
    try:
        (new / "data").rename(data)
        (new / "datapackage.json").replace(folder / "datapackage.json")
    except OSError:
        if old.exists():
            shutil.rmtree(data, ignore_errors=True)
            old.rename(data)
        raise


def dump(descriptor: dict[str, Any]) -> bytes:
    """JSON as it is committed: two blanks, Chinese as it is, one line end."""
    return (json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
