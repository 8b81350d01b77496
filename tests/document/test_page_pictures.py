"""Pictures of the pages of a PDF: where a cell is said to be, it is seen; contact data are not."""

import io

import pypdfium2
from PIL import Image

from pipeline.document import page_pictures as module
from pipeline.document.page_pictures import PagePicture, page_pictures
from pipeline.document.pdf import read_pdf
from pipeline.model.document import Grid
from tests.document.samples import C, Rows, as_pdf

ROWS: Rows = [
    [C("项目"), C("自然人"), C("总计")],
    *([C(f"第{row}行"), C(str(100 + row)), C(str(200 + row))] for row in range(60)),
]
PRIVATE = as_pdf(["某局年报", "联系电话：0827-5281234，邮箱 someone@example.com", "正文到此为止。"])


def under(data: bytes, page: PagePicture, place: str) -> str:
    """The text of the PDF below a box, as whoever looks at the picture reads it."""
    left, top, width, height = page.boxes[place]
    sheet = pypdfium2.PdfDocument(data)[page.number - 1]
    wide, high = sheet.get_size()
    edges = (left * wide, 100 * high - (top + height) * high, (left + width) * wide, 100 * high - top * high)
    return str(sheet.get_textpage().get_text_bounded(*(edge / 100 for edge in edges))).strip()


def test_every_cell_lies_where_its_box_is_on_each_page() -> None:
    data = as_pdf(["某局年报", ROWS])
    pages = page_pictures(data)
    assert len(pages) > 1
    (grid,) = (block for block in read_pdf(data).blocks if isinstance(block, Grid))
    seen = {place: under(data, page, place) for page in pages for place in page.boxes if ", table " in place}
    assert seen == {cell.place: cell.text for row in grid.rows for cell in row}
    for page in pages:
        assert Image.open(io.BytesIO(page.picture)).size == (page.width, page.height)


def test_contact_data_are_painted_over_and_have_no_box() -> None:
    (shown,) = page_pictures(PRIVATE)
    picture = Image.open(io.BytesIO(shown.picture)).convert("L")
    rows = [picture.crop((0, y, picture.width, y + 1)) for y in range(picture.height)]
    painted = [row for row in rows if sum(row.histogram()[130:200]) > 250]
    assert len(painted) > 10, "a bar as high as a line"
    assert all(row.getextrema()[0] > 130 for row in painted), "and no ink shows through"
    text = [under(PRIVATE, shown, place) for place in shown.boxes]
    assert text == ["某局年报", "正文到此为止。"]


def test_scans_are_not_shown_and_a_file_is_bounded() -> None:
    canvas = Image.new("L", (600, 800), 255)
    file = io.BytesIO()
    canvas.save(file, "PDF")
    assert page_pictures(file.getvalue()) == ()
    many = as_pdf(["某局年报", [*ROWS * 20]])
    pages = page_pictures(many)
    assert len(pages) <= module.MOST
    assert sum(len(page.picture) for page in pages) <= module.MOST_BYTES
