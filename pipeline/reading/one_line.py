"""A whole report, or a whole section of one, on a single line → lines as they would have been printed.

Text without line breaks still has the official headings, captions, headers and labels in their order. The line is cut
before each of them, and digits behind a label become a line of their own. Prose stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, groupby, islice

from pipeline import knowledge
from pipeline.knowledge.forms import forms
from pipeline.knowledge.normalize import ENUMERATOR, PUNCTUATION, clean
from pipeline.knowledge.traditional import fold
from pipeline.model.document import Grid, Layout, Paragraph
from pipeline.reading.titles import LONGEST_TITLE, parse_title

SHORTEST = 120  # characters; a shorter line is no report
FEWEST_HEADINGS = 2
MOST_TITLES = 10  # in a line that are looked at
FEWEST_LABELS = 20  # different ones; running text has fewer
SPEAKS_OF_APPLICANTS = re.compile(
    "自\\s*然\\s*人"
)  # looked for first, since looking for labels takes its time
BLANK = re.compile(r"\s+")
DATED = re.compile("[年月日号]")  # a number before it is one of running text
TITLE_INSIDE = re.compile(
    r"(?:[。；]\s?|\d\s?日\s?|\s)(?P<title>[^。；，,\d\s]{0,45}\s?20\d\d\s*年[^。；，,\d]{0,20}?公[开開][^。；，,]{0,8}?[报報][告]?)"
)
MARKS_BETWEEN = r"[\s、,，。.:：;；·'\"“”‘’「」『』《》〈〉]*"
NUMBER = r"(?:[一二三四五六七]、|[(（][一二三四五六七][)）]|\d[.．、])?"
FIGURES = re.compile(r"(?P<figures>[\d.,，\s/—－-]*\d[\d.,，\s/—－-]*|[/—－-]+)(?P<rest>.*)", re.DOTALL)
REST = re.compile(r"[\d.,，\s/—－-]+")
SIGNED_AT_END = re.compile(r"[。；](?P<signature>[^。；]{0,45}20\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)\s*$")


def uncut(blocks: Iterable[Paragraph | Grid]) -> Iterator[Paragraph | Grid]:
    """The blocks of a document, reports on one line cut into their lines.

    Args:
        blocks: in reading order. A reader may have parted a long line; its pieces say where in the line they begin.
    """
    for line, several in groupby(blocks, key=_line_of):
        pieces = list(several)
        texts = (
            [
                text
                for piece in pieces
                for text in (
                    [piece.text] if isinstance(piece, Paragraph) else [c.text for c in piece.rows[0]]
                )
            ]
            if line
            else []
        )
        lines = cut(Paragraph(" ".join(texts), line))
        yield from lines if len(lines) > 1 else pieces


def _line_of(block: Paragraph | Grid) -> str:
    """The line of the source that a paragraph, or a row of loose cells by itself, is of; empty for other grids."""
    if isinstance(block, Paragraph):
        return block.place.partition(", character")[0]
    alone = block.layout is Layout.LOOSE and len(block.rows) == 1 and block.rows[0]
    return alone[0].place.partition(", character")[0] if alone else ""


def cut(paragraph: Paragraph) -> tuple[Paragraph, ...]:
    """The lines that a paragraph was before it lost its line breaks; itself where it is no report on one line.

    Args:
        paragraph: a line of running text, of any length. All pieces have its place.
    """
    text = paragraph.text
    if len(text) < SHORTEST:
        return tuple(Paragraph(piece, paragraph.place) for piece in _row(text)) or (paragraph,)
    pieces = [piece for one in _reports(text) for piece in _pieces(one)]
    return tuple(Paragraph(piece, paragraph.place) for piece in pieces if clean(piece)) or (paragraph,)


def _reports(text: str) -> Iterator[str]:
    """The reports of a line, each with its title: another begins where a title stands between the same labels."""
    begun = 0
    titles = TITLE_INSIDE.finditer(text) if SPEAKS_OF_APPLICANTS.search(text) else iter(())
    for match in islice(titles, MOST_TITLES):
        before, after = text[begun : match.start("title")], text[match.end() :]
        if len(_distinct(before) & _distinct(after)) >= FEWEST_LABELS:
            yield before
            begun = match.start("title")
    yield text[begun:]


def _distinct(text: str) -> set[str]:
    return {_bare(match[0]) for match in _labels().finditer(fold(text))}


def _row(text: str) -> tuple[str, ...]:
    """The labels of a line and its figures, where it is nothing but several labels and figures; else nothing."""
    plain, labels, at = fold(text), [], 0
    while match := _labels().match(plain, at):
        labels.append(text[at : match.end()].strip())
        at = match.end()
        at += len(text[at:]) - len(text[at:].lstrip())
    rest = text[at:].strip()
    if len(labels) < 2 or (rest and not REST.fullmatch(rest)):
        return ()
    return (*labels, rest) if rest else tuple(labels)


def _pieces(text: str) -> Iterator[str]:
    """The lines of one report; the text itself where it is none on one line."""
    headings = list(_headings().finditer(fold(text)))
    tables = {key for match in headings for key, zh in _table_sections().items() if zh in fold(match[0])}
    if len(headings) < FEWEST_HEADINGS or not tables:
        # Without headings the labels of many rows tell that it is a report.
        yield from _without_headings(text) if _has_rows(text) else [text]
        return
    head = text[: headings[0].start()]
    yield from _without_headings(head) if _has_rows(head) else _titled(head)
    starts = [match.start() for match in headings]
    for match, after in zip(headings, [*starts[1:], len(text)], strict=True):
        heading, body = text[match.start() : match.end()], text[match.end() : after]
        yield heading
        yield from (
            _table(body) if any(zh in fold(heading) for zh in _table_sections().values()) else _signed(body)
        )


def _has_rows(text: str) -> bool:
    """Whether a text has the labels of so many rows that it must be the tables of a report."""
    return bool(SPEAKS_OF_APPLICANTS.search(text)) and len(_distinct(text)) >= FEWEST_LABELS


def _without_headings(text: str) -> Iterator[str]:
    *pieces, last = chain(*map(_table, _titled(text)))
    yield from (*pieces, *_signed(last))


def _titled(head: str) -> Iterator[str]:
    """The title at the beginning of a text, and what stands behind it: in a short text a blank ends it."""
    title = parse_title(head)
    if title is None:
        yield head
        return
    at = head.find(title.text[-4:]) + 4 if title.text[-4:] in head else 0
    for blank in BLANK.finditer(head) if len(head) <= LONGEST_TITLE else ():
        begun = parse_title(head[: blank.start()])
        if begun and begun.is_whole and (begun.agency, begun.year) == (title.agency, title.year):
            at = blank.start()
            break
    yield from (head[:at], head[at:])


def _signed(body: str) -> Iterator[str]:
    """The text of a section, and the signature behind it."""
    signed = SIGNED_AT_END.search(body)
    yield body[: signed.start("signature")] if signed else body
    if signed:
        yield signed["signature"]


def _table(text: str) -> Iterator[str]:
    """Each label of a table, and what stands behind it, on lines of their own."""
    found = list(_labels().finditer(fold(text)))
    if not found:
        yield text
        return
    yield text[: found[0].start()]
    for match, after in zip(found, [*(m.start() for m in found[1:]), len(text)], strict=True):
        yield text[match.start() : match.end()]
        figures = FIGURES.fullmatch(text[match.end() : after].strip())
        if figures:
            own, rest = _parted(figures["figures"], figures["rest"])
            yield own
            yield rest
        else:
            yield text[match.end() : after]


def _parted(figures: str, rest: str) -> tuple[str, str]:
    """Figures and the text behind them, whose first number may stand among them: ``0 2022`` before ``年，收到``.

    A number that cannot be told from the figure before it keeps its word, so that together they are no figure.
    """
    if not DATED.match(rest):
        return figures, rest
    own = figures.rstrip()
    at = max(own.rfind(blank) for blank in " \t\u3000\xa0") + 1
    return (own[:at], own[at:] + rest) if at else (own + rest[0], rest[1:])


@cache
def _table_sections() -> dict[str, str]:
    """Table → the words of its section's heading that no other heading has."""
    return {"proactive": "主动公开", "requests": "处理政府信息公开申请", "review_litigation": "行政复议"}


@cache
def _headings() -> re.Pattern[str]:
    """A number and the words of a section, as both forms print them or as they are listed."""
    found = []
    for form in forms().values():
        for section in form.sections:
            words = "|".join(sorted(map(_loosely, section.labels), key=len, reverse=True))
            found.append(rf"{section.number}\s*[、.．]\s*(?:{words})")
    return re.compile("|".join(dict.fromkeys(found)))


@cache
def _labels() -> re.Pattern[str]:
    """Every label of a table, the longest first; marks and blanks inside it are of no account."""
    found = {*map(_bare, knowledge.load("cell_words.yml")["passed_over"])}
    for form in forms().values():
        for table in form.tables:
            for part in table.parts:
                found |= {_bare(part.zh), _bare(part.zh.removeprefix("第"))} - {""}
                found |= {_bare(label) for row in part.rows for label in row.item.labels}
                found |= {_bare(label) for column in part.columns for label in column.labels}
    longest_first = sorted(found, key=lambda label: (-len(label), label))
    return re.compile(NUMBER + "(?:" + "|".join(map(_loosely, longest_first)) + ")[”’\"'》]*")


def _bare(label: str) -> str:
    return PUNCTUATION.sub("", ENUMERATOR.sub("", label))


def _loosely(label: str) -> str:
    """A label as a pattern: marks between its characters, brackets of either width."""
    brackets = {"(": "[(（]", ")": "[)）]"}
    return MARKS_BETWEEN.join(brackets.get(character, re.escape(character)) for character in label)
