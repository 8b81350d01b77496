"""Cells in doubt: each with its picture, a form that strangers' text cannot leave, and answers that are looked at."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.archive.sources import sources
from pipeline.filing.read_all import make_filed
from pipeline.model.findings import PipelineError
from pipeline.model.outcome import CheckedReport
from pipeline.review.doubts import CellInDoubt, answers_path, doubts_of, form, take_answers
from tests.five import copy_five

SCANS = Path(__file__).parents[1] / "document/scans"
AGENCY = "511900-housing"


@pytest.fixture
def one(tmp_path: Path) -> CheckedReport:
    """A filed scan with cells in doubt."""
    reports = copy_five(tmp_path / "reports")
    shutil.copy(SCANS / "copier.tif", reports / AGENCY / "2021.tif")
    shutil.copy(SCANS / "copier.read.yml", reports / AGENCY / "2021.read.yml")
    (reports / AGENCY / "2021.yml").write_text("source_url:\nretrieved: 2024-01-02\n", encoding="utf-8")
    return again(reports)


def again(reports: Path) -> CheckedReport:
    return make_filed(next(one for one in sources(reports, frozenset({AGENCY})) if one.year == 2021))


def answer(cell: CellInDoubt, means: str) -> str:
    return f"""- cell: {cell.cell}
  raw: "{cell.raw}"
  means: {means}
  reason: "对照图片确认"
  by: "LW"
  date: 2026-05-02
  source: "{cell.place}"
"""


def test_every_cell_in_doubt_comes_with_its_picture(one: CheckedReport) -> None:
    cells = doubts_of(one)
    assert {str(cell.cell) for cell in cells} == {f.at.cell for f in one.findings if f.code == "F110"}
    assert cells
    assert all(cell.picture.startswith(b"\x89PNG") for cell in cells)


def test_where_the_picture_has_changed_there_is_none_to_show(one: CheckedReport) -> None:
    one.source.path.write_bytes(b"\0" + one.source.load())
    assert all(cell.picture == b"" for cell in doubts_of(one))


def test_answers_are_kept_beside_the_report_and_settle_it(one: CheckedReport) -> None:
    first, second, *_ = cells = doubts_of(one)
    reports = one.source.path.parents[1]
    assert take_answers(one.source, cells, f"corrections:\n{answer(first, '7')}".encode()) == 1
    assert again(reports).report.figures[first.cell].value == 7
    left = doubts_of(again(reports))
    assert first.cell not in {cell.cell for cell in left}
    assert take_answers(one.source, left, f"corrections:\n{answer(second, 'unknown')}".encode()) == 1
    done = again(reports)
    assert done.report.figures[first.cell].value == 7
    said = {finding.at.cell: finding.severity for finding in done.findings if finding.code == "F110"}
    assert said[str(second.cell)] == "warning"  # accepted: nobody can tell


def test_a_mark_and_a_blank_are_neither_number_nor_unknown(one: CheckedReport) -> None:
    cells = doubts_of(one)
    means = {cells[0]: '"/"', cells[1]: "blank", cells[2]: "0", cells[3]: "unknown"}
    rows = "".join(answer(cell, said) for cell, said in means.items())
    assert take_answers(one.source, cells, f"corrections:\n{rows}".encode()) == 4
    done = again(one.source.path.parents[1])
    figures = [done.report.figures[cell.cell] for cell in means]
    assert [(figure.status.value, figure.raw, figure.value) for figure in figures] == [
        ("mark", "/", None),
        ("blank", "", None),
        ("reported", cells[2].raw, 0),
        ("unconfirmed", cells[3].raw, None),
    ]
    assert [f.expected for f in done.findings if f.code == "C101"] == ["/", "blank", "0"]


def test_a_plain_figure_is_made_no_blank(one: CheckedReport) -> None:
    key = next(key for key, figure in one.report.figures.items() if figure.value is not None)
    plain = CellInDoubt(key, one.report.figures[key].raw, "p. 1", "", "")
    take_answers(one.source, [plain], f"corrections:\n{answer(plain, 'blank')}".encode())
    done = again(one.source.path.parents[1])
    assert done.report.figures[key] == one.report.figures[key]
    assert [f.code for f in done.findings if f.code.startswith("C")] == ["C103"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cell: ", "cell: x"),
        ("cell: proactive/normative_documents/valid", "cell: requests/new_received/total"),
        ('raw: "', 'raw: "9'),
        ("means: 7", "means: !!python/object 7"),
        ("means: 7", "means: seven"),
        ("corrections", "transcription"),
        pytest.param("corrections", "[" * 100_000, id="deep"),
    ],
)
def test_answers_about_anything_else_are_refused(one: CheckedReport, old: str, new: str) -> None:
    cells = doubts_of(one)
    text = f"corrections:\n{answer(cells[0], '7')}"
    assert old in text
    with pytest.raises(PipelineError):
        take_answers(one.source, cells, text.replace(old, new).encode())
    assert not answers_path(one.source).exists()


def test_text_of_a_report_stays_text_in_the_form(one: CheckedReport) -> None:
    evil = "\"'><script>alert(1)</script>{{ 7 * 7 }}"
    cell = replace(doubts_of(one)[0], raw=evil, place=evil, why_zh=evil)
    page = form(one, [cell], answers="a.answers.yml")
    assert "<script>alert" not in page

    assert page.count("<script") == 1
