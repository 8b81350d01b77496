"""How review and litigation ended."""

from __future__ import annotations

from decimal import Decimal

from pipeline.pages.charts.shapes import Bar, Bars, Figure
from pipeline.pages.charts.tables import plain, shown_number
from pipeline.pages.parts import amounts
from pipeline.pages.words import Words
from pipeline.published.records import Package, Report

HEADING = "report.cases"
RESULTS = {
    "upheld": "granted",
    "corrected": "denied",
    "other_result": "other_handling",
    "pending": "carried_out",
}


def draw(package: Package, report: Report, words: Words) -> Figure | None:
    """How review and litigation ended in one report; None where there was none."""
    found = amounts.results([report])
    whole = sum(found.values(), Decimal(0))
    if not whole:
        return None
    columns = package.descriptor.columns
    procedures = amounts.cases(report)
    labels = {column: words.label(columns[column]) for column in found}
    pending, corrected = found.get("pending", Decimal(0)), found.get("corrected", Decimal(0))
    totals = [amounts.total(report, "review_litigation", procedure) for procedure in procedures]
    if not all(total.stated for total in totals) or amounts.add(totals).number != whole:
        caption = words("figure.cases.some", n=whole)
    elif pending == whole:
        caption = words("figure.cases.pending", pending=pending)
    else:
        caption = words(
            "figure.cases.corrected", decided=whole - pending, corrected=corrected, pending=pending
        )
    header = (
        words("figure.item"),
        *(words.label(columns[column]) for column in next(iter(procedures.values()))),
    )
    return Figure(
        name="cases",
        question=words("figure.cases.question"),
        caption=caption,
        chart=Bars(
            unit=words("unit"),
            bars=tuple(
                Bar(labels[column], value, RESULTS.get(column, "plain"), words("count", n=value))
                for column, value in found.items()
            ),
        ),
        header=header,
        rows=tuple(
            (
                words.label(package.items[procedure].label),
                *(shown_number(value, words) for value in figures.values()),
            )
            for procedure, figures in procedures.items()
        ),
        data=(
            ("procedure", *next(iter(procedures.values()))),
            *(
                (procedure, *(plain(value) for value in figures.values()))
                for procedure, figures in procedures.items()
            ),
        ),
    )
