"""Lines that a cell or paragraph was broken into → one text. Two figures never become one by it."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Where both sides of a break look like this, the break may have parted two numbers or words: a blank stays.
_KEPT_APART = re.compile(r"[0-9０-９A-Za-z.,．，/\\\-－—–−+＋�]")


def join_lines(lines: Iterable[str]) -> str:
    """Joins the lines of one cell or paragraph, without a blank between Chinese characters.

    >>> join_lines(["商业", "企业"]), join_lines(["1", "2"])
    ('商业企业', '1 2')
    """
    text = ""
    for line in lines:
        piece = line.strip()
        if not piece:
            continue
        text += f" {piece}" if are_apart(text, piece) else piece
    return text


def are_apart(before: str, after: str) -> bool:
    """Whether a break between two texts may part two numbers or words."""
    return bool(before and after and _KEPT_APART.match(before[-1]) and _KEPT_APART.match(after[0]))
