"""The picture that a link to a page shows when it is shared: whose it is, its figures, what became of the requests.

Comes in: words and numbers that a page shows. Goes out: a PNG, the same bytes for the same card. It is in Chinese with
the numbers large, so that both languages share it; Open Graph wants no SVG, and loads no font of ours.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import PIL
from PIL import Image, ImageColor, ImageDraw, ImageFont

from pipeline.knowledge.settings import settings
from pipeline.model.text import Text
from pipeline.pages.charts.outcomes import OPEN, parts_of
from pipeline.pages.charts.shapes import COLOURS, kind_of
from pipeline.pages.charts.tables import cell
from pipeline.pages.kept import Kept
from pipeline.pages.parts import amounts
from pipeline.pages.parts.amounts import Amount, Basis, Requests
from pipeline.pages.words import Words, figure
from pipeline.published.records import Package, Report

FONT = Path(__file__).with_name("fonts") / "NotoSansSC-subset.otf"
WIDE, HIGH, EDGE = 600, 315, 32  # pixels: the least that is shown large, so that 10,000 of them stay small
PAPER, INK, MUTED, BAND = "#ffffff", "#1b2630", "#54616d", "#1d5266"
SHADES = 5  # between paper and each colour of letters, for smooth edges
LONGEST_TITLE = 2  # lines
CARD = "card.png"  # beside the page


@dataclass(frozen=True)
class Card:
    """What a picture says.

    Attributes:
        title: whose figures these are; two lines at most.
        about: which year, in small letters.
        numbers: a few pairs of a large number, as text, and what it counts.
        parts: colour, words and size of each part of the bar; none where there is nothing to draw.
        foot: the name of the site, and a warning where the figures are invented.
    """

    title: str
    about: str
    numbers: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, str, Decimal], ...]
    foot: str

    @property
    def key(self) -> str:
        """What tells it from any other card; also of another drawing or font."""
        said = repr((astuple(self), _drawn_by()))
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def card(package: Package, title: Text, year: int, requests: Requests, reports: int = 1) -> Card | None:
    """The card of a report, of an agency's latest one, or of several added up; None where the font lacks a character, or
    the form asks about no requests.

    Args:
        title: whose figures these are.
        year: of the reports.
        requests: what came in and what became of it; a number that is not stated says so.
        reports: how many were added up.
    """
    if not requests.asked:
        return None
    words = Words(settings().languages[0])
    rows = [
        (requests.received, words("years.received")),
        (requests.closed, words("years.closed")),
        (requests.carried_out, words.label(package.items[OPEN].short)),
    ]
    invented = package.descriptor.invented
    said = Card(
        title=words.label(title),
        about=words("card.report" if reports == 1 else "card.reports", year=str(year), n=reports),
        numbers=tuple(_number(*row, words) for row in rows[: 1 if requests.nothing else None]),
        parts=tuple(
            (kind_of(item), words.label(package.items[item].short), amount.number)
            for item, amount in parts_of(requests).items()
            if amount.number
        ),
        foot=words.join(
            (settings().title[words.language], words("card.invented" if invented else "card.foot")),
            "list.dot",
        ),
    )
    return said if can_draw(said) else None


def _number(amount: Amount, label: str, words: Words) -> tuple[str, str]:
    """A number as a table says it, and what it counts; that it was added up stands in small letters."""
    if amount.basis is Basis.SUMMED:
        return figure(amount.number), words("cell_summed", n=label)
    return cell(amount, words), label


def report_card(package: Package, report: Report) -> Card | None:
    """The card of one report; None where it cannot be drawn."""
    return card(package, report.agency.name, report.year, amounts.requests(report))


def can_draw(card: Card) -> bool:
    """Whether the font has every character; a name with a box in it would be a wrong name."""
    said = [card.title, card.about, card.foot, *(text for pair in card.numbers for text in pair)]
    return set("".join((*said, *(words for _, words, _ in card.parts)))) <= _characters()


def png(card: Card, kept: Kept) -> bytes:
    """The picture as PNG, drawn only where it was not before."""
    return kept.get(f"{card.key}.png", lambda: draw(card))


def draw(card: Card) -> bytes:
    """The picture as PNG."""
    image = Image.new("RGB", (WIDE, HIGH), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDE, 7), fill=BAND)
    top = 24
    for line in _lines(card.title, 32):
        pen.text((EDGE, top), line, INK, _font(32), stroke_width=0.5)
        top += 41
    pen.text((EDGE, top + 3), card.about, MUTED, _font(19))
    left = float(EDGE)
    for number, words in card.numbers:
        pen.text((left, 118), number, BAND, _font(46), stroke_width=0.6)
        pen.text((left + 2, 182), words, MUTED, _font(17))
        left += max(_font(46).getlength(number), _font(17).getlength(words)) + 40
    _bar(pen, card.parts)
    _legend(pen, card.parts)
    pen.text((EDGE, HIGH - 30), card.foot, MUTED, _font(16))
    file = io.BytesIO()
    # A palette that is known beforehand: finding one would take ten times as long as all the drawing.
    image.quantize(palette=_palette(), dither=Image.Dither.NONE).save(file, "PNG", compress_level=6)
    return file.getvalue()


def _bar(pen: ImageDraw.ImageDraw, parts: Sequence[tuple[str, str, Decimal]]) -> None:
    whole = sum((value for *_, value in parts), Decimal(0))
    left = Decimal(EDGE)
    for kind, _, value in parts:
        wide = value * (WIDE - 2 * EDGE) / whole
        pen.rectangle((float(left), 212, max(float(left), float(left + wide) - 2), 231), fill=COLOURS[kind])
        left += wide


def _legend(pen: ImageDraw.ImageDraw, parts: Sequence[tuple[str, str, Decimal]]) -> None:
    """What the colours are, in two lines."""
    left, top = float(EDGE), 236
    for kind, words, value in parts:
        text = f"{words} {figure(value)}"
        wide = 14 + _font(15).getlength(text)
        if left + wide > WIDE - EDGE:
            left, top = float(EDGE), top + 21
        pen.rectangle((left, top + 7, left + 9, top + 16), fill=COLOURS[kind])
        pen.text((left + 14, top), text, INK, _font(15))
        left += wide + 16


@cache
def _palette() -> Image.Image:
    shades = [
        tuple(p + (c - p) * step // SHADES for p, c in zip(paper, colour, strict=True))
        for paper in [ImageColor.getrgb(PAPER)]
        for colour in map(ImageColor.getrgb, (INK, MUTED, BAND))
        for step in range(SHADES + 1)
    ]
    image = Image.new("P", (1, 1))
    flat = [ImageColor.getrgb(colour) for colour in COLOURS.values()]
    image.putpalette([part for colour in dict.fromkeys([*shades, *flat]) for part in colour])
    return image


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _drawn_by() -> str:
    """This drawing, its font and the library: whatever may change a picture."""
    parts = (FONT.read_bytes(), Path(__file__).read_bytes(), PIL.__version__.encode())
    return hashlib.sha256(b"".join(parts)).hexdigest()


@cache
def _characters() -> frozenset[str]:
    return frozenset(FONT.with_name("characters.txt").read_text(encoding="utf-8"))


def _lines(text: str, size: int) -> list[str]:
    """A title in lines that fit; what is too long for them ends in dots."""
    lines = [""]
    for letter in text:
        if _font(size).getlength(lines[-1] + letter) > WIDE - 2 * EDGE:
            lines.append("")
        lines[-1] += letter
    return (
        lines
        if len(lines) <= LONGEST_TITLE
        else [*lines[: LONGEST_TITLE - 1], lines[LONGEST_TITLE - 1][:-1] + "…"]
    )
