"""Provinces, cities and counties that hold an agency: which lies in which, and which to show where not all have room.

Comes in: the agencies of the package. Goes out: places in the order of their division codes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from pipeline.pages.addresses import place_path
from pipeline.pages.context import Context, once
from pipeline.published.records import Agency, Report

LENGTHS = (2, 4, 6)  # of a division code: province, city, county
WHOLE = {2: "0000", 4: "00", 6: ""}  # what makes six digits of it


@dataclass(frozen=True)
class Place:
    """A province, city or county: the beginning of its division code, its names from the widest, its agencies."""

    code: str
    names: tuple[str, ...]
    agencies: tuple[Agency, ...]

    @property
    def name(self) -> str:
        """Its own name."""
        return self.names[-1]

    @property
    def path(self) -> str:
        """Its address below the site."""
        return place_path(self.code + WHOLE[len(self.code)])


@once
def places(context: Context) -> dict[str, Place]:
    """Code → place, in the order of codes, a province before its cities."""
    found: dict[str, tuple[tuple[str, ...], list[Agency]]] = {}
    for agency in context.package.agencies.values():
        named = (agency.province, agency.city, agency.county)
        for depth, length in enumerate(LENGTHS, 1):
            if named[depth - 1]:
                names = tuple(name for name in named[:depth] if name)
                found.setdefault(agency.division[:length], (names, []))[1].append(agency)
    return {code: Place(code, names, tuple(some)) for code, (names, some) in sorted(found.items())}


@once
def _inside(context: Context) -> dict[str, list[Place]]:
    """Code → the places right below it; empty text for the widest ones."""
    found: dict[str, list[Place]] = {}
    for code, place in places(context).items():
        around = [
            code[:length] for length in LENGTHS if length < len(code) and code[:length] in places(context)
        ]
        found.setdefault(around[-1] if around else "", []).append(place)
    return found


def places_below(context: Context, place: Place | None) -> list[Place]:
    """The places right below one; the widest ones for None."""
    return _inside(context).get(place.code if place else "", [])


def above(context: Context, place: Place) -> list[Place]:
    """The places around one, the widest first."""
    wider = (place.code[:length] for length in LENGTHS if length < len(place.code))
    return [places(context)[code] for code in wider if code in places(context)]


@once
def widest(context: Context) -> list[Place]:
    """The widest places; where there is one alone, those inside it."""
    wide = places_below(context, None)
    while len(wide) == 1 and (inside := places_below(context, wide[0])):
        wide = inside
    return wide


def counted(context: Context, reports: Collection[Report]) -> list[tuple[Place, int, int]]:
    """The widest places with how many agencies they have and how many of some reports: a list of all would be too long."""
    agencies = Counter(report.agency.key for report in reports)
    return [
        (place, len(place.agencies), sum(agencies[one.key] for one in place.agencies))
        for place in widest(context)
    ]
