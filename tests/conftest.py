"""What several tests share: a real browser, a web server for a folder, and what is made once a run."""

import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.shared import Demonstration, Host, Shared, demonstrate, served
from tests.tools import browser
from tests.tools.judged import remember
from tests.tools.warm import JUDGED

# In CI the same examples each time: a pull request is not failed by what it did not touch.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")

TESTS = Path(__file__).parent
HOST = pytest.StashKey[Host]()

# No sandbox, since CI is root in a container; the others keep Chromium from calling its maker.
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NODE_OPTIONS", f'--require "{TESTS / "tools/firefox.cjs"}"')
        started = sync_playwright().start()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The machine's Chromium. Without one the test fails: a skipped one looks good."""
    path = browser.find_chromium()
    if path is None:
        pytest.fail(browser.HELP["chromium"], pytrace=False)
    started = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
    yield started
    started.close()


@pytest.fixture(scope="session")
def firefox(playwright: Playwright) -> Iterator[Browser]:
    """The machine's Firefox as it is, without changes of Playwright's, by the standard protocol (BiDi).

    Not every system can install one; where there is none pytest's summary says so.
    """
    path = browser.find_firefox()
    if path is None:
        pytest.skip(browser.HELP["firefox-esr"])
    # Nothing kept of pages that were left: Playwright would wait for one that comes back to be loaded.
    fresh = {"browser.sessionhistory.max_total_viewers": 0}
    started = playwright.firefox.launch(executable_path=path, channel="moz-firefox", firefox_user_prefs=fresh)
    yield started
    started.close()


def pytest_configure(config: pytest.Config) -> None:
    """Started by hand: opens what the run shares. Started by xdist: takes it over from there."""
    if not hasattr(config, "workerinput"):
        config.stash[HOST] = Host()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """What xdist tells each of its processes."""
    node.workerinput["shared"] = node.config.stash[HOST].told


def pytest_unconfigure(config: pytest.Config) -> None:
    if HOST in config.stash:
        config.stash[HOST].close()


@pytest.fixture(scope="session")
def shared(pytestconfig: pytest.Config) -> Shared:
    """Folders made once a run, whatever the number of processes, and served all the time."""
    if HOST in pytestconfig.stash:
        return Shared(**pytestconfig.stash[HOST].told)
    return Shared(**pytestconfig.workerinput["shared"])


@pytest.fixture(scope="session", autouse=True)
def judged_once(shared: Shared) -> None:
    """No package is judged twice by what takes long; commands that ``warm`` runs know it too."""
    folder = Path(shared.folder, "judged")
    os.environ[JUDGED] = str(folder)
    remember(folder)


@pytest.fixture(scope="session")
def demonstration(shared: Shared) -> Demonstration:
    """The invented reports, read."""
    folder = shared.once("demonstration", demonstrate)
    return Demonstration(
        folder / "reports", folder / "package", *pickle.loads((folder / "kept.pickle").read_bytes())
    )


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serves a folder on a free port of this machine and gives its address, without a slash at the end."""
    with ExitStack() as servers:
        yield lambda folder: servers.enter_context(served(folder))


# Files that take longest: begun first, no process is left with a long one at the end while the others wait.
FIRST = ("test_lint.py", "review/", "site/", "cli/", "published/", "test_hostile.py", "document/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        path = item.path.relative_to(TESTS).as_posix()
        return next((place for place, start in enumerate(FIRST) if path.startswith(start)), len(FIRST))

    items.sort(key=rank)  # stable: the others stay in their order


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--accept``: write golden readings anew (and fail)."""
    parser.addoption("--accept", action="store_true", help="write the golden readings anew, then fail")
