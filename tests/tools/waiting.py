"""Wait for something in a page whose policy forbids ``eval``.

Playwright's own ``wait_for_function`` evaluates its text once more at every poll, inside of the page. There the page's
policy stops it, unless the first look happened to be enough; so such a wait passes on an idle machine only.
"""

from time import monotonic

from playwright.sync_api import Page


def wait_until(page: Page, expression: str, arg: object = None, seconds: float = 30) -> None:
    """Looks every 50 ms until a JavaScript expression, or function of ``arg``, gives something true."""
    end = monotonic() + seconds
    while not page.evaluate(expression, arg):
        assert monotonic() < end, f"not within {seconds} s: {expression}"
        page.wait_for_timeout(50)


# An observer made last is told last: when it was, those of the page itself were told what is seen.
SETTLED = """() => new Promise((done) => {
    const observer = new IntersectionObserver(() => {
        observer.disconnect();
        requestAnimationFrame(() => requestIdleCallback(done));
    });
    observer.observe(document.body);
})"""


def settle(page: Page) -> None:
    """Until the page has done what it does by itself where it is now scrolled to, and nothing comes any more."""
    page.evaluate(SETTLED)
    page.wait_for_load_state("networkidle")
