"""Every companion holds what the CSVs hold, cell by cell, and the same bytes each time."""

import csv
import hashlib
import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pypdfium2 as pdfium
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate as validate_openapi

from pipeline.archive.sources import agencies
from pipeline.filing.read_all import read_all
from pipeline.model.findings import PipelineError
from pipeline.package.rows import make_tables
from pipeline.package.validate import validate
from pipeline.package.write import write_package
from pipeline.published.derived import AGGREGATES
from pipeline.published.distributions import excel, explore, sheets, sqlite
from pipeline.published.distributions.excel import _Shown, printed
from pipeline.published.distributions.write import write_catalogues, write_distributions
from pipeline.published.official import Official
from pipeline.published.reader import Published, open_package
from tests.five import copy_five
from tests.shared import Demonstration
from tests.site.corpus import Corpus

ROOT = Path(__file__).parents[2]
NAME = "ogi-annual-reports"
ODD = (
    '=HYPERLINK("http://example.com","x")',
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    'a "quoted", one\nsecond line\n\n<b>&amp;',
    "_x0041_ \U00020000 𝄞",
    "0012",
    "1,234",
    " 前后空格 ",
    "长" * 40_000,
    "2024-01-31",
    "null",
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The five reports, with odd texts and figures in their cells; still a valid package."""
    folder = tmp_path_factory.mktemp("odd")
    reports = copy_five(tmp_path_factory.mktemp("five") / "reports")
    tables = make_tables(agencies(reports), read_all(reports))
    for row, text in zip(tables["sections"], ODD, strict=False):
        row["text"] = text
        row["heading"] = text[:50].replace("\n", " ")
    tables["agencies"][0]["name_zh"] = "=1+1局"
    for row, figure in zip(tables["requests"], ("-3", "123456789012345", "0", ""), strict=False):
        row["total"] = figure
    for row, figure in zip(tables["proactive"], ("505.25", "0.000001"), strict=False):
        row["value"] = figure
    shutil.copyfile(ROOT / "datapackage/versions.yml", folder / "versions.yml")
    write_package(tables, folder)
    read = open_package(folder)
    # Once more as read back: what would be a formula has its apostrophe now, in the descriptor's examples too.
    write_package({name: list(read.records(name)) for name in read.tables}, folder)
    return open_package(folder)


@pytest.fixture(scope="module")
def made(package: Published, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made")
    write_distributions(package, out)
    return out


def same(text: str, value: Any, kind: str) -> bool:
    """Whether a value is what the CSV's text says; an empty text is no value and never a zero."""
    if not text:
        return value is None
    if kind == "boolean":
        return value in (0, 1) and bool(value) is (text == "true")
    if kind in ("integer", "number"):
        return not isinstance(value, str) and value is not None and Decimal(repr(value)) == Decimal(text)
    return value is not None and str(value) == text


def compare(package: Published, table: str, rows: list[tuple[Any, ...]]) -> None:
    columns, expected = package.tables[table].columns, list(package.rows(table))
    assert len(rows) == len(expected), table
    for line, (row, wanted) in enumerate(zip(rows, expected, strict=True), 2):
        for column, value, text in zip(columns, row, wanted, strict=True):
            assert same(text, value, column.type), f"{table}:{line}:{column.name}: {text!r} {value!r}"


def test_a_difference_of_one_cell_is_seen(package: Published) -> None:
    rows = [list(row) for row in package.rows("agencies")]
    rows[0][0] = "other"
    with pytest.raises(AssertionError, match="agency_id"):
        compare(package, "agencies", [tuple(cell or None for cell in row) for row in rows])
    assert not same("", 0, "number")
    assert not same("0", None, "number")
    assert not same("1", "1", "integer")


def test_the_explorers_file_holds_every_cell_and_adds_what_is_stated(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    """Of the invented reports, which have blanks, marks and totals that are not printed."""
    package = open_package(demonstration.package)
    (file,) = explore.write(package, tmp_path)
    first = file.read_bytes()
    explore.write(package, tmp_path)
    assert file.read_bytes() == first
    with duckdb.connect() as database:
        rows = database.execute(
            "SELECT agency_id || year || is_aggregate || figure, value, status FROM read_parquet(?)",
            [str(file)],
        ).fetchall()
    found = {key: (value, status) for key, value, status in rows}
    assert len(found) == len(rows), "each once"
    cells = {
        "{agency_id}{year}{is_aggregate}{form_table}/{item}/{measure}".format(**row): row
        for row in package.records("observations")
    }
    totals = [key for key, (_, status) in found.items() if status == "summed"]
    assert [(key, found[key]) for key in totals] == [
        ("990300-education2023falserequests/outcomes_total/total", (161.0, "summed"))
    ]
    for key, row in cells.items():
        if key not in totals:
            assert found[key] == (float(row["value"]) if row["value"] else None, row["status"]), key
    more = {key: one for key, one in found.items() if key not in cells and "ratio/" not in key}
    assert {status for _, status in more.values()} == {"added"}
    for key, (value, _) in list(more.items())[::97]:
        start, heading, measure = re.split(r"/(?=[^/]+/)|/", key)
        children = [row["item"] for row in package.records("items") if row["parent"] == heading]
        assert value == sum(
            float(cells[f"{start}/{item}/{measure}"]["value"])
            for item in children
            if f"{start}/{item}/{measure}" in cells
        )
    reports = {row["report_id"]: row for row in package.records("reports")}
    aggregates = {key for key, row in reports.items() if row["scope"] in AGGREGATES}
    ratios = Counter(
        f"{reports[row['report_id']]['agency_id']}{row['report_id'][-4:]}"
        f"{str(row['report_id'] in aggregates).lower()}ratio/{row['indicator_id']}"
        for row in package.records("indicators")
    )
    assert ratios == Counter(key for key in found if "ratio/" in key)


def test_parquet_holds_every_cell(package: Published, made: Path) -> None:
    for table in package.tables.values():
        path = made / f"data/parquet/{table.name}.parquet"
        with duckdb.connect() as database:
            order = ", ".join(table.key)  # the table of all cells is sorted as people ask for it
            rows = database.execute(f"SELECT * FROM read_parquet(?) ORDER BY {order}", [str(path)]).fetchall()
            compare(package, table.name, rows)
            types = dict(database.execute("SELECT name, type FROM parquet_schema(?)", [str(path)]).fetchall())
            told = database.execute("SELECT key, value FROM parquet_kv_metadata(?)", [str(path)]).fetchall()
        kinds = {"number": "DOUBLE", "integer": "INT64", "date": "INT32", "boolean": "BOOLEAN"}
        assert {c.name: types[c.name] for c in table.columns} == {
            c.name: kinds.get(c.type, "BYTE_ARRAY") for c in table.columns
        }
        schema = json.loads(dict(told)[b"table_schema"])
        assert [field["name"] for field in schema["fields"]] == list(table.names)


def test_sqlite_holds_every_cell_with_keys_and_indices(package: Published, made: Path) -> None:
    with closing(sqlite3.connect(made / f"data/{NAME}.sqlite")) as database:
        for table in package.tables.values():
            order = ", ".join(f'"{column}"' for column in table.key)
            compare(
                package,
                table.name,
                database.execute(f'SELECT * FROM "{table.name}" ORDER BY {order}').fetchall(),
            )
            info = database.execute(f'PRAGMA table_info("{table.name}")').fetchall()
            assert [row[1] for row in sorted(info, key=lambda row: row[5]) if row[5]] == list(table.key)
            keys = {
                row[3]: (row[2], row[4])
                for row in database.execute(f'PRAGMA foreign_key_list("{table.name}")')
            }
            assert keys == dict(table.foreign)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        described = database.execute(
            "SELECT count(*) FROM _columns WHERE about_zh = '' OR about_en = ''"
        ).fetchone()
        assert described == (0,)
        with pytest.raises(sqlite3.IntegrityError):
            database.execute("INSERT INTO requests (report_id, item) VALUES (NULL, 'granted')")


def test_the_views_and_derived_tables_answer(package: Published, made: Path) -> None:
    with closing(sqlite3.connect(made / f"data/{NAME}.sqlite")) as database:
        cells = package.size("observations")
        assert database.execute("SELECT count(*) FROM v_cells").fetchone() == (cells,)
        statuses = dict(database.execute("SELECT status, count(*) FROM v_cells GROUP BY status"))
        assert statuses["absent"] == 1
        assert statuses["reported"] == cells - sum(n for s, n in statuses.items() if s != "reported")
        one = "SELECT value, measure_zh, status FROM observations WHERE report_id = ? AND item = ? AND measure = ?"
        given = ("511900-housing-2022", "outcomes_total", "natural_person")
        assert database.execute(one, given).fetchone() == (12, "自然人", "resolved")
        assert database.execute("SELECT count(*) FROM v_latest").fetchone() == (5,)
        summary = (
            "SELECT agency_zh, outcomes_total FROM report_summary WHERE report_id = '511900-housing-2022'"
        )
        assert database.execute(summary).fetchone() == ("巴中市住房和城乡建设局", None)


def test_the_latest_report_of_an_agency_is_its_own_of_the_last_year(tmp_path: Path) -> None:
    """Whatever the order of the rows; an aggregate is never the latest of its own."""
    corpus = Corpus().empty().agency("990000-gov").agency("990001-housing")
    for year in (2022, 2024, 2023):
        corpus.report("990001-housing", year).report("990000-gov", year, scope="government_office")
    corpus.report("990000-gov", 2024, suffix="-jurisdiction", scope="jurisdiction")
    (file,) = sqlite.write(open_package(corpus.write(tmp_path / "package")), tmp_path)
    with closing(sqlite3.connect(file)) as database:
        latest = database.execute("SELECT report_id FROM v_latest ORDER BY report_id").fetchall()
    assert latest == [("990000-gov-2024",), ("990001-housing-2024",)]


def workbook(made: Path) -> Any:
    return openpyxl.load_workbook(made / f"data/{NAME}.xlsx")


def test_the_workbook_holds_every_cell(package: Published, made: Path) -> None:
    book, shown = workbook(made), _Shown(package)
    assert book.sheetnames == ["封面", "数据字典", *package.tables]
    for table in package.tables.values():
        sheet, columns = book[table.name], list(printed(table, shown))
        assert [cell.value for cell in sheet[1]] == [column.title for column in columns]
        assert len({column.title for column in columns}) == len(columns)
        assert (sheet.freeze_panes, sheet.auto_filter.ref.split(":")[0]) == ("B2", "A1")
        own = [number for number, column in enumerate(columns) if column.look_up is None]
        lines = list(sheet.iter_rows(min_row=2))
        rows = [tuple(line[number].value for number in own) for line in lines]
        expected = [tuple(excel._short(text) for text in row) for row in Official(package).rows(table)]
        assert sorted(expected) == sorted(tuple(map(excel._short, row)) for row in package.rows(table.name))
        for number, (row, wanted) in enumerate(zip(rows, expected, strict=True), 2):
            for column, value, text in zip(table.columns, row, wanted, strict=True):
                read = unescaped(value) if isinstance(value, str) else value
                if column.type == "date" and text:  # a date that a spreadsheet computes with
                    read = value.date().isoformat()
                kind = "string" if column.type == "boolean" else column.type
                assert same(text, read, kind), f"{table.name}:{number}:{column.name}: {text[:50]!r} {value!r}"
        assert {cell.data_type for line in lines for cell in line} <= {"s", "n", "d", "inlineStr"}, table.name
        assert all(sheet.cell(1, number + 1).comment for number in own)


def unescaped(text: str) -> str:
    """What the file's ``_x005F_`` stands for; Excel undoes it, openpyxl does not."""
    return text.replace("_x005F_", "_")


def test_codes_and_ids_are_spelt_out_beside(package: Published, made: Path) -> None:
    sheet = workbook(made)["requests"]
    head = [cell.value for cell in sheet[1]]
    row = dict(zip(head, (cell.value for cell in sheet[2]), strict=True))
    assert [row[name] for name in ("报告编号\nReport id", "年度\nYear", "行（名称）\nItem (label)")] == [
        "370725-housing-2023",
        2023,
        "一、本年新收政府信息公开申请数量",
    ]
    assert row["机关名称\nAgency"] == "'=1+1局"


def test_rows_stand_in_the_order_of_the_form(package: Published) -> None:
    official = Official(package)

    def first(table: str, column: str, count: int) -> list[str]:
        rows = official.rows(package.tables[table])
        return [
            row[package.tables[table].position(column)] for row, _ in zip(rows, range(count), strict=False)
        ]

    assert first("requests", "item", 4) == ["new_received", "carried_in", "granted", "partially_granted"]
    assert first("proactive", "measure", 3) == ["issued", "repealed", "valid"]
    assert first("observations", "sort_order", 1000) == [str(1 + n % 200) for n in range(1000)]
    assert [int(text) for text in first("indicator_definitions", "sort_order", 5)] == [1, 2, 3, 4, 5]
    assert first("items", "item", 2) == ["rules", "normative_documents"]


def test_no_text_of_a_report_is_a_formula_or_a_link(made: Path) -> None:
    with zipfile.ZipFile(made / f"data/{NAME}.xlsx") as archive:
        parts = {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith((".xml", ".rels"))
        }
    assert not [
        name for name, part in parts.items() if re.search(r"<f[ >]|<hyperlink[ >s]|/hyperlink\"", part)
    ]
    assert any("quotePrefix" in part for name, part in parts.items() if name.endswith("styles.xml"))
    assert any("=HYPERLINK(" in part for part in parts.values())


def test_libreoffice_opens_the_workbook(package: Published, made: Path, tmp_path: Path) -> None:
    """A spreadsheet program reads every sheet as a person would; without one the test fails."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, (
        "LibreOffice Calc is needed: apt-get install libreoffice-calc (tests/tools/browser.py installs it)"
    )
    everything = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    for kind in (everything, "pdf"):
        command = [
            office,
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            kind,
        ]
        done = subprocess.run(
            [*command, "--outdir", str(tmp_path), str(made / f"data/{NAME}.xlsx")],
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    _prints_on_few_pages(tmp_path / f"{NAME}.pdf")
    shown = _Shown(package)
    for table in package.tables.values():
        with (tmp_path / f"{NAME}-{table.name}.csv").open(encoding="utf-8", newline="") as file:
            read = list(csv.reader(file))
        columns = list(printed(table, shown))
        assert read[0] == [column.title for column in columns]
        own = [number for number, column in enumerate(columns) if column.look_up is None]
        expected = [[excel._short(text) for text in row] for row in Official(package).rows(table)]
        assert len(read) - 1 == len(expected)
        for row, wanted in zip(read[1:], expected, strict=True):
            for column, value, text in zip(table.columns, [row[n] for n in own], wanted, strict=True):
                numeric = column.type in ("integer", "number") and text
                assert Decimal(value) == Decimal(text) if numeric else value == text, (
                    table.name,
                    column.name,
                    text[:60],
                )


def _prints_on_few_pages(file: Path) -> None:
    """A4 across, all that can be read side by side, with the head of the table on each."""
    document = pdfium.PdfDocument(file)
    texts = [page.get_textpage().get_text_range() for page in document]
    assert all(page.get_width() > page.get_height() for page in document)
    assert sum("review_litigation" in text.splitlines()[0] for text in texts) == 1
    heads = [text for text in texts if text.startswith("requests")]
    assert 1 <= len(heads) <= 3
    assert all("报告编号" in text and "Report id" in text for text in heads)
    assert len(texts) <= 90, (
        f"{len(texts)} pages; before titles and fitting 19 tables of five reports took hundreds"
    )


def test_a_sheet_that_is_too_long_says_so(
    package: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS", 50)
    book = openpyxl.load_workbook(excel._write(package, tmp_path / "one.xlsx"))
    assert book["requests"].max_row == 50
    assert "共 125 行" in book["requests"].cell(50, 1).value
    assert any("共 125 行" in str(cell.value) for row in book["封面"].iter_rows() for cell in row)
    assert book["reports"].max_row == 6


def test_a_package_with_more_rows_than_a_sheet_has_a_workbook_for_each_year(
    package: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS", 900)
    files = excel.write(package, tmp_path)
    assert [file.name for file in files] == [f"{NAME}-2022.xlsx", f"{NAME}-2023.xlsx"]
    for file, reports in zip(files, (1, 4), strict=True):
        book = openpyxl.load_workbook(file)
        years = {row[2].value for row in book["observations"].iter_rows(min_row=2)}
        assert years == {int(file.stem[-4:])}
        held = {name: book[name].max_row - 1 for name in ("reports", "requests", "observations", "rules")}
        rules = package.size("rules")
        assert held == {
            "reports": reports,
            "requests": 25 * reports,
            "observations": 200 * reports,
            "rules": rules,
        }


def test_control_characters_and_escapes_are_kept_from_the_sheet() -> None:
    row = next(sheets.sheet_rows([["a\x00b\x1f", "_x0041_", "<&>"]], 1, 2, 3))
    assert "a_x0000_b_x001F_" in row
    assert "_x005F_x0041_" in row
    assert "&lt;&amp;&gt;" in row
    assert [sheets.letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def answers(made: Path, *parts: str) -> Any:
    return json.loads((made / "api/v1").joinpath(*parts).read_text(encoding="utf-8"))


def test_the_json_of_the_reports_holds_every_cell(package: Published, made: Path) -> None:
    found = {
        row["report_id"]: answers(made, "reports", f"{row['report_id']}.json")
        for row in package.records("reports")
    }
    reports = [tuple(answer["report"].values()) for answer in found.values()]
    compare(package, "reports", reports)
    agencies_found = [
        a["agency"]
        for row in package.records("agencies")
        for a in [answers(made, "agencies", f"{row['agency_id']}.json")]
    ]
    compare(package, "agencies", [tuple(agency.values()) for agency in agencies_found])
    for table in package.tables.values():
        if table.derived or table.foreign.get("report_id", ("",))[0] != "reports":
            continue
        rows = [
            tuple(({"report_id": report} | row)[name] for name in table.names)
            for report, answer in found.items()
            for row in answer["tables"][table.name]
        ]
        compare(
            package,
            table.name,
            sorted(rows, key=lambda row, t=table: tuple(row[t.position(k)] for k in t.key)),
        )


def test_the_json_of_the_indicators_holds_every_value(package: Published, made: Path) -> None:
    table = package.tables["indicators"]
    rows = []
    for entry in package.records("indicator_definitions"):
        answer = answers(made, "indicators", f"{entry['indicator_id']}.json")
        rows += [({"indicator_id": entry["indicator_id"]} | row) for row in answer["values"]]
    rows.sort(key=lambda row: tuple(row[name] for name in table.key))
    compare(package, "indicators", [tuple(row[name] for name in table.names) for row in rows])


def resolved(description: dict[str, Any], path: str) -> dict[str, Any]:
    schema = description["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return {**schema, "components": description["components"]}


def test_every_answer_is_as_openapi_describes_it(made: Path) -> None:
    description = answers(made, "openapi.json")
    validate_openapi(description)
    seen = 0
    for path, told in description["paths"].items():
        if path.endswith(".csv"):
            continue
        if "servers" in told:  # a form of the package, which lies beside it
            assert (made / "api/v1" / told["servers"][0]["url"] / path.strip("/")).is_file(), path
            continue
        check = Draft202012Validator(resolved(description, path))
        folder, _, name = path.strip("/").rpartition("/")
        files = (
            sorted(
                file
                for file in (made / "api/v1" / folder).glob(re.sub(r"\{\w+\}", "*", name))
                if file.name.endswith(".metadata.json") == name.endswith(".metadata.json")
            )
            if "{" in name
            else [made / "api/v1" / path.strip("/")]
        )
        assert files, path
        for file in files:
            check.validate(json.loads(file.read_text(encoding="utf-8")))
            seen += 1
    written = [p for p in (made / "api/v1").rglob("*.json") if p.name != "openapi.json"]
    assert seen == len(written), "a file that is not described is not promised"


def undescribed(schema: Any, description: dict[str, Any], answer: Any, at: str = "") -> Iterator[str]:
    """The fields of an answer that its description does not name."""
    if "$ref" in schema:
        schema = description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if isinstance(answer, list):
        for one in answer:
            yield from undescribed(schema["items"], description, one, f"{at}[]")
    elif isinstance(answer, dict):
        known = dict(schema.get("properties", {}))
        for part in schema.get("allOf", ()):
            found = part
            if "$ref" in part:
                found = description["components"]["schemas"][part["$ref"].rpartition("/")[2]]
            known |= found["properties"]
        for key, value in answer.items():
            if key in known:
                yield from undescribed(known[key], description, value, f"{at}.{key}")
            elif "additionalProperties" in schema:
                yield from undescribed(schema["additionalProperties"], description, value, f"{at}.{key}")
            else:
                yield f"{at}.{key}"


def test_every_field_of_every_answer_is_described(made: Path) -> None:
    description = answers(made, "openapi.json")
    told = description["paths"].items()
    for path in (path for path, one in told if "servers" not in one and path.endswith(".json")):
        schema = resolved(description, path)
        for file in sorted((made / "api/v1").glob(re.sub(r"\{\w+\}", "*", path.strip("/")))):
            if file.name.endswith(".metadata.json") != path.endswith(".metadata.json"):
                continue
            answer = json.loads(file.read_text(encoding="utf-8"))
            assert not list(undescribed(schema, description, answer)), file
            assert list(undescribed(schema, description, {**answer, "more": 1})) == [".more"]


def test_an_answer_that_lacks_a_field_is_not_as_described(made: Path) -> None:
    answer = answers(made, "agencies", "511900-housing.json")
    del answer["agency"]["name_zh"]
    check = Draft202012Validator(resolved(answers(made, "openapi.json"), "/agencies/{agency_id}.json"))
    assert not check.is_valid(answer)


def test_the_promise_is_written_in_both_languages(made: Path) -> None:
    index = answers(made, "index.json")
    assert "不变" in index["promise"]
    assert "keep their names and types" in index["promise_en"]
    for link in index["links"].values():
        if "{" not in link and not link.startswith("../"):
            assert (made / "api/v1" / link).is_file()


def test_an_id_that_is_no_file_name_is_refused(package: Published, tmp_path: Path) -> None:
    folder = tmp_path / "evil"
    shutil.copytree(package.place, folder)
    for path in folder.glob("data/*.csv"):
        path.write_text(
            path.read_text("utf-8").replace("511900-housing-2022", "../../511900"), "utf-8", newline="\n"
        )
    with pytest.raises(PipelineError, match="no name for a file"):
        write_distributions(open_package(folder), tmp_path / "out")


def test_the_zip_is_a_valid_package_with_readme_citation_and_licence(made: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(made / f"data/{NAME}.zip") as archive:
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist() == sorted(archive.namelist())
        assert {"README.md", "CITATION.cff", "LICENSE", "datapackage.json", "versions.yml"} <= set(
            archive.namelist()
        )
        archive.extractall(tmp_path)
    assert validate(tmp_path) == []
    assert open_package(made / f"data/{NAME}.zip").read("README.md") == (tmp_path / "README.md").read_bytes()


def test_package_read_back_and_written_again_is_the_same_bytes(
    package: Published, made: Path, tmp_path: Path
) -> None:
    read = open_package(made / f"data/{NAME}.zip")
    tables = {name: list(read.records(name)) for name in read.tables}
    (tmp_path / "versions.yml").write_bytes(read.read("versions.yml"))
    write_package(tables, tmp_path)
    for path in ("datapackage.json", "README.md", *(table.path for table in read.tables.values())):
        assert (tmp_path / path).read_bytes() == package.read(path), path


def test_the_companions_of_the_zip_are_those_of_the_folder(made: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(made / f"data/{NAME}.zip") as archive:
        archive.extractall(tmp_path / "package")
    write_distributions(open_package(tmp_path / "package"), tmp_path / "again")
    assert digests(tmp_path / "again") == digests(made)


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_making_them_twice_gives_the_same_bytes(package: Published, made: Path, tmp_path: Path) -> None:
    written = write_distributions(package, tmp_path)
    assert digests(tmp_path) == digests(made)
    assert sorted(p.relative_to(tmp_path).as_posix() for p in written) == sorted(digests(tmp_path))


def sums(made: Path) -> Iterator[tuple[str, str]]:
    for line in (made / "data/SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, path = line.split("  ", 1)
        yield path, digest


def test_the_catalogues_are_made_of_the_published_package(
    package: Published, made: Path, tmp_path: Path
) -> None:
    shutil.copytree(made, tmp_path / "site")
    shutil.copytree(package.place / "data", tmp_path / "site/data/data", dirs_exist_ok=True)
    shutil.copyfile(package.place / "datapackage.json", tmp_path / "site/data/datapackage.json")
    written = write_catalogues(tmp_path / "site", "https://example.org/x")
    catalogues = written[:3]
    states = [path for path in written[3:] if path.is_relative_to(tmp_path / "site/data")]
    assert [p.relative_to(tmp_path / "site").as_posix() for p in catalogues] == [
        "data/dcat.jsonld",
        "data/croissant.json",
        "feed.xml",
    ]
    folders = {p.relative_to(tmp_path / "site/data").parts[0] for p in states}
    assert folders == {
        package.descriptor.version,
        "latest",
        "0",
        "0.1",
        "versions",
    }  # the state by its own name, by those that lead to it, and in the list of all
    for path in catalogues:
        assert "https://example.org/x/" in path.read_text(encoding="utf-8")


def test_the_checksums_are_those_of_every_file(package: Published, made: Path) -> None:
    listed = dict(sums(made))
    assert list(listed) == sorted(listed)
    for path, digest in listed.items():
        file = made / "data" / path
        data = file.read_bytes() if file.is_file() else package.read(path)
        assert hashlib.sha256(data).hexdigest() == digest, path
    there = {p.relative_to(made / "data").as_posix() for p in (made / "data").rglob("*") if p.is_file()}
    assert there - set(listed) == {"SHA256SUMS"}
    assert "datapackage.json" in listed
