"""Printed words made comparable. Comes in: text as printed. Goes out: the same text without what printing adds.

Knows no label: which words mean what stands in ``knowledge/``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipeline.safety.escape import visible

BOOKMARK = re.compile(r"\[bookmark:[^\]]*\]")
# Punctuation that differs between prints of the same label: quotes, commas, colons, dots between words.
PUNCTUATION = re.compile(r"[\s、,，。.:;；：·'\"“”‘’「」『』《》〈〉]")
ENUMERATOR = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.,]|\([一二三四五六七八九十]{1,3}\)|\(?\d{1,2}[.、,)](?!\d)|\d{1,2}(?=[^\W\d]))"
)
CELL = 60  # characters
IN_BRACKETS = re.compile(r"\([^()]*\)")


def clean(text: str) -> str:
    """Text without converters' residue: bookmarks, invisible and direction-changing characters, outer blanks.

    Args:
        text: as printed, of any length.

    Returns:
        the text with plain blanks in place of wide and unbreakable ones; empty where nothing printed is left.
    """
    return _clean_cell(text) if len(text) <= CELL else _clean(text)


def compact(text: str) -> str:
    """Cleaned text in compatibility form (full width becomes half width) without any white space.

    Args:
        text: as printed, of any length.

    Returns:
        e.g. ``1,234`` for ``１ ，２３４``; empty where nothing printed is left.
    """
    return _compact_cell(text) if len(text) <= CELL else _compact(text)


def _clean(text: str) -> str:
    return visible(BOOKMARK.sub("", text)).replace("\u00a0", " ").replace("\u3000", " ").strip()


def _compact(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", clean(text)).split())


# The cells of tables are few different texts, asked about again and again; longer ones are not worth the memory.
_clean_cell = lru_cache(maxsize=8192)(_clean)
_compact_cell = lru_cache(maxsize=8192)(_compact)


def label(text: str) -> str:
    """A label made comparable: no white space, no leading enumerator, no punctuation, half-width brackets.

    Args:
        text: a label as printed.

    Returns:
        empty for a text of punctuation alone.

    >>> label("(二) 部分公开 (区分处理的, 只计这一情形)")
    '部分公开(区分处理的只计这一情形)'
    """
    return PUNCTUATION.sub("", ENUMERATOR.sub("", compact(text)))


def without_brackets(normal: str) -> str:
    """A normal label without the text in its brackets; the label itself where nothing else would be left.

    Args:
        normal: as ``label`` makes it; brackets within brackets are not looked into.
    """
    bare = IN_BRACKETS.sub("", normal)
    return bare or normal
