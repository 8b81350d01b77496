"""Plain text, Markdown and text with pipes → Document; HTML tables inside the text are read as tables."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from pipeline.document.encoding import decode
from pipeline.document.html import MOST_SHOWN, table_grids
from pipeline.document.layouts import SourceLine, are_apart, blocks_of, broken_up
from pipeline.document.limits import LIMITS
from pipeline.document.reader import Reader
from pipeline.document.refusal import refusal
from pipeline.document.signatures import head_of, refuse_binary
from pipeline.document.visible import as_seen
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.model.document import Document, Grid, Paragraph
from pipeline.model.findings import Finding, Location
from pipeline.safety.redact import redact

MARKDOWN_HEADING = re.compile(r"^#{1,6}\s+")
MARKDOWN_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
MARKDOWN_ESCAPE = re.compile(r"\\([*_#.\-+!()\[\]])")
LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
ENTITY = re.compile(
    r"&(?:nbsp|ensp|emsp|amp|lt|gt|quot|ldquo|rdquo|middot|#\d{1,6}|#x[0-9a-f]{1,5});", re.IGNORECASE
)
TABLE = re.compile(r"<table\b.*?</table\s*>", re.DOTALL | re.IGNORECASE)


def is_text(data: bytes) -> bool:
    """True for whatever is not plainly something else; asked last.

    Raises:
        RefusedError: empty or a picture (D102), or of a kind that is not read (D108).
    """
    refuse_binary(data)
    if head_of(data).startswith(b"<?xml"):
        raise refusal("D108", "xml_file")
    return True


def read_text(data: bytes) -> Document:
    """The lines of a text as blocks; the place of each is ``line N``, counted from 1.

    Raises:
        RefusedError: too long (D104), ends within a character (D105), or no text at all (D108).
    """
    if len(data) > LIMITS.text_bytes:
        raise refusal("D104", "too_much_text", limit=f"{LIMITS.text_bytes} bytes")
    text, findings = decode(data)
    found = list(findings)
    return Document("txt", tuple(_blocks(text, found)), tuple(found))


def _blocks(text: str, findings: list[Finding]) -> Iterator[Paragraph | Grid]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    start, number = 0, 1
    for match in TABLE.finditer(text):
        before = text[start : match.start()]
        yield from blocks_of(list(_lines(before, number, findings)))
        number += before.count("\n")
        blocks, said = table_grids(match[0], f"line {number}")
        yield from blocks
        findings += said
        number += match[0].count("\n")
        start = match.end()
    yield from blocks_of(list(_lines(text[start:], number, findings)))


def _lines(text: str, first: int, findings: list[Finding]) -> Iterator[SourceLine]:
    for number, line in enumerate(text.split("\n"), first):
        if len(line) > LIMITS.line_characters:
            raise refusal(
                "D104",
                "line_too_long",
                limit=f"{LIMITS.line_characters} characters",
                number=number,
            )
        if (seen := as_seen(line)) != line:
            at = Location(source=f"line {number}")
            findings.append(finding_kinds()["D142"](at, reported=redact(seen.strip()[:MOST_SHOWN])))
        yield from broken_up(SourceLine(_without_markup(seen), f"line {number}"))


def _without_markup(line: str) -> str:
    """A line without the signs that converters to Markdown add: headings, bold, escapes, entities."""
    line = MARKDOWN_HEADING.sub("", line)
    if "**" in line or "__" in line:
        line = MARKDOWN_BOLD.sub(r"\2", line)
    if "\\" in line:
        line = MARKDOWN_ESCAPE.sub(r"\1", line)
    if "<" in line:
        line = LINE_BREAK.sub(_joint, line)
    return html.unescape(line) if ENTITY.search(line) else line


def _joint(match: re.Match[str]) -> str:
    """What stands where a line break inside a cell stood: nothing between characters, a blank between figures."""
    start, end = match.span()
    return " " if are_apart(match.string[start - 1 : start], match.string[end : end + 1]) else ""


READER = Reader(is_text, read_text)
