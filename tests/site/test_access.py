"""For everyone: nothing that axe-core finds, on slow lines, from a folder on disk, on paper, without JavaScript."""

import gzip
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from pipeline.site.offline import pack_offline
from tests.site.conftest import Built, Visitor
from tests.tools.waiting import settle, wait_until

Visit = Callable[..., Visitor]
AXE = Path(__file__).resolve().parents[1] / "tools/node_modules/axe-core/axe.min.js"
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {
    "type": "rule",
    "values": ["color-contrast", "link-in-text-block"],
}  # all else is one in both schemes
REPORT = "agencies/511900-housing/2022/"
# Kind of page → which site has it.
KINDS = {
    "": "site",
    "agencies/": "demo_site",
    "agencies/990200-housing/": "demo_site",
    "agencies/990001-housing/2024/": "busy_site",
    "agencies/990300-transport/2024/": "demo_site",
    "agencies/990002-finance/2023/text/": "busy_site",
    "agencies/510403-housing/2023/": "site",
    REPORT: "site",
    "years/": "demo_site",
    "years/2024/": "demo_site",
    "explore/?a=990100-finance,g-function-housing&m=requests/granted&as=share": "demo_site",
    "search/?q=信息公开": "demo_site",
    "quality/": "demo_site",
    "quality/T3-BAL/": "demo_site",
    "quality/indicators/": "demo_site",
    "data/": "site",
    "data/dictionary/": "site",
    "data/versions/": "site",
    f"{REPORT}?embed=outcomes": "site",
    "method/": "site",
    "about/": "site",
    "contribute/": "site",
    "404.html": "site",
    f"en/{REPORT}": "site",
    "en/": "site",
    "explore/": "demo_site",
    "compare/": "demo_site",
}


def open_all(page: Page) -> None:
    """Everything that can be opened; and axe-core is in the page."""
    page.evaluate(
        """() => {
            for (const one of document.querySelectorAll("details")) one.open = true;
            for (const one of document.querySelectorAll("figure.fig .links button:last-child")) one.click();
            document.querySelector("table.filed td")?.click();
            document.querySelector(".why button")?.click();
        }"""
    )
    # Not as an element: the page's policy lets no foreign script in.
    page.evaluate(AXE.read_text("utf-8"))


def violations(page: Page, rules: object = RULES) -> list[str]:
    """What axe-core finds on the page as it is now, when nothing fades any more."""
    wait_until(page, "() => document.getAnimations().every((one) => one.playState !== 'running')")
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary'][:200]}"
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize("name", sorted(set(KINDS.values())))
def test_axe_finds_nothing_by_day_and_by_night(
    request: pytest.FixtureRequest, visit: Visit, name: str
) -> None:
    built: Built = request.getfixturevalue(name)
    visitor, found = visit(390, reduced_motion="reduce"), {}
    for path in (path for path, where in KINDS.items() if where == name):
        visitor.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page = visitor.go(built.url + path)
        if "embed" not in path:  # charts that are not shown are not drawn
            visitor.scroll()
        if "?" in path:
            page.wait_for_load_state("networkidle")
        open_all(page)
        found[path, "by day"] = violations(page)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.wait_for_selector("body[data-md-color-scheme=slate]")
        settle(page)
        found[path, "by night"] = violations(page, COLOURS)
    assert {place: said for place, said in found.items() if said} == {}


def test_axe_would_find_something(site: Built, visit: Visit) -> None:
    visitor = visit()
    page = visitor.go(site.url)
    page.evaluate("document.querySelector('article').insertAdjacentHTML('beforeend', '<a href=x></a>')")
    open_all(page)
    assert any("link-name" in one for one in violations(page))


def test_a_report_is_readable_on_slow_3g(site: Built, visit: Visit) -> None:
    """Three seconds at 400 kbit/s and 400 ms a round trip. Counted and not timed: what the first picture waits for, packed
    as a host packs it, and the round trips of the connection, of the page and of what it names."""
    page = visit(390).go(site.url + REPORT)
    named = page.evaluate(
        """() => [...document.querySelectorAll("link[rel=stylesheet], head script[src]:not([async], [defer])")]
            .map((one) => one.href || one.src)"""
    )
    assert any(address.endswith(".css") for address in named)
    files = [
        REPORT + "index.html",
        *(urlsplit(one).path.removeprefix(urlsplit(site.url).path) for one in named),
    ]
    weight = sum(len(gzip.compress((site.folder / file).read_bytes())) for file in files)
    assert 3 * 0.4 + weight / (400 * 1024 / 8) < 3, files


def test_the_offline_copy_works_from_a_folder(site: Built, visit: Visit, tmp_path: Path) -> None:
    pack_offline(site.folder, tmp_path / "copy.zip")
    first = (tmp_path / "copy.zip").read_bytes()
    pack_offline(site.folder, tmp_path / "copy.zip")
    assert (tmp_path / "copy.zip").read_bytes() == first
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        archive.extractall(tmp_path)
    visitor = visit()
    page = visitor.page
    page.goto((tmp_path / "copy/index.html").as_uri())
    page.get_by_role("link", name="机关", exact=True).first.click()
    page.wait_for_url("file://**/agencies/index.html")
    page.get_by_role("link", name="巴中市住房和城乡建设局").click()
    page.get_by_role("link", name="2022年报告").click()
    page.wait_for_url(f"file://**/{REPORT}index.html")
    expect(page.locator("table.filed")).to_have_count(3)
    page.get_by_role("link", name="English").click()
    page.wait_for_url(f"file://**/en/{REPORT}index.html")
    expect(page.locator(".lead").first).to_contain_text("received 13 requests")
    page.goto((tmp_path / "copy/index.html").as_uri())
    page.locator("#find").fill("巴中住建")
    page.keyboard.press("Enter")
    page.wait_for_url("file://**/agencies/511900-housing/index.html")
    page.goto((tmp_path / "copy/index.html").as_uri())
    page.locator("#find").fill("不掌握相关")
    page.keyboard.press("Enter")
    page.wait_for_url("file://**/search/index.html?q=*")
    expect(page.locator(".hits a", has_text="2022").first).to_be_visible()
    page.get_by_label("年度").select_option("2022")
    page.locator(".hits a").first.click()
    page.wait_for_url(f"file://**/{REPORT}index.html")
    page.locator("#c-requests-new_received-total").click()
    page.locator(".why").get_by_role("button", name="引用").click()
    expect(page.locator(".why code").first).to_contain_text(f"{REPORT}#c-requests-new_received-total")
    for text in (
        *page.locator(".why code").all_text_contents(),
        *page.locator("#cite ~ * .cite, #cite ~ .cite").all_text_contents(),
    ):
        assert "localhost" not in text
        assert "file:" not in text
    page.goto((tmp_path / "copy/compare/index.html").as_uri() + "?a=511900-housing&m=requests/new_received")
    page.wait_for_url("file://**/explore/index.html?a=511900-housing&m=requests/new_received")
    expect(page.locator("#view tbody td").first).to_have_text(re.compile(r"^\d+$"))
    page.get_by_role("tab", name="线").click()
    expect(page.locator("#view")).to_contain_text("线图要按年度看")  # it has one year
    page.get_by_role("tab", name="点").click()
    expect(page.locator("#view svg.chart circle").first).to_be_visible()
    page.get_by_role("tab", name="表").click()
    page.locator("#view tbody td a").first.click()
    page.wait_for_url(f"file://**/{REPORT}index.html#c-requests-new_received-total")
    page.wait_for_load_state("networkidle")
