"""What a person sees: on paper, on a phone, in forced colours. Positions, not elements."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, expect
from selectolax.lexbor import LexborHTMLParser

from tests.site.conftest import Built, Visitor
from tests.tools.waiting import wait_until

Visit = Callable[..., Visitor]
REPORT = "agencies/511900-housing/2022/"
BUSY = "agencies/990300-education/2023/"
MOST_SHEETS = 5


@pytest.fixture(scope="module")
def printed(
    demo_site: Built, visit_once: Callable[[], Page], tmp_path_factory: pytest.TempPathFactory
) -> list[str]:
    """The text of each sheet of a busy report."""
    page = visit_once()
    page.goto(demo_site.url + BUSY)
    file = tmp_path_factory.mktemp("paper") / "report.pdf"
    page.pdf(path=file, format="A4")
    return list(sheets(file))


@pytest.fixture(scope="module")
def visit_once(chromium: object) -> Iterator[Callable[[], Page]]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})  # type: ignore[attr-defined]
    yield context.new_page
    context.close()


def sheets(file: Path) -> Iterator[str]:
    document = pypdfium2.PdfDocument(file)
    for page in document:
        yield page.get_textpage().get_text_bounded()
    document.close()


def test_a_report_takes_few_sheets_and_no_heading_ends_one(printed: list[str]) -> None:
    assert 2 <= len(printed) <= MOST_SHEETS
    headings = {
        "申请办得怎么样",
        "谁在申请",
        "没有提供信息的原因",
        "复议和诉讼",
        "主动公开",
        "指标",
        "原表",
        "核对和问题",
        "报告正文",
    }
    for text in printed[:-1]:
        assert text.strip().splitlines()[-1].strip() not in headings


def test_a_report_in_english_takes_no_more(
    demo_site: Built, visit_once: Callable[[], Page], tmp_path: Path
) -> None:
    page = visit_once()
    page.goto(f"{demo_site.url}en/{BUSY}")
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert 2 <= len(list(sheets(tmp_path / "report.pdf"))) <= MOST_SHEETS


def test_every_row_of_a_table_is_printed_once_and_nothing_lies_on_it(
    demo_site: Built, visit: Visit, printed: list[str]
) -> None:
    text = re.sub(r"\s", "", "".join(printed))
    for row in (
        "2.其他法律行政法规禁止公开",
        "5.要求行政机关确认或重新出具已获取信息",
        "四、结转下年度继续办理",
    ):
        assert text.count(row) == 1
    page = visit().go(demo_site.url + BUSY)
    page.emulate_media(media="print")
    overlaps = page.evaluate(
        """() => [...document.querySelectorAll("article .scroll")].filter((box) => box.checkVisibility()).map((box) => {
            const next = [...document.querySelectorAll("article :is(h2, h3, p, ol, ul, table)")].find((one) =>
                box.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING && !box.contains(one) && one.checkVisibility());
            const end = box.querySelector("table").getBoundingClientRect().bottom;
            return next ? end - next.getBoundingClientRect().top : 0;
        }).filter((over) => over > 1)"""
    )
    assert not overlaps


def test_a_phone_shows_totals_first_and_all_columns_on_demand(demo_site: Built, visit: Visit) -> None:
    page = visit(390).go(demo_site.url + BUSY)
    table = page.locator("table.t-requests")
    table.scroll_into_view_if_needed()
    cell = page.locator("#c-requests-new_received-total")
    box = cell.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390, "the total is on the screen"
    expect(page.locator("#c-requests-new_received-natural_person")).to_be_hidden()
    page.get_by_role("button", name="只看总计").click()
    expect(page.locator("#c-requests-new_received-natural_person")).to_be_visible()
    # Scrolled both ways, the corner stays over heads and labels.
    corner, head, label = page.evaluate(
        """() => {
            const table = document.querySelector("table.t-requests");
            const box = table.parentElement;
            box.scrollTo(160, 300);
            const at = (cell) => cell.getBoundingClientRect();
            const top = at(table.querySelector(".corner"));
            const hit = document.elementFromPoint(top.left + 20, Math.max(top.top, 0) + 20);
            return [at(box).left - top.left, hit?.closest("th")?.className ?? "", at(box).top - top.top];
        }"""
    )
    assert abs(corner) <= 2
    assert abs(label) <= 2
    page.evaluate(
        "document.querySelector('table.t-requests').parentElement.scrollIntoView({block: 'center'})"
    )
    wide = visit(1280).go(demo_site.url + BUSY)
    expect(wide.locator("#c-requests-new_received-natural_person")).to_be_visible()
    assert head is not None


@pytest.mark.parametrize("width", [390, 768])
def test_a_column_that_stays_keeps_its_lines(demo_site: Built, visit: Visit, width: int) -> None:
    """What sticks is placed on whole pixels by itself: on a fraction of one it would cover the line above it."""
    visitor = visit(width)
    for path in ("agencies/", "agencies/990300-education/", BUSY, "quality/"):
        uneven = visitor.go(demo_site.url + path).evaluate(
            """() => [...document.querySelectorAll(":is(.wide, .filed) tr")].filter((row) => row.checkVisibility())
                .map((row) => row.getBoundingClientRect().height).filter((high) => Math.abs(high - Math.round(high)) > 0.01)"""
        )
        assert not uneven, path


@pytest.mark.parametrize("cell", ["c-requests-carried_out-natural_person", "c-requests-granted-total"])
def test_a_linked_cell_is_seen_and_not_below_a_bar(demo_site: Built, visit: Visit, cell: str) -> None:
    page = visit(390).go(f"{demo_site.url}{BUSY}#{cell}")
    expect(page.locator(f"#{cell}")).to_be_in_viewport()
    wait_until(
        page,
        """(id) => {
            const cell = document.getElementById(id);
            const { left, top, width, height } = cell.getBoundingClientRect();
            return cell.contains(document.elementFromPoint(left + width / 2, top + height / 2));
        }""",
        cell,
    )


def test_an_english_report_fits_the_smallest_phone(demo_site: Built, visit: Visit) -> None:
    page = visit(320).go(f"{demo_site.url}en/{BUSY}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_forced_colours_keep_the_colours_of_a_legend(demo_site: Built, visit: Visit) -> None:
    page = visit(1280, forced_colors="active").go(demo_site.url + BUSY)
    colours = page.evaluate(
        """() => [...document.querySelectorAll("#fig-reasons .legend li")].map((one) => getComputedStyle(one, "::before").backgroundColor)"""
    )
    assert len(set(colours)) == len(colours) > 1
    bars = page.evaluate(
        """() => [...document.querySelectorAll("#fig-reasons svg rect")].map((one) => getComputedStyle(one).fill)"""
    )
    assert set(colours) < set(bars)  # the others together have a colour without a word


def test_where_the_keyboard_is_is_seen(demo_site: Built, visit: Visit) -> None:
    page = visit().go(demo_site.url + BUSY)
    page.keyboard.press("Tab")
    for place in (
        "[data-palette]",
        ".md-logo",
        ".md-tabs__link",
        "article summary",
        "article a",
        ".md-nav__link",
    ):
        one = page.locator(f"{place}:visible").first
        one.focus()
        style = one.evaluate(
            "(one) => [getComputedStyle(one).outlineStyle, getComputedStyle(one).outlineWidth]"
        )
        assert style == ["solid", "2px"], place


def test_no_number_of_a_chart_is_cut(demo_site: Built, visit: Visit) -> None:
    for path in ("", "years/2024/", BUSY, f"en/{BUSY}"):
        page = visit(390).go(demo_site.url + path)
        cut = page.evaluate(
            """() => [...document.querySelectorAll("svg.chart")].flatMap((chart) => {
                const box = chart.getBoundingClientRect();
                return [...chart.querySelectorAll("text")].filter((text) => {
                    const place = text.getBoundingClientRect();
                    return place.left < box.left - 1 || place.right > box.right + 1;
                }).map((text) => text.textContent);
            })"""
        )
        assert not cut, path


def test_sentences_in_english_have_spaces_between_them(demo_site: Built) -> None:
    for path in (BUSY, "agencies/990300-education/", "years/2024/", "data/", "places/990100/"):
        article = LexborHTMLParser(demo_site.html(f"en/{path}")).css_first("article")
        assert article is not None
        for node in article.css("pre, code, .cite, table, script"):
            node.decompose()
        for line in article.css("p, li, dd, figcaption"):
            assert not re.findall(r"[a-z]{2}[.;:][A-Z][a-z]+", line.text()), path


def test_the_markup_is_what_html_allows(demo_site: Built, site: Built) -> None:
    for built, path in (
        (site, ""),
        (site, REPORT),
        (demo_site, "agencies"),
        (demo_site, BUSY),
        (demo_site, "years/2024"),
    ):
        tree = LexborHTMLParser(built.html(path))
        assert not tree.css("input[type=search][role]"), "a field for searching is no combobox"
        assert not [head.text() for head in tree.css("th") if not head.attributes.get("scope")]


def test_the_largest_of_a_place_and_year_takes_two_clicks(demo_site: Built, visit: Visit) -> None:
    page = visit().go(demo_site.url)
    page.get_by_role("link", name="云湖市", exact=True).first.click()
    page.get_by_role("button", name="2023", exact=True).click()
    first = page.locator("#inside tbody tr").first
    numbers = page.locator("#inside tbody tr").evaluate_all(
        "rows => rows.map((row) => parseInt(row.cells[3].textContent))"
    )
    stated = [number for number in numbers if number is not None]
    assert stated == sorted(stated, reverse=True)
    assert len(stated) > 3
    expect(first).to_be_visible()


def test_a_filter_stands_in_the_address_and_back_brings_it_again(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}agencies/")
    page.get_by_label("地区").select_option("虚构省 云湖市")
    rows = page.locator("#agencies tbody tr:visible")
    count = rows.count()
    assert 0 < count < page.locator("#agencies tbody tr").count()
    rows.first.locator("th a").click()
    page.wait_for_url("**/agencies/990100-*/")
    page.evaluate("history.back()")
    expect(page).to_have_url(re.compile(r"/agencies/\?place="))
    expect(page.get_by_label("地区")).to_have_value("虚构省 云湖市")
    expect(rows).to_have_count(count)


def test_the_text_is_compared_with_that_of_the_year_before(demo_site: Built, visit: Visit) -> None:
    page = visit().go(demo_site.url + BUSY)
    link = page.get_by_role("link", name="与2022年的正文对照")
    link.click()
    changes = page.locator(".changes")
    expect(changes).to_be_visible()
    expect(link).to_be_hidden()
    added, removed = changes.locator("ins").all_inner_texts(), changes.locator("del").all_inner_texts()
    assert any("2023年，共收到政府信息公开申请174件" in one for one in added)
    assert any("2022年，共收到" in one for one in removed)
    assert not set(added) & set(removed)

    def text(year: int) -> str:
        """All that a report says, on its page or on that of its text."""
        pages = sorted(demo_site.folder.glob(f"agencies/990300-education/{year}/**/index.html"))
        said = (LexborHTMLParser(page.read_text("utf-8")).text() for page in pages)
        return "".join("".join(said).split())

    before, now = text(2022), text(2023)
    assert all("".join(one.split()) in now for one in added), "each new sentence stands in the report"
    assert all("".join(one.split()) in before for one in removed)
    with_counts = changes.locator("summary", has_text="一、总体情况")
    expect(with_counts).to_contain_text(f"新增 {len(added)} 句，删去 {len(removed)} 句")
