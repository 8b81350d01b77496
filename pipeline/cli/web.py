"""Source addresses asked again; and what commands need that ask addresses: who asks, and which day it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import IO

import click

from pipeline import __version__
from pipeline.archive.sources import sources
from pipeline.cli import render
from pipeline.cli.group import REPORTS, friendly, main, need_reports, progress_of
from pipeline.filing.fetch import Fetcher, FetchLimits
from pipeline.filing.recheck import Rechecked, counts
from pipeline.filing.recheck import recheck as ask_again
from pipeline.filing.refusals import NotFetchedError
from pipeline.knowledge.settings import repository, settings
from pipeline.safety.escape import markdown

PACKAGE_SECONDS = 600.0  # for one file of a package
CHINA = timezone(timedelta(hours=8))
STATES = {
    "same": "没有变 same",
    "changed": "变了 changed",
    "gone": "没有了 gone",
    "not_reached": "这次问不到 not reached",
}


def fetcher() -> Fetcher:
    """Asks in the name of this site, with the address of its repository where that is known."""
    return Fetcher(_agent())


def save(address: str, file: IO[bytes], most: int) -> bool:
    """Takes a file of a package whose address a person gave: it may be large, and lie on this machine.

    Args:
        address: http or https, of any machine.
        file: open for bytes; what comes is written to its end.
        most: bytes.

    Returns:
        whether there is one.

    Raises:
        NotFetchedError: anything else is wrong with it.
    """
    bounds = FetchLimits(seconds=PACKAGE_SECONDS, pause=0)
    asking = Fetcher(_agent(), limits=bounds, is_allowed=lambda _: True, asks_robots=False)
    try:
        asking.save(address, file, most)
    except NotFetchedError as error:
        if error.is_gone:
            return False
        raise
    return True


def _agent() -> str:
    home = repository(os.environ)
    return f"{settings().name}/{__version__}" + (f" (+{home})" if home else "")


def today() -> date:
    """The day in China, which is that of the sites that are asked."""
    return datetime.now(CHINA).date()


@main.command()
@click.option("--agency", "only", multiple=True, help="只问这些机关 · these agencies alone")
@click.option(
    "--summary",
    type=click.Path(path_type=Path),
    help="把 Markdown 接在这个文件后面 · append Markdown to this file",
)
@friendly
def recheck(only: tuple[str, ...], summary: Path | None) -> None:
    """问每个来源网址：文件还在不在，变没变；什么都不改。 Asks every source address whether the file is still there and the same.

    有变化或没有了的，以 1 退出；一时问不到的不算。 Exits with 1 when one is changed or gone, not when one could not be asked.
    """
    need_reports()
    with progress_of("来源网址 addresses asked") as progress:
        found = ask_again(sources(REPORTS, frozenset(only)), fetcher(), progress)
    for one in found:
        if one.finding:
            click.echo(render.finding_text("", one.finding, one.source.report_id))
    states = counts(found)
    click.echo("；".join(f"{words}: {states[state]}" for state, words in STATES.items()))
    if summary:
        with summary.open("a", encoding="utf-8", newline="\n") as file:
            file.write(_summary(found))
    sys.exit(1 if states["changed"] or states["gone"] else 0)


def _summary(found: Sequence[Rechecked]) -> str:
    """For the page of a workflow's run."""
    states = counts(found)
    lines = ["## 来源网址 · Source addresses", ""]
    lines += [f"- {words}: {states[state]}" for state, words in STATES.items()]
    if told := [(one, one.finding) for one in found if one.finding]:
        lines += ["", "| 报告 report | 代码 code | 说明 what |", "|---|---|---|"]
    for one, finding in told:
        said = f"{markdown(finding.message.zh)}<br>{markdown(finding.message.en)}"
        lines.append(f"| {markdown(one.source.report_id)} | {finding.code} | {said} |")
    return "\n".join(lines) + "\n"
