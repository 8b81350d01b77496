"""A chart on the page of a report costs a module and a line: one is added here for the length of a test."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.pages import report as page_of_report
from pipeline.pages import write_pages
from pipeline.pages.charts.shapes import Figure
from pipeline.pages.charts.tables import figure_of, lines_of
from pipeline.pages.parts import amounts
from pipeline.pages.words import Words
from pipeline.published.records import Package, Report
from tests.site.corpus import Corpus, requests

COLUMNS = ["report_id", "agency_id", "agency", "year", "question", "item", "label", "value", "unit"]


def draw(package: Package, report: Report, words: Words) -> Figure:
    parts = {item: amounts.total(report, amounts.REQUESTS, item) for item in ("new_received", "carried_in")}
    return figure_of(
        lines_of(package, parts, words), words, name="intake", question="来了多少？", caption="来了 12 件。"
    )


def test_a_chart_is_a_module_and_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filed = requests({"new_received": 9, "carried_in": 3, "granted": 12, "outcomes_total": 12})
    corpus = Corpus().empty().agency("990000-x").report("990000-x", 2023, filed)
    one = SimpleNamespace(HEADING="report.outcomes", draw=draw)
    monkeypatch.setattr(page_of_report, "CHARTS", (*page_of_report.CHARTS, one))
    write_pages(corpus.write(tmp_path / "package"), tmp_path / "docs")
    folder = "agencies/990000-x/2023"
    text = (tmp_path / "docs" / folder / "index.md").read_text("utf-8")
    assert "{: #intake }" in text
    blocks = json.loads((tmp_path / "fragments" / folder / "fragments.json").read_text("utf-8"))
    assert "来了 12 件。" in blocks["intake"]
    assert blocks["intake"].count("<rect") == 2  # its bars
    assert "<td>9" in blocks["intake"]  # its table
    table = (tmp_path / "docs" / folder / "figures/intake.csv").read_text("utf-8").splitlines()
    assert table[0].split(",")[:9] == COLUMNS
    assert [line.split(",")[7] for line in table[1:]] == ["9", "3"]
    drawn = json.loads((tmp_path / "docs" / folder / "figures/intake.json").read_text("utf-8"))
    assert drawn["data"][0]["x"] == [9, 3]
