"""The commands. The only module that prints, reads the environment or exits.

Exit codes: 0 clean, 1 errors found, 2 wrong use or configuration.
"""

from __future__ import annotations

import functools
import gc
import http.server
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from pipeline.archive import sources
from pipeline.bench import accuracy
from pipeline.bench import demo as demonstration
from pipeline.bench import speed as benchmarks
from pipeline.cli import explain as explanations
from pipeline.cli import render, review_text
from pipeline.cli.fork import Fork, make_fork
from pipeline.cli.review_pages import build_review_pages
from pipeline.document.sandbox import ReaderError, read_bounded
from pipeline.filing import inbox
from pipeline.filing.cache import Cache
from pipeline.filing.plan import make_plan
from pipeline.filing.read_all import collect
from pipeline.filing.reading import read_report, read_transcription
from pipeline.filing.request import NotFiledError, Request
from pipeline.filing.summary import summary
from pipeline.filing.writing import write_plan
from pipeline.knowledge.messages import wrong
from pipeline.knowledge.settings import settings
from pipeline.model.findings import PipelineError, Severity
from pipeline.model.outcome import Filed
from pipeline.package.rows import make_tables
from pipeline.package.write import write_package
from pipeline.pages import write_pages
from pipeline.published import changelog, releases
from pipeline.published.catalogues import citation
from pipeline.published.diff import compare
from pipeline.published.reader import open_package
from pipeline.reading.report import make_report
from pipeline.review.compare import review as make_review
from pipeline.review.git_base import find_base
from pipeline.safety.files import replaced
from pipeline.site.build import build_site
from pipeline.site.offline import pack_offline

P = ParamSpec("P")
T = TypeVar("T")

PACKAGE = Path("datapackage")
REPORTS = PACKAGE / "reports"
DOCS = Path("build/docs")
CHANGELOG, CITATION = "CHANGELOG.md", "CITATION.cff"
SITE = Path("build/site")
DEMO = Path("build/demo")
OFFLINE = Path("build/offline.zip")
CACHE = Path("build/cache")
WORTH_A_POOL = 40  # with fewer reports, starting workers costs more than it saves


def friendly(command: Callable[P, T]) -> Callable[P, T]:
    """Shows a PipelineError in both languages and exits with 2, instead of a traceback."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except PipelineError as error:
            click.echo(error.zh, err=True)
            click.echo(error.en, err=True)
            sys.exit(2)

    return wrapped


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """政府信息公开年度报告：读取、核对、打包、建站。 Annual reports: read, check, package, publish."""


def _jobs(count: int, jobs: int) -> AbstractContextManager[Executor | None]:
    workers = jobs or os.cpu_count() or 1
    return ProcessPoolExecutor(workers) if workers > 1 and count > WORTH_A_POOL else nullcontext()


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal; one plain line at the end elsewhere."""
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


def _need_reports() -> None:
    if not REPORTS.is_dir():
        raise wrong("no_reports_folder", reports=REPORTS)


def _collect(jobs: int, only: frozenset[str] = frozenset()) -> list[Filed]:
    _need_reports()
    count = sum(1 for _ in REPORTS.glob("*/*.yml"))
    with _jobs(count, jobs) as executor, _progress("读取报告 reports read") as progress:
        found = collect(REPORTS, only=only, executor=executor, cache=Cache(CACHE), progress=progress)
    gc.freeze()  # all of it is kept to the end of the run: to walk through it once more would find nothing
    return found


JOBS = click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=0),
    default=0,
    help="并行数，0 为全部核心 · workers, 0 = all cores",
)


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
    _need_reports()
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
    request = Request(file.name, data, agency, name, year, source_url, day, replace, typed)
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
    _need_reports()
    if only_check:
        with inbox.copied(REPORTS) as copy:
            entries = inbox.file_inbox(copy)
    else:
        entries = inbox.file_inbox(REPORTS)
    click.echo("\n".join(review_text.inbox_lines(entries)))
    left = [entry for entry in entries if entry.finding and (only_check or not entry.is_duplicate)]
    sys.exit(1 if left else 0)


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
    _need_reports()
    found = make_review(Path.cwd(), find_base(Path.cwd(), base))
    if summary:
        with summary.open("a", encoding="utf-8", newline="\n") as file:
            file.write(review_text.summary(found, review_text.description(event)))
    on_github = (
        os.environ.get("GITHUB_ACTIONS") == "true"
    )  # there a line of a report could be taken for a command
    for line in review_text.annotated(found) if on_github else review_text.lines(found):
        click.echo(line)
    if pages_folder and build_review_pages(found.tables, pages_folder):
        click.echo(f"网页 pages: {pages_folder / 'index.html'}", err=True)
    sys.exit(1 if found.is_refused else 0)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", required=True, help="网站的名称 · title of the site, in Chinese")
@click.option("--place", required=True, help="哪个地方 · the place, in Chinese")
@click.option("--title-en", default="", help="英文名称 · title in English")
@click.option("--place-en", default="", help="地方的英文名 · the place in English")
@click.option("--name", default="", help="数据包的名称，小写字母 · name of the data package, small letters")
@click.option("--publisher", default="", help="谁来发布 · who publishes it")
@friendly
def new(
    folder: Path, title: str, place: str, title_en: str, place_en: str, name: str, publisher: str
) -> None:
    """为另一个地方建一份没有我们的数据和历史的拷贝。 Makes a copy for another place, without our data and history."""
    make_fork(Fork(title, place, title_en, place_en, name, publisher), folder)
    click.echo(
        f"好了，接下来：改 {folder / 'site.yml'}，把报告放进 datapackage/reports/inbox/，运行 make site"
    )
    click.echo("Done. Next: edit site.yml, put reports into datapackage/reports/inbox/, run make site")


@main.command()
@click.option("--format", "style", type=click.Choice(["text", "json", "github", "markdown"]), default="text")
@click.option("--strict", is_flag=True, help="提醒也算不通过 · warnings fail too")
@JOBS
@friendly
def check(style: str, strict: bool, jobs: int) -> None:
    """核对所有报告；有错误时以 1 退出。 Checks all reports; exits with 1 when there are errors."""
    filed = _collect(jobs)
    click.echo(render.findings(filed, style))
    worst = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    found = Counter(finding.severity for one in filed for finding in one.findings)
    sys.exit(1 if any(found[severity] for severity in worst) else 0)


def _package(jobs: int) -> None:
    filed = _collect(jobs)
    write_package(make_tables(sources.agencies(REPORTS), filed), PACKAGE)
    click.echo(f"数据包 data package: {PACKAGE / 'datapackage.json'} ({len(filed)} 份报告 reports)", err=True)


def _pages() -> None:
    write_pages(PACKAGE, DOCS)


def _site() -> None:
    # What site.yml says, else what the host says.
    address = settings().base_address or os.environ.get("SITE_URL", "")
    build_site(DOCS, SITE, site_url=address)
    click.echo(
        f"网站 site: {SITE / 'index.html'}\n查看 look at it: python -m pipeline serve（或 or: make serve）",
        err=True,
    )


@main.command()
@JOBS
@friendly
def package(jobs: int) -> None:
    """读取、核对并写出数据包。 Reads, checks and writes the data package."""
    _package(jobs)


@main.command()
@friendly
def pages() -> None:
    """由数据包生成页面。 Makes the pages from the package."""
    _pages()


@main.command()
@friendly
def site() -> None:
    """由页面生成网站。 Makes the site from the pages."""
    _site()


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
@friendly
def build(jobs: int) -> None:
    """数据包、页面、网站一次做完。 Package, pages and site in one go."""
    _package(jobs)
    _pages()
    _site()


@main.command()
@JOBS
@friendly
def demo(jobs: int) -> None:
    """用虚构的年报建一个演示网站。 Builds a site of invented reports into build/demo."""
    with replaced(DEMO.parent, DEMO.name) as made:
        new = made / DEMO.name
        reports, package, docs, site = (new / name for name in ("reports", "package", "docs", "site"))
        reports.mkdir(parents=True)
        planted = demonstration.write_demo(reports)
        with _jobs(len(planted.reports), jobs) as executor, _progress("读取报告 reports read") as progress:
            filed = collect(reports, executor=executor, progress=progress)
        write_package(make_tables(sources.agencies(reports), filed), package)
        demonstration.mark_invented(package)
        write_pages(package, docs)
        build_site(docs, site, site_url="")
    page = DEMO / "site/index.html"
    click.echo(f"演示网站 demonstration: {page}（数据全系虚构 all data invented）", err=True)


@main.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path), default=PACKAGE)
@click.option("--format", "style", type=click.Choice(["text", "json", "markdown"]), default="text")
@friendly
def diff(old: Path, new: Path, style: str) -> None:
    """两个数据包（文件夹或 zip）有什么不同。 What differs between two packages, folders or zips."""
    before, after = open_package(old), open_package(new)
    found = compare(before, after)
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
        made = releases.release(found, day)
        history = releases.with_release(releases.read_history(PACKAGE), made)
        log = changelog.with_changelog(
            Path(CHANGELOG).read_text(encoding="utf-8"), made, found, before, after
        )
        (PACKAGE / releases.HISTORY).write_text(history, encoding="utf-8", newline="\n")
        write_package({name: list(after.records(name)) for name in after.tables}, PACKAGE)
        Path(CHANGELOG).write_text(log, encoding="utf-8", newline="\n")
        Path(CITATION).write_text(citation(open_package(PACKAGE)), encoding="utf-8", newline="\n")
    click.echo(releases.next_version(found.old_version, found.level))


@main.command()
@click.argument("code")
@friendly
def explain(code: str) -> None:
    """用文字解释一条规则或一种问题。 Explains a rule or a finding code in words."""
    click.echo(explanations.explain(code))


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000)
@JOBS
@friendly
def serve(port: int, jobs: int) -> None:
    """生成网站并在本机打开。 Builds and serves on localhost."""
    _package(jobs)
    _pages()
    _site()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        click.echo(f"http://127.0.0.1:{port}/  （Ctrl+C 结束 to stop）", err=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("", err=True)


@main.command()
@click.argument("what", type=click.Choice(["speed", "accuracy"]), default="speed")
@click.option("--reports", "counts", type=int, multiple=True, help="报告份数 · corpus sizes")
@click.option("--seed", type=int, default=1, help="读数测试的种子 · accuracy: the seed")
@click.option("--json", "as_json", is_flag=True)
@friendly
def bench(what: str, counts: tuple[int, ...], seed: int, as_json: bool) -> None:
    """用假想的数据测速度和内存，或者测读数是否正确。 Measures speed and memory, or how right the reading is."""
    if what == "accuracy":
        sys.exit(0 if accuracy.report(sum(counts) or 2000, seed, click.echo) else 1)
    results: list[dict[str, Any]] = []
    for result in benchmarks.run(counts or (100, 300, 1000)):
        results.append(result)
        if not as_json:
            click.echo(benchmarks.line(result))
    if as_json:
        click.echo(json.dumps(results, indent=2))
    else:
        click.echo(benchmarks.growth(results))
