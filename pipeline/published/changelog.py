"""A difference of two packages in words: JSON for programs, lines for people, the Data part of ``CHANGELOG.md``.

Comes in: a ``Difference`` and the packages it is of. Goes out: text; a stranger's words in it are no markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from pipeline.published.diff import Change, Difference
from pipeline.published.reader import Published
from pipeline.published.releases import Release, next_version
from pipeline.safety.escape import readable_markdown


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


def changes_markdown(difference: Difference, old: Published, new: Published) -> str:
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
    entry = f"## {made.version}\n\n{changes_markdown(difference, old, new)}"
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
    cell = change.cell
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
