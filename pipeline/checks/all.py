"""All reports as read → each with every rule assessed, and with what there is to say about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.checks.messages import findings_of
from pipeline.checks.reports import about_one, between
from pipeline.checks.sums import check
from pipeline.checks.text import mentions
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.model.findings import Finding, Location
from pipeline.model.outcome import CheckedReport, Outcome, ReadReport
from pipeline.model.report import Report


def check_all(reads: Sequence[ReadReport]) -> list[CheckedReport]:
    """Assesses every rule on every report, with the year before and the other reports at hand.

    Args:
        reads: all reports; a year before, or an agency that an aggregate covers, is looked for among these alone.

    Returns:
        the reports in the same order, each with its outcomes, and with its findings, the worst first.
    """
    by_year = {(one.source.agency.id, one.source.scope, one.source.year): one.report for one in reads}
    across = between(reads)
    return [
        _checked(
            one,
            by_year.get((one.source.agency.id, one.source.scope, one.source.year - 1)),
            across.get(one.source.report_id, []),
        )
        for one in reads
    ]


def _checked(one: ReadReport, previous: Report | None, across: list[Outcome]) -> CheckedReport:
    outcomes = (
        *check(one.report, one.source.year, previous),
        *about_one(one, previous),
        *mentions(one.report),
        *across,
    )
    said = (*one.report.findings, *_altered(one), *findings_of(outcomes))
    findings = sorted(said, key=lambda finding: finding.sort_key)
    return CheckedReport(one.source, one.sha256, one.report, outcomes, tuple(findings))


def _altered(one: ReadReport) -> Iterator[Finding]:
    """Where the archived bytes are not those that were once taken from the source address."""
    if one.source.sha256 and one.source.sha256 != one.sha256:
        yield finding_kinds()["S111"](Location(), reported=one.sha256, expected=one.source.sha256)
