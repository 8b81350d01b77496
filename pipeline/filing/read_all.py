"""Filed sources → read and checked reports. Bad input costs one finding, not the run: a crash becomes ``X001``.

Reading is the costly part and may run on any executor; checking needs the reports of other years and is done here.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.archive.recognitions import recognition_beside, recognition_path
from pipeline.archive.sources import sha256, sources
from pipeline.checks.all import check_all
from pipeline.checks.reports import gist_of
from pipeline.document.refusal import RefusedError
from pipeline.document.sandbox import bounded
from pipeline.filing.cache import Cache, key_of
from pipeline.filing.in_turn import Crew, in_turn
from pipeline.filing.pictures import NO_TEXT
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.model.document import Document
from pipeline.model.figure import Figure, Status
from pipeline.model.findings import Finding, Location
from pipeline.model.outcome import CheckedReport, Gist, PackedReport, ReadReport
from pipeline.model.recognition import Recognition
from pipeline.model.report import Report, Scope, with_figures
from pipeline.model.source import Source, Transcription
from pipeline.reading.agencies import is_elsewhere
from pipeline.reading.amend import apply_corrections, transcribe
from pipeline.reading.report import form_of_year, make_report

BATCH = 16  # reports handed to a worker at a time
LARGE = 8 * 1024**2  # bytes of them, above which no further one is added
Packed = tuple[Gist, bytes]  # of a report, and the report itself as ``PackedReport`` has it

Progress = Callable[[int, int], None]


def read_all(
    folder: Path,
    *,
    only: frozenset[str] = frozenset(),
    crew: Crew | None = None,
    cache: Cache | None = None,
    progress: Progress = lambda done, total: None,
) -> list[CheckedReport]:
    """Reads and checks every filed report, in the order of agency id and file name.

    Args:
        folder: ``datapackage/reports``.
        only: agency ids; empty means all.
        crew, cache, progress: as for ``pack_each``.
    """
    return check_all(read_each(list(sources(folder, only)), crew, cache, progress))


def read_each(
    todo: Sequence[Source],
    crew: Crew | None = None,
    cache: Cache | None = None,
    progress: Progress = lambda done, total: None,
) -> list[ReadReport]:
    """Reads sources, in their order; nothing is checked yet.

    Args:
        todo, crew, cache, progress: as for ``pack_each``.
    """
    return [one.unpacked() for one in pack_each(todo, crew, cache, progress)]


def pack_each(
    todo: Sequence[Source],
    crew: Crew | None = None,
    cache: Cache | None = None,
    progress: Progress = lambda done, total: None,
) -> Iterator[PackedReport]:
    """Reads sources, in their order, one after the other: whoever looks on need not hold them all.

    Args:
        todo: filed reports; none gives none.
        crew: who reads; None reads here. Its workers are given bytes and look at no folder.
        cache: readings of earlier runs; a file that has not changed is not read again.
        progress: called with (done, total) after each report read.
    """
    done = 0
    for entries, readings in in_turn(crew, _read_some, _batches(todo, cache)):
        new = iter(readings)
        for entry in entries:
            gist, data = entry.kept or next(new)
            # What depends on this machine and this moment is found out again each time.
            if cache and not entry.kept and not gist.failed:
                cache.put(entry.key, (gist, data))
            done += 1
            progress(done, len(todo))
            yield PackedReport(entry.source, entry.sha256, gist, data)


@dataclass(frozen=True)
class _Entry:
    """A filed file, and what was kept of it."""

    source: Source
    sha256: str
    key: str
    kept: Packed | None


@dataclass(frozen=True)
class _File:
    """A filed file with all that its reading needs; ``recognition`` may be why it cannot be known."""

    source: Source
    data: bytes
    recognition: Recognition | Exception | None


def _batches(todo: Sequence[Source], cache: Cache | None) -> Iterator[tuple[list[_Entry], list[_File]]]:
    """Some reports at a time, not too many bytes of them; and those among them that have to be read."""
    entries: list[_Entry] = []
    files: list[_File] = []
    for source in todo:
        data = source.load()
        key = key_of(data, source, _recognised_bytes(source)) if cache else ""
        entries.append(_Entry(source, sha256(data), key, _kept(cache, key)))
        if not entries[-1].kept:
            files.append(_File(source, data, _recognised(source)))
        if len(entries) >= BATCH or sum(len(file.data) for file in files) > LARGE:
            yield entries, files
            entries, files = [], []
    yield entries, files


def _kept(cache: Cache | None, key: str) -> Packed | None:
    match cache.get(key) if cache else None:
        case (Gist() as gist, bytes() as data):
            return gist, data
    return None


def _recognised(source: Source) -> Recognition | Exception | None:
    try:
        return recognition_beside(source.path)
    except Exception as error:  # noqa: BLE001 - it is told of the one report, as any other error of its reading
        return error


def _recognised_bytes(source: Source) -> bytes:
    """What was recognised in it, as it is kept; nothing where it was not."""
    path = recognition_path(source.path)
    return path.read_bytes() if path.is_file() else b""


def _read_some(files: Sequence[_File]) -> list[Packed]:
    """Reads some files, in whatever process."""
    return [_read(file.source, file.data, file.recognition) for file in files]


def make_filed(source: Source, recognition: Recognition | None = None) -> CheckedReport:
    """Reads and checks one source by itself, without the reports of other years.

    Args:
        source: the filed report.
        recognition: what its pictures show; None takes what lies beside it.
    """
    data = source.load()
    gist, packed = _read(source, data, recognition or _recognised(source))
    return check_all([PackedReport(source, sha256(data), gist, packed).unpacked()])[0]


def _read(source: Source, data: bytes, recognition: Recognition | Exception | None) -> Packed:
    """Reads one source; whatever goes wrong inside becomes a finding of this report."""
    try:
        if isinstance(recognition, Exception):
            raise recognition
        is_its_own = recognition is not None and recognition.sha256 == sha256(data)
        return bounded(data, source.format, partial(_packed, source), recognition if is_its_own else None)
    except RefusedError as refused:
        found = refused.finding
    except Exception as error:  # noqa: BLE001 - one broken report must not stop the others; it becomes a finding
        found = finding_kinds()["X001"](Location(), error=f"{type(error).__name__}: {error}")
    return _pack(report_without_text(source.year, source.scope, found, source.transcription))


def _packed(source: Source, document: Document) -> Packed:
    """A report as it is filed, made where its file was read: what goes from process to process is bytes."""
    report = make_report(
        document, year_hint=source.year, scope=source.scope, transcription=source.transcription
    )
    said = _not_settled_by_filing(source, report.findings)
    figures, findings = apply_corrections(source.corrections, report.figures, said)
    return _pack(with_figures(report, figures, (*findings, *against_filing(source, report))))


def _pack(report: Report) -> Packed:
    return gist_of(report), pickle.dumps(report, pickle.HIGHEST_PROTOCOL)


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
