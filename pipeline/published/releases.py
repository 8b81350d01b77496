"""Versions of the data: the releases there were, the next version that a difference asks for, and its entry.

Comes in: ``datapackage/versions.yml`` and a ``Difference``. The day of a release is said by whoever makes it; nothing
here looks at a clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from pipeline.knowledge.messages import message, wrong
from pipeline.published.diff import Difference
from pipeline.published.reader import Published

HISTORY = "versions.yml"
FIRST = "0.1.0"  # of a package that was never released
VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:\+[0-9a-f]{8})?", re.ASCII)
HEAD = """\
# Releases of the data, newest first. The version in datapackage.json is that of the first entry.
# `python -m pipeline version --against OLD --release DAY` writes an entry: what the difference to the last release asks for.
"""


@dataclass(frozen=True)
class Correction:
    """A figure that a release changed; ``cell`` is ``table/row/column``, an empty text is no figure."""

    report: str
    cell: str
    before: str
    after: str


@dataclass(frozen=True)
class Release:
    """A release. ``added`` and ``corrected`` are report ids; ``day`` is as 2024-01-31, empty for none yet.

    ``data`` tells the tables it was made of (``state``), empty where that was not written down. ``changes``
    are the figures of the corrected reports, so that whoever has the package alone can tell them.
    """

    version: str
    day: str = ""
    zh: str = ""
    en: str = ""
    added: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()
    changes: tuple[Correction, ...] = ()
    data: str = ""


def read_history(folder: Path) -> tuple[Release, ...]:
    """The releases of a package folder, newest first; empty where there is no ``versions.yml``.

    Args:
        folder: of a package.

    Raises:
        PipelineError: the file is wrong, or its versions do not fall.
    """
    path = folder / HISTORY
    return parse_history(path.read_bytes()) if path.is_file() else ()


def parse_history(data: bytes) -> tuple[Release, ...]:
    """The releases that a ``versions.yml`` lists, newest first; none where it is empty.

    Args:
        data: the file's bytes.

    Raises:
        PipelineError: the file is wrong, or its versions do not fall.
    """
    try:
        entries = (
            yaml.load(data.decode("utf-8"), Loader=yaml.CBaseLoader) or []
        )  # texts alone: 1.10 is no number
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise wrong("history_unreadable", file=HISTORY, error=" ".join(str(error).split())) from error
    if not isinstance(entries, list):
        raise wrong("history_entry", file=HISTORY, number=1, found=entries)
    history = tuple(_release(number, entry) for number, entry in enumerate(entries, 1))
    numbers = [_numbers(release.version) for release in history]
    if numbers != sorted(set(numbers), reverse=True):
        raise wrong("versions_fall", file=HISTORY)
    return history


def _release(number: int, entry: dict[str, Any]) -> Release:
    try:
        day = str(entry["date"])
        date.fromisoformat(day)
        return Release(
            version=str(entry["version"]),
            day=day,
            zh=str(entry.get("zh") or ""),
            en=str(entry.get("en") or ""),
            added=tuple(entry.get("added") or ()),
            corrected=tuple(entry.get("corrected") or ()),
            changes=tuple(Correction(*map(str, change)) for change in entry.get("changes") or ()),
            data=str(entry.get("data") or ""),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise wrong("history_entry", file=HISTORY, number=number, found=entry) from error


def state(hashes: Mapping[str, str]) -> str:
    """What tells one state of the data from every other: eight digits, the same for the same tables.

    Args:
        hashes: SHA-256 by name, of the tables that are not derived.
    """
    listed = "".join(f"{digest.removeprefix('sha256:')}  {name}\n" for name, digest in sorted(hashes.items()))
    return sha256(listed.encode("utf-8")).hexdigest()[:8]


def state_of(package: Published) -> str:
    """The state of a package that is open, from the checksums that its descriptor tells.

    Args:
        package: open; without checksums it is that of a package without tables.
    """
    resources = package.descriptor.raw["resources"]
    return state({one["name"]: str(one.get("hash", "")) for one in resources if not one.get("derived")})


def version_of(newest: Release, data: str) -> str:
    """The version of a state: that of the release it is, else the newest one's and what tells it from that.

    Args:
        newest: the last release.
        data: the state, as ``state`` gives it.
    """
    return newest.version if newest.data == data else f"{newest.version}+{data}"


def is_release(version: str) -> bool:
    """Whether a version is that of a release, and not of a state between two.

    Args:
        version: of a package.
    """
    return "+" not in version


def latest(folder: Path) -> Release:
    """The newest release of a package folder; the first version, of no day, where there was none.

    Args:
        folder: of a package.
    """
    return next(iter(read_history(folder)), Release(FIRST))


def _numbers(version: str) -> tuple[int, int, int]:
    found = VERSION.fullmatch(version)
    if not found:
        raise wrong("version_form", version=version)
    major, minor, patch = map(int, found.groups()[:3])
    return major, minor, patch


def steps_after(version: str) -> set[str]:
    """The versions that a release may have after this one.

    Args:
        version: three numbers with points.
    """
    return {next_version(version, level) for level in ("patch", "minor", "major")}


def next_version(version: str, level: str) -> str:
    """The version after ``version`` for a difference of this level; the same for ``none``.

    Args:
        version: three numbers with points.
        level: ``none``, ``patch``, ``minor`` or ``major``.
    """
    major, minor, patch = _numbers(version)
    return {
        "none": version,
        "patch": f"{major}.{minor}.{patch + 1}",
        "minor": f"{major}.{minor + 1}.0",
        "major": f"{major + 1}.0.0",
    }[level]


def release(difference: Difference, day: str) -> Release:
    """The release that a difference makes, on a day that a person says.

    Args:
        difference: of the package of the last release and the one of today.
        day: as 2024-01-31.

    Raises:
        PipelineError: nothing differs, or the day is none.
    """
    if difference.level == "none":
        raise wrong("nothing_differs")
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise wrong("day_form", day=day) from error
    added = sorted(c.key[0] for c in difference.of("row_added") if c.table == "reports")
    changes = tuple(Correction(c.key[0], c.cell, c.before, c.after) for c in difference.figures)
    touched = {change.report for change in changes}
    said = message("release_told", added=len(added), corrected=len(touched))
    return Release(
        version=next_version(difference.old_version, difference.level),
        day=day,
        zh=said.zh,
        en=said.en,
        added=tuple(added),
        corrected=tuple(sorted(touched)),
        changes=changes,
    )


def with_release(history: tuple[Release, ...], made: Release) -> str:
    """The text of ``versions.yml`` with one more release on top.

    Args:
        history: newest first; it may be empty.
        made: a version above all of them.

    Raises:
        PipelineError: that version is written already.
    """
    if history and _numbers(made.version) <= _numbers(history[0].version):
        raise wrong("version_exists", file=HISTORY, version=history[0].version)
    entries = [
        {
            "version": one.version,
            "date": one.day,
            "zh": one.zh,
            "en": one.en,
            "added": list(one.added),
            "corrected": list(one.corrected),
            **({"data": one.data} if one.data else {}),
            # Report, cell, before, after: a line each.
            **(
                {"changes": [[c.report, c.cell, c.before, c.after] for c in one.changes]}
                if one.changes
                else {}
            ),
        }
        for one in (made, *history)
    ]
    return HEAD + yaml.safe_dump(
        entries, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None
    )
