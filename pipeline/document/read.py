"""Bytes → Document: chooses the reader by the format. Every reader has the same signature."""

from __future__ import annotations

from pipeline.document.model import Document
from pipeline.document.text import read_text
from pipeline.findings import PipelineError


def read(data: bytes, file_format: str) -> Document:
    """Reads the bytes of a filed report.

    Args:
        data: the whole file.
        file_format: its extension, e.g. ``txt``.

    Raises:
        PipelineError: a format there is no reader for.
    """
    if file_format == "txt":
        return read_text(data.decode("utf-8-sig", errors="replace"))
    raise PipelineError(f"还不能读 .{file_format} 文件", f".{file_format} files cannot be read yet")
