"""A printed report → pictures of its pages, as copiers and phones make them.

A page is drawn at 300 dots an inch and then spoiled: tilted, blurred, paled, stained and scaled down, all from a seed.
Needs a font with Chinese characters on the machine; which one is found decides how the letters look, not what they say.
"""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.synthetic.sheet import Box, Printed, Sheet, Text

Picture = NDArray[np.uint8]

DPI = 300  # at which pages are drawn
WIDTH, HEIGHT = 2480, 3508  # A4
MARGIN = 240
PADDING = 10
FONT_FOLDERS = ("/usr/share/fonts", "/Library/Fonts", "/System/Library/Fonts", "C:/Windows/Fonts")
SERIF = ("NotoSerifCJK-Regular.ttc", "simsun.ttc", "Songti.ttc", "SourceHanSerif-Regular.ttc")
SANS = ("NotoSansCJK-Regular.ttc", "simhei.ttf", "wqy-zenhei.ttc", "PingFang.ttc")
LATIN = (
    "",
    "DejaVuSerif.ttf",
    "DejaVuSans.ttf",
    "LiberationSerif-Regular.ttf",
)  # "": the Chinese font's own digits


@dataclass(frozen=True)
class Spoiling:
    """What becomes of a page; lengths are pixels of the finished picture.

    Attributes:
        tilt: degrees.
        ink, paper: grey of letters and ground, 0 to 255.
        specks: dots of dirt a page.
        jpeg: quality; 0 keeps every pixel (PNG).
    """

    dpi: int = 200
    tilt: float = 0.0
    blur: float = 0.0
    ink: int = 0
    paper: int = 255
    shade: int = 0
    noise: float = 0.0
    specks: int = 0
    stamp: bool = False
    jpeg: int = 0

    @property
    def is_hard(self) -> bool:
        """Whether it is of the kind of which fewer cells need be read."""
        return self.dpi < 150 or self.specks > 0


def draw_spoiling(rng: random.Random) -> Spoiling:
    """What copiers and phones do to a page: anything from nothing to much."""
    return Spoiling(
        dpi=rng.choice((110, 130, 150, 150, 180, 200, 220)),
        tilt=rng.choice((0.0, rng.uniform(-0.6, 0.6), rng.uniform(-2.0, 2.0))),
        blur=rng.choice((0.0, rng.uniform(0.3, 0.9))),
        ink=rng.choice((0, rng.randint(20, 90))),
        paper=rng.choice((255, rng.randint(200, 250))),
        shade=rng.choice((0, 0, rng.randint(10, 40))),
        noise=rng.choice((0.0, rng.uniform(1, 8))),
        specks=rng.choice((0, 0, rng.randint(20, 150))),
        stamp=rng.random() < 0.25,
        jpeg=rng.choice((0, 85, 75, 60)),
    )


# -- drawing --------------------------------------------------------------------------------------------------------


@cache
def _font_file(names: tuple[str, ...]) -> str:
    for name in names:
        for folder in FONT_FOLDERS:
            for path in sorted(Path(folder).rglob(name)) if Path(folder).is_dir() else ():
                return str(path)
    return ""


@cache
def _font(file: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size, index=2 if file.endswith("CJK-Regular.ttc") else 0)


@dataclass(frozen=True)
class Type:
    """The fonts of one report."""

    chinese: str
    latin: str

    def of(self, char: str, size: int) -> ImageFont.FreeTypeFont:
        """The font of one character."""
        return _font(self.latin if self.latin and ord(char) < 128 else self.chinese, size)

    def width(self, text: str, size: int) -> float:
        """How wide a text is printed."""
        return sum(self.of(char, size).getlength(char) for char in text)


def has_fonts() -> bool:
    """Whether a font with Chinese characters was found."""
    return bool(_font_file(SERIF) or _font_file(SANS))


def _type(rng: random.Random) -> Type:
    chinese = _font_file(rng.choice((SERIF, SANS))) or _font_file(SERIF) or _font_file(SANS)
    latin = rng.choice(LATIN)
    return Type(chinese, _font_file((latin,)) if latin else "")


class _Pages:
    """Pages that are filled from top to bottom."""

    def __init__(self, fonts: Type, line: int) -> None:
        self.fonts = fonts
        self.line = line  # thickness of ruling lines
        self.pages: list[Image.Image] = []
        self.new()

    def new(self) -> None:
        self.image = Image.new("L", (WIDTH, HEIGHT), 255)
        self.pages.append(self.image)
        self.draw = ImageDraw.Draw(self.image)
        self.y = MARGIN

    def text(self, x: float, y: float, text: str, size: int) -> None:
        for char in text:
            font = self.fonts.of(char, size)
            self.draw.text((x, y + 0.88 * size), char, fill=0, font=font, anchor="ls")
            x += font.getlength(char)

    def paragraph(self, block: Text) -> None:
        size, middle = {"title": (66, True), "heading": (58, False)}.get(block.role, (50, False))
        indent = "" if middle else "　　"
        for line in wrapped(indent + block.text, size, WIDTH - 2 * MARGIN, self.fonts):
            if self.y + size > HEIGHT - MARGIN:
                self.new()
            x = (WIDTH - self.fonts.width(line, size)) / 2 if middle else MARGIN
            self.text(x, self.y, line, size)
            self.y += round(1.5 * size)
        self.y += 20

    def table(self, sheet: Sheet, size: int) -> None:
        grid = sheet.grid()
        xs = _columns(sheet)
        heights = self._heights(sheet, grid, xs, size)
        start = 0
        while start < len(grid):
            end, room = start, HEIGHT - MARGIN - self.y
            while end < len(grid) and sum(heights[start : end + 1]) <= room:
                end += 1
            if end == start:
                self.new()
                continue
            self._part(grid, xs, heights, start, end, size)
            self.y += sum(heights[start:end]) + 30
            start = end

    def _heights(
        self, sheet: Sheet, grid: list[list[tuple[Box, bool] | None]], xs: list[int], size: int
    ) -> list[int]:
        least = round(1.25 * size) + 2 * PADDING
        heights = [least] * len(grid)
        for number, line in enumerate(grid):
            for column, slot in enumerate(line):
                if slot is None or not slot[1] or slot[0] not in sheet.rows[number]:
                    continue
                box = slot[0]
                width = xs[min(column + box.wide, len(xs) - 1)] - xs[column] - 2 * PADDING
                lines = len(wrapped(box.text, size, width, self.fonts))
                need = round(1.25 * size) * lines + 2 * PADDING
                rows = range(number, min(number + box.tall, len(grid)))
                if (lack := need - sum(heights[row] for row in rows)) > 0:
                    heights[rows[-1]] += lack
        return heights

    def _part(
        self,
        grid: list[list[tuple[Box, bool] | None]],
        xs: list[int],
        heights: list[int],
        start: int,
        end: int,
        size: int,
    ) -> None:
        """The rows of a table that stand on this page; a box that goes on from the page before has no text here."""
        done: set[int] = set()
        for number in range(start, end):
            top = self.y + sum(heights[start:number])
            for column, slot in enumerate(grid[number]):
                if slot is None or id(slot[0]) in done:
                    continue
                box = slot[0]
                done.add(id(box))
                rows = [n for n in range(number, end) if any(s and s[0] is box for s in grid[n])]
                right = xs[min(column + box.wide, len(xs) - 1)]
                bottom = top + sum(heights[n] for n in rows)
                self.draw.rectangle((xs[column], top, right, bottom), outline=0, width=self.line)
                if slot[1] and (number == 0 or not any(s and s[0] is box for s in grid[number - 1])):
                    self._inside(box, xs[column], top, right, bottom, size)

    def _inside(self, box: Box, left: int, top: int, right: int, bottom: int, size: int) -> None:
        lines = wrapped(box.text, size, right - left - 2 * PADDING, self.fonts)
        step = round(1.25 * size)
        y = (top + bottom - step * len(lines)) / 2 + 0.1 * size
        for line in lines:
            x = (left + right - self.fonts.width(line, size)) / 2
            self.text(x, y, line, size)
            y += step


def wrapped(text: str, size: int, width: float, fonts: Type) -> list[str]:
    """A text in lines that are not wider than a width; figures are not broken."""
    lines = []
    for piece in text.split("\n"):
        line = ""
        for char in piece:
            if (
                line
                and fonts.width(line + char, size) > width
                and not (char.isdigit() and line[-1].isdigit())
            ):
                lines.append(line)
                line = ""
            line += char
        lines.append(line)
    return lines


def _columns(sheet: Sheet) -> list[int]:
    """The borders of the columns."""
    shares = [1.0] * sheet.width
    if sheet.table == "requests":
        labels = sheet.width - 7
        shares = [1.2, 1.6, 3.4][:labels] + [1.0] * 7
    if sheet.table == "proactive":
        shares = [1.6] + [1.0] * (sheet.width - 1)
    total, xs = sum(shares), [MARGIN]
    for share in shares:
        xs.append(xs[-1] + round((WIDTH - 2 * MARGIN) * share / total))
    return xs


def draw_pages(printed: Printed, rng: random.Random) -> list[Picture]:
    """The pages of a report in black on white, at 300 dots an inch."""
    pages = _Pages(_type(rng), rng.choice((2, 3, 4, 6)))
    size = rng.choice((38, 42, 46))
    for block in printed.blocks:
        if isinstance(block, Sheet):
            pages.table(block, size if block.table != "review_litigation" else 34)
        elif block.text == "\f":
            pages.new()
        else:
            pages.paragraph(block)
    return [np.array(page) for page in pages.pages]


# -- spoiling -------------------------------------------------------------------------------------------------------


def spoil(page: Picture, how: Spoiling, rng: random.Random) -> Picture:
    """One page as a colour picture (height, width, 3), as ``how`` says."""
    noise = np.random.default_rng(rng.randrange(2**32))
    scale = how.dpi / DPI
    picture = page
    if how.tilt:
        matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), how.tilt, 1.0)
        picture = cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_AREA, borderValue=255)  # type: ignore[assignment]
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    if how.blur:
        picture = cv2.GaussianBlur(picture, (0, 0), how.blur)  # type: ignore[assignment]
    grey = how.ink + picture.astype(np.float32) / 255 * (how.paper - how.ink)
    height, width = grey.shape
    if how.shade:
        slope = (
            np.linspace(0, 1, width, dtype=np.float32)[None, :]
            + np.linspace(0, 1, height, dtype=np.float32)[:, None]
        )
        grey -= how.shade * slope / 2
    if how.noise:
        grey += noise.normal(0, how.noise, grey.shape)
    for _ in range(how.specks):
        x, y = rng.randrange(width), rng.randrange(height)
        cv2.circle(grey, (x, y), rng.choice((0, 1, 1, 2)), float(rng.randint(0, 120)), -1)
    colour = np.repeat(np.clip(grey, 0, 255)[:, :, None], 3, axis=2)
    if how.stamp:
        _stamp(colour, how.dpi, rng)
    done = np.clip(colour, 0, 255).astype(np.uint8)
    if how.jpeg:
        return np.array(Image.open(io.BytesIO(encoded(done, how.jpeg))))
    return done


def _stamp(colour: NDArray[np.float32], dpi: int, rng: random.Random) -> None:
    """A round red seal over whatever stands there: red lets darker ink through."""
    height, width = colour.shape[:2]
    radius = round(0.8 * dpi)
    centre = (rng.randint(radius, width - radius), rng.randint(radius, height - radius))
    mask = np.zeros((height, width), np.uint8)
    cv2.circle(mask, centre, radius, 255, max(2, dpi // 40))
    points = [
        (centre[0] + round(radius * (0.4 if n % 2 == 0 else 0.16) * np.sin(n * np.pi / 5)),
         centre[1] - round(radius * (0.4 if n % 2 == 0 else 0.16) * np.cos(n * np.pi / 5)))
        for n in range(10)
    ]  # fmt: skip
    cv2.fillPoly(mask, [np.array(points, np.int32)], 255)
    red = np.array((215, 60, 60), np.float32)
    where = mask > 0
    colour[where] = np.minimum(colour[where], red)


def encoded(picture: Picture, jpeg: int = 0) -> bytes:
    """The bytes of a PNG, or of a JPEG of some quality."""
    stream = io.BytesIO()
    image = Image.fromarray(picture)
    image.save(stream, "JPEG", quality=jpeg) if jpeg else image.save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def as_pdf(pictures: Sequence[bytes], dpi: int) -> bytes:
    """A PDF of pictures, one a page."""
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1)
    for picture in pictures:
        reader = ImageReader(io.BytesIO(picture))
        width, height = (72 * side / dpi for side in reader.getSize())
        canvas.setPageSize((width, height))
        canvas.drawImage(reader, 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def scan(printed: Printed, rng: random.Random, how: Spoiling) -> bytes:
    """The PDF that a copier makes of a report."""
    pages = [spoil(page, how, rng) for page in draw_pages(printed, rng)]
    return as_pdf([encoded(page, how.jpeg) for page in pages], how.dpi)
