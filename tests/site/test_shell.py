"""An article in the shell of its kind is the page that MkDocs would have made of its Markdown."""

import json
import shutil
from pathlib import Path

from pipeline.pages.kept import Kept
from pipeline.pages.shell import Article, write_articles
from pipeline.site.build import build_site
from tests.site.conftest import Built

TITLE = 'A & B “<x>” "y"'
MARKDOWN = """---
title: {title}
description: {title}
hide: [navigation]
jsonld: {jsonld}
image: a/card.png
feed: a/feed.xml
---
# Heading {{: #top }}

Text.
{{: .lead }}

## One {{: #one }}

## Two {{: #two }}
"""
ARTICLE = '<h1 id="top">Heading</h1>\n<p class="lead">Text.</p>\n<h2 id="one">One</h2>\n<h2 id="two">Two</h2>'


def test_an_article_in_its_shell_is_the_page_that_mkdocs_makes(site: Built, tmp_path: Path) -> None:
    for name in ("docs", "docs-en", "fragments", "fragments-en"):  # of articles, the one below alone
        shutil.copytree(site.docs.with_name(name), tmp_path / name)
    by_mkdocs, by_us = "agencies/1-x/2001/", "agencies/1-x/2002/"
    data = '{"url":"../../../x/"}'
    made = {}
    for language in ("", "-en"):
        page = tmp_path / f"docs{language}" / by_mkdocs / "index.md"
        page.parent.mkdir(parents=True)
        page.write_text(MARKDOWN.format(title=json.dumps(TITLE), jsonld=json.dumps(data)), encoding="utf-8")
        told = {
            "shell": "agencies/shell-toc-jsonld-feed-image/shell/",
            "title": TITLE,
            "description": TITLE,
            "twin": by_us,
        }
        told |= {"way": "../" * (4 if language else 3), "jsonld": data, "article": ARTICLE}
        told |= {"feed": "a/feed.xml", "image": "a/card.png"}
        told["contents"] = [["one", "One"], ["two", "Two"]]
        made[f"page{language}"] = json.dumps(told).encode()
        page_made = Article(language, by_us, str(told["shell"]), by_us, f"page{language}", {}, ())
        write_articles(tmp_path / f"fragments{language}", [page_made])
    with Kept(tmp_path / "kept") as kept:
        for key, content in made.items():
            kept.keep(key, content)
        kept.done()
    build_site(tmp_path / "docs", tmp_path / "site", site_url="https://example.org/here/")
    for home in ("", "en/"):
        theirs, ours = (
            (tmp_path / "site" / home / path / "index.html").read_text("utf-8") for path in (by_mkdocs, by_us)
        )
        assert "https://example.org/here/" in theirs
        assert ours.split() == theirs.replace(by_mkdocs, by_us).split()
        sitemap = (tmp_path / "site" / home / "sitemap.xml").read_text("utf-8")
        entries = [line for line in sitemap.splitlines() if f"{home}agencies/1-x/" in line.split("</loc>")[0]]
        assert entries[0].replace(by_mkdocs, by_us) == entries[1]
    assert not [path for path in (tmp_path / "site").rglob("*") if "shell" in path.name]
    assert "shell-" not in sitemap
