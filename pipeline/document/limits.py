"""How large a file may be. An annual report is far below every one of these numbers; what is above is refused (D104)."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Upper bounds of one file.

    Attributes:
        file_bytes: any file.
        text_bytes: text and HTML, and each XML part of a .docx once unpacked.
        line_characters: one line of text.
        unpacked_ratio: how many times its packed size a part of a .docx may be, above 1 MiB.
        zip_entries: files in a .docx.
        pages: pages of a PDF.
        page_objects: characters, lines and pictures of one PDF page.
        cells: table cells of one document, spans filled.
        nesting: elements inside each other.
        seconds: of a processor, from the first byte to the document and what is made of it at once.
        patience: seconds of the clock on top of them, for a machine that is busy with other things.
        memory: bytes that reading may take on top of what the process has.
        pixels: of a picture; a page of A4 at 600 dots an inch has 35 million.
        scanned_pages: pages of a file that are recognised.
        scan_seconds: to recognise one page, wall clock and processor alike.
        scan_memory: bytes that recognising may take, as address space: twice what it holds.
        office_seconds: for LibreOffice to convert an old Word file; the clock of ``seconds`` starts after it.
    """

    file_bytes: int = 64 * MIB
    text_bytes: int = 8 * MIB
    line_characters: int = 1_000_000
    unpacked_ratio: int = 200
    zip_entries: int = 5_000
    pages: int = 300
    page_objects: int = 100_000
    cells: int = 50_000
    nesting: int = 500
    seconds: int = 12
    patience: int = 5
    memory: int = 640 * MIB
    pixels: int = 64_000_000
    scanned_pages: int = 60
    scan_seconds: int = 90
    scan_memory: int = 4096 * MIB
    office_seconds: int = 15


LIMITS = Limits()
