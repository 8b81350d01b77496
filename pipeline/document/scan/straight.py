"""A colour picture of a page → the page upright and straight, its ground white, and a mask of its ink.

Everything is brought to one resolution first, so that lengths mean the same on every page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.document.scan.engine import Engine, Picture
from pipeline.model.recognition import ScannedPage

DPI = 200
POINT = DPI / 72  # pixels a point
FIND_SHARE = 0.55  # lines are found well in a smaller picture, at a third of the cost
MOST_TILT = 3.0  # degrees
GROUND = 41  # pixels: letters and lines are thinner, shades are wider
PALEST_INK = 215  # of 255 on a white ground: what is paler is no ink even on a page that has nothing darker
RED = 48  # of 255 that a red is redder than it is green or blue
LEAST_RED = 400  # pixels: a stamp has more
LINES_FOR_TURN = 12
SEEN = 600  # pixels of the longer side, where only the outline of a sheet is looked for
LEAST_SHEET, MOST_SHEET = (
    0.25,
    0.97,
)  # of a picture: a sheet that is smaller is not read, and a larger one fills it
DARKER = 50  # of 255: what a sheet lies on
SHEET = (round(8.27 * DPI), round(11.69 * DPI))
SAMPLES = 17
SHORT_RUN = 6.0  # points: so long a piece of a bent line is level
LONG_LINE = 0.35  # of the page: only such a line shows how it is bent
MOST_THICK = 4.0  # points
FEWEST_LINES = 3
LEAST_BEND = 2.0  # pixels


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Straight:
    """A page made straight.

    Attributes:
        grey: ground 255, ink dark; red ink is gone where ``grey`` is for tables.
        red: as seen through a red glass: stamps and red letters are as pale as the ground.
        ink: 255 where ``red`` has ink, else 0.
        ink_of_any_colour: likewise of ``grey``.
        tilt, turns: degrees and quarters by which the picture was turned.
        corners: of the sheet in the picture, before that, where it is a photograph of one; see ``sheet_corners``.
        bend: how far its lines hung down, after that; see ``bend_of``.
    """

    grey: Picture
    red: Picture
    ink: Picture
    ink_of_any_colour: Picture
    tilt: float
    turns: int
    corners: tuple[float, ...] = ()
    bend: tuple[float, ...] = ()

    @property
    def width(self) -> float:
        """In points."""
        return float(self.grey.shape[1]) / POINT

    @property
    def height(self) -> float:
        """In points."""
        return float(self.grey.shape[0]) / POINT


def straightened(picture: Picture, engine: Engine) -> tuple[Straight, list[Box]]:
    """The page of a picture that has ``DPI`` pixels an inch, and the lines of text that the engine finds on it.

    Args:
        picture: red, green, blue.
        engine: tells what is upright.
    """
    corners = sheet_corners(picture)
    flat = flattened(picture, corners)
    tilt = tilt_of(_any_ink(flat))
    turns, boxes = _upright(turned(flat, tilt, 0), engine)
    picture = turned(flat, tilt, turns)
    bend = bend_of(_any_ink(picture))
    if bend:  # bent lines mislead about the tilt, so both are looked for once more
        tilt += tilt_of(_any_ink(unbent(picture, bend)))
        picture = turned(flat, tilt, turns)
        bend = bend_of(_any_ink(picture))
        picture = unbent(picture, bend)
        boxes = _find(picture, engine)
    grey, red = _whitened(_darkest(picture)), _whitened(_through_red_glass(picture))
    return Straight(grey, red, _ink(red), _ink(grey), round(tilt, 2), turns, corners, bend), boxes


def sheet_corners(picture: Picture) -> tuple[float, ...]:
    """Where the corners of a sheet lie that was photographed on something darker: x and y in turn, as shares of the picture.

    From the upper left one clockwise. Empty where no such sheet is seen: a copier's page fills its picture.
    """
    height, width = picture.shape[:2]
    scale = SEEN / max(height, width)
    grey = cv2.GaussianBlur(
        cv2.resize(_darkest(picture), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), (0, 0), 2
    )
    _, bright = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    outlines, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = (
        cv2.convexHull(max(outlines, key=cv2.contourArea)) if outlines else np.zeros((0, 1, 2), np.int32)
    )
    points = cv2.approxPolyDP(outline, 0.02 * cv2.arcLength(outline, True), True) if len(outline) else outline
    share = cv2.contourArea(points) / grey.size if len(points) == 4 else 0.0
    if not LEAST_SHEET < share < MOST_SHEET or not _is_darker_around(grey, points):
        return ()
    found = _clockwise(points.reshape(4, 2).astype(np.float64)) / (grey.shape[1], grey.shape[0])
    return tuple(round(float(value), 4) for value in found.ravel())


def _is_darker_around(grey: Picture, points: Picture) -> bool:
    inside = cv2.fillConvexPoly(np.zeros(grey.shape, np.uint8), points, (255,))
    around = cv2.bitwise_not(cv2.dilate(inside, np.ones((7, 7), np.uint8)))
    return bool(around.any() and cv2.mean(grey, inside)[0] - cv2.mean(grey, around)[0] > DARKER)


def _clockwise(points: NDArray[Any]) -> NDArray[Any]:
    """Four points from the upper left one on."""
    sums, differences = points.sum(axis=1), np.diff(points, axis=1)[:, 0]
    return points[
        [int(sums.argmin()), int(differences.argmin()), int(sums.argmax()), int(differences.argmax())]
    ]


def flattened(picture: Picture, corners: tuple[float, ...]) -> Picture:
    """The sheet alone, as if seen from straight above: A4, since a photograph does not tell how long its sides are."""
    if not corners:
        return picture
    height, width = picture.shape[:2]
    there = np.array(corners, np.float32).reshape(4, 2) * np.array((width, height), np.float32)
    across, down = (float(np.linalg.norm(there[0] - there[end])) for end in (1, 3))
    wide, high = sorted(SHEET, reverse=across > down)
    here = np.array(((0, 0), (wide, 0), (wide, high), (0, high)), np.float32)
    return np.asarray(
        cv2.warpPerspective(
            picture, cv2.getPerspectiveTransform(there, here), (wide, high), flags=cv2.INTER_CUBIC
        )
    )


def made_straight(picture: Picture, page: ScannedPage) -> Picture:
    """A picture as its page was read: flat, level and upright."""
    return unbent(turned(flattened(picture, page.corners), page.tilt, page.turns), page.bend)


def bend_of(ink: Picture) -> tuple[float, ...]:
    """How many pixels lower than its ends a ruling line stands, at ``SAMPLES`` places across the page; empty where they are straight.

    A page that lies bent under a lens bends all its lines alike, so it counts what most of the long ones say.
    """
    runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, round(SHORT_RUN * POINT)), np.uint8))
    joined = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((5, round(SHORT_RUN * POINT)), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    wide = ink.shape[1]
    lines = [
        number
        for number in range(1, count)
        if stats[number, cv2.CC_STAT_WIDTH] > LONG_LINE * wide
        and stats[number, cv2.CC_STAT_AREA] < MOST_THICK * POINT * stats[number, cv2.CC_STAT_WIDTH]
    ]
    if len(lines) < FEWEST_LINES:
        return ()
    sag = np.median([_sag(labels, number, stats[number], wide) for number in lines], axis=0)
    return tuple(round(float(value), 1) for value in sag) if np.abs(sag).max() >= LEAST_BEND else ()


def _sag(labels: Picture, number: int, stats: Picture, wide: int) -> NDArray[Any]:
    """How much lower than its ends one line stands, at the places across the page; beyond its ends as at them."""
    x, y, width, height = (int(value) for value in stats[:4])
    ys, xs = np.nonzero(labels[y : y + height, x : x + width] == number)
    xs = xs + x  # sag needs no place down the page
    left, right = xs.min(), xs.max()
    curve = np.polynomial.Polynomial.fit(xs, ys, 4)
    places = np.clip(np.linspace(0, wide - 1, SAMPLES), left, right)
    ends = curve(np.array((left, right), np.float64))
    return np.asarray(curve(places) - np.interp(places, (left, right), ends))


def unbent(picture: Picture, bend: tuple[float, ...]) -> Picture:
    """A picture with its lines straight."""
    if not bend:
        return picture
    high, wide = picture.shape[:2]
    sag = np.interp(np.arange(wide), np.linspace(0, wide - 1, len(bend)), bend).astype(np.float32)
    across, down = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    return np.asarray(cv2.remap(picture, across, down + sag, cv2.INTER_CUBIC, borderValue=(255, 255, 255)))


def turned(picture: Picture, tilt: float, turns: int) -> Picture:
    """A picture turned by degrees, then by quarters to the left."""
    return np.ascontiguousarray(np.rot90(_level(picture, tilt), turns))


def _upright(picture: Picture, engine: Engine) -> tuple[int, list[Box]]:
    """By how many quarters a picture is to be turned so that its lines of text stand upright; and these lines then."""
    turns, boxes = 0, _find(picture, engine)
    long = [box for box in boxes if max(box.width, box.height) > 2 * min(box.width, box.height)]
    if sum(box.height > box.width for box in long) * 2 > len(long):
        turns, picture = 1, turned(picture, 0.0, 1)
        boxes = _find(picture, engine)
    widest = sorted((box for box in boxes if box.width > 2 * box.height), key=lambda box: -box.width)
    crops = [picture[b.top : b.top + b.height, b.left : b.left + b.width] for b in widest[:LINES_FOR_TURN]]
    if crops and engine.are_upside_down(crops):
        turns += 2
        high, wide = picture.shape[:2]
        boxes = [
            Box(wide - b.left - b.width, high - b.top - b.height, b.width, b.height) for b in reversed(boxes)
        ]
    return turns, boxes


def _find(picture: Picture, engine: Engine) -> list[Box]:
    small = cv2.resize(picture, None, fx=FIND_SHARE, fy=FIND_SHARE, interpolation=cv2.INTER_AREA)
    return [_box(corners / FIND_SHARE) for corners in engine.find(small)]


def _box(corners: NDArray[Any]) -> Box:
    """The upright rectangle around four corners."""
    left, top = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int)
    return Box(int(left), int(top), max(1, int(right - left)), max(1, int(bottom - top)))


def _any_ink(picture: Picture) -> Picture:
    """The ink of every colour."""
    return _ink(_whitened(_darkest(picture)))


def _darkest(picture: Picture) -> Picture:
    """The darkest of the three colours of each pixel."""
    red, green, blue = cv2.split(picture)
    return np.asarray(cv2.min(cv2.min(red, green), blue))


def _through_red_glass(picture: Picture) -> Picture:
    """A page without its stamps: what is red is as bright as the paper, and black ink below it as dark as elsewhere."""
    red, green, blue = cv2.split(picture)
    is_red = np.asarray(cv2.subtract(red, cv2.max(green, blue)) > RED)
    if np.count_nonzero(is_red) < LEAST_RED:
        return np.asarray(red)
    stamp, paper = np.percentile(red[is_red], 75), np.percentile(red, 75)
    lifted = np.minimum(red * (paper / max(float(stamp), 1.0)), 255)
    around = cv2.dilate(is_red.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.where(around, np.maximum(lifted, red), red).astype(np.uint8)


def _whitened(grey: Picture) -> Picture:
    """The same with an even white ground, however dark or shaded it was."""
    quarter = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    kernel = np.ones((GROUND // 4, GROUND // 4), np.uint8)
    ground = cv2.GaussianBlur(cv2.morphologyEx(quarter, cv2.MORPH_CLOSE, kernel), (0, 0), 4)
    ground = cv2.resize(ground, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    even = np.minimum(grey.astype(np.float32) / np.maximum(ground, 40), 1.0) * 255
    darkest = float(np.percentile(even[::3, ::3], 0.5))
    if darkest < PALEST_INK:
        even = (even - darkest) * 255 / (255 - darkest)
    return np.asarray(np.clip(even, 0, 255), np.uint8)


def _ink(grey: Picture) -> Picture:
    """255 where there is ink."""
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    level = min(max(level, 110), PALEST_INK - 35)
    _, ink = cv2.threshold(grey, level, 255, cv2.THRESH_BINARY_INV)
    return np.asarray(ink)


def tilt_of(ink: Picture) -> float:
    """By how many degrees a page must be turned to be level: its rows of text and lines are then sharpest."""
    small = cv2.resize(ink, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    best = 0.0
    for step, reach in ((0.25, MOST_TILT), (0.05, 0.25), (0.01, 0.05)):
        angles = np.arange(best - reach, best + reach + step / 2, step)
        best = float(
            max(angles, key=lambda angle: _sharpness(_level(small, float(angle), 0, how=cv2.INTER_LINEAR)))
        )
    return 0.0 if abs(best) < 0.02 else best


def _sharpness(ink: Picture) -> float:
    rows = cv2.reduce(ink, 1, cv2.REDUCE_SUM, dtype=cv2.CV_64F)[:, 0]
    return float(np.square(np.diff(rows)).sum())


def _level(picture: Picture, degrees: float, ground: int = 255, how: int = cv2.INTER_CUBIC) -> Picture:
    if not degrees:
        return picture
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    level = cv2.warpAffine(picture, matrix, (width, height), flags=how, borderValue=(ground, ground, ground))
    return np.asarray(level)
