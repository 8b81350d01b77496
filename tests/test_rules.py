"""Each rule on a report that passes, one that fails and one that cannot be assessed; the cases are in tests/rules."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from pipeline.checks import Outcome, State, check, findings_of
from pipeline.explain import explain
from pipeline.findings import PipelineError
from pipeline.numerals import Figure, Status
from pipeline.report import Report
from pipeline.rules import rules
from pipeline.template import forms

CASES = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in Path(__file__).parent.glob("rules/*.yml")
}
STATES = [state.value for state in State]


def figure(value: object) -> Figure:
    if value in set(Status):
        return Figure("", None, Status(str(value)), "line 1")
    return Figure(str(value), Decimal(str(value)), Status.REPORTED, "line 1")


def report(different: dict[str, object], form_key: str = "t2021") -> Report:
    """A report of zeros, with some cells that differ."""
    form = forms()[form_key]
    figures = {(t.key, r.item.key, c.key): figure(0) for t, _, r, c in form.cells()}
    for cell, value in different.items():
        table, row, column = cell.split("/")
        assert (table, row, column) in figures, cell
        figures[table, row, column] = figure(value)
    return Report(form, None, None, None, "agency", None, figures, (), ())


def outcome(made: Report, rule_id: str, where: str) -> Outcome:
    return next(o for o in check(made) if o.relation.rule.id == rule_id and o.relation.where == where)


def test_every_rule_has_its_three_cases() -> None:
    assert set(CASES) == set(rules())
    for rule_id, case in CASES.items():
        assert set(case) == {"at", *STATES}, rule_id


@pytest.mark.parametrize("rule_id", sorted(CASES))
@pytest.mark.parametrize("state", STATES)
def test_rule(rule_id: str, state: str) -> None:
    case = CASES[rule_id]
    made = report(case[state])
    assert outcome(made, rule_id, case["at"]).state == state
    found = [finding for finding in findings_of(check(made), made) if finding.code == rule_id]
    assert bool(found) == (state == "fails")


def test_a_failure_says_by_how_much_in_both_languages() -> None:
    made = report(CASES["T3-BAL"]["fails"])
    finding = next(f for f in findings_of(check(made), made) if f.code == "T3-BAL")
    for words in ("9", "8", "相差 1"):
        assert words in finding.message_zh
    for words in ("Research institutions", "9", "8", "difference of 1"):
        assert words in finding.message_en
    assert finding.at.column == "org_research"


def test_blank_details_count_as_zero_only_where_the_total_proves_it() -> None:
    blank = {"requests/granted/natural_person": 7, "requests/granted/org_other": "blank"}
    proven = outcome(report(blank | {"requests/granted/total": 7}), "T3-ROW", "granted")
    assert (proven.state, proven.blanks_as_zero) == (State.HOLDS, True)
    open_question = outcome(report(blank | {"requests/granted/total": 9}), "T3-ROW", "granted")
    assert open_question.state is State.NOT_ASSESSABLE


def test_a_blank_total_is_not_assessable_even_where_all_is_zero() -> None:
    assert (
        outcome(report({"requests/granted/total": "blank"}), "T3-ROW", "granted").state
        is State.NOT_ASSESSABLE
    )


def test_a_mark_is_not_zero() -> None:
    assert (
        outcome(report({"requests/granted/org_other": "mark"}), "T3-ROW", "granted").state
        is State.NOT_ASSESSABLE
    )


@pytest.mark.parametrize(("form", "leaves"), [("t2019", 19), ("t2021", 21)])
def test_the_sum_of_outcomes_knows_the_leaves_of_each_form(form: str, leaves: int) -> None:
    assert len(outcome(report({}, form), "T3-SUM", "total").relation.left) == leaves


def test_relations_checked_on_one_report() -> None:
    sums = [o for o in check(report({})) if o.relation.right]
    assert len(sums) == 7 + 25 + 7 + 3


@pytest.mark.parametrize("rule_id", sorted(CASES))
def test_explain_says_it_in_both_languages(rule_id: str) -> None:
    text = explain(rule_id)
    for key in ("formula_zh", "formula_en", "explain_zh", "explain_en", "basis_zh", "basis_en"):
        assert rules()[rule_id].words[key] in text


def test_explain_names_similar_codes_where_there_is_none() -> None:
    with pytest.raises(PipelineError, match="T3-BAL"):
        explain("T3-BALL")
