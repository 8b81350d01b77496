"""Pages from the published package, and from nothing else: whoever has the package can rebuild the site.

Comes in: the folder with ``datapackage.json`` and its CSVs, and the hand-written pages of ``site_src``. Goes out: a
docs folder of Markdown, JSON and CSV for MkDocs, and beside it a folder of HTML fragments for ``pipeline.site``.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

from pipeline.knowledge.settings import settings
from pipeline.pages.addresses import Page, is_first, language_folders
from pipeline.pages.agency import agencies_page
from pipeline.pages.context import Context
from pipeline.pages.data import copy_package, data_page
from pipeline.pages.explore import explore_page, moved_page, write_agencies
from pipeline.pages.home import home
from pipeline.pages.kept import Kept
from pipeline.pages.pictures import picture_page
from pipeline.pages.place import places_page
from pipeline.pages.quality import quality_pages
from pipeline.pages.reference import dictionary_page, versions_page
from pipeline.pages.scripts.finder import english_script, finder_script
from pipeline.pages.scripts.messages import words_script
from pipeline.pages.search import search_page
from pipeline.pages.shell import Article, write_articles, write_shells
from pipeline.pages.units import Unit, Units
from pipeline.pages.words import LANGUAGES, Words
from pipeline.pages.writing import Writer, measures
from pipeline.pages.year import year_page, years_page
from pipeline.published.distributions.write import write_distributions
from pipeline.published.package import read_package
from pipeline.published.reader import open_package
from pipeline.published.records import Package
from pipeline.safety.files import replaced

__all__ = ["site_source", "write_pages"]

MANY_ROWS = 200_000  # of some thousand reports: a process more pays for its start
# What hand-written pages say of requests: left out where no form asks about them.
ABOUT_REQUESTS = re.compile(r"<!-- requests -->(.*?)<!-- /requests -->\n?", re.DOTALL)


def site_source() -> Path:
    """The hand-written half of the site: ``<language>/*.md``, ``assets/``, ``overrides/``."""
    return Path(__file__).resolve().parents[2] / "site_src"


def write_pages(
    package_folder: Path, docs: Path, *, languages: Sequence[str] = (), clippings: Path | None = None
) -> None:
    """Writes all pages of every language; a run that fails leaves the old ones.

    Args:
        package_folder: holds ``datapackage.json``; its ``reports/`` is not read.
        docs: the folder to make for MkDocs, in the first language. The fragments go to ``fragments`` beside it, each
            further language to folders of its own, named after these (``language_folders``); pictures are kept in ``kept`` beside it.
        languages: those of ``site.yml`` unless told.
        clippings: what ``filing.clippings`` wrote; figures from pictures then show theirs.

    Raises:
        PipelineError: the package is missing or breaks its contract.
    """
    package = read_package(package_folder)
    there = chain.from_iterable(language_folders(docs, language) for language in LANGUAGES)
    # Folders of a language that is no longer wanted are not made, and so taken away.
    with (
        Kept(docs.with_name("kept")) as kept,
        replaced(docs.parent, *dict.fromkeys(folder.name for folder in there)) as new,
    ):
        _write(package, new / docs.name, languages or settings().languages, clippings, kept)
        kept.done()


def _write(
    package: Package, docs: Path, languages: Sequence[str], clippings: Path | None, kept: Kept
) -> None:
    too_large: set[str] = set()
    writers: dict[str, Writer] = {}
    context = None
    first = next((language_folders(docs, one)[0] for one in languages if is_first(one)), None)
    with _distributions(package, first) if first else nullcontext():
        for language in languages:
            folder, fragments = language_folders(docs, language)
            fragments.mkdir()
            _copy_written(package, language, folder)
            context = Context(package, Words(language), clippings, kept)
            writers[language] = writer = Writer(package, context.words, folder, fragments, kept, too_large)
            for page in _pages(context):
                writer.write(page)
        if context:
            _write_articles(context, writers, kept)


@contextmanager
def _distributions(package: Package, docs: Path) -> Iterator[None]:
    """What is the same in every language, beside the pages; of a large package in a process of its own, meanwhile."""
    if sum(package.sizes.values()) < MANY_ROWS:
        write_distributions(package.published, docs)
        yield
    else:
        package.published.forget()
        with ProcessPoolExecutor(1, get_context("spawn")) as other:
            made = other.submit(_write_distributions, package.folder, docs)
            yield
            made.result()
    _write_shared(package, docs)


def _write_distributions(package: Path, docs: Path) -> None:
    write_distributions(open_package(package), docs)


def _copy_written(package: Package, language: str, docs: Path) -> None:
    shutil.copytree(site_source() / language, docs, dirs_exist_ok=True)
    for written in docs.glob("*.md"):
        text = ABOUT_REQUESTS.sub(r"\1" if package.asks_requests else "", written.read_text("utf-8"))
        written.write_text(text, encoding="utf-8", newline="\n")


def _write_articles(context: Context, writers: Mapping[str, Writer], kept: Kept) -> None:
    """Pages that are ready HTML: those of a unit are made in all languages, or taken as they are."""
    made: dict[str, list[Article]] = {language: [] for language in writers}
    for unit in Units(context, f"{list(writers)} {measures(context.package)}").all():
        for article in _taken(unit, kept) or _made(unit, writers, kept):
            made[article.language].append(article)
    for language, writer in writers.items():
        write_articles(writer.fragments, made[language])
        write_shells(writer.docs, sorted({article.shell for article in made[language]}))


def _made(unit: Unit, writers: Mapping[str, Writer], kept: Kept) -> list[Article]:
    made = [
        article
        for writer in writers.values()
        for page in unit.pages(writer.words)
        for article in writer.article(page, unit.key)
    ]
    kept.keep(unit.key, json.dumps([asdict(article) for article in made], ensure_ascii=False).encode())
    return made


def _taken(unit: Unit, kept: Kept) -> list[Article]:
    """The articles of a unit as they were made before; none where they were not."""
    found = kept.find(unit.key)
    articles = [Article(**told) for told in json.loads(found)] if found else []
    there = all(kept.has(key) for one in articles for key in (one.key, *one.files.values()))
    return articles if there else []


def _write_shared(package: Package, docs: Path) -> None:
    shutil.copytree(site_source() / "assets", docs / "assets")
    scripts = {"finder": finder_script, "finder-en": english_script, "words": words_script}
    for name, script in scripts.items():
        (docs / "assets" / f"{name}.js").write_text(script(package), encoding="utf-8", newline="\n")
    copy_package(package, docs)
    write_agencies(package, docs)


def _pages(context: Context) -> Iterator[Page]:
    package, words = context.package, context.words
    yield home(context)
    yield agencies_page(context)
    yield years_page(context)
    yield data_page(package, words)
    yield dictionary_page(package.published, words)
    yield versions_page(package.published, words)
    yield _method(context)
    yield search_page(words)
    yield explore_page(package, words)
    yield moved_page(words)
    yield from quality_pages(context)
    yield places_page(context)
    for year in package.by_year:
        yield year_page(context, year)
    for report in package.reports:
        if clipped := picture_page(context, report):
            yield clipped


def _method(context: Context) -> Page:
    """The page is written by hand; the rules on it come from the package."""
    return Page(
        path="method/",
        template="method",
        title="",
        heading="",
        description="",
        values={
            "placed": ["rules"],
            "rules": list(context.package.rules.values()),
            "kinds": {
                rule.kind: context.word("rules", "class", rule.kind)
                for rule in context.package.rules.values()
            },
        },
        written=False,
    )
