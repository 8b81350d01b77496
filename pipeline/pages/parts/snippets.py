"""Code to copy: ``snippets.yml`` with the addresses of this site. The test that runs it reads the same file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup, escape

from pipeline.knowledge.settings import settings
from pipeline.pages.words import Words
from pipeline.published.records import Package

FILE = Path(__file__).with_name("snippets.yml")
ROOT = Markup("<span data-root-url></span>")  # pipeline.site puts the address of the site there
COMMENT = {"python": "# ", "Rscript": "# ", "sh": "# ", "node": "// "}


@dataclass(frozen=True)
class Snippet:
    """One way to use the data; ``code`` is HTML, empty where words must do."""

    id: str
    title: str
    code: Markup


@cache
def listed() -> tuple[dict[str, Any], ...]:
    """The entries of the file."""
    return tuple(yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def snippets(package: Package, words: Words) -> list[Snippet]:
    """All of them in one language.

    A package without reports has no report to fetch; one of another form has no requests to add up, and so no code.
    """
    values = {
        "{package}": package.descriptor.name,
        "{repository}": settings().repository or "https://…",
        "{report}": package.reports[0].key if package.reports else "",
    }
    offered = [one for one in listed() if package.asks_requests or "code" not in one]  # each adds up requests
    return [Snippet(one["id"], one["title"][words.language], _code(one, values, words)) for one in offered]


def _code(entry: dict[str, Any], values: dict[str, str], words: Words) -> Markup:
    code: str = entry.get("code", "")
    if not code:
        return Markup("")
    for mark, value in values.items():
        code = code.replace(mark, value)
    first = f"{COMMENT[entry['runs']]}{words('data.comment')}\n"
    return Markup(escape(first + code.rstrip("\n")).replace("{root}", ROOT))
