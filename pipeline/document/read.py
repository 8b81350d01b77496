"""Bytes → Document: asks the registry of formats by the content whose file it is. The name is only compared with it."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from pipeline.document.limits import LIMITS
from pipeline.document.reader import Reader
from pipeline.document.refusal import refusal
from pipeline.document.signatures import refuse_binary
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.formats import Format, by_extension, formats
from pipeline.model.document import Document
from pipeline.model.findings import Location
from pipeline.model.recognition import Recognition


def read(data: bytes, extension: str) -> Document:
    """Reads the bytes of a filed report, here and without bounds on time and memory: see ``sandbox.read_bounded``.

    Args:
        data: the whole file.
        extension: what its name says it is, e.g. ``txt``; a lie becomes finding D106.

    Raises:
        RefusedError: nothing of it can be read; its finding says why.
    """
    format_, data = prepared(data)
    return read_as(format_, data, extension)


def prepared(data: bytes) -> tuple[Format, bytes]:
    """The format of a file, and the bytes that its reader takes.

    Raises:
        RefusedError: too large, of no format that is read, encrypted, or not to be converted.
    """
    if len(data) > LIMITS.file_bytes:
        raise refusal("D104", "too_many_bytes", limit=f"{LIMITS.file_bytes} bytes")
    format_ = format_of(data)
    convert = reader_of(format_).convert
    return format_, convert(data) if convert else data


def format_of(data: bytes) -> Format:
    """What a file is, by its content.

    Raises:
        RefusedError: D102 for pictures and empty files, D103 for encrypted Word files, D105 for a damaged zip, D108 for
            kinds that are not read.
    """
    for format_ in formats().values():
        if reader_of(format_).sniff(data):
            return format_
    refuse_binary(data)
    raise refusal("D108", "its_kind_is_unknown")


def reader_of(format_: Format) -> Reader:
    """The reader of a format, from the module that its entry names."""
    reader = import_module(f"pipeline.document.{format_.reader}").READER
    if not isinstance(reader, Reader):
        raise TypeError(f"pipeline.document.{format_.reader}.READER is no Reader")
    return reader


def read_as(format_: Format, data: bytes, extension: str, recognition: Recognition | None = None) -> Document:
    """Reads a file whose format is known and that is converted already; a name that says otherwise is finding D106."""
    reader = reader_of(format_)
    found = reader.pictures(data, recognition) if reader.pictures and recognition else reader.read(data)
    document = replace(found, format=format_.key)
    if by_extension().get(extension, format_) == format_:
        return document
    differs = finding_kinds()["D106"](Location(), reported=format_.key, expected=extension)
    return replace(document, findings=(*document.findings, differs))
