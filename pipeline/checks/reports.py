"""Questions about a whole report, and between reports, that are no sums of cells: dates, copies, scope, who may make rules.

Comes in: reports with their sources. Goes out: outcomes, as from ``checks``. The limits stand in ``knowledge/rules.yml``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from string import ascii_lowercase

from rapidfuzz.distance import Indel

from pipeline.checks.answers import Answers, not_assessable, settled
from pipeline.knowledge.finding_kinds import OF_THE_MACHINE
from pipeline.knowledge.forms import forms
from pipeline.knowledge.rules import rules
from pipeline.model.figure import CellKey, Status, plain
from pipeline.model.findings import Location
from pipeline.model.outcome import Gist, Outcome, ReadReport
from pipeline.model.report import Report, Scope
from pipeline.model.rule import About, Rule
from pipeline.model.source import Source

# What one report, with last year's, says of a rule; and what all reports say of one another.
ABOUT_ONE = Answers[Callable[[Rule, ReadReport, Report | None], Iterator[Outcome]]]()
Told = tuple[Source, Gist]
BETWEEN = Answers[Callable[[Rule, Sequence[Told]], Iterator[tuple[Source, Outcome]]]]()
DIGITS = re.compile(r"\d+")
_LETTER = dict(zip(Status, ascii_lowercase, strict=False))
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


def gist_of(report: Report) -> Gist:
    """What other reports may ask of a report.

    Args:
        report: as read, with every cell of its form.
    """
    figures = report.figures.values()
    return Gist(
        form=report.form.key,
        values=",".join([plain(figure.value) for figure in figures]),
        states="".join([_LETTER[figure.status] for figure in figures]),
        not_zero=sum(1 for figure in figures if figure.value),
        failed=any(finding.code in OF_THE_MACHINE for finding in report.findings),
        recognised=any(figure.status is Status.RECOGNISED for figure in figures),
    )


def between(told: Sequence[Told]) -> dict[str, list[Outcome]]:
    """What reports can answer of one another: the same figures twice, aggregates that do not cover their agencies.

    Args:
        told: all reports.

    Returns:
        report_id -> outcomes; a report that no such rule is about is not in it.
    """
    found: dict[str, list[Outcome]] = defaultdict(list)
    for rule in rules().values():
        if rule.kind.about is About.REPORTS:
            for source, outcome in BETWEEN[rule.relation](rule, told):
                found[source.report_id].append(outcome)
    return found


@BETWEEN.add
def _not_duplicated(rule: Rule, told: Sequence[Told]) -> Iterator[tuple[Source, Outcome]]:
    """No other report has just these figures; one with few that are not zero says nothing."""
    same: dict[tuple[str, str, str], list[Source]] = defaultdict(list)
    for source, gist in told:
        if gist.not_zero < rule.options["fewest"]:
            yield source, not_assessable(rule, "few_figures")
        else:
            same[gist.form, gist.values, gist.states].append(source)
    for group in same.values():
        for number, source in enumerate(group):
            others = [other.report_id for other in (*group[:number][:3], *group[number + 1 :][:3])][:3]
            yield source, settled(rule, not others, right=", ".join(others))


@BETWEEN.add
def _covers(rule: Rule, told: Sequence[Told]) -> Iterator[tuple[Source, Outcome]]:
    """What an aggregate states is not less than what an agency in its place states alone."""
    parts: dict[tuple[int, str], list[Told]] = defaultdict(list)
    for source, gist in told:
        if source.scope == Scope.AGENCY:
            code = source.agency.division_code
            for length in range(2, len(code) + 1, 2):
                parts[source.year, code[:length]].append((source, gist))
    for source, gist in told:
        if source.scope == Scope.JURISDICTION:
            # Codes end in pairs of zeros upward: 510000 is the province, 510400 a city in it.
            stem = re.sub(r"(?:00)+$", "", source.agency.division_code)
            whole = _values(gist, rule.table)
            for part, stated in parts.get((source.year, stem), ()):
                yield source, _covered(rule, whole, part.agency.name_zh, _values(stated, rule.table))


def _values(gist: Gist, table: str) -> dict[CellKey, Decimal]:
    """The values that a report states in one table."""
    cells = zip(_cells(gist.form), gist.values.split(","), strict=True)
    return {key: Decimal(value) for key, value in cells if value and key.table == table}


@cache
def _cells(form: str) -> tuple[CellKey, ...]:
    return tuple(forms()[form].cell_keys())


def _covered(
    rule: Rule, whole: Mapping[CellKey, Decimal], name: str, part: Mapping[CellKey, Decimal]
) -> Outcome:
    """Compares cell by cell where both state a figure; the first that is less is shown."""
    both = [key for key in whole if key in part]
    for key in both:
        if whole[key] < part[key]:
            return settled(rule, False, name, Location(*key), left=plain(whole[key]), right=plain(part[key]))
    return settled(rule, True, name) if both else not_assessable(rule, "not_stated", name)
