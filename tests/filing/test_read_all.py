"""Where a report contradicts what it is filed as."""

from pathlib import Path

import pytest

from pipeline.filing.read_all import against_filing
from pipeline.knowledge.forms import forms
from pipeline.model.report import Report
from pipeline.model.source import Agency, Source

AGENCY = Agency("370725-housing", "昌乐县住房和城乡建设局", "county", "housing", "370725")


def codes(year: int | None, filed: int, scope: str = "", agency: str | None = None) -> list[str]:
    report = Report(forms()["t2021"], None, agency, year, "agency", None, {}, (), (), scope_printed=scope)
    source = Source(AGENCY, filed, "agency", Path(f"{filed}.txt"), "txt", "", None, None)
    return [finding.code for finding in against_filing(source, report)]


@pytest.mark.parametrize("printed", [2021, 2022, 2024, 2025])
def test_a_year_that_is_not_the_printed_one_is_a_finding_earlier_or_later(printed: int) -> None:
    assert codes(printed, 2023) == ["D113"]


def test_the_printed_year_and_none_are_no_finding() -> None:
    assert codes(2023, 2023) == []
    assert codes(None, 2023) == []


def test_another_scope_and_another_place_are_findings() -> None:
    assert codes(2023, 2023, scope="jurisdiction") == ["D126"]
    assert codes(2023, 2023, scope="agency") == []
    assert codes(2023, 2023, agency="河南省洛阳市栾川县住房和城乡建设局") == ["D127"]
