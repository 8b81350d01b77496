"""The corpus of the benchmarks has the properties of real reports, and the same bytes whoever makes it."""

from collections import Counter
from pathlib import Path

import pytest

from pipeline.archive.sources import agencies, sources
from pipeline.bench.corpus import A_YEAR, FORMATS, PROSE, YEARS, write_corpus
from pipeline.filing.read_all import read_all
from pipeline.knowledge.divisions import divisions
from pipeline.model.outcome import CheckedReport
from pipeline.model.report import Scope

PLACE = A_YEAR * len(YEARS)


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four places and the beginning of a fifth."""
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder, 4 * PLACE + 3, jobs=1)
    return folder


@pytest.fixture(scope="module")
def checked(corpus: Path) -> list[CheckedReport]:
    return read_all(corpus)


def test_it_has_just_so_many_reports_in_real_places(corpus: Path) -> None:
    assert len(list(sources(corpus))) == 4 * PLACE + 3
    places = {agency.division_code for agency in agencies(corpus)}
    assert len(places) == 5
    assert all(divisions()[code].level == "county" for code in places)


def test_one_agency_in_eight_is_a_government_with_an_aggregate(corpus: Path) -> None:
    everyone = list(agencies(corpus))
    begun = max(agency.division_code for agency in everyone)
    kinds = Counter(agency.is_government for agency in everyone if agency.division_code != begun)
    assert kinds == {False: 28, True: 4}
    scopes = Counter(source.scope for source in sources(corpus))
    assert scopes[Scope.JURISDICTION] == scopes[Scope("government_office")] == 4 * len(YEARS)


def test_all_formats_occur_and_all_are_read(checked: list[CheckedReport]) -> None:
    assert {one.source.format for one in checked} == set(FORMATS)
    assert [one.source.report_id for one in checked if not one.report.cells_stated] == []
    codes = {finding.code for one in checked for finding in one.findings}
    assert codes.isdisjoint({"X001", "D102", "D104", "D113", "D127", "T107", "T108"})


def test_overviews_are_as_long_as_real_ones_and_no_two_years_alike(checked: list[CheckedReport]) -> None:
    lengths = [len(s.text) for one in checked for s in one.report.sections if s.key == "overview"]
    assert len(lengths) == len(checked)
    assert min(lengths) >= PROSE
    assert max(lengths) < 1.3 * PROSE
    assert not [f for one in checked for f in one.findings if f.code in ("Y-COPY", "DUP")]


def test_some_do_not_add_up_and_some_have_blanks_and_marks(checked: list[CheckedReport]) -> None:
    wrong = sum(any(f.code.startswith("T3-") for f in one.findings) for one in checked)
    signs = sum(any(figure.raw in ("/", "-") for figure in one.report.figures.values()) for one in checked)
    assert 0.15 < wrong / len(checked) < 0.35
    assert 0.05 < signs / len(checked) < 0.25


def test_an_aggregate_covers_its_agencies(checked: list[CheckedReport]) -> None:
    """Save where its own figure was planted wrong, or is not stated."""
    whole = [one for one in checked if one.source.scope == Scope.JURISDICTION]
    outcomes = Counter(o.state for one in whole for o in one.outcomes if o.rule.relation == "covers")
    assert outcomes["holds"] > 0.8 * outcomes.total() > 0


def test_the_same_seed_gives_the_same_bytes_whoever_makes_it(tmp_path: Path) -> None:
    formats = {"txt": 3, "html": 1}
    for jobs in (1, 2):
        write_corpus(tmp_path / str(jobs), 2 * PLACE, formats=formats, jobs=jobs)
    assert files(tmp_path / "1") == files(tmp_path / "2")
    write_corpus(tmp_path / "other", 2 * PLACE, 1, formats=formats, jobs=1)
    assert files(tmp_path / "other") != files(tmp_path / "1")
