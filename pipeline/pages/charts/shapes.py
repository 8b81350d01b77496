"""A chart as data, before it is drawn: what each bar says, how much, and in what colour.

Three shapes are enough: bars lying below each other for kinds, columns standing side by side for years, strips of one
length for shares. The same data
make the SVG (``svg.py``), the Plotly figure (``plotly.py``), the table and the CSV, so they cannot differ.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pipeline.safety.escape import inert

# The colours by day; site_src/assets/site.css has each as a variable for day and for night. Every pair of neighbours
# differs in lightness as well, none says anything that is not also written, and each has 3:1 against the page.
COLOURS = {
    "granted": "#1b6ca8",
    "partially_granted": "#4392c6",
    "denied": "#b83a0b",
    "unavailable": "#a86a12",
    "not_processed": "#8f4a83",
    "other_handling": "#5f6b7a",
    "carried_out": "#7d8896",
    "plain": "#2f6f73",
}
LONGEST, SHORTER = 72, 52
ROW, LINE, WIDEST = 26, 15, 150  # pixels: of a bar, of a line of its label, of the column of labels
_WIDE = re.compile(r"[^\u0000-\u2e80]")
SHORT_TEXT = 9  # letters that fit beside the longest bar on a phone


def kind_of(key: str) -> str:
    """The colour of an item: its own where it has one."""
    return key if key in COLOURS else "plain"


def width(text: str) -> int:
    """About how wide a text is in pixels, at the size of a chart's letters."""
    return 7 * len(text) + 6 * len(_WIDE.findall(text))


@lru_cache(maxsize=4096)
def wrapped(text: str) -> tuple[str, ...]:
    """A text in lines of at most ``WIDEST`` pixels: broken between words, and anywhere in Chinese. The same few labels stand in all charts."""
    lines = [""]
    for piece in re.findall(r"[\u2e80-\uffef]|[^\u2e80-\uffef\s]+\s?|\s", text):
        if lines[-1] and width(lines[-1] + piece.rstrip()) > WIDEST:
            lines.append("")
        lines[-1] += piece
    return tuple(line.strip() for line in lines)


@dataclass(frozen=True)
class Bar:
    """One bar: its label, value, colour, the text at its end and an explanation to read on it."""

    label: str
    value: Decimal
    kind: str
    text: str
    hint: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Its label in lines that fit beside the bars."""
        return wrapped(self.label)

    @property
    def band(self) -> int:
        """Height of its row in pixels."""
        return max(ROW, LINE * len(self.lines) + 8)


@dataclass(frozen=True)
class Bars:
    """Bars below each other in one column, their labels in another beside it; a long label has several lines.

    ``groups`` are colours and their words, where the colour says something that the labels do not.
    """

    unit: str
    bars: tuple[Bar, ...]
    groups: tuple[tuple[str, str], ...] = ()

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """Colour and words, to stand above the chart."""
        return self.groups if len(self.groups) > 1 else ()

    @property
    def worth_drawing(self) -> bool:
        """Whether there is something to compare; one bar alone says no more than its number."""
        return sum(1 for bar in self.bars if bar.value) > 1

    @property
    def longest(self) -> int:
        """Length of the longest bar, in percent of the width: the rest is for the text at its end."""
        return LONGEST if all(len(bar.text) <= SHORT_TEXT for bar in self.bars) else SHORTER

    @property
    def most(self) -> Decimal:
        """The value of the longest bar; 1 where there is none."""
        return max((bar.value for bar in self.bars), default=Decimal(0)) or Decimal(1)

    @property
    def beside(self) -> int:
        """Width of the column of labels in pixels."""
        return max((width(line) for bar in self.bars for line in bar.lines), default=0) + 14


@dataclass(frozen=True)
class Series:
    """One colour of the columns; None where a year has no figure."""

    label: str
    kind: str
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class Columns:
    """A column a year, its series on top of each other.

    Attributes:
        years: as text, without gaps; a year without a report has None in every series.
        breaks: positions in ``years`` before which the series does not mean what it means after, with a letter.
    """

    unit: str
    years: tuple[str, ...]
    series: tuple[Series, ...]
    breaks: tuple[tuple[int, str], ...] = ()

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """Colour and words, to stand above the chart."""
        return tuple((one.kind, one.label) for one in self.series)

    @property
    def totals(self) -> tuple[Decimal | None, ...]:
        """The height of each column; None where there is nothing."""
        return tuple(
            sum((value for value in values if value is not None), Decimal(0))
            if any(value is not None for value in values)
            else None
            for values in zip(*(one.values for one in self.series), strict=True)
        )

    @property
    def worth_drawing(self) -> bool:
        """Whether at least two years have something in them."""
        return sum(1 for value in self.totals if value) > 1


@dataclass(frozen=True)
class Strip:
    """A bar of parts that fill the width: its label, the text beside it, and colour, words and value of each part."""

    label: str
    text: str
    parts: tuple[tuple[str, str, Decimal], ...]


@dataclass(frozen=True)
class Strips:
    """Bars below each other that all have the same length: shares of wholes of any size, one look for each."""

    unit: str
    strips: tuple[Strip, ...]

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """Colour and words, to stand above the chart; with the number where there is one strip alone."""
        alone = len(self.strips) == 1
        return tuple(
            dict.fromkeys(
                (kind, f"{label} {value:,f}" if alone else label)
                for strip in self.strips
                for kind, label, value in strip.parts
                if value
            )
        )

    @property
    def worth_drawing(self) -> bool:
        """Whether there is more than one strip, or part, to look at."""
        drawn = [strip for strip in self.strips if strip.parts]
        return len(drawn) > 1 or any(sum(1 for *_, value in strip.parts if value) > 1 for strip in drawn)


Chart = Bars | Columns | Strips


@dataclass(frozen=True)
class Figure:
    """A finding in a sentence, a chart (or none, where words say it all) and the table it is drawn from.

    Attributes:
        name: its anchor (``fig-name``) and the name of its files.
        question: what the chart answers; the name of the picture for those who cannot see it.
        caption: the answer, in a sentence, with n.
        header, rows: the table, as shown; the first column is the head of each row.
        data: the same as plain figures, for the CSV; its header comes first.
        notes: what must be known to read it right.
        sources: below the root of the site, the files with the same figures of all reports; empty: those of its items.
    """

    name: str
    question: str
    caption: str
    chart: Chart | None
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    data: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def drawn(self) -> Chart | None:
        """The chart, if it is worth drawing."""
        return self.chart if self.chart and self.chart.worth_drawing else None

    def codes(self) -> tuple[str, ...]:
        """What its rows and columns are called in the data, each once: among them the items that it shows."""
        return tuple(
            dict.fromkeys((*(row[0] for row in self.data[1:]), *(self.data[0] if self.data else ())))
        )

    def csv(self) -> str:
        """The table as CSV, without anything a spreadsheet would take for a formula."""
        return csv_text(self.data)


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV with ``\\n``; a text that a spreadsheet would compute gets an apostrophe in front."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(map(inert, row) for row in rows)
    return text.getvalue()
