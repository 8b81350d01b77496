"""A review that comes to nothing by a fault of ours says so where the contributor reads, and still fails."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import review as reviewing
from pipeline.cli.commands import main
from tests.five import copy_five


def test_a_fault_of_ours_is_told_and_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_five(tmp_path / "datapackage/reports")
    monkeypatch.chdir(tmp_path)

    def fails(*_: object) -> None:
        raise ZeroDivisionError("in the middle")

    monkeypatch.setattr(reviewing, "find_base", lambda *_: tmp_path)
    monkeypatch.setattr(reviewing, "make_review", fails)
    done = CliRunner().invoke(main, ["review", "--base", "x", "--summary", "summary.md"])
    assert isinstance(done.exception, ZeroDivisionError)
    assert done.exit_code != 0
    assert "ZeroDivisionError" in (tmp_path / "summary.md").read_text(encoding="utf-8")
