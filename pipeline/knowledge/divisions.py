"""Places in names: province, prefecture, county. Comes in: a name such as ``四川省攀枝花市西区…``. Goes out: which division.

The list is ``knowledge/divisions.csv``; what it holds, what it lacks and where it comes from is in ``divisions.yml``.
A name that several divisions share is said to be shared; nothing is guessed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline import knowledge
from pipeline.knowledge.traditional import fold

CENTRAL = "000000"
# Right after a place these make the name of a township: 西区街道 is no street office of 西区. 乡村振兴局 is none either.
TOWNSHIP_FOLLOWS = re.compile(r"街道|镇|乡(?!村)|苏木|村")
LONGEST_NAME = 15


@dataclass(frozen=True)
class Division:
    """A division as listed. ``successors`` are codes; empty for one that still exists."""

    code: str
    name: str
    level: str
    parent: str
    successors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """The place at the beginning of a name.

    Attributes:
        found: the divisions that it may be: none, one, or several where the name is shared.
        printed: the part of the name that says it.
        rest: what follows.
    """

    found: tuple[Division, ...]
    printed: str
    rest: str


def _changes() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = knowledge.load("divisions.yml")["changes"]
    return listed


@cache
def divisions() -> dict[str, Division]:
    """All divisions by code: those of the list, and former ones that reports still name."""
    with (knowledge.FOLDER / "divisions.csv").open(encoding="utf-8", newline="") as file:
        found = {
            row["code"]: Division(row["code"], row["name"], row["level"], row["parent"])
            for row in csv.DictReader(file)
        }
    for change in _changes():
        code = change["old"]
        above = (
            (code[:2] + "0000",) if change["level"] == "prefecture" else (code[:4] + "00", code[:2] + "0000")
        )
        parent = next(a for a in above if a in found)
        found[code] = Division(code, change["name"], change["level"], parent, tuple(change["new"]))
    return found


def chain(code: str) -> tuple[Division, ...]:
    """A division with those above it, the province first; empty for an unknown code.

    Args:
        code: six digits; a code that was abolished is known, with the divisions that were above it.
    """
    found: list[Division] = []
    while code in divisions():
        found.insert(0, divisions()[code])
        code = found[0].parent
    return tuple(found)


def full_name(code: str) -> str:
    """The names from the province down, e.g. ``四川省攀枝花市西区``; empty for an unknown code.

    Args:
        code: six digits.
    """
    return "".join(division.name for division in chain(code))


def related(one: str, other: str) -> bool:
    """Whether one code is the other, above it, below it, or its successor.

    Args:
        one, other: codes of six digits, in either order.

    Returns:
        False where one of them is unknown, unless both are the same.
    """
    if one == other:
        return True
    for low, high in ((one, other), (other, one)):
        line = chain(low)
        if any(high == division.code or high in division.successors for division in line):
            return True
        if line and any(d.code == high for new in line[-1].successors for d in chain(new)):
            return True
    return False


def usual_names(name: str) -> tuple[str, ...]:
    """What a division is called besides its full name, with its kind: ``凉山彝族自治州`` is ``凉山州``.

    Args:
        name: of one division, with its kind, without those above it.

    Returns:
        the name without its ethnic groups, with the long and the short word for its kind; empty where there is no short one.
    """
    stem, ending = _stem(name)
    bare = without_groups(stem)
    short = knowledge.load("divisions.yml")["short_endings"].get(ending)
    return (bare + ending, bare + short) if short and bare else ()


def bare_name(name: str) -> str:
    """A name without its kind, ``巴中`` for ``巴中市``; empty where less than two characters would be left.

    Args:
        name: of one division, with its kind, without those above it.
    """
    bare = without_groups(_stem(name)[0])
    return bare if len(bare) > 1 and bare != name else ""


def _stem(name: str) -> tuple[str, str]:
    for ending in knowledge.load("divisions.yml")["endings"]:
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending), ending
    return name, ""


def without_groups(stem: str) -> str:
    """A name without the ethnic groups at its end: 凉山 for 凉山彝族; one that is nothing else stays whole.

    Args:
        stem: the name of a division without its kind.
    """
    groups = [group for row in knowledge.load("divisions.yml")["ethnic_groups"] for group in row]
    while cut := next((g for g in groups if stem.endswith(g) and len(stem) > len(g)), ""):
        stem = stem.removesuffix(cut)
    return stem


@dataclass(frozen=True)
class _Name:
    division: Division
    bare: bool


@cache
def _index() -> dict[str, tuple[_Name, ...]]:
    names: dict[str, list[_Name]] = {}
    for division in divisions().values():
        for name in dict.fromkeys((division.name, *usual_names(division.name))):
            names.setdefault(fold(name), []).append(_Name(division, bare=False))
        if bare := bare_name(division.name):
            names.setdefault(fold(bare), []).append(_Name(division, bare=True))
    return {name: tuple(found) for name, found in names.items()}


def _anything(rest: str) -> bool:
    return True


def match(name: str, *, is_rest: Callable[[str], bool] = _anything) -> Match:
    """The place at the beginning of a name: the longest that can be read.

    Args:
        name: without blanks; traditional characters are understood.
        is_rest: whether a text may follow a place that is named without its kind (``巴中`` for ``巴中市``). A county is
            understood without its kind only below its city: ``朝阳`` alone may be anything.

    Returns:
        no division, nothing printed and the whole name as the rest, where no place can be read.
    """
    plain = fold(name)
    paths = [
        (division, end)
        for division, end, bare in _paths(plain, None, 0)
        if not TOWNSHIP_FOLLOWS.match(plain, end) and (not bare or is_rest(plain[end:]))
    ]
    longest = max((end for _, end in paths), default=0)
    found = {division.code: division for division, end in paths if end == longest}
    # A former division and its successor that share a name are one place.
    living = tuple(d for d in found.values() if not any(new in found for new in d.successors))
    return Match(tuple(sorted(living, key=lambda d: d.code)), name[:longest], name[longest:])


def is_place(name: str) -> bool:
    """Whether a name is that of a place and of nothing else: ``郑州市金水区``, ``上海``.

    Args:
        name: without blanks; traditional characters are understood.
    """
    found = match(name)
    return bool(found.found) and not found.rest


def starts_with_place(name: str) -> bool:
    """Whether a name begins with a place, its kind included (``西工区…``, not ``巴中…``).

    Args:
        name: without blanks; traditional characters are understood.

    Returns:
        False for an empty name.
    """
    plain = fold(name)
    return any(not bare for _, _, bare in _paths(plain, None, 0))


def _paths(text: str, above: Division | None, start: int) -> Iterator[tuple[Division, int, bool]]:
    """Each way to read places from ``start``: the last division, where it ends, whether it is named without its kind."""
    for end in range(min(len(text), start + LONGEST_NAME), start + 1, -1):
        for named in _index().get(text[start:end], ()):
            division = named.division
            if named.bare and above is None and division.level not in ("province", "prefecture"):
                continue
            if above is not None and (division == above or above not in chain(division.code)):
                continue
            yield division, end, named.bare
            yield from _paths(text, division, end)
