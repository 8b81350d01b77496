"""QUIRKS.md, all 80: each number has a test (golden, generated, or one of another file) or a line saying why it cannot matter here.

``pytest -rP tests/test_quirks.py`` prints the table. A golden case is ``golden/quirks/NN-what.txt`` with its expected cells: a
number or a status; every cell that is not listed must have no value. They were read by a person once; a new one is written by hand.
"""

import ast
import json
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from pipeline.document.read import read
from pipeline.knowledge.forms import forms
from pipeline.knowledge.normalize import Printed
from pipeline.model.figure import Status
from pipeline.reading.labels import section_heading
from pipeline.reading.report import make_report
from tests.synthetic.cases import make_case
from tests.synthetic.quirks import QUIRKS

TESTS = Path(__file__).parent
GOLDEN = sorted((TESTS / "golden/quirks").glob("*.txt"))
assert GOLDEN, "no golden quirks found"

IDENTITY = "reading/test_identity.py::"
TEXT = "document/test_text.py::"
ADD = "cli/test_add.py::"
HERE = "test_quirks.py::"
# number -> tests beside the golden and generated cases, which are found by themselves; or why there need be none.
OTHER: dict[int, list[str]] = {
    1: [IDENTITY + "test_q1_of_several_titles_the_longest_name_is_taken_and_the_repeats_are_no_text"],
    2: [IDENTITY + "test_a_title_says_agency_and_year"],
    3: [IDENTITY + "test_a_title_says_agency_and_year"],
    4: [IDENTITY + "test_a_title_says_agency_and_year"],
    5: [IDENTITY + "test_a_title_says_agency_and_year"],
    6: [IDENTITY + "test_q6_two_different_years_in_one_title_are_a_finding"],
    7: [IDENTITY + "test_q7_a_cut_title_in_the_body_does_not_override_the_page_title"],
    8: [IDENTITY + "test_a_title_says_agency_and_year"],
    9: [IDENTITY + "test_q9_an_agency_that_is_nowhere_stays_unknown"],
    10: [IDENTITY + "test_q10_never_from_the_date_of_the_signature_alone"],
    11: [IDENTITY + "test_q11_a_title_that_is_just_the_agency"],
    12: [IDENTITY + "test_q12_no_title_at_all"],
    13: [IDENTITY + "test_q13_a_short_form_is_kept_and_the_fuller_one_offered"],
    14: [IDENTITY + "test_q14_two_names_are_a_finding_and_the_title_wins"],
    15: [IDENTITY + "test_a_title_says_agency_and_year"],
    16: [IDENTITY + "test_q16_page_metadata_is_the_weakest_source"],
    17: [IDENTITY + "test_q17_a_scope_word_is_part_of_the_identity"],
    18: [HERE + "test_q18_large_figures_are_figures"],
    19: [
        ADD + "test_the_same_figures_again_are_refused",
        ADD + "test_other_content_of_the_same_year_shows_the_cells_that_differ",
    ],
    20: [IDENTITY + "test_q20_a_stale_year_in_section_one_is_a_warning_and_the_title_stands"],
    21: [HERE + "test_q21_to_q24_headings_are_recognised"],
    22: [HERE + "test_q21_to_q24_headings_are_recognised"],
    24: [HERE + "test_q21_to_q24_headings_are_recognised"],
    26: [HERE + "test_q26_sub_sections_however_numbered_are_text_of_their_section"],
    27: [HERE + "test_q27_a_report_on_the_old_outline_has_no_figures"],
    29: [HERE + "test_q29_six_parts_announced_are_no_headings"],
    55: [TEXT + "test_a_report_on_one_line_is_cut_at_headings_and_cells"],
    59: [HERE + "test_q59_spans_and_spaces_of_a_web_page"],
    66: [IDENTITY + "test_q66_a_brand_in_the_name_makes_it_doubtful"],
    74: [HERE + "test_q74_units_of_counts"],
    78: [
        IDENTITY + "test_q78_a_signature_at_the_end",
        IDENTITY + "test_q78_a_date_in_brackets_under_the_title",
    ],
    79: [
        IDENTITY
        + "test_q79_several_dates_are_all_kept_with_their_source_and_that_of_publication_is_not_that_of_the_signature"
    ],
    80: [IDENTITY + "test_q80_nothing_after_the_signature_is_text"],
}
CANNOT_MATTER = {
    65: "an unreadable sub-heading is kept as text: sub-sections of section one are not told apart, see 26",
    77: "figures of the text are never figures of a table; that both differ is seen by the rules X-* (tests/checks/rules)",
}


@cache
def _names(path: str) -> frozenset[str]:
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def table() -> dict[int, list[str]]:
    """Quirk number → ids of its tests."""
    found: dict[int, list[str]] = {number: list(OTHER.get(number, [])) for number in range(1, 81)}
    for path in GOLDEN:
        found[int(path.name[:2])].append(f"{HERE}test_a_fragment_is_read_as_a_person_read_it[{path.stem}]")
    for quirk in QUIRKS.values():
        for number in set(quirk.numbers) - {0}:
            found[number].append(
                f"bench/test_accuracy.py::test_no_quirk_makes_a_figure_silently_wrong_or_a_good_cell_doubtful[{quirk.name}]"
            )
    return found


@pytest.mark.parametrize("number", range(1, 81))
def test_every_quirk_has_a_test_or_a_reason(number: int) -> None:
    tests = table()[number]
    for test in tests or [f"– {CANNOT_MATTER.get(number, '')}"]:
        print(f"{number:>2}  {test}")  # noqa: T201 - the table, shown by -rP
    assert bool(tests) != (number in CANNOT_MATTER), "either tests or a reason"
    for test in tests:
        path, _, name = test.partition("::")
        assert name.partition("[")[0] in _names(path), f"{test} does not exist"


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_fragment_is_read_as_a_person_read_it(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"), parse_float=Decimal)
    report = make_report(read(path.read_bytes(), "txt"))
    assert report.form.key == expected["form"]
    listed = dict(expected["cells"])
    for key, figure in report.figures.items():
        right = listed.pop("/".join(key), None)
        if right is None:
            assert figure.value is None, f"{key} was invented: {figure}"
        else:
            assert (figure.status.value if figure.value is None else figure.value) == right, key
    assert not listed, "cells that the form does not have"
    codes = {f"{finding.code} {finding.at.cell}" for finding in report.findings}
    assert set(expected["findings"]) <= codes


HEADINGS = {
    "overview": (
        "一、概述",
        "一、 总体情况",
        "总体情况",
        "- 总体情况",
        "一、2025年政府信息公开总体情况",
        "一、政务公开工作总体情况",
    ),
    "proactive_disclosure": (
        "二、主动公开政府信息的情况",
        "二、　主动公开政府信息情况",
        "二、主動公開政府信息情況",
    ),
    "requests": ("三、行政机关收到和处理政府信息公开申请情况", "三、收到和处理政府信息公开申请情况统计表"),
    "review_litigation": (
        "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        "四、政府信息公开行政复议和行政诉讼情况",
    ),
    "problems": (
        "五、存在主要问题及改进情况",
        "五、存在的问题与改进方向",
        "五、存在的主要问题和改进措施",
        "五、存在问题及改进思路",
        "五、政府信息公开工作存在的主要问题及改进情况",
    ),
    "other_matters": (
        "六、其他报告的事项",
        "六、其他需报告的事项",
        "六、其他事项的报告",
        "六. 其他需要报告的事项",
    ),
}


@pytest.mark.parametrize(
    ("key", "heading"), [(key, text) for key, texts in HEADINGS.items() for text in texts]
)
def test_q21_to_q24_headings_are_recognised(key: str, heading: str) -> None:
    section = section_heading(Printed(heading), forms()["t2021"])
    assert section
    assert section.key == key


@pytest.mark.parametrize(
    "text",
    [
        "一、主动公开情况良好。",
        "（一）主动公开",
        "其他",
        "行政复议、行政诉讼",
        "一、本年新收政府信息公开申请数量",
    ],
)
def test_other_lines_are_no_headings(text: str) -> None:
    assert section_heading(Printed(text), forms()["t2021"]) is None


def test_q18_large_figures_are_figures() -> None:
    text = "二、主动公开政府信息情况\n信息内容\t本年处理决定数量\n行政许可\t11398889\n信息内容\t本年收费金额（单位：万元）\n行政事业性收费\t316441\n"
    figures = make_report(read(text.encode(), "txt")).figures
    assert figures["proactive", "licensing", "decisions"].value == 11398889
    assert figures["proactive", "admin_fees", "fee_amount"].value == 316441


@pytest.mark.parametrize(
    "lines",
    [
        (
            "（一）主动公开。全年12条。",
            "（三）政府信息管理。",
            "（五）监督保障。",
        ),  # one missing, numbers skip
        ("1.主动公开情况", "2、依申请公开情况", "全年收到申请 3 件", "3.平台建设"),
        ("一是主动公开政府信息12条；", "二是依申请公开3件；", "三是平台建设。"),
        ("（二）主动公开政府信息情况良好，行政许可505件。", "（二）收到和处理政府信息公开申请情况"),
    ],
)
def test_q26_sub_sections_however_numbered_are_text_of_their_section(lines: tuple[str, ...]) -> None:
    table = ("信息内容\t本年处理决定数量", "行政许可\t7")
    head = ("甲县教育局2023年政府信息公开工作年度报告", "一、总体情况")
    text = "\n".join(
        (*head, *lines, "二、主动公开政府信息情况", *table, "五、存在的主要问题及改进情况", "无。")
    )
    report = make_report(read(text.encode(), "txt"))
    assert [section.key for section in report.sections] == ["overview", "proactive_disclosure", "problems"]
    assert report.sections[0].text == "\n".join(lines)
    stated = {
        "/".join(key): figure.value for key, figure in report.figures.items() if figure.value is not None
    }
    assert stated == {"proactive/licensing/decisions": 7}


def test_q27_a_report_on_the_old_outline_has_no_figures() -> None:
    text = "\n".join(
        [
            "甲县教育局2019年政府信息公开工作年度报告",
            "一、概述",
            "二、主动公开政府信息情况",
            "三、政府信息依申请公开办理情况",
        ]
        + ["不属于政府信息4起", "告知其他途径3起", "不存在", "9起", "行政复议", "2", "总计", "16"]
    )
    report = make_report(read(text.encode(), "txt"))
    assert {figure.status for figure in report.figures.values()} == {Status.ABSENT}
    assert [finding.code for finding in report.findings].count("T108") == 3


def test_q29_six_parts_announced_are_no_headings() -> None:
    text = "本报告由总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况等六部分组成"
    assert section_heading(Printed(text), forms()["t2021"]) is None


def test_q59_spans_and_spaces_of_a_web_page() -> None:
    case = make_case(1, "html-spans", only=("header_words_broken_over_lines", "blank_cells"))
    assert b"&nbsp;" in case.data
    assert b"<br/>" in case.data
    assert b"rowspan='2" in case.data
    figures = make_report(read(case.data, "html")).figures
    says = {
        key: figure.value if figure.value is not None else figure.status.value
        for key, figure in figures.items()
    }
    assert says == {
        key: truth.value if truth.says == "value" else truth.says for key, truth in case.truth.items()
    }


@pytest.mark.parametrize("unit", ["件", "条", "宗", "份", "个", "次", "起", "项", "例", "篇", "部", "期"])
def test_q74_units_of_counts(unit: str) -> None:
    text = f"二、主动公开政府信息情况\n信息内容\t本年处理决定数量\n行政许可\t9{unit}\n"
    figure = make_report(read(text.encode(), "txt")).figures["proactive", "licensing", "decisions"]
    assert (figure.value, figure.unit) == (9, unit)
