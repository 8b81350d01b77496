"""The crosswalk of two forms, cell by cell. Comes in: lines with patterns. Goes out: pairs of cells; none is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from pipeline.knowledge.messages import wrong
from pipeline.model.form import Form

Line = Mapping[str, Any]


def crosswalk(lines: Sequence[Line], old: Form, new: Form) -> Iterator[tuple[Line, str, str]]:
    """Each cell of both forms with the line that is about it: line, old cell, new cell; an empty text is no cell.

    The first line that fits a cell counts. ``*`` stands for any row or column, the same on both sides; ``a + b`` are
    several new cells.

    Args:
        lines: of ``crosswalk.yml``, in their order: ``from``, ``to`` and what they say.
        old, new: the two forms; only cells that hold figures count.

    Raises:
        PipelineError: a cell that no line is about.
    """
    before, after = [str(key) for key in old.cell_keys()], [str(key) for key in new.cell_keys()]
    left, open_new = dict.fromkeys(before), dict.fromkeys(after)
    for line in lines:
        for cell in [cell for cell in left if line["from"] and _matches(line["from"], cell)]:
            targets = [_filled(one, line["from"], cell) for one in (line["to"] or "").split(" + ") if one]
            if not all(target in after for target in targets):
                continue
            del left[cell]
            for target in targets or [""]:
                open_new.pop(target, None)
                yield line, cell, target
        if not line["from"]:
            for cell in [cell for cell in open_new if _matches(line["to"], cell)]:
                del open_new[cell]
                yield line, "", cell
    if rest := [*left, *open_new]:
        raise wrong("crosswalk_incomplete", cells=", ".join(rest))


@cache
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(re.escape(words).replace(r"\*", "([a-z0-9_]+)"))


def _matches(words: str, cell: str) -> bool:
    return _pattern(words).fullmatch(cell) is not None


def _filled(target: str, words: str, cell: str) -> str:
    """A new cell with what the stars of the old one stand for; both have theirs in the same order."""
    found = _pattern(words).fullmatch(cell)
    for part in found.groups() if found else ():
        target = target.replace("*", part, 1)
    return target
