"""What the package holds, as frozen records; ``package.py`` makes them of its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.model.form import Form
from pipeline.model.text import Text
from pipeline.published.descriptor import Descriptor
from pipeline.published.reader import Published


@dataclass(frozen=True)
class Item:
    """A row of an official table, in words. ``article`` is of the Regulations; empty where there is none."""

    key: str
    table: str
    parent: str
    label: Text
    short: Text
    plain: Text
    article: str


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one row of one report: ``row[column]`` is a ``Decimal``, or None where none is stated."""

    columns: tuple[str, ...]
    values: tuple[Decimal | None, ...]
    place: str

    def __getitem__(self, column: str) -> Decimal | None:
        return self.values[self.columns.index(column)] if column in self.columns else None


@dataclass(frozen=True, slots=True)
class Note:
    """Why a cell is no plain printed number: status (words of ``cell_notes``), printed text, place."""

    status: str
    raw: str
    place: str


@dataclass(frozen=True)
class Section:
    """One section of the text, as filed."""

    key: str
    heading: str
    text: str


@dataclass(frozen=True)
class Check:
    """How often one rule was assessed on one report; ``blanks_as_zero`` of those held need blank cells read as 0."""

    rule: str
    relations: int
    held: int
    failed: int
    not_assessable: int
    blanks_as_zero: int
    reason: Text


@dataclass(frozen=True)
class Finding:
    """One thing found in one report; ``column``, ``row`` and ``table`` are empty as far as it is about more."""

    code: str
    severity: str
    table: str
    row: str
    column: str
    place: str
    message: Text
    hint: Text
    reported: str
    expected: str


@dataclass(frozen=True)
class Rule:
    """One rule of the checks, in words."""

    key: str
    kind: str
    severity: str
    title: Text
    formula: Text
    explain: Text
    basis: Text
    breaks: Text
    compares: str
    example: str


@dataclass(frozen=True)
class Definition:
    """An indicator in words. With a denominator under ``smallest`` it is shown as counts."""

    key: str
    smallest: int
    title: Text
    formula: Text
    caveat: Text
    comparable: Text


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of one report; ``value`` is None where ``note`` (a word of ``indicators``) says why."""

    key: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    note: str


@dataclass(frozen=True, eq=False)  # one object each: identity is enough, and fast
class Agency:
    """One agency; empty text where the package says nothing. ``name_made``: its English name is ours, not its own."""

    key: str
    name: Text
    level: str
    function: str
    division: str
    province: str
    city: str
    county: str
    former_names: tuple[str, ...]
    website: str
    name_made: bool = False

    @property
    def places(self) -> tuple[str, ...]:
        """Province, city, county, as far as they are named; each once."""
        return tuple(dict.fromkeys(place for place in (self.province, self.city, self.county) if place))


@dataclass(frozen=True, eq=False)  # one object each: identity is enough, and fast
class Report:
    """One report with its figures, text, checks and findings.

    Attributes:
        slug: its part of the address below the agency's, e.g. ``2022``.
        published, signed, due, retrieved: ISO dates; empty where not known.
        rows: (table, row) → figures.
        notes: (table, row, column) → why the cell is no plain printed number.
        revision: what tells its rows from any other: the same for the same rows of all tables.
    """

    key: str
    slug: str
    revision: str
    agency: Agency
    year: int
    scope: str
    form: Form
    agency_printed: str
    title: str
    published: str
    signed: str
    due: str
    source_url: str
    source_file: str
    source_format: str
    source_sha256: str
    retrieved: str
    cells_stated: int
    cells_not_stated: int
    rows: Mapping[tuple[str, str], Row]
    notes: Mapping[tuple[str, str, str], Note]
    sections: tuple[Section, ...]
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    indicators: Mapping[str, Indicator]

    @property
    def dated(self) -> str:
        """The date that tells whether it was on time: that of publication, else that of the signature."""
        return self.published or self.signed

    def value(self, table: str, row: str, column: str) -> Decimal | None:
        """The printed figure; None where none is stated or the form has no such cell.

        Args:
            table, row, column: keys of a cell.
        """
        found = self.rows.get((table, row))
        return found[column] if found else None


@dataclass(frozen=True, eq=False)
class Package:
    """All of it. Sequences are in the order of their keys; nothing depends on the order of lines in the files.

    ``sizes`` are the numbers of rows, by resource.
    """

    published: Published
    items: Mapping[str, Item]
    rules: Mapping[str, Rule]
    definitions: Mapping[str, Definition]
    agencies: Mapping[str, Agency]
    reports: tuple[Report, ...]
    sizes: Mapping[str, int]

    @property
    def descriptor(self) -> Descriptor:
        """What the package says of itself."""
        return self.published.descriptor

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return self.published.place

    @property
    def asks_requests(self) -> bool:
        """Whether a form of the package asks about requests. Where none does, no page says anything of them."""
        return "requests" in self.descriptor.tables

    @cached_property
    def by_agency(self) -> Mapping[str, tuple[Report, ...]]:
        """Agency → its reports, oldest first; every agency is there."""
        return _grouped(self.reports, lambda report: report.agency.key, self.agencies)

    @cached_property
    def by_year(self) -> Mapping[int, tuple[Report, ...]]:
        """Year → its reports in the order of division and agency; years newest first."""
        years = sorted({report.year for report in self.reports}, reverse=True)
        return _grouped(self.reports, lambda report: report.year, years)


def _grouped(
    reports: tuple[Report, ...], key: Callable[[Report], Any], keys: Any
) -> Mapping[Any, tuple[Report, ...]]:
    found: dict[Any, list[Report]] = {key: [] for key in keys}
    for report in reports:
        found[key(report)].append(report)
    return {key: tuple(group) for key, group in found.items()}
