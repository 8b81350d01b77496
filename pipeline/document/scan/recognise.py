"""A file → what is recognised in its pictures, within bounds: every page is read by a child that is killed if need be."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue

from pipeline.document.limits import LIMITS, MIB
from pipeline.document.read import prepared
from pipeline.document.refusal import RefusedError
from pipeline.document.sandbox import Bounds, Child, ReaderError, fresh_child, serve, too_much_memory
from pipeline.document.scan.extra import MODELS, engine_name
from pipeline.model.findings import Finding
from pipeline.model.recognition import Recognition, ScannedPage

Progress = Callable[[int, int], None]
Box = tuple[float, float, float, float]
Answer = list[int] | ScannedPage | list[bytes] | Finding | str

PROGRAM = "from pipeline.document.scan.recognise import serve_pages; serve_pages()"
BOUNDS = Bounds(LIMITS.scan_seconds, LIMITS.scan_memory, growth=2048 * MIB)
# How ONNX Runtime and OpenCV say that they get no more memory, which is no MemoryError of Python's.
NO_MEMORY = re.compile("bad_alloc|bad allocation|failed to allocate|insufficient memory", re.IGNORECASE)


def recognise(
    data: bytes, *, jobs: int = 0, progress: Progress = lambda done, total: None
) -> Recognition | None:
    """What is recognised in the pages of a file that are pictures; None where there are none.

    Args:
        data: a PDF or a picture, or a Word file or saved page with pictures.
        jobs: pages read at once; 0 takes every core.
        progress: called with (done, total) before the first page and after each.

    Raises:
        RefusedError: too many pages, too large, damaged, or a page takes too long; its finding says which.
        ReaderError: a bug of ours.
    """
    with _children(prepared(data)[1]) as ask:
        numbers = ask(0)
        if not isinstance(numbers, list) or not numbers:
            return None
        workers = min(jobs or os.cpu_count() or 1, len(numbers))
        pages: list[ScannedPage] = []
        progress(0, len(numbers))  # the first page takes seconds
        with ThreadPoolExecutor(workers) as executor:
            for page in executor.map(lambda number: ask(number), numbers):
                if isinstance(page, ScannedPage):
                    pages.append(page)
                progress(len(pages), len(numbers))
    return Recognition(hashlib.sha256(data).hexdigest(), engine_name(), tuple(MODELS.values()), tuple(pages))


def clipped(data: bytes, page: ScannedPage, boxes: Sequence[Box], *, framed: bool = True) -> list[bytes]:
    """The PNG of each box of a recognised page, in points; none where there is no box.

    Args:
        data: the file.
        page: as it was recognised.
        boxes: left, top, right, bottom.
        framed: whether a frame shows the box among its neighbours, for somebody who decides; else it is cut out alone.

    Raises:
        RefusedError: the picture is no more what it was, or takes too long.
        ReaderError: a bug of ours.
    """
    with _children(prepared(data)[1]) as ask:
        found = ask(page.number, page, tuple(boxes), framed) if boxes else []
    return [one for one in found if isinstance(one, bytes)] if isinstance(found, list) else []


@contextmanager
def _children(data: bytes) -> Iterator[Callable[..., list[int] | list[bytes] | ScannedPage]]:
    """A way to ask children about pages: 0 gives the numbers of those that are pictures. All end with the block."""
    idle: SimpleQueue[Child] = SimpleQueue()

    def ask(number: int, *more: object) -> list[int] | list[bytes] | ScannedPage:
        child = fresh_child(PROGRAM, BOUNDS) if idle.empty() else idle.get()
        answer: Answer
        try:
            answer, lives = child.ask((data, number, *more))
        except BaseException:
            child.end()
            raise
        idle.put(child) if lives else child.end()
        if isinstance(
            answer, RefusedError | ReaderError
        ):  # what the child says of a task that it could not even begin
            raise answer
        if isinstance(answer, Finding):
            raise RefusedError(answer)
        if isinstance(answer, str):
            raise ReaderError(answer)
        return answer

    try:
        yield ask
    finally:
        while not idle.empty():
            idle.get().end()


# -- the child ------------------------------------------------------------------------------------------------------


def serve_pages() -> None:
    """The whole life of a child."""
    serve(_answer, BOUNDS)


def _answer(
    data: bytes,
    number: int,
    page: ScannedPage | None = None,
    boxes: Sequence[Box] = (),
    framed: bool = True,
) -> Answer:
    # here: the parent needs none of what these load
    from pipeline.document.scan.clipping import clippings, strips
    from pipeline.document.scan.engine import engine
    from pipeline.document.scan.page import read_page
    from pipeline.document.scan.pictures import picture_of, scanned_pages

    try:
        if number == 0:
            return scanned_pages(data)
        if page is not None:
            return (clippings if framed else strips)(picture_of(data, number), page, boxes)
        return read_page(picture_of(data, number), number, engine())
    except RefusedError as error:
        return error.finding
    except MemoryError:
        return too_much_memory(BOUNDS).finding
    except Exception as error:  # noqa: BLE001 - the child has no other way to say what happened
        if NO_MEMORY.search(str(error)):
            return too_much_memory(BOUNDS).finding
        return f"{type(error).__name__}: {error}"
