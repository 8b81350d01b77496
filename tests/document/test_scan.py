"""Real recognition of pictures of invented reports: nothing wrong looks right, whatever copier and phone did to the page."""

import io
import json
import socket
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.archive.recognitions import read_recognition
from pipeline.document.limits import LIMITS
from pipeline.document.pdf import read_pdf
from pipeline.document.picture import read_picture
from pipeline.document.refusal import RefusedError
from pipeline.document.sandbox import read_bounded
from pipeline.document.scan import recognise as recognising
from pipeline.document.scan.engine import Engine, engine
from pipeline.document.scan.page import read_page, without_lost_digits
from pipeline.document.scan.pictures import scanned_pages
from pipeline.document.scan.recognise import NO_MEMORY, clipped, recognise
from pipeline.document.scan.straight import _through_red_glass, _whitened
from pipeline.model.document import Grid, Paragraph
from pipeline.model.figure import CellKey, Status
from pipeline.model.recognition import UNREAD, Piece, Recognition, Seen
from pipeline.model.report import Report
from pipeline.reading.report import make_report
from pipeline.reading.trust import SURE, SURE_ALONE

SCANS = Path(__file__).parent / "scans"
COPIER = (SCANS / "copier.tif").read_bytes()  # two pages in black and white, tilted, with specks
PHONE = (SCANS / "phone.jpg").read_bytes()  # its second page on grey ground, shaded, tilted, with a red seal
TRUTH = json.loads((SCANS / "truth.json").read_text(encoding="utf-8"))
CELLS = {CellKey.parse(cell): Decimal(value) for cell, value in TRUTH["cells"].items()}


@pytest.fixture(scope="module")
def copied() -> Recognition:
    found = recognise(COPIER, jobs=1)
    assert found
    return found


def wrong(report: Report) -> dict[str, str]:
    return {
        str(cell): figure.raw
        for cell, figure in report.figures.items()
        if figure.value is not None and figure.value != CELLS[cell]
    }


def test_a_scan_is_read_and_every_cell_in_doubt_is_named(copied: Recognition) -> None:
    report = make_report(read_picture(COPIER, copied))
    assert (report.agency, report.year) == (TRUTH["agency"], TRUTH["year"])
    assert wrong(report) == {}
    statuses = [figure.status for figure in report.figures.values()]
    assert statuses.count(Status.RECOGNISED) >= 0.9 * len(statuses)
    named = {finding.at.cell for finding in report.findings if finding.code == "F110"}
    assert named == {
        str(key) for key, figure in report.figures.items() if figure.status is Status.UNCONFIRMED
    }
    gone = {finding.at.row for finding in report.findings if finding.code == "T107"}
    assert {key.row for key, figure in report.figures.items() if figure.status is Status.ABSENT} <= gone


def test_a_place_is_page_and_box(copied: Recognition) -> None:
    report = make_report(read_picture(COPIER, copied))
    place = report.figures[CellKey.parse("review_litigation/reconsideration/total")].place
    assert place.startswith("p. 2, table ")
    left, top, right, bottom = map(int, place.rpartition("box ")[2].split())
    assert 0 < left < right < 596
    assert 0 < top < bottom < 843


def test_the_same_is_recognised_as_when_it_was_written_down(copied: Recognition) -> None:
    """Processors differ in the last digits of a confidence, and hardly ever in a text."""
    kept = read_recognition(SCANS / "copier.read.yml")
    now, then = (Counter(piece.text for page in one.pages for piece in page.pieces) for one in (copied, kept))
    assert (now & then).total() >= 0.95 * then.total()
    assert [len(page.across) for page in copied.pages] == [len(page.across) for page in kept.pages]


def tables(data: bytes) -> list[list[list[str]]]:
    found = recognise(data, jobs=1)
    blocks = read_picture(data, found).blocks
    return [
        [[cell.text for cell in row] for row in block.rows] for block in blocks if isinstance(block, Grid)
    ]


@pytest.mark.parametrize("turns", [0, 1, 2])
def test_a_photograph_is_read_whichever_way_up_and_a_seal_covers_nothing(turns: int) -> None:
    turned = io.BytesIO()
    Image.open(io.BytesIO(PHONE)).rotate(90 * turns, expand=True).save(turned, "JPEG", quality=90)
    *_, review = tables(turned.getvalue())
    expected = [str(CELLS[key]) for key in CELLS if key.table == "review_litigation"]
    assert sum(a == b for a, b in zip(review[-1], expected, strict=True)) >= len(expected) - 1


def on_a_desk(page: np.ndarray) -> np.ndarray:
    """A sheet photographed from the side, on something dark."""
    high, wide = page.shape[:2]
    corners = np.array(
        (
            (0.11 * wide, 0.05 * high),
            (1.0 * wide, 0.09 * high),
            (1.05 * wide, 1.04 * high),
            (0.04 * wide, high),
        ),
        np.float32,
    )
    sheet = np.array(((0, 0), (wide, 0), (wide, high), (0, high)), np.float32)
    matrix, size = cv2.getPerspectiveTransform(sheet, corners), (round(1.1 * wide), round(1.08 * high))
    return np.asarray(cv2.warpPerspective(page, matrix, size, flags=cv2.INTER_AREA, borderValue=(70, 76, 85)))


def bent(page: np.ndarray) -> np.ndarray:
    """A sheet that does not lie flat: its lines hang down in the middle."""
    down, across = np.mgrid[0 : page.shape[0], 0 : page.shape[1]].astype(np.float32)
    sag = 10 * np.sin(np.pi * across / page.shape[1]).astype(np.float32)
    return np.asarray(cv2.remap(page, across, down - sag, cv2.INTER_LINEAR, borderValue=(255, 255, 255)))


@pytest.mark.parametrize("seen", [on_a_desk, bent])
def test_a_sheet_seen_from_the_side_or_bent_is_made_flat(seen: Callable[[np.ndarray], np.ndarray]) -> None:
    taken = io.BytesIO()
    page = seen(np.asarray(Image.open(io.BytesIO(PHONE)).convert("RGB")))
    Image.fromarray(page).save(taken, "JPEG", quality=90)
    found = recognise(taken.getvalue(), jobs=1)
    assert found
    assert (len(found.pages[0].corners), bool(found.pages[0].bend)) == (
        (8, False) if seen is on_a_desk else (0, True)
    )
    *_, review = [block for block in read_picture(taken.getvalue(), found).blocks if isinstance(block, Grid)]
    expected = [str(CELLS[key]) for key in CELLS if key.table == "review_litigation"]
    assert (
        sum(cell.text == text for cell, text in zip(review.rows[-1], expected, strict=True))
        >= len(expected) - 1
    )
    (shown,) = clipped(taken.getvalue(), found.pages[0], [(50, 50, 500, 300)])
    assert shown.startswith(b"\x89PNG")


def test_a_page_that_a_copier_made_is_flat(copied: Recognition) -> None:
    assert [(page.corners, page.bend) for page in copied.pages] == [((), ()), ((), ())]


def pdf_with(picture: bytes, text: str) -> bytes:
    """A page of text, one that is a picture, and one with a picture of a table among its text."""
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1, pagesize=(595, 842))
    canvas.drawString(50, 800, text)
    canvas.showPage()
    canvas.drawImage(ImageReader(io.BytesIO(picture)), 0, 0, 595, 842)
    canvas.showPage()
    canvas.drawString(50, 800, "above it")
    canvas.drawImage(ImageReader(Image.fromarray(drawn(("1234", 0.2), ("567", 0.3)))), 50, 300, 495, 360)
    canvas.drawString(50, 280, "below it")
    canvas.drawImage(ImageReader(io.BytesIO(picture)), 50, 100, 60, 60)  # no table is so narrow
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def test_a_pdf_may_mix_text_and_pictures_page_by_page_and_on_a_page() -> None:
    data = pdf_with(PHONE, "of text")
    assert scanned_pages(data) == [2, 3]
    found = recognise(data, jobs=1)
    assert found
    document = read_pdf(data, found)
    assert document.blocks[0].text == "of text"  # type: ignore[union-attr]
    assert {place.partition(",")[0] for place in document.recognised} == {"p. 2", "p. 3 picture"}
    above, table, below = document.blocks[-3:]
    assert (above, below) == (
        Paragraph("above it", "p. 3, line 1"),
        Paragraph("below it", "p. 3, line 2"),
    )
    assert isinstance(table, Grid)
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["2023", "2023", "", ""],
        ["1234", "567", "", ""],
    ]
    assert "D114" not in {finding.code for finding in document.findings}
    assert document.unread_pictures == 0
    unread = read_bounded(data, "a.pdf")
    assert "D114" in {finding.code for finding in unread.findings}
    assert unread.unread_pictures == 1


def drawn(*texts: tuple[str, float]) -> np.ndarray:
    """Two rows of four cells, 350 × 100 pixels each; in the second, a text begins at a share of its cell's width."""
    page = Image.new("RGB", (1650, 1200), "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(34)
    for x in range(100, 1501, 350):
        draw.line((x, 100, x, 300), fill="black", width=3)
    for y in (100, 200, 300):
        draw.line((100, y, 1500, y), fill="black", width=3)
    for column, (text, share) in enumerate(texts):
        draw.text((100 + 350 * column + 100, 130), "2023", fill="black", font=font)
        draw.text((round(100 + 350 * (column + share)), 230), text, fill="black", font=font)
    return np.array(page)


def confidences(page: np.ndarray) -> dict[str, float]:
    read = read_page(page, 1, engine())
    return {piece.text: piece.seen.confidence for piece in read.pieces}


def test_text_over_the_border_of_its_cell_is_in_doubt_on_both_sides() -> None:
    sure = confidences(drawn(("1234", 0.2), ("567", 0.3)))
    assert sure["1234"] > 0.8
    assert sure["567"] > 0.8
    crossing = read_page(drawn(("123456", 0.85), ("", 0.0)), 1, engine())
    below = [piece for piece in crossing.pieces if piece.top > 75]
    assert below
    assert all(piece.seen.confidence == 0 for piece in below)


def test_a_red_stamp_leaves_no_trace_and_the_ink_below_it_stays() -> None:
    page = drawn(("1234", 0.2), ("567", 0.3))
    ink = np.where(page < 128, 70, 255).astype(np.uint8)  # pale ink: all contrast is stretched
    stamped = ink.copy()
    cv2.circle(stamped, (400, 200), 150, (215, 60, 60), 9)
    cv2.line(stamped, (150, 260), (700, 240), (215, 60, 60), 5)
    seen = _whitened(_through_red_glass(np.minimum(ink, stamped)))
    assert seen[ink[:, :, 0] == 255].min() > 235
    assert seen[ink[:, :, 0] == 70].max() < 60
    assert np.array_equal(_through_red_glass(ink), ink[:, :, 0])


def test_a_figure_in_red_is_no_blank_and_a_stamp_over_a_blank_cell_is_one() -> None:
    black, red = drawn(("12", 0.3), ("", 0.0)), drawn(("12", 0.3), ("34", 0.3), ("", 0.0))
    page = np.where(black < 128, black, np.where(red < 128, np.array((215, 40, 40), np.uint8), 255)).astype(
        np.uint8
    )
    stamp = np.full_like(page, 255)
    cv2.circle(stamp, (1150, 250), 120, (215, 60, 60), 6)  # over two blank cells
    below = [piece for piece in read_page(np.minimum(page, stamp), 1, engine()).pieces if piece.top > 75]
    assert [(piece.text, piece.seen.confidence > 0.8) for piece in below] == [("12", True), (UNREAD, False)]


def test_a_speck_in_a_blank_cell_is_no_figure() -> None:
    page = drawn(("12", 0.3), ("34", 0.3))
    cv2.circle(page, (1000, 250), 4, (0, 0, 0), -1)
    assert [piece.text for piece in read_page(page, 1, engine()).pieces if piece.top > 75] == ["12", "34"]


def printed(*texts: str, wide: dict[str, float] | None = None) -> list[Piece]:
    """Figures as they are printed, six points a digit, or as wide as is said."""
    return [
        Piece(0, 20.0 * row, (wide or {}).get(text, 6 * len(text) - 1), 20.0 * row + 8, Seen(text, 1.0))
        for row, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("text", "wide", "is_odd"),
    [
        ("889", 23, True),  # 8859, of which the engine lost a digit
        ("8859", 11, True),  # 89, in which it saw more than there is
        ("1", 11, True),  # 11
        ("11", 9, False),  # ones are thin
        ("1", 2, False),
        ("1,234", 25, False),
        ("123.45", 31, False),
    ],
)
def test_a_figure_that_is_too_wide_for_its_digits_is_not_sure_by_itself(
    text: str, wide: float, is_odd: bool
) -> None:
    *_, piece = without_lost_digits(printed("20", "31", "405", "1200", text, wide={text: wide}))
    assert (piece.seen.confidence < SURE_ALONE) is is_odd
    assert piece.seen.confidence > SURE  # it may be dirt: a sum may still speak for it


class Cleaner(Engine):
    """An engine that reads 42 as it is printed, and 12 of what was cleaned, both for sure."""

    def __init__(self) -> None:
        self.calls = 0

    def find(self, picture: np.ndarray) -> list[np.ndarray]:
        return []

    def read(self, pictures: Sequence[np.ndarray]) -> list[Seen]:
        self.calls += bool(pictures)
        return [Seen("42" if self.calls == 1 else "12", 1.0) for _ in pictures]


def test_a_stroke_that_was_cleaned_away_as_dirt_makes_no_sure_figure() -> None:
    (piece, *_) = read_page(drawn(("42", 0.4), ("", 0.0)), 1, Cleaner()).pieces
    assert piece.again
    assert piece.again.text == "12"
    assert min(piece.seen.confidence, piece.again.confidence) < SURE_ALONE


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    engine.cache_clear()
    assert [seen.text for seen in engine().read([drawn(("40", 0.4))[220:285, 220:320]])] == ["40"]


# -- within bounds --------------------------------------------------------------------------------------------------


def png(width: int, height: int) -> bytes:
    """A white picture of one bit a pixel: large once unpacked, small as a file."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + crc

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((1, 0, 0, 0, 0))
    packer = zlib.compressobj(9)
    body = (
        b"".join(packer.compress(b"\0" + b"\xff" * ((width + 7) // 8)) for _ in range(height))
        + packer.flush()
    )
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def refused(data: bytes) -> str:
    with pytest.raises(RefusedError) as caught:
        recognise(data, jobs=1)
    return caught.value.finding.code


def test_a_picture_of_30000_by_30000_is_one_finding() -> None:
    data = png(30_000, 30_000)
    assert len(data) < 1_000_000
    assert refused(data) == "D104"


@pytest.mark.parametrize("data", [PHONE[:40_000], PHONE[:500], COPIER[:30_000], b"\x89PNG\r\n\x1a\nnothing"])
def test_a_damaged_picture_is_one_finding(data: bytes) -> None:
    assert refused(data) == "D105"


def test_too_many_pages_are_one_finding() -> None:
    stream = io.BytesIO()
    page = Image.new("1", (50, 70), 1)
    page.save(stream, "TIFF", save_all=True, append_images=[page] * LIMITS.scanned_pages)
    assert refused(stream.getvalue()) == "D104"


def test_a_page_that_takes_too_long_is_one_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognising, "BOUNDS", recognising.Bounds(1, LIMITS.scan_memory))
    monkeypatch.setattr(recognising, "PROGRAM", "import time, sys; sys.stdin.buffer.read(1); time.sleep(60)")
    assert refused(PHONE) == "D104"


def test_an_empty_page_is_no_text() -> None:
    found = recognise(png(1240, 1754), jobs=1)
    assert found
    assert found.pages[0].pieces == ()


@pytest.mark.parametrize(
    ("said", "is_memory"),
    [
        ("std::bad_alloc", True),
        ("(-4:Insufficient memory) Failed to allocate 90 bytes in function 'OutOfMemoryError'", True),
        ("Failed to allocate memory for requested buffer of size 1024", True),
        ("the key 'allocation' is missing", False),  # a bug of ours is told as one
    ],
)
def test_only_a_lack_of_memory_is_told_as_one(said: str, is_memory: bool) -> None:
    assert bool(NO_MEMORY.search(said)) is is_memory
