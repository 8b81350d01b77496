"""Word files → Document, from their XML alone. What a reader of the printed page sees: insertions kept, deletions dropped.

Merged cells stand once, where they begin. A table with a table inside is taken as page layout. Numbers that Word
gives automatically are lost. Namespaces are not compared: the strict and the usual form of the format differ in them.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

from pipeline.document.layouts import SourceLine, blocks_of, join_lines
from pipeline.document.limits import LIMITS, MIB
from pipeline.document.reader import Reader
from pipeline.document.refusal import refusal
from pipeline.document.signatures import names_in_zip
from pipeline.model.document import Cell, Document, Grid, Layout, Paragraph

Element = ElementTree.Element
MAIN_PART = re.compile(r"word/[^/]*document\.xml")
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
BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}


def read_docx(data: bytes) -> Document:
    """Blocks of a Word file; places are ``paragraph N`` and ``table N, rR cC``, each counted from 1.

    Raises:
        RefusedError: damaged (D105), a zip or XML bomb (D104), no text (D102).
    """
    root = _parse(_main_part(data))
    body = next((child for child in root.iter() if _name(child) == "body"), None)
    if body is None:
        raise refusal("D105", "no_body")
    blocks = _Flow().read(body)
    if not blocks:
        raise refusal("D102", "only_pictures")
    return Document("docx", tuple(blocks))


def is_docx(data: bytes) -> bool:
    """Whether a file is a zip with the text of a Word file in it; D105 for a damaged zip."""
    return any(name.startswith("word/") and name.endswith("document.xml") for name in names_in_zip(data))


def _main_part(data: bytes) -> bytes:
    """The XML of the text, unpacked no further than the limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > LIMITS.zip_entries:
                raise refusal("D104", "zip_entries", limit=LIMITS.zip_entries)
            entry = min(
                (entry for entry in entries if MAIN_PART.fullmatch(entry.filename)),
                key=lambda entry: (entry.filename != "word/document.xml", entry.filename),
                default=None,
            )
            if entry is None:
                raise refusal("D105", "no_body")
            if entry.flag_bits & 1:
                raise refusal("D103")
            # What the directory says of sizes may be a lie: unpack a byte more than is allowed, and see.
            most = min(LIMITS.text_bytes * 4, max(MIB, entry.compress_size * LIMITS.unpacked_ratio))
            with archive.open(entry) as file:
                xml = file.read(most + 1)
            if len(xml) > most:
                raise refusal("D104", "zip_unpacked", limit=f"{most} bytes")
            return xml
    except (
        NotImplementedError
    ) as error:  # what zipfile says of a compression it does not know; the file may be whole
        raise refusal("D105", "zip_method") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise refusal("D105", "zip_incomplete") from error


def _parse(xml: bytes) -> Element:
    plain = xml[:4096].replace(b"\x00", b"")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain or b"<!ENTITY" in xml:
        raise refusal("D104", "xml_entities", limit=0)
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


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _value(element: Element | None, name: str) -> str:
    """An attribute by its local name; empty where there is none."""
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _child(element: Element | None, name: str) -> Element | None:
    if element is None:
        return None
    return next((child for child in element if _name(child) == name), None)


def _is_on(properties: Element | None, name: str) -> bool:
    element = _child(properties, name)
    return element is not None and _value(element, "val") not in ("0", "false", "off", "none")


class _Flow:
    """Blocks being collected from a body."""

    def __init__(self) -> None:
        self.blocks: list[Paragraph | Grid] = []
        self.pending: list[SourceLine] = []
        self.paragraphs = 0
        self.tables = 0
        self.cells = 0

    def read(self, body: Element) -> list[Paragraph | Grid]:
        """All blocks, in reading order."""
        self._children(body)
        self._end_of_text()
        return self.blocks

    def _children(self, parent: Element) -> None:
        for element in parent:
            name = _name(element)
            if name == "p":
                self._paragraph(element)
            elif name == "tbl":
                self._table(element)
            elif name not in DROPPED:
                self._children(element)

    def _paragraph(self, element: Element) -> None:
        self.paragraphs += 1
        place = f"paragraph {self.paragraphs}"
        for line in _text_of(element).split("\n"):
            if line.strip():
                self.pending.append(SourceLine(line.strip(" "), place))
        for box in _text_boxes(element):
            self._children(box)

    def _end_of_text(self) -> None:
        self.blocks.extend(blocks_of(self.pending))
        self.pending.clear()

    def _table(self, element: Element) -> None:
        if any(
            _name(inner) == "tbl" for row in _rows(element) for cell in _cells(row) for inner in cell.iter()
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
        self.tables += 1
        found = []
        for number, row in enumerate(rows, 1):
            cells = tuple(self._row(row, f"table {self.tables}, r{number}"))
            if cells:
                found.append(cells)
        self.blocks.append(Grid(tuple(found), Layout.GRID))

    def _row(self, row: Element, place: str) -> Iterator[Cell]:
        properties = _child(row, "trPr")
        column = _number(_value(_child(properties, "gridBefore"), "val"), 0)
        for cell in _cells(row):
            of_cell = _child(cell, "tcPr")
            width = max(1, _number(_value(_child(of_cell, "gridSpan"), "val"), 1))
            self.cells += width
            if self.cells > LIMITS.cells:
                raise refusal("D104", "too_many_cells", limit=LIMITS.cells)
            vertical, horizontal = _child(of_cell, "vMerge"), _child(of_cell, "hMerge")
            continues_left = horizontal is not None and _value(horizontal, "val") != "restart"
            continues_above = vertical is not None and _value(vertical, "val") != "restart"
            if not continues_above and not continues_left:
                yield Cell(_cell_text(cell), f"{place} c{column + 1}", column, width)
            column += width


def _number(printed: str, default: int) -> int:
    return int(printed) if printed.isdecimal() and len(printed) < 5 else default


def _rows(table: Element) -> Iterator[Element]:
    """The rows, without those that a tracked change deleted."""
    for element in table:
        name = _name(element)
        if name == "tr":
            if _child(_child(element, "trPr"), "del") is None:
                yield element
        elif name in ("sdt", "sdtContent", "customXml", "ins", "smartTag"):
            yield from _rows(element)


def _cells(row: Element) -> Iterator[Element]:
    for element in row:
        name = _name(element)
        if name == "tc":
            if _child(_child(element, "tcPr"), "cellDel") is None:
                yield element
        elif name in ("sdt", "sdtContent", "customXml", "ins", "smartTag"):
            yield from _cells(element)


def _cell_text(cell: Element) -> str:
    lines: list[str] = []
    stack = [cell]
    while stack:
        element = stack.pop()
        if _name(element) == "p":
            lines.extend(_text_of(element).replace("\t", " ").split("\n"))
            stack.extend(reversed(list(_text_boxes(element))))
        else:
            stack.extend(child for child in reversed(element) if _name(child) not in DROPPED)
    return join_lines(lines)


def _text_of(paragraph: Element) -> str:
    """The text of one paragraph; breaks are line feeds. Text boxes anchored in it are not part of it."""
    pieces: list[str] = []
    _collect(paragraph, pieces)
    return "".join(pieces)


def _collect(element: Element, pieces: list[str]) -> None:
    for child in element:
        name = _name(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            properties = _child(child, "rPr")
            if _is_on(properties, "vanish"):
                continue
            if _value(_child(properties, "vertAlign"), "val") in ("superscript", "subscript"):
                pieces.append(" ")  # a footnote mark is no digit of the figure before it
            _collect(child, pieces)
        elif name in BREAKS:
            pieces.append(BREAKS[name])
        elif name == "sym":
            pieces.append("�")  # a character of a symbol font: which one cannot be known
        elif name not in DROPPED and name not in ("txbxContent", "drawing", "pict"):
            _collect(child, pieces)


def _text_boxes(paragraph: Element) -> Iterator[Element]:
    """The text boxes anchored in a paragraph; one that is stored twice, for old and new Word, comes once."""
    stack = [paragraph]
    while stack:
        element = stack.pop()
        for child in reversed(element):
            name = _name(child)
            if name in DROPPED:
                continue
            if name == "txbxContent":
                yield child
            else:
                stack.append(child)


READER = Reader(is_docx, read_docx)
