"""The published package, read back: descriptor and CSVs → frozen records. Knows no form, place or label by name.

Comes in: the folder with ``datapackage.json``. Goes out: one ``Package``. Nothing else of the project is asked, so
whoever has the package can rebuild the site. Characters that cannot be seen or turn the direction of text stay at
the door; the published files keep them. A file that breaks the contract stops the run, with its name and line.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from pipeline.model.findings import PipelineError
from pipeline.published.descriptor import Descriptor, Label, Resource, read_descriptor
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
from pipeline.safety.escape import visible

# What may become part of an address: an id from a package made by others is never a way out of its folder.
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")

# The tables of the official forms come on top of these.
NEEDED = (
    *("agencies", "reports", "cell_notes", "sections", "checks", "findings", "indicators"),
    *("items", "rules", "indicator_definitions"),
)


def _wrong(path: Path, line: int, zh: str, en: str) -> PipelineError:
    place = f"{path.name}:{line}" if line else path.name
    return PipelineError(f"数据包有误 {place}：{zh}", f"data package, {place}: {en}")


class _Table:
    """The rows of one resource as text, with the place of each for a complaint."""

    def __init__(self, folder: Path, resource: Resource) -> None:
        self.path = folder / resource.path
        self.resource = resource

    def __iter__(self) -> Iterator[dict[str, str]]:
        for _, row in self.lines():
            yield row

    def lines(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Line number and row; every column that the descriptor names is there."""
        wanted = [field.name for field in self.resource.fields]
        with self._opened() as file:
            reader = csv.reader(file)
            header = next(reader, [])
            if missing := set(wanted) - set(header):
                raise _wrong(self.path, 1, f"缺少列 {sorted(missing)}", f"columns missing: {sorted(missing)}")
            for row in reader:
                if len(row) != len(header):
                    raise _wrong(self.path, reader.line_num, "列数不对", "wrong number of columns")
                yield reader.line_num, dict(zip(header, map(visible, row), strict=True))

    def size(self) -> int:
        """How many rows the file has, whether the pages read them or only offer them."""
        with self._opened() as file:
            reader = csv.reader(file)
            next(reader, None)
            return sum(1 for _ in reader)

    @contextmanager
    def _opened(self) -> Iterator[TextIO]:
        try:
            with self.path.open(encoding="utf-8", newline="") as file:
                yield file
        except OSError as error:
            raise _wrong(self.path, 0, "打不开", f"cannot be opened ({error.strerror})") from error
        except UnicodeDecodeError as error:
            raise _wrong(self.path, 0, "不是 UTF-8", "is not UTF-8") from error

    def wrong(self, line: int, what: str) -> PipelineError:
        """A complaint about one line."""
        return _wrong(self.path, line, f"“{what}” 不合约定", f"'{what}' does not fit")


@lru_cache(
    maxsize=65536
)  # most figures are the same few; one object each keeps 10,000 reports in little memory
def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _label(row: Mapping[str, str], stem: str, zh: str = "_zh", en: str = "_en") -> Label:
    return Label(row[stem + zh], row[stem + en])


def read_package(folder: Path) -> Package:
    """Reads ``datapackage.json`` and every CSV it names.

    Raises:
        PipelineError: a file is missing, lacks a column, or holds an id or figure that breaks the contract.
    """
    descriptor = read_descriptor(folder / "datapackage.json")
    tables = {name: _Table(folder, resource) for name, resource in descriptor.resources.items()}
    for name in NEEDED:
        if name not in tables:
            raise _wrong(folder / "datapackage.json", 0, f"缺少 {name}", f"no resource {name}")
    items = {row["item"]: _item(row) for row in sorted(tables["items"], key=_item_order)}
    rules = {rule.key: rule for rule in sorted(_rules(tables["rules"]), key=lambda rule: rule.key)}
    definitions = [_definition(row) for row in sorted(tables["indicator_definitions"], key=_definition_order)]
    agencies = {agency.key: agency for agency in sorted(_agencies(tables["agencies"]), key=_agency_order)}
    return Package(
        folder=folder,
        descriptor=descriptor,
        items=items,
        rules=rules,
        definitions={one.key: one for one in definitions},
        agencies=agencies,
        reports=tuple(_reports(descriptor, tables, agencies)),
        sizes={name: table.size() for name, table in tables.items()},
    )


def _item_order(row: Mapping[str, str]) -> tuple[str, int]:
    return row["table"], int(row["order"])


def _agency_order(agency: Agency) -> tuple[str, str]:
    return agency.division, agency.key


def _item(row: Mapping[str, str]) -> Item:
    return Item(
        key=row["item"],
        table=row["table"],
        parent=row["parent"],
        label=_label(row, "label"),
        short=Label(row["short_zh"], row.get("short_en") or row["label_en"]),
        plain=_label(row, "plain"),
        article=row["article"],
    )


def _rules(table: _Table) -> Iterator[Rule]:
    for line, row in table.lines():
        if not SAFE_ID.fullmatch(row["rule_id"]):
            raise table.wrong(line, row["rule_id"])
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
    return int(row["order"])


def _definition(row: Mapping[str, str]) -> Definition:
    words = {name: _label(row, name) for name in ("title", "formula", "caveat", "comparable")}
    return Definition(key=row["indicator_id"], smallest=int(row["smallest_n"]), **words)


def _agencies(table: _Table) -> Iterator[Agency]:
    for line, row in table.lines():
        if not SAFE_ID.fullmatch(row["agency_id"]):
            raise table.wrong(line, row["agency_id"])
        yield Agency(
            key=row["agency_id"],
            name=Label(row["name_zh"], row["name_en"] or row["name_zh"]),
            level=row["level"],
            function=row["function"],
            division=row["division_code"],
            province=row["province"],
            city=row["city"],
            county=row["county"],
            former_names=tuple(
                name.strip() for name in re.split("[;；]", row["former_names"]) if name.strip()
            ),
            website=row["website"],
        )


def _reports(
    descriptor: Descriptor, tables: Mapping[str, _Table], agencies: Mapping[str, Agency]
) -> Iterator[Report]:
    lines = {}
    for line, row in tables["reports"].lines():
        key, agency = row["report_id"], row["agency_id"]
        slug = key.removeprefix(f"{agency}-")
        if not SAFE_ID.fullmatch(key) or not SAFE_ID.fullmatch(slug) or slug == key or agency not in agencies:
            raise tables["reports"].wrong(line, key)
        if row["template"] not in descriptor.forms or not row["year"].isdecimal():
            raise tables["reports"].wrong(line, f"{row['template']} {row['year']}")
        lines[key] = row
    rows = _figures(descriptor, tables)
    notes: dict[str, dict[tuple[str, str, str], Note]] = defaultdict(dict)
    for row in tables["cell_notes"]:
        cell = (row["table"], row["row"], row["column"])
        notes[row["report_id"]][cell] = Note(row["status"], row["raw"], row["place"])
    sections: dict[str, list[Section]] = defaultdict(list)
    for row in tables["sections"]:
        sections[row["report_id"]].append(Section(row["section"], row["heading"], row["text"]))
    checks: dict[str, list[Check]] = defaultdict(list)
    for row in tables["checks"]:
        checks[row["report_id"]].append(_check(row))
    findings: dict[str, list[Finding]] = defaultdict(list)
    for line, row in sorted(tables["findings"].lines(), key=lambda pair: _finding_order(pair[1])):
        if not SAFE_ID.fullmatch(row["code"]):  # its page has this address
            raise tables["findings"].wrong(line, row["code"])
        findings[row["report_id"]].append(_finding(row))
    indicators: dict[str, dict[str, Indicator]] = defaultdict(dict)
    for row in tables["indicators"]:
        indicators[row["report_id"]][row["indicator_id"]] = _indicator(row)

    def order(key: str) -> tuple[str, str, int, str]:
        agency = agencies[lines[key]["agency_id"]]
        return agency.division, agency.key, int(lines[key]["year"]), key

    for key in sorted(lines, key=order):
        row, form = lines[key], descriptor.forms[lines[key]["template"]]
        sequence = ["preamble", *(section.key for section in form.sections)]
        yield Report(
            key=key,
            slug=key.removeprefix(f"{row['agency_id']}-"),
            agency=agencies[row["agency_id"]],
            year=int(row["year"]),
            scope=row["scope"],
            form=form,
            agency_printed=row["agency_printed"],
            title=row["title"],
            published=row["published"],
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


def _figures(
    descriptor: Descriptor, tables: Mapping[str, _Table]
) -> Mapping[str, dict[tuple[str, str], Row]]:
    """Report → (table, row) → figures, from every resource that has the name of a table of a form.

    A table is wide (a column of the CSV per column of the form) or long (columns ``measure`` and ``value``).
    """
    found: dict[str, dict[tuple[str, str], Row]] = defaultdict(dict)
    keys: dict[tuple[str, str], tuple[str, str]] = {}
    for name in sorted({table.key for form in descriptor.forms.values() for table in form.tables}):
        if name not in tables:
            raise _wrong(descriptor.path, 0, f"缺少 {name}", f"no resource {name}")
        table, row_key = tables[name], tables[name].resource.key[1]
        columns = tuple(field.name for field in table.resource.fields if field.name in descriptor.columns)
        parts: dict[tuple[str, str], list[tuple[str, Decimal | None, str]]] = defaultdict(list)
        for line, row in table.lines():
            key = keys.setdefault((name, row[row_key]), (name, row[row_key]))
            try:
                if columns:
                    values = tuple(_decimal(row[column]) for column in columns)
                    found[row["report_id"]][key] = Row(columns, values, row["place"])
                else:
                    cell = (row["measure"], _decimal(row["value"]), row["place"])
                    parts[row["report_id"], row[row_key]].append(cell)
            except InvalidOperation as error:
                raise table.wrong(line, str(row)) from error
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
    words = {name: row[name] for name in ("code", "severity", "table", "row", "column", "place")}
    return Finding(
        **words,
        message=_label(row, "message"),
        hint=_label(row, "hint"),
        reported=row["reported"],
        expected=row["expected"],
    )
