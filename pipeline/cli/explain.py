"""A rule or finding code in words, Chinese and English. Everything it says stands in ``knowledge/``."""

from __future__ import annotations

from difflib import get_close_matches

from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.messages import listed, wrong
from pipeline.knowledge.rules import rules


def explain(code: str) -> str:
    """The explanation of one code.

    Raises:
        PipelineError: there is no such code; the message names similar ones.
    """
    wanted = code.upper()
    if wanted in rules():
        return _rule(wanted)
    if wanted in finding_kinds():
        return _kind(wanted)
    codes = [*rules(), *finding_kinds()]
    near = get_close_matches(wanted, codes, n=3, cutoff=0.4) or codes
    raise wrong("no_such_rule", code=code, near=listed(near))


def _rule(code: str) -> str:
    rule = rules()[code]
    words = rule.words
    return "\n".join(
        [
            f"{code} · {words['zh']} · {words['en']}",
            f"  公式 formula      {words['formula_zh']}",
            f"                    {words['formula_en']}",
            f"  解释 meaning      {words['explain_zh']}",
            f"                    {words['explain_en']}",
            f"  依据 basis        {words['basis_zh']} · {words['basis_en']} ({rule.rule_class})",
            f"  例外 exceptions   {words['breaks_zh']} · {words['breaks_en']}",
            f"  例 example        {words['example']}",
            f"  严重程度 severity {rule.severity}",
        ]
    )


def _kind(code: str) -> str:
    kind = finding_kinds()[code]
    return "\n".join(
        [
            f"{code} · {kind.title_zh} · {kind.title_en}",
            f"  说明 meaning      {kind.message_zh}",
            f"                    {kind.message_en}",
            f"  怎么办 next step  {kind.hint_zh}",
            f"                    {kind.hint_en}",
            f"  严重程度 severity {kind.severity}",
        ]
    )
