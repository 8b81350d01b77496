"""Docs folder → site: MkDocs, then the heavy HTML put where its placeholders stand.

Comes in: the folders that ``pipeline.pages`` wrote. Goes out: ``build/site``, put in place as a whole; a build that
fails leaves the old one. The same input gives the same bytes, so nothing here looks at a clock.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from markupsafe import escape

from pipeline.knowledge.messages import wrong
from pipeline.knowledge.settings import contact, repository, settings
from pipeline.pages.addresses import language_folders, language_home
from pipeline.pages.kept import SITE, Kept
from pipeline.pages.shell import FILED, Article, read_articles
from pipeline.pages.words import Words
from pipeline.published.distributions.write import write_catalogues
from pipeline.published.states import read_states
from pipeline.safety.files import replaced
from pipeline.site import pinned
from pipeline.site.language import marked
from pipeline.site.search_index import BUNDLE, write_index
from pipeline.site.shell import Shell, is_shell, sitemap

CONFIG = Path(__file__).resolve().parents[2] / "mkdocs.yml"
LOCAL = "http://localhost:8000/"  # where `serve` shows it; a site that is published says its own address
EPOCH = "315532800"  # 1980: the time MkDocs writes into sitemap.xml.gz, instead of the hour of the build
# Interfaces of Pagefind; ours is search.js.
UNUSED = ("pagefind-ui", "pagefind-modular", "pagefind-component", "pagefind-highlight", "wasm.unknown")
_ASSETS = re.compile(r'((?:href|src)=")((?:\./|(?:\.\./)*)assets/)')
_WRONG = re.compile(
    r'<p class="links (?:wrong|filed)">.*?</p>\n?'
)  # where to report an error, if that is known
_TO_REPOSITORY = re.compile(r'<a href="REPOSITORY/[^>]*>(.*?)</a>', re.DOTALL)  # then its words alone
_NAMESPACE = '<svg xmlns="http://www.w3.org/2000/svg"'  # in a page of HTML, which knows what svg is
_PLACEHOLDER = re.compile(r'<div data-fragment="([a-z_]+)"></div>')
# Where what every page has to say goes: into the theme's place for it, which instant navigation keeps up to date.
_BODY = re.compile(r'<body[^>]*>(?:.*?<div data-md-component="announce">)?', re.DOTALL)
_INDENT = re.compile(r"\s*\n\s*")
_ARTICLE = ("<article", "</article>")
_TAIL = 4000  # of what MkDocs says when it fails


def build_site(docs: Path, site: Path, *, site_url: str, earlier: Path | None = None) -> None:
    """Builds the site.

    Args:
        docs: as ``write_pages`` made it, with the fragments beside it.
        site: the folder to make or replace.
        site_url: where it will be published; empty for this machine.
        earlier: what was published there before, as ``carry`` fetched it; None where nothing was.

    Raises:
        PipelineError: the docs are missing, MkDocs finds a fault (also a broken link), or a fragment and its
            placeholder do not match. The old site stays.
    """
    if not docs.is_dir():
        raise wrong("no_pages", docs=docs)
    address = site_url.rstrip("/") + "/" if site_url else LOCAL
    there = [language for language in settings().languages if language_folders(docs, language)[0].is_dir()]
    with (
        Kept(docs.with_name("kept"), SITE) as kept,
        replaced(site.parent, site.name) as staging,
    ):
        new = staging / site.name
        new.mkdir()
        with tempfile.TemporaryDirectory(prefix=".mkdocs-", dir=staging) as made:
            with ThreadPoolExecutor() as threads:  # each is a process of its own
                list(threads.map(partial(_mkdocs, docs, Path(made), address, there), there))
            for language in there:
                _move(Path(made) / language, new / language_home(language))
        _drop(new)
        invented = _invented(docs)
        for language in there:
            fragments, home = language_folders(docs, language)[1], language_home(language)
            finish = Finish(address + home, address, language, invented, kept)
            _finish(
                fragments,
                new / home,
                finish,
                [new / other for other in there if not home and other != language],
            )
        home = repository(os.environ)
        own = pinned.package(new / "data/datapackage.json", home)
        write_catalogues(new, site_url, earlier=earlier, pinned=own, repository=home)
        for language in there:
            _list_states(new, new / language_home(language) / "data/versions/index.html", language)
        for language in there:
            _index(new / language_home(language), language, kept)
        kept.done()


def _mkdocs(docs: Path, made: Path, root: str, languages: Sequence[str], language: str) -> None:
    others = [other for other in languages if other != language]
    home, words = language_home(language), settings()
    environment = os.environ | {
        "DOCS_DIR": str(language_folders(docs, language)[0].resolve()),
        "SITE_DIR": str((made / language).resolve()),
        "SITE_URL": root + home,
        "SITE_NAME": words.title[language],
        "SITE_NOTICE": words.notice[language],
        "REPOSITORY_URL": repository(os.environ),
        "SITE_LANGUAGE": language,
        "SITE_CONTACT": contact(os.environ),
        "SITE_CONTACT_WORD": Words(language)("nav.contact"),
        "ROOT_URL": root,
        # The way from the first page of this language to the root of the site, and from there to the other language.
        "SITE_UP": "../" if home else "",
        "OTHER_LANGUAGE": others[0] if others else "",
        "OTHER_HOME": language_home(others[0]) if others else "",
        "SOURCE_DATE_EPOCH": EPOCH,
        "NO_MKDOCS_2_WARNING": "1",
    }
    environment |= {
        f"PALETTE_{key.upper()}": Words(language)(f"palette.{key}") for key in ("auto", "light", "dark")
    }
    # Not --quiet: then --strict sees no warnings either.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(CONFIG)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr)[-_TAIL:]
        raise wrong("mkdocs_failed", said=said)


def _move(made: Path, site: Path) -> None:
    """One language to its place; theme, scripts and the page of errors lie at the root alone."""
    if site.name == made.name:
        shutil.rmtree(made / "assets")
        (made / "404.html").unlink(missing_ok=True)
    site.mkdir(exist_ok=True)
    for path in made.iterdir():
        path.rename(site / path.name)


def _drop(site: Path) -> None:
    """What the theme brings and no page asks for: its scripts, and the maps of its makers."""
    shutil.rmtree(site / "assets/javascripts")
    for source_map in site.glob("assets/*/*.map"):
        source_map.unlink()


@dataclass(frozen=True)
class Finish:
    """What makes the pages of a language whole: what is known only now.

    Attributes:
        url, root: where the language and the whole site are published.
        language: of the pages.
        invented: what every page has to say where the figures are made up; else empty.
        kept: pages that were made before.
    """

    url: str
    root: str
    language: str
    invented: str
    kept: Kept

    @cached_property
    def told(self) -> str:
        """All of it, and the code, as one text: what a finished page is made from beside its article and its shell."""
        code = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
        known = (self.url, self.root, self.language, self.invented, repository(os.environ))
        return sha256(repr((code, known)).encode()).hexdigest()

    def page(self, html: str, address: str) -> str:
        """A page with what is known only now: its address, and where the repository is.

        Args:
            html: with its fragments, as MkDocs or its shell made it.
            address: below the language; empty for the first page.
        """
        repository_url = repository(os.environ)
        html = html.replace(_NAMESPACE, "<svg")
        html = html.replace("<span data-page-url></span>", str(escape(self.url + address)))
        html = html.replace("<span data-site-url></span>", str(escape(self.url)))
        html = html.replace("<span data-root-url></span>", str(escape(self.root)))
        html = FILED.sub(_at_its_commit, html)
        if not repository_url:
            html = _TO_REPOSITORY.sub(r"\1", _WRONG.sub("", html))
        html = html.replace('"REPOSITORY/', f'"{escape(repository_url)}/' if repository_url else '"')
        if language_home(self.language):
            html = _ASSETS.sub(r"\1../\2", html).replace(".././assets/", "../assets/")
        return _with_banner(html if self.language == "zh" else marked(html), self.invented, address)

    def around(self, article: Article, shell: Shell) -> bytes:
        """The page of an article, made only where it was not before.

        Args:
            article: as the pages hand it over.
            shell: what goes around it.
        """
        commits = [pinned.filed().get(path) for path in article.filed]
        told = repr((article.key, article.path, commits, shell, self.told))
        key = f"{SITE}/{sha256(told.encode()).hexdigest()}"
        return self.kept.get(key, lambda: self._made(article, shell).encode())

    def _made(self, article: Article, shell: Shell) -> str:
        root = "" if self.root.startswith(LOCAL) else self.root
        html = shell.around(json.loads(self.content(article.key)), article.path, root)
        return self.page(html, article.path)

    def content(self, key: str) -> bytes:
        """What the pages have kept.

        Args:
            key: of an article, or of a file beside one.

        Raises:
            PipelineError: it is not there any more.
        """
        found = self.kept.find(key)
        if found is None:
            raise wrong("kept_lost", key=key, file=self.kept.path)
        return found


def _finish(fragments: Path, site: Path, finish: Finish, below: Sequence[Path]) -> None:
    """Puts every fragment in its place, every article in its shell, and takes the theme's indentation out; each must fit.

    Pages of the other languages lie ``below`` those of the first one and are not looked at.
    """
    shells = _put_fragments(fragments, site, below, finish)
    _put_articles(fragments, site, shells, finish)


def _put_fragments(fragments: Path, site: Path, below: Sequence[Path], finish: Finish) -> dict[str, Shell]:
    """Finishes MkDocs' pages, save those ``below``; the shells among them are taken away and come back."""
    blocks = {
        path.parent.relative_to(fragments).as_posix(): path for path in fragments.rglob("fragments.json")
    }
    shells = {}
    for page in sorted(site.rglob("*.html")):
        if any(page.is_relative_to(other) for other in below):
            continue
        address = page.parent.relative_to(site).as_posix()
        known = blocks.pop(address, None) if page.name == "index.html" else None
        found = json.loads(known.read_text(encoding="utf-8")) if known else {}
        html = _fill(page.read_text(encoding="utf-8"), found, page.relative_to(site).as_posix())
        address = "" if address == "." else f"{address}/"
        if is_shell(address):
            shells[address] = Shell.of(html, address)
        else:
            _write(page, finish.page(html, address))
    if blocks:
        names = ", ".join(sorted(blocks)[:5])
        raise wrong("fragments_without_page", names=names)
    for folder in {"/".join(address.split("/")[:2]) for address in shells}:
        shutil.rmtree(site / folder)
    return shells


def _put_articles(fragments: Path, site: Path, shells: Mapping[str, Shell], finish: Finish) -> None:
    """Writes the page of every article with what lies beside it, and the sitemap with them."""
    pages: dict[str, list[tuple[str, str]]] = {address: [] for address in shells}
    for article in read_articles(fragments):
        if article.shell not in shells:
            raise wrong("fragments_without_page", names=article.path)
        folder = site / article.path
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index.html").write_bytes(finish.around(article, shells[article.shell]))
        for name, key in article.files.items():
            (folder / name).write_bytes(finish.content(key))
        pages[article.shell].append((article.path, article.twin))
    if pages:
        listed = (site / "sitemap.xml").read_text(encoding="utf-8")
        _write(site / "sitemap.xml", sitemap(listed, pages))
        (site / "sitemap.xml.gz").unlink()  # without the pages; the one that is read is not packed


def _write(page: Path, text: str) -> None:
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8", newline="\n")


def _at_its_commit(found: re.Match[str]) -> str:
    """A filed report at the commit that filed it: whoever follows the link sees the bytes that were read."""
    return f"/blob/{pinned.filed().get(found[1], 'HEAD')}/{found[1]}"


def _list_states(site: Path, page: Path, language: str) -> None:
    """Puts the states that were published, newest first, on the page of versions."""
    if not page.is_file():
        return
    words, lines = Words(language), []
    for one in read_states(site / "data"):
        folder = f"{'../' if language_home(language) else ''}../../data/{quote(one.version)}/"
        files = " · ".join(
            f'<a href="{escape(file.address or folder + file.name)}">{escape(file.name)}</a>'
            for file in one.files
        )
        day = words.date(one.day) if one.day else ""
        lines.append(
            f'<tr><th scope="row"><code>{escape(one.version)}</code><td class="t">{day}<td class="t">{files}'
        )
    titles = (words("versions.state"), words("versions.day"), words("versions.files"))
    heads = "".join(f'<th scope="col" class="t">{title}' for title in titles)
    region = f'tabindex="0" role="region" aria-label="{words("versions.states")}"'
    table = f'<div class="scroll" {region}><table class="wide"><thead><tr>{heads}<tbody>{"".join(lines)}</table></div>'
    html = page.read_text(encoding="utf-8").replace("<div data-states></div>", table)
    page.write_text(html, encoding="utf-8", newline="\n")


def _invented(docs: Path) -> str:
    """What every page says in both languages where the package says of itself that its figures are made up; else nothing.

    In the page itself and not by a script or the theme, so that it is there on paper, in a saved copy and in a frame.
    """
    descriptor = docs / "data" / "datapackage.json"
    said = json.loads(descriptor.read_text(encoding="utf-8")) if descriptor.is_file() else {}
    if not said.get("invented"):
        return ""
    texts = (("zh", said["invented"]), ("en", said.get("invented_en", "")))
    lines = "".join(f'<p lang="{language}">{escape(text)}</p>' for language, text in texts if text)
    return f'<aside class="invented">{lines}</aside>'


def _with_banner(html: str, banner: str, address: str) -> str:
    if not banner:
        return html
    html, count = _BODY.subn(lambda found: found[0] + banner, html, count=1)
    if not count:
        raise wrong("page_without_body", name=address)
    return html


def _index(site: Path, language: str, kept: Kept) -> None:
    """The index of the full-text search over agencies, reports and years, in one language."""
    try:
        write_index(site, language, kept)
    except OSError as error:  # its program is missing, or fails
        raise wrong("index_failed", said=str(error)) from error
    for path in (site / BUNDLE).iterdir():
        if path.name.startswith(UNUSED):
            path.unlink()


def _fill(html: str, blocks: dict[str, str], page: str) -> str:
    """One page with its fragments. What the theme printed around the article loses its indentation: it is a third."""
    start, end = html.find(_ARTICLE[0]), html.rfind(_ARTICLE[1])
    before, article, after = html[:start], html[start:end], html[end:]
    left = dict(blocks)

    def block(found: re.Match[str]) -> str:
        name = found[1]
        if name not in left:
            raise wrong("fragment_missing", page=page, name=name)
        return left.pop(name)

    article = _PLACEHOLDER.sub(block, article)
    if left:
        names = ", ".join(sorted(left))
        raise wrong("fragments_not_placed", page=page, names=names)
    return _INDENT.sub("\n", before) + article + _INDENT.sub("\n", after)
