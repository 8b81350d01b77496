"""A file that is not read at all: its refusal, which carries the finding. Its words stand in ``findings.yml``."""

from __future__ import annotations

from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.formats import by_extension
from pipeline.knowledge.messages import message
from pipeline.model.findings import Location
from pipeline.model.findings import RefusedError as RefusedError
from pipeline.model.text import Text


def refusal(kind: str, code: str = "", *, limit: object = "", **values: object) -> RefusedError:
    """The refusal of a file; raise what it returns.

    Args:
        kind: the code of the finding, D102 to D108.
        code: of the sentence that says what is wrong with this file; empty where the finding says it all.
        limit: the bound that was passed, with its unit.
        **values: what the sentence waits for.
    """
    what = message(code, **values) if code else Text("", "")
    make, extensions = finding_kinds()[kind], ", ".join(by_extension())
    return RefusedError(
        make(Location(), what_zh=what.zh, what_en=what.en, limit=limit, extensions=extensions)
    )
