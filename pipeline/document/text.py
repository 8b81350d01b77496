"""Plain text, Markdown and text with pipes → Document; HTML tables inside the text are read as tables."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from pipeline.document.encoding import decode
from pipeline.document.html import table_grids
from pipeline.document.layouts import SourceLine, are_apart, blocks_of, broken_up
from pipeline.document.limits import LIMITS
from pipeline.document.reader import Reader
from pipeline.document.refusal import refusal
from pipeline.document.remarks import Remarks, struck, turned
from pipeline.document.signatures import head_of, refuse_binary
from pipeline.document.visible import as_seen
from pipeline.model.document import Document, Grid, Paragraph

MARKDOWN_HEADING = re.compile(r"^#{1,6}\s+")
MARKDOWN_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
MARKDOWN_STRUCK = re.compile(r"~~(?=\S)([^~]{1,200})(?<=\S)~~")
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
    remarks = Remarks()
    return Document("txt", tuple(_blocks(text, remarks)), (*findings, *remarks.findings))


def _blocks(text: str, remarks: Remarks) -> Iterator[Paragraph | Grid]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    start, number = 0, 1
    for match in TABLE.finditer(text):
        before = text[start : match.start()]
        yield from blocks_of(list(_lines(before, number, remarks)))
        number += before.count("\n")
        yield from table_grids(match[0], f"line {number}", remarks)
        number += match[0].count("\n")
        start = match.end()
    yield from blocks_of(list(_lines(text[start:], number, remarks)))


def _lines(text: str, first: int, remarks: Remarks) -> Iterator[SourceLine]:
    for number, line in enumerate(text.split("\n"), first):
        if len(line) > LIMITS.line_characters:
            raise refusal(
                "D104",
                "line_too_long",
                limit=f"{LIMITS.line_characters} characters",
                number=number,
            )
        place = f"line {number}"
        if (seen := as_seen(line)) != line:
            remarks.tell(turned(seen), place)
        remarks.tell(map(struck, MARKDOWN_STRUCK.findall(seen)), place)
        yield from broken_up(SourceLine(_without_markup(MARKDOWN_STRUCK.sub(" ", seen)), place))


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
