"""A relation of rules is one entry in relations.yml and one function of its name: shown by adding one of each kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest

from pipeline import knowledge
from pipeline.checks.answers import settled
from pipeline.checks.reports import ABOUT_ONE, BETWEEN, Told
from pipeline.checks.sums import HOLDS
from pipeline.checks.text import SAID
from pipeline.knowledge import rules as rules_module
from pipeline.knowledge.rules import make_rule, relation_kinds
from pipeline.model.findings import Finding
from pipeline.model.outcome import Outcome, ReadReport
from pipeline.model.report import Report
from pipeline.model.rule import About, Rule
from pipeline.model.source import Source
from tests.checks.test_rules import filed

ANSWERED_BY = {About.SUMS: HOLDS, About.REPORT: ABOUT_ONE, About.REPORTS: BETWEEN, About.TEXT: SAID}


@pytest.mark.parametrize("about", About)
def test_every_relation_has_its_function_and_every_function_its_relation(about: About) -> None:
    assert set(ANSWERED_BY[about]) == {key for key, kind in relation_kinds().items() if kind.about is about}


def _is_double(rule: Rule, left: Decimal, right: Decimal) -> bool:
    return left == right * rule.options["times"]


def _has_text(rule: Rule, read: ReadReport, previous: Report | None) -> Iterator[Outcome]:
    yield settled(rule, bool(read.report.sections), left="0")


def _alone(rule: Rule, told: Sequence[Told]) -> Iterator[tuple[Source, Outcome]]:
    for source, _ in told:
        yield source, settled(rule, len(told) > 1, left=str(len(told)))


def _not_said(match: re.Match[str], sums: list[Decimal]) -> bool:
    return False


CELL = "requests/new_received/total"
NEW: dict[str, tuple[About, Any, dict[str, Any], dict[str, Any]]] = {
    "is_double": (
        About.SUMS,
        _is_double,
        {"table": "requests", "each": "row", "left": ["total"], "right": ["natural_person"], "times": 2},
        {CELL: 3, "requests/new_received/natural_person": 1},
    ),
    "has_text": (About.REPORT, _has_text, {}, {}),
    "alone": (About.REPORTS, _alone, {}, {}),
    "not_said": (
        About.TEXT,
        _not_said,
        {"patterns": ["收到(?P<n>[0-9]+)件"], "any_of": [[CELL]], "sections": ["overview"]},
        {"text": {"overview": "收到3件。"}},
    ),
}


@pytest.mark.parametrize("key", NEW)
def test_a_relation_costs_one_entry_and_one_function(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    about, function, options, case = NEW[key]
    extra = set(options) - {"table", "each", "left", "right"}
    entry = {
        "about": about.value,
        "compares": "limits",
        "options": sorted(extra),
        "message": {"zh": "左边是 {left}。", "en": "The left side is {left}."},
        "hint": {"zh": "请核对。", "en": "Compare."},
    }
    monkeypatch.setitem(knowledge.load("relations.yml"), key, entry)
    monkeypatch.setitem(ANSWERED_BY[about], key, function)  # what @add does
    relation_kinds.cache_clear()
    try:
        words = {word: knowledge.load("rules.yml")["T3-BAL"][word] for word in rules_module.WORDS}
        new = make_rule("NEW", {"class": "inferred", "severity": "info", "relation": key, **words, **options})
        monkeypatch.setattr(rules_module, "rules", lambda: {"NEW": new})
        for module in ("reports", "text"):
            monkeypatch.setattr(f"pipeline.checks.{module}.rules", lambda: {"NEW": new})
        rules_module.relations.cache_clear()
        found = [finding for finding in filed(case).findings if finding.code == "NEW"]
    finally:
        monkeypatch.undo()
        relation_kinds.cache_clear()
        rules_module.relations.cache_clear()
    assert found
    assert all(isinstance(one, Finding) and one.message.en.startswith("The left side is") for one in found)
