"""Bytes → Document: finds out by the content what kind of file it is, and chooses the reader. All have one signature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipeline.document.docx import read_docx
from pipeline.document.html import read_html
from pipeline.document.limits import LIMITS
from pipeline.document.media_types import KIND_OF_EXTENSION, Kind, kind_of
from pipeline.document.pdf import read_pdf
from pipeline.document.refusal import refusal
from pipeline.document.text import read_text
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.model.document import Document
from pipeline.model.findings import Location

READERS: dict[Kind, Callable[[bytes], Document]] = {
    Kind.TEXT: read_text,
    Kind.HTML: read_html,
    Kind.DOCX: read_docx,
    Kind.PDF: read_pdf,
}


def read(data: bytes, extension: str, kind: Kind | None = None) -> Document:
    """Reads the bytes of a filed report, here and without bounds on time and memory: see ``bounds.read_bounded``.

    Args:
        data: the whole file.
        extension: what its name says it is, e.g. ``txt``; a lie becomes finding D106.
        kind: what its content says it is, where that is known already.

    Raises:
        RefusedError: nothing of it can be read; its finding says why.
    """
    if len(data) > LIMITS.file_bytes:
        raise refusal("D104", "文件太大", "the file is too large", f"{LIMITS.file_bytes} bytes")
    kind = kind or kind_of(data)
    document = READERS[kind](data)
    said = KIND_OF_EXTENSION.get(extension, kind)
    if said is kind:
        return document
    differs = finding_kinds()["D106"](Location(), reported=kind.value, expected=extension)
    return replace(document, findings=(*document.findings, differs))
