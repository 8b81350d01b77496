"""Ink of a straight page → its ruling lines, and the ink without them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.document.scan.engine import Picture
from pipeline.document.scan.straight import POINT
from pipeline.model.recognition import Stroke

SHORTEST_ACROSS, SHORTEST_DOWN = 16.0, 11.0  # points: a row of a table is higher than this, a letter is not
GAP = 1.5  # points that may be missing of a line
DRAWN = 0.85  # of a line must be there: strokes of letters in a row are not
THICKEST = 3.5
TOUCHES = 1.5  # points between the end of a line and the one it ends on


def ruling_lines(ink: Picture) -> tuple[tuple[Stroke, ...], tuple[Stroke, ...], Picture]:
    """The lines across and down, in points, and the ink that is none of theirs."""
    across, mask_across = _strokes(ink, SHORTEST_ACROSS)
    down, mask_down = _strokes(np.ascontiguousarray(ink.T), SHORTEST_DOWN)
    across, down = _joined_up(across, down)
    lines = cv2.dilate(cv2.bitwise_or(mask_across, mask_down.T), np.ones((3, 3), np.uint8))
    return tuple(across), tuple(down), cv2.bitwise_and(ink, cv2.bitwise_not(lines))


def _strokes(ink: Picture, shortest: float) -> tuple[list[Stroke], Picture]:
    """The lines across; ``ink`` turned on its side gives those down."""
    gap, length = round(GAP * POINT), round(shortest * POINT)
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    runs = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    strokes, keep = [], np.zeros(count, np.uint8)
    drawn = np.bincount(labels[ink > 0], minlength=count)
    for number in range(1, count):
        left, top, width, height, area = (int(value) for value in stats[number])
        if area / width > THICKEST * POINT or drawn[number] < DRAWN * area:  # a bar or a picture; or letters
            continue
        keep[number] = 255
        strokes.append(
            Stroke(
                round((top + height / 2) / POINT, 1), round(left / POINT, 1), round((left + width) / POINT, 1)
            )
        )
    return strokes, keep[labels]


def _joined_up(across: Sequence[Stroke], down: Sequence[Stroke]) -> tuple[list[Stroke], list[Stroke]]:
    """The lines that end on others, as those of a table do; strokes of letters, underlines and scratches end nowhere."""
    kept_across, kept_down = list(across), list(down)
    for _ in range(4):
        counts = len(kept_across), len(kept_down)
        kept_across = [line for line in kept_across if _ends_on(line, kept_down)]
        kept_down = [line for line in kept_down if _ends_on(line, kept_across)]
        if counts == (len(kept_across), len(kept_down)):
            break
    return kept_across, kept_down


def _ends_on(line: Stroke, others: Sequence[Stroke]) -> bool:
    met = [
        other.at
        for other in others
        if other.start - TOUCHES <= line.at <= other.end + TOUCHES
        and line.start - TOUCHES <= other.at <= line.end + TOUCHES
    ]
    return len(met) > 1 and max(met) - min(met) >= 0.8 * (line.end - line.start)
