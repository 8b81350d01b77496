"""Printed figures: four different things stay four different things."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.knowledge.numerals import is_figure_like, read_figure
from pipeline.model.figure import Status


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("１２", "12"),
        (" 12 ", "12"),
        ("1,234", "1234"),
        ("1,234,567", "1234567"),
        ("2.53", "2.53"),
        ("-35", "-35"),
        ("－35", "-35"),
        ("增10", "10"),
        ("减3", "-3"),
        ("+1036", "1036"),
        ("[bookmark: _GoBack]0", "0"),
        ("12件", "12"),
    ],
)
def test_a_plain_number_is_read(text: str, value: str) -> None:
    assert read_figure(text)[:2] == (Decimal(value), Status.REPORTED)


def test_an_amount_keeps_its_printed_unit() -> None:
    assert read_figure("251000元") == (Decimal(251000), Status.REPORTED, "元")
    assert read_figure("17.27万元") == (Decimal("17.27"), Status.REPORTED, "万元")
    assert read_figure("8040")[2] == ""


@pytest.mark.parametrize("text", ["", " ", "\u3000", "\u200b"])
def test_a_blank_is_not_zero(text: str) -> None:
    assert read_figure(text) == (None, Status.BLANK, "")


@pytest.mark.parametrize("text", ["/", "／", "-", "—", "无", "——"])
def test_a_mark_is_not_zero(text: str) -> None:
    assert read_figure(text) == (None, Status.MARK, "")


@pytest.mark.parametrize("text", ["约5", "1O", "1 2", "12,34", "5余", "1.2.3", "十二", "12²", "12①", "3⁴"])
def test_what_is_no_number_is_unreadable(text: str) -> None:
    assert read_figure(text) == (None, Status.UNREADABLE, "")


@pytest.mark.parametrize(
    "text", ["规章", "1.属于国家秘密", "2.重复申请", "（七）总计", "第二十条第（一）项", "2023年"]
)
def test_a_label_is_no_figure(text: str) -> None:
    assert not is_figure_like(text)


@given(st.integers(min_value=0, max_value=10**9))
def test_full_width_grouped_and_spaced_forms_read_the_same(number: int) -> None:
    plain = str(number)
    full_width = plain.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})
    forms = (plain, full_width, f"{number:,}", f"  {plain} ", f"\u3000{plain}\u00a0", f"+{plain}")
    assert {read_figure(form) for form in forms} == {(Decimal(number), Status.REPORTED, "")}


@given(st.text(max_size=60))
def test_no_text_raises_or_has_a_value_without_being_reported(text: str) -> None:
    value, status, _ = read_figure(text)
    assert (value is not None) == (status is Status.REPORTED)
    is_figure_like(text)
