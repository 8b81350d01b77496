"""A file that is not read at all, as an exception that carries its finding. Its words stand in ``findings.yml``."""

from __future__ import annotations

from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.formats import by_extension
from pipeline.knowledge.messages import message
from pipeline.model.findings import Finding, Location, PipelineError
from pipeline.model.text import Text


class RefusedError(PipelineError):
    """Nothing of this file is read; ``finding`` says why and what a person can do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(
            f"{finding.code}：{finding.message_zh}{finding.hint_zh}",
            f"{finding.code}: {finding.message_en} {finding.hint_en}",
        )
        self.finding = finding

    def __reduce__(self) -> tuple[type[RefusedError], tuple[Finding]]:
        """So that it survives the way from a worker process."""
        return RefusedError, (self.finding,)


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
