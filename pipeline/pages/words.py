"""All sentences of the pages: ``strings.yml`` in one language, filled with values. No sentence stands in Python.

A ``Words`` speaks plain text or Markdown. In Markdown every value is escaped and every number is strong, in a way that
HTML understands as well, so a sentence can be put on a page as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup

from pipeline.knowledge.english import places_in_english
from pipeline.model.text import Text
from pipeline.safety.escape import markdown

STRINGS = Path(__file__).with_name("strings.yml")
LANGUAGES = ("zh", "en")
_LINE = re.compile(r"line (\d+)")
_PDF_ROW = re.compile(r"p\. (\d+), table (\d+), r(\d+)\b")
_ROW = re.compile(r"table (\d+), r(\d+)\b")
_PDF = re.compile(r"p\. (\d+)(?: picture)?,.*")
SMALLEST_BASE = 10  # of a ratio; below it, counts say more
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def leaves(raw: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every sentence of a strings file: its dotted key and its words by language."""
    for key, entry in raw.items():
        if set(entry) <= set(LANGUAGES):
            yield prefix + key, entry
        else:
            yield from leaves(entry, f"{prefix}{key}.")


@cache
def _strings(language: str) -> Mapping[str, str]:
    raw = yaml.load(STRINGS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {key: entry[language] for key, entry in leaves(raw)}


def leaves_of(language: str) -> Iterator[tuple[str, str]]:
    """Every sentence of a language with its key, its values still to be filled; for scripts, which fill them."""
    yield from _strings(language).items()


def line_of(place: str) -> str:
    """The number of the line, of a place that is one; ``t2r4`` of a row of a table, ``p3t2r4`` of a PDF's; else empty."""
    if found := _LINE.fullmatch(place):
        return found[1]
    if found := _ROW.match(place):
        return f"t{found[1]}r{found[2]}"
    row = _PDF_ROW.match(place)
    return f"p{row[1]}t{row[2]}r{row[3]}" if row else ""


@dataclass(frozen=True)
class Number:
    """A number in a sentence; ``{n}`` is the figure, ``{n:word|words}`` an English word that agrees with it."""

    value: Decimal | int
    bold: bool

    def __format__(self, spec: str) -> str:
        if spec:
            one, _, many = spec.partition("|")
            return one if self.value == 1 else many
        return f"<strong>{figure(self.value)}</strong>" if self.bold else figure(self.value)


class Term(str):
    """A term in a sentence; ``{label:low}`` begins it with a small letter, as within an English sentence."""

    def __format__(self, spec: str) -> str:
        return low(self) if spec == "low" else str(self)


def low(text: str) -> str:
    """A text with a small first letter, unless it begins with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def figure(value: Decimal | int) -> str:
    """A figure as read by people: ``1,234``, ``2.53``; never an exponent."""
    return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


@dataclass(frozen=True)
class Words:
    """The sentences of one language; ``rich`` ones are Markdown."""

    language: str
    rich: bool = False

    @property
    def markdown(self) -> Words:
        """The same language, as Markdown."""
        return Words(self.language, rich=True)

    def __contains__(self, key: str) -> bool:
        return key in _strings(self.language)

    def __call__(self, key: str, **values: object) -> str:
        """The sentence with its values.

        Args:
            key: dotted key in ``strings.yml``.
            **values: text, or numbers (``int``, ``Decimal``). A missing one raises KeyError: that is a bug of ours.
        """
        sentence = _strings(self.language)[key]
        text = sentence.format(**{name: self._value(value) for name, value in values.items()})
        return Markup(text) if self.rich else text

    def _value(self, value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return Term(markdown(str(value)) if self.rich and not isinstance(value, Markup) else value)
        return Number(value, self.rich)

    def join(self, parts: Iterable[str], key: str = "list.comma") -> str:
        """Parts in a row, with the separator of the language; in Markdown, what is no sentence of ours is escaped."""
        separator = _strings(self.language)[key]
        return Markup(separator).join(map(markdown, parts)) if self.rich else separator.join(parts)

    def label(self, label: Text) -> str:
        """Words of the package, safe for the kind of sentence."""
        return markdown(label[self.language]) if self.rich else label[self.language]

    def places(self, names: Sequence[str]) -> str:
        """Places that lie in each other, given from the widest: ``四川省 · 巴中市``; ``Bazhong, Sichuan``."""
        if self.language == "zh":
            return self.join(names, "list.dot")
        named = places_in_english(names)
        return markdown(named) if self.rich else named

    def date(self, iso: str) -> str:
        """A date in words; what is no ISO date stays as it is."""
        if found := _DATE.fullmatch(iso):
            year, month, day = (int(part) for part in found.groups())
            names = _strings(self.language)["months"].split()
            name = names[month - 1] if 0 < month <= len(names) else month
            return _strings(self.language)["date"].format(year=year, month=month, day=day, name=name)
        return iso

    def place(self, place: str) -> str:
        """A place in the source, in words where we know the kind of place."""
        if found := _LINE.fullmatch(place):
            return _strings(self.language)["place_line"].format(line=found[1])
        if found := _ROW.match(place):
            return _strings(self.language)["place_row"].format(table=found[1], row=found[2])
        if found := _PDF.fullmatch(place):
            return _strings(self.language)["place_page"].format(
                page=found[1], place=place.partition(", box ")[0]
            )
        return place

    def percent(self, part: Decimal, whole: Decimal) -> str:
        """A percentage; empty below a base of 10, where it misleads. Never 0 or 100 for what is not quite so."""
        if whole < SMALLEST_BASE:
            return ""
        percent = (part * 100 / whole).quantize(Decimal(1))
        if part and not percent:
            return "<1%"
        return ">99%" if part != whole and percent == 100 else f"{percent}%"

    def share(self, part: Decimal, whole: Decimal) -> str:
        """A share with its fraction, ``35%（52/148）``; empty below a base of 10."""
        percent = self.percent(part, whole)
        sentence = _strings(self.language)["share"]
        return percent and sentence.format(percent=percent, part=figure(part), whole=figure(whole))
