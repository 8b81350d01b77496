"""What happened in a year, told in sentences made from the figures of one report.

A sentence is said only where the figures carry it: no ratio on a base under 10, no zero for a blank, and a total the
report does not print is either added up, and called so, or not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pipeline.pages.parts import amounts
from pipeline.pages.parts.amounts import Amount, Basis, Requests
from pipeline.pages.words import Words
from pipeline.published.records import Package, Report

GIVEN = ("granted", "partially_granted")
MOST_CASES = 4  # above that, a sentence sums up their results
MOST_PHRASES = 3  # above that, a sentence names kinds of outcome instead of single rows


@dataclass(frozen=True)
class Story:
    """The year in paragraphs, most important first, and what one must know before reading the figures."""

    paragraphs: tuple[str, ...]
    doubts: tuple[str, ...]


def tell(package: Package, report: Report, words: Words) -> Story:
    """The story of one report in the language of ``words``; plain text or Markdown as they are."""
    requests = amounts.requests(report)
    paragraphs = [_requests(package, report, requests, words), _cases(package, report, words)]
    paragraphs.append(_proactive(package, report, words))
    return Story(
        paragraphs=tuple(paragraph for paragraph in paragraphs if paragraph),
        doubts=tuple(_doubts(package, report, requests, words)),
    )


def _names(report: Report, words: Words) -> dict[str, str]:
    return {"agency": words.label(report.agency.name), "year": str(report.year)}


def _requests(package: Package, report: Report, requests: Requests, words: Words) -> str:
    names = _names(report, words)
    if not requests.asked:
        return ""
    if requests.nothing:
        return words("story.none", **names)
    parts = [_intake(requests, words, names)]
    parts += _outcomes(package, requests, words)
    if (out := requests.carried_out).stated:
        parts.append(
            words("story.carried_out", n=out.number) if out.number else words("story.no_carried_out")
        )
    return words.join(parts, "list.sentence")


def _intake(requests: Requests, words: Words, names: dict[str, str]) -> str:
    received, carried = requests.received, requests.carried_in
    if not received.stated:
        return words("story.no_intake", **names)
    if received.number:
        text = words("story.received", n=received.number, **names)
        if carried.stated and carried.number:
            text += words("story.carried_in", carried=carried.number, handled=requests.handled.number)
    elif carried.number:
        text = words("story.none_received_carried", carried=carried.number, **names)
    else:
        return words("story.none_received", **names)
    if not requests.closed.stated:
        return text + words("story.closed_unknown")
    if not requests.closed.number:
        return text + words("story.closed_none")
    key = "story.closed" if requests.closed.as_printed else "story.closed_summed"
    return text + words(key, n=requests.closed.number)


def _outcomes(package: Package, requests: Requests, words: Words) -> Iterator[str]:
    closed = requests.closed
    kinds = {group: amount for group, amount in requests.outcomes.items() if amount.number}
    if not kinds or not closed.stated or not closed.number:
        return
    single = {
        item: amount
        for group in kinds
        for item, amount in requests.reasons.get(group, {group: requests.outcomes[group]}).items()
        if amount.number
    }
    told = single if len(single) <= MOST_PHRASES else kinds
    if len(told) == 1 and sum(amount.number for amount in told.values()) == closed.number:
        yield words("story.all", n=closed.number, phrase=phrase(package, next(iter(told)), words))
    else:
        # Most first; equal ones in the order of the form. This ranks outcomes, not agencies.
        parts = sorted(told.items(), key=lambda pair: -pair[1].number)
        yield words(
            "story.among",
            parts=words.join(
                words("story.part", n=amount.number, phrase=phrase(package, item, words))
                for item, amount in parts
            ),
        )
    given = [requests.outcomes[group] for group in GIVEN if group in requests.outcomes]
    if all(amount.stated and not amount.number for amount in given):
        yield words("story.nothing_given")
    elif all(amount.stated for amount in given) and len(told) > 1:
        part = amounts.add(given).number
        if share := words.share(part, closed.number):
            yield words("story.given_share", share=share)


def phrase(package: Package, item: str, words: Words) -> str:
    """How an outcome is told in a sentence."""
    if f"phrase.{item}" in words:
        return words(f"phrase.{item}")
    return words("phrase.other", label=words.label(package.items[item].short))


def _cases(package: Package, report: Report, words: Words) -> str:
    cases = amounts.cases(report)
    wholes = {procedure: amounts.total(report, "review_litigation", procedure) for procedure in cases}
    count = sum((whole.number for whole in wholes.values()), Decimal(0))
    if not count:
        certain = cases and all(whole.stated for whole in wholes.values())
        return words("story.cases_none") if certain else ""
    told = {procedure: whole.number for procedure, whole in wholes.items() if whole.number}
    labels = {procedure: words.label(package.items[procedure].label) for procedure in told}
    if count > MOST_CASES:
        sums = amounts.results([report])
        pending = sums.get("pending", Decimal(0))
        return words(
            "story.cases_many",
            parts=words.join(
                (words("story.case_count", procedure=labels[key], n=number) for key, number in told.items()),
                "list.pause",
            ),
            decided=sum(sums.values(), Decimal(0)) - pending,
            corrected=sums.get("corrected", Decimal(0)),
            pending=pending,
        )
    parts = [_case(package, labels[key], number, cases[key], words) for key, number in told.items()]
    return words("story.cases", parts=words.join(parts, "list.semicolon"))


def _case(
    package: Package, procedure: str, whole: Decimal, figures: Mapping[str, Decimal | None], words: Words
) -> str:
    """One kind of procedure with its results; the bare number where they are not stated."""
    results = [
        (words.label(package.descriptor.columns[column]), value)
        for column, value in figures.items()
        if value and column != amounts.TOTAL
    ]
    if not results:
        return words("story.case_count", procedure=procedure, n=whole)
    if len(results) == 1 and results[0][1] == whole:
        key = "story.case_one" if whole == 1 else "story.case_all"
        return words(key, procedure=procedure, n=whole, result=results[0][0])
    parts = words.join((words("story.result", result=name, n=value) for name, value in results), "list.pause")
    return words("story.case", procedure=procedure, n=whole, results=parts)


def _proactive(package: Package, report: Report, words: Words) -> str:
    told, figures = [], []
    table = report.form.find("proactive")
    for part in table.parts if table else ():
        for row in part.data_rows:
            for column in part.keys:
                value = report.value("proactive", row.key, column)
                figures.append(value)
                if value and f"proactive.{column}" in words:
                    item = words.label(package.items[row.key].short)
                    told.append(words(f"proactive.{column}", item=item, n=value))
    if told:
        return words("story.proactive", parts=words.join(told))
    if figures and all(value == 0 for value in figures):
        return words("story.proactive_none")
    return ""


def _doubts(package: Package, report: Report, requests: Requests, words: Words) -> Iterator[str]:
    if report.scope in ("jurisdiction", "system"):
        scope = package.descriptor.word("reports", "scope", report.scope)
        yield words("doubt.scope", scope=words.label(scope))
    rows = {
        "new_received": requests.received,
        "carried_in": requests.carried_in,
        amounts.OUTCOMES_TOTAL: requests.closed,
        "carried_out": requests.carried_out,
    }
    for item, amount in rows.items():
        if item in package.items and not amount.as_printed:
            yield _doubt(package, item, amount, words)
    if any(amount.basis is Basis.PARTIAL for amount in requests.outcomes.values()):
        cells = [cell for cell in report.notes if cell[0] == amounts.REQUESTS]
        blank = sum(1 for cell in cells if report.value(*cell) is None)
        yield words("doubt.sums_printed", n=blank)
    severities = [finding.severity for finding in report.findings]
    for severity, key in (("error", "doubt.errors"), ("warning", "doubt.warnings")):
        if count := severities.count(severity):
            yield words(key, n=count)


def _doubt(package: Package, item: str, amount: Amount, words: Words) -> str:
    label = words.label(package.items[item].short)
    if amount.basis is Basis.MISSING:
        return words("doubt.missing", item=label)
    key = "doubt.summed" if amount.basis is Basis.SUMMED else "doubt.partial"
    return words(key, item=label, n=amount.number)


def one_line(package: Package, report: Report, words: Words) -> str:
    """The year in one paragraph: for lists, and for what search engines and previews show."""
    return _requests(package, report, amounts.requests(report), words)
