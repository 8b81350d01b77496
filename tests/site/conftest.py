"""Built once a run: the site of the published package, and one with agencies that do not exist."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from pipeline.bench.demo import mark_invented
from pipeline.pages import write_pages
from pipeline.site.build import build_site
from tests.shared import Demonstration, Shared
from tests.site.corpus import PUBLISHED, grown
from tests.tools.waiting import wait_until


@dataclass(frozen=True)
class Built:
    """A built site: its folder, and its address, which is not the root of the server."""

    folder: Path
    docs: Path
    url: str

    def html(self, path: str) -> str:
        return (self.folder / path / "index.html").read_text("utf-8")


ABORTED = ("net::ERR_ABORTED", "NS_BINDING_ABORTED")  # as Chromium and Firefox say it
PLACE = "some/where"  # not the root of the server


def build(package: Path, folder: Path, url: str) -> None:
    """``docs`` and the site below a folder; ``url`` is where that folder is served."""
    write_pages(package, folder / "docs")
    build_site(folder / "docs", folder / PLACE, site_url=f"{url}/{PLACE}/")


def built(shared: Shared, name: str, make_package: Callable[[Path], Path]) -> Built:
    """The site ``name`` of a package that ``make_package`` makes in a folder; built once a run."""
    url = f"{shared.address}/{name}"
    folder = shared.once(name, lambda empty: build(make_package(empty / "package"), empty, url))
    return Built(folder / PLACE, folder / "docs", f"{url}/{PLACE}/")


@pytest.fixture(scope="session")
def site(shared: Shared) -> Built:
    """The published package without the reports folder: the site needs the package and nothing else."""

    def package(folder: Path) -> Path:
        shutil.copytree(PUBLISHED, folder, ignore=shutil.ignore_patterns("reports"))
        assert not (folder / "reports").exists()
        return folder

    return built(shared, "site", package)


@pytest.fixture(scope="session")
def busy_site(shared: Shared) -> Built:
    """Grown by a busy, a late and a hostile agency; published from a repository."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_SERVER_URL", "https://github.com")
        patch.setenv("GITHUB_REPOSITORY", "someone/reports")
        return built(shared, "busy", lambda folder: grown().write(folder))


@pytest.fixture(scope="session")
def demo_site(shared: Shared, demonstration: Demonstration) -> Built:
    """The demonstration: 41 invented agencies over seven years, with planted faults."""

    def package(folder: Path) -> Path:
        shutil.copytree(demonstration.package, folder)
        mark_invented(folder)
        return folder

    return built(shared, "demo-site", package)


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
        """Through the whole page, as a reader does who points at every chart; waits until each is drawn."""
        for chart in self.page.locator(".plot:visible").all():
            chart.scroll_into_view_if_needed()
            self.page.mouse.move(1, 1)  # whose pointer lies there already does not come to it
            chart.hover()
        self.page.evaluate("scrollTo(0, document.body.scrollHeight)")
        wait_until(
            self.page,
            "() => [...document.querySelectorAll('.plot')].every((one) => !one.checkVisibility() || one.matches('.drawn'))",
        )


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    """Whose visitors come; test_firefox.py says otherwise."""
    return chromium


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, with the options of a Playwright context; afterwards none of them may have had to complain."""
    visitors: list[Visitor] = []

    def make(width: int = 1280, **options: object) -> Visitor:
        height = 844 if width < 600 else 900
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        visitor = Visitor(context, context.new_page())

        def heard(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                visitor.complaints.append(message.text)

        def asked(request: Request) -> None:
            visitor.requests.append(request.url)

        visitor.page.on("console", heard)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))

        def failed(request: Request) -> None:
            if request.failure not in ABORTED:  # the visitor went on before an icon had come
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
    own = ("http://127.0.0.1:", "file:///")  # the tests' server, or a copy opened from a folder
    foreign = {url for visitor in visitors for url in visitor.requests if not url.startswith(own)}
    assert not foreign, "nothing is asked of another host"
