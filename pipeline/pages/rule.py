"""A page for each rule and each code of reading: its words, its counts, and where it was found, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.pages.addresses import Page, quality_path, report_path
from pipeline.pages.data import FOLDER
from pipeline.pages.parts.marks import anchor, in_words
from pipeline.pages.words import Words, figure
from pipeline.published.records import Finding, Package, Report

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


class RulePages:
    """Makes the page of each rule and code; goes through the reports once."""

    def __init__(self, package: Package, words: Words) -> None:
        self.package, self.words = package, words

    @cached_property
    def _hits(self) -> dict[str, list[tuple[Report, Finding]]]:
        """Code → reports and findings, in the order of divisions, agencies and years."""
        found: dict[str, list[tuple[Report, Finding]]] = {}
        for report in self.package.reports:
            for finding in report.findings:
                found.setdefault(finding.code, []).append((report, finding))
        return found

    @cached_property
    def _counts(self) -> dict[tuple[str, int], Counts]:
        """(rule, year) → counts; year 0 is all of them, and there for every rule: one that was never asked counts none."""
        found = {(rule, 0): Counts() for rule in self.package.rules}
        for report in self.package.reports:
            for check in report.checks:
                for year in (0, report.year):
                    counts = found.setdefault((check.rule, year), Counts())
                    counts.relations += check.relations
                    counts.held += check.held
                    counts.failed += check.failed
                    counts.open += check.not_assessable
        return found

    @cached_property
    def _codes(self) -> list[str]:
        """Codes of reading that the package names or gives; rules are not among them."""
        named = self.package.descriptor.tables["findings"].column("code").labels
        return sorted({*named, *self._hits} - set(self.package.rules))

    def _severity(self, severity: str) -> str:
        return self.words.label(self.package.descriptor.word("findings", "severity", severity))

    def _class(self, kind: str) -> str:
        return self.words.label(self.package.descriptor.word("rules", "class", kind))

    def summary(self) -> list[Line]:
        """Every rule with its counts, by its id."""
        return [
            Line(
                rule.key,
                self.words.label(rule.title),
                self._class(rule.kind),
                self._severity(rule.severity),
                self._counts[rule.key, 0].cells,
            )
            for rule in self.package.rules.values()
        ]

    def codes(self) -> list[Line]:
        """Every code of reading that was given, with the number of findings and of reports."""
        return [
            Line(
                code,
                self._title(code),
                "",
                self._severity(self._hits[code][0][1].severity),
                [figure(len(self._hits[code])), figure(len({report.key for report, _ in self._hits[code]}))],
            )
            for code in self._codes
            if code in self._hits
        ]

    def _title(self, code: str) -> str:
        return self.words.label(self.package.descriptor.word("findings", "code", code))

    def pages(self) -> Iterator[Page]:
        """One for each rule, one for each code of reading."""
        for key in self.package.rules:
            yield self._page(key)
        for code in self._codes:
            yield self._page(code)

    def _page(self, key: str) -> Page:
        words = self.words
        rule = self.package.rules.get(key)
        hits = self._hits.get(key, [])
        title = words.label(rule.title) if rule else self._title(key)
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
                "facts": list(self._facts(key)),
                "by_year": [
                    (year, self._counts[key, year].cells)
                    for year in self.package.by_year
                    if (key, year) in self._counts
                ],
                "hits": [self._hit(report, finding) for report, finding in hits[:MOST_HITS]],
                "n_hits": len(hits),
                "more": len(hits) > MOST_HITS,
                "findings_csv": f"{FOLDER}/{self.package.descriptor.tables['findings'].path}",
                "is_rule": rule is not None,
            },
            toc=False,
        )

    def _facts(self, key: str) -> Iterator[tuple[str, str]]:
        """Terms and their words; a code of reading has fewer, and an example of what it says."""
        words, rule = self.words, self.package.rules.get(key)
        yield words("quality.code"), key
        hits = self._hits.get(key, [])
        if rule:
            yield words("rules.formula"), words.label(rule.formula)
            if rule.example:
                yield words("quality.example"), rule.example
            yield words("rules.basis"), words.label(rule.basis)
            yield words("rules.kind"), self._with(f"quality.class.{rule.kind}", self._class(rule.kind))
            yield words("rules.breaks"), words.label(rule.breaks)
        elif hits:
            yield words("quality.example"), words.label(hits[0][1].message)
            if hint := words.label(hits[0][1].hint):
                yield words("quality.hint"), hint
        severity = rule.severity if rule else hits[0][1].severity if hits else ""
        if severity:
            yield (
                words("quality.severity_is"),
                self._with(f"quality.severity.{severity}", self._severity(severity)),
            )

    def _with(self, key: str, label: str) -> str:
        """A word with what it means, where that is known."""
        return (
            self.words("quality.means", word=label, meaning=self.words(key)) if key in self.words else label
        )

    def _hit(self, report: Report, finding: Finding) -> Hit:
        return Hit(
            agency=self.words.label(report.agency.name),
            year=str(report.year),
            target=f"{report_path(report)}#{anchor(report, finding)}",
            where=in_words(self.package, report, finding, self.words),
            message=self.words.label(finding.message),
        )
