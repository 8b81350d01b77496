"""Change one cell of a clean report: the rules that need it fire, and no other. Remove one: they alone become unassessable.

Which rules need a cell is told here by arithmetic on the rules' own cells, not by running them.
"""

import random
from decimal import Decimal

import pytest

from pipeline.bench import synthetic
from pipeline.checks.sums import check
from pipeline.knowledge.forms import forms
from pipeline.knowledge.rules import relations
from pipeline.model.figure import CellKey, Figure, Status
from pipeline.model.form import Form
from pipeline.model.outcome import Outcome, State
from pipeline.model.report import Report

YEAR = {"t2019": 2019, "t2021": 2023}
Key = tuple[str, str]


def clean_report(form: Form) -> Report:
    """A busy invented report in which every sum within the year holds."""
    rng = random.Random(7)
    values = synthetic.invent(rng, form, 120, {"natural_person": 5})
    values = {
        key: value + (1 if value == 0 and key[0] == "proactive" else 0) for key, value in values.items()
    }
    if form.key == "t2021":
        for item in ("rules", "normative_documents"):
            values["proactive", item, "valid"] = Decimal(900)
    figures = {key: Figure(str(value), value, Status.REPORTED, "line 1") for key, value in values.items()}
    return Report(form, None, None, None, "agency", None, figures, (), ())


def assessed(report: Report) -> dict[Key, Outcome]:
    found = {}
    for outcome in check(report, YEAR[report.form.key]):
        if not outcome.rule.between_years:
            found[outcome.rule.id, outcome.where] = outcome
    return found


def changed(report: Report, cell: CellKey, figure: Figure) -> Report:
    return Report(report.form, None, None, None, "agency", None, report.figures | {cell: figure}, (), ())


def needing(form: Form, cell: CellKey) -> set[Key]:
    """The relations within one year that a cell is part of."""
    return {
        (relation.rule.id, relation.where)
        for relation in relations(form)
        if cell in relation.cells and not relation.rule.between_years
    }


@pytest.mark.parametrize("key", sorted(forms()))
def test_the_clean_report_is_clean(key: str) -> None:
    states = {name: outcome.state for name, outcome in assessed(clean_report(forms()[key])).items()}
    assert set(states.values()) == {State.HOLDS}


@pytest.mark.parametrize("key", sorted(forms()))
def test_one_changed_cell_fires_the_sums_it_is_part_of_and_no_other(key: str) -> None:
    form = forms()[key]
    report = clean_report(form)
    for cell, figure in report.figures.items():
        assert figure.value is not None
        after = assessed(changed(report, cell, Figure("", figure.value + 1, Status.REPORTED, "line 1")))
        failed = {name for name, outcome in after.items() if outcome.state is State.FAILS}
        equalities = {name for name in needing(form, cell) if after[name].rule.relation == "equals"}
        assert failed == equalities, cell
        if cell[0] in ("requests", "review_litigation"):
            assert failed, f"no rule watches {cell}"


@pytest.mark.parametrize("key", sorted(forms()))
@pytest.mark.parametrize("wrong", ["-1", "2.5"])
def test_a_negative_or_fractional_count_fires_its_own_rule_too(key: str, wrong: str) -> None:
    form = forms()[key]
    report = clean_report(form)
    rules = {"requests": "T3-NONNEG", "review_litigation": "T4-NONNEG"} | (
        {"proactive": "T2-NONNEG"} if wrong.startswith("-") else {}
    )
    signed = {column.key for _, _, _, column in form.cells() if column.signed}
    for cell in report.figures:
        if cell.table not in rules or cell.column in signed:
            continue
        after = assessed(changed(report, cell, Figure(wrong, Decimal(wrong), Status.REPORTED, "line 1")))
        expected = (rules[cell.table], f"{cell.row}/{cell.column}")
        assert {n for n, o in after.items() if "NONNEG" in n[0] and o.state is not State.HOLDS} == {expected}


@pytest.mark.parametrize("key", sorted(forms()))
@pytest.mark.parametrize("status", [Status.ABSENT, Status.MARK, Status.UNREADABLE, Status.AMBIGUOUS])
def test_one_removed_cell_leaves_open_what_needs_it_and_changes_no_other(key: str, status: Status) -> None:
    form = forms()[key]
    report = clean_report(form)
    before = assessed(report)
    for cell in report.figures:
        after = assessed(changed(report, cell, Figure("", None, status, "line 1")))
        differ = {name for name in before if after[name].state is not before[name].state}
        assert differ == needing(form, cell), cell
        assert all(after[name].state is State.NOT_ASSESSABLE for name in differ)
        assert all(after[name].missing == (cell,) for name in differ)


@pytest.mark.parametrize("key", sorted(forms()))
def test_limits_and_stocks_fire_when_crossed(key: str) -> None:
    form = forms()[key]
    report = clean_report(form)
    crossings = {
        "t2021": [
            (("proactive", "normative_documents", "issued"), "100000", ("T2-STOCK", "normative_documents")),
            (("proactive", "admin_fees", "fee_amount"), "1000001", ("T2-UNIT", "admin_fees")),
        ],
        "t2019": [],
    }[key]
    for cell, value, name in crossings:
        after = assessed(changed(report, cell, Figure(value, Decimal(value), Status.REPORTED, "line 1")))
        assert {n for n, o in after.items() if o.state is State.FAILS} == {name}
    if key == "t2019":
        last, change = (
            report.figures["proactive", "penalty", c].value for c in ("items_previous_year", "items_change")
        )
        assert last is not None
        assert change is not None
        equal = Figure("", last + change, Status.REPORTED, "line 1")
        after = assessed(changed(report, ("proactive", "penalty", "decisions"), equal))
        assert {n for n, o in after.items() if o.state is State.FAILS} == {("T2-2019", "penalty")}
