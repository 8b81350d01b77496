"""A file that is not read at all, as an exception that carries its finding. Its words stand in ``findings.yml``."""

from __future__ import annotations

from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.formats import by_extension
from pipeline.model.findings import Finding, Location, PipelineError


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


def refusal(code: str, what_zh: str = "", what_en: str = "", limit: object = "") -> RefusedError:
    """The refusal with the words of one of the codes D102 to D108; raise what it returns."""
    extensions = ", ".join(by_extension())
    return RefusedError(
        finding_kinds()[code](
            Location(), what_zh=what_zh, what_en=what_en, limit=limit, extensions=extensions
        )
    )
