"""The figures of a report that were recognised in a picture, each beside its clipping, on our own host.

Comes in: a report of the package, and the clippings that ``filing.clippings`` made where ``reports/`` and the extra ``scan``
are; without them there is no such page. Goes out: a page, and beside it one picture a table with a view for each figure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.model.form import Part
from pipeline.pages.addresses import Page, is_first, report_path, source_path
from pipeline.pages.context import Context
from pipeline.pages.words import Words, figure
from pipeline.published.records import Package, Report

ENLARGED = 1.5  # pixels of the page for a point


@dataclass(frozen=True)
class Shown:
    """A figure and its clipping: the id of its view, width and height in pixels."""

    text: str
    view: str
    width: int
    height: int


@dataclass(frozen=True)
class Row:
    """A row of the form with what of it was recognised; None for a cell that was not."""

    label: str
    cells: tuple[Shown | None, ...]


@dataclass(frozen=True)
class Block:
    """A table, or a part of it that has columns of its own."""

    table: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def picture_page(context: Context, report: Report) -> Page | None:
    """The page; None where the report has no clippings."""
    home, words = has_clippings(report, context.clippings), context.words
    if home is None:
        return None
    name, year = words.label(report.agency.name), str(report.year)
    title = words("picture_page.title", agency=name, year=year)
    sizes = json.loads((home / "sizes.json").read_text(encoding="utf-8"))
    return Page(
        path=source_path(report),
        template="pictures",
        title=title,
        heading=title,
        description=title,
        values={
            "crumbs": [
                (words("nav.home"), ""),
                (words("nav.agencies"), "agencies/"),
                (name, f"agencies/{report.agency.key}/"),
                (year, report_path(report)),
            ],
            "report": report,
            "blocks": list(_blocks(context.package, report, words, sizes)),
        },
        files=_files(home) if is_first(words.language) else {},
        toc=False,
    )


def has_clippings(report: Report, clippings: Path | None) -> Path | None:
    """The folder with the clippings of a report; None where there are none."""
    home = clippings / report.key if clippings else None
    return home if home and (home / "sizes.json").is_file() else None


def _files(home: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(home.glob("*.svg"))}


def _blocks(package: Package, report: Report, words: Words, sizes: dict[str, list[float]]) -> Iterator[Block]:
    for table in report.form.tables:
        for part in table.parts:
            rows = tuple(_rows(package, report, words, table.key, part, sizes))
            columns = tuple(words.label(part.heads[column]) for column in part.keys)
            if rows:
                yield Block(table.key, words.label(table.title), columns, rows)


def _rows(
    package: Package,
    report: Report,
    words: Words,
    table: str,
    part: Part,
    sizes: dict[str, list[float]],
) -> Iterator[Row]:
    for row in part.data_rows:
        cells = tuple(_shown(report, (table, row.key, column), sizes) for column in part.keys)
        if any(cells):
            yield Row(words.label(package.items[row.key].label), cells)


def _shown(report: Report, cell: tuple[str, str, str], sizes: dict[str, list[float]]) -> Shown | None:
    value, size = report.value(*cell), sizes.get("/".join(cell))
    if value is None or size is None:
        return None
    wide, high = (round(side * ENLARGED) for side in size)
    return Shown(figure(value), f"{cell[0]}.svg#{cell[1]}-{cell[2]}", wide, high)
