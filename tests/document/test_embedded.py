"""Pictures inside a Word file or a saved page are read like a scan, where they stand; a cell that shows one is no blank."""

import base64
import io
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.shared import Inches
from PIL import Image

from pipeline.document.docx import pictures_of as pictures_of_docx
from pipeline.document.html import pictures_of as pictures_of_html
from pipeline.document.read import prepared, read, read_as
from pipeline.document.scan.recognise import clipped, recognise
from pipeline.filing import pictures
from pipeline.model.document import Grid, Paragraph
from pipeline.model.recognition import UNREAD, Piece, Recognition, ScannedPage, Seen, Stroke
from pipeline.reading.report import make_report

TITLE = "虚构市街道办事处2022年政府信息公开工作年度报告"
PHONE = Path(__file__).parent / "scans/phone.jpg"


def jpeg(crop: tuple[int, int, int, int] | None = None, size: tuple[int, int] = (0, 0)) -> bytes:
    image = Image.open(PHONE).crop(crop) if crop else Image.new("RGB", size, "white")
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90)
    return stream.getvalue()


LITIGATION = jpeg((100, 560, 1150, 800))  # the last table of a page, photographed
LOGO = jpeg(size=(80, 40))


def word(*parts: str | bytes) -> bytes:
    made = docx.Document()
    for part in parts:
        if isinstance(part, str):
            made.add_paragraph(part)
        else:
            made.add_picture(io.BytesIO(part), width=Inches(5.25))
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def page(*parts: str | bytes) -> bytes:
    shown = (
        f"<p>{part}</p>"
        if isinstance(part, str)
        else f'<p><img width=504 src="data:image/jpeg;base64,{base64.b64encode(part).decode()}"></p>'
        for part in parts
    )
    return f"<!doctype html><meta charset=utf-8><body>{''.join(shown)}</body>".encode()


def archive(*parts: str | bytes) -> bytes:
    """The same page as browsers save it with its pictures."""
    shown, kept = [], []
    for number, part in enumerate(parts):
        if isinstance(part, str):
            shown.append(f"<p>{part}</p>")
        else:
            shown.append(f'<p><img width="504" src="files/{number}.jpg"></p>')
            kept.append(
                f"--b\nContent-Type: image/jpeg\nContent-Transfer-Encoding: base64\n"
                f"Content-Location: http://example.gov.cn/a/files/{number}.jpg\n\n{base64.encodebytes(part).decode()}\n"
            )
    return (
        'From: saved\nMIME-Version: 1.0\nContent-Type: multipart/related; type="text/html"; boundary="b"\n\n'
        "--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
        f"Content-Location: http://example.gov.cn/a/b.html\n\n<!doctype html><body>{''.join(shown)}</body>\n"
        f"{''.join(kept)}--b--\n"
    ).encode()


KINDS = [(word, "docx"), (page, "html"), (archive, "mhtml")]


@pytest.mark.parametrize(("made", "extension"), KINDS)
def test_every_picture_is_counted_where_it_stands(made: Callable[..., bytes], extension: str) -> None:
    data = made(TITLE, LOGO, "前文", LITIGATION)
    found = (pictures_of_docx if extension == "docx" else pictures_of_html)(data)
    assert [picture for picture, _ in found] == [LOGO, LITIGATION]
    assert [round(inches, 2) for _, inches in found] == [5.25, 5.25]
    assert read(data, extension).unread_pictures == 2


def scanned(number: int, *rows: tuple[str, str]) -> ScannedPage:
    """What would be recognised in a picture of a small table."""
    pieces = tuple(
        Piece(10 + 100 * x, 12 + 20 * y, 60 + 100 * x, 26 + 20 * y, Seen(text, 1.0), Seen(text, 1.0))
        for y, row in enumerate(rows)
        for x, text in enumerate(row)
    )
    across = tuple(Stroke(10 + 20 * y, 5, 205) for y in range(len(rows) + 1))
    down = tuple(Stroke(x, 10, 10 + 20 * len(rows)) for x in (5, 105, 205))
    return ScannedPage(number, 210, 100, across, down, pieces)


@pytest.mark.parametrize(("made", "extension"), KINDS)
def test_what_was_recognised_stands_where_the_picture_does(
    made: Callable[..., bytes], extension: str
) -> None:
    data = made(TITLE, LITIGATION, LITIGATION, "后文")
    known = Recognition(
        "", "", (), (scanned(1, ("甲", "1"), ("乙", "2")), scanned(2, ("丙", "3"), ("丁", "4")))
    )
    format_, inner = prepared(data)
    document = read_as(format_, inner, extension, known)
    before, *tables, after = document.blocks
    assert isinstance(before, Paragraph)
    assert isinstance(after, Paragraph)
    assert (before.text, after.text) == (TITLE, "后文")
    cells = [
        cell for table in tables if isinstance(table, Grid) for row in table.rows for cell in row
    ]  # one table over two pictures
    assert [cell.text for cell in cells] == ["甲", "1", "乙", "2", "丙", "3", "丁", "4"]
    assert cells[7].place.startswith("picture 2, table ")
    assert cells[7].place in document.recognised
    assert document.unread_pictures == 0


@pytest.mark.parametrize(
    "data",
    [
        b"<table><tr><td>a<td><img src=1.png><td><img src=0.gif width=1 height=9><td>5</table>",
        b"<table><tr><td>a<td><a><img src=1.png></a><td> <td>5<img src=2.png></table>",
    ],
)
def test_a_cell_that_shows_a_picture_is_no_blank(data: bytes) -> None:
    (grid,) = read(b"<!doctype html><body>" + data, "html").blocks
    assert isinstance(grid, Grid)
    assert [cell.text for cell in grid.rows[0]] == ["a", UNREAD, "", "5"]


def test_a_cell_of_word_that_shows_a_picture_is_no_blank() -> None:
    made = docx.Document()
    cells = made.add_table(1, 3).rows[0].cells
    cells[0].text = "a"
    cells[1].paragraphs[0].add_run().add_picture(io.BytesIO(LOGO))
    stream = io.BytesIO()
    made.save(stream)
    (grid,) = read(stream.getvalue(), "docx").blocks
    assert isinstance(grid, Grid)
    assert [cell.text for cell in grid.rows[0]] == ["a", UNREAD, ""]


@pytest.mark.parametrize("part", [b"\xff\xd8\xff nothing", LITIGATION[:5000], b"\x89PNG\r\n\x1a\n"])
def test_a_damaged_picture_spoils_no_text(part: bytes) -> None:
    document, found = pictures.read_pictures_too(archive(TITLE, part), "a.mhtml")
    assert found is None
    assert (document.blocks, document.unread_pictures) == ((Paragraph(TITLE, "paragraph 1"),), 1)


def test_a_table_in_a_picture_is_read_with_and_told_without_the_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = word(TITLE, "前文", LOGO, LITIGATION, "2023年1月19日")
    document, found = pictures.read_pictures_too(data, "a.docx")
    assert found
    assert [one.number for one in found.pages] == [2]  # nobody looks for tables in a logo
    report = make_report(document)
    read_cells = [figure for figure in report.figures.values() if figure.status == "recognised"]
    assert len(read_cells) >= 13
    assert all(figure.place.startswith("picture 2, table 1, ") for figure in read_cells)
    codes = {finding.code for finding in report.findings}
    assert "D150" in codes
    assert "D151" not in codes
    box = tuple(map(float, read_cells[0].place.rpartition("box ")[2].split()))
    (shown,) = clipped(data, found.pages[0], [(box[0], box[1], box[2], box[3])])
    assert shown.startswith(b"\x89PNG")

    again = recognise(archive(TITLE, LITIGATION), jobs=1)
    assert again
    texts = [{piece.text for piece in one.pages[0].pieces} for one in (found, again)]
    assert len(texts[0] & texts[1]) >= 0.9 * len(texts[0])  # however the file keeps it

    monkeypatch.setattr(pictures, "is_installed", lambda: False)
    document, nothing = pictures.read_pictures_too(data, "a.docx")
    assert nothing is None
    (told,) = (finding for finding in make_report(document).findings if finding.code == "D151")
    assert "make scan" in told.hint.en
    assert pictures.shows_pictures(data, "a.docx")


def test_pictures_of_a_report_that_lacks_no_table_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "run", lambda function, document: False)
    data = word(TITLE, LITIGATION)
    assert not pictures.shows_pictures(data, "a.docx")
    assert pictures.read_pictures_too(data, "a.docx")[1] is None
