"""What a pull request must satisfy, for contributors and for the workflow."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import click

from pipeline.cli import render, review_text
from pipeline.cli.group import (
    JOBS,
    PACKAGE,
    checked_reports,
    friendly,
    main,
    need_reports,
)
from pipeline.cli.review_pages import build_review_pages
from pipeline.cli.validate import lines
from pipeline.model.findings import PipelineError, Severity
from pipeline.package.descriptor import DESCRIPTOR
from pipeline.package.validate import validate as judge
from pipeline.review.compare import Review
from pipeline.review.compare import review as make_review
from pipeline.review.git_base import find_base
from pipeline.review.paths import Fault


@main.command()
@click.option("--format", "style", type=click.Choice(["text", "json", "github", "markdown"]), default="text")
@click.option("--strict", is_flag=True, help="提醒也算不通过 · warnings fail too")
@JOBS
@friendly
def check(style: str, strict: bool, jobs: int) -> None:
    """核对所有报告；有错误时以 1 退出。 Checks all reports; exits with 1 when there are errors."""
    filed = checked_reports(jobs)
    click.echo(render.findings(filed, style))
    problems = judge(PACKAGE, clone=True) if (PACKAGE / DESCRIPTOR).is_file() else []
    for line in lines(problems, "github" if style == "github" else "text"):
        click.echo(line, err=style == "json")  # that is one list, of findings about reports
    worst = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    found = Counter(finding.severity for one in filed for finding in one.findings)
    sys.exit(1 if problems or any(found[severity] for severity in worst) else 0)


@main.command()
@click.option("--base", default="", help="与哪个提交或文件夹对比 · the commit or folder to compare with")
@click.option(
    "--summary",
    type=click.Path(path_type=Path),
    help="把 Markdown 接在这个文件后面 · append Markdown to this file",
)
@click.option(
    "--event", type=click.Path(path_type=Path, exists=True), help="GitHub 的事件文件 · GitHub's event file"
)
@click.option(
    "--pages",
    "pages_folder",
    type=click.Path(path_type=Path),
    help="有关机关的网页 · pages of these agencies",
)
@friendly
def review(base: str, summary: Path | None, event: Path | None, pages_folder: Path | None) -> None:
    """审阅改动：读到什么、哪里不对、数据怎么变。 Reviews a change: what was read, what is wrong, what differs."""
    need_reports()
    try:
        found = _with_pages(make_review(Path.cwd(), find_base(Path.cwd(), base)), pages_folder)
    except Exception as error:
        if not isinstance(error, PipelineError):
            _append(summary, review_text.crash(error))
        raise
    if pages_folder:
        _write_forms(found, pages_folder)
    _append(summary, review_text.summary(found, review_text.description(event)))
    # On GitHub a line of a report could be taken for a command.
    on_github = os.environ.get("GITHUB_ACTIONS") == "true"
    for line in review_text.annotated(found) if on_github else review_text.lines(found):
        click.echo(line)
    sys.exit(1 if found.is_refused else 0)


def _append(summary: Path | None, text: str) -> None:
    if summary:
        with summary.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)


def _write_forms(found: Review, folder: Path) -> None:
    """The forms about cells in doubt, beside the pages, which may be missing."""
    for one in found.reports:
        if one.form:
            path = folder / review_text.form_path(one)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(one.form, encoding="utf-8", newline="\n")


def _with_pages(found: Review, folder: Path | None) -> Review:
    """The pages of the agencies, where they are wanted; that they cannot be built is a fault like any other."""
    if folder is None:
        return found
    try:
        if build_review_pages(found.tables, folder):
            click.echo(f"网页 pages: {folder / 'index.html'}", err=True)
    except PipelineError as error:
        if found.faults:
            return found  # what is wrong is said already
        return replace(found, faults=(*found.faults, Fault(next(iter(found.changed)), error.zh, error.en)))
    return found
