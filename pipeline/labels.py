"""What a printed label means. Comes in: a cell's text. Goes out: row, group, column, section heading, or nothing.

A label is an official label, a wording listed for it, or contains a piece that no other row of its table contains.
There is no closest match.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline import knowledge, wording
from pipeline.template import Form, Section

LONGEST_LABEL = 60
SENTENCE = re.compile(r"[。！？!?]|，.*，")
HEADING_NUMBER = re.compile(r"^(?:第?([一二三四五六七八九十])(?:部分)?[、.．,，:：]?)(.*)$")


@dataclass(frozen=True)
class Meaning:
    """``kind`` is row, group, column, part (its caption) or passed_over; ``table`` is empty for passed_over."""

    kind: str
    table: str
    key: str


@dataclass(frozen=True)
class Index:
    """The labels of one form: whole labels, and stems by table."""

    whole: dict[str, tuple[Meaning, ...]]
    stems: tuple[tuple[str, Meaning], ...]


@cache
def index(form: Form) -> Index:
    """The labels of a form, each with all that it may mean."""
    whole: dict[str, list[Meaning]] = {}
    stems: list[tuple[str, Meaning]] = []

    def add(label: str, meaning: Meaning) -> None:
        if meaning not in whole.setdefault(label, []):
            whole[label].append(meaning)

    for table in form.tables:
        for part in table.parts:
            for row in part.rows:
                meaning = Meaning("row" if row.kind == "data" else "group", table.key, row.item.key)
                for label in row.item.labels:
                    add(label, meaning)
                stems.extend((stem, meaning) for stem in row.item.stems)
            for column in part.columns:
                for label in column.labels:
                    add(label, Meaning("column", table.key, column.key))
            if part.zh:
                add(wording.label(part.zh), Meaning("part", table.key, part.key))
                add(wording.label(part.zh.removeprefix("第")), Meaning("part", table.key, part.key))
    for words in knowledge.load("wordings.yml")["passed_over"]:
        add(wording.label(words), Meaning("passed_over", "", ""))
    return Index({label: tuple(found) for label, found in whole.items()}, tuple(stems))


def meanings(text: str, form: Form, *, stems: bool = True) -> tuple[Meaning, ...]:
    """All that a label may mean, in the order of the form; empty for a text that is no known label.

    Args:
        text: as printed.
        form: the form it is printed in.
        stems: whether a piece of a label is enough.
    """
    if len(text) > 2 * LONGEST_LABEL:
        return ()
    normal = wording.label(text)
    if not normal or len(normal) > LONGEST_LABEL:
        return ()
    known = index(form)
    for candidate in (normal, wording.without_brackets(normal)):
        if candidate in known.whole:
            return known.whole[candidate]
    if not stems or SENTENCE.search(text):
        return ()
    found = tuple(dict.fromkeys(meaning for stem, meaning in known.stems if stem in normal))
    return found if len({meaning.key for meaning in found}) == 1 else ()


def section_heading(text: str, form: Form) -> Section | None:
    """The section that a line is the heading of, or None.

    With its number a heading may be any listed wording; without, it must be one, and nothing else on the line.
    """
    if len(text) > LONGEST_LABEL:
        return None
    plain = wording.compact(text)
    match = HEADING_NUMBER.match(plain)
    normal = wording.PUNCTUATION.sub("", match[2] if match else plain)
    for section in form.sections:
        if normal in section.labels:
            return section
    return None
