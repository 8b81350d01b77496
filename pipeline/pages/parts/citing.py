"""How to cite the package and a report: GB/T 7714, APA, BibTeX, each with version and address."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from pipeline.pages.words import Words
from pipeline.published.reader import Published

ACCESSED = Markup("<span data-today>{}</span>")  # the reader's day, which a script puts there; never ours
ADDRESS = Markup("<span data-root-url></span>data/")
PAGE = Markup("<span data-page-url></span>")
# A page stays while the figures on it do, so it names their revision; the version of the data is put there by a script.
VERSION = Markup('<span data-version="{}">{}<span data-root-url></span>data/versions/</span>')
GBT = "GB/T 7714—2015"


@dataclass(frozen=True)
class Citation:
    """A citation in one style; ``text`` is HTML with the lines it is copied with."""

    id: str
    style: str
    text: Markup


def of_package(package: Published, words: Words) -> list[Citation]:
    """The whole package in three styles."""
    about = package.descriptor.raw
    author = about["contributors"][0]["title"]
    title = about["title"] if words.language == "zh" else about.get("title_en") or about["title"]
    version, day = about["version"], (about.get("created") or "")[:10]
    accessed = ACCESSED.format(words("source.accessed"))
    gbt = Markup("{}. {}: {}[DS/OL]. {}[{}]. {}").format(
        author, title, version, f"({day})" if day else "", accessed, ADDRESS
    )
    apa = Markup("{}. ({}). <i>{}</i> (Version {}) [Data set]. {}").format(
        author, day[:4] or "n.d.", title, version, ADDRESS
    )
    fields = {"author": f"{{{author}}}", "title": f"{{{title}}}", "version": version, "year": day[:4]}
    return [
        Citation("gbt7714", GBT, gbt),
        Citation("apa", "APA", apa),
        Citation("bibtex", "BibTeX", _bibtex("misc", f"{about['name']}-{version}", fields, ADDRESS)),
    ]


def of_report(
    key: str, author: str, title: str, published: str, words: Words, revision: str
) -> list[Citation]:
    """One report in three styles; its figures are cited by it, with the anchor of their row.

    Args:
        key: its id, also in BibTeX.
        author: the agency as the report prints it.
        published: as 2024-01-31; empty where the report prints no day.
        words: of the page.
        revision: of the report that the page shows: which reading of it was looked at.
    """
    version = VERSION.format(words("source.data_version"), words("source.data_versions"))
    note = escape(words("source.data_revision", revision=revision)) + version
    accessed = ACCESSED.format(words("source.accessed"))
    day = f"({published})" if published else ""
    gbt = Markup("{}. {}[R/OL]. {}[{}]. {}. {}").format(author, title, day, accessed, PAGE, note)
    apa = Markup("{}. ({}). <i>{}</i> [{}]. {}").format(author, published[:4] or "n.d.", title, note, PAGE)
    fields = {"institution": f"{{{author}}}", "title": f"{{{title}}}", "year": published[:4], "note": note}
    return [
        Citation("gbt7714", GBT, gbt),
        Citation("apa", "APA", apa),
        Citation("bibtex", "BibTeX", _bibtex("techreport", key, fields, PAGE)),
    ]


def _bibtex(kind: str, key: str, fields: dict[str, str], address: Markup) -> Markup:
    lines = [Markup("  {} = {{{}}},").format(name, value) for name, value in fields.items() if value]
    head = Markup("\n").join([f"@{kind}{{{key},", *lines])
    return Markup("{}\n  url = {{{}}}\n}}").format(head, address)
