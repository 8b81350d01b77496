"""The workbook: cover, dictionary, one sheet a table. For people with Excel, WPS or LibreOffice, in Chinese.

Everything that is no number is written as a string: never as a formula, a link or a date that Excel would guess.
"""

from __future__ import annotations

import datetime
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from pipeline import knowledge
from pipeline.model.text import Text
from pipeline.published import dictionary
from pipeline.published.descriptor import Column, Table
from pipeline.published.dictionary import Pair
from pipeline.published.distributions.sheets import Day, Figure, fill, sheet_rows
from pipeline.published.of_year import of_year, years
from pipeline.published.official import Official
from pipeline.published.reader import Published, Row
from pipeline.safety.escape import is_formula

MOST_ROWS = 1_048_576  # of a sheet, with its header
MOST_CHARACTERS = 32_767  # of a cell
MADE = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)  # not the clock
WIDEST, NARROWEST, LOOKED_AT = 60, 8, 200  # characters; rows that decide a column's width
KINDS: Mapping[str, type[str]] = {"integer": Figure, "number": Figure, "date": Day}
A4, MOST_ACROSS = 9, 260  # characters side by side on a page: smaller than half their size they are not read
HEAD_HEIGHT = 30  # points: Chinese above English


@dataclass(frozen=True)
class Printed:
    """A column of a sheet: one of the table, or the words of its codes. ``look_up`` maps a cell to what is shown.

    Attributes:
        title: its head, Chinese above English.
        kind: ``Figure``, ``Day``, or ``str`` for everything that is written as text.
    """

    title: str
    note: str
    index: int
    kind: type[str] = str
    look_up: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Formats:
    """The formats of the workbook."""

    plain: Any
    quoted: Any
    dated: Any
    head: Any
    title: Any
    wrapped: Any


def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = knowledge.load("workbook.yml")
    return loaded


def write(package: Published, folder: Path) -> list[Path]:
    """Writes the workbook; of a package with more rows than a sheet holds, one for each year.

    Args:
        folder: is there.
    """
    name = package.descriptor.name
    if all(package.size(table) < MOST_ROWS for table in package.tables):
        return [_write(package, folder / f"{name}.xlsx")]
    return [_write(of_year(package, year), folder / f"{name}-{year}.xlsx") for year in years(package)]


def _write(package: Published, target: Path) -> Path:
    """Writes one workbook. A table that is longer than a sheet is cut, and the cover and the sheet say so.

    XlsxWriter makes everything but the rows of the tables, which ``sheets`` puts in: a cell at a time, in its mode of
    constant memory, they take five times as long (measured with 60,000 rows of 11 cells: 4.8 s and 1.0 s).
    """
    counts = {name: sum(1 for _ in package.rows(name)) for name in package.tables}
    skeleton = io.BytesIO()
    book = xlsxwriter.Workbook(skeleton, {"in_memory": True})
    book.set_properties({"title": package.descriptor.raw["title"], "created": MADE})
    base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
    formats = Formats(
        plain=book.add_format(base),
        quoted=book.add_format({**base, "quote_prefix": True}),
        dated=book.add_format({**base, "num_format": "yyyy-mm-dd", "align": "left"}),
        head=book.add_format({**base, "bold": True, "bg_color": "#E8EEF4", "bottom": 1, "text_wrap": True}),
        title=book.add_format({**base, "bold": True, "font_size": 14}),
        wrapped=book.add_format({**base, "text_wrap": True}),
    )
    _cover(book, package, counts, formats)
    _dictionary(book, package, formats)
    shown, official, tables = _Shown(package), Official(package), list(package.tables.values())
    columns = [list(printed(table, shown)) for table in tables]
    for table, own in zip(tables, columns, strict=True):
        _sheet(book, package, table, own, counts[table.name], formats)
    book.close()
    styles = [_index(style) for style in (formats.plain, formats.quoted, formats.dated)]
    rows = {
        f"xl/worksheets/sheet{number}.xml": sheet_rows(
            _cells(official.rows(table), own, counts[table.name]), *styles
        )
        for number, (table, own) in enumerate(zip(tables, columns, strict=True), 3)
    }
    fill(skeleton, rows, target)
    return target


def _index(style: Any) -> int:
    """The number of a format in the file; only formats that some cell has get one."""
    if style.xf_index is None:
        raise ValueError("no cell of the cover has this format")
    index: int = style.xf_index
    return index


def _last(total: int) -> int:
    """Rows of a table that its sheet holds; the last line of a cut sheet says that it is cut."""
    return total if total < MOST_ROWS else MOST_ROWS - 2


def _cells(rows: Iterator[Row], columns: list[Printed], total: int) -> Iterator[list[str]]:
    """What stands in each row of a sheet, each as its kind; an empty text is an empty cell."""
    last = _last(total)
    for line, row in enumerate(rows, 1):
        if line > last:
            yield [_cut(total)]
            return
        cells = [_cell(column, row) for column in columns]
        yield [
            column.kind(text) if text else ""
            for column, text in zip(columns, map(_short, cells), strict=True)
        ]


def _short(text: str) -> str:
    """Text as long as a cell may be."""
    if len(text) <= MOST_CHARACTERS:
        return text
    more: str = _words()["cut_text"][0]
    return text[: MOST_CHARACTERS - len(more)] + more


def _string(sheet: Any, row: int, column: int, text: str, formats: Formats, style: Any = None) -> None:
    style = style or (formats.quoted if is_formula(text) else formats.plain)
    sheet.write_string(row, column, _short(text), style)


def _cover(book: Any, package: Published, counts: Mapping[str, int], formats: Formats) -> None:
    words, about = _words(), package.descriptor.raw
    sheet = book.add_worksheet(words["cover"][0])
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 60)
    sheet.set_column(2, 2, 12)
    sheet.hide_gridlines(2)
    licence = about["licenses"][0]
    lines: list[tuple[str, ...]] = [(about["title"],), (about.get("title_en", ""),), ()]
    lines += [(" ".join(words["version"]), about["version"])]
    lines += [(" ".join(words["as_of"]), about["created"][:10])] if about.get("created") else []
    lines += [("许可 Licence", f"{licence['title']} {licence['path']}")]
    lines += [(f"{zh}\n{en}",) for zh, en in (tuple(package.descriptor.rights),) if zh]
    lines += [()]
    lines += [(f"{zh}\n{en}",) for zh, en in (*dictionary.lead()[1:2], *words["how"])]
    adding = [dictionary.adding_title(), *dictionary.adding()]
    lines += [(f"{zh}\n{en}",) for zh, en in adding]
    lines += [(), tuple(" ".join(words[key]) for key in ("sheet", "holds", "rows"))]
    header = len(lines) - 1
    for table in package.tables.values():
        about_table = f"{table.title.zh}：{table.about.zh}"
        if _last(counts[table.name]) < counts[table.name]:
            about_table += "\n" + _cut(counts[table.name])
        lines.append((table.name, about_table, str(counts[table.name])))
    _on_paper(sheet)
    sheet.write_blank(0, 2, None, formats.dated)  # a format that no cell has is left out of the file
    for row, line in enumerate(lines):
        if len(line) == 1 and row > 2:
            sheet.set_row(row, 62)
            sheet.merge_range(row, 0, row, 2, "", formats.wrapped)
        for column, text in enumerate(line):
            if row > header and column == 2:
                sheet.write_number(row, column, int(text), formats.plain)
                continue
            style = formats.title if row == 0 else formats.head if row == header else formats.wrapped
            if text == about["version"]:
                style = formats.quoted  # "1.0" is no number
            _string(sheet, row, column, text, formats, style)


def _cut(total: int) -> str:
    zh: str = _words()["cut_rows"][0]
    return zh.format(shown=MOST_ROWS - 2, total=total)


def _dictionary(book: Any, package: Published, formats: Formats) -> None:
    sheet = book.add_worksheet(_words()["dictionary"][0])
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 7, 34)
    _on_paper(sheet)
    rows = {name: list(package.records(name)) for name in dictionary.CODE_LISTS if name in package.tables}
    line = 0
    for chapter in dictionary.chapters(package.descriptor.raw, rows):
        _string(sheet, line, 0, " · ".join(chapter.title), formats, formats.title)
        for column, pair in enumerate(chapter.head):
            _string(sheet, line + 1, column, " ".join(pair), formats, formats.head)
        line += 2
        for cells in chapter.rows:
            for column, cell in enumerate(cells):
                _string(
                    sheet,
                    line,
                    column,
                    cell if isinstance(cell, str) else _both(cell),
                    formats,
                    formats.wrapped,
                )
            line += 1
        line += 1


def _both(pair: Pair | Text) -> str:
    zh, en = pair
    return zh if zh == en or not en else f"{zh}\n{en}"


class _Shown:
    """What is shown beside ids: the names of agencies and the years of reports, read once."""

    def __init__(self, package: Published) -> None:
        agencies = {row["agency_id"]: row["name_zh"] for row in package.records("agencies")}
        reports = list(package.records("reports"))
        self.agency_of = {row["report_id"]: agencies[row["agency_id"]] for row in reports}
        self.year_of = {row["report_id"]: row["year"] for row in reports}
        self.agencies = agencies


def printed(table: Table, shown: _Shown) -> Iterator[Printed]:
    """The columns of a sheet: those of the table, each followed by what its ids and codes mean.

    Args:
        table: of the package.
        shown: the names that ids stand for.
    """
    words, taken = _words(), {_both(column.title) for column in table.columns}

    def title(pair: Pair) -> str:
        wanted = _both(pair)
        while wanted in taken:
            wanted += "＊"
        taken.add(wanted)
        return wanted

    for index, column in enumerate(table.columns):
        yield Printed(_both(column.title), _note(column), index, KINDS.get(column.type, str))
        target = table.foreign.get(column.name)
        if target == ("reports", "report_id"):
            yield Printed(title(words["agency"]), "", index, look_up=shown.agency_of)
            yield Printed(title(words["year"]), "", index, Figure, shown.year_of)
        elif target == ("agencies", "agency_id"):
            yield Printed(title(words["agency"]), "", index, look_up=shown.agencies)
        elif column.labels:
            spelt = [
                words["label"][at].format(column.title[language]) for at, language in enumerate(("zh", "en"))
            ]
            labels = {code: label for code, (label, _) in column.labels.items()}
            yield Printed(title((spelt[0], spelt[1])), "", index, look_up=labels)


def _note(column: Column) -> str:
    unit = f"\n单位：{column.unit.zh}" if column.unit.zh else ""
    return f"{column.name}\n{column.about.zh}{unit}\n{column.title['en']}: {column.about['en']}"


def _sheet(
    book: Any, package: Published, table: Table, columns: list[Printed], total: int, formats: Formats
) -> None:
    """A sheet with its header; ``sheets.fill`` puts the rows below it."""
    sheet = book.add_worksheet(table.name)
    widths = _widths(package, table, columns)
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    _on_paper(sheet, sum(widths))
    sheet.set_row(0, HEAD_HEIGHT)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(_last(total), 1), len(columns) - 1)
    for index, column in enumerate(columns):
        sheet.write_string(0, index, column.title, formats.head)
        if column.note:
            sheet.write_comment(0, index, column.note, {"x_scale": 2.5, "y_scale": 1.6, "author": ""})


def _on_paper(sheet: Any, width: int = 0) -> None:
    """Printed on A4 across, as few pages side by side as can be read, and counted.

    Args:
        width: of all columns, in characters; 0 for what is made to fit one page.
    """
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(max(1, round(width / MOST_ACROSS)), 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&A&R&P / &N")


def _widths(package: Published, table: Table, columns: list[Printed]) -> list[int]:
    widths = [max(map(_width, column.title.split("\n"))) + 3 for column in columns]
    for _, row in zip(range(LOOKED_AT), package.rows(table.name), strict=False):
        for index, column in enumerate(columns):
            text = _cell(column, row)
            widths[index] = max(widths[index], _width(text[:WIDEST].split("\n")[0]))
    return [max(NARROWEST, min(WIDEST, width)) + 1 for width in widths]


def _cell(column: Printed, row: Row) -> str:
    text = row[column.index]
    return text if column.look_up is None else column.look_up.get(text, "")


def _width(text: str) -> int:
    """Columns on the screen: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
