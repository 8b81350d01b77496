"""Questions about a whole report, and between reports, that are no sums of cells: dates, copies, scope, who may make rules.

Comes in: reports with their sources. Goes out: outcomes, as from ``checks``. The limits stand in ``knowledge/rules.yml``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rapidfuzz.distance import Indel

from pipeline import knowledge
from pipeline.knowledge.rules import rules
from pipeline.model.figure import plain
from pipeline.model.findings import Location
from pipeline.model.outcome import Outcome, State
from pipeline.model.report import Report
from pipeline.model.rule import Rule
from pipeline.model.source import Source

DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Read:
    """A report with its source."""

    source: Source
    report: Report

    @property
    def published(self) -> date | None:
        """The date that the report prints, else the one its ``.yml`` gives."""
        return self.report.published or self.source.published


def due(source: Source) -> date:
    """The deadline of Article 49: 31 January of the next year, 31 March for governments.

    Args:
        source: of a report; its year is the one reported on.
    """
    return date(source.year + 1, 3 if source.agency.is_government else 1, 31)


def _rules(relation: str, read: Read) -> Iterator[Rule]:
    return (
        rule for rule in rules().values() if rule.relation == relation and read.report.form.key in rule.forms
    )


def _open(rule: Rule, reason: str) -> Outcome:
    words = knowledge.load("rule_words.yml")["reasons"][reason]
    return Outcome(rule, "", State.NOT_ASSESSABLE, reason_zh=words["zh"], reason_en=words["en"])


def about_one(read: Read, previous: Report | None) -> Iterator[Outcome]:
    """The questions that one report and the year before it can answer.

    Args:
        read: the report.
        previous: the same agency's report of the year before; None where there is none.

    Yields:
        outcomes in the order of the questions; a question whose input is missing is not assessable, with the reason.
    """
    for rule in _rules("zero_unless", read):
        yield from _zero_unless(rule, read)
    for rule in _rules("on_time", read):
        deadline = due(read.source)
        if read.published is None:
            yield _open(rule, "no_date")
        else:
            state = State.HOLDS if read.published <= deadline else State.FAILS
            yield Outcome(rule, "", state, left=read.published.isoformat(), right=deadline.isoformat())
    for rule in _rules("dated_after_year", read):
        yield _dated_after_year(rule, read)
    for rule in _rules("not_copied", read):
        yield from _not_copied(rule, read, previous)


def _zero_unless(rule: Rule, read: Read) -> Iterator[Outcome]:
    agency, item = read.source.agency, rule.options["item"]
    if agency.level in rule.options["levels"]:
        return
    if agency.is_government and agency.level in rule.options["government_levels"]:
        return
    for key, figure in read.report.figures.items():
        if key.row == item:
            at = Location(*key, figure.place)
            if figure.value is None:
                yield Outcome(rule, "", State.NOT_ASSESSABLE, at, missing=(key,))
            else:
                state = State.HOLDS if figure.value == 0 else State.FAILS
                yield Outcome(rule, "", state, at, left=plain(figure.value))


def _dated_after_year(rule: Rule, read: Read) -> Outcome:
    if read.published is None:
        return _open(rule, "no_date")
    if read.report.year is None:
        return _open(rule, "no_year")
    usual = read.published.year == read.report.year + 1 and read.published.month <= rule.options["last_month"]
    state = State.HOLDS if usual else State.FAILS
    return Outcome(rule, "", state, left=read.published.isoformat(), right=str(read.report.year))


def _not_copied(rule: Rule, read: Read, previous: Report | None) -> Iterator[Outcome]:
    if previous is None:
        yield _open(rule, "no_previous_report")
        return
    before = {section.key: section.text for section in previous.sections}
    for section in read.report.sections:
        if section.key not in rule.options["sections"] or section.key not in before:
            continue
        old, new = (DIGITS.sub("0", text) for text in (before[section.key], section.text))
        if min(len(old), len(new)) < rule.options["shortest"]:
            continue
        likeness = Indel.normalized_similarity(old, new)
        state = State.HOLDS if likeness <= rule.options["similarity"] else State.FAILS
        yield Outcome(rule, section.title, state, left=f"{likeness * 100:.0f}")


def between(reads: Sequence[Read]) -> dict[str, list[Outcome]]:
    """The questions between reports: the same figures twice, and aggregates that do not cover their agencies.

    Args:
        reads: all reports.

    Returns:
        report_id -> outcomes.
    """
    found: dict[str, list[Outcome]] = defaultdict(list)
    for rule in rules().values():
        if rule.relation == "not_duplicated":
            _duplicates(rule, reads, found)
        elif rule.relation == "covers":
            _covers(rule, reads, found)
    return found


def _duplicates(rule: Rule, reads: Sequence[Read], found: dict[str, list[Outcome]]) -> None:
    same: dict[tuple[object, ...], list[Read]] = defaultdict(list)
    for read in reads:
        values = tuple((figure.value, figure.status) for figure in read.report.figures.values())
        if sum(1 for value, _ in values if value) < rule.options["fewest"]:
            found[read.source.report_id].append(_open(rule, "few_figures"))
        else:
            same[(read.report.form.key, *values)].append(read)
    for group in same.values():
        for read in group:
            others = [other.source.report_id for other in group if other is not read]
            state = State.FAILS if others else State.HOLDS
            found[read.source.report_id].append(Outcome(rule, "", state, right=", ".join(others[:3])))


def _covers(rule: Rule, reads: Sequence[Read], found: dict[str, list[Outcome]]) -> None:
    by_year: dict[int, list[Read]] = defaultdict(list)
    for read in reads:
        by_year[read.source.year].append(read)
    for several in by_year.values():
        for whole in (read for read in several if read.source.scope == "jurisdiction"):
            for part in several:
                if part is not whole and part.source.scope == "agency" and _lies_in(part, whole):
                    found[whole.source.report_id].append(_covered(rule, whole, part))


def _lies_in(part: Read, whole: Read) -> bool:
    """Whether an agency's division is that of the aggregate or below it; codes end in pairs of zeros upward."""
    stem = re.sub(r"(?:00)+$", "", whole.source.agency.division_code)
    return bool(stem) and part.source.agency.division_code.startswith(stem)


def _covered(rule: Rule, whole: Read, part: Read) -> Outcome:
    """Compares cell by cell where both state a figure; the first that is less is shown."""
    name = part.source.agency.name_zh
    compared = False
    for key, figure in whole.report.figures.items():
        other = part.report.figures.get(key)
        if key[0] != rule.table or other is None or figure.value is None or other.value is None:
            continue
        compared = True
        if figure.value < other.value:
            at = Location(*key, source=figure.place)
            return Outcome(rule, name, State.FAILS, at, plain(figure.value), plain(other.value))
    if not compared:
        return replace(_open(rule, "not_stated"), where=name)
    return Outcome(rule, name, State.HOLDS)
