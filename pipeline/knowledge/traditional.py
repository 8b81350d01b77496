"""Traditional characters made comparable with simplified ones. Comes in: any text. Goes out: a text of the same length.

For matching only: what a report prints stays as it prints it. One character stands for one, so that a place found in
the folded text is the same place in the printed one; words that differ (檔案, 文件) are not its business.
"""

from __future__ import annotations

import csv
from functools import cache, lru_cache

from pipeline import knowledge

NAME, PARAGRAPH = 60, 10_000  # characters


@cache
def _table() -> dict[int, str]:
    with (knowledge.FOLDER / "traditional.csv").open(encoding="utf-8", newline="") as file:
        return {ord(row["traditional"]): row["simplified"] for row in csv.DictReader(file)}


def fold(text: str) -> str:
    """The text with each traditional character replaced by its simplified form.

    Args:
        text: of any length and script.

    Returns:
        as many characters as came in.

    >>> fold("規範性文件")
    '规范性文件'
    """
    if text.isascii():
        return text
    if len(text) <= NAME:
        return _name(text)
    return _paragraph(text) if len(text) <= PARAGRAPH else _folded(text)


def _folded(text: str) -> str:
    return text.translate(_table())


_name = lru_cache(maxsize=8192)(_folded)  # few, and asked for again and again
_paragraph = lru_cache(maxsize=64)(_folded)
