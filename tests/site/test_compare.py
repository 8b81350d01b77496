"""Comparing: what is chosen stands in the address, and the numbers are those of the pages."""

import csv
import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.site.conftest import Built, Visitor

Visit = Callable[..., Visitor]
FIRST, SECOND = "990200-housing", "990100-finance"
TWO = f"compare/?a={FIRST},{SECOND}"


def rows(page: Page) -> list[list[str]]:
    """The table as shown: head and cells of each row."""
    expect(page.locator(".compare figure tbody tr").first).to_be_visible()
    return page.locator(".compare figure tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )


def test_the_numbers_are_those_of_the_reports(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}{TWO}&m=requests/new_received")
    shown = rows(page)
    years = page.locator(".compare thead th").all_text_contents()[1:]
    assert years == [str(year) for year in range(2025, 2018, -1)]  # a phone shows the first
    for key, (_, *cells) in zip((FIRST, SECOND), shown, strict=True):
        for year, cell in zip(years, cells, strict=True):
            lead = re.sub("<.*?>", "", demo_site.html(f"agencies/{key}/{year}"))
            assert f"新收政府信息公开申请 {cell} 件" in lead


def test_the_page_opens_on_an_item_that_is_filed_and_has_sums(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}{TWO}")
    assert page.get_by_label("项目或指标").input_value() == "requests/new_received"
    assert all(cell.isdecimal() for _, *cells in rows(page) for cell in cells)
    with (demo_site.folder / "data/data/requests.csv").open(encoding="utf-8", newline="") as file:
        filed = [row for row in csv.DictReader(file) if row["report_id"] == f"{SECOND}-2024"]
    sums = []
    for group in ("denied", "unavailable", "not_processed"):
        page.get_by_label("项目或指标").select_option(f"requests/{group}")
        expect(page.locator(".compare figure tbody tr")).to_have_count(2)
        whole = sum(int(row["total"]) for row in filed if row["item"].startswith(f"{group}_"))
        sums.append(whole)
        latest = page.locator(".compare figure tbody tr").nth(1).locator("td").nth(1)
        expect(latest).to_have_text(str(whole))  # of 2024, beside 2025
    assert sum(sums) > 1
    options = (
        page.get_by_label("项目或指标").locator("option").evaluate_all("all => all.map(one => one.value)")
    )
    assert len(options) == len(set(options))


def test_no_item_is_offered_that_no_report_has(site: Built, visit: Visit) -> None:
    page = visit().go(f"{site.url}compare/")
    offered = (
        page.get_by_label("项目或指标").locator("option").evaluate_all("all => all.map(one => one.value)")
    )
    assert not [key for key in offered if key.endswith("/newly_made")], "only the form of 2019 has it"


def test_choosing_by_keyboard_changes_the_address_and_the_address_brings_it_back(
    demo_site: Built, visit: Visit
) -> None:
    page = visit().go(f"{demo_site.url}compare/")
    expect(page.get_by_text("还没有选")).to_be_visible()
    for typed in ("青岚住建", "云湖财政"):
        page.locator("#find").focus()
        page.keyboard.type(typed)
        expect(page.locator("#found a").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"a={FIRST},{SECOND}"))
    page.get_by_label("加一类机关").select_option("g-function-housing")
    page.get_by_label("项目或指标").select_option("requests/granted")
    page.get_by_label("件数或占比").select_option("share")
    expect(page.locator(".compare figure tbody tr")).to_have_count(3)
    before = rows(page)
    page.reload()
    assert rows(page) == before
    page.get_by_role("button", name="去掉 住房和城乡建设").click()
    expect(page.locator(".compare figure tbody tr")).to_have_count(2)


def test_six_at_most(demo_site: Built, visit: Visit) -> None:
    some = [f"990{city}00-{what}" for city in (1, 2, 3) for what in ("housing", "finance", "health")]
    page = visit().go(f"{demo_site.url}compare/?a={','.join(some)}")
    assert len(rows(page)) == 6
    page.get_by_label("加一类机关").select_option("g-function-housing")
    expect(page.get_by_text("请先去掉一个")).to_be_visible()
    assert len(rows(page)) == 6


def test_shares_show_their_fraction_and_small_bases_are_counts(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}{TWO},990100-housing&m=requests/granted&as=share")
    for _, *cells in rows(page)[:2]:
        for cell in cells:
            part, whole = (int(number) for number in re.search(r"(\d+)/(\d+)", cell).groups())  # type: ignore[union-attr]
            assert ("%" in cell) == (whole >= 10)
    page.goto(f"{demo_site.url}{TWO},990100-housing&m=ratio/disclosure_rate")
    assert all("%" not in cell for cell in rows(page)[2][1:]), "it received nothing: no share of nothing"


def test_groups_have_n_and_small_groups_are_not_made(demo_site: Built, site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}compare/?a=g-function-housing&m=requests/new_received")
    ((_, *cells),) = rows(page)
    assert all(re.search(r"\d+ 个机关的中位数", cell) for cell in cells)
    for built in (demo_site, site):
        for path in (built.folder / "compare/series").glob("g-*.json"):
            for year in json.loads(path.read_text("utf-8"))["years"].values():
                assert year["n"] >= 3
                assert all(n >= 3 for _, n in year["values"].values())


def test_breaks_are_marked(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}{TWO}&m=review_litigation/reconsideration")
    expect(page.locator(".compare .breaks")).to_contain_text("A 2024: 对不予公开不服须先申请复议")
    assert page.locator(".compare .lines line.break").count() == 1


def test_the_view_can_be_downloaded(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}{TWO}&m=requests/new_received")
    shown = rows(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载这张表").click()
    with download.value.path().open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 14
    assert [line["value"] for line in lines[:7]] == shown[0][:0:-1]
    assert {line["id"] for line in lines} == {FIRST, SECOND}


def test_no_merit_is_awarded(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}compare/?a={SECOND},{FIRST}&m=requests/new_received")
    heads = [row[0] for row in rows(page)]
    assert "财政" in heads[0], "as chosen, not by size"


def test_without_javascript_the_page_leads_to_the_data(site: Built, visit: Visit) -> None:
    page = visit(java_script_enabled=False).go(f"{site.url}compare/")
    expect(page.get_by_text("在网页上比较要用 JavaScript")).to_be_visible()
    assert page.locator(".compare").is_hidden()


@pytest.mark.parametrize(
    "asked", ["a=../../x", "a=nobody", "m=nothing", "a=<script>window.hacked=1</script>"]
)
def test_an_address_that_makes_no_sense_does_no_harm(site: Built, visit: Visit, asked: str) -> None:
    visitor = visit()
    page = visitor.go(f"{site.url}compare/?{asked}")
    expect(page.get_by_text("还没有选")).to_be_visible()
    assert page.evaluate("window.hacked") is None
    visitor.complaints[:] = [text for text in visitor.complaints if "404" not in text]  # nobody has no file


def test_what_strangers_wrote_stays_letters(busy_site: Built, visit: Visit) -> None:
    page = visit().go(f"{busy_site.url}compare/?a=990003-x&m=requests/new_received")
    rows(page)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".compare img, .compare script").count() == 0
