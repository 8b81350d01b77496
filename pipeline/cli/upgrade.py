"""A fork brought up to this program: what it did not change itself is replaced, what it did is kept or named.

``UPSTREAM`` in a fork lists what ``new`` or the last upgrade wrote, with checksums. Whatever still has that checksum is
ours to replace. ``site.yml``, ``datapackage/`` and the fork's own documents are in no list and never touched.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.knowledge.messages import wrong
from pipeline.safety.files import replaced

UPSTREAM = ".upstream.json"
BESIDE = ".upstream"  # ends the name of our version where the fork has one of its own

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Upgrade:
    """What an upgrade does, by path below the fork.

    Attributes:
        written: new or replaced.
        removed: no part of the program any more.
        kept: changed by the fork alone.
        both: changed by the fork and by us; ours is written beside it.
    """

    written: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    both: tuple[str, ...]


def listed(files: Files) -> bytes:
    """The list that a fork keeps of what it was given.

    Args:
        files: path → content.
    """
    entry = {path: _sum(data) for path, data in sorted(files.items())}
    return (json.dumps({"files": entry}, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def upgrade(files: Files, folder: Path) -> Upgrade:
    """Writes the program into a fork, all or nothing.

    Args:
        files: the program as this fork would have it: path → content.
        folder: the fork.

    Raises:
        PipelineError: the folder is no fork.
        OSError: the disk refuses; the fork is as before.
    """
    given = _given(folder)
    plan = _plan(files, given, folder)
    beside = {f"{path}{BESIDE}": files[path] for path in plan.both}
    new = {path: files[path] for path in plan.written} | beside | {UPSTREAM: listed(files)}
    for path in new:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    with replaced(folder, *new, *plan.removed) as made:
        for path, data in new.items():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_bytes(data)
    return plan


def _given(folder: Path) -> Mapping[str, str]:
    path = folder / UPSTREAM
    if not (folder / "site.yml").is_file():
        raise wrong("upgrade_no_fork", folder=folder.name)
    try:
        return dict(json.loads(path.read_bytes())["files"]) if path.is_file() else {}
    except (ValueError, KeyError, TypeError) as error:
        raise wrong("upgrade_list_broken", path=path.name) from error


def _plan(files: Files, given: Mapping[str, str], folder: Path) -> Upgrade:
    here = {
        path: _sum((folder / path).read_bytes()) for path in {*files, *given} if (folder / path).is_file()
    }
    ours = {path: _sum(data) for path, data in files.items()}
    differ = [path for path in sorted(ours) if here.get(path) != ours[path]]
    own = [path for path in differ if here.get(path) != given.get(path)]
    gone = [path for path in sorted(given) if path not in ours and path in here]
    return Upgrade(
        written=tuple(path for path in differ if path not in own),
        removed=tuple(path for path in gone if here[path] == given[path]),
        kept=tuple(path for path in own if ours[path] == given.get(path))
        + tuple(path for path in gone if here[path] != given[path]),
        both=tuple(path for path in own if ours[path] != given.get(path)),
    )


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
