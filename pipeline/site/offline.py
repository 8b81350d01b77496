"""The site as a zip that opens from disk: links name ``index.html``, and what a page would fetch is a script."""

from __future__ import annotations

import base64
import json
import re
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

from pipeline.knowledge.messages import wrong
from pipeline.knowledge.settings import settings
from pipeline.pages.addresses import language_home
from pipeline.published.distributions.archive import write_archive
from pipeline.published.distributions.explore import NAME as EXPLORE
from pipeline.safety.files import replaced
from pipeline.site.build import LOCAL
from pipeline.site.search_index import records

PIECE = 256 * 1024  # bytes, as assets/explore/query.js counts them
_LINK = re.compile(r'(?P<start>\s(?:href|src)=)(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s">]+))')
# A citation made where no published address is known names this machine, which is nobody's source.
_CITED = re.compile(r'<p class="cite">.*?</p>|<code>@.*?</code>', re.DOTALL)
_HERE = re.compile(rf"{re.escape(LOCAL)}([^\s<}}\"]*)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)


def pack_offline(site: Path, target: Path) -> None:
    """A built site as one zip: unpacked, it opens from disk with nothing but a browser.

    Args:
        site: the built site.
        target: the zip; one that is there is replaced as a whole.

    Raises:
        PipelineError: there is no site yet.
    """
    if not (site / "index.html").is_file():
        raise wrong("no_site", site=site)
    with replaced(target.parent, target.name) as new, tempfile.TemporaryDirectory(dir=new) as made:
        folder = Path(made) / target.stem
        write_offline(site, folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        names = (path.relative_to(folder.parent).as_posix() for path in files)
        contents = (path.read_bytes() for path in files)
        write_archive(zip(names, contents, strict=True), new / target.name)


def write_offline(site: Path, folder: Path) -> None:
    """A copy of a built site that works from a folder on disk: what a page would fetch lies there as scripts.

    Args:
        site: the built site, which is left as it is.
        folder: is made; it must not be there yet.
    """
    shutil.copytree(site, folder, ignore=shutil.ignore_patterns("pagefind", "sitemap.xml*", "404.html"))
    _write_texts(site, folder)
    _write_pieces(folder)
    for page in sorted(folder.rglob("*.html")):
        page.write_text(from_disk(page.read_text(encoding="utf-8"), page), encoding="utf-8", newline="\n")


def _write_texts(site: Path, folder: Path) -> None:
    """All that the full-text search reads, by language; a page is opened without a server, so there is no index."""
    homes = {language: site / language_home(language) for language in settings().languages}
    texts = {
        language: [asdict(record) for record in records(home, language)]
        for language, home in homes.items()
        if home.is_dir()
    }
    text = f"globalThis.searchText = {json.dumps(texts, ensure_ascii=False)};\n"
    (folder / "assets/search-text.js").write_text(text, encoding="utf-8", newline="\n")


def _write_pieces(folder: Path) -> None:
    """The file that the explorer asks, in pieces: a page takes those that hold the bytes it would ask a server for."""
    data = (folder / "data" / EXPLORE).read_bytes()
    for number, start in enumerate(range(0, len(data), PIECE)):
        text = base64.b64encode(data[start : start + PIECE]).decode("ascii")
        script = f'(globalThis.explorerPieces ??= [])[{number}] = "{text}";\n'
        (folder / f"explore/{number}.js").write_text(script, encoding="ascii", newline="\n")


def from_disk(html: str, page: Path) -> str:
    """A page whose links name ``index.html``, since a folder on disk opens as a list of files.

    Args:
        html: the page.
        page: where it lies: only a link to a folder that is there is changed.
    """

    def named(found: re.Match[str]) -> str:
        address = found["quoted"] if found["quoted"] is not None else found["bare"]
        path, mark, rest = address.partition("#")
        if not path or _ELSEWHERE.match(path) or "?" in path or not (page.parent / path).is_dir():
            return found[0]
        return f'{found["start"]}"{path.rstrip("/")}/index.html{mark}{rest}"'

    html = _CITED.sub(lambda found: _HERE.sub(r"\1", found[0]), html)
    return _LINK.sub(named, html)
