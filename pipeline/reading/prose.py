"""Which lines are none of a table's: sentences, the date of signing, the numbers of pages."""

from __future__ import annotations

import re

from pipeline.reading.labels import SENTENCE

SHORT = 60  # longer lines are prose
SIGNED = re.compile(r"\(?20\d\d年\d{1,2}月\d{1,2}日\)?")  # a date alone on its line ends the report
PAGE_NUMBER = re.compile(r"[-—–―_]+\d{1,4}[-—–―_]+|第\d{1,4}页(?:[,，/]?共\d{1,4}页)?|\d{1,4}/\d{1,4}页?")


def is_short(text: str) -> bool:
    """Whether a text may be a label: not long, and no sentence."""
    return len(text) <= SHORT and not SENTENCE.search(text)


def is_signing_date(plain: str) -> bool:
    """Whether a line, compact, is nothing but a full date."""
    return bool(SIGNED.fullmatch(plain))


def is_page_number(plain: str) -> bool:
    """Whether a line, compact, is the number of a page, marked as one: -3-, 第3页共9页, 3/9."""
    return bool(PAGE_NUMBER.fullmatch(plain))
