"""An outcome in words: what it is about by the labels of the form, what was found and by how much it is off."""

import pytest

from pipeline.checks.messages import cell_in_words, findings_of, where_in_words
from pipeline.model.figure import CellKey
from pipeline.model.outcome import State
from tests.checks.test_rules import filed, outcomes

NEW, IN = "requests/new_received", "requests/carried_in"
CLOSED, OUT = "requests/outcomes_total", "requests/carried_out"


def test_a_cell_is_told_by_its_row_and_column_and_last_years_says_so() -> None:
    cell = CellKey("requests", "new_received", "natural_person")
    assert cell_in_words(cell, "zh") == "本年新收 · 自然人"
    assert cell_in_words(cell, "en") == "New requests received · Natural persons"
    before = cell._replace(table="previous.requests")
    assert cell_in_words(before, "zh") not in ("本年新收 · 自然人", "")
    assert "本年新收 · 自然人" in cell_in_words(before, "zh")
    assert "New requests received · Natural persons" in cell_in_words(before, "en")


def test_a_failure_is_one_finding_with_both_sides_and_the_difference() -> None:
    """13 + 2 came in, 12 + 1 went out: two are missing in one column, and so the finding names no row."""
    one = filed({f"{row}/total": n for row, n in ((NEW, 13), (IN, 2), (CLOSED, 12), (OUT, 1))})
    (outcome,) = [o for o in outcomes(one, "T3-BAL") if o.state is State.FAILS]
    (finding,) = findings_of([outcome])
    assert (finding.code, finding.at.table, finding.at.row, finding.at.column) == (
        *("T3-BAL", "requests", "", "total"),
    )
    assert (finding.reported, finding.expected) == ("", "")
    for words in (finding.message.zh, finding.message.en):
        assert "15" in words
        assert "13" in words
        assert "2" in words
    assert where_in_words(outcome, "zh") in finding.message.zh
    assert finding.hint.zh
    assert finding.hint.en


def test_a_total_that_is_off_is_told_with_what_was_expected() -> None:
    one = filed({f"{NEW}/natural_person": 3, f"{NEW}/total": 5, f"{IN}/total": 0})
    (outcome,) = [o for o in outcomes(one, "T3-ROW") if o.state is State.FAILS]
    (finding,) = findings_of([outcome])
    assert (finding.reported, finding.expected, finding.at.cell) == ("5", "3", f"{NEW}/total")


@pytest.mark.parametrize("state", [State.HOLDS, State.NOT_ASSESSABLE])
def test_what_does_not_fail_is_no_finding(state: State) -> None:
    one = filed({f"{IN}/total": "blank"})
    some = [outcome for outcome in one.outcomes if outcome.state is state]
    assert some
    assert list(findings_of(some)) == []
