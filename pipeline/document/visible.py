"""What of a web page is seen: by its own style sheets and style attributes, as far as they hide text, strike it out or
turn it around. Style sheets that the page fetches from elsewhere are not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

import tinycss2
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError
from tinycss2.ast import AtRule, Declaration, QualifiedRule
from tinycss2.color4 import parse_color

Declarations = dict[str, str]
Rgb = tuple[float, float, float]

WHITE: Rgb = (1.0, 1.0, 1.0)
ALIKE = 0.06  # parts of the full range in which two colours may differ and still be one
FAR = 900.0  # pixels beyond the edge of the page
FAR_MARGIN = 2000.0  # a page is put in the middle by a margin of minus half its width
TINIEST = 1.5  # pixels: smaller type is not seen
PIXELS = {
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 37.8,
    "mm": 3.78,
    "em": 16.0,
    "rem": 16.0,
    "%": 1.0,
}
LENGTH = re.compile(rf"(-?\d*\.?\d+)\s*({'|'.join(map(re.escape, PIXELS))}|vw|vh)?(?![\w.])")
RELATIVE = ("em", "%")
CLIPPED = re.compile(
    r"rect\((?:\s*(?:0|1)(?:px|pt)?[\s,]*){4}\)|inset\(\s*(?:[5-9]\d|100)%|circle\(0[^.\d]|scale\([0.]+\s*[,)]"
)
SHIFTS = ("left", "right", "top", "text-indent", "margin-left", "margin-top", "transform")
BOXES = ("height", "width", "max-height", "max-width")
STRUCK_TAGS = ("s", "strike", "del")
TELLING_TAGS = (*STRUCK_TAGS, "bdo")
FETCHED = 'link[rel~="stylesheet" i]'
NAMES = frozenset(
    (
        "display",
        "visibility",
        "mso-hide",
        "opacity",
        "font-size",
        "font",
        "color",
        "background",
        "background-color",
    )
    + (
        "text-decoration",
        "text-decoration-line",
        "unicode-bidi",
        "direction",
        "position",
        "clip",
        "clip-path",
        "overflow",
    )
    + SHIFTS
    + BOXES
)
TAKEN_OVER = ("inherit", "unset", "currentcolor")  # as the element around it has it
UNSEEN_STATES = re.compile(r":(?:hover|focus|active|visited|target|checked|before|after|first-l)|::")
OVERRIDE = "\u202e"  # right to left, whatever the characters are
END_OF_OVERRIDE = "\u202c"
TURNED = re.compile(f"{OVERRIDE}([^{END_OF_OVERRIDE}]*){END_OF_OVERRIDE}?")
OTHER_TURNS = re.compile("[\u202a\u202b\u202d\u202e\u2066-\u2069]")


class Look(NamedTuple):
    """How an element looks in what its children take over; a colour that is not known is None."""

    is_tiny: bool = False
    is_invisible: bool = False
    ink: Rgb | None = None
    paper: Rgb | None = WHITE
    is_struck: bool = False
    is_turned: bool = False
    is_rightward: bool = True

    @property
    def is_seen(self) -> bool:
        """Whether its text can be made out."""
        if self.is_tiny or self.is_invisible:
            return False
        return self.ink is None or self.paper is None or not _alike(self.ink, self.paper)

    @property
    def is_doubtful(self) -> bool:
        """Whether its text is white and nobody knows on what."""
        return self.ink is not None and self.paper is None and _alike(self.ink, WHITE)


class Looks:
    """How the elements of a page look that do not look plain; ``add`` each in the order of the document."""

    def __init__(self, parser: LexborHTMLParser) -> None:
        # What stands on a page that fetches styles from elsewhere may have any colour behind it.
        is_whole = parser.css_first(FETCHED) is None
        self.plain = Look(paper=WHITE if is_whole else None)
        self._sheet = _sheet(parser)
        self._of: dict[int, Look] = {}

    @property
    def all_plain(self) -> bool:
        """Whether none of the elements that were added looks otherwise."""
        return not self._of

    def of(self, node: LexborNode | None) -> Look:
        """The look of an element that was added."""
        return self.plain if node is None or not self._of else self._of.get(node.mem_id, self.plain)

    def add(self, node: LexborNode) -> bool:
        """Notes how an element looks, from its own styles and its parent's look; False if nothing of it is seen."""
        above, attributes = self.of(node.parent), node.attributes
        styles = _by_attributes(node.tag or "", attributes)
        styles |= self._sheet.get(node.mem_id, styles)
        if style := attributes.get("style"):
            styles |= _declarations(style)
        if "hidden" in attributes and styles.get("display", "") in ("", "none"):
            return False
        look = _look(styles, above) if styles else above
        if look is not self.plain:
            self._of[node.mem_id] = look
        return not (styles and _is_gone(styles))


def as_seen(text: str) -> str:
    """A line as it is seen where control characters turn it around; � where other ones make that too intricate to say.

    >>> as_seen("12\\u202e34\\u202c5")
    '12435'
    """
    return TURNED.sub(lambda match: OTHER_TURNS.sub("�", match[1])[::-1], text) if OVERRIDE in text else text


# -- styles -----------------------------------------------------------------------------------------------------


def _by_attributes(tag: str, attributes: dict[str, str | None]) -> Declarations:
    """What elements and attributes say that are older than style sheets."""
    found: Declarations = {}
    if not attributes and tag not in TELLING_TAGS:
        return found
    if tag in STRUCK_TAGS:
        found["text-decoration"] = "line-through"
    if tag == "bdo":
        found["unicode-bidi"] = "bidi-override"
    if direction := attributes.get("dir"):
        found["direction"] = direction.lower()
    if ground := attributes.get("bgcolor"):
        found["background-color"] = ground
    if attributes.get("background"):
        found["background"] = "url()"
    if tag == "font" and (ink := attributes.get("color")):
        found["color"] = ink
    return found


def _sheet(parser: LexborHTMLParser) -> dict[int, Declarations]:
    """What the style sheets inside the page say, by element; of two rules the more specific wins, then the later one."""
    ranked: list[tuple[tuple[int, int, int], int, str, Declarations]] = []
    for style in parser.css("style"):
        if "print" not in (style.attributes.get("media") or ""):
            for selectors, declarations in _rules(style.text(deep=True)):
                for selector in selectors.split(","):
                    ranked.append((_specificity(selector), len(ranked), selector, declarations))
    found: dict[int, Declarations] = {}
    for _, _, selector, declarations in sorted(ranked, key=lambda rule: rule[:2]):
        with suppress(SelectolaxError, ValueError):  # a selector that is none, as in browsers
            for node in parser.css(selector):
                found.setdefault(node.mem_id, {}).update(declarations)
    return found


def _rules(css: str) -> Iterator[tuple[str, Declarations]]:
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    for rule in rules:
        if isinstance(rule, AtRule) and rule.lower_at_keyword == "media" and rule.content is not None:
            if tinycss2.serialize(rule.prelude).strip().lower() in ("screen", "all"):
                yield from _rules(tinycss2.serialize(rule.content))
        elif isinstance(rule, QualifiedRule):
            selectors = tinycss2.serialize(rule.prelude).strip()
            declarations = _declarations(tinycss2.serialize(rule.content))
            if declarations and not UNSEEN_STATES.search(selectors):
                yield selectors, declarations


def _specificity(selector: str) -> tuple[int, int, int]:
    names, classes = len(re.findall(r"#[\w-]+", selector)), len(re.findall(r"[.\[:]", selector))
    return names, classes, len(re.findall(r"(?<![\w.#\[:-])[a-z][\w-]*", selector))


@lru_cache(maxsize=4096)
def _declarations(style: str) -> Declarations:
    """The declarations that matter here; an important one is not undone by a later one that is not."""
    found: Declarations = {}
    important: set[str] = set()
    for one in tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True):
        if not isinstance(one, Declaration) or one.lower_name not in NAMES:
            continue
        if one.lower_name in important and not one.important:
            continue
        found[one.lower_name] = tinycss2.serialize(one.value).strip().lower()
        if found[one.lower_name] in TAKEN_OVER:
            del found[one.lower_name]
        if one.important:
            important.add(one.lower_name)
    return found


# -- looks ------------------------------------------------------------------------------------------------------


def _is_gone(styles: Declarations) -> bool:
    """Whether neither an element nor anything in it is seen."""
    if styles.get("display") == "none" or styles.get("mso-hide") == "all" or _is_zero(styles.get("opacity")):
        return True
    if CLIPPED.search(" ".join(styles.get(name, "") for name in ("clip", "clip-path", "transform"))):
        return True
    is_cut = styles.get("overflow") in ("hidden", "clip")
    if is_cut and any(_is_zero(styles.get(name)) for name in BOXES):
        return True
    return any(_is_far(name, styles[name]) for name in SHIFTS if name in styles)


def _is_zero(value: str | None) -> bool:
    match = LENGTH.match(value or "")
    return match is not None and abs(float(match[1])) < 0.02


def _is_far(name: str, value: str) -> bool:
    far = FAR_MARGIN if name.startswith("margin") else FAR
    return any(float(number) * PIXELS.get(unit, 10.0) <= -far for number, unit in LENGTH.findall(value))


def _look(styles: Declarations, above: Look) -> Look:
    ground = styles.get("background-color") or styles.get("background")
    decoration = styles.get("text-decoration", "") + styles.get("text-decoration-line", "")
    is_rightward = styles["direction"] != "rtl" if "direction" in styles else above.is_rightward
    bidi = styles.get("unicode-bidi")
    return Look(
        is_tiny=_is_tiny(styles, above.is_tiny),
        is_invisible=styles["visibility"] in ("hidden", "collapse")
        if "visibility" in styles
        else above.is_invisible,
        ink=_rgb(styles["color"], above.paper) if "color" in styles else above.ink,
        paper=_paper(ground, above.paper) if ground else above.paper,
        is_struck=above.is_struck or "line-through" in decoration,
        is_turned=("override" in bidi and not is_rightward) if bidi else above.is_turned,
        is_rightward=is_rightward,
    )


def _is_tiny(styles: Declarations, above: bool) -> bool:
    size = styles.get("font-size") or styles.get("font", "")
    match = LENGTH.search(size)
    if match is None:
        return above and not (size and "inherit" not in size)
    if match[2] in RELATIVE:
        return above or float(match[1]) == 0
    return float(match[1]) * PIXELS.get(match[2], 1.0) < TINIEST


def _paper(ground: str, above: Rgb | None) -> Rgb | None:
    """The colour behind; None where it cannot be known, as with a picture."""
    if "url(" in ground or "gradient" in ground or "var(" in ground:
        return None
    return next((rgb for word in _words(ground) if (rgb := _rgb(word, above))), above)


def _words(value: str) -> list[str]:
    return re.findall(r"[\w-]+\([^)]*\)|#?[\w-]+", value)


@lru_cache(maxsize=4096)
def _rgb(value: str, behind: Rgb | None) -> Rgb | None:
    """A colour; one that is transparent is that of what is behind it. None where it is none that is known."""
    colour = parse_color(value) or parse_color(f"#{value}")
    if colour is None or isinstance(colour, str):
        return None
    if colour.alpha < ALIKE:
        return behind
    red, green, blue = (float(part or 0) for part in colour.to("srgb").coordinates)
    return red, green, blue


def _alike(first: Rgb, second: Rgb) -> bool:
    return all(abs(a - b) < ALIKE for a, b in zip(first, second, strict=True))
