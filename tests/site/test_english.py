"""The English site: the same pages, every sentence of ours in English, what agencies wrote in Chinese and marked so."""

import csv
import re
from collections.abc import Callable, Iterator
from functools import cache
from html import unescape
from html.parser import HTMLParser

import pytest
from playwright.sync_api import expect

from pipeline.pages import words
from pipeline.pages.words import Words
from pipeline.site.language import marked
from tests.site.conftest import Built, Visitor
from tests.site.corpus import PUBLISHED

Visit = Callable[..., Visitor]
REPORT = "agencies/511900-housing/2022/"
CHINESE = re.compile(r"[\u3400-\u9fff]+")
VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
OPEN_ENDED = {"li", "p", "td", "th", "tr", "dt", "dd", "option", "thead", "tbody"}  # we leave their ends out
# Names of official documents, which have no other: the number of a form, the standard for citations.
OFFICIAL = ("国办公开办函", "国办函", "号", "年", "中文")


class Text(HTMLParser):
    """Texts and attributes that people read, each with whether an element around it is marked as Chinese."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[tuple[str, bool]] = []
        self.attributes: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        said = ("title", "aria-label", "placeholder", "alt", "content", "label")
        self.attributes += [
            value
            for name, value in attributes
            if value and (name in said or (name.startswith("data-") and tag != "nav"))
        ]
        if tag in VOID:
            return
        if tag in OPEN_ENDED:
            while self.open and self.open[-1][0] == tag:
                self.open.pop()
        around = self.open[-1][1] if self.open else False
        self.open.append((tag, values["lang"] == "zh" if "lang" in values else around))

    def handle_endtag(self, tag: str) -> None:
        if any(tag == name for name, _ in self.open):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        inside = {name for name, _ in self.open}
        if data.strip() and not inside & {"script", "style"}:
            self.texts.append((data, bool(self.open) and self.open[-1][1]))


@cache
def filed() -> tuple[set[str], tuple[str, ...]]:
    """What is Chinese because agencies wrote it: whole runs of letters, and names that may stand inside a run."""
    runs: set[str] = set()
    names: set[str] = set(OFFICIAL)
    for name in ("agencies", "reports", "sections", "cell_notes", "findings"):
        with (PUBLISHED / f"data/{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for field, value in row.items():
                    if not field.endswith("_zh") or field == "name_zh":
                        runs.update(CHINESE.findall(value))
                        names.update(CHINESE.findall(value) if name == "agencies" else ())
    return runs, tuple(sorted((name for name in names if len(name) > 2), key=len, reverse=True))


def untranslated(html: str) -> set[str]:
    """Runs of Chinese letters on a page that no agency wrote."""
    runs, names = filed()
    found = Text(html)
    left = set()
    for text in (*(text for text, _ in found.texts), *found.attributes):
        for run in CHINESE.findall(unescape(text)):
            rest = run
            for name in names:
                rest = rest.replace(name, "")
            if rest and run not in runs and run not in OFFICIAL:
                left.add(run)
    return left


def pages(site: Built) -> Iterator[tuple[str, str]]:
    found = sorted((site.folder / "en").rglob("*.html"))
    assert len(found) > 20
    for path in found:
        yield path.relative_to(site.folder).as_posix(), path.read_text("utf-8")


def test_every_page_has_its_english_one(busy_site: Built) -> None:
    every = {path.relative_to(busy_site.folder).as_posix() for path in busy_site.folder.rglob("index.html")}
    english = {path.removeprefix("en/") for path in every if path.startswith("en/")}
    chinese = {path for path in every if not path.startswith("en/")}
    texts = {path for path in chinese if path.endswith("/text/index.html")}  # filed texts lie there once
    assert english == chinese - texts
    assert texts
    for path in texts:
        address = path.removesuffix("text/index.html")
        link = re.search(
            r'<a class="[^"]*language" href="([^"]*)"', (busy_site.folder / path).read_text("utf-8")
        )
        assert link
        assert link[1].endswith(f"/en/{address}")
        assert address + "text/" in (busy_site.folder / "en" / address / "index.html").read_text("utf-8")


def test_no_sentence_of_ours_is_left_in_chinese(site: Built) -> None:
    left = {path: words for path, html in pages(site) if (words := untranslated(html))}
    # The dictionary shows values and examples of columns as they stand in the data, Chinese ones too.
    shown = set(CHINESE.findall((PUBLISHED / "datapackage.json").read_text("utf-8")))
    left["en/data/dictionary/index.html"] = left.get("en/data/dictionary/index.html", set()) - shown
    assert {path: words for path, words in left.items() if words} == {}


def test_a_sentence_left_in_chinese_is_seen(site: Built) -> None:
    page = site.html(f"en/{REPORT}")
    for planted in ("<p>申请办得怎么样</p>", '<p title="没有">none</p>', "<p>巴中市住房和城乡建设局收到</p>"):
        assert len(untranslated(page.replace("</article>", f"{planted}</article>"))) == 1


def test_chinese_letters_are_marked_as_chinese(site: Built) -> None:
    unmarked = [
        (path, text[:40])
        for path, html in pages(site)
        for text, chinese in Text(html[html.index("<body") :]).texts
        if CHINESE.search(text) and not chinese
    ]
    assert unmarked == []


def test_marking_leaves_code_and_marked_text_alone() -> None:
    page = "<title>巴中</title><body><p>In 巴中市2022年 it<option>四川省<script>'巴中'</script><p lang=zh>巴中</p>"
    assert marked(page) == (
        "<title>巴中</title><body><p>In <span lang=zh>巴中市2022年</span> it<option lang=zh>四川省"
        "<script>'巴中'</script><p lang=zh>巴中</p>"
    )


def test_every_sentence_is_there_in_both_languages() -> None:
    raw = words.yaml.load(words.STRINGS.read_text("utf-8"), Loader=words.yaml.CSafeLoader)
    for key, entry in words.leaves(raw):
        assert set(entry) == {"zh", "en"}, key
        assert not CHINESE.search(entry["en"]), key
        assert set(re.findall(r"{(\w+)", entry["en"])) <= set(re.findall(r"{(\w+)", entry["zh"])) | {
            "name",
            "day",
        }


def test_dates_and_numbers_are_in_english_form() -> None:
    assert Words("en").date("2023-01-09") == "9 January 2023"
    assert Words("zh").date("2023-01-09") == "2023年1月9日"
    assert Words("en")("count", n=12345) == "12,345"


@pytest.mark.parametrize("path", ["", REPORT, "agencies/", "years/2023/", "method/"])
def test_the_switch_keeps_the_page(site: Built, visit: Visit, path: str) -> None:
    page = visit().go(site.url + path)
    assert page.evaluate("document.documentElement.lang") == "zh"
    page.get_by_role("link", name="English").click()
    page.wait_for_url(f"{site.url}en/{path}")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.get_by_role("link", name="中文").click()
    page.wait_for_url(site.url + path)


def test_search_engines_are_told_of_both_languages(site: Built) -> None:
    for home, html in (("", site.html(REPORT)), ("en/", site.html(f"en/{REPORT}"))):
        assert f'<link rel="canonical" href="{site.url}{home}{REPORT}">' in html
        assert 'rel="alternate" hreflang="' in html
    for home, other in (("", "en/"), ("en/", "")):
        sitemap = (site.folder / home / "sitemap.xml").read_text("utf-8")
        assert f"<loc>{site.url}{home}{REPORT}</loc>" in sitemap
        assert f'href="{site.url}{other}{REPORT}"' in sitemap


def test_an_english_report_reads_as_english(site: Built, visit: Visit) -> None:
    visitor = visit(390)
    page = visitor.go(f"{site.url}en/{REPORT}")
    expect(page.locator("h1")).to_have_text(
        "Housing bureau, Bazhong, Sichuan: open government information, 2022"
    )
    expect(page.locator("h1 + .aside")).to_contain_text(
        "Its own name is 巴中市住房和城乡建设局; the English name was made here"
    )
    story = " ".join(page.locator(".lead").all_text_contents())
    assert "In 2022 the agency received 13 requests for government information" in story
    assert "Review and litigation: sued directly, 1 case (pending)." in story
    assert "505 administrative licensing decisions, administrative fees of 2.53 × 10,000 yuan." in story
    expect(page.locator("table.filed")).to_have_count(3)
    assert page.locator("h1 + .aside [lang=zh]").text_content() == "巴中市住房和城乡建设局"
    visitor.scroll()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_is_the_same_in_both_lies_there_once(site: Built) -> None:
    assert not (site.folder / "en/assets").exists()
    assert not (site.folder / "en/data/data").exists()
    assert 'href="../../data/data/requests.csv"' in site.html("en/data")
