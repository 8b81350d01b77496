"""Text from strangers made harmless. Comes in: any text. Goes out: text for Markdown, HTML, front matter or a sheet.

Reports, and the names beside them, are written by others. On a page they are letters and nothing else: no markup, no
links, no template, no characters that turn the direction of what follows. In a sheet they are no formula. Each guard
stands here and nowhere else.
"""

from __future__ import annotations

import json
import re

from markupsafe import Markup, escape

# Turns the direction of the text after it, or is not there to be seen: controls, marks, embeddings, isolates, fillers,
# tags, halves of a pair. Line feed and tab stay. Variation selectors stay too: they choose the form of a Chinese character.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
# Every ASCII character that any Markdown dialect gives a meaning, and those of HTML. A letter is never one of them.
_MARKDOWN = re.compile(r"[!-/:-@\[-`{-~]")
# Those of them that mean something in the middle of a line of GitHub's Markdown.
_INLINE = re.compile(r"[\\`*_\[\]>|#!~@]")
_BLANKS = re.compile(r"\s+")
# What a spreadsheet takes for a formula: not a plain signed number, and not a mark such as - or --.
_FORMULA = re.compile(r"[=＝@＠\t\r]|[+＋\-－](?![\d,.\s]*$)(?![-－]*$)")
_WEB = re.compile(r"https?://[^\s/?#@\\\"'<>]+(?:[/?#][^\s\\\"<>]*)?", re.IGNORECASE)


def visible(text: str) -> str:
    """Text without characters that cannot be seen or that turn the direction; line breaks and tabs stay.

    Args:
        text: of any length and from anybody.

    Returns:
        the same characters without the unseen ones; empty for empty text or one of unseen characters alone.
    """
    if text.isascii() and text.isprintable():  # as most cells of a table are
        return text
    return _UNSEEN.sub("", text)


def one_line(text: str) -> str:
    """Visible text on one line, every run of blanks one blank.

    Args:
        text: of any length and from anybody; blank text becomes empty.
    """
    return _BLANKS.sub(" ", visible(text)).strip()


def markdown(text: str) -> Markup:
    """One line of text as Markdown that shows just this text; ``Markup`` is already safe and comes back as it is.

    Character references mean the same in Markdown and in HTML, inside headings, links, emphasis and attributes, so
    no dialect or extension can make something of them.

    Args:
        text: plain text; line breaks and runs of blanks become one blank.

    Returns:
        Markdown without a character that Markdown or HTML could read as markup; empty for blank text.
    """
    if isinstance(text, Markup):
        return text
    return Markup(_MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", one_line(text)))


def readable_markdown(text: str) -> str:
    """The same for the middle of a line of a file that people also read as it stands, such as a README or a change log.

    Only what means something there is escaped, mostly by a backslash, as GitHub's Markdown has it.

    Args:
        text: plain text; line breaks and runs of blanks become one blank, blank text becomes empty.
    """
    escaped = _INLINE.sub(r"\\\g<0>", one_line(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;")


def html(text: str) -> Markup:
    """Text as HTML, without unseen characters.

    Args:
        text: plain text; ``Markup`` is already safe and comes back as it is.

    Returns:
        HTML for an element or a quoted attribute, line breaks kept; empty for empty text.
    """
    return text if isinstance(text, Markup) else escape(visible(text))


def scalar(text: str) -> str:
    """One line of text as a YAML scalar for front matter (a JSON string is one).

    Args:
        text: plain text; line breaks and runs of blanks become one blank.

    Returns:
        the text in double quotes, with the quotes; ``""`` for blank text.
    """
    return json.dumps(one_line(text), ensure_ascii=False)


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would compute a text; unseen characters before it do not hide it.

    Args:
        text: the whole of a cell; an empty one is no formula, and neither is a signed number.
    """
    return bool(_FORMULA.match(text) or _FORMULA.match(visible(text)))


def inert(text: str) -> str:
    """Text that no spreadsheet runs, without unseen characters: what would be a formula gets an apostrophe before it.

    Args:
        text: the whole of a cell; an empty one stays empty.

    >>> inert("=1+1"), inert("-"), inert("-2.5"), inert("\u202e=1+1")
    ("'=1+1", '-', '-2.5', "'=1+1")
    """
    seen = visible(text)
    return f"'{seen}" if _FORMULA.match(text) or _FORMULA.match(seen) else seen


def is_web_address(text: str) -> bool:
    """Whether a text is an http or https address that may become a link: a host, nobody's name before it, no blanks.

    Args:
        text: the whole address, with nothing around it; an empty one is none.
    """
    return bool(_WEB.fullmatch(text)) and visible(text) == text
