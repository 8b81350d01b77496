"""Parquet: one file a table, typed, with the table's schema inside. DuckDB reads the CSV and writes it.

Figures are DOUBLE, since that is what every tool computes with: up to 15 digits are as filed, the CSV has all.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.published.descriptor import Table
from pipeline.published.reader import Published

if TYPE_CHECKING:
    import duckdb

TYPES = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "boolean": "BOOLEAN"}
# Readers take the row groups they need, by byte range: so that one item, one year, one province of ten thousand reports is
# a small part of the file that is sorted by it, the table of all cells is written once for each. File's end → sorted by.
SORTED = {
    "observations": {
        "": ("form_table", "item", "measure"),
        "_by_year": ("year", "province"),
        "_by_province": ("province", "year"),
    }
}
PLAIN: dict[str, tuple[str, ...]] = {"": ()}
ROW_GROUP = 40_960  # rows; smaller ones make the footer long, which every reader takes whole
LONGEST_LINE = 64 * 1024**2  # bytes of one row: a section's text may be long


def write(package: Published, folder: Path) -> list[Path]:
    """Writes ``<table>.parquet`` for every table; an empty cell becomes null.

    Args:
        package: in a folder.
        folder: ``data/``; they go below it.
    """
    import duckdb

    folder = folder / "parquet"
    folder.mkdir(parents=True, exist_ok=True)
    # One thread: so the row groups, and with them the bytes, are the same each time.
    with duckdb.connect(config={"threads": 1, "preserve_insertion_order": True}) as database:
        return [
            _write(database, package, table, folder / f"{table.name}{end}.parquet", first)
            for table in package.tables.values()
            for end, first in SORTED.get(table.name, PLAIN).items()
        ]


def _write(
    database: duckdb.DuckDBPyConnection,
    package: Published,
    table: Table,
    target: Path,
    first: tuple[str, ...],
) -> Path:
    columns = {column.name: TYPES.get(column.type, "VARCHAR") for column in table.columns}
    described = next(r for r in package.descriptor.raw["resources"] if r["name"] == table.name)
    about = {
        "title": table.title.zh,
        "version": str(package.descriptor.raw["version"]),
        "license": str(described.get("licenses", package.descriptor.raw["licenses"])[0]["name"]),
        "table_schema": json.dumps(described["schema"], ensure_ascii=False, sort_keys=True),
    }
    metadata = ", ".join(f"{_quoted(key)}: {_quoted(text)}" for key, text in about.items())
    order = ", ".join('"' + name.replace('"', '""') + '"' for name in dict.fromkeys((*first, *table.key)))
    types = ", ".join(f"{_quoted(name)}: {_quoted(kind)}" for name, kind in columns.items())
    database.execute(
        f"COPY (SELECT * FROM read_csv({_quoted(str(package.place / table.path))}, auto_detect=false, header=true, "
        f"delim=',', quote='\"', escape='\"', new_line='\\n', nullstr='', columns={{{types}}}, parallel=false, "
        f"max_line_size={LONGEST_LINE}) ORDER BY {order}) TO {_quoted(str(target))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}, KV_METADATA {{{metadata}}})"
    )
    return target


def _quoted(text: str) -> str:
    """A string of SQL. Only our own descriptor and paths come here, and they are quoted all the same."""
    return "'" + text.replace("'", "''") + "'"
