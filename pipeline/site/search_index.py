"""The full-text index: a record a page, in pairs of characters, so that any run of Chinese characters is found exactly.

Comes in: the built pages of one language. Goes out: Pagefind's bundle in ``pagefind/``. Pagefind would part Chinese
into words, on the page in another way than in the question: 信访 was not found in 信访举报投诉类. Here 信访举报 is indexed as
信访 访举 举报 报, and ``search.js`` asks for the same pairs as a phrase. The text of a report on a page of its own belongs to the
report; of its tables, the names of the rows that hold a figure are indexed, and no number.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from hashlib import sha256
from html import escape
from importlib.metadata import version
from pathlib import Path

from pagefind.service import get_executable
from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.pages.kept import Kept
from pipeline.site.search_bytes import ENTRY, settle

PAGES = ("agencies/*/**/index.html", "years/*/index.html")
LEFT_OUT = (
    "figure svg, figure .below, table, .crumbs ol, .links, .doors, .row, .legend, .notes, .cite, .code, .aside, .headerlink,"
    ".facts code, script, template, button"
)
BLOCKS = "p, li, dt, dd, div, summary, figcaption, h1, h2, h3, br"  # what stands on a line of its own
FILED = (
    "details[lang=zh], section[lang=zh]"  # what agencies wrote, all in Chinese: found on the Chinese pages
)
TEXT = "text/"  # the page of a report's text, below that of the report
BUNDLE = "pagefind"
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
NOTHING = "<html><body><p>0</p></body></html>"  # Pagefind refuses a folder without a word
END = " · "  # of a line: no phrase goes over it
_ENDS = re.compile(r"\s*·[\s·]*")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Record:
    """A page as it is searched: its address below the site, title, text, and what it can be narrowed by."""

    path: str
    title: str
    text: str
    filters: dict[str, list[str]]


def records(site: Path, language: str, kept: Kept | None = None) -> Iterator[Record]:
    """Every page of an agency, a report or a year, by its address; pages without an article are left out.

    Args:
        site: the built site of one language; without such pages there is no record.
        language: ``zh`` or ``en``.
        kept: records of pages that were read before.
    """
    for page in sorted(found for pattern in PAGES for found in site.glob(pattern)):
        path = f"{page.parent.relative_to(site).as_posix()}/"
        if path.endswith(f"/{TEXT}") or path.endswith("/source/"):
            continue
        apart = page.parent / TEXT / "index.html"
        pages = [page.read_bytes()]
        if language == "zh" and apart.is_file():
            pages.append(apart.read_bytes())
        key = sha256(b"\0".join([_code(), path.encode(), language.encode(), *pages])).hexdigest()
        make = partial(_record, path, language, pages)
        told = json.loads(kept.get(f"record/{key}", make) if kept else make())
        if told:
            yield Record(**told)


def _record(path: str, language: str, pages: Sequence[bytes]) -> bytes:
    """A record as JSON: of the page, and of what lies on a page apart; ``null`` where there is no article."""
    articles = [LexborHTMLParser(page.decode("utf-8")).css_first("article") for page in pages]
    if articles[0] is None or (heading := articles[0].css_first("h1")) is None:
        return b"null"
    filters = dict(_filters(articles[0]))
    texts = [_text(article, language) if article else "" for article in articles]
    return json.dumps(asdict(Record(path, _plain(heading), " ".join(texts), filters))).encode()


@cache
def _code() -> bytes:
    return sha256(Path(__file__).read_bytes() + version("selectolax").encode()).digest()


def _filters(article: LexborNode) -> Iterator[tuple[str, list[str]]]:
    crumbs = article.css_first(".crumbs")
    for name in ("place", "function", "year"):
        if crumbs is not None and (value := crumbs.attributes.get(f"data-{name}")):
            yield name, [value]


def _text(article: LexborNode, language: str) -> str:
    """What is written on a page in sentences, and the names of the rows that hold a figure."""
    rows = [
        _plain(row.css("th")[-1])
        for row in article.css("table.filed tr")
        if row.css("td b") and row.css("th")
    ]
    for node in article.css(LEFT_OUT if language == "zh" else f"{LEFT_OUT}, {FILED}"):
        node.decompose()
    for node in article.css(BLOCKS):
        node.insert_before(END)
        node.insert_after(END)
    return END.join((_ENDS.sub(END, _plain(article)).strip(END), *rows))


def _plain(node: LexborNode) -> str:
    return _SPACE.sub(" ", node.text()).strip().removesuffix(" ¶")


def pairs(text: str) -> str:
    """Chinese as pairs of neighbours, the last character once more by itself; other words as they are.

    Args:
        text: any text; an empty one stays empty.
    """
    return _HAN.sub(lambda found: f" {' '.join(_pairs(found[0]))} ", text)


def _pairs(run: str) -> Iterator[str]:
    yield from (run[at : at + 2] for at in range(len(run) - 1))
    yield run[-1]


def write_index(site: Path, language: str, kept: Kept | None = None) -> None:
    """Writes the bundle into ``site``; a site without such pages gets an empty index.

    Pagefind's program reads one small page a record. Its Python service is not used: it answers before its files are
    written and is then ended, so that under load an index was cut short (its issue 1271).

    Args:
        site: the built site of one language.
        language: ``zh`` or ``en``: which pages are searched for what.
        kept: records of pages that were read before.

    Raises:
        OSError: Pagefind's program cannot be run, or fails.
    """
    with tempfile.TemporaryDirectory(dir=site.parent) as folder:
        number = sum(
            1 for record in records(site, language, kept) if _put(Path(folder) / record.path, _page(record))
        )
        if not number:
            _put(Path(folder), NOTHING)
        _run(Path(folder), site / BUNDLE)
    settle(site / BUNDLE, number)


def _put(folder: Path, page: str) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")


def _page(record: Record) -> str:
    """A record as a page that Pagefind reads."""
    told = [f'<i data-pagefind-meta="title[data-is]" data-is="{escape(record.title)}"></i>']
    told += [
        f'<i data-pagefind-filter="{name}[data-is]" data-is="{escape(value)}"></i>'
        for name, values in record.filters.items()
        for value in values
    ]
    return f"<html><body>{''.join(told)}<p>{escape(pairs(f'{record.title} {record.text}'))}</p></body></html>"


def _run(pages: Path, bundle: Path) -> None:
    # English, whatever the page: spaces part words then, in the index as in the question.
    words = ("--site", pages, "--output-path", bundle, "--force-language", "en", "--silent")
    program = get_executable()
    if program is None:
        raise FileNotFoundError("pagefind_extended")
    done = subprocess.run([program, *words], capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode or not (bundle / ENTRY).is_file():
        raise OSError(done.stderr or done.stdout or f"pagefind: {done.returncode}")
