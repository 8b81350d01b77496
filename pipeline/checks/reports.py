"""Questions about a whole report, and between reports, that are no sums of cells: dates, copies, scope, who may make rules.

Comes in: reports with their sources. Goes out: outcomes, as from ``checks``. The limits stand in ``knowledge/rules.yml``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from rapidfuzz.distance import Indel

from pipeline.checks.answers import Answers, not_assessable, settled
from pipeline.knowledge.rules import rules
from pipeline.model.figure import plain
from pipeline.model.findings import Location
from pipeline.model.outcome import Outcome, ReadReport
from pipeline.model.report import Report, Scope
from pipeline.model.rule import About, Rule
from pipeline.model.source import Source

# What one report, with last year's, says of a rule; and what all reports say of one another.
ABOUT_ONE = Answers[Callable[[Rule, ReadReport, Report | None], Iterator[Outcome]]]()
BETWEEN = Answers[Callable[[Rule, Sequence[ReadReport]], Iterator[tuple[ReadReport, Outcome]]]]()
DIGITS = re.compile(r"\d+")
COMPARED = 20_000  # characters of a section; it takes time by the square of them


def due(source: Source) -> date:
    """The deadline of Article 49: 31 January of the next year, 31 March for governments.

    Args:
        source: of a report; its year is the one reported on.
    """
    return date(source.year + 1, 3 if source.agency.is_government else 1, 31)


def about_one(read: ReadReport, previous: Report | None) -> Iterator[Outcome]:
    """What one report and the year before it can answer.

    Args:
        read: the report with its source.
        previous: the same agency's report of the year before, of the same scope; None where there is none.
    """
    for rule in rules().values():
        if rule.kind.about is About.REPORT and read.report.form.key in rule.forms:
            yield from ABOUT_ONE[rule.relation](rule, read, previous)


@ABOUT_ONE.add
def _on_time(rule: Rule, read: ReadReport, previous: Report | None) -> Iterator[Outcome]:
    """The report is dated before the legal deadline."""
    deadline = due(read.source)
    if read.dated is None:
        yield not_assessable(rule, "no_date")
    else:
        is_early = read.dated <= deadline
        yield settled(rule, is_early, left=read.dated.isoformat(), right=deadline.isoformat())


@ABOUT_ONE.add
def _zero_unless(rule: Rule, read: ReadReport, previous: Report | None) -> Iterator[Outcome]:
    """Only agencies of some levels may have anything to count in an item; of the others it is zero."""
    agency, item = read.source.agency, rule.options["item"]
    if agency.level in rule.options["levels"]:
        return
    if agency.is_government and agency.level in rule.options["government_levels"]:
        return
    for key, figure in read.report.figures.items():
        if key.row == item:
            at = Location(*key, figure.place)
            if figure.value is None:
                yield not_assessable(rule, at=at, missing=(key,))
            else:
                yield settled(rule, figure.value == 0, at=at, left=plain(figure.value))


@ABOUT_ONE.add
def _dated_after_year(rule: Rule, read: ReadReport, previous: Report | None) -> Iterator[Outcome]:
    """The report is dated in the first months of the year after the one it is on."""
    if read.dated is None or read.report.year is None:
        yield not_assessable(rule, "no_date" if read.dated is None else "no_year")
        return
    usual = read.dated.year == read.report.year + 1 and read.dated.month <= rule.options["last_month"]
    yield settled(rule, usual, left=read.dated.isoformat(), right=str(read.report.year))


@ABOUT_ONE.add
def _not_copied(rule: Rule, read: ReadReport, previous: Report | None) -> Iterator[Outcome]:
    """The text of a section is not last year's with other numbers."""
    if previous is None:
        yield not_assessable(rule, "no_previous_report")
        return
    before = {section.key: section.text for section in previous.sections}
    for section in read.report.sections:
        if section.key not in rule.options["sections"] or section.key not in before:
            continue
        old, new = (DIGITS.sub("0", text[:COMPARED]) for text in (before[section.key], section.text))
        if min(len(old), len(new)) < rule.options["shortest"]:
            continue
        likeness = Indel.normalized_similarity(old, new)
        is_new = likeness <= rule.options["similarity"]
        yield settled(rule, is_new, section.title, left=f"{likeness * 100:.0f}")


def between(reads: Sequence[ReadReport]) -> dict[str, list[Outcome]]:
    """What reports can answer of one another: the same figures twice, aggregates that do not cover their agencies.

    Args:
        reads: all reports.

    Returns:
        report_id -> outcomes; a report that no such rule is about is not in it.
    """
    found: dict[str, list[Outcome]] = defaultdict(list)
    for rule in rules().values():
        if rule.kind.about is About.REPORTS:
            for read, outcome in BETWEEN[rule.relation](rule, reads):
                found[read.source.report_id].append(outcome)
    return found


@BETWEEN.add
def _not_duplicated(rule: Rule, reads: Sequence[ReadReport]) -> Iterator[tuple[ReadReport, Outcome]]:
    """No other report has just these figures; one with few that are not zero says nothing."""
    same: dict[tuple[object, ...], list[ReadReport]] = defaultdict(list)
    for read in reads:
        values = tuple((figure.value, figure.status) for figure in read.report.figures.values())
        if sum(1 for value, _ in values if value) < rule.options["fewest"]:
            yield read, not_assessable(rule, "few_figures")
        else:
            same[(read.report.form.key, *values)].append(read)
    for group in same.values():
        for number, read in enumerate(group):
            others = [other.source.report_id for other in (*group[:number][:3], *group[number + 1 :][:3])][:3]
            yield read, settled(rule, not others, right=", ".join(others))


@BETWEEN.add
def _covers(rule: Rule, reads: Sequence[ReadReport]) -> Iterator[tuple[ReadReport, Outcome]]:
    """What an aggregate states is not less than what an agency in its place states alone."""
    parts: dict[tuple[int, str], list[ReadReport]] = defaultdict(list)
    for read in reads:
        if read.source.scope == Scope.AGENCY:
            code = read.source.agency.division_code
            for length in range(2, len(code) + 1, 2):
                parts[read.source.year, code[:length]].append(read)
    for whole in reads:
        if whole.source.scope == Scope.JURISDICTION:
            # Codes end in pairs of zeros upward: 510000 is the province, 510400 a city in it.
            stem = re.sub(r"(?:00)+$", "", whole.source.agency.division_code)
            for part in parts.get((whole.source.year, stem), ()):
                yield whole, _covered(rule, whole, part)


def _covered(rule: Rule, whole: ReadReport, part: ReadReport) -> Outcome:
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
            return settled(rule, False, name, at, left=plain(figure.value), right=plain(other.value))
    return settled(rule, True, name) if compared else not_assessable(rule, "not_stated", name)
