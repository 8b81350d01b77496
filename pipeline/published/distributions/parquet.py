"""Parquet: one file a table, typed, with the table's schema inside. DuckDB reads the CSV and writes it.

Figures are DOUBLE, since that is what every tool computes with: up to 15 digits are as filed, the CSV has all.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.published.descriptor import Table
from pipeline.published.reader import Published

if TYPE_CHECKING:
    import duckdb

TYPES = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "boolean": "BOOLEAN"}
# Readers take the row groups they need, by byte range: so that one item, one year of ten thousand reports is a small part
# of the file that is sorted by it, the table of all cells is written once for each. File's end → sorted by.
SORTED = {"observations": {"": ("form_table", "item", "measure"), "_by_year": ("year", "province")}}
PLAIN: dict[str, tuple[str, ...]] = {"": ()}
# And once more in parts, a file for each province and year, which dplyr, DuckDB and Spark read as one table. Table → the
# names of the folders, each with what it is made of. Not `province`: a column of that name holds the province in words.
PARTS = {"observations": {"province_code": "substr(division_code, 1, 2)", "year": "year"}}
# Rows: smaller ones make the footer long, which every reader takes whole, larger ones more of what was not asked for.
ROW_GROUP = 81_920
LEVEL = 12  # of zstd: a ninth smaller than 3, a sixth slower
LONGEST_LINE = 32 * 1024**2  # bytes of one row, and of what is read at once: a section's text may be long
MEMORY = "500MB"


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
        database.execute(f"SET memory_limit = '{MEMORY}'")
        database.execute(f"SET temp_directory = {_quoted(tempfile.gettempdir())}")
        files = [
            _write(database, package, table, folder / f"{table.name}{end}.parquet", first)
            for table in package.tables.values()
            for end, first in SORTED.get(table.name, PLAIN).items()
        ]
        for name in PARTS.keys() & package.tables.keys():
            target = folder / name
            shutil.rmtree(target, ignore_errors=True)
            _write(database, package, package.tables[name], target, tuple(PARTS[name]), parts=True)
            files += sorted(target.rglob("*.parquet"))
    return files


def _write(
    database: duckdb.DuckDBPyConnection,
    package: Published,
    table: Table,
    target: Path,
    first: tuple[str, ...],
    *,
    parts: bool = False,
) -> Path:
    """One file sorted by columns; or a folder with a file for each of their values."""
    columns = {column.name: TYPES.get(column.type, "VARCHAR") for column in table.columns}
    described = next(r for r in package.descriptor.raw["resources"] if r["name"] == table.name)
    about = {
        "title": table.title.zh,
        "version": str(package.descriptor.raw["version"]),
        "license": str(described.get("licenses", package.descriptor.raw["licenses"])[0]["name"]),
    }
    if not parts:  # it is as long as the figures of a small part
        about["table_schema"] = json.dumps(described["schema"], ensure_ascii=False, sort_keys=True)
    metadata = ", ".join(f"{_quoted(key)}: {_quoted(text)}" for key, text in about.items())
    order = ", ".join('"' + name.replace('"', '""') + '"' for name in dict.fromkeys((*first, *table.key)))
    types = ", ".join(f"{_quoted(name)}: {_quoted(kind)}" for name, kind in columns.items())
    made = (
        "".join(f", {what} AS {name}" for name, what in PARTS[table.name].items() if name != what)
        if parts
        else ""
    )
    split = f", PARTITION_BY ({', '.join(first)}), WRITE_PARTITION_COLUMNS true" if parts else ""
    database.execute(
        f"COPY (SELECT *{made} FROM read_csv({_quoted(str(package.place / table.path))}, auto_detect=false, header=true, "
        f"delim=',', quote='\"', escape='\"', new_line='\\n', nullstr='', columns={{{types}}}, parallel=false, "
        f"max_line_size={LONGEST_LINE}, buffer_size={LONGEST_LINE}) ORDER BY {order}) TO {_quoted(str(target))} "
        f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {LEVEL}, ROW_GROUP_SIZE {ROW_GROUP}, "
        f"KV_METADATA {{{metadata}}}{split})"
    )
    return target


def _quoted(text: str) -> str:
    """A string of SQL. Only our own descriptor and paths come here, and they are quoted all the same."""
    return "'" + text.replace("'", "''") + "'"
