"""Agencies and groups beside each other: the page to choose them on, and a small JSON file for each of them.

The files hold what the page shows and no more: figures as filed by year, and for a group the median of its agencies
with n. Groups of fewer than three agencies are not made: they would tell of one agency under another name. Nothing is
put in an order of merit; agencies stand as they were chosen.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.model.figure import json_number
from pipeline.pages.addresses import Page
from pipeline.pages.charts.shapes import COLOURS
from pipeline.pages.parts import amounts
from pipeline.pages.words import Words
from pipeline.published.records import Agency, Package, Report

SMALLEST_GROUP = 3
MOST = 6  # beside each other; more lines cannot be told apart
SHARED = "review_litigation"  # its rows have columns of their own, of which one is the total


@dataclass(frozen=True)
class Measure:
    """Something to compare: ``whole`` is the measure it is a share of, empty for none."""

    key: str
    label: str
    whole: str = ""


@dataclass(frozen=True)
class Group:
    """Agencies that share a place, a function or a level."""

    key: str
    kind: str
    label: str
    agencies: tuple[Agency, ...]


def compare_page(package: Package, words: Words) -> Page:
    """The page; ``compare.js`` does the rest, and without it the page leads to the data."""
    groups: dict[str, list[Group]] = defaultdict(list)
    for group in _groups(package, words):
        groups[words(f"compare.by_{group.kind}")].append(group)
    said = ("nothing", "none", "n", "remove", "full", "small", "summed")
    blank = {"n": "{n}", "name": "{name}"}
    breaks: list[dict[str, object]] = [
        {"year": one.year, "title": words.label(one.title), "tables": list(one.tables)}
        for one in package.descriptor.breaks
    ]
    return Page(
        path="compare/",
        template="compare",
        title=words("compare.title"),
        heading=words("compare.title"),
        description=words("compare.lead"),
        values={
            "lead": words.markdown("compare.lead"),
            "groups": groups,
            "measures": _measures(package, words),
            "breaks": json.dumps(breaks, ensure_ascii=False),
            "said": {
                "agency": words("agencies.name"),
                **{key: words(f"compare.{key}", **blank) for key in said},
            },
            "most": MOST,
            "colours": [f"k-{key}" for key in COLOURS],
        },
        toc=False,
    )


def series_files(package: Package) -> Iterator[tuple[str, str]]:
    """Name and content of the file of every agency and group, the same in every language."""
    values = {report.key: dict(_values(report)) for report in package.reports}
    for agency in package.agencies.values():
        own = amounts.countable(package.by_agency[agency.key]) or package.by_agency[agency.key]
        years = {str(report.year): _year(report, values[report.key]) for report in own}
        name = {"zh": agency.name.zh, "en": agency.name.en}
        yield f"{agency.key}.json", _line({"name": name, "years": years})
    english = {group.key: group.label for group in _groups(package, Words("en"))}
    for group in _groups(package, Words("zh")):
        reports = [
            report for agency in group.agencies for report in amounts.countable(package.by_agency[agency.key])
        ]
        by_year: dict[int, list[Report]] = defaultdict(list)
        for report in reports:
            by_year[report.year].append(report)
        years = {
            str(year): {
                "n": len(some),
                "values": _medians([values[report.key] for report in some]),
                "ratios": _ratios(some),
            }
            for year, some in sorted(by_year.items())
            if len(some) >= SMALLEST_GROUP
        }
        yield (
            f"{group.key}.json",
            _line({"name": {"zh": group.label, "en": english[group.key]}, "years": years}),
        )


def _year(report: Report, values: Mapping[str, Decimal]) -> dict[str, object]:
    found: dict[str, object] = {"report": report.slug, "values": _plain(values)}
    if summed := _summed(report):
        found["summed"] = summed
    return {**found, "ratios": _ratios([report])}


def _groups(package: Package, words: Words) -> Iterator[Group]:
    """Every group that has enough agencies, by kind, in the order of the package."""
    found: dict[tuple[str, str], list[Agency]] = defaultdict(list)
    labels: dict[tuple[str, str], str] = {}
    for agency in package.agencies.values():
        word = package.descriptor.word
        of = {
            ("province", agency.division[:2]): agency.province,
            ("city", agency.division[:4]): words.join((agency.province, agency.city), "list.dot")
            if agency.city
            else "",
            ("function", agency.function): words.label(word("agencies", "function_class", agency.function)),
            ("level", agency.level): words.label(word("agencies", "level", agency.level)),
        }
        for key, label in of.items():
            if label:
                found[key].append(agency)
                labels[key] = label
    for kind in ("function", "level", "province", "city"):
        for key in sorted(key for key in found if key[0] == kind and len(found[key]) >= SMALLEST_GROUP):
            yield Group(f"g-{kind}-{key[1]}", kind, labels[key], tuple(found[key]))


def _measures(package: Package, words: Words) -> dict[str, list[Measure]]:
    """What can be compared, under the heading of its table."""
    found: dict[str, dict[str, Measure]] = {}
    outcomes = f"{amounts.REQUESTS}/{amounts.OUTCOMES_TOTAL}"
    filed = {report.form.key for report in package.reports}
    forms = [form for form in package.descriptor.forms.values() if form.key in filed]
    for form in reversed(forms):  # the newest form first
        # What most people ask about first: requests.
        for table in sorted(form.tables, key=lambda one: one.key != amounts.REQUESTS):
            some = found.setdefault(words.label(table.title), {})
            for part in table.parts:
                for row in part.rows:
                    if row.is_group and not (
                        table.key == amounts.REQUESTS and row.parent == amounts.OUTCOMES
                    ):
                        continue
                    item = package.items[row.key]
                    label = words.label(item.label if table.key == SHARED else item.short)
                    for column in _columns(table.key, part.keys):
                        key = _key(table.key, row.key, column)
                        named = column and len(part.keys) > 1
                        parts = (
                            (label, words.label(package.descriptor.columns[column])) if named else (label,)
                        )
                        whole = _key(table.key, row.key, "") if table.key == SHARED and column else ""
                        if table.key == amounts.REQUESTS and item.parent and key != outcomes:
                            whole = outcomes if row.key not in ("new_received", "carried_in") else ""
                        some.setdefault(key, Measure(key, words.join(parts, "list.dot"), whole))
    headings = {heading: list(some.values()) for heading, some in found.items()}
    ratios = [Measure(f"ratio/{one.key}", words.label(one.title)) for one in package.definitions.values()]
    return {**headings, words("indicators.title"): ratios}


def _columns(table: str, columns: Iterable[str]) -> list[str]:
    """The columns to compare: of applicants the total alone; ``""`` is the total."""
    if table == amounts.REQUESTS:
        return [""]
    return ["" if column == amounts.TOTAL else column for column in columns]


def _key(table: str, row: str, column: str) -> str:
    return f"{table}/{row}/{column}" if column else f"{table}/{row}"


def _values(report: Report) -> Iterator[tuple[str, Decimal]]:
    for (table, row), figures in report.rows.items():
        for column in _columns(table, figures.columns):
            amount = amounts.total(report, table, row) if not column else None
            value = figures[column] if column else amount.value if amount and amount.stated else None
            if value is not None:
                yield _key(table, row, column), value
    for group, amount in amounts.requests(report).outcomes.items():  # its rows together
        if amount.stated and amount.value is not None:
            yield _key(amounts.REQUESTS, group, ""), amount.value


def _summed(report: Report) -> list[str]:
    """Totals that the report does not print, which are sums of its columns."""
    return [
        _key(table, row, "")
        for (table, row), figures in report.rows.items()
        if amounts.TOTAL in figures.columns
        and amounts.total(report, table, row).basis is amounts.Basis.SUMMED
    ]


def _ratios(reports: Sequence[Report]) -> dict[str, list[int | float]]:
    """Indicator → numerator, denominator and how many reports have both, all together."""
    found: dict[str, list[Decimal]] = {}
    for report in reports:
        for key, one in report.indicators.items():
            if one.numerator is not None and one.denominator is not None:
                whole = found.setdefault(key, [Decimal(0), Decimal(0), Decimal(0)])
                whole[0] += one.numerator
                whole[1] += one.denominator
                whole[2] += 1
    return {key: [json_number(value) for value in some] for key, some in sorted(found.items())}


def _medians(all_values: Sequence[Mapping[str, Decimal]]) -> dict[str, list[int | float]]:
    """Measure → median and how many reports state it, where enough do."""
    found: dict[str, list[Decimal]] = defaultdict(list)
    for values in all_values:
        for key, value in values.items():
            found[key].append(value)
    return {
        key: [json_number(amounts.middle(some)), len(some)]
        for key, some in sorted(found.items())
        if len(some) >= SMALLEST_GROUP
    }


def _plain(values: Mapping[str, Decimal]) -> dict[str, int | float]:
    return {key: json_number(value) for key, value in sorted(values.items())}


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
