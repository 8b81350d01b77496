"""One item or indicator by its address is what the tables hold; one part of the cells is a small part of a sorted file."""

import csv
import json
import shutil
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import polars as pl
import pytest

from pipeline.cli.server import RangeHandler
from pipeline.published.distributions import api, parquet
from pipeline.published.reader import open_package
from tests.site.corpus import PUBLISHED


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made")
    (out / "data").mkdir()
    package = open_package(PUBLISHED)
    api.write(package, out / "data")
    parquet.write(package, out / "data")
    return out


def test_every_item_has_its_figures_as_csv_and_json_and_says_what_it_is(made: Path) -> None:
    package, seen = open_package(PUBLISHED), 0
    expected = {
        (row["item"], row["report_id"], row["measure"]): row["value"]
        for row in package.records("observations")
    }
    for path in (made / "api/v1/items").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
        about = json.loads(path.with_suffix(".metadata.json").read_text("utf-8"))
        whole = json.loads(path.with_suffix(".json").read_text("utf-8"))
        assert whole["columns"] == reader.fieldnames
        for row, values in zip(rows, whole["rows"], strict=True):
            for measure in about["measures"]:
                name = measure["measure"]
                told = values[whole["columns"].index(name)]
                assert row[name] == expected[path.stem, row["report_id"], name]
                assert told == (float(row[name]) if row[name] else None)
                seen += 1
        assert about["title"]
        assert about["citation"]
        assert about["version"] == package.descriptor.version
    assert seen == len(expected)


def test_every_indicator_has_its_values_as_csv(made: Path) -> None:
    package, seen = open_package(PUBLISHED), 0
    expected = {
        (row["indicator_id"], row["report_id"]): row["value"] for row in package.records("indicators")
    }
    for path in (made / "api/v1/indicators").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                assert row["value"] == expected[path.stem, row["report_id"]]
                seen += 1
        assert json.loads(path.with_suffix(".metadata.json").read_text("utf-8"))["formula_zh"]
    assert seen == len(expected)


@pytest.mark.parametrize(("end", "column"), [("", "item"), ("_by_year", "year")])
def test_the_cells_are_there_sorted_by_what_one_asks_for(made: Path, end: str, column: str) -> None:
    path = made / f"data/parquet/observations{end}.parquet"
    with duckdb.connect() as database:
        values = [row[0] for row in database.execute(f"SELECT {column} FROM '{path}'").fetchall()]
        groups = database.execute(
            "SELECT max(row_group_num_rows) FROM parquet_metadata(?)", [str(path)]
        ).fetchone()
    runs = 1 + sum(one != other for one, other in zip(values, values[1:], strict=False))
    tables = 2 if column == "item" else 1  # an item of one name may be in two tables
    assert len(set(values)) <= runs <= tables * len(set(values))
    assert groups is not None
    assert groups[0] <= parquet.ROW_GROUP


def test_the_parts_are_the_whole_a_file_for_each_province_and_year(made: Path) -> None:
    package = open_package(PUBLISHED)
    folder = made / "data/parquet/observations"
    names = sorted(path.parent.relative_to(folder).as_posix() for path in folder.rglob("*.parquet"))
    whose = {(row["division_code"][:2], row["year"]) for row in package.records("observations")}
    assert names == sorted(f"province_code={code}/year={year}" for code, year in whose)
    with duckdb.connect() as database:
        whole, parts = f"'{made}/data/parquet/observations.parquet'", f"'{folder}/**/*.parquet'"
        columns = ", ".join(package.tables["observations"].names)
        for one, other in ((whole, parts), (parts, whole)):
            left = f"SELECT {columns} FROM read_parquet({one}) EXCEPT ALL SELECT {columns} FROM read_parquet({other})"
            assert database.execute(left).fetchall() == []


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cells of 2,000 reports of five years, in as many groups of rows as 10,000 have."""
    folder = tmp_path_factory.mktemp("large") / "package"
    shutil.copytree(PUBLISHED, folder)
    cells = folder / "data/observations.csv"
    with duckdb.connect(config={"threads": 1}) as database:
        many = (
            "SELECT * EXCLUDE (n) REPLACE (report_id || '-' || n AS report_id, 2019 + n % 5 AS year, "
            "hash(report_id, item, measure, n) % 100000 AS value, hash(report_id, item, measure, n) % 100000 AS raw) "
            f"FROM read_csv('{cells}', all_varchar = true), range(400) AS more(n)"
        )
        database.execute(f"COPY ({many}) TO '{cells}.new' (HEADER)")
    Path(f"{cells}.new").rename(cells)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "ROW_GROUP", parquet.ROW_GROUP // 5)
        parquet.write(open_package(folder), folder.with_name("site"))
    return folder.with_name("site")


@pytest.mark.parametrize(
    ("end", "wanted", "most"),
    [("", {"form_table": "requests", "item": "granted"}, 0.25), ("_by_year", {"year": 2021}, 0.35)],
)
def test_a_reader_over_http_takes_the_part_it_asks_for(
    large: Path, end: str, wanted: dict[str, str | int], most: float
) -> None:
    """polars, which asks our own server for byte ranges. Of 10,000 reports it took 0.93 MB for a year and 0.58 MB for an
    item, all columns and what stands at the end."""
    sent: list[int] = []

    class Counting(RangeHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

        def copyfile(self, source: Any, outputfile: Any) -> None:
            data = source.read()
            sent.append(len(data))
            outputfile.write(data)

    file = large / f"parquet/observations{end}.parquet"
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Counting, directory=str(file.parent))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/{file.name}"
        found = pl.scan_parquet(address).filter(**wanted).collect()
        server.shutdown()
    expected = pl.read_parquet(file).filter(**wanted)
    assert found.height == expected.height > 1000
    assert found.equals(expected)
    assert 0 < sum(sent) < most * file.stat().st_size, f"{sum(sent)} of {file.stat().st_size} bytes"
