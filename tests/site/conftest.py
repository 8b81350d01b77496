"""Built once a session: the site of the published package, and one with agencies that do not exist."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from pipeline.archive.sources import agencies
from pipeline.bench.demo import mark_invented, write_demo
from pipeline.filing.read_all import collect
from pipeline.package.write import make_tables, write_package
from pipeline.pages import write_pages
from pipeline.site.build import build_site
from tests.site.corpus import PUBLISHED, grown


@dataclass(frozen=True)
class Built:
    """A built site: its folder, and its address, which is not the root of the server."""

    folder: Path
    docs: Path
    url: str

    def html(self, path: str) -> str:
        return (self.folder / path / "index.html").read_text("utf-8")


def build(package: Path, folder: Path, serve: Callable[[Path], str]) -> Built:
    url = f"{serve(folder)}/some/where/"
    write_pages(package, folder / "docs")
    build_site(folder / "docs", folder / "some/where", site_url=url)
    return Built(folder / "some/where", folder / "docs", url)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> Built:
    """The published package without the reports folder: the site needs the package and nothing else."""
    folder = tmp_path_factory.mktemp("site")
    package = folder / "package"
    shutil.copytree(PUBLISHED, package, ignore=shutil.ignore_patterns("reports"))
    assert not (package / "reports").exists()
    return build(package, folder, serve)


@pytest.fixture(scope="session")
def busy_site(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> Built:
    """Grown by a busy, a late and a hostile agency; published from a repository."""
    folder = tmp_path_factory.mktemp("busy")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_SERVER_URL", "https://github.com")
        patch.setenv("GITHUB_REPOSITORY", "someone/reports")
        return build(grown().write(folder / "package"), folder, serve)


DEMO_SECONDS = 180  # on a busy machine; alone it takes about ten


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> Built:
    """The demonstration: 41 invented agencies over seven years, with planted faults."""
    start = monotonic()
    folder = tmp_path_factory.mktemp("demo")
    reports, package = folder / "reports", folder / "package"
    reports.mkdir()
    write_demo(reports)
    write_package(make_tables(agencies(reports), collect(reports)), package)
    mark_invented(package)
    built = build(package, folder, serve)
    assert monotonic() - start < DEMO_SECONDS
    return built


@dataclass
class Visitor:
    """Someone with a browser, who notices what went wrong behind the page."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def go(self, url: str) -> Page:
        self.page.goto(url)
        return self.page

    def scroll(self) -> None:
        """Through the whole page, as a reader does; waits until every chart in it is drawn."""
        self.page.evaluate(
            """async () => {
                for (const figure of document.querySelectorAll(".plot")) {
                    figure.scrollIntoView({block: "center"});
                    // Two frames: in one that is skipped nothing is seen, however long it takes.
                    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
                }
                window.scrollTo(0, document.body.scrollHeight);
            }"""
        )
        self.page.wait_for_function("() => !document.querySelector('.plot:not(.drawn)')")


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, with the options of a Playwright context; afterwards none of them may have had to complain."""
    visitors: list[Visitor] = []

    def make(width: int = 1280, **options: object) -> Visitor:
        height = 844 if width < 600 else 900
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        visitor = Visitor(context, context.new_page())

        def heard(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                visitor.complaints.append(message.text)

        def asked(request: Request) -> None:
            visitor.requests.append(request.url)

        visitor.page.on("console", heard)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))

        def failed(request: Request) -> None:
            if request.failure != "net::ERR_ABORTED":  # the visitor went on before an icon had come
                visitor.complaints.append(f"{request.failure}: {request.url}")

        visitor.page.on("requestfailed", failed)
        context.on("request", asked)
        visitors.append(visitor)
        return visitor

    yield make
    for visitor in visitors:
        visitor.context.close()
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    assert not complaints
    foreign = {
        url for visitor in visitors for url in visitor.requests if not url.startswith("http://127.0.0.1:")
    }
    assert not foreign, "nothing is asked of another host"
