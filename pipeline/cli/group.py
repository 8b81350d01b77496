"""What all commands share: the group, where things lie, errors in words, progress, workers.

Exit codes: 0 clean, 1 errors found, 2 wrong use or configuration.
"""

from __future__ import annotations

import errno
import functools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from pipeline.archive.sources import sources
from pipeline.checks.all import check_all
from pipeline.cli.cluster import cluster
from pipeline.filing.cache import Cache
from pipeline.filing.in_turn import Crew
from pipeline.filing.read_all import pack_each, read_each
from pipeline.filing.shelf import Shelf, shelved
from pipeline.knowledge import KnowledgeError
from pipeline.knowledge.messages import message, wrong
from pipeline.model.findings import PipelineError
from pipeline.model.outcome import CheckedReport
from pipeline.model.source import Source
from pipeline.safety.files import recover

P = ParamSpec("P")
T = TypeVar("T")
Crews = Callable[[int], AbstractContextManager[Crew | None]]  # of a number of files

PACKAGE = Path("datapackage")
REPORTS = PACKAGE / "reports"
BUILD = Path("build")
DOCS, SITE, DEMO, OFFLINE, CACHE = (BUILD / name for name in ("docs", "site", "demo", "offline.zip", "cache"))
EARLIER = BUILD / "earlier"  # what was published before, where `carry` put it
WORTH_A_POOL = 40  # with fewer reports, starting workers costs more than it saves


def friendly(command: Callable[P, T]) -> Callable[P, T]:
    """Shows what a person can mend in both languages and exits with 2, instead of a traceback.

    Args:
        command: what a click command calls.
    """

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except PipelineError as error:
            said = error
        except KnowledgeError as error:
            what = message(error.code, said=error.said)
            said = wrong("in_knowledge", file=error.file, line=error.line, said=what)
        except OSError as error:
            if error.errno in (
                None,
                errno.EPIPE,
            ):  # the reader of our output has gone: click knows what to do
                raise
            # In the middle of a write the system names no file.
            said = wrong("disk_refuses", path=error.filename or Path.cwd(), why=error.strerror)
        click.echo(f"{said.zh}\n{said.en}", err=True)
        sys.exit(2)

    return wrapped


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@friendly
def main() -> None:
    """政府信息公开年度报告：读取、核对、打包、建站。 Annual reports: read, check, package, publish."""
    for folder in (Path(), PACKAGE, REPORTS, BUILD):
        recover(folder)  # what a run that was killed left there


def crews(jobs: int = 0, scheduler: str = "") -> Crews:
    """What gives the workers for so many files: those of a cluster, a pool where there is enough to do for one, or none.

    Args:
        jobs: processes on this machine; 0 is one a processor.
        scheduler: address of a Dask cluster, which takes their place; empty for none.
    """

    @contextmanager
    def crew(files: int) -> Iterator[Crew | None]:
        number = jobs or os.cpu_count() or 1
        if scheduler and files:
            with cluster(scheduler) as found:
                yield found
        elif number > 1 and files > WORTH_A_POOL:
            with ProcessPoolExecutor(number) as pool:
                yield Crew(pool)
        else:
            yield None

    return crew


@contextmanager
def progress_of(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal; one plain line at the end elsewhere.

    Args:
        what: a few words in both languages, before the bar.
    """
    if sys.stderr.isatty():
        with click.progressbar(length=1, label=what, file=sys.stderr) as bar:

            def step(done: int, total: int) -> None:
                bar.length = total
                bar.update(done - bar.pos)

            yield step
        return
    last = 0

    def count(done: int, total: int) -> None:
        nonlocal last
        last = total

    yield count
    click.echo(f"{what}: {last}", err=True)


@contextmanager
def pages_recognised() -> Iterator[Callable[[int, int], None]]:
    """Progress over the pages of a picture, and nothing at all where none is recognised."""
    with ExitStack() as stack:
        begun: list[Callable[[int, int], None]] = []

        def step(done: int, total: int) -> None:
            if not begun:
                begun.append(stack.enter_context(progress_of("识别图片 pages recognised")))
            begun[0](done, total)

        yield step


def need_reports() -> None:
    """Refuses to run elsewhere than at the repository's root."""
    if not REPORTS.is_dir():
        raise wrong("no_reports_folder", reports=REPORTS)


@contextmanager
def readings(todo: Sequence[Source], crew: Crews, cache: Cache | None = None) -> Iterator[Shelf]:
    """All of some sources as read, for as long as the block lasts; shows how far it is.

    Args:
        todo: filed reports; none gives none.
        crew: who reads them.
        cache: of earlier readings; without one all are read.
    """
    with ExitStack() as stack:
        with crew(len(todo)) as at_work, progress_of("读取报告 reports read") as progress:
            shelf = stack.enter_context(shelved(pack_each(todo, at_work, cache, progress)))
        yield shelf


def checked_reports(jobs: int) -> list[CheckedReport]:
    """Every filed report, read and checked.

    Args:
        jobs: processes; 0 is one a processor.
    """
    need_reports()
    todo = list(sources(REPORTS))
    with crews(jobs)(len(todo)) as at_work, progress_of("读取报告 reports read") as progress:
        return check_all(read_each(todo, at_work, Cache(CACHE), progress))


JOBS = click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=0),
    default=0,
    help="并行数，0 为全部核心 · workers, 0 = all cores",
)
SCHEDULER = click.option(
    "--scheduler",
    default="",
    metavar="ADDRESS",
    help="Dask 集群的地址，代替本机的进程 · a Dask cluster's scheduler, in place of this machine's processes",
)
