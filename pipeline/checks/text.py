"""What the text says of figures, held against the tables. Such mentions inform and accuse nobody.

A mention has its own scope: with or without what was carried in, items or decisions. So several readings are accepted,
an approximate number is not judged, and only the first mention of a kind counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from pipeline.checks.answers import Answers, not_assessable, settled
from pipeline.knowledge import normalize
from pipeline.knowledge.rules import rules
from pipeline.model.figure import CellKey, plain
from pipeline.model.findings import Location
from pipeline.model.outcome import Outcome
from pipeline.model.report import Report
from pipeline.model.rule import About, Rule

# Whether the sums of the tables are as a mention says; it is given the match and the sums that are stated.
SAID = Answers[Callable[[re.Match[str], list[Decimal]], bool]]()
APPROXIMATE_BEFORE = "约近超逾达"
APPROXIMATE_AFTER = "余多几"
LONGEST_SHOWN = 40


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """A pattern in the form that ``normalize.compact`` gives the text: half-width punctuation."""
    return re.compile(unicodedata.normalize("NFKC", pattern))


def mentions(report: Report) -> Iterator[Outcome]:
    """One outcome for each rule about the text whose words stand in it; none for a rule the text does not touch.

    Args:
        report: with its sections; one without text gives nothing.

    Yields:
        outcomes in the order of the rules; an approximate number, or a cell without a value, is not assessable.
    """
    texts = {section.key: normalize.compact(section.text) for section in report.sections}
    for rule in rules().values():
        if rule.kind.about is About.TEXT and report.form.key in rule.forms and (found := _first(rule, texts)):
            yield _assess(rule, found, report)


def _first(rule: Rule, texts: dict[str, str]) -> re.Match[str] | None:
    for section in rule.options["sections"]:
        found = [m for p in rule.options["patterns"] if (m := _pattern(p).search(texts.get(section, "")))]
        if found:
            return min(found, key=lambda match: match.start())
    return None


def _assess(rule: Rule, match: re.Match[str], report: Report) -> Outcome:
    shown = match[0][:LONGEST_SHOWN]
    at = _at(rule, report)
    if "n" in match.re.groupindex and _is_approximate(match):
        return not_assessable(rule, "approximate", shown, at)
    sums = [total for cells in rule.options["any_of"] if (total := _sum(cells, report)) is not None]
    if not sums:
        missing = tuple(cell for cells in rule.options["any_of"] for cell in map(CellKey.parse, cells))
        return not_assessable(rule, "", shown, at, tuple(dict.fromkeys(missing)))
    right = " / ".join(dict.fromkeys(plain(total) for total in sums))
    return settled(rule, SAID[rule.relation](match, sums), shown, at, left=shown, right=right)


@SAID.add
def _mentioned(match: re.Match[str], sums: list[Decimal]) -> bool:
    """The number that the text gives is one of the sums."""
    return Decimal(match["n"]) in sums


@SAID.add
def _none_mentioned(match: re.Match[str], sums: list[Decimal]) -> bool:
    """The text says that there was none: one of the sums is zero."""
    return any(total == 0 for total in sums)


@SAID.add
def _percentage(match: re.Match[str], sums: list[Decimal]) -> bool:
    """The number that the text gives is the share that it gives of one of the sums."""
    return any(_is_share(Decimal(match["n"]), match["percent"], total) for total in sums if total)


def _is_approximate(match: re.Match[str]) -> bool:
    before = match.string[: match.start("n")][-1:]
    after = match.string[match.end("n") :][:1]
    return (bool(before) and before in APPROXIMATE_BEFORE) or (bool(after) and after in APPROXIMATE_AFTER)


def _is_share(part: Decimal, percent: str, whole: Decimal) -> bool:
    """Whether a share, rounded to the printed number of digits, is the printed one."""
    digits = Decimal(1).scaleb(-len(percent.partition(".")[2]))
    return (part * 100 / whole).quantize(digits, ROUND_HALF_UP) == Decimal(percent)


def _sum(cells: list[str], report: Report) -> Decimal | None:
    values = [report.figures[CellKey.parse(cell)].value for cell in cells]
    if any(value is None for value in values):
        return None
    return sum((value for value in values if value is not None), Decimal(0))


def _at(rule: Rule, report: Report) -> Location:
    """The cell that a mention is held against: the first that the rule names."""
    key = CellKey.parse(rule.options["any_of"][0][0])
    return Location(*key, source=report.figures[key].place)
