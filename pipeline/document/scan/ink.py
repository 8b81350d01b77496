"""The ink of a page or cell: letters told from dirt, and lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.document.scan.engine import Picture
from pipeline.document.scan.straight import POINT

LETTER = 9.0  # points: the usual height of a letter, where a page shows none
SMALL = 0.45  # of a letter's height: no digit and no mark is smaller than this both ways
BLOT = 0.65  # likewise of what is round and full, as no digit is
THIN, SHORT = 2.5, 0.25  # a dash is so many times as wide as it is high, and so wide at least
NEAR = 1.2  # of a letter's height: what is small and so near to something larger may be a part of it
FEWEST = 3  # small spots by themselves that may be a letter broken up
LINE = 1.35  # times the height of a letter: what is no higher is one line of text, however its strokes stand apart
LOW = 0.6  # of a line's height: a point or comma of a figure stands below
BESIDE = 0.5  # of a line's height between a point and the digits on both sides


@dataclass(frozen=True)
class TextLine:
    """A line of text in pixels; ``crosses`` says that its ink runs into an edge of its cell."""

    left: int
    top: int
    right: int
    bottom: int
    crosses: bool


def letter_height(ink: Picture) -> float:
    """The usual height of a letter, in pixels."""
    heights = cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:, cv2.CC_STAT_HEIGHT]
    letters = heights[(heights > 3 * POINT) & (heights < 20 * POINT)]
    return float(np.percentile(letters, 80)) if len(letters) else LETTER * POINT


def specks(ink: Picture) -> int:
    """How many spots of a page, its ruling lines included, are smaller than any letter and stand by themselves."""
    letter = round(LETTER * POINT)
    _, labels, stats, middles = cv2.connectedComponentsWithStats(ink, connectivity=8)
    is_small = _sizes(stats) < SMALL / 2 * letter
    is_small[0] = True
    large = np.where(is_small[labels], 0, 255).astype(np.uint8)
    near = cv2.dilate(large, np.ones((2 * letter + 1, 2 * letter + 1), np.uint8))
    is_small &= stats[:, cv2.CC_STAT_AREA] > 2
    is_small[0] = False
    spots = np.round(middles[is_small]).astype(int)
    return int(np.count_nonzero(near[spots[:, 1], spots[:, 0]] == 0))


def lines_of_text(ink: Picture, letter: float) -> Iterator[TextLine]:
    """The lines of text in the ink of one cell, from top to bottom; none where it has nothing but dirt."""
    clean, large = _without_specks(ink, letter)
    rows = np.flatnonzero(clean.any(axis=1))
    for first, last in _runs(rows, LINE * letter):
        line = clean[first : last + 1]
        if not large[first : last + 1].any():
            continue  # dirt above or below the text
        columns = np.flatnonzero(line.any(axis=0))
        ends = [
            line[:, 0],
            line[:, -1],
            *(clean[row] for row in (0, -1) if row in (first, last - len(clean))),
        ]
        edges = max(int(np.count_nonzero(end)) for end in ends)
        yield TextLine(int(columns[0]), first, int(columns[-1]) + 1, last + 1, edges > 0.15 * letter)


def _without_specks(ink: Picture, letter: float) -> tuple[Picture, Picture]:
    """The ink without spots that are too small for any character and stand by themselves; and its large spots alone.

    Where there are only small spots, and many, all of them count as large: they may be a letter broken up.
    """
    count, labels, stats, middles = cv2.connectedComponentsWithStats(ink, connectivity=8)
    large = _are_large(stats, letter)
    keep = large.copy()
    if large.any():
        for number in np.flatnonzero(~large)[1:]:
            keep[number] = bool((_gaps(stats, large, middles[number]) < NEAR * letter).any())
    elif count > FEWEST:
        keep[1:] = large[1:] = True
    return np.where(keep[labels], ink, 0).astype(np.uint8), large[labels]


def _sizes(stats: Picture) -> Picture:
    return np.asarray(np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]))


def _are_large(stats: Picture, letter: float) -> Picture:
    """Which spots may be a character, or a stroke of one; the first, the ground, is none."""
    width, height, area = (stats[:, column] for column in range(2, 5))
    sizes, full = _sizes(stats), area > 0.68 * width * height
    round_ = full & (np.minimum(width, height) > 0.6 * np.maximum(width, height))
    dash = (width >= THIN * height) & (width >= SHORT * letter)
    large = ((sizes >= SMALL * letter) & ~(round_ & (sizes < BLOT * letter))) | dash
    large[0] = False
    return np.asarray(large)


def _gaps(stats: Picture, which: Picture, point: Picture) -> Picture:
    """How far a point is from the boxes of some spots."""
    left, top, width, height = (stats[which, column] for column in range(4))
    across = np.maximum(left - point[0], point[0] - left - width)
    down = np.maximum(top - point[1], point[1] - top - height)
    return np.asarray(np.maximum(np.maximum(across, down), 0))


def _runs(rows: Picture, height: float) -> Iterator[tuple[int, int]]:
    """First and last row of each line of text, where ``rows`` are those with ink; a line is at most ``height`` high."""
    if not len(rows):
        return
    breaks = np.flatnonzero(np.diff(rows) > 1)
    starts, ends = [0, *(breaks + 1)], [*breaks, len(rows) - 1]
    runs = [(int(rows[start]), int(rows[end])) for start, end in zip(starts, ends, strict=True)]
    first, last = runs[0]
    for start, end in runs[1:]:
        if end - first <= height:
            last = end
        else:
            yield first, last
            first, last = start, end
    yield first, last


def without_dirt(grey: Picture, ink: Picture) -> Picture:
    """The picture of one line, cut down to its large spots, others white.

    A small spot that stands low between two large ones stays: it may be the point or comma of a figure. Where nothing is
    large, everything stays.
    """
    _, labels, stats, middles = cv2.connectedComponentsWithStats(ink, connectivity=8)
    large = _are_large(stats, float(stats[1:, cv2.CC_STAT_HEIGHT].max(initial=0)))
    if not large.any():
        return grey
    top, bottom = stats[large, 1].min(), (stats[large, 1] + stats[large, 3]).max()
    left, right = stats[large, 0].min(), (stats[large, 0] + stats[large, 2]).max()
    kept = large.copy()
    for number in np.flatnonzero(~large)[1:]:
        kept[number] = _is_point(stats, large, middles[number], int(top), int(bottom))
    dirt = np.where(kept[labels], 0, ink).astype(np.uint8)
    dirt[labels == 0] = 0
    whitened = np.where(cv2.dilate(dirt, np.ones((5, 5), np.uint8)) > 0, 255, grey).astype(np.uint8)
    near = cv2.dilate(np.where(kept[labels], ink, 0).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.where(near, grey, whitened)[top:bottom, left:right]


def _is_point(stats: Picture, large: Picture, middle: Picture, top: int, bottom: int) -> bool:
    height = bottom - top
    if middle[1] < top + LOW * height:
        return False
    left, width = stats[large, 0], stats[large, 2]
    before = (left + width <= middle[0] + 1) & (middle[0] - left - width < BESIDE * height)
    after = (left >= middle[0] - 1) & (left - middle[0] < BESIDE * height)
    return bool(before.any() and after.any())
