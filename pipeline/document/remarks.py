"""What a reader has to say of text that it did not read as it stands: struck out, not seen, or turned around."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.model.findings import Finding, Location
from pipeline.safety.redact import redact

MOST_SHOWN = 60  # characters of such a text
MOST_TOLD = 60  # such remarks on one file
STRUCK, UNSEEN, TURNED = "D140", "D141", "D142"
FIGURE = re.compile(r"[0-9０-９]")


class Note(NamedTuple):
    """The code of a finding, and the text it is about; the place is not known yet."""

    code: str
    text: str


def struck(text: str) -> Note:
    """Text that is struck out."""
    return Note(STRUCK, " ".join(text.split()))


def unseen(text: str) -> tuple[Note, ...]:
    """Text in a table that is not seen; worth a word only where it holds a figure."""
    return (Note(UNSEEN, " ".join(text.split())),) if FIGURE.search(text) else ()


def turned(seen: str) -> tuple[Note, ...]:
    """Text that control characters turn around, as it is seen; worth a word only where it holds a figure."""
    return (Note(TURNED, seen.strip()),) if FIGURE.search(seen) else ()


class Remarks:
    """The findings of one file, up to a bound: a page may be struck out as a whole."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def tell(self, notes: Iterable[Note], place: str) -> None:
        """Makes findings of notes, at one place; contact data in them are left out."""
        for code, text in notes:
            if len(self.findings) < MOST_TOLD:
                shown = redact(text)[:MOST_SHOWN]
                self.findings.append(finding_kinds()[code](Location(source=place), reported=shown))
