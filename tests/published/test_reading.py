"""The package is read back as it was written, or refused with file and line."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.model.findings import PipelineError
from pipeline.pages import write_pages
from pipeline.pages.data import data_page
from pipeline.pages.words import Words
from pipeline.published.package import read_package
from tests.site.corpus import PUBLISHED, Corpus

AGENCY = "990000-housing"


def corpus() -> Corpus:
    return Corpus().empty().agency(AGENCY).report(AGENCY, 2023)


def test_the_published_package_is_read_as_it_is() -> None:
    package = read_package(PUBLISHED)
    report = next(one for one in package.reports if one.key == "511900-housing-2022")
    assert report.value("requests", "unavailable_not_held", "total") == 11
    assert report.value("requests", "outcomes_total", "total") is None
    assert report.notes["requests", "outcomes_total", "total"].status == "absent"
    assert report.value("proactive", "admin_fees", "fee_amount") == Decimal("2.53")
    assert report.value("review_litigation", "litigation_direct", "pending") == 1
    assert sum(len(row.values) for row in report.rows.values()) == 200
    assert [section.key for section in report.sections][:3] == [
        "preamble",
        "overview",
        "proactive_disclosure",
    ]
    assert list(package.by_year) == sorted(package.by_year, reverse=True)
    assert set(package.by_agency) == set(package.agencies)


BROKEN = [
    ("agencies", "agency_id", "../../etc"),
    ("agencies", "agency_id", "a/b"),
    ("reports", "report_id", f"{AGENCY}-../x"),
    ("reports", "report_id", "990001-other-2023"),
    ("reports", "agency_id", "990001-other"),
    ("reports", "template", "t1999"),
    ("reports", "year", "2023x"),
    ("requests", "total", "twelve"),
    ("proactive", "value", "1,000"),
]


@pytest.mark.parametrize(("resource", "field", "value"), BROKEN)
def test_a_broken_value_is_refused_with_its_place(
    tmp_path: Path, resource: str, field: str, value: str
) -> None:
    broken = corpus()
    broken.rows[resource][0][field] = value
    with pytest.raises(PipelineError, match=rf"{resource}\.csv:2"):
        read_package(broken.write(tmp_path / "package"))


@pytest.mark.parametrize("resource", ["sections", "requests"])
def test_a_table_that_the_descriptor_lacks_is_named(tmp_path: Path, resource: str) -> None:
    broken = corpus()
    listed = broken.descriptor["resources"]
    broken.descriptor["resources"] = [entry for entry in listed if entry["name"] != resource]
    with pytest.raises(PipelineError, match=f"no resource {resource}"):
        read_package(broken.write(tmp_path / "package"))


def test_a_file_that_is_missing_or_lacks_a_column_is_named(tmp_path: Path) -> None:
    folder = corpus().write(tmp_path / "package")
    path = folder / "data/checks.csv"
    path.write_text("report_id,rule_id\n", "utf-8")
    with pytest.raises(PipelineError, match=r"checks\.csv:1"):
        read_package(folder)
    path.unlink()
    with pytest.raises(PipelineError, match=r"checks\.csv"):
        read_package(folder)
    (folder / "datapackage.json").write_text("{}", "utf-8")
    with pytest.raises(PipelineError, match=r"datapackage\.json"):
        read_package(folder)


def test_a_path_outside_the_package_is_not_copied(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_bytes((PUBLISHED / "data/rules.csv").read_bytes())
    broken = corpus()
    folder = broken.write(tmp_path / "package")
    text = (folder / "datapackage.json").read_text("utf-8")
    (folder / "datapackage.json").write_text(text.replace("data/rules.csv", "../secret.csv"), "utf-8")
    with pytest.raises(PipelineError, match="outside"):
        write_pages(folder, tmp_path / "docs")


def test_pages_that_fail_leave_the_old_ones(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    write_pages(PUBLISHED, docs)
    before = sorted(path for path in tmp_path.rglob("*"))
    broken = corpus()
    broken.rows["requests"][0]["total"] = "x"
    with pytest.raises(PipelineError):
        write_pages(broken.write(tmp_path.parent / f"{tmp_path.name}-broken"), docs)
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_text_keeps_its_letters_and_loses_what_cannot_be_seen(tmp_path: Path) -> None:
    folder = (
        corpus().section(f"{AGENCY}-2023", "overview", "a\u202eb", "c\u200bd\ne").write(tmp_path / "package")
    )
    (section,) = read_package(folder).reports[0].sections
    assert (section.heading, section.text) == ("ab", "cd\ne")


def test_the_data_page_tells_the_rows_of_every_file_whether_the_pages_need_it_or_not() -> None:
    package = read_package(PUBLISHED)
    counted = {}
    for name, resource in package.descriptor.tables.items():
        with (PUBLISHED / resource.path).open(encoding="utf-8", newline="") as file:
            counted[name] = sum(1 for _ in csv.DictReader(file))
    assert package.sizes == counted
    shown = data_page(package, Words("zh")).values["files"]
    assert [file["rows"] for file in shown[1:]] == [f"{count:,}" for count in counted.values()]


def test_a_file_that_only_the_data_page_offers_must_be_there(tmp_path: Path) -> None:
    folder = Corpus().write(tmp_path / "package")
    (folder / "data/crosswalk.csv").unlink()
    with pytest.raises(PipelineError, match="crosswalk"):
        read_package(folder)
