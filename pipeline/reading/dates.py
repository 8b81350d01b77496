"""Printed dates. Comes in: lines of a document. Goes out: each date with the place and the words it stands with.

A date that cannot be (2月30日) is kept as printed, without a value. Nothing is taken from running text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import cache

from pipeline import knowledge
from pipeline.knowledge.normalize import Printed
from pipeline.knowledge.traditional import fold
from pipeline.model.report import PrintedDate

ZERO = "〇○◯OＯ零"
DIGITS = str.maketrans(f"{ZERO}一二三四五六七八九", "0" * len(ZERO) + "123456789")
YEAR = rf"20\d\d|[二2][{ZERO}0][{ZERO}0一二三四五六七八九\d]{{2}}"
_SMALL = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
DATE = rf"(?P<whole>(?P<year>{YEAR})[-/.年](?P<month>{_SMALL}|元)[-/.月](?P<day>{_SMALL})日?)"
_TIME = r"(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
BARE = re.compile(rf"[(（【\[]?{DATE}{_TIME}[)）】\]]?")
SIGNED = re.compile(rf"(?P<who>\D{{3,45}}?)\s*{DATE}")
SIGNING = re.compile(r"\(?20\d\d年\d{1,2}月\d{1,2}日\)?")
SPACES_INSIDE = re.compile(r"\s*([-/.:：年月日])\s*(?=\d|日|月|[一二三四五六七八九十])")
LONGEST_LINE = 300


def to_year(printed: str) -> int:
    """A year printed in any digits: ``2023``, ``二〇二三``, ``2○23``.

    Args:
        printed: four digits and nothing else.
    """
    return int(unicodedata.normalize("NFKC", printed).translate(DIGITS))


def _to_number(printed: str) -> int:
    if printed.isdecimal():
        return int(printed)
    if printed == "元":
        return 1  # 元月 is January
    tens, ten, ones = printed.rpartition("十")
    if ten:
        return int(tens.translate(DIGITS) or 1) * 10 + int(ones.translate(DIGITS) or 0)
    return int(printed.translate(DIGITS))


def normal(text: Printed) -> str:
    """A line in which dates can be found: half width, simplified, one blank for many, none inside a date.

    Args:
        text: any line; an empty one gives "".
    """
    plain = " ".join(unicodedata.normalize("NFKC", text.clean).split())
    return SPACES_INSIDE.sub(r"\1", fold(plain))


def bare_date(text: Printed, kind: str, place: str) -> PrintedDate | None:
    """The date that a line consists of, brackets and time of day allowed.

    Args:
        text: a line; of an empty or long one None.
        kind: what the date is of, such as "signature".
        place: the line's, kept with the date.
    """
    if len(text.raw) > LONGEST_LINE:
        return None
    match = BARE.fullmatch(normal(text)) or BARE.fullmatch(fold(text.compact))
    return _printed(match, kind, place) if match else None


def is_signing_date(text: Printed) -> bool:
    """Whether a line is nothing but a full date, which ends a report.

    Args:
        text: a line; an empty one is none.
    """
    return bool(SIGNING.fullmatch(text.compact))


def signed_date(text: Printed, place: str) -> tuple[str, PrintedDate] | None:
    """Name and date of a signature that stands on one line.

    Args:
        text: a line; of any other one None.
        place: the line's, kept with the date.
    """
    if len(text.raw) > LONGEST_LINE:
        return None
    match = SIGNED.fullmatch(text.compact) or SIGNED.fullmatch(normal(text))
    return (match["who"], _printed(match, "signature", place)) if match else None


def labelled_dates(text: Printed, place: str) -> Iterator[PrintedDate]:
    """The dates of a line that have a word before them, such as ``发布日期``.

    Args:
        text: a line; what stands behind its first characters, where it is very long, is not looked at.
        place: the line's, kept with each date.
    """
    for match in _labelled().finditer(normal(text)[:LONGEST_LINE]):
        yield _printed(match, _kinds()[match["label"]], place)


@cache
def _kinds() -> dict[str, str]:
    return {word: kind for kind, words in knowledge.load("identity.yml")["dates"].items() for word in words}


@cache
def _labelled() -> re.Pattern[str]:
    labels = "|".join(sorted(_kinds(), key=len, reverse=True))
    return re.compile(rf"(?<![\u4e00-\u9fff])(?P<label>{labels})[\s:：|]*{DATE}")


def _printed(match: re.Match[str], kind: str, place: str) -> PrintedDate:
    value = None
    with suppress(ValueError):  # such as 2月30日, or 十十: kept as printed
        value = date(to_year(match["year"]), _to_number(match["month"]), _to_number(match["day"]))
    return PrintedDate(kind, value, match["whole"], place)
