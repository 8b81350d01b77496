"""Is a data package whole: file, row, column, what is expected and what is found."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from pipeline.cli.group import PACKAGE, friendly, main
from pipeline.cli.web import save
from pipeline.knowledge.messages import wrong
from pipeline.package.opened import opened
from pipeline.package.validate import Problem
from pipeline.package.validate import validate as judge

MOST_SHOWN = 20  # in a refusal; `validate` lists them all


@main.command()
@click.argument("place", default=str(PACKAGE))
@click.option("--format", "style", type=click.Choice(["text", "json", "github"]), default="text")
@friendly
def validate(place: str, style: str) -> None:
    """数据包（文件夹、zip 或网址）是否完好。 Whether a data package (folder, zip or address) is whole."""
    with opened(place, save) as folder:
        problems = judge(folder, complete=place == str(PACKAGE), clone=Path(place).is_dir())
    for line in lines(problems, style):
        click.echo(line)
    if style == "text" and not problems:
        click.echo("完好 · whole")
    sys.exit(1 if problems else 0)


def lines(problems: Iterable[Problem], style: str) -> Iterable[str]:
    """A line for each problem: for people, as JSON, or as an annotation of the workflow.

    Args:
        problems: of a package; of none there is no line.
        style: ``text``, ``json`` or ``github``.
    """
    for one in problems:
        if style == "json":
            told = {"file": one.file, "row": one.line, "column": one.column}
            words = {"expected": one.expected, "found": one.found, "zh": one.what.zh, "en": one.what.en}
            yield json.dumps(told | words, ensure_ascii=False)
        elif style == "github":
            said = f"{one.column}: {one.what.zh} {one.what.en}".lstrip(": ")
            escaped = said.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
            yield f"::error file={PACKAGE}/{one.file},line={max(one.line, 1)}::{escaped}"
        else:
            yield str(one)


def refuse_broken(folder: Path, *, complete: bool = True) -> None:
    """Stops before anything is made of a package that is not whole.

    Args:
        folder: of a package.
        complete: whether every table of today must be there. A package of an older version has fewer.

    Raises:
        PipelineError: with the first problems, each with file, row, column, expected and found.
    """
    if problems := judge(folder, complete=complete, frictionless=False, clone=not complete):
        listed = "\n".join(f"  {problem}" for problem in problems[:MOST_SHOWN])
        raise wrong("package_broken", folder=folder, listed=listed)
