"""Coverage, rules, marks and indicators, on the demonstration site: what is shown, and that a visitor gets to it."""

import csv
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Page, expect

from pipeline.bench.demo import INVENTED, INVENTED_EN, MISSING
from pipeline.bench.synthetic import agencies
from pipeline.pages.context import Context
from pipeline.pages.parts.coverage import Coverage, State
from pipeline.pages.quality import MOST_ROWS, quality_pages
from pipeline.pages.rule import MOST_HITS, rule_pages
from pipeline.pages.words import Words
from pipeline.published.package import read_package
from tests.site.conftest import Built, Visitor
from tests.site.corpus import Corpus

Visit = Callable[..., Visitor]
REPORT_KB = 40
AGENCIES = list(agencies(40))


def report(position: int, year: int) -> str:
    return f"agencies/{AGENCIES[position].id}/{year}/"


KINDS = {
    "quality": "quality/",
    "rule": "quality/T3-BAL/",
    "code of reading": "quality/T106/",
    "rule without a hit": "quality/X-ZERO/",
    "indicators": "quality/indicators/",
    "lost total": report(17, 2023),
    "unreadable row": report(21, 2024),
    "columns that do not balance": report(2, 2023),
    "agency": f"agencies/{AGENCIES[17].id}/",
    "year": "years/2024/",
}


def matrix(page: Page) -> dict[str, list[str]]:
    """Agency → what its cells say, newest year first."""
    rows = page.eval_on_selector_all(
        ".matrix tr:not(.place):not(thead tr)",
        "rows => rows.map(row => [...row.cells].map(c => c.textContent))",
    )
    return {row[0]: row[1:] for row in rows}


# --- what is invented says so ---


def test_every_page_of_the_demonstration_says_in_both_languages_that_it_is_invented(demo_site: Built) -> None:
    pages = sorted(demo_site.folder.rglob("*.html"))
    assert len(pages) > 300
    silent = []
    for path in pages:
        html = path.read_text("utf-8")
        if not all(html.count(f">{text}</p>") == 1 for text in (INVENTED, INVENTED_EN)):
            silent.append(path.relative_to(demo_site.folder).as_posix())
    assert silent == []


def test_the_banner_is_there_without_scripts_and_on_paper(demo_site: Built, visit: Visit) -> None:
    page = visit(390, java_script_enabled=False).go(demo_site.url + KINDS["lost total"])
    page.emulate_media(media="print")
    for text in (INVENTED, INVENTED_EN):
        expect(page.get_by_text(text)).to_be_visible()


def test_the_data_of_the_demonstration_say_it_too(demo_site: Built) -> None:
    package = read_package(demo_site.folder / "data")
    assert "虚构" in package.descriptor.title.zh
    assert "nvented" in package.descriptor.title.en
    assert (demo_site.folder / "data/README.txt").read_text("utf-8") == f"{INVENTED}\n{INVENTED_EN}\n"


def test_real_data_do_not_say_that_they_are_invented(site: Built) -> None:
    assert not [path for path in site.folder.rglob("*.html") if 'class="invented"' in path.read_text("utf-8")]
    assert not (site.folder / "data/README.txt").exists()


# --- coverage ---


def test_the_matrix_tells_every_state_apart_in_words(demo_site: Built, visit: Visit) -> None:
    page = visit().go(demo_site.url + "quality/")
    cells = matrix(page)
    years = [int(text) for text in page.locator(".matrix thead th").all_text_contents()[1:]]
    assert years == list(range(2025, 2018, -1))

    def cell(position: int, year: int) -> str:
        return cells[AGENCIES[position].name][years.index(year)]

    assert cell(0, 2023) == "✓ 无"
    assert cell(7, 2023) == "i 1 备注"
    assert cell(17, 2023) == "! 2 提醒"
    assert cell(21, 2024) == "✕ 7 错误"
    # The latest report is dated 20 January 2026: 2025 is not due, however much later this test runs.
    for position, year in MISSING:
        assert cell(position, year) == ("… 未到期" if year == 2025 else "— 未收录")
    page.get_by_role("link", name="✕ 7 错误").click()
    page.wait_for_url(f"**/{report(21, 2024)}")


def test_years_fall_due_by_the_data_and_not_by_the_clock(tmp_path: Path) -> None:
    corpus = Corpus().empty().agency("990001-a").agency("990002-b").agency("990003-c")
    corpus.report("990001-a", 2022).report("990001-a", 2023, published="2024-01-31").report("990002-b", 2022)
    coverage = Coverage(read_package(corpus.write(tmp_path / "before")))
    late, never = (coverage.package.agencies[key] for key in ("990002-b", "990003-c"))
    assert coverage.absent(late, 2023) is State.NOT_DUE, "on the day itself it is not late"
    assert coverage.absent(never, 2023) is State.NOT_DUE

    corpus.report("990004-d" if corpus.agency("990004-d") else "", 2023, published="2024-02-01")
    coverage = Coverage(read_package(corpus.write(tmp_path / "after")))
    late, never = (coverage.package.agencies[key] for key in ("990002-b", "990003-c"))
    assert coverage.absent(late, 2023) is State.MISSING
    assert coverage.absent(never, 2023) is State.MISSING

    corpus.report("990001-a", 2024, published="2099-02-01")
    coverage = Coverage(read_package(corpus.write(tmp_path / "misprint")))
    assert coverage.absent(late, 2024) is State.NOT_DUE, "a misprinted date makes nothing due"


def test_many_agencies_are_listed_by_place_and_each_stands_on_one_page(tmp_path: Path) -> None:
    corpus = Corpus().empty()
    for number in range(700):
        code = f"{51 + number % 2}{number % 4:02}{number % 8:02}"
        key = f"{code}-a{number}"
        places = {"province": code[:2], "city": code[:4], "county": code}
        corpus.agency(key, division_code=code, **places).report(key, 2023)
    package = read_package(corpus.write(tmp_path / "package"))
    rows: dict[str, list[str]] = {}
    for page in quality_pages(Context(package, Words("zh"))):
        if "groups" in page.values:
            rows[page.path] = [row.target for group in page.values["groups"] for row in group.rows]
    assert max(len(targets) for targets in rows.values()) <= MOST_ROWS
    shown = [target for targets in rows.values() for target in targets if target.startswith("agencies/")]
    assert sorted(shown) == sorted(f"agencies/{key}/" for key in package.agencies)
    places = {target for targets in rows.values() for target in targets if target.startswith("quality/")}
    assert places | {"quality/"} == set(rows), "every page of a place is led to"


def test_the_header_and_the_first_column_stay(demo_site: Built, visit: Visit) -> None:
    page = visit(390).go(demo_site.url + "quality/")
    page.locator(".scroll.tall").evaluate("box => box.scrollTo(200, 400)")
    head, box, corner = (
        page.locator(name).first.bounding_box()
        for name in (".matrix thead", ".scroll.tall", ".matrix thead th")
    )
    assert head
    assert box
    assert corner
    assert abs(head["y"] - box["y"]) < 3
    assert abs(corner["x"] - box["x"]) < 3
    row = page.locator(".matrix tbody th[scope=row]").nth(9).bounding_box()
    assert row
    assert abs(row["x"] - box["x"]) < 3


# --- rules and codes ---


def test_every_hit_leads_to_a_place_that_exists(demo_site: Built) -> None:
    hits = 0
    for path in sorted(demo_site.folder.glob("**/quality/*/index.html")):
        for target, anchor in re.findall(r'href="([^"#]*agencies/[^"#]+)#([^"]+)"', path.read_text("utf-8")):
            there = (path.parent / target / "index.html").resolve().read_text("utf-8")
            assert re.search(rf'id="?{anchor}"?[ >]', there), f"{path}: {target}#{anchor}"
            hits += 1
    with (demo_site.folder / "data/data/findings.csv").open(encoding="utf-8") as file:
        assert hits == 2 * len(list(csv.DictReader(file))), "all findings, in both languages"


def test_a_rule_says_its_formula_basis_class_exceptions_and_counts(demo_site: Built, visit: Visit) -> None:
    page = visit().go(demo_site.url + "quality/T3-BAL/")
    facts = page.locator(".facts").inner_text()
    for word in (
        "本年新收 + 上年结转 = 办结总计 + 结转下年度",
        "格式表头所印的勾稽关系",
        "格式所印",
        "13 + 0 = 12 + 1",
        "没有合理的例外",
    ):
        assert word in facts
    failed = [int(text) for text in page.locator("table.num td:nth-child(4)").all_text_contents()]
    assert sum(failed) == page.locator(".findings li").count() == 3
    page.wait_for_load_state(
        "networkidle"
    )  # a click in the first 50 ms and the theme forgets where to scroll to
    page.get_by_role("link", name=f"{AGENCIES[2].name} 2023").last.click()
    page.wait_for_url(f"**/{report(2, 2023)}#c-requests--total")
    expect(page.locator("#c-requests--total")).to_be_in_viewport()


def test_a_rule_with_very_many_hits_leads_to_the_file(tmp_path: Path) -> None:
    corpus = Corpus().empty().agency("990001-a").report("990001-a", 2023)
    for number in range(MOST_HITS + 5):
        corpus.finding("990001-a-2023", "T101", "requests", finding_id=f"990001-a-2023:T101:{number:04}")
    pages = rule_pages(Context(read_package(corpus.write(tmp_path / "package")), Words("zh")))
    page = next(page for page in pages if page.path == "quality/T101/")
    assert (len(page.values["hits"]), page.values["n_hits"], page.values["more"]) == (200, 205, True)


# --- the page of a report ---


def test_checks_are_told_in_words_and_waiting_for_last_year_apart(site: Built, visit: Visit) -> None:
    page = visit().go(site.url + "agencies/511900-housing/2022/")
    told = page.locator("#checks ~ p").first.inner_text()
    assert "核对了 42 处加总关系：39 处成立，3 处无法判断（没有印出：办结总计 · 总计）。" in told
    assert "与上一年比较的 18 处没有做，因为没有收录上一年的报告" in told
    page.goto(site.url + "agencies/370725-housing/2023/")
    assert "核对了 42 处加总关系：全部成立。" in page.locator("#checks ~ p").first.inner_text()


def test_blank_cells_read_as_zero_are_told(demo_site: Built) -> None:
    assert "空白格当作 0 才成立；数据里仍是空白" in demo_site.html(report(19, 2024))
    assert "空白格当作 0" not in demo_site.html(report(17, 2023))


def test_a_mark_can_be_reached_and_read_with_the_keyboard(demo_site: Built, visit: Visit) -> None:
    page = visit().go(demo_site.url + report(17, 2023))
    mark = page.locator("#c-requests-outcomes_total-total a.mark")
    expect(mark).to_have_role("button")
    expect(mark).to_have_accessible_name(re.compile("原文这一格没有数字。表中各合计给出"))
    expect(mark).to_have_attribute("aria-expanded", "false")
    page.locator("#c-requests-outcomes_total a.mark").focus()
    for _ in range(7):  # the six other cells of the row have marks as well
        page.keyboard.press("Tab")
    expect(mark).to_be_focused()
    for key in ("Enter", "Space"):
        page.keyboard.press(key)
        expect(mark).to_have_attribute("aria-expanded", "true")
        expect(page.locator(".why")).to_contain_text("数据里保持空缺")
        page.keyboard.press("Tab")
        expect(page.locator(".why a", has_text="T104")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator(".why")).to_have_count(0)
        expect(mark).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/quality/T104/")


def test_a_mark_tells_its_reason_on_hover_and_on_tap(demo_site: Built, visit: Visit) -> None:
    page = visit().go(demo_site.url + report(17, 2023))
    page.locator("#c-requests-outcomes_total a.mark").hover()
    expect(page.locator(".why")).to_contain_text("只有一种排法符合")
    page.mouse.move(5, 5)
    expect(page.locator(".why")).to_have_count(0)
    phone = visit(390, has_touch=True).go(demo_site.url + report(2, 2023))
    mark = phone.locator("#c-requests--total a.mark")
    expect(mark).to_have_role("button")
    mark.tap()
    expect(phone.locator(".why")).to_be_visible()
    box = phone.locator(".why").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    expect(phone.locator(".why")).to_contain_text("相差 1")
    mark.tap()
    expect(phone.locator(".why")).to_have_count(0)


def test_without_scripts_a_mark_leads_to_its_note(demo_site: Built, visit: Visit) -> None:
    page = visit(390, java_script_enabled=False).go(demo_site.url + report(17, 2023))
    mark = page.locator("#c-requests-outcomes_total-total a.mark")
    mark.click()
    expect(page.locator(".notes li:target")).to_contain_text("数据里保持空缺")


@pytest.mark.parametrize(
    ("position", "year", "anchor"),
    [
        (17, 2023, "c-requests-outcomes_total-total"),  # T104, a cell
        (17, 2023, "c-requests-outcomes_total"),  # T103, a row
        (5, 2022, "c-requests-carried_in-total"),  # T3-ROW, shown at the total of its row
        (2, 2023, "c-requests--natural_person"),  # T3-BAL, a column
        (11, 2025, "c-review_litigation-litigation_direct-total"),
        (13, 2023, "table-proactive"),  # T101, a row no form has
    ],
)
def test_what_a_finding_is_about_has_a_mark(demo_site: Built, position: int, year: int, anchor: str) -> None:
    html = demo_site.html(report(position, year))
    (element,) = re.findall(rf'<(?:td|th|h3)[^>]* id="?{anchor}"?(?: [^>]*)?>(.*?)(?=<t[dhr]|</h3|</t)', html)
    assert "class=mark" in element


def test_report_pages_of_the_demonstration_stay_small(demo_site: Built) -> None:
    sizes = {
        path.relative_to(demo_site.folder).as_posix(): path.stat().st_size / 1024
        for path in demo_site.folder.glob("**/agencies/*/*/index.html")
    }
    assert len(sizes) > 500
    assert {path: size for path, size in sizes.items() if size > REPORT_KB} == {}


# --- indicators ---


def rows(page: Page, table: str) -> dict[str, list[str]]:
    found = page.eval_on_selector_all(
        f"{table} tbody tr", "rows => rows.map(row => [...row.cells].map(c => c.textContent.trim()))"
    )
    return {row[0]: row[1:] for row in found}


def test_indicators_show_their_fraction_and_small_bases_as_counts(demo_site: Built, visit: Visit) -> None:
    page = visit().go(demo_site.url + report(17, 2023))
    shown = rows(page, ".indicators")
    assert shown["公开率"] == ["81/161", "50%"]
    assert shown["复议纠错率"] == ["0/4", ""]
    expect(page.locator("#indicators + .aside")).to_contain_text("分母太小")
    page.locator("#indicators + .aside a").click()
    page.wait_for_url("**/quality/indicators/")
    expect(page.locator("#disclosure_rate + .facts")).to_contain_text("（予以公开 + 部分公开）÷ 办结总计")


def test_every_chart_over_years_marks_the_breaks(demo_site: Built, visit: Visit) -> None:
    page = visit().go(demo_site.url + KINDS["agency"])
    for name, years in (("outcomes", (2021,)), ("cases", (2024,)), ("indicator", (2021,))):
        figure = page.locator(f"#fig-{name}")
        for year in years:
            expect(figure).to_contain_text(f"{year}年起：")
        assert figure.locator("svg.chart line.break").count() == len(years)
    for path in ("", "years/"):
        page.goto(demo_site.url + path)
        expect(page.locator("#fig-years")).to_contain_text("2021年起：")


def test_a_year_shows_medians_with_n_and_the_pooled_ratio(demo_site: Built, visit: Visit) -> None:
    with (demo_site.folder / "data/data/indicators.csv").open(encoding="utf-8") as file:
        own = [
            row
            for row in csv.DictReader(file)
            if row["report_id"].endswith("-2024") and row["indicator_id"] == "disclosure_rate"
        ]
    values = [Decimal(row["value"]) for row in own if row["value"]]
    above, below = (
        sum(int(row[name]) for row in own if row["numerator"] and row["denominator"] != "0")
        for name in ("numerator", "denominator")
    )
    page = visit().go(demo_site.url + "years/2024/")
    shown = rows(page, "#indicators ~ .scroll")["公开率"]
    assert shown[0] == str(len(values))
    assert shown[2] == f"{median(values) * 100:.0f}%"
    assert shown[4] == f"{above / below * 100:.0f}% {above:,}/{below:,}"


# --- all pages ---


def test_no_page_orders_agencies_by_a_figure(demo_site: Built) -> None:
    """Lesson 13: league tables were withdrawn by those who tried them. The order is that of divisions, everywhere."""
    with (demo_site.folder / "data/data/agencies.csv").open(encoding="utf-8") as file:
        known = sorted((row["division_code"], row["agency_id"]) for row in csv.DictReader(file))
    order = {agency: place for place, (_, agency) in enumerate(known)}
    checked = 0
    for path in sorted(demo_site.folder.rglob("*.html")):
        html = path.read_text("utf-8")
        assert not re.search(r"排名第|名次|league table of", html), path
        for table in re.findall(r"<table.*?</table>", html, re.DOTALL):
            heads = re.findall(r'<th scope="?row"?><a href="?[^">]*?agencies/([\w-]+)/', table)
            places = [order[agency] for agency in heads]
            assert places == sorted(places), path
            checked += len(places) > 1
    assert checked > 15, "the list of agencies, the matrix and each year, in both languages"


def test_no_page_of_quality_scrolls_sideways_on_a_phone(demo_site: Built, visit: Visit) -> None:
    visitor = visit(390, has_touch=True)
    for kind, path in KINDS.items():
        page = visitor.go(demo_site.url + path)
        visitor.scroll()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, kind
        assert page.locator("h1").count() == 1, kind
