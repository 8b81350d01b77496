"""Where everything lies below the site, and what a page is. Comes in: a language, a report, an agency. Goes out: addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.knowledge.settings import settings
from pipeline.model.text import Text
from pipeline.pages.cards import Card
from pipeline.pages.charts.shapes import Figure
from pipeline.published.records import Agency, Report

FRAGMENTS = "fragments"  # the folder beside the docs folder


def is_first(language: str) -> bool:
    """Whether a language is the one at the root of the site; what is the same in all lies there once."""
    return language == settings().languages[0]


def language_home(language: str) -> str:
    """Where a language begins below the root of the site: nothing for the first one, ``en/`` for another."""
    return "" if is_first(language) else f"{language}/"


def language_folders(docs: Path, language: str) -> tuple[Path, Path]:
    """Docs and fragments of a language."""
    end = "" if is_first(language) else f"-{language}"
    return docs.with_name(docs.name + end), docs.with_name(FRAGMENTS + end)


def report_path(report: Report) -> str:
    """The address of a report below the site."""
    return f"agencies/{report.agency.key}/{report.slug}/"


def agency_path(agency: Agency) -> str:
    """The address of an agency below the site."""
    return f"agencies/{agency.key}/"


def place_path(division: str) -> str:
    """The address of the page of a place, by the six digits of its division, below the site."""
    return f"places/{division}/"


def source_path(report: Report) -> str:
    """The address of the archived text of a report, below the site."""
    return f"{report_path(report)}source/"


INDICATORS = "quality/indicators/"  # the address of their registry


def quality_path(code: str) -> str:
    """The address of the page of a rule or of a code of reading, below the site."""
    return f"quality/{code}/"


@dataclass(frozen=True)
class Door:
    """Another page that a page leads to: its address and its name."""

    path: str
    name: Text


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes:
        path: its address below the site, with a slash at the end; empty for the first page.
        template: name of ``templates/<name>.md.jinja`` and ``<name>.html.jinja`` (its blocks are the fragments), or of
            ``<name>.article.jinja``, where the article is ready HTML and goes into a shell (``shell.py``).
        title: in the browser's tab and in the navigation.
        heading: at its top.
        description: for search engines and previews; plain text.
        values: what the templates show.
        figures: written beside it in one file.
        files: other text files beside it, by name.
        pictures: beside it, by name; they lie there once for all languages.
        toc: whether it is long enough for a table of contents.
        written: whether its Markdown is ours to write, or stands in ``site_src``.
        apart: blocks that lie on pages of their own where this one comes to more than ``LARGEST``; each is then made
            with the value ``apart``, to lead there.
        twin: what stands for it in the other languages, where that is another page: it is written in the first alone.
        card: the picture that a link to it shows; None where that of its section does.
        image: the address below the site of the card of another page, which is the same.
        feed: the address below the site of the feed that tells what is new on it; empty for that of the site alone.
        jsonld: what search engines read in its ``<head>``, made from the way to the root of the site.
    """

    path: str
    template: str
    title: str
    heading: str
    description: str
    values: Mapping[str, Any]
    figures: tuple[Figure, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    toc: bool = True
    written: bool = True
    apart: Mapping[str, Page] = field(default_factory=dict)
    twin: str = ""
    jsonld: Callable[[str], Mapping[str, Any]] | None = None
    feed: str = ""
    card: Card | None = None
    image: str = ""

    @property
    def root(self) -> str:
        """From this page to the first page of the site; empty where it is that page."""
        return "../" * self.path.count("/")

    def link(self, target: str) -> str:
        """A relative address of another page or file of the site."""
        return self.root + target or "./"
