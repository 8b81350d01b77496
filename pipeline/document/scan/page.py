"""One picture of a page → its ruling lines and pieces of text.

In a ruled table each cell is cut out and read by itself; what stands around tables is found by the engine. A piece
that may be a figure, or of which the engine is not sure, is read once more by itself: enlarged and without dirt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

import cv2

from pipeline.document.rulings import RuledTable, RulingLine, ruled_tables
from pipeline.document.scan.engine import Engine, Picture
from pipeline.document.scan.ink import letter_height, lines_of_text, specks, without_dirt
from pipeline.document.scan.lines import ruling_lines
from pipeline.document.scan.straight import POINT, Box, Straight, straightened
from pipeline.model.recognition import UNREAD, Piece, ScannedPage, Seen, Stroke

SURE = 0.9  # pieces below are read again
MARK_LENGTH = 2  # characters: what is no longer may be a mark, or a figure misread
INSET = 1.2  # points of a cell's edge that may belong to its border
CHINESE = re.compile(r"[㐀-鿿]+")
MARKS = "一无零〇"  # Chinese letters that are marks or figures, or a dash misread
FIGURE = re.compile(r"\d[\d.,]*")
ALIKE = 0.15  # of a height: figures whose heights differ no more are printed in one size
GAP = 0.1  # of the height of digits, between two of them
SIGN = 0.4  # of a digit: how wide a point or comma is
ODD = 0.9  # confidence of a figure as wide as another, or read otherwise before: enough where a sum holds, too little without
POINTED = re.compile(r"\d+[.,，·]\d+")
LONGEST_AGAIN = (
    30  # characters of a line outside tables that is read again: titles, names and dates are shorter
)
DIRTY = 15  # specks on a page: a point or comma in a figure may be one of them


@dataclass(frozen=True)
class _Cut:
    """A piece of the page to be read: pixels, and whether its ink runs into a border."""

    left: int
    top: int
    right: int
    bottom: int
    crosses: bool = False


@dataclass(frozen=True)
class _Sheet:
    """What pieces are cut from: the page as grey, and its ink."""

    grey: Picture
    ink: Picture
    is_dirty: bool


def read_page(picture: Picture, number: int, engine: Engine) -> ScannedPage:
    """The lines and pieces of one page.

    Args:
        picture: red, green, blue, at ``straight.DPI``.
        number: of the page in its file.
    """
    page, boxes = straightened(picture, engine)
    across, down, ink = ruling_lines(page.ink)
    tables = ruled_tables(map(_rule, across), map(_rule, down))
    is_dirty = specks(page.ink) >= DIRTY
    red_alone = cv2.bitwise_and(page.ink_of_any_colour, cv2.bitwise_not(page.ink))
    cuts = [cut for table in tables for cut in _cells(table, ink, red_alone)]
    pieces = [
        *without_lost_digits(_read(cuts, _Sheet(page.red, ink, is_dirty), engine)),
        *_read(
            _around(tables, boxes, page),
            _Sheet(page.grey, page.ink_of_any_colour, is_dirty),
            engine,
            white=False,
        ),
    ]
    pieces.sort(key=lambda piece: (piece.top, piece.left))
    width, height = round(page.width, 1), round(page.height, 1)
    return ScannedPage(
        number,
        width,
        height,
        across,
        down,
        tuple(pieces),
        tilt=page.tilt,
        turns=page.turns,
        corners=page.corners,
        bend=page.bend,
    )


def _rule(stroke: Stroke) -> RulingLine:
    return RulingLine(stroke.at, stroke.start, stroke.end)


# -- what is to be read ---------------------------------------------------------------------------------------------


def _cells(table: RuledTable, ink: Picture, red: Picture) -> Iterator[_Cut]:
    """The lines of text in each cell of a table; nothing for a blank cell.

    A cell that has nothing but red ink, of which something stands within it, may have a figure in red: it is no blank, and
    its ink is not read. The strokes of a stamp run through it.
    """
    whole = ink[_pixels(table.top) : _pixels(table.bottom), _pixels(table.xs[0]) : _pixels(table.xs[-1])]
    letter = letter_height(whole)
    for box in table.boxes:
        left, top = _pixels(box.left + INSET), _pixels(box.top + INSET)
        inside, red_inside = (
            one[top : _pixels(box.bottom - INSET), left : _pixels(box.right - INSET)] for one in (ink, red)
        )
        if not inside.size:
            continue
        found = [(line, line.crosses) for line in lines_of_text(inside, letter)]
        if not found:
            found = [(line, True) for line in lines_of_text(red_inside, letter) if not line.crosses]
        for line, crosses in found:
            yield _Cut(left + line.left, top + line.top, left + line.right, top + line.bottom, crosses)


def _pixels(points: float) -> int:
    return round(points * POINT)


def _around(tables: Sequence[RuledTable], boxes: Sequence[Box], page: Straight) -> list[_Cut]:
    """The lines of text outside tables, among those that the engine found."""
    height, width = page.grey.shape
    return [
        _Cut(box.left, box.top, min(box.left + box.width, width), min(box.top + box.height, height))
        for box in boxes
        if not any(_is_inside(box, table) for table in tables)
    ]


def _is_inside(box: Box, table: RuledTable) -> bool:
    x, y = (box.left + box.width / 2) / POINT, (box.top + box.height / 2) / POINT
    return table.xs[0] <= x <= table.xs[-1] and table.top <= y <= table.bottom


# -- reading --------------------------------------------------------------------------------------------------------


def _read(cuts: Sequence[_Cut], sheet: _Sheet, engine: Engine, white: bool = True) -> list[Piece]:
    """What cuts say.

    Those that may be figures or are not sure are read again, cleaned and enlarged. Where that says something else,
    dirt may be to blame: then the cleaned one is read as it was printed, and both must agree. It may as well be a point or
    a stroke that was taken for dirt, so they are never more than ``ODD`` together.
    """
    seen = engine.read([_as_printed(cut, sheet, white) for cut in cuts])
    todo = [number for number, one in enumerate(seen) if _is_read_again(one, in_table=white)]
    clean = {number: _cleaned(cuts[number], seen[number], sheet) for number in todo}
    again = dict(zip(todo, engine.read([_enlarged(clean[number]) for number in todo]), strict=True))
    differ = [number for number in todo if again[number].text != seen[number].text and _digits(again[number])]
    third = {
        number: replace(one, confidence=min(one.confidence, ODD))
        for number, one in zip(
            differ, engine.read([_colour(clean[number]) for number in differ]), strict=True
        )
    }
    return [
        _piece(cut, third.get(number, seen[number]), again.get(number), sheet)
        for number, cut in enumerate(cuts)
    ]


def _digits(seen: Seen) -> int:
    return sum(char.isdigit() for char in seen.text)


def _is_read_again(seen: Seen, in_table: bool) -> bool:
    """Whether it may be a figure or a mark, or is not sure; of a long line of prose nothing hangs on that."""
    if not in_table and len(seen.text) > LONGEST_AGAIN:
        return False
    if seen.confidence < SURE or _digits(seen) * 2 >= len(seen.text):
        return True
    return len(seen.text) <= MARK_LENGTH and (not CHINESE.fullmatch(seen.text) or seen.text in MARKS)


def _piece(cut: _Cut, seen: Seen, again: Seen | None, sheet: _Sheet) -> Piece:
    if not seen.text:
        seen = Seen(UNREAD, 0.0)
    # A label that touches its border is still a label of the form or none; of a figure a digit may be beyond.
    is_words = bool(CHINESE.search(seen.text)) and _digits(seen) * 2 < len(seen.text)
    if (cut.crosses and not is_words) or (sheet.is_dirty and POINTED.fullmatch(seen.text)):
        seen = replace(seen, confidence=0.0)
    left, top, right, bottom = (
        round(value / POINT, 1) for value in (cut.left, cut.top, cut.right, cut.bottom)
    )
    return Piece(left, top, right, bottom, seen, again)


def without_lost_digits(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces of tables, less sure where a figure is half a digit too wide, or too narrow, for the digits that were read.

    The engine may lose one of several digits that are alike, or see one twice, and be sure of it. It may be dirt too, so a
    sum may still speak for the figure.
    """
    figures = {number: piece for number, piece in enumerate(pieces) if FIGURE.fullmatch(piece.seen.text)}
    widths = dict(zip(figures, _widths(list(figures.values())), strict=True))
    digit = median([width / _length(figures[number]) for number, width in widths.items()] or [1.0])
    found = list(pieces)
    for number, piece in figures.items():
        more = widths[number] / digit - _length(piece)
        if more > 0.5 or (more < -0.5 and _length(piece) > 1):
            found[number] = replace(
                piece, seen=replace(piece.seen, confidence=min(piece.seen.confidence, ODD))
            )
    return found


def _widths(figures: Sequence[Piece]) -> Iterator[float]:
    """How wide figures are, with the gap behind them, as shares of the height of those that are as high."""
    heights = [piece.bottom - piece.top for piece in figures]
    for piece, height in zip(figures, heights, strict=True):
        alike = median(other for other in heights if abs(other - height) <= ALIKE * height)
        yield (piece.right - piece.left) / alike + GAP


def _length(piece: Piece) -> float:
    """How many digits wide the text of a figure is; its signs are narrower."""
    digits = _digits(piece.seen)
    return digits + SIGN * (len(piece.seen.text) - digits)


def _inside(cut: _Cut, grey: Picture) -> Picture:
    return grey[cut.top : cut.bottom, cut.left : cut.right]


def _as_printed(cut: _Cut, sheet: _Sheet, white: bool) -> Picture:
    inside = _inside(cut, sheet.grey)
    return _colour(_framed(inside, 0.22) if white else inside)


def _cleaned(cut: _Cut, seen: Seen, sheet: _Sheet) -> Picture:
    """A piece with white around it; without specks, unless it is Chinese, which is full of dots."""
    inside = _inside(cut, sheet.grey)
    return _framed(
        inside if CHINESE.search(seen.text) else without_dirt(inside, _inside(cut, sheet.ink)), 0.3
    )


def _framed(inside: Picture, margin: float) -> Picture:
    """The picture of a piece with white around it, so that nothing of its neighbours is seen."""
    pad = max(2, round(margin * inside.shape[0]))
    return cv2.copyMakeBorder(inside, pad, pad, 2 * pad, 2 * pad, cv2.BORDER_CONSTANT, value=(255,))


def _enlarged(clean: Picture) -> Picture:
    """Twice as large, smoothed and with all its contrast: another picture of the same ink."""
    large = cv2.GaussianBlur(
        cv2.resize(clean, None, fx=2, fy=2, interpolation=cv2.INTER_LANCZOS4), (0, 0), 1.0
    )
    return _colour(cv2.normalize(large, large.copy(), 0, 255, cv2.NORM_MINMAX))


def _colour(grey: Picture) -> Picture:
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
