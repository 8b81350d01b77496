"""A file that is handed in → the report read from it, or that of a scan from the figures typed by hand.

Does not know where the report belongs.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.archive.strict_yaml import read_yaml
from pipeline.archive.transcription import FIELDS as TRANSCRIPTION_FIELDS
from pipeline.archive.transcription import parse_transcription
from pipeline.document.refusal import RefusedError
from pipeline.document.sandbox import read_bounded
from pipeline.filing.read_all import NO_TEXT, report_without_text
from pipeline.filing.request import NotFiledError
from pipeline.knowledge.formats import by_extension
from pipeline.knowledge.messages import message, wrong
from pipeline.model.report import Report, Scope
from pipeline.model.source import Transcription
from pipeline.model.text import Text
from pipeline.reading.report import make_report


def read_report(
    name: str, data: bytes, *, year: int | None = None, transcription: Transcription | None = None
) -> Report:
    """Reads a file that a person hands in; of a scan or picture the report is what was typed.

    Raises:
        NotFiledError: a scan or picture, and nothing was typed.
        NotAReportError: no annual report.
        RefusedError: nothing of it can be read, for another reason.
    """
    try:
        return make_report(read_bounded(data, name), year_hint=year, transcription=transcription)
    except RefusedError as refused:
        if refused.finding.code != NO_TEXT or not data.strip(b"\0 \t\r\n"):
            raise
        if transcription is None:
            raise NotFiledError(*_type_the_figures(name, refused)) from refused
        return report_without_text(year, Scope.AGENCY, refused.finding, transcription)


def _type_the_figures(name: str, refused: RefusedError) -> Text:
    """What to do with a scan: a version with text, or else the figures typed by hand; a picture becomes a PDF first."""
    is_filed = Path(name).suffix.removeprefix(".").lower() in by_extension()
    file = name if is_filed else f"{Path(name).stem}.pdf"
    command = f"add {file} --agency 510403-housing --year 2023 --transcription figures.yml"
    said = Text(refused.finding.message_zh, refused.finding.message_en)
    first = "" if is_filed else message("picture_first")
    return message("type_the_figures", said=said, first=first, command=command)


def read_transcription(path: Path) -> Transcription:
    """Figures typed by hand, in a file of their own: ``by``, ``date``, ``tables``, and ``source`` if wanted.

    They may also stand below ``transcription``, as in the ``<year>.yml`` that they go into.

    Raises:
        PipelineError: no such file, or one of another shape.
    """
    entry = read_yaml(path, TRANSCRIPTION_FIELDS | {"transcription"}, required=set())
    typed = parse_transcription(path.name, entry.get("transcription", entry))
    if typed is None:
        raise wrong("typed_nothing", path=path.name)
    return typed
