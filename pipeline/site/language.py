"""Chinese words on a page of another language, marked as such. Comes in: a page. Goes out: the same with ``lang=zh``.

What agencies wrote stays as they wrote it; a screen reader must know to read it as Chinese, and a browser which
letters to take. Every Chinese character on an English page is such a word: a test holds that no sentence of ours is.
"""

from __future__ import annotations

import re

CHINESE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_RUN = re.compile(f"[{CHINESE}](?:[{CHINESE}0-9“”·]*[{CHINESE}])?")
# What is marked as a whole; sections of filed text do not lie inside each other.
_WHOLE = re.compile(r"<(\w+)\b[^>]*\blang=\"?zh\b[^>]*>.*?</\1>", re.DOTALL)
_TEXT = re.compile(f"(<(/?[a-zA-Z][\\w-]*)[^>]*)(>)([^<]*[{CHINESE}][^<]*)")
_ALONE = {
    "option",
    "title",
    "desc",
    "text",
    "textarea",
}  # hold letters, and no element that we could put there
_CODE = {"script", "style"}


def marked(html: str) -> str:
    """The page, with every run of Chinese characters in its body inside an element that says so.

    Args:
        html: a whole page; one without a body or without Chinese comes back as it is.
    """
    start = html.find("<body")
    done, at = [html[:start]], start
    for found in _WHOLE.finditer(html, start):
        done += [_TEXT.sub(_mark, html[at : found.start()]), found[0]]
        at = found.end()
    return "".join((*done, _TEXT.sub(_mark, html[at:])))


def _mark(found: re.Match[str]) -> str:
    tag, name, end, text = found.groups()
    if name in _CODE:
        return found[0]
    if name in _ALONE:
        return f"{tag} lang=zh{end}{text}"
    return tag + end + _RUN.sub(r"<span lang=zh>\g<0></span>", text)
