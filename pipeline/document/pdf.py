"""PDF files with text → Document: ruled tables as grids, also over several pages, the rest as paragraphs.

PDFium gives characters and lines; ``rulings`` makes tables of the lines. Page numbers and running heads are dropped.
A table that goes on on the next page is one grid if its columns stand at the same places; a row that the page break
cut in two is joined only where one half has what the other lacks. Pages that are pictures are read where somebody
recognised them before (``model.recognition``): lines and pieces of text then take the place of PDFium's. So are pictures
on a page with text that may be tables; what they show stands where they do, and its places begin with ``p. P picture``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from pipeline.document.layouts import SourceLine, blocks_of, join_cell, join_lines
from pipeline.document.pdfium import Char, Edges, Page, pages_of
from pipeline.document.reader import Reader
from pipeline.document.refusal import refusal
from pipeline.document.rulings import Box, RuledTable, RulingLine, ruled_tables
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.normalize import ENUMERATOR, compact
from pipeline.knowledge.numerals import is_figure_like
from pipeline.model.document import Cell, Document, Grid, Layout, Paragraph
from pipeline.model.findings import Finding, Location
from pipeline.model.recognition import (
    UNREAD,
    Piece,
    Recognised,
    Recognition,
    ScannedPage,
    Seen,
    recognised,
)

MARGIN = 0.12  # page numbers and running heads stand in the outer eighth of a page
PAGE_NUMBER = re.compile(
    r"[\s\-—–－_.·]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[,，/共]+\s*(?:共\s*)?\d{1,4}\s*页?)?[\s\-—–－_.·]*"
)
SAME_COLUMN = 6.0  # points
WIDE_GAP = 1.8  # of the size of type: blanks that separate columns
GAP = 0.6  # of the size of type: a blank between two figures or words
WIDE_PICTURE = 0.35  # of a page: a table is wider; seals, arms and signatures are not
MOST_ON_PICTURE = 5  # characters: a picture with more of the page's text over it is a background
MOST_UNKNOWN = 0.2  # share of characters without meaning above which a file is as good as a picture
DIGIT = re.compile(r"[0-9０-９.,，]")
SENTENCE_END = re.compile(r"[。！？；]\s*$")
NUMBERED = re.compile(r"\s*(?:[一二三四五六七八九十]{1,2}\s?[、.．]|[（(][一二三四五六七八九十]{1,2}[)）])")


@dataclass
class _Line:
    """A line of running text; ``page`` is the page's name."""

    page: str
    number: int
    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    recognised: Recognised | None = None

    @property
    def place(self) -> str:
        return f"{self.page}, line {self.number}"


@dataclass
class _Row:
    """A row of a table: its filled and blank cells as (left, right, text, place)."""

    cells: list[tuple[float, float, str, str]]


@dataclass
class _Part:
    """A table, or what of it stands on one page."""

    number: int
    page: int
    ruled: RuledTable
    rows: list[_Row] = field(default_factory=list)


@dataclass
class _Content:
    """What stands on a page: lines and tables from top to bottom."""

    page: Page
    items: list[_Line | RuledTable]
    texts: dict[int, list[str]]  # id of a ruled table -> text of each of its boxes
    recognised: dict[int, list[Recognised | None]]  # likewise, how it was recognised; None where nothing was


def read_pdf(data: bytes, recognition: Recognition | None = None) -> Document:
    """Blocks of a PDF; places are ``p. P, line N`` and ``p. P, table N, rR cC``.

    Tables are counted through the document, rows and columns within the page. A cell of a picture has the box of the
    cell, in points, behind its place.

    Raises:
        RefusedError: encrypted (D103), too long (D104), damaged (D105), no text (D102).
    """
    if b"%%EOF" not in data[-65_536:] and b"startxref" not in data[-65_536:]:
        raise refusal("D105", "pdf_without_end")
    scanned = {page.number: page for page in recognition.pages} if recognition else {}
    pages: list[Page] = []
    unread = 0
    for page in pages_of(data):
        known = scanned.get(page.number)
        if not is_picture(page) or known is None:
            pages.append(_own(page))
        if known is not None and (is_picture(page) or table_pictures(page)):
            pages.append(scanned_page(known, among_text=not is_picture(page)))
        unread += 0 if scanned else len(table_pictures(page))
    characters = sum(len(page.chars) for page in pages)
    unknown = sum(char.text == UNREAD for page in pages if not page.is_scanned for char in page.chars)
    if characters == 0 or unknown > MOST_UNKNOWN * characters:
        raise refusal("D102", "pdf_characters" if characters else "pdf_pictures")
    return replace(document_of(pages, tuple(_remarks(pages, unknown))), unread_pictures=unread)


def is_picture(page: Page) -> bool:
    """Whether a page shows pictures and no text of its own; text that somebody's machine laid over it unseen is none."""
    return bool(page.pictures) and (not page.chars or page.is_recognised)


def table_pictures(page: Page) -> list[Edges]:
    """The pictures on a page with text of its own that may be tables: wide, and with no text over them."""
    if is_picture(page):
        return []
    wide = [edges for edges in page.pictures if edges[2] - edges[0] >= WIDE_PICTURE * page.width]
    return [edges for edges in wide if sum(_is_on(char, edges) for char in page.chars) <= MOST_ON_PICTURE]


def _is_on(char: Char, edges: Edges) -> bool:
    left, top, right, bottom = edges
    x, y = (char.left + char.right) / 2, (char.top + char.bottom) / 2
    return left < x < right and top < y < bottom and not char.text.isspace()


def _own(page: Page) -> Page:
    """A page as its file has it. Text that lies unseen over a picture is what somebody's machine made of it: in doubt."""
    if page.is_recognised:
        page.chars = [replace(char, piece=_in_doubt(char)) for char in page.chars]
    return page


def _in_doubt(char: Char) -> Piece:
    return Piece(char.left, char.top, char.right, char.bottom, Seen(char.text, 0.0))


def scanned_page(page: ScannedPage, *, among_text: bool = False) -> Page:
    """A recognised page like one that PDFium read, but for characters, which come a line at a time.

    Args:
        page: as it was recognised.
        among_text: whether only pictures on it were, and the rest has text of its own.
    """
    return Page(
        page.number,
        page.width,
        page.height,
        chars=[
            Char(
                piece.text, piece.left, piece.top, piece.right, piece.bottom, piece.bottom - piece.top, piece
            )
            for piece in page.pieces
        ],
        across=[RulingLine(stroke.at, stroke.start, stroke.end) for stroke in page.across],
        down=[RulingLine(stroke.at, stroke.start, stroke.end) for stroke in page.down],
        is_scanned=True,
        is_among_text=among_text,
        is_turned=page.turns != 0,
    )


def document_of(pages: Sequence[Page], findings: tuple[Finding, ...] = ()) -> Document:
    """The blocks of pages, however they were read."""
    contents = list(_in_order(map(_content, pages)))
    _drop_furniture(contents)
    recognised: dict[str, Recognised] = {}
    return Document("pdf", tuple(_blocks(contents, recognised)), findings, recognised)


def _in_order(contents: Iterable[_Content]) -> Iterator[_Content]:
    """The contents with text and pictures of one page taken apart, so that they come from top to bottom."""
    for _, group in groupby(contents, lambda content: content.page.number):
        parts = list(group)
        if len(parts) == 1 or any(part.page.is_turned for part in parts):
            yield from parts
            continue
        items = sorted(
            ((item.top, number, item) for number, part in enumerate(parts) for item in part.items),
            key=lambda one: one[:2],
        )
        for number, run in groupby(items, lambda one: one[1]):
            yield replace(parts[number], items=[item for _, _, item in run])


def boxes_of(pages: Sequence[Page]) -> dict[str, tuple[Edges, str]]:
    """Place → where it is on its page, and its text: of every line and every box of a table."""
    contents = [_content(page) for page in pages]
    _drop_furniture(contents)
    found: dict[str, tuple[Edges, str]] = {}
    for number, content, item in _numbered(contents):
        if isinstance(item, _Line):
            found[item.place] = ((item.left, item.top, item.right, item.bottom), item.text)
            continue
        for box, text in zip(item.boxes, content.texts[id(item)], strict=True):
            place = _place(content, number, box)
            found[place] = ((box.left, box.top, box.right, box.bottom), text)
    return found


def _numbered(contents: Sequence[_Content]) -> Iterator[tuple[int, _Content, _Line | RuledTable]]:
    """Every line and table with the number of the table: one that goes on on the next page keeps its own."""
    last: tuple[int, RuledTable] | None = None
    tables = 0
    for content in contents:
        for item in content.items:
            if isinstance(item, _Line):
                last = None
            else:
                if last is None or last[0] >= content.page.number or not _same_columns(last[1], item):
                    tables += 1
                last = content.page.number, item
            yield tables, content, item


def _remarks(pages: Sequence[Page], unknown: int) -> Iterator[Finding]:
    kinds = finding_kinds()
    if unknown:
        own = [page for page in pages if not page.is_scanned]
        where = [page.number for page in own if any(char.text == UNREAD for char in page.chars)]
        yield kinds["D109"](
            Location(source=f"p. {where[0]}"), count=unknown, where="p. " + ", ".join(map(str, where[:5]))
        )
    for code, numbers in (
        ("D114", [page.number for page in pages if is_picture(page) and not page.chars]),
        ("D115", [page.number for page in pages if page.chars and page.is_recognised]),
    ):
        if numbers:
            yield kinds[code](Location(source=f"p. {numbers[0]}"), pages=", ".join(map(str, numbers)))


# -- one page ---------------------------------------------------------------------------------------------------


def _content(page: Page) -> _Content:
    tables = ruled_tables(page.across, page.down)
    inside: dict[int, dict[int, list[Char]]] = {id(table): {} for table in tables}
    outside: list[Char] = []
    for char in page.chars:
        x, y = (char.left + char.right) / 2, (char.top + char.bottom) / 2
        for table in tables:
            box = table.box_at(x, y) if table.top <= y <= table.bottom else None
            if box is not None:
                inside[id(table)].setdefault(box, []).append(char)
                break
        else:
            outside.append(char)
    filled = [table for table in tables if inside[id(table)]]
    texts = {
        id(table): [
            join_cell(_text(line, tabs=False) for line in _lines_of(inside[id(table)].get(number, [])))
            for number in range(len(table.boxes))
        ]
        for table in filled
    }
    boxes = {id(table): _recognised_boxes(page, table, inside[id(table)]) for table in filled}
    lines = [
        _Line(
            page.name,
            number,
            _text(line, tabs=True),
            min(char.left for char in line),
            max(char.right for char in line),
            min(char.top for char in line),
            max(char.bottom for char in line),
            max(char.size for char in line),
            _recognised_line(page, line),
        )
        for number, line in enumerate(_lines_of(outside), 1)
    ]
    items: list[_Line | RuledTable] = [*(line for line in lines if line.text.strip()), *filled]
    return _Content(page, sorted(items, key=lambda item: item.top), texts, boxes)


def _recognised_boxes(page: Page, table: RuledTable, chars: dict[int, list[Char]]) -> list[Recognised | None]:
    """How the text of each box of a table was recognised; None for a blank one, and where the page is no picture."""
    return [
        recognised(page.number, pieces, (box.left, box.top, box.right, box.bottom))
        if (pieces := [char.piece for char in chars.get(number, []) if char.piece])
        else None
        for number, box in enumerate(table.boxes)
    ]


def _recognised_line(page: Page, line: Sequence[Char]) -> Recognised | None:
    pieces = [char.piece for char in line if char.piece]
    if not pieces:
        return None
    lefts, tops, rights, bottoms = zip(*((p.left, p.top, p.right, p.bottom) for p in pieces), strict=True)
    return recognised(page.number, pieces, (min(lefts), min(tops), max(rights), max(bottoms)))


def _lines_of(chars: list[Char]) -> list[list[Char]]:
    """Characters in lines from top to bottom, each from left to right; characters printed twice come once."""
    lines: list[list[Char]] = []
    middle = 0.0
    height = 0.0
    for char in sorted(chars, key=lambda char: (char.top + char.bottom, char.left)):
        y = (char.top + char.bottom) / 2
        if lines and abs(y - middle) <= 0.45 * max(height, char.bottom - char.top):
            lines[-1].append(char)
            count = len(lines[-1])
            middle += (y - middle) / count
            height = max(height, char.bottom - char.top)
        else:
            lines.append([char])
            middle, height = y, char.bottom - char.top
    return [_printed_once(sorted(line, key=lambda char: char.left)) for line in lines]


def _printed_once(line: list[Char]) -> list[Char]:
    """Bold type is sometimes made by printing a character again, slightly moved."""
    kept: list[Char] = []
    for char in line:
        width = char.right - char.left
        if any(
            other.text == char.text and width > 0 and abs(other.left - char.left) < 0.3 * width
            for other in kept[-3:]
        ):
            continue
        kept.append(char)
    return kept


def _text(line: Sequence[Char], *, tabs: bool) -> str:
    """The text of a line; wide gaps become tabs, narrow ones a blank where two figures would otherwise become one."""
    pieces: list[str] = []
    before: Char | None = None
    for char in line:
        if before is not None and not char.text.isspace() and not before.text.isspace():
            gap = char.left - before.right
            size = max(char.size, before.size, 1.0)
            if tabs and gap > WIDE_GAP * size:
                pieces.append("\t")
            elif gap > GAP * size or (_figures_apart(before, char) and gap > 0.35 * size):
                pieces.append(" ")
            elif _figures_apart(before, char) and min(char.size, before.size) < 0.75 * size:
                pieces.append(" ")  # a footnote mark is no digit of the figure before it
        pieces.append(char.text)
        before = char
    return "".join(pieces).strip(" ")


def _figures_apart(before: Char, after: Char) -> bool:
    return bool(DIGIT.match(before.text) and DIGIT.match(after.text))


# -- what every page repeats ------------------------------------------------------------------------------------


def _drop_furniture(contents: Sequence[_Content]) -> None:
    """Takes out page numbers, and heads and feet that several pages repeat; the first of these is kept."""
    for content in contents:
        lines = _outer_lines(content)
        drop = {id(line) for line in lines if PAGE_NUMBER.fullmatch(line.text)}
        content.items = [item for item in content.items if id(item) not in drop]
    seen: dict[tuple[str, int], list[_Line]] = {}
    for content in contents:
        for line in _outer_lines(content):
            key = (re.sub(r"\d+", "#", "".join(line.text.split())), round(line.top / 4))
            seen.setdefault(key, []).append(line)
    repeats = {id(line) for lines in seen.values() if len(lines) > 1 for line in lines[1:]}
    for content in contents:
        content.items = [item for item in content.items if id(item) not in repeats]


def _outer_lines(content: _Content) -> list[_Line]:
    """Lines in the margins above or below everything else of the page."""
    top, bottom = MARGIN * content.page.height, (1 - MARGIN) * content.page.height
    lines = [item for item in content.items if isinstance(item, _Line)]
    tables = [item for item in content.items if isinstance(item, RuledTable)]
    highest = min((table.top for table in tables), default=content.page.height)
    lowest = max((table.bottom for table in tables), default=0.0)
    return [
        line
        for line in lines
        if (line.bottom < top and line.top < highest) or (line.top > bottom and line.bottom > lowest)
    ]


# -- blocks -----------------------------------------------------------------------------------------------------


def _blocks(contents: Sequence[_Content], notes: dict[str, Recognised]) -> Iterator[Paragraph | Grid]:
    """The blocks; how the text of a place was recognised is added to ``notes``."""
    pending: list[_Line] = []
    parts: list[_Part] = []
    right = _right_edge(contents)
    for number, content, item in _numbered(contents):
        if parts and (isinstance(item, _Line) or parts[-1].number != number):
            yield _grid(parts)
            parts = []
        if isinstance(item, _Line):
            pending.append(item)
            if item.recognised:
                notes[item.place] = item.recognised
            continue
        if pending:
            yield from blocks_of(_paragraphs(pending, right))
            pending = []
        parts.append(_part(number, content, item, notes))
    if parts:
        yield _grid(parts)
    yield from blocks_of(_paragraphs(pending, right))


def _right_edge(contents: Sequence[_Content]) -> float:
    """Where full lines end."""
    ends = sorted(line.right for content in contents for line in content.items if isinstance(line, _Line))
    width = max((content.page.width for content in contents), default=0.0)
    return max(ends[int(len(ends) * 0.9)] if ends else 0.0, 0.7 * width)


def _paragraphs(lines: Sequence[_Line], right: float) -> list[SourceLine]:
    """Lines with those put together that a paragraph was broken into: a full line, and one that is not indented."""
    left = min((line.left for line in lines if "\t" not in line.text), default=0.0)
    found: list[SourceLine] = []
    before: _Line | None = None
    for line in lines:
        continues = (
            before is not None
            and "\t" not in line.text
            and "\t" not in before.text
            and before.right > right - 1.6 * before.size
            and line.left < left + 0.8 * line.size
            and abs(before.size - line.size) < 1
            and not (
                SENTENCE_END.search(before.text) and NUMBERED.match(line.text)
            )  # a heading behind a full line
        )
        if continues:
            found[-1] = SourceLine(join_lines([found[-1].text, line.text]), found[-1].place)
        else:
            found.append(SourceLine(line.text, line.place))
        before = line
    return found


def _same_columns(first: RuledTable, second: RuledTable) -> bool:
    """Whether the borders of one table stand where those of the other do; one of them may lack some inside."""
    few, many = sorted((first.xs, second.xs), key=len)
    return (
        abs(few[0] - many[0]) <= SAME_COLUMN
        and abs(few[-1] - many[-1]) <= SAME_COLUMN
        and all(min(abs(x - other) for other in many) <= SAME_COLUMN for x in few)
    )


def _part(number: int, content: _Content, table: RuledTable, notes: dict[str, Recognised]) -> _Part:
    texts, recognised_ = content.texts[id(table)], content.recognised[id(table)]
    part = _Part(number, content.page.number, table)
    rows: dict[int, list[tuple[float, float, str, str]]] = {}
    for box, text, note in zip(table.boxes, texts, recognised_, strict=True):
        place = _place(content, number, box)
        if note:
            notes[place] = note
        rows.setdefault(box.row, []).append((box.left, box.right, text, place))
    part.rows = [_Row(sorted(rows[row])) for row in sorted(rows)]
    return part


def _place(content: _Content, number: int, box: Box) -> str:
    place = f"{content.page.name}, table {number}, r{box.row + 1} c{box.column + 1}"
    if content.page.is_scanned:
        place += f", box {box.left:.0f} {box.top:.0f} {box.right:.0f} {box.bottom:.0f}"
    return place


def _grid(parts: Sequence[_Part]) -> Grid:
    """The parts of one table as one grid, without the headers that later pages repeat."""
    rows = list(parts[0].rows)
    head = [_texts(row) for row in rows]
    for part in parts[1:]:
        again = 0
        while again < min(len(part.rows), len(head)) and _texts(part.rows[again]) == head[again]:
            again += 1
        rest = part.rows[again if _is_header(head[:again]) else 0 :]
        if rest and rows and (joined := _joined(rows[-1], rest[0])):
            rows[-1:] = [joined]
            rest = rest[1:]
        rows.extend(rest)
    xs = _all_columns(parts)
    cells = tuple(tuple(_cell(cell, xs) for cell in row.cells) for row in rows)
    layout = Layout.GRID if all(part.ruled.is_regular for part in parts) else Layout.LOOSE
    return Grid(cells, layout)


def _texts(row: _Row) -> list[str]:
    return ["".join(text.split()) for _, _, text, _ in row.cells]


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    return not any(is_figure_like(text) for row in rows for text in row if text)


def _all_columns(parts: Sequence[_Part]) -> list[float]:
    """The left borders of all columns of all parts."""
    found: list[float] = []
    for x in sorted(x for part in parts for x in part.ruled.xs[:-1]):
        if not found or x - found[-1] > SAME_COLUMN:
            found.append(x)
    return found


def _cell(cell: tuple[float, float, str, str], xs: Sequence[float]) -> Cell:
    left, right, text, place = cell
    column = max((number for number, x in enumerate(xs) if x <= left + SAME_COLUMN), default=0)
    width = sum(left + SAME_COLUMN < x < right - SAME_COLUMN for x in xs) + 1
    return Cell(text, place, column, width)


def _joined(above: _Row, below: _Row) -> _Row | None:
    """One row, if a page break cut it in two; None where that is not proven.

    Proven: the columns are the same; all figures stand in one half, and nothing stands in their columns in the other;
    and what the lower half adds to the label does not begin as a label of its own would.
    """
    count = min(len(above.cells), len(below.cells))
    extra = [cell for cell in (*above.cells[:-count], *below.cells[:-count]) if cell[2]]
    uppers, lowers = above.cells[-count:], below.cells[-count:]
    if any(abs(a[0] - b[0]) > SAME_COLUMN for a, b in zip(uppers, lowers, strict=True)):
        return None
    if any(_is_figure(cell) for cell in extra):
        return None
    pairs = list(zip(uppers, lowers, strict=True))
    above_has, below_has = any(map(_is_figure, uppers)), any(map(_is_figure, lowers))
    if above_has == below_has:
        return None
    if any((_is_figure(a) and b[2]) or (_is_figure(b) and a[2]) for a, b in pairs):
        return None
    labels = [(a[2], b[2]) for a, b in pairs if (a[2] or b[2]) and not _is_figure(a) and not _is_figure(b)]
    broken = [(upper, lower) for upper, lower in labels if upper and lower]
    if any(_begins_a_label(lower) for _, lower in broken):
        return None
    if broken and not any(_begins_a_label(upper) for upper, _ in broken):
        return None
    # What stands below a blank is a label of its own, unless the upper half has no label at all.
    if not labels or (
        any(upper for upper, _ in labels) and any(lower and not upper for upper, lower in labels)
    ):
        return None
    joined = [(a[0], a[1], join_lines([a[2], b[2]]), b[3] if _is_figure(b) else a[3]) for a, b in pairs]
    return _Row([*extra, *joined])


def _is_figure(cell: tuple[float, float, str, str]) -> bool:
    return bool(cell[2]) and is_figure_like(cell[2])


def _begins_a_label(text: str) -> bool:
    return bool(ENUMERATOR.match(compact(text)))


READER = Reader(lambda data: b"%PDF-" in data[:1024], read_pdf, read_pdf)
