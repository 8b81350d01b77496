"""Plain text → Document. Three ways of printing a table as text are told apart, by their tabs alone:

- a row a line, cells separated by tabs, padded at either end (text copied out of a PDF);
- a cell a line, indented by tabs, rows separated by empty lines (Word's "plain text" export);
- no tabs at all: then a line is a paragraph, and whether it belongs to a table is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.document.model import Cell, Document, Grid, Layout, Paragraph


def read_text(text: str) -> Document:
    """The lines of a text as blocks; the place of each is ``line N``, counted from 1."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    blocks: list[Paragraph | Grid] = []
    number = 0
    while number < len(lines):
        if "\t" in lines[number].strip("\n") and lines[number].strip(" ") != "":
            end = _end_of_run(lines, number)
            blocks.extend(_grids(lines, number, end))
            number = end
        else:
            if lines[number].strip():
                blocks.append(Paragraph(lines[number].strip(), f"line {number + 1}"))
            number += 1
    return Document("txt", tuple(blocks))


def _end_of_run(lines: list[str], start: int) -> int:
    """The first line after ``start`` that is neither a tab line, nor a wrapped rest of one, nor a gap between two."""
    end = start
    number = start
    while number < len(lines):
        line = lines[number]
        if "\t" in line:
            end = number + 1
        elif line.strip() and not (number == end and _is_cell_line(lines[number - 1])):
            break
        elif line.strip():
            end = number + 1  # a rest of the cell above
        number += 1
    return end


def _is_cell_line(line: str) -> bool:
    return line.startswith("\t") and "\t" not in line.strip("\t") and bool(line.strip())


def _grids(lines: list[str], start: int, end: int) -> Iterator[Paragraph | Grid]:
    run = lines[start:end]
    several = sum(1 for line in run if "\t" in line.strip("\t"))
    single = sum(1 for line in run if _is_cell_line(line))
    if single > 2 * several:
        yield Grid(tuple(_cell_a_line(lines, start, end)), Layout.LIST)
    else:
        rows = tuple(
            tuple(
                Cell(text.strip(), f"line {number + 1}", column)
                for column, text in enumerate(lines[number].split("\t"))
            )
            for number in range(start, end)
            if lines[number].strip(" ")
        )
        yield Grid(rows, Layout.LOOSE)


def _cell_a_line(lines: list[str], start: int, end: int) -> Iterator[tuple[Cell, ...]]:
    """Rows of a table printed one cell a line: a tab line begins a cell, an untabbed line continues it."""
    row: list[Cell] = []
    for number in range(start, end):
        line = lines[number]
        if "\t" in line:
            row.append(Cell(line.strip(), f"line {number + 1}", len(row)))
        elif line.strip() and row:
            row[-1] = Cell(row[-1].text + line.strip(), row[-1].place, row[-1].column)
        elif row:
            yield tuple(row)
            row = []
    if row:
        yield tuple(row)
