"""Articles that are ready HTML, each in the page that MkDocs built around the shell of its kind.

Comes in: MkDocs' page of each shell, and the articles. Goes out: the pages, and a sitemap in which each shell has made
room for its pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import escape

from pipeline.pages.shell import HEADING, NAME, PLACES

_BODY = re.compile(rf'<h1 id="top">{NAME}</h1>(?:\s*<h2 id="{HEADING}">{HEADING}</h2>)?')
_CONTENTS = re.compile(rf'<li [^>]*><a href="#{HEADING}"[^>]*>{HEADING}</a></li>\s*')
_SHELL = re.compile(rf"[a-z]+/{NAME}(?:-[a-z]+)*/(?:{NAME}/)*")
_ENTRY = re.compile(rf"<url><loc>[^<]*?({_SHELL.pattern})</loc>.*?</url>\n?", re.DOTALL)
END = "\0"  # no text of a page holds it


def is_shell(address: str) -> bool:
    """Whether an address is that of a shell, and of no page.

    Args:
        address: below the site, with a slash at the end; empty for the first page.
    """
    return bool(_SHELL.fullmatch(address))


@dataclass(frozen=True)
class Shell:
    """The page around an article, in pieces: every second one is the name of what goes there."""

    pieces: tuple[str, ...]
    item: str  # of the table of contents

    @classmethod
    def of(cls, html: str, address: str) -> Shell:
        """Of a page that MkDocs built.

        Args:
            html: the page; without a heading for the contents it has no table of them.
            address: where it is below the site, with a slash at the end.
        """
        item = _CONTENTS.search(html)
        names = {address: "path", **{f"{NAME}-{name}": name for name in PLACES}}
        html = _BODY.sub(f"{END}article{END}", html)
        html = _CONTENTS.sub(f"{END}contents{END}", html)
        for text, name in names.items():
            html = html.replace(text, f"{END}{name}{END}")
        return cls(tuple(html.split(END)), item[0] if item else "")

    def around(self, page: Mapping[str, Any], path: str, root: str) -> str:
        """A whole page.

        Args:
            page: as ``pipeline.pages.shell.article`` tells it.
            path: its address below the site.
            root: the address of the site, for what search engines read; empty where it is not known.
        """
        values = {name: str(escape(page[name])) for name in PLACES}
        values |= {"path": path, "article": page["article"], "jsonld": _data(page, root)}
        values["contents"] = "".join(
            self.item.replace(f"#{HEADING}", f"#{anchor}").replace(HEADING, title)
            for anchor, title in page["contents"]
        )
        return "".join(values[piece] if at % 2 else piece for at, piece in enumerate(self.pieces))


def _data(page: Mapping[str, Any], root: str) -> str:
    """What search engines read; where the address of the site is known it stands for the way to the root."""
    told: str = page["jsonld"]
    return told.replace(f'":"{page["way"]}', f'":"{root}') if root else told


def sitemap(text: str, pages: Mapping[str, Iterable[tuple[str, str]]]) -> str:
    """A sitemap with the pages of each shell in its place.

    Args:
        text: as MkDocs wrote it.
        pages: address of a shell → address and twin of each page.
    """

    def entries(found: re.Match[str]) -> Iterator[str]:
        for path, twin in pages.get(found[1], ()):
            yield found[0].replace(f"{NAME}-twin", str(escape(twin))).replace(found[1], str(escape(path)))

    return _ENTRY.sub(lambda found: "".join(entries(found)), text)
