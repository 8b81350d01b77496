"""Filed pictures → a picture of the figures of each table that were recognised, in which every figure has its own view.

Goes out: ``<folder>/<report id>/<table>.svg``, where ``<table>.svg#<row>-<column>`` is the clipping of one figure, and
``sizes.json`` with their widths and heights. Kept until picture, recognition or figures change. Needs the extra ``scan``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.archive.recognitions import recognition_beside
from pipeline.document.sandbox import ReaderError
from pipeline.document.scan.extra import is_installed
from pipeline.document.scan.recognise import clipped
from pipeline.filing.pictures import BOX
from pipeline.model.figure import CellKey, Status
from pipeline.model.findings import RefusedError
from pipeline.model.outcome import CheckedReport, ReadReport
from pipeline.model.recognition import Recognition

SIZES, KEY = "sizes.json", "key"
AROUND = 3.0  # points around a figure's cell
VERSION = "1"  # of what is written

One = CheckedReport | ReadReport
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Part:
    """The figures of one table that stand on one page, with the page's piece that holds them."""

    page: int
    box: Box
    cells: Mapping[CellKey, Box]


def write_clippings(filed: Iterable[One], folder: Path) -> int:
    """Makes what is missing or has changed; takes away what no report has any more.

    Args:
        filed: the reports; without the extra, or without recognised figures, nothing is written.
        folder: made where there is something to write.

    Returns:
        how many reports have recognised figures and no clippings, because the extra is not installed.
    """
    recognised = {one.source.report_id: one for one in filed if any(_parts(one))}
    wanted = recognised if is_installed() else {}
    for old in folder.iterdir() if folder.is_dir() else ():
        if old.name not in wanted:
            shutil.rmtree(old)
    for name, one in wanted.items():
        known = recognition_beside(one.source.path)
        if known is not None:
            _write(one, known, folder / name)
    return len(recognised) - len(wanted)


def _write(one: One, known: Recognition, home: Path) -> None:
    parts = list(_parts(one))
    key = hashlib.sha256(f"{VERSION} {one.sha256} {known.pages} {parts}".encode()).hexdigest()
    if (home / KEY).is_file() and (home / KEY).read_text(encoding="ascii") == key:
        return
    shutil.rmtree(home, ignore_errors=True)
    try:
        drawn = dict(_drawn(one.source.load(), known, parts))
    except (RefusedError, ReaderError):
        return  # the picture is no more what it was: its figures stay without
    home.mkdir(parents=True)
    for table, svg in drawn.items():
        (home / f"{table}.svg").write_text(svg, encoding="utf-8", newline="\n")
    sizes = {str(cell): _size(box) for part in parts for cell, box in part.cells.items()}
    (home / SIZES).write_text(json.dumps(sizes), encoding="utf-8")
    (home / KEY).write_text(key, encoding="ascii")  # last: what was broken off is made again


def _parts(one: One) -> Iterator[_Part]:
    """Table by table, page by page."""
    found: dict[tuple[str, int], dict[CellKey, Box]] = {}
    for cell, figure in one.report.figures.items():
        if figure.status is Status.RECOGNISED and (place := BOX.match(figure.place)):
            left, top, right, bottom = map(float, place[2].split())
            found.setdefault((cell.table, int(place[1])), {})[cell] = (left, top, right, bottom)
    for (_, page), cells in found.items():
        lefts, tops, rights, bottoms = zip(*cells.values(), strict=True)
        around = (min(lefts) - AROUND, min(tops) - AROUND, max(rights) + AROUND, max(bottoms) + AROUND)
        yield _Part(page, around, cells)


def _drawn(data: bytes, known: Recognition, parts: Iterable[_Part]) -> Iterator[tuple[str, str]]:
    """Table → its SVG: the pieces of pages below each other, and a view for each figure."""
    tables: dict[str, list[_Part]] = {}
    for part in parts:
        tables.setdefault(next(iter(part.cells)).table, []).append(part)
    pages = {page.number: page for page in known.pages}
    for table, of_table in tables.items():
        shown, down = [], 0.0
        for part in of_table:
            (png,) = clipped(data, pages[part.page], [part.box], framed=False)
            shown.append(_image(png, part.box, down))
            shown += [_view(cell, box, part.box, down) for cell, box in part.cells.items()]
            down += part.box[3] - part.box[1]
        wide = max(part.box[2] - part.box[0] for part in of_table)
        yield (
            table,
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {down:g}">{"".join(shown)}</svg>\n',
        )


def _image(png: bytes, box: Box, down: float) -> str:
    wide, high = box[2] - box[0], box[3] - box[1]
    data = base64.b64encode(png).decode("ascii")
    return (
        f'<image y="{down:g}" width="{wide:g}" height="{high:g}" preserveAspectRatio="none"'
        f' href="data:image/png;base64,{data}"/>'
    )


def _view(cell: CellKey, box: Box, piece: Box, down: float) -> str:
    left, top = box[0] - AROUND - piece[0], box[1] - AROUND - piece[1] + down
    wide, high = _size(box)
    return f'<view id="{cell.row}-{cell.column}" viewBox="{left:g} {top:g} {wide:g} {high:g}"/>'


def _size(box: Box) -> tuple[float, float]:
    return box[2] - box[0] + 2 * AROUND, box[3] - box[1] + 2 * AROUND
