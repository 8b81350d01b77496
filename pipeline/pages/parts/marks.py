"""Where on a report's page a finding belongs. Comes in: a report and a finding. Goes out: an id of that page.

The page puts the ids where it puts the marks (``filed_tables.py``); the pages of the rules lead to them.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from pipeline.model.form import Form
from pipeline.pages.words import Words
from pipeline.published.records import Finding, Package, Report

MANY = 6  # cells of which a finding is told one by one; of more it is told once
CHECKS = "checks"  # the heading under which everything is told that has no place in a table


@lru_cache(maxsize=64)
def _known(form: Form, table: str) -> frozenset[tuple[str, str]]:
    """Every (row, column) that a table of a form has; empty text stands for the whole row or column."""
    found = form.find(table)
    parts = found.parts if found else ()
    rows = {(row.key, "") for part in parts for row in part.rows}
    columns = {("", column) for part in parts for column in part.keys}
    cells = {(row.key, column) for part in parts for row in part.data_rows for column in part.keys}
    return frozenset(rows | columns | cells)


def place(report: Report, finding: Finding) -> tuple[str, str]:
    """Row and column that a finding is about, as far as the report's form has them; ``("", "")`` is the table."""
    known = _known(report.form, finding.table)
    for row, column in ((finding.row, finding.column), (finding.row, "")):
        if (row, column) in known:
            return row, column
    return "", ""


def kind(finding: Finding) -> tuple[str, str]:
    """What findings have in common that a page may tell together."""
    return finding.code, finding.severity


def told_together(report: Report) -> dict[tuple[str, str], int]:
    """The kinds of findings that so many cells have, as those of a bad scan, that they are told once."""
    counts = Counter(kind(finding) for finding in report.findings if finding.column)
    return {kind: count for kind, count in counts.items() if count > MANY}


def cell_id(table: str, row: str, column: str) -> str:
    """The id of a cell, a row (its head) or a column (its head); marks.js gives the others theirs."""
    if not column:
        return f"c-{table}-{row}" if row else f"table-{table}"
    return f"c-{table}-{row}-{column}"


def anchor(report: Report, finding: Finding) -> str:
    """The id on the report's page where the finding is marked; of one that many cells have, its table's."""
    if report.form.find(finding.table) is None:
        return CHECKS
    if finding.column and kind(finding) in told_together(report):
        return cell_id(finding.table, "", "")
    return cell_id(finding.table, *place(report, finding))


def in_words(package: Package, report: Report, finding: Finding, words: Words) -> str:
    """Table, row and column by their labels, as far as the finding is about them."""
    table = report.form.find(finding.table)
    parts = [words.label(table.title)] if table else []
    if finding.row:
        item = package.items.get(finding.row)
        parts.append(words.label(item.short) if item else finding.row)
    if finding.column:
        column = package.descriptor.columns.get(finding.column)
        parts.append(words.label(column) if column else finding.column)
    return words.join(parts, "list.dot")
