"""Word files → Document, from their XML alone. What a reader of the printed page sees: insertions kept, deletions dropped.

Merged cells stand once, where they begin. A table with a table inside is taken as page layout. Numbers that Word
gives automatically are lost. Namespaces are not compared: the strict and the usual form of the format differ in them.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from xml.etree import ElementTree

from pipeline.document.embedded import Embedded, embedded_in
from pipeline.document.layouts import SourceLine, blocks_of, join_cell
from pipeline.document.limits import LIMITS, MIB
from pipeline.document.reader import Reader
from pipeline.document.refusal import refusal
from pipeline.document.remarks import UNSEEN, Note, Remarks, struck, turned, unseen
from pipeline.document.signatures import names_in_zip
from pipeline.document.visible import END_OF_OVERRIDE, OVERRIDE, as_seen
from pipeline.document.wordml import (
    PLAIN,
    Element,
    Look,
    Styles,
    child_of,
    is_on,
    is_seen,
    is_struck,
    name_of,
    value_of,
)
from pipeline.model.document import Cell, Document, Grid, Layout, Paragraph
from pipeline.model.recognition import UNREAD, Recognition

MAIN_PART = re.compile(r"word/[^/]*document\.xml")
STYLES_PART = "word/styles.xml"
DROPPED = frozenset(
    (
        "del",
        "moveFrom",
        "Fallback",
        "instrText",
        "delText",
        "delInstrText",
        "pPr",
        "rPr",
        "sectPr",
        "tblPr",
        "tblGrid",
    )
    + (
        "trPr",
        "tcPr",
        "sdtPr",
        "sdtEndPr",
        "footnoteReference",
        "endnoteReference",
        "commentReference",
        "annotationRef",
    )
    + ("proofErr", "object", "control")
)
EMU_AN_INCH = 914_400
BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}


def read_docx(data: bytes, recognition: Recognition | None = None) -> Document:
    """Blocks of a Word file; places are ``paragraph N`` and ``table N, rR cC``, each counted from 1.

    What was recognised in its pictures stands where they do; places are ``picture N`` and then as in a picture by itself.

    Raises:
        RefusedError: damaged (D105), a zip or XML bomb (D104), no text (D102).
    """
    flow, blocks = _read(data, recognition)
    if not blocks:
        raise refusal("D102", "only_pictures")
    pictures = flow.pictures
    return Document("docx", tuple(blocks), tuple(flow.remarks.findings), pictures.recognised, pictures.unread)


def pictures_of(data: bytes) -> list[tuple[bytes, float]]:
    """The pictures in the text of a Word file, as ``Reader.embedded`` says."""
    flow, _ = _read(data, None)
    with _opened(data) as archive:
        parts = {entry.filename: entry for entry in archive.infolist()}
        targets = _targets(archive, parts)
        return [
            (_picture(archive, parts.get(targets.get(source, ""))), inches)
            for source, inches in flow.pictures.sources
        ]


def _read(data: bytes, recognition: Recognition | None) -> tuple[_Flow, list[Paragraph | Grid]]:
    with _opened(data) as archive:
        main, styles = _parts(archive)
    root = _parse(main)
    body = next((child for child in root.iter() if name_of(child) == "body"), None)
    if body is None:
        raise refusal("D105", "no_body")
    flow = _Flow(_styles(styles), embedded_in(recognition))
    return flow, flow.read(body)


def is_docx(data: bytes) -> bool:
    """Whether a file is a zip with the text of a Word file in it; D105 for a damaged zip."""
    return any(name.startswith("word/") and name.endswith("document.xml") for name in names_in_zip(data))


@contextmanager
def _opened(data: bytes) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > LIMITS.zip_entries:
                raise refusal("D104", "zip_entries", limit=LIMITS.zip_entries)
            yield archive
    except NotImplementedError as error:
        # what zipfile says of a compression it does not know; the file may be whole
        raise refusal("D105", "zip_method") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise refusal("D105", "zip_incomplete") from error


def _parts(archive: zipfile.ZipFile) -> tuple[bytes, bytes]:
    """The XML of the text and of the styles (empty where there are none), unpacked no further than the limits."""
    main = _main_part(archive)
    styles = next((entry for entry in archive.infolist() if entry.filename == STYLES_PART), None)
    return _unpacked(archive, main), _unpacked(archive, styles) if styles else b""


def _main_part(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    main = min(
        (entry for entry in archive.infolist() if MAIN_PART.fullmatch(entry.filename)),
        key=lambda entry: (entry.filename != "word/document.xml", entry.filename),
        default=None,
    )
    if main is None:
        raise refusal("D105", "no_body")
    return main


def _targets(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> dict[str, str]:
    """What the text calls each part that it uses → its name in the file; what lies elsewhere is left out."""
    folder, name = posixpath.split(_main_part(archive).filename)
    entry = parts.get(f"{folder}/_rels/{name}.rels")
    return {
        found.get("Id", ""): posixpath.normpath(posixpath.join(folder, found.get("Target", "")))
        for found in (_parse(_unpacked(archive, entry)) if entry else ())
        if found.get("TargetMode") != "External"
    }


def _picture(archive: zipfile.ZipFile, entry: zipfile.ZipInfo | None) -> bytes:
    """The bytes of a picture; none where the file has it not, or more than a file may have."""
    if entry is None or entry.flag_bits & 1:
        return b""
    with archive.open(entry) as file:
        data = file.read(LIMITS.file_bytes + 1)
    return data if len(data) <= LIMITS.file_bytes else b""


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """One part; what the directory says of sizes may be a lie, so a byte more than is allowed is unpacked, to see."""
    if entry.flag_bits & 1:
        raise refusal("D103")
    most = min(LIMITS.text_bytes * 4, max(MIB, entry.compress_size * LIMITS.unpacked_ratio))
    with archive.open(entry) as file:
        xml = file.read(most + 1)
    if len(xml) > most:
        raise refusal("D104", "zip_unpacked", limit=f"{most} bytes")
    return xml


@lru_cache(maxsize=8)
def _styles(xml: bytes) -> Styles:
    """The styles of a file; those of many files are the same, being those of the program that wrote them."""
    _refuse_entities(xml)
    try:  # they are looked up by name, so it does not matter how deep they are nested
        return Styles(ElementTree.fromstring(xml) if xml else None)
    except ElementTree.ParseError as error:
        raise refusal("D105", "xml_incomplete") from error


def _refuse_entities(xml: bytes) -> None:
    plain = xml[:4096].replace(b"\x00", b"")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain or b"<!ENTITY" in xml:
        raise refusal("D104", "xml_entities", limit=0)


def _parse(xml: bytes) -> Element:
    _refuse_entities(xml)
    depth = 0
    root: Element | None = None
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(xml), events=("start", "end")):
            if root is None:
                root = element
            depth += 1 if event == "start" else -1
            if depth > LIMITS.nesting:
                raise refusal("D104", "nesting", limit=LIMITS.nesting)
    except ElementTree.ParseError as error:
        raise refusal("D105", "xml_incomplete") from error
    if root is None:
        raise refusal("D105", "no_body")
    return root


class _Flow:
    """Blocks being collected from a body."""

    def __init__(self, styles: Styles, pictures: Embedded) -> None:
        self.styles = styles
        self.pictures = pictures
        self.remarks = Remarks()
        self.blocks: list[Paragraph | Grid] = []
        self.pending: list[SourceLine] = []
        self.paragraphs = 0
        self.tables = 0
        self.cells = 0

    def read(self, body: Element) -> list[Paragraph | Grid]:
        """All blocks, in reading order."""
        self._children(body)
        self._end_of_text()
        self._end_of_pictures()
        return self.blocks

    def _children(self, parent: Element) -> None:
        for element in parent:
            name = name_of(element)
            if name == "p":
                self._paragraph(element)
            elif name == "tbl":
                self._table(element)
            elif name not in DROPPED:
                self._children(element)

    def _paragraph(self, element: Element) -> None:
        self.paragraphs += 1
        place = f"paragraph {self.paragraphs}"
        words = _Words(self.styles)
        for line in words.of(element).split("\n"):
            if line.strip():
                self._end_of_pictures()
                self.pending.append(SourceLine(line.strip(" "), place))
        self.remarks.tell((note for note in words.notes if note.code != UNSEEN), place)
        for source, inches in _pictures(element):
            if self.pictures.add(source, inches):
                self._end_of_text()
        for box in _text_boxes(element):
            self._children(box)

    def _end_of_pictures(self) -> None:
        self.blocks.extend(self.pictures.blocks())

    def _end_of_text(self) -> None:
        self.blocks.extend(blocks_of(self.pending))
        self.pending.clear()

    def _table(self, element: Element) -> None:
        if any(
            name_of(inner) == "tbl" for row in _rows(element) for cell in _cells(row) for inner in cell.iter()
        ):
            for row in _rows(element):
                for cell in _cells(row):
                    self._children(cell)
            return
        rows = list(_rows(element))
        if max((len(list(_cells(row))) for row in rows), default=0) < 2:
            for row in rows:
                for cell in _cells(row):
                    self._children(cell)
            return
        self._end_of_text()
        self._end_of_pictures()
        self.tables += 1
        found = []
        for number, row in enumerate(rows, 1):
            cells = tuple(self._row(element, row, f"table {self.tables}, r{number}"))
            if cells:
                found.append(cells)
        self.blocks.append(Grid(tuple(found), Layout.GRID))

    def _row(self, table: Element, row: Element, place: str) -> Iterator[Cell]:
        properties = child_of(row, "trPr")
        column = _number(value_of(child_of(properties, "gridBefore")), 0)
        for cell in _cells(row):
            of_cell = child_of(cell, "tcPr")
            width = max(1, _number(value_of(child_of(of_cell, "gridSpan")), 1))
            self.cells += width
            if self.cells > LIMITS.cells:
                raise refusal("D104", "too_many_cells", limit=LIMITS.cells)
            vertical, horizontal = child_of(of_cell, "vMerge"), child_of(of_cell, "hMerge")
            continues_left = horizontal is not None and value_of(horizontal) != "restart"
            continues_above = vertical is not None and value_of(vertical) != "restart"
            if not continues_above and not continues_left:
                words = _Words(self.styles, self.styles.of_cell(table, cell))
                yield Cell(words.of_cell(cell), f"{place} c{column + 1}", column, width)
                self.remarks.tell(words.notes, f"{place} c{column + 1}")
            column += width


def _number(printed: str, default: int) -> int:
    return int(printed) if printed.isdecimal() and len(printed) < 5 else default


def _rows(table: Element) -> Iterator[Element]:
    """The rows, without those that a tracked change deleted."""
    for element in table:
        name = name_of(element)
        if name == "tr":
            properties = child_of(element, "trPr")
            if child_of(properties, "del") is None and not is_on(properties, "hidden"):
                yield element
        elif name in ("sdt", "sdtContent", "customXml", "ins", "smartTag"):
            yield from _rows(element)


def _cells(row: Element) -> Iterator[Element]:
    for element in row:
        name = name_of(element)
        if name == "tc":
            if child_of(element, "tcPr", "cellDel") is None:
                yield element
        elif name in ("sdt", "sdtContent", "customXml", "ins", "smartTag"):
            yield from _cells(element)


class _Words:
    """The text of paragraphs as it is seen, and what there is to say about it."""

    def __init__(self, styles: Styles, behind: Look = PLAIN) -> None:
        self.styles = styles
        self.behind = behind
        self.notes: list[Note] = []

    def of_cell(self, cell: Element) -> str:
        """All text of a cell; its lines are joined."""
        lines: list[str] = []
        stack = [cell]
        while stack:
            element = stack.pop()
            if name_of(element) == "p":
                lines.extend(self.of(element).replace("\t", " ").split("\n"))
                stack.extend(reversed(list(_text_boxes(element))))
            else:
                stack.extend(child for child in reversed(element) if name_of(child) not in DROPPED)
        text = join_cell(lines)
        return text if text.strip() or next(_pictures(cell), None) is None else UNREAD  # no blank

    def of(self, paragraph: Element) -> str:
        """The text of one paragraph; breaks are line feeds. Text boxes anchored in it are not part of it."""
        pieces: list[str] = []
        look = self.styles.of_paragraph(child_of(paragraph, "pPr"), self.behind)
        self._collect(paragraph, look, pieces)
        text = "".join(pieces)
        if (seen := as_seen(text)) != text:
            self.notes += turned(seen)
        return seen

    def _collect(self, element: Element, look: Look, pieces: list[str]) -> None:
        for child in element:
            name = name_of(child)
            if name == "t":
                self._text(child.text or "", look, pieces)
            elif name == "r":
                self._run(child, look, pieces)
            elif name in BREAKS:
                pieces.append(BREAKS[name])
            elif name == "sym":
                pieces.append("�")  # a character of a symbol font: which one cannot be known
            elif name == "rt":  # small type above a text
                self.notes += unseen("".join(child.itertext()))
            elif name == "bdo" and value_of(child) == "rtl":
                pieces.append(OVERRIDE)
                self._collect(child, look, pieces)
                pieces.append(END_OF_OVERRIDE)
            elif name not in DROPPED and name not in ("txbxContent", "drawing", "pict"):
                self._collect(child, look, pieces)

    def _run(self, run: Element, above: Look, pieces: list[str]) -> None:
        properties = child_of(run, "rPr")
        if value_of(child_of(properties, "vertAlign")) in ("superscript", "subscript"):
            pieces.append(" ")  # a footnote mark is no digit of the figure before it
        self._collect(run, self.styles.of_run(properties, above), pieces)

    def _text(self, text: str, look: Look, pieces: list[str]) -> None:
        if not is_seen(look):
            self.notes += unseen(text)
        elif is_struck(look) and text.strip():
            self.notes.append(struck(text))
            pieces.append(" ")  # what stands on either side of it is not one figure
        else:
            pieces.append(text)


def _text_boxes(paragraph: Element) -> Iterator[Element]:
    """The text boxes anchored in a paragraph; one that is stored twice, for old and new Word, comes once."""
    stack = [paragraph]
    while stack:
        element = stack.pop()
        for child in reversed(element):
            name = name_of(child)
            if name in DROPPED:
                continue
            if name == "txbxContent":
                yield child
            else:
                stack.append(child)


def _pictures(element: Element) -> Iterator[tuple[str, float]]:
    """The pictures anchored in a paragraph, outside of its text boxes: what the file calls them, and their width in inches."""
    for drawing in _inside(element, ("drawing", "pict")):
        width = next((one.get("cx", "") for one in drawing.iter() if name_of(one) == "extent"), "")
        for picture in _inside(drawing, ("blip", "imagedata")):
            called = (value for key, value in picture.attrib.items() if key.endswith(("}embed", "}id")))
            yield next(called, ""), int(width) / EMU_AN_INCH if width.isdecimal() and len(width) < 12 else 0.0


def _inside(element: Element, names: tuple[str, ...]) -> Iterator[Element]:
    """The elements of some names, those inside each other once; text boxes, and what is stored for old Word, are left out."""
    stack = [element]
    while stack:
        for child in reversed(stack.pop()):
            name = name_of(child)
            if name in names:
                yield child
            elif name not in DROPPED and name != "txbxContent":
                stack.append(child)


READER = Reader(is_docx, read_docx, read_docx, embedded=pictures_of)
