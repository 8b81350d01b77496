"""From end to end: the five filed reports, printed in every format, give the figures that their text gives."""

from pathlib import Path

import pytest

from pipeline.document.sandbox import read_bounded
from pipeline.model.figure import plain
from pipeline.model.report import Report
from pipeline.reading.report import make_report
from tests.document.samples import WRITERS, official
from tests.five import FIVE, REPORTS

FILED = [REPORTS / agency / f"{year}.txt" for agency, year in FIVE.items()]


@pytest.fixture(scope="module", params=FILED, ids=lambda path: path.parent.name)
def report(request: pytest.FixtureRequest) -> Report:
    path: Path = request.param
    return make_report(read_bounded(path.read_bytes(), path.name))


@pytest.mark.parametrize("extension", WRITERS)
def test_the_figures_are_the_same_in_every_format(report: Report, extension: str) -> None:
    printed = {key: plain(figure.value) for key, figure in report.figures.items()}
    assert report.agency
    assert report.year
    blocks = official(report.form, printed, report.agency, report.year)
    again = make_report(read_bounded(WRITERS[extension](blocks), extension))
    assert again.form is report.form
    assert (again.agency, again.year) == (report.agency, report.year)
    assert {key: figure.value for key, figure in again.figures.items()} == {
        key: figure.value for key, figure in report.figures.items()
    }
    assert {section.key for section in again.sections} >= {section.key for section in report.form.sections}


@pytest.mark.parametrize("extension", WRITERS)
def test_every_figure_knows_its_place(report: Report, extension: str) -> None:
    printed = {key: str(number) for number, key in enumerate(report.figures, 1)}
    again = make_report(
        read_bounded(WRITERS[extension](official(report.form, printed, "某局", 2023)), extension)
    )
    places = {figure.place for figure in again.figures.values()}
    assert {key: figure.raw for key, figure in again.figures.items()} == printed
    assert len(places) == len(printed) if extension != "md" else len(places) > 30
