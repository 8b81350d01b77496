"""The demonstration corpus: every planted fault is found, and nothing else."""

import json
import shutil
from pathlib import Path

from pipeline.bench.demo import FAULTS, INVENTED, INVENTED_EN, mark_invented
from pipeline.bench.synthetic import NOTICE
from pipeline.package.validate import _by_frictionless, validate
from tests.shared import Demonstration


def test_all_planted_faults_are_found_and_none_extra(demonstration: Demonstration) -> None:
    planted, filed = demonstration.planted, demonstration.filed
    found = {
        (one.source.report_id, finding.code, finding.at.cell) for one in filed for finding in one.findings
    }
    assert planted.findings - found == set()
    assert found - planted.findings == set()


def test_the_corpus_is_40_agencies_over_seven_years_and_both_forms(
    demonstration: Demonstration,
) -> None:
    planted, filed = demonstration.planted, demonstration.filed
    assert {one.source.report_id for one in filed} == set(planted.reports)
    assert len({one.source.agency.id for one in filed}) == 41  # and one government that sums up
    assert {one.source.year for one in filed} == set(range(2019, 2026))
    assert {one.report.form.key for one in filed} == {"t2019", "t2021"}


def test_every_report_says_that_it_is_invented(demonstration: Demonstration) -> None:
    filed = demonstration.filed
    for one in filed:
        assert NOTICE in next(section.text for section in one.report.sections if section.key == "overview")


def test_blanks_are_proven_by_the_totals_and_stay_blank(demonstration: Demonstration) -> None:
    filed = demonstration.filed
    one = next(
        one for one in filed if (19, 2024) in FAULTS and one.source.report_id == "990300-transport-2024"
    )
    assert any(outcome.blanks_as_zero for outcome in one.outcomes)
    blanks = [figure for figure in one.report.figures.values() if figure.status == "blank"]
    assert blanks
    assert all(figure.value is None for figure in blanks)


def test_the_package_is_valid_and_says_of_itself_that_it_is_invented(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    shutil.copytree(demonstration.package, tmp_path, dirs_exist_ok=True)
    mark_invented(tmp_path)
    descriptor = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    assert (descriptor["invented"], descriptor["invented_en"]) == (INVENTED, INVENTED_EN)
    assert (tmp_path / "README.txt").read_text("utf-8") == f"{INVENTED}\n{INVENTED_EN}\n"
    assert validate(tmp_path, frictionless=False) == []
    # It reads slowly; what is made of the other tables it reads in the published package.
    descriptor["resources"] = [one for one in descriptor["resources"] if not one.get("derived")]
    assert list(_by_frictionless(descriptor, tmp_path)) == []
