"""Saved web pages → Document. The page is parsed as a browser does it; what a browser hides is left out.

A table without tables inside that has several columns is a grid, its spans expanded to true columns. Every other
table is taken as page layout: its cells are read one after the other as running text.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from urllib.parse import quote, unquote_to_bytes, urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.document.embedded import Embedded, embedded_in
from pipeline.document.encoding import decode
from pipeline.document.layouts import SourceLine, blocks_of, join_cell
from pipeline.document.limits import LIMITS
from pipeline.document.reader import Reader
from pipeline.document.refusal import refusal
from pipeline.document.remarks import FIGURE, Note, Remarks, struck, turned, unseen
from pipeline.document.signatures import head_of, refuse_binary
from pipeline.document.visible import END_OF_OVERRIDE, OVERRIDE, Looks, as_seen
from pipeline.model.document import Cell, Document, Grid, Layout, Paragraph
from pipeline.model.findings import Finding
from pipeline.model.recognition import UNREAD, Recognition

START = re.compile(
    rb"(?:<\?xml[^>]*\?>\s*|<!--.*?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|meta|title|link|style|script|table|tbody|tr|td|div|p|span|font|center"
    rb"|h[1-6]|article|section|main|form|ul|ol|a|b|strong|img|br)\b",
    re.DOTALL,
)
INSIDE = re.compile(rb"<(?:html|body)[\s>]")
MAIL_START = re.compile(
    rb"(?:From|Subject|Date|MIME-Version|Content-Type|X-[\w-]+|Snapshot[\w-]*):", re.IGNORECASE
)
CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
ARTICLE_TITLE = 'meta[name="ArticleTitle" i]'
NESTING = re.compile(
    r"<(/?)(?:div|table|span|font|center|section|article|form|ul|ol|dl|blockquote|a|b|strong|em|u|i)\b",
    re.IGNORECASE,
)
UNCLOSED = 10  # times the nesting that is read: what a page leaves unclosed is often closed by what follows
UNFINISHED = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}\Z")
WHITE = re.compile(r"[ \t\r\n\f]+")
LEFT_OUT = frozenset(
    (
        "head",
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "iframe",
        "object",
        "select",
        "textarea",
        "button",
    )
    + ("audio", "video", "canvas", "map", "datalist")
)
# Shown, and no text: a figure in a field of a form, or drawn.
SHOWN_OTHERWISE = 'svg, math, object, canvas, select, textarea, input:not([type="hidden" i])'
NOTES = ("rt", "rp", "rtc")  # small type above a text, which is no part of it
INLINE = frozenset(
    (
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
    )
    + (
        "label",
        "mark",
        "nobr",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "var",
    )
    + (
        "time",
        "data",
        "img",
        "input",
        "wbr",
        "ruby",
        "rb",
        "o:p",
        "st1:chsdate",
        "st1:personname",
        "st1:chmetcnv",
    )
)
SPACER = 4  # pixels: pictures so thin push things apart and show nothing
PIXELS_AN_INCH = 96
MOST_COLUMNS = 1000  # as in browsers
ARTICLE = 300  # characters: a table with a cell of so much text, in several paragraphs, lays out a page


def is_html(data: bytes) -> bool:
    """Whether a file is a page, or a page saved with its pictures; RefusedError for what is no text at all."""
    refuse_binary(data)
    head = head_of(data)
    if START.match(head) or INSIDE.search(head):
        return True
    return bool(MAIL_START.match(head)) and b"multipart/related" in head


def read_html(data: bytes, recognition: Recognition | None = None) -> Document:
    """Blocks of a page; places are ``paragraph N`` and ``table N, rR cC``, each counted from 1.

    What was recognised in pictures that the file has stands where they do; places are ``picture N`` and then as in a
    picture by itself.

    Raises:
        RefusedError: too large or too deeply nested (D104), cut short (D105), no text (D102).
    """
    flow, blocks, findings = _read(data, recognition)
    if not blocks:
        raise refusal("D102", "page_shows_nothing")
    pictures = flow.page.pictures
    return Document(
        "html",
        tuple(blocks),
        (*findings, *flow.remarks.findings),
        pictures.recognised,
        pictures.unread,
    )


def pictures_of(data: bytes) -> list[tuple[bytes, float]]:
    """The pictures of a page, as ``Reader.embedded`` says: those of a web archive, and those written into the page."""
    flow, _, _ = _read(data, None)
    parts = _parts_of_mail(data)
    return [(_picture(source, parts), inches) for source, inches in flow.page.pictures.sources]


def picture_sources(data: bytes) -> list[str]:
    """What a page calls its pictures, in their order."""
    flow, _, _ = _read(data, None)
    return [source for source, _ in flow.page.pictures.sources]


def _read(
    data: bytes, recognition: Recognition | None
) -> tuple[_Flow, list[Paragraph | Grid], tuple[Finding, ...]]:
    page, declared = _page_of_mail(data)
    if len(page) > LIMITS.text_bytes:
        raise refusal("D104", "page_too_large", limit=f"{LIMITS.text_bytes} bytes")
    if match := CHARSET.search(page[:8192].replace(b"\x00", b"")):
        declared = match[1].decode("ascii", errors="ignore")
    text, findings = decode(page, declared)
    check_nesting(text)
    if UNFINISHED.search(text):
        raise refusal("D105", "half_tag")
    parser = LexborHTMLParser(text)
    flow = _Flow(_Page(_layout_tables(parser), Looks(parser), embedded_in(recognition)))
    blocks = flow.read(_root(parser))
    return flow, [*_article_title(parser, blocks), *blocks], findings


def table_grids(html: str, place: str, remarks: Remarks) -> list[Paragraph | Grid]:
    """The tables of a piece of HTML inside another text; places are ``<place>, table N, rR cC``."""
    check_nesting(html)
    parser = LexborHTMLParser(html)
    page = _Page(_layout_tables(parser), Looks(parser), embedded_in(None))
    return _Flow(page, f"{place}, ", remarks=remarks).read(_root(parser))


def check_nesting(text: str) -> None:
    """Refuses a page of unclosed elements before it is parsed: browsers' rules make that slow.

    Args:
        text: HTML, of any length.

    Raises:
        RefusedError: D104, nested too deeply.
    """
    depth = 0
    for match in NESTING.finditer(text):
        depth += -1 if match[1] else 1
        if depth > UNCLOSED * LIMITS.nesting:
            raise _too_deep()


def _root(parser: LexborHTMLParser) -> LexborNode:
    if parser.root is None:
        raise refusal("D102", "page_empty")
    return parser.root


def _is_mail(data: bytes) -> bool:
    return bool(re.match(rb"\s*[\w-]+:", data[:200])) and b"multipart/related" in data[:4096].lower()


def _parts_of_mail(data: bytes) -> dict[str, bytes]:
    """What a web archive calls each of its parts → the bytes of that part; a page relates to the others by its own name."""
    parts: dict[str, bytes] = {"": b""}
    for part in message_from_bytes(data).walk() if _is_mail(data) else ():
        content = part.get_payload(decode=True)
        location = str(part.get("Content-Location", "")).strip()
        if part.get_content_type() == "text/html":
            parts.setdefault("page", location.encode("ascii", "replace"))
        if isinstance(content, bytes):
            parts.setdefault(location, content)
            parts.setdefault(f"cid:{str(part.get('Content-ID', '')).strip().strip('<>')}", content)
    return parts


def _picture(source: str, parts: dict[str, bytes]) -> bytes:
    """The bytes of a picture; none where it lies elsewhere."""
    head, comma, rest = source.partition(",")
    if comma and head.lower().startswith("data:image/"):
        content = unquote_to_bytes(rest)
        try:
            return base64.b64decode(content) if head.lower().endswith(";base64") else content
        except binascii.Error:
            return b""
    page = parts.get("page", b"").decode("ascii", "replace")
    names = (source, located(source), urljoin(page, source), urljoin(page, located(source)))
    return next((parts[name] for name in names if name in parts), b"")


def located(source: str) -> str:
    """The name of a picture as a web archive writes it, in ASCII."""
    return quote(source, safe="/%?=&#~+:@!$,;'()*")


def _page_of_mail(data: bytes) -> tuple[bytes, str]:
    """The page inside a web archive (.mht), and the encoding its part declares; any other data as it is."""
    if not _is_mail(data):
        return data, ""
    message: Message = message_from_bytes(data)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload, part.get_content_charset() or ""
    raise refusal("D102", "archive_without_page")


def _layout_tables(parser: LexborHTMLParser) -> frozenset[int]:
    """The tables that have a table inside."""
    outer: set[int] = set()
    for table in parser.css("table table"):
        above = table.parent
        steps = 0
        while above is not None and above.tag != "table":
            above = above.parent
            steps += 1
            if steps > LIMITS.nesting:
                raise _too_deep()
        if above is not None:
            outer.add(above.mem_id)
    return frozenset(outer)


def _too_deep() -> Exception:
    return refusal("D104", "nesting", limit=LIMITS.nesting)


def _article_title(parser: LexborHTMLParser, blocks: list[Paragraph | Grid]) -> Iterator[Paragraph]:
    """The title that the page's metadata name, where the page itself never shows it."""
    meta = parser.css_first(ARTICLE_TITLE)
    title = WHITE.sub(" ", (meta.attributes.get("content") or "") if meta else "").strip()
    shown = "".join("".join(block.text.split()) for block in blocks if isinstance(block, Paragraph))
    if title and "".join(title.split()) not in shown:
        yield Paragraph(title, "meta ArticleTitle")


@dataclass(frozen=True)
class _Page:
    """What is known of a page before it is read: which tables have tables inside, how its elements look, and its pictures."""

    layout_tables: frozenset[int]
    looks: Looks
    pictures: Embedded


def _walk(root: LexborNode) -> Generator[tuple[bool, LexborNode], bool | None, None]:
    """Enters and leaves every node in document order, as (is entered, node), without recursion.

    A consumer that sends True after entering a node is not shown what is inside it.
    """
    node: LexborNode | None = root
    depth = 0
    while node is not None:
        inside = node.first_child if node.is_element_node else None
        if node.is_text_node or node.is_element_node:
            if node.is_element_node and depth and node.tag in LEFT_OUT:
                inside = None
            else:
                skip = yield True, node
                if skip:
                    inside = None
                elif inside is None:
                    yield False, node
        if inside is not None:
            node = inside
            depth += 1
            if depth > LIMITS.nesting:
                raise _too_deep()
            continue
        while depth and node.next is None:
            node = node.parent
            depth -= 1
            if node is None:
                return
            yield False, node
        if not depth:
            return
        node = node.next


@dataclass
class _Flow:
    """Running text being collected: lines of the open paragraph, blocks already closed."""

    page: _Page
    prefix: str = ""
    in_cell: bool = False
    blocks: list[Paragraph | Grid] = field(default_factory=list)
    pending: list[SourceLine] = field(default_factory=list)
    buffer: list[str] = field(default_factory=list)
    preformatted: int = 0
    paragraphs: int = 0
    tables: int = 0
    cells: int = 0
    turned: int = 0
    notes: list[Note] = field(default_factory=list)
    remarks: Remarks = field(default_factory=Remarks)
    shows_pictures: bool = False  # of a cell

    def read(self, root: LexborNode) -> list[Paragraph | Grid]:
        """All blocks below a node."""
        self.read_all(root)
        self._end_of_text()
        self._end_of_pictures()
        return self.blocks

    def lines(self, root: LexborNode) -> list[str]:
        """All lines of text below a node, tables flattened; for the cell of a table."""
        self.in_cell = True
        self.read_all(root)
        lines = [line.text for line in self.pending]
        return [UNREAD] if self.shows_pictures and not "".join(lines).strip() else lines  # no blank

    def read_all(self, root: LexborNode) -> None:
        """Reads what is below a node."""
        events = _walk(root)
        skip: bool | None = None
        while True:
            try:
                entered, node = events.send(skip)
            except StopIteration:
                break
            skip = None
            if entered:
                skip = self._enter(node)
            else:
                self._leave(node)
        self._end_of_line()

    def _enter(self, node: LexborNode) -> bool | None:
        if node.is_text_node:
            self._text(node)
            return None
        tag = node.tag or ""
        if not self.page.looks.add(node) or tag in NOTES:
            self._unseen(node.text(deep=True))
            return True
        if self._turns(node):
            self.buffer.append(OVERRIDE)
            self.turned += 1
        if tag == "br":
            self._end_of_line()
        elif tag == "img":
            self._picture(node)
        elif tag == "pre":
            self._end_of_line()
            self.preformatted += 1
        elif tag in ("sup", "sub"):
            self.buffer.append(" ")  # a footnote mark is no digit of the figure before it
        elif tag == "table" and not self.in_cell:
            self._end_of_line()
            return self._table(node)
        elif tag not in INLINE:
            self._end_of_line()
        return None

    def _picture(self, node: LexborNode) -> None:
        width, height = (_span(node.attributes.get(side), 0) for side in ("width", "height"))
        if 0 < width <= SPACER or 0 < height <= SPACER:
            return
        if self.in_cell:
            self.shows_pictures = True
        elif self.page.pictures.add((node.attributes.get("src") or "").strip(), width / PIXELS_AN_INCH):
            self._end_of_line()
            self._end_of_text()

    def _end_of_pictures(self) -> None:
        self.blocks.extend(self.page.pictures.blocks())

    def _text(self, node: LexborNode) -> None:
        look = self.page.looks.of(node.parent)
        text = node.text_content or ""
        if self.in_cell and look.is_doubtful and FIGURE.search(text):
            self._unseen(text)
            self.buffer.append(FIGURE.sub("�", text))  # white on an unknown colour
        elif not look.is_seen:
            self._unseen(text)
        elif look.is_struck and text.strip():
            self.notes.append(struck(text))
            self.buffer.append(" ")  # what stands on either side of it is not one figure
        else:
            self.buffer.append(text if self.preformatted else WHITE.sub(" ", text))

    def _unseen(self, text: str) -> None:
        """Notes what a table does not show; elsewhere pages hide much that is none of the report's."""
        if self.in_cell:
            self.notes += unseen(text)

    def _turns(self, node: LexborNode) -> bool:
        looks = self.page.looks
        return not looks.all_plain and looks.of(node).is_turned and not looks.of(node.parent).is_turned

    def _leave(self, node: LexborNode) -> None:
        if node.is_text_node or node.tag == "br":
            return
        if self.turned and self._turns(node):
            self.buffer.append(END_OF_OVERRIDE)
            self.turned -= 1
        if node.tag == "pre":
            self.preformatted -= 1
            self._end_of_line()
        elif node.tag not in INLINE:
            self._end_of_line()

    def _end_of_line(self) -> None:
        if not self.buffer and not self.notes:
            return
        text = "".join(self.buffer)
        self.buffer[:] = [OVERRIDE] * bool(self.turned)
        for line in text.split("\n"):
            seen = as_seen(line)
            if seen != line:
                self.notes += turned(seen)
            if seen.strip():
                if not self.in_cell:
                    self._end_of_pictures()
                self.paragraphs += 1
                self.pending.append(SourceLine(seen.rstrip(), f"{self.prefix}paragraph {self.paragraphs}"))
        if not self.in_cell:
            self.remarks.tell(self.notes, f"{self.prefix}paragraph {max(self.paragraphs, 1)}")
            self.notes.clear()

    def _end_of_text(self) -> None:
        self.blocks.extend(blocks_of(self.pending))
        self.pending.clear()

    def _table(self, node: LexborNode) -> bool:
        """Reads a table as a grid if it is one; says whether it did."""
        if node.mem_id in self.page.layout_tables:
            return False
        rows = list(self._rows(node))
        if max((len(row) for row in rows), default=0) < 2 or any(
            _is_article(cell) for row in rows for cell in row
        ):
            return False
        self.cells += sum(cell.width * cell.height for row in rows for cell in row)
        if self.cells > LIMITS.cells:
            raise refusal("D104", "too_many_cells", limit=LIMITS.cells)
        for caption in self._children(node):
            if caption.tag == "caption":
                self.read_all(caption)
        self._end_of_text()
        self._end_of_pictures()
        self.tables += 1
        if found := tuple(self._expanded(rows, f"{self.prefix}table {self.tables}")):
            self.blocks.append(Grid(found, Layout.GRID))
        return True

    def _rows(self, table: LexborNode) -> Iterator[list[_Spanned]]:
        """The visible rows of a table; a row group ends the spans of the one before."""
        groups = [node for node in self._children(table) if node.tag in ("thead", "tbody", "tfoot")]
        for group in groups or [table]:
            rows = [node for node in self._children(group) if node.tag == "tr"]
            for number, row in enumerate(rows):
                cells = (cell for cell in self._children(row) if cell.tag in ("td", "th"))
                yield [self._spanned(cell, len(rows) - number) for cell in cells]

    def _children(self, node: LexborNode) -> Iterator[LexborNode]:
        child = node.first_child
        while child is not None:
            if child.is_element_node and self.page.looks.add(child):
                yield child
            child = child.next

    def _spanned(self, cell: LexborNode, rows_left: int) -> _Spanned:
        flow = _Flow(self.page)
        lines = flow.lines(cell) or [UNREAD] * (cell.css_first(SHOWN_OTHERWISE) is not None)
        width = _span(cell.attributes.get("colspan"), 1)
        height = _span(cell.attributes.get("rowspan"), 1)
        return _Spanned(
            tuple(lines),
            min(max(width, 1), MOST_COLUMNS),
            min(height or rows_left, rows_left),
            tuple(flow.notes),
        )

    def _expanded(self, rows: list[list[_Spanned]], place: str) -> Iterator[tuple[Cell, ...]]:
        """Cells at their true columns; a spanned cell stands once, where it begins."""
        covered: dict[int, int] = {}  # column -> rows still covered from above
        for number, row in enumerate(rows, 1):
            column = 0
            cells: list[Cell] = []
            here: dict[int, int] = {}
            for cell in row:
                while covered.get(column, 0) > 0:
                    column += 1
                cells.append(Cell(cell.text, f"{place}, r{number} c{column + 1}", column, cell.width))
                self.remarks.tell(cell.notes, cells[-1].place)
                here |= dict.fromkeys(range(column, column + cell.width), cell.height)
                column += cell.width
            covered = {key: left - 1 for key, left in (covered | here).items() if left > 1}
            if cells:
                yield tuple(cells)


@dataclass(frozen=True)
class _Spanned:
    """A cell as marked up: its lines, and how many columns and rows it covers (height 0: to the end)."""

    lines: tuple[str, ...]
    width: int
    height: int
    notes: tuple[Note, ...] = ()

    @property
    def text(self) -> str:
        return join_cell(self.lines)


def _is_article(cell: _Spanned) -> bool:
    return len(cell.lines) > 2 and sum(map(len, cell.lines)) > ARTICLE


def _span(printed: str | None, default: int) -> int:
    match = re.match(r"\s*(\d{1,6})", printed or "")
    return int(match[1]) if match else default


READER = Reader(is_html, read_html, read_html, embedded=pictures_of)
