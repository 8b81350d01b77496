"""Two packages compared, and a release written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from pipeline.cli.group import (
    EARLIER,
    PACKAGE,
    friendly,
    main,
)
from pipeline.cli.validate import refuse_broken
from pipeline.cli.web import save
from pipeline.filing.refusals import NotFetchedError
from pipeline.knowledge.messages import wrong
from pipeline.package.opened import opened
from pipeline.package.write import write_package
from pipeline.published import changelog, releases
from pipeline.published.carry import carry as carried
from pipeline.published.catalogues import citation, zenodo
from pipeline.published.dictionary import README
from pipeline.published.diff import Difference, compare
from pipeline.published.distributions import registry
from pipeline.published.reader import DESCRIPTOR, Published, open_package
from pipeline.safety.files import locked, replaced

CHANGELOG, CITATION, ZENODO = "CHANGELOG.md", "CITATION.cff", ".zenodo.json"


@main.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path), default=PACKAGE)
@click.option("--format", "style", type=click.Choice(["text", "json", "markdown"]), default="text")
@friendly
def diff(old: Path, new: Path, style: str) -> None:
    """两个数据包（文件夹或 zip）有什么不同。 What differs between two packages, folders or zips."""
    with opened(str(old)) as was, opened(str(new)) as now:
        for folder in (was, now):
            refuse_broken(folder, complete=False)
        before, after = open_package(was), open_package(now)
        found = compare(before, after)
        _tell(found, before, after, style)


def _tell(found: Difference, before: Published, after: Published, style: str) -> None:
    if style == "markdown":
        click.echo(changelog.changes_markdown(found, before, after), nl=False)
    else:
        click.echo(changelog.as_json(found) if style == "json" else changelog.as_text(found), nl=False)


@main.command()
@click.option(
    "--against", type=click.Path(path_type=Path), required=True, help="上一版数据包 · the last release"
)
@click.option("--release", "day", default="", help="发布日期，写出这一版 · the day: writes the release")
@friendly
def version(against: Path, day: str) -> None:
    """与上一版相比应当是哪一版；给出日期就写下来。 The next version by what differs; with a day, writes it down."""
    before, after = open_package(against), open_package(PACKAGE)
    found = compare(before, after)
    if day:
        _write_release(day, found, before, after)
    click.echo(releases.next_version(found.old_version, found.level))


@main.command()
@click.argument("address")
@click.argument("target", type=click.Path(file_okay=False, path_type=Path), default=EARLIER)
@friendly
def carry(address: str, target: Path) -> None:
    """取回网站上已发布的各个版本，好和新的一起发布。 Fetches what the site has published, to publish it again with the new."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        states = carried(address, target, save)
    except NotFetchedError as error:
        raise wrong("site_silent", address=address, error=error) from error
    click.echo(f"以前的版本 earlier states: {len(states)}", err=True)


@main.command()
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@friendly
def large(target: Path) -> None:
    """写出网站放不下、随发行提供的形式。 Writes the forms that the site has no room for and the release offers."""
    target.mkdir(parents=True, exist_ok=True)
    package = open_package(PACKAGE)
    for one in registry.released(package):
        for path in one.write(package, target):
            click.echo(path, err=True)


def _write_release(day: str, found: Difference, before: Published, after: Published) -> None:
    """History, package, change log and citation, all or none: a package that is refused leaves them as they were."""
    made = replace(releases.release(found, day), data=releases.state_of(after))
    history = releases.with_release(releases.read_history(PACKAGE), made)
    log = changelog.with_changelog(Path(CHANGELOG).read_text(encoding="utf-8"), made, found, before, after)
    names = ("data", README, DESCRIPTOR, releases.HISTORY)
    with (
        locked(PACKAGE),
        replaced(Path(), *(f"{PACKAGE}/{name}" for name in names), CHANGELOG, CITATION, ZENODO) as new,
    ):
        folder = new / PACKAGE
        folder.mkdir()
        (folder / releases.HISTORY).write_text(history, encoding="utf-8", newline="\n")
        write_package(
            {name: list(after.records(name)) for name, table in after.tables.items() if not table.derived},
            folder,
            frictionless=True,
        )
        (new / CHANGELOG).write_text(log, encoding="utf-8", newline="\n")
        released = open_package(folder)
        (new / CITATION).write_text(citation(released), encoding="utf-8", newline="\n")
        (new / ZENODO).write_text(zenodo(released), encoding="utf-8", newline="\n")
