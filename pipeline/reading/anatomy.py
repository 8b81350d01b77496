"""The lines of a document, taken apart: titles, head, sections, signature, dates, and the sentences that say who wrote it.

Says where things stand; what is made of them, where they disagree, is settled in ``identity``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.knowledge import normalize
from pipeline.knowledge.normalize import Printed
from pipeline.knowledge.numerals import is_figure_like
from pipeline.knowledge.traditional import fold
from pipeline.model.form import Form
from pipeline.model.report import PrintedDate
from pipeline.reading.dates import bare_date, labelled_dates, signed_date
from pipeline.reading.labels import SENTENCE, section_heading
from pipeline.reading.lines import Line
from pipeline.reading.titles import (
    LONGEST_TITLE,
    Title,
    bare,
    find_titles,
    has_brand,
    is_furniture,
    is_one_body,
    names_agency,
    parse_title,
    without_inner_office,
    words,
)
from pipeline.safety.redact import redact

HEAD_LINES = 150  # a title stands within the first lines, before the first section
NEAR_TITLE = 6  # lines after a title in which name and date may stand
SEAL = re.compile(r"[(（][^()（）]{0,4}章[)）]$")  # （盖章）: where the seal goes, and no part of the name
TAIL_LINES = 40  # where no section is found, a signature stands within the last lines


@dataclass
class Section:
    key: str
    heading: str
    place: str
    texts: list[str]


@dataclass(frozen=True)
class Signature:
    agency: str
    date: PrintedDate
    first: int
    end: int


class Anatomy:
    """The document taken apart: title, head, sections, signature, dates."""

    def __init__(self, lines: Iterable[Line], form: Form) -> None:
        self.form = form
        self.lines = [line for line in lines if line.text]
        self.period = self._period()
        headings = [
            (number, section.key)
            for number, line in enumerate(self.lines)
            if _is_text(line) and (section := section_heading(line.text, form))
        ]
        self.titles = self._titles(headings[0][0] if headings else HEAD_LINES)
        self.title = self._best_title()
        if self.title and not self.title.agency and self.title.year is None and not headings:
            self.title = None  # 政府信息公开年报 is a word in the menu of every government site
        start = self._after_titles()
        # A table of contents repeats the headings: a section begins at its last heading before another one's text.
        self.first_section = next((number for number, _ in headings if number >= start), len(self.lines))
        last = max((number for number, _ in headings), default=len(self.lines) - TAIL_LINES)
        self.signature = self._signature(max(last + 1 if headings else last, start))
        self.end = self.signature.first if self.signature else self._end_of_report(last + 1, bool(headings))
        self.sections = self._sections(start)
        self.byline = self._byline()
        self.dates = tuple(dict.fromkeys(self._dates()))

    def text(self, number: int) -> str:
        """One line, as printed.

        Args:
            number: from 0.
        """
        return self.lines[number].text.raw

    def _titles(self, head: int) -> list[Title]:
        found = self._titles_before(min(head, HEAD_LINES))
        return found or self._titles_before(HEAD_LINES)

    def _titles_before(self, end: int) -> list[Title]:
        texts = [line.text.raw if may_be_title(line) else "" for line in self.lines[:end]]
        found = find_titles(texts)
        if not found:  # a whole report on one line: the title is its beginning
            for number, line in enumerate(self.lines[:end]):
                if len(line.text.raw) > LONGEST_TITLE and (
                    title := parse_title(line.text.raw, number, number + 1)
                ):
                    return [title]
        return found

    def _best_title(self) -> Title | None:
        """The one with a year, a clean name, whole words and the longest name; between years, that of the period."""
        return max(
            self.titles,
            key=lambda title: (
                title.year is not None,
                bool(title.agency),
                not has_brand(title.agency),
                title.is_whole,
                title.year == self.period,
                len(bare(title.agency)),
                title.first,  # lists of other years stand above, the title next to the text
            ),
            default=None,
        )

    def _period(self) -> int | None:
        """The year of the statistics period, where the text states one and only one."""
        texts = (line.text.compact for line in self.lines if "月" in line.text.raw and "日" in line.text.raw)
        years = {int(year) for text in texts for year in pattern(words()["period"]).findall(text)}
        return years.pop() if len(years) == 1 else None

    def _after_titles(self) -> int:
        """The first line of the report proper: after the title and its repeats."""
        if self.title is None:
            return 0
        chosen = self.title
        return max(
            title.end
            for title in self.titles
            if title.year in (chosen.year, None)
            and (not title.agency or is_one_body(title.agency, chosen.agency))
        )

    def _sections(self, start: int) -> list[Section]:
        """The text below each heading, and what stands before the first as ``preamble``."""
        in_titles = {number for title in self.titles for number in range(title.first, title.end)}
        found = [Section("preamble", "", "", [])]
        seen: set[str] = set()
        for number in range(start, self.end):
            line = self.lines[number]
            if not line.is_paragraph or number in in_titles:
                continue
            section = section_heading(line.text, self.form)
            if section and section.key not in seen:
                seen.add(section.key)
                found.append(Section(section.key, line.text.clean, self.lines[number].place, []))
            elif found[-1].key == "preamble" and (is_furniture(line.text.raw) or _is_head_line(line.text)):
                continue
            elif not is_figure_like(line.text.raw) or line.text.compact in ("无", "空"):
                found[-1].texts.append(redact(line.text.clean))
        return found

    def _signature(self, start: int) -> Signature | None:
        """The first date on a line of its own with an agency above it or before it; else the last bare date."""
        unsigned: Signature | None = None
        for number in range(max(start, 0), len(self.lines)):
            if not _is_text(self.lines[number]):
                continue
            if (signed := signed_date(self.lines[number].text, self.lines[number].place)) and names_agency(
                signed[0]
            ):
                return Signature(SEAL.sub("", signed[0]), signed[1], number, number + 1)
            if printed := bare_date(self.lines[number].text, "signature", self.lines[number].place):
                above = self.text(number - 1) if number else ""
                if names_agency(above) and _is_text(self.lines[number - 1]):
                    name = SEAL.sub("", "".join(above.split()))
                    return Signature(name, printed, number - 1, number + 1)
                unsigned = Signature("", printed, number, number + 1)
        return unsigned

    def _end_of_report(self, last_heading: int, has_sections: bool) -> int:
        """Without a signature: the first line of page furniture after the last section's heading."""
        if has_sections:
            for number in range(last_heading, len(self.lines)):
                if is_furniture(self.text(number)):
                    return number
        return len(self.lines)

    def _near_title(self) -> Iterator[int]:
        start = self._after_titles()
        for number in range(start, min(start + NEAR_TITLE, self.first_section, len(self.lines))):
            if SENTENCE.search(self.text(number)):
                return
            yield number

    def _byline(self) -> str:
        """A name on a line of its own below the title, or above a text that has no title."""
        for number in self._near_title():
            if _is_text(self.lines[number]) and names_agency(self.text(number)):
                return "".join(self.lines[number].text.clean.split())
        return ""

    def _dates(self) -> Iterator[PrintedDate]:
        if self.signature:
            yield self.signature.date
        for number in self._near_title():
            text, place = self.lines[number].text, self.lines[number].place
            if printed := bare_date(text, "under_title", place):
                yield printed
            elif (signed := signed_date(text, place)) and names_agency(signed[0]):
                yield PrintedDate("under_title", signed[1].value, signed[1].raw, place)
        head = range(min(self.first_section, HEAD_LINES, len(self.lines)))
        for number in (*head, *range(max(self.end, len(head)), len(self.lines))):
            yield from labelled_dates(self.lines[number].text, self.lines[number].place)

    def prose(self) -> Iterator[str]:
        """Sentences in which a report says who wrote it: before the sections, and in the first and the last."""
        for section in (self.sections[0], *self.sections[1:2], *self.sections[-1:]):
            for text in section.texts:
                yield fold(normalize.compact(text))

    def says_before_sections(self, patterns: Sequence[str]) -> Iterator[str]:
        """What the patterns find before the first section: their group, or all of it.

        Args:
            patterns: regular expressions of the knowledge, for compact text in simplified characters.
        """
        for text in self.sections[0].texts:
            plain = fold(normalize.compact(text))
            for one in patterns:
                yield from (match[match.lastindex or 0] for match in pattern(one).finditer(plain))

    def named(self, patterns: Sequence[str]) -> str:
        """The first agency that one of the patterns finds in the prose.

        Args:
            patterns: regular expressions of the knowledge with a group ``who``; "" where none finds an agency.
        """
        for text in self.prose():
            for one in patterns:
                for match in pattern(one).finditer(text):
                    who = without_inner_office(_from_the_name(match["who"]))
                    if names_agency(who):
                        return who
        return ""

    def metadata(self) -> str:
        """The body that page furniture names."""
        labels = "|".join(words()["metadata_labels"])
        for line in self.lines[: min(self.first_section, HEAD_LINES)]:
            for match in re.finditer(
                rf"(?:{labels})\s*[:：\t ]\s*(?P<who>[^\s:：|]+)", fold(line.text.raw[:300])
            ):
                if names_agency(match["who"]):
                    return match["who"]
        return ""


@cache
def pattern(text: str) -> re.Pattern[str]:
    """A regular expression of the knowledge, compiled once.

    Args:
        text: of a YAML file of ours, which was proven on loading.
    """
    return re.compile(text)


def _is_text(line: Line) -> bool:
    """Whether a line is text and no table row: a paragraph, or the only filled cell of a row."""
    return line.is_paragraph or len(line.filled) == 1


def may_be_title(line: Line) -> bool:
    """Whether a line may be a title or a piece of one: short, and no sentence.

    Args:
        line: any; a row of a table is none.
    """
    return _is_text(line) and len(line.text.raw) <= LONGEST_TITLE and not SENTENCE.search(line.text.raw)


def _is_head_line(text: Printed) -> bool:
    """Whether a line before the text is a date or a bare name: both are kept elsewhere."""
    return bare_date(text, "under_title", "") is not None


def _from_the_name(who: str) -> str:
    """What a sentence calls the writer, without the words before it: 现向社会公布X → X."""
    return pattern(words()["before_name"]).sub("", who)
