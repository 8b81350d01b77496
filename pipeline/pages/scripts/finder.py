"""What the finder searches: agencies by the words that people type. Comes in: the package. Goes out: a small script.

It is a script and not JSON, since a page opened from a folder on disk may load a script but nothing else. It serves
both languages, the English names beside it. The readings in Latin letters are made here, for finding and display; they are no data.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from pipeline.knowledge.english import reading
from pipeline.published.records import Agency, Package


def finder_script(package: Package) -> str:
    """A line an agency: id, name, places, other words, reports, start of its own name, reading."""
    return _script("finderEntries", (_entry(package, agency) for agency in package.agencies.values()))


def english_script(package: Package) -> str:
    """Their English names in the same order: a script of its own, which only English pages load."""
    return _script("finderEnglish", (agency.name.en for agency in package.agencies.values()))


def _script(name: str, lines: Iterable[object]) -> str:
    told = (json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)
    return f"globalThis.{name} = [\n" + ",\n".join(told) + "\n];\n"


def _entry(package: Package, agency: Agency) -> list[object]:
    function = package.descriptor.word("agencies", "function_class", agency.function)
    name = agency.name.zh
    own = () if agency.name_made else (agency.name.en,)
    return [
        agency.key,
        name,
        " ".join(agency.places),
        " ".join((*own, *agency.former_names, function.zh, function.en, agency.division)),
        [report.slug for report in package.by_agency[agency.key]],
        len(name) - len(without_place(agency)),
        " ".join(reading(name)),
    ]


def without_place(agency: Agency) -> str:
    """The name without the places it begins with: 住房和城乡建设局."""
    name = agency.name.zh
    for place in agency.places:
        name = name.removeprefix(place)
    return name or agency.name.zh
