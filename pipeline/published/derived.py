"""Tables that are made from the other tables alone: every cell with all it takes to use it, reports in one wide row, who filed.

Comes in: the rows of the other tables as text, and the forms. Goes out: rows, one after the other, in the order of their
keys: of ten thousand reports the cells are two million rows, which are never held together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby

from pipeline.model.figure import CellKey
from pipeline.model.form import Column, Form, Item
from pipeline.published.cells import FigureTable, Record

AGGREGATES = ("jurisdiction", "system")  # scopes whose reports already hold other agencies
REPORTED = "reported"
MONEY = "decimal"  # the kind of column that holds amounts; all others hold counts
PLACES = ("province", "city", "county")
Row = dict[str, str]


@dataclass(frozen=True)
class Cell:
    """A place in a form, with the words that stand beside its figures."""

    key: CellKey
    item: Item
    column: Column
    position: int
    series: str

    @cached_property
    def words(self) -> Row:
        """What is the same in every report of its form, as columns of ``observations``."""
        return {
            "form_table": self.key.table,
            "item": self.key.row,
            "item_zh": self.item.short_zh or self.item.zh,
            "measure": self.key.column,
            "measure_zh": self.column.zh,
            "sort_order": str(self.position),
            "is_total": _yes(self.item.total or self.column.total),
            "series": self.series,
        }

    @cached_property
    def places(self) -> tuple[CellKey, ...]:
        """What a finding about it is at: itself, its row, its column."""
        return self.key, self.key._replace(column=""), self.key._replace(row="")


@dataclass(frozen=True)
class Derivation:
    """What the derived tables are made of.

    Attributes:
        tables: the rows of the others, each table sorted by its key.
        summary: column of ``report_summary`` → the cell it shows.
    """

    tables: Mapping[str, Sequence[Record]]
    forms: Mapping[str, Form]
    figure_tables: Mapping[str, FigureTable]
    summary: Mapping[str, CellKey]

    def rows(self) -> Mapping[str, Iterable[Row]]:
        """Name of a derived table → its rows."""
        return {
            "observations": self.observations(),
            "report_summary": self.report_summary(),
            "coverage": self.coverage(),
        }

    @cached_property
    def _agencies(self) -> Mapping[str, Record]:
        return {row["agency_id"]: row for row in self.tables["agencies"]}

    @cached_property
    def _cells(self) -> Mapping[str, tuple[Cell, ...]]:
        """Form → its cells by key, each with its place in the form and its series."""
        series = _series(self.tables["crosswalk"])
        return {
            name: tuple(
                sorted(
                    (
                        Cell(key, row.item, column, position, series.get((name, str(key)), str(key)))
                        for position, (table, _, row, column) in enumerate(form.cells(), 1)
                        for key in (CellKey(table.key, row.key, column.key),)
                    ),
                    key=lambda cell: cell.key,
                )
            )
            for name, form in self.forms.items()
        }

    def _figures(
        self, only: Iterable[CellKey] = ()
    ) -> Iterator[tuple[Record, dict[CellKey, tuple[str, str, str]]]]:
        """Every report with its figures: cell → value, unit, place. The tables are read along, report by report.

        With ``only``, the rows that have none of these cells are passed over.
        """
        wanted = {(key.table, key.row) for key in only}
        along = {table: _Along(self.tables[name]) for name, table in self.figure_tables.items()}
        for report in self.tables["reports"]:
            yield (
                report,
                {
                    key: (value, record.get("unit", ""), record["place"])
                    for table, rows in along.items()
                    for record in rows.of(report["report_id"])
                    if not wanted or (table.name, record[table.row]) in wanted
                    for key, value in table.cells(record)
                },
            )

    def observations(self) -> Iterator[Row]:
        """Every cell of every report."""
        notes, findings = _Along(self.tables["cell_notes"]), _grouped(self.tables["findings"], "report_id")
        for report, figures in self._figures():
            noted = {_key(note): note for note in notes.of(report["report_id"])}
            found = _codes(findings.get(report["report_id"], ()))
            shared = self._shared(report)
            for cell in self._cells[report["template"]]:
                value, unit, place = figures.get(cell.key, ("", "", ""))
                note = noted.get(cell.key)
                yield {
                    **shared,
                    **cell.words,
                    "value": value,
                    "item_count": "" if cell.column.type == MONEY or "." in value else value,
                    "unit": unit or cell.column.unit,
                    "status": note["status"] if note else REPORTED,
                    "raw": note["raw"] if note else value,
                    "place": (note["place"] if note else "") or place,
                    "finding_codes": " ".join(sorted(_beside(found, cell.places))) if found else "",
                }

    def _shared(self, report: Record) -> Row:
        agency = self._agencies[report["agency_id"]]
        return {
            **{name: report[name] for name in ("report_id", "agency_id", "year", "scope", "template")},
            "agency_zh": agency["name_zh"],
            "division_code": agency["division_code"],
            **{place: agency[place] for place in PLACES},
            "is_aggregate": _yes(report["scope"] in AGGREGATES),
        }

    def report_summary(self) -> Iterator[Row]:
        """Every report in one wide row."""
        same = (
            "published",
            "signed",
            "due",
            "cells_stated",
            "cells_not_stated",
            "findings_error",
            "findings_warning",
        )
        for report, figures in self._figures(self.summary.values()):
            agency = self._agencies[report["agency_id"]]
            yield {
                **self._shared(report),
                **{name: agency[name] for name in ("level", "function_class")},
                **{name: report[name] for name in (*same, "source_url")},
                "days_late": _days_late(report),
                **{name: figures.get(key, ("", "", ""))[0] for name, key in self.summary.items()},
            }

    def coverage(self) -> Iterator[Row]:
        """Every agency and year from the first to the last that is held."""
        by_agency = _grouped(self.tables["reports"], "agency_id")
        years = [int(report["year"]) for report in self.tables["reports"]]
        aggregates = self._aggregates()
        for agency in self.tables["agencies"]:
            for year in range(min(years, default=0), max(years, default=-1) + 1):
                own = [one for one in by_agency.get(agency["agency_id"], ()) if one["year"] == str(year)]
                codes = (agency["division_code"][:length] for length in range(1, 7))
                above = [aggregates[key] for code in codes if (key := (str(year), code)) in aggregates]
                state, report = _state(own, sorted(above, key=lambda one: one["report_id"])[:1])
                yield {
                    "agency_id": agency["agency_id"],
                    "agency_zh": agency["name_zh"],
                    "year": str(year),
                    "state": state,
                    **(
                        {name: report[name] for name in ("report_id", "published", "signed", "due")}
                        if report
                        else {}
                    ),
                    "days_late": _days_late(report) if report and state in ("filed", "late") else "",
                }

    def _aggregates(self) -> dict[tuple[str, str], Record]:
        """Year and division code, without the zeros at its end → the first aggregate of just this place."""
        found: dict[tuple[str, str], Record] = {}
        for report in self.tables["reports"]:
            if report["scope"] == AGGREGATES[0]:
                code = self._agencies[report["agency_id"]]["division_code"].rstrip("0")
                found.setdefault((report["year"], code), report)
        return found


class _Along:
    """The rows of a table whose key begins with the report, read along with the reports."""

    def __init__(self, rows: Iterable[Record]) -> None:
        self._groups = groupby(rows, key=lambda row: row["report_id"])
        self._next = next(self._groups, None)

    def of(self, report: str) -> list[Record]:
        """The rows of a report; reports are asked for in the order of their ids."""
        while self._next and self._next[0] < report:
            self._next = next(self._groups, None)
        if not self._next or self._next[0] != report:
            return []
        found = list(self._next[1])
        self._next = next(self._groups, None)
        return found


def _grouped(rows: Iterable[Record], name: str) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


def _key(row: Record) -> CellKey:
    return CellKey(row["form_table"], row["item"], row["measure"])


def _codes(findings: Iterable[Record]) -> dict[CellKey, set[str]]:
    """What a finding is about → codes; an empty row or column stands for all."""
    found: dict[CellKey, set[str]] = defaultdict(set)
    for finding in findings:
        if finding["item"] or finding["measure"]:
            found[_key(finding)].add(finding["code"])
    return found


def _beside(found: Mapping[CellKey, set[str]], places: Iterable[CellKey]) -> set[str]:
    """The codes of a cell, of its row and of its column."""
    return {code for place in places for code in found.get(place, ())}


def _series(crosswalk: Iterable[Record]) -> dict[tuple[str, str], str]:
    """(form, cell) → the series it is in; a cell that may not be compared has one of its own, with its form's name."""
    found = {}
    for line in crosswalk:
        for end in ("from", "to"):
            form, cell = line[f"{end}_form"], line[f"{end}_cell"]
            if cell:
                found[form, cell] = line["series"] or f"{form}:{cell}"
    return found


def _days_late(report: Record) -> str:
    dated = report["published"] or report["signed"]
    if not (dated and report["due"]):
        return ""
    return str((date.fromisoformat(dated) - date.fromisoformat(report["due"])).days)


def _state(own: Sequence[Record], above: Sequence[Record]) -> tuple[str, Record | None]:
    """What is held of an agency and year, and the report that says so."""
    single = [one for one in own if one["scope"] not in AGGREGATES]
    if single:
        report = single[0]
        if report["cells_stated"] == "0":
            return "unreadable", report
        return ("late" if int(_days_late(report) or 0) > 0 else "filed"), report
    for report in (*own, *above):
        return "aggregate_only", report
    return "missing", None


def _yes(it_is: bool) -> str:
    return "true" if it_is else "false"
