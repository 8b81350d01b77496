"""A package that somebody broke is refused with file, row, column, what is expected and what is found, by every command."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.commands import main
from pipeline.package.validate import _by_frictionless
from pipeline.published.reader import open_package
from tests.five import copy_five
from tests.site.corpus import PUBLISHED

ROOT = Path(__file__).parents[2]
Change = Callable[[Path], None]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("data", "datapackage.json", "README.md", "versions.yml"):
        source, target = PUBLISHED / name, tmp_path / "datapackage" / name
        target.parent.mkdir(exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)
    return tmp_path / "datapackage"


def table(name: str, change: Callable[[list[list[str]]], object]) -> Change:
    """A CSV that somebody opened, changed and saved."""

    def edit(folder: Path) -> None:
        path = folder / f"data/{name}.csv"
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
        change(rows)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    return edit


def cell(name: str, row: int, column: str, value: str) -> Change:
    return table(name, lambda rows: rows[row - 1].__setitem__(rows[0].index(column), value))


def column(rows: list[list[str]], name: str) -> None:
    for row, value in zip(rows, [name, *["x"] * len(rows)], strict=False):
        row.append(value)


def without(name: str) -> Callable[[list[list[str]]], object]:
    def change(rows: list[list[str]]) -> None:
        index = rows[0].index(name)
        for row in rows:
            del row[index]

    return change


def data(name: str, change: Callable[[bytes], bytes]) -> Change:
    def edit(folder: Path) -> None:
        path = folder / f"data/{name}.csv"
        path.write_bytes(change(path.read_bytes()))

    return edit


def described(change: Callable[[Any], object]) -> Change:
    def edit(folder: Path) -> None:
        path = folder / "datapackage.json"
        found = json.loads(path.read_text("utf-8"))
        change(found)
        path.write_text(json.dumps(found, ensure_ascii=False), "utf-8")

    return edit


def resource(found: Any, name: str) -> Any:
    return next(entry for entry in found["resources"] if entry["name"] == name)


def semicolons(text: bytes) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(
        csv.reader(io.StringIO(text.decode(), newline=""))
    )
    return out.getvalue().encode()


DESCRIPTOR = "datapackage.json"
# What somebody did, and the file, row and column that are named.
BROKEN: dict[str, tuple[Change, str, int, str]] = {
    "a key twice": (table("reports", lambda r: r.insert(2, list(r[1]))), "data/reports.csv", 3, "report_id"),
    "a unique key twice": (
        table("reports", lambda r: r.insert(2, [f"{r[1][0]}-system", *r[1][1:]])),
        "data/reports.csv",
        3,
        "agency_id,year,scope",
    ),
    "a required cell emptied": (cell("reports", 3, "year", ""), "data/reports.csv", 3, "year"),
    "a part of a key emptied": (cell("cell_notes", 3, "measure", ""), "data/cell_notes.csv", 3, "measure"),
    "a column too many": (table("agencies", lambda r: column(r, "remark")), "data/agencies.csv", 1, "remark"),
    "a column too few": (table("agencies", without("level")), "data/agencies.csv", 1, "level"),
    "a column renamed": (table("requests", lambda r: r[0].__setitem__(2, "人")), "data/requests.csv", 1, "人"),
    "columns in another order": (
        table("rules", lambda r: [row.reverse() for row in r]), "data/rules.csv", 1, ""
    ),
    "two columns of one name": (
        table("rules", lambda r: r[0].__setitem__(1, r[0][0])), "data/rules.csv", 1, "class"
    ),
    "a word that is not listed": (cell("reports", 3, "scope", "everybody"), "data/reports.csv", 3, "scope"),
    "a status that is not listed": (cell("cell_notes", 3, "status", "gone"), "data/cell_notes.csv", 3, "status"),
    "a date of a spreadsheet": (cell("reports", 3, "due", "2024/1/31"), "data/reports.csv", 3, "due"),
    "a day that is none": (cell("reports", 3, "due", "2024-02-30"), "data/reports.csv", 3, "due"),
    "a word for a number": (cell("requests", 3, "total", "many"), "data/requests.csv", 3, "total"),
    "a number with a comma": (cell("requests", 3, "total", "1,234"), "data/requests.csv", 3, "total"),
    "a number of a spreadsheet": (cell("requests", 3, "total", "1e3"), "data/requests.csv", 3, "total"),
    "a number with a zero before it": (cell("requests", 3, "total", "007"), "data/requests.csv", 3, "total"),
    "half a request": (cell("requests", 3, "total", "1.5"), "data/requests.csv", 3, "total"),
    "a year out of range": (cell("reports", 3, "year", "1999"), "data/reports.csv", 3, "year"),
    "a checksum that is none": (cell("reports", 3, "source_sha256", "abc"), "data/reports.csv", 3, "source_sha256"),
    "a truth that is none": (cell("observations", 3, "is_total", "YES"), "data/observations.csv", 3, "is_total"),
    "a report of nobody": (
        cell("requests", 126, "report_id", "999999-nobody-2023"), "data/requests.csv", 126, "report_id"
    ),
    "an item of no form": (cell("requests", 3, "item", "granted_twice"), "data/requests.csv", 3, "item"),
    "a division of no list": (cell("agencies", 2, "division_code", "999999"), "data/agencies.csv", 2, "division_code"),
    "a row deleted": (table("requests", lambda r: r.pop(5)), "data/requests.csv", 0, ""),
    "a row deleted that others name": (table("reports", lambda r: r.pop(1)), "data/requests.csv", 2, "report_id"),
    "a cell too many": (table("requests", lambda r: r[4].append("1")), "data/requests.csv", 5, ""),
    "a blank row": (data("requests", lambda t: t + b"\n"), "data/requests.csv", 127, ""),
    "rows sorted otherwise": (table("requests", lambda r: r.insert(1, r.pop(9))), "data/requests.csv", 3, "report_id,item"),
    "saved as GBK": (data("agencies", lambda t: t.decode().encode("gbk")), "data/agencies.csv", 2, ""),
    "saved with a BOM": (data("agencies", lambda t: b"\xef\xbb\xbf" + t), "data/agencies.csv", 1, ""),
    "saved by Windows": (data("agencies", lambda t: t.replace(b"\n", b"\r\n")), "data/agencies.csv", 1, ""),
    "saved with semicolons": (data("agencies", semicolons), "data/agencies.csv", 1, ""),
    "a figure changed by hand": (cell("requests", 3, "total", "7"), "data/requests.csv", 0, ""),
    "a file deleted": (lambda f: (f / "data/rules.csv").unlink(), "data/rules.csv", 0, ""),
    "a file too many": (lambda f: (f / "data/mine.csv").write_text("a\n1\n"), "data/mine.csv", 0, ""),
    "a path that leads out": (
        described(lambda d: resource(d, "requests").update(path="../../etc/passwd")), DESCRIPTOR, 0, ""
    ),
    "a property misspelt": (described(lambda d: d.update(licences=[])), DESCRIPTOR, 0, "licences"),
    "no JSON": (lambda f: (f / DESCRIPTOR).write_text("{"), DESCRIPTOR, 0, ""),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_validate_says_where_and_what(folder: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By our own judges, of which a build asks no others; below frictionless by itself."""
    monkeypatch.setattr("pipeline.package.validate._by_frictionless", lambda *_: ())
    change, file, row, name = BROKEN[what]
    change(folder)
    done = run("validate", str(folder), "--format", "json")
    assert (done.exit_code, type(done.exception)) == (1, SystemExit)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    here = [one for one in told if (one["file"], one["row"]) == (file, row) and name in one["column"]]
    assert here, told
    assert all(one["zh"] and one["en"] for one in told)


# What frictionless takes for right: the standard leaves it open, or it does not look. Ours alone refuse it.
OURS_ALONE = {
    *("a number with a zero before it", "a unique key twice", "rows sorted otherwise"),
    *(
        "saved with a BOM",
        "saved by Windows",
        "a file too many",
        "a property misspelt",
    ),
}


def needed(found: Any, name: str) -> set[str]:
    """A table and all that its foreign keys lead to."""
    keys = resource(found, name)["schema"].get("foreignKeys", ())
    others = {key["reference"].get("resource") or name for key in keys} - {name}
    return {name}.union(*(needed(found, other) for other in others))


@pytest.mark.parametrize("what", BROKEN)
def test_frictionless_and_the_judge_of_every_build_refuse_the_same(folder: Path, what: str) -> None:
    """Each by itself; a build asks DuckDB alone, and the same commands ask both before a release and in CI."""
    change, file, *_ = BROKEN[what]
    change(folder)
    try:
        found = json.loads((folder / DESCRIPTOR).read_text("utf-8"))
    except ValueError:
        return  # there is nothing that it could read
    for entry in found["resources"]:  # of checksums it says only that one differs, whatever is wrong
        for name in ("hash", "bytes", "rows"):
            if what not in ("a row deleted", "a figure changed by hand"):
                entry.pop(name, None)
    if broken := [entry["name"] for entry in found["resources"] if entry["path"] == file]:
        led_to = needed(found, broken[0])  # it reads slowly, and all other tables are as they were
        found["resources"] = [entry for entry in found["resources"] if entry["name"] in led_to]
    try:
        refused = bool(list(_by_frictionless(found, folder)))
    except OSError:
        refused = True
    assert refused is (what not in OURS_ALONE)


def test_the_descriptor_is_one_that_readers_of_the_first_version_know() -> None:
    """They know missing values as plain texts alone, and want a name, though an empty one, of the table itself."""
    found = json.loads((PUBLISHED / DESCRIPTOR).read_text("utf-8"))
    for entry in found["resources"]:
        assert entry["schema"]["missingValues"] == [""]
        assert entry["dialect"]["delimiter"] == ","
        assert entry["licenses"]
        assert all("resource" in key["reference"] for key in entry["schema"].get("foreignKeys", ()))
    licences = {entry["name"]: entry["licenses"][0]["name"] for entry in found["resources"]}
    assert {name for name, licence in licences.items() if licence == "notspecified"} == {"sections"}


def test_there_are_as_many_cases_as_were_seen_to_pass_unseen() -> None:
    assert len(BROKEN) >= 35


def test_a_whole_package_is_whole_as_a_folder_a_zip_and_an_address(folder: Path, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "whole"), "zip", folder.parent, folder.name)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: Quiet(*a, directory=str(tmp_path)))
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        for place in (folder, tmp_path / "whole.zip", f"{address}/datapackage/", f"{address}/whole.zip"):
            done = run("validate", str(place))
            assert (done.exit_code, done.stdout) == (0, "完好 · whole\n"), place
        cell("requests", 3, "total", "many")(folder)
        done = run("validate", f"{address}/datapackage/datapackage.json")
        assert done.exit_code == 1
        assert (
            "data/requests.csv:3:total — 应为整数，实为“many” / expected a whole number, found: many"
            in done.stdout
        )
        (folder / "data" / "requests.csv").unlink()
        assert "data/requests.csv" in run("validate", f"{address}/datapackage").stdout
        assert run("validate", f"{address}/nowhere").exit_code == 2
    finally:
        server.shutdown()
        server.server_close()
    assert run("validate", str(tmp_path / "nothing.zip")).exit_code == 2


SEEN = (
    *("a key twice", "a required cell emptied", "a column too many", "a word that is not listed"),
    *("a date of a spreadsheet", "a row deleted", "a path that leads out", "saved as GBK"),
)


@pytest.mark.parametrize("what", SEEN)
def test_pages_and_diff_refuse_it_and_make_nothing(
    folder: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, file, row, name = BROKEN[what]
    change(folder)
    monkeypatch.chdir(folder.parent)
    for arguments in (
        ("pages",),
        ("diff", str(PUBLISHED), "datapackage"),
        ("diff", "datapackage", str(PUBLISHED)),
    ):
        done = run(*arguments)
        assert (done.exit_code, type(done.exception)) == (2, SystemExit), arguments
        assert f"{file}{f':{row}' if row else ''}" in done.stderr
        assert name in done.stderr
    assert not Path("build/docs").exists()


@pytest.mark.parametrize("what", SEEN)
def test_check_fails_too(folder: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_five(folder / "reports")
    monkeypatch.chdir(folder.parent)
    if what == SEEN[0]:
        assert run("check").exit_code == 0
    change, file, row, _ = BROKEN[what]
    change(folder)
    done = run("check")
    assert done.exit_code == 1
    assert f"{file}{f':{row}' if row else ''}" in done.stdout
    annotated = run("check", "--format", "github")
    assert f"::error file=datapackage/{file},line={max(row, 1)}::" in annotated.stdout


def test_a_package_of_an_older_version_has_fewer_tables_and_can_be_compared(folder: Path) -> None:
    def fewer(found: Any) -> None:
        found["resources"] = [entry for entry in found["resources"] if entry["name"] != "coverage"]

    described(fewer)(folder)
    (folder / "data/coverage.csv").unlink()
    assert run("validate", str(folder)).exit_code == 0
    done = run("diff", str(folder), str(PUBLISHED))
    assert done.exit_code == 0
    assert "table_added coverage" in done.stdout
    assert "coverage" not in open_package(folder).tables
