"""The Content-Security-Policy of every page (``site_src/overrides/main.html``) lets only the site's own files run.

The theme's few inline scripts, the same on every page, become files: a script that came in with a report does not run,
whatever the escaping missed, and no page carries them. They are taken from the page for missing addresses, which shows
nothing from a report. Styles may be inline: charts set heights.
"""

from __future__ import annotations

import re

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_ASSETS = re.compile(r'="([^"]*assets/)stylesheets/')


def inline_scripts(page: str) -> dict[str, tuple[str, str]]:
    """The inline scripts of a page: the element → name and content of the file that it becomes.

    Args:
        page: the finished HTML of a page without any text from reports.
    """
    texts = dict.fromkeys(_INLINE.findall(page))
    return {f"<script>{text}</script>": (f"theme-{at}.js", f"{text}\n") for at, text in enumerate(texts, 1)}


def without_inline(page: str, scripts: dict[str, tuple[str, str]]) -> str:
    """A page that loads files where it had these scripts.

    Args:
        page: its HTML, with the theme's stylesheets, beside which the files lie; without them it stays as it is.
        scripts: as ``inline_scripts`` gives them; none changes nothing.
    """
    if assets := _ASSETS.search(page):
        for element, (name, _) in scripts.items():
            page = page.replace(element, f'<script src="{assets[1]}{name}"></script>', 1)
    return page
