"""Who made the requests received."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pipeline.pages.charts.shapes import Figure
from pipeline.pages.charts.tables import Line, bars_of, figure_of, printed, with_share
from pipeline.pages.parts import amounts
from pipeline.pages.words import Words
from pipeline.published.records import Package, Report

HEADING = "report.applicants"


def draw(package: Package, report: Report, words: Words) -> Figure | None:
    """Of one report; None where no kind of applicant has any."""
    row = report.rows.get((amounts.REQUESTS, "new_received"))
    found = dict(zip(row.columns, row.values, strict=True)) if row else {}
    found.pop(amounts.TOTAL, None)
    lines = [
        Line(column, words.label(package.descriptor.columns[column]), printed(value))
        for column, value in found.items()
    ]
    some = [line for line in lines if line.amount.number]
    whole = sum((line.amount.number for line in some), Decimal(0))
    if not whole:
        return None
    received = amounts.total(report, amounts.REQUESTS, "new_received")
    known = all(line.amount.stated for line in lines) and received.number == whole
    top = max(some, key=lambda line: line.amount.number)
    if not known:
        caption = words("figure.applicants.some", n=whole)
    elif len(some) == 1:
        caption = words("figure.applicants.all", n=whole, label=top.label)
    else:
        most = with_share(top.amount.number, whole, words)
        caption = words("figure.applicants.most", n=whole, label=top.label, most=most)
    drawn = figure_of(
        lines,
        words,
        name="applicants",
        question=words("figure.applicants.question"),
        caption=caption,
        first=("column", "figure.applicant"),
        whole=whole if known else Decimal(0),
        chart=bars_of(some, words),
        notes=(words("figure.applicants.only"),) if known and 1 < len(some) < len(lines) else (),
    )
    return replace(drawn, sources=("api/v1/items/new_received.csv",))
