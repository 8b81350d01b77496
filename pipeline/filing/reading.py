"""A file that is handed in → the report read from it, or that of a scan from the figures typed by hand.

Does not know where the report belongs.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.archive.sources import read_yaml
from pipeline.archive.transcription import FIELDS as TRANSCRIPTION_FIELDS
from pipeline.archive.transcription import parse_transcription
from pipeline.document.refusal import RefusedError
from pipeline.document.sandbox import read_bounded
from pipeline.filing.read_all import NO_TEXT, report_without_text
from pipeline.filing.request import NotFiledError
from pipeline.knowledge.formats import by_extension
from pipeline.model.findings import PipelineError
from pipeline.model.report import Report
from pipeline.model.source import Transcription
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
        return report_without_text(year, "agency", refused.finding, transcription)


def _type_the_figures(name: str, refused: RefusedError) -> tuple[str, str]:
    """What to do with a scan: a version with text, or else the figures typed by hand; a picture becomes a PDF first."""
    is_filed = Path(name).suffix.removeprefix(".").lower() in by_extension()
    file = name if is_filed else f"{Path(name).stem}.pdf"
    command = f"add {file} --agency 510403-housing --year 2023 --transcription figures.yml"
    first_zh, first_en = ("", "") if is_filed else ("先把图片存成 PDF，", "save the picture as PDF, ")
    return (
        f"{refused.finding.message_zh}\n有带文字的版本（网页、Word 或可以选中文字的 PDF）请收录那一份；"
        f"没有的话，{first_zh}把表中数字照原件录入一个 .yml（写法见 add --help），然后运行：\n  {command}",
        f"{refused.finding.message_en}\nIf there is a version with text (web page, Word, or a PDF whose text can be "
        f"selected), file that one; if there is none, {first_en}type the figures as printed into a .yml (add --help shows "
        f"how), then:\n  {command}",
    )


def read_transcription(path: Path) -> Transcription:
    """Figures typed by hand, in a file of their own: ``by``, ``date``, ``tables``, and ``source`` if wanted.

    They may also stand below ``transcription``, as in the ``<year>.yml`` that they go into.

    Raises:
        PipelineError: no such file, or one of another shape.
    """
    entry = read_yaml(path, TRANSCRIPTION_FIELDS | {"transcription"}, required=set())
    typed = parse_transcription(path.name, entry.get("transcription", entry))
    if typed is None:
        raise PipelineError(f"{path.name}：里面没有数字", f"{path.name}: there are no figures in it")
    return typed
