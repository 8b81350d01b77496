"""Pictures of the pages of a PDF, with the place of each line and cell on them, for whoever wants to see what was read.

Comes in: the filed bytes. Goes out: a small picture a page. Contact data are painted over, as they are left out of the
text; a page that is a picture itself, shows large ones, or has its text from recognition, is not shown: nobody could say
what is on it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from pipeline.document.pdf import boxes_of, is_picture, table_pictures
from pipeline.document.pdfium import Edges, Page, draw, pages_of
from pipeline.document.sandbox import run
from pipeline.safety.redact import redact

WIDE = 760  # pixels: small print can be read
MOST = 12  # pages of a file
MOST_BYTES = 250_000  # of a file, all its pictures together
GREYS = 4
HIDDEN = 0x99


@dataclass(frozen=True)
class PagePicture:
    """A page as a picture.

    Attributes:
        number: of the page, from 1.
        width, height: in pixels.
        picture: WebP.
        boxes: place → left, top, width and height in percent of the page; of each line and cell that is shown.
    """

    number: int
    width: int
    height: int
    picture: bytes
    boxes: Mapping[str, Edges]


def page_pictures(data: bytes) -> tuple[PagePicture, ...]:
    """The pages of a PDF, drawn within the limits of a child process; at most ``MOST``, and ``MOST_BYTES`` together.

    Raises:
        RefusedError: it cannot be read, or takes too much.
        ReaderError: a bug of ours.
    """
    return run(_page_pictures, data)


def _page_pictures(data: bytes) -> tuple[PagePicture, ...]:
    every = list(pages_of(data))
    boxes = boxes_of(every)
    made: list[PagePicture] = []
    for page in every:
        if is_picture(page) or page.is_recognised or table_pictures(page):
            continue
        own = {place: box for place, box in boxes.items() if place.startswith(f"p. {page.number}, ")}
        drawn = _drawn(data, page, own)
        if len(made) == MOST or sum(len(one.picture) for one in made) + len(drawn.picture) > MOST_BYTES:
            break
        made.append(drawn)
    return tuple(made)


def _drawn(data: bytes, page: Page, boxes: Mapping[str, tuple[Edges, str]]) -> PagePicture:
    from PIL import ImageDraw  # only where pictures are drawn

    scale = WIDE / page.width
    image = draw(data, page.number, scale)
    pen = ImageDraw.Draw(image)
    hidden = set(_private(boxes))
    for place in hidden:
        left, top, right, bottom = (scale * edge for edge in boxes[place][0])
        pen.rectangle((left - 2, top - 2, right + 2, bottom + 2), fill=HIDDEN)
    file = io.BytesIO()
    step = 255 // (GREYS - 1)
    image.point([round(value / step) * step for value in range(256)]).save(
        file, "WEBP", lossless=True, method=4
    )
    return PagePicture(
        number=page.number,
        width=image.width,
        height=image.height,
        picture=file.getvalue(),
        boxes={place: _percent(edges, page) for place, (edges, _) in boxes.items() if place not in hidden},
    )


def _private(boxes: Mapping[str, tuple[Edges, str]]) -> Iterator[str]:
    """Places with contact data, also where it goes on from one line to the next."""
    for place, (_, text) in boxes.items():
        if redact(text) != text:
            yield place
    lines = [(place, text) for place, (_, text) in boxes.items() if ", line " in place]
    for (first, begun), (second, rest) in pairwise(lines):
        if redact(begun + rest) != redact(begun) + redact(rest):
            yield from (first, second)


def _percent(edges: Edges, page: Page) -> Edges:
    left, top, right, bottom = edges
    wide, high = 100 / page.width, 100 / page.height
    return (
        round(left * wide, 2),
        round(top * high, 2),
        round((right - left) * wide, 2),
        round((bottom - top) * high, 2),
    )
