"""What differs between two packages, and what it means for people who compute with them.

Comes in: two packages. Goes out: changes, each with a level: ``patch`` (a value was corrected), ``minor`` (rows, or
columns at the end, were added), ``major`` (something was renamed, removed, moved, redefined or made stricter).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipeline.published.descriptor import Table
from pipeline.published.reader import Published, Row

LEVELS = ("none", "patch", "minor", "major")
WHERE = "place"  # a column of the tables of figures: where in the file, which says nothing new of the figure
# Made from the figures by the rules of the day: a row that goes there is a correction, and it is counted, not listed.
DERIVED = ("cell_notes", "checks", "findings", "indicators")
COUNTS = ("cells_stated", "cells_not_stated", "findings_error", "findings_warning", "findings_info")
# Columns that say what a figure means: another value there is another figure, not a correction.
DEFINING = {"indicator_definitions": ("numerator", "denominator", "unit", "smallest_n")}
MEANING = ("type", "format", "unit", "missingValues", "rdfType")
WORDS = ("title", "title_en", "description", "description_en", "unit_en", "categories", "categoriesOrdered")
KINDS = ("row_added", "row_removed", "value_changed")


@dataclass(frozen=True)
class Change:
    """One difference. ``before`` and ``after`` are texts; ``told`` says whether the changelog lists it singly."""

    level: str
    kind: str
    table: str
    key: tuple[str, ...] = ()
    column: str = ""
    before: str = ""
    after: str = ""
    told: bool = True

    @property
    def cell(self) -> str:
        """``table/row/column`` of a figure; where a row is one cell its key has the column."""
        column = () if self.column in ("", "value") else (self.column,)
        return "/".join((self.table, *self.key[1:], *column))


@dataclass(frozen=True)
class Difference:
    """All changes from one package to another, in the order of the new one's tables.

    ``tables_of_figures`` are the official tables of the forms of both.
    """

    old_version: str
    new_version: str
    changes: tuple[Change, ...]
    tables_of_figures: frozenset[str] = frozenset()

    @cached_property
    def level(self) -> str:
        """The highest level of any change; ``none`` where nothing differs."""
        return max((change.level for change in self.changes), key=LEVELS.index, default="none")

    def of(self, kind: str) -> tuple[Change, ...]:
        """The changes of one kind.

        Args:
            kind: one of those that ``compare`` finds; of any other there is none.
        """
        return tuple(change for change in self.changes if change.kind == kind)

    @cached_property
    def figures(self) -> tuple[Change, ...]:
        """The figures of reports that are in both, and differ."""
        return tuple(
            change
            for change in self.of("value_changed")
            if change.table in self.tables_of_figures and change.column != WHERE
        )

    def derived(self) -> dict[str, list[tuple[str, int]]]:
        """Table → counts by kind, of the changes that are not listed singly."""
        counts: dict[str, Counter[str]] = {}
        for change in self.changes:
            if not change.told:
                counts.setdefault(change.table, Counter())[change.kind] += 1
        return {
            table: [(kind, found[kind]) for kind in KINDS if found[kind]] for table, found in counts.items()
        }

    def whole_reports(self) -> frozenset[str]:
        """Ids of the reports that came or went as a whole, so that their rows need no line each."""
        return frozenset(
            c.key[0] for c in self.changes if c.table == "reports" and c.kind in ("row_added", "row_removed")
        )


def compare(old: Published, new: Published) -> Difference:
    """Everything that differs.

    Args:
        old, new: open; two that are the same give a difference without changes.

    Raises:
        PipelineError: a package cannot be read.
    """
    found: list[Change] = []
    for name in (*new.tables, *(name for name in old.tables if name not in new.tables)):
        if name not in old.tables:
            found.append(Change("minor", "table_added", name))
        elif name not in new.tables:
            found.append(Change("major", "table_removed", name))
        else:
            found += _structure(old, new, name)
            if not new.tables[name].derived:  # what differs there differs in what it is made of
                found += _rows(old, new, name)
    figures = tables_of_figures(old) | tables_of_figures(new)
    return Difference(_release(old), _release(new), tuple(found), figures)


def _release(package: Published) -> str:
    """The release that a package is, or that it came after."""
    return package.descriptor.version.partition("+")[0]


def tables_of_figures(package: Published) -> frozenset[str]:
    """The tables that hold the figures of the official forms.

    Args:
        package: open; one of a version that tells no forms has none.
    """
    forms = package.descriptor.raw.get("forms", ())
    return frozenset(table["key"] for form in forms for table in form["tables"])


def _schema(package: Published, table: str) -> Mapping[str, Any]:
    entries = (entry["schema"] for entry in package.descriptor.raw["resources"] if entry["name"] == table)
    schema: Mapping[str, Any] = next(entries)
    return schema


def _structure(old: Published, new: Published, table: str) -> Iterator[Change]:
    before, after = _schema(old, table), _schema(new, table)
    for name in ("primaryKey", "uniqueKeys", "foreignKeys", "missingValues"):
        was, now = _compared(before.get(name)), _compared(after.get(name))
        if was != now:
            yield Change("major", "table_redefined", table, (), name, str(was), str(now))
    was_fields = {field["name"]: field for field in before["fields"]}
    now_fields = {field["name"]: field for field in after["fields"]}
    for name in was_fields:
        if name not in now_fields:
            yield Change("major", "column_removed", table, (), name)
    kept = [name for name in now_fields if name in was_fields]
    if kept != [name for name in was_fields if name in now_fields]:
        yield Change("major", "columns_reordered", table)
    last = max((index for index, name in enumerate(now_fields) if name in was_fields), default=-1)
    for index, name in enumerate(now_fields):
        if name not in was_fields:
            at_end = index > last
            yield Change(
                "minor" if at_end else "major",
                "column_added" if at_end else "column_inserted",
                table,
                (),
                name,
            )
        else:
            yield from _field(table, name, was_fields[name], now_fields[name])


def _compared(value: Any) -> Any:
    """Missing values as their values alone: another label for the same one redefines nothing."""
    if isinstance(value, list):
        return [v["value"] if isinstance(v, dict) and "value" in v else v for v in value]
    return value


def _field(table: str, name: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    for word in MEANING:
        if _compared(was.get(word)) != _compared(now.get(word)):
            place = f"{name}.{word}"
            yield Change(
                "major", "column_redefined", table, (), place, str(was.get(word, "")), str(now.get(word, ""))
            )
    old, new = was.get("constraints", {}), now.get("constraints", {})
    for word in sorted({*old, *new}):
        if old.get(word) != new.get(word):
            level = "major" if _stricter(word, old.get(word), new.get(word)) else "minor"
            before, after = _shortly(word, old, new), _shortly(word, new, old)
            yield Change(level, "column_redefined", table, (), f"{name}.{word}", before, after)
    if any(was.get(word) != now.get(word) for word in WORDS) and old.get("enum") == new.get("enum"):
        yield Change("patch", "column_reworded", table, (), name)


def _stricter(word: str, was: Any, now: Any) -> bool:
    """Whether a value that was allowed is allowed no more."""
    if now is None or now is False:
        return False
    if word == "enum":
        return was is None or not set(was) <= set(now)
    if word in ("minimum", "minLength", "exclusiveMinimum"):
        return was is None or bool(now > was)
    if word in ("maximum", "maxLength", "exclusiveMaximum"):
        return was is None or bool(now < was)
    return True


def _shortly(word: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> str:
    """A constraint as text; of an enumeration only the values that the other side has not."""
    value = ours.get(word)
    if word == "enum" and value is not None:
        return ", ".join(str(one) for one in value if one not in (theirs.get(word) or ()))
    return "" if value is None else str(value)


def _rows(old: Published, new: Published, name: str) -> Iterator[Change]:
    was, now = old.tables[name], new.tables[name]
    before, after = _by_key(old, was, now), _by_key(new, now, now)
    shared = [column for column in now.names if column in was.names]
    pairs = [(column, was.position(column), now.position(column)) for column in shared]
    derived, figures = name in DERIVED, name in tables_of_figures(new)
    for key, row in after.items():
        if (known := before.get(key)) is None:
            yield Change("minor", "row_added", name, key, told=not derived)
            continue
        for column, there, here in pairs:
            if known[there] != row[here]:
                defining = column in DEFINING.get(name, ())
                yield Change(
                    "major" if defining else "patch",
                    "definition_changed" if defining else "value_changed",
                    name,
                    key,
                    column,
                    known[there],
                    row[here],
                    told=not derived
                    and not (name == "reports" and column in COUNTS)
                    and not (figures and column == WHERE),
                )
    for key in before:
        if key not in after:
            yield Change("patch" if derived else "major", "row_removed", name, key, told=not derived)


def _by_key(package: Published, table: Table, newer: Table) -> dict[tuple[str, ...], Row]:
    """Rows by the key of the newer table, as far as the older has its columns."""
    positions = [table.position(name) for name in newer.key if name in table.names]
    return {tuple(row[index] for index in positions): row for row in package.rows(table.name)}
