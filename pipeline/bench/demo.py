"""A demonstration corpus with planted faults: 40 invented agencies, 2019–2025, and the list of what must be found.

Everything in it is invented, and every page made from it says so. The planted list is written by hand, fault by fault;
a test compares it with what the pipeline finds: all of it, and nothing else.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from pipeline.bench.synthetic import (
    InventedAgency,
    Stock,
    Values,
    agencies,
    as_text,
    file_agency,
    file_report,
    form_for,
    invent,
)
from pipeline.model.figure import CellKey
from pipeline.package.write import dump

INVENTED = "演示：这里的机关、数字和文字全部是虚构的，不是真实数据，请勿引用。"
INVENTED_EN = (
    "Demonstration: every agency, figure and text here is invented. These are no real data; do not cite them."
)
SEED = 20_250_131
AGENCIES = 40
YEARS = range(2019, 2026)

Expected = tuple[str, str]  # code, table/row/column


@dataclass(frozen=True)
class Fault:
    """One planted fault.

    Attributes:
        expected: the findings it must cause in its own report.
        figures: changes the invented figures before they are printed.
        text: changes the printed text.
        next_year: the findings it must cause in the report of the year after.
    """

    expected: tuple[Expected, ...]
    figures: Callable[[Values], None] = lambda values: None
    text: Callable[[str], str] = lambda text: text
    next_year: tuple[Expected, ...] = ()


@dataclass
class Planted:
    """What was written: report ids, and the findings that must come of them."""

    reports: list[str] = field(default_factory=list)
    findings: set[tuple[str, str, str]] = field(default_factory=set)  # report_id, code, cell


def _add(*changes: tuple[str, int | str]) -> Callable[[Values], None]:
    """Adds to cells named ``table/row/column``."""

    def change(values: Values) -> None:
        for cell, amount in changes:
            values[CellKey.parse(cell)] += Decimal(amount)

    return change


def _set(*changes: tuple[str, int | str]) -> Callable[[Values], None]:
    def change(values: Values) -> None:
        for cell, amount in changes:
            values[CellKey.parse(cell)] = Decimal(amount)

    return change


def _line(label: str, change: Callable[[list[str]], list[str]]) -> Callable[[str], str]:
    """Changes the cells of the one printed row that begins with a label."""

    def edit(text: str) -> str:
        lines = text.split("\n")
        for number, line in enumerate(lines):
            if line.startswith(f"{label}\t"):
                lines[number] = "\t".join(change(line.split("\t")))
                return "\n".join(lines)
        raise ValueError(label)

    return edit


def _replace(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        if old not in text:
            raise ValueError(old)
        return text.replace(old, new)

    return edit


SEVEN = (
    "natural_person",
    "org_commercial",
    "org_research",
    "org_public_interest",
    "org_legal_service",
    "org_other",
    "total",
)
LONG_TEXT = "".join(
    f"第{n}项：为演示而编造的一段较长的工作情况，说明各年文字雷同时会怎样提示。"
    for n in "一二三四五六七八九十"
)

# (position of the agency, year) -> fault. Agencies 0, 3, 6 … have no requests; 2, 5, 8 … are busy.
FAULTS: dict[tuple[int, int], Fault] = {
    # One request more than the balance allows, in the new ones of natural persons and in total.
    (2, 2023): Fault(
        (("T3-BAL", "requests/natural_person"), ("T3-BAL", "requests/total")),
        _add(("requests/new_received/natural_person", 1), ("requests/new_received/total", 1)),
    ),
    # A total that is not the sum of its row.
    (5, 2022): Fault(
        (
            ("T3-ROW", "requests/carried_in/total"),
            ("T3-BAL", "requests/total"),
            ("Y-CARRY", "requests/carried_in/total"),
        ),
        _add(("requests/carried_in/total", 2)),
    ),
    # The outcomes do not add up.
    (8, 2024): Fault(
        (("T3-SUM", "requests/outcomes_total/natural_person"), ("T3-SUM", "requests/outcomes_total/total")),
        _add(("requests/granted/natural_person", 3), ("requests/granted/total", 3)),
    ),
    # Results of suits do not add up.
    (11, 2025): Fault(
        (("T4-SUM", "review_litigation/litigation_direct/total"),),
        _add(("review_litigation/litigation_direct/total", 1)),
    ),
    # Last year's open requests are not this year's, though each year balances.
    (14, 2024): Fault(
        (("Y-CARRY", "requests/carried_in/natural_person"), ("Y-CARRY", "requests/carried_in/total")),
        _add(
            ("requests/carried_in/natural_person", 4),
            ("requests/carried_in/total", 4),
            ("requests/outcomes_total/natural_person", 4),
            ("requests/outcomes_total/total", 4),
            ("requests/granted/natural_person", 4),
            ("requests/granted/total", 4),
        ),
    ),
    # The total cell of （七）总计 is lost; the sums tell which.
    (17, 2023): Fault(
        (("T103", "requests/outcomes_total"), ("T104", "requests/outcomes_total/total")),
        text=_line("（七）总计", lambda cells: cells[:-1]),
    ),
    # Eight zeros for seven columns.
    (18, 2023): Fault(
        (("T105", "requests/new_received"),),
        text=_line("一、本年新收政府信息公开申请数量", lambda cells: [*cells, "0"]),
    ),
    # Six zeros for seven columns: nothing tells which is missing.
    (21, 2024): Fault(
        tuple(("T106", f"requests/granted/{column}") for column in SEVEN),
        text=_line("（一）予以公开", lambda cells: cells[:-1]),
    ),
    # An approximate number in a table.
    (20, 2025): Fault(
        (("F101", "proactive/licensing/decisions"),),
        text=_line("行政许可", lambda cells: [cells[0], "约200"]),
    ),
    # Fees entered in yuan.
    (23, 2025): Fault(
        (("T2-UNIT", "proactive/admin_fees/fee_amount"),),
        _set(("proactive/admin_fees/fee_amount", "2530000")),
    ),
    # A department that enters its documents as rules.
    (26, 2025): Fault(
        (("T2-RULES", "proactive/rules/issued"), ("T2-RULES", "proactive/rules/valid")),
        _set(("proactive/rules/issued", 1), ("proactive/rules/valid", 1)),
    ),
    # More documents issued than are in force or repealed.
    (29, 2025): Fault(
        (("T2-STOCK", "proactive/normative_documents/issued"), ("Y-NORM", "proactive/normative_documents")),
        _set(("proactive/normative_documents/issued", 500)),
    ),
    # The form of 2019: decisions hold the closing number of items.
    (32, 2020): Fault(
        (("T2-2019", "proactive/penalty/decisions"),),
        _set(
            ("proactive/penalty/items_previous_year", 40),
            ("proactive/penalty/items_change", 5),
            ("proactive/penalty/decisions", 45),
        ),
    ),
    # Twenty times the usual requests.
    (1, 2025): Fault(
        (("Y-JUMP-2", "proactive/penalty/decisions"),), _set(("proactive/penalty/decisions", 900))
    ),
    # Dated after the deadline.
    (4, 2022): Fault((("LATE", ""),), text=_replace("2023年1月20日", "2023年2月14日")),
    # No date.
    (7, 2023): Fault((("D112", ""),), text=_replace("2024年1月20日", "")),
    # The text counts otherwise than the table.
    (10, 2024): Fault(
        (("X-NEW", "requests/new_received/total"),),
        text=_replace("共收到政府信息公开申请", "共收到政府信息公开申请9"),
    ),
    # A row that no form has.
    (13, 2023): Fault((("T101", "proactive"),), text=_replace("行政处罚\t", "行政指导\t7\n行政处罚\t")),
    # Blank details and a mark: noted in the data, no finding.
    (19, 2024): Fault(
        (),
        text=_line(
            "（一）予以公开",
            lambda cells: [*cells[:3], *("" if cell == "0" else cell for cell in cells[3:-1]), cells[-1]],
        ),
    ),
    (16, 2024): Fault((), text=_line("规章", lambda cells: [cells[0], "/", "/", "/"])),
    # Last year's text again.
    (22, 2024): Fault((), text=_replace("这是为演示", LONG_TEXT + "这是为演示"), next_year=(("Y-COPY", ""),)),
    (22, 2025): Fault((), text=_replace("这是为演示", LONG_TEXT + "这是为演示")),
}
# Reports that were never published.
MISSING = frozenset({(25, 2021), (28, 2025), (31, 2025), (34, 2019), (38, 2024)})
# The second has filed the first one's figures.
COPIED = ((35, 2025), (38, 2025))
# The first city's government sums up its agencies and leaves out the two busiest.
AGGREGATE_YEAR = 2025
AGGREGATED, LEFT_OUT = (0, 1, 3, 4, 6, 7), (2, 5)


def write_demo(folder: Path) -> Planted:
    """Files the demonstration corpus below a folder.

    Args:
        folder: empty or missing; each agency becomes a folder in it.

    Returns:
        the ids of its reports, and every finding that reading and checking them must give.
    """
    rng = random.Random(SEED)
    planted = Planted()
    copied: Values = {}
    whole: dict[CellKey, Decimal] = defaultdict(Decimal)
    for number, agency in enumerate(agencies(AGENCIES)):
        home = file_agency(folder, agency)
        stock = Stock()
        for year in YEARS:
            form = form_for(year)
            values = invent(rng, form, agency.scale, stock)
            if (number, year) == COPIED[0]:
                copied = dict(values)
            if (number, year) == COPIED[1]:
                values = dict(copied)
            if year == AGGREGATE_YEAR and number in AGGREGATED:
                for cell, value in values.items():
                    whole[cell] += value
            fault = FAULTS.get((number, year), Fault(()))
            fault.figures(values)
            if (number, year) not in MISSING:
                file_report(home, year, fault.text(as_text(values, form, agency.name, year)))
                planted.reports.append(f"{agency.id}-{year}")
            _expect(planted, agency, year, fault)
    _expect_copies(planted)
    _file_aggregate(folder, whole, planted)
    return planted


def mark_invented(package: Path) -> None:
    """Makes a package say of itself that it is invented: in its descriptor, its title and beside its tables.

    Args:
        package: a package folder as ``write_package`` leaves it; the pages say what its descriptor says.
    """
    path = package / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    descriptor["title"] = f"【虚构演示】{descriptor['title']}"
    descriptor["title_en"] = f"[Invented demonstration] {descriptor['title_en']}"
    descriptor["description"] = f"{INVENTED}\n\n{INVENTED_EN}\n\n{descriptor['description']}"
    descriptor |= {"invented": INVENTED, "invented_en": INVENTED_EN}
    path.write_bytes(dump(descriptor))
    (package / "README.txt").write_text(f"{INVENTED}\n{INVENTED_EN}\n", encoding="utf-8", newline="\n")


def _file_aggregate(folder: Path, values: Values, planted: Planted) -> None:
    first = next(agencies(1))
    government = InventedAgency(
        f"{first.code}-gov", f"{first.city}人民政府", "gov", first.code, first.city, 0
    )
    home = file_agency(folder, government)
    text = as_text(values, form_for(AGGREGATE_YEAR), government.name, AGGREGATE_YEAR)
    file_report(home, AGGREGATE_YEAR, text, "scope: jurisdiction\n")
    report_id = f"{government.id}-{AGGREGATE_YEAR}"
    planted.reports.append(report_id)
    planted.findings.add((report_id, "SCOPE", "requests/new_received/natural_person"))


def _expect(planted: Planted, agency: InventedAgency, year: int, fault: Fault) -> None:
    planted.findings |= {(f"{agency.id}-{year}", code, cell) for code, cell in fault.expected}
    planted.findings |= {(f"{agency.id}-{year + 1}", code, cell) for code, cell in fault.next_year}


def _expect_copies(planted: Planted) -> None:
    everyone = list(agencies(AGENCIES))
    for number, year in COPIED:
        planted.findings.add((f"{everyone[number].id}-{year}", "DUP", ""))
