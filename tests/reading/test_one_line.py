"""A whole report on one line is read as one on many. Each was seen failing once."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from pipeline.bench.synthetic import Values, as_text, form_for, invent
from pipeline.document.read import read
from pipeline.model.document import Paragraph
from pipeline.model.figure import CellKey
from pipeline.model.report import Report
from pipeline.reading.one_line import cut
from pipeline.reading.report import make_report

NAME = "昌乐县财政局"
FEE = CellKey("proactive", "admin_fees", "fee_amount")


def report(text: str) -> Report:
    return make_report(read(text.encode(), "txt"))


def one_line(figures: Values, year: int, between: str) -> str:
    """A report whose line breaks are gone, and whose tabs have become ``between``."""
    lines = as_text(figures, form_for(year), NAME, year).split("\n")
    return "".join(lines).replace("\t", between)


@pytest.mark.parametrize("year", [2020, 2023])
@pytest.mark.parametrize("between", [" ", "\t"])
def test_figures_that_stand_apart_are_all_read(year: int, between: str) -> None:
    figures = invent(random.Random(5), form_for(year), 40, {})
    whole = report(one_line(figures, year, between))
    assert (whole.agency, whole.year, whole.form.key) == (NAME, year, form_for(year).key)
    wrong = {k: f.value for k, f in whole.figures.items() if f.value is not None and f.value != figures[k]}
    assert wrong == {}
    assert whole.cells_stated == len(figures)
    assert str(whole.signed) == f"{year + 1}-01-20"


def test_zeros_that_run_together_are_all_read() -> None:
    figures = dict.fromkeys(form_for(2023).cell_keys(), Decimal(0))
    assert report(one_line(figures, 2023, "")).cells_stated == len(figures)


def test_digits_that_run_together_are_parted_where_the_sums_allow_one_way_and_else_flagged() -> None:
    figures = invent(random.Random(5), form_for(2023), 40, {})
    whole = report(one_line(figures, 2023, ""))
    wrong = {k: f.value for k, f in whole.figures.items() if f.value is not None and f.value != figures[k]}
    assert wrong == {}
    assert whole.figures[CellKey("proactive", "licensing", "decisions")].value is not None
    assert sum(key.table == "requests" and f.value is not None for key, f in whole.figures.items()) > 100
    named = {(f.at.table, f.at.row, f.at.column) for f in whole.findings}
    assert all(f.value is not None or key in named for key, f in whole.figures.items())


def test_a_report_with_its_title_on_another_line_and_all_else_on_one_is_read() -> None:
    figures = invent(random.Random(5), form_for(2023), 40, {})
    title, _, rest = one_line(figures, 2023, " ").partition("一、总体情况")
    whole = report(f"{title}\n一、总体情况{rest}")
    assert (whole.agency, whole.cells_stated) == (NAME, len(figures))


def test_a_sentence_behind_the_title_on_the_line_is_none_of_it() -> None:
    title, _, rest = one_line(dict.fromkeys(form_for(2023).cell_keys(), Decimal(0)), 2023, " ").partition(
        "一、"
    )
    whole = report(f"{title} 根据要求，现公布{title}。 一、{rest}")
    assert (whole.title, whole.agency, whole.year) == (title, NAME, 2023)


HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
)


@pytest.mark.parametrize("between", [" ", ""])
@pytest.mark.parametrize("headings", [(), HEADINGS])
def test_a_second_report_on_the_line_lends_nothing(between: str, headings: tuple[str, ...]) -> None:
    """Also where the first has lost its headings: its labels begin anew behind the second title."""
    first, second = (invent(random.Random(seed), form_for(2023), 40, {}) for seed in (5, 6))
    text = one_line(first, 2023, between)
    for heading in headings:
        text = text.replace(heading, "")
    whole = report(text + one_line(second, 2022, between))
    assert (whole.agency, whole.year, str(whole.signed)) == (NAME, 2023, "2024-01-20")
    assert {k for k, f in whole.figures.items() if f.value not in (None, first[k])} == set()
    assert whole.cells_stated == len(first) if between else whole.cells_stated > 50
    assert "D133" in {finding.code for finding in whole.findings}


def test_the_number_of_a_year_behind_the_last_figure_is_none_of_its_digits() -> None:
    figures = invent(random.Random(5), form_for(2023), 40, {})
    for between, read_as in ((" ", "1.2"), ("", None)):
        text = one_line(figures | {FEE: Decimal("1.2")}, 2023, between).replace(
            HEADINGS[2], f"{between}2023年，认真工作。"
        )
        fee = report(text).figures[FEE]
        assert (fee.raw, fee.value) == ((read_as, Decimal(read_as)) if read_as else ("1.22023年", None))


def test_a_section_without_a_table_is_no_fault_of_ours() -> None:
    text = f"{NAME}2023年政府信息公开工作年度报告" + "".join(
        f"{heading}本年度没有。" + "认真工作。" * 9 for heading in HEADINGS
    )
    assert report(text).cells_stated == 0


@pytest.mark.parametrize(
    "text",
    [
        "我局一、总体情况二、主动公开政府信息情况",
        "按照要求，我局认真做好各项工作。" * 40,
        "第一，" * 100 + "一、总体情况",
    ],
)
def test_other_lines_stay_as_they_are(text: str) -> None:
    assert cut(Paragraph(text, "line 1")) == (Paragraph(text, "line 1"),)


@pytest.mark.parametrize(
    "filler", [" ", "1 ", "规", "规 ", "（", "一、", "全市", "1", "公开 ", "。某局2023年信息公开年报"]
)
def test_a_long_line_of_whatever_is_read_and_gives_no_figure(filler: str) -> None:
    """Hostile text: a pattern that looks again and again at the same characters would never come back from here."""
    head = "一、总体情况自然人" + "二、主动公开政府信息情况规章"
    whole = report(
        f"{NAME}2023年政府信息公开工作年度报告\n{head}{filler * (60_000 // len(filler))}其他需要报告的事项"
    )
    assert {figure.value for figure in whole.figures.values()} <= {None}
