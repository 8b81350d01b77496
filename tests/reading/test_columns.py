"""What the printed sums prove, and what they do not, where a row lacks cells or has too many."""

import pytest

from pipeline.model.document import Layout
from tests.reading.test_tables import APPLICANTS, NEW, REQUESTS, grid, report, row


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
