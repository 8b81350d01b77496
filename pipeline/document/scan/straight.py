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

DPI = 200
POINT = DPI / 72  # pixels a point
FIND_SHARE = 0.55  # lines are found well in a smaller picture, at a third of the cost
MOST_TILT = 3.0  # degrees
GROUND = 41  # pixels: letters and lines are thinner, shades are wider
PALEST_INK = 215  # of 255 on a white ground: what is paler is no ink even on a page that has nothing darker
LINES_FOR_TURN = 12


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
    """

    grey: Picture
    red: Picture
    ink: Picture
    ink_of_any_colour: Picture
    tilt: float
    turns: int

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
    tilt = tilt_of(_ink(_whitened(np.min(picture, axis=2))))
    picture = turned(picture, tilt, 0)
    turns, boxes = _upright(picture, engine)
    picture = turned(picture, 0.0, turns)
    grey, red = _whitened(np.min(picture, axis=2)), _whitened(picture[:, :, 0])
    return Straight(grey, red, _ink(red), _ink(grey), round(tilt, 2), turns), boxes


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


def _whitened(grey: Picture) -> Picture:
    """The same with an even white ground, however dark or shaded it was."""
    quarter = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    kernel = np.ones((GROUND // 4, GROUND // 4), np.uint8)
    ground = cv2.GaussianBlur(cv2.morphologyEx(quarter, cv2.MORPH_CLOSE, kernel), (0, 0), 4)
    ground = cv2.resize(ground, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    even = np.minimum(grey.astype(np.float32) / np.maximum(ground, 40), 1.0) * 255
    darkest = float(np.percentile(even, 0.5))
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
        best = float(max(angles, key=lambda angle: _sharpness(_level(small, float(angle), 0))))
    return 0.0 if abs(best) < 0.02 else best


def _sharpness(ink: Picture) -> float:
    rows = ink.sum(axis=1, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum())


def _level(picture: Picture, degrees: float, ground: int = 255) -> Picture:
    if not degrees:
        return picture
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    level = cv2.warpAffine(
        picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(ground, ground, ground)
    )
    return np.asarray(level)
