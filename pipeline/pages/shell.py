"""Pages of which there are very many: their articles are ready HTML, and the theme is put around one of each kind alone.

Comes in: pages. Goes out: a page of Markdown for each kind, with names where its pages differ (``shell-title``). MkDocs
builds it as any other page, and ``pipeline.site.shell`` puts each article into it: the theme's templates and Markdown
took more time for ten thousand reports than all else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.pages.addresses import Page
from pipeline.pages.cards import CARD
from pipeline.published.schema_org import in_page
from pipeline.safety.escape import one_line

NAME = "shell"
PLACES = ("title", "description", "twin", "jsonld", "feed", "image")  # of front matter, where pages differ
HEADING = f"{NAME}-heading"
ARTICLES = "articles.jsonl"  # of one language, in its fragments folder: a page a line
FILED = re.compile(
    r"/blob/HEAD/(datapackage/reports/[^\"?#]+)"
)  # a link to the newest version of a filed report
_HEADING = re.compile(r'<h2 id="([a-z_]+)">(.*?)</h2>')
_PLACE = re.compile(r'<div data-fragment="([a-z_]+)"></div>')


@dataclass(frozen=True)
class Article:
    """A page that is ready HTML, as the pages hand it to the site.

    Attributes:
        language: whose page it is.
        path: its address below the language.
        shell: what goes around it (``shell_of``).
        twin: the address of the same page in the other languages.
        key: under which it is kept.
        files: name → key of what lies beside it.
        filed: paths of the filed reports that it leads to; the site puts their commits there.
    """

    language: str
    path: str
    shell: str
    twin: str
    key: str
    files: Mapping[str, str]
    filed: Sequence[str]


def write_articles(fragments: Path, articles: Iterable[Article]) -> None:
    """Writes the list of the articles of a language; the site reads it."""
    lines = (json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in articles)
    (fragments / ARTICLES).write_text("".join(lines), encoding="utf-8", newline="\n")


def read_articles(fragments: Path) -> Iterator[Article]:
    """The articles of a language, by their address; none where there is no list."""
    file = fragments / ARTICLES
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else ()
    yield from sorted((Article(**json.loads(line)) for line in lines), key=_order)


def _order(article: Article) -> list[str]:
    """Of the files in their folders: what lies below an article comes as its name does."""
    return f"{article.path}article".split("/")


def shell_of(page: Page) -> str:
    """The address of the shell of a page: of its section, as deep, and with what it has, such as a table of contents."""
    section, *deeper = page.path.rstrip("/").split("/")
    has = {"toc": page.toc, "jsonld": page.jsonld, "feed": page.feed, "image": picture_of(page)}
    name = "-".join((NAME, *(what for what, there in has.items() if there)))
    return f"{section}/{name}/" + f"{NAME}/" * (len(deeper) - 1)


def picture_of(page: Page) -> str:
    """The address below the site of the picture that a link to a page shows; empty for that of its section."""
    return page.image or (page.path + CARD if page.card else "")


def article(page: Page, text: str, blocks: Mapping[str, str], up: str) -> dict[str, object]:
    """What the shell of a page gets.

    Args:
        page: the page.
        text: its article, with places for the blocks.
        blocks: name → HTML.
        up: the way from the first page of the language to the root of the site.
    """
    way = up + page.root or "./"
    return {
        "shell": shell_of(page),
        "title": one_line(page.title),
        "description": one_line(page.description),
        "twin": page.twin or page.path,
        "feed": page.feed,
        "image": picture_of(page),
        "way": way,
        "jsonld": in_page(page.jsonld(way)) if page.jsonld else "",
        "contents": _HEADING.findall(text) if page.toc else [],
        "article": _PLACE.sub(lambda found: blocks[found[1]], text).strip(),
    }


def write_shells(docs: Path, addresses: Iterable[str]) -> None:
    """Writes the Markdown of the shells.

    Args:
        docs: the docs folder of a language.
        addresses: as ``shell_of`` names them; none where there is no such page.
    """
    for address in addresses:
        has = {"title", "description", "twin", *address.split("/")[1].split("-")}
        toc = "toc" in has
        front: dict[str, object] = {name: f"{NAME}-{name}" for name in PLACES if name in has}
        front["hide"] = ["navigation"] if toc else ["navigation", "toc"]
        lines = ["---", *(f"{key}: {json.dumps(value)}" for key, value in front.items()), "---"]
        lines += [f"# {NAME} {{: #top }}", "", *([f"## {HEADING} {{: #{HEADING} }}"] if toc else [])]
        (docs / address).mkdir(parents=True)
        (docs / address / "index.md").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
