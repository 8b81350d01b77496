"""One table makes a chart: its lines become the rows shown, the data of the CSV and the bars, so these cannot differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.pages.charts.shapes import Bar, Bars, Chart, Figure, kind_of
from pipeline.pages.parts.amounts import Amount, Basis
from pipeline.pages.words import SMALLEST_BASE, Words, figure
from pipeline.published.records import Package


@dataclass(frozen=True)
class Line:
    """One line: key, label, value; the colour of its bar and a hint to read on it."""

    key: str
    label: str
    amount: Amount
    kind: str = "plain"
    hint: str = ""


def printed(value: Decimal | None) -> Amount:
    """A figure of one cell as an amount."""
    return Amount(value, Basis.MISSING if value is None else Basis.PRINTED)


def lines_of(
    package: Package,
    parts: Mapping[str, Amount],
    words: Words,
    *,
    kinds: Mapping[str, str] | None = None,
) -> tuple[Line, ...]:
    """Rows of the form as lines.

    Args:
        parts: row → amount, in the order to show.
        kinds: row → the group whose colour it takes; its own where there is none.
    """
    return tuple(
        Line(
            key=item,
            label=words.label(package.items[item].short),
            amount=amount,
            kind=kind_of((kinds or {}).get(item, item)),
            hint=words.label(package.items[item].plain),
        )
        for item, amount in parts.items()
    )


def figure_of(
    lines: Sequence[Line],
    words: Words,
    *,
    name: str,
    question: str,
    caption: str,
    first: tuple[str, str] = ("item", "figure.item"),
    whole: Decimal = Decimal(0),
    basis: bool = False,
    bound: bool = False,
    chart: Chart | None = None,
    drawn: Sequence[Line] | None = None,
    notes: tuple[str, ...] = (),
) -> Figure:
    """The figure of a table: a row a line, in the same order.

    Args:
        first: name of the first column in the CSV, and the key of its words.
        whole: what the lines are shares of; no share is shown below ``SMALLEST_BASE``.
        basis: whether the CSV says where each number comes from (printed, added up).
        bound: whether the caption says that the numbers are lower bounds; then the head of the column says it once.
        chart: drawn instead of a bar a line.
        drawn: the lines that get a bar, where not all do.
    """
    shares = whole >= SMALLEST_BASE
    bars = lines if drawn is None else drawn
    if bound:
        bars = [replace(line, amount=printed(line.amount.value)) for line in bars]
    return Figure(
        name=name,
        question=question,
        caption=caption,
        chart=chart or bars_of(bars, words),
        header=(
            words(first[1]),
            words("figure.at_least" if bound else "figure.count"),
            *([words("figure.share_of", n=whole)] if shares else []),
        ),
        rows=tuple(
            (
                line.label,
                shown_number(line.amount.value, words) if bound else cell(line.amount, words),
                *([words.percent(line.amount.number, whole)] if shares else []),
            )
            for line in lines
        ),
        data=(
            (first[0], "label", "value", *(["basis"] if basis else [])),
            *(
                (
                    line.key,
                    line.label,
                    plain(line.amount.value),
                    *([line.amount.basis.value] if basis else []),
                )
                for line in lines
            ),
        ),
        notes=notes,
    )


def bars_of(lines: Sequence[Line], words: Words, groups: tuple[tuple[str, str], ...] = ()) -> Bars:
    """A bar a line."""
    return Bars(
        words("unit"),
        tuple(
            Bar(line.label, line.amount.number, line.kind, shown(line.amount, words), line.hint)
            for line in lines
        ),
        groups,
    )


def shown(amount: Amount, words: Words) -> str:
    """An amount as text, with what it lacks."""
    if amount.value is None:
        return words("not_stated")
    return words("partly" if amount.basis is Basis.PARTIAL else "count", n=amount.value)


def cell(amount: Amount, words: Words) -> str:
    """An amount in a table: the bare number where it is printed, else with a word that says it is not."""
    if amount.value is None:
        return words("not_stated")
    if amount.as_printed:
        return figure(amount.value)
    return words("cell_partly" if amount.basis is Basis.PARTIAL else "cell_summed", n=amount.value)


def shown_number(value: Decimal | None, words: Words) -> str:
    """A figure in a table, or that there is none."""
    return words("not_stated") if value is None else figure(value)


def plain(value: Decimal | None) -> str:
    """A figure for a CSV; empty where there is none."""
    return "" if value is None else f"{value:f}"


def with_share(part: Decimal, whole: Decimal, words: Words) -> str:
    """A count, with its share of a whole that is large enough."""
    percent = words.percent(part, whole)
    return words("counted", n=part, share=percent) if percent else words("count", n=part)
