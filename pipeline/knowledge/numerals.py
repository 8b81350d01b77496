"""A printed figure → a value, or why there is none. Comes in: the text of one cell. Nothing is ever guessed.

``０`` and ``1,234`` and ``增10`` are ways to print a number; ``/`` is a mark; nothing is a blank; the rest is
unreadable. None of the four becomes another.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from pipeline.knowledge import load, normalize
from pipeline.knowledge.normalize import Printed
from pipeline.model.figure import Status

_WORDS = load("cell_words.yml")
MARKS = frozenset(normalize.compact(mark) for mark in _WORDS["marks"])
SIGNS: dict[str, int] = {normalize.compact(sign): value for sign, value in _WORDS["signs"].items()}
UNITS: dict[str, str] = dict(_WORDS["units"])

_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_SIGN = "|".join(sorted(map(re.escape, SIGNS), key=len, reverse=True))
NUMBER = re.compile(
    rf"(?P<sign>{_SIGN})?(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d+)(?P<fraction>\.\d+)?(?P<unit>{_UNIT})?"
)
RAISED = re.compile("[\u00b2\u00b3\u00b9\u2070-\u209c\u2460-\u24ff\u2776-\u2793\u3251-\u325f\u32b1-\u32bf]")
ENUMERATOR = re.compile(r"\(?\d{1,2}[.、)]")  # 3. is the number of a line whose words stand elsewhere
UNIT_OF_HEADER = re.compile(r"单位[:：]?(?P<said>[^\W\d_]{1,4})\)?$|\((?P<bare>[^\W\d_]{1,4})\)$")
# Short text with a digit that is no number, such as 约5 or 1O: somebody meant a figure here. More digits than a year has
# are a figure that ran into one.
FIGURE_LIKE = re.compile(
    r"[约近超共逾+\-\u2212增减(]{0,3}[\dOoIl,.]*\d[\dOoIl,.]*[余多个件项条宗万亿元次起份例几]{0,4}\)?"
    r"|\d[\d.,]{4,}年"
)


@lru_cache(maxsize=65_536)
def read_figure(text: str) -> tuple[Decimal | None, Status, str]:
    """Value, status and printed unit of one cell.

    Args:
        text: all that is printed in the cell; empty text is a blank, never a zero.

    Returns:
        ``(value, status, unit)``; value is None unless the status is ``reported``.

    >>> read_figure("－35")
    (Decimal('-35'), <Status.REPORTED: 'reported'>, '')
    >>> read_figure("/")[1], read_figure(" ")[1], read_figure("约5")[1]
    (<Status.MARK: 'mark'>, <Status.BLANK: 'blank'>, <Status.UNREADABLE: 'unreadable'>)
    """
    cleaned = normalize.clean(text)
    plain = normalize.compact(text)
    if not plain:
        return None, Status.BLANK, ""
    if RAISED.search(cleaned):  # 12² would become 122: the mark of a footnote is no digit
        return None, Status.UNREADABLE, ""
    if plain in MARKS:
        return None, Status.MARK, ""
    match = NUMBER.fullmatch(plain)
    # A blank between two digits may be a column border that was lost: "1 2" is no twelve.
    if match and not re.search(r"[\d.,]\s+[\d.,]", cleaned):
        value = Decimal(match["digits"].replace(",", "") + (match["fraction"] or ""))
        return value * SIGNS.get(match["sign"] or "", 1), Status.REPORTED, UNITS.get(match["unit"] or "", "")
    return None, Status.UNREADABLE, ""


def unit_of_header(text: Printed) -> str:
    """The unit that the name of a column prints, in simplified characters; empty where it prints none.

    Args:
        text: the name of a column, or the piece of it in brackets: ``本年收费金额（单位：元）``, ``采购总金额(万元)``.
    """
    match = UNIT_OF_HEADER.search(text.plain)
    unit = (match["said"] or match["bare"]) if match else ""
    return unit if match and (match["said"] or unit in UNITS) else ""


@lru_cache(maxsize=65_536)
def is_figure_like(text: str) -> bool:
    """Whether somebody meant a figure here: a number, a mark, or a short text built around digits.

    Args:
        text: as printed; more than 40 characters are no figure, and neither is empty text.
    """
    if len(text) > 40:
        return False
    status = read_figure(text)[1]
    if status in (Status.REPORTED, Status.MARK):
        return True
    plain = normalize.compact(text)
    return bool(FIGURE_LIKE.fullmatch(plain)) and not ENUMERATOR.fullmatch(plain)
