"""Invented reports that add up: for benchmarks, demonstrations and tests, never for the published data.

Comes in: a seeded random generator and a form. Goes out: figures that satisfy every arithmetic rule, and a plain text
report that prints them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import yaml

from pipeline.checks import plain
from pipeline.rules import CellKey
from pipeline.template import Form, Part, forms

INVENTED_DIVISION = "990000"  # no Chinese division code begins with 99
ORGANISATIONS = ("org_commercial", "org_research", "org_public_interest", "org_legal_service", "org_other")


@dataclass(frozen=True)
class InventedAgency:
    """An agency that does not exist. ``scale`` is its usual number of requests a year; 0 for one that gets none."""

    id: str
    name: str
    function: str
    code: str
    scale: int


def form_for(year: int) -> Form:
    """The form prescribed for a year."""
    return next(form for form in forms().values() if form.first_year <= year)


def invent(
    rng: random.Random, form: Form, scale: int, carried_in: Mapping[str, int]
) -> dict[CellKey, Decimal]:
    """Figures of one year that satisfy every arithmetic rule of the form.

    Args:
        rng: seeded; the same seed gives the same figures.
        form: which cells there are.
        scale: requests a year; with 0 every figure of requests and litigation is 0.
        carried_in: open requests per applicant column at the start of the year.

    Returns:
        every cell of the form.
    """
    figures = {(table.key, row.item.key, column.key): 0 for table, _, row, column in form.cells()}
    applicants = ("natural_person", *ORGANISATIONS)
    leaves = [item for item in form.leaves("outcomes") if item != "outcomes_total"]
    for column in applicants:
        usual = scale if column == "natural_person" else scale // 8
        new = rng.randint(usual // 2, usual + usual // 2) if usual else 0
        waiting = carried_in.get(column, 0)
        out = rng.randint(0, (new + waiting) // 6)
        figures["requests", "new_received", column] = new
        figures["requests", "carried_in", column] = waiting
        figures["requests", "carried_out", column] = out
        closed = new + waiting - out
        figures["requests", "outcomes_total", column] = closed
        for leaf in rng.choices(leaves, weights=[12, 4, *[1] * (len(leaves) - 2)], k=closed):
            figures["requests", leaf, column] += 1
    for row in form.table("requests").parts[0].data_rows:
        key = row.item.key
        figures["requests", key, "total"] = sum(figures["requests", key, column] for column in applicants)
    for row in form.table("review_litigation").parts[0].data_rows:
        results = {c: rng.randint(0, scale // 20) for c in ("upheld", "corrected", "other_result", "pending")}
        for column, value in (results | {"total": sum(results.values())}).items():
            figures["review_litigation", row.item.key, column] = value
    exact = {key: Decimal(value) for key, value in figures.items()}
    for _, row, measure in form.table("proactive").cells():
        exact["proactive", row.item.key, measure.key] = _proactive(rng, row.item.key, measure.type, scale)
    return exact


def _proactive(rng: random.Random, item: str, kind: str, scale: int) -> Decimal:
    if item == "rules" or scale == 0:
        return Decimal(0)
    if kind == "decimal":
        return Decimal(rng.randint(0, scale * 1000)) / 100
    return Decimal(rng.randint(0, scale * 4))


def as_text(figures: Mapping[CellKey, Decimal], form: Form, name: str, year: int) -> str:
    """A report as plain text, a row a line with tabs, in the order of the form."""
    received = plain(figures["requests", "new_received", "total"])
    closed = plain(figures["requests", "outcomes_total", "total"])
    lines = [f"{name}{year}年政府信息公开工作年度报告", ""]
    for section in form.sections:
        lines += [f"{section.number}、{section.zh}", ""]
        tables = [table for table in form.tables if table.section == section.key]
        if not tables:
            lines += [
                f"{year}年，收到政府信息公开申请{received}件，办结{closed}件。这是为测试编造的文字，不是真实的报告。",
                "",
            ]
        for table in tables:
            lines += [
                *(
                    _one_row(table.parts[0], figures, table.key)
                    if table.layout == "one_row"
                    else _rows(table.parts, figures, table.key)
                ),
                "",
            ]
    return "\n".join([*lines, name, f"{year + 1}年1月20日", ""])


def _rows(parts: tuple[Part, ...], figures: Mapping[CellKey, Decimal], table: str) -> Iterator[str]:
    for part in parts:
        yield part.zh
        yield "\t".join(["信息内容", *(column.zh for column in part.columns)])
        for row in part.data_rows:
            yield "\t".join(
                [row.item.zh, *(plain(figures[table, row.item.key, c.key]) for c in part.columns)]
            )


def _one_row(part: Part, figures: Mapping[CellKey, Decimal], table: str) -> Iterator[str]:
    yield "\t".join(row.item.zh for row in part.data_rows)
    yield "\t".join(column.zh for _ in part.data_rows for column in part.columns)
    yield "\t".join(
        plain(figures[table, row.item.key, c.key]) for row in part.data_rows for c in part.columns
    )


FUNCTIONS = ("housing", "education", "health", "transport", "finance", "civil-affairs", "justice", "water")


def agencies(count: int) -> Iterator[InventedAgency]:
    """Invented agencies, every third of them one that gets no requests."""
    for number in range(count):
        function = FUNCTIONS[number % len(FUNCTIONS)]
        code = f"99{number // len(FUNCTIONS):04d}"
        scale = (0, 12, 90)[number % 3]
        yield InventedAgency(f"{code}-{function}", f"虚构市第{number + 1}局", function, code, scale)


def write_corpus(folder: Path, count: int, seed: int = 20_240_131, years: int = 5) -> None:
    """Files ``count`` invented reports below a folder, as ``datapackage/reports`` would hold them."""
    rng = random.Random(seed)  # noqa: S311 - seeded on purpose, nothing secret
    left = count
    for agency in agencies(-(-count // years)):
        home = folder / agency.id
        home.mkdir(parents=True)
        (home / "agency.yml").write_text(_agency_yaml(agency), encoding="utf-8")
        waiting: dict[str, int] = {}
        for year in range(2019, 2019 + min(years, left)):
            form = form_for(year)
            figures = invent(rng, form, agency.scale, waiting)
            columns = ("natural_person", *ORGANISATIONS)
            waiting = {column: int(figures["requests", "carried_out", column]) for column in columns}
            (home / f"{year}.txt").write_text(as_text(figures, form, agency.name, year), encoding="utf-8")
            (home / f"{year}.yml").write_text("source_url: null\nretrieved: null\n", encoding="utf-8")
        left -= min(years, left)


def _agency_yaml(agency: InventedAgency) -> str:
    entry = {
        "name_zh": agency.name,
        "level": "prefecture",
        "function": agency.function,
        "division_code": agency.code,
        "province": "虚构省",
        "city": "虚构市",
    }
    return yaml.safe_dump(entry, allow_unicode=True, sort_keys=False)
