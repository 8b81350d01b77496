"""What a printed label means. Comes in: a cell's text. Goes out: row, group, column, section heading, or nothing.

A label is an official label, a wording listed for it, or a damaged print of one: it contains a piece that no other row
of its table contains, and nothing that the official label does not say. There is no closest match.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from pipeline import knowledge
from pipeline.knowledge import normalize
from pipeline.knowledge.normalize import Printed, printed
from pipeline.knowledge.numerals import is_figure_like
from pipeline.model.form import Form, Part, Row, Section

LONGEST_LABEL = 60
SENTENCE = re.compile(r"[。！？!?]|，.*，")
SHORT = 60  # longer lines are prose
LONGEST_ROW = 200  # a label with its figures
PAGE_NUMBER = re.compile(r"[-—–―_]+\d{1,4}[-—–―_]+|第\d{1,4}页(?:[,，/]?共\d{1,4}页)?|\d{1,4}/\d{1,4}页?")
ENUMERATORS = re.compile(r"\d|\([一二三四五六七八九]\)")
DIGITS_AT_END = re.compile(r"(?P<label>.*[^\d.,])(?P<figures>\d+(?:\.\d+)?)")
FIGURES_APART = re.compile(
    r"(?P<label>.*?[^\d\s.,])\s+(?P<figures>[^\w\s]?[\d.,]+[^\W\d]{0,2}(?:\s+\S{1,12})*)", re.DOTALL
)
HEADING_NUMBER = re.compile(r"^(?:第?([一二三四五六七八九十])(?:部分)?[、.．,，:：]?)(.*)$")


class Kind(StrEnum):
    """What a label names. ``PART`` is the caption of a part of a table."""

    ROW = "row"
    GROUP = "group"
    COLUMN = "column"
    PART = "part"
    PASSED_OVER = "passed_over"


@dataclass(frozen=True)
class Meaning:
    """What a label may name; ``table`` and ``key`` are empty for what is passed over."""

    kind: Kind
    table: str
    key: str


@dataclass(frozen=True)
class Index:
    """The labels of one form: whole labels; stems by table; and for each meaning of a stem its labels in full."""

    whole: dict[str, tuple[Meaning, ...]]
    stems: tuple[tuple[str, Meaning], ...]
    full: dict[Meaning, tuple[str, ...]]


def is_short(text: Printed) -> bool:
    """Whether a text may be a label: not long, and no sentence.

    Args:
        text: any; an empty one is short.
    """
    return len(text.raw) <= SHORT and not SENTENCE.search(text.raw)


def is_page_number(compact: str) -> bool:
    """Whether a line, compact, is the number of a page, marked as one: -3-, 第3页共9页, 3/9.

    Args:
        compact: without blanks; "" is none.
    """
    return bool(PAGE_NUMBER.fullmatch(compact))


@cache
def index(form: Form) -> Index:
    """The labels of a form, each with all that it may mean.

    Args:
        form: asked once, then remembered.
    """
    whole: dict[str, list[Meaning]] = {}
    stems: list[tuple[str, Meaning]] = []
    full: dict[Meaning, tuple[str, ...]] = {}

    def add(label: str, meaning: Meaning) -> None:
        known = whole.setdefault(normalize.label(label), [])
        if meaning not in known:
            known.append(meaning)

    for table in form.tables:
        for part in table.parts:
            for row in part.rows:
                meaning = Meaning(Kind.GROUP if row.is_group else Kind.ROW, table.key, row.item.key)
                for label in row.item.labels:
                    add(label, meaning)
                stems.extend((normalize.label(stem), meaning) for stem in row.item.stems)
                above = "".join(normalize.label(group.item.zh) for group in _groups_above(part, row))
                full[meaning] = tuple(
                    above + normalize.label(label) for label in (*row.item.labels, *row.item.stems)
                )
            for column in part.columns:
                for label in column.labels:
                    add(label, Meaning(Kind.COLUMN, table.key, column.key))
            if part.zh:
                add(part.zh, Meaning(Kind.PART, table.key, part.key))
                add(part.zh.removeprefix("第"), Meaning(Kind.PART, table.key, part.key))
    for words in knowledge.load("cell_words.yml")["passed_over"]:
        add(words, Meaning(Kind.PASSED_OVER, "", ""))
    return Index({label: tuple(found) for label, found in whole.items()}, tuple(stems), full)


def _groups_above(part: Part, row: Row) -> tuple[Row, ...]:
    """The groups a row stands in, the outermost first."""
    parents = {one.item.key: one for one in part.rows}
    found: list[Row] = []
    while row.parent:
        row = parents[row.parent]
        found.insert(0, row)
    return tuple(found)


def meanings(text: Printed, form: Form, *, stems: bool = True) -> tuple[Meaning, ...]:
    """All that a label may mean, in the order of the form; empty for a text that is no known label.

    Args:
        text: the whole label.
        form: the form it is printed in.
        stems: whether a piece of a label is enough.
    """
    if len(text.raw) > 2 * LONGEST_LABEL:
        return ()
    return _meanings(text.label, form, stems)


@lru_cache(maxsize=65_536)
def _meanings(plain: str, form: Form, stems: bool) -> tuple[Meaning, ...]:
    if not plain or len(plain) > LONGEST_LABEL:
        return ()
    known = index(form)
    for candidate in (plain, normalize.without_brackets(plain)):
        if candidate in known.whole:
            return known.whole[candidate]
    if not stems or plain[-1].isdigit():
        return ()  # figures may run together with the label: 1.属于国家秘密0000000
    found = tuple(
        dict.fromkeys(
            meaning
            for stem, meaning in known.stems
            if stem in plain and _says_no_more(plain, known.full[meaning])
        )
    )
    return found if len({meaning.key for meaning in found}) == 1 else ()


def _says_no_more(plain: str, full: tuple[str, ...]) -> bool:
    """Whether a label is one of the full labels with pieces lost: 其中：本年新收网上申请 says more than 本年新收."""
    for candidate in (plain, normalize.without_brackets(plain)):
        rest = ENUMERATORS.sub("", candidate)
        for filler in knowledge.load("cell_words.yml")["fillers"]:
            rest = rest.replace(filler, "")
        if any(_is_part(rest, label) for label in full):
            return True
    return False


def _is_part(text: str, whole: str) -> bool:
    """Whether the characters of a text stand in another one in the same order."""
    rest = iter(whole)
    return all(character in rest for character in text)


def is_piece(text: Printed, form: Form) -> bool:
    """Whether a text is a piece of a label, such as the first of its lines.

    Args:
        text: of two characters at least, brackets not counted.
        form: whose labels are looked through.
    """
    piece = text.label.strip("()")
    return len(piece) > 1 and any(piece in label for label in index(form).whole)


def is_piece_of(text: Printed, meaning: Meaning, form: Form) -> bool:
    """Whether a text is a piece of the label of one row.

    Args:
        text: any; an empty one is a piece of everything.
        meaning: a row of the form.
        form: that has this row.
    """
    return any(
        text.label in normalize.without_brackets(label) or text.label in label
        for label in index(form).full[meaning]
    )


def split_figures(text: Printed) -> tuple[Printed, tuple[str, ...]]:
    """Label and figures of a cell that holds both: ``规章 5 3 20``, or run together, ``规章000``; no figures where it does not.

    Args:
        text: a cell or line; an empty one comes back as it is.
    """
    if len(text.raw) > LONGEST_ROW:
        return text, ()
    apart = FIGURES_APART.fullmatch(text.clean)
    if apart and all(map(is_figure_like, figures := apart["figures"].split())):
        return printed(apart["label"]), tuple(figures)
    match = None if apart else DIGITS_AT_END.fullmatch(text.compact)
    return (printed(match["label"]), (match["figures"],)) if match else (text, ())


def section_heading(text: Printed, form: Form) -> Section | None:
    """The section that a line is the heading of, or None.

    With its number a heading may say more than is listed; without, it must be a listed one and nothing else on the line.

    Args:
        text: a line; an empty one is none.
        form: whose sections are looked for.
    """
    if len(text.raw) > LONGEST_LABEL:
        return None
    return _section_heading(text.plain, bool(SENTENCE.search(text.raw)), form)


@lru_cache(maxsize=65_536)
def _section_heading(plain: str, is_sentence: bool, form: Form) -> Section | None:
    match = HEADING_NUMBER.match(plain)
    name = normalize.PUNCTUATION.sub("", match[2] if match else plain.lstrip("-—•·*#"))
    for section in form.sections:
        if name in section.labels:
            return section
    if match and not is_sentence:
        for section in form.sections:
            words = knowledge.load("sections.yml")[section.key]["words"]
            if match[1] == section.number and all(word in name for word in words):
                return section
    return None
