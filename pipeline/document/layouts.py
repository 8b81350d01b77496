"""Lines of text → paragraphs and grids. The ways in which a table is printed as text are told apart by tabs, pipes and
blanks alone; no label is known here:

- tabs, a row a line: cells separated by tabs, padded at either end (text copied out of a PDF);
- tabs, a cell a line, rows separated by empty lines (Word's "plain text" export);
- pipes, a row a line (Markdown and what converters make of web pages), or a cell a line with its pipe after it;
- blanks, a row a line: ``label 0 0 0``;
- neither: then a line is a paragraph, and whether it belongs to a table is not known here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeline.document.limits import LIMITS
from pipeline.document.refusal import refusal
from pipeline.knowledge.numerals import is_figure_like
from pipeline.model.document import Cell, Grid, Layout, Paragraph

PROSE = 60  # longer texts with a full stop are running text
GIANT_ROW = 40  # a "row" with more filled cells is a whole page on one line
LONG_LINE = 1000  # a longer line with several numbered headings is a report without line breaks
PIPE = re.compile(r"[|｜│┃]")
RULE = re.compile(r":?-{2,}:?|:-:?|-:|={2,}|[+\-=]{3,}")  # cells of the line below a Markdown header
HEADING = re.compile(r"^[一二三四五六七八九]\s?、")
SENTENCE_END = re.compile(r"[。；！？]")
GAP = re.compile(r"[ \u00a0\u3000]+")
# Where both sides of a break look like this, the break may have parted two numbers or words: a blank stays.
_KEPT_APART = re.compile(r"[0-9０-９A-Za-z.,．，/\\\-－—–−+＋�]")


class SourceLine(NamedTuple):
    """A line of text and its place, e.g. ``line 30``."""

    text: str
    place: str


def join_cell(lines: Iterable[str]) -> str:
    """Joins the lines of one cell; where a number may be broken, the line feed stays, so that it can be asked about.

    >>> join_cell(["18", "3"])
    '18\\n3'
    """
    return "\n".join(_between_digits(list(lines)))


def _between_digits(lines: list[str]) -> Iterator[str]:
    """The lines with those joined between which no number can be broken."""
    start = 0
    for end in range(1, len(lines) + 1):
        if end == len(lines) or (lines[end - 1].strip().isdigit() and lines[end].strip().isdigit()):
            yield join_lines(lines[start:end])
            start = end


def join_lines(lines: Iterable[str]) -> str:
    """Joins the lines of one cell or paragraph, without a blank between Chinese characters.

    >>> join_lines(["商业", "企业"]), join_lines(["1", "2"])
    ('商业企业', '1 2')
    """
    text = ""
    for line in lines:
        piece = line.strip()
        if not piece:
            continue
        text += f" {piece}" if are_apart(text, piece) else piece
    return text


def are_apart(before: str, after: str) -> bool:
    """Whether a break between two texts may part two numbers or words."""
    return bool(before and after and _KEPT_APART.match(before[-1]) and _KEPT_APART.match(after[0]))


def blocks_of(lines: Sequence[SourceLine]) -> list[Paragraph | Grid]:
    """The lines as blocks, in their order.

    Raises:
        RefusedError: more cells than are read (D104).
    """
    if sum(line.text.count("\t") + line.text.count("|") for line in lines) > LIMITS.cells:
        raise refusal("D104", "too_many_cells", limit=LIMITS.cells)
    blocks: list[Paragraph | Grid] = []
    pipes = _Pipes([number for number, line in enumerate(lines) if _is_piped(line.text)], lines)
    number = 0
    while number < len(lines):
        line = lines[number]
        if _is_piped(line.text):
            end = pipes.end_of_run(number)
            blocks.extend(pipes.blocks(number, end))
            number = end
        elif "\t" in line.text and line.text.strip(" ") != "":
            end = _end_of_tabs(lines, number)
            blocks.extend(_tab_grids(lines[number:end]))
            number = end
        else:
            if row := _by_blanks(line):
                blocks.append(Grid((row,), Layout.LOOSE))
            elif line.text.strip():
                blocks.append(Paragraph(line.text.strip(), line.place))
            number += 1
    return blocks


def _is_piped(text: str) -> bool:
    """Whether pipes part the cells of a line; where as many tabs stand in it, a pipe is a letter of a label."""
    return len(PIPE.findall(text)) > text.strip().count("\t")


# -- tabs -------------------------------------------------------------------------------------------------------


def _end_of_tabs(lines: Sequence[SourceLine], start: int) -> int:
    """The first line after ``start`` that is neither a tab line, nor a wrapped rest of one, nor a gap between two."""
    end = start
    number = start
    while number < len(lines):
        line = lines[number].text
        if _is_piped(line):
            break
        if "\t" in line:
            end = number + 1
        elif line.strip() and not (number == end and _is_cell_line(lines[number - 1].text)):
            break
        elif line.strip():
            end = number + 1  # a rest of the cell above
        number += 1
    return end


def _is_cell_line(line: str) -> bool:
    return line.startswith("\t") and "\t" not in line.strip("\t") and bool(line.strip())


def _tab_grids(run: Sequence[SourceLine]) -> Iterator[Grid]:
    several = sum(1 for line in run if "\t" in line.text.strip("\t"))
    single = sum(1 for line in run if _is_cell_line(line.text))
    if single > 2 * several:
        yield Grid(tuple(_cell_a_line(run)), Layout.LIST)
        return
    rows = tuple(
        tuple(Cell(text.strip(), line.place, column) for column, text in enumerate(line.text.split("\t")))
        for line in run
        if line.text.strip(" ")
    )
    yield Grid(rows, Layout.LOOSE)


def _cell_a_line(run: Sequence[SourceLine]) -> Iterator[tuple[Cell, ...]]:
    """Rows of a table printed one cell a line: a tab line begins a cell, an untabbed line continues it."""
    row: list[Cell] = []
    for line in run:
        if "\t" in line.text:
            row.append(Cell(line.text.strip(), line.place, len(row)))
        elif line.text.strip() and row:
            row[-1] = Cell(join_lines((row[-1].text, line.text)), row[-1].place, row[-1].column)
        elif row:
            yield tuple(row)
            row = []
    if row:
        yield tuple(row)


# -- pipes ------------------------------------------------------------------------------------------------------


class _Pipes:
    """The pipe lines of a text: which of them are tables, and which are a page's layout."""

    def __init__(self, numbers: list[int], lines: Sequence[SourceLine]) -> None:
        self.lines = lines
        cells = {number: _pipe_cells(lines[number].text) for number in numbers}
        with_figures = [
            n for n, texts in cells.items() if any(text and is_figure_like(text) for text in texts)
        ]
        self.cells = cells
        # Before the first and after the last figure a lone cell is a title, a breadcrumb, a signature.
        self.first = with_figures[0] if with_figures else len(lines)
        self.last = with_figures[-1] if with_figures else -1

    def end_of_run(self, start: int) -> int:
        """The end of the unbroken pipe lines from ``start``; a short line whose pipe stands alone below is one of them."""
        number = start
        while number < len(self.lines) and (number in self.cells or self._pipe_is_below(number)):
            number += 1
        return number

    def _pipe_is_below(self, number: int) -> bool:
        text = self.lines[number].text.strip()
        below = self.cells.get(number + 1)
        return (
            bool(text)
            and "\t" not in text
            and not _is_prose(text)
            and not HEADING.match(text)
            and below is not None
            and not any(below)
        )

    def blocks(self, start: int, end: int) -> Iterator[Paragraph | Grid]:
        """The blocks of one run."""
        rows: list[tuple[Cell, ...]] = []
        ruled = 0  # cells of the line below a Markdown header
        for number in range(start, end):
            line = self.lines[number]
            texts = self.cells.get(number, [line.text.strip()])
            filled = [text for text in texts if text]
            if not filled:
                continue  # only pipes: it carries no value
            if all(RULE.fullmatch(text) for text in filled) and not any(map(is_figure_like, filled)):
                ruled = len(texts)
                continue
            if len(filled) == 1 and self._is_paragraph(filled[0], number):
                yield from _grid(rows, ruled)
                rows, ruled = [], 0
                yield Paragraph(filled[0], line.place)
            elif len(filled) > GIANT_ROW:
                yield from _grid(rows, ruled)
                rows, ruled = [], 0
                yield from _page_on_a_line(texts, line.place)
            else:
                rows.append(tuple(Cell(text, line.place, column) for column, text in enumerate(texts)))
        yield from _grid(rows, ruled)

    def _is_paragraph(self, text: str, number: int) -> bool:
        if is_figure_like(text):
            return False
        return not self.first <= number <= self.last or _is_prose(text) or bool(HEADING.match(text))


def _pipe_cells(text: str) -> list[str]:
    """The cells between the pipes of a line; what stands outside a pipe at either end is no cell if it is empty."""
    cells = [cell.strip() for cell in PIPE.split(text.strip())]
    if len(cells) > 1 and not cells[0]:
        cells = cells[1:]
    if len(cells) > 1 and not cells[-1]:
        cells = cells[:-1]
    return cells


def _is_prose(text: str) -> bool:
    return len(text) > PROSE and bool(SENTENCE_END.search(text))


def _grid(rows: list[tuple[Cell, ...]], ruled: int) -> Iterator[Grid]:
    """The rows as grids, those apart that prove no columns: a figure row that ends in blanks may have had them moved."""
    first = _first_figure_column(rows) if rows and len(rows[0]) == ruled else None
    open_rows: list[tuple[Cell, ...]] = []
    layout = Layout.LOOSE
    for row in rows:
        kept_in_place = first is not None and (bool(row[-1].text) or not _has_figures(row))
        if open_rows and kept_in_place != (layout is Layout.GRID):
            yield Grid(tuple(open_rows), layout)
            open_rows = []
        layout = Layout.GRID if kept_in_place else Layout.LOOSE
        open_rows.append(_without_merged(row, first or 0) if kept_in_place else row)
    if open_rows:
        yield Grid(tuple(open_rows), layout)


def _without_merged(row: tuple[Cell, ...], first: int) -> tuple[Cell, ...]:
    """A row without the blanks in its label columns, which belong to a merged label; without a label there are none."""
    if not any(cell.text for cell in row[:first]):
        return row
    return tuple(cell for cell in row if cell.text or cell.column >= first)


def _has_figures(row: tuple[Cell, ...]) -> bool:
    return any(cell.text and is_figure_like(cell.text) for cell in row)


def _first_figure_column(rows: list[tuple[Cell, ...]]) -> int | None:
    """The column in which the figures begin, if all rows agree on it; else None.

    They agree if all have as many cells, no figure stands before that column and no text among the figures.
    """
    if len({len(row) for row in rows}) != 1 or len(rows[0]) < 2:
        return None
    figures = [[bool(cell.text) and is_figure_like(cell.text) for cell in row] for row in rows]
    starts = Counter(row.index(True) for row in figures if any(row))
    if not starts:
        return None
    first = starts.most_common(1)[0][0]
    for row, is_figure in zip(rows, figures, strict=True):
        if not any(is_figure):
            continue
        behind = zip(row[first:], is_figure[first:], strict=True)
        if any(is_figure[:first]) or any(cell.text and not known for cell, known in behind):
            return None
    return first


def _page_on_a_line(texts: list[str], place: str) -> Iterator[Paragraph | Grid]:
    """A whole page in one line of pipes: running text and headings apart, the cells between them as rows."""
    row: list[Cell] = []
    filled = [text for text in texts if text]
    for text, after in zip(filled, [*filled[1:], ""], strict=True):
        is_label = is_figure_like(after) and any(char.isdigit() for char in after)  # 一、本年新收 | 8
        is_heading = HEADING.match(text) and not is_label
        if not is_figure_like(text) and (is_heading or SENTENCE_END.search(text) or not row):
            if row:
                yield Grid((tuple(row),), Layout.LOOSE)
                row = []
            yield Paragraph(text, place)
        else:
            row.append(Cell(text, place, len(row)))
    if row:
        yield Grid((tuple(row),), Layout.LOOSE)


# -- blanks -----------------------------------------------------------------------------------------------------


def _by_blanks(line: SourceLine) -> tuple[Cell, ...] | None:
    """The cells of ``label 0 0 0``, or of a row of figures alone; None for any other line."""
    text = line.text.strip()
    if len(text) > 3 * PROSE or not text[-1:].strip() or SENTENCE_END.search(text):
        return None
    pieces = GAP.split(text)
    count = 0
    while count < len(pieces) and is_figure_like(pieces[-1 - count]):
        count += 1
    wide = bool(re.search(r"(?:[ \u00a0]{2,}|\u3000)\S+$", text))
    if count == 0 or (count == 1 and not (wide and len(pieces) > 1)):
        return None
    label = " ".join(pieces[: len(pieces) - count])
    cells = [label] if label else []
    if label and (label[-1] in ":：，," or re.search(r"\d$", label)):
        return None
    return tuple(
        Cell(piece, line.place, column)
        for column, piece in enumerate([*cells, *pieces[len(pieces) - count :]])
    )


# -- a report without line breaks -------------------------------------------------------------------------------


def broken_up(line: SourceLine) -> Iterator[SourceLine]:
    """A line as it is; or, for a whole report on one line, its pieces, cut where headings and cells can begin."""
    text = line.text
    if (
        len(text) <= LONG_LINE
        or len(re.findall(r"[一二三四五六]\s?、", text)) < 3
        or PIPE.search(text)
        or "\t" in text
    ):
        yield line
        return
    start = begun = 0
    open_text = ""
    cuts = [match.start() for match in re.finditer(r"\s+|(?<=[。；！？])(?=[一二三四五六]、)", text)]
    for end in [*cuts, len(text)]:
        piece = text[start:end].strip()
        if piece and open_text and _is_one_sentence(open_text, piece):
            open_text = f"{open_text} {piece}"
        elif piece:
            if open_text:
                yield SourceLine(open_text, f"{line.place}, character {begun + 1}")
            open_text, begun = piece, start + text[start:end].index(piece)
        start = end
    if open_text:
        yield SourceLine(open_text, f"{line.place}, character {begun + 1}")


def _is_one_sentence(before: str, after: str) -> bool:
    """Whether a blank between two pieces stands inside running text, rather than between headings or cells."""
    if HEADING.match(after) or (HEADING.match(before) and not SENTENCE_END.search(before)):
        return False
    if is_figure_like(before):
        return bool(re.match(r"[年月日]", after))
    return bool(SENTENCE_END.search(before) or len(before) > PROSE or SENTENCE_END.search(after))
