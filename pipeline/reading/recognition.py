"""The lines of a document → the form that its tables follow, told by the wordings that only this form has."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.knowledge.forms import forms
from pipeline.knowledge.normalize import Printed
from pipeline.model.form import Form
from pipeline.reading.dates import bare_date
from pipeline.reading.labels import Kind, is_short, meanings
from pipeline.reading.lines import Line


def recognise_form(lines: Iterable[Line]) -> Form | None:
    """The form whose own wordings the tables print; None where they print none, or as many of another form.

    Args:
        lines: of the whole document, in reading order.
    """
    texts: list[Printed] = []
    looked_at, has_rows = 0, False
    for line in lines:
        if line.is_paragraph and bare_date(line.text, "signature", ""):
            has_rows = has_rows or _has_rows(texts[looked_at:])
            looked_at = len(texts)
            if has_rows:
                break  # what an annex prints below the signature is none of the report's
        texts.extend(cell.text for cell in line.cells if is_short(cell.text))
    whole = "".join(text.label for text in texts)
    score = {form.key: sum(sign in whole for sign in form.signs) for form in forms().values()}
    best = max(score.values())
    winners = [key for key, value in score.items() if value == best]
    return forms()[winners[0]] if best and len(winners) == 1 else None


def _has_rows(texts: Iterable[Printed]) -> bool:
    """Whether labels of rows are among the texts, of whatever form."""
    return any(
        meaning.kind is Kind.ROW
        for text in texts
        for form in forms().values()
        for meaning in meanings(text, form, stems=False)
    )
