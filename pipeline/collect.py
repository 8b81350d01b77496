"""Filed sources → read and checked reports. Bad input costs one finding, not the run: a crash becomes ``X001``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from pathlib import Path

from pipeline.checks import check, findings_of
from pipeline.document.read import read
from pipeline.findings import Finding, Location
from pipeline.numerals import Figure, Status
from pipeline.package import Filed
from pipeline.report import NotAReportError, Report, form_of_year, make_report
from pipeline.sources import Source, sha256, sources
from pipeline.template import finding_kinds

BATCH = 16  # reports handed to a worker at a time


def collect(
    folder: Path,
    *,
    only: frozenset[str] = frozenset(),
    executor: Executor | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Filed]:
    """Reads and checks every filed report, in the order of agency id and file name.

    Args:
        folder: ``datapackage/reports``.
        only: agency ids; empty means all.
        executor: any ``concurrent.futures`` executor; None reads here, one after the other.
        progress: called with (done, total) after each report.
    """
    todo = list(sources(folder, only))
    results: Iterable[Filed] = (
        executor.map(make_filed, todo, chunksize=BATCH) if executor else map(make_filed, todo)
    )
    return list(_counted(results, len(todo), progress))


def _counted(results: Iterable[Filed], total: int, progress: Callable[[int, int], None]) -> Iterator[Filed]:
    for done, filed in enumerate(results, 1):
        progress(done, total)
        yield filed


def make_filed(source: Source) -> Filed:
    """Reads and checks one source; whatever goes wrong inside becomes a finding of this report."""
    data = source.load()
    try:
        report = make_report(read(data, source.format), year_hint=source.year, scope=source.scope)
        outcomes = check(report)
        findings = (*report.findings, *_against_filing(source, report), *findings_of(outcomes, report))
    except NotAReportError:
        return _empty(source, data, finding_kinds()["D101"](Location()))
    except Exception as error:  # noqa: BLE001 - one broken report must not stop the others; it becomes a finding
        return _empty(
            source, data, finding_kinds()["X001"](Location(), error=f"{type(error).__name__}: {error}")
        )
    return Filed(source, sha256(data), report, outcomes, findings)


def _against_filing(source: Source, report: Report) -> Iterator[Finding]:
    if report.year is not None and report.year != source.year:
        yield finding_kinds()["D113"](Location(), reported=str(report.year), expected=str(source.year))


def _empty(source: Source, data: bytes, finding: Finding) -> Filed:
    """A report of which nothing could be read: every cell absent."""
    form = form_of_year(source.year)
    figures = {(t.key, r.item.key, c.key): Figure("", None, Status.ABSENT) for t, _, r, c in form.cells()}
    report = Report(form, None, None, None, source.scope, None, figures, (), (finding,))
    return Filed(source, sha256(data), report, check(report), (finding,))
