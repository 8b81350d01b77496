"""The limits of relations, on the limit and one beyond."""

import pytest

from pipeline.model.outcome import State
from tests.checks.test_rules import filed, outcomes

TOTAL = "requests/new_received/total"


@pytest.mark.parametrize(
    ("before", "now", "state"),
    [
        (4, 40, State.HOLDS),  # tenfold is not more than tenfold
        (40, 4, State.HOLDS),
        (4, 41, State.FAILS),
        (41, 4, State.FAILS),
        (1, 19, State.HOLDS),  # below the floor nothing is a jump
        (1, 20, State.FAILS),
    ],
)
def test_a_jump_is_more_than_tenfold_and_not_below_twenty(before: int, now: int, state: State) -> None:
    one = filed({TOTAL: now, "previous": {TOTAL: before}})
    (outcome,) = outcomes(one, "Y-JUMP", "new_received")
    assert outcome.state is state
