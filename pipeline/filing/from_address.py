"""An address → the file that is the report, and the report read from it: the page itself, or the attachment it links."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from pipeline.document.read import format_of
from pipeline.document.refusal import RefusedError
from pipeline.filing.attachments import attachment, refuse_closed
from pipeline.filing.fetch import Fetcher
from pipeline.filing.pictures import Progress
from pipeline.filing.reading import read_report
from pipeline.filing.request import Fetched, NotFiledError
from pipeline.knowledge.formats import by_extension
from pipeline.model.report import NotAReportError, Report
from pipeline.model.source import Transcription

PAGE = "html"


def report_at(
    address: str,
    fetcher: Fetcher,
    year: int | None = None,
    transcription: Transcription | None = None,
    progress: Progress = lambda done, total: None,
) -> tuple[Fetched, Report]:
    """Takes the report from an address.

    Args:
        address: of the report's page, or of the file itself.
        fetcher: takes it.
        year: the year the report is known to be of; None where that is not known.
        transcription: the figures, where the file is a scan and a person typed them.
        progress: called with (done, total) after each page of a scan that is recognised.

    Returns:
        the file that holds the report, byte for byte, and the report. A page that states figures is the report; else the
        one attachment that it links.

    Raises:
        NotFetchedError: nothing could be taken, or the page shows a program nothing, or it links several attachments.
        NotAReportError, NotFiledError, RefusedError: what was taken is no report that can be read.
    """

    def read(fetched: Fetched) -> Report:
        name = name_of(fetched)
        return read_report(name, fetched.data, year=year, transcription=transcription, progress=progress)

    page = fetcher.fetch(address)
    if format_of(page.data).key != PAGE:
        return page, read(page)
    try:
        report = read(page)
        reason: Exception | None = None
    except (NotAReportError, NotFiledError, RefusedError) as error:
        reason = error
    if reason is None and report.cells_stated:
        return page, report
    if link := attachment(page.data, page.address):
        file = fetcher.fetch(link)
        return file, read(file)
    if reason is None:
        return page, report
    refuse_closed(page.data)
    raise reason


def name_of(fetched: Fetched) -> str:
    """A name for what was taken, whose extension its content bears out.

    Args:
        fetched: its address may end in a name of its own, which is kept where it fits.
    """
    own = PurePosixPath(unquote(urlsplit(fetched.address).path))
    key = format_of(fetched.data).key
    extension = own.suffix.removeprefix(".").lower()
    fits = (found := by_extension().get(extension)) is not None and found.key == key
    return f"{own.stem or 'index'}.{extension if fits else key}"
