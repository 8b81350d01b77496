"""A file → its document; what its pictures show is recognised where nobody did before, if the extra ``scan`` is there."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.archive.sources import sha256
from pipeline.document.sandbox import read_bounded
from pipeline.document.scan.extra import is_installed
from pipeline.document.scan.recognise import recognise
from pipeline.model.document import Document
from pipeline.model.findings import RefusedError
from pipeline.model.recognition import Recognition

NO_TEXT = "D102"  # the finding of a scan or a picture
PICTURE_PAGES = "D114"  # the finding of pages that are pictures among others

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
    if any(finding.code == PICTURE_PAGES for finding in document.findings):
        found = _recognised(data, known, progress)
        if found is not None:
            return read_bounded(data, name, found), found
    return document, known


def shows_pictures(data: bytes, name: str) -> bool:
    """Whether a file has pages that are pictures and would be recognised; the extra is not needed to tell."""
    try:
        document = read_bounded(data, name)
    except RefusedError as refused:
        return refused.finding.code == NO_TEXT and bool(data.strip(b"\0 \t\r\n"))
    return any(finding.code == PICTURE_PAGES for finding in document.findings)


def _recognised(data: bytes, known: Recognition | None, progress: Progress) -> Recognition | None:
    """None where there is nothing to recognise, nothing to do it with, or it was tried before."""
    if known is not None or not data.strip(b"\0 \t\r\n") or not is_installed():
        return None
    found = recognise(data, progress=progress)
    return found if found and found.pages else None
