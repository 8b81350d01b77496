"""A package is judged once a run, by each of its judges: the same bytes are as whole as before.

That takes all of the second in which a package is validated, and hundreds of tests make the same few packages. Only
"nothing is wrong" is kept; whatever differs in one byte is judged anew.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.package import validate
from pipeline.package.descriptor import Problem

Judge = Callable[..., Iterable[Problem]]


def remember(folder: Path) -> None:
    """From now on what was found whole is noted in a folder, which several processes may share."""
    folder.mkdir(exist_ok=True)
    for name in ("_by_the_standard", "judge", "_by_frictionless"):
        setattr(validate, name, partial(_once, folder, name, getattr(validate, name)))


def _once(
    folder: Path, name: str, judge: Judge, descriptor: dict[str, Any], *package: Path
) -> Iterable[Problem]:
    seen = hashlib.sha256(f"{name} {json.dumps(descriptor)}".encode())
    for path in (home / str(entry["path"]) for home in package for entry in descriptor["resources"]):
        seen.update(path.read_bytes() if path.is_file() else b"none")
    note = folder / seen.hexdigest()
    if note.exists():
        return []
    found = list(judge(descriptor, *package))
    if not found:
        note.touch()
    return found
