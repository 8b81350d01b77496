"""A review as text: the job summary in Markdown, annotations for the files, lines for a terminal. Both languages, Chinese first.

Every word of a report, of a file's name or of a pull request is written by a stranger: it is escaped wherever it goes.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.checks.messages import cell_in_words
from pipeline.cli.render import LEGEND, MOST_ANNOTATIONS, STATUS_SIGNS, workflow_data, workflow_property
from pipeline.filing.inbox import FOLDER, SIDE_ENDINGS, Entry
from pipeline.knowledge.forms import columns, forms, items
from pipeline.knowledge.rules import rules
from pipeline.model.figure import CellKey, Status, plain
from pipeline.model.findings import Finding, Severity
from pipeline.model.outcome import CheckedReport
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
CODE = re.compile(r"[\w./-]+")


def summary(review: Review, body: str = "") -> str:
    """The job summary, below the size that GitHub takes.

    Args:
        review: what was found.
        body: the text of the pull request; what it says of a source that no file says is repeated as a file to add.
    """
    parts = _parts()
    jumps = [change for change in review.cells if change.jump]
    first = [parts.head(review, len(jumps))]
    refused = [entry for entry in review.entries if entry.finding]
    if review.faults or refused:
        first.append(parts.refused(review.faults, refused))
    first += [parts.not_filed(entry) for entry in review.entries if entry.report]
    if review.unread:
        first.append(parts.unread(review.unread[:MOST_FINDINGS], f"{REPORTS}/{FOLDER}/"))
    first += _address(review, body)
    last = [*_data_diff(review, jumps)]
    last += [parts.elsewhere(review.elsewhere)] if review.elsewhere else []
    last.append(parts.foot(review))
    # Of many reports those that fit; what changes in the data is told in any case, as far as it fits by itself.
    room = MOST_BYTES - sum(map(_size, (*first, *last)))
    reports = list(_within((_report(one, review) for one in review.reports), max(room, 0)))
    return "\n\n".join(part.strip("\n") for part in _within([*first, *reports, *last], MOST_BYTES)) + "\n"


def _size(part: str) -> int:
    return len(part.encode()) + 2


def _within(parts: Iterable[str], room: int) -> Iterator[str]:
    """As many whole parts as fit; each closes what it opens, so a cut never leaves a tag open."""
    left, waiting = room, list(parts)
    if sum(map(_size, waiting)) <= room:
        yield from waiting
        return
    cut = _parts().cut()
    left -= _size(cut)
    for part in waiting:
        left -= _size(part)
        if left < 0:
            yield cut
            return
        yield part


@cache
def _parts() -> Any:
    """The macros of the template. Whatever they write out is escaped, unless it is a number or marked as safe."""
    env = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        finalize=_md,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {"code": _code, "lines": _lines}
    env.globals |= {
        **{"Severity": Severity, "Status": Status, "CellKey": CellKey, "plain": plain},
        **{"SIGNS": SIGNS, "STATUS_SIGNS": STATUS_SIGNS, "KINDS": KINDS, "MOST_FINDINGS": MOST_FINDINGS},
        **{"MOST_CHANGES": MOST_CHANGES, "LEGEND": " · ".join(line.strip() for line in LEGEND)},
        **{"cell_in_words": cell_in_words, "place": _place, "form_path": form_path, "rules": rules},
    }
    return env.get_template("review.md.jinja").module


def _md(said: object) -> Any:
    """Text from outside as Markdown, cut where it is too long."""
    if isinstance(said, int | Markup):
        return said
    text = str(said)
    return markdown(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def _code(text: str) -> Markup:
    """An id or a path between backticks; between tags what backticks might not hold."""
    return Markup(f"`{text}`" if CODE.fullmatch(text) else f"<code>{_md(text)}</code>")


def _lines(text: str) -> Markup:
    """A message of several lines, such as the agencies to choose from."""
    return Markup("<br>").join(map(_md, text.splitlines()[:40]))


ADDRESS = re.compile(
    r"^\W*(?:来源地址|source[_ ]url)[^:：\n]*[:：]\s*<?(http\S{4,500}?)>?\s*$",
    re.MULTILINE | re.IGNORECASE,
)


def _address(review: Review, body: str) -> Iterator[str]:
    """The pull request names an address that no file has: the file to add, ready to copy. Nothing is taken from here."""
    found = ADDRESS.search(body)
    files = [one for one in review.reports if one.path.split("/")[2] == "inbox" and not one.filed.source.url]
    if found and is_web_address(found[1]) and len(files) == 1:
        name = files[0].path.rpartition("/")[2]
        beside = {f"{base}{ending}" for base in (name, Path(name).stem) for ending in SIDE_ENDINGS}
        names = (path.rpartition("/")[2] for path in review.changed)
        there = sorted(name for name in names if name in beside)
        yield _parts().address(there[0] if there else f"{name}.yml", bool(there), found[1])


def _report(one: Reviewed, review: Review) -> str:
    in_doubt = sum(finding.code == IN_DOUBT for finding in one.filed.findings)
    return str(_parts().report(one, review, in_doubt))


def form_path(one: Reviewed) -> str:
    """Where the form of a report lies among the pages of a review.

    Args:
        one: a report of the review.
    """
    return f"doubts/{one.filed.source.report_id}.html"


def _place(finding: Finding) -> list[str]:
    at = finding.at
    if at.row and at.column:
        words = cell_in_words(CellKey(at.table, at.row, at.column), "zh")
    else:
        row, column = items().get(at.row), columns().get(at.column)
        words = row.short_zh if row else column.zh if column else at.cell
    return [text for text in (words, at.source) if text]


def _data_diff(review: Review, jumps: Sequence[CellChange]) -> Iterator[str]:
    if not review.cells and not review.removed:
        return
    counts = Counter((change.cell[0], change.kind) for change in review.cells)
    tables = {table.key: table for form in forms().values() for table in form.tables}
    yield _parts().totals(tables.values(), counts, review.removed)
    altered = [change for change in review.cells if change.kind != "added"]
    for is_jump, found in ((True, jumps), (False, altered)):
        if found:
            yield _parts().changes(is_jump, found)


def annotated(review: Review) -> list[str]:
    """Workflow commands for at most ten faults and findings, the worst first, on the lines of the files.

    Args:
        review: without a fault or finding the list is empty.
    """
    found = [("error", f.path, "", "", f.zh, f.en) for f in review.faults]
    found += [
        (
            "error",
            f"datapackage/reports/inbox/{e.name}",
            "",
            e.finding.code,
            e.finding.message.zh,
            e.finding.message.en,
        )
        for e in review.entries
        if e.finding
    ]
    pairs = [(one, finding) for one in review.reports for finding in one.filed.findings]
    pairs.sort(key=lambda pair: (pair[1].severity.rank, pair[0].path, pair[1].sort_key))
    found += [(*_where(one, finding), finding.message.zh, finding.message.en) for one, finding in pairs]
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
    """The same in short for a terminal, without characters that could lead it astray.

    Args:
        review: as it was made.
    """
    for fault in review.faults:
        yield _printed(f"❌ {fault.path}: {fault.zh}\n   {fault.en}")
    for entry in review.entries:
        if entry.finding:
            yield _printed(f"❌ {entry.name}: {entry.finding.message.zh}\n   {entry.finding.message.en}")
    for one in review.reports:
        yield _printed(f"{one.path} → {one.filed.source.report_id}: {_stated(one.filed)}")
        for finding in one.filed.findings:
            at = " ".join(part for part in (finding.at.cell, finding.at.source) if part)
            yield _printed(
                f"  {SIGNS[finding.severity]} {finding.code} {at}: {finding.message.zh}\n      {finding.message.en}"
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
    """What became of each file of the inbox, a few lines each.

    Args:
        entries: one a file; of none the line says so.
    """
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
            yield _printed(f"❌ {entry.name}: {finding.code}: {finding.message.zh} → {finding.hint.zh}")
            yield _printed(f"   · {finding.message.en} → {finding.hint.en}")


def _printed(text: str) -> str:
    """Text for a log that GitHub reads too: it takes a line that begins with ``::``, and ``##[`` anywhere, for a command."""
    return "\n   │ ".join(visible(text).replace("##[", "## [").splitlines())


def description(event: Path | None) -> str:
    """The text of the pull request in GitHub's event file; empty where there is none. Only ever looked at, never run.

    Args:
        event: a file of JSON; None outside of a pull request.
    """
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
    """The job summary where the review itself came to nothing: that is ours to mend, and whoever handed in may wait.

    Args:
        error: a fault of the program, told by its name and words.
    """
    return str(_parts().crash(type(error).__name__, str(error))).lstrip("\n")
