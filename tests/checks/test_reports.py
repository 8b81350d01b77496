"""Deadlines and dates of a report."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.checks.reports import due
from pipeline.knowledge.forms import forms
from pipeline.model.outcome import ReadReport
from pipeline.model.report import Report
from pipeline.model.source import Agency, Source


def source(function: str = "housing", published: date | None = None) -> Source:
    agency = Agency("510403-x", "甲市某机关", "county", function, "510403")
    return Source(agency, 2023, "agency", Path("2023.txt"), "txt", "", None, published)


def report(published: date | None) -> Report:
    return Report(forms()["t2021"], None, None, 2023, "agency", published, {}, (), ())


@pytest.mark.parametrize(
    ("function", "deadline"), [("housing", date(2024, 1, 31)), ("gov", date(2024, 3, 31))]
)
def test_a_department_has_until_january_and_a_government_until_march(function: str, deadline: date) -> None:
    assert due(source(function)) == deadline


def test_the_printed_date_goes_before_that_of_the_yml() -> None:
    printed, typed = date(2024, 1, 20), date(2024, 3, 5)
    assert ReadReport(source(published=typed), report(printed)).published == printed
    assert ReadReport(source(published=typed), report(None)).published == typed
    assert ReadReport(source(), report(None)).published is None
