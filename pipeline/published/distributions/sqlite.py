"""SQLite: every table with types, keys and indices, their descriptions, and views that answer what people ask first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from pipeline.knowledge.messages import wrong
from pipeline.published.descriptor import Table
from pipeline.published.reader import Published, typed

TYPES = {"integer": "INTEGER", "number": "NUMERIC", "boolean": "BOOLEAN"}
PAGE = 4096
APPLICATION = 0x4F474952  # "OGIR": tells the file apart from other SQLite files


def write(package: Published, folder: Path) -> list[Path]:
    """Writes the database.

    Args:
        folder: is there; a database that lies in it is made anew.

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
    """A quoted name of SQL: ``table`` and ``column`` are words of the language too.

    Args:
        text: any, quotation marks too.
    """
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
    kinds = [column.type for column in table.columns]
    rows = (
        tuple(typed(cell, kind) for cell, kind in zip(row, kinds, strict=True))
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
        "rights_zh": package.descriptor.rights.zh,
        "rights_en": package.descriptor.rights.en,
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
    """The views whose tables this package has."""
    tables = package.tables
    if not {"reports", "agencies"} <= set(tables):
        return
    yield (
        "CREATE VIEW v_latest AS SELECT r.* FROM reports r WHERE r.scope IN ('agency', 'government_office') AND "
        "r.year = (SELECT max(o.year) FROM reports o WHERE o.agency_id = r.agency_id AND o.scope = r.scope)"
    )
    if "observations" in tables:
        yield (
            "CREATE VIEW v_cells AS SELECT report_id, form_table, item, measure, value, unit, status, place "
            "FROM observations"
        )
