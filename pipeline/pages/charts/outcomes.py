"""What became of the requests: from what came in to where each ended."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import accumulate

from pipeline.pages.charts.shapes import Figure
from pipeline.pages.charts.tables import figure_of, lines_of, with_share
from pipeline.pages.parts import amounts
from pipeline.pages.parts.amounts import Amount, Requests
from pipeline.pages.parts.story import phrase
from pipeline.pages.words import Words
from pipeline.published.records import Package, Report

HEADING = "report.outcomes"
OPEN = "carried_out"  # not an outcome, but where a request may be at the end of the year


def draw(package: Package, report: Report, words: Words) -> Figure | None:
    """Of one report; None where there were no requests."""
    return outcomes(package, amounts.requests(report), words)


def outcomes(package: Package, requests: Requests, words: Words, name: str = "outcomes") -> Figure | None:
    """From what came in to what became of it, each bar beginning where the one before ends; None for no requests."""
    parts = {**requests.outcomes, OPEN: requests.carried_out}
    whole = sum((amount.number for amount in parts.values()), Decimal(0))
    if not whole:
        return None
    stated, handled = all(amount.stated for amount in parts.values()), requests.handled
    equal = not handled.stated or handled.number == whole
    if not stated:
        caption = words("figure.outcomes.some", n=whole)
    elif not equal:
        caption = words("figure.outcomes.unequal", n=whole, handled=handled.number)
    else:
        caption = _outcomes_caption(package, parts, whole, words)
    # A share needs a whole that is known: not where cells are missing or the sums do not agree; a flow needs it too.
    known = stated and equal
    intake = {"new_received": requests.received, "carried_in": requests.carried_in}
    whole_in = known and handled.stated and all(amount.stated for amount in intake.values())
    every = {**intake, **parts} if whole_in else parts
    starts = {**_one_after_another(intake), **_one_after_another(parts)} if whole_in else {}
    return figure_of(
        lines_of(package, every, words, starts=starts),
        words,
        name=name,
        question=words("figure.outcomes.question"),
        caption=caption,
        whole=whole if known else Decimal(0),
        basis=True,
    )


def _one_after_another(parts: Mapping[str, Amount]) -> dict[str, Decimal]:
    ends = accumulate((amount.number for amount in parts.values()), initial=Decimal(0))
    return dict(zip(parts, ends, strict=False))  # where the last one ends, nothing begins


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
