"""What lies in ``datapackage/reports``: agencies, filed reports, and what a person says of their figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from pipeline.model.figure import CellKey
from pipeline.model.report import Scope


class CorrectionKind(StrEnum):
    """What a row does: says what is printed (a number, a mark, nothing), confirms the reading, or accepts that nobody can tell."""

    CORRECTED = "corrected"
    MARK = "mark"
    BLANK = "blank"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Correction:
    """One row. ``means`` is the number of a correction, else None; ``mark`` is the mark as printed, else empty."""

    cell: CellKey
    raw: str
    kind: CorrectionKind
    means: Decimal | None
    reason: str
    by: str
    date: date
    source: str
    mark: str = ""


@dataclass(frozen=True)
class Transcription:
    """The cells as typed, and by whom, when and from what."""

    cells: tuple[tuple[CellKey, str], ...]
    by: str
    date: date
    source: str


AGENCY_ID = re.compile(r"\d{6}(?:-[a-z0-9]+)+")


@dataclass(frozen=True)
class Agency:
    """An agency as filed. Names are Chinese unless they say otherwise; empty means unknown or none."""

    id: str
    name_zh: str
    level: str
    function: str
    division_code: str
    name_en: str = ""
    province: str = ""
    city: str = ""
    county: str = ""
    website: str = ""
    former_names: tuple[str, ...] = ()

    @property
    def is_government(self) -> bool:
        """Whether it reports for a government, whose deadline is later (Article 49)."""
        return self.function in ("gov", "gov-office", "township-gov")


@dataclass(frozen=True)
class Source:
    """A filed report: whose, which year, which file. ``report_id`` is its key everywhere.

    Attributes:
        url: the page it was taken from, for people; empty where nobody knows.
        file_url: where its bytes came from, where that is another address: an attachment, or what a redirect led to.
        media_type: as the server said; empty where a person handed the file in.
        sha256: of what was taken; the filed file must have it. Empty where a person handed the file in.
    """

    agency: Agency
    year: int
    scope: Scope
    path: Path
    format: str
    url: str
    retrieved: date | None
    published: date | None
    corrections: tuple[Correction, ...] = ()
    transcription: Transcription | None = None
    file_url: str = ""
    media_type: str = ""
    sha256: str = ""

    @property
    def report_id(self) -> str:
        """``<agency id>-<year>``, and the scope word of the file's name where there is one."""
        return f"{self.agency.id}-{self.path.stem}"

    def load(self) -> bytes:
        """The filed bytes."""
        return self.path.read_bytes()
