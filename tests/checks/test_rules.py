"""Each rule on a report where it holds, one where it fails and one where it cannot be assessed; the cases are in tests/checks/rules.

A case says how a report differs from one of zeros: cells (``table/row/column``: a number or a status), ``every`` (all cells),
``text`` by section, ``published``, ``scope``, ``previous`` (the report of the year before), ``others`` (other reports).
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.checks.all import check_all
from pipeline.cli.render import explanation
from pipeline.knowledge import rules as rules_module
from pipeline.knowledge.forms import forms
from pipeline.knowledge.rules import make_rule, relations, rules
from pipeline.model.figure import CellKey, Figure, Status
from pipeline.model.findings import PipelineError, Severity
from pipeline.model.outcome import CheckedReport, Outcome, ReadReport, State
from pipeline.model.report import Report, SectionText
from pipeline.model.source import Agency, Source

CASES = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in Path(__file__).parent.glob("rules/*.yml")
}
STATES = [state.value for state in State]
Case = dict[str, Any]


def figure(value: object) -> Figure:
    if value in set(Status):
        return Figure("", None, Status(str(value)), "line 1")
    return Figure(str(value), Decimal(str(value)), Status.REPORTED, "line 1")


def report(case: Case, year: int = 2023, form_key: str = "t2021") -> Report:
    form = forms()[form_key]
    figures = {key: figure(case.get("every", 0)) for key in form.cell_keys()}
    for cell, value in case.items():
        if "/" in cell:
            assert CellKey.parse(cell) in figures, cell
            figures[CellKey.parse(cell)] = figure(value)
    titles = {s.key: f"{s.number}、{s.zh}" for s in form.sections}
    sections = tuple(SectionText(key, titles[key], text) for key, text in case.get("text", {}).items())
    published: date | None = case.get("published")
    return Report(form, None, None, year, case.get("scope", "agency"), published, figures, sections, ())


def reading(case: Case, name: str, year: int = 2023, form_key: str = "t2021") -> ReadReport:
    agency = Agency(name, "甲市住房和城乡建设局", "county", "housing", "510403")
    scope = case.get("scope", "agency")
    source = Source(agency, year, scope, Path(f"{year}.txt"), "txt", "", None, None)
    return ReadReport(source, report(case, year, form_key))


def filed(case: Case, form_key: str = "t2021") -> CheckedReport:
    """The report of a case, checked beside those it mentions."""
    year = 2019 if form_key == "t2019" else 2023
    several = [reading(case, "510403-housing", year, form_key)]
    if "previous" in case:
        several.append(reading(case["previous"], "510403-housing", year - 1, form_key))
    several += [
        reading(other, f"510403-other-{n}", year, form_key) for n, other in enumerate(case.get("others", []))
    ]
    return check_all(several)[0]


def outcomes(one: CheckedReport, rule_id: str, where: str = "") -> list[Outcome]:
    return [o for o in one.outcomes if o.rule.id == rule_id and (not where or o.where == where)]


def test_every_rule_has_its_three_cases() -> None:
    assert set(CASES) == set(rules())
    for rule_id, case in CASES.items():
        assert set(case) - {"at", "form"} == set(STATES), rule_id


@pytest.mark.parametrize("rule_id", sorted(CASES))
@pytest.mark.parametrize("state", STATES)
def test_rule(rule_id: str, state: str) -> None:
    case = CASES[rule_id]
    one = filed(case[state], case.get("form", "t2021"))
    states = {
        o.state.value for o in outcomes(one, rule_id, case.get("at", "") if state != "not_assessable" else "")
    }
    assert state in states
    found = [finding for finding in one.findings if finding.code == rule_id]
    assert bool(found) == (state == "fails")
    for finding in found:
        assert finding.message.zh
        assert finding.message.en
        assert finding.severity is rules()[rule_id].severity


@pytest.mark.parametrize("rule_id", sorted(CASES))
def test_what_cannot_be_assessed_says_why_in_both_languages(rule_id: str) -> None:
    case = CASES[rule_id]
    found = outcomes(filed(case["not_assessable"], case.get("form", "t2021")), rule_id)
    for outcome in (o for o in found if o.state is State.NOT_ASSESSABLE):
        assert outcome.missing or outcome.reason


def test_no_rule_about_text_or_style_is_more_than_a_note() -> None:
    for rule in rules().values():
        assert rule.severity is not Severity.ERROR, "what the agency printed is published"
        if rule.id.startswith("X-") or rule.id in ("Y-COPY", "LATE"):
            assert rule.severity is Severity.INFO, rule.id


def test_a_failure_says_by_how_much_in_both_languages() -> None:
    finding = next(f for f in filed(CASES["T3-BAL"]["fails"]).findings if f.code == "T3-BAL")
    for words in ("9", "8", "相差 1"):
        assert words in finding.message.zh
    for words in ("Research institutions", "9", "8", "difference of 1"):
        assert words in finding.message.en
    assert finding.at.column == "org_research"


def test_blank_details_count_as_zero_only_where_the_total_proves_it() -> None:
    blank = {"requests/granted/natural_person": 7, "requests/granted/org_other": "blank"}
    proven = outcomes(filed(blank | {"requests/granted/total": 7}), "T3-ROW", "granted")[0]
    assert (proven.state, proven.blanks_as_zero) == (State.HOLDS, True)
    open_question = outcomes(filed(blank | {"requests/granted/total": 9}), "T3-ROW", "granted")[0]
    assert open_question.state is State.NOT_ASSESSABLE


def test_a_blank_total_is_not_assessable_even_where_all_is_zero() -> None:
    outcome = outcomes(filed({"requests/granted/total": "blank"}), "T3-ROW", "granted")[0]
    assert outcome.state is State.NOT_ASSESSABLE


def test_a_mark_is_not_zero() -> None:
    outcome = outcomes(filed({"requests/granted/org_other": "mark"}), "T3-ROW", "granted")[0]
    assert outcome.state is State.NOT_ASSESSABLE


@pytest.mark.parametrize(("form", "leaves"), [("t2019", 19), ("t2021", 21)])
def test_the_sum_of_outcomes_knows_the_leaves_of_each_form(form: str, leaves: int) -> None:
    sums = [r for r in relations(forms()[form]) if r.rule.id == "T3-SUM"]
    assert {len(relation.left) for relation in sums} == {leaves}


def test_official_and_definitional_sums_of_one_report() -> None:
    ids = ("T3-BAL", "T3-ROW", "T3-SUM", "T4-SUM")
    assert [len(outcomes(filed({}), rule_id)) for rule_id in ids] == [7, 25, 7, 3]


def test_text_may_count_with_or_without_what_was_carried_in() -> None:
    text = {"text": {"overview": "收到政府信息公开申请 20 件。"}, "requests/carried_in/total": 1}
    for new in (20, 19):
        assert outcomes(filed(text | {"requests/new_received/total": new}), "X-NEW")[0].state is State.HOLDS
    assert outcomes(filed(text | {"requests/new_received/total": 18}), "X-NEW")[0].state is State.FAILS


def test_an_approximate_number_in_the_text_is_not_judged() -> None:
    about = {"text": {"overview": "收到政府信息公开申请20余件。"}}
    assert [o.state for o in outcomes(filed(about), "X-NEW")] in ([], [State.NOT_ASSESSABLE])


def test_granted_requests_in_the_text_are_not_all_answers() -> None:
    text = {"text": {"overview": "同意公开答复9件。"}, "requests/outcomes_total/total": 20}
    assert not outcomes(filed(text), "X-DONE")


def test_a_line_break_inside_a_mention_does_no_harm() -> None:
    text = {"text": {"overview": "收到政府信息公开\n申请 2 件。"}, "requests/new_received/total": 2}
    assert outcomes(filed(text), "X-NEW")[0].state is State.HOLDS


def test_all_zero_reports_are_no_duplicates() -> None:
    assert not [f for f in filed({"others": [{}]}).findings if f.code == "DUP"]


@pytest.mark.parametrize("rule_id", sorted(CASES))
def test_explain_says_it_in_both_languages(rule_id: str) -> None:
    text = explanation(rule_id)
    rule = rules()[rule_id]
    for said in (*rule.formula, *rule.explain, *rule.basis):
        assert said in text


def test_explain_names_similar_codes_where_there_is_none() -> None:
    with pytest.raises(PipelineError, match="T3-BAL"):
        explanation("T3-BALL")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"left": ["new_recieved", "carried_in"]}, "new_recieved"),
        ({"right": ["previous.outcomes_totl"]}, "outcomes_totl"),
        ({"left": {"leaves_of": "nothing"}}, "nothing"),
        ({"table": "request"}, "request"),
        ({"relation": "almost"}, "almost"),
        ({"each": "page"}, "each"),
        ({"formula": "x"}, "formula"),
        ({"forms": ["t2031"]}, "t2031"),
        ({"class": "popular"}, "class"),
    ],
)
def test_a_rule_that_names_something_unknown_is_refused_with_file_and_line(change: Case, says: str) -> None:
    entry = dict(rules_module.knowledge.load("rules.yml")["T3-BAL"]) | change
    with pytest.raises(PipelineError, match=rf"rules\.yml:\d+: rule T3-BAL .*{says}"):
        make_rule("T3-BAL", entry)
