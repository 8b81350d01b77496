"""Where the parts of a chart lie, and what takes a click near it: after a walk through the site, as after a first visit."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.site.conftest import Built, Visitor
from tests.tools.waiting import settle

Visit = Callable[..., Visitor]
REPORT = "agencies/511900-housing/2022/"

# Of each figure: the letters of its chart as rectangles inside it, and what a click on each of its links would hit.
LOOK = """() => [...document.querySelectorAll("figure.fig")].filter((one) => one.querySelector(".plot.drawn")).map((one) => {
    const plot = one.querySelector(".plot");
    const box = plot.getBoundingClientRect();
    const texts = [...plot.querySelectorAll(".js-plotly-plot text")].map((text) => {
        const place = text.getBoundingClientRect();
        return [text.textContent, ...[place.left - box.left, place.top - box.top, place.width, place.height].map(Math.round)];
    });
    one.querySelector(".take").open = true;
    const outside = texts.filter(([, left, top, wide, high]) => top < -2 || top + high > box.height + 2).map(([text]) => text);
    const hit = [...one.querySelectorAll(".links :is(a, button)")].filter((link) => link.getClientRects().length).map((link) => {
        link.scrollIntoView({block: "center"});
        const { left, top, width, height } = link.getBoundingClientRect();
        return [link.textContent, link.contains(document.elementFromPoint(left + width / 2, top + height / 2))];
    });
    return { name: one.id, texts, outside, blocked: hit.filter(([, fine]) => !fine).map(([text]) => text), links: hit.length };
})"""


def look(page: Page) -> list[dict[str, object]]:
    found: list[dict[str, object]] = page.evaluate(LOOK)
    assert len(found) >= 2
    for figure in found:
        assert figure["texts"], f"{figure['name']} shows letters"
        assert not figure["outside"], f"{figure['name']}: letters outside of the chart"
        assert figure["links"]
        assert not figure["blocked"], f"{figure['name']}: something lies over its links"
    return found


def test_a_chart_is_whole_after_a_walk_through_the_site(site: Built, visit: Visit) -> None:
    first = visit()
    first.go(site.url + REPORT)
    first.scroll()
    alone = look(first.page)
    walker = visit()
    page = walker.go(site.url + REPORT)  # so that the library is there before the walk
    walker.scroll()
    page.evaluate("scrollTo(0, 0)")
    page.get_by_role("navigation", name="所在位置").get_by_role("link", name="首页").click()
    page.wait_for_url(site.url)
    page.locator("#find").press_sequentially("巴中住建 2022")
    expect(page.locator("#found a").first).to_contain_text("2022")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{REPORT}")
    walker.scroll()
    assert look(page) == alone


def test_a_walk_leaves_nothing_behind_and_the_keyboard_where_the_page_begins(
    site: Built, visit: Visit
) -> None:
    walker = visit()
    page = walker.go(site.url + REPORT)
    tools = page.context.new_cdp_session(page)

    def nodes() -> int:
        tools.send("HeapProfiler.collectGarbage")
        counted: int = tools.send("Memory.getDOMCounters")["nodes"]
        return counted

    def walk() -> int:
        page.get_by_role("link", name="年度", exact=True).first.click()
        page.wait_for_url("**/years/")
        page.go_back()
        page.wait_for_url(f"**/{REPORT}")
        walker.scroll()
        return nodes()

    walk()
    start = walk()
    for _ in range(3):
        end = walk()
    assert end - start < 300, "nodes of pages that are gone are let go"


def test_plotly_comes_when_a_chart_is_touched_and_not_before(site: Built, visit: Visit) -> None:
    visitor = visit()
    page = visitor.go(site.url + REPORT)
    for figure in page.locator("figure.fig").all():
        figure.scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    settle(page)
    assert not [url for url in visitor.requests if "plotly" in url or "figures.json" in url]
    page.locator("#fig-outcomes .numbers > summary").focus()  # by keyboard
    expect(page.locator("#fig-outcomes .plot.drawn")).to_have_count(1)
    expect(page.locator("#fig-reasons .plot.drawn")).to_have_count(0)
    page.locator("#fig-reasons .plot").hover()
    expect(page.locator("#fig-reasons .plot.drawn")).to_have_count(1)
    assert not [url for url in visitor.requests if "sitemap" in url], (
        "nobody asks for the addresses of all pages"
    )
