"""The reference pages of the data: the dictionary, and the versions with what changed in each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.pages.addresses import Page
from pipeline.pages.words import Words
from pipeline.published.dictionary import CODE_LISTS, Cell, chapters, lead, word
from pipeline.published.reader import Published
from pipeline.published.releases import Release, is_release, read_history
from pipeline.safety.escape import visible

LEVELS = (
    ("versions.patch", "versions.patch_about"),
    ("versions.minor", "versions.minor_about"),
    ("versions.major", "versions.major_about"),
)
CHANGED = ("report", "cell", "before", "after")
MOST_CHANGES = 200  # on the page; versions.yml has all
DICTIONARY, VERSIONS = "data/dictionary/", "data/versions/"


def dictionary_page(package: Published, words: Words) -> Page:
    """Every table, column, row of the forms, code, rule and indicator."""
    rows = {name: list(package.records(name)) for name in CODE_LISTS if name in package.tables}
    return Page(
        path=DICTIONARY,
        template="dictionary",
        title=words("dictionary.title"),
        heading=words("dictionary.title"),
        description=words("dictionary.description"),
        values={
            "lead": [_cell(pair, words) for pair in lead()[1:]],
            "chapters": [
                {
                    "anchor": chapter.anchor,
                    "title": _cell(chapter.title, words),
                    "about": _cell(chapter.about, words),
                    "head": [_cell(pair, words) for pair in chapter.head],
                    "rows": [[_cell(cell, words) for cell in row] for row in chapter.rows],
                }
                for chapter in chapters(package.descriptor.raw, rows)
            ],
        },
        toc=False,
    )


def _cell(cell: Cell, words: Words) -> str:
    if isinstance(cell, str):
        return visible(cell)
    zh, en = cell
    return visible(zh if words.language == "zh" else en or zh)


def versions_page(package: Published, words: Words) -> Page:
    """The releases, newest first, with every changed figure, and what a version number means."""
    agencies = {row["agency_id"]: row["name_zh"] for row in package.records("agencies")}
    reports = {row["report_id"]: row for row in package.records("reports")}
    names = {key: (agencies[row["agency_id"]], row["year"], row["agency_id"]) for key, row in reports.items()}
    return Page(
        path=VERSIONS,
        template="versions",
        title=words("versions.title"),
        heading=words("versions.title"),
        description=words("versions.description"),
        values={
            "version": package.descriptor.version,
            "between": not is_release(package.descriptor.version),
            "archive": f"{package.descriptor.name}.zip",
            "releases": [_release(one, names, words) for one in read_history(package.place)],
            "changed": [_cell(word(name), words) for name in CHANGED],
            "levels": [(words(name), words(about)) for name, about in LEVELS],
        },
        toc=False,
    )


def _release(one: Release, names: Mapping[str, tuple[str, str, str]], words: Words) -> dict[str, Any]:
    changes = []
    for change in one.changes[:MOST_CHANGES]:
        name, year, agency = names.get(change.report, (change.report, "", ""))
        slug = change.report.removeprefix(f"{agency}-")
        changes.append(
            {
                "report": visible(f"{name} {year}").rstrip(),
                "path": f"agencies/{agency}/{slug}/"
                if agency
                else "",  # none where a later release removed it
                "cell": change.cell,
                "before": visible(change.before) or _cell(word("empty"), words),
                "after": visible(change.after) or _cell(word("empty"), words),
            }
        )
    return {
        "changes": changes,
        "more": max(len(one.changes) - MOST_CHANGES, 0),
        "version": one.version,
        "day": words.date(one.day),
        "about": one.zh if words.language == "zh" else one.en or one.zh,
        "added": len(one.added),
        "corrected": len(one.corrected),
    }
