"""Pictures of pages: what was recognised in them → Document. Without that a picture has no text."""

from __future__ import annotations

from pipeline.document.pdf import document_of, scanned_page
from pipeline.document.reader import Reader
from pipeline.document.refusal import refusal
from pipeline.document.signatures import picture_name
from pipeline.model.document import Document
from pipeline.model.recognition import Recognition


def read_picture(data: bytes, recognition: Recognition | None = None) -> Document:
    """The blocks of a picture, which may have several pages (TIFF); places are those of a PDF.

    Raises:
        RefusedError: nothing was recognised in it (D102).
    """
    if recognition is None or not recognition.pages:
        raise refusal("D102", "picture", name=picture_name(data))
    return document_of([scanned_page(page) for page in recognition.pages])


READER = Reader(lambda data: bool(picture_name(data)), read_picture, read_picture)
