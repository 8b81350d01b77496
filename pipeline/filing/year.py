"""What the report prints and the person says → the year that it is of; never from the file's name."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.filing.request import Ground, NotFiledError, Request
from pipeline.model.report import Report

FIRST_YEAR = 2019  # the oldest form; before it there were no official tables
LAST_YEAR = 2099


def find_year(request: Request, report: Report, notes: list[Ground]) -> int:
    """The year a report is of: the one given, else the one it prints, with the ground for it added to ``notes``.

    Raises:
        NotFiledError: neither says one, or there was no official form that year.
    """
    year = request.year or report.year
    if year is None:
        hint = re.search(r"(?<!\d)20\d\d(?!\d)", Path(request.name).stem)
        zh = (
            f"（文件名里有 {hint.group()}；程序不从文件名取年度，是的话请写 --year {hint.group()}）"
            if hint
            else ""
        )
        en = (
            f" (its name has {hint.group()}, which is not taken from there: if it is right say --year {hint.group()})"
            if hint
            else ""
        )
        raise NotFiledError(
            f"报告没有写明年度；请用 --year 指明{zh}", f"the report has no year; say it with --year{en}"
        )
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFiledError(
            f"{year} 年没有规定的格式；只收录 {FIRST_YEAR} 年以后的报告",
            f"no official form exists for {year}; reports from {FIRST_YEAR} on are filed",
        )
    if request.year:
        notes.append(Ground(f"年度：由 --year 指明为 {year}", f"year: {year}, as --year says", given=True))
    else:
        notes.append(Ground(f"年度：{year}，取自报告", f"year: {year}, from the report"))
    return year
