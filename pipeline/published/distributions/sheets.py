"""The rows of a worksheet as XML, and their way into a workbook that has everything else already.

Text is written as inline strings, so nothing in it can become a formula, a link or a number.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from string import ascii_uppercase

from pipeline.knowledge.messages import wrong
from pipeline.safety.escape import is_formula

FIRST_DAY = date(1899, 12, 30)
EPOCH = (1980, 1, 1, 0, 0, 0)
END = b"</sheetData>"
PIECE = 1 << 20  # characters that go to the compressor at once
# What XML cannot hold is written as the format escapes it, and so is text that looks like such an escape.
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class Figure(str):
    """A number as the package writes it; it goes into the sheet digit by digit."""

    __slots__ = ()


class Day(str):
    """A day as 2024-01-31; a spreadsheet keeps it as a number of days, and shows it as a date."""

    __slots__ = ()

    @property
    def serial(self) -> int:
        """Days since the spreadsheets' first one; right from March 1900 on, before which they believe in a leap day."""
        return (date.fromisoformat(self) - FIRST_DAY).days


@lru_cache(maxsize=4096)
def letters(index: int) -> str:
    """The name of a column by its index: 0 is A, 26 is AA.

    Args:
        index: from 0.
    """
    name, left = "", index + 1
    while left:
        left, digit = divmod(left - 1, 26)
        name = ascii_uppercase[digit] + name
    return name


@lru_cache(maxsize=65536)
def _text(text: str) -> str:
    return UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", text).translate(MARKUP)


def sheet_rows(rows: Iterable[list[str]], plain: int, quoted: int, dated: int) -> Iterator[str]:
    """The ``<row>`` elements from line 2 on; an empty text is no cell.

    Args:
        rows: their cells, each a ``Figure``, a ``Day`` or text.
        plain: index of the format of every cell.
        quoted: index of the format of text that begins like a formula.
        dated: index of the format of days.
    """
    for line, row in enumerate(rows, 2):
        cells = []
        for index, value in enumerate(row):
            place = f'<c r="{letters(index)}{line}"'
            if isinstance(value, Figure):
                cells.append(f'{place} s="{plain}"><v>{value}</v></c>')
            elif isinstance(value, Day):
                cells.append(f'{place} s="{dated}"><v>{value.serial}</v></c>')
            elif value:
                cells.append(
                    f'{place} s="{quoted if is_formula(value) else plain}" t="inlineStr">'
                    f'<is><t xml:space="preserve">{_text(value)}</t></is></c>'
                )
        yield f'<row r="{line}">{"".join(cells)}</row>'


def fill(skeleton: io.BytesIO, rows: Mapping[str, Iterable[str]], target: Path) -> None:
    """Copies a workbook and puts rows at the end of its sheets.

    Args:
        skeleton: the workbook; its sheets have their header.
        rows: name of a sheet's file within it -> the elements.
        target: written anew.

    Raises:
        PipelineError: there is no such sheet.
    """
    with zipfile.ZipFile(skeleton) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        if missing := sorted(set(rows) - set(old.namelist())):
            raise wrong("workbook_part", missing=missing)
        for name in old.namelist():
            data = old.read(name)
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = (
                zipfile.ZIP_DEFLATED,
                0o600 << 16,
                3,
            )
            if name not in rows:
                new.writestr(entry, data)
                continue
            before, _, after = data.partition(END)
            with new.open(entry, "w", force_zip64=True) as file:
                file.write(before)
                for piece in _pieces(rows[name]):
                    file.write(piece.encode("utf-8"))
                file.write(END + after)


def _pieces(rows: Iterable[str]) -> Iterator[str]:
    """Rows joined to larger pieces: the compressor is called less often."""
    held: list[str] = []
    size = 0
    for row in rows:
        held.append(row)
        size += len(row)
        if size > PIECE:
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)
