"""PDFium → characters and ruling lines of each page, as plain values. The only module that knows PDFium.

Coordinates are points from the upper left corner of the page as it is seen: a page that is stored turned is turned back.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.document.limits import LIMITS
from pipeline.document.refusal import refusal
from pipeline.document.rulings import RulingLine
from pipeline.model.recognition import Piece

if TYPE_CHECKING:
    from PIL.Image import Image

THIN = 3.0  # points: a filled rectangle up to so thin is a line
SHORTEST = 3.0
STRAIGHT = 1.0  # a line may be so far from level
INVISIBLE = 3  # text render mode of the text that recognition software puts over a picture
DEEPEST_FORM = 8
LARGEST = 2.0  # times the size of type: no box around a character is larger both ways
HYPHEN = 0x02  # PDFium's code for a hyphen at the end of a line
UNMAPPED = (0x00, 0xFFFE, 0xFFFF)


Edges = tuple[float, float, float, float]  # left, top, right, bottom, in points


@dataclass(frozen=True)
class Char:
    """One printed character, the box around it, and its size of type."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    piece: Piece | None = None  # a whole line of text that was recognised in a picture


@dataclass
class Page:
    """What stands on one page.

    Attributes:
        number: from 1.
        across, down: horizontal and vertical lines.
        pictures: left, top, right, bottom of the pictures that it shows.
        is_recognised: whether its text lies invisibly over a picture.
        is_scanned: whether all of it was recognised in pictures by us.
        is_among_text: whether these pictures stand on a page that has text of its own, which is another ``Page``.
        is_turned: whether they were turned by quarters to be read, so that its coordinates are not those of that text.
    """

    number: int
    width: float
    height: float
    chars: list[Char] = field(default_factory=list)
    across: list[RulingLine] = field(default_factory=list)
    down: list[RulingLine] = field(default_factory=list)
    pictures: list[Edges] = field(default_factory=list)
    is_recognised: bool = False
    is_scanned: bool = False
    is_among_text: bool = False
    is_turned: bool = False

    @property
    def name(self) -> str:
        """How places on it begin."""
        return f"p. {self.number} picture" if self.is_among_text else f"p. {self.number}"


def draw(data: bytes, number: int, scale: float) -> Image:
    """A page as a picture in shades of grey.

    Args:
        data: a PDF that ``pages_of`` has read.
        number: of the page, from 1.
        scale: pixels a point.

    Raises:
        RefusedError: it would be larger than a picture may be (D104).
    """
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[number - 1]
        width, height = page.get_size()
        if width * height * scale * scale > LIMITS.pixels:
            raise refusal(
                "D104",
                "picture_pixels",
                width=int(width * scale),
                height=int(height * scale),
                limit=LIMITS.pixels,
            )
        shown: Image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
        return shown
    finally:
        document.close()


def pages_of(data: bytes) -> Iterator[Page]:
    """The pages of a PDF.

    Raises:
        RefusedError: encrypted (D103), too many pages or objects (D104), damaged (D105).
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise refusal("D103") from error
        raise refusal("D105", "pdf_incomplete") from error
    try:
        count = len(document)
        if count > LIMITS.pages:
            raise refusal("D104", "pdf_pages", limit=LIMITS.pages, count=count)
        if count == 0:
            raise refusal("D105", "pdf_no_pages")
        for number in range(count):
            try:
                page = document[number]
            except pypdfium2.PdfiumError as error:
                raise refusal("D105", "pdf_page_unreadable", page=number + 1) from error
            try:
                yield _page(page, number + 1)
            finally:
                page.close()
    finally:
        document.close()


@dataclass(frozen=True)
class _View:
    """From the page as stored to the page as seen."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int  # quarter turns to the right

    def point(self, x: float, y: float) -> tuple[float, float]:
        if self.turns == 1:
            return y - self.bottom, x - self.left
        if self.turns == 2:
            return self.right - x, y - self.bottom
        if self.turns == 3:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """Left, top, right, bottom as seen."""
        (x1, y1), (x2, y2) = self.point(left, bottom), self.point(right, top)
        return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _page(page: pypdfium2.PdfPage, number: int) -> Page:
    left, bottom, right, top = page.get_bbox()
    view = _View(left, bottom, right, top, page.get_rotation() // 90)
    width, height = abs(view.right - view.left), abs(view.top - view.bottom)
    if view.turns % 2:
        width, height = height, width
    found = Page(number, width, height)
    found.chars = list(_chars(page, view))
    invisible = _Objects(page, view, found).read()
    found.is_recognised = invisible and bool(found.pictures)
    return found


def _chars(page: pypdfium2.PdfPage, view: _View) -> Iterator[Char]:
    text_page = page.get_textpage()
    try:
        handle = text_page.raw
        count = pdfium.FPDFText_CountChars(handle)
        if count > LIMITS.page_objects:
            raise refusal("D104", "page_characters", limit=LIMITS.page_objects)
        box = pdfium.FS_RECTF()
        high = 0
        for index in range(count):
            if pdfium.FPDFText_IsGenerated(handle, index) == 1:
                continue  # blanks and line ends that PDFium guessed
            code = pdfium.FPDFText_GetUnicode(handle, index)
            if 0xD800 <= code < 0xDC00:
                high = code
                continue
            if 0xDC00 <= code < 0xE000:
                code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
                high = 0
            if code in (0x0A, 0x0D):
                continue
            if not pdfium.FPDFText_GetLooseCharBox(handle, index, box):
                continue
            left, top, right, bottom = view.box(box.left, box.bottom, box.right, box.top)
            size = bottom - top
            most = LARGEST * _size_of_type(handle, index)
            if 0 < most < min(right - left, size):  # so PDFium boxes upright writing that is scaled
                left, top, right, bottom = view.box(*_tight_box(handle, index))
                size = max(right - left, bottom - top)
            yield Char(_character(handle, index, code), left, top, right, bottom, size)
    finally:
        text_page.close()


def _size_of_type(handle: object, index: int) -> float:
    """In points on the page; 0 where PDFium does not know."""
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFText_GetMatrix(handle, index, matrix):
        return 0.0
    return float(pdfium.FPDFText_GetFontSize(handle, index)) * math.hypot(matrix.c, matrix.d)


def _tight_box(handle: object, index: int) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of what is inked, as stored."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(handle, index, left, right, bottom, top)
    return left.value, bottom.value, right.value, top.value


def _character(handle: object, index: int, code: int) -> str:
    if code == HYPHEN:
        return "-"
    private = 0xE000 <= code < 0xF900 or code >= 0xF0000
    if code in UNMAPPED or private or pdfium.FPDFText_HasUnicodeMapError(handle, index) == 1:
        return "\ufffd"
    return chr(code)


Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


class _Objects:
    """Goes through the objects of a page, also those inside forms, and notes lines and pictures."""

    def __init__(self, page: pypdfium2.PdfPage, view: _View, found: Page) -> None:
        self.page = page
        self.view = view
        self.found = found
        self.seen = 0
        self.texts = 0
        self.invisible = 0

    def read(self) -> bool:
        """Notes everything; says whether most of the text is invisible."""
        handle = self.page.raw
        for index in range(pdfium.FPDFPage_CountObjects(handle)):
            self._object(pdfium.FPDFPage_GetObject(handle, index), IDENTITY, 0)
        return self.invisible * 2 > self.texts > 0

    def _object(self, item: object, outer: Matrix, depth: int) -> None:
        self.seen += 1
        if self.seen > LIMITS.page_objects:
            raise refusal("D104", "page_objects", limit=LIMITS.page_objects)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._path(item, _times(_matrix(item), outer))
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            self.found.pictures.append(self._edges(_times(_matrix(item), outer)))
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
            self.texts += 1
            self.invisible += pdfium.FPDFTextObj_GetTextRenderMode(item) == INVISIBLE
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < DEEPEST_FORM:
            inner = _times(_matrix(item), outer)
            for index in range(pdfium.FPDFFormObj_CountObjects(item)):
                self._object(pdfium.FPDFFormObj_GetObject(item, index), inner, depth + 1)

    def _edges(self, matrix: Matrix) -> Edges:
        """Where a picture stands, which is a square of one by one before it is put there."""
        a, b, c, d, e, f = matrix
        xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
        return self.view.box(min(xs), min(ys), max(xs), max(ys))

    def _path(self, item: object, matrix: Matrix) -> None:
        fill, stroke = ctypes.c_int(), pdfium.FPDF_BOOL()
        if not pdfium.FPDFPath_GetDrawMode(item, fill, stroke):
            return
        filled = bool(fill.value) and not _is_white(item, pdfium.FPDFPageObj_GetFillColor)
        stroked = bool(stroke.value) and not _is_white(item, pdfium.FPDFPageObj_GetStrokeColor)
        if not filled and not stroked:
            return
        for points in self._subpaths(item, matrix):
            if stroked:
                for (x1, y1), (x2, y2) in zip(points, points[1:], strict=False):
                    self._line(x1, y1, x2, y2)
            elif len(points) > 1:
                xs, ys = [x for x, _ in points], [y for _, y in points]
                if min(max(xs) - min(xs), max(ys) - min(ys)) <= THIN:
                    self._thin(min(xs), min(ys), max(xs), max(ys))

    def _subpaths(self, item: object, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
        a, b, c, d, e, f = matrix
        x, y = ctypes.c_float(), ctypes.c_float()
        points: list[tuple[float, float]] = []
        for index in range(pdfium.FPDFPath_CountSegments(item)):
            self.seen += 1
            if self.seen > LIMITS.page_objects:
                raise refusal("D104", "page_lines", limit=LIMITS.page_objects)
            segment = pdfium.FPDFPath_GetPathSegment(item, index)
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            seen = self.view.point(a * x.value + c * y.value + e, b * x.value + d * y.value + f)
            if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
                if points:
                    yield points
                points = []
            points.append(seen)
            if pdfium.FPDFPathSegment_GetClose(segment) and points[0] != seen:
                points.append(points[0])
        if points:
            yield points

    def _line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        if abs(y1 - y2) <= STRAIGHT and abs(x1 - x2) >= SHORTEST:
            self.found.across.append(RulingLine((y1 + y2) / 2, min(x1, x2), max(x1, x2)))
        elif abs(x1 - x2) <= STRAIGHT and abs(y1 - y2) >= SHORTEST:
            self.found.down.append(RulingLine((x1 + x2) / 2, min(y1, y2), max(y1, y2)))

    def _thin(self, left: float, top: float, right: float, bottom: float) -> None:
        if right - left >= bottom - top and right - left >= SHORTEST:
            self.found.across.append(RulingLine((top + bottom) / 2, left, right))
        elif bottom - top > right - left and bottom - top >= SHORTEST:
            self.found.down.append(RulingLine((left + right) / 2, top, bottom))


def _matrix(item: object) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, matrix):
        return IDENTITY
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _is_white(item: object, get_colour: object) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not callable(get_colour) or not get_colour(item, red, green, blue, alpha):
        return False
    return alpha.value == 0 or min(red.value, green.value, blue.value) >= 250
