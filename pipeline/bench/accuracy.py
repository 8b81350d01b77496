"""How right the reading is: invented reports whose every cell is known, read back in each format and layout.

Comes in: a number of reports and a seed. Goes out: per layout, clean and damaged, how many cells were read exactly,
flagged, or silently wrong, and what reading costs. The generator lives in ``tests/synthetic``; only this module, and
only when it is called, knows of it.
"""

from __future__ import annotations

import pickle
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pipeline.document.read import read
from pipeline.model.figure import Figure, Status
from pipeline.model.report import NotAReportError, Report
from pipeline.reading.agencies import normal_name
from pipeline.reading.report import make_report

# A finding of these codes names one cell that has no value; T107 and T108 name a row or a table that is not there.
CELL_CODES = frozenset(("F101", "F102", "F110", "T102", "T104", "T106", "T114"))
WHOLE_CODES = frozenset(("T107", "T108"))
MOST_QUIRKS = 4
BATCH = 25
OTHERS = 10  # for so many reports one document that is none
COUNTS = (
    *(
        "reports",
        "wrecks",
        "cells",
        "exact",
        "flagged",
        "wrong",
        "false_flags",
        "knowable",
        "known",
        "mistaken",
    ),
    "seconds",
)

EXACT_WITH_QUIRKS = 0.995
KNOWN = 0.95
JOINED = "joined"  # there most cells cannot be told by anybody: what counts is that those are flagged, and the rest read
FALSE_FLAGS = 0.005


@dataclass
class Tally:
    """Counts over the reports of one layout.

    Attributes:
        cells: cells read, wrecks aside: reports of which so little is left that only wrong values count.
        exact: value, blank, mark and absence read as printed.
        flagged: no value, and a finding that names the cell.
        wrong: anything else, a value above all.
        false_flags: cells printed plainly that have a status or a finding nevertheless.
        knowable, known: cells that the page does not tell but the sums do, and how many of them were read.
        mistaken: agencies, years and scopes read otherwise than printed without a word.
    """

    reports: int = 0
    wrecks: int = 0
    cells: int = 0
    exact: int = 0
    flagged: int = 0
    wrong: int = 0
    false_flags: int = 0
    knowable: int = 0
    known: int = 0
    mistaken: int = 0
    seconds: float = 0.0
    mib: float = 0.0
    examples: list[str] = field(default_factory=list)
    blamed: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Takes in the counts of another.

        Args:
            other: stays as it is.
        """
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.mib = max(self.mib, other.mib)
        self.examples = (self.examples + other.examples)[:20]
        self.blamed += other.blamed


def judge(case: Any, report: Report) -> Tally:
    """Compares one report as read with the truth of its case.

    Args:
        case: a report made by tests/synthetic, with what every cell of it holds and which of them are damaged.
        report: what was read; of another form than the case every stated cell counts as wrong.
    """
    tally = Tally(reports=1)
    named = {(f.at.table, f.at.row, f.at.column) for f in report.findings if f.code in CELL_CODES}
    gone = {(f.at.table, f.at.row) for f in report.findings if f.code in WHOLE_CODES}
    if case.form != report.form.key:
        tally.wrong = sum(figure.value is not None for figure in report.figures.values())
        tally.examples.append(f"{_name(case)}: read as {report.form.key}, is {case.form}")
        return tally
    for words in mistakes(case, report):
        tally.mistaken += 1
        tally.examples.append(f"{_name(case)}: {words}")
    if case.wreck:
        tally.wrecks = 1
    for key, truth in case.truth.items():
        figure = report.figures[key]
        exact = _is_exact(truth, figure)
        if case.wreck:
            wrong = figure.value is not None and not exact
        else:
            whole = not truth.sure and bool({key[:2], (key[0], "")} & gone)
            flagged = figure.value is None and (key in named or whole)
            wrong = not exact and not flagged
            good = truth.sure and truth.says in ("value", "blank", "mark")
            false = good and (figure.status is Status.RESOLVED or key in named)
            tally.cells += 1
            tally.exact += exact
            tally.knowable += truth.knowable
            tally.known += truth.knowable and exact
            tally.flagged += not exact and flagged
            tally.false_flags += false
            if false or (flagged and not exact):
                tally.blamed.update(case.quirks)
        if wrong:
            tally.wrong += 1
            tally.blamed.update(f"{quirk} WRONG" for quirk in case.quirks)
            tally.examples.append(
                f"{_name(case)}: {key} {figure.raw!r} {figure.status} {figure.value}, is {truth}"
            )
    return tally


def mistakes(case: Any, report: Report) -> Iterator[str]:
    """What a report says of itself and was read otherwise, or not at all, without a finding that says so.

    Args:
        case: the truth.
        report: as read. A name or a year that was not found is told by D110 or D111, a scope that is a guess by D118.
    """
    codes = {finding.code for finding in report.findings}
    name = normal_name(report.agency or "")  # a report may print it in traditional characters
    if name != case.agency and not (report.agency is None and "D110" in codes):
        yield f"agency {report.agency}, is {case.agency}"
    if report.year != case.year and not (report.year is None and "D111" in codes):
        yield f"year {report.year}, is {case.year}"
    if report.scope != case.scope and not (codes & {"D118", "D110"}):
        yield f"scope {report.scope}, is {case.scope}"


def _is_exact(truth: Any, figure: Figure) -> bool:
    if truth.says == "value":
        same_unit = not truth.unit or figure.unit == truth.unit
        return bool(figure.value is not None and figure.value == truth.value and same_unit)
    return bool(figure.status.value == truth.says)


def _name(case: Any) -> str:
    return f"seed {case.seed} {case.layout} {','.join(case.quirks) or 'clean'}"


def read_cases(cases: Iterable[Any]) -> Tally:
    """Reads and judges; the seconds are those of reading alone.

    Args:
        cases: reports made by tests/synthetic; without any every count is 0.
    """
    tally = Tally()
    for case in cases:
        start = time.process_time()
        report = make_report(read(case.data, case.format))
        seconds = time.process_time() - start
        one = judge(case, report)
        one.seconds = seconds
        tally.add(one)
    return tally


def _write_batch(layout: str, quirks: int, seeds: Sequence[int], folder: Path) -> Path:
    """Makes cases and keeps them in a file, so that the memory of making them is not that of reading them."""
    generator = import_module(
        "tests.synthetic.cases"
    )  # at run time: the generator is no part of the pipeline
    path = folder / f"{layout}-{quirks}-{seeds[0]}.pickle"
    path.write_bytes(pickle.dumps([generator.make_case(seed, layout, quirks=quirks) for seed in seeds]))
    return path


def _read_batch(path: Path) -> Tally:
    tally = read_cases(pickle.loads(path.read_bytes()))
    unit = 1024 if sys.platform.startswith("linux") else 1024 * 1024  # kilobytes on Linux, bytes on macOS
    tally.mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return tally


def run(reports: int, seed: int, *, jobs: int = 2) -> Iterator[tuple[str, str, bool, Tally]]:
    """Measures all layouts, each clean and damaged.

    Args:
        reports: how many damaged reports in all; a quarter as many clean ones come on top.
        seed: the same seed gives the same files.
        jobs: processes at work at once.

    Yields:
        format (``JOINED`` for layouts that leave no gap between digits), layout, whether its reports were damaged, and
        the counts.
    """
    layouts = import_module("tests.synthetic.layouts").LAYOUTS
    context = get_context("spawn")
    with (
        tempfile.TemporaryDirectory(prefix="accuracy-") as name,
        ProcessPoolExecutor(jobs, context) as makers,
    ):
        for layout in layouts.values():
            # Digits without a gap are damage by themselves, which the form of a report does not heal.
            joined = layout.blanks == "joined"
            for quirks in (MOST_QUIRKS,) if joined else (0, MOST_QUIRKS):
                share = reports if quirks else reports // 4
                seeds = range(seed, seed + max(1, -(-share // len(layouts))))
                batches = [seeds[start : start + BATCH] for start in range(0, len(seeds), BATCH)]
                paths = list(
                    makers.map(partial(_write_batch, layout.name, quirks, folder=Path(name)), batches)
                )
                tally = Tally()
                # New processes for each layout: the peak memory of a process never goes down again.
                with ProcessPoolExecutor(jobs, context) as readers:
                    for one in readers.map(_read_batch, paths):
                        tally.add(one)
                for path in paths:
                    path.unlink()
                yield JOINED if joined else layout.format, layout.name, bool(quirks), tally


def read_others(count: int, seed: int) -> list[str]:
    """Documents that are no annual reports, and were read as one; each by its seed and kind.

    Args:
        count: how many are drawn.
        seed: of the first.
    """
    generator = import_module("tests.synthetic.others")
    taken = []
    for number in range(seed, seed + count):
        kind, file_format, data = generator.make_other(number)
        try:
            make_report(read(data, file_format))
            taken.append(f"seed {number}: {kind}")
        except NotAReportError:
            pass
    return taken


HEAD = (
    f"{'format':<6} {'layout':<12} {'':<7} {'reports':>7} {'cells':>7} {'exact':>10} {'flagged':>8} {'wrong':>6}"
    f" {'false flags':>11} {'mistaken':>8} {'known':>9} {'reports/s/core':>14} {'peak MiB':>8}"
)


def line(file_format: str, layout: str, damaged: bool, tally: Tally) -> str:
    """One row of the table.

    Args:
        file_format: such as "docx".
        layout: how the tables are set, or "all".
        damaged: whether the reports have quirks.
        tally: what was counted; of no cells the shares are 0 %.
    """
    return (
        f"{file_format:<6} {layout:<12} {'quirks' if damaged else 'clean':<7} {tally.reports:>7} {tally.cells:>7}"
        f" {100 * tally.exact / (tally.cells or 1):>8.3f} % {tally.flagged:>8} {tally.wrong:>6} {tally.false_flags:>11}"
        f" {tally.mistaken:>8} {100 * tally.known / tally.knowable if tally.knowable else 100:>7.2f} %"
        f" {tally.reports / (tally.seconds or 1):>14.0f} {tally.mib:>8.0f}"
    )


def missed(damaged: bool, tally: Tally, *, exact: bool = True) -> Iterator[str]:
    """The bars that a tally misses, in words.

    Args:
        damaged: whether its reports were.
        tally: the counts.
        exact: whether there is a bar for the share of cells read exactly.
    """
    cells = tally.cells or 1
    if tally.wrong:
        yield f"{tally.wrong} cells silently wrong"
    if tally.mistaken:
        yield f"{tally.mistaken} agencies, years or scopes silently wrong"
    if tally.known < KNOWN * tally.knowable:
        yield f"only {tally.known} of {tally.knowable} cells that the sums make knowable"
    if not damaged and tally.exact < tally.cells:
        yield f"clean, and yet {tally.cells - tally.exact} cells not exact"
    if damaged and exact and tally.exact / cells < EXACT_WITH_QUIRKS:
        yield f"only {100 * tally.exact / cells:.3f} % exact"
    if tally.false_flags / cells > (FALSE_FLAGS if damaged else 0):
        yield f"{100 * tally.false_flags / cells:.3f} % of cells flagged without need"


def report(reports: int, seed: int, say: Callable[[str], object]) -> bool:
    """Measures, and says a line for each layout, then one for each format, whose bars count.

    Args:
        reports: how many damaged ones; clean ones come to these.
        seed: of the first; the others follow it.
        say: takes a line without its end.

    Returns:
        whether every bar is reached.
    """
    say(HEAD)
    formats: dict[tuple[str, bool], Tally] = {}
    for file_format, layout, damaged, tally in run(reports, seed):
        say(line(file_format, layout, damaged, tally))
        formats.setdefault((file_format, damaged), Tally()).add(tally)
    say("")
    reached = True
    for (file_format, damaged), tally in formats.items():
        say(line(file_format, "all", damaged, tally))
        for words in missed(damaged, tally, exact=file_format != JOINED):
            reached = False
            say(f"       missed: {words}")
        for example in tally.examples:
            say(f"       {example}")
    others = max(1, reports // OTHERS)
    taken = read_others(others, seed)
    reached = reached and not taken
    say(
        f"{others} documents that are no annual reports, {len(taken)} of them taken for one {' '.join(taken[:20])}"
    )
    wrecks = sum(tally.wrecks for tally in formats.values())
    say(
        f"{wrecks} wrecks among them: reports of which so little is left that only wrong values count against reading"
    )
    say("every bar is reached" if reached else "not every bar is reached: see what is missed above")
    return reached
