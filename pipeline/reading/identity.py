"""The lines of a document → who reports, on which year, whose data, when, and the text of each section. Every fact keeps where it was read.

What the document does not say stays None with a finding; what it says in a weaker place than the title is taken with a
finding that names the place. Nothing is taken from a file's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.knowledge import normalize
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.normalize import Printed
from pipeline.knowledge.numerals import is_figure_like
from pipeline.knowledge.traditional import fold
from pipeline.model.findings import Finding, Location
from pipeline.model.form import Form
from pipeline.model.report import PrintedDate, Scope, SectionText
from pipeline.reading.dates import bare_date, labelled_dates, signed_date
from pipeline.reading.labels import SENTENCE, section_heading
from pipeline.reading.lines import Line
from pipeline.reading.titles import (
    LONGEST_TITLE,
    Title,
    bare,
    find_titles,
    has_brand,
    has_pinyin,
    is_furniture,
    is_one_body,
    is_short_for,
    names_agency,
    parse_title,
    without_inner_office,
    words,
)
from pipeline.safety.redact import redact

HEAD_LINES = 150  # a title stands within the first lines, before the first section
NEAR_TITLE = 6  # lines after a title in which name and date may stand
TAIL_LINES = 40  # where no section is found, a signature stands within the last lines


@dataclass(frozen=True)
class Identity:
    """What the document says of itself; None where it is silent.

    Attributes:
        agency, agency_source: the printed name, and the key of its place in ``sources`` of ``identity.yml``.
        year, year_source: likewise.
        scope: agency, government_office, jurisdiction or system; None where nothing tells it.
        scope_stated: whether a printed word says it (本级, 汇总 …); else it follows from the kind of body.
        published: the best of ``dates``: the signature's, then the one under the title, then that of the page.
        dates: all printed dates, each with its place and the words it stands with.
    """

    title: str | None
    agency: str | None
    agency_source: str
    year: int | None
    year_source: str
    scope: Scope | None
    scope_stated: bool
    published: date | None
    dates: tuple[PrintedDate, ...]
    sections: tuple[SectionText, ...]
    findings: tuple[Finding, ...]


def identify(lines: Iterable[Line], form: Form) -> Identity:
    """Reads title, agency, year, scope, dates and sections; without a line nothing but findings comes out."""
    reading = _Anatomy(lines, form)
    title = reading.title
    findings: list[Finding] = [*_missing(form, reading.sections)]
    agency, agency_source = _agency(reading, findings)
    year, year_source = _year(reading, findings)
    scope, stated = _scope(title, agency, findings)
    published = _published(reading.dates, year, findings)
    return Identity(
        title=title.text if title else None,
        agency=agency,
        agency_source=agency_source,
        year=year,
        year_source=year_source,
        scope=scope,
        scope_stated=stated,
        published=published,
        dates=reading.dates,
        sections=tuple(
            SectionText(s.key, s.heading, "\n".join(s.texts))
            for s in reading.sections
            if s.heading or any(s.texts)
        ),
        findings=tuple(findings),
    )


@dataclass
class _Section:
    key: str
    heading: str
    place: str
    texts: list[str]


@dataclass(frozen=True)
class _Signature:
    agency: str
    date: PrintedDate
    first: int
    end: int


class _Anatomy:
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
        """One line, as printed."""
        return self.lines[number].text.raw

    def _titles(self, head: int) -> list[Title]:
        found = self._titles_before(min(head, HEAD_LINES))
        return found or self._titles_before(HEAD_LINES)

    def _titles_before(self, end: int) -> list[Title]:
        texts = [line.text.raw if _may_be_title(line) else "" for line in self.lines[:end]]
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
        years = {int(year) for text in texts for year in _pattern(words()["period"]).findall(text)}
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

    def _sections(self, start: int) -> list[_Section]:
        """The text below each heading, and what stands before the first as ``preamble``."""
        in_titles = {number for title in self.titles for number in range(title.first, title.end)}
        found = [_Section("preamble", "", "", [])]
        seen: set[str] = set()
        for number in range(start, self.end):
            line = self.lines[number]
            if not line.is_paragraph or number in in_titles:
                continue
            section = section_heading(line.text, self.form)
            if section and section.key not in seen:
                seen.add(section.key)
                found.append(_Section(section.key, line.text.clean, self.lines[number].place, []))
            elif found[-1].key == "preamble" and (is_furniture(line.text.raw) or _is_head_line(line.text)):
                continue
            elif not is_figure_like(line.text.raw) or line.text.compact in ("无", "空"):
                found[-1].texts.append(redact(line.text.clean))
        return found

    def _signature(self, start: int) -> _Signature | None:
        """The first date on a line of its own with an agency above it or before it; else the last bare date."""
        unsigned: _Signature | None = None
        for number in range(max(start, 0), len(self.lines)):
            if not _is_text(self.lines[number]):
                continue
            if (signed := signed_date(self.lines[number].text, self.lines[number].place)) and names_agency(
                signed[0]
            ):
                return _Signature(signed[0], signed[1], number, number + 1)
            if printed := bare_date(self.lines[number].text, "signature", self.lines[number].place):
                above = self.text(number - 1) if number else ""
                if names_agency(above) and _is_text(self.lines[number - 1]):
                    return _Signature("".join(above.split()), printed, number - 1, number + 1)
                unsigned = _Signature("", printed, number, number + 1)
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

    def named(self, patterns: Sequence[str]) -> str:
        """The first agency that one of the patterns finds in the prose."""
        for text in self.prose():
            for pattern in patterns:
                for match in _pattern(pattern).finditer(text):
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
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _is_text(line: Line) -> bool:
    """Whether a line is text and no table row: a paragraph, or the only filled cell of a row."""
    return line.is_paragraph or len(line.filled) == 1


def _may_be_title(line: Line) -> bool:
    return _is_text(line) and len(line.text.raw) <= LONGEST_TITLE and not SENTENCE.search(line.text.raw)


def _is_head_line(text: Printed) -> bool:
    """Whether a line before the text is a date or a bare name: both are kept elsewhere."""
    return bare_date(text, "under_title", "") is not None


def _from_the_name(who: str) -> str:
    """What a sentence calls the writer, without the words before it: 现向社会公布X → X."""
    return _pattern(words()["before_name"]).sub("", who)


def _agency(reading: _Anatomy, findings: list[Finding]) -> tuple[str | None, str]:
    """The printed name and its place; findings on weak places, contradictions, fuller forms and damage."""
    signed = reading.signature.agency if reading.signature else ""
    titled = reading.title.agency if reading.title else ""
    written_by = reading.named(words()["written_by"])
    candidates = {
        "title": titled,
        "byline": reading.byline,
        "signature": signed,
        "preface": written_by,
        "contact": reading.named(words()["contact"]),
        "metadata": reading.metadata(),
    }
    source = next((key for key, name in candidates.items() if name), "")
    if not source:
        findings.append(finding_kinds()["D110"](Location()))
        return None, ""
    agency = candidates[source]
    if source != "title":
        zh, en = words()["sources"][source]
        code = "D128" if source == "metadata" else "D116"
        findings.append(finding_kinds()[code](Location(), reported=agency, source_zh=zh, source_en=en))
    if has_brand(agency):
        findings.append(finding_kinds()["D119"](Location(), reported=agency))
    if reading.title and has_pinyin(reading.title.text):
        findings.append(finding_kinds()["D125"](Location(), reported=reading.title.text))
    others = [*(title.agency for title in reading.titles), reading.byline, signed, written_by]
    _compare(agency, [name for name in dict.fromkeys(others) if name], findings)
    return agency, source


def _compare(agency: str, others: Sequence[str], findings: list[Finding]) -> None:
    """Says which other names the report has for itself: contradictions, and the fullest form of the same name."""
    fuller = max((name for name in others if is_short_for(agency, name)), key=len, default=agency)
    if len(bare(fuller)) > len(bare(agency)):
        findings.append(finding_kinds()["D124"](Location(), reported=agency, expected=fuller))
    for name in others:
        if not is_one_body(agency, name) and not is_one_body(fuller, name):
            findings.append(finding_kinds()["D132"](Location(), reported=name, expected=agency))


def _year(reading: _Anatomy, findings: list[Finding]) -> tuple[int | None, str]:
    """The year and its place; never from a date alone. Findings where the report's years disagree."""
    titled = reading.title.year if reading.title else None
    overview = next((s for s in reading.sections if s.key == "overview"), None)
    begun, begun_at = _year_of_overview(overview)
    candidates = {"title": titled, "period": reading.period, "overview": begun}
    source = next((key for key, year in candidates.items() if year), "")
    if not source:
        findings.append(finding_kinds()["D111"](Location()))
        return None, ""
    year = candidates[source]
    if source != "title":
        zh, en = words()["sources"][source]
        findings.append(finding_kinds()["D117"](Location(), reported=str(year), source_zh=zh, source_en=en))
    for key, other in candidates.items():
        if other and other != year:
            zh, en = words()["sources"][key]
            at = Location(source=begun_at if key == "overview" else "")
            findings.append(
                finding_kinds()["D131"](
                    at, reported=str(other), expected=str(year), source_zh=zh, source_en=en
                )
            )
    for other in _other_years(reading, year):
        zh, en = words()["sources"]["title"]
        findings.append(
            finding_kinds()["D131"](
                Location(), reported=str(other), expected=str(year), source_zh=zh, source_en=en
            )
        )
    return year, source


def _other_years(reading: _Anatomy, year: int | None) -> Iterator[int]:
    """Other years in the title; and, where no period confirms the year, those of other titles of the same body."""
    if reading.title is None:
        return
    others = dict.fromkeys(reading.title.years)
    if reading.period is None:
        for title in reading.titles:
            if is_one_body(title.agency, reading.title.agency):
                others |= dict.fromkeys(title.years)
    yield from (other for other in others if other != year)


def _year_of_overview(overview: _Section | None) -> tuple[int | None, str]:
    for text in overview.texts[:2] if overview else ():
        if match := _pattern(words()["overview_year"]).match(fold(normalize.compact(text))):
            return int(match[1]), overview.place if overview else ""
    return None, ""


def _scope(title: Title | None, agency: str | None, findings: list[Finding]) -> tuple[Scope | None, bool]:
    """Whose data: as a word says, else as the kind of body suggests, with a finding."""
    if title and title.scope:
        return Scope(title.scope), True
    name = fold(bare(agency or "")).split("(")[0]
    if not name or name.endswith(tuple(words()["bodies_with_scope_agency"])):
        return None, False
    for scope, endings in words()["scope_of_bodies"].items():
        if name.endswith(tuple(endings)):
            findings.append(finding_kinds()["D118"](Location(), reported=agency or "", expected=scope))
            return Scope(scope), False
    return None, False


DATE_ORDER = ("signature", "under_title", "published", "issued", "written", "page", "updated")


def _published(dates: Sequence[PrintedDate], year: int | None, findings: list[Finding]) -> date | None:
    """The date taken for the report's; findings on dates that cannot be, come too early, or differ."""
    kinds = words()["date_kinds"]
    for printed in dates:
        zh, en = kinds[printed.kind]
        at = Location(source=printed.place)
        if printed.value is None:
            findings.append(finding_kinds()["D121"](at, reported=printed.raw, kind_zh=zh, kind_en=en))
        elif year is not None and printed.value <= date(year, 12, 31):
            findings.append(
                finding_kinds()["D122"](at, reported=printed.raw, kind_zh=zh, kind_en=en, year=year)
            )
    known = sorted((d for d in dates if d.value), key=lambda d: DATE_ORDER.index(d.kind))
    if not known:
        if not dates:
            findings.append(finding_kinds()["D112"](Location()))
        return None
    if len({printed.value for printed in known}) > 1:
        listed_zh = "；".join(f"{kinds[d.kind][0]} {d.value}" for d in known)
        listed_en = "; ".join(f"{kinds[d.kind][1]} {d.value}" for d in known)
        findings.append(finding_kinds()["D123"](Location(), listed_zh=listed_zh, listed_en=listed_en))
    return known[0].value


def _missing(form: Form, sections: Sequence[_Section]) -> Iterator[Finding]:
    seen = {section.key for section in sections}
    for section in form.sections:
        if section.key not in seen:
            yield finding_kinds()["D120"](
                Location(), number=section.number, section_zh=section.zh, section_en=section.en
            )
