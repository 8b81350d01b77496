"""A page for each rule and each code of reading: its words, its counts, and where it was found, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.pages.addresses import Page, quality_path, report_path
from pipeline.pages.context import Context, once
from pipeline.pages.data import FOLDER
from pipeline.pages.parts.marks import anchor, in_words
from pipeline.pages.words import figure
from pipeline.published.records import Finding, Report

MOST_HITS = 200  # on one page; all of them are in findings.csv


@dataclass
class Counts:
    """How often a rule was looked at and how it came out; ``assessed`` are those that could be judged."""

    relations: int = 0
    held: int = 0
    failed: int = 0
    open: int = 0

    @property
    def cells(self) -> list[str]:
        """As shown: assessed, held, failed, not assessable."""
        return [figure(n) for n in (self.held + self.failed, self.held, self.failed, self.open)]


@dataclass(frozen=True)
class Hit:
    """One place where a rule failed or a code was given."""

    agency: str
    year: str
    target: str
    where: str
    message: str


@dataclass(frozen=True)
class Line:
    """A rule or code in the list of all: address, title, words and counts."""

    key: str
    title: str
    kind: str
    severity: str
    cells: list[str]


@once
def _hits(context: Context) -> dict[str, list[tuple[Report, Finding]]]:
    """Code → reports and findings, in the order of divisions, agencies and years."""
    found: dict[str, list[tuple[Report, Finding]]] = {}
    for report in context.package.reports:
        for finding in report.findings:
            found.setdefault(finding.code, []).append((report, finding))
    return found


@once
def _counts(context: Context) -> dict[tuple[str, int], Counts]:
    """(rule, year) → counts; year 0 is all of them, and there for every rule: one that was never asked counts none."""
    found = {(rule, 0): Counts() for rule in context.package.rules}
    for report in context.package.reports:
        for check in report.checks:
            for year in (0, report.year):
                counts = found.setdefault((check.rule, year), Counts())
                counts.relations += check.relations
                counts.held += check.held
                counts.failed += check.failed
                counts.open += check.not_assessable
    return found


@once
def _codes_given(context: Context) -> list[str]:
    """Codes of reading that the package names or gives; rules are not among them."""
    named = context.package.descriptor.tables["findings"].column("code").labels
    return sorted({*named, *_hits(context)} - set(context.package.rules))


def rule_lines(context: Context) -> list[Line]:
    """Every rule with its counts, by its id."""
    return [
        Line(
            rule.key,
            context.words.label(rule.title),
            context.word("rules", "class", rule.kind),
            context.word("findings", "severity", rule.severity),
            _counts(context)[rule.key, 0].cells,
        )
        for rule in context.package.rules.values()
    ]


def code_lines(context: Context) -> list[Line]:
    """Every code of reading that was given, with the number of findings and of reports."""
    return [
        Line(
            code,
            context.word("findings", "code", code),
            "",
            context.word("findings", "severity", _hits(context)[code][0][1].severity),
            [
                figure(len(_hits(context)[code])),
                figure(len({report.key for report, _ in _hits(context)[code]})),
            ],
        )
        for code in _codes_given(context)
        if code in _hits(context)
    ]


def rule_pages(context: Context) -> Iterator[Page]:
    """One for each rule, one for each code of reading."""
    for key in context.package.rules:
        yield _page(context, key)
    for code in _codes_given(context):
        yield _page(context, code)


def _page(context: Context, key: str) -> Page:
    words = context.words
    rule = context.package.rules.get(key)
    hits = _hits(context).get(key, [])
    title = words.label(rule.title) if rule else context.word("findings", "code", key)
    lead = words.label(rule.explain) if rule else words("quality.reading_about")
    return Page(
        path=quality_path(key),
        template="quality_rule",
        title=f"{key} {title}",
        heading=title,
        description=lead,
        values={
            "crumbs": [(words("nav.home"), ""), (words("quality.title"), "quality/")],
            "key": key,
            "lead": lead,
            "facts": list(_facts(context, key)),
            "by_year": [
                (year, _counts(context)[key, year].cells)
                for year in context.package.by_year
                if (key, year) in _counts(context)
            ],
            "hits": [_hit(context, report, finding) for report, finding in hits[:MOST_HITS]],
            "n_hits": len(hits),
            "more": len(hits) > MOST_HITS,
            "findings_csv": f"{FOLDER}/{context.package.descriptor.tables['findings'].path}",
            "is_rule": rule is not None,
        },
        toc=False,
    )


def _facts(context: Context, key: str) -> Iterator[tuple[str, str]]:
    """Terms and their words; a code of reading has fewer, and an example of what it says."""
    words, rule = context.words, context.package.rules.get(key)
    yield words("quality.code"), key
    hits = _hits(context).get(key, [])
    if rule:
        yield words("rules.formula"), words.label(rule.formula)
        if rule.example:
            yield words("quality.example"), rule.example
        yield words("rules.basis"), words.label(rule.basis)
        yield (
            words("rules.kind"),
            _with(context, f"quality.class.{rule.kind}", context.word("rules", "class", rule.kind)),
        )
        yield words("rules.breaks"), words.label(rule.breaks)
    elif hits:
        yield words("quality.example"), words.label(hits[0][1].message)
        if hint := words.label(hits[0][1].hint):
            yield words("quality.hint"), hint
    severity = rule.severity if rule else hits[0][1].severity if hits else ""
    if severity:
        yield (
            words("quality.severity_is"),
            _with(context, f"quality.severity.{severity}", context.word("findings", "severity", severity)),
        )


def _with(context: Context, key: str, label: str) -> str:
    """A word with what it means, where that is known."""
    return (
        context.words("quality.means", word=label, meaning=context.words(key))
        if key in context.words
        else label
    )


def _hit(context: Context, report: Report, finding: Finding) -> Hit:
    return Hit(
        agency=context.words.label(report.agency.name),
        year=str(report.year),
        target=f"{report_path(report)}#{anchor(report, finding)}",
        where=in_words(context.package, report, finding, context.words),
        message=context.words.label(finding.message),
    )
