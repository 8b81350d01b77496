"""From the filed reports to the site, and each stage by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from pipeline.archive.sources import agencies, sources
from pipeline.bench import demo as demonstration
from pipeline.checks.reports import between
from pipeline.cli.group import (
    BUILD,
    CACHE,
    DEMO,
    DOCS,
    EARLIER,
    JOBS,
    OFFLINE,
    PACKAGE,
    REPORTS,
    SCHEDULER,
    SITE,
    Crews,
    crews,
    friendly,
    main,
    need_reports,
    readings,
)
from pipeline.cli.server import listening
from pipeline.cli.validate import refuse_broken
from pipeline.filing.cache import Cache
from pipeline.filing.clippings import write_clippings
from pipeline.filing.in_turn import in_turn
from pipeline.filing.inbox import names_waiting
from pipeline.filing.shelf import Shelf
from pipeline.knowledge.messages import message
from pipeline.knowledge.settings import settings
from pipeline.model.outcome import Outcome, ReadReport
from pipeline.model.source import Agency
from pipeline.package.keep import Last, last_rows
from pipeline.package.parts import Part, Work, part_of, shares
from pipeline.package.write import write_parts
from pipeline.pages import write_pages
from pipeline.safety.files import locked, replaced
from pipeline.site.build import build_site
from pipeline.site.offline import pack_offline

CLIPPINGS = "clippings"  # beside the docs folder


def publish(
    reports: Path,
    package: Path,
    docs: Path,
    site: Path,
    *,
    crew: Crews,
    cache: Cache | None = None,
    site_url: str = "",
    earlier: Path | None = None,
) -> None:
    """The whole way from what agencies filed to the site. Begin to read here: each line is a folder of ``pipeline/``.

    Args:
        reports: ``<agency>/<year>.<ext>``, each with its ``.yml``; only read.
        package, docs, site: made or replaced, each as a whole.
        crew: who reads, checks and makes rows; see ``filing/read_all.py`` for one report's way.
        cache: readings of earlier runs.
        site_url: where the site will be published; empty for this machine.
        earlier: what was published there before, as ``carry`` fetched it.
    """
    filed = tuple(sources(reports))  # archive: what is filed, and where it came from
    clippings = docs.with_name(CLIPPINGS)
    # document, reading: bytes → headings, paragraphs, grids → the cells of the form
    with readings(filed, crew, cache) as read:
        _say_without(write_clippings(recognised(read), clippings))  # what recognised figures look like
        # checks, package: what holds, fails, cannot be assessed → rows → validated, put in place as a whole
        write_learned(read, tuple(agencies(reports)), package, crew)
    write_pages(
        package, docs, clippings=clippings
    )  # published, pages: the package read back → Markdown, figures, fragments
    build_site(docs, site, site_url=site_url, earlier=earlier)  # site: what a browser opens


def _say_without(reports: int) -> None:
    if reports:
        said = message("no_clippings", count=reports)
        click.echo(f"{said.zh}\n{said.en}", err=True)


def recognised(read: Shelf) -> Iterator[ReadReport]:
    """The reports that have figures read from a picture.

    Args:
        read: all reports.
    """
    return (read[at].unpacked() for at, (_, gist) in enumerate(read.told) if gist.recognised)


def write_learned(read: Shelf, agencies: Sequence[Agency], package: Path, crew: Crews) -> None:
    """Writes the package; a report that this machine could not read keeps its last rows, and that is said aloud.

    Args:
        read: all reports.
        agencies: all that are filed.
        package: the folder of the package of before, which may be missing.
        crew: who checks the reports and makes their rows.
    """
    across = between(read.told)  # checks: what reports say of one another
    failed = {source.agency.id for source, gist in read.told if gist.failed}
    last = last_rows(package, failed)
    work = ((None, _work(read, share, across, last)) for share in shares(read.sources))
    kept: list[str] = []

    def parts() -> Iterator[Part]:
        with crew(len(read.told)) as at_work:  # they have gone when the whole is judged
            for _, part in in_turn(at_work, part_of, work):
                kept.extend(part.kept)
                yield part

    write_parts(agencies, parts(), package)
    for report in kept:
        said = message("kept_last", report=report)
        on_github = "::warning::" if os.environ.get("GITHUB_ACTIONS") == "true" else ""
        click.echo(f"{on_github}{said.zh} / {said.en}", err=not on_github)


def _work(read: Shelf, share: Sequence[int], across: Mapping[str, Sequence[Outcome]], last: Last) -> Work:
    reports = [read[at] for at in share]
    ids = [one.source.report_id for one in reports]
    return Work(
        reports,
        {key: across[key] for key in ids if key in across},
        {table: {key: rows[key] for key in ids if key in rows} for table, rows in last.items()},
    )


def _everything(crew: Crews) -> None:
    need_reports()
    with locked(PACKAGE), locked(BUILD):
        where = (REPORTS, PACKAGE, DOCS, SITE)
        publish(*where, crew=crew, cache=Cache(CACHE), site_url=_address(), earlier=EARLIER)
    _say_package()
    _say_site()
    _say_waiting()


def _say_waiting() -> None:
    """Files that somebody dropped into the inbox are in no site before they are filed."""
    if waiting := names_waiting(REPORTS):
        said = message("inbox_waiting", count=len(waiting))
        click.echo(f"{said.zh}\n{said.en}", err=True)


def _address() -> str:
    """What site.yml says, else what the host says."""
    return settings().base_address or os.environ.get("SITE_URL", "")


def _say_package() -> None:
    click.echo(f"数据包 data package: {PACKAGE / 'datapackage.json'}", err=True)


def _say_site() -> None:
    click.echo(
        f"网站 site: {SITE / 'index.html'}\n查看 look at it: python -m pipeline serve（或 or: make serve）",
        err=True,
    )


@main.command()
@JOBS
@SCHEDULER
@friendly
def package(jobs: int, scheduler: str) -> None:
    """读取、核对并写出数据包。 Reads, checks and writes the data package."""
    need_reports()
    crew = crews(jobs, scheduler)
    with locked(PACKAGE):
        filed = tuple(sources(REPORTS))
        with readings(filed, crew, Cache(CACHE)) as read:
            write_learned(read, tuple(agencies(REPORTS)), PACKAGE, crew)
    _say_package()


@main.command()
@friendly
def pages() -> None:
    """由数据包生成页面。 Makes the pages from the package."""
    with locked(PACKAGE):
        refuse_broken(PACKAGE)
        write_pages(PACKAGE, DOCS, clippings=DOCS.with_name(CLIPPINGS))


@main.command()
@friendly
def site() -> None:
    """由页面生成网站。 Makes the site from the pages."""
    build_site(DOCS, SITE, site_url=_address(), earlier=EARLIER)
    _say_site()


@main.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path), default=OFFLINE)
@click.option(
    "--site", "built", type=click.Path(path_type=Path), default=SITE, help="建好的网站 · the built site"
)
@friendly
def offline(target: Path, built: Path) -> None:
    """把网站装进一个压缩包，解开就能离线看。 Packs the site into a zip that opens from disk."""
    pack_offline(built, target)
    click.echo(f"离线网站 offline site: {target}", err=True)


@main.command()
@JOBS
@SCHEDULER
@friendly
def build(jobs: int, scheduler: str) -> None:
    """数据包、页面、网站一次做完。 Package, pages and site in one go."""
    _everything(crews(jobs, scheduler))


@main.command()
@JOBS
@friendly
def demo(jobs: int) -> None:
    """用虚构的年报建一个演示网站。 Builds a site of invented reports into build/demo."""
    with replaced(DEMO.parent, DEMO.name) as made:
        new = made / DEMO.name
        reports, package, docs, site = (new / name for name in ("reports", "package", "docs", "site"))
        reports.mkdir(parents=True)
        demonstration.write_demo(reports)
        filed = tuple(sources(reports))
        crew = crews(jobs)
        with readings(filed, crew) as read:
            write_learned(read, tuple(agencies(reports)), package, crew)
        demonstration.mark_invented(package)
        write_pages(package, docs)
        build_site(docs, site, site_url="")
    page = DEMO / "site/index.html"
    click.echo(f"演示网站 demonstration: {page}（数据全系虚构 all data invented）", err=True)


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000)
@JOBS
@friendly
def serve(port: int, jobs: int) -> None:
    """生成网站并在本机打开。 Builds and serves on localhost."""
    _everything(crews(jobs))
    with listening(SITE, port) as server:
        click.echo(f"http://127.0.0.1:{port}/  （Ctrl+C 结束 to stop）", err=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("", err=True)
