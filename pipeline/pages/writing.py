"""Pages to disk. Comes in: what a page says. Goes out: its Markdown, its fragments, the files beside it.

The Markdown holds front matter, headings and sentences, with a placeholder a line for each heavy block of HTML; the
blocks go to a folder of their own and ``pipeline.site`` puts them in after MkDocs. Python-Markdown would otherwise spend
most of the build reading tables that need no reading.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from pipeline.pages.addresses import INDICATORS, Page, agency_path, is_first, quality_path, report_path
from pipeline.pages.cards import CARD, png
from pipeline.pages.charts import svg
from pipeline.pages.charts.figure_csv import Owners, figures_json
from pipeline.pages.charts.shapes import Chart, Figure
from pipeline.pages.kept import Kept
from pipeline.pages.shell import FILED, Article, article, picture_of, shell_of
from pipeline.pages.words import Words
from pipeline.published.records import Package
from pipeline.published.schema_org import in_page
from pipeline.safety.escape import markdown, scalar

TEMPLATES = Path(__file__).with_name("templates")
FIGURES = (
    "figures.json.gz"  # beside the page; packed, since a site holds tens of thousands and few are opened
)
PLACEHOLDER = '<div data-fragment="{name}"></div>'


# Bytes of a page before the theme adds its own 9,000: a phone on a slow line loads it before it shows a number.
LARGEST = 30_000
MOST_SOURCES = 1  # named at a chart, which is a small part of its page; the dictionary has them all


class Compiled(BytecodeCache):
    """Templates that this process has compiled: each language has an environment of its own, and the same templates."""

    def __init__(self) -> None:
        self.code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """See ``BytecodeCache``."""
        if bucket.key in self.code:
            bucket.bytecode_from_string(self.code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """See ``BytecodeCache``."""
        self.code[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


class Writer:
    """Renders pages of one language and writes them below a docs and a fragments folder.

    Args:
        kept: what was drawn before.
        too_large: addresses of pages with blocks apart. The first language finds them, and the
            others have the same pages.
    """

    def __init__(
        self,
        package: Package,
        words: Words,
        docs: Path,
        fragments: Path,
        kept: Kept,
        too_large: set[str] | None = None,
    ) -> None:
        self.docs, self.fragments, self.words, self.kept = docs, fragments, words, kept
        self.too_large = set() if too_large is None else too_large
        self.up = "" if is_first(words.language) else "../"
        self.owners = Owners.of(package, words.language)
        self.env = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            bytecode_cache=COMPILED,
        )
        self.env.filters |= {"md": markdown}
        self.env.globals |= {
            "words": words,
            "rich": words.markdown,
            "package": package,
            "language": words.language,
            "svg": _picture,
            "other": "" if package.asks_requests else "_other",  # see Context.on_requests
            "report_path": report_path,
            "agency_path": agency_path,
            "quality_path": quality_path,
            "indicators_path": INDICATORS,
            "site_url": Markup("<span data-site-url></span>"),
            "root_url": Markup("<span data-root-url></span>"),
        }
        self.env.globals["shared"] = partial(_shared, self.up)
        self.env.globals["sources_of"] = partial(_sources, measures(package))
        self.templates = set(self.env.list_templates())
        self.ui: Any = self.env.get_template("macros.html.jinja").module
        self.env.globals["ui"] = self.ui

    def write(self, page: Page) -> None:
        """Writes a page of Markdown with its blocks and the files beside it."""
        text, blocks = self._rendered(page)
        if page.written:
            _write(self.docs / page.path / "index.md", text.rstrip() + "\n")
        if blocks:
            _write(self.fragments / page.path / "fragments.json", json.dumps(blocks, ensure_ascii=False))
        for name, content in self._beside(page):
            (self.docs / page.path).mkdir(parents=True, exist_ok=True)
            (self.docs / page.path / name).write_bytes(content)

    def article(self, page: Page, unit: str) -> Iterator[Article]:
        """Keeps a page that is ready HTML, and what it leads to where it would be too large; none that its twin stands for.

        Args:
            page: with an article for a template.
            unit: the key of what it is made from.
        """
        first = is_first(self.words.language)
        if page.twin and not first:
            return
        text, blocks = self._rendered(page)
        size = len(text.encode()) + sum(len(block.encode()) for block in blocks.values())
        if page.apart and first and size > LARGEST:
            self.too_large.add(page.path)
        if page.path in self.too_large:
            blocks |= self._blocks(page, page.apart, {**page.values, "apart": True})
            for one in page.apart.values():
                yield from self.article(one, unit)
        told = article(page, text, blocks, self.up)
        whole = json.dumps(told, ensure_ascii=False)
        key = f"{unit}/{self.words.language}/{page.path}"
        self.kept.keep(key, whole.encode())
        files = {}
        for name, content in self._beside(page):
            files[name] = f"{key}{name}"
            self.kept.keep(files[name], content)
        filed = sorted(set(FILED.findall(str(told["article"]))))
        yield Article(
            self.words.language, page.path, shell_of(page), page.twin or page.path, key, files, filed
        )

    def _beside(self, page: Page) -> Iterator[tuple[str, bytes]]:
        """The files beside a page; pictures are the same in all languages and lie there once."""
        for name, content in page.files.items():
            yield name, content.encode()
        if page.figures:
            told = figures_json(page.figures, page.path, self.owners)
            yield FIGURES, gzip.compress(told.encode(), 6, mtime=0)
        if is_first(self.words.language):
            if page.card:
                yield CARD, png(page.card, self.kept)
            yield from page.pictures.items()

    def _rendered(self, page: Page) -> tuple[str, dict[str, str]]:
        """Markdown and blocks of HTML. A block that the Markdown does not place is not rendered."""
        placed: list[str] = []
        figures: dict[str, str] = {}

        def fragment(what: str | Figure) -> Markup:
            """A place for a block of the page's template, or for a figure."""
            if isinstance(what, Figure):
                figures[what.name] = self.ui.figure(page, what).strip()
                return Markup(PLACEHOLDER.format(name=what.name))
            placed.append(what)
            return Markup(PLACEHOLDER.format(name=what))

        values = {**page.values, "page": page, "heading": page.heading, "fragment": fragment}
        text = ""
        if page.written:
            kind = "md" if f"{page.template}.md.jinja" in self.templates else "article"
            text = self.env.get_template(f"{page.template}.{kind}.jinja").render(
                front=_front(page, self.up), **values
            )
        else:
            placed.extend(page.values["placed"])
        return text, {**figures, **self._blocks(page, placed, values)}

    def _blocks(self, page: Page, names: Iterable[str], values: Mapping[str, Any]) -> dict[str, str]:
        if not names:
            return {}
        template = self.env.get_template(f"{page.template}.html.jinja")
        context = template.new_context({**values, "page": page})
        return {name: "".join(template.blocks[name](context)).strip() for name in names}


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")


def _shared(up: str, page: Page, target: str) -> str:
    """A relative address of a file that is the same in every language."""
    return page.root + up + target


def measures(package: Package) -> dict[str, list[str]]:
    """The items that some report has, in the order of the forms, each with its measures, sorted."""
    found: dict[str, set[str]] = {}
    for report in package.reports:
        for (_, item), row in report.rows.items():
            found.setdefault(item, set()).update(row.columns)
    return {item: sorted(found[item]) for item in package.items if item in found}


def _sources(items: dict[str, list[str]], shown: Figure) -> tuple[str, ...]:
    """The files, below the root of the site, that have the figures of a chart for all reports."""
    codes = shown.codes()
    found = [code for code in codes if code in items] or [
        item for item, there in items.items() if set(there) & set(codes)
    ]
    return shown.sources or tuple(f"api/v1/items/{item}.csv" for item in found[:MOST_SOURCES])


def _picture(chart: Chart, shown: Figure) -> Markup:
    return svg.draw(chart, shown.name, shown.question)


def _front(page: Page, up: str = "") -> Markup:
    """Front matter; its text is escaped once more where the theme puts it into HTML."""
    lines = ["---", f"title: {scalar(page.title)}", f"description: {scalar(page.description)}"]
    lines += ["hide: [navigation]" if page.toc else "hide: [navigation, toc]", "---"]
    if image := picture_of(page):
        lines.insert(-1, f"image: {scalar(image)}")
    if page.feed:
        lines.insert(-1, f"feed: {scalar(page.feed)}")
    if page.jsonld:
        # In the head: instant navigation would run or drop it in the body.
        lines.insert(-1, f"jsonld: {scalar(in_page(page.jsonld(up + page.root or './')))}")
    return Markup("\n".join(lines))
