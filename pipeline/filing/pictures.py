"""A file → its document; what its pictures show is recognised where nobody did before, if the extra ``scan`` is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress

from pipeline.archive.recognitions import recognition_beside
from pipeline.archive.sources import sha256
from pipeline.document.sandbox import ReaderError, read_bounded, run
from pipeline.document.scan.extra import is_installed
from pipeline.document.scan.recognise import clipped, recognise
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.messages import wrong
from pipeline.model.document import Document
from pipeline.model.findings import Location, RefusedError
from pipeline.model.recognition import Recognition
from pipeline.model.report import NotAReportError
from pipeline.model.source import Source
from pipeline.reading.report import lacks_a_table, make_report

BOX = re.compile(r"(?:p\.|picture) (\d+)(?: picture)?, .*, box (\d+ \d+ \d+ \d+)$")
NO_TEXT = "D102"  # the finding of a scan or a picture
# Findings of pages that are pictures among others, and of those that have text which somebody's machine laid over them.
PICTURE_PAGES = frozenset(("D114", "D115"))

Progress = Callable[[int, int], None]


def read_pictures_too(
    data: bytes,
    name: str,
    known: Recognition | None = None,
    progress: Progress = lambda done, total: None,
) -> tuple[Document, Recognition | None]:
    """The document of a file, and what was recognised in it for that.

    Args:
        data: the whole file.
        name: its name or extension, which may lie.
        known: what was recognised in it before; that of other bytes counts for nothing.
        progress: called with (done, total) after each page that is recognised.

    Raises:
        RefusedError: nothing of it can be read; for a picture the finding is D102 where the extra is not installed.
        ReaderError: a bug of a reader.
    """
    known = known if known and known.sha256 == sha256(data) else None
    try:
        document = read_bounded(data, name, known)
    except RefusedError as refused:
        if refused.finding.code != NO_TEXT or (found := _recognised(data, known, progress)) is None:
            raise
        return read_bounded(data, name, found), found
    if known is None and _has_pictures_to_read(document):
        try:
            found = _recognised(data, known, progress)
        except RefusedError:
            if not document.unread_pictures:
                raise
            found = None  # a bad picture among the text spoils no text
        if found is not None:
            return read_bounded(data, name, found), found
    return document, known


def _has_pictures_to_read(document: Document) -> bool:
    """Whether pages are pictures, or a table is missing that may be in a picture among the text."""
    if any(finding.code in PICTURE_PAGES for finding in document.findings):
        return True
    return bool(document.unread_pictures) and run(_lacks_a_table, document)


def _lacks_a_table(document: Document) -> bool:
    try:
        report = make_report(document)
    except NotAReportError:
        return True
    return lacks_a_table(report.form, report.figures)


def clippings_of(source: Source, places: Sequence[str]) -> dict[str, bytes]:
    """Place → the PNG of that place in a filed picture; nothing where the extra, a box, or the picture itself is missing.

    Args:
        source: the filed report.
        places: as figures name them; one that is no box on a page has no clipping.
    """
    known, data = recognition_beside(source.path), source.load()
    if not is_installed() or known is None or known.sha256 != sha256(data):
        return {}
    found: dict[str, bytes] = {}
    for page in known.pages:
        here = [
            (place, box[2]) for place in places if (box := BOX.match(place)) and int(box[1]) == page.number
        ]
        left_top_right_bottom = [tuple(map(float, numbers.split())) for _, numbers in here]
        boxes = [(box[0], box[1], box[2], box[3]) for box in left_top_right_bottom]
        with suppress(RefusedError, ReaderError):  # then there is no picture, and the form says so
            found |= dict(zip((place for place, _ in here), clipped(data, page, boxes), strict=True))
    return found


def recognise_again(source: Source, progress: Progress = lambda done, total: None) -> Recognition | None:
    """What is recognised in a filed picture now, whatever lies beside it; None where nothing is.

    Args:
        source: the filed report.
        progress: told after each page: how many are done, of how many.

    Raises:
        PipelineError: the extra is not installed.
        RefusedError: nothing of it can be recognised, or a bug of ours (X001).
    """
    if not is_installed():
        raise wrong("scan_missing")
    try:
        return _recognised(source.load(), None, progress)
    except ReaderError as error:
        raise RefusedError(finding_kinds()["X001"](Location(), error=str(error))) from error


def shows_pictures(data: bytes, name: str) -> bool:
    """Whether a file has pages that are pictures and would be recognised; the extra is not needed to tell.

    Args:
        data: a file of any format; an empty one shows none.
        name: its name, for the extension.
    """
    try:
        document = read_bounded(data, name)
    except RefusedError as refused:
        return refused.finding.code == NO_TEXT and bool(data.strip(b"\0 \t\r\n"))
    return _has_pictures_to_read(document)


def _recognised(data: bytes, known: Recognition | None, progress: Progress) -> Recognition | None:
    """None where there is nothing to recognise, nothing to do it with, or it was tried before."""
    if known is not None or not data.strip(b"\0 \t\r\n") or not is_installed():
        return None
    found = recognise(data, progress=progress)
    return found if found and found.pages else None
