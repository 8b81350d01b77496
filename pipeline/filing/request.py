"""What a person hands in, the grounds of a decision about it, and the refusal when there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.knowledge.messages import message
from pipeline.model.source import Transcription
from pipeline.model.text import Text


class NotFiledError(Exception):
    """A file that is not filed, for a reason the person can do something about; the same in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en


def not_filed(code: str, /, **values: object) -> NotFiledError:
    """The refusal that says this; raise what it returns.

    Args:
        code: of ``messages.yml``.
        **values: what its placeholders stand for.
    """
    return NotFiledError(*message(code, **values))


@dataclass(frozen=True)
class Fetched:
    """What was taken from an address.

    Attributes:
        address: where the bytes came from in the end, after all redirects.
        media_type: as the server says, without parameters; empty where it says none.
    """

    address: str
    data: bytes
    media_type: str


@dataclass(frozen=True)
class Request:
    """What a person hands in. ``name`` is the file's; empty and None mean: not said.

    Attributes:
        fetched: what ``data`` is of, where a program took it from ``url``.
        answers: an ``.answers.yml`` about doubtful cells, as the form wrote it.
    """

    name: str
    data: bytes
    agency: str = ""
    agency_name: str = ""
    year: int | None = None
    url: str = ""
    retrieved: date | None = None
    replace: bool = False
    transcription: Transcription | None = None
    division: str = ""
    fetched: Fetched | None = None
    answers: bytes = b""


@dataclass(frozen=True)
class Ground:
    """What a decision rests on; ``given`` where a person said so and the report does not."""

    said: Text
    given: bool = False
