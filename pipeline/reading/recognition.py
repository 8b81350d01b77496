"""A document → the form that its tables follow, told by the wordings that only this form has."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.knowledge.forms import forms
from pipeline.model.document import Document
from pipeline.model.form import Form
from pipeline.reading.dates import bare_date
from pipeline.reading.labels import meanings, normal
from pipeline.reading.prose import is_short


def recognise_form(document: Document) -> Form | None:
    """The form whose own wordings the tables print; None where they print none, or as many of another form."""
    texts: list[str] = []
    for line in document.lines():
        if line.is_paragraph and bare_date(line.text, "signature", "") and _has_rows(texts):
            break  # what an annex prints below the signature is none of the report's
        texts.extend(cell.text for cell in line.cells if is_short(cell.text))
    whole = "".join(map(normal, texts))
    score = {form.key: sum(sign in whole for sign in form.signs) for form in forms().values()}
    best = max(score.values())
    winners = [key for key, value in score.items() if value == best]
    return forms()[winners[0]] if best and len(winners) == 1 else None


def _has_rows(texts: Iterable[str]) -> bool:
    """Whether labels of rows are among the texts, of whatever form."""
    return any(
        meaning.kind == "row"
        for text in texts
        for form in forms().values()
        for meaning in meanings(text, form, stems=False)
    )
