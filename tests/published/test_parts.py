"""One item or indicator by its address is what the tables hold; one part of the cells is a small part of a sorted file."""

import csv
import json
from pathlib import Path

import duckdb
import pytest

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
            rows = list(csv.DictReader(file))
        about = json.loads(path.with_suffix(".metadata.json").read_text("utf-8"))
        whole = json.loads(path.with_suffix(".json").read_text("utf-8"))
        assert whole["columns"] == list(rows[0])
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


@pytest.mark.parametrize(
    ("end", "column"), [("", "item"), ("_by_year", "year"), ("_by_province", "province")]
)
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
