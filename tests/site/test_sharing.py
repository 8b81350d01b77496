"""What a reader takes along: pictures, frames, citations, and what each single figure tells."""

import csv
import dataclasses
import json
import re
import struct
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageColor
from playwright.sync_api import Page, expect
from selectolax.lexbor import LexborHTMLParser

from pipeline.knowledge.settings import contact, settings
from pipeline.pages.charts.shapes import COLOURS
from tests.site.conftest import Built, Visitor

Visit = Callable[..., Visitor]
REPORT = "agencies/511900-housing/2022/"
BUSY = "agencies/990001-housing/2024/"
SVG = "{http://www.w3.org/2000/svg}"


def head(html: str, selector: str, attribute: str) -> list[str]:
    return [node.attributes[attribute] or "" for node in LexborHTMLParser(html).css(f"head {selector}")]


@pytest.mark.parametrize("page", [REPORT, "agencies/511900-housing/", "places/511900/"])
@pytest.mark.parametrize("language", ["", "en/"])
def test_a_shared_link_shows_a_picture_with_the_figures_of_its_page(
    site: Built, page: str, language: str
) -> None:
    (address,) = head(site.html(language + page), 'meta[property="og:image"]', "content")
    file = site.folder / address.removeprefix(site.url)
    assert file.stat().st_size <= 15_000
    picture = Image.open(file).convert("RGB")
    assert picture.size == (600, 315)
    bar = [picture.getpixel((x, 220)) for x in range(600)]
    parts = {"unavailable": 11, "not_processed": 1, "carried_out": 1}  # 13 = 11 + 1 + 1
    drawn = {kind: bar.count(ImageColor.getrgb(COLOURS[kind])) for kind in parts}
    assert all(abs(drawn[kind] - 536 * number / 13) <= 3 for kind, number in parts.items()), drawn
    letters = picture.crop((0, 118, 600, 180)).getcolors(10_000) or []
    assert sum(count for count, colour in letters if colour == ImageColor.getrgb("#1d5266")) > 500, "numbers"


def test_an_agency_and_a_place_announce_their_own_feed_and_that_of_the_site(site: Built) -> None:
    for page, own in ((REPORT, "agencies/511900-housing/"), ("places/511900/", "places/511900/")):
        for language in ("", "en/"):
            folder = site.folder / language / page
            found = [
                (folder / href).resolve()
                for href in head(site.html(language + page), "link[rel~=feed]", "href")
            ]
            assert found == [site.folder / own / "feed.xml", site.folder / "feed.xml"]
            assert all(path.is_file() for path in found)
    assert len(head(site.html("data"), "link[rel~=feed]", "href")) == 1


def opened(page: Page, figure: str) -> None:
    """Its one button: what can be taken along."""
    if (button := page.locator(f"{figure} .take:not([open]) > summary")).count():
        button.click()


def saved(page: Page, figure: str, name: str) -> tuple[str, Path]:
    opened(page, figure)
    with page.expect_download() as download:
        page.locator(figure).get_by_role("button", name=name).click()
    return download.value.suggested_filename, download.value.path()


@pytest.mark.parametrize("drawn", [False, True], ids=["before Plotly", "after Plotly"])
def test_a_saved_picture_says_what_it_is_and_whose(site: Built, visit: Visit, drawn: bool) -> None:
    visitor = visit()
    page = visitor.go(site.url + REPORT)
    if drawn:
        visitor.scroll()
    name, path = saved(page, "#fig-reasons", "SVG")
    assert name == "511900-housing-2022-reasons.svg"
    picture = ElementTree.fromstring(path.read_text("utf-8"))
    text = "".join(picture.itertext())
    for told in ("巴中市住房和城乡建设局 2022年", settings().title["zh"]):
        assert told in text  # whose, which year, which site; the version stands behind its name
    assert re.search(r"政府信息公开年报 \d+\.\d+\.\d+", text)
    caption = page.locator("#fig-reasons figcaption").inner_text()
    assert text.count(caption) == 2  # its title, and what is seen
    assert f"{REPORT}#fig-reasons" in text
    for row in page.locator("#fig-reasons tbody tr").all():
        assert row.locator("th").text_content() in text
    bars = [bar for bar in picture.iter(f"{SVG}rect") if bar.get("height") == "14px"]
    assert len(bars) == page.locator("#fig-reasons tbody tr").count()
    assert {bar.get("fill") for bar in bars} > {"rgb(168, 106, 18)"}
    assert "class=" not in path.read_text("utf-8")
    name, path = saved(page, "#fig-reasons", "PNG")
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG")
    wide, high = struct.unpack(">II", content[16:24])
    assert wide == 1440
    assert high > 250


def test_a_picture_of_invented_figures_says_so(demo_site: Built, visit: Visit) -> None:
    page = visit().go(f"{demo_site.url}agencies/990300-education/2023/")
    _, path = saved(page, "#fig-reasons", "SVG")
    assert "虚构" in "".join(ElementTree.fromstring(path.read_text("utf-8")).itertext()).replace("虚构省", "")


def test_a_frame_shows_the_figure_alone_and_leads_to_its_page(site: Built, visit: Visit) -> None:
    visitor = visit(390)
    page = visitor.go(f"{site.url}{REPORT}?embed=outcomes")
    expect(page.locator("#fig-outcomes")).to_be_visible()
    for hidden in ("#fig-reasons", ".lead >> nth=0", ".md-header", "table.filed >> nth=0", ".doors"):
        expect(page.locator(hidden)).to_be_hidden()
    link = page.locator("#fig-outcomes .source a")
    assert link.get_attribute("href") == f"{site.url}{REPORT}#fig-outcomes"
    page.goto(f"{site.url}{REPORT}?embed=nothing")
    expect(page.locator("#fig-reasons")).to_be_visible()


def code(page: Page, figure: str, name: str) -> list[str]:
    opened(page, figure)
    page.locator(figure).get_by_role("button", name=name, exact=True).click()
    return page.locator(f"{figure} .tool code").all_text_contents()


def test_the_code_of_both_frames_works(
    site: Built, visit: Visit, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    page = visit().go(site.url + REPORT)
    live, frozen = code(page, "#fig-outcomes", "嵌入")
    assert f'src="{site.url}{REPORT}?embed=outcomes"' in live
    other = tmp_path / "index.html"
    other.write_text(
        f"<!doctype html><meta charset=utf-8><link rel=icon href=data:,>{live}", encoding="utf-8"
    )
    page.goto(serve(tmp_path))  # another site, with a policy of its own
    frame = page.frame_locator("iframe")
    expect(frame.locator("#fig-outcomes .plot")).to_be_visible()
    expect(frame.locator("#fig-reasons")).to_be_hidden()
    assert "<script" not in frozen
    assert re.search(r"政府信息公开年报 \d+\.\d+\.\d+(\+[0-9a-f]{8})? ·", frozen)
    page.set_content(frozen)
    assert page.locator("svg").first.bounding_box()["height"] > 80  # type: ignore[index]
    assert "11" in page.locator("td").all_text_contents()


def test_a_figure_is_cited_in_three_styles(site: Built, visit: Visit) -> None:
    page = visit().go(site.url + REPORT)
    gbt, apa, bibtex = code(page, "#fig-reasons", "引用")
    address = f"{site.url}{REPORT}#fig-reasons"
    assert gbt.endswith(address)
    assert "[DS/OL]" in gbt
    assert re.search(r"\(Version \d+\.\d+\.\d+(\+[0-9a-f]{8})?\) \[Data set\]", apa)
    assert bibtex.startswith("@misc{511900-housing-2022-fig-reasons,")
    assert f"url = {{{address}}}" in bibtex


CELLS = {  # cell → what its card is called, and the line of 2022.txt
    "c-requests-new_received-total": (
        "一、本年新收政府信息公开申请数量 · 总计 13",
        "requests/new_received/total",
    ),
    "c-requests-unavailable_not_held-natural_person": (
        "1.本机关不掌握相关政府信息 · 自然人 11",
        "requests/unavailable_not_held/natural_person",
    ),
    "c-review_litigation-litigation_direct-pending": (
        "未经复议直接起诉 · 尚未审结 1",
        "review_litigation/litigation_direct/pending",
    ),
    "c-proactive-normative_documents-valid": (
        "行政规范性文件 · 现行有效件数 40",
        "proactive/normative_documents/valid",
    ),
}


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_tells_its_name_its_line_and_its_address(site: Built, visit: Visit, cell: str) -> None:
    page = visit(390).go(site.url + REPORT)
    if page.locator(f"#{cell}").is_hidden():  # a phone shows the totals first
        page.get_by_role("button", name="只看总计").click()
    page.locator(f"#{cell}").click()
    title, _ = CELLS[cell]
    expect(page.locator(".why b")).to_have_text(title)
    expect(page.locator(".why")).to_contain_text(re.compile(r"在归档文件第 \d+ 行"))
    address = page.locator(".why").get_by_role("link", name="这个数字的地址").get_attribute("href")
    assert address == f"{site.url}{REPORT}#{cell}"
    page.locator(".why").get_by_role("button", name="引用").click()
    expect(page.locator(".why code").first).to_contain_text(address)
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator(f"#{cell}:target")).to_be_in_viewport()


def test_every_cell_has_the_address_that_the_data_have(site: Built, visit: Visit) -> None:
    """Table, row and column as in the package, in every form: an error is reported in the right cell."""
    page = visit().go(site.url + REPORT)
    found = page.eval_on_selector_all(
        "table.filed td", "cells => cells.map(cell => [cell.id, cell.firstChild?.textContent ?? ''])"
    )
    assert len(found) == len({cell for cell, _ in found}) == 200
    filed = {}
    for table in ("proactive", "requests", "review_litigation"):
        with (site.folder / f"data/data/{table}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row.pop("report_id") != "511900-housing-2022":
                    continue
                item = row.pop("item")
                row.pop("place")
                if "measure" in row:
                    row = {row["measure"]: row["value"]}
                filed |= {f"c-{table}-{item}-{column}": value for column, value in row.items()}
    assert len(filed) == 200
    assert {cell: re.match(r"[\d.]*", text)[0] for cell, text in found} == filed  # type: ignore[index]


def test_a_cell_leads_to_its_line_and_to_the_form_for_errors(busy_site: Built, visit: Visit) -> None:
    page = visit().go(busy_site.url + REPORT)
    page.locator("#c-requests-new_received-total").click()
    card = page.locator(".why")
    source = card.get_by_role("link", name=re.compile("归档文件第")).get_attribute("href") or ""
    line = re.search(r"reports/511900-housing/2022\.txt\?plain=1#L(\d+)$", source)
    assert line
    assert source.startswith("https://github.com/someone/reports/blob/HEAD/datapackage/")
    printed = Path(__file__).resolve().parents[2] / "datapackage/reports/511900-housing/2022.txt"
    assert "本年新收政府信息公开申请数量" in printed.read_text("utf-8").splitlines()[int(line[1]) - 1]
    wrong = urlsplit(card.get_by_role("link", name="这个数字有错").get_attribute("href") or "")
    assert wrong.path == "/someone/reports/issues/new"
    assert parse_qs(wrong.query) == {
        "template": ["figure-error.yml"],
        "agency": ["511900-housing"],
        "year": ["2022"],
        "cell": ["requests/new_received/total"],
        "shown": ["13"],
    }
    expect(page.locator(".links.wrong a")).to_have_attribute(
        "href", re.compile("figure-error.yml&agency=511900")
    )


def test_without_a_repository_there_is_no_link_to_one(site: Built, visit: Visit) -> None:
    page = visit().go(site.url + REPORT)
    expect(page.locator(".links.wrong")).to_have_count(0)
    page.locator("#c-requests-new_received-total").click()
    expect(page.locator(".why a")).to_have_count(1)
    assert "REPOSITORY" not in page.content()


def test_cells_are_reached_by_keyboard(site: Built, visit: Visit) -> None:
    page = visit().go(site.url + REPORT)
    first = page.locator(".t-requests td").first
    assert first.get_attribute("tabindex") == "0"
    first.focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".why b")).to_have_text("二、上年结转政府信息公开申请数量 · 商业企业 0")
    page.keyboard.press("Tab")
    expect(page.locator(".why a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".why")).to_have_count(0)


def test_every_page_says_where_errors_are_reported(busy_site: Built, site: Built) -> None:
    for path in ("", REPORT, "en", "data"):
        assert 'href="https://github.com/someone/reports/issues" rel="noopener">' in busy_site.html(path)
    assert "/issues" not in site.html("")  # where no repository is known, no address is made up


def test_site_yml_says_whom_to_write_to(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = settings()
    monkeypatch.setattr(
        "pipeline.knowledge.settings.settings",
        lambda: dataclasses.replace(ours, contact="mailto:a@b.example"),
    )
    assert (
        contact({"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "x/y"})
        == "mailto:a@b.example"
    )


def test_the_three_tables_are_one_file_that_says_whose_they_are(site: Built, visit: Visit) -> None:
    page = visit().go(site.url + REPORT)
    name, path = saved(page, "#get", "三张表（CSV）")
    assert name == "511900-housing-2022.csv"
    text = path.read_text("utf-8")
    assert text.startswith("\ufeff"), "Excel takes it for UTF-8"
    rows = {(row["table"], row["row"], row["column"]): row for row in csv.DictReader(text[1:].splitlines())}
    assert len(rows) == 200
    received = rows["requests", "new_received", "total"]
    assert (received["agency_id"], received["year"], received["value"]) == ("511900-housing", "2022", "13")
    assert received["label"] == "一、本年新收政府信息公开申请数量 · 总计"
    missing = rows["requests", "outcomes_total", "total"]
    assert (missing["value"], missing["printed"]) == ("", "未印")
    with page.expect_download() as download:
        page.get_by_role("link", name="这份报告的全部数据（JSON）").click()
    assert json.loads(download.value.path().read_text("utf-8"))["tables"]["requests"]
