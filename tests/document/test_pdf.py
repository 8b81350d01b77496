"""PDF files: ruled tables with merged cells, over pages; what every page repeats; and files that hold no text."""

import io

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.document.limits import LIMITS
from pipeline.document.pdf import read_pdf
from pipeline.document.refusal import RefusedError
from pipeline.document.rulings import RulingLine, ruled_tables
from pipeline.model.document import Document, Grid, Layout, Paragraph
from tests.document.samples import FONT, C, Rows, as_pdf

HEAD: Rows = [[C("表头", 2), C("自然人"), C("总计")]]


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def texts(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in row] for row in grid.rows]


def paragraphs(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def drawn(
    *pages: list[tuple[float, float, str]],
    rules: list[tuple[float, float, float, float]] | None = None,
    size: float = 10,
) -> bytes:
    """Pages of texts at points from the upper left, each with the same lines."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for page in pages:
        canvas.setFont(FONT, size)
        for x, y, text in page:
            canvas.drawString(x, A4[1] - y, text)
        for x1, y1, x2, y2 in rules or []:
            canvas.line(x1, A4[1] - y1, x2, A4[1] - y2)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_merged_cells_and_places() -> None:
    rows = [
        *HEAD,
        [C("三、", 1, 2), C("（一）予以公开"), C("12"), C("")],
        [C("（二）部分公开"), C("3"), C("15")],
    ]
    (grid,) = grids(read_pdf(as_pdf(["某局", rows])))
    assert grid.layout is Layout.GRID
    assert [[(c.text, c.column, c.width) for c in row] for row in grid.rows] == [
        [("表头", 0, 2), ("自然人", 2, 1), ("总计", 3, 1)],
        [("三、", 0, 1), ("（一）予以公开", 1, 1), ("12", 2, 1), ("", 3, 1)],
        [("（二）部分公开", 1, 1), ("3", 2, 1), ("15", 3, 1)],
    ]
    assert grid.rows[2][1].place == "p. 1, table 1, r3 c3"


def test_a_table_over_pages_is_one_grid_without_repeated_headers_and_page_numbers() -> None:
    rows = [*HEAD, *([C(f"{n}.第{n}行", 2), C(str(n)), C(str(2 * n))] for n in range(1, 91))]
    document = read_pdf(as_pdf(["某局", rows, "结尾"], repeat=1))
    (grid,) = grids(document)
    assert texts(grid) == [
        ["表头", "自然人", "总计"],
        *([f"{n}.第{n}行", str(n), str(2 * n)] for n in range(1, 91)),
    ]
    assert len({cell.place.split(",")[0] for row in grid.rows for cell in row}) > 1
    assert paragraphs(document) == ["某局", "结尾"]


def test_two_tables_are_two_grids_although_a_page_break_parts_them() -> None:
    other: Rows = [[C("行政许可"), C("5")], [C("行政处罚"), C("7")]]
    filler = ["占位的段落。"] * 34
    document = read_pdf(as_pdf([*filler, [*HEAD, [C("一、", 2), C("1"), C("2")]], other]))
    assert len(grids(document)) == 2


BOX = [
    (50, 790, 350, 790),
    (50, 820, 350, 820),
    (50, 790, 50, 820),
    (200, 790, 200, 820),
    (350, 790, 350, 820),
]


def split_row(
    upper: list[tuple[float, float, str]], lower: list[tuple[float, float, str]]
) -> list[list[str]]:
    """A row ruled at the same columns at the foot of one page and the head of the next."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for page, top in ((upper, 760), (lower, 60)):
        canvas.setFont(FONT, 9)
        for x, y, text in page:
            canvas.drawString(x, A4[1] - top - y, text)
        for y in (0, 30):
            canvas.line(50, A4[1] - top - y, 350, A4[1] - top - y)
        for x in (50, 250, 300, 350):
            canvas.line(x, A4[1] - top, x, A4[1] - top - 30)
        canvas.showPage()
    canvas.save()
    (grid,) = grids(read_pdf(out.getvalue()))
    return texts(grid)


def test_a_row_cut_by_the_page_break_is_joined_where_that_is_proven() -> None:
    whole = [["5.要求行政机关确认或重新出具已获取信息", "4", "6"]]
    first, rest = (55, 20, "5.要求行政机关确认"), (55, 20, "或重新出具已获取信息")
    figures = [(260.0, 20.0, "4"), (310.0, 20.0, "6")]
    assert split_row([first, *figures], [rest]) == whole
    assert split_row([first], [rest, *figures]) == whole
    assert split_row([(55, 20, whole[0][0])], figures) == whole
    assert split_row(figures, [(55, 20, whole[0][0])]) == whole


def test_a_row_is_not_joined_where_it_may_be_two() -> None:
    figures = [(260.0, 20.0, "4"), (310.0, 20.0, "6")]
    assert len(split_row([(55, 20, "1.重复申请")], [(55, 20, "2.其他"), *figures])) == 2
    assert len(split_row([(55, 20, "1.重复申请"), *figures], [(55, 20, "2.其他"), *figures])) == 2
    assert len(split_row([(55, 20, "规章"), *figures], [(55, 20, "行政规范性文件")])) == 2
    assert len(split_row([(55, 20, "1.重复"), (260, 20, "4")], [(55, 20, "申请"), (310, 20, "6")])) == 2


def test_lines_of_a_paragraph_are_joined_and_headings_are_not() -> None:
    document = read_pdf(as_pdf(["一、总体情况", "我局认真贯彻落实条例，" * 12, "二、主动公开政府信息情况"]))
    assert paragraphs(document) == ["一、总体情况", "我局认真贯彻落实条例，" * 12, "二、主动公开政府信息情况"]


def test_a_heading_behind_a_sentence_that_fills_its_line_is_a_line_of_its_own() -> None:
    """The line is as long as the page is wide, so that it does not tell that the paragraph ends here."""
    for length in range(30, 60):
        blocks = [
            "我" * length + "。",
            "二、主动公开政府信息情况",
            "他" * length + "。",
            "（一）依申请公开。",
        ]
        assert paragraphs(read_pdf(as_pdf(blocks))) == blocks


def test_running_heads_come_once() -> None:
    pages = [
        [(60.0, 40.0, "某局年度报告"), (60.0, 300.0, f"第{n}段正文"), (290.0, 815.0, f"第 {n} 页 共 3 页")]
        for n in (1, 2, 3)
    ]
    assert paragraphs(read_pdf(drawn(*pages))) == ["某局年度报告", "第1段正文", "第2段正文", "第3段正文"]


def test_a_figure_at_the_foot_of_a_table_is_no_page_number() -> None:
    rules = [*BOX]
    (grid,) = grids(read_pdf(drawn([(60, 810, "行政许可"), (210, 810, "12")], rules=rules)))
    assert texts(grid) == [["行政许可", "12"]]


def test_two_figures_in_one_cell_are_not_one() -> None:
    (grid,) = grids(read_pdf(drawn([(60, 810, "行政许可"), (210, 810, "12"), (240, 810, "7")], rules=BOX)))
    assert texts(grid) == [["行政许可", "12 7"]]


def test_type_printed_twice_is_read_once() -> None:
    twice = [(60.0, 810.0, "行政许可"), (60.3, 810.0, "行政许可"), (210.0, 810.0, "11"), (210.3, 810.0, "11")]
    (grid,) = grids(read_pdf(drawn(twice, rules=BOX)))
    assert texts(grid) == [["行政许可", "11"]]


def test_a_table_without_lines_is_rows_of_tabs() -> None:
    document = read_pdf(drawn([(60, 300, "规章"), (200, 300, "0"), (300, 300, "12"), (60, 320, "正文")]))
    (grid,) = grids(document)
    assert (grid.layout, texts(grid)) == (Layout.LOOSE, [["规章", "0", "12"]])


def upright(size: float) -> bytes:
    """三、本年度 written downward in a cell that spans three rows, scaled down from a size of type of 199."""
    font = UnicodeCIDFont(FONT, isVertical=True)
    font.name = font.fontName = "Upright"
    pdfmetrics.registerFont(font)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont(FONT, 10)
    for row, (label, figure) in enumerate((("予以公开", "50"), ("部分公开", "9"), ("不予公开", "3"))):
        canvas.drawString(90, 700 - 20 * row, label)
        canvas.drawString(205, 700 - 20 * row, figure)
        canvas.line(80, 695 - 20 * row, 300, 695 - 20 * row)
    canvas.line(50, 715, 300, 715)
    canvas.line(50, 655, 300, 655)
    for x in (50, 80, 200, 300):
        canvas.line(x, 655, x, 715)
    writing = canvas.beginText()
    writing.setFont("Upright", 199)
    for number, char in enumerate("三、本年度"):
        writing.setTextTransform(size / 199, 0, 0, size / 199, 65, 714 - size * number)
        writing.textOut(char)
    canvas.drawText(writing)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_upright_writing_stays_in_its_cell() -> None:
    """PDFium draws a box of 199 by 199 points around each such character, whatever its size on the page."""
    (grid,) = grids(read_pdf(upright(9.9)))
    assert texts(grid) == [["三、本年度", "予以公开", "50"], ["部分公开", "9"], ["不予公开", "3"]]


def test_a_number_that_its_cell_breaks_is_told_from_two_numbers() -> None:
    rows = [[C("总计", 1), C("123456789")], [C("1 2"), C("规章和其他")]]
    (grid,) = grids(read_pdf(as_pdf(["某局", rows], colWidths=[30, 30])))
    assert texts(grid) == [["总计", "1234\n5678\n9"], ["1 2", "规章和其他"]]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_read_as_it_is_seen(turn: int) -> None:
    width, height = A4 if turn == 180 else (A4[1], A4[0])
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height))
    canvas.setPageRotation(turn)
    canvas.translate(*{90: (width, 0), 180: (width, height), 270: (0, height)}[turn])
    canvas.rotate({90: 90, 180: 180, 270: -90}[turn])
    canvas.setFont(FONT, 10)
    for x, y, text in ((60, 810, "行政许可"), (210, 810, "12")):
        canvas.drawString(x, A4[1] - y, text)
    for x1, y1, x2, y2 in BOX:
        canvas.line(x1, A4[1] - y1, x2, A4[1] - y2)
    canvas.showPage()
    canvas.save()
    (grid,) = grids(read_pdf(out.getvalue()))
    assert [(cell.text, cell.column) for cell in grid.rows[0]] == [("行政许可", 0), ("12", 1)]


def picture(text: bool) -> bytes:
    """A page that is a picture; with ``text``, recognition software has put its text over it."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, *A4)
    if text:
        writing = canvas.beginText(60, 600)
        writing.setFont(FONT, 12)
        writing.setTextRenderMode(3)
        writing.textLine("某局年度报告")
        canvas.drawText(writing)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def refused(data: bytes) -> str:
    with pytest.raises(RefusedError) as error:
        read_pdf(data)
    return error.value.finding.code


def test_a_scan_has_no_text_and_recognised_text_is_marked() -> None:
    assert refused(picture(text=False)) == "D102"
    document = read_pdf(picture(text=True))
    assert paragraphs(document) == ["某局年度报告"]
    assert [finding.code for finding in document.findings] == ["D115"]
    assert [note.confidence for note in document.recognised.values()] == [
        0.0
    ]  # nobody knows how well it was read


def test_damage_encryption_and_length_are_findings() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    whole = drawn([(60, 100, "某局")])
    assert refused(whole[: len(whole) // 2]) == "D105"
    assert refused(b"%PDF-1.7\n" + b"x" * 500 + b"\n%%EOF") == "D105"
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt=StandardEncryption("secret", canPrint=1))
    canvas.drawString(60, 600, "x")
    canvas.save()
    assert refused(out.getvalue()) == "D103"
    assert refused(drawn(*[[(60.0, 100.0, "某局")]] * (LIMITS.pages + 1))) == "D104"


def test_rules_with_gaps_and_doubles_make_one_grid() -> None:
    across = [
        RulingLine(0, 0, 49),
        RulingLine(0.8, 51, 100),
        RulingLine(20, 0, 100),
        RulingLine(21, 0, 100),
        RulingLine(40, 50, 100),
        RulingLine(60, 0, 100),
    ]
    down = [RulingLine(0, 0, 60), RulingLine(50, 0, 60), RulingLine(100, 1, 59), RulingLine(98, 0, 60)]
    (table,) = ruled_tables(across, down)
    assert table.is_regular
    assert [(b.row, b.column, b.height, b.width) for b in table.boxes] == [
        (0, 0, 1, 1),
        (0, 1, 1, 1),
        (1, 0, 2, 1),
        (1, 1, 1, 1),
        (2, 1, 1, 1),
    ]


def test_rules_that_make_no_rectangles_are_no_safe_guide() -> None:
    across = [RulingLine(0, 0, 100), RulingLine(20, 50, 100), RulingLine(40, 0, 100)]
    down = [RulingLine(0, 0, 40), RulingLine(50, 0, 20), RulingLine(100, 0, 40)]
    (table,) = ruled_tables(across, down)
    assert not table.is_regular


def test_a_frame_or_an_underline_is_no_table() -> None:
    assert (
        ruled_tables(
            [RulingLine(0, 0, 100), RulingLine(40, 0, 100)], [RulingLine(0, 0, 40), RulingLine(100, 0, 40)]
        )
        == []
    )
    assert ruled_tables([RulingLine(0, 0, 100)], []) == []
