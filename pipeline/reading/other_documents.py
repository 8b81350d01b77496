"""What is no annual report on an official form, though it speaks of one: notices, rules, model texts, reports of schools.

Comes in: what was read. Goes out: a refusal that says in one line what the document is. The kinds stand in ``other_documents.yml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline import knowledge
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.forms import forms
from pipeline.model.figure import CellKey, Figure, Status
from pipeline.model.findings import Location
from pipeline.model.form import Form
from pipeline.model.report import NotAReportError
from pipeline.reading.identity import Identity
from pipeline.reading.labels import SENTENCE, section_heading
from pipeline.reading.lines import Line
from pipeline.reading.titles import LONGEST_TITLE

HEAD_LINES = 30
TITLE_LINES = 3
FEWEST_SECTIONS = 2  # with tables: the headings of the others are those of any report


def refuse_other_documents(
    lines: Sequence[Line],
    identity: Identity,
    recognised: Form | None,
    tables_seen: frozenset[str],
    figures: Mapping[CellKey, Figure],
) -> None:
    """Returns where the document is an annual report.

    Args:
        lines: all of the document; none: it is refused.
        identity: what it says of itself.
        recognised: the form whose own wordings its tables print; None for none.
        tables_seen: keys of the tables of which anything was found.
        figures: every cell of the form.

    Raises:
        NotAReportError: it is something else, or nothing of a report was found.
    """
    words = knowledge.load("other_documents.yml")
    lacking = {
        "form": recognised is None,
        "tables": not tables_seen,
        "figures": not any(f.value is not None or f.status is Status.MARK for f in figures.values()),
    }
    heads = tuple(_heads(lines, words["report_words"], recognised))
    for kind in words["kinds"].values():
        if all(lacking[what] for what in kind.get("lacks", ())) and _is_told(kind, heads, identity):
            raise _refusal(kind)
    first = min(form.first_year for form in forms().values())
    if identity.year is not None and identity.year < first and recognised is None:
        raise _refusal(words["before_the_forms"], year=identity.year, first=first)
    of_tables = {table.section for form in forms().values() for table in form.tables}
    sections = [section for section in identity.sections if section.key in of_tables]
    if not tables_seen and identity.title is None and len(sections) < FEWEST_SECTIONS:
        raise _refusal(words["nothing"])


def _is_told(kind: Mapping[str, Any], heads: Sequence[str], identity: Identity) -> bool:
    if "agency" in kind:
        return bool(identity.agency and re.search(kind["agency"], identity.agency))
    return any(re.search(kind["title"], head) for head in heads)


def _heads(lines: Sequence[Line], report_words: str, form: Form | None) -> Iterator[str]:
    """Lines above the first section that speak of annual reports, alone and joined with those below; no sentences."""
    texts: list[str] = []
    for line in lines[:HEAD_LINES]:
        if section_heading(line.text, form or next(iter(forms().values()))):
            break
        is_title = len(line.filled) == 1 and len(line.text.raw) <= LONGEST_TITLE
        texts.append("" if not is_title or SENTENCE.search(line.text.raw) else line.text.plain)
    for start in range(len(texts)):
        for end in range(start + 1, min(len(texts), start + TITLE_LINES) + 1):
            if not all(texts[start:end]):
                break
            if re.search(report_words, joined := "".join(texts[start:end])):
                yield joined


def _refusal(words: Mapping[str, str], **values: object) -> NotAReportError:
    what = {f"what_{language}": words[language].format(**values) for language in ("zh", "en")}
    return NotAReportError(finding_kinds()["D101"](Location(), **what))
