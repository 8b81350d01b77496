"""Checked reports and what we know → the rows of every table of the package, as text, sorted by key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from operator import itemgetter

from pipeline import knowledge
from pipeline.checks.indicators import definitions, indicators
from pipeline.checks.messages import cell_in_words
from pipeline.checks.reports import due
from pipeline.knowledge.divisions import chain
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.forms import forms, items
from pipeline.knowledge.messages import listed, message
from pipeline.knowledge.rules import rules
from pipeline.model.figure import CellKey, Figure, Status, plain
from pipeline.model.findings import Severity
from pipeline.model.form import Form
from pipeline.model.outcome import CheckedReport, Outcome, State
from pipeline.model.report import Report
from pipeline.model.rule import Rule
from pipeline.model.source import Agency
from pipeline.model.text import Text
from pipeline.package import schema
from pipeline.package.crosswalk import crosswalk
from pipeline.published.derived import Derivation

Row = dict[str, str]
Tables = dict[str, list[Row]]
Figures = Mapping[CellKey, Figure]


def make_tables(agencies: Iterable[Agency], filed: Iterable[CheckedReport]) -> Tables:
    """All rows of all resources that are not derived, sorted by key; every value is text as it stands in the CSV.

    Args:
        agencies: all that are filed, also those without a report.
        filed: checked reports, in any order; none leaves the lists of codes.
    """
    tables: Tables = {name: [] for name, resource in schema.resources().items() if not resource.derived}
    return tables | rows_of_reports(agencies, filed) | code_lists()


def code_lists() -> Tables:
    """The tables that no report changes: what the codes in the others mean. Sorted by key."""
    tables = {
        "items": _items(),
        "rules": _rules(),
        "finding_codes": _finding_codes(),
        "indicator_definitions": _indicator_definitions(),
        "crosswalk": _crosswalk(),
    }
    return {name: in_order(name, rows) for name, rows in tables.items()}


def rows_of_reports(agencies: Iterable[Agency], filed: Iterable[CheckedReport]) -> Tables:
    """The other tables: agencies, their places, and what there is of their reports; sorted by key.

    Args:
        agencies: those of the reports, and any without a report.
        filed: checked reports, in any order.
    """
    tables: Tables = {name: [] for name in ("agencies", *schema.tables_of_reports())}
    tables["agencies"] = [_agency(agency) for agency in agencies]
    for one in filed:
        figures = _published(one.report)
        tables["reports"].append(_report(one, figures))
        for name, rows in _cells(one, figures).items():
            tables[name].extend(rows)
        tables["sections"].extend(_sections(one))
        tables["checks"].extend(_checks(one))
        tables["findings"].extend(_findings(one))
        tables["indicators"].extend(_indicators(one))
    tables["divisions"] = divisions_of(tables["agencies"])
    return {name: in_order(name, rows) for name, rows in tables.items()}


def derivation(tables: Tables) -> Derivation:
    """What the derived tables are made of.

    Args:
        tables: as ``make_tables`` gives them, of all reports or of some.
    """
    return Derivation(tables, forms(), schema.figure_tables(), schema.summary_cells())


def in_order(name: str, rows: Iterable[Row]) -> list[Row]:
    """Rows by their key, as the CSV has them.

    Args:
        name: of their table.
        rows: in any order.
    """
    return sorted(rows, key=itemgetter(*schema.resources()[name].key))


def _agency(agency: Agency) -> Row:
    return {
        "agency_id": agency.id,
        **{key: getattr(agency, key) for key in ("name_zh", "name_en", "level", "division_code")},
        "function_class": agency.function,
        **{key: getattr(agency, key) for key in ("province", "city", "county", "website")},
        "former_names": "；".join(agency.former_names),
    }


def _published(report: Report) -> Figures:
    """The figures as the package has them: what is no whole number is no count, so only its printed text is published."""
    kinds = _kinds(report.form)
    return {
        key: replace(figure, value=None, status=Status.UNREADABLE)
        if figure.value is not None and kinds[key.column] == "integer" and figure.value % 1
        else figure
        for key, figure in report.figures.items()
    }


@cache
def _kinds(form: Form) -> dict[str, str]:
    """Column → what it holds."""
    return {column.key: column.type for _, _, _, column in form.cells()}


def _report(one: CheckedReport, figures: Figures) -> Row:
    source, report = one.source, one.report
    published = report.published or source.published
    stated = sum(figure.value is not None for figure in figures.values())
    severities = Counter(finding.severity for finding in one.findings)
    return {
        "report_id": source.report_id,
        "agency_id": source.agency.id,
        "year": str(source.year),
        "scope": source.scope,
        "template": report.form.key,
        "agency_printed": report.agency or "",
        "title": report.title or "",
        "published": published.isoformat() if published else "",
        "signed": report.signed.isoformat() if report.signed else "",
        "due": due(source).isoformat(),
        "source_url": source.url,
        "source_file": f"reports/{source.agency.id}/{source.path.name}",
        "source_format": source.format,
        "source_sha256": one.sha256,
        "retrieved": source.retrieved.isoformat() if source.retrieved else "",
        "cells_stated": str(stated),
        "cells_not_stated": str(len(figures) - stated),
        **{f"findings_{severity}": str(severities[severity]) for severity in Severity},
    }


def _cells(one: CheckedReport, figures: Figures) -> dict[str, list[Row]]:
    """The rows of the tables that hold figures, and the notes on cells that are no plain printed number."""
    report_id = one.source.report_id
    found: dict[str, list[Row]] = {"cell_notes": []}
    for table in one.report.form.tables:
        shape = schema.figure_tables()[table.key]
        rows = found.setdefault(table.key, [])
        for part in table.parts:
            for row in part.data_rows:
                keys = [CellKey(table.key, row.item.key, column.key) for column in part.columns]
                if shape.wide:
                    place = next((figures[key].place for key in keys if figures[key].place), "")
                    values = {key.column: plain(figures[key].value) for key in keys}
                    rows.append({"report_id": report_id, shape.row: row.item.key, **values, "place": place})
                else:
                    for key, column in zip(keys, part.columns, strict=True):
                        rows.append(
                            {
                                "report_id": report_id,
                                shape.row: row.item.key,
                                "measure": column.key,
                                "value": plain(figures[key].value),
                                "unit": figures[key].unit or column.unit,
                                "place": figures[key].place,
                            }
                        )
    found["cell_notes"] = [
        _note(report_id, key, figure)
        for key, figure in figures.items()
        if figure.status is not Status.REPORTED
    ]
    return found


def _note(report_id: str, key: tuple[str, str, str], figure: Figure) -> Row:
    table, row, column = key
    return {
        "report_id": report_id,
        **{"form_table": table, "item": row, "measure": column},
        "status": figure.status.value,
        "raw": figure.raw,
        "place": figure.place,
    }


def _sections(one: CheckedReport) -> list[Row]:
    return [
        {
            "report_id": one.source.report_id,
            "section": section.key,
            "heading": section.title,
            "text": section.text,
        }
        for section in one.report.sections
    ]


def _checks(one: CheckedReport) -> list[Row]:
    by_rule: dict[str, list[Outcome]] = {}
    for outcome in one.outcomes:
        by_rule.setdefault(outcome.rule.id, []).append(outcome)
    rows = []
    for rule_id, outcomes in by_rule.items():
        states = Counter([outcome.state for outcome in outcomes])
        unsettled = [outcome for outcome in outcomes if outcome.state is State.NOT_ASSESSABLE]
        rows.append(
            {
                "report_id": one.source.report_id,
                "rule_id": rule_id,
                "relations": str(len(outcomes)),
                "held": str(states[State.HOLDS]),
                "failed": str(states[State.FAILS]),
                "not_assessable": str(states[State.NOT_ASSESSABLE]),
                "blanks_as_zero": str(sum([outcome.blanks_as_zero for outcome in outcomes])),
                "reason_zh": _reasons(unsettled, "zh"),
                "reason_en": _reasons(unsettled, "en"),
            }
        )
    return rows


MOST_CELLS_NAMED = 3
SEMICOLON = Text("；", "; ")


def _reasons(outcomes: list[Outcome], language: str) -> str:
    """Why some could not be assessed: the reasons they give, and the cells that have no value."""
    given = dict.fromkeys(outcome.reason for outcome in outcomes)
    reasons = [reason[language] for reason in given if reason]
    if missing := sorted({cell for outcome in outcomes for cell in outcome.missing}):
        named = listed(cell_in_words(cell, language) for cell in missing[:MOST_CELLS_NAMED])
        more = len(missing) - MOST_CELLS_NAMED
        said = message("cells_not_stated", cells=named)[language]
        reasons.append(said + (message("and_more_cells", count=more)[language] if more > 0 else ""))
    return SEMICOLON[language].join(reasons)


def _findings(one: CheckedReport) -> list[Row]:
    rows, seen = [], Counter[str]()
    for finding in sorted(one.findings, key=lambda finding: finding.sort_key):
        finding_id = ":".join(part for part in (one.source.report_id, finding.code, finding.at.cell) if part)
        seen[finding_id] += 1
        rows.append(
            {
                "finding_id": finding_id if seen[finding_id] == 1 else f"{finding_id}:{seen[finding_id]}",
                "report_id": one.source.report_id,
                "code": finding.code,
                "severity": finding.severity.value,
                **{"form_table": finding.at.table, "item": finding.at.row, "measure": finding.at.column},
                "place": finding.at.source,
                **{"message_zh": finding.message.zh, "message_en": finding.message.en},
                **{"hint_zh": finding.hint.zh, "hint_en": finding.hint.en},
                **{"reported": finding.reported, "expected": finding.expected},
                "difference": finding.difference,
            }
        )
    return rows


def _items() -> list[Row]:
    rows: dict[str, Row] = {}
    for form in forms().values():
        for table in form.tables:
            for order, row in enumerate((row for part in table.parts for row in part.rows), 1):
                if row.item.key in rows:
                    known = rows[row.item.key]
                    known["forms"] = " ".join(sorted({*known["forms"].split(), form.key}))
                    known["kind"] = known["kind"] if known["kind"] == row.kind else "both"
                    continue
                item = items()[row.item.key]
                rows[item.key] = {
                    "item": item.key,
                    "form_table": table.key,
                    "sort_order": str(order),
                    "parent": row.parent,
                    "kind": row.kind,
                    "label_zh": item.zh,
                    "short_zh": item.short_zh,
                    "label_en": item.en,
                    "plain_zh": item.plain_zh,
                    "plain_en": item.plain_en,
                    "article": item.article,
                    "forms": form.key,
                }
    return list(rows.values())


def _rules() -> list[Row]:
    return [
        {
            "rule_id": rule.id,
            "class": rule.rule_class,
            "severity": rule.severity.value,
            "form_table": rule.table,
            **_twins(title=rule.title, formula=rule.formula, explain=rule.explain),
            **_twins(basis=rule.basis, breaks=rule.breaks),
            "example": rule.example,
            "compares": rule.compares,
        }
        for rule in rules().values()
    ]


def _twins(**texts: Text) -> Row:
    """Each text as its two columns."""
    return {
        f"{name}_{language}": said
        for name, text in texts.items()
        for language, said in (("zh", text.zh), ("en", text.en))
    }


def _with_formula(rule: Rule) -> Text:
    zh, en = rule.kind.message
    return Text(zh.replace("{formula_zh}", rule.formula.zh), en.replace("{formula_en}", rule.formula.en))


def _finding_codes() -> list[Row]:
    """The kinds of findings of reading, and one for each rule, whose words depend on what the rule relates."""
    reading = [
        {
            "code": kind.code,
            "origin": "reading",
            "rule_id": "",
            "severity": kind.severity.value,
            **_twins(title=kind.title, message=kind.message, hint=kind.hint),
        }
        for kind in finding_kinds().values()
    ]
    return reading + [
        {
            "code": rule.id,
            "origin": "rule",
            "rule_id": rule.id,
            "severity": rule.severity.value,
            **_twins(title=rule.title, message=_with_formula(rule), hint=rule.kind.hint),
        }
        for rule in rules().values()
    ]


def _indicators(one: CheckedReport) -> list[Row]:
    return [
        {
            "report_id": one.source.report_id,
            "indicator_id": found.id,
            "numerator": plain(found.numerator),
            "denominator": plain(found.denominator),
            "value": plain(found.value),
            "note": found.note,
        }
        for found in indicators(one.report.form, one.report.figures)
    ]


def _indicator_definitions() -> list[Row]:
    return [
        {
            "indicator_id": definition.id,
            "sort_order": str(order),
            "title_zh": definition.words["zh"],
            "title_en": definition.words["en"],
            "numerator": " ".join(definition.numerator),
            "denominator": " ".join(definition.denominator),
            "unit": "ratio",
            "smallest_n": str(definition.smallest_n),
            **{key: value for key, value in definition.words.items() if key not in ("zh", "en")},
        }
        for order, definition in enumerate(definitions().values(), 1)
    ]


def divisions_of(agencies: list[Row]) -> list[Row]:
    """The divisions that agencies lie in and those above them; a code that the list does not have is told as they tell it.

    Args:
        agencies: rows of the table of agencies.
    """
    found: dict[str, Row] = {}
    for agency in agencies:
        code = agency["division_code"]
        for division in chain(code):
            found[division.code] = {
                "division_code": division.code,
                "name_zh": division.name,
                "level": division.level,
                "parent": division.parent,
            }
        if code not in found:
            name = agency["county"] or agency["city"] or agency["province"] or code
            level = "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"
            found[code] = {"division_code": code, "name_zh": name, "level": level, "parent": ""}
    return list(found.values())


def _crosswalk() -> list[Row]:
    """Every cell of both forms once: what it became, or that it is new; of forms that the site does not have, none."""
    told = knowledge.load("crosswalk.yml")
    old, new = forms().get(told["from"]), forms().get(told["to"])
    if not (old and new):
        return []
    return [
        {
            "crosswalk_id": f"{before}>{after}",
            **{"from_form": before and old.key, "from_cell": before},
            **{"to_form": after and new.key, "to_cell": after},
            "series": _series(line["comparable"], before, after),
            "relation": line["relation"],
            "comparable": line["comparable"],
            "note_zh": line["zh"],
            "note_en": line["en"],
        }
        for line, before, after in crosswalk(told["lines"], old, new)
    ]


def _series(comparable: str, before: str, after: str) -> str:
    """The name of the series that both cells are in: that of the newer, or of the one that was split."""
    return {"no": "", "as_sum": before}.get(comparable, after)
