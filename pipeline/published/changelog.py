"""A difference of two packages in words: JSON for programs, lines for people, the Data part of ``CHANGELOG.md``.

Comes in: a ``Difference`` and the packages it is of. Goes out: text; a stranger's words in it are no markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pipeline.knowledge.messages import message
from pipeline.model.text import Text
from pipeline.published.diff import Change, Difference
from pipeline.published.reader import Published
from pipeline.published.releases import Release, next_version
from pipeline.safety.escape import readable_markdown


def as_json(difference: Difference) -> str:
    """Every change as JSON, for programs.

    Args:
        difference: without a change the list is empty.
    """
    found = {
        "old": difference.old_version,
        "level": difference.level,
        "next": next_version(difference.old_version, difference.level),
        "changes": told(difference),
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def told(difference: Difference) -> list[dict[str, Any]]:
    """Every change, for JSON: level, kind, table, key, column, before, after.

    Args:
        difference: without a change the list is empty.
    """
    return [
        {name: value for name, value in asdict(change).items() if name != "told"}
        for change in difference.changes
    ]


def as_text(difference: Difference) -> str:
    """Every change as a line, for people.

    Args:
        difference: without a change only the versions are named.
    """
    asked = next_version(difference.old_version, difference.level)
    lines = [f"{difference.level}: {difference.old_version} → {asked}"]
    for one in difference.changes:
        place = " ".join(part for part in (one.table, "/".join(one.key), one.column) if part)
        values = f": {one.before!r} → {one.after!r}" if one.before or one.after else ""
        lines.append(f"{one.level} {one.kind} {place}{values}")
    return "\n".join([*lines, ""])


STRUCTURE = (
    *("table_added", "table_removed", "table_redefined", "column_added", "column_inserted"),
    *("column_removed", "column_redefined", "column_reworded", "columns_reordered", "definition_changed"),
)


def changes_markdown(difference: Difference, old: Published, new: Published) -> str:
    """The Data part of ``CHANGELOG.md`` for a difference: every changed figure before → after; Chinese and English.

    Args:
        difference: of the two.
        old, new: in which agencies and items have their names.
    """
    names = _names(old) | _names(new)
    lines = [
        f"### 数据 · Data {difference.old_version} → {next_version(difference.old_version, difference.level)}",
        "",
    ]
    for title, found in _groups(difference):
        if not found:
            continue
        lines += [f"- {title.zh} · *{title.en}*（{len(found)}）"]
        lines += [f"  - {_line(change, names)}" for change in found]
    for table, kinds in difference.derived().items():
        counts = "，".join(f"{message(kind).zh} {count}" for kind, count in kinds)
        english = ", ".join(f"{count} {message(kind).en}" for kind, count in kinds)
        lines += [f"- `{table}`：{counts} · *{english}*"]
    if len(lines) == 2:
        nothing = message("no_change")
        lines += [f"- {nothing.zh} · *{nothing.en}*"]
    return "\n".join(lines) + "\n"


def with_changelog(text: str, made: Release, difference: Difference, old: Published, new: Published) -> str:
    """The text of ``CHANGELOG.md`` with the Data part of a release on top; the Code part is left to people.

    Args:
        text: of before, with a heading ``## `` for each release; it may have none.
        made: the release.
        difference: of the two.
        old, new: in which agencies and items have their names.
    """
    entry = f"## {made.version}\n\n{changes_markdown(difference, old, new)}"
    before, mark, after = text.partition("\n## ")
    return f"{before.rstrip()}\n\n{entry}\n" + (f"## {after}" if mark else "")


def _groups(difference: Difference) -> Iterator[tuple[Text, list[Change]]]:
    yield message("structure"), [c for c in difference.changes if c.kind in STRUCTURE]
    told = [c for c in difference.changes if c.told and c.kind not in STRUCTURE]
    yield (
        message("reports_added"),
        [c for c in told if c.table == "reports" and c.kind == "row_added"],
    )
    yield (
        message("reports_removed"),
        [c for c in told if c.table == "reports" and c.kind == "row_removed"],
    )
    yield message("figures_changed"), list(difference.figures)
    reports, figures = difference.whole_reports(), frozenset(difference.figures)
    yield (
        message("other_values"),
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
        zh, en = message(change.kind)
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
    return readable_markdown(text) if text else " ".join(message("empty_value"))


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
