"""Reading a file, and filing it: what contributors run."""

from __future__ import annotations

import dataclasses
import sys
from datetime import date, datetime
from pathlib import Path

import click

from pipeline.archive.recognitions import SUFFIX, recognition_beside
from pipeline.cli import render, review_text
from pipeline.cli.group import (
    REPORTS,
    friendly,
    main,
    need_reports,
    pages_recognised,
)
from pipeline.cli.web import fetcher, today
from pipeline.document.sandbox import ReaderError, run
from pipeline.filing import inbox
from pipeline.filing.from_address import name_of, report_at
from pipeline.filing.from_list import file_list, read_list
from pipeline.filing.pictures import read_pictures_too, shows_pictures
from pipeline.filing.plan import make_plan
from pipeline.filing.reading import read_report, read_transcription
from pipeline.filing.request import NotFiledError, Request
from pipeline.filing.saved_page import with_pictures
from pipeline.filing.summary import summary
from pipeline.filing.writing import write_plan
from pipeline.model.findings import PipelineError
from pipeline.model.report import Report
from pipeline.reading.report import make_report
from pipeline.review.git_base import find_base
from pipeline.safety.escape import visible


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="每个文件一行 JSON · one JSON object a line")
@click.option(
    "--stop-after", type=click.Choice(["document"]), help="显示中间结果 · show an intermediate stage"
)
@click.option(
    "--again",
    is_flag=True,
    help="图片重新识别，不用旁边的 .read.yml · recognise pictures anew, whatever lies beside them",
)
@friendly
def parse(files: tuple[Path, ...], as_json: bool, stop_after: str | None, again: bool) -> None:
    """读取文件并显示结果，不写任何东西。 Reads files and shows what was read; writes nothing."""
    failed = False
    for path in files:
        try:
            known = None if again else recognition_beside(path)
            with pages_recognised() as progress:
                name, data = with_pictures(path)
                document, _ = read_pictures_too(data, name, known, progress)
            if stop_after:
                click.echo(render.document_text(document))
                continue
            report = run(make_report, document)
            text = render.report_json(path.name, report) if as_json else render.report_text(path.name, report)
            click.echo(text)
        except (PipelineError, OSError) as error:
            failed = True
            click.echo(render.refusal(path.name, error), err=True)
    sys.exit(1 if failed else 0)


@main.command()
@click.argument("file", required=False, metavar="[FILE|ADDRESS]")
@click.option(
    "--from",
    "addresses",
    type=click.Path(path_type=Path),
    help="网址清单，CSV · a list of addresses: address,agency,name,division,year",
)
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
    file: str | None,
    addresses: Path | None,
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

    可以是文件，也可以是网址：取网页，网页只有链接的，取那个附件。 A file, or an address: the page, or the attachment it links.

    扫描图片的数字录入一个 .yml，空着的格不写： A scan's figures go into a .yml, without the empty cells:

    \b
      by: LW
      date: 2026-05-02
      tables:
        requests:
          new_received: {natural_person: 12, total: 12}
    """
    need_reports()
    if (file is None) == (addresses is None):
        raise click.UsageError(
            "给一个文件、一个网址，或者 --from 清单 · give a file, an address, or --from LIST"
        )
    day = retrieved.date() if retrieved else None
    if addresses:
        _add_list(addresses, day or today())
    else:
        said = Request("", b"", agency, name, year, source_url, day, replace, division=division)
        _add_one(file or "", said, transcription)


def _add_one(given: str, said: Request, transcription: Path | None) -> None:
    """Files what lies at a path or an address, and shows it; exits with 1 where it cannot be filed."""
    shown = given if "://" in given else Path(given).name
    try:
        typed = read_transcription(transcription) if transcription else None
        take = _from_address if "://" in given else _from_file
        request, report = take(given, dataclasses.replace(said, transcription=typed))
    except NotFiledError as refusal:
        click.echo(f"没有收录 not filed: {shown}\n{refusal.zh}\n{refusal.en}", err=True)
        sys.exit(1)
    except ReaderError as error:
        click.echo(
            f"{shown}: 读取程序出错，请报告给我们 / a reader failed, please report it: {error}", err=True
        )
        sys.exit(1)
    except (PipelineError, OSError) as error:
        click.echo(render.refusal(shown, error), err=True)
        sys.exit(1)
    try:
        plan = make_plan(request, report, REPORTS)
        written = write_plan(plan, REPORTS)
    except NotFiledError as refusal:
        click.echo(render.report_text(shown, report))
        click.echo(f"\n没有收录 not filed: {shown}\n{refusal.zh}\n{refusal.en}", err=True)
        sys.exit(1)
    click.echo(render.report_text(shown, plan.report))
    click.echo("\n" + summary(plan, written))


def _from_file(path: str, said: Request) -> tuple[Request, Report]:
    name, data = with_pictures(Path(path))
    with pages_recognised() as progress:
        report = read_report(name, data, year=said.year, transcription=said.transcription, progress=progress)
    return dataclasses.replace(said, name=name, data=data), report


def _from_address(address: str, said: Request) -> tuple[Request, Report]:
    with pages_recognised() as progress:
        taken, report = report_at(address, fetcher(), said.year, said.transcription, progress)
    found = dataclasses.replace(said, name=name_of(taken), data=taken.data, fetched=taken)
    return dataclasses.replace(found, url=said.url or address, retrieved=said.retrieved or today()), report


def _add_list(path: Path, day: date) -> None:
    """Files the reports of a list of addresses, and says of each what became of it, as it comes."""
    left = 0
    for entry in file_list(read_list(path), fetcher(), REPORTS, day):
        left += bool(entry.finding and not entry.is_duplicate)
        click.echo("\n".join(review_text.inbox_lines([entry])))
    sys.exit(1 if left else 0)


@main.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--base", help="还有自此以来改动的识别记录 · and recognitions that changed since this commit or folder"
)
@click.option("--filed", is_flag=True, help="还有已经收录的 · and filed reports that were recognised")
@friendly
def pictures(files: tuple[Path, ...], base: str | None, filed: bool) -> None:
    """文件（默认收件箱）里有没有要识别的图片；有则以 0 退出。 Exits with 0 where a file, or one of the inbox, is a picture."""
    in_inbox = sorted((REPORTS / inbox.FOLDER).glob("[!.]*")) if REPORTS.is_dir() else []
    chosen = [path for path in files or in_inbox if path.is_file() and not path.is_symlink()]
    shown = [path.name for path in chosen if shows_pictures(path.read_bytes(), path.name)]
    if base is not None:
        changed = find_base(Path.cwd(), base).changed(Path.cwd())
        shown += [path for path, how in changed.items() if path.endswith(SUFFIX) and how != "D"]
    if filed:
        shown += [path.name for path in sorted(REPORTS.glob(f"*/*{SUFFIX}"))]
    for name in shown:
        click.echo(visible(name))
    sys.exit(0 if shown else 1)


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
