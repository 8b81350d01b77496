"""What became of the requests: one bar of few parts, or a bar each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from pipeline.pages.charts.shapes import Figure, Strip, Strips
from pipeline.pages.charts.tables import Line, figure_of, lines_of, with_share
from pipeline.pages.parts import amounts
from pipeline.pages.parts.amounts import Amount, Requests
from pipeline.pages.parts.story import phrase
from pipeline.pages.words import Words, figure, low
from pipeline.published.records import Package, Report

HEADING = "report.outcomes"
MOST_PARTS = 4  # of one bar; more have a bar each
OPEN = "carried_out"  # not an outcome, but where a request may be at the end of the year


def draw(package: Package, report: Report, words: Words) -> Figure | None:
    """Of one report; None where there were no requests."""
    return outcomes(package, amounts.requests(report), words)


def outcomes(
    package: Package,
    requests: Requests,
    words: Words,
    name: str = "outcomes",
    several: Sequence[Requests] = (),
) -> Figure | None:
    """What became of all that was to be handled; None for no requests.

    Args:
        requests: of one report, or of several together.
        several: those that were added up; empty for one report.
    """
    parts = parts_of(requests)
    whole = sum((amount.number for amount in parts.values()), Decimal(0))
    if not whole:
        return None
    stated, handled = all(amount.stated for amount in parts.values()), requests.handled
    equal = not handled.stated or handled.number == whole
    if not stated and several:
        caption = _bound(package, parts, whole, several, words)
    elif not stated:
        caption = words("figure.outcomes.some", n=whole)
    elif not equal:
        caption = words("figure.outcomes.unequal", n=whole, handled=handled.number)
    else:
        caption = _outcomes_caption(package, parts, whole, words)
    # A share needs a whole that is known: not where cells are missing or the sums do not agree.
    known = stated and equal
    lines = lines_of(package, parts, words)
    some = [line for line in lines if line.amount.number]
    strip = Strips(words("unit"), (_strip(some, whole, words),))
    return figure_of(
        lines,
        words,
        name=name,
        question=words("figure.outcomes.question"),
        caption=caption,
        whole=whole if known else Decimal(0),
        basis=True,
        bound=bool(several) and not stated,
        chart=strip if known and len(some) <= MOST_PARTS else None,
        drawn=some,
        notes=tuple(_rest(lines, words)),
    )


def _strip(some: Sequence[Line], whole: Decimal, words: Words) -> Strip:
    """All of them as one bar, with the sum that it is: 13 = 11 + 1 + 1."""
    sums = " + ".join(figure(line.amount.number) for line in some)
    return Strip(
        label=words("figure.outcomes.handled"),
        text=f"{figure(whole)} = {sums}" if len(some) > 1 else figure(whole),
        parts=tuple((line.kind, line.label, line.amount.number) for line in some),
    )


def _rest(lines: Sequence[Line], words: Words) -> Iterator[str]:
    """What is not drawn, in one line: zeros, and what is not stated."""
    zeros = [line.label for line in lines if line.amount.stated and not line.amount.number]
    blank = [line.label for line in lines if not line.amount.stated and not line.amount.number]
    for key, labels in (("figure.outcomes.zeros", zeros), ("figure.outcomes.blank", blank)):
        if labels:
            yield words(key, labels=words.join(map(low, labels), "list.pause"))


def parts_of(requests: Requests) -> dict[str, Amount]:
    """Where requests ended, or stand at the end of the year: row → amount, in the order of the form."""
    return {**requests.outcomes, OPEN: requests.carried_out}


def _bound(
    package: Package, parts: Mapping[str, Amount], whole: Decimal, several: Sequence[Requests], words: Words
) -> str:
    """The most frequent outcome of many reports of which some lack cells: at least so many, said once."""
    top = max(parts, key=lambda item: parts[item].number)
    lacking = sum(1 for one in several if not all(amount.stated for amount in parts_of(one).values()))
    return words(
        "figure.outcomes.bound",
        label=words.label(package.items[top].short),
        most=parts[top].number,
        share=words.percent(parts[top].number, whole) or figure(whole),
        n=whole,
        reports=len(several),
        lacking=lacking,
    )


def _outcomes_caption(package: Package, parts: Mapping[str, Amount], whole: Decimal, words: Words) -> str:
    most = max(amount.number for amount in parts.values())
    first = [item for item, amount in parts.items() if amount.number == most]
    if most == whole:
        if first[0] == OPEN:
            return words("figure.outcomes.open", n=whole)
        return words("figure.outcomes.all", n=whole, phrase=phrase(package, first[0], words))
    labels = [words.label(package.items[item].short) for item in first]
    if len(first) > 1:
        joined = words.join(labels, "list.pause")
        return words("figure.outcomes.several", n=whole, labels=joined, most=most)
    return words("figure.outcomes.most", n=whole, label=labels[0], most=with_share(most, whole, words))
