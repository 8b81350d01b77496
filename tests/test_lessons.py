"""What others got wrong, one test a lesson. The numbers are those of the list the project began with; a lesson that is
tested elsewhere names that test, and a name that no test bears fails here."""

import ast
import random
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.bench import synthetic
from pipeline.checks.sums import check
from pipeline.document.read import read
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.forms import forms
from pipeline.model.figure import Status
from pipeline.model.outcome import State
from pipeline.model.report import Report
from pipeline.reading.report import make_report

ROOT = Path(__file__).parent.parent

ELSEWHERE = {
    1: ["test_the_total_column_is_never_added_to_its_parts", "test_totals_alone_are_enough"],
    2: [
        "test_blank_details_count_as_zero_only_where_the_total_proves_it",
        "test_a_blank_total_is_not_assessable_even_where_all_is_zero",
    ],
    3: ["test_a_row_with_marks_is_a_row"],
    4: ["test_a_wrong_total_is_published_as_printed"],
    5: ["test_the_form_of_2019_is_not_read_as_that_of_2021"],
    6: ["test_the_names_of_indicators_are_in_one_place_with_formula_and_caveat"],
    7: ["test_the_correction_rate_leaves_pending_cases_out"],
    8: [
        "test_text_may_count_with_or_without_what_was_carried_in",
        "test_granted_requests_in_the_text_are_not_all_answers",
        "test_a_line_break_inside_a_mention_does_no_harm",
    ],
    9: ["test_no_rule_about_text_or_style_is_more_than_a_note"],
    10: ["test_an_amount_keeps_its_printed_unit", "test_yuan_stay_yuan_in_the_report"],
    11: ["test_every_status_and_finding_code_is_written_somewhere", "test_every_rule_has_its_three_cases"],
    12: ["test_a_confirmation_is_in_the_data_and_changes_nothing"],
    13: ["test_no_page_orders_agencies_by_a_figure"],
    14: ["test_every_cell_of_every_report_is_in_the_package"],
    15: ["test_q66_a_brand_in_the_name_makes_it_doubtful"],
}


def _tests() -> set[str]:
    return {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


@pytest.mark.parametrize("lesson", range(1, 16))
def test_each_lesson_has_a_test(lesson: int) -> None:
    missing = set(ELSEWHERE[lesson]) - _tests()
    assert not missing


def invented(year: int = 2023, scale: int = 40) -> str:
    form = synthetic.form_for(year)
    return synthetic.as_text(synthetic.invent(random.Random(3), form, scale, {}), form, "云湖市教育局", year)


def made(text: str) -> Report:
    return make_report(read(text.encode(), "txt"))


def edited(text: str, label: str, cells: list[str]) -> str:
    lines = text.split("\n")
    number = next(n for n, line in enumerate(lines) if line.startswith(f"{label}\t"))
    lines[number] = "\t".join([label, *cells])
    return "\n".join(lines)


def test_a_row_with_marks_is_a_row() -> None:
    row = ["5", "/", "/", "/", "/", "/", "5"]
    report = made(edited(invented(), "（一）予以公开", row))
    read_back = [
        report.figures["requests", "granted", column.key]
        for column in report.form.table("requests").parts[0].columns
    ]
    assert [figure.raw for figure in read_back] == row
    assert [figure.value for figure in read_back] == [5, None, None, None, None, None, 5]
    assert {figure.status for figure in read_back[1:-1]} == {Status.MARK}


def test_a_wrong_total_is_published_as_printed() -> None:
    report = made(edited(invented(), "二、上年结转政府信息公开申请数量", ["1", "0", "0", "0", "0", "0", "9"]))
    assert report.figures["requests", "carried_in", "total"].value == 9
    failed = {(o.rule.id, o.where) for o in check(report, 2023) if o.state is State.FAILS}
    assert ("T3-ROW", "carried_in") in failed


def test_the_form_of_2019_is_not_read_as_that_of_2021() -> None:
    text = edited(invented(2019), "规范性文件", ["13", "13", "524"])
    report = made(text)
    assert report.form is forms()["t2019"]
    documents = {
        key[2]: figure.value for key, figure in report.figures.items() if key[1] == "normative_documents"
    }
    assert documents == {"newly_made": 13, "newly_published": 13, "published_stock": 524}


def test_yuan_stay_yuan_in_the_report() -> None:
    report = made(edited(invented(2019), "政府集中采购", ["6", "251000元"]))
    figure = report.figures["proactive", "central_procurement", "procurement_amount"]
    assert (figure.value, figure.unit) == (Decimal(251000), "元")
    without = made(edited(invented(2019), "政府集中采购", ["1", "8040"]))
    assert without.figures["proactive", "central_procurement", "procurement_amount"].unit == ""


def test_every_status_and_finding_code_is_written_somewhere() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "pipeline").rglob("*.py"))
    for status in Status:
        assert f"Status.{status.name}" in code.replace(f"{status.name} = ", ""), status
    for kind in finding_kinds():
        assert f'"{kind}"' in code, f"{kind} stands in findings.yml, but nothing writes it"
