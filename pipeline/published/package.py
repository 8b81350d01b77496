"""The published package as records: agencies, reports with their figures, texts, checks and findings.

Comes in: a ``Published``. Goes out: one ``Package``. Knows no form, place or label by name, and asks nothing else of the
project, so whoever has the package can rebuild the site. Characters that cannot be seen or turn the direction of text
stay at the door; the published files keep them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path

from pipeline.knowledge.english import agency_in_english
from pipeline.model.findings import PipelineError
from pipeline.model.text import Text
from pipeline.published.reader import DESCRIPTOR, Published, open_package, wrong_at
from pipeline.published.records import (
    Agency,
    Check,
    Definition,
    Finding,
    Indicator,
    Item,
    Note,
    Package,
    Report,
    Row,
    Rule,
    Section,
)
from pipeline.published.revisions import REPORT, Hash, revision, rows_hash, see
from pipeline.safety.escape import visible

# What may become part of an address: an id from a package made by others is never a way out of its folder.
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")

# The tables of the official forms come on top of these.
NEEDED = (
    *("agencies", "reports", "cell_notes", "sections", "checks", "findings", "indicators"),
    *("items", "rules", "indicator_definitions"),
)
Record = dict[str, str]
Seen = dict[str, dict[str, bytes]]  # report → table → digest of its rows there


@lru_cache(
    maxsize=65536
)  # most figures are the same few; one object each keeps 10,000 reports in little memory
def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _label(row: Mapping[str, str], stem: str, zh: str = "_zh", en: str = "_en") -> Text:
    return Text(row[stem + zh], row[stem + en])


class _Table:
    """The rows of one table, without what cannot be seen."""

    def __init__(self, published: Published, name: str, seen: Seen) -> None:
        self.published, self.name, self.seen = published, name, seen
        self.columns = published.tables[name].names

    def __iter__(self) -> Iterator[Record]:
        at = self.columns.index(REPORT) if REPORT in self.columns else None
        own: dict[str, Hash] = defaultdict(rows_hash)
        for row in self.published.rows(self.name):
            if at is not None:
                see(own[row[at]], row)
            yield dict(zip(self.columns, map(visible, row), strict=True))
        for report, rows in own.items():
            self.seen[report][self.name] = rows.digest()

    def wrong(self, row: Record, what: str) -> PipelineError:
        """A complaint about one row."""
        return self.published.complaint(self.name, tuple(row.values()), what)


def read_package(folder: Path) -> Package:
    """The package in a folder, as records.

    Args:
        folder: holds ``datapackage.json`` and ``data/``.

    Raises:
        PipelineError: a file is missing, has other columns, or holds an id or figure that breaks the contract.
    """
    return make_records(open_package(folder))


def make_records(published: Published) -> Package:
    """The records of a package that is open.

    Args:
        published: open.

    Raises:
        PipelineError: a table is missing, or holds an id or figure that breaks the contract.
    """
    seen: Seen = defaultdict(dict)
    tables = {name: _Table(published, name, seen) for name in published.tables}
    for name in (*NEEDED, *published.descriptor.form_tables):
        if name not in tables:
            raise wrong_at(DESCRIPTOR, 0, "no_resource", name=name)
    items = {row["item"]: _item(row) for row in sorted(tables["items"], key=_item_order)}
    rules = {rule.key: rule for rule in sorted(_rules(tables["rules"]), key=lambda rule: rule.key)}
    definitions = [_definition(row) for row in sorted(tables["indicator_definitions"], key=_definition_order)]
    listed = sorted(_told_apart(list(_agencies(tables["agencies"]))), key=_agency_order)
    agencies = {agency.key: agency for agency in listed}
    return Package(
        published=published,
        items=items,
        rules=rules,
        definitions={one.key: one for one in definitions},
        agencies=agencies,
        reports=tuple(_reports(published, tables, agencies, seen)),
        sizes={name: published.size(name) for name in tables},
    )


def _item_order(row: Mapping[str, str]) -> tuple[str, int]:
    return row["form_table"], int(row["sort_order"])


def _agency_order(agency: Agency) -> tuple[str, str]:
    return agency.division, agency.key


def _item(row: Mapping[str, str]) -> Item:
    return Item(
        key=row["item"],
        table=row["form_table"],
        parent=row["parent"],
        label=_label(row, "label"),
        short=Text(row["short_zh"], row.get("short_en") or row["label_en"]),
        plain=_label(row, "plain"),
        article=row["article"],
    )


def _rules(table: _Table) -> Iterator[Rule]:
    for row in table:
        if not SAFE_ID.fullmatch(row["rule_id"]):
            raise table.wrong(row, row["rule_id"])
        words = {name: _label(row, name) for name in ("title", "formula", "explain", "basis", "breaks")}
        yield Rule(
            key=row["rule_id"],
            kind=row["class"],
            severity=row["severity"],
            compares=row["compares"],
            example=row["example"],
            **words,
        )


def _definition_order(row: Mapping[str, str]) -> int:
    return int(row["sort_order"])


def _definition(row: Mapping[str, str]) -> Definition:
    words = {name: _label(row, name) for name in ("title", "formula", "caveat", "comparable")}
    return Definition(key=row["indicator_id"], smallest=int(row["smallest_n"]), **words)


def _agencies(table: _Table) -> Iterator[Agency]:
    for row in table:
        for key in ("agency_id", "division_code"):
            if not SAFE_ID.fullmatch(row[key]):
                raise table.wrong(row, row[key])
        places = tuple(dict.fromkeys(filter(None, (row["province"], row["city"], row["county"]))))
        made = "" if row["name_en"] else agency_in_english(row["name_zh"], row["function_class"], places)
        yield Agency(
            key=row["agency_id"],
            name=Text(row["name_zh"], row["name_en"] or made),
            name_made=bool(made),
            level=row["level"],
            function=row["function_class"],
            division=row["division_code"],
            province=row["province"],
            city=row["city"],
            county=row["county"],
            former_names=tuple(
                name.strip() for name in re.split("[;；]", row["former_names"]) if name.strip()
            ),
            website=row["website"],
        )


def _told_apart(agencies: Sequence[Agency]) -> Iterator[Agency]:
    """Agencies of which no two have the same English name: made ones that do have their Chinese name behind it."""
    count = Counter(agency.name.en for agency in agencies)
    for agency in agencies:
        alone = not agency.name_made or count[agency.name.en] == 1
        name = Text(agency.name.zh, f"{agency.name.en} ({agency.name.zh})")
        yield agency if alone else replace(agency, name=name)


def _reports(
    published: Published, tables: Mapping[str, _Table], agencies: Mapping[str, Agency], seen: Seen
) -> Iterator[Report]:
    lines, forms = {}, published.descriptor.forms
    for row in tables["reports"]:
        key, agency = row["report_id"], row["agency_id"]
        slug = key.removeprefix(f"{agency}-")
        if not SAFE_ID.fullmatch(key) or not SAFE_ID.fullmatch(slug) or slug == key or agency not in agencies:
            raise tables["reports"].wrong(row, key)
        if row["template"] not in forms or not row["year"].isdecimal():
            raise tables["reports"].wrong(row, f"{row['template']} {row['year']}")
        lines[key] = row
    rows = _figures(published, tables)
    notes: dict[str, dict[tuple[str, str, str], Note]] = defaultdict(dict)
    for row in tables["cell_notes"]:
        cell = (row["form_table"], row["item"], row["measure"])
        notes[row["report_id"]][cell] = Note(row["status"], row["raw"], row["place"])
    sections: dict[str, list[Section]] = defaultdict(list)
    for row in tables["sections"]:
        sections[row["report_id"]].append(Section(row["section"], row["heading"], row["text"]))
    checks: dict[str, list[Check]] = defaultdict(list)
    for row in tables["checks"]:
        checks[row["report_id"]].append(_check(row))
    findings: dict[str, list[Finding]] = defaultdict(list)
    for row in sorted(tables["findings"], key=_finding_order):
        if not SAFE_ID.fullmatch(row["code"]):  # its page has this address
            raise tables["findings"].wrong(row, row["code"])
        findings[row["report_id"]].append(_finding(row))
    indicators: dict[str, dict[str, Indicator]] = defaultdict(dict)
    for row in tables["indicators"]:
        indicators[row["report_id"]][row["indicator_id"]] = _indicator(row)

    def order(key: str) -> tuple[str, str, int, str]:
        agency = agencies[lines[key]["agency_id"]]
        return agency.division, agency.key, int(lines[key]["year"]), key

    for key in sorted(lines, key=order):
        row, form = lines[key], forms[lines[key]["template"]]
        sequence = ["preamble", *(section.key for section in form.sections)]
        yield Report(
            key=key,
            slug=key.removeprefix(f"{row['agency_id']}-"),
            revision=revision(seen[key]),
            agency=agencies[row["agency_id"]],
            year=int(row["year"]),
            scope=row["scope"],
            form=form,
            agency_printed=row["agency_printed"],
            title=row["title"],
            published=row["published"],
            signed=row["signed"],
            due=row["due"],
            source_url=row["source_url"],
            source_file=row["source_file"],
            source_format=row["source_format"],
            source_sha256=row["source_sha256"],
            retrieved=row["retrieved"],
            cells_stated=int(row["cells_stated"]),
            cells_not_stated=int(row["cells_not_stated"]),
            rows=rows[key],
            notes=notes[key],
            sections=tuple(sorted(sections[key], key=lambda section: _position(sequence, section.key))),
            checks=tuple(sorted(checks[key], key=lambda check: check.rule)),
            findings=tuple(findings[key]),
            indicators=indicators[key],
        )


def _position(sequence: list[str], key: str) -> int:
    return sequence.index(key) if key in sequence else len(sequence)


def _figures(published: Published, tables: Mapping[str, _Table]) -> Mapping[str, dict[tuple[str, str], Row]]:
    """Report → (table, row) → figures, from every resource that has the name of a table of a form.

    A table is wide (a column of the CSV per column of the form) or long (columns ``measure`` and ``value``).
    """
    found: dict[str, dict[tuple[str, str], Row]] = defaultdict(dict)
    keys: dict[tuple[str, str], tuple[str, str]] = {}
    for name in sorted(published.descriptor.form_tables):
        table, described = tables[name], published.tables[name]
        row_key, words = described.key[1], published.descriptor.columns
        columns = tuple(column for column in described.names if column in words)
        parts: dict[tuple[str, str], list[tuple[str, Decimal | None, str]]] = defaultdict(list)
        for row in table:
            key = keys.setdefault((name, row[row_key]), (name, row[row_key]))
            try:
                if columns:
                    values = tuple(_decimal(row[column]) for column in columns)
                    found[row["report_id"]][key] = Row(columns, values, row["place"])
                else:
                    cell = (row["measure"], _decimal(row["value"]), row["place"])
                    parts[row["report_id"], row[row_key]].append(cell)
            except InvalidOperation as error:
                raise table.wrong(row, str(row)) from error
        for (report, item), cells in parts.items():
            measures = tuple(cell[0] for cell in cells)
            found[report][name, item] = Row(measures, tuple(cell[1] for cell in cells), cells[0][2])
    return found


def _finding_order(row: Mapping[str, str]) -> tuple[int, str]:
    severities = ("error", "warning", "info")
    rank = severities.index(row["severity"]) if row["severity"] in severities else len(severities)
    return rank, row["finding_id"]


def _check(row: Mapping[str, str]) -> Check:
    names = ("relations", "held", "failed", "not_assessable", "blanks_as_zero")
    counts = {name: int(row[name]) for name in names}
    return Check(rule=row["rule_id"], reason=_label(row, "reason"), **counts)


def _indicator(row: Mapping[str, str]) -> Indicator:
    numbers = {name: _decimal(row[name]) for name in ("numerator", "denominator", "value")}
    return Indicator(key=row["indicator_id"], note=row["note"], **numbers)


def _finding(row: Mapping[str, str]) -> Finding:
    words = {name: row[name] for name in ("code", "severity", "place", "reported", "expected")}
    return Finding(
        **words,
        table=row["form_table"],
        row=row["item"],
        column=row["measure"],
        message=_label(row, "message"),
        hint=_label(row, "hint"),
    )
