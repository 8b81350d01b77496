"""Publishing never unlearns: what the machine could not read this time keeps the rows that were published last.

A reader that is not installed, that was too slow or that crashed says nothing about a report. Its bytes are the same, so
what was read from them before still stands.
"""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path

from pipeline.knowledge.finding_kinds import OF_THE_MACHINE
from pipeline.package import schema
from pipeline.package.rows import Row, Tables, in_order
from pipeline.published.reader import DESCRIPTOR, Published, open_package

# Where a code or an id must stand in today's lists: table → its field, and the list with that field.
NAMED = {
    "findings": ("code", "finding_codes", "code"),
    "checks": ("rule_id", "rules", "rule_id"),
    "indicators": ("indicator_id", "indicator_definitions", "indicator_id"),
}


def keep_learned(tables: Tables, folder: Path) -> tuple[Tables, tuple[str, ...]]:
    """The tables with the rows of the last package where the machine, and not the file, is why nothing was read.

    The other years of the agency keep theirs as well where their figures are the same: a comparison with the year that
    could not be read would be lost in them.

    Args:
        tables: as ``make_tables`` gives them.
        folder: of the last package; none, or one with other columns, keeps nothing.

    Returns:
        the tables, and the ids of the reports that the machine could not read.
    """
    failed = {row["report_id"] for row in tables["findings"] if row["code"] in OF_THE_MACHINE}
    if not failed or not (folder / DESCRIPTOR).is_file():
        return tables, ()
    old = _rows_of(open_package(folder))
    now = {row["report_id"]: row for row in tables["reports"]}
    before = {row["report_id"]: row for row in old["reports"]}
    never_read = {row["report_id"] for row in old["findings"] if row["code"] in OF_THE_MACHINE}
    same = {key for key in now if key in before and _bytes(now[key]) == _bytes(before[key])} - never_read
    kept = failed & same
    owners = {now[key]["agency_id"] for key in kept}
    beside = {key for key in same - failed if now[key]["agency_id"] in owners and _alike(tables, old, key)}
    return _with_rows(tables, old, kept | beside), tuple(sorted(kept))


def _rows_of(package: Published) -> Tables:
    """The rows of a package; a table that has other columns than today's is empty."""
    found: Tables = {}
    for name, resource in schema.resources().items():
        there = package.tables.get(name)
        same = there is not None and there.names == tuple(field.name for field in resource.fields)
        found[name] = list(package.records(name)) if same else []
    return found


def _bytes(report: Row) -> tuple[str, str]:
    return report["source_sha256"], report["template"]


def _alike(tables: Tables, old: Tables, key: str) -> bool:
    """Whether a report has the same figures as before."""
    return all(_of(tables[name], {key}) == _of(old[name], {key}) for name in schema.figure_tables())


def _of(rows: list[Row], keys: Set[str]) -> list[Row]:
    return [row for row in rows if row["report_id"] in keys]


def _with_rows(tables: Tables, old: Tables, kept: Set[str]) -> Tables:
    found = dict(tables)
    for name, rows in tables.items():
        resource = schema.resources()[name]
        if "report_id" not in {field.name for field in resource.fields}:
            continue
        field, of_list, key = NAMED.get(name, ("", "", ""))
        known = {row[key] for row in tables[of_list]} if of_list else set()
        last = [row for row in _of(old[name], kept) if not of_list or row[field] in known]
        others = [row for row in rows if row["report_id"] not in kept]
        found[name] = in_order(name, [*others, *last])
    return found
