"""What the government decided, and what was seen in filed reports, as YAML; read here and nowhere else."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@cache
def load(name: str) -> Any:
    """The content of one knowledge file, by its path below this folder.

    It is cached and shared: treat it as read-only.

    Args:
        name: relative to this folder, e.g. ``rules.yml``.

    Returns:
        what YAML makes of it: dicts, lists, texts, numbers; None for an empty file.

    Raises:
        OSError: no such file.
        yaml.YAMLError: the file is no YAML.
    """
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def line_of(name: str, word: str) -> int:
    """The first line of a knowledge file where a word stands, counted from 1; 0 where it does not.

    Args:
        name: as for ``load``.
        word: looked for as it stands, anywhere in a line.
    """
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if word in line), 0)
