"""What a person hands in, the grounds of a decision about it, and the refusal when there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.model.source import Transcription


class NotFiledError(Exception):
    """A file that is not filed, for a reason the person can do something about; the same in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Request:
    """What a person hands in. ``name`` is the file's; empty and None mean: not said."""

    name: str
    data: bytes
    agency: str = ""
    agency_name: str = ""
    year: int | None = None
    url: str = ""
    retrieved: date | None = None
    replace: bool = False
    transcription: Transcription | None = None


@dataclass(frozen=True)
class Ground:
    """What a decision rests on, in Chinese and English; ``given`` where a person said so and the report does not."""

    zh: str
    en: str
    given: bool = False
