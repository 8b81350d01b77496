"""A printed report → the bytes of a file: each layout as programs and people really make it.

A text layout first makes ``TextLine`` objects, so that damage to lines knows which row of which table it hits.
"""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import docx
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle
from reportlab.platypus.flowables import Flowable

from tests.synthetic.sheet import Box, Printed, Sheet, Text


@dataclass
class TextLine:
    """A line of a text file; ``row`` is the printed row it belongs to, by its boxes."""

    text: str
    sheet: Sheet | None = None
    row: list[Box] | None = None


@dataclass(frozen=True)
class Layout:
    """A way to write a report. ``blanks`` says what becomes of blank cells in it.

    ``kept``: every cell is in its place. ``edges``: blanks at the ends of a row look like padding. ``dropped``: no
    blank is left. ``joined``: nothing stands between the figures of a row.
    """

    name: str
    format: str
    blanks: str
    lines: Callable[[Printed], list[TextLine]] | None = None
    write: Callable[[Printed], bytes] | None = None

    def to_bytes(self, printed: Printed, damage: Callable[[list[TextLine]], list[TextLine]]) -> bytes:
        """The file; ``damage`` is done to the lines of a text layout and to no other."""
        if self.lines is None:
            assert self.write
            return self.write(printed)
        return "\n".join(line.text for line in damage(self.lines(printed))).encode()


# -- text -----------------------------------------------------------------------------------------------------------


def _flat(text: str) -> str:
    return text.replace("\n", " ")


def _text_lines(printed: Printed, table: Callable[[Sheet], Iterator[TextLine]], gap: bool) -> list[TextLine]:
    lines: list[TextLine] = []
    for block in printed.blocks:
        if isinstance(block, Sheet):
            lines += table(block)
        else:
            lines.append(TextLine(block.text))
        if gap:
            lines.append(TextLine(""))
    return lines


def _tabs(printed: Printed) -> list[TextLine]:
    """A row a line, merged cells as empty tabs: what a PDF viewer copies."""

    def table(sheet: Sheet) -> Iterator[TextLine]:
        for row, line in zip(sheet.rows, sheet.grid(), strict=True):
            texts = [_flat(slot[0].text) if slot and slot[1] else "" for slot in line if slot]
            yield TextLine("\t".join(texts), sheet, row)

    return _text_lines(printed, table, gap=True)


def _cells(printed: Printed) -> list[TextLine]:
    """A cell a line behind a tab, rows apart by an empty line: Word's plain text."""

    def table(sheet: Sheet) -> Iterator[TextLine]:
        for row, line in zip(sheet.rows, sheet.grid(), strict=True):
            previous = None
            for slot in line:
                if slot is None or (slot[0] is previous):
                    continue
                previous = slot[0]
                first, *rest = (slot[0].text if slot[1] else "").split("\n")
                yield TextLine(f"\t{first}", sheet, row)
                for piece in rest:
                    yield TextLine(piece, sheet, row)
            yield TextLine("", sheet)

    return _text_lines(printed, table, gap=False)


def _cell_a_line(printed: Printed, *, gap: bool) -> list[TextLine]:
    """A cell a line without any tab: web pages copied as text. Blank cells leave no trace."""

    def table(sheet: Sheet) -> Iterator[TextLine]:
        for row in sheet.rows:
            for box in row:
                for piece in box.text.split("\n"):
                    if piece.strip():
                        yield TextLine(piece, sheet, row)
                        if gap:
                            yield TextLine("", sheet)

    return _text_lines(printed, table, gap=True)


def _pipes(printed: Printed) -> list[TextLine]:
    """Cells apart by pipes with one at the end; what hangs down from above is left out, width stays as padding."""

    def table(sheet: Sheet) -> Iterator[TextLine]:
        for row in sheet.rows:
            texts = [f"{_flat(box.text)} |" + "|" * (box.wide - 1) for box in row]
            yield TextLine(" ".join(texts), sheet, row)

    return _text_lines(printed, table, gap=False)


def _pipe_lines(printed: Printed) -> list[TextLine]:
    """Each cell on a line of its own, with the pipe after it or on the next line."""

    def table(sheet: Sheet) -> Iterator[TextLine]:
        for number, row in enumerate(sheet.rows):
            for box in row:
                pads = "|" * box.wide
                if number % 2:
                    yield TextLine(_flat(box.text), sheet, row)
                    yield TextLine(pads, sheet, row)
                else:
                    yield TextLine(f"{_flat(box.text)} {pads}", sheet, row)

    return _text_lines(printed, table, gap=False)


def _markdown(printed: Printed) -> list[TextLine]:
    """A Markdown table: all columns in every row."""

    def table(sheet: Sheet) -> Iterator[TextLine]:
        for number, (row, line) in enumerate(zip(sheet.rows, sheet.grid(), strict=True)):
            texts = [_flat(slot[0].text) if slot[1] else "" for slot in line if slot]
            yield TextLine("| " + " | ".join(texts) + " |", sheet, row)
            if number == 0:
                yield TextLine("|" + " --- |" * sheet.width, sheet)

    return _text_lines(printed, table, gap=True)


def _row_a_line(printed: Printed, between: str) -> list[TextLine]:
    """A row a line, its cells apart by a blank or by nothing: text copied from a PDF."""

    def table(sheet: Sheet) -> Iterator[TextLine]:
        for row in sheet.rows:
            texts = [box.text.replace("\n", "") for box in row]
            yield TextLine(between.join(text for text in texts if text.strip()), sheet, row)

    return _text_lines(printed, table, gap=False)


def _whole_line(printed: Printed, between: str) -> list[TextLine]:
    """The whole report on one line below its title."""
    first, *rest = _row_a_line(printed, between)
    return [first, TextLine(between.join(line.text for line in rest))]


# -- HTML -----------------------------------------------------------------------------------------------------------

_PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title><style>td{{border:1px solid}}</style>
<script>var visits = 4234;</script></head><body>{body}</body></html>"""


def _html(printed: Printed, *, spans: bool, inside: str = "{}") -> bytes:
    parts = []
    for block in printed.blocks:
        if isinstance(block, Text):
            tag = {"title": "h1", "heading": "h2"}.get(block.role, "p")
            parts.append(f"<{tag}>{_markup(block.text)}</{tag}>")
        else:
            parts.append(_html_table(block) if spans else _html_grid(block))
    title = html.escape(printed.blocks[0].text) if isinstance(printed.blocks[0], Text) else ""
    return _PAGE.format(title=title, body=inside.format("\n".join(parts))).encode()


def _markup(text: str) -> str:
    return html.escape(text).replace("\n", "<br/>")


def _td(box: Box) -> str:
    spans = (f" colspan={box.wide}" if box.wide > 1 else "") + (
        f" rowspan='{box.tall}'" if box.tall > 1 else ""
    )
    return f"<td{spans}><p><span>{_markup(box.text) or '&nbsp;'}</span></p></td>"


def _html_table(sheet: Sheet) -> str:
    rows = "".join("<tr>" + "".join(_td(box) for box in row) + "</tr>\n" for row in sheet.rows)
    return f"<table><tbody>{rows}</tbody></table>"


def _html_grid(sheet: Sheet) -> str:
    rows = "".join(
        "<tr>"
        + "".join(f"<td>{_markup(slot[0].text) if slot[1] else ''}</td>" for slot in line if slot)
        + "</tr>\n"
        for line in sheet.grid()
    )
    return f"<table>{rows}</table>"


_LAYOUT_TABLE = """<div class="nav"><a href="/">首页</a> &gt; <a href="/x">政务公开</a> &gt; 年报</div>
<table width="100%"><tr><td><div>【字体：大 中 小】 浏览次数：4234</div></td></tr><tr><td>{}</td></tr></table>
<div class="footer">备案号 京ICP备12345678号 访问量 201395</div>"""


# -- Word -----------------------------------------------------------------------------------------------------------


def _docx(printed: Printed) -> bytes:
    document = docx.Document()
    for block in printed.blocks:
        if isinstance(block, Text):
            document.add_paragraph(block.text)
        else:
            _docx_table(document, block)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _docx_table(document: object, sheet: Sheet) -> None:
    grid = sheet.grid()
    width = max(len(line) for line in grid)
    table = document.add_table(rows=len(grid), cols=width)  # type: ignore[attr-defined]
    cells = [list(row.cells) for row in table.rows]  # looked up once: python-docx walks the table each time
    for number, line in enumerate(grid):
        for column, slot in enumerate(line):
            if slot is None or not slot[1]:
                continue
            box = slot[0]
            cell = cells[number][column]
            if box.wide > 1 or box.tall > 1:
                bottom = min(number + box.tall, len(grid)) - 1
                cell = cell.merge(cells[bottom][column + box.wide - 1])
            cell.text = box.text


# -- PDF ------------------------------------------------------------------------------------------------------------

_FONT = "STSong-Light"


@cache
def _styles() -> tuple[ParagraphStyle, ParagraphStyle]:
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    body = ParagraphStyle("body", fontName=_FONT, fontSize=11, leading=15, wordWrap="CJK")
    small = ParagraphStyle("small", fontName=_FONT, fontSize=7, leading=9, wordWrap="CJK")
    return body, small


def _pdf(printed: Printed) -> bytes:
    body, _ = _styles()
    story: list[Flowable] = []
    for block in printed.blocks:
        if isinstance(block, Text):
            story.append(PageBreak() if block.text == "\f" else Paragraph(html.escape(block.text), body))
        else:
            story.append(_pdf_table(block))
    stream = io.BytesIO()
    SimpleDocTemplate(stream, pagesize=A4, leftMargin=40, rightMargin=40, invariant=1).build(story)
    return stream.getvalue()


def _pdf_table(sheet: Sheet) -> Table:
    _, small = _styles()
    grid = sheet.grid()
    width = max(len(line) for line in grid)
    rules: list[tuple[object, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 1),
        ("RIGHTPADDING", (0, 0), (-1, -1), 8),
    ]
    texts: list[list[object]] = [[""] * width for _ in grid]
    for number, line in enumerate(grid):
        for column, slot in enumerate(line):
            if slot is None or not slot[1]:
                continue
            box = slot[0]
            texts[number][column] = Paragraph(html.escape(box.text).replace("\n", "<br/>"), small)
            if box.wide > 1 or box.tall > 1:
                bottom = min(number + box.tall, len(grid)) - 1
                rules.append(("SPAN", (column, number), (column + box.wide - 1, bottom)))
    labels = 3 if sheet.table == "requests" else 0
    label_widths = [60, 60, 115][:labels]
    rest = (515 - sum(label_widths)) / (width - labels)
    return Table(texts, colWidths=[*label_widths, *[rest] * (width - labels)], style=TableStyle(rules))


LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout("tabs", "txt", "edges", lines=_tabs),
        Layout("cells", "txt", "kept", lines=_cells),
        Layout("lines", "txt", "dropped", lines=lambda printed: _cell_a_line(printed, gap=False)),
        Layout("lines-apart", "txt", "dropped", lines=lambda printed: _cell_a_line(printed, gap=True)),
        Layout("pipes", "txt", "edges", lines=_pipes),
        Layout("pipe-lines", "txt", "dropped", lines=_pipe_lines),
        Layout("markdown", "md", "edges", lines=_markdown),
        Layout("row-a-line", "txt", "dropped", lines=lambda printed: _row_a_line(printed, " ")),
        Layout("row-joined", "txt", "joined", lines=lambda printed: _row_a_line(printed, "")),
        Layout("whole-line", "txt", "dropped", lines=lambda printed: _whole_line(printed, " ")),
        Layout("whole-joined", "txt", "joined", lines=lambda printed: _whole_line(printed, "")),
        Layout("html-spans", "html", "kept", write=lambda printed: _html(printed, spans=True)),
        Layout("html-flat", "html", "kept", write=lambda printed: _html(printed, spans=False)),
        Layout(
            "html-page",
            "html",
            "kept",
            write=lambda printed: _html(printed, spans=True, inside=_LAYOUT_TABLE),
        ),
        Layout("docx", "docx", "kept", write=_docx),
        Layout("pdf", "pdf", "kept", write=_pdf),
    )
}
