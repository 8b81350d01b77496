"""The codes of findings, with their words and severity: ``findings.yml``."""

from __future__ import annotations

from functools import cache

from pipeline import knowledge
from pipeline.model.findings import FindingKind, Severity
from pipeline.model.text import Text

# Too slow or too large for this machine, a program that is not there, a crash: they say nothing about the report.
OF_THE_MACHINE = frozenset({"D104", "D107", "X001"})


@cache
def finding_kinds() -> dict[str, FindingKind]:
    """The words of every finding that is no rule, by code."""
    return {
        code: FindingKind(
            code=code,
            severity=Severity(entry["severity"]),
            title=Text(entry["zh"], entry["en"]),
            message=Text(entry["message_zh"], entry["message_en"]),
            hint=Text(entry["hint_zh"], entry["hint_en"]),
            example=entry.get("example", ""),
        )
        for code, entry in knowledge.load("findings.yml").items()
    }
