"""The page of the full-text search; ``pipeline.site`` makes the index, ``search.js`` asks it."""

from __future__ import annotations

from pipeline.pages.addresses import Page
from pipeline.pages.words import Words

FACETS = ("place", "year", "function")


def search_page(words: Words) -> Page:
    """The page. Its choices are filled from the index, since only that knows what it holds."""
    said = {key: words(f"search.{key}") for key in ("nothing", "waiting", "all")}
    return Page(
        path="search/",
        template="search",
        title=words("search.title"),
        heading=words("search.title"),
        description=words("search.lead"),
        values={"lead": words.markdown("search.lead"), "facets": FACETS, "said": said},
        toc=False,
    )
