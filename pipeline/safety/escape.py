"""Text from strangers made harmless. Comes in: any text. Goes out: text for Markdown, HTML or front matter.

Reports, and the names beside them, are written by others. On a page they are letters and nothing else: no markup, no
links, no template, no characters that turn the direction of what follows. The data files keep what was filed.
"""

from __future__ import annotations

import json
import re

from markupsafe import Markup, escape

# Turns the direction of the text after it, or is not there to be seen: marks, embeddings, isolates, controls.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
# Every ASCII character that any Markdown dialect gives a meaning, and those of HTML. A letter is never one of them.
_MARKDOWN = re.compile(r"[!-/:-@\[-`{-~]")
_BLANKS = re.compile(r"\s+")


def visible(text: str) -> str:
    """Text without characters that cannot be seen or that turn the direction; line breaks and tabs stay."""
    return _UNSEEN.sub("", text)


def markdown(text: str) -> Markup:
    """One line of text as Markdown that shows just this text; ``Markup`` is already safe and comes back as it is.

    Character references mean the same in Markdown and in HTML, inside headings, links, emphasis and attributes, so
    no dialect or extension can make something of them.
    """
    if isinstance(text, Markup):
        return text
    line = _BLANKS.sub(" ", visible(text)).strip()
    return Markup(_MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", line))


def html(text: str) -> Markup:
    """Text as HTML, without unseen characters."""
    return text if isinstance(text, Markup) else escape(visible(text))


def scalar(text: str) -> str:
    """One line of text as a YAML scalar for front matter (a JSON string is one)."""
    return json.dumps(_BLANKS.sub(" ", visible(text)).strip(), ensure_ascii=False)
