"""A plan that was written → what was done, on what grounds, and what to do next, in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.filing.plan import Plan
from pipeline.knowledge.messages import message


def summary(plan: Plan, written: Sequence[Path]) -> str:
    """What was done and what to do next, in both languages, for a person.

    Args:
        plan: what was done.
        written: the files, in the order in which they are shown.
    """
    doubtful = len(plan.filed.report.figures) - plan.filed.report.cells_stated
    severities = [finding.severity.value for finding in plan.filed.findings]
    counts = (severities.count("error"), severities.count("warning"))
    lines = ["收录 filed"]
    lines += [f"  {path.as_posix()}" for path in written]
    lines += ["", "依据 grounds"]
    lines += [f"  {note.said.zh}\n    {note.said.en}" for note in plan.notes]
    lines += ["", "下一步 next"]
    steps = [message("next_compare", doubtful=doubtful, errors=counts[0], warnings=counts[1])]
    if plan.is_new_agency:
        steps.append(message("next_names"))
    if not plan.filed.source.url:
        steps.append(message("next_address", stem=plan.filed.source.path.stem))
    steps.append(message("next_commit"))
    lines += [f"  {number}. {zh}\n     {en}" for number, (zh, en) in enumerate(steps, 1)]
    return "\n".join(lines)
