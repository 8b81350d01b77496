"""The first bytes of files, as far as several readers ask for them, and the words for what no reader takes."""

from __future__ import annotations

import io
import re
import zipfile

from pipeline.document.limits import LIMITS
from pipeline.document.refusal import refusal

PICTURES = {
    b"\x89PNG\r\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
}
ARCHIVES = {b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"\x1f\x8b": "gzip", b"MZ": "EXE", b"\x7fELF": "ELF"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK"
ENTRY = b"PK\x01\x02"  # begins an entry in the list of files of a zip
HEAD = 4096
MARKS = b"\xff\xfe\xef\xbb\xbf"
XML_ENTITIES = re.compile(rb"<\?xml[^>]*\?>\s*<!doctype\s+\w+\s*\[")


def names_in_zip(data: bytes) -> set[str]:
    """The files inside a zip; none if the file is no zip.

    Raises:
        RefusedError: D105 for a damaged one, D104 for one of too many files.
    """
    if not data.startswith(ZIP):
        return set()
    if data.count(ENTRY) > LIMITS.zip_entries:  # before the list of them is read, which takes long
        raise refusal("D104", "zip_entries", limit=LIMITS.zip_entries)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return set(archive.namelist())
    except NotImplementedError as error:
        # what zipfile says of a version it does not know; the file may be whole
        raise refusal("D105", "zip_version") from error
    except (zipfile.BadZipFile, ValueError, EOFError, OSError) as error:
        raise refusal("D105", "zip_incomplete") from error


def head_of(data: bytes) -> bytes:
    """The first bytes of a text in any encoding, lower case: without the zero bytes of UTF-16 its tags can be seen."""
    return data[:HEAD].replace(b"\x00", b"").lstrip(MARKS + b" \t\r\n\x0c").lower()


def picture_name(data: bytes) -> str:
    """The kind of picture a file is, e.g. ``PNG``; empty for what is none."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    kinds = (name for magic, name in PICTURES.items() if data.startswith(magic))
    return next((name for name in kinds if name != "BMP" or data[6:10] == b"\0\0\0\0"), "")


def refuse_binary(data: bytes) -> None:
    """Refuses what is no text, and what only a program that expands it could read.

    Raises:
        RefusedError: D102 for an empty file, D104 for XML that defines entities, D108 for other kinds.
    """
    if not data.strip(b"\x00\t\r\n " + MARKS):
        raise refusal("D102", "file_empty")
    for magic, name in ARCHIVES.items():
        if data.startswith(magic):
            raise refusal("D108", "other_archive", name=name)
    if data.startswith(ZIP):
        what = "Excel" if any(name.startswith("xl/") for name in names_in_zip(data)) else "zip"
        raise refusal("D108", "other_kind", what=what)
    if data.startswith(OLE):
        raise refusal("D108", "old_office")
    if XML_ENTITIES.match(head_of(data)) or b"<!entity" in head_of(data):
        raise refusal("D104", "xml_entities", limit=0)
