"""The demonstration corpus: every planted fault is found, and nothing else."""

import json
from pathlib import Path

import pytest

from pipeline.archive.sources import agencies
from pipeline.bench.demo import FAULTS, INVENTED, INVENTED_EN, Planted, mark_invented, write_demo
from pipeline.bench.synthetic import NOTICE
from pipeline.filing.read_all import collect
from pipeline.model.outcome import Filed
from pipeline.package.validate import validate
from pipeline.package.write import make_tables, write_package


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Planted, list[Filed], Path]:
    folder = tmp_path_factory.mktemp("demo") / "reports"
    folder.mkdir()
    return write_demo(folder), collect(folder), folder


def test_all_planted_faults_are_found_and_none_extra(demo: tuple[Planted, list[Filed], Path]) -> None:
    planted, filed, _ = demo
    found = {
        (one.source.report_id, finding.code, finding.at.cell) for one in filed for finding in one.findings
    }
    assert planted.findings - found == set()
    assert found - planted.findings == set()


def test_the_corpus_is_40_agencies_over_seven_years_and_both_forms(
    demo: tuple[Planted, list[Filed], Path],
) -> None:
    planted, filed, _ = demo
    assert {one.source.report_id for one in filed} == set(planted.reports)
    assert len({one.source.agency.id for one in filed}) == 41  # and one government that sums up
    assert {one.source.year for one in filed} == set(range(2019, 2026))
    assert {one.report.form.key for one in filed} == {"t2019", "t2021"}


def test_every_report_says_that_it_is_invented(demo: tuple[Planted, list[Filed], Path]) -> None:
    _, filed, _ = demo
    for one in filed:
        assert NOTICE in next(section.text for section in one.report.sections if section.key == "overview")


def test_blanks_are_proven_by_the_totals_and_stay_blank(demo: tuple[Planted, list[Filed], Path]) -> None:
    _, filed, _ = demo
    one = next(
        one for one in filed if (19, 2024) in FAULTS and one.source.report_id == "990300-transport-2024"
    )
    assert any(outcome.blanks_as_zero for outcome in one.outcomes)
    blanks = [figure for figure in one.report.figures.values() if figure.status == "blank"]
    assert blanks
    assert all(figure.value is None for figure in blanks)


def test_the_package_of_the_demonstration_is_valid(
    demo: tuple[Planted, list[Filed], Path], tmp_path: Path
) -> None:
    _, filed, folder = demo
    write_package(make_tables(agencies(folder), filed), tmp_path)
    assert (tmp_path / "datapackage.json").is_file()


def test_the_package_says_of_itself_that_it_is_invented(
    demo: tuple[Planted, list[Filed], Path], tmp_path: Path
) -> None:
    _, filed, folder = demo
    write_package(make_tables(agencies(folder), filed), tmp_path)
    mark_invented(tmp_path)
    descriptor = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    assert (descriptor["invented"], descriptor["invented_en"]) == (INVENTED, INVENTED_EN)
    assert (tmp_path / "README.txt").read_text("utf-8") == f"{INVENTED}\n{INVENTED_EN}\n"
    assert validate(tmp_path) == []
