"""An address → the file that is the report, and the report read from it.

That is the page itself; or the attachment it links; or, where a table is missing that may be in its pictures, the page put
together with them.
"""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from pipeline.document.html import picture_sources
from pipeline.document.limits import LIMITS
from pipeline.document.read import format_of
from pipeline.document.refusal import RefusedError
from pipeline.document.sandbox import run
from pipeline.document.signatures import picture_name
from pipeline.filing.attachments import attachment, picture_links, refuse_closed
from pipeline.filing.fetch import Fetcher
from pipeline.filing.pictures import Progress, shows_pictures
from pipeline.filing.reading import read_report
from pipeline.filing.refusals import NotFetchedError
from pipeline.filing.request import Fetched, NotFiledError
from pipeline.filing.saved_page import web_archive
from pipeline.knowledge.formats import by_extension
from pipeline.model.report import NotAReportError, Report
from pipeline.model.source import Transcription

PAGE = "html"
ARCHIVE, ARCHIVE_TYPE = "mhtml", "multipart/related"
MOST_PICTURES = 20  # of a page: a report has a handful, and a host is asked once a second


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
        one attachment that it links. A page that is the report, or links none, comes with its pictures where a table is
        missing that may be in them.

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
    is_report = reason is None and report.cells_stated
    if not is_report and (link := attachment(page.data, page.address)):
        file = fetcher.fetch(link)
        return file, read(file)
    if shows_pictures(page.data, name_of(page)) and (whole := page_with_pictures(page, fetcher)) != page:
        with suppress(NotAReportError, NotFiledError, RefusedError):
            return whole, read(whole)
    if reason is None:
        return page, report
    refuse_closed(page.data)
    raise reason


def page_with_pictures(page: Fetched, fetcher: Fetcher) -> Fetched:
    """A page as one file with its pictures, as browsers save it; the page alone where it has none that can be taken.

    Args:
        page: as it was fetched.
        fetcher: takes each picture as it takes any file; one that it refuses, or that is no picture, is left out. All
            together are no larger than a file may be.
    """
    links = picture_links(page.data, page.address, run(picture_sources, page.data))
    found: dict[str, bytes] = {}
    room = LIMITS.file_bytes // 2 - len(page.data)  # it is half as much again as it is written
    for source, link in list(links.items())[:MOST_PICTURES]:
        picture = io.BytesIO()
        with suppress(NotFetchedError):
            fetcher.save(link, picture, max(room, 0))
            if picture_name(picture.getvalue()):
                found[source] = picture.getvalue()
                room -= len(found[source])
    if not found:
        return page
    return replace(page, data=web_archive(page.address, page.data, found), media_type=ARCHIVE_TYPE)


def name_of(fetched: Fetched) -> str:
    """A name for what was taken, whose extension its content bears out.

    Args:
        fetched: its address may end in a name of its own, which is kept where it fits.
    """
    own = PurePosixPath(unquote(urlsplit(fetched.address).path))
    key = format_of(fetched.data).key
    extension = own.suffix.removeprefix(".").lower()
    if key == PAGE and fetched.media_type == ARCHIVE_TYPE:
        return f"{own.stem or 'index'}.{ARCHIVE}"
    fits = (found := by_extension().get(extension)) is not None and found.key == key
    return f"{own.stem or 'index'}.{extension if fits else key}"
