"""A list of addresses → filed reports, one after the other. What one row costs is one finding, never the others.

The list is a CSV: ``address``, and if wanted ``agency``, ``name``, ``division``, ``year``; or just an address a line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipeline.archive.sources import sources
from pipeline.document.encoding import decode
from pipeline.document.refusal import RefusedError
from pipeline.filing.fetch import Fetcher
from pipeline.filing.from_address import name_of, report_at
from pipeline.filing.inbox import Entry
from pipeline.filing.plan import make_plan
from pipeline.filing.refusals import NotFetchedError
from pipeline.filing.request import NotFiledError, Request
from pipeline.filing.writing import write_plan
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.messages import listed, wrong
from pipeline.model.findings import Location, PipelineError
from pipeline.safety.escape import is_web_address

COLUMNS = ("address", "agency", "name", "division", "year")
LARGEST_LIST = 8 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class Wanted:
    """One row: an address, and what the person knows of the report; empty and None mean: not said."""

    address: str
    agency: str = ""
    name: str = ""
    division: str = ""
    year: int | None = None


def read_list(path: Path) -> tuple[Wanted, ...]:
    """The rows of a list.

    Args:
        path: a CSV in any encoding that Excel writes. Without a header it is one address a line.

    Raises:
        PipelineError: no such file, too large, another column, or a year that is no number; with the line.
    """
    if not path.is_file():
        raise wrong("no_such_file", place=path.name)
    if path.stat().st_size > LARGEST_LIST:
        raise wrong("file_too_large", place=path.name)
    text, _ = decode(path.read_bytes())
    rows = [row for row in csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")) if any(row)]
    if rows and is_web_address(rows[0][0].strip()):
        return tuple(Wanted(row[0].strip()) for row in rows)
    header = [cell.strip() for cell in rows[0]] if rows else []
    if "address" not in header or set(header) - set(COLUMNS):
        raise wrong("list_columns", file=path.name, columns=listed(COLUMNS))
    return tuple(_wanted(f"{path.name}:{line}", header, row) for line, row in enumerate(rows[1:], 2))


def _wanted(place: str, header: list[str], row: list[str]) -> Wanted:
    said = dict(zip(header, (cell.strip() for cell in row), strict=False))
    year = said.pop("year", "")
    if year and not (year.isascii() and year.isdigit()):
        raise wrong("list_year", place=place, year=year[:20])
    return Wanted(**said, year=int(year) if year else None)


def file_list(wanted: Sequence[Wanted], fetcher: Fetcher, reports: Path, day: date) -> Iterator[Entry]:
    """Takes and files the reports of a list.

    Args:
        wanted: the rows; an address from which a report is filed already is not asked again.
        fetcher: takes them.
        reports: ``datapackage/reports``.
        day: of retrieval.

    Yields:
        what became of each row, in their order; it is written before the next is asked.
    """
    known = {url: source.report_id for source in sources(reports) for url in (source.url, source.file_url)}
    for row in wanted:
        if twin := known.get(row.address):
            finding = finding_kinds()["S102"](Location(), report=twin)
            yield Entry(row.address, finding=finding, is_duplicate=True)
        else:
            yield _filed(row, fetcher, reports, day)


def _filed(row: Wanted, fetcher: Fetcher, reports: Path, day: date) -> Entry:
    entry = Entry(row.address)
    try:
        fetched, report = report_at(row.address, fetcher, row.year)
        entry = replace(entry, report=report)
        request = Request(
            name_of(fetched),
            fetched.data,
            agency=row.agency,
            agency_name=row.name,
            division=row.division,
            year=row.year,
            url=row.address,
            retrieved=day,
            fetched=fetched,
        )
        plan = make_plan(request, report, reports)
        write_plan(plan, reports)
        return replace(entry, plan=plan)
    except (NotFetchedError, RefusedError) as error:
        return replace(entry, finding=error.finding)
    except (NotFiledError, PipelineError) as error:
        why = {"why_zh": error.zh, "why_en": error.en}
        return replace(entry, finding=finding_kinds()["S112"](Location(), **why))
    except Exception as error:  # noqa: BLE001 - one broken file must not stop the others; it becomes a finding
        crash = finding_kinds()["X001"](Location(), error=f"{type(error).__name__}: {error}")
        return replace(entry, finding=crash)
