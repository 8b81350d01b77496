"""``confirm``: a page on this machine to settle what a picture left in doubt. It is served to localhost alone, under an
address that nobody can guess, and only until answers have come.
"""

from __future__ import annotations

import http.server
import secrets
import sys
import threading
from collections.abc import Iterator, Sequence
from functools import partial

import click

from pipeline.archive.recognitions import recognition_beside, recognition_path, recognition_yml
from pipeline.archive.sources import sources
from pipeline.checks.messages import cell_in_words
from pipeline.cli.group import REPORTS, friendly, main, need_reports, pages_recognised
from pipeline.filing.pictures import recognise_again
from pipeline.filing.read_all import make_filed
from pipeline.knowledge.messages import message, wrong
from pipeline.model.figure import Figure, Status
from pipeline.model.findings import PipelineError
from pipeline.model.outcome import CheckedReport
from pipeline.model.recognition import Recognition
from pipeline.model.source import Source
from pipeline.review.doubts import CellInDoubt, doubts_of, form, take_answers
from pipeline.review.recognised_anew import lines_that_differ
from pipeline.safety.escape import visible
from pipeline.safety.files import write_whole

LOCALHOST = "127.0.0.1"
MOST_BYTES = 256 * 1024
NOTHING = "∅"
POLICY = (
    "default-src 'none'; img-src data:; script-src 'nonce-{0}'; style-src 'nonce-{0}'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@main.command()
@click.argument("report")
@click.option(
    "--again", is_flag=True, help="图片重新识别，并显示与上次的不同 · recognise anew and show what differs"
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 为任意空闲端口 · 0 = any free port")
@click.option("--no-browser", is_flag=True, help="不打开浏览器，只显示网址 · only show the address")
@friendly
def confirm(report: str, again: bool, port: int, no_browser: bool) -> None:
    """对着图片确认有疑问的数字：机关/年度。 Settles the figures in doubt of a scan, beside their pictures: AGENCY/YEAR."""
    need_reports()
    source = _source(report)
    _recognised(source, again)
    one = make_filed(source)
    cells = doubts_of(one)
    if not cells:
        click.echo("没有需要确认的格 nothing is in doubt")
        return
    with _Server((LOCALHOST, port), one, cells) as server:
        click.echo(f"{len(cells)} 格有待确认 cells to settle: {server.address}")
        click.echo("Ctrl+C 结束 to stop", err=True)
        if not no_browser:
            click.launch(server.address)
        try:
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            sys.exit(1)
    click.echo(server.said)


def _source(name: str) -> Source:
    """The filed report of ``agency/year``, where the year may have the scope word of the file's name."""
    agency, _, stem = name.strip("/").partition("/")
    for source in sources(REPORTS, frozenset({agency})):
        if source.path.stem == stem:
            return source
    raise wrong("no_such_report", name=visible(name))


def _recognised(source: Source, again: bool) -> None:
    """Sees to it that what is in the pictures lies beside them; says what differs where it was recognised before."""
    before = recognition_beside(source.path)
    if before and not again:
        return
    with pages_recognised() as progress:
        found = recognise_again(source, progress)
    if found is None:
        raise wrong("no_picture_in_report", name=source.path.name)
    if before:
        click.echo("\n".join(_differences(source, before, found)) or "与上次一样 the same as before")
    write_whole(recognition_path(source.path), recognition_yml(found))


def _differences(source: Source, before: Recognition, after: Recognition) -> Iterator[str]:
    """Cells that are read otherwise than before, then lines of text."""
    if before.engine != after.engine:
        yield f"{visible(before.engine)} → {after.engine}"
    old, new = (make_filed(source, one).report.figures for one in (before, after))
    for key in dict.fromkeys((*old, *new)):
        was, now = (_shown(figures.get(key)) for figures in (old, new))
        if was != now:
            yield f"{cell_in_words(key, 'zh')} {cell_in_words(key, 'en')}: {was} → {now}"
    for number, *texts in lines_that_differ(before, after, lambda one, other: one.text == other.text):
        was, now = (visible(text) or NOTHING for text in texts)
        yield f"p. {number}: {was} → {now}"


def _shown(figure: Figure | None) -> str:
    """A figure as it was read, with a question mark where it is in doubt."""
    text = visible(figure.raw) if figure else ""
    return f"{text}?" if figure and figure.status is Status.UNCONFIRMED else text or NOTHING


class _Server(
    http.server.ThreadingHTTPServer
):  # threads, since browsers keep connections open that ask nothing
    """Serves one form under one secret address, and takes its answers once."""

    daemon_threads = True

    def __init__(self, at: tuple[str, int], one: CheckedReport, cells: Sequence[CellInDoubt]) -> None:
        self.token, self.nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(16)
        self.source, self.cells = one.source, cells
        self.page = form(one, cells, nonce=self.nonce).encode()
        self.said = ""
        super().__init__(at, partial(_Handler))

    @property
    def host(self) -> str:
        """What a browser says that it asks."""
        return f"{LOCALHOST}:{self.server_port}"

    @property
    def address(self) -> str:
        """Where the form is."""
        return f"http://{self.host}/{self.token}/"

    def take(self, answers: bytes) -> str:
        """Writes answers and says so in words."""
        count = take_answers(self.source, self.cells, answers)
        said = message(
            "answers_saved", count=count, file=f"{self.source.agency.id}/{self.source.path.stem}.answers.yml"
        )
        self.said = f"{said.zh}\n{said.en}"
        return self.said


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server
    timeout = 30

    def do_GET(self) -> None:
        """The form."""
        if self._is_ours("/"):
            self._send(200, self.server.page, "text/html")

    def do_POST(self) -> None:
        """The answers. They are read before anything is said: to who is still sending, an answer would be lost."""
        size = self.headers.get("Content-Length", "")
        announced = int(size) if size.isdecimal() and len(size) < 10 else 0
        sent = self.rfile.read(min(announced, 4 * MOST_BYTES))
        if not self._is_ours("/answers"):
            return
        if self.headers.get("Content-Type") != "application/yaml" or not 0 < announced <= MOST_BYTES:
            self._send(400, b"?")
            return
        try:
            self._send(200, self.server.take(sent).encode())
            threading.Thread(target=self.server.shutdown).start()  # this one is waited for by it
        except PipelineError as error:
            self._send(400, f"{error.zh} {error.en}".encode())

    def _is_ours(self, path: str) -> bool:
        """Whether it is asked under the secret address and by this machine's name; a page elsewhere knows neither."""
        right = secrets.compare_digest(self.path.encode(), f"/{self.server.token}{path}".encode())
        if right and self.headers.get("Host") == self.server.host:
            return True
        self._send(404, b"")
        return False

    def _send(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY.format(self.server.nonce))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the address is a secret."""
