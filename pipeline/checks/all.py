"""All reports as read → each with every rule assessed, and with what there is to say about it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.checks.messages import findings_of
from pipeline.checks.reports import about_one, between
from pipeline.checks.sums import check
from pipeline.checks.text import mentions
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
    findings = sorted((*one.report.findings, *findings_of(outcomes)), key=lambda finding: finding.sort_key)
    return CheckedReport(one.source, one.sha256, one.report, outcomes, tuple(findings))
