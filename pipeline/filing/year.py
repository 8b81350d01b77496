"""What the report prints and the person says → the year that it is of; never from the file's name."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.filing.request import Ground, Request, not_filed
from pipeline.knowledge.forms import forms
from pipeline.knowledge.messages import message
from pipeline.model.report import Report

LAST_YEAR = 2099


def find_year(request: Request, report: Report, notes: list[Ground]) -> int:
    """The year a report is of: the one given, else the one it prints, with the ground for it added to ``notes``.

    Raises:
        NotFiledError: neither says one, or there was no official form that year.
    """
    year = request.year or report.year
    if year is None:
        hint = re.search(r"(?<!\d)20\d\d(?!\d)", Path(request.name).stem)
        raise not_filed("year_not_stated", hint=message("year_in_name", year=hint.group()) if hint else "")
    first = min(form.first_year for form in forms().values())
    if not first <= year <= LAST_YEAR:
        raise not_filed("year_without_form", year=year, first=first)
    if request.year:
        notes.append(Ground(message("ground_year_given", year=year), given=True))
    else:
        notes.append(Ground(message("ground_year_read", year=year)))
    return year
