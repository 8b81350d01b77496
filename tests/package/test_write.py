"""The data package: valid, reproducible, put in place as a whole, and refused when somebody edits it wrongly."""

import csv
import gzip
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.archive.sources import agencies
from pipeline.filing.read_all import read_all
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.rules import rules
from pipeline.model.figure import CellKey, Figure, Status
from pipeline.model.findings import PipelineError
from pipeline.model.outcome import CheckedReport
from pipeline.package import csv_file, schema, write
from pipeline.package.rows import Tables, make_tables
from pipeline.package.validate import validate
from pipeline.package.write import write_package
from pipeline.published.reader import open_package
from tests.safety.faults import always_old_or_new

ROOT = Path(__file__).parents[2]
REPORTS = ROOT / "datapackage/reports"
FIGURES = ("proactive", "requests", "review_litigation")


@pytest.fixture(scope="module")
def tables() -> Tables:
    return make_tables(agencies(REPORTS), read_all(REPORTS))


@pytest.fixture
def folder(tmp_path: Path, tables: Tables) -> Path:
    made = tmp_path / "package"
    made.mkdir()
    shutil.copyfile(ROOT / "datapackage/versions.yml", made / "versions.yml")
    write_package(tables, made)
    return made


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_committed_package_is_what_the_reports_give(folder: Path) -> None:
    committed = {
        name: data for name, data in files(ROOT / "datapackage").items() if not name.startswith("reports/")
    }
    assert files(folder) == committed, "run `make package` and commit what it writes"


def test_building_twice_gives_the_same_bytes(folder: Path, tables: Tables) -> None:
    before = files(folder)
    write_package(tables, folder)
    assert files(folder) == before


def test_frictionless_finds_it_valid() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "frictionless", "validate", "datapackage/datapackage.json", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    assert (done.returncode, report["valid"], report["warnings"]) == (0, True, [])
    assert {task["name"] for task in report["tasks"]} == set(schema.resources())


def edit(folder: Path, resource: str, line: int, column: str, value: str) -> None:
    """Changes one cell of a CSV as a person would, by hand; the header is line 1."""
    path = folder / f"data/{resource}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[line - 1][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


@pytest.mark.parametrize(
    ("resource", "column", "value", "says"),
    [
        ("requests", "total", "many", "应为整数"),
        ("requests", "item", "granted_twice", "应为这些值之一"),
        ("requests", "report_id", "510403-nobody-2023", "reports.report_id 里没有"),
        ("proactive", "unit", "吨", "应为这些值之一"),
        ("reports", "source_sha256", "abc", "应符合"),
        ("reports", "year", "", "必填"),
        ("reports", "year", "1999", "≥ 2008"),
    ],
)
def test_a_wrong_cell_is_refused_with_file_row_and_column(
    folder: Path, resource: str, column: str, value: str, says: str
) -> None:
    assert not validate(folder, checksums=False)
    edit(folder, resource, 3, column, value)
    problems = [p for p in validate(folder, checksums=False) if p.file == f"data/{resource}.csv"]
    assert any((p.line, p.column) == (3, column) and says in p.what.zh for p in problems), list(
        map(str, problems)
    )


def test_any_edit_breaks_the_checksum(folder: Path) -> None:
    edit(folder, "requests", 3, "total", "7")
    assert any("checksum differs" in p.what.en for p in validate(folder))


def test_a_repeated_key_is_refused(folder: Path) -> None:
    path = folder / "data/reports.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(
        "".join(
            [
                *lines[:2],
                lines[1].replace("370725-housing-2023", "370725-housing-2023-system", 1),
                *lines[2:],
            ]
        ),
        "utf-8",
    )
    problems = validate(folder, checksums=False)
    # Another report_id, the same agency, year and scope: a unique key that frictionless does not look at.
    assert [(p.file, p.line, p.column) for p in problems] == [("data/reports.csv", 3, "agency_id,year,scope")]


def test_a_missing_and_a_surplus_file_are_refused(folder: Path) -> None:
    (folder / "data/surplus.csv").write_text("a\n1\n", encoding="utf-8")
    assert [p.file for p in validate(folder)] == ["data/surplus.csv"]
    (folder / "data/surplus.csv").unlink()
    (folder / "data/rules.csv").unlink()
    assert validate(folder)


def test_an_invalid_package_leaves_the_old_one_in_place(folder: Path, tables: Tables) -> None:
    before = files(folder)
    wrong = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    wrong["requests"][0]["total"] = "many"
    with pytest.raises(PipelineError, match=r"requests\.csv:2:total"):
        write_package(wrong, folder)
    assert files(folder) == before


def test_a_run_that_breaks_anywhere_leaves_the_old_package_or_the_new(
    folder: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        write, "validate", lambda folder, **more: []
    )  # a second each time, and it writes nothing
    changed = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    changed["reports"][0]["title"] = "另一个标题"
    always_old_or_new(folder, lambda: write_package(changed, folder), least=60)


def test_every_field_is_described_in_both_languages() -> None:
    for resource in schema.resources().values():
        for field in resource.fields:
            assert all((field.zh, field.en, field.about_zh, field.about_en)), f"{resource.name}.{field.name}"


def test_a_field_without_description_is_refused() -> None:
    with pytest.raises(PipelineError, match="about_en"):
        schema._field(
            "agencies", {"name": "x", "type": "string", "zh": "甲", "en": "A", "about_zh": "甲"}, []
        )


def test_every_cell_of_every_report_is_in_the_package(tables: Tables) -> None:
    for report in tables["reports"]:
        rows = {
            name: [row for row in tables[name] if row["report_id"] == report["report_id"]] for name in FIGURES
        }
        cells = len(rows["proactive"]) + 7 * len(rows["requests"]) + 5 * len(rows["review_litigation"])
        assert cells == {"t2021": 200, "t2019": 198}[report["template"]]
        assert cells == int(report["cells_stated"]) + int(report["cells_not_stated"])


def test_a_cell_that_is_not_stated_is_empty_and_noted(tables: Tables) -> None:
    row = next(
        r
        for r in tables["requests"]
        if r["report_id"] == "511900-housing-2022" and r["item"] == "outcomes_total"
    )
    assert (row["natural_person"], row["total"]) == ("12", "")
    notes = {(n["item"], n["measure"]): n["status"] for n in tables["cell_notes"]}
    assert notes["outcomes_total", "total"] == "absent"
    assert notes["outcomes_total", "natural_person"] == "resolved"


def test_every_finding_is_explained_by_the_package_alone(tables: Tables) -> None:
    kinds = {row["code"]: row for row in tables["finding_codes"]}
    assert set(kinds) == {*finding_kinds(), *rules()}
    assert {code for code, row in kinds.items() if row["rule_id"]} == set(rules())
    assert tables["findings"]
    for row in tables["findings"]:
        for language in ("zh", "en"):
            words = re.split(r"\{\w+\}", kinds[row["code"]][f"message_{language}"])
            assert re.fullmatch(".*".join(map(re.escape, words)), row[f"message_{language}"]), row["code"]


def test_a_finding_of_an_unknown_code_is_refused(folder: Path) -> None:
    path = folder / "data/finding_codes.csv"
    known = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in known if not line.startswith("T104,")), encoding="utf-8")
    wrong = [p for p in validate(folder, checksums=False) if p.file == "data/findings.csv"]
    assert [("finding_codes.code 里没有" in p.what.zh, p.line) for p in wrong] == [(True, 7)]


def test_a_command_that_writes_no_parquet_does_not_load_what_writes_it() -> None:
    """It costs time, and prints lines of its own when the program ends."""
    code = "import sys, pipeline.cli; sys.exit('duckdb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def filed(*cells: tuple[str, Figure]) -> CheckedReport:
    """The first report with other figures in these cells (``table/row/column``)."""
    one = read_all(REPORTS)[0]
    figures = one.report.figures | {CellKey.parse(cell): figure for cell, figure in cells}
    return replace(one, report=replace(one.report, figures=figures))


def test_the_unit_that_a_cell_prints_goes_before_that_of_its_column() -> None:
    cell = "proactive/admin_fees/fee_amount"
    rows = {}
    for unit in ("", "元"):
        one = filed((cell, Figure("505元", Decimal(505), Status.REPORTED, "line 1", unit)))
        found = make_tables([one.source.agency], [one])["proactive"]
        (rows[unit],) = [(row["value"], row["unit"]) for row in found if cell.endswith(f"/{row['measure']}")]
    assert rows == {"": ("505", "万元"), "元": ("505", "元")}


def test_every_cell_that_is_no_plain_number_has_a_note() -> None:
    row = "requests/new_received"
    columns = ("natural_person", "org_commercial", "org_research", "org_other", "total")
    statuses = (Status.BLANK, Status.MARK, Status.ABSENT, Status.UNREADABLE, Status.AMBIGUOUS)
    printed = ("", "/", "", "不详", "1 2")
    cells = [
        (f"{row}/{column}", Figure(raw, None, status, "line 1"))
        for column, status, raw in zip(columns, statuses, printed, strict=True)
    ]
    one = filed(*cells)
    notes = make_tables([one.source.agency], [one])["cell_notes"]
    found = {
        note["measure"]: (note["status"], note["raw"]) for note in notes if note["item"] == "new_received"
    }
    assert found == {
        column: (status.value, raw) for column, status, raw in zip(columns, statuses, printed, strict=True)
    }


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # frictionless leaves a packed file open
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_table_that_is_too_large_for_git_is_packed_and_read_as_any_other(
    tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is set low here; the same reports make the same bytes, the same rows, and every judge is content."""
    write_package(tables, tmp_path / "plain")
    monkeypatch.setattr(csv_file, "LARGEST", 200_000)
    for name in ("one", "two"):
        write_package(tables, tmp_path / name)
    one = open_package(tmp_path / "one")
    packed = [table.path for table in one.tables.values() if table.path.endswith(".gz")]
    assert packed == ["data/observations.csv.gz"]
    assert not (tmp_path / "one/data/observations.csv").exists()
    assert (tmp_path / "one" / packed[0]).read_bytes() == (tmp_path / "two" / packed[0]).read_bytes()
    assert list(one.rows("observations")) == list(open_package(tmp_path / "plain").rows("observations"))
    assert one.descriptor.version == open_package(tmp_path / "plain").descriptor.version
    assert validate(tmp_path / "one") == []
    ignored = subprocess.run(
        ["git", "check-ignore", "--no-index", "-q", f"datapackage/{packed[0]}"], cwd=ROOT, check=False
    )
    assert ignored.returncode == 0
    (tmp_path / "one" / packed[0]).unlink()  # as a clone has it
    assert validate(tmp_path / "one", clone=True) == []
    assert [problem.file for problem in validate(tmp_path / "one")] == packed


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (b",true,", b",YES,", "found: YES"),
        (b"370725-housing-2023,", b"370725-housing-1999,", "no such value"),
        (b"\n", b"\r\n", "LF"),
        (b",line 21,", b',"line 21",', "canonical"),
    ],
)
def test_a_fault_in_a_packed_table_is_found(
    tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bytes, after: bytes, says: str
) -> None:
    monkeypatch.setattr(csv_file, "LARGEST", 200_000)
    write_package(tables, tmp_path)
    file = tmp_path / "data/observations.csv.gz"
    data = gzip.decompress(file.read_bytes())
    assert before in data
    file.write_bytes(gzip.compress(data.replace(before, after, 3)))
    found = validate(tmp_path, checksums=False, frictionless=False)
    assert found
    assert {problem.file for problem in found} == {"data/observations.csv.gz"}
    assert any(says in problem.what.en for problem in found), list(map(str, found))
