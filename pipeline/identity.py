"""Document → who reports, on which year, when, and the text of each section. Every fact keeps where it was read.

What the document does not say stays None with a finding. Nothing is taken from a file's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline import wording
from pipeline.document.model import Document, Line
from pipeline.findings import Finding, Location
from pipeline.labels import SENTENCE, section_heading
from pipeline.numerals import is_figure_like
from pipeline.privacy import redact
from pipeline.template import Form, finding_kinds

TITLE_LINES = 4  # a title is broken over at most so many lines
HEAD_LINES = 60  # a title stands within the first lines
LONGEST_TITLE = 90

CHINESE_DIGITS = str.maketrans("〇○ＯO零一二三四五六七八九", "00000123456789")
_YEAR = r"(?P<year>20\d\d|[二2][〇○O0零][〇○O0零一二三四五六七八九\d]{2})年?度?"
TAIL = re.compile(
    r"(?:政府信息|政务|信息)公开(?:工作)?(?:的)?(?P<inner>20\d\d)?(?:年度|年)?(?:工作)?(?:年度)?(?:报告|年报)|政府信息公开工作年度$"
)
YEAR = re.compile(_YEAR)
PERIOD = re.compile(r"(?:自|从|期限|时间|期间)[^。]{0,12}?(20\d\d)年1月1日")
DATE = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日")
DATE_LINE = re.compile(r"[(（]?(?:发布日期|日期|时间)?[:：]?(20\d\d)年(\d{1,2})月(\d{1,2})日[)）]?")


@dataclass(frozen=True)
class SectionText:
    """A section as filed: its heading, and its paragraphs without the tables, contact data left out."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class Identity:
    """What the document says of itself; None where it is silent."""

    title: str | None
    agency: str | None
    year: int | None
    published: date | None
    sections: tuple[SectionText, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Title:
    text: str
    agency: str
    year: int | None
    lines: int


def identify(document: Document, form: Form) -> Identity:
    """Reads title, agency, year, date and sections."""
    lines = [line for line in document.lines() if wording.clean(line.text)]
    title = _title(lines)
    body = lines[title.lines :] if title else lines
    signature = _signature(body)
    sections, missing = _sections(body, form, signature)
    year = title.year if title and title.year else _year_of_period(sections)
    agency = (title.agency if title else "") or (signature.agency if signature else "") or None
    findings = list(missing)
    if agency is None:
        findings.append(finding_kinds()["D110"](Location()))
    if year is None:
        findings.append(finding_kinds()["D111"](Location()))
    published = signature.published if signature else None
    if published is None:
        findings.append(finding_kinds()["D112"](Location()))
    return Identity(title.text if title else None, agency, year, published, sections, tuple(findings))


def _title(lines: list[Line]) -> _Title | None:
    """The title among the first lines: the one with the longest name of an agency, and a year if any has one."""
    found: list[_Title] = []
    for start in range(min(len(lines), HEAD_LINES)):
        for count in range(1, TITLE_LINES + 1):
            pieces = lines[start : start + count]
            if not all(_may_be_title(piece) for piece in pieces):
                break
            text = wording.compact("".join(piece.text for piece in pieces))
            if title := _parse_title(text, start + count):
                found.append(title)
                break
    return max(
        found, key=lambda title: (title.year is not None, bool(title.agency), len(title.agency)), default=None
    )


def _may_be_title(line: Line) -> bool:
    text = line.text
    return line.is_paragraph and len(text) <= LONGEST_TITLE and not SENTENCE.search(text)


def _parse_title(text: str, lines: int) -> _Title | None:
    tail = TAIL.search(text)
    if not tail or len(text) > LONGEST_TITLE:
        return None
    head = text[: tail.start()].removeprefix("关于").removesuffix("的")
    years = [_to_year(match["year"]) for match in YEAR.finditer(head)]
    year = years[-1] if years else (int(tail["inner"]) if tail["inner"] else None)
    agency = YEAR.sub("", head).strip("的、,，:：-—")
    return _Title(text, agency, year, lines)


def _to_year(printed: str) -> int:
    return int(printed.translate(CHINESE_DIGITS))


@dataclass(frozen=True)
class _Signature:
    agency: str
    published: date
    first: int  # the index of its first line among the body's lines


def _signature(lines: list[Line]) -> _Signature | None:
    """The last date that stands on a line of its own, with the agency above it; page numbers may follow."""
    for number in range(len(lines) - 1, max(-1, len(lines) - 8), -1):
        match = DATE_LINE.fullmatch(wording.compact(lines[number].text))
        if not match:
            continue
        published = _to_date(match[1], match[2], match[3])
        if published is None:
            continue
        above = wording.compact(lines[number - 1].text) if number else ""
        named = (
            bool(above) and len(above) <= 40 and not SENTENCE.search(above) and lines[number - 1].is_paragraph
        )
        return _Signature(above if named else "", published, number - named)
    return None


def _to_date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _sections(
    lines: list[Line], form: Form, signature: _Signature | None
) -> tuple[tuple[SectionText, ...], tuple[Finding, ...]]:
    """The text below each section heading, and what stands before the first as ``preamble``."""
    keys = {section.key for section in form.sections}
    texts: dict[str, list[str]] = {"preamble": []}
    titles = {"preamble": ""}
    current = "preamble"
    body = lines[: signature.first] if signature else lines
    for line in body:
        if not line.is_paragraph:
            continue
        section = section_heading(line.text, form)
        if section and section.key not in texts:
            current = section.key
            texts[current] = []
            titles[current] = wording.clean(line.text)
        elif not is_figure_like(line.text) or wording.compact(line.text) in ("无", "空"):
            texts[current].append(redact(wording.clean(line.text)))
    found = tuple(
        SectionText(key, titles[key], "\n".join(texts[key]))
        for key in texts
        if key in keys or any(texts[key])
    )
    return found, tuple(_missing(form, texts))


def _missing(form: Form, texts: dict[str, list[str]]) -> Iterator[Finding]:
    for section in form.sections:
        if section.key not in texts:
            yield finding_kinds()["D120"](
                Location(), number=section.number, section_zh=section.zh, section_en=section.en
            )


def _year_of_period(sections: tuple[SectionText, ...]) -> int | None:
    """The year of the statistics period, where the text states one and only one."""
    years = {int(year) for section in sections for year in PERIOD.findall(wording.compact(section.text))}
    return years.pop() if len(years) == 1 else None
