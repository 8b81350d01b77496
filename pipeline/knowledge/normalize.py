"""Printed words made comparable. Comes in: text as printed. Goes out: the same text without what printing adds.

Knows no label: which words mean what stands in ``knowledge/``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache

from pipeline.knowledge.traditional import fold
from pipeline.safety.escape import visible

BOOKMARK = re.compile(r"\[bookmark:[^\]]*\]")
# Punctuation that differs between prints of the same label: quotes, commas, colons, dots between words.
PUNCTUATION = re.compile(r"[\s、,，。.:;；：·'\"“”‘’「」『』《》〈〉]")
ENUMERATOR = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.,]|\([一二三四五六七八九十]{1,3}\)|\(?\d{1,2}[.、,)](?!\d)|\d{1,2}(?=[^\W\d]))"
)
# What pages for learners and damaged mirrors put behind a character.
PINYIN = re.compile(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,7}\)", re.IGNORECASE)
CELL, PARAGRAPH = 60, 10_000  # characters
IN_BRACKETS = re.compile(r"\([^()]*\)")


class Printed:
    """A text as printed, and the forms in which it is compared, each made when first asked for and once.

    Attributes:
        raw: as printed.
        clean: without converters' residue: bookmarks, invisible and direction-changing characters, outer blanks.
        compact: cleaned, in compatibility form (full width becomes half width), without any white space.
        plain: compact, in simplified characters and without pinyin in brackets.
        label: plain, without leading enumerator and punctuation.

    >>> Printed("(二) 部分公開 (區分處理的, 只计这一情形)").label
    '部分公开(区分处理的只计这一情形)'
    """

    def __init__(self, raw: str) -> None:
        self.raw = raw

    def __bool__(self) -> bool:
        """Whether anything is printed but blanks."""
        return bool(self.clean)

    @cached_property
    def clean(self) -> str:
        text = visible(BOOKMARK.sub("", self.raw))
        return text.replace("\u00a0", " ").replace("\u3000", " ").replace("\n", " ").strip()

    @cached_property
    def compact(self) -> str:
        return "".join(unicodedata.normalize("NFKC", self.clean).split())

    @cached_property
    def plain(self) -> str:
        return PINYIN.sub("", fold(self.compact))

    @cached_property
    def label(self) -> str:
        return PUNCTUATION.sub("", ENUMERATOR.sub("", self.plain))


def printed(text: str) -> Printed:
    """A text with its forms. Cells are few different texts, met again and again: they are kept, and some paragraphs.

    Args:
        text: as printed, of any length.
    """
    if len(text) <= CELL:
        return _cell(text)
    return _paragraph(text) if len(text) <= PARAGRAPH else Printed(text)


_cell = lru_cache(maxsize=8192)(Printed)
_paragraph = lru_cache(maxsize=64)(Printed)  # those of the report that is read: ten places ask for each


def clean(text: str) -> str:
    """``Printed.clean`` of a text.

    Args:
        text: as printed, of any length; empty where nothing printed is in it.
    """
    return printed(text).clean


def compact(text: str) -> str:
    """``Printed.compact`` of a text.

    Args:
        text: as printed, of any length; empty where nothing printed is in it.
    """
    return printed(text).compact


def label(text: str) -> str:
    """``Printed.label`` of a text.

    Args:
        text: as printed, of any length; empty where nothing printed is in it.
    """
    return printed(text).label


def without_brackets(normal: str) -> str:
    """A normal label without the text in its brackets; the label itself where nothing else would be left.

    Args:
        normal: as ``label`` makes it; brackets within brackets are not looked into.
    """
    bare = IN_BRACKETS.sub("", normal)
    return bare or normal
