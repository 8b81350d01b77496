"""Files of every format made from one description: paragraphs, and tables with merged cells. For the reader tests."""

import html
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import docx
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from pipeline.model.figure import CellKey
from pipeline.model.form import Form

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
STYLE = ParagraphStyle("body", fontName=FONT, fontSize=10, leading=14, wordWrap="CJK")
SMALL = ParagraphStyle("cell", fontName=FONT, fontSize=8, leading=10, wordWrap="CJK")


@dataclass(frozen=True)
class C:
    """A cell as printed, over ``wide`` columns and ``tall`` rows."""

    text: str
    wide: int = 1
    tall: int = 1


Rows = list[list[C]]
Blocks = Sequence[str | Rows]


def official(form: Form, figures: Mapping[CellKey, str], name: str, year: int) -> list[str | Rows]:
    """A report as the official form lays it out, with merged labels and headers."""
    blocks: list[str | Rows] = [name, f"{year}年政府信息公开工作年度报告"]
    for section in form.sections:
        blocks.append(f"{section.number}、{section.zh}")
        tables = [table for table in form.tables if table.section == section.key]
        if not tables:
            blocks.append("我局认真贯彻落实条例，按时公开信息。" * 4)
        for table in tables:
            if table.key == "proactive":
                blocks.append(_proactive(form, figures))
            elif table.key == "requests":
                blocks.append(_requests(form, figures))
            else:
                blocks.append(_one_row(form, figures))
    return [*blocks, name, f"{year + 1}年1月19日"]


def _proactive(form: Form, figures: Mapping[CellKey, str]) -> Rows:
    rows: Rows = []
    widest = 4
    for part in form.table("proactive").parts:
        spans = {4: [1, 1, 1, 1], 3: [1, 1, 2], 2: [1, 3]}[len(part.columns) + 1]
        rows.append([C(part.zh, widest)])
        rows.append(
            [C(t, w) for t, w in zip(["信息内容", *(c.zh for c in part.columns)], spans, strict=True)]
        )
        for row in part.data_rows:
            texts = [row.item.zh, *(figures["proactive", row.item.key, c.key] for c in part.columns)]
            rows.append([C(text, wide) for text, wide in zip(texts, spans, strict=True)])
    return rows


def _requests(form: Form, figures: Mapping[CellKey, str]) -> Rows:
    part = form.table("requests").parts[0]
    natural, *organisations, total = part.columns
    rows: Rows = [
        [C(part.zh, 3, 3), C("申请人情况", 7)],
        [C(natural.zh, 1, 2), C("法人或其他组织", 5), C(total.zh, 1, 2)],
        [C(column.zh) for column in organisations],
    ]
    waiting: list[C] = []
    for row in part.rows:
        children = (
            [other for other in part.data_rows if other.item.key in form.leaves(row.item.key)]
            if row.kind == "group"
            else []
        )
        if row.kind == "group":
            waiting.append(C(row.item.zh, 1, len(children)))
            continue
        label = C(row.item.zh, 3 - row.depth)
        cells = [C(figures["requests", row.item.key, column.key]) for column in part.columns]
        rows.append([*waiting, label, *cells])
        waiting = []
    return rows


def _one_row(form: Form, figures: Mapping[CellKey, str]) -> Rows:
    part = form.table("review_litigation").parts[0]
    five = [C(column.zh) for column in part.columns]
    keys = [row.item.key for row in part.data_rows]
    return [
        [C("行政复议", 5), C("行政诉讼", 10)],
        [*(C(cell.text, 1, 2) for cell in five), C("未经复议直接起诉", 5), C("复议后起诉", 5)],
        [*five, *five],
        [C(figures["review_litigation", key, column.key]) for key in keys for column in part.columns],
    ]


def placed(rows: Rows) -> list[tuple[int, int, C]]:
    """Every cell with the row and column where it begins."""
    taken: set[tuple[int, int]] = set()
    found = []
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            found.append((number, column, cell))
            taken |= {(number + y, column + x) for y in range(cell.tall) for x in range(cell.wide)}
    return found


def size(rows: Rows) -> tuple[int, int]:
    """Rows and columns."""
    return len(rows), max(column + cell.wide for _, column, cell in placed(rows))


def as_html(blocks: Blocks, *, head: str = '<meta charset="utf-8">') -> str:
    """A page with the furniture of a government site around the report."""
    body = []
    for block in blocks:
        if isinstance(block, str):
            body.append(f"<p>&nbsp;&nbsp;{html.escape(block)}</p>")
            continue
        body.append('<table border="1"><tbody>')
        for row in block:
            cells = "".join(
                f'<td colspan="{c.wide}" rowspan="{c.tall}"><p><span>{html.escape(c.text) or "&nbsp;"}</span></p></td>'
                for c in row
            )
            body.append(f"<tr>{cells}</tr>")
        body.append("</tbody></table>")
    return (
        f"<!DOCTYPE html><html><head>{head}<title>年报</title><style>p{{margin:0}}</style></head><body>"
        '<div class="crumbs"><a href="/">首页</a> &gt; <a>政府信息公开年报</a></div><script>var a = "<td>9</td>";</script>'
        '<div style="display:none">隐藏 12</div><table><tr><td><table><tr><td>字体：</td><td>大 中 小</td></tr></table>'
        f'</td></tr><tr><td>{"".join(body)}</td></tr></table><div class="foot">网站标识码：5100000001 访问量4234次</div></body></html>'
    )


def as_docx(blocks: Blocks) -> bytes:
    """A Word file; merged cells as Word writes them."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        rows, columns = size(block)
        table = document.add_table(rows, columns)
        table.style = "Table Grid"
        cells = [
            list(row.cells) for row in table.rows
        ]  # once: python-docx walks the table each time it is asked
        for row, column, cell in placed(block):
            first = cells[row][column]
            if cell.wide > 1 or cell.tall > 1:
                first = first.merge(cells[row + cell.tall - 1][column + cell.wide - 1])
            first.text = cell.text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_pdf(blocks: Blocks, *, repeat: int = 0, footer: bool = True, **options: object) -> bytes:
    """A PDF with ruled tables that break over pages; the first ``repeat`` rows are printed again on each page."""
    story: list[object] = []
    for block in blocks:
        if isinstance(block, str):
            story += [Paragraph(html.escape(block), STYLE), Spacer(1, 6)]
            continue
        rows, columns = size(block)
        data: list[list[object]] = [["" for _ in range(columns)] for _ in range(rows)]
        style: list[tuple[object, ...]] = [
            ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ]
        for row, column, cell in placed(block):
            data[row][column] = Paragraph(html.escape(cell.text), SMALL)
            if cell.wide > 1 or cell.tall > 1:
                style.append(("SPAN", (column, row), (column + cell.wide - 1, row + cell.tall - 1)))
        widths = [500 / columns] * columns if columns != 10 else [46, 46, 100, *[44] * 7]
        settings = {"colWidths": widths, "style": style, "repeatRows": repeat, **options}
        story += [Table(data, **settings), Spacer(1, 12)]
    out = io.BytesIO()

    def number(canvas: object, document: object) -> None:
        if footer:
            canvas.setFont(FONT, 9)
            canvas.drawCentredString(A4[0] / 2, 30, f"- {document.page} -")

    SimpleDocTemplate(out, pagesize=A4, leftMargin=45, rightMargin=45).build(
        story, onFirstPage=number, onLaterPages=number
    )
    return out.getvalue()


def as_pipes(blocks: Blocks) -> bytes:
    """Text with pipes, merged cells as empty ones after their text, as converters make it."""
    lines = []
    for block in blocks:
        if isinstance(block, str):
            lines += [block, ""]
            continue
        rows, columns = size(block)
        texts = [["" for _ in range(columns)] for _ in range(rows)]
        for row, column, cell in placed(block):
            texts[row][column] = cell.text
        lines += [f"| {' | '.join(row)} |" for row in texts]
        lines.insert(len(lines) - rows + 1, "|" + "---|" * columns)
        lines.append("")
    return "\n".join(lines).encode()


WRITERS: dict[str, Callable[[Blocks], bytes]] = {
    "html": lambda blocks: as_html(blocks).encode(),
    "docx": as_docx,
    "pdf": as_pdf,
    "md": as_pipes,
}
