"""Pages from the published package, and from nothing else: whoever has the package can rebuild the site.

Comes in: the folder with ``datapackage.json`` and its CSVs, and the hand-written pages of ``site_src``. Goes out: a
docs folder of Markdown, JSON and CSV for MkDocs, and beside it a folder of HTML fragments for ``pipeline.site``.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from pipeline.knowledge.settings import settings
from pipeline.pages.addresses import Page, is_first, language_folders
from pipeline.pages.agency import agencies_page, agency_page
from pipeline.pages.context import Context
from pipeline.pages.data import copy_package, data_page
from pipeline.pages.explore import explore_page, moved_page, write_agencies
from pipeline.pages.home import home
from pipeline.pages.kept import Kept
from pipeline.pages.pictures import picture_page
from pipeline.pages.place import place_pages
from pipeline.pages.quality import quality_pages
from pipeline.pages.reference import dictionary_page, versions_page
from pipeline.pages.report import report_pages
from pipeline.pages.scripts.finder import english_script, finder_script
from pipeline.pages.scripts.messages import words_script
from pipeline.pages.search import search_page
from pipeline.pages.shell import write_shells
from pipeline.pages.source import source_page
from pipeline.pages.words import LANGUAGES, Words
from pipeline.pages.writing import Writer
from pipeline.pages.year import year_page, years_page
from pipeline.published.distributions.write import write_distributions
from pipeline.published.package import read_package
from pipeline.safety.files import replaced

__all__ = ["site_source", "write_pages"]

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
    too_large: set[str] = set()
    kept = Kept(docs.with_name("kept"))
    # Folders of a language that is no longer wanted are not made, and so taken away.
    with replaced(docs.parent, *dict.fromkeys(folder.name for folder in there)) as new:
        for language in languages or settings().languages:
            new_docs, new_fragments = language_folders(new / docs.name, language)
            new_docs.mkdir()
            new_fragments.mkdir()
            context = Context(package, Words(language), clippings, kept)
            _write(context, new_docs, new_fragments, kept, too_large)
    kept.forget()


def _write(context: Context, docs: Path, fragments: Path, kept: Kept, too_large: set[str]) -> None:
    package, words = context.package, context.words
    source = site_source()
    shutil.copytree(source / words.language, docs, dirs_exist_ok=True)
    for written in docs.glob("*.md"):
        text = ABOUT_REQUESTS.sub(r"\1" if package.asks_requests else "", written.read_text("utf-8"))
        written.write_text(text, encoding="utf-8", newline="\n")
    writer = Writer(package, words, docs, fragments, kept, too_large)
    for page in _pages(context):
        writer.write(page)
    write_shells(docs, sorted(writer.shells))
    if is_first(words.language):  # what is the same in every language lies there once
        shutil.copytree(source / "assets", docs / "assets")
        scripts = {"finder": finder_script, "finder-en": english_script, "words": words_script}
        for name, script in scripts.items():
            (docs / "assets" / f"{name}.js").write_text(script(package), encoding="utf-8", newline="\n")
        copy_package(package, docs)
        write_distributions(package.published, docs)
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
    yield from place_pages(context)
    for year in package.by_year:
        yield year_page(context, year)
    for agency in package.agencies.values():
        yield agency_page(context, agency)
    for report in package.reports:
        yield from report_pages(context, report)
        if archived := source_page(context, report) or picture_page(context, report):
            yield archived


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
