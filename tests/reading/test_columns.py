"""What the printed sums prove, and what they do not, where a row lacks cells or has too many."""

import pytest

from pipeline.model.document import Layout, Paragraph
from pipeline.model.figure import CellKey, Status
from pipeline.model.report import Report
from tests.reading.test_tables import APPLICANTS, NEW, REQUESTS, codes, grid, report, row


def test_a_reading_that_needs_less_than_nothing_is_none() -> None:
    """Were the second column the one that lacks, both its sums would give it -1: no count is below zero."""
    found = report(
        REQUESTS,
        grid(
            ("", *APPLICANTS),
            (NEW, *"5000005"),
            ("二、上年结转政府信息公开申请数量", *"0000000"),
            ("（七）总计", *"3100004"),
            ("四、结转下年度继续办理", *"200001"),  # six figures below seven columns
        ),
    )
    assert row(found, "requests", "carried_out") == ["ambiguous"] * 7


def test_a_cell_that_all_sums_give_alike_leaves_one_reading() -> None:
    """The same with sums that give the second column 1: then its figure alone is not there."""
    found = report(
        REQUESTS,
        grid(
            ("", *APPLICANTS),
            (NEW, *"5200007"),
            ("二、上年结转政府信息公开申请数量", *"0000000"),
            ("（七）总计", *"3100004"),
            ("四、结转下年度继续办理", *"200003"),
        ),
    )
    assert row(found, "requests", "carried_out") == [2, "absent", 0, 0, 0, 0, 3]


@pytest.mark.parametrize(
    ("last", "read"),
    [
        ("12", [1, 2, 3, 4, 5, 6, 21]),
        ("999", [1, 2, 3, 4, 5, 6, 21]),
        ("1000", ["ambiguous"] * 7),  # no report has a thousand pages: this figure belongs somewhere
        ("2023", ["ambiguous"] * 7),
    ],
)
def test_the_number_of_a_page_is_below_a_thousand(last: str, read: list[object]) -> None:
    found = report(REQUESTS, grid((NEW, *"123456", "21", last), layout=Layout.LOOSE))
    assert row(found, "requests", "new_received") == read


def four(*figures: str) -> Report:
    """Table four printed as fifteen figures."""
    five = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    head = (("行政复议", 5), ("未经复议直接起诉", 5), ("复议后起诉", 5))
    return report(
        Paragraph("四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", ""), grid(head, five * 3, figures)
    )


ZEROS = ("0", "0", "0", "0", "0")


def test_a_number_broken_over_two_lines_is_one_where_its_sums_hold_and_is_noted() -> None:
    read = four("18\n3", "1", "0", "0", "184", *ZEROS, "1\n2", "0", "0", "0", "1\n2")
    assert row(read, "review_litigation", "reconsideration") == [183, 1, 0, 0, 184]
    assert row(read, "review_litigation", "litigation_after_review") == [12, 0, 0, 0, 12]
    broken = read.figures[CellKey("review_litigation", "reconsideration", "upheld")]
    assert (broken.raw, broken.status) == ("18 3", Status.RESOLVED)
    assert [code for code, _ in codes(read, "review_litigation")] == ["F103"] * 3


@pytest.mark.parametrize("printed", ["18\n3", "18 3", "0\n183", "18\n\n3"])
def test_two_figures_in_a_cell_are_no_number_where_the_sums_do_not_say_so(printed: str) -> None:
    total = "22" if printed == "18\n3" else "184"
    read = four(printed, "1", "0", "0", total, *ZEROS, *ZEROS)
    assert row(read, "review_litigation", "reconsideration")[0] == "unreadable"
    assert [code for code, _ in codes(read, "review_litigation")] == ["F101"]
