"""What was measured stands beside what it may be."""

from pathlib import Path

from pipeline.bench import speed
from pipeline.bench.process import Cost
from pipeline.bench.speed import Result, tables

SMALL = {stage: Cost(1, 1, 100) for stage in ("package_text", "package", "pages", "site", "merge")}
ONE = Result(1, SMALL, {".": (0, 1)}, {"report": 1000})


def result(reports: int, cpu: float, mib: float, page: int, wire: float | None) -> Result:
    costs = {stage: Cost(2 * cpu, cpu, mib) for stage in SMALL}
    weights = {"report": wire, "search": wire} if wire is not None else {}
    return Result(reports, costs, {"agencies": (reports * 10_000, reports)}, {"report": page}, weights)


def row(text: str, words: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if words in line]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_budget_is_met_or_not_at_ten_thousand_reports() -> None:
    """From 1 to 1,001 reports 5 s more: so 51 s at 10,000. The weight of a report page does not grow."""
    text = tables([ONE, result(1001, 6, 180, 41_000, 99.0)])
    assert row(text, "text alone")[1:] == ["60", "6.0", "51", "达到 met"]
    assert row(text, "package (MiB)")[3:] == ["900", "**没有达到 not met**"]
    assert row(text, "report page (KB HTML)")[2:] == ["41.0", "41", "**没有达到 not met**"]
    assert row(text, "report page, wire")[2:] == ["99.0", "99", "达到 met"]


def test_growth_is_told_and_one_is_linear() -> None:
    results = [ONE, result(101, 11, 100, 1, 1.0), result(1010, 111, 100, 1, 1.0)]
    assert row(tables(results), "| site |")[-1] == "1.10"


def test_without_a_browser_nothing_is_claimed() -> None:
    text = tables([ONE, result(100, 2, 100, 1, None)])
    assert row(text, "first search")[2:] == ["–", "–", "没有测 not measured"]


def test_the_package_alone_says_nothing_of_the_site() -> None:
    results = [Result(1, {"package_text": Cost(1, 1, 80), "package": Cost(1, 1, 80)})]
    results.append(Result(10_000, {"package_text": Cost(30, 50, 400), "package": Cost(30, 60, 400)}))
    text = tables(results)
    assert row(text, "package (MiB)")[3:] == ["400", "达到 met"]
    for words in ("pages and site (CPU s)", "whole site", "report page (KB HTML)", "largest page"):
        assert row(text, words)[2:] == ["–", "–", "没有测 not measured"]


def test_start_up_alone_tells_nothing() -> None:
    assert tables([ONE]) == ""


def test_the_last_result_is_told_for_every_budget_of_today() -> None:
    told = (Path(speed.__file__).parent / "SCALE.md").read_text("utf-8")
    for budget in speed.BUDGETS:
        assert row(told, budget.words)[1] == f"{budget.most:g}"
        assert row(told, budget.words)[4]
