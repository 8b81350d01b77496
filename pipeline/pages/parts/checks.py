"""What was checked on one report, in sentences. Comes in: its checks. Goes out: sentences and a line a rule.

Sums within the year come first, since they are what a report can be held to. Comparisons that only lack a report of
the year before are one clause: nothing is missing in the report itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.pages.words import Words
from pipeline.published.records import Check, Package, Report

SUMS, PREVIOUS = "sums", "previous"  # words of rules.compares
MOST_REASONS = 2  # of one group; each rule says its own on its line
OTHERS = ("limits", PREVIOUS, "text", "dates", "reports")


@dataclass(frozen=True)
class RuleLine:
    """One rule on one report: ``held`` as ``6/7``, ``rest`` in words, empty where all holds."""

    key: str
    title: str
    held: str
    rest: str


def sentences(package: Package, report: Report, words: Words) -> list[str]:
    """How many relations were checked and how they came out, most telling first; empty where none was."""
    groups: dict[str, list[Check]] = {}
    for check in report.checks:
        rule = package.rules.get(check.rule)
        groups.setdefault(rule.compares if rule else "limits", []).append(check)
    told, given = [], set[str]()
    if sums := groups.get(SUMS):
        told.append(words("checks.sums", n=_count(sums), result=_result(sums, words, given)))
    waiting = PREVIOUS in groups and not _has_previous(package, report)
    others = [kind for kind in OTHERS if kind in groups and not (kind == PREVIOUS and waiting)]
    if others:
        parts = words.join(
            (_group(package, kind, groups[kind], words, given) for kind in others), "list.semicolon"
        )
        told.append(words("checks.others", parts=parts))
    if waiting:
        told.append(words("checks.no_previous", n=_count(groups[PREVIOUS])))
    if blanks := sum(check.blanks_as_zero for check in report.checks):
        told.append(words("checks.blanks", n=blanks))
    return told


def _has_previous(package: Package, report: Report) -> bool:
    return any(
        other.year == report.year - 1 and other.scope == report.scope
        for other in package.by_agency[report.agency.key]
    )


def _count(checks: Sequence[Check]) -> int:
    return sum(check.relations for check in checks)


def _group(package: Package, kind: str, checks: Sequence[Check], words: Words, given: set[str]) -> str:
    label = words.label(package.descriptor.word("rules", "compares", kind))
    return words("checks.group", kind=label, n=_count(checks), result=_result(checks, words, given))


def _result(checks: Sequence[Check], words: Words, given: set[str]) -> str:
    """How they came out; a reason that was ``given`` before is not given again."""
    if all(check.held == check.relations for check in checks):
        return words("checks.all_hold")
    counts = {
        "held": sum(check.held for check in checks),
        "failed": sum(check.failed for check in checks),
    }
    parts = [words(f"checks.n_{key}", n=count) for key, count in counts.items() if count]
    if open_ := sum(check.not_assessable for check in checks):
        reasons = dict.fromkeys(words.label(check.reason) for check in checks if check.not_assessable)
        new = [reason for reason in reasons if reason not in {"", *given}]
        reason = words.join(new[:MOST_REASONS], "list.semicolon")
        given |= set(reasons)
        parts.append(words("checks.n_open_because" if reason else "checks.n_open", n=open_, reason=reason))
    return words.join(parts)


def lines(package: Package, report: Report, words: Words) -> Iterator[RuleLine]:
    """The rules that do not hold throughout, in the order of the package; where all wait for last year they are told."""
    for check in report.checks:
        rule = package.rules.get(check.rule)
        if check.held == check.relations or (
            rule and rule.compares == PREVIOUS and not check.failed and not _has_previous(package, report)
        ):
            continue
        rest = [
            words(f"checks.n_{key}", n=count)
            for key, count in (("failed", check.failed), ("open", check.not_assessable))
            if count
        ]
        yield RuleLine(
            key=check.rule,
            title=words.label(rule.title) if rule else check.rule,
            held=f"{check.held}/{check.relations}",
            rest=words.join(rest),
        )
