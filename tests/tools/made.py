"""What the pages hand to the site: an article, or a file beside it, as ``build/kept`` holds it."""

import json
from pathlib import Path
from typing import Any

from pipeline.pages.kept import Kept
from pipeline.pages.shell import read_articles


def article(docs: Path, path: str) -> dict[str, Any]:
    """The article of a page in the first language, by its address."""
    (page,) = (one for one in read_articles(docs.with_name("fragments")) if one.path == path)
    told: dict[str, Any] = json.loads(_kept(docs, page.key))
    return told


def beside(docs: Path, path: str, name: str) -> bytes:
    """A file beside a page in the first language."""
    (page,) = (one for one in read_articles(docs.with_name("fragments")) if one.path == path)
    return _kept(docs, page.files[name])


def _kept(docs: Path, key: str) -> bytes:
    with Kept(docs.with_name("kept")) as kept:
        found = kept.find(key)
    assert found is not None, key
    return found
