"""Versions of the data: the releases there were, the next version that a difference asks for, and its changelog.

Comes in: ``datapackage/versions.yml`` and a ``Difference``. The day of a release is said by whoever makes it; nothing
here looks at a clock.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipeline.model.findings import PipelineError
from pipeline.published.diff import Change, Difference
from pipeline.published.reader import Published
from pipeline.safety.escape import readable_markdown

HISTORY = "versions.yml"
FIRST = "0.1.0"  # of a package that was never released
VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)", re.ASCII)
HEAD = """\
# Releases of the data, newest first. The version in datapackage.json is that of the first entry.
# `python -m pipeline version --against OLD --release DAY` writes an entry: what the difference to the last release asks for.
"""


@dataclass(frozen=True)
class Correction:
    """A figure that a release changed; ``cell`` is ``table/row/column``, an empty text is no figure."""

    report: str
    cell: str
    before: str
    after: str


@dataclass(frozen=True)
class Release:
    """A release. ``added`` and ``corrected`` are report ids; ``day`` is as 2024-01-31, empty for none yet.

    ``changes`` are the figures of the corrected reports, so that whoever has the package alone can tell them.
    """

    version: str
    day: str = ""
    zh: str = ""
    en: str = ""
    added: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()
    changes: tuple[Correction, ...] = ()


def read_history(folder: Path) -> tuple[Release, ...]:
    """The releases of a package folder, newest first; empty where there is no ``versions.yml``.

    Raises:
        PipelineError: the file is wrong, or its versions do not fall.
    """
    path = folder / HISTORY
    if not path.is_file():
        return ()
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        history = tuple(_release(entry) for entry in entries or [])
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise PipelineError(f"{HISTORY}：{error!r}", f"{HISTORY}: {error!r}") from error
    numbers = [_numbers(release.version) for release in history]
    if numbers != sorted(set(numbers), reverse=True):
        raise PipelineError(f"{HISTORY}：版本应当由新到旧", f"{HISTORY}: versions must fall")
    return history


def _release(entry: dict[str, Any]) -> Release:
    day = str(entry["date"])
    date.fromisoformat(day)
    return Release(
        version=str(entry["version"]),
        day=day,
        zh=str(entry.get("zh") or ""),
        en=str(entry.get("en") or ""),
        added=tuple(entry.get("added") or ()),
        corrected=tuple(entry.get("corrected") or ()),
        changes=tuple(Correction(*map(str, change)) for change in entry.get("changes") or ()),
    )


def latest(folder: Path) -> Release:
    """The newest release of a package folder; the first version, of no day, where there was none."""
    return next(iter(read_history(folder)), Release(FIRST))


def _numbers(version: str) -> tuple[int, int, int]:
    found = VERSION.fullmatch(version)
    if not found:
        raise PipelineError(f"版本号应当是三个数：{version}", f"a version is three numbers: {version}")
    major, minor, patch = map(int, found.groups())
    return major, minor, patch


def next_version(version: str, level: str) -> str:
    """The version after ``version`` for a difference of this level; the same for ``none``."""
    major, minor, patch = _numbers(version)
    return {
        "none": version,
        "patch": f"{major}.{minor}.{patch + 1}",
        "minor": f"{major}.{minor + 1}.0",
        "major": f"{major + 1}.0.0",
    }[level]


def release(difference: Difference, day: str) -> Release:
    """The release that a difference makes, on a day that a person says.

    Raises:
        PipelineError: nothing differs, or the day is none.
    """
    if difference.level == "none":
        raise PipelineError("没有不同，不需要新版本", "nothing differs: no new version is due")
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise PipelineError(f"日期应当写成 2024-01-31：{day}", f"write a day as 2024-01-31: {day}") from error
    added = sorted(c.key[0] for c in difference.of("row_added") if c.table == "reports")
    changes = tuple(Correction(c.key[0], _cell(c), c.before, c.after) for c in difference.figures)
    touched = {change.report for change in changes}
    return Release(
        version=next_version(difference.old_version, difference.level),
        day=day,
        zh=f"新增 {len(added)} 份报告，更正 {len(touched)} 份。",
        en=f"Reports added: {len(added)}; corrected: {len(touched)}.",
        added=tuple(added),
        corrected=tuple(sorted(touched)),
        changes=changes,
    )


def _cell(change: Change) -> str:
    """``table/row/column`` of a figure; where a row is one cell its key has the column."""
    column = () if change.column in ("", "value") else (change.column,)
    return "/".join((change.table, *change.key[1:], *column))


def with_release(history: tuple[Release, ...], made: Release) -> str:
    """The text of ``versions.yml`` with one more release on top.

    Raises:
        PipelineError: that version is written already.
    """
    if history and _numbers(made.version) <= _numbers(history[0].version):
        raise PipelineError(
            f"{HISTORY} 里已经有 {history[0].version}；比较的应当是上一版",
            f"{HISTORY} has {history[0].version} already; compare with the release before",
        )
    entries = [
        {
            "version": one.version,
            "date": one.day,
            "zh": one.zh,
            "en": one.en,
            "added": list(one.added),
            "corrected": list(one.corrected),
            # Report, cell, before, after: a line each.
            **(
                {"changes": [[c.report, c.cell, c.before, c.after] for c in one.changes]}
                if one.changes
                else {}
            ),
        }
        for one in (made, *history)
    ]
    return HEAD + yaml.safe_dump(
        entries, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None
    )


def as_json(difference: Difference) -> str:
    """Every change as JSON, for programs."""
    found = {
        "old": difference.old_version,
        "level": difference.level,
        "next": next_version(difference.old_version, difference.level),
        "changes": [
            {name: value for name, value in asdict(change).items() if name != "told"}
            for change in difference.changes
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def as_text(difference: Difference) -> str:
    """Every change as a line, for people."""
    asked = next_version(difference.old_version, difference.level)
    lines = [f"{difference.level}: {difference.old_version} → {asked}"]
    for one in difference.changes:
        place = " ".join(part for part in (one.table, "/".join(one.key), one.column) if part)
        values = f": {one.before!r} → {one.after!r}" if one.before or one.after else ""
        lines.append(f"{one.level} {one.kind} {place}{values}")
    return "\n".join([*lines, ""])


EMPTY = ("（空）", "(empty)")
STRUCTURE = {
    "table_added": ("新增表", "New table"),
    "table_removed": ("删去表", "Table removed"),
    "column_added": ("新增列", "New column"),
    "column_inserted": ("在中间插入列", "Column inserted between others"),
    "column_removed": ("删去列", "Column removed"),
    "column_redefined": ("列的定义改变", "Column redefined"),
    "column_reworded": ("列的说明改写", "Column described anew"),
    "columns_reordered": ("列的次序改变", "Columns reordered"),
    "table_redefined": ("表的键改变", "Keys of a table changed"),
    "definition_changed": ("定义改变", "Definition changed"),
}


def changelog(difference: Difference, old: Published, new: Published) -> str:
    """The Data part of ``CHANGELOG.md`` for a difference: every changed figure before → after; Chinese and English."""
    names = _names(old) | _names(new)
    lines = [
        f"### 数据 · Data {difference.old_version} → {next_version(difference.old_version, difference.level)}",
        "",
    ]
    for title, found in _groups(difference):
        if not found:
            continue
        lines += [f"- {title[0]} · *{title[1]}*（{len(found)}）"]
        lines += [f"  - {_line(change, names)}" for change in found]
    for table, kinds in difference.derived().items():
        counts = "，".join(f"{zh} {count}" for (zh, _), count in kinds)
        english = ", ".join(f"{count} {en}" for (_, en), count in kinds)
        lines += [f"- `{table}`：{counts} · *{english}*"]
    if len(lines) == 2:
        lines += ["- 没有变化 · *no change*"]
    return "\n".join(lines) + "\n"


def with_changelog(text: str, made: Release, difference: Difference, old: Published, new: Published) -> str:
    """The text of ``CHANGELOG.md`` with the Data part of a release on top; the Code part is left to people."""
    entry = f"## {made.version}\n\n{changelog(difference, old, new)}"
    before, mark, after = text.partition("\n## ")
    return f"{before.rstrip()}\n\n{entry}\n" + (f"## {after}" if mark else "")


def _groups(difference: Difference) -> Iterator[tuple[tuple[str, str], list[Change]]]:
    yield ("结构", "Structure"), [c for c in difference.changes if c.kind in STRUCTURE]
    told = [c for c in difference.changes if c.told and c.kind not in STRUCTURE]
    yield (
        ("新增报告", "Reports added"),
        [c for c in told if c.table == "reports" and c.kind == "row_added"],
    )
    yield (
        ("删去报告", "Reports removed"),
        [c for c in told if c.table == "reports" and c.kind == "row_removed"],
    )
    yield ("更正数字", "Figures changed"), list(difference.figures)
    reports, figures = difference.whole_reports(), frozenset(difference.figures)
    yield (
        ("其他行和值", "Other rows and values"),
        [
            c
            for c in told
            if not (c.table == "reports" and c.kind != "value_changed")
            and c not in figures
            and not (c.kind != "value_changed" and c.key[0] in reports)
        ],
    )


def _line(change: Change, names: dict[str, str]) -> str:
    if change.kind in STRUCTURE:
        zh, en = STRUCTURE[change.kind]
        place = ".".join(part for part in (change.table, *change.key, change.column) if part)
        values = (
            f": {_shown(change.before)} → {_shown(change.after)}" if change.before or change.after else ""
        )
        return f"{zh} · *{en}* `{place}`{values}"
    if change.table == "reports" and change.kind != "value_changed":
        return readable_markdown(names.get(change.key[0], change.key[0]))
    report = names.get(change.key[0], change.key[0])
    cell = _cell(change)
    if change.kind == "row_added":
        return f"+ {readable_markdown(report)} `{cell}`"
    if change.kind == "row_removed":
        return f"− {readable_markdown(report)} `{cell}`"
    return f"{readable_markdown(report)} `{cell}`: {_shown(change.before)} → {_shown(change.after)}"


def _shown(text: str) -> str:
    return readable_markdown(text) if text else f"{EMPTY[0]} {EMPTY[1]}"


def _names(package: Published) -> dict[str, str]:
    """Agency and year of each report id."""
    agencies = {row["agency_id"]: row["name_zh"] for row in package.records("agencies")}
    found = {
        row[
            "report_id"
        ]: f"{agencies.get(row['agency_id'], row['agency_id'])} {row['year']}（{row['report_id']}）"
        for row in package.records("reports")
    }
    return found | {key: f"{name}（{key}）" for key, name in agencies.items()}
