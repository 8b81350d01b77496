"""Invented reports that add up: for benchmarks, demonstrations and tests, never for the published data.

Comes in: a seeded random generator and a form. Goes out: figures that satisfy every rule within the year and from year
to year, and a plain text report that prints them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import yaml

from pipeline.knowledge.forms import forms
from pipeline.model.figure import CellKey, plain
from pipeline.model.form import Form, Part, TableLayout

ORGANISATIONS = ("org_commercial", "org_research", "org_public_interest", "org_legal_service", "org_other")
APPLICANTS = ("natural_person", *ORGANISATIONS)
RESULTS = ("upheld", "corrected", "other_result", "pending")
FUNCTIONS = ("housing", "education", "health", "transport", "finance", "civil-affairs", "justice", "water")
NAMES = ("住房和城乡建设局", "教育局", "卫生健康局", "交通运输局", "财政局", "民政局", "司法局", "水务局")
NOTICE = "这是为演示和测试编造的文字，不是真实的报告。"

Values = dict[CellKey, Decimal]


@dataclass(frozen=True)
class InventedAgency:
    """An agency that does not exist. ``scale`` is its usual number of requests a year; 0 for one that gets none."""

    id: str
    name: str
    function: str
    code: str
    city: str
    scale: int


@dataclass
class Stock:
    """What one year leaves to the next: open requests by applicant, documents in force, pending cases."""

    waiting: dict[str, int] = field(default_factory=dict)
    valid: int | None = None
    pending: dict[str, int] = field(default_factory=dict)


def form_for(year: int) -> Form:
    """The form prescribed for a year.

    Args:
        year: not before the first form.
    """
    return next(form for form in forms().values() if form.first_year <= year)


def invent(rng: random.Random, form: Form, scale: int, stock: Stock | Mapping[str, int]) -> Values:
    """Figures of one year that satisfy every rule of the form.

    Args:
        rng: seeded; the same seed gives the same figures.
        form: which cells there are.
        scale: requests a year; with 0 every figure is 0.
        stock: what the year before left, brought up to date for the next; a plain mapping gives open requests alone.

    Returns:
        every cell of the form.
    """
    if not isinstance(stock, Stock):
        stock = Stock(dict(stock))
    figures = dict.fromkeys(form.cell_keys(), Decimal(0))
    _invent_requests(rng, form, scale, stock, figures)
    _invent_cases(rng, form, scale, stock, figures)
    _invent_proactive(rng, form, scale, stock, figures)
    return figures


def _invent_requests(rng: random.Random, form: Form, scale: int, stock: Stock, figures: Values) -> None:
    leaves = [item for item in form.leaves("outcomes") if item != "outcomes_total"]
    for column in APPLICANTS:
        usual = scale if column == "natural_person" else scale // 8
        new = rng.randint(usual * 3 // 4, usual + usual // 2) if usual else 0
        waiting = stock.waiting.get(column, 0)
        out = rng.randint(0, (new + waiting) // 6)
        closed = new + waiting - out
        for row, value in (
            ("new_received", new),
            ("carried_in", waiting),
            ("carried_out", out),
            ("outcomes_total", closed),
        ):
            figures[CellKey("requests", row, column)] = Decimal(value)
        for leaf in rng.choices(leaves, weights=[12, 4, *[1] * (len(leaves) - 2)], k=closed):
            figures[CellKey("requests", leaf, column)] += 1
        stock.waiting[column] = out
    for data_row in form.table("requests").parts[0].data_rows:
        key = data_row.item.key
        figures[CellKey("requests", key, "total")] = sum(
            (figures[CellKey("requests", key, c)] for c in APPLICANTS), Decimal(0)
        )


def _invent_cases(rng: random.Random, form: Form, scale: int, stock: Stock, figures: Values) -> None:
    for row in form.table("review_litigation").parts[0].data_rows:
        key = row.item.key
        results = {column: rng.randint(0, scale // 20) for column in RESULTS}
        short = stock.pending.get(key, 0) - sum(results.values())
        results["upheld"] += max(0, short)  # cases pending last year turn up this year
        stock.pending[key] = results["pending"]
        for column, value in (results | {"total": sum(results.values())}).items():
            figures[CellKey("review_litigation", key, column)] = Decimal(value)


def _invent_proactive(rng: random.Random, form: Form, scale: int, stock: Stock, figures: Values) -> None:
    if scale == 0:
        return
    for _, row, column in form.table("proactive").cells():
        if row.item.key != "rules":
            usual = Decimal(rng.randint(scale * 2, scale * 4))
            figures[CellKey("proactive", row.item.key, column.key)] = (
                usual / 100 if column.type == "decimal" else usual
            )
    documents = {key: value for key, value in figures.items() if key[1] == "normative_documents"}
    if CellKey("proactive", "normative_documents", "valid") in documents:
        issued, repealed = rng.randint(0, 9), rng.randint(0, 4)
        before = stock.valid if stock.valid is not None else rng.randint(20, 60)
        stock.valid = before + issued - repealed
        for column_key, value in (("issued", issued), ("repealed", repealed), ("valid", stock.valid)):
            figures[CellKey("proactive", "normative_documents", column_key)] = Decimal(value)


def as_text(
    figures: Mapping[CellKey, Decimal | str],
    form: Form,
    name: str,
    year: int,
    prose: str = "",
    problems: str = NOTICE,
) -> str:
    """A report as plain text, a row a line with tabs, in the order of the form.

    Args:
        figures: every cell of the form; a text is printed as it is.
        form: the one of the year.
        name: of the agency.
        year: reported on.
        prose: more words of the overview.
        problems: the words of the sections without tables.
    """
    received = _shown(figures[CellKey("requests", "new_received", "total")])
    closed = _shown(figures[CellKey("requests", "outcomes_total", "total")])
    lines = [f"{name}{year}年政府信息公开工作年度报告", ""]
    for section in form.sections:
        lines += [f"{section.number}、{section.zh}", ""]
        tables = [table for table in form.tables if table.section == section.key]
        if section.key == "overview":
            lines += [f"{year}年，共收到政府信息公开申请{received}件，办结{closed}件。{NOTICE}{prose}", ""]
        elif not tables:
            lines += [problems, ""]
        for table in tables:
            rows = (
                _one_row(table.parts[0], figures, table.key)
                if table.layout is TableLayout.ONE_ROW
                else _rows(table.parts, figures, table.key)
            )
            lines += [*rows, ""]
    return "\n".join([*lines, name, f"{year + 1}年1月20日", ""])


def _shown(value: Decimal | str) -> str:
    return value if isinstance(value, str) else plain(value)


def _rows(parts: tuple[Part, ...], figures: Mapping[CellKey, Decimal | str], table: str) -> Iterator[str]:
    for part in parts:
        yield part.zh
        yield "\t".join(["信息内容", *(column.zh for column in part.columns)])
        for row in part.data_rows:
            yield "\t".join(
                [row.item.zh, *(_shown(figures[CellKey(table, row.item.key, c.key)]) for c in part.columns)]
            )


def _one_row(part: Part, figures: Mapping[CellKey, Decimal | str], table: str) -> Iterator[str]:
    yield "\t".join(row.item.zh for row in part.data_rows)
    yield "\t".join(column.zh for _ in part.data_rows for column in part.columns)
    yield "\t".join(
        _shown(figures[CellKey(table, row.item.key, c.key)]) for row in part.data_rows for c in part.columns
    )


CITIES = ("云湖市", "青岚市", "白石市", "长汀市", "望川市")


def agencies(count: int) -> Iterator[InventedAgency]:
    """Invented agencies, every third of them one that gets no requests. No Chinese division code begins with 99.

    Args:
        count: how many; each place has all functions before the next begins.
    """
    for number in range(count):
        kind, place = number % len(FUNCTIONS), number // len(FUNCTIONS)
        code = f"99{place + 1:02d}00" if place < 99 else f"99{place // 99:02d}{place % 99 + 1:02d}"
        city = f"虚构省{CITIES[place]}" if place < len(CITIES) else f"虚构省第{place + 1}市"
        scale = (0, 16, 90)[number % 3]
        yield InventedAgency(
            f"{code}-{FUNCTIONS[kind]}", f"{city}{NAMES[kind]}", FUNCTIONS[kind], code, city, scale
        )


def file_agency(folder: Path, agency: InventedAgency) -> Path:
    """Makes the folder of an invented agency, with its ``agency.yml``.

    Args:
        folder: takes one more folder, which must not be there.
        agency: the name, code and place that are written.
    """
    home = folder / agency.id
    home.mkdir(parents=True)
    entry = {
        "name_zh": agency.name,
        "level": "prefecture",
        "function": agency.function,
        "division_code": agency.code,
        "province": "虚构省",
        "city": agency.city.removeprefix("虚构省"),
    }
    (home / "agency.yml").write_text(
        yaml.safe_dump(entry, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    return home


def file_report(home: Path, year: int, text: str, extra: str = "", stem: str = "") -> None:
    """Files an invented report with its ``.yml``.

    Args:
        home: the folder of its agency.
        year: of the report, and the name of its file.
        text: what the file holds.
        extra: further lines of the ``.yml``, each with its end.
        stem: the name of the file where it is not the year.
    """
    name = stem or str(year)
    (home / f"{name}.txt").write_text(text, encoding="utf-8")
    (home / f"{name}.yml").write_text(f"source_url: null\nretrieved: null\n{extra}", encoding="utf-8")
