"""Whether the full-text search finds what the pages say, and nothing else: phrases drawn from pages, and what people type.

What is true is read from the package and the pages, not from the index.
"""

import csv
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.site.conftest import Built, Visitor

Visit = Callable[..., Visitor]
DRAWN, SEED, MOST = 200, 20240115, 24
TYPED = tuple(
    word
    for line in (
        "信访 信访举报 信访举报投诉 国家秘密 第三方合法权益 内部事务 过程性信息 行政执法案卷 行政查询 不掌握 没有现成信息 补正",
        "重复申请 公开出版物 大量反复 反复申请 重新出具 逾期不补正 未缴费 予以公开 部分公开 不予公开 无法提供 不予处理 其他处理",
        "结转 行政复议 行政诉讼 直接起诉 复议后起诉 结果纠正 尚未审结 规范性文件 行政许可 行政处罚 行政强制 收费 民政局 教育局",
        "财政局 卫生健康 水利 住房和城乡建设 云湖市 虚构省 2023年 2019年 政府信息公开 工作年度报告 年报 总体情况 主动公开 依申请公开",
        "问题 改进 机关 信息公开条例 没有新收 没有收到 一件也没有 申请人",
    )
    for word in line.split()
)


@dataclass(frozen=True)
class Told:
    """A page: its address, what it says in sentences, and everything that is written on it."""

    path: str
    sentences: str
    everything: str


def plain(html: str) -> str:
    """Letters alone, without spaces: a phrase may go over the end of an element."""
    return re.sub(r"\s+", "", re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]*>", "", html, flags=re.DOTALL))


def told(built: Built) -> Iterator[Told]:
    rows: dict[str, set[str]] = {}
    with (built.folder / "data/data/items.csv").open(encoding="utf-8", newline="") as file:
        labels = {row["item"]: row["label_zh"] for row in csv.DictReader(file)}
    for name in ("requests", "proactive", "review_litigation"):
        with (built.folder / f"data/data/{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                held = any(re.fullmatch(r"[\d.]*[1-9][\d.]*", value) for value in list(row.values())[2:])
                if held and "item" in row:
                    rows.setdefault(row["report_id"], set()).add(labels.get(row["item"], ""))
    for pattern in ("agencies/*/index.html", "agencies/*/*/index.html", "years/*/index.html"):
        for page in sorted(built.folder.glob(pattern)):
            path = f"{page.parent.relative_to(built.folder).as_posix()}/"
            html = page.read_text("utf-8").partition("<article")[2].rpartition("</article>")[0]
            text = page.parent / "text/index.html"
            html += text.read_text("utf-8").partition("<article")[2] if text.is_file() else ""
            said = re.findall(
                r"<p class=\"lead\">.*?</p>|<details lang=\"?zh.*?</details>|<section lang=\"?zh.*?</section>",
                html,
                re.DOTALL,
            )
            parts = path.strip("/").split("/")
            own = rows.get("-".join(parts[1:]), set()) if parts[0] == "agencies" else set()
            yield Told(path, " ".join([*map(plain, said), *own]), plain(html))


@pytest.fixture(scope="module")
def pages(demo_site: Built) -> list[Told]:
    found = list(told(demo_site))
    assert len(found) > 250
    return found


def drawn(pages: list[Told]) -> list[str]:
    """Runs of two to six Chinese characters out of sentences, of those that stand on few pages."""
    draw = random.Random(SEED)
    found: list[str] = []
    while len(found) < DRAWN:
        runs = re.findall(r"[\u4e00-\u9fff]{2,}", draw.choice(pages).sentences)
        run = draw.choice(runs)
        start = draw.randrange(len(run) - 1)
        phrase = run[start : start + draw.randint(2, 6)]
        if len(phrase) > 1 and sum(phrase in page.sentences for page in pages) <= MOST:
            found.append(phrase)
    return found


def ask(page: Page, question: str) -> tuple[int, set[str]]:
    """How many pages the search page counts, and the addresses of the first of them."""
    count, found = page.evaluate(
        """async ([question, most]) => {
            const [section, box] = [document.querySelector("[data-search]"), document.querySelector("#find")];
            const [status, list, more] = ["[role=status]", "ol", ".more"].map((name) => section.querySelector(name));
            const wait = (done) => new Promise((go) => {
                const look = () => done() ? go() : setTimeout(look, 2);
                look();
            });
            delete list.dataset.asked;
            box.value = question;
            box.form.requestSubmit();
            await wait(() => list.dataset.asked === question);
            const hits = () => [...list.querySelectorAll("li:not(.named) a")].map((link) => link.href);
            while (!more.hidden && hits().length < most) {
                const before = hits().length;
                more.click();
                await wait(() => hits().length > before);
            }
            return [parseInt(status.textContent) || 0, hits()];
        }""",
        [question, MOST],
    )
    return count, {address.removeprefix(page.url.partition("search/")[0]) for address in found}


@pytest.mark.parametrize("kind", ["drawn", "typed"])
def test_what_is_written_is_found_and_nothing_else(
    demo_site: Built, visit: Visit, pages: list[Told], kind: str
) -> None:
    assert len(TYPED) >= 60
    questions = drawn(pages) if kind == "drawn" else TYPED
    page = visit().go(f"{demo_site.url}search/")
    expect(page.locator("[data-search] select").first.locator("option")).not_to_have_count(1)
    right = wanted = shown = wrong = 0
    missed: list[str] = []
    for question in questions:
        count, found = ask(page, question)
        expected = {one.path for one in pages if question in one.sentences}
        possible = {one.path for one in pages if question in one.everything or question in one.sentences}
        wanted += len(expected)
        # Of those found on many pages the first are looked at; they are as many as are written on.
        right += len(expected & found) if count == len(found) else min(count, len(expected))
        shown += len(found)
        wrong += len(found - possible)
        if count < len(expected) or found - possible:
            missed.append(f"{question}: {count} of {len(expected)} found, {len(found - possible)} wrong")
    assert wanted > len(questions)
    assert right >= 0.99 * wanted, f"{right} of {wanted}: {missed[:20]}"
    assert wrong <= 0.03 * shown, f"{wrong} of {shown}: {missed[:20]}"


def test_a_row_of_the_form_is_found_where_it_holds_a_figure(site: Built, visit: Visit) -> None:
    page = visit().go(f"{site.url}search/")
    expect(page.locator("[data-search] select").first.locator("option")).not_to_have_count(1)
    for question in ("信访", "信访举报"):
        _, found = ask(page, question)
        assert "agencies/511900-housing/2022/" in found
        assert not [path for path in found if path.endswith("/text/")], "the text belongs to its report"


@pytest.mark.parametrize("typed", ["住建委", "住建厅", "巴中住建"])
def test_a_short_name_finds_the_agency_in_the_search(site: Built, visit: Visit, typed: str) -> None:
    page = visit().go(f"{site.url}search/?q={typed}")
    first = page.locator(".hits a").first
    first.wait_for()
    assert "住房和城乡建设局" in (first.text_content() or "")


def test_enter_in_the_finder_opens_the_agency(site: Built, visit: Visit) -> None:
    page = visit().go(site.url)
    page.locator("#find").fill("巴中住建")
    page.keyboard.press("Enter")
    page.wait_for_url("**/agencies/511900-housing/")
    page.go_back()
    page.locator("#find").fill("不掌握相关")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    page.locator(".hits a").first.wait_for()
