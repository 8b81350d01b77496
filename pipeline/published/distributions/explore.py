"""One Parquet file that the explorer asks from a browser: every figure, every sum and indicator, in few narrow columns.

It is sorted by figure, agency and year, so one figure of all agencies is one stretch of the file, which a browser takes by
byte range (an agency's years beside each other take a third of the room); snappy, since every reader knows it. A figure is
named ``table/item/measure`` as in ``observations``; a heading of the form that prints no figure of its own (不予公开) is there
as the sum of its rows; an indicator is ``ratio/<id>`` with its numerator and denominator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.model.form import Form
from pipeline.published.cells import FigureTable
from pipeline.published.derived import AGGREGATES
from pipeline.published.reader import Published

if TYPE_CHECKING:
    import duckdb

NAME = "explore.parquet"
ROW_GROUP = 20_480  # rows: at ten thousand reports two figures, some 45 KB, and a footer of 110 KB

# A total that is not printed is the sum of its row where all of that is stated, and says so; a sum that lacks a cell has no
# value. Status: those of cell_notes, and reported, summed (a total that we added up), added (printed rows together),
# incomplete; of an indicator the words of its notes.
_QUERY = """
WITH written AS ({cells}),
cells AS (
    SELECT report_id, form_table, item, measure, CAST(value AS DOUBLE) AS value, coalesce(status, 'reported') AS status
    FROM written FULL JOIN notes USING (report_id, form_table, item, measure)
),
sums AS (
    SELECT report_id, form_table, item, sum(value) AS value
    FROM cells JOIN reports USING (report_id) JOIN totals USING (template, form_table, item)
    WHERE measure <> totals.total
    GROUP BY report_id, form_table, item, totals.others
    HAVING count(value) = totals.others
),
filled AS (
    SELECT cells.* REPLACE (
        coalesce(cells.value, sums.value) AS value,
        CASE WHEN cells.value IS NULL AND sums.value IS NOT NULL THEN 'summed' ELSE status END AS status)
    FROM cells JOIN reports USING (report_id)
    LEFT JOIN totals ON (totals.template, totals.form_table, totals.item, totals.total)
        = (reports.template, cells.form_table, cells.item, cells.measure)
    LEFT JOIN sums ON totals.total IS NOT NULL
        AND (sums.report_id, sums.form_table, sums.item) = (cells.report_id, cells.form_table, cells.item)
),
grouped AS (
    SELECT report_id, form_table, heading AS item, measure,
        CASE WHEN count(value) = any_value(members) THEN sum(value) END AS value,
        CASE WHEN count(value) < any_value(members) THEN 'incomplete'
            WHEN bool_or(status = 'summed') THEN 'summed' ELSE 'added' END AS status
    FROM filled JOIN reports USING (report_id) JOIN headings USING (template, form_table, item)
    GROUP BY report_id, form_table, heading, measure
),
figures AS (
    SELECT report_id, concat_ws('/', form_table, item, measure) AS figure, value, NULL::DOUBLE AS base, status FROM filled
    UNION ALL BY NAME
    SELECT report_id, concat_ws('/', form_table, item, measure) AS figure, value, NULL::DOUBLE AS base, status FROM grouped
    UNION ALL BY NAME
    SELECT report_id, 'ratio/' || indicator_id AS figure, CAST(numerator AS DOUBLE) AS value,
        CAST(denominator AS DOUBLE) AS base, coalesce(note, 'reported') AS status FROM indicators
)
SELECT figure, CAST(year AS INTEGER) AS year, agency_id, scope IN {aggregates} AS is_aggregate, value, base, status
FROM figures JOIN reports USING (report_id)
ORDER BY figure, agency_id, year, is_aggregate
"""


_GROUPS = """
WITH chunks AS (
    SELECT row_group_id AS id, path_in_schema AS name, stats_min_value AS least, stats_max_value AS most,
        least(data_page_offset, coalesce(nullif(dictionary_page_offset, 0), data_page_offset)) AS start,
        total_compressed_size AS size
    FROM parquet_metadata($file)
)
SELECT any_value(least) FILTER (name = 'figure'), any_value(most) FILTER (name = 'figure'), min(start), max(start + size)
FROM chunks GROUP BY id ORDER BY id
"""


def write(package: Published, folder: Path) -> list[Path]:
    """Writes ``explore.parquet``.

    Args:
        package: in a folder.
        folder: ``data/``.
    """
    import duckdb

    # One thread: so the row groups, and with them the bytes, are the same each time.
    with duckdb.connect(config={"threads": 1, "preserve_insertion_order": True}) as database:
        forms = package.descriptor.forms.values()
        _values(database, "totals(template, form_table, item, total, others)", _totals(forms))
        _values(database, "headings(template, form_table, heading, item, members)", _headings(forms))
        for name, table in (("reports", "reports"), ("notes", "cell_notes"), ("indicators", "indicators")):
            database.execute(f"CREATE TEMP VIEW {name} AS {_read(package, table)}")
        cells = " UNION ALL BY NAME ".join(
            _cells(package, table) for table in package.descriptor.figure_tables.values()
        )
        return [
            write_sorted(
                database,
                _QUERY.format(cells=cells, aggregates=AGGREGATES),
                folder / NAME,
                package.descriptor.version,
            )
        ]


def write_sorted(database: duckdb.DuckDBPyConnection, query: str, target: Path, version: str) -> Path:
    """The rows of a query as the file that the explorer reads.

    Args:
        database: open, with whatever the query asks.
        query: whose columns are those of the file, sorted.
        target: written anew; its folder is there.
        version: of the data; the explorer compares it with that of its page.
    """
    database.execute(
        f"COPY ({query}) TO '{_inside(str(target))}' (FORMAT parquet, COMPRESSION snappy, "
        f"ROW_GROUP_SIZE {ROW_GROUP}, DICTIONARY_SIZE_LIMIT {ROW_GROUP}, KV_METADATA {{version: '{_inside(version)}'}})"
    )
    return target


def _totals(forms: Iterable[Form]) -> Iterator[tuple[str | int, ...]]:
    """Form, table, row, the column that is the sum of the others, and how many others it has."""
    for form in forms:
        for table, part, row, column in form.cells():
            if column.total:
                yield form.key, table.key, row.key, column.key, len(part.columns) - 1


def _headings(forms: Iterable[Form]) -> Iterator[tuple[str | int, ...]]:
    """Form, table, heading, a row below it, and how many there are; none where a row below has rows of its own or is a sum."""
    for form in forms:
        for table in form.tables:
            rows = [row for part in table.parts for row in part.rows]
            for heading in rows:
                members = [row for row in rows if row.parent == heading.key]
                if heading.is_group and not any(row.is_group or row.item.total for row in members):
                    for row in members:
                        yield form.key, table.key, heading.key, row.key, len(members)


def _values(database: duckdb.DuckDBPyConnection, table: str, rows: Iterable[tuple[str | int, ...]]) -> None:
    kinds = ", ".join(
        f"{name.strip()} {'INTEGER' if name.strip() in ('others', 'members') else 'VARCHAR'}"
        for name in table.partition("(")[2].rstrip(")").split(",")
    )
    name = table.partition("(")[0]
    database.execute(f"CREATE TEMP TABLE {name} ({kinds})")
    for row in rows:
        database.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", row)


def _read(package: Published, table: str) -> str:
    path = _inside(str(package.place / package.tables[table].path))
    return (
        f"SELECT * FROM read_csv('{path}', header=true, delim=',', quote='\"', escape='\"', all_varchar=true, "
        "nullstr='', allow_quoted_nulls=true, new_line='\\n', parallel=false)"
    )


def _cells(package: Published, table: FigureTable) -> str:
    """The cells of a table of the forms that have a figure, a row each."""
    rows = _read(package, table.name)
    named = f"report_id, '{_inside(table.name)}' AS form_table, {table.row} AS item"
    if not table.wide:
        return f"SELECT {named}, measure, value FROM ({rows}) WHERE value IS NOT NULL"
    measures = ", ".join(f'"{name}"' for name in table.measures)
    return f"SELECT {named}, measure, value FROM ({rows}) UNPIVOT (value FOR measure IN ({measures}))"


def _inside(text: str) -> str:
    """Text within quotes of SQL. Only our own descriptor and paths come here, and they are made safe all the same."""
    return text.replace("'", "''")


def row_groups(file: Path) -> list[tuple[str, str, int, int]]:
    """Of each row group its first and last figure, and its stretch of the file: first byte, and the one after its last.

    With it a browser asks for what it needs beside the footer, not after it.

    Args:
        file: ``explore.parquet``; a table without rows has no row group.

    Raises:
        duckdb.Error: the file is no Parquet.
    """
    import duckdb

    with duckdb.connect() as database:
        return database.execute(_GROUPS, {"file": str(file)}).fetchall()
