"""The words of what a reader takes along, for the scripts. Comes in: the package. Goes out: ``assets/words.js``."""

from __future__ import annotations

import json

from pipeline.knowledge.settings import settings
from pipeline.model.form import Form
from pipeline.pages.words import Words
from pipeline.published.records import Package

KEYS = (
    "link",
    "svg",
    "png",
    "csv",
    "json",
    "embed",
    "embed_live",
    "embed_frozen",
    "cite",
    "copy",
    "copied",
    "table",
    "tables",
    "totals",
    "cell_line",
    "cell_picture",
    "cell_row",
    "cell_row_printed",
    "cell_page",
    "cell_page_printed",
    "cell_file",
    "cell_printed",
    "cell_wrong",
    "cell_link",
    "cell_report",
    "cell_report_about",
    "cell_report_text",
    "changes_about",
    "changes_none",
    "changes_counts",
)

FILLED = (
    "year",
    "added",
    "removed",
    "line",
    "table",
    "page",
    "version",
    "title",
    "shown",
    "address",
)  # by the scripts


def words_script(package: Package) -> str:
    """A script that sets ``siteWords``: version of the data, title, rows of each form's tables, sentences in both languages.

    A script and no JSON: a page that is opened from a folder on disk may not fetch.
    """
    title = settings().title
    said = {
        "version": package.descriptor.version,
        "invented": {"zh": made_up.zh, "en": made_up.en}
        if (made_up := package.descriptor.invented)
        else None,
        "title": {"zh": title["zh"], "en": title["en"]},
        "rows": {form.key: _rows(form) for form in package.descriptor.forms.values()},
        "chinese": {key: _raw(Words("zh"), key) for key in KEYS},
        "english": {key: _raw(Words("en"), key) for key in KEYS},
    }
    return f"globalThis.siteWords = {json.dumps(said, ensure_ascii=False, indent=1)};\n"


def _rows(form: Form) -> dict[str, list[str]]:
    """Which row is which in the tables as filed: once for all pages, not on each."""
    return {table.key: [row.key for part in table.parts for row in part.data_rows] for table in form.tables}


def _raw(words: Words, key: str) -> str:
    """With its places still to be filled: ``{line}``."""
    return words(f"tools.{key}", **{name: f"{{{name}}}" for name in FILLED})
