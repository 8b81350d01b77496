"""A web page that is no report itself → the one attachment that is, or the reason why a program sees nothing there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from pipeline import knowledge
from pipeline.document.encoding import decode
from pipeline.document.html import check_nesting
from pipeline.document.limits import LIMITS
from pipeline.document.refusal import RefusedError
from pipeline.filing.refusals import not_fetched
from pipeline.knowledge.formats import by_extension
from pipeline.safety.escape import is_web_address

PICTURE = "png"  # the format of all pictures: a page links many, which belong to its looks
NOT_ATTACHED = ("html", "txt", PICTURE)  # a link to a page leads on, and to no attachment
TARGETS = ("href", "src", "data")
MOST_LINKS = 5_000
MOST_SHOWN = 5
SHORT_PAGE = 200  # characters: an article has more, the door of a site that wants scripts has fewer
BLANKS = re.compile(r"[\W_]+")


def attachment(page: bytes, address: str) -> str:
    """The address of the attachment that is the report; empty where the page has none.

    Args:
        page: HTML in any encoding.
        address: of the page, from which links are reckoned.

    Raises:
        NotFetchedError: S107 where several may be it.
    """
    found = dict(_attachments(_parsed(page), address))
    if len(found) > 1:
        named = {link: label for link, label in found.items() if _says(label, "report")}
        found = named or found
    if len(found) > 1:
        shown = "；".join(list(found)[:MOST_SHOWN])
        raise not_fetched("S107", "several_attachments", links=shown, count=len(found))
    return next(iter(found), "")


def picture_links(page: bytes, address: str, sources: Iterable[str]) -> dict[str, str]:
    """What a page calls its pictures → the address of each; those that are written into the page itself have none.

    Args:
        page: HTML in any encoding.
        address: of the page.
        sources: as the page names them.
    """
    home = _home(_parsed(page), address)
    links = {source: urldefrag(urljoin(home, source)).url for source in sources if source}
    return {source: link for source, link in links.items() if is_web_address(link)}


def refuse_closed(page: bytes) -> None:
    """Refuses a page that shows a program nothing.

    Args:
        page: HTML in any encoding.

    Raises:
        NotFetchedError: S106 where the page is a login, or has scripts and hardly any text.
    """
    tree = _parsed(page)
    if tree.css_first('input[type="password" i]'):
        raise not_fetched("S106", "page_wants_login")
    has_scripts = tree.css_first("script, noscript, meta[http-equiv='refresh' i]") is not None
    shown = _shown(tree)
    if has_scripts and (len(shown) < SHORT_PAGE or _says(shown[: 4 * SHORT_PAGE], "closed")):
        raise not_fetched("S106", "page_wants_scripts")


def _parsed(page: bytes) -> LexborHTMLParser:
    """The page, or an empty one where its bytes have no encoding or its elements no end: nothing can be found in them."""
    try:
        text, _ = decode(page[: LIMITS.text_bytes])
        check_nesting(text)
    except RefusedError:
        text = ""
    return LexborHTMLParser(text)


def _shown(tree: LexborHTMLParser) -> str:
    """The text of a page, without what scripts and styles hold. The tree is not used afterwards."""
    tree.strip_tags(["script", "style", "noscript", "template"])
    return " ".join(tree.body.text(separator=" ").split()) if tree.body else ""


def _home(tree: LexborHTMLParser, address: str) -> str:
    """The address from which the links of a page are reckoned."""
    base = tree.css_first("base[href]")
    return urljoin(address, (base.attributes.get("href") or "") if base else "")


def _attachments(tree: LexborHTMLParser, address: str) -> Iterator[tuple[str, str]]:
    """(address, label) of the links to files of the formats that are read; the label has the file's name too."""
    home = _home(tree, address)
    for link in tree.css("a[href], iframe[src], embed[src], object[data]")[:MOST_LINKS]:
        given = next((said for name in TARGETS if (said := link.attributes.get(name))), "")
        target = urldefrag(urljoin(home, given.strip())).url
        label = link.text(strip=True) or link.attributes.get("title") or ""
        name = unquote(PurePosixPath(urlsplit(target).path).name)
        if is_web_address(target) and (_is_file(name) or _is_file(label)):
            yield target, f"{label} {name}"


def _is_file(name: str) -> bool:
    found = by_extension().get(name.rpartition(".")[2].strip().lower()) if "." in name else None
    return found is not None and found.key not in NOT_ATTACHED


def _says(text: str, kind: str) -> bool:
    plain = BLANKS.sub("", unicodedata.normalize("NFKC", text)).lower()
    return any(word in plain for word in knowledge.load("web.yml")[kind])
