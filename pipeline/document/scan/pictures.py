"""Bytes of a file → the pictures of its pages, at one resolution. Sizes are looked at before anything is unpacked."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence

import cv2
import numpy as np
import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline.document.limits import LIMITS
from pipeline.document.pdf import is_picture, table_pictures
from pipeline.document.pdfium import Edges, pages_of
from pipeline.document.read import format_of, reader_of
from pipeline.document.refusal import RefusedError, refusal
from pipeline.document.scan.engine import Picture
from pipeline.document.scan.straight import DPI

SHORT_SIDE, LONG_SIDE = (
    8.27,
    11.69,
)  # inches: a photograph does not say how large its page is, so it is taken for A4
PIXELS_AN_INCH = 96  # of a picture in a text that does not say how large it is shown
LEAST_WIDTH, LEAST_HEIGHT = 240, 60  # pixels: no picture in a text is a table that is smaller
LARGEST = 4  # times the pixels of A4 to which a page is brought at most

Image.MAX_IMAGE_PIXELS = None  # ours is asked first, and is a finding


def scanned_pages(data: bytes) -> list[int]:
    """The numbers of the pages of a file that are pictures, or show some that may be tables among their text, from 1.

    Raises:
        RefusedError: encrypted (D103), too large or too many pages (D104), damaged (D105).
    """
    embedded = _embedded(data)
    if embedded is not None:
        numbers = [number for number, (picture, _) in enumerate(embedded, 1) if _may_be_a_table(picture)]
    elif _is_pdf(data):
        numbers = [page.number for page in pages_of(data) if is_picture(page) or table_pictures(page)]
    else:
        with _opened(data) as image:
            numbers = list(range(1, getattr(image, "n_frames", 1) + 1))
    if len(numbers) > LIMITS.scanned_pages:
        raise refusal("D104", "scan_pages", count=len(numbers), limit=LIMITS.scanned_pages)
    return numbers


def picture_of(data: bytes, number: int) -> Picture:
    """One page, or one of the pictures among a text, as red, green and blue, at ``DPI`` pixels an inch."""
    embedded = _embedded(data)
    if embedded is not None:
        picture, inches = embedded[number - 1]
        return _scaled(_pixels(picture, 1), inches, is_page=False)
    return _pdf_page(data, number) if _is_pdf(data) else _scaled(_pixels(data, number), 0.0, is_page=True)


def _embedded(data: bytes) -> list[tuple[bytes, float]] | None:
    """The pictures among a text, with the width in inches at which each is shown; None where the file is no such text."""
    pictures = reader_of(format_of(data)).embedded
    return pictures(data) if pictures else None


def _may_be_a_table(picture: bytes) -> bool:
    """Whether a picture among a text is large enough, and can be opened; the others are decoration."""
    try:
        with _opened(picture) as image:
            return image.width >= LEAST_WIDTH and image.height >= LEAST_HEIGHT
    except RefusedError:
        return False


def _is_pdf(data: bytes) -> bool:
    return b"%PDF-" in data[:1024]


def _pdf_page(data: bytes, number: int) -> Picture:
    """A page of a PDF; where it has text of its own, its pictures alone, each where it stands."""
    shown = next(table_pictures(page) for page in pages_of(data) if page.number == number)
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[number - 1]
        width, height = page.get_size()
        scale = _scale(width, height, DPI / 72)
        return _only(_colour(page.render(scale=scale, rev_byteorder=True).to_numpy()), shown, scale)
    finally:
        document.close()


def _only(picture: Picture, shown: Sequence[Edges], scale: float) -> Picture:
    """A picture with white around the parts that are shown; all of it where none is named."""
    if not shown:
        return picture
    found = np.full_like(picture, 255)
    for edges in shown:
        left, top, right, bottom = (max(0, round(edge * scale)) for edge in edges)
        found[top:bottom, left:right] = picture[top:bottom, left:right]
    return found


def _scale(width: float, height: float, scale: float) -> float:
    """The scale, or a smaller one where the page would become larger than pages are."""
    most = LARGEST * DPI * DPI * SHORT_SIDE * SHORT_SIDE * 2**0.5
    return float(min(scale, (most / max(width * height, 1)) ** 0.5))


def _pixels(data: bytes, number: int) -> Picture:
    with _opened(data) as image:
        try:
            image.seek(number - 1)
            _refuse_large(image)
            return np.asarray(ImageOps.exif_transpose(_on_white(image)).convert("RGB"))
        except (OSError, ValueError, SyntaxError, EOFError) as error:
            raise _damaged() from error


def _scaled(picture: Picture, inches: float, *, is_page: bool) -> Picture:
    """A picture at ``DPI`` pixels an inch: as wide as it is said to be, and never larger than the sheet that it is on."""
    height, width = picture.shape[:2]
    sheet = min(SHORT_SIDE / min(width, height), LONG_SIDE / max(width, height))
    shown = (inches or width / PIXELS_AN_INCH) / width
    scale = _scale(width, height, DPI * (sheet if is_page else min(sheet, shown)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=how))


def _opened(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise _damaged() from error
    _refuse_large(image)
    return image


def _refuse_large(image: Image.Image) -> None:
    width, height = image.size
    if width * height > LIMITS.pixels or min(width, height) * 40 < max(width, height):
        raise refusal("D104", "picture_pixels", width=width, height=height, limit=LIMITS.pixels)


def _on_white(image: Image.Image) -> Image.Image:
    """What is transparent is paper."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image
    seen = image.convert("RGBA")
    paper = Image.new("RGBA", seen.size, "white")
    paper.alpha_composite(seen)
    return paper


def _colour(pixels: Picture) -> Picture:
    """Three channels, whatever PDFium gave."""
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        return np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)
    return np.ascontiguousarray(pixels[:, :, :3])


def _damaged() -> RefusedError:
    return refusal("D105", "picture_incomplete")
