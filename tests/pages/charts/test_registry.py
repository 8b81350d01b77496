"""A chart on the page of a report costs a module and a line: one is added here for the length of a test."""

import gzip
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
from tests.tools.made import article, beside

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
    path = "agencies/990000-x/2023/"
    told = article(tmp_path / "docs", path)
    written = json.loads(gzip.decompress(beside(tmp_path / "docs", path, "figures.json.gz")))
    assert "intake" in dict(told["contents"])
    drawn = told["article"].partition('<h2 id="intake">')[2].partition("<h2")[0]
    assert "来了 12 件。" in drawn
    assert drawn.count("<rect") == 2  # its bars
    assert "<td>9" in drawn  # its table
    table = written["figures"]["intake"]
    assert [*(name for name, _ in written["owner"]), "question", *table["columns"], "unit"] == COLUMNS
    assert [row[2] for row in table["rows"]] == ["9", "3"]
    assert table["plotly"]["data"][0]["x"] == [9, 3]
