"""The archived file of a report, so that every figure leads to where it is printed, on our own host.

Comes in: the package, and its ``reports/`` if that lies there too; a site made from the package alone has no such pages.
Goes out: a page for each report that is plain text, its lines numbered, or Word or HTML, its paragraphs and tables as
they were read, or a PDF, its pages as pictures. Contact data are left out as in the package.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipeline.document import page_pictures, pdf, pdfium
from pipeline.document.page_pictures import PagePicture
from pipeline.document.refusal import RefusedError
from pipeline.document.sandbox import ReaderError, read_bounded
from pipeline.model.document import Cell, Paragraph
from pipeline.pages.addresses import Page, report_path, source_path
from pipeline.pages.context import Context, once
from pipeline.pages.pictures import has_clippings
from pipeline.pages.words import line_of
from pipeline.published.records import Package, Report
from pipeline.safety.escape import visible
from pipeline.safety.redact import redact

TEXT, PDF, READ = "txt", "pdf", ("docx", "html")
LARGEST_TEXT = 150_000  # bytes; a longer file is no page for a phone
LARGEST_READ = 5_000_000  # bytes of a file that is read once more
LONGEST = 150_000  # letters of what was read in it, with its addresses
MOST_PICTURED = 500  # reports, the newest: some 100 KB each, and pictures of all would be most of the site


@dataclass(frozen=True)
class Part:
    """A paragraph, or the rows of a table: of each its address and its cells, with how many columns each is wide."""

    anchor: str
    text: str = ""
    rows: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()


@dataclass(frozen=True)
class Marked:
    """A row on a picture: its address on the page, where it is in percent, what was read there."""

    anchor: str
    left: float
    top: float
    width: float
    height: float
    said: str


def archived(package: Package, report: Report) -> Path | None:
    """The file as it was received; None where it does not lie beside the package, or names a way out of it."""
    for folder in (package.folder, package.folder.parent):
        file = folder / report.source_file
        if report.source_file and file.is_file() and file.resolve().is_relative_to(folder.resolve()):
            return file
    return None


def archived_bytes(context: Context, report: Report) -> bytes | None:
    """What the page of a report's source would be made from; None where there is no such page."""
    if report.source_format == TEXT or is_pictured(context, report):
        file = archived(context.package, report)
        return file.read_bytes() if file else None
    return None


def is_pictured(context: Context, report: Report) -> bool:
    """Whether what is shown of a report is kept: Word and HTML as read, and the pages of the newest PDFs."""
    kept = report.source_format in READ or report.key in _pictured(context)
    return context.pictures is not None and kept


def has_source(context: Context, report: Report) -> bool:
    """Whether the report has a page with its lines or its pages."""
    if report.source_format == PDF:  # where clippings of a scan are shown, they are its page
        return has_clippings(report, context.clippings) is None and bool(_pictures(context, report))
    if report.source_format in READ:
        return bool(_parts(context, report))
    if report.source_format != TEXT:
        return False
    file = archived(context.package, report)
    return file is not None and file.stat().st_size <= LARGEST_TEXT


def source_page(context: Context, report: Report) -> Page | None:
    """The lines of a report, each with an address, ``#L30``, its tables, each row with one, ``#t2r4``, or its pages, ``#p3t2r4``.

    Returns:
        None where there is neither.
    """
    if not has_source(context, report):
        return None
    if report.source_format == PDF:
        shown = _pictures(context, report)
        said = dict(_said(context, report))
        pages = [(one, list(_marked(one, said))) for one in shown]
        pictures = {f"p{one.number}.webp": one.picture for one in shown}
        return _page(context, report, pictures, sheets=pages)
    if report.source_format in READ:
        return _page(context, report, {}, parts=_parts(context, report))
    file = archived(context.package, report)
    try:
        text = file.read_bytes().decode("utf-8-sig") if file else ""
    except UnicodeDecodeError:  # in another encoding: its lines are not ours to guess
        return None
    return _page(context, report, {}, lines=[visible(redact(line)) for line in text.splitlines()])


def _page(context: Context, report: Report, pictures: dict[str, bytes], **values: object) -> Page:
    words = context.words
    name, year = words.label(report.agency.name), str(report.year)
    title = words("source_page.title", agency=name, year=year)
    return Page(
        path=source_path(report),
        template="source",
        title=title,
        heading=title,
        description=title,
        values={
            "crumbs": [
                (words("nav.home"), ""),
                (words("nav.agencies"), "agencies/"),
                (name, f"agencies/{report.agency.key}/"),
                (year, report_path(report)),
            ],
            "report": report,
            "sheets": [],
            "parts": (),
            **values,
        },
        pictures=pictures,
        toc=False,
        twin=report_path(report),
    )


def _parts(context: Context, report: Report) -> tuple[Part, ...]:
    """A Word file or a page of HTML as it was read; none where the file is not there, is too large, or is not read again."""
    file = archived(context.package, report)
    if context.pictures is None or file is None or file.stat().st_size > LARGEST_READ:
        return ()
    data = file.read_bytes()
    key = hashlib.sha256(data + _read_by()).hexdigest()
    told = json.loads(context.pictures.get(f"{key[:32]}.parts", lambda: _read(data, file.name)))
    return tuple(Part(*one) for one in told)


def _read(data: bytes, name: str) -> bytes:
    try:
        blocks = read_bounded(data, name).blocks
    except (RefusedError, ReaderError):  # was said where the report was read
        blocks = ()
    parts = [
        (_anchor(block.place), _shown(block.text), ())
        if isinstance(block, Paragraph)
        else ("", "", tuple(_row(row) for row in block.rows if row))
        for block in blocks
    ]
    told = json.dumps(parts, ensure_ascii=False)
    return (told if len(told) <= LONGEST else "[]").encode()


def _row(cells: tuple[Cell, ...]) -> tuple[str, tuple[tuple[str, int], ...]]:
    """The address of a row, and its cells; where one above reaches into it, an empty one stands for it."""
    found: list[tuple[str, int]] = []
    end = 0
    for cell in cells:
        if cell.column > end:
            found.append(("", cell.column - end))
        found.append((_shown(cell.text), cell.width))
        end = cell.column + cell.width
    return line_of(cells[0].place), tuple(found)


def _anchor(place: str) -> str:
    return "".join(letter for letter in place if letter.isalnum())


def _shown(text: str) -> str:
    return visible(redact(text))


@cache
def _read_by() -> bytes:
    house = Path(__file__).parents[1]
    modules = (*sorted(house.glob("document/*.py")), *sorted(house.glob("safety/*.py")), Path(__file__))
    return b"".join(one.read_bytes() for one in modules)


@once
def _pictured(context: Context) -> frozenset[str]:
    """The reports whose pages are shown: the newest PDFs."""
    found = [one for one in context.package.reports if one.source_format == PDF]
    return frozenset(one.key for one in sorted(found, key=lambda one: (-one.year, one.key))[:MOST_PICTURED])


def _pictures(context: Context, report: Report) -> tuple[PagePicture, ...]:
    """The pages as pictures; none where the file is not there, cannot be drawn, or shows only scans."""
    if context.pictures is None or not is_pictured(context, report):
        return ()
    file = archived(context.package, report)
    if file is None:
        return ()
    data = file.read_bytes()
    key = hashlib.sha256(data + _drawn_by()).hexdigest()
    kept = json.loads(context.pictures.get(f"{key[:32]}.pages", lambda: _draw(data)))
    return tuple(PagePicture(**one | {"picture": b64decode(one["picture"])}) for one in kept)


def _draw(data: bytes) -> bytes:
    """The pages as JSON: what is kept travels, so it may be no program."""
    try:
        drawn = page_pictures.page_pictures(data)
    except (RefusedError, ReaderError):  # was said where the report was read; here it is only not shown
        drawn = ()
    kept = [
        vars(one) | {"picture": b64encode(one.picture).decode(), "boxes": dict(one.boxes)} for one in drawn
    ]
    return json.dumps(kept).encode()


@cache
def _drawn_by() -> bytes:
    modules = (page_pictures.__file__, pdf.__file__, pdfium.__file__, __file__)
    return b"".join([Path(str(one)).read_bytes() for one in modules]) + version("pypdfium2").encode()


def _said(context: Context, report: Report) -> Iterator[tuple[str, str]]:
    """Row of a table of the PDF → what was read there, in words."""
    words, package = context.words, context.package
    for (_, item), row in report.rows.items():
        if anchor := line_of(row.place):
            numbers = " · ".join("–" if value is None else f"{value:,f}" for value in row.values)
            yield anchor, f"{words.label(package.items[item].short)}: {numbers}"


def _marked(page: PagePicture, said: dict[str, str]) -> Iterator[Marked]:
    """The rows of a picture that figures were read from."""
    rows: dict[str, list[tuple[float, float, float, float]]] = {}
    for place, box in page.boxes.items():
        if (anchor := line_of(place)) in said:
            rows.setdefault(anchor, []).append(box)
    for anchor, boxes in rows.items():
        high = min(box[3] for box in boxes)  # a cell that spans rows below says nothing of this one
        boxes = [box for box in boxes if box[3] < 1.5 * high]
        left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
        right = max(box[0] + box[2] for box in boxes)
        yield Marked(anchor, left, top, round(right - left, 2), high, said[anchor])
