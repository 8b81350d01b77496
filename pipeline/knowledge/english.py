"""English names of places and agencies, for display. Comes in: Chinese names. Goes out: ``Housing bureau, Bazhong, Sichuan``.

No register of English names exists, so these are made: what an agency is for, its kind of body, its places in Latin
letters. They are no data, and whoever shows one says that it was made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from pipeline import knowledge
from pipeline.knowledge.divisions import bare_name, without_groups

_LETTERS = re.compile(r"[A-Za-z0-9]")


def reading(name: str) -> tuple[str, ...]:
    """A name in Latin letters, a syllable a character; what is no Chinese character stays as it is.

    Args:
        name: of any length; empty text has no syllables.
    """
    from pypinyin import (
        lazy_pinyin,
    )  # its dictionary takes a third of a second, and most commands write no page

    _learn()
    return tuple(lazy_pinyin(name, v_to_u=False, errors=list))  # type: ignore[arg-type]  # a list is a syllable a character


@cache
def _learn() -> None:
    from pypinyin import load_phrases_dict

    known = knowledge.load("pinyin.yml")
    load_phrases_dict({place: [[syllable] for syllable in syllables] for place, syllables in known.items()})


@cache
def place_in_english(name: str) -> str:
    """One place: ``Bazhong`` for 巴中市, ``Changle County`` for 昌乐县.

    Args:
        name: of one division, with its kind, without those above it; empty text stays so.
    """
    words = knowledge.load("english.yml")
    stem, kind = _split(name, words["kinds"])
    known, bare = words["places"], without_groups(stem)
    latin = known.get(name) or known.get(stem) or f"{known.get(bare) or _latin(bare or name)}"
    plain = name in known or not stem
    return str(latin if plain else f"{latin} {words['kinds'].get(kind, '')}".strip())


def places_in_english(names: Sequence[str]) -> str:
    """Places from the narrowest: ``Xigong District, Luoyang, Henan``.

    Args:
        names: in Chinese, from the widest; of none the text is empty.
    """
    return ", ".join(dict.fromkeys(map(place_in_english, reversed(names))))


def agency_in_english(name: str, function: str, places: Sequence[str]) -> str:
    """The English name of an agency: ``Housing bureau, Bazhong, Sichuan``.

    Args:
        name: in Chinese, with or without its places.
        function: a key of ``functions.yml``; one that is unknown gives the name in Latin letters.
        places: from the widest, as the package has them.
    """
    words, functions = knowledge.load("english.yml"), knowledge.load("functions.yml")
    own = name
    for place in places:
        own = own.replace(place, "", 1).removeprefix(bare_name(place))
    if function not in functions:
        return ", ".join(filter(None, (_latin(own), places_in_english(places))))
    area = _before(own, functions[function]["labels"])
    whole = words["whole"].get(function)
    what = whole or f"{words['functions'].get(function) or functions[function]['en']} {_body(own)}"
    return ", ".join(filter(None, (what, area and place_in_english(area), places_in_english(places))))


def _body(own: str) -> str:
    bodies = knowledge.load("english.yml")["bodies"]
    return str(bodies.get(_split(own, bodies)[1], "agency"))


def _before(own: str, labels: Sequence[str]) -> str:
    """What a name has before the words for its function, a town or a zone: 青山 of 青山镇人民政府; mostly nothing."""
    area = _split(own, dict.fromkeys(labels))[0]
    return "" if area == own or area.endswith(tuple(labels)) else area


def _split(name: str, ends: Mapping[str, object]) -> tuple[str, str]:
    """A name without the longest of its ends, and that end; whole and empty where it has none."""
    end = max((end for end in ends if name.endswith(end)), key=len, default="")
    return name.removesuffix(end), end


def _latin(name: str) -> str:
    """Syllables as one word, apart by an apostrophe where they would be read otherwise: ``Xi'an``."""
    word = ""
    for syllable in reading(name):
        if word and _LETTERS.match(syllable):
            word += "'" if syllable[0] in "aoe" else ""
        word += syllable
    return word[:1].upper() + word[1:]
