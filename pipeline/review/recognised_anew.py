"""What lies beside a filed picture is compared with what is recognised in it now: a ``.read.yml`` comes from strangers too.

The package is built from it without looking at the picture again, so this is the one place where a figure that the picture
does not show would be seen. Processors differ in the last digits of a confidence: only a value, a mark, a blank or a legible
text that is not read again counts, and of running text what says something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from pipeline.archive.recognitions import recognition_beside
from pipeline.filing.pictures import recognise_again
from pipeline.filing.read_all import make_filed
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.numerals import is_figure_like, read_figure
from pipeline.model.figure import Figure, Status
from pipeline.model.findings import Finding, Location, PipelineError
from pipeline.model.outcome import CheckedReport
from pipeline.model.recognition import Piece, Recognition, ScannedPage

NOTHING = Figure("", None, Status.ABSENT)
READABLE = 0.5  # confidence below which the engine itself does not know what a line says
LEGIBLE = 0.8  # confidence of a figure that is read alike twice
NEAR = 4.0  # points: a line that is recognised again stands no farther from where it stood
ALIKE = 0.7  # of a line's characters, when it is recognised again; of its digits, all
MOST_LINES = 5


def not_recognised_again(one: CheckedReport) -> tuple[Finding, ...]:
    """What a filed picture does not say when it is recognised anew: F111 for each cell, F113 for lines of text.

    None where nothing was recognised in it; F112 alone where it cannot be recognised here.

    Args:
        one: a report of this change; one that was not read from a picture has nothing to compare.
    """
    known = recognition_beside(one.source.path)
    if known is None:
        return ()
    try:
        anew = recognise_again(one.source) or replace(known, pages=())
    except PipelineError as error:
        return (finding_kinds()["F112"](Location(), why_zh=error.zh, why_en=error.en),)
    return (*_cells(one, make_filed(one.source, anew)), *_lines(known, anew))


def _cells(one: CheckedReport, anew: CheckedReport) -> Iterator[Finding]:
    settled = {row.cell for row in one.source.corrections}  # a person has looked at these
    for key, figure in one.report.figures.items():
        now = anew.report.figures.get(key, NOTHING)
        if key not in settled and not _is_said_again(figure, now):
            at = Location(*key, source=figure.place or now.place)
            yield finding_kinds()["F111"](at, reported=figure.raw, expected=now.raw)


def _is_said_again(figure: Figure, now: Figure) -> bool:
    value, status, _ = read_figure(now.raw)
    if figure.status is Status.RECOGNISED:
        return figure.value == value
    if figure.status in (Status.MARK, Status.BLANK):
        return now.status is not Status.ABSENT and figure.status is status
    if figure.status is Status.UNCONFIRMED:  # a person will be shown its text, and may take it for right
        return figure.raw == now.raw or (now.confidence or 0.0) < LEGIBLE
    return figure.status is not Status.ABSENT or now.status is not Status.RECOGNISED


def _lines(known: Recognition, anew: Recognition) -> Iterator[Finding]:
    """The first lines of text that say something else, or are not there, on either side."""
    found = list(lines_that_differ(known, anew, _is_alike))
    for number, was, now in found[:MOST_LINES]:
        yield finding_kinds()["F113"](
            Location(source=f"p. {number}"), reported=was, expected=now, count=len(found)
        )


def lines_that_differ(
    known: Recognition, anew: Recognition, is_alike: Callable[[Piece, Piece], bool]
) -> Iterator[tuple[int, str, str]]:
    """Page, text before and text now of each line of text that is not alike; empty where it was not there.

    Args:
        known: what was recognised before.
        anew: what is recognised now.
        is_alike: whether a line before and one now, which stand at the same place, say the same.
    """
    pages = {page.number: page for page in known.pages}
    others = {page.number: page for page in anew.pages}
    for number in sorted(pages.keys() | others.keys()):
        before, now = _texts(pages.get(number)), _texts(others.get(number))
        yield from ((number, *texts) for texts in _differing(before, now, is_alike))


def _texts(page: ScannedPage | None) -> list[Piece]:
    """The pieces of a page that are no figures: those are compared cell by cell."""
    return [piece for piece in (page.pieces if page else ()) if not is_figure_like(piece.text)]


def _differing(
    known: Sequence[Piece], anew: Sequence[Piece], is_alike: Callable[[Piece, Piece], bool]
) -> Iterator[tuple[str, str]]:
    for piece in known:
        near = [other for other in anew if _is_near(piece, other)]
        if not any(is_alike(piece, other) for other in near):
            yield piece.text, near[0].text if near else ""
    for piece in anew:
        if piece.seen.confidence >= READABLE and not any(_is_near(piece, other) for other in known):
            yield "", piece.text


def _is_near(one: Piece, other: Piece) -> bool:
    return abs(one.left - other.left) <= NEAR and abs(one.top - other.top) <= NEAR


def _is_alike(was: Piece, now: Piece) -> bool:
    digits = [[char for char in text if char.isdigit()] for text in (was.text, now.text)]
    is_read = now.seen.confidence >= READABLE
    return not is_read or (
        digits[0] == digits[1] and SequenceMatcher(None, was.text, now.text).ratio() >= ALIKE
    )
