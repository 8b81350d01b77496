"""The decisions of the year, by kind; other columns of that table count other things."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.pages.charts.shapes import Figure
from pipeline.pages.charts.tables import Line, figure_of, lines_of, printed
from pipeline.pages.words import Words
from pipeline.published.records import Package, Report

HEADING = "report.proactive"
DECISIONS = "decisions"


def draw(package: Package, report: Report, words: Words) -> Figure | None:
    """Of one report; None where none was made."""
    table = report.form.find("proactive")
    made = {
        row.key: printed(report.value("proactive", row.key, DECISIONS))
        for part in (table.parts if table else ())
        for row in part.data_rows
        if DECISIONS in part.keys
    }
    lines = lines_of(package, made, words, kinds=dict.fromkeys(made, ""))
    if not any(line.amount.number for line in lines):
        return None
    return figure_of(
        lines,
        words,
        name="proactive",
        question=words("figure.proactive.question"),
        caption=_caption(lines, words),
    )


def _caption(lines: Sequence[Line], words: Words) -> str:
    some = [line for line in lines if line.amount.number]
    top = max(some, key=lambda line: line.amount.number)
    key = "figure.proactive.most" if len(some) > 1 else "figure.proactive.only"
    if not all(line.amount.stated for line in lines):
        key = "figure.proactive.some"
    return words(key, label=top.label, most=top.amount.number)
