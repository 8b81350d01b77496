"""A machine that cannot read a report today does not take its figures away."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.archive.sources import agencies
from pipeline.document.refusal import RefusedError
from pipeline.filing import read_all as filing
from pipeline.filing.read_all import read_all
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.model.findings import Location
from pipeline.package.keep import Last, keep_learned, last_rows
from pipeline.package.rows import Tables, make_tables
from pipeline.package.write import write_package
from tests.five import copy_five

REPORT = "511900-housing-2022"


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return copy_five(tmp_path / "reports")


def tables_of(reports: Path) -> Tables:
    return make_tables(agencies(reports), read_all(reports))


def last_of(folder: Path) -> Last:
    return last_rows(folder, {"511900-housing"})


@pytest.fixture
def last(reports: Path, tmp_path: Path) -> Path:
    write_package(tables_of(reports), tmp_path / "package")
    return tmp_path / "package"


def fail(monkeypatch: pytest.MonkeyPatch, only: bytes, code: str) -> None:
    read = filing.bounded

    def failing(data: bytes, *rest: Any) -> object:
        if only in data:
            if code == "X001":
                raise RuntimeError("a bug")
            raise RefusedError(finding_kinds()[code](Location(), what_zh="", what_en="", limit=""))
        return read(data, *rest)

    monkeypatch.setattr(filing, "bounded", failing)


@pytest.mark.parametrize("code", ["D104", "D107", "X001"])
def test_what_the_machine_could_not_read_keeps_its_rows(
    reports: Path, last: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    before = {path.name: path.read_bytes() for path in (last / "data").iterdir()}
    fail(monkeypatch, "巴中市住房".encode(), code)
    tables = tables_of(reports)
    assert any(row["code"] == code for row in tables["findings"])
    tables, kept = keep_learned(tables, last_of(last))
    assert kept == (REPORT,)
    write_package(tables, last)
    assert {path.name: path.read_bytes() for path in (last / "data").iterdir()} == before


def test_a_file_that_changed_or_is_new_is_not_kept(
    reports: Path, last: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = reports / "511900-housing/2022.txt"
    path.write_bytes(path.read_bytes() + b"\n")
    fail(monkeypatch, "巴中市住房".encode(), "D107")
    assert keep_learned(tables_of(reports), last_of(last))[1] == ()


def test_a_finding_about_the_file_itself_is_published(
    reports: Path, last: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, "巴中市住房".encode(), "D102")
    tables, kept = keep_learned(tables_of(reports), last_of(last))
    assert kept == ()
    assert any(row["code"] == "D102" for row in tables["findings"])


def test_without_a_package_nothing_is_kept(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, "巴中市住房".encode(), "D107")
    assert keep_learned(tables_of(reports), last_of(tmp_path / "none"))[1] == ()


def test_the_next_year_keeps_its_comparison_with_the_one_that_was_not_read(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = reports / "511900-housing/2022.txt"
    later = first.read_text("utf-8").replace("2023", "2024").replace("2022", "2023")
    (reports / "511900-housing/2023.txt").write_text(later, "utf-8")
    (reports / "511900-housing/2023.yml").write_text("source_url: null\nretrieved: null\n", "utf-8")
    tables = tables_of(reports)
    write_package(tables, tmp_path / "package")
    fail(monkeypatch, first.read_bytes()[-200:], "D107")
    again, kept = keep_learned(tables_of(reports), last_of(tmp_path / "package"))
    assert kept == (REPORT,)
    assert again["checks"] == tables["checks"]
