"""Corrections and reviews: rows beside the report that say what the page means, and fail when the page changes."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.archive.corrections import parse_corrections
from pipeline.archive.sources import sources
from pipeline.filing.read_all import make_filed
from pipeline.model.figure import Status
from pipeline.model.findings import PipelineError, Severity
from pipeline.model.outcome import CheckedReport

ROOT = Path(__file__).parents[2]
CELL = ("proactive", "licensing", "decisions")
ROW = """corrections:
  - cell: {cell}
    raw: "{raw}"
    means: {means}
    reason: 手写体，零写成了字母
    by: LW
    date: 2026-05-02
    source: 原件 p. 3
"""


def filed(tmp_path: Path, printed: str, row: str) -> CheckedReport:
    home = tmp_path / "511900-housing"
    shutil.copytree(ROOT / "datapackage/reports/511900-housing", home)
    text = (home / "2022.txt").read_text(encoding="utf-8").replace("行政许可\t505", f"行政许可\t{printed}")
    (home / "2022.txt").write_text(text, encoding="utf-8")
    (home / "2022.yml").write_text(f"source_url: null\nretrieved: null\n{row}", encoding="utf-8")
    return make_filed(next(sources(tmp_path)))


def codes(one: CheckedReport) -> set[str]:
    return {
        finding.code
        for finding in one.findings
        if (finding.at.table, finding.at.row, finding.at.column) == CELL
    }


def test_without_a_row_the_figure_is_withheld(tmp_path: Path) -> None:
    one = filed(tmp_path, "5O5", "")
    assert (one.report.figures[CELL].value, one.report.figures[CELL].raw) == (None, "5O5")
    assert codes(one) == {"F101"}


def test_a_correction_gives_the_meaning_and_keeps_the_print(tmp_path: Path) -> None:
    one = filed(tmp_path, "5O5", ROW.format(cell="/".join(CELL), raw="5O5", means=505))
    figure = one.report.figures[CELL]
    assert (figure.value, figure.raw, figure.status) == (Decimal(505), "5O5", Status.REPORTED)
    assert codes(one) == {"C101"}
    said = next(finding for finding in one.findings if finding.code == "C101")
    for word in ("LW", "2026-05-02", "原件 p. 3", "505"):
        assert word in said.message.zh
        assert word in said.message.en


def test_a_row_that_no_longer_fits_the_source_fails_the_check(tmp_path: Path) -> None:
    one = filed(tmp_path, "5o6", ROW.format(cell="/".join(CELL), raw="5O5", means=505))
    assert one.report.figures[CELL].value is None
    assert codes(one) == {"F101", "C102"}
    assert next(f for f in one.findings if f.code == "C102").severity is Severity.ERROR


def test_a_row_for_an_unknown_cell_fails_the_check(tmp_path: Path) -> None:
    one = filed(tmp_path, "505", ROW.format(cell="proactive/licensing/colour", raw="505", means="confirmed"))
    assert "C102" in {finding.code for finding in one.findings}


def test_what_is_printed_plainly_cannot_be_changed(tmp_path: Path) -> None:
    one = filed(tmp_path, "505", ROW.format(cell="/".join(CELL), raw="505", means=506))
    assert one.report.figures[CELL].value == 505
    assert codes(one) == {"C103"}


def test_a_confirmation_is_in_the_data_and_changes_nothing(tmp_path: Path) -> None:
    one = filed(tmp_path, "505", ROW.format(cell="/".join(CELL), raw="505", means="confirmed"))
    assert one.report.figures[CELL].value == 505
    assert codes(one) == {"C104"}


def test_an_accepted_error_becomes_a_warning(tmp_path: Path) -> None:
    one = filed(tmp_path, "5O5", ROW.format(cell="/".join(CELL), raw="5O5", means="unknown"))
    assert one.report.figures[CELL].value is None
    assert {(f.code, f.severity) for f in one.findings if f.at.cell == "/".join(CELL)} == {
        ("F101", Severity.WARNING),
        ("C105", Severity.INFO),
    }


def row(**change: object) -> list[dict[str, object]]:
    whole = {
        "cell": "a/b/c",
        "raw": "1",
        "means": 1,
        "reason": "x",
        "by": "y",
        "date": date(2026, 5, 2),
        "source": "z",
    }
    return [whole | change]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("text", "list"),
        (["text"], "a row has"),
        (row(extra=1), "a row has"),
        (row(cell="a/b"), "table/row/column"),
        (row(means="about five"), "means is"),
        (row(reason=""), "reason"),
        (row(by=None), "by"),
        (row(date="2 May"), "date"),
        (row() + row(), "two corrections"),
    ],
)
def test_a_row_that_is_not_whole_is_refused_with_its_place(rows: object, says: str) -> None:
    with pytest.raises(PipelineError, match=says):
        parse_corrections("510403-housing/2023.yml", rows)


def test_no_rows_is_none() -> None:
    assert parse_corrections("x", None) == ()
