"""Filed sources → read and checked reports. Bad input costs one finding, not the run: a crash becomes ``X001``.

Reading is the costly part and may run on any executor; checking needs the reports of other years and is done here.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from pipeline.archive.recognitions import recognition_beside, recognition_path
from pipeline.archive.sources import sha256, sources
from pipeline.checks.all import check_all
from pipeline.document.refusal import RefusedError
from pipeline.document.sandbox import bounded
from pipeline.filing.cache import Cache, key_of
from pipeline.filing.pictures import NO_TEXT
from pipeline.knowledge.finding_kinds import OF_THE_MACHINE, finding_kinds
from pipeline.model.figure import Figure, Status
from pipeline.model.findings import Finding, Location
from pipeline.model.outcome import CheckedReport, ReadReport
from pipeline.model.recognition import Recognition
from pipeline.model.report import Report, Scope, with_figures
from pipeline.model.source import Source, Transcription
from pipeline.reading.agencies import is_elsewhere
from pipeline.reading.amend import apply_corrections, transcribe
from pipeline.reading.report import form_of_year, make_report

BATCH = 16  # reports handed to a worker at a time

Progress = Callable[[int, int], None]


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """No garbage collection meanwhile: among so many small objects that all stay it costs more than the work itself."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_all(
    folder: Path,
    *,
    only: frozenset[str] = frozenset(),
    executor: Executor | None = None,
    cache: Cache | None = None,
    progress: Progress = lambda done, total: None,
) -> list[CheckedReport]:
    """Reads and checks every filed report, in the order of agency id and file name.

    Args:
        folder: ``datapackage/reports``.
        only: agency ids; empty means all.
        executor, cache, progress: as for ``read_each``.
    """
    return check_all(read_each(list(sources(folder, only)), executor, cache, progress))


@_garbage_kept()
def read_each(
    todo: Sequence[Source],
    executor: Executor | None = None,
    cache: Cache | None = None,
    progress: Progress = lambda done, total: None,
) -> list[ReadReport]:
    """Reads sources, in their order; nothing is checked yet.

    Args:
        todo: filed reports; none gives none.
        executor: any ``concurrent.futures`` executor; None reads here, one after the other.
        cache: readings of earlier runs; a file that has not changed is not read again.
        progress: called with (done, total) after each report read.
    """
    kept = [_kept(source, cache) if cache else None for source in todo]
    new = [source for source, reading in zip(todo, kept, strict=True) if reading is None]
    read = partial(_read, cache=cache)
    results: Iterable[ReadReport] = executor.map(read, new, chunksize=BATCH) if executor else map(read, new)
    arriving = iter(results)
    in_order = (reading or next(arriving) for reading in kept)
    return list(_counted(in_order, len(todo), progress))


def _kept(source: Source, cache: Cache) -> ReadReport | None:
    data = source.load()
    report = cache.get(key_of(data, source, _recognised_bytes(source)))
    return ReadReport(source, report, sha256(data)) if isinstance(report, Report) else None


def _counted(results: Iterable[ReadReport], total: int, progress: Progress) -> Iterator[ReadReport]:
    for done, reading in enumerate(results, 1):
        progress(done, total)
        yield reading


def make_filed(source: Source, recognition: Recognition | None = None) -> CheckedReport:
    """Reads and checks one source by itself, without the reports of other years.

    Args:
        source: the filed report.
        recognition: what its pictures show; None takes what lies beside it.
    """
    return check_all([_read(source, recognition=recognition)])[0]


def _read(source: Source, cache: Cache | None = None, recognition: Recognition | None = None) -> ReadReport:
    """Reads one source; whatever goes wrong inside becomes a finding of this report."""
    data = source.load()
    try:
        recognition = recognition or recognition_beside(source.path)
        is_its_own = recognition is not None and recognition.sha256 == sha256(data)
        made = partial(
            make_report, year_hint=source.year, scope=source.scope, transcription=source.transcription
        )
        report = bounded(data, source.format, made, recognition if is_its_own else None)
        said = _not_settled_by_filing(source, report.findings)
        figures, findings = apply_corrections(source.corrections, report.figures, said)
        report = with_figures(report, figures, (*findings, *against_filing(source, report)))
    except RefusedError as refused:
        report = _empty(source, refused.finding)
    except Exception as error:  # noqa: BLE001 - one broken report must not stop the others; it becomes a finding
        report = _empty(source, finding_kinds()["X001"](Location(), error=f"{type(error).__name__}: {error}"))
    # What depends on this machine and this moment is found out again each time.
    if cache and not any(finding.code in OF_THE_MACHINE for finding in report.findings):
        cache.put(key_of(data, source, _recognised_bytes(source)), report)
    return ReadReport(source, report, sha256(data))


def _recognised_bytes(source: Source) -> bytes:
    """What was recognised in it, as it is kept; nothing where it was not."""
    path = recognition_path(source.path)
    return path.read_bytes() if path.is_file() else b""


def _not_settled_by_filing(source: Source, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Without the guess at the scope (D118) where the report is filed under just that scope."""
    return tuple(found for found in findings if found.code != "D118" or found.expected != source.scope)


def against_filing(source: Source, report: Report) -> Iterator[Finding]:
    """Where a report contradicts what it is filed as: year, scope, place.

    Args:
        source: what it is filed as.
        report: what it says; what it does not say contradicts nothing.
    """
    if report.year is not None and report.year != source.year:
        yield finding_kinds()["D113"](Location(), reported=str(report.year), expected=str(source.year))
    if report.scope_printed and report.scope_printed != source.scope:
        yield finding_kinds()["D126"](Location(), reported=report.scope_printed, expected=source.scope)
    if report.agency and is_elsewhere(report.agency, source.agency):
        yield finding_kinds()["D127"](Location(), reported=report.agency, expected=source.agency.name_zh)


def _empty(source: Source, finding: Finding) -> Report:
    return report_without_text(source.year, source.scope, finding, source.transcription)


def report_without_text(
    year: int | None, scope: Scope, finding: Finding, transcription: Transcription | None
) -> Report:
    """A report of which nothing could be read: every cell absent, or typed by hand where the file is a picture.

    Args:
        year: chooses the form; the newest where it is not known.
        scope: as filed.
        finding: why nothing could be read; a picture whose figures were typed needs no excuse.
        transcription: the figures typed by hand.
    """
    form = form_of_year(year)
    absent = {key: Figure("", None, Status.ABSENT) for key in form.cell_keys()}
    found = [] if transcription and finding.code == NO_TEXT else [finding]
    figures, findings = transcribe(transcription, form, absent, found)
    return Report(form, None, None, None, scope, None, figures, (), tuple(findings))
