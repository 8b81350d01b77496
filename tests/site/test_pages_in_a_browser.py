"""What a visitor does, in a real Chromium; the `visit` fixture notices errors and requests to other hosts."""

import gzip
import json
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.site.conftest import Built, Visitor
from tests.tools.waiting import settle, wait_until

Visit = Callable[..., Visitor]
REPORT = "agencies/511900-housing/2022/"
BUSY = "agencies/990001-housing/"
KINDS = {
    "home": "",
    "agencies": "agencies/",
    "agency": "agencies/511900-housing/",
    "agency over years": BUSY,
    "report": REPORT,
    "report with nothing": "agencies/510403-housing/2023/",
    "busy report": f"{BUSY}2024/",
    "hostile report": "agencies/990003-x/2023/",
    "long text": "agencies/990002-finance/2023/text/",
    "years": "years/",
    "year": "years/2023/",
    "data": "data/",
    "method": "method/",
    "contribute": "contribute/",
    "about": "about/",
    "not found": "404.html",
}

# What Plotly draws on the page: for each chart, the numbers and colours of its bars.
DRAWN = """() => [...document.querySelectorAll(".plot .js-plotly-plot")].map((chart) => ({
    name: chart.parentElement.closest("figure").id,
    values: chart.data.map((trace) => trace.orientation === "h" ? trace.x : trace.y),
    colours: chart.data.flatMap((trace) => trace.marker.color),
    painted: chart.querySelectorAll(".point path").length,
}))"""


def numbers(page: Page, figure: str) -> list[list[float]]:
    """The table of a figure, as numbers."""
    cells = page.eval_on_selector_all(
        f"#{figure} tbody tr",
        "rows => rows.map(row => [...row.querySelectorAll('td')].map(td => td.textContent))",
    )
    return [
        [float(cell.replace(",", "")) for cell in row if cell[:1].isdigit() and "%" not in cell]
        for row in cells
    ]


def test_from_the_first_page_to_a_report(site: Built, visit: Visit) -> None:
    visitor = visit()
    page = visitor.go(site.url)
    page.get_by_role("combobox").press_sequentially("巴中住建")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/agencies/511900-housing/")
    expect(page.get_by_role("heading", level=1)).to_have_text("巴中市住房和城乡建设局")
    page.get_by_role("link", name="2022年报告").click()
    page.wait_for_url(f"**/{REPORT}")
    expect(page.locator(".lead").first).to_contain_text("新收政府信息公开申请 13 件")
    page.get_by_role("link", name="2022年各机关").click()
    page.wait_for_url("**/years/2022/")
    page.get_by_role("navigation", name="所在位置").get_by_role("link", name="首页").click()
    page.wait_for_url(site.url)


def test_the_finder_takes_what_people_type(busy_site: Built, visit: Visit) -> None:
    page = visit(390).go(busy_site.url)
    for typed, first in {
        "攀枝花": "攀枝花市西区",
        "西工 城管": "洛阳市西工区城市管理局",
        "510403 2023": "2023",
        "虚构市房管局": "虚构市住房和城乡建设局",
        "昌乐": "昌乐县住房和城乡建设局",
    }.items():
        page.get_by_role("combobox").fill(typed)
        expect(page.get_by_role("option").first, typed).to_contain_text(first)


def test_the_finder_says_when_there_is_nothing(site: Built, visit: Visit) -> None:
    page = visit().go(site.url)
    page.get_by_role("combobox").fill("火星")
    expect(page.locator(".found-none")).to_contain_text("没有找到")


def test_charts_show_the_numbers_of_the_page(busy_site: Built, visit: Visit) -> None:
    visitor = visit()
    page = visitor.go(busy_site.url + BUSY + "2024/")
    visitor.scroll()
    drawn = {chart["name"]: chart for chart in page.evaluate(DRAWN)}
    assert set(drawn) == {"fig-outcomes", "fig-reasons", "fig-cases", "fig-proactive"}
    for name in ("fig-outcomes", "fig-proactive"):
        assert drawn[name]["values"] == [[row[0] for row in numbers(page, name)]]  # zeros, too, have a line
        assert drawn[name]["painted"] == len(drawn[name]["values"][0])
    # The tenth bar is all the others together.
    reasons = [row[0] for row in numbers(page, "fig-reasons")]
    (bars,) = drawn["fig-reasons"]["values"]
    assert len(bars) == 10
    assert len(reasons) > 10
    assert sum(bars) == sum(reasons)
    # The chart adds the three procedures up; the table has them one by one, with totals at the end.
    rows = numbers(page, "fig-cases")
    assert drawn["fig-cases"]["values"] == [[sum(column) for column in list(zip(*rows, strict=True))[:-1]]]
    expect(page.locator(".plot > svg.chart").first).to_be_hidden()


def test_a_chart_over_years_shows_the_numbers_of_its_table(busy_site: Built, visit: Visit) -> None:
    visitor = visit(390)
    page = visitor.go(busy_site.url + BUSY)
    visitor.scroll()
    (outcomes, cases) = page.evaluate(DRAWN)
    table = numbers(page, "fig-outcomes")
    assert len(table) == 5
    columns = [[value for value in values if value is not None] for values in outcomes["values"]]
    assert columns == [
        list(column) for column in zip(*reversed(table), strict=True)
    ]  # the table begins with the newest
    assert all(values[3] is None for values in outcomes["values"]), "2022 is not held, and is not zero"
    expect(page.locator("#fig-outcomes")).to_contain_text("① 2021年起")
    expect(page.locator("#fig-cases")).to_contain_text("2024年起")
    assert cases["painted"]


def test_a_report_says_first_what_happened(site: Built, visit: Visit) -> None:
    page = visit(390).go(site.url + REPORT)
    lead = " ".join(page.locator(".lead").all_text_contents())
    for fact in (
        "新收政府信息公开申请 13 件",
        "办结 12 件",
        "11 件因本机关不掌握相关信息而无法提供",
        "1 件属于信访举报投诉类",
        "没有一件予以公开",
        "1 件到年底没有办完，转到下一年",
        "未经复议直接起诉 1 件，尚未审结",
        "原文没有印总计，由各类申请人相加得出",
    ):
        assert fact in lead
    top = page.locator(".lead").first.bounding_box()
    assert top
    assert top["y"] + top["height"] < 844, "in the first screen of a phone"
    cell = page.locator("#c-requests-outcomes_total-total")
    expect(cell).to_contain_text("未印")
    mark = cell.locator("a.mark")
    expect(mark).to_have_accessible_name(re.compile("原文这一格没有数字。表中各合计给出 12。"))
    mark.click()
    note = page.locator("#" + str(mark.get_attribute("href")).partition("#")[2])
    for reason in (note, page.locator(".why")):
        expect(reason).to_contain_text("数据里保持空缺")
    expect(page.locator(".why")).to_be_in_viewport()


def test_a_report_with_nothing_says_so_in_words(site: Built, visit: Visit) -> None:
    page = visit().go(site.url + KINDS["report with nothing"])
    expect(page.locator(".lead").first).to_contain_text("没有收到政府信息公开申请")
    assert page.locator("figure, svg.chart").count() == 0
    assert "%" not in page.locator("article").inner_text()
    expect(page.locator("table.filed")).to_have_count(3)


def test_no_page_scrolls_sideways_on_a_phone(busy_site: Built, visit: Visit) -> None:
    visitor = visit(390, has_touch=True)
    for kind, path in KINDS.items():
        page = visitor.go(busy_site.url + path)
        visitor.scroll()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, kind
        # Every page has one heading of the first level and says what it is; no text of a stranger became an element.
        assert page.locator("h1").count() == 1, kind
        assert page.title(), kind
        assert page.evaluate("window.hacked") is None, kind


def test_tables_are_there_without_javascript(site: Built, visit: Visit) -> None:
    visitor = visit(390, java_script_enabled=False)
    page = visitor.go(site.url + REPORT)
    expect(page.locator("table.filed")).to_have_count(3)
    assert page.locator("table.filed td").count() == 10 + 175 + 15
    expect(page.locator("#fig-outcomes svg.chart")).to_be_visible()
    page.locator("#fig-outcomes .numbers > summary").click()
    expect(page.locator("#fig-outcomes table")).to_be_visible()
    visitor.go(site.url + "agencies/")
    expect(page.locator("#agencies tbody tr")).to_have_count(5)
    expect(page.locator("form.filter")).to_be_hidden()
    visitor.go(site.url)
    expect(page.get_by_role("link", name="全部机关一览")).to_be_visible()


def test_charts_change_their_colours_with_the_page(site: Built, visit: Visit) -> None:
    visitor = visit(color_scheme="light")
    page = visitor.go(site.url + REPORT)
    visitor.scroll()
    day = page.evaluate(DRAWN)
    told = json.loads(gzip.decompress((site.folder / REPORT / "figures.json.gz").read_bytes()))
    written = told["figures"]["outcomes"]["plotly"]
    assert day[0]["colours"] == [trace["marker"]["color"] for trace in written["data"]]
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("body[data-md-color-scheme=slate]")
    wait_until(
        page,
        "day => document.querySelector('.js-plotly-plot').data[0].marker.color !== day",
        arg=day[0]["colours"][0],
    )
    night = page.evaluate(DRAWN)
    assert not set(night[0]["colours"]) & set(day[0]["colours"])
    assert [chart["values"] for chart in night] == [chart["values"] for chart in day]


def test_the_switch_in_the_header_changes_the_palette(site: Built, visit: Visit) -> None:
    visitor = visit(color_scheme="light")
    page = visitor.go(site.url + REPORT)
    visitor.scroll()
    for name, scheme in (("跟随系统", "default"), ("浅色", "slate")):
        page.get_by_role("button", name=name).click()
        page.wait_for_selector(f"body[data-md-color-scheme={scheme}]")
    assert "#dba544" in page.evaluate(DRAWN)[0]["colours"]
    visitor.go(site.url + "en/about/")
    page.wait_for_selector("body[data-md-color-scheme=slate]")  # it is remembered


def test_a_page_without_a_look_at_charts_is_light(site: Built, visit: Visit) -> None:
    visitor = visit(390)
    visitor.go(site.url + "method/")
    assert not [url for url in visitor.requests if "plotly" in url]


def test_a_phone_loads_little_before_it_looks_at_a_chart(busy_site: Built, visit: Visit) -> None:
    visitor = visit(390)
    visitor.go(busy_site.url + BUSY + "2024/")
    visitor.page.wait_for_load_state("networkidle")
    paths = {url.removeprefix(busy_site.url) for url in visitor.requests}
    needed = [path for path in paths if "/vendor/" not in path and "figures.json" not in path]
    assert len(needed) > 5
    files = [busy_site.folder / (f"{path}index.html" if path.endswith("/") else path) for path in needed]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < 150 * 1024


def test_charts_take_no_part_in_tabbing_and_have_a_name(site: Built, visit: Visit) -> None:
    visitor = visit()
    page = visitor.go(site.url + REPORT)
    visitor.scroll()
    chart = page.get_by_role("img", name="要办的申请，结果如何？")
    expect(chart).to_have_count(1)
    assert (
        page.locator(".js-plotly-plot a, .js-plotly-plot button, .js-plotly-plot [tabindex='0']").count() == 0
    )


def test_a_link_to_a_rule_opens_it(site: Built, visit: Visit) -> None:
    page = visit().go(site.url + REPORT)
    page.get_by_text("没有全部成立的规则").click()
    page.get_by_role("link", name="新收与结转收支相抵").click()
    expect(page).to_have_url(re.compile("quality/T3-BAL/"))
    expect(page.get_by_text("本年新收 + 上年结转 = 办结总计 + 结转下年度").first).to_be_visible()


def test_the_list_of_agencies_can_be_filtered(busy_site: Built, visit: Visit) -> None:
    page = visit().go(busy_site.url + "agencies/")
    rows = page.locator("#agencies tbody tr:visible")
    expect(rows).to_have_count(8)
    page.get_by_label("地区").select_option("四川省")
    expect(rows).to_have_count(3)
    page.get_by_label("职能").select_option("住房和城乡建设")
    expect(rows).to_have_count(2)
    page.get_by_label("名称或地名").fill("巴中")
    expect(rows).to_have_count(1)
    page.get_by_label("名称或地名").fill("火星")
    expect(page.locator(".filter [role=status]")).to_contain_text("没有符合条件的机关")


def test_paper_gets_the_picture_and_all_that_is_folded(site: Built, visit: Visit) -> None:
    visitor = visit()
    page = visitor.go(site.url + REPORT)
    visitor.scroll()
    page.emulate_media(media="print")
    expect(page.locator("#fig-outcomes svg.chart")).to_be_visible()
    expect(page.locator("#fig-outcomes .js-plotly-plot")).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0


def test_downloads_work(site: Built, visit: Visit) -> None:
    page = visit().go(site.url + "data/")
    with page.expect_download() as download:
        page.get_by_role("link", name="requests.csv").click()
    assert download.value.path().read_bytes() == (site.folder / "data/data/requests.csv").read_bytes()
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    page = visitor.go(site.url + REPORT)
    page.locator("#cite ~ .cite").first.get_by_role("button", name="复制").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(
        "巴中市住房和城乡建设局. 巴中市住房和城乡建设局2022年政府信息公开工作年度报告[R/OL]."
    )
    told = r"数据修订 [0-9a-f]{12}，数据版本 \d+\.\d+\.\d+(\+[0-9a-f]{8})?"
    assert re.search(rf"{re.escape(site.url + REPORT)}\. {told}$", copied)


def test_a_page_opened_from_a_folder_lacks_nothing(site: Built, visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto((site.folder / REPORT / "index.html").as_uri())
    page.locator("#fig-outcomes").scroll_into_view_if_needed()
    settle(page)  # it has tried, and would have complained
    expect(page.locator("#fig-outcomes svg.chart")).to_be_visible()
    expect(page.locator("table.filed")).to_have_count(3)
    assert page.evaluate("getComputedStyle(document.querySelector('table.filed')).borderSpacing") == "0px"
    page.goto((site.folder / "agencies/index.html").as_uri())
    page.get_by_label("名称或地名").fill("巴中")
    expect(page.locator("#agencies tbody tr:visible")).to_have_count(1)


def test_the_drawer_of_a_phone_holds_what_the_tabs_hold(site: Built, visit: Visit) -> None:
    page = visit(390).go(f"{site.url}agencies/")
    names = page.locator(".md-tabs__link").all_text_contents()
    page.get_by_role("button", name="导航栏").click()
    links = page.locator(".md-nav--primary .md-nav__link")
    assert links.all_text_contents() == names
    expect(page.locator(".md-nav--primary [aria-current]")).to_have_text("机关")
    links.get_by_text("年度").click()
    expect(page).to_have_url(f"{site.url}years/")


def test_without_a_script_a_phone_shows_the_tabs(site: Built, visit: Visit) -> None:
    page = visit(390, java_script_enabled=False).go(f"{site.url}agencies/")
    expect(page.get_by_role("button", name="导航栏")).to_be_hidden()
    page.locator(".md-tabs__link", has_text="年度").click()
    expect(page).to_have_url(f"{site.url}years/")
