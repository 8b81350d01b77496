"""Printed name of an agency → which agency: a known one, or a new one with its id. Comes in: the name, the filed agencies.

A name is a place, words in between, and a function. Where more than one agency may be meant, all are named and none is chosen.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from rapidfuzz.distance import Indel

from pipeline import knowledge
from pipeline.knowledge import divisions, normalize
from pipeline.knowledge.divisions import CENTRAL, Division
from pipeline.knowledge.messages import message, wrong
from pipeline.knowledge.traditional import fold
from pipeline.model.source import AGENCY_ID, Agency
from pipeline.model.text import Text
from pipeline.reading.titles import has_brand, is_short_for

UNKNOWN_FUNCTION = "other"
TOWNSHIP = re.compile(r"(?P<kind>镇|乡|苏木)(?:人民政府|政府)?$")
MUCH_ALIKE = 0.85
TRAILING_BRACKET = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True)
class Proposal:
    """One agency that may be meant. ``note`` says what its entry rests on beyond the printed name; None for a known one."""

    agency: Agency
    is_known: bool
    note: Text | None = None


@dataclass(frozen=True)
class Naming:
    """What a printed name may mean: one proposal when it is certain; else several or none, and why."""

    proposals: tuple[Proposal, ...]
    why: Text | None = None

    @property
    def sure(self) -> Proposal | None:
        """The one agency, where there is one and nothing speaks against it."""
        return self.proposals[0] if len(self.proposals) == 1 and self.why is None else None


@dataclass(frozen=True)
class _Parts:
    """A name taken apart.

    Attributes:
        code: the living division's.
        named: the division that the name says, which may be a former one; None for a body of the centre.
        extra: what stands between place and function.
        area: code of the division that a branch is for.
        rest: everything behind the place.
    """

    name: str
    code: str
    named: Division | None
    function: str
    extra: str
    area: str
    rest: str


def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = knowledge.load("naming.yml")
    return loaded


def normal_name(printed: str) -> str:
    """A name in simplified characters, half width, without blanks: what names are compared and hashed by.

    Args:
        printed: as it stands; "" gives "".
    """
    return fold(normalize.compact(printed))


def name_agency(printed: str, known: Iterable[Agency], *, text: str = "", division: str = "") -> Naming:
    """Finds the agency of a printed name.

    Args:
        printed: as the report prints it.
        known: the agencies that are filed. They never decide which of several places a name means.
        text: what else the report says; a place named there settles which of several is meant.
        division: code of the place, where a person states it; empty: as the name says.

    Raises:
        PipelineError: there is no such division.
    """
    filed = tuple(known)
    name = normal_name(printed)
    if has_brand(name):
        return Naming((), message("name_with_other_words", printed=printed))
    readings = [_stated(name, division)] if division else list(_take_apart(name))
    settled = ""
    if _means_several_places(readings):
        told, settled = _told_by(text, readings)
        if not told:
            return _one_of_several(readings, printed, filed)
        readings = told
    codes = {parts.code for parts in readings}
    same = [agency for agency in filed if name in _names(agency)]
    if same := [agency for agency in same if not (settled or division) or agency.division_code in codes]:
        return _one_or_all(same)
    if short := _short_for(readings, filed):
        return _one_or_all(short)
    if not readings:
        return _without_place(printed, name, filed)
    proposals = [_new(parts, printed, filed) for parts in readings]
    if len(proposals) > 1:
        return _one_of_several(readings, printed, filed)
    if settled and (own := readings[0].named):
        note = message("place_settled_by_text", own=own.name, upper=settled)
        proposals = [replace(proposals[0], note=note)]
    holder = next((agency for agency in filed if agency.id == proposals[0].agency.id), None)
    if holder:
        other = _new(readings[0], printed, filed, qualify=True)
        return Naming(
            (Proposal(holder, is_known=True), other),
            message("name_like_known", printed=printed, name_zh=holder.name_zh),
        )
    if "人民政府" in readings[0].extra:
        return Naming((proposals[0],), message("name_of_two", printed=printed))
    return Naming((proposals[0],))


def similar_agencies(agency: Agency, filed: Iterable[Agency]) -> tuple[Agency, ...]:
    """Filed agencies of the same place whose name is nearly that of a new one: the same agency misprinted, or another.

    Args:
        agency: the new one.
        filed: those that have a folder; none: none comes out.
    """
    near = (
        one
        for one in filed
        if one.division_code == agency.division_code
        and Indel.normalized_similarity(one.name_zh, agency.name_zh) >= MUCH_ALIKE
    )
    return tuple(sorted(near, key=lambda one: one.id))


def agency_of_id(agency_id: str, name: str) -> Agency:
    """A new agency under an id that a person gives.

    Args:
        agency_id: division code, function, and whatever tells it from others.
        name: its name in Chinese.

    Raises:
        PipelineError: the id has another shape, or names no division or no function that is known.
    """
    if not AGENCY_ID.fullmatch(agency_id):
        raise wrong("agency_id_form", agency_id=agency_id)
    code, slug = agency_id[:6], agency_id[7:]
    functions = knowledge.load("functions.yml")
    function = max((f for f in functions if slug == f or slug.startswith(f"{f}-")), key=len, default="")
    if re.fullmatch(r"x-[0-9a-f]{8}(?:-[a-z0-9]+)*", slug):
        function = UNKNOWN_FUNCTION
    if not function:
        raise wrong("agency_id_function", slug=slug, code=code, digest=_digest(name))
    if code != CENTRAL and code not in divisions.divisions():
        raise wrong("no_such_division", code=code)
    return _agency(agency_id, name, code, function)


def is_elsewhere(printed: str, agency: Agency) -> bool:
    """Whether a printed name certainly belongs to another place than a filed agency.

    Args:
        printed: as it stands; "" belongs nowhere, so False.
        agency: with its former names and its division code; without a known code nothing is certain.
    """
    name = normal_name(printed)
    accepted = {normal_name(former) for former in agency.former_names}
    if name in accepted or agency.division_code not in divisions.divisions():
        return False
    found = divisions.match(name, is_rest=_may_follow).found
    return bool(found) and not any(divisions.related(d.code, agency.division_code) for d in found)


def _stated(name: str, code: str) -> _Parts:
    """A name whose place a person states; what the name says of a place is taken off where it is that place."""
    named = divisions.divisions().get(code)
    if named is None:
        raise wrong("no_such_division", code=code)
    found = divisions.match(name, is_rest=_may_follow)
    is_there = any(divisions.related(one.code, code) for one in found.found)
    return _parts(name, code, named, found.rest if is_there else name, named.name, "")


def _means_several_places(readings: Sequence[_Parts]) -> bool:
    """Whether the list of divisions knows several places by the name; a place that was parted is one."""
    return len({parts.named.code for parts in readings if parts.named}) > 1


def _told_by(text: str, readings: Sequence[_Parts]) -> tuple[list[_Parts], str]:
    """The one reading whose city or province a text names, with that name; nothing where it names none or several."""
    plain = normal_name(text)
    lines = [(parts, divisions.chain(parts.code)[:-1]) for parts in readings]
    for first in (-1, 0):  # the place next above speaks first
        named = {
            parts.code: (parts, place.name)
            for parts, line in lines
            for place in line[first:]
            if any(fold(word) in plain for word in (place.name, *divisions.usual_names(place.name)))
        }
        if named:
            found, place_name = next(iter(named.values()))
            return ([found], place_name) if len(named) == 1 else ([], "")
    return [], ""


def _one_of_several(readings: Sequence[_Parts], printed: str, filed: Sequence[Agency]) -> Naming:
    """Every place that a name may mean, filed or new; none is chosen."""
    proposals = [
        Proposal(known[0], is_known=True)
        if (known := _short_for([parts], filed))
        else replace(_new(parts, printed, filed), note=None)
        for parts in readings
    ]
    return Naming(tuple(proposals), message("place_of_several", printed=printed))


def _names(agency: Agency) -> set[str]:
    return {normal_name(name) for name in (agency.name_zh, *agency.former_names)}


def _one_or_all(found: Sequence[Agency]) -> Naming:
    proposals = tuple(Proposal(agency, is_known=True) for agency in sorted(found, key=lambda a: a.id))
    if len(proposals) == 1:
        return Naming(proposals)
    return Naming(proposals, message("name_of_several"))


def _without_place(printed: str, name: str, filed: Sequence[Agency]) -> Naming:
    """A name such as 市信访局: agencies with such an end are named, and none is chosen."""
    nameless = next((word for word in _words()["nameless_places"] if name.startswith(word)), "")
    core = name.removeprefix(nameless)
    like = [agency for agency in filed if len(core) > 2 and any(n.endswith(core) for n in _names(agency))]
    return Naming(
        tuple(Proposal(agency, is_known=True) for agency in sorted(like, key=lambda a: a.id)),
        message("name_without_place", printed=printed),
    )


@cache
def _labels() -> tuple[tuple[str, str], ...]:
    """(label, function), the longest label first."""
    listed = [
        (fold(label), function)
        for function, entry in knowledge.load("functions.yml").items()
        for label in entry["labels"]
    ]
    return tuple(sorted(listed, key=lambda pair: (-len(pair[0]), pair)))


def _function(rest: str) -> tuple[str, str]:
    """The function whose label a text ends with, and the text before it; ``other`` where no label fits."""
    core = TRAILING_BRACKET.sub("", rest) or rest
    for label, function in _labels():
        if core.endswith(label):
            return function, core.removesuffix(label)
    return UNKNOWN_FUNCTION, ""


def _may_follow(rest: str) -> bool:
    """Whether a text may stand behind a place that is named without its kind."""
    return (
        not rest
        or bool(re.match(_words()["zone"], rest))
        or any(rest.startswith(label) for label, _ in _labels())
    )


def _may_follow_in_branch(rest: str) -> bool:
    """Likewise, in the name of a branch of a body of the centre."""
    return rest in _words()["vertical_endings"] or _may_follow(rest)


def _take_apart(name: str) -> Iterator[_Parts]:
    """Each reading of a name: one a place that it may begin with; none where it names no place and is not central."""
    prefix = next((word for word in _words()["vertical_prefixes"] if name.startswith(word)), "")
    for vertical in dict.fromkeys(("", prefix)):
        may_follow = _may_follow_in_branch if vertical else _may_follow
        found = divisions.match(name.removeprefix(vertical), is_rest=may_follow)
        if not found.found:
            continue
        for division in found.found:
            for code in division.successors or (division.code,):
                yield _parts(name, code, division, found.rest, found.printed, vertical)
        return
    core = TRAILING_BRACKET.sub("", name)
    if prefix in _words()["with_branches"] and core != prefix:
        return  # a branch of a body of the centre, in a place that is not understood
    if core.startswith(tuple(_words()["central_beginnings"])) or core.endswith(
        tuple(_words()["central_endings"])
    ):
        function, _ = _function(name)
        if function in _words()["levels"]:
            function = UNKNOWN_FUNCTION  # 中国证券监督管理委员会 and its like are no committee of a zone
        yield _Parts(name, CENTRAL, None, function, "", "", name)


def _parts(name: str, code: str, named: Division, rest: str, place: str, vertical: str) -> _Parts:
    for area, parent in _areas(rest, place, code):
        return _Parts(name, code, named, _function(parent)[0], "", area, rest)
    if vertical and rest in _words()["vertical_endings"]:
        return _Parts(name, code, named, _function(vertical)[0], "", "", rest)
    function, extra = _function(rest) if rest else ("gov", "")
    if vertical and function not in _words()["same_without_prefix"].get(vertical, ()):
        extra = vertical + extra  # 国家统计局昌乐调查队 is not the statistics bureau of 昌乐
    return _Parts(name, code, named, function, extra, "", rest)


def _areas(rest: str, place: str, code: str) -> Iterator[tuple[str, str]]:
    """The division that a branch is for, and the name of its parent: 生态环境局昌乐分局 below 潍坊市."""
    for cut in range(len(rest) - 2, 2, -1):
        parent, area = rest[:cut], rest[cut:]
        if not parent.endswith(("局", "委员会", "厅")) or _function(parent)[0] == UNKNOWN_FUNCTION:
            continue
        for ending in _words()["branch_endings"]:
            if not area.endswith(ending) or len(area) <= len(ending):
                continue
            named = divisions.match(place + area, is_rest=lambda after, e=ending: after == e)  # type: ignore[misc]
            below = [d for d in named.found if d.code != code and divisions.related(d.code, code)]
            if len(below) == 1 and named.rest == ending:
                yield below[0].code, parent


def _short_for(readings: Sequence[_Parts], filed: Sequence[Agency]) -> list[Agency]:
    """Filed agencies of the same place and function, whose name is an abbreviation of this one or the reverse."""
    found = {}
    for parts in readings:
        for agency in filed:
            if agency.division_code != parts.code or agency.function != parts.function:
                continue
            for name in _names(agency):
                rests = {other.rest for other in _take_apart(name) if other.code == parts.code}
                if any(rest == parts.rest or _abbreviates(rest, parts.rest) for rest in rests):
                    found[agency.id] = agency
    return list(found.values())


def _abbreviates(one: str, other: str) -> bool:
    short, full = sorted((one, other), key=len)
    return bool(short) and is_short_for(short, full) and short[0] == full[0]


def _digest(name: str) -> str:
    name = TOWNSHIP.sub(r"\g<kind>人民政府", normal_name(name))  # 大垅乡 is 大垅乡人民政府
    return hashlib.sha1(name.encode("utf-8"), usedforsecurity=False).hexdigest()[:8]


def _new(parts: _Parts, printed: str, filed: Sequence[Agency], *, qualify: bool = False) -> Proposal:
    """A new agency with its id: place, function, and a qualifier where these two do not tell it from others."""
    name = "".join(fold(normalize.clean(printed)).split())
    if parts.function == UNKNOWN_FUNCTION:
        agency_id = f"{parts.code}-x-{_digest(name)}"
    else:
        agency_id = f"{parts.code}-{parts.function}"
        if parts.area:
            agency_id += f"-{parts.area}"
        elif parts.extra or qualify:
            agency_id += f"-{_digest(name)}"
    full, note = _full_name(name, parts)
    return Proposal(_agency(agency_id, full, parts.code, parts.function), is_known=False, note=note)


def _full_name(name: str, parts: _Parts) -> tuple[str, Text | None]:
    """The name with its city where a district is printed alone, and what the place rests on."""
    own, line = parts.named, divisions.chain(parts.code)
    if own is None:
        return name, None
    if own.successors:
        return name, message("division_renamed", name=own.name, now=line[-1].name)
    above = [division for division in line[:-1] if division.level in ("province", "prefecture")]
    if own.level in ("province", "prefecture") or any(_is_named(division, name) for division in above):
        return name, None
    upper = above[-1]
    return (
        upper.name + name if own.name.endswith("区") and name.startswith(own.name) else name,
        message("division_without_upper", upper=upper.name, name=own.name),
    )


def _is_named(division: Division, name: str) -> bool:
    bare = fold(divisions.bare_name(division.name) or division.name)
    return name.startswith(bare)


def _agency(agency_id: str, name: str, code: str, function: str) -> Agency:
    line = divisions.chain(code)
    by_level = {division.level: division.name for division in line}
    level = _words()["levels"].get(function) or (line[-1].level if line else "central")
    return Agency(
        id=agency_id,
        name_zh=name,
        level=level,
        function=function,
        division_code=code,
        province=by_level.get("province", ""),
        city=by_level.get("prefecture", ""),
        county=by_level.get("county", "") or by_level.get("functional_zone", ""),
    )
