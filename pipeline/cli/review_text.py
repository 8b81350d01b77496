"""A review as text: the job summary in Markdown, annotations for the files, lines for a terminal. Both languages, Chinese first.

Every word of a report, of a file's name or of a pull request is written by a stranger: it is escaped wherever it goes.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.checks.messages import cell_in_words
from pipeline.cli.render import LEGEND, MOST_ANNOTATIONS, STATUS_SIGNS, workflow_data, workflow_property
from pipeline.filing.inbox import FOLDER, SIDE_ENDINGS, Entry
from pipeline.knowledge.forms import columns, forms, items
from pipeline.knowledge.rules import rules
from pipeline.model.figure import CellKey, Figure, Status, plain
from pipeline.model.findings import Finding, Severity
from pipeline.model.form import Part, Table
from pipeline.model.outcome import CheckedReport
from pipeline.model.report import Report
from pipeline.review.compare import CellChange, Review, Reviewed
from pipeline.review.doubts import IN_DOUBT
from pipeline.review.paths import REPORTS
from pipeline.safety.escape import is_web_address, markdown, visible

MOST_BYTES = 1_000_000  # GitHub drops the whole summary at 1 MiB
MOST_CHANGES = 200  # figures listed one by one
MOST_FINDINGS = 60  # of one report
MOST_EVENT = 25 * 1024 * 1024
LONGEST = 300  # characters of one text from outside
SIGNS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}
KINDS = {"added": "新增 added", "changed": "改动 changed", "removed": "减少 removed"}
CUT = "\n\n---\n✂️ 内容太长，到此为止；全部内容请在本机运行 `make review`。 Cut here for length; run `make review` for all of it.\n"


def summary(review: Review, body: str = "") -> str:
    """The job summary, below the size that GitHub takes.

    Args:
        review: what was found.
        body: the text of the pull request; what it says of a source that no file says is repeated as a file to add.
    """
    first = [_head(review), *_faults(review), *_unread(review), *_side_file(review, body)]
    last = [*_data_diff(review), *_elsewhere(review), _foot(review)]
    # Of many reports those that fit; what changes in the data is told in any case, as far as it fits by itself.
    room = MOST_BYTES - sum(map(_size, (*first, *last)))
    reports = list(_within((_report(one, review) for one in review.reports), max(room, 0)))
    return "\n\n".join(_within([*first, *reports, *last], MOST_BYTES)) + "\n"


def _size(part: str) -> int:
    return len(part.encode()) + 2


def _within(parts: Iterable[str], room: int) -> Iterator[str]:
    """As many whole parts as fit; each closes what it opens, so a cut never leaves a tag open."""
    left, waiting = room, list(parts)
    if sum(map(_size, waiting)) <= room:
        yield from waiting
        return
    left -= _size(CUT)
    for part in waiting:
        left -= _size(part)
        if left < 0:
            yield CUT
            return
        yield part


def _md(text: str) -> str:
    short = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return str(markdown(short))


def _head(review: Review) -> str:
    verdict = (
        "❌ 有必须改的地方 · Something must be mended"
        if review.is_refused
        else "✅ 可以合并 · Ready to merge"
        if review.changed
        else "✅ 没有改动 · Nothing changes"
    )
    counts = (
        f"{len(review.reports)} 份报告 reports · {review.count(Severity.ERROR)} 处错误 errors · "
        f"{review.count(Severity.WARNING)} 处提醒 warnings · {review.count(Severity.INFO)} 处备注 notes"
    )
    jumps = sum(bool(change.jump) for change in review.cells)
    diff = f"{len(review.cells)} 个数字变化 figures differ" + (f" · {jumps} 处突变 jumps" if jumps else "")
    refused = len(review.entries) + len(review.faults)
    more = f" · {refused} 个文件没有收录或有错 files not filed or wrong" if refused else ""
    return f"# {verdict}\n\n{counts} · {diff}{more}"


def _faults(review: Review) -> Iterator[str]:
    rows = [f"| {_md(fault.path)} | {_md(fault.zh)}<br>{_md(fault.en)} | |" for fault in review.faults] + [
        _refused(entry) for entry in review.entries
    ]
    if rows:
        yield "\n".join(
            [
                "## 必须先改 · To be mended first",
                "",
                "| 文件 file | 哪里不对 what is wrong | 怎么改 how to mend |",
                "|---|---|---|",
                *rows,
            ]
        )
    for entry in review.entries:
        if entry.report:
            yield _tables(f"没有收录，但读到了 · Not filed, but read: {_md(entry.name)}", entry.report)


def _refused(entry: Entry) -> str:
    finding = entry.finding
    if finding is None:
        return ""
    return (
        f"| {_md(entry.name)} | {finding.code}: {_long(finding.message_zh)}<br>{_long(finding.message_en)} "
        f"| {_md(finding.hint_zh)}<br>{_md(finding.hint_en)} |"
    )


def _long(text: str) -> str:
    """A message of several lines, such as the agencies to choose from."""
    return "<br>".join(_md(line) for line in text.splitlines()[:40])


ADDRESS = re.compile(
    r"^\W*(?:来源地址|source[_ ]url)[^:：\n]*[:：]\s*<?(http\S{4,500}?)>?\s*$",
    re.MULTILINE | re.IGNORECASE,
)


def _side_file(review: Review, body: str) -> Iterator[str]:
    """The pull request names an address that no file has: the file to add, ready to copy. Nothing is taken from here."""
    found = ADDRESS.search(body)
    files = [one for one in review.reports if one.path.split("/")[2] == "inbox" and not one.filed.source.url]
    if found and is_web_address(found[1]) and len(files) == 1:
        name = files[0].path.rpartition("/")[2]
        beside = {f"{base}{ending}" for base in (name, Path(name).stem) for ending in SIDE_ENDINGS}
        there = sorted(
            path.rpartition("/")[2] for path in review.changed if path.rpartition("/")[2] in beside
        )
        side = there[0] if there else f"{name}.yml"
        zh, en = ("在已有的文件里加一行", "add a line to the file") if there else ("加一个文件", "add a file")
        yield (
            f"## 来源地址 · Source address\n\n说明里写了来源地址。要让它进入数据，请在收件箱里{zh} <code>{_md(side)}</code>，内容是：\n"
            f"*The description names an address. To have it in the data, {en} in the inbox:*\n\n"
            f"<pre>source_url: {_md(found[1])}</pre>"
        )


def _unread(review: Review) -> Iterator[str]:
    """Paths that nothing reads, by name: whoever put a report there learns it here."""
    if review.unread:
        listed = "、".join(_md(path) for path in review.unread[:MOST_FINDINGS])
        where = f"{REPORTS}/{FOLDER}/"
        yield (
            f"## 没有读的文件 · Not read\n\n{listed}\n\n是年报的话请放进 `{where}`；不是就不用管。"
            f" *A report belongs into `{where}`; anything else is fine.*"
        )


def _new_agency(one: Reviewed, review: Review) -> list[str]:
    """What whoever merges has to look at once and for all."""
    key = one.filed.source.agency.id
    if key not in review.new_agencies:
        return []
    return [
        f"- 🆕 **新机关 new agency**：编号将永远是 its id will for ever be `{key}`。请核对名称、区划和职能；"
        "不对就在收件箱的同名 .yml 里写 `agency: 区划代码-职能`。"
        " *Check name, division and function; if it is wrong write `agency: CODE-FUNCTION` into a .yml of the same name in the inbox.*"
    ]


def _report(one: Reviewed, review: Review) -> str:
    source, report = one.filed.source, one.filed.report
    new = "新增 new" if one.is_new else "改动 changed"
    printed = report.agency or "（未写明 not stated）"
    title = f"{source.agency.name_zh} {source.year} · {new}"
    lines = [
        f"## {_md(title)}",
        "",
        f"- 文件 file: {_md(one.path)}",
        f"- 收录为 filed as: `{source.report_id}`",
        f"- 机关 agency: {_md(source.agency.name_zh)}，报告印的是 printed: {_md(printed)}",
        *_new_agency(one, review),
        f"- 年度 year: {source.year} · 日期 date: {report.dated or '—'} · 格式 form: {report.form.key} {_md(report.form.number)}",
        f"- 来源地址 source address: {_md(source.url) or '（没有 none）'}",
        f"- 有数的格 cells stated: {report.cells_stated} / {len(report.figures)}",
        *_doubts(one),
        "",
        _findings(one.filed.findings),
        "",
        _tables("读到的三张表，请对照原件 · The tables as read; compare with the original", report),
    ]
    return "\n".join(lines)


def _doubts(one: Reviewed) -> Iterator[str]:
    """Where the cells in doubt of a picture are settled."""
    if one.form:
        count = sum(finding.code == IN_DOUBT for finding in one.filed.findings)
        yield (
            f"- **{count} 格从图片认出，有待确认 cells to settle**：附件 pages 里的 `{form_path(one)}` 有每一格的小图和表单；"
            f"填好下载，作为 {_md(one.answers)} 提交。 The artifact has a picture of each and a form; commit the file that it gives."
        )


def form_path(one: Reviewed) -> str:
    """Where the form of a report lies among the pages of a review."""
    return f"doubts/{one.filed.source.report_id}.html"


def _findings(found: Sequence[Finding]) -> str:
    if not found:
        return "没有发现问题。 Nothing was found wrong."
    rows = [
        f"| {SIGNS[finding.severity]} {finding.code} | {_place(finding)} | {_long(finding.message_zh)}<br>{_long(finding.message_en)} "
        f"| {_why(finding)} | {_md(finding.hint_zh)}<br>{_md(finding.hint_en)} |"
        for finding in found[:MOST_FINDINGS]
    ]
    more = len(found) - MOST_FINDINGS
    if more > 0:
        rows.append(f"| … | | 还有 {more} 处 · {more} more | | |")
    return "\n".join(
        [
            "| 代码 code | 位置 place | 说明 what | 为什么查 why | 怎么办 how to mend |",
            "|---|---|---|---|---|",
            *rows,
        ]
    )


def _place(finding: Finding) -> str:
    at = finding.at
    if at.row and at.column:
        words = cell_in_words(CellKey(at.table, at.row, at.column), "zh")
    else:
        row, column = items().get(at.row), columns().get(at.column)
        words = row.short_zh if row else column.zh if column else at.cell
    return "<br>".join(_md(text) for text in (words, at.source) if text)


def _why(finding: Finding) -> str:
    """Why the rule exists, from ``rules.yml``; a finding about the reading explains itself."""
    rule = rules().get(finding.code)
    if rule is None:
        return "读取时发现 · found while reading"
    return f"{_md(rule.words['explain_zh'])}<br>{_md(rule.words['explain_en'])}"


def _tables(title: str, report: Report) -> str:
    """The tables of the form as Markdown; folded, since they are long."""
    shown = "\n\n".join(_table(table, report) for table in report.form.tables)
    legend = " · ".join(line.strip() for line in LEGEND)
    return f"<details><summary>{title}</summary>\n\n{shown}\n\n{legend}\n\n</details>"


def _table(table: Table, report: Report) -> str:
    parts = "\n\n".join(_part(table, part, report) for part in table.parts)
    return f"**{_md(table.zh)} · {_md(table.en)}**\n\n{parts}"


def _part(table: Table, part: Part, report: Report) -> str:
    lines = [
        f"| {_md(part.zh)} | {' | '.join(_md(column.zh) for column in part.columns)} |",
        f"|---|{'---:|' * len(part.columns)}",
    ]
    for row in part.rows:
        name = "　" * row.depth + _md(row.item.short_zh)
        if row.is_group:
            lines.append(f"| {name} |{' |' * len(part.columns)}")
            continue
        cells = [
            _cell(report.figures[CellKey(table.key, row.item.key, column.key)]) for column in part.columns
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(figure: Figure) -> str:
    """The number; a doubtful cell in bold, with its sign and what is printed there."""
    if figure.status is Status.REPORTED:
        return plain(figure.value)
    if figure.status is Status.MARK:
        return _md(figure.raw)
    number = plain(figure.value)
    raw = f" “{_md(figure.raw)}”" if figure.raw and figure.raw != number else ""
    return f"**{number}{STATUS_SIGNS[figure.status]}**{raw}"


def _data_diff(review: Review) -> Iterator[str]:
    if not review.cells and not review.removed:
        return
    counts = Counter((change.cell[0], change.kind) for change in review.cells)
    tables = {table.key: table for form in forms().values() for table in form.tables}
    lines = [
        "## 数据的变化 · What changes in the data",
        "",
        f"| 表 table | {' | '.join(KINDS.values())} |",
        "|---|---:|---:|---:|",
        *(
            f"| {_md(table.zh)} · {_md(table.en)} | {' | '.join(str(counts[key, kind]) for kind in KINDS)} |"
            for key, table in tables.items()
        ),
    ]
    if review.removed:
        lines += [
            "",
            f"⚠️ 不再有的报告 · Reports that are gone: {'、'.join(_md(one) for one in review.removed)}",
        ]
    yield "\n".join(lines)
    jumps = [change for change in review.cells if change.jump]
    if jumps:
        yield _changes("### 突变：与改前或上一年相差十倍以上 · Jumps: more than tenfold", jumps)
    altered = [change for change in review.cells if change.kind != "added"]
    if altered:
        yield _changes("### 改动和减少的数字 · Figures changed and removed", altered)


def _changes(title: str, changes: Sequence[CellChange]) -> str:
    rows = [
        f"| `{change.report_id}` | {_md(cell_in_words(change.cell, 'zh'))} | {_value(change.before)} | {_value(change.after)} | {_md(change.jump)} |"
        for change in changes[:MOST_CHANGES]
    ]
    if (more := len(changes) - MOST_CHANGES) > 0:
        rows.append(f"| … | 还有 {more} 个 · {more} more | | | |")
    head = "| 报告 report | 格 cell | 原来 before | 现在 after | 对比 compared with |"
    return "\n".join([title, "", head, "|---|---|---:|---:|---:|", *rows])


def _value(value: str | None) -> str:
    return "（没有报告 no report）" if value is None else _md(value) or "（没有数 not stated）"


def _elsewhere(review: Review) -> Iterator[str]:
    if review.elsewhere:
        rows = [
            f"| `{one.source.report_id}` | {SIGNS[finding.severity]} {finding.code} | {_md(finding.message_zh)}<br>{_md(finding.message_en)} |"
            for one, finding in review.elsewhere[:MOST_FINDINGS]
        ]
        yield "\n".join(
            [
                "## 因此在别的报告里发现的 · Found in other reports because of this (does not block)",
                "",
                "| 报告 report | 代码 code | 说明 what |",
                "|---|---|---|",
                *rows,
            ]
        )


def _foot(review: Review) -> str:
    code = (
        "这次还改了程序或说明，另一项检查会跑全部测试。 Code or documents change too: the other job runs all tests.\n\n"
        if review.touches_code
        else ""
    )
    return (
        f"---\n{code}对比的基础 compared with: `{_md(review.base)}` · 本机同样一份 the same on your machine: `make review` · "
        "一条规则的说明 a rule explained: `python -m pipeline explain CODE`"
    )


def annotated(review: Review) -> list[str]:
    """Workflow commands for at most ten faults and findings, the worst first, on the lines of the files."""
    found = [("error", f.path, "", "", f.zh, f.en) for f in review.faults]
    found += [
        (
            "error",
            f"datapackage/reports/inbox/{e.name}",
            "",
            e.finding.code,
            e.finding.message_zh,
            e.finding.message_en,
        )
        for e in review.entries
        if e.finding
    ]
    pairs = [(one, finding) for one in review.reports for finding in one.filed.findings]
    pairs.sort(key=lambda pair: (pair[1].severity.rank, pair[0].path, pair[1].sort_key))
    found += [(*_where(one, finding), finding.message_zh, finding.message_en) for one, finding in pairs]
    lines = []
    for kind, path, line, title, zh, en in found[:MOST_ANNOTATIONS]:
        where = f"file={workflow_property(path)}" + (f",line={line}" if line else "")
        lines.append(
            f"::{kind} {where},title={workflow_property(title)}::{workflow_data(zh)} {workflow_data(en)}"
        )
    return lines


def _where(one: Reviewed, finding: Finding) -> tuple[str, str, str, str]:
    kind = {"error": "error", "warning": "warning", "info": "notice"}[finding.severity.value]
    line = finding.at.source.removeprefix("line ").split(",")[0]
    line = line if line.isdigit() and finding.at.source.startswith("line ") else ""
    return kind, one.path, line, f"{finding.code} {finding.at.cell}".strip()


def lines(review: Review) -> Iterator[str]:
    """The same in short for a terminal, without characters that could lead it astray."""
    for fault in review.faults:
        yield _printed(f"❌ {fault.path}: {fault.zh}\n   {fault.en}")
    for entry in review.entries:
        if entry.finding:
            yield _printed(f"❌ {entry.name}: {entry.finding.message_zh}\n   {entry.finding.message_en}")
    for one in review.reports:
        yield _printed(f"{one.path} → {one.filed.source.report_id}: {_stated(one.filed)}")
        for finding in one.filed.findings:
            at = " ".join(part for part in (finding.at.cell, finding.at.source) if part)
            yield _printed(
                f"  {SIGNS[finding.severity]} {finding.code} {at}: {finding.message_zh}\n      {finding.message_en}"
            )
    for path in review.unread:
        yield _printed(f"? {path}: 没有读 not read")
    for change in review.cells:
        if change.kind != "added" or change.jump:
            yield _printed(
                f"  Δ {change.report_id} {'/'.join(change.cell)}: {change.before or '∅'} → {change.after or '∅'}"
            )


def _stated(filed: CheckedReport) -> str:
    return f"{filed.report.cells_stated} / {len(filed.report.figures)} 格有数 cells stated"


def inbox_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """What became of each file of the inbox, a few lines each."""
    if not entries:
        yield "收件箱是空的 the inbox is empty"
    for entry in entries:
        if entry.plan:
            yield _printed(
                f"✅ {entry.name} → {entry.plan.filed.source.report_id}: {_stated(entry.plan.filed)}"
            )
            for note in entry.plan.notes:
                yield _printed(f"   · {note.said.zh} · {note.said.en}")
        elif entry.finding:
            finding = entry.finding
            yield _printed(f"❌ {entry.name}: {finding.code}: {finding.message_zh} → {finding.hint_zh}")
            yield _printed(f"   · {finding.message_en} → {finding.hint_en}")


def _printed(text: str) -> str:
    """Text for a log that GitHub reads too: it takes a line that begins with ``::``, and ``##[`` anywhere, for a command."""
    return "\n   │ ".join(visible(text).replace("##[", "## [").splitlines())


def description(event: Path | None) -> str:
    """The text of the pull request in GitHub's event file; empty where there is none. Only ever looked at, never run."""
    if event is None or event.stat().st_size > MOST_EVENT:
        return ""
    try:
        found = json.loads(event.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return ""
    pull = found.get("pull_request") if isinstance(found, dict) else None
    body = pull.get("body") if isinstance(pull, dict) else None
    return body if isinstance(body, str) else ""


def crash(error: Exception) -> str:
    """The job summary where the review itself came to nothing: that is ours to mend, and whoever handed in may wait."""
    return (
        "# ⚠️ 审阅程序自己出错了 · The review itself failed\n\n这是我们的错，不是你的：请等维护者来看，不用改什么。"
        " *This is our fault and not yours: a maintainer will look; nothing needs to be changed.*\n\n"
        f"`{_md(type(error).__name__)}`: {_md(str(error))}\n"
    )
