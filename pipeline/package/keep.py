"""Publishing never unlearns: what the machine could not read this time keeps the rows that were published last.

A reader that is not installed, that was too slow or that crashed says nothing about a report. Its bytes are the same, so
what was read from them before still stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Set
from pathlib import Path

from pipeline.knowledge.finding_kinds import OF_THE_MACHINE
from pipeline.package import schema
from pipeline.package.rows import Row, Tables, in_order
from pipeline.published.reader import DESCRIPTOR, open_package

Last = Mapping[str, Mapping[str, list[Row]]]  # table → report → its rows in the last package

# Where a code or an id must stand in today's lists: table → its field, and the list with that field.
NAMED = {
    "findings": ("code", "finding_codes", "code"),
    "checks": ("rule_id", "rules", "rule_id"),
    "indicators": ("indicator_id", "indicator_definitions", "indicator_id"),
}


def last_rows(folder: Path, agencies: Set[str]) -> Last:
    """What was published last of some agencies.

    Args:
        folder: of the last package; none there has nothing.
        agencies: their ids.

    Returns:
        table → report → its rows; a table that has other columns than today's has none.
    """
    if not agencies or not (folder / DESCRIPTOR).is_file():
        return {}
    package = open_package(folder)
    ids = {row["report_id"] for row in package.records("reports") if row["agency_id"] in agencies}
    found: dict[str, dict[str, list[Row]]] = {}
    for name in schema.tables_of_reports():
        found[name] = defaultdict(list)
        there = package.tables.get(name)
        if there is not None and there.names == schema.resources()[name].names:
            for row in package.records(name):
                if row["report_id"] in ids:
                    found[name][row["report_id"]].append(row)
    return {name: dict(rows) for name, rows in found.items()}


def keep_learned(tables: Tables, last: Last) -> tuple[Tables, tuple[str, ...]]:
    """The tables with the last rows where the machine, and not the file, is why nothing was read.

    The other years of the agency keep theirs as well where their figures are the same: a comparison with the year that
    could not be read would be lost in them.

    Args:
        tables: as ``make_tables`` gives them, of all reports or of all of some agencies.
        last: as ``last_rows`` gives it; nothing keeps nothing.

    Returns:
        the tables, and the ids of the reports that the machine could not read.
    """
    failed = {row["report_id"] for row in tables["findings"] if row["code"] in OF_THE_MACHINE}
    if not failed or not last:
        return tables, ()
    now = {row["report_id"]: row for row in tables["reports"]}
    before = {key: row for key, (row,) in last["reports"].items()}
    never_read = {
        key for key, rows in last["findings"].items() if any(row["code"] in OF_THE_MACHINE for row in rows)
    }
    same = {key for key in now if key in before and _bytes(now[key]) == _bytes(before[key])} - never_read
    kept = failed & same
    owners = {now[key]["agency_id"] for key in kept}
    beside = {key for key in same - failed if now[key]["agency_id"] in owners and _alike(tables, last, key)}
    return _with_rows(tables, last, kept | beside), tuple(sorted(kept))


def _bytes(report: Row) -> tuple[str, str]:
    return report["source_sha256"], report["template"]


def _alike(tables: Tables, last: Last, key: str) -> bool:
    """Whether a report has the same figures as before."""
    return all(
        [row for row in tables[name] if row["report_id"] == key] == last[name].get(key, [])
        for name in schema.figure_tables()
    )


def _with_rows(tables: Tables, last: Last, kept: Set[str]) -> Tables:
    found = dict(tables)
    for name in schema.tables_of_reports():
        field, of_list, key = NAMED.get(name, ("", "", ""))
        known = {row[key] for row in tables[of_list]} if of_list else set()
        before = [row for one in sorted(kept) for row in last[name].get(one, ())]
        rows = [row for row in before if not of_list or row[field] in known]
        others = [row for row in tables[name] if row["report_id"] not in kept]
        found[name] = in_order(name, [*others, *rows])
    return found
