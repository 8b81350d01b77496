"""How right the reading of pictures is: invented reports, printed, spoiled as copiers and phones do, recognised and read.

Comes in: a number of scans and a seed. Goes out: for clear and hard scans how many cells were read, flagged, or silently
wrong, and what a page costs. Needs the extra ``scan`` and a font with Chinese characters. The drawing lives in
``tests/synthetic``; only this module, and only when it is called, knows of it.
"""

from __future__ import annotations

import pickle
import random
import resource
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pipeline.bench.accuracy import HEAD, Tally, judge, line
from pipeline.document.pdf import read_pdf
from pipeline.knowledge.messages import wrong
from pipeline.model.recognition import Recognition
from pipeline.reading.report import make_report

READ_CLEAR, READ_HARD = 0.97, 0.90  # of the cells, at 150 dots an inch and more without specks, and otherwise
SECONDS_A_PAGE, MIB = 5.0, 1024.0


@dataclass
class Costs:
    """Counts over scans of one kind, and their pages with the seconds that recognising them took."""

    tally: Tally = field(default_factory=Tally)
    pages: int = 0

    def add(self, other: Costs) -> None:
        """Takes in the counts of another.

        Args:
            other: stays as it is.
        """
        self.tally.add(other.tally)
        self.pages += other.pages


def write_scan(seed: int, folder: Path) -> Path:
    """Makes the scan of a seed and keeps it in a file, so that making it is not counted as reading it.

    Args:
        seed: the same one gives the same bytes.
        folder: is there.
    """
    scans, sheet, cases = (import_module(f"tests.synthetic.{name}") for name in ("scans", "sheet", "cases"))
    rng = random.Random(f"scan {seed}")
    printed, how = sheet.print_report(rng), scans.draw_spoiling(rng)
    data = scans.scan(printed, rng, how)
    truth = {
        key: replace(one, sure=False) for key, one in printed.truth.items()
    }  # a lost row is flagged as a row
    case = cases.Case(
        seed=seed,
        layout="scan",
        format="pdf",
        quirks=(str(how),),
        data=data,
        form=printed.form.key,
        truth=truth,
        wreck=False,
        agency=printed.agency,
        year=printed.year,
        scope=printed.scope,
    )
    path = folder / f"{seed}.pickle"
    path.write_bytes(pickle.dumps((case, how.is_hard)))
    return path


def read_scan(path: Path) -> tuple[bool, Costs]:
    """Recognises and judges one scan; the seconds are those of recognising it. Says whether it was a hard one.

    Args:
        path: made by ``write_scan``.
    """
    from pipeline.document.scan.engine import engine
    from pipeline.document.scan.page import read_page
    from pipeline.document.scan.pictures import picture_of, scanned_pages

    case, is_hard = pickle.loads(path.read_bytes())
    reader = engine()
    start = time.process_time()
    numbers = scanned_pages(case.data)
    pages = tuple(read_page(picture_of(case.data, number), number, reader) for number in numbers)
    seconds = time.process_time() - start
    tally = judge(case, make_report(read_pdf(case.data, Recognition("", "", (), pages))))
    tally.seconds = seconds
    unit = 1024 if sys.platform.startswith("linux") else 1024 * 1024  # kilobytes on Linux, bytes on macOS
    tally.mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return is_hard, Costs(tally, len(pages))


def run(scans: int, seed: int, *, jobs: int = 2) -> Iterator[tuple[bool, Costs]]:
    """Each scan as it was read: whether it was hard, and its counts.

    Args:
        scans: how many; of 0 nothing comes.
        seed: of the first; the others follow it.
        jobs: processes that recognise, each with about 700 MiB.

    Raises:
        PipelineError: this machine has no font to print them in.
    """
    if not import_module("tests.synthetic.scans").has_fonts():
        raise wrong("no_chinese_font")
    context = get_context("spawn")
    with (
        tempfile.TemporaryDirectory(prefix="scans-") as name,
        ProcessPoolExecutor(1, context) as maker,
        ProcessPoolExecutor(jobs, context) as readers,
    ):
        reading: deque[Future[tuple[bool, Costs]]] = deque()
        try:
            for path in maker.map(partial(write_scan, folder=Path(name)), range(seed, seed + scans)):
                reading.append(readers.submit(read_scan, path))
                if len(reading) > jobs:
                    yield reading.popleft().result()
            while reading:
                yield reading.popleft().result()
        finally:  # where it is stopped, nothing more is drawn or read
            maker.shutdown(wait=False, cancel_futures=True)
            readers.shutdown(wait=False, cancel_futures=True)


def missed(is_hard: bool, costs: Costs) -> Iterator[str]:
    """The bars that scans of one kind miss, in words.

    Args:
        is_hard: whether they are hard scans, whose bar for cells read is lower.
        costs: of at least one page.
    """
    tally, least = costs.tally, READ_HARD if is_hard else READ_CLEAR
    if tally.wrong:
        yield f"{tally.wrong} cells silently wrong"
    if tally.mistaken:
        yield f"{tally.mistaken} agencies, years or scopes silently wrong"
    if tally.exact < least * tally.cells:
        yield f"only {100 * tally.exact / tally.cells:.2f} % of cells read"
    if tally.seconds > SECONDS_A_PAGE * costs.pages:
        yield f"{tally.seconds / costs.pages:.1f} processor seconds a page"
    if tally.mib > MIB:
        yield f"{tally.mib:.0f} MiB"


def report(scans: int, seed: int, say: Callable[[str], Any]) -> bool:
    """Measures, and says a line for each scan as it was read, then one for clear and hard scans each.

    Stopped before it is done (Ctrl+C), it says how many it has seen, and those bars.

    Args:
        scans: how many.
        seed: of the first; the others follow it.
        say: takes a line without its end.

    Returns:
        whether all were seen and every bar is reached.
    """
    kinds: dict[bool, Costs] = {False: Costs(), True: Costs()}
    seen = 0
    with suppress(KeyboardInterrupt):
        for is_hard, costs in run(scans, seed):
            kinds[is_hard].add(costs)
            seen += 1
            say(_scan_line(seen, scans, is_hard, costs))
    say(f"{seen} of {scans} scans from seed {seed}")
    say(HEAD + " s/page")
    reached = seen == scans
    for is_hard, costs in kinds.items():
        if not costs.pages:
            continue
        name = "hard" if is_hard else "clear"
        say(line("scan", name, is_hard, costs.tally) + f" {costs.tally.seconds / costs.pages:>6.1f}")
        for words in missed(is_hard, costs):
            reached = False
            say(f"       missed: {words}")
    return reached


def _scan_line(number: int, scans: int, is_hard: bool, costs: Costs) -> str:
    tally = costs.tally
    shown = (
        f"{number:>4}/{scans} {'hard' if is_hard else 'clear':<5} {tally.exact:>4} of {tally.cells} read, "
        f"{tally.flagged:>3} flagged, {tally.wrong} wrong, {tally.seconds / costs.pages:.1f} s/page, {tally.mib:.0f} MiB"
    )
    return "\n".join([shown, *(f"       {example}" for example in tally.examples)])
