"""Reading a file, and filing it: what contributors run."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from pipeline.cli import render, review_text
from pipeline.cli.group import (
    REPORTS,
    friendly,
    main,
    need_reports,
)
from pipeline.document.sandbox import ReaderError, read_bounded
from pipeline.filing import inbox
from pipeline.filing.plan import make_plan
from pipeline.filing.reading import read_report, read_transcription
from pipeline.filing.request import NotFiledError, Request
from pipeline.filing.summary import summary
from pipeline.filing.writing import write_plan
from pipeline.model.findings import PipelineError
from pipeline.reading.report import make_report


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="每个文件一行 JSON · one JSON object a line")
@click.option(
    "--stop-after", type=click.Choice(["document"]), help="显示中间结果 · show an intermediate stage"
)
@friendly
def parse(files: tuple[Path, ...], as_json: bool, stop_after: str | None) -> None:
    """读取文件并显示结果，不写任何东西。 Reads files and shows what was read; writes nothing."""
    failed = False
    for path in files:
        try:
            document = read_bounded(path.read_bytes(), path.name)
            if stop_after:
                click.echo(render.document_text(document))
                continue
            report = make_report(document)
            text = render.report_json(path.name, report) if as_json else render.report_text(path.name, report)
            click.echo(text)
        except (PipelineError, OSError) as error:
            failed = True
            click.echo(render.refusal(path.name, error), err=True)
    sys.exit(1 if failed else 0)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--agency", default="", help="机关编号，如 510403-housing · the agency's id")
@click.option("--name", default="", help="新机关的全称 · full name of a new agency")
@click.option("--year", type=int, help="报告年度 · the year reported on")
@click.option("--source-url", default="", help="从哪个网址取得 · the address it was taken from")
@click.option("--division", default="", help="所在县市的六位代码 · code of its county or city")
@click.option("--retrieved", type=click.DateTime(["%Y-%m-%d"]), help="取得日期 · the day it was taken")
@click.option(
    "--transcription",
    type=click.Path(path_type=Path),
    help="扫描图片：照原件录入的数字 · a scan: its figures, typed as printed",
)
@click.option(
    "--replace", is_flag=True, help="换掉已收录的那一份 · put it in the place of the one that is filed"
)
@friendly
def add(
    file: Path,
    agency: str,
    name: str,
    year: int | None,
    source_url: str,
    retrieved: datetime | None,
    transcription: Path | None,
    replace: bool,
    division: str,
) -> None:
    """收录一份年报：认出机关和年度，归档，显示读到的内容。 Files one report: whose, which year; shows what was read.

    扫描图片的数字录入一个 .yml，空着的格不写： A scan's figures go into a .yml, without the empty cells:

    \b
      by: LW
      date: 2026-05-02
      tables:
        requests:
          new_received: {natural_person: 12, total: 12}
    """
    need_reports()
    try:
        data = file.read_bytes()
        typed = read_transcription(transcription) if transcription else None
        report = read_report(file.name, data, year=year, transcription=typed)
    except NotFiledError as refusal:
        click.echo(f"没有收录 not filed: {file.name}\n{refusal.zh}\n{refusal.en}", err=True)
        sys.exit(1)
    except ReaderError as error:
        click.echo(
            f"{file.name}: 读取程序出错，请报告给我们 / a reader failed, please report it: {error}", err=True
        )
        sys.exit(1)
    except (PipelineError, OSError) as error:
        click.echo(render.refusal(file.name, error), err=True)
        sys.exit(1)
    day = retrieved.date() if retrieved else None
    request = Request(file.name, data, agency, name, year, source_url, day, replace, typed, division)
    try:
        plan = make_plan(request, report, REPORTS)
        written = write_plan(plan, REPORTS)
    except NotFiledError as refusal:
        click.echo(render.report_text(file.name, report))
        click.echo(f"\n没有收录 not filed: {file.name}\n{refusal.zh}\n{refusal.en}", err=True)
        sys.exit(1)
    click.echo(render.report_text(file.name, plan.report))
    click.echo("\n" + summary(plan, written))


@main.command("inbox")
@click.option(
    "--check", "only_check", is_flag=True, help="只显示，不写 · show what would be filed; write nothing"
)
@friendly
def file_inbox(only_check: bool) -> None:
    """收录收件箱里的全部文件。 Files all that lies in datapackage/reports/inbox; exits with 1 when one cannot be."""
    need_reports()
    if only_check:
        with inbox.copied(REPORTS) as copy:
            entries = inbox.file_inbox(copy)
    else:
        entries = inbox.file_inbox(REPORTS)
    click.echo("\n".join(review_text.inbox_lines(entries)))
    left = [entry for entry in entries if entry.finding and (only_check or not entry.is_duplicate)]
    sys.exit(1 if left else 0)
