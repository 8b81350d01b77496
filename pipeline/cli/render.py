"""Reports and findings as text for people and programs: the same objects, several renderings. Prints nothing itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.messages import listed, wrong
from pipeline.knowledge.rules import rules
from pipeline.model.document import Document, Grid
from pipeline.model.figure import CellKey, Figure, Status, json_number, plain
from pipeline.model.findings import Finding, PipelineError, Severity
from pipeline.model.form import Table
from pipeline.model.outcome import CheckedReport
from pipeline.model.report import Report
from pipeline.safety.escape import markdown

MOST_ANNOTATIONS = 10  # GitHub shows no more of each severity
STATUS_SIGNS = {
    Status.REPORTED: "",
    Status.RESOLVED: "≈",
    Status.BLANK: "␣",
    Status.MARK: "",
    Status.ABSENT: "∅",
    Status.UNREADABLE: "?!",
    Status.AMBIGUOUS: "??",
    Status.RECOGNISED: "°",
    Status.UNCONFIRMED: "¿",
}
LEGEND = (
    "  ≈ 由合计确定 placed by the sums · ␣ 空白 blank · ∅ 没有这一格 no such cell",
    "  ?? 看不出在哪一列 column cannot be told · ?! 读不出 unreadable",
    "  ° 从图片认出 read from a picture · ¿ 从图片认出，有待确认 read from a picture, in doubt",
)


def report_json(name: str, report: Report) -> str:
    """One line of JSON in the form that DESIGN §4 fixes.

    ``published`` is the date that tells whether a report was on time; ``published_by`` says what it is: ``page``, a
    printed date of publication, ``signature`` where none is printed, or null where there is no date at all.

    Args:
        name: of the file.
        report: of it.
    """
    printed_by = "page" if report.published else "signature" if report.signed else None
    tables: dict[str, Any] = {}
    for (table, row, column), figure in report.figures.items():
        tables.setdefault(table, {}).setdefault(row, {})[column] = _figure_json(figure)
    return json.dumps(
        {
            "file": name,
            "agency": report.agency,
            "year": report.year,
            "template": report.form.key,
            "scope": report.scope,
            "published": report.dated.isoformat() if report.dated else None,
            "published_by": printed_by,
            "signed": report.signed.isoformat() if report.signed else None,
            "title": report.title,
            "tables": tables,
            "sections": [{"key": s.key, "title": s.title, "text": s.text} for s in report.sections],
            "findings": [finding_json(finding) for finding in report.findings],
        },
        ensure_ascii=False,
    )


def _figure_json(figure: Figure) -> dict[str, Any]:
    found: dict[str, Any] = {
        "value": None if figure.value is None else json_number(figure.value),
        "raw": figure.raw,
        "status": figure.status.value,
        "place": figure.place,
    }
    return found | ({"unit": figure.unit} if figure.unit else {})


def finding_json(finding: Finding) -> dict[str, str]:
    """A finding as an object of strings; ``message`` is Chinese, ``message_en`` English.

    Args:
        finding: of a cell, a row, a table or the whole report; what it has no place in is "".
    """
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "table": finding.at.table,
        "row": finding.at.row,
        "column": finding.at.column,
        "place": finding.at.source,
        "message": finding.message.zh,
        "message_en": finding.message.en,
        "hint": finding.hint.zh,
        "hint_en": finding.hint.en,
        "reported": finding.reported,
        "expected": finding.expected,
    }


def report_text(name: str, report: Report) -> str:
    """What was read, for a person: identity, the tables with doubtful cells marked, the findings.

    Args:
        name: of the file.
        report: of it.
    """
    stated = report.cells_stated
    lines = [
        f"{name}",
        f"  机关 agency     {report.agency or '（未写明 not stated）'}",
        f"  年度 year       {report.year or '（未写明 not stated）'}",
        f"  日期 date       {report.dated or '（未写明 not stated）'}",
        f"  格式 form       {report.form.key} {report.form.number}",
        f"  数字 figures    {stated} / {len(report.figures)}",
    ]
    for table in report.form.tables:
        lines += ["", f"  {table.zh}", *_table_text(table, report)]
    lines += ["", *LEGEND]
    lines += ["", *(finding_text("  ", finding) for finding in report.findings)]
    return "\n".join(lines)


def _table_text(table: Table, report: Report) -> list[str]:
    lines = []
    for part in table.parts:
        lines.append(f"    {' | '.join(column.zh for column in part.columns)}")
        for row in part.rows:
            name = f"{'  ' * row.depth}{row.item.short_zh}"
            if row.is_group:
                lines.append(f"    {name}")
                continue
            cells = [
                _cell_text(report.figures[CellKey(table.key, row.item.key, column.key)])
                for column in part.columns
            ]
            lines.append(f"    {' | '.join(cells):<32} {name}")
    return lines


def _cell_text(figure: Figure) -> str:
    if figure.status is Status.MARK:
        return figure.raw
    return f"{plain(figure.value)}{STATUS_SIGNS[figure.status]}"


def finding_text(indent: str, finding: Finding, report_id: str = "") -> str:
    """A finding in two lines, Chinese and English, with its place.

    Args:
        indent: blanks before each line.
        finding: of one report.
        report_id: "" where it is plain whose it is.
    """
    place = ":".join(part for part in (report_id, finding.at.cell) if part)
    place += f" ({finding.at.source})" if finding.at.source else ""
    hint_zh = f" → {finding.hint.zh}" if finding.hint.zh else ""
    hint_en = f" → {finding.hint.en}" if finding.hint.en else ""
    return (
        f"{indent}{place}: {finding.severity} {finding.code}: {finding.message.zh}{hint_zh}\n"
        f"{indent}    {finding.message.en}{hint_en}"
    )


def findings(filed: Sequence[CheckedReport], style: str) -> str:
    """All findings of all reports in one of the styles text, json, github, markdown.

    Args:
        filed: all reports; without a finding the list is empty and the text says 0.
        style: one of them.
    """
    pairs = [(one, finding) for one in filed for finding in one.findings]
    pairs.sort(key=lambda pair: (pair[1].severity.rank, pair[0].source.report_id, pair[1].sort_key))
    if style == "json":
        rows = [{"report_id": one.source.report_id, **finding_json(finding)} for one, finding in pairs]
        return json.dumps(rows, ensure_ascii=False, indent=2)
    if style == "github":
        return "\n".join(_annotations(pairs))
    count = {severity: sum(finding.severity is severity for _, finding in pairs) for severity in Severity}
    summary = (
        f"{len(filed)} 份报告 reports · {count[Severity.ERROR]} 处错误 errors · "
        f"{count[Severity.WARNING]} 处提醒 warnings · {count[Severity.INFO]} 处备注 notes"
    )
    if style == "markdown":
        head = "| 报告 report | 代码 code | 位置 place | 说明 message |\n|---|---|---|---|"
        rows_md = [
            f"| {one.source.report_id} | {finding.severity} {finding.code} | {markdown(finding.at.cell)} {markdown(finding.at.source)} "
            f"| {markdown(finding.message.zh)}<br>{markdown(finding.message.en)} |"
            for one, finding in pairs
        ]
        return "\n".join([summary, "", head, *rows_md])
    return "\n".join([*(finding_text("", finding, one.source.report_id) for one, finding in pairs), summary])


def _annotations(pairs: Sequence[tuple[CheckedReport, Finding]]) -> list[str]:
    """Workflow commands for the worst findings; more of a kind than GitHub shows are left out."""
    lines, used = [], dict.fromkeys(Severity, 0)
    for one, finding in pairs:
        used[finding.severity] += 1
        if used[finding.severity] > MOST_ANNOTATIONS:
            continue
        kind = {"error": "error", "warning": "warning", "info": "notice"}[finding.severity.value]
        line = finding.at.source.removeprefix("line ").split(",")[0]
        where = f"file={workflow_property(str(one.source.path.as_posix()))}"
        where += f",line={line}" if line.isdigit() else ""
        title = workflow_property(f"{finding.code} {finding.at.cell}")
        lines.append(
            f"::{kind} {where},title={title}::{workflow_data(finding.message.zh)} {workflow_data(finding.message.en)}"
        )
    return lines


def workflow_data(text: str) -> str:
    """Text from anywhere as the message of a workflow command: one line, and no command of its own.

    Args:
        text: a stranger's; "" stays "".
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def workflow_property(text: str) -> str:
    """The same as a property of a workflow command, such as a file or title.

    Args:
        text: a stranger's; "" stays "".
    """
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")


def refusal(name: str, error: PipelineError | OSError) -> str:
    """One clear line on a file that could not be read.

    Args:
        name: of the file.
        error: why not.
    """
    if isinstance(error, PipelineError):
        return f"{name}: {error.zh} / {error.en}"
    return f"{name}: 打不开文件 / cannot be opened: {error.strerror}"


def document_text(document: Document) -> str:
    """A document as its reader sees it, a block at a time: for mending a reader.

    Args:
        document: without blocks there is no line.
    """
    lines = []
    for block in document.blocks:
        if isinstance(block, Grid):
            lines.append(f"GRID {block.layout}")
            lines += [
                f"  {row[0].place if row else ''}: " + " | ".join(cell.text or "·" for cell in row)
                for row in block.rows
            ]
        else:
            lines.append(f"PARAGRAPH {block.place}: {block.text}")
    return "\n".join(lines)


def explanation(code: str) -> str:
    """The explanation of one code.

    Args:
        code: of a rule or a kind of finding, in capitals or not.

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
    return "\n".join(
        [
            f"{code} · {rule.title.zh} · {rule.title.en}",
            f"  公式 formula      {rule.formula.zh}",
            f"                    {rule.formula.en}",
            f"  解释 meaning      {rule.explain.zh}",
            f"                    {rule.explain.en}",
            f"  依据 basis        {rule.basis.zh} · {rule.basis.en} ({rule.rule_class})",
            f"  例外 exceptions   {rule.breaks.zh} · {rule.breaks.en}",
            f"  例 example        {rule.example}",
            f"  严重程度 severity {rule.severity}",
        ]
    )


def _kind(code: str) -> str:
    kind = finding_kinds()[code]
    return "\n".join(
        [
            f"{code} · {kind.title.zh} · {kind.title.en}",
            f"  说明 meaning      {kind.message.zh}",
            f"                    {kind.message.en}",
            f"  怎么办 next step  {kind.hint.zh}",
            f"                    {kind.hint.en}",
            f"  严重程度 severity {kind.severity}",
        ]
    )
