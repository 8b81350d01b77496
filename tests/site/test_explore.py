"""Exploring: what is asked stands in the address, and the numbers are those of the package."""

import csv
import io
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from threading import Thread

import duckdb
import openpyxl
import pytest
from playwright.sync_api import Page, Route, expect

from pipeline.cli.server import RangeHandler, listening
from pipeline.published.distributions.explore import row_groups, write_sorted
from tests.site.conftest import Built, Visitor
from tests.site.test_access import open_all, violations

Visit = Callable[..., Visitor]
FIRST, SECOND = "990200-housing", "990100-finance"
TWO = f"explore/?a={FIRST},{SECOND}"
AGGREGATE = "990100-gov-2025"  # holds the figures of other agencies of 9901


def rows(page: Page) -> list[list[str]]:
    """The table as shown: head and cells of each row, each without what stands under its figure."""
    expect(page.locator("#view tbody tr").first).to_be_visible()
    return page.locator("#view tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.split('\\n')[0].trim()))"
    )


def filed(built: Built, table: str, **wanted: str) -> dict[str, dict[str, str]]:
    """Report → its row of a table of the package."""
    with (built.folder / f"data/data/{table}.csv").open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if all(row[key] == wanted[key] for key in wanted)]
    return {row["report_id"]: row for row in found}


def downloaded(page: Page, button: str) -> Path:
    with page.expect_download() as download:
        page.locator(".take").get_by_role("button", name=button, exact=True).click()
    return download.value.path()


def lines(page: Page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(downloaded(page, "CSV").read_text("utf-8"))))


def test_a_ready_made_question_is_sorted_filtered_drawn_shared_and_gone_back_from(
    demo_site: Built, visit: Visit
) -> None:
    page = visit().go(f"{demo_site.url}explore/")
    page.get_by_role("link", name=re.compile("2025年，各机关收到多少申请")).click()
    received = filed(demo_site, "requests", item="new_received")
    of_year = {key[:-5]: int(row["total"]) for key, row in received.items() if key.endswith("-2025")}
    shown = rows(page)
    numbers = [int(cell) for _, cell in shown if cell.isdecimal()]
    assert numbers == sorted(of_year.values(), reverse=True)
    assert len(shown) == 41
    assert [cell for _, cell in shown[len(numbers) :]] == ["没有报告"] * (41 - len(numbers)), (
        "last, and there"
    )
    expect(page.get_by_role("status").last).to_contain_text(
        f"41 行，{len(numbers)} 行有数，0 行没有写明，{41 - len(numbers)} 行没有报告"
    )

    page.get_by_role("button", name="2025").click()  # smallest first
    expect(page).to_have_url(re.compile(r"[?&]sort=2025"))
    assert [int(cell) for _, cell in rows(page)[: len(numbers)]] == sorted(of_year.values())
    low = page.get_by_role("textbox", name="从")
    low.press_sequentially("100")
    low.press("Enter")
    expect(page).to_have_url(re.compile("min=100"))
    many = sorted(value for value in of_year.values() if value >= 100)
    assert [int(cell) for _, cell in rows(page)] == many
    expect(page.get_by_role("status").last).to_contain_text(f"筛选后列出 {len(many)} 行")

    page.get_by_role("tab", name="点").click()
    expect(page.locator("#view svg.chart circle")).to_have_count(len(many))
    drawn = page.locator("#view svg.chart text.n").all_text_contents()
    assert [int(text) for text in drawn] == many
    address = page.url
    page.evaluate("history.back()")
    expect(page.locator("#view tbody tr")).to_have_count(len(many))
    assert [int(cell) for _, cell in rows(page)] == many
    page.evaluate("history.back()")
    expect(page.locator("#view tbody tr")).to_have_count(41)
    for before in ("sort=-2025", "explore/$"):
        page.evaluate("history.back()")
        expect(page).to_have_url(re.compile(before))
    expect(page.get_by_role("link", name=re.compile("各机关收到多少申请"))).to_be_visible()
    expect(page.locator("#fig-view")).to_be_hidden()
    page.goto(address)  # by somebody else
    expect(page.locator("#view svg.chart text.n").first).to_have_text(str(many[0]))


def test_the_numbers_lead_to_the_cells_of_the_reports(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}{TWO}&m=requests/new_received")
    received = filed(demo_site, "requests", item="new_received")
    shown = rows(page)
    years = page.locator("#view thead th").all_text_contents()[1:]
    assert years == [str(year) for year in range(2025, 2018, -1)]  # a phone shows the first
    for key, (_, *cells) in zip((FIRST, SECOND), shown, strict=True):
        assert cells == [received[f"{key}-{year}"]["total"] for year in years]
    page.locator("#view tbody tr").first.locator("td a").first.click()
    page.wait_for_url(f"**/agencies/{FIRST}/2025/#c-requests-new_received-total")
    cell = page.locator("#c-requests-new_received-total")
    assert cell.inner_text().strip() == received[f"{FIRST}-2025"]["total"]


def test_sums_are_of_what_is_stated_and_hold_no_aggregate(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}explore/?by=city&m=requests/granted,&y=2025")
    granted = filed(demo_site, "requests", item="granted")
    reports = filed(demo_site, "reports")
    assert reports[AGGREGATE]["scope"] == "jurisdiction"
    assert int(granted[AGGREGATE]["total"]) > 0
    own = {
        key: row for key, row in granted.items() if reports[key]["scope"] == "agency" and key[-4:] == "2025"
    }
    of_city: Counter[str] = Counter()
    for key, row in own.items():
        of_city[key[:4]] += int(row["total"])
    assert [int(cell) for _, cell in rows(page)] == [of_city[city] for city in sorted(of_city)]
    expect(page.get_by_role("status").last).to_contain_text("1 个汇总报告的数，已含其他机关，不加进来")

    page.goto(f"{demo_site.url}explore/?by=city&m=requests/granted&y=2024")
    third = page.locator("#view tbody tr").nth(2)
    stated = [row for key, row in granted.items() if key.startswith("9903") and key[-4:] == "2024"]
    known = [int(row["total"]) for row in stated if row["total"]]
    assert len(known) == len(stated) - 1, "one of them is ambiguous"
    expect(third.locator("td")).to_have_text(f"{sum(known)}{len(known)}/{len(stated)} 份")


def test_a_heading_without_figures_is_the_sum_of_its_rows(demo_site: Built, visit: Visit) -> None:
    page = visit().go(
        f"{demo_site.url}explore/?a={SECOND}&cols=item&y=2024&m=requests/denied,requests/unavailable"
    )
    with (demo_site.folder / "data/data/requests.csv").open(encoding="utf-8", newline="") as file:
        of_report = [row for row in csv.DictReader(file) if row["report_id"] == f"{SECOND}-2024"]
    sums = [
        str(sum(int(row["total"]) for row in of_report if row["item"].startswith(f"{heading}_")))
        for heading in ("denied", "unavailable")
    ]
    assert rows(page) == [[rows(page)[0][0], *sums]]
    page.goto(
        f"{demo_site.url}explore/?a=990300-civil-affairs,990300-education&m=requests/outcomes_total&y=2023"
    )
    added = page.locator("#view tbody tr").nth(1).locator("td")
    expect(added).to_contain_text("原文没有印总计，由各列相加")


def test_blank_mark_unclear_missing_and_zero_are_five_things(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}explore/?a=990300-transport&cols=applicant&m=requests/granted&y=2024")
    (shown,) = rows(page)
    cells = dict(zip(page.locator("#view thead th").all_text_contents(), shown, strict=True))
    printed = filed(demo_site, "requests", item="granted")["990300-transport-2024"]
    assert cells["科研机构"] == cells["社会公益组织"] == "空白"
    assert cells["自然人"] == printed["natural_person"]
    page.goto(f"{demo_site.url}explore/?a=990300-housing,990300-finance,990100-gov&cols=item&y=2024"
              "&m=proactive/rules/issued,proactive/rules/newly_made")  # fmt: skip
    housing, finance, government = rows(page)
    assert housing[1:] == ["只有标记", "表里没有"]
    assert finance[1] == "0"
    assert government[1:] == ["没有报告", "没有报告"]
    (unknown,) = [
        line for line in lines(page) if line["id"] == "990300-housing" and line["figure"].endswith("issued")
    ]
    assert (unknown["value"], unknown["status"]) == ("", "mark")


def test_shares_show_their_fraction_and_small_bases_are_counts(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}{TWO},990100-housing&m=requests/granted&as=share")
    for _, *cells in rows(page)[:2]:
        for cell in cells:
            part, whole = (int(number) for number in re.search(r"(\d+)/(\d+)", cell).groups())  # type: ignore[union-attr]
            assert ("%" in cell) == (whole >= 10)
    page.goto(f"{demo_site.url}{TWO},990100-housing&m=ratio/disclosure_rate")
    assert all("%" not in cell for cell in rows(page)[2][1:]), "it received nothing: no share of nothing"
    page.goto(f"{demo_site.url}explore/?by=function&m=ratio/disclosure_rate&y=2024")
    with (demo_site.folder / "data/data/indicators.csv").open(encoding="utf-8", newline="") as file:
        of_finance = [
            row for row in csv.DictReader(file)
            if row["indicator_id"] == "disclosure_rate" and re.fullmatch(r"\d+-finance-2024", row["report_id"])
        ]  # fmt: skip
    part, whole = (sum(int(row[name] or 0) for row in of_finance) for name in ("numerator", "denominator"))
    (finance,) = [cell for name, cell in rows(page) if name == "财政"]
    assert f"({part}/{whole})" in finance


def test_a_median_needs_three_and_stands_beside_an_agency(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}explore/?a={FIRST},g-function-housing&m=requests/new_received&y=2024")
    received = filed(demo_site, "requests", item="new_received")
    housing = sorted(int(row["total"]) for key, row in received.items() if key.endswith("-housing-2024"))
    assert len(housing) == 5
    assert rows(page)[1] == ["住房和城乡建设 · 中位数", str(housing[2])]
    page.goto(f"{demo_site.url}explore/?by=function&stat=median&m=requests/new_received&y=2025")
    assert ["人民政府", "没有报告"] in rows(page) or ["人民政府", "只有汇总报告"] in rows(page)


def test_the_view_is_taken_along(demo_site: Built, visit: Visit) -> None:
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    page = visitor.go(f"{demo_site.url}explore/?by=city&m=requests/new_received&tab=line")
    expect(page.locator("#view svg.chart polyline")).to_have_count(5)
    received = filed(demo_site, "requests", item="new_received")
    reports = filed(demo_site, "reports")
    taken = lines(page)
    assert len(taken) == 5 * 7
    for line in taken:
        own = [int(row["total"]) for key, row in received.items() if key.startswith(line["id"])
               and key[-4:] == line["year"] and reports[key]["scope"] == "agency"]  # fmt: skip
        assert (int(line["value"]), int(line["n"]), line["statistic"]) == (sum(own), len(own), "sum")
    book = openpyxl.load_workbook(io.BytesIO(downloaded(page, "XLSX").read_bytes()))
    head, first, *_ = book.worksheets[0].values
    assert head[:2] == ("城市", "2025")
    assert first[1] == int(next(line["value"] for line in taken if line["year"] == "2025"))
    assert len(list(book.worksheets[1].values)) == 1 + len(taken)
    notes = "".join(str(row[0]) for row in book.worksheets[2].values)
    assert "虚构" in notes
    assert "by=city" in notes
    picture = downloaded(page, "SVG 图").read_text("utf-8")
    assert picture.count("<polyline") == 5
    assert "虚构" in picture
    assert "by=city" in picture
    assert downloaded(page, "PNG 图").read_bytes()[:4] == b"\x89PNG"
    page.locator(".take").get_by_role("button", name="引用").click()
    expect(page.locator(".tool code").first).to_contain_text(
        "explore/?by=city&m=requests/new_received&tab=line#fig-view"
    )

    page.locator(".take").get_by_role("button", name="嵌入").click()
    live, frozen = page.locator(".tool code").all_text_contents()
    assert "<polyline" in frozen
    (framed,) = re.findall(r'src="([^"]+)"', live.replace("&#38;", "&"))
    page.goto(framed)
    expect(page.locator("#view svg.chart polyline")).to_have_count(5)
    expect(page.locator("form.filter")).to_be_hidden()
    expect(page.locator(".md-header")).to_be_hidden()
    page.goto(f"{demo_site.url}{TWO}&m=requests/new_received")
    rows(page)
    page.locator(".take").get_by_role("button", name="嵌入").click()
    frozen = page.locator(".tool code").nth(1).text_content() or ""
    assert frozen.count("<tr>") == 3
    assert received[f"{FIRST}-2025"]["total"] in frozen
    picture = downloaded(page, "SVG 图").read_text("utf-8")  # of a table too
    assert f">{received[f'{FIRST}-2025']['total']}</text>" in picture
    assert ">虚构省青岚市住房和城乡建设局</text>" in picture
    assert "虚构的" in picture
    expect(page.locator("#fig-view svg")).to_have_count(0)
    assert downloaded(page, "PNG 图").read_bytes()[:4] == b"\x89PNG"


def test_the_map_has_a_tile_for_each_place_and_no_zero_for_none(demo_site: Built, visit: Visit) -> None:
    page = visit(390).go(f"{demo_site.url}explore/?m=requests/new_received&y=2024")
    rows(page)
    page.get_by_role("tab", name="方格地图").click()
    expect(page).to_have_url(re.compile("by=city"))
    received = filed(demo_site, "requests", item="new_received")
    reports = filed(demo_site, "reports")
    of_city: Counter[str] = Counter()
    for key, row in received.items():
        if key[-4:] == "2024" and reports[key]["scope"] == "agency":
            of_city[key[:4]] += int(row["total"])
    tiles = page.locator("#view .tile text.n").all_text_contents()
    assert [int(text.replace(",", "")) for text in tiles] == [of_city[city] for city in sorted(of_city)]
    page.goto(f"{demo_site.url}explore/?by=province&m=requests/new_received&y=2024&tab=map")
    expect(page.locator("#view .tile")).to_have_count(35)  # 34 and the invented one
    assert page.locator("#view .tile text.n").all_text_contents().count("—") == 34
    boxes = page.locator("#view .tile").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().right)"
    )
    assert max(boxes) <= 390
    assert page.locator("#view .tile line, #view .tile path").count() == 0, "no border is drawn"


def test_by_keyboard_alone(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}explore/")
    expect(page.locator("#find")).to_be_visible()
    for typed in ("青岚住建", "云湖财政"):
        page.locator("#find").focus()
        page.keyboard.type(typed)
        expect(page.locator("#found a").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator(".chosen li").filter(has_text=typed[:2])).to_be_visible()
    expect(page).to_have_url(re.compile(f"a={FIRST},{SECOND}"))
    assert len(rows(page)) == 2
    page.get_by_role("tab", name="表").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="线")).to_be_focused()
    expect(page.locator("#view polyline")).to_have_count(2)
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="2024").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[aria-sort=descending]")).to_have_text("2024")
    expect(page.get_by_role("button", name="2024")).to_be_focused()
    page.get_by_role("button", name="去掉 虚构省青岚市住房和城乡建设局").press("Enter")
    expect(page.locator("#view tbody tr")).to_have_count(1)
    expect(page.locator("#find")).to_be_focused()


def test_where_years_do_not_compare_it_is_marked(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}{TWO}&m=review_litigation/reconsideration&tab=line")
    expect(page.locator("#view")).to_contain_text("A 2024: 对不予公开不服须先申请复议")
    assert page.locator("#view line.break").count() == 1


def test_no_item_is_offered_that_no_report_has_and_none_twice(
    site: Built, demo_site: Built, visit: Visit
) -> None:
    for built, old in ((site, False), (demo_site, True)):
        page = visit().go(f"{built.url}explore/")
        offered = (
            page.get_by_label("项目或指标").locator("option").evaluate_all("all => all.map(one => one.value)")
        )
        assert len(offered) == len(set(offered))
        assert any(key.endswith("/newly_made") for key in offered) == old, "only the form of 2019 has it"
        assert {"requests/denied", "requests/unavailable", "requests/not_processed"} <= set(offered)


@pytest.mark.parametrize("home", ["", "en/"])
def test_an_address_of_the_old_comparison_leads_here(demo_site: Built, visit: Visit, home: str) -> None:
    page = visit().go(
        f"{demo_site.url}{home}compare/?a={FIRST},g-function-housing&m=requests/granted&as=share"
    )
    page.wait_for_url(f"**/{home}explore/?a={FIRST},g-function-housing&m=requests/granted&as=share")
    assert len(rows(page)) == 2
    assert "%" in rows(page)[0][1]


def test_without_javascript_the_page_gives_the_csv(site: Built, visit: Visit) -> None:
    page = visit(java_script_enabled=False).go(f"{site.url}explore/")
    expect(page.get_by_text("自由查询要用 JavaScript")).to_be_visible()
    assert page.locator("section.explore").is_hidden()
    links = page.locator(".no-script a[download]").evaluate_all("all => all.map(one => one.href)")
    assert len(links) > 30
    for link in links:
        assert (site.folder / link.removeprefix(site.url)).is_file(), link


@pytest.mark.parametrize(
    "asked",
    ["a=../../x", "a=nobody", "a=<script>window.hacked=1</script>", "a=g-function-nobody", "place=77"],
)
def test_an_address_of_nobody_says_that_there_is_nobody(demo_site: Built, visit: Visit, asked: str) -> None:
    page = visit().go(f"{demo_site.url}explore/?{asked}&m=nothing&sort=<b>&min=x&tab=1")
    expected = "没有符合这些条件的机关" if "/" not in asked and "<" not in asked else "41 行"
    expect(page.get_by_role("status").last).to_contain_text(expected)
    assert page.evaluate("window.hacked") is None


def test_what_strangers_wrote_stays_letters(busy_site: Built, visit: Visit) -> None:
    page = visit().go(f"{busy_site.url}explore/?a=990003-x&m=requests/new_received")
    rows(page)
    lines(page)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".explore img, .explore script").count() == 0


@pytest.mark.parametrize("tab", ["table", "line", "dots", "map"])
def test_axe_finds_nothing_in_any_view(demo_site: Built, visit: Visit, tab: str) -> None:
    page = visit(390, color_scheme="dark" if tab == "map" else "light").page
    page.goto(f"{demo_site.url}en/explore/?by=city&m=requests/granted&tab={tab}")
    expect(page.locator("#view svg.chart, #view table").first).to_be_visible()
    open_all(page)
    assert violations(page) == []


# --- over the wire ---------------------------------------------------------------------------------------------------


class Quiet(RangeHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a line for each request would bury pytest's output."""


@pytest.fixture
def ranging(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], str]]:
    """Serves folders as `serve` does, with byte ranges."""
    monkeypatch.setattr("pipeline.cli.server.RangeHandler", Quiet)
    servers = []

    def serve(folder: Path) -> str:
        servers.append(listening(folder, 0))
        Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


REPORTS = 10_000
GENERATED = f"""
SELECT figure, 2019 + r % 7 AS year, printf('%06d-%s', 110000 + r // 7 * 37, ['housing', 'finance', 'health'][1 + r // 7 % 3])
    AS agency_id, false AS is_aggregate, floor(exp(hash(figure || r) % 900 / 100.0))::DOUBLE AS value, NULL::DOUBLE AS base,
    CASE WHEN hash(r || figure) % 50 = 0 THEN 'blank' ELSE 'reported' END AS status
FROM (SELECT DISTINCT figure FROM '{{}}') CROSS JOIN range({REPORTS}) AS t(r)
ORDER BY figure, agency_id, year
"""


@pytest.fixture(scope="module")
def ten_thousand(demo_site: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with the figures of ten thousand invented reports, and nothing else of them."""
    site = tmp_path_factory.mktemp("ten-thousand") / "site"
    shutil.copytree(demo_site.folder / "assets", site / "assets")
    shutil.copytree(demo_site.folder / "explore", site / "explore")
    file = site / "data/explore.parquet"
    file.parent.mkdir()
    listed = (site / "explore/agencies.js").read_text("utf-8")
    index = json.loads(listed.partition(" = ")[2].rstrip().removesuffix(";"))
    with duckdb.connect() as database:
        query = GENERATED.format(demo_site.folder / "data/explore.parquet")
        write_sorted(database, query, file, index["version"])
        found = database.execute(
            f"SELECT agency_id, string_agg(DISTINCT year, ' ' ORDER BY year) FROM '{file}' GROUP BY 1 ORDER BY 1"
        ).fetchall()
    data = file.read_bytes()
    index["file"] = {
        "bytes": len(data), "footer": int.from_bytes(data[-8:-4], "little") + 8, "sha256": sha256(data).hexdigest()[:16],
        "groups": row_groups(file),
    }  # fmt: skip
    index["agencies"] = [
        [key, f"某省某某市某某区{key[7:]}局", key[:6], "county", key[7:], years] for key, years in found
    ]
    index["places"] = {
        key[:length]: [f"地方{key[:length]}", "Place"] for key, _ in found for length in (2, 4, 6)
    }
    text = f"globalThis.explorerIndex = {json.dumps(index, ensure_ascii=False)};\n"
    (site / "explore/agencies.js").write_text(text, "utf-8")
    return site


@pytest.mark.parametrize(
    "asked",
    [
        "m=requests/new_received",
        "by=city&cols=applicant&m=requests/new_received&y=2024&as=share",
        "by=item&m=requests/denied_state_secret,requests/denied_third_party,requests/denied_process_info,requests/denied_internal_affairs",
    ],
)
def test_a_question_about_ten_thousand_reports_costs_less_than_a_megabyte(
    ten_thousand: Path, ranging: Callable[[Path], str], visit: Visit, asked: str
) -> None:
    page = visit(390).go(f"{ranging(ten_thousand)}explore/?{asked}")
    assert rows(page)
    kinds = ".parquet", "agencies.js"
    asked_for = f"one => {list(kinds)}.some((kind) => one.name.includes(kind)) ? one.encodedBodySize : 0"
    sizes = page.evaluate(f"() => performance.getEntriesByType('resource').map({asked_for})")
    assert sum(1 for size in sizes if size) >= 3, "the list of agencies, the footer, and a part"
    assert sum(sizes) < 1_000_000
    assert sum(sizes) < (ten_thousand / "data/explore.parquet").stat().st_size / 5
    if "cols" not in asked and "by" not in asked:
        with duckdb.connect() as database:
            (whole,) = database.execute(
                f"SELECT sum(value) FROM '{ten_thousand}/data/explore.parquet' "
                "WHERE figure = 'requests/new_received/total'"
            ).fetchone()  # type: ignore[misc]
        assert sum(float(line["value"] or 0) for line in lines(page)) == whole


def test_a_question_goes_out_beside_the_footer_and_no_part_is_asked_twice(
    ten_thousand: Path, ranging: Callable[[Path], str], visit: Visit
) -> None:
    visitor = visit(390)
    held: list[Route] = []
    asked: list[str] = []

    def answer(route: Route) -> None:
        """Holds the first answer, the footer's, until a part is asked for."""
        asked.append(route.request.headers["range"])
        if len(asked) == 1:
            held.append(route)
            return
        while held:
            held.pop().continue_()
        route.continue_()

    visitor.page.route("**/explore.parquet*", answer)
    page = visitor.go(f"{ranging(ten_thousand)}explore/?by=province&m=requests/granted&cols=applicant&y=2024")
    assert rows(page)
    assert len(asked) == len(set(asked)) > 3


def test_a_server_without_ranges_sends_the_whole_file_and_it_is_said(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}{TWO}&m=requests/new_received")
    assert len(rows(page)) == 2
    expect(page.get_by_role("status").last).to_contain_text("已取整个文件（1 MB）")


def changed(visitor: Visitor, old: str, new: str) -> None:
    """The list of agencies arrives as if it were of another file."""

    def answer(route: Route) -> None:
        answered = route.fetch()
        route.fulfill(response=answered, body=re.sub(old, new, answered.text()))

    visitor.page.route("**/explore/agencies.js", answer)


def test_a_whole_file_that_is_too_large_is_not_fetched(demo_site: Built, visit: Visit) -> None:
    visitor = visit()
    changed(visitor, r'"bytes":\d+', '"bytes":90000000')
    page = visitor.go(f"{demo_site.url}{TWO}")
    expect(page.get_by_role("status").last).to_contain_text("整个文件又太大（90 MB），请改用 CSV")
    expect(page.get_by_role("status").last.get_by_role("link", name="CSV")).to_be_visible()


@pytest.mark.parametrize(
    ("old", "new"), [(r'"version":"', '"version":"9'), (r'"bytes":(\d)', r'"bytes":1\1')]
)
def test_figures_of_another_version_are_not_shown(
    demo_site: Built, ranging: Callable[[Path], str], visit: Visit, old: str, new: str
) -> None:
    visitor = visit()
    changed(visitor, old, new)
    page = visitor.go(f"{ranging(demo_site.folder)}{TWO}")
    expect(page.get_by_role("status").last).to_contain_text("请刷新页面")
    expect(page.locator("#fig-view")).to_be_hidden()
    visitor.complaints[:] = [text for text in visitor.complaints if "416" not in text]
