"""SQLite: every table with types, keys and indices, their descriptions, and views that answer what people ask first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from pipeline.knowledge.messages import wrong
from pipeline.published.cells import LONG
from pipeline.published.descriptor import Table
from pipeline.published.reader import Published, number

TYPES = {"integer": "INTEGER", "number": "NUMERIC"}
PAGE = 4096
APPLICATION = 0x4F474952  # "OGIR": tells the file apart from other SQLite files


def write(package: Published, folder: Path) -> list[Path]:
    """Writes the database.

    Raises:
        PipelineError: a foreign key points nowhere. A validated package has none such.
    """
    target = folder / f"{package.descriptor.name}.sqlite"
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(target, isolation_level=None)) as database:
        for pragma in (
            f"page_size={PAGE}",
            "journal_mode=OFF",
            "synchronous=OFF",
            f"application_id={APPLICATION}",
        ):
            database.execute(f"PRAGMA {pragma}")
        database.execute("BEGIN")
        for table in package.tables.values():
            database.execute(_create(table))
            _fill(database, package, table)
        for table in package.tables.values():
            for statement in _indices(table):
                database.execute(statement)
        _describe(database, package)
        for statement in _views(package):
            database.execute(statement)
        database.execute("COMMIT")
        if nowhere := database.execute("PRAGMA foreign_key_check").fetchone():
            raise wrong("sqlite_foreign_key", target=target.name, wrong=nowhere)
        database.execute("VACUUM")
    return [target]


def name(text: str) -> str:
    """A quoted name of SQL: ``table`` and ``column`` are words of the language too."""
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _create(table: Table) -> str:
    lines = [
        f"{name(c.name)} {TYPES.get(c.type, 'TEXT')}{' NOT NULL' if c.required or c.name in table.key else ''}"
        for c in table.columns
    ]
    lines.append(f"PRIMARY KEY ({', '.join(map(name, table.key))})")
    lines += [f"UNIQUE ({', '.join(map(name, key))})" for key in table.unique]
    lines += [
        f"FOREIGN KEY ({name(column)}) REFERENCES {name(other)} ({name(field)})"
        for column, (other, field) in table.foreign.items()
    ]
    # A key of several texts would else be stored twice, in the table and in its index: a third of the file.
    end = " WITHOUT ROWID" if len(table.key) > 1 else ""
    return f"CREATE TABLE {name(table.name)} (\n  " + ",\n  ".join(lines) + f"\n){end}"


def _fill(database: sqlite3.Connection, package: Published, table: Table) -> None:
    numeric = [column.type in TYPES for column in table.columns]
    rows = (
        tuple(
            number(cell) if is_number else cell or None for cell, is_number in zip(row, numeric, strict=True)
        )
        for row in package.rows(table.name)
    )
    marks = ", ".join("?" * len(table.columns))
    database.executemany(f"INSERT INTO {name(table.name)} VALUES ({marks})", rows)


def _indices(table: Table) -> Iterator[str]:
    """One for each foreign key that no key begins with."""
    begun = {table.key[0], *(key[0] for key in table.unique)}
    for column in table.foreign:
        if column not in begun:
            index = name(f"{table.name}_{column}")
            yield f"CREATE INDEX {index} ON {name(table.name)} ({name(column)})"


def _describe(database: sqlite3.Connection, package: Published) -> None:
    """What everything means, in the file itself: ``_package``, ``_tables``, ``_columns``, ``_codes``."""
    about = package.descriptor.raw
    facts = {
        "name": about["name"],
        "version": about["version"],
        "title_zh": about["title"],
        "title_en": about.get("title_en", ""),
        "license": about["licenses"][0]["path"],
    }
    database.execute("CREATE TABLE _package (property TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
    database.executemany("INSERT INTO _package VALUES (?, ?)", facts.items())
    database.execute("CREATE TABLE _tables (name TEXT PRIMARY KEY, title_zh, title_en, about_zh, about_en)")
    database.execute(
        "CREATE TABLE _columns (table_name, position, name, type, title_zh, title_en, about_zh, about_en, unit_zh, "
        "unit_en, example, PRIMARY KEY (table_name, name))"
    )
    database.execute(
        "CREATE TABLE _codes (table_name, column_name, code, label_zh, label_en, "
        "PRIMARY KEY (table_name, column_name, code))"
    )
    for table in package.tables.values():
        database.execute(
            "INSERT INTO _tables VALUES (?, ?, ?, ?, ?)", (table.name, *table.title, *table.about)
        )
        for position, column in enumerate(table.columns, 1):
            words = (*column.title, *column.about, *column.unit, column.example)
            values = (table.name, position, column.name, column.type, *words)
            database.execute(f"INSERT INTO _columns VALUES ({', '.join('?' * len(values))})", values)
            codes = ((table.name, column.name, code, zh, en) for code, (zh, en) in column.labels.items())
            database.executemany("INSERT INTO _codes VALUES (?, ?, ?, ?, ?)", codes)


def _views(package: Published) -> Iterator[str]:
    """The views whose tables this package has: another form may have others."""
    tables = package.tables
    if not {"reports", "agencies"} <= set(tables):
        return
    yield (
        "CREATE VIEW v_latest AS SELECT r.* FROM reports r WHERE r.scope IN ('agency', 'government_office') AND "
        "r.year = (SELECT max(o.year) FROM reports o WHERE o.agency_id = r.agency_id AND o.scope = r.scope)"
    )
    if not {"items", "cell_notes"} <= set(tables) or not package.descriptor.figure_tables:
        return
    yield "CREATE VIEW v_cells AS " + " UNION ALL ".join(_long(package))
    if "requests" not in tables:
        return
    labels = " ".join(
        f"WHEN {_text(c.name)} THEN {_text(c.title.zh)}"
        for c in tables["requests"].columns
        if c.type == "number"
    )
    yield (
        "CREATE VIEW v_requests_long AS SELECT c.report_id, r.agency_id, a.name_zh AS agency, r.year, c.row AS item, "
        f"i.short_zh AS item_zh, i.label_en AS item_en, c.measure AS applicant, CASE c.measure {labels} END AS "
        "applicant_zh, c.value, c.status, c.place FROM v_cells c JOIN reports r USING (report_id) JOIN agencies a "
        "USING (agency_id) JOIN items i ON i.item = c.row WHERE c.table_name = 'requests'"
    )
    picked = ("new_received", "carried_in", "outcomes_total", "granted", "partially_granted", "carried_out")
    present = tables["requests"].columns[1].labels
    cells = ", ".join(
        f"(SELECT q.total FROM requests q WHERE q.report_id = r.report_id AND q.item = {_text(item)}) AS {name(item)}"
        for item in picked
        if item in present
    )
    yield (
        "CREATE VIEW v_report_summary AS SELECT r.report_id, r.agency_id, a.name_zh AS agency, a.province, a.city, "
        f"a.county, a.level, a.function, r.year, r.scope, r.published, r.due, {cells}, r.cells_not_stated, "
        "r.findings_error, r.findings_warning FROM reports r JOIN agencies a USING (agency_id)"
    )


def _long(package: Published) -> Iterator[str]:
    """Every cell of the official tables as a row, with its status: one word tells a zero from what is not stated."""
    for table in package.descriptor.figure_tables.values():
        row = f"t.{name(table.row)}"
        if not table.wide:
            yield _cells(table.name, row, *(f"t.{name(column)}" for column in LONG))
        for measure in table.measures:
            yield _cells(table.name, row, _text(measure), f"t.{name(measure)}")


def _cells(table: str, row: str, measure: str, value: str) -> str:
    return (
        f"SELECT t.report_id, {_text(table)} AS table_name, {row} AS row, {measure} AS measure, {value} AS value, "
        f"coalesce(n.status, 'reported') AS status, t.place FROM {name(table)} t LEFT JOIN cell_notes n ON "
        f'n.report_id = t.report_id AND n."table" = {_text(table)} AND n."row" = {row} AND n."column" = {measure}'
    )
