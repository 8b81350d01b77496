"""Bytes → text, for the encodings in which Chinese government text is met. Nothing is decoded by likelihood alone:
an encoding counts only if every byte fits it, and what comes out is mostly common Chinese.
"""

from __future__ import annotations

import codecs
from functools import cache

from pipeline.document.refusal import refusal
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.model.findings import Finding, Location

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CANDIDATES = ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "big5hkscs")
SAMPLE = 50_000  # characters looked at
PLAUSIBLE = 0.85  # share of common characters; right decodings have over 0.95, wrong ones under 0.7
BARELY = 0.6
MOST_LOST = 0.005  # share of characters that may be undecodable in a text that is otherwise fine
CONTROLS = frozenset(map(chr, [*range(9), *range(14, 26), *range(27, 32), *range(0x7F, 0xA0)]))
# What pages declare, and the superset to decode it with.
SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "big5": "big5hkscs"}


@cache
def _common() -> frozenset[str]:
    """Characters that ordinary Chinese text is made of: the first level of GB 2312 and of Big5, and punctuation."""
    pairs = [(lead, trail) for lead in range(0xA1, 0xD8) for trail in range(0x40, 0xFF)]
    first_of_gb = "".join(
        bytes(pair).decode("gb2312", errors="ignore")
        for pair in pairs
        if pair[1] > 0xA0 and pair[0] not in (0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9)
    )
    first_of_big5 = "".join(
        bytes(pair).decode("big5", errors="ignore") for pair in pairs if 0xA4 <= pair[0] <= 0xC6
    )
    return frozenset(first_of_gb + first_of_big5 + "\u00a0\u2002\u2003\u2022\ufeff\u200b〇\ufffd") - CONTROLS


def plausibility(text: str) -> float:
    """How much a text looks like Chinese: the share of common characters among those beyond ASCII; 0 for binary."""
    sample = text[:SAMPLE]
    if not sample:
        return 1.0
    common = _common()
    wide = [char for char in sample if char > "\x7f"]
    controls = sum(char in CONTROLS for char in sample)
    if controls * 200 > len(sample):
        return 0.0
    return sum(char in common for char in wide) / len(wide) if wide else 1.0


def decode(data: bytes, declared: str = "") -> tuple[str, tuple[Finding, ...]]:
    """The text of a file, and a finding (D109) where a few of its characters could not be decoded.

    Args:
        data: the whole file; bytes order marks are taken off.
        declared: the encoding that a page names, which may be wrong.

    Raises:
        RefusedError: D105 for a file that ends within a character, D108 for one that is no text.
    """
    for mark, name in BOMS:
        if data.startswith(mark):
            return _decode_as(data[len(mark) :], (name,))
    text = _strictly(data, "utf-8")
    if text is not None and "\x00" not in text[:SAMPLE]:
        return text, ()
    names = ("utf-8", *_known(declared), *CANDIDATES[1:])
    return _decode_as(data, tuple(dict.fromkeys(names)))


def _known(declared: str) -> tuple[str, ...]:
    name = declared.strip().strip("'\"").lower()
    try:
        return (SUPERSETS.get(name, codecs.lookup(name).name),)
    except LookupError:
        return ()


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _decode_as(data: bytes, names: tuple[str, ...]) -> tuple[str, tuple[Finding, ...]]:
    scored: list[tuple[float, str]] = []
    for name in names:
        text = _strictly(data, name)
        if text is None:
            continue
        score = plausibility(text)
        if score >= PLAUSIBLE:
            return text, ()
        scored.append((score, text))
    # A damaged file comes before an unlikely encoding: a GBK text that lost a byte may well "be" UTF-16.
    damaged = _with_losses(data, names)
    if damaged:
        return damaged
    best = max(scored, key=lambda pair: pair[0], default=(0.0, ""))
    if best[0] >= BARELY:
        return best[1], ()
    raise refusal("D108", "no_text")


def _with_losses(data: bytes, names: tuple[str, ...]) -> tuple[str, tuple[Finding, ...]] | None:
    best: tuple[int, str, str] | None = None
    for name in names:
        text = data.decode(name, errors="replace")
        lost = text.count("\ufffd")
        if lost and lost <= max(3, MOST_LOST * len(text)) and plausibility(text) >= PLAUSIBLE:
            best = min(best or (lost, name, text), (lost, name, text), key=lambda found: found[0])
    if best is None:
        return None
    lost, name, text = best
    if lost == 1 and text.endswith("\ufffd"):
        raise refusal("D105", "half_character")
    lines = [number for number, line in enumerate(text.split("\n"), 1) if "\ufffd" in line]
    where = "line " + ", ".join(map(str, lines[:5])) + (" …" if len(lines) > 5 else "")
    return text, (finding_kinds()["D109"](Location(source=f"line {lines[0]}"), count=lost, where=where),)
