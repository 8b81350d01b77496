"""A file that is handed in → the report read from it, or that of a scan from the figures typed by hand.

Does not know where the report belongs.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from pipeline.archive.strict_yaml import read_yaml
from pipeline.archive.transcription import FIELDS as TRANSCRIPTION_FIELDS
from pipeline.archive.transcription import parse_transcription
from pipeline.document.refusal import RefusedError
from pipeline.document.sandbox import read_bounded, run
from pipeline.document.scan.extra import is_installed
from pipeline.filing.pictures import NO_TEXT, Progress, read_pictures_too
from pipeline.filing.read_all import report_without_text
from pipeline.filing.request import NotFiledError
from pipeline.knowledge.messages import message, wrong
from pipeline.model.report import Report, Scope
from pipeline.model.source import Transcription
from pipeline.model.text import Text
from pipeline.reading.report import make_report


def read_report(
    name: str,
    data: bytes,
    *,
    year: int | None = None,
    transcription: Transcription | None = None,
    progress: Progress = lambda done, total: None,
) -> Report:
    """Reads a file that a person hands in; a scan or picture is recognised, unless its figures were typed.

    The report then holds what was recognised, to be filed with it.

    Args:
        name: for the extension; the folder does not matter.
        data: the bytes, from anybody.
        year: of the report, where the person says it; None: as printed.
        transcription: figures typed by hand; None: none were.
        progress: told after each page of a picture: how many are done, of how many.

    Raises:
        NotFiledError: a scan or picture that cannot be recognised here, and nothing was typed.
        NotAReportError: no annual report.
        RefusedError: nothing of it can be read, for another reason.
    """
    try:
        document, recognition = (
            (read_bounded(data, name), None)
            if transcription
            else read_pictures_too(data, name, progress=progress)
        )
        made = partial(make_report, year_hint=year, transcription=transcription)
        return replace(run(made, document), recognition=recognition)
    except RefusedError as refused:
        if refused.finding.code != NO_TEXT or not data.strip(b"\0 \t\r\n"):
            raise
        if transcription is None:
            raise NotFiledError(*_type_the_figures(name, refused)) from refused
        return report_without_text(year, Scope.AGENCY, refused.finding, transcription)


def _type_the_figures(name: str, refused: RefusedError) -> Text:
    """What to do with a scan: install what recognises it; where that is there and finds no text, type the figures."""
    said = Text(refused.finding.message.zh, refused.finding.message.en)
    if not is_installed():
        return message("install_scan", said=said, command=f"make scan && make add FILE={name}")
    command = f"add {name} --agency 510403-housing --year 2023 --transcription figures.yml"
    return message("type_the_figures", said=said, command=command)


def read_transcription(path: Path) -> Transcription:
    """Figures typed by hand, in a file of their own: ``by``, ``date``, ``tables``, and ``source`` if wanted.

    They may also stand below ``transcription``, as in the ``<year>.yml`` that they go into.

    Args:
        path: the YAML that the person wrote.

    Raises:
        PipelineError: no such file, or one of another shape.
    """
    entry = read_yaml(path, TRANSCRIPTION_FIELDS | {"transcription"}, required=set())
    typed = parse_transcription(path.name, entry.get("transcription", entry))
    if typed is None:
        raise wrong("typed_nothing", path=path.name)
    return typed
