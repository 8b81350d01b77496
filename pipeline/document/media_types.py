"""Bytes → what kind of file they are, by their content. The name of a file is only compared with it."""

from __future__ import annotations

import io
import re
import zipfile
from enum import StrEnum

from pipeline.document.refusal import refusal


class Kind(StrEnum):
    """One reader each; the value is the usual extension."""

    TEXT = "txt"
    HTML = "html"
    DOCX = "docx"
    PDF = "pdf"
    OFFICE = "doc"


KIND_OF_EXTENSION = {
    **dict.fromkeys(("txt", "md", "markdown", "text"), Kind.TEXT),
    **dict.fromkeys(("html", "htm", "shtml", "xhtml", "mht", "mhtml"), Kind.HTML),
    "docx": Kind.DOCX,
    "pdf": Kind.PDF,
    **dict.fromkeys(("doc", "wps", "wpt", "dot", "rtf", "odt"), Kind.OFFICE),
}
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
HEAD = 4096
HTML_START = re.compile(
    rb"(?:<\?xml[^>]*\?>\s*|<!--.*?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|meta|title|link|style|script|table|tbody|tr|td|div|p|span|font|center"
    rb"|h[1-6]|article|section|main|form|ul|ol|a|b|strong|img|br)\b",
    re.DOTALL,
)
HTML_INSIDE = re.compile(rb"<(?:html|body)[\s>]")
MAIL_START = re.compile(
    rb"(?:From|Subject|Date|MIME-Version|Content-Type|X-[\w-]+|Snapshot[\w-]*):", re.IGNORECASE
)
WORD_XML = (b"<?mso-application", b"<pkg:package", b"<w:worddocument")


def kind_of(data: bytes) -> Kind:
    """What a file is.

    Raises:
        RefusedError: D102 for pictures and empty files, D103 for encrypted Word files, D105 for a damaged zip, D108 for
            kinds that are not read.
    """
    if not data.strip(b"\x00\t\r\n \xff\xfe\xef\xbb\xbf"):
        raise refusal("D102", "文件是空的", "it is empty")
    for magic, name in PICTURES.items():
        if data.startswith(magic) and (name != "BMP" or data[6:10] == b"\0\0\0\0"):
            raise refusal("D102", f"是 {name} 图片", f"it is a {name} picture")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        raise refusal("D102", "是 WebP 图片", "it is a WebP picture")
    for magic, name in ARCHIVES.items():
        if data.startswith(magic):
            raise refusal("D108", f"{name} 文件", f"a {name} file")
    if b"%PDF-" in data[:1024]:
        return Kind.PDF
    if data.startswith(b"PK"):
        return _kind_of_zip(data)
    if data.startswith(OLE):
        return _kind_of_ole(data)
    if data.startswith(b"{\\rtf"):
        return Kind.OFFICE
    return _kind_of_text(data)


def _kind_of_zip(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (
        NotImplementedError
    ) as error:  # what zipfile says of a version it does not know; the file may be whole
        raise refusal("D105", "压缩格式的版本不认识", "its zip version is not known") from error
    except (zipfile.BadZipFile, ValueError, EOFError, OSError) as error:
        raise refusal("D105", "压缩结构不完整", "its zip structure is incomplete") from error
    if "word/document.xml" in names or any(
        name.startswith("word/") and name.endswith("document.xml") for name in names
    ):
        return Kind.DOCX
    if "content.xml" in names and "mimetype" in names:
        return Kind.OFFICE
    what = "Excel" if any(name.startswith("xl/") for name in names) else "zip"
    raise refusal("D108", f"{what} 文件", f"a file of the kind {what}")


def _kind_of_ole(data: bytes) -> Kind:
    """Old Microsoft container; the names of its parts are written in UTF-16 in its directory."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise refusal("D103")
    if "WordDocument".encode("utf-16-le") in data:
        return Kind.OFFICE
    raise refusal("D108", "旧版 Office 文件，但不是 Word 文件", "an old Office file that is no Word file")


def _kind_of_text(data: bytes) -> Kind:
    # Without the zero bytes of UTF-16 the tags can be seen in any encoding.
    head = data[:HEAD].replace(b"\x00", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n\x0c").lower()
    if any(sign in head for sign in WORD_XML):
        return Kind.OFFICE
    if b"<!entity" in head or re.match(rb"<\?xml[^>]*\?>\s*<!doctype\s+\w+\s*\[", head):
        raise refusal("D104", "文件自己定义 XML 实体", "it defines XML entities", 0)
    if HTML_START.match(head) or HTML_INSIDE.search(head):
        return Kind.HTML
    if MAIL_START.match(head) and b"multipart/related" in head:
        return Kind.HTML
    if head.startswith(b"<?xml"):
        raise refusal("D108", "XML 文件", "an XML file")
    return Kind.TEXT
