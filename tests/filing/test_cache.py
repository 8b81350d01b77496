"""Results kept between runs: the same output, sooner; a damaged entry is as good as none."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.filing import cache as cache_module
from pipeline.filing.cache import Cache, key_of, pipeline_version
from pipeline.filing.read_all import read_all
from pipeline.knowledge.forms import forms
from pipeline.model.outcome import CheckedReport

ROOT = Path(__file__).parents[2]


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "datapackage/reports", tmp_path / "reports")
    return tmp_path / "reports"


def said(filed: list[CheckedReport]) -> list[tuple[object, ...]]:
    return [(f.source, f.sha256, f.report.figures, f.report.sections, f.findings, f.outcomes) for f in filed]


def reads(reports: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[CheckedReport], int]:
    """What a run says, and how many files it read."""
    count = 0
    real = read_all.__globals__["bounded"]

    def counting(*arguments: Any) -> object:
        nonlocal count
        count += 1
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setitem(read_all.__globals__, "bounded", counting)
        return read_all(reports, cache=Cache(folder)), count


def test_a_second_run_reads_nothing_and_says_the_same(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, read_first = reads(reports, tmp_path / "cache", monkeypatch)
    second, read_second = reads(reports, tmp_path / "cache", monkeypatch)
    assert (read_first, read_second) == (len(first), 0)
    assert said(first) == said(second) == said(read_all(reports))
    assert all(filed.report.form is forms()[filed.report.form.key] for filed in second)


def test_only_what_changed_is_read_again(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(reports, tmp_path / "cache", monkeypatch)
    path = next(reports.glob("*/*.txt"))
    path.write_bytes(path.read_bytes() + b"\n")
    filed, count = reads(reports, tmp_path / "cache", monkeypatch)
    assert count == 1
    assert said(filed) == said(read_all(reports))
    sheet = path.with_suffix(".yml")
    sheet.write_text(sheet.read_text(encoding="utf-8") + "scope: system\n", encoding="utf-8")
    filed, count = reads(reports, tmp_path / "cache", monkeypatch)
    assert count == 1
    assert said(filed) == said(read_all(reports))


@pytest.mark.parametrize("damage", [b"", b"x", b"\x00" * 500])
def test_a_damaged_entry_is_as_good_as_none(
    damage: bytes, reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = reads(reports, tmp_path / "cache", monkeypatch)
    for path in (tmp_path / "cache").glob("*/*/*"):
        entry = path.read_bytes()
        path.write_bytes(entry[: len(entry) // 2] + damage)
    second, count = reads(reports, tmp_path / "cache", monkeypatch)
    assert count == len(first)
    assert said(first) == said(second)


def test_another_pipeline_finds_nothing_and_clears_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Cache(tmp_path).put("ab" * 32, "kept")
    assert Cache(tmp_path).get("ab" * 32) == "kept"
    monkeypatch.setattr(cache_module, "pipeline_version", lambda: "another")
    assert Cache(tmp_path).get("ab" * 32) is None
    monkeypatch.undo()
    assert Cache(tmp_path).get("ab" * 32) is None


def test_the_version_changes_with_code_and_knowledge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "pipeline", tmp_path / "pipeline")
    monkeypatch.setattr(cache_module, "PACKAGE", tmp_path / "pipeline")
    monkeypatch.setattr(cache_module.knowledge, "FOLDER", tmp_path / "pipeline/knowledge")
    versions = set()
    for name in ("", "document/pdf.py", "knowledge/items.yml"):
        if name:
            path = tmp_path / "pipeline" / name
            path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        pipeline_version.cache_clear()
        versions.add(pipeline_version())
    pipeline_version.cache_clear()
    assert len(versions) == 3


def test_what_depends_on_the_machine_is_not_kept(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = next(reports.glob("*/*.txt"))
    path.write_bytes(b"0" * 9_000_000)
    _, first = reads(reports, tmp_path / "cache", monkeypatch)
    filed, second = reads(reports, tmp_path / "cache", monkeypatch)
    assert (first, second) == (len(filed), 1)
    assert [f.code for one in filed for f in one.findings if f.code.startswith("D10")] == ["D104"]


def test_keys_tell_bytes_and_filing_apart() -> None:
    assert (
        len({key_of(b"a"), key_of(b"b"), key_of(b"a", 2023), key_of(b"a", "2023"), key_of(b"a", 2023, 1)})
        == 5
    )
