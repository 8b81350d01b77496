"""The page of a year: what is added up, how numbers are grouped, which reports are warned of."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.pages.agency import MOST_ROWS, agencies_page
from pipeline.pages.charts.shapes import Figure
from pipeline.pages.context import Context
from pipeline.pages.kept import Kept
from pipeline.pages.words import Words
from pipeline.pages.writing import Writer
from pipeline.pages.year import BINS, totals, year_page
from pipeline.published.package import read_package
from tests.site.corpus import Corpus, requests


def corpus(received: Sequence[int]) -> Corpus:
    """An agency for each number of requests."""
    made = Corpus().empty()
    for number, count in enumerate(received):
        key = f"99{number:04d}-housing"
        made.agency(key).report(key, 2023, requests({"new_received": count}))
    return made


def context(made: Corpus, folder: Path) -> Context:
    return Context(read_package(made.write(folder / "package")), Words("zh"))


def figure(made: Corpus, folder: Path, name: str) -> Figure:
    return next(one for one in year_page(context(made, folder), 2023).figures if one.name == name)


def test_every_number_of_requests_is_in_one_group(tmp_path: Path) -> None:
    """On the border of each group, and beside it."""
    received = (0, 0, 1, 9, 10, 49, 50, 199, 200, 999, 1000, 12_345)
    spread = figure(corpus(received), tmp_path, "spread")
    assert [count for _, count in spread.rows] == ["2", "2", "2", "2", "2", "2"]
    assert [low for low, _ in BINS] == [1, 10, 50, 200, 1000]


def test_groups_above_the_largest_number_are_not_shown(tmp_path: Path) -> None:
    spread = figure(corpus((0, 3, 3, 9, 10)), tmp_path, "spread")
    assert [count for _, count in spread.rows] == ["1", "3", "1"]


def test_an_aggregate_is_listed_and_not_added_up(tmp_path: Path) -> None:
    made = corpus((5, 7))
    made.agency("990000-gov", function_class="gov")
    for scope, count in (("jurisdiction", 500), ("system", 900)):
        made.report("990000-gov", 2023, requests({"new_received": count}), suffix=f"-{scope}", scope=scope)
    made_from = context(made, tmp_path)
    counted, whole = totals(made_from, 2023)
    assert [report.agency.key for report in counted] == ["990000-housing", "990001-housing"]
    assert whole.received.number == 12
    assert len(year_page(made_from, 2023).values["rows"]) == 4
    assert "12" in year_page(made_from, 2023).description


def test_a_row_counts_warnings_and_errors_and_no_notes(tmp_path: Path) -> None:
    made = corpus((1, 2))
    for code, severity in (("T104", "error"), ("T3-BAL", "warning"), ("Y-LATE", "info")):
        made.finding("990000-housing-2023", code, severity=severity)
    rows = year_page(context(made, tmp_path), 2023).values["rows"]
    assert [row["warnings"] for row in rows] == [2, 0]


def test_more_agencies_than_a_page_has_room_for_are_told_by_place(tmp_path: Path) -> None:
    made = Corpus().empty()
    for number in range(MOST_ROWS + 1):
        code = f"{51 + number % 2}0100"
        made.agency(f"{code}-a{number}", division_code=code, province=code[:2], city=code[:4])
        made.report(f"{code}-a{number}", 2023)
    made_from = context(made, tmp_path)
    for page in (agencies_page(made_from), year_page(made_from, 2023)):
        assert page.values["rows"] == []
        told = [(place.path, *numbers) for place, *numbers in page.values["by_place"]]
        assert told == [("places/510000/", 101, 101), ("places/520000/", 100, 100)]
    writer = Writer(
        made_from.package, made_from.words, tmp_path / "docs", tmp_path / "fragments", Kept(tmp_path)
    )
    writer.write(agencies_page(made_from))
    (blocks,) = (path.read_text("utf-8") for path in (tmp_path / "fragments").rglob("fragments.json"))
    assert "../places/520000/" in blocks
    assert "-a7" not in blocks
