"""Finding: what people type into the finder and the full-text search, in the built site, and what it costs them."""

import gzip
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

from pipeline.pages.scripts.finder import reading
from tests.site.conftest import Built, Visitor
from tests.tools.waiting import settle, wait_until

Visit = Callable[..., Visitor]
BAZHONG = "巴中市住房和城乡建设局"
HEAVIEST = 300 * 1024  # over the wire, for one search from an empty cache


# The finder has an answer: a list, or that there is none. Once its data are there it answers within the key's own event.
SAID = """() => !document.querySelector("#found").hidden
    || document.querySelector("#find").form.querySelector("[role=status]").textContent"""


def find(page: Page, text: str) -> list[str]:
    """Types like a person and gives the names offered."""
    box = page.locator("#find")
    box.fill("")
    box.press_sequentially(text)
    wait_until(page, SAID)
    return [re.sub(r"\s+", " ", name) for name in page.locator("#found a").evaluate_all(
        "links => links.map(link => link.firstChild.textContent)"
    )]  # fmt: skip


TYPED = {
    "巴中住建": BAZHONG,
    "中市住房": BAZHONG,  # from the middle of the name
    "巴中": BAZHONG,
    "bzzjj": BAZHONG,
    "bazhong": BAZHONG,
    "攀枝花": "攀枝花市西区",
    "panzhihua": "攀枝花市西区",
    "虚构市房管局": "虚构市住房和城乡建设局",  # a former name
    "511900": BAZHONG,
    "巴中住建2022": f"{BAZHONG} 2022",
    "巴中住建 2022年": f"{BAZHONG} 2022",
    "巴中 2021": None,
    "火星": None,
}


def test_the_finder_takes_what_people_type(busy_site: Built, visit: Visit) -> None:
    visitor = visit()
    for typed, first in TYPED.items():
        found = find(visitor.go(busy_site.url), typed)
        assert (found == []) if first is None else found[0].startswith(first), typed


@pytest.mark.parametrize("typed", ["住建局", "zjj"])
def test_a_short_name_finds_every_agency_of_the_kind_and_no_other(
    busy_site: Built, visit: Visit, typed: str
) -> None:
    found = find(visit().go(busy_site.url), typed)
    agencies = [name for name in found if not name[-4:].isdecimal()]
    assert BAZHONG in agencies
    assert len(agencies) >= 4
    assert all("住房和城乡建设" in name for name in agencies)


def test_agencies_come_before_reports_and_a_year_alone_lists_its_reports(
    busy_site: Built, visit: Visit
) -> None:
    page = visit().go(busy_site.url)
    found = find(page, "巴中住建")
    assert found == [BAZHONG, f"{BAZHONG} 2022"]
    assert all(name.endswith(" 2023") for name in find(page, "2023"))


def test_the_finder_works_by_keyboard_alone(busy_site: Built, visit: Visit) -> None:
    page = visit().go(busy_site.url)
    page.locator("#find").focus()
    page.keyboard.type("巴中")
    expect(page.locator("#found a").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#find").get_attribute("aria-activedescendant")
    expect(page.locator(f"#{chosen}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#found")).to_be_hidden()
    page.keyboard.type("住建")
    expect(page.locator("#found a").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/agencies/511900-housing/")


def test_the_finder_works_from_a_folder_and_in_english(site: Built, visit: Visit) -> None:
    visitor = visit()
    page = visitor.go(f"{site.url}en/")
    assert find(page, "bazhong")[0] == "Housing bureau, Bazhong, Sichuan"
    assert find(page, "sichuan housing")[0].startswith("Housing bureau")
    expect(page.locator("#found [role=option] small").first).to_contain_text("局")
    page.goto((site.folder / "index.html").as_uri())
    assert find(page, "巴中住建")[0] == BAZHONG
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/agencies/511900-housing/index.html")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(
    ("typed", "hit"),
    [
        ("住房和城乡建设", "住房和城乡建设局"),
        ("信息公开", "政府信息公开年报"),
        ("不掌握相关信息", BAZHONG),
        ("2022年", "2022"),
        ("西区", "西区"),
    ],
)
def test_the_text_of_the_pages_is_found_in_chinese(site: Built, visit: Visit, typed: str, hit: str) -> None:
    page = visit().go(f"{site.url}search/")
    page.locator("#find").press_sequentially(typed)
    page.keyboard.press("Enter")
    expect(page.locator(".hits a", has_text=hit).first).to_be_visible()
    link = page.locator(".hits a").first
    expect(link).to_have_attribute("href", re.compile("/(agencies|years)/"))


def test_a_search_is_in_the_address_and_narrows_by_place_year_and_function(
    demo_site: Built, visit: Visit
) -> None:
    page = visit().go(f"{demo_site.url}search/?q=信息公开")
    status = page.locator(".search > [role=status]")
    expect(status).to_have_text(re.compile(r"^\d+ 页$"))
    every = int((status.text_content() or "").split()[0])
    page.get_by_label("年度").select_option("2023")
    expect(status).not_to_have_text(f"{every} 页")
    page.get_by_label("职能").select_option("教育")
    expect(page).to_have_url(re.compile("year=2023.*function="))
    expect(page.locator(".hits a").first).to_have_text(re.compile("教育局 2023年"))
    page.get_by_label("地区").select_option(index=1)
    expect(status).to_have_text("1 页")
    page.reload()
    expect(status).to_have_text("1 页")


@pytest.mark.parametrize("typed", ["住建局", "信息公开", "2023年", "行政复议"])
def test_a_search_weighs_little(demo_site: Built, visit: Visit, typed: str) -> None:
    """From an empty cache, page, theme and finder included, as a host sends them: compressed."""
    page = visit(390).page
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{demo_site.url}search/?q={typed}")
    expect(page.locator(".hits a").first).to_be_visible()
    find(page, "住建局")
    page.wait_for_load_state("networkidle")
    weights = {answer.url: len(gzip.compress(answer.body())) for answer in answers}
    assert any("finder.js" in url for url in weights)
    assert any(".pf_index" in url for url in weights)
    assert sum(weights.values()) < HEAVIEST, weights


def test_hostile_text_stays_text_in_results(busy_site: Built, visit: Visit) -> None:
    page = visit().go(f"{busy_site.url}search/?q=hacked")
    expect(page.locator(".hits a").first).to_be_visible()
    find(page, "script")
    settle(page)
    assert page.evaluate("window.hacked") is None
    assert page.locator("article img").count() == 0


def test_place_names_are_read_as_their_people_read_them() -> None:
    assert "".join(reading("漯河市")) == "luoheshi"
    assert "".join(reading("重庆市")) == "chongqingshi"
    assert "".join(reading("六安市")) == "luanshi"
    assert "".join(reading("朝阳市")) == "chaoyangshi"


def test_without_javascript_the_search_page_leads_on(site: Built, visit: Visit) -> None:
    page = visit(java_script_enabled=False).go(f"{site.url}search/")
    expect(page.get_by_text("搜索要用 JavaScript")).to_be_visible()
    expect(page.get_by_role("link", name="全部机关一览")).to_be_visible()
