"""An address from which nothing is taken, as an exception that carries its finding."""

from __future__ import annotations

from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.messages import message
from pipeline.model.findings import Finding, Location, PipelineError
from pipeline.model.text import Text


class NotFetchedError(PipelineError):
    """Nothing was taken from an address.

    Args:
        finding: says why, and what a person can do.
        said: the reason alone.
        is_gone: whether the server says that there is no such page.
    """

    def __init__(self, finding: Finding, said: Text, *, is_gone: bool = False) -> None:
        super().__init__(
            f"{finding.code}：{finding.message.zh}{finding.hint.zh}",
            f"{finding.code}: {finding.message.en} {finding.hint.en}",
        )
        self.finding, self.said, self.is_gone = finding, said, is_gone


def not_fetched(kind: str, code: str, *, is_gone: bool = False, **values: object) -> NotFetchedError:
    """The refusal of an address; raise what it returns.

    Args:
        kind: the code of the finding, S103 to S107.
        code: of the sentence that says why.
        is_gone: whether the server says that there is no such page.
        **values: what the sentence waits for.
    """
    why = message(code, **values)
    finding = finding_kinds()[kind](Location(), why_zh=why.zh, why_en=why.en)
    return NotFetchedError(finding, why, is_gone=is_gone)
