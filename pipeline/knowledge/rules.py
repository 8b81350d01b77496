"""The relations between printed figures, as data. Comes in: ``knowledge/rules.yml`` and a form. Goes out: relations.

A rule is a sum of named cells compared with another, or one of a few named questions about a whole report; nothing is
evaluated. A rule that names a row or column no form has is refused when loaded, with file and line. Last year's cell
is ``previous.<name>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from pipeline import knowledge
from pipeline.knowledge.forms import forms, resting, resting_forms
from pipeline.knowledge.messages import message, wrong
from pipeline.model.figure import CellKey
from pipeline.model.findings import PipelineError, Severity
from pipeline.model.form import Form, Part
from pipeline.model.rule import PREVIOUS, About, Relation, RelationKind, Rule, RuleClass
from pipeline.model.text import Text

FILE = "rules.yml"
EACH = ("row", "column", "cell")

TEXTS = ("formula", "explain", "basis", "breaks")
WORDS = ("zh", "en", *(f"{name}_{language}" for name in TEXTS for language in ("zh", "en")), "example")
COMMON = {
    "class",
    "severity",
    "table",
    "each",
    "relation",
    "left",
    "right",
    "rows",
    "forms",
    "first_year",
    *WORDS,
}


def _refuse(rule: str, code: str, **values: object) -> PipelineError:
    line = knowledge.line_of(FILE, f"{rule}:")
    return wrong("in_rule", file=FILE, line=line, rule=rule, said=message(code, **values))


def make_rule(rule_id: str, entry: Mapping[str, Any]) -> Rule:
    """One rule from its entry in ``rules.yml``.

    Args:
        rule_id: its key in the file, e.g. ``T3-BAL``.
        entry: its properties as YAML gives them.

    Raises:
        PipelineError: an unknown or missing property, or a cell that a form it applies to does not have.
    """
    kind = relation_kinds().get(entry.get("relation", ""))
    if kind is None:
        raise _refuse(rule_id, "rule_relation", relation=entry.get("relation", ""))
    if unlike := (set(entry) - (COMMON | kind.options)) | (set(WORDS) - set(entry)):
        raise _refuse(rule_id, "rule_properties", unlike=sorted(unlike))
    if entry["class"] not in set(RuleClass) or (kind.about is About.SUMS and entry.get("each") not in EACH):
        raise _refuse(rule_id, "rule_class")
    left = entry.get("left", [])
    leaves = left["leaves_of"] if isinstance(left, dict) else ""
    rule = Rule(
        id=rule_id,
        rule_class=RuleClass(entry["class"]),
        severity=Severity(entry["severity"]),
        table=entry.get("table", ""),
        each=entry.get("each", "report"),
        kind=kind,
        left=() if leaves else tuple(left),
        leaves=leaves,
        right=tuple(entry.get("right", [])),
        rows=tuple(entry.get("rows", [])),
        forms=tuple(key for key in entry.get("forms", ()) if key not in resting_forms())
        or tuple(_having(_tables(entry)) or forms()),
        first_year=entry.get("first_year", 0),
        options={key: entry[key] for key in entry if key not in COMMON},
        title=Text(entry["zh"], entry["en"]),
        example=entry["example"],
        **{name: Text(entry[f"{name}_zh"], entry[f"{name}_en"]) for name in TEXTS},
    )
    for key in rule.forms:
        if key not in forms():
            raise _refuse(rule_id, "rule_form", key=key)
        _check_names(rule, forms()[key])
    for pattern in rule.options.get("patterns", []):
        _check_pattern(rule_id, pattern)
    return rule


def _having(tables: set[str]) -> list[str]:
    """The forms that have all of these tables."""
    return [key for key, form in forms().items() if all(form.find(table) for table in tables)]


def _check_names(rule: Rule, form: Form) -> None:
    named = set(rule.left) | set(rule.right) | ({rule.leaves} if rule.leaves else set())
    for cell in (cell for cells in rule.options.get("any_of", []) for cell in cells):
        if cell not in map(str, form.cell_keys()):
            raise _refuse(rule.id, "rule_cell", form=form.key, cell=cell)
    if not rule.table and not named:
        return
    table = next((table for table in form.tables if table.key == rule.table), None)
    if table is None:
        raise _refuse(rule.id, "rule_table", table=rule.table, form=form.key)
    rows = {row.item.key for part in table.parts for row in part.rows}
    columns = {column.key for part in table.parts for column in part.columns}
    known = rows if rule.each == "column" else columns
    unknown = {name for name in named if name.removeprefix(PREVIOUS) not in known} | (set(rule.rows) - rows)
    if unknown:
        raise _refuse(
            rule.id,
            "rule_cells",
            form=form.key,
            unknown=sorted(unknown),
        )


def _check_pattern(rule_id: str, pattern: str) -> None:
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        raise _refuse(rule_id, "rule_pattern", error=error) from error
    if not set(groups) <= {"n", "percent"}:
        raise _refuse(rule_id, "rule_groups")


@cache
def relation_kinds() -> dict[str, RelationKind]:
    """Every way to compare that a rule may name, by key: ``relations.yml``."""
    return {
        key: RelationKind(
            key=key,
            about=About(entry["about"]),
            compares=entry["compares"],
            options=frozenset(entry["options"]),
            message=Text(**entry["message"]),
            hint=Text(**entry["hint"]),
        )
        for key, entry in knowledge.load("relations.yml").items()
    }


@cache
def rules() -> dict[str, Rule]:
    """All rules by id, in the order of the file."""
    entries = knowledge.load(FILE).items()
    return {key: make_rule(key, entry) for key, entry in entries if not _rests(entry)}


def _rests(entry: Mapping[str, Any]) -> bool:
    """Whether it is only about forms that ``site.yml`` does not name."""
    named = set(entry.get("forms", ()))
    return bool(_tables(entry) & resting() or (named and named <= resting_forms()))


def _tables(entry: Mapping[str, Any]) -> set[str]:
    """The tables that a rule is about; none where it asks about a whole report."""
    cells = [cell for cells in entry.get("any_of", ()) for cell in cells]
    return {entry["table"]} if entry.get("table") else {cell.partition("/")[0] for cell in cells}


@cache
def relations(form: Form) -> tuple[Relation, ...]:
    """Every rule that compares sums, at every place of a form; questions about a whole report are not here.

    Args:
        form: one of ``forms()``.

    Returns:
        in the order of the file, and within a rule in that of the form; empty where no rule is about this form.
    """
    return tuple(
        relation
        for rule in rules().values()
        if form.key in rule.forms and rule.kind.about is About.SUMS
        for relation in expand(rule, form)
    )


def expand(rule: Rule, form: Form) -> Iterator[Relation]:
    """The places of one rule in a form: once per row, per column or per cell.

    Args:
        rule: one that compares sums.
        form: one of those the rule is for.

    Yields:
        relations of cells; those of last year have ``previous.`` before the table's key.

    Raises:
        KeyError: the form lacks the rule's table or group, which ``make_rule`` refuses.
    """
    table = form.table(rule.table)
    if rule.each == "cell":
        for _, row, column in table.cells():
            if not column.signed:  # a change may be negative
                cell = CellKey(table.key, row.key, column.key)
                yield Relation(rule, f"{cell.row}/{cell.column}", (cell,), ())
        return
    left = rule.left or tuple(item for item in form.leaves(rule.leaves) if item not in rule.right)
    for part in table.parts:
        if rule.each == "column":
            for column in part.columns:
                sides = (
                    tuple(_cell(table.key, n, column.key, row=True) for n in side)
                    for side in (left, rule.right)
                )
                yield Relation(rule, column.key, *sides)
        elif _has_columns(part, left + rule.right):
            for row in part.data_rows:
                if not rule.rows or row.item.key in rule.rows:
                    sides = (
                        tuple(_cell(table.key, n, row.item.key, row=False) for n in side)
                        for side in (left, rule.right)
                    )
                    yield Relation(rule, row.item.key, *sides)


def _cell(table: str, name: str, other: str, *, row: bool) -> CellKey:
    """A cell by the name of its row (``row``) or column, and the other of the two."""
    bare = name.removeprefix(PREVIOUS)
    table = f"{PREVIOUS}{table}" if bare != name else table
    return CellKey(table, bare, other) if row else CellKey(table, other, bare)


def _has_columns(part: Part, names: tuple[str, ...]) -> bool:
    return {name.removeprefix(PREVIOUS) for name in names} <= {column.key for column in part.columns}


@cache
def relations_of(form: Form) -> dict[CellKey, tuple[Relation, ...]]:
    """The sums within one report that each cell takes part in by the form or by definition; inferred rules apart.

    Args:
        form: one of ``forms()``.

    Returns:
        cell -> its relations; a cell that is in none has no entry.
    """
    found: dict[CellKey, list[Relation]] = {}
    for relation in relations(form):
        if relation.rule.relation == "equals" and relation.rule.rule_class is not RuleClass.INFERRED:
            for cell in relation.cells:
                found.setdefault(cell, []).append(relation)
    return {cell: tuple(several) for cell, several in found.items()}


def limit(rule: Rule, option: str) -> Decimal:
    """A number among the options of a rule.

    Args:
        rule: any.
        option: a key among the options of its relation.

    Raises:
        KeyError: the rule does not say this option.
    """
    return Decimal(str(rule.options[option]))
