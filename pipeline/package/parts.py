"""Reports as read → their rows as they stand in the CSVs: a part of the package, made in any process.

The rows of ten thousand reports are never held together: agencies are taken a few at a time, in the order in which
their rows stand in the tables, so that the parts written one after the other are the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, islice

from pipeline.checks.all import check_all
from pipeline.model.outcome import Outcome, PackedReport
from pipeline.model.source import Source
from pipeline.package import schema
from pipeline.package.csv_file import Block, block_of
from pipeline.package.keep import Last, keep_learned
from pipeline.package.rows import Row, Tables, code_lists, derivation, rows_of_reports

LARGE = 64  # reports of a part, where its agencies have no more
BLOCK = 5000  # rows made at a time


@dataclass(frozen=True)
class Work:
    """What one part is made of.

    Attributes:
        reports: all that are filed of some agencies.
        across: id of a report → what reports say of one another about it.
        last: the rows that were published last, of the agencies that have a report which the machine could not read.
    """

    reports: Sequence[PackedReport]
    across: Mapping[str, Sequence[Outcome]] = field(default_factory=dict)
    last: Last = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """The rows of some reports.

    Attributes:
        blocks: table → its rows.
        reports: the rows of the table of reports, which also tell what the whole package covers.
        kept: ids of the reports whose last rows stand here, because the machine could not read them.
    """

    blocks: Mapping[str, Block]
    reports: Sequence[Row]
    kept: tuple[str, ...]


def part_of(work: Work) -> Part:
    """Checks reports and makes their rows.

    Args:
        work: may come from another process; so may what is returned go there.
    """
    reads = [one.unpacked() for one in work.reports]
    agencies = dict.fromkeys(one.source.agency for one in reads)
    tables = rows_of_reports(agencies, check_all(reads, work.across)) | _code_lists()
    kept: tuple[str, ...] = ()
    if work.last:
        tables, kept = keep_learned(tables, work.last)
    derived = derivation(tables)
    rows = {name: tables[name] for name in schema.tables_of_reports()} | {
        "observations": derived.observations(),
        "report_summary": derived.report_summary(),
    }
    return Part({name: _block(name, of_table) for name, of_table in rows.items()}, tables["reports"], kept)


@cache
def _code_lists() -> Tables:
    return code_lists()


def blocks_of_table(name: str, rows: Iterable[Row]) -> Iterator[Block]:
    """Rows of a table as they stand in its CSV, some at a time.

    Args:
        name: of the table.
        rows: in the order of its key.
    """
    left = iter(rows)
    while some := tuple(islice(left, BLOCK)):
        yield _block(name, some)


def _block(name: str, rows: Iterable[Row]) -> Block:
    resource = schema.resources()[name]
    return block_of(resource.names, rows, {} if resource.derived else resource.examples)


def shares(sources: Sequence[Source]) -> Iterator[list[int]]:
    """Reports put together for a part each, as positions in the sequence; a part has whole agencies.

    In every table the rows of one part stand before those of the next: some tables are in the order of the ids of
    reports, one in that of ids with a colon after them.

    Args:
        sources: in any order; none gives no part.
    """
    order = sorted(range(len(sources)), key=lambda at: sources[at].report_id)
    with_colon = [f"{sources[at].report_id}:" for at in order]
    least = list(accumulate(reversed(with_colon), min))[::-1]
    last = {sources[at].agency.id: place for place, at in enumerate(order)}
    share: list[int] = []
    most, until = "", 0
    for place, at in enumerate(order):
        share.append(at)
        most, until = max(most, with_colon[place]), max(until, last[sources[at].agency.id])
        is_apart = place == until and (place + 1 == len(order) or most < least[place + 1])
        if is_apart and (len(share) >= LARGE or place + 1 == len(order)):
            yield share
            share, most = [], ""
