"""Ruling lines of a page → tables: rows, columns and merged cells, from geometry alone. No text is looked at.

Coordinates are points, x to the right and y downward. Lines need not meet exactly: printers leave small gaps.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.document.limits import LIMITS
from pipeline.document.refusal import refusal

NEAR = 3.0  # lines so close are one line, ends so close touch
NEAR_COLUMNS = 5.0  # column borders of different rows that are meant to be the same; a character is wider
COVERED = 0.5  # a border is there if so much of it is drawn


@dataclass(frozen=True, order=True)
class RulingLine:
    """A horizontal or vertical line: at ``at`` on one axis, from ``start`` to ``end`` on the other."""

    at: float
    start: float
    end: float


@dataclass(frozen=True)
class Box:
    """A cell: its place in the grid and on the page. ``column`` and ``row`` count from 0."""

    row: int
    column: int
    height: int
    width: int
    left: float
    top: float
    right: float
    bottom: float


class RuledTable:
    """One table as ruled.

    Attributes:
        xs, ys: the borders of its columns and rows.
        boxes: its cells, by row and column.
        is_regular: whether every cell is a rectangle; if not, the lines are no safe guide.
    """

    def __init__(self, across: Sequence[RulingLine], down: Sequence[RulingLine]) -> None:
        self.xs = _positions(
            [rule.at for rule in down] + [x for rule in across for x in (rule.start, rule.end)], NEAR_COLUMNS
        )
        self.ys = _positions(
            [rule.at for rule in across] + [y for rule in down for y in (rule.start, rule.end)], NEAR
        )
        self.is_regular = True
        columns, rows = len(self.xs) - 1, len(self.ys) - 1
        if columns * rows > LIMITS.cells:
            raise refusal("D104", "too_many_cells", limit=LIMITS.cells)
        self._owner = list(range(columns * rows))
        self._open_borders(across, down)
        self.boxes = self._rectangles()

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return len(self.xs) - 1

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.ys[0]

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.ys[-1]

    def box_at(self, x: float, y: float) -> int | None:
        """The index in ``boxes`` of the cell at a point; None outside."""
        column, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        if not (0 <= column < len(self.xs) - 1 and 0 <= row < len(self.ys) - 1):
            return None
        return self._index[self._find(row * self.columns + column)]

    def _open_borders(self, across: Sequence[RulingLine], down: Sequence[RulingLine]) -> None:
        """Joins neighbours that no line parts."""
        columns, rows = self.columns, len(self.ys) - 1
        right_of = _by_position(down, self.xs)
        below = _by_position(across, self.ys)
        for row in range(rows):
            for column in range(columns):
                here = row * columns + column
                if column + 1 < columns and not _is_drawn(
                    right_of[column + 1], self.ys[row], self.ys[row + 1]
                ):
                    self._join(here, here + 1)
                if row + 1 < rows and not _is_drawn(below[row + 1], self.xs[column], self.xs[column + 1]):
                    self._join(here, here + columns)

    def _find(self, cell: int) -> int:
        while self._owner[cell] != cell:
            self._owner[cell] = self._owner[self._owner[cell]]
            cell = self._owner[cell]
        return cell

    def _join(self, first: int, second: int) -> None:
        first, second = self._find(first), self._find(second)
        self._owner[max(first, second)] = min(first, second)

    def _rectangles(self) -> tuple[Box, ...]:
        members: dict[int, list[int]] = {}
        for cell in range(len(self._owner)):
            members.setdefault(self._find(cell), []).append(cell)
        boxes = []
        self._index: dict[int, int] = {}
        for number, (owner, cells) in enumerate(sorted(members.items())):
            rows = sorted({cell // self.columns for cell in cells})
            columns = sorted({cell % self.columns for cell in cells})
            if len(rows) * len(columns) != len(cells):
                self.is_regular = False
            self._index[owner] = number
            boxes.append(
                Box(
                    rows[0],
                    columns[0],
                    len(rows),
                    len(columns),
                    self.xs[columns[0]],
                    self.ys[rows[0]],
                    self.xs[columns[-1] + 1],
                    self.ys[rows[-1] + 1],
                )
            )
        return tuple(boxes)


def ruled_tables(across: Iterable[RulingLine], down: Iterable[RulingLine]) -> list[RuledTable]:
    """The tables that lines make, from top to bottom; lines that make none are left out.

    Args:
        across: horizontal lines, at y from x to x.
        down: vertical lines, at x from y to y.
    """
    horizontal, vertical = _merged(across), _merged(down)
    if len(horizontal) * len(vertical) > 4_000_000:
        raise refusal("D104", "page_lines", limit=4_000_000)
    group = list(range(len(horizontal) + len(vertical)))

    def find(rule: int) -> int:
        while group[rule] != rule:
            group[rule] = group[group[rule]]
            rule = group[rule]
        return rule

    for number, h in enumerate(horizontal):
        for other, v in enumerate(vertical, len(horizontal)):
            if h.start - NEAR <= v.at <= h.end + NEAR and v.start - NEAR <= h.at <= v.end + NEAR:
                group[find(other)] = find(number)
    parts: dict[int, tuple[list[RulingLine], list[RulingLine]]] = {}
    for number, rule in enumerate((*horizontal, *vertical)):
        parts.setdefault(find(number), ([], []))[number >= len(horizontal)].append(rule)
    tables = [RuledTable(*rules) for rules in parts.values() if len(rules[0]) > 1 and len(rules[1]) > 1]
    return sorted(
        (table for table in tables if table.columns > 1 and len(table.boxes) > 1),
        key=lambda table: (table.top, table.xs[0]),
    )


def _merged(rules: Iterable[RulingLine]) -> list[RulingLine]:
    """Lines with the pieces of one line put together."""
    lanes: list[list[RulingLine]] = []
    for rule in sorted(rules):
        if lanes and rule.at - lanes[-1][0].at <= NEAR:
            lanes[-1].append(rule)
        else:
            lanes.append([rule])
    merged = []
    for lane in lanes:
        at = sum(rule.at for rule in lane) / len(lane)
        spans = sorted((rule.start, rule.end) for rule in lane)
        start, end = spans[0]
        for next_start, next_end in spans[1:]:
            if next_start - end <= NEAR:
                end = max(end, next_end)
            else:
                merged.append(RulingLine(at, start, end))
                start, end = next_start, next_end
        merged.append(RulingLine(at, start, end))
    return merged


def _positions(values: Iterable[float], near: float) -> list[float]:
    """Distinct positions; values closer than ``near`` to the first of a group are one."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][0] <= near:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def _by_position(rules: Sequence[RulingLine], positions: Sequence[float]) -> list[list[RulingLine]]:
    """For each position the lines that lie on it."""
    found: list[list[RulingLine]] = [[] for _ in positions]
    for rule in rules:
        nearest = min(range(len(positions)), key=lambda number: abs(positions[number] - rule.at))
        found[nearest].append(rule)
    return found


def _is_drawn(rules: Sequence[RulingLine], start: float, end: float) -> bool:
    covered = sum(max(0.0, min(rule.end, end) - max(rule.start, start)) for rule in rules)
    return covered >= COVERED * (end - start)
