"""A plan that was written → what was done, on what grounds, and what to do next, in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.filing.plan import Plan


def summary(plan: Plan, written: Sequence[Path]) -> str:
    """What was done and what to do next, in both languages, for a person."""
    doubtful = len(plan.filed.report.figures) - plan.filed.report.cells_stated
    severities = [finding.severity.value for finding in plan.filed.findings]
    counts = (severities.count("error"), severities.count("warning"))
    lines = ["收录 filed"]
    lines += [f"  {path.as_posix()}" for path in written]
    lines += ["", "依据 grounds"]
    lines += [f"  {zh}\n    {en}" for zh, en in ((note.zh, note.en) for note in plan.notes)]
    lines += ["", "下一步 next"]
    steps = [
        (
            f"对照原件看上面的表：{doubtful} 格没有数字，{counts[0]} 处错误，{counts[1]} 处提醒",
            f"compare the tables above with the original: {doubtful} cells without a figure, {counts[0]} errors, {counts[1]} warnings",
        )
    ]
    if plan.is_new_agency:
        steps.append(("看一遍 agency.yml 的名称和地名", "read the names and places in agency.yml once"))
    if not plan.filed.source.url:
        steps.append(
            (
                f"知道网址的话，写进 {plan.filed.source.path.stem}.yml 的 source_url",
                f"if you know the address, write it under source_url in {plan.filed.source.path.stem}.yml",
            )
        )
    steps.append(("运行 make check，再把这些文件提交", "run make check, then commit these files"))
    lines += [f"  {number}. {zh}\n     {en}" for number, (zh, en) in enumerate(steps, 1)]
    return "\n".join(lines)
