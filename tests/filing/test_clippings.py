"""Each recognised figure has a view in the picture of its table; on the site it is shown beside the figure, in every language."""

import json
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.archive.sources import agencies
from pipeline.filing import clippings
from pipeline.filing.clippings import write_clippings
from pipeline.filing.read_all import read_all
from pipeline.model.figure import Status
from pipeline.model.outcome import CheckedReport
from pipeline.package.rows import make_tables
from pipeline.package.write import write_package
from pipeline.pages import write_pages
from tests.five import copy_five
from tests.tools.made import article

SCANS = Path(__file__).parents[1] / "document/scans"
AGENCY, REPORT = "511900-housing", "511900-housing-2021"


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = copy_five(tmp_path / "datapackage/reports")
    shutil.copy(SCANS / "copier.tif", folder / AGENCY / "2021.tif")
    shutil.copy(SCANS / "copier.read.yml", folder / AGENCY / "2021.read.yml")
    (folder / AGENCY / "2021.yml").write_text("source_url:\nretrieved: 2024-01-02\n", encoding="utf-8")
    return folder


def never(*_: object, **__: object) -> list[bytes]:
    raise AssertionError("it was drawn again")


def recognised(one: CheckedReport) -> set[str]:
    return {str(key) for key, figure in one.report.figures.items() if figure.status is Status.RECOGNISED}


def test_every_recognised_figure_has_a_view_and_is_drawn_once(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed, folder = read_all(reports), tmp_path / "clippings"
    assert write_clippings(filed, folder) == 0
    (one,) = (one for one in filed if one.source.report_id == REPORT)
    assert [path.name for path in folder.iterdir()] == [REPORT]
    views = {
        f"{path.stem}/{row}/{column}"
        for path in (folder / REPORT).glob("*.svg")
        for row, column in re.findall(r'<view id="(\w+)-(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert views == recognised(one) == set(json.loads((folder / REPORT / "sizes.json").read_text("utf-8")))
    monkeypatch.setattr(clippings, "clipped", never)
    write_clippings(filed, folder)  # nothing changed
    (reports / AGENCY / "2021.tif").write_bytes(one.source.load() + b"\0")  # no more what was recognised
    write_clippings(read_all(reports), folder)
    assert not list(folder.iterdir())


def test_without_what_draws_them_there_are_none(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clippings, "is_installed", lambda: False)
    assert write_clippings(read_all(reports), tmp_path / "clippings") == 1  # which is said
    assert not (tmp_path / "clippings").exists()


def test_the_site_shows_a_figure_beside_its_clipping(reports: Path, tmp_path: Path) -> None:
    filed = read_all(reports)
    write_clippings(filed, tmp_path / "clippings")
    write_package(make_tables(agencies(reports), filed), tmp_path / "datapackage")
    write_pages(tmp_path / "datapackage", tmp_path / "docs", clippings=tmp_path / "clippings")
    page = f"agencies/{AGENCY}/2021"
    blocks = json.loads((tmp_path / "fragments" / page / "source/fragments.json").read_text(encoding="utf-8"))
    shown = re.findall(
        r'<td>([\d,.]+) <img loading=lazy src=([^ ]+)#(\S+) alt="(.+?)" width=\d+ height=\d+>',
        blocks["figures"],
    )
    (one,) = (one for one in filed if one.source.report_id == REPORT)
    assert len(shown) == len(recognised(one))
    assert {file for _, file, _, _ in shown} == {"proactive.svg", "requests.svg", "review_litigation.svg"}
    for value, file, view, _ in shown:
        picture = (tmp_path / "docs" / page / "source" / file).read_text(encoding="utf-8")
        assert f'id="{view}"' in picture
        cell = next(
            key
            for key in one.report.figures
            if f"{key.table}.svg" == file and f"{key.row}-{key.column}" == view
        )
        assert one.report.figures[cell].value == Decimal(value.replace(",", ""))
    english = json.loads(
        (tmp_path / "fragments-en" / page / "source/fragments.json").read_text(encoding="utf-8")
    )
    assert (
        f"src=../../../../../{page}/source/requests.svg#" in english["figures"]
    )  # one file for every language
    assert not list((tmp_path / "docs-en").rglob("*.svg"))
    report, without = (
        article(tmp_path / "docs", f"agencies/{AGENCY}/{year}/")["article"] for year in ("2021", "2022")
    )
    assert "data-clips=source/" in report
    assert "data-repository" in without
    assert "data-clips" not in without
    assert len(blocks["figures"].encode()) < 26_000
