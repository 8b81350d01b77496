"""A page as it was made straight, and pieces of it as small pictures, for people to look at."""

from __future__ import annotations

from collections.abc import Sequence

import cv2

from pipeline.document.scan.engine import Picture
from pipeline.document.scan.straight import POINT, made_straight
from pipeline.model.recognition import ScannedPage

AROUND = 6.0  # points of its neighbourhood that a clipping shows
SMALLER = 0.5  # times the pixels of the page that are read, where many figures are shown
GREYS = 17  # of 255 between two greys that are told apart
LEFT = 150.0  # points to its left, where the label of its row may stand

Box = tuple[float, float, float, float]


def clippings(picture: Picture, page: ScannedPage, boxes: Sequence[Box]) -> list[bytes]:
    """The PNG of each box of a page, in points, with a little around it and a frame."""
    straight = made_straight(picture, page)
    return [_clipping(straight, box) for box in boxes]


def strips(picture: Picture, page: ScannedPage, boxes: Sequence[Box]) -> list[bytes]:
    """The PNG of each box of a page, in points, as small and as it is: in few greys, with nothing around it."""
    straight = made_straight(picture, page)
    return [_strip(straight, box) for box in boxes]


def _strip(straight: Picture, box: Box) -> bytes:
    left, top, right, bottom = (max(0, round(value * POINT)) for value in box)
    grey = cv2.cvtColor(straight[top:bottom, left:right], cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, None, fx=SMALLER, fy=SMALLER, interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".png", small // GREYS * GREYS, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1])


def _clipping(straight: Picture, box: Box) -> bytes:
    left, top, right, bottom = (round(value * POINT) for value in box)
    margin = round(AROUND * POINT)
    x, y = max(0, left - round(LEFT * POINT)), max(0, top - margin)
    shown = straight[y : bottom + margin, x : right + margin].copy()
    cv2.rectangle(shown, (left - x, top - y), (right - x, bottom - y), (214, 40, 40), 2)
    half = cv2.resize(shown, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    return bytes(
        cv2.imencode(".png", cv2.cvtColor(half, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 9])[1]
    )
