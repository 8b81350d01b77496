"""A ``.read.yml`` that says other figures than its picture does not get through a review, whichever way it was forged."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.archive.recognitions import read_recognition, recognition_yml
from pipeline.archive.sources import agencies, sources
from pipeline.filing.read_all import make_filed, read_all
from pipeline.knowledge.messages import wrong
from pipeline.model.findings import Finding
from pipeline.model.recognition import Piece, Recognition, ScannedPage, Seen
from pipeline.package.rows import make_tables
from pipeline.package.write import write_package
from pipeline.review import recognised_anew
from pipeline.review.compare import review
from pipeline.review.git_base import Folder
from tests.five import copy_five

SCANS = Path(__file__).parents[1] / "document/scans"
AGENCY = "511900-housing"
TRUE = read_recognition(SCANS / "copier.read.yml")
Change = Callable[[Piece], Piece | None]


def changed(change: Change) -> Recognition:
    """The recognition with other pieces; None takes one away."""

    def page(one: ScannedPage) -> ScannedPage:
        return replace(one, pieces=tuple(piece for old in one.pieces if (piece := change(old)) is not None))

    return replace(TRUE, pages=tuple(page(one) for one in TRUE.pages))


def says(piece: Piece, text: str) -> Piece:
    return replace(piece, seen=Seen(text, 1.0), again=Seen(text, 1.0))


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A filed scan, whose picture says what it says."""
    folder = copy_five(tmp_path / "work/datapackage/reports")
    shutil.copy(SCANS / "copier.tif", folder / AGENCY / "2021.tif")
    (folder / AGENCY / "2021.yml").write_text("source_url:\nretrieved: 2024-01-02\n", encoding="utf-8")
    monkeypatch.setattr(recognised_anew, "recognise_again", lambda source: TRUE)
    return folder


def found(reports: Path, beside: Recognition) -> tuple[Finding, ...]:
    (reports / AGENCY / "2021.read.yml").write_bytes(recognition_yml(beside))
    source = next(one for one in sources(reports, frozenset({AGENCY})) if one.year == 2021)
    return recognised_anew.not_recognised_again(make_filed(source))


def test_what_an_honest_machine_wrote_is_taken(reports: Path) -> None:
    other_processor = changed(
        lambda piece: replace(
            piece, left=piece.left + 0.4, seen=replace(piece.seen, confidence=piece.seen.confidence * 0.97)
        )
    )
    assert found(reports, TRUE) == ()
    assert found(reports, other_processor) == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(
            lambda piece: says(piece, "7") if piece.text == "1" else piece, "F111", id="another figure"
        ),
        pytest.param(
            lambda piece: (
                replace(says(piece, "312"), again=Seen("312", 0.9)) if piece.text == "212" else piece
            ),
            "F111",
            id="a figure that a person is to settle",
        ),
        pytest.param(lambda piece: None if piece.text == "0" else piece, "F111", id="no ink"),
        pytest.param(lambda piece: says(piece, "/") if piece.text == "0" else piece, "F111", id="a mark"),
        pytest.param(
            lambda piece: says(piece, piece.text.replace("2022", "2021")), "F113", id="another year"
        ),
        pytest.param(
            lambda piece: says(piece, "一切都好") if piece.text.startswith("一是") else piece,
            "F113",
            id="other words",
        ),
        pytest.param(
            lambda piece: None if piece.text.startswith("一是") else piece, "F113", id="words taken away"
        ),
    ],
)
def test_what_the_picture_does_not_say_is_found(reports: Path, change: Change, code: str) -> None:
    said = found(reports, changed(change))
    assert code in {finding.code for finding in said}
    assert all(finding.severity == "error" for finding in said)
    cells = [finding for finding in said if finding.code == "F111"]
    assert all(finding.at.cell.count("/") == 2 and "box" in finding.at.source for finding in cells)


def test_a_page_that_nobody_sees_is_found(reports: Path) -> None:
    first, second = TRUE.pages
    assert found(reports, replace(TRUE, pages=(first, second, replace(first, number=3))))
    assert found(reports, replace(TRUE, pages=(first,)))


def test_the_review_of_a_forged_one_is_not_green(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, base = tmp_path / "work", tmp_path / "base"
    (reports / AGENCY / "2021.read.yml").write_bytes(recognition_yml(TRUE))
    write_package(make_tables(agencies(reports), read_all(reports)), work / "datapackage")
    shutil.copytree(work, base)
    (reports / AGENCY / "2021.read.yml").write_bytes(
        recognition_yml(changed(lambda piece: says(piece, "9") if piece.text == "0" else piece))
    )  # nothing but this file
    (one,) = review(work, Folder(base)).reports
    assert {finding.code for finding in one.filed.findings} >= {"F111"}

    def without_engine(source: object) -> Recognition:
        raise wrong("scan_missing")

    monkeypatch.setattr(recognised_anew, "recognise_again", without_engine)
    unseen = review(work, Folder(base))
    assert unseen.is_refused
    (told,) = (finding for finding in unseen.reports[0].filed.findings if finding.code == "F112")
    assert "make" in told.hint.en
