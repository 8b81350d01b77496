"""The XML of Word files: names, and how runs of text look as far as that hides or strikes them.

Namespaces are not compared: the strict and the usual form of the format differ in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

Element = ElementTree.Element

TOGGLES = ("vanish", "strike", "dstrike")
TELLING = frozenset((*TOGGLES, "sz", "color", "shd", "highlight"))
PALE = 0xF0  # in red, green and blue: so pale a colour is not seen on white
TINIEST = 2  # half points
DEEPEST = 20  # styles that a style is based on, one on the other
Look = frozenset[str]  # of vanish, strike, dstrike, tiny, pale, and shaded for text with a colour behind it
PLAIN: Look = frozenset()


def name_of(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def value_of(element: Element | None, name: str = "val") -> str:
    """An attribute by its local name; empty where there is none."""
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def child_of(element: Element | None, *path: str) -> Element | None:
    """The first child with a name, and its child, and so on; None where there is none."""
    for name in path:
        if element is None:
            return None
        element = next((child for child in element if name_of(child) == name), None)
    return element


def is_on(properties: Element | None, name: str) -> bool:
    """Whether a property is there and not switched off."""
    element = child_of(properties, name)
    return element is not None and value_of(element) not in ("0", "false", "off", "none")


def is_seen(look: Look) -> bool:
    """Whether text of a look can be made out on the page."""
    return not look & {"vanish", "tiny"} and ("pale" not in look or "shaded" in look)


def is_struck(look: Look) -> bool:
    """Whether text of a look is struck out."""
    return bool(look & {"strike", "dstrike"})


class Styles:
    """The styles of a file, by id."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {value_of(style, "styleId"): style for style in _named(root, "style")}
        self._behind: dict[str, Look] = {}
        self._usual = look_of(child_of(root, "docDefaults", "rPrDefault", "rPr"), PLAIN)
        default = next(
            (
                style
                for style in self._styles.values()
                if value_of(style, "type") == "paragraph"
                and value_of(style, "default") in ("1", "true", "on")
            ),
            None,
        )
        self._default = value_of(default, "styleId")

    def of_paragraph(self, properties: Element | None, behind: Look) -> Look:
        """How text of a paragraph looks, in a cell or on a page that looks as ``behind``."""
        style = value_of(child_of(properties, "pStyle")) or self._default
        look = self._named(style, self._usual | behind)
        return look | _shaded(properties)

    def of_run(self, properties: Element | None, above: Look) -> Look:
        """How a run looks in a paragraph that looks as ``above``."""
        if properties is None:
            return above
        return look_of(properties, self._named(value_of(child_of(properties, "rStyle")), above))

    def of_cell(self, table: Element, cell: Element) -> Look:
        """Whether a colour stands behind a cell, as far as can be known: by its own properties, or its table's style."""
        name = value_of(child_of(table, "tblPr", "tblStyle"))
        if name not in self._behind:
            style = self._styles.get(name)
            parts = () if style is None else map(_shaded, style.iter())
            self._behind[name] = PLAIN.union(*parts)
        return _shaded(child_of(cell, "tcPr")) | self._behind[name]

    def _named(self, style: str, above: Look) -> Look:
        chain: list[Element] = []
        while style in self._styles and len(chain) < DEEPEST:
            chain.append(self._styles[style])
            style = value_of(child_of(chain[-1], "basedOn"))
        for one in reversed(chain):
            above = look_of(child_of(one, "rPr"), above) | _shaded(child_of(one, "pPr"))
        return above


def look_of(properties: Element | None, above: Look) -> Look:
    """How text looks whose properties say so, inside what looks as ``above``."""
    if properties is None or TELLING.isdisjoint(map(name_of, properties)):
        return above
    look = set(above)
    for name in TOGGLES:
        if child_of(properties, name) is not None:
            (look.add if is_on(properties, name) else look.discard)(name)
    if size := value_of(child_of(properties, "sz")):
        (look.add if size.isdecimal() and int(size) <= TINIEST else look.discard)("tiny")
    if colour := value_of(child_of(properties, "color")):
        (look.add if _is_pale(colour) else look.discard)("pale")
    return frozenset(look) | _shaded(properties)


def _shaded(properties: Element | None) -> Look:
    if properties is None:
        return PLAIN
    fill = value_of(child_of(properties, "shd"), "fill") or "auto"
    marker = value_of(child_of(properties, "highlight")) or "none"
    is_shaded = (fill != "auto" and not _is_pale(fill)) or marker not in ("none", "white")
    return frozenset({"shaded"}) if is_shaded else PLAIN


def _is_pale(colour: str) -> bool:
    parts = re.findall(r"[0-9A-Fa-f]{2}", colour) if len(colour) == 6 else []
    return len(parts) == 3 and all(int(part, 16) >= PALE for part in parts)


def _named(root: Element | None, name: str) -> Iterator[Element]:
    return (element for element in root if name_of(element) == name) if root is not None else iter(())
