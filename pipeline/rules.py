"""The relations between printed figures, as data. Comes in: ``knowledge/rules.yml`` and a form. Goes out: relations.

A rule is a sum of named cells compared with another; nothing is evaluated. A rule that names a row or column no form
has is refused when loaded, with file and line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline import knowledge
from pipeline.findings import PipelineError, Severity
from pipeline.template import Form, forms

CellKey = tuple[str, str, str]  # table, row, column
FILE = "rules.yml"


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule with its words. ``leaves`` names a group whose leaves are the left side, where that is so."""

    id: str
    rule_class: str
    severity: Severity
    table: str
    each: str
    relation: str
    left: tuple[str, ...]
    leaves: str
    right: tuple[str, ...]
    forms: tuple[str, ...]
    words: dict[str, str]


@dataclass(frozen=True, eq=False)  # one object a place: identity is enough, and cheap as a key
class Relation:
    """A rule at one place: the cells whose sums are compared. ``where`` is the row or column it is about."""

    rule: Rule
    where: str
    left: tuple[CellKey, ...]
    right: tuple[CellKey, ...]

    @property
    def cells(self) -> tuple[CellKey, ...]:
        """All cells that the relation needs."""
        return self.left + self.right


WORDS = (
    *("zh", "en", "formula_zh", "formula_en", "explain_zh", "explain_en"),
    *("basis_zh", "basis_en", "breaks_zh", "breaks_en", "example"),
)
RELATIONS = ("equals", "non_negative_integer")


def _refuse(rule: str, zh: str, en: str) -> PipelineError:
    place = f"pipeline/knowledge/{FILE}:{knowledge.line_of(FILE, f'{rule}:')}"
    return PipelineError(f"{place}：规则 {rule} {zh}", f"{place}: rule {rule} {en}")


def _rule(rule_id: str, entry: dict[str, Any]) -> Rule:
    allowed = {"class", "severity", "table", "each", "relation", "left", "right", "forms", *WORDS}
    if wrong := (set(entry) - allowed) | (set(WORDS) - set(entry)):
        raise _refuse(
            rule_id, f"的字段不对：{sorted(wrong)}", f"has wrong or missing properties: {sorted(wrong)}"
        )
    if entry["relation"] not in RELATIONS or entry["each"] not in ("row", "column", "cell"):
        raise _refuse(rule_id, "的 relation 或 each 不认识", "has an unknown relation or each")
    left = entry.get("left", [])
    leaves = left["leaves_of"] if isinstance(left, dict) else ""
    rule = Rule(
        id=rule_id,
        rule_class=entry["class"],
        severity=Severity(entry["severity"]),
        table=entry["table"],
        each=entry["each"],
        relation=entry["relation"],
        left=() if leaves else tuple(left),
        leaves=leaves,
        right=tuple(entry.get("right", [])),
        forms=tuple(entry.get("forms", forms())),
        words={word: entry[word] for word in WORDS},
    )
    for key in rule.forms:
        _check_names(rule, forms()[key])
    return rule


def _check_names(rule: Rule, form: Form) -> None:
    table = next((table for table in form.tables if table.key == rule.table), None)
    if table is None:
        raise _refuse(
            rule.id, f"的表 {rule.table} 不在 {form.key} 里", f"names table {rule.table}, not in {form.key}"
        )
    rows = {row.item.key for part in table.parts for row in part.rows}
    columns = {column.key for part in table.parts for column in part.columns}
    named = set(rule.left) | set(rule.right) | ({rule.leaves} if rule.leaves else set())
    if unknown := named - (rows if rule.each == "column" else columns):
        raise _refuse(
            rule.id,
            f"提到 {form.key} 里没有的 {sorted(unknown)}",
            f"names cells that {form.key} does not have: {sorted(unknown)}",
        )


@cache
def rules() -> dict[str, Rule]:
    """All rules by id, in the order of the file."""
    return {key: _rule(key, entry) for key, entry in knowledge.load(FILE).items()}


@cache
def relations(form: Form) -> tuple[Relation, ...]:
    """Every rule at every place of a form."""
    return tuple(
        relation for rule in rules().values() if form.key in rule.forms for relation in _expand(rule, form)
    )


def _expand(rule: Rule, form: Form) -> Iterator[Relation]:
    table = form.table(rule.table)
    if rule.each == "cell":
        for _, row, column in table.cells():
            cell = (table.key, row.item.key, column.key)
            yield Relation(rule, f"{row.item.key}/{column.key}", (cell,), ())
        return
    left = rule.left or tuple(item for item in form.leaves(rule.leaves) if item not in rule.right)
    for part in table.parts:
        if rule.each == "column":
            for column in part.columns:
                yield Relation(
                    rule,
                    column.key,
                    tuple((table.key, item, column.key) for item in left),
                    tuple((table.key, item, column.key) for item in rule.right),
                )
        else:
            for row in part.data_rows:
                yield Relation(
                    rule,
                    row.item.key,
                    tuple((table.key, row.item.key, column) for column in left),
                    tuple((table.key, row.item.key, column) for column in rule.right),
                )


@cache
def relations_of(form: Form) -> dict[CellKey, tuple[Relation, ...]]:
    """The sums that each cell takes part in; rules about single cells apart."""
    found: dict[CellKey, list[Relation]] = {}
    for relation in relations(form):
        if relation.right:
            for cell in relation.cells:
                found.setdefault(cell, []).append(relation)
    return {cell: tuple(several) for cell, several in found.items()}
