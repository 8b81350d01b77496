"""Addresses that name one commit, so that they lead to the same bytes for ever: of what is filed, and of the package.

Comes in: the repository that the build runs in. Goes out: commits; none where there is no git or no such commit, and then
links lead to the newest version.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

PACKAGE = "datapackage"
FILED = f"{PACKAGE}/reports"
COMMIT = re.compile(r"[0-9a-f]{40}", re.ASCII)


def _git(*arguments: str) -> bytes:
    """What git says; nothing where it is not there or knows no answer."""
    try:
        return subprocess.run(["git", *arguments], capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return b""


@cache
def filed() -> Mapping[str, str]:
    """Path of each filed report → the commit that last changed it."""
    found: dict[str, str] = {}
    commit = ""
    for line in _git("log", "--format=%H", "--name-only", "--no-renames", "-z", "--", FILED).split(b"\0"):
        text = line.decode("utf-8", "replace").lstrip("\n")
        if COMMIT.fullmatch(text):
            commit = text
        elif text:
            found.setdefault(text, commit)  # the newest comes first
    return found


def package(descriptor: Path, repository: str) -> str:
    """The address below which a package lies as it is, at the commit that has it; empty where none has.

    Args:
        descriptor: its ``datapackage.json``, which holds the checksum of every table.
        repository: the address of the repository, or empty.
    """
    commit = _git("log", "-1", "--format=%H", "--", PACKAGE).decode("ascii").strip()
    there = _git("show", f"{commit}:{PACKAGE}/datapackage.json") if COMMIT.fullmatch(commit) else b""
    same = bool(there) and descriptor.is_file() and descriptor.read_bytes() == there
    return f"{repository}/raw/{commit}/{PACKAGE}/" if repository and same else ""
