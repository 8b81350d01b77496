"""What the finder searches: agencies by the words that people type. Comes in: the package. Goes out: a small script.

It is a script and not JSON, since a page opened from a folder on disk may load a script but nothing else. It serves
both languages. The readings in Latin letters are made here, for finding and display; they are no data.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import yaml

from pipeline.published.records import Agency, Package

READINGS = Path(__file__).with_name("pinyin.yml")


def finder_script(package: Package) -> str:
    """A line an agency: id, name, English name, places, other words, reports, start of its own name, reading."""
    lines = [json.dumps(_entry(package, agency), ensure_ascii=False, separators=(",", ":"))
             for agency in package.agencies.values()]  # fmt: skip
    return "globalThis.finderEntries = [\n" + ",\n".join(lines) + "\n];\n"


def _entry(package: Package, agency: Agency) -> list[object]:
    function = package.descriptor.word("agencies", "function_class", agency.function)
    name, english = agency.name.zh, agency.name.en
    return [
        agency.key,
        name,
        "" if english == name else english,
        " ".join(agency.places),
        " ".join((*agency.former_names, function.zh, function.en, agency.division)),
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


def reading(name: str) -> tuple[str, ...]:
    """A name in Latin letters, a syllable a character; what is no Chinese character stays as it is."""
    from pypinyin import (
        lazy_pinyin,
    )  # its dictionary takes a third of a second, and most commands write no page

    _learn()
    return tuple(lazy_pinyin(name, v_to_u=False, errors=list))  # type: ignore[arg-type]  # a list is a syllable a character


@cache
def _learn() -> None:
    from pypinyin import load_phrases_dict

    known = yaml.load(READINGS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    load_phrases_dict({place: [[syllable] for syllable in syllables] for place, syllables in known.items()})
