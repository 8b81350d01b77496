"""The built site as files: complete, the same each time, within its budgets, and nothing of a stranger's in it."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from pipeline import pages as site_pages
from pipeline.model.findings import PipelineError
from pipeline.pages import write_pages
from pipeline.pages.shell import Article
from pipeline.pages.writing import Writer
from pipeline.site.build import build_site
from pipeline.site.search_index import write_index
from tests.site.conftest import Built
from tests.site.corpus import PUBLISHED, ROOT, Corpus

REPORT_KB = 40
ADDRESS = "https://example.org/a/"
# Places that only links lead to, and only when somebody presses them.
LINKED = (
    "https://github.com/someone/reports",
    "https://creativecommons.org/",
)


class Page(HTMLParser):
    """What a page refers to, and what can be referred to on it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.handlers: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name == "id":
                self.anchors.add(value or "")
            if name.startswith("on"):
                self.handlers.append(f"{tag} {name}")
            if not value or (tag == "link" and dict(attributes).get("rel") in ("canonical", "alternate")):
                continue
            if name in ("src", "data-src") or (name == "href" and tag == "link"):
                self.loads.append(value)
            elif name in ("href", "action"):
                self.links.append(value)


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def pages(site: Built) -> Iterator[tuple[str, str]]:
    found = sorted(site.folder.rglob("*.html"))
    assert len(found) > 20
    for path in found:
        yield path.relative_to(site.folder).as_posix(), path.read_text("utf-8")


def test_every_link_leads_somewhere_and_nothing_is_loaded_from_elsewhere(busy_site: Built) -> None:
    known = {path: Page(html) for path, html in pages(busy_site)}
    broken = []
    for path, page in known.items():
        here = ADDRESS + path if path != "404.html" else busy_site.url + path
        for link in (*page.links, *page.loads):
            target = urljoin(here, link)
            if link in page.links and target.startswith(LINKED):
                continue
            base = ADDRESS if path != "404.html" else busy_site.url
            if not target.startswith(base):
                broken.append((path, link))
                continue
            address, anchor = unquote(urlsplit(target).path), urlsplit(target).fragment
            name = address.removeprefix(urlsplit(base).path)
            name = f"{name}index.html" if name.endswith("/") or not name else name
            if not (busy_site.folder / name).exists():
                name = f"{name}/index.html"
            there = (busy_site.folder / name).is_file()
            if not there or (anchor and anchor not in known[name].anchors):
                broken.append((path, link))
    assert not broken


def test_what_a_stranger_wrote_is_letters_and_nothing_else(busy_site: Built) -> None:
    hostile = 0
    for path, html in pages(busy_site):
        page = Page(html)
        assert not page.handlers, path
        assert not [link for link in page.links if link.lower().startswith(("javascript:", "data:"))], path
        assert "<img" not in html, path
        assert "<script>window" not in html, path
        assert "\u202e" not in html, path
        assert "49" not in re.findall(r"hacked.{0,200}?(\b49\b)", html), "a template was evaluated"
        hostile += "&lt;script&gt;window.hacked" in html or "&#60;script&#62;window" in html
    assert hostile >= 6, "the attack stands, harmless, on the pages it belongs to"


def test_only_files_of_the_site_may_run(site: Built) -> None:
    for path in site.folder.rglob("*.html"):
        text = path.read_text("utf-8")
        assert "script-src 'self' 'wasm-unsafe-eval';" in text, path
        elements = re.findall(r"<script\b([^>]*)>", text)
        assert len(elements) > 5, path
        assert all("src=" in one or "json" in one for one in elements), path


def test_a_report_page_stays_small(site: Built, busy_site: Built) -> None:
    sizes = {
        path.relative_to(built.folder).as_posix(): path.stat().st_size / 1024
        for built in (site, busy_site)
        for path in built.folder.glob("agencies/*/*/index.html")
    }
    assert len(sizes) > 10
    assert {path: size for path, size in sizes.items() if size > REPORT_KB} == {}


def test_nothing_of_this_machine_or_this_hour_is_in_the_site(site: Built) -> None:
    for path in site.folder.rglob("*"):
        if path.suffix in (".html", ".json", ".xml", ".css", ".csv") or path.name in ("charts.js", "site.js"):
            text = path.read_text("utf-8")
            for word in (
                "/tmp/",
                os.fspath(Path.home()) + "/",
                os.fspath(ROOT) + "/",
                "lastmod",
                "squidfunk",
                "googleapis",
            ):
                assert word not in text, f"{path}: {word}"
    sitemap = (site.folder / "sitemap.xml").read_text("utf-8")
    assert f"{site.url}agencies/511900-housing/2022/" in sitemap


def test_the_data_lie_in_the_site_as_published(site: Built) -> None:
    for path in ("datapackage.json", "data/requests.csv", "data/sections.csv"):
        assert (site.folder / "data" / path).read_bytes() == (PUBLISHED / path).read_bytes()


def build(package: Path, folder: Path) -> None:
    write_pages(package, folder / "docs")
    build_site(folder / "docs", folder / "site", site_url=ADDRESS)


def test_a_package_gives_the_same_bytes_from_nothing_and_after_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it one report was not there and one had another figure; only pages that tell of either are made anew."""
    added, changed, untouched = "510403-housing-2023", "511900-housing-2022", "410303-urban-management"
    before = Corpus()
    before.descriptor |= {"version": "0.0.1", "created": "2020-01-01T00:00:00Z"}
    for name in before.rows:
        before.rows[name] = [row for row in before.rows[name] if row.get("report_id") != added]
    figure = next(row for row in before.rows["requests"] if row["report_id"] == changed)
    figure["natural_person"] = "77"
    build(Corpus().write(tmp_path / "whole"), tmp_path / "first")
    build(before.write(tmp_path / "before"), tmp_path / "second")
    made: set[str] = set()
    render = Writer.article

    def seen(writer: Writer, page: Any, unit: str) -> Iterator[Article]:
        made.add(page.path)
        return render(writer, page, unit)

    monkeypatch.setattr(Writer, "article", seen)
    monkeypatch.setattr(
        site_pages, "MANY_ROWS", 0
    )  # and the other forms of the package in a process of their own
    build(tmp_path / "whole", tmp_path / "second")
    paths = {f"agencies/{'/'.join(key.rsplit('-', 1))}/" for key in (added, changed)}
    assert paths | {"agencies/511900-housing/", "places/511900/"} <= made
    assert not [path for path in made if untouched in path or path == "places/410303/"]
    same, other = hashes(tmp_path / "first/site"), hashes(tmp_path / "second/site")
    different = {path for path in same.keys() | other.keys() if same.get(path) != other.get(path)}
    assert different == set()


def test_a_page_and_the_api_name_the_same_revision_of_a_report(busy_site: Built) -> None:
    seen = set()
    for file in sorted(busy_site.folder.glob("api/v1/reports/*.json")):
        told = json.loads(file.read_text("utf-8"))
        page = f"agencies/{told['agency']['agency_id']}/{told['report']['report_id'][len(told['agency']['agency_id']) + 1 :]}"
        for home in ("", "en/"):
            assert f"revision {told['revision']}<" in busy_site.html(f"{home}{page}").replace(
                "数据修订", "revision"
            )
        seen.add(told["revision"])
    assert len(seen) > 10  # each has its own


def test_a_search_index_of_many_places_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    """Pagefind's own output is not: its filters come in another order at each run. Nothing is left of that, nor lies twice."""
    for name in ("first", "second", "third"):
        for number in range(40):
            page = tmp_path / name / f"agencies/a{number}/index.html"
            page.parent.mkdir(parents=True)
            crumbs = (
                f'data-place="省{number % 9}" data-function="f{number % 7}" data-year="{2019 + number % 6}"'
            )
            page.write_text(
                f"<article><ol class=crumbs {crumbs}></ol><h1>机关{number}</h1><p>信访</p></article>"
            )
        write_index(tmp_path / name, "zh")
    assert hashes(tmp_path / "first") == hashes(tmp_path / "second") == hashes(tmp_path / "third")
    bundle = tmp_path / "first/pagefind"
    assert (len(list(bundle.glob("*.pf_meta"))), len(list(bundle.glob("filter/*")))) == (1, 3)


def test_a_site_without_a_page_gets_an_empty_search_index(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    write_index(site, "zh")
    assert json.loads((site / "pagefind/pagefind-entry.json").read_text("utf-8"))["languages"] == {}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]  # nothing is left beside it


def test_a_program_of_the_index_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    site.mkdir()
    for program in ("/bin/false", None):
        monkeypatch.setattr("pipeline.site.search_index.get_executable", lambda program=program: program)
        with pytest.raises(OSError, match="pagefind"):
            write_index(site, "zh")


def test_a_build_that_fails_leaves_the_old_site(site: Built, tmp_path: Path) -> None:
    docs, old = tmp_path / "docs", tmp_path / "site"
    for name in ("docs", "docs-en", "fragments", "fragments-en"):
        shutil.copytree(site.docs.with_name(name), tmp_path / name)
    shutil.copytree(site.folder, old)
    before = hashes(old)
    page = docs / "about.md"
    text = page.read_text("utf-8")

    page.write_text(f"{text}\n[nowhere](nowhere.md)\n", "utf-8")
    with pytest.raises(PipelineError, match=r"nowhere\.md"):
        build_site(docs, old, site_url=ADDRESS)
    page.write_text(f'{text}\n<div data-fragment="lost"></div>\n', "utf-8")
    with pytest.raises(PipelineError, match="lost"):
        build_site(docs, old, site_url=ADDRESS)
    page.write_text(text, "utf-8")

    year = docs / "years/2022/index.md"
    written = year.read_text("utf-8")
    year.write_text(written.replace('<div data-fragment="table"></div>', ""), "utf-8")
    with pytest.raises(PipelineError, match="table"):
        build_site(docs, old, site_url=ADDRESS)
    year.unlink()
    with pytest.raises(PipelineError, match="years/2022"):
        build_site(docs, old, site_url=ADDRESS)
    year.write_text(written, "utf-8")
    (docs / "agencies/shell-toc-jsonld-feed-image/shell/index.md").unlink()
    with pytest.raises(PipelineError, match=r"agencies/.+/20\d\d/"):
        build_site(docs, old, site_url=ADDRESS)

    assert hashes(old) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("docs", "docs-en", "fragments", "fragments-en", "site"),
    ]


def test_a_site_needs_its_pages_first(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="pages"):
        build_site(tmp_path / "docs", tmp_path / "site", site_url="")


def test_a_package_without_reports_makes_a_site(tmp_path: Path) -> None:
    package = Corpus().empty().agency("990000-housing").write(tmp_path / "package")
    write_pages(package, tmp_path / "docs")
    build_site(tmp_path / "docs", tmp_path / "site", site_url="")
    page = (tmp_path / "site/agencies/990000-housing/index.html").read_text("utf-8")
    assert "还没有收录" in page
    assert "localhost" not in (tmp_path / "site/index.html").read_text("utf-8")
