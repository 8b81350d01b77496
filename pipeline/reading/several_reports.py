"""A file that holds a second report: only the first is read, and it is said. Comes in: all lines. Goes out: those of the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.model.findings import Finding, Location
from pipeline.model.form import Form
from pipeline.reading.anatomy import may_be_title
from pipeline.reading.labels import section_heading
from pipeline.reading.lines import Line
from pipeline.reading.table_reader import read_tables
from pipeline.reading.titles import TITLE_LINES, Title, find_titles, is_one_body

FEWEST_SECTIONS = 3  # that both reports have
FEWEST_ROWS = 8  # with figures that both reports have; a table that is printed twice under a title has fewer of the form
MOST_OTHERS = 3  # titles of other years or agencies that are looked at
MOST_LINES = 100  # that may be of a title; a file that has more is no file of two reports


def first_report(lines: Sequence[Line], form: Form) -> tuple[Sequence[Line], tuple[Finding, ...]]:
    """The lines of the first report of a file, and D133 where there is another one.

    Another report stands behind figures of the first, and the sections or the rows of the tables begin anew. It has a
    title of its own, with another year or agency where the first has one too; or none, and then its figures are others.
    The same title again is the head of a page, or the same report once more.

    Args:
        lines: of the whole file; none: none come out.
        form: whose headings and labels are looked for.
    """
    headings = [
        (n, section.key) for n, line in enumerate(lines) if (section := section_heading(line.text, form))
    ]
    titles = list(_titles(lines))
    # The title of a report never stands behind its tables: so that of the file may be the second report's.
    candidates = [title.first for title in titles if title is titles[0] or _is_another(title, titles[0])]
    for number in sorted({*candidates[: MOST_OTHERS + 1], *_first_headings(headings)}):
        if not (first := _figures(lines[:number], form)):
            continue
        second = _figures(lines[number:], form)
        sections = [{key for n, key in headings if (n < number) == is_first} for is_first in (True, False)]
        both = first.keys() & second.keys()
        begins_anew = len(sections[0] & sections[1]) >= FEWEST_SECTIONS or len(both) >= FEWEST_ROWS
        if begins_anew and (number in candidates or any(first[key] != second[key] for key in both)):
            reported = next((t.text for t in titles if t.first == number), lines[number].text.clean)
            at = Location(source=lines[number].place)
            return lines[:number], (finding_kinds()["D133"](at, reported=reported),)
    return lines, ()


def _first_headings(headings: Sequence[tuple[int, str]]) -> Sequence[int]:
    """Where the first heading stands for the first and for the last time: a table of contents lists it too."""
    lines = [number for number, key in headings if key == headings[0][1]]
    return (*lines[:1], *lines[1:][-1:])


def _figures(lines: Sequence[Line], form: Form) -> dict[str, list[str]]:
    """The rows of the form that have figures in these lines, with what is printed in them."""
    rows = read_tables(lines, form).rows
    return {item: row.figures for row in rows if row.has_figures for item in row.items}


def _titles(lines: Sequence[Line]) -> Iterator[Title]:
    """All titles of a file, by the numbers of their lines; only lines around the words of a title are looked at."""
    past = 0
    speaking = (n for n, line in enumerate(lines) if "公开" in line.text.raw or "公開" in line.text.raw)
    for number in islice((n for n in speaking if may_be_title(lines[n])), MOST_LINES):
        if number < past:
            continue
        start = max(past, number - TITLE_LINES)
        texts = [one.text.raw if may_be_title(one) else "" for one in lines[start : number + TITLE_LINES]]
        for title in find_titles(texts):
            if title.first <= number - start < title.end:
                past = start + title.end
                yield replace(title, first=start + title.first, end=past)
                break


def _is_another(title: Title, first: Title) -> bool:
    """Whether a title names another year, or another agency, than that of the report."""
    other_year = title.year is not None and first.year is not None and title.year != first.year
    both = bool(title.agency and first.agency)
    return other_year or (both and not is_one_body(title.agency, first.agency))
