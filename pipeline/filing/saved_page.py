"""A page that was saved with its pictures in a folder beside it → one file, as browsers save it as .mhtml.

A report is one file. The page is kept byte for byte as a part of it, and the same page gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from pathlib import Path
from urllib.parse import unquote

from pipeline.document.html import located, picture_sources
from pipeline.document.limits import LIMITS
from pipeline.document.read import format_of
from pipeline.document.refusal import RefusedError
from pipeline.document.sandbox import run
from pipeline.document.signatures import picture_name
from pipeline.filing.pictures import shows_pictures

PAGE = "html"


def with_pictures(path: Path) -> tuple[str, bytes]:
    """The name and bytes of a file as it is to be filed.

    Args:
        path: anything. A page that lacks a table and has pictures beside it is put together with them; all else is as it is.
    """
    data = path.read_bytes()
    try:
        if (
            format_of(data).key == PAGE
            and (found := dict(_pictures(path, data)))
            and shows_pictures(data, path.name)
        ):
            return f"{path.stem}.mhtml", web_archive(path.name, data, found)
    except RefusedError:
        pass  # whoever reads it says why
    return path.name, data


def _pictures(page: Path, data: bytes) -> Iterator[tuple[str, bytes]]:
    """What the page calls each picture that lies beside or below it, and its bytes; nothing from anywhere else."""
    home, room = page.resolve().parent, LIMITS.file_bytes - len(data)
    for source in run(picture_sources, data):
        if not source or ":" in source or source.startswith("/"):
            continue
        file = (home / unquote(source.split("?")[0])).resolve()
        if file.is_relative_to(home) and file.is_file() and file.stat().st_size * 2 < room:
            picture = file.read_bytes()
            room -= 2 * len(picture)  # it is half as much again as it is written
            if picture_name(picture):
                yield source, picture


def web_archive(name: str, page: bytes, pictures: Mapping[str, bytes]) -> bytes:
    """A page and its pictures as one file, as browsers save it as .mhtml.

    Args:
        name: of the page: a file's, or its address.
        page: kept byte for byte.
        pictures: what the page calls each, and its bytes.
    """
    boundary = hashlib.sha256(page).hexdigest()[:32]
    made = MIMEMultipart("related", boundary, type="text/html")
    for location, content, kind in (
        (name, page, ("text", "html")),
        *((source, picture, ("image", "*")) for source, picture in pictures.items()),
    ):
        part = MIMEBase(*kind)
        part.set_payload(content)
        encode_base64(part)
        part["Content-Location"] = located(location)
        made.attach(part)
    return made.as_bytes()
