"""The derived tables say what the others say, once a cell, and cannot be added up wrongly when one keeps to what they tell."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import frictionless
import pytest

from pipeline.archive.sources import agencies
from pipeline.filing.read_all import read_all
from pipeline.knowledge.forms import forms
from pipeline.knowledge.rules import relations
from pipeline.model.figure import CellKey
from pipeline.package.rows import make_tables
from pipeline.published.reader import Published, open_package
from tests.shared import Demonstration
from tests.site.corpus import PUBLISHED


@pytest.fixture(scope="module")
def demo(demonstration: Demonstration) -> Published:
    """The demonstration: several years, both forms, an aggregate, blanks and marks."""
    return open_package(demonstration.package)


def of_forms(package: Published) -> Iterator[tuple[str, CellKey]]:
    for report in package.records("reports"):
        for key in package.descriptor.forms[report["template"]].cell_keys():
            yield report["report_id"], key


def test_every_cell_of_every_report_has_one_row_with_the_figure_of_its_table(demo: Published) -> None:
    found = {
        (row["report_id"], CellKey(row["form_table"], row["item"], row["measure"])): row
        for row in demo.records("observations")
    }
    assert len(found) == demo.size("observations")
    assert set(found) == set(of_forms(demo))
    for name, table in demo.descriptor.figure_tables.items():
        for record in demo.records(name):
            for key, value in table.cells(record):
                row = found.get((record["report_id"], key))
                assert (row["value"] if row else "") == value, key
    notes = {
        (n["report_id"], n["form_table"], n["item"], n["measure"]): n for n in demo.records("cell_notes")
    }
    for (report, key), row in found.items():
        note = notes.get((report, *key))
        assert (row["status"], row["raw"]) == (
            (note["status"], note["raw"]) if note else ("reported", row["value"])
        )


def test_a_naive_sum_is_wrong_and_the_one_of_the_data_page_is_right(demo: Published) -> None:
    reports = {row["report_id"]: row for row in demo.records("reports")}
    printed = [
        int(row["total"])
        for row in demo.records("requests")
        if row["item"] == "granted" and row["total"] and reports[row["report_id"]]["scope"] != "jurisdiction"
    ]
    with duckdb.connect() as database:
        database.execute(f"CREATE VIEW observations AS FROM read_csv('{demo.place}/data/observations.csv')")
        from pipeline.published.dictionary import adding_examples

        (_, wrong), (_, right) = adding_examples()
        assert database.execute(right).fetchone() == (sum(printed),)
        assert database.execute(wrong).fetchone() != (sum(printed),)
        money = database.execute(
            "SELECT count(*) FROM observations WHERE item_count IS NOT NULL AND unit LIKE '%元'"
        ).fetchone()
        assert money == (0,)


@pytest.mark.parametrize("form", sorted(forms()))
def test_the_totals_are_those_that_the_rules_call_sums_of_others(form: str) -> None:
    chosen = forms()[form]
    by_rule = {
        relation.right[0]
        for relation in relations(chosen)
        if relation.rule.relation == "equals" and len(relation.right) == 1 and len(relation.left) > 1
    }
    flagged = {
        CellKey(table.key, row.key, column.key)
        for table, _, row, column in chosen.cells()
        if row.item.total or column.total
    }
    assert flagged == by_rule


def test_a_series_joins_cells_that_may_be_compared_and_no_others(demo: Published) -> None:
    lines = list(demo.records("crosswalk"))
    for line in lines:
        assert (line["series"] == "") == (line["comparable"] == "no")
    for form, end in (("t2019", "from"), ("t2021", "to")):
        told = [line[f"{end}_cell"] for line in lines if line[f"{end}_cell"]]
        assert set(told) == {str(key) for key in forms()[form].cell_keys()}
        assert not {cell for cell in told if "*" in cell or "+" in cell}
    split = {line["series"] for line in lines if line["from_cell"] == "requests/other_handling/total"}
    assert split == {"requests/other_handling/total"}
    series = {
        (row["template"], row["item"], row["measure"]): row["series"] for row in demo.records("observations")
    }
    assert series["t2019", "granted", "total"] == series["t2021", "granted", "total"]
    assert series["t2019", "rules", "published_stock"] != series["t2021", "rules", "valid"]
    assert series["t2019", "other_handling", "total"] == series["t2021", "other_other", "total"]


def test_a_row_says_which_findings_stand_beside_its_cell() -> None:
    rows = {
        (row["report_id"], row["item"], row["measure"]): row["finding_codes"]
        for row in open_package(PUBLISHED).records("observations")
    }
    assert rows["511900-housing-2022", "outcomes_total", "total"] == "T103 T104"
    assert rows["511900-housing-2022", "outcomes_total", "natural_person"] == "T103"
    assert rows["511900-housing-2022", "granted", "total"] == ""


def test_coverage_has_every_agency_and_year_once_with_its_state(demo: Published) -> None:
    found = {(row["agency_id"], row["year"]): row for row in demo.records("coverage")}
    years = {row["year"] for row in demo.records("reports")}
    span = range(int(min(years)), int(max(years)) + 1)
    assert set(found) == {(row["agency_id"], str(year)) for row in demo.records("agencies") for year in span}
    states = {row["state"] for row in found.values()}
    assert {"filed", "missing", "aggregate_only"} <= states
    for row in found.values():
        assert (row["state"] == "missing") == (not row["report_id"])
        if row["state"] == "late":
            assert int(row["days_late"]) > 0


@pytest.mark.parametrize(
    ("table", "column", "value", "kind"),
    [
        ("observations", "item", "granted_twice", "foreign-key"),
        ("observations", "report_id", "510403-nobody-2023", "foreign-key"),
        ("observations", "is_total", "perhaps", "type-error"),
        ("report_summary", "agency_id", "990000-nobody", "foreign-key"),
        ("coverage", "state", "gone", "constraint-error"),
        ("agencies", "division_code", "999999", "foreign-key"),
    ],
)
def test_frictionless_enforces_their_keys(
    tmp_path: Path, table: str, column: str, value: str, kind: str
) -> None:
    shutil.copytree(PUBLISHED, tmp_path / "package")
    path = tmp_path / f"package/data/{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[1][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    report = frictionless.validate(str(tmp_path / "package/datapackage.json"))
    assert kind in {error.type for task in report.tasks for error in task.errors if task.name == table}


def test_what_is_no_whole_number_is_no_count_and_its_print_is_kept() -> None:
    from dataclasses import replace
    from decimal import Decimal

    reports = PUBLISHED / "reports"
    (first, *_) = [one for one in read_all(reports) if one.source.report_id == "511900-housing-2022"]
    key = CellKey("requests", "granted", "total")
    odd = replace(first.report.figures[key], raw="12.5", value=Decimal("12.5"))
    changed = replace(first, report=replace(first.report, figures={**first.report.figures, key: odd}))
    tables = make_tables(agencies(reports), [changed])
    (row,) = [row for row in tables["requests"] if row["item"] == "granted"]
    assert row["total"] == ""
    assert ("granted", "unreadable", "12.5") in {
        (n["item"], n["status"], n["raw"]) for n in tables["cell_notes"]
    }
