"""Sentences made from figures: only what the figures carry, and what a total is made of."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.pages.parts import amounts, story
from pipeline.pages.words import Words
from pipeline.published.package import read_package
from pipeline.published.records import Package, Report
from tests.site.corpus import PUBLISHED, Cell, Corpus, requests

ZH, EN = Words("zh"), Words("en")
AGENCY = "990000-housing"


def told(words: Words, package: Package, report: Report) -> str:
    return " ".join(story.tell(package, report, words).paragraphs)


@pytest.fixture
def package_of(tmp_path: Path):  # type: ignore[no-untyped-def]
    """A package with one report of these figures; further ones by keyword."""

    def make(figures: Mapping[Cell, str], **values: object) -> tuple[Package, Report]:
        corpus = Corpus().empty().agency(AGENCY).report(AGENCY, 2023, figures, **values)  # type: ignore[arg-type]
        package = read_package(corpus.write(tmp_path / "package"))
        return package, package.reports[0]

    return make


def published(key: str) -> tuple[Package, Report]:
    package = read_package(PUBLISHED)
    return package, next(report for report in package.reports if report.key == key)


def test_report_004_says_what_happened_and_that_a_total_is_not_printed() -> None:
    package, report = published("511900-housing-2022")
    requests_told, cases_told, proactive_told = story.tell(package, report, ZH).paragraphs
    assert requests_told == (
        "2022年，巴中市住房和城乡建设局新收政府信息公开申请 13 件；"
        "办结 12 件（原文没有印总计，由各类申请人相加得出）。"
        "其中 11 件因本机关不掌握相关信息而无法提供，1 件属于信访举报投诉类而不予处理。"
        "没有一件予以公开。还有 1 件到年底没有办完，转到下一年。"
    )
    assert cases_told == "因信息公开发生的复议和诉讼：未经复议直接起诉 1 件，尚未审结。"
    assert "行政许可决定 505 件" in proactive_told
    assert "2.53 万元" in proactive_told
    doubts = story.tell(package, report, ZH).doubts
    assert doubts[0].startswith("“办结总计”的总计，原文没有印出。这里的 12 件")


def test_the_same_in_english() -> None:
    package, report = published("511900-housing-2022")
    text = told(EN, package, report)
    assert "received 13 requests" in text
    assert "12 were closed (the total is not printed" in text
    assert "1 was not processed because in substance a petition" in text
    assert "None was granted." in text
    assert "1 was still open" in text


def test_in_markdown_numbers_are_bold_and_nothing_else_is() -> None:
    package, report = published("511900-housing-2022")
    text = story.tell(package, report, ZH.markdown).paragraphs[0]
    assert "新收政府信息公开申请 <strong>13</strong> 件" in text
    assert re.sub("</?strong>", "", text) == story.tell(package, report, ZH).paragraphs[0]


def test_a_year_of_zeros_says_that_nothing_came_in() -> None:
    package, report = published("510403-housing-2023")
    assert story.tell(package, report, ZH).paragraphs == (
        "2023年，攀枝花市西区住房和城乡建设局没有收到政府信息公开申请，也没有上年结转的申请。",
        "没有因信息公开发生的行政复议和行政诉讼。",
        "主动公开表里各项都是 0。",
    )
    assert not story.tell(package, report, ZH).doubts


def test_all_of_one_kind_is_said_as_all() -> None:
    package, report = published("370725-housing-2023")
    text = told(ZH, package, report)
    assert "新收政府信息公开申请 19 件，加上年结转的 1 件，要办的共 20 件；办结 20 件。" in text
    assert "办结的 20 件予以公开。" in text
    assert "没有结转到下一年的。" in text


def test_a_blank_table_is_no_table_of_zeros(package_of) -> None:  # type: ignore[no-untyped-def]
    package, report = package_of({}, usual="")
    text = told(ZH, package, report)
    assert "没有收到" not in text
    assert "没有印出" in text
    assert "行政复议" not in text
    assert "都是 0" not in text
    assert amounts.requests(report).closed.basis is amounts.Basis.MISSING
    assert any("无法由各列相加得出" in doubt for doubt in story.tell(package, report, ZH).doubts)


def test_totals_alone_are_enough(package_of) -> None:  # type: ignore[no-untyped-def]
    figures = {
        ("requests", item, "total"): value
        for item, value in {
            "new_received": "30",
            "carried_in": "0",
            "granted": "10",
            "outcomes_total": "28",
        }.items()
    }
    package, report = package_of(figures, usual="")
    found = amounts.requests(report)
    assert found.received == amounts.Amount(found.received.value, amounts.Basis.PRINTED)
    assert found.received.number == 30
    assert found.outcomes["denied"].basis is amounts.Basis.MISSING
    assert "办结 28 件" in told(ZH, package, report)


def test_the_total_is_never_added_to_its_parts(package_of) -> None:  # type: ignore[no-untyped-def]
    _, report = package_of(requests({"new_received": 14, "granted": 14, "outcomes_total": 14}))
    assert amounts.requests(report).received.number == 14
    assert amounts.requests(report).outcomes["granted"].number == 14


def test_a_sum_that_lacks_a_cell_says_at_least(package_of) -> None:  # type: ignore[no-untyped-def]
    figures = requests({"new_received": 12, "granted": 5, "outcomes_total": 12})
    figures |= {("requests", "denied_third_party", "total"): "4"}
    figures |= {("requests", "denied_process_info", column): "" for column in ("natural_person", "total")}
    package, report = package_of(figures)
    denied = amounts.requests(report).outcomes["denied"]
    assert (denied.number, denied.basis) == (4, amounts.Basis.PARTIAL)
    assert any("没有数字" in doubt for doubt in story.tell(package, report, ZH).doubts)


@pytest.mark.parametrize(("closed", "said"), [(9, False), (10, True)])
def test_a_share_needs_a_base_of_ten(package_of, closed: int, said: bool) -> None:  # type: ignore[no-untyped-def]
    figures = requests({"new_received": closed, "granted": 4, "unavailable_not_held": closed - 4})
    figures |= requests({"outcomes_total": closed})
    package, report = package_of(figures)
    assert ("%" in told(ZH, package, report)) is said
    if said:
        assert "40%（4/10）" in told(ZH, package, report)


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(1, 1000, "<1%"), (999, 1000, ">99%"), (0, 50, "0%"), (50, 50, "100%")]
)
def test_a_percentage_never_claims_none_or_all(part: int, whole: int, text: str) -> None:
    assert ZH.percent(amounts.Decimal(part), amounts.Decimal(whole)) == text


def test_cases_are_summed_up_when_they_are_many(package_of) -> None:  # type: ignore[no-untyped-def]
    figures = {
        ("review_litigation", "reconsideration", "upheld"): "6",
        ("review_litigation", "reconsideration", "corrected"): "2",
        ("review_litigation", "reconsideration", "pending"): "3",
        ("review_litigation", "reconsideration", "total"): "11",
    }
    package, report = package_of(figures)
    assert "行政复议 11 件；有结果的 8 件里，结果纠正 2 件，另有 3 件尚未审结。" in told(ZH, package, report)


@pytest.mark.parametrize(
    ("cases", "told_zh", "told_en"),
    [
        (1, "行政复议 1 件，结果维持。", " 1 case (upheld)."),
        (2, "行政复议 2 件，均为结果维持。", " 2 cases (all upheld)."),
    ],
)
def test_one_case_is_not_called_all(package_of, cases: int, told_zh: str, told_en: str) -> None:  # type: ignore[no-untyped-def]
    row = ("review_litigation", "reconsideration")
    package, report = package_of({(*row, "upheld"): str(cases), (*row, "total"): str(cases)})
    assert told_zh in told(ZH, package, report)
    assert told_en in told(EN, package, report).lower()


def test_an_unknown_outcome_is_told_by_its_label(package_of) -> None:  # type: ignore[no-untyped-def]
    package, _ = package_of({})
    item = next(key for key in package.items if f"phrase.{key}" not in ZH)
    assert story.phrase(package, item, ZH) == f"按“{package.items[item].short.zh}”了结"


def test_an_aggregate_is_not_added_to_what_it_contains(tmp_path: Path) -> None:
    corpus = Corpus().empty().agency(AGENCY)
    corpus.report(AGENCY, 2023, requests({"new_received": 5}))
    corpus.report(AGENCY, 2023, requests({"new_received": 50}), suffix="-jurisdiction", scope="jurisdiction")
    package = read_package(corpus.write(tmp_path / "package"))
    assert len(package.reports) == 2
    (own,) = amounts.countable(package.reports)
    assert amounts.requests(own).received.number == 5
    aggregate = next(report for report in package.reports if report is not own)
    assert "汇总" in story.tell(package, aggregate, ZH).doubts[0]
