"""All reports as read → each with every rule assessed, and with what there is to say about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.checks.messages import findings_of
from pipeline.checks.reports import about_one, between, gist_of
from pipeline.checks.sums import check
from pipeline.checks.text import mentions
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.model.figure import CellKey
from pipeline.model.findings import Finding, Location
from pipeline.model.outcome import CheckedReport, Outcome, ReadReport
from pipeline.model.report import Report


def check_all(
    reads: Sequence[ReadReport], across: Mapping[str, Sequence[Outcome]] | None = None
) -> list[CheckedReport]:
    """Assesses every rule on every report, with the year before and the other reports at hand.

    Args:
        reads: all reports of the agencies that they are of; a year before is looked for among these alone.
        across: what ``between`` says of them where there are more reports than these; None where these are all.

    Returns:
        the reports in the same order, each with its outcomes, and with its findings, the worst first.
    """
    by_year = {(one.source.agency.id, one.source.scope, one.source.year): one.report for one in reads}
    if across is None:
        across = between([(one.source, gist_of(one.report)) for one in reads])
    return [
        _checked(
            one,
            by_year.get((one.source.agency.id, one.source.scope, one.source.year - 1)),
            across.get(one.source.report_id, ()),
        )
        for one in reads
    ]


def _checked(one: ReadReport, previous: Report | None, across: Sequence[Outcome]) -> CheckedReport:
    outcomes = (
        *check(one.report, one.source.year, previous),
        *about_one(one, previous),
        *mentions(one.report),
        *(_placed(outcome, one.report) for outcome in across),
    )
    said = (*one.report.findings, *_altered(one), *findings_of(outcomes))
    findings = sorted(said, key=lambda finding: finding.sort_key)
    return CheckedReport(one.source, one.sha256, one.report, outcomes, tuple(findings))


def _placed(outcome: Outcome, report: Report) -> Outcome:
    """What was found beside other reports, with the place of its cell in this one."""
    at = outcome.at
    if not at.row:
        return outcome
    figure = report.figures[CellKey(at.table, at.row, at.column)]
    return replace(outcome, at=replace(at, source=figure.place))


def _altered(one: ReadReport) -> Iterator[Finding]:
    """Where the archived bytes are not those that were once taken from the source address."""
    if one.source.sha256 and one.source.sha256 != one.sha256:
        yield finding_kinds()["S111"](Location(), reported=one.sha256, expected=one.source.sha256)
