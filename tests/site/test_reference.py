"""The pages about the data: dictionary, versions, citations, what search engines read; and a site from the zip alone."""

import csv
import gzip
import html
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.pages import write_pages
from pipeline.published.dictionary import CODE_LISTS, chapters
from pipeline.published.reader import open_package
from pipeline.published.releases import Correction, Release, read_history, with_release
from pipeline.site import pinned
from pipeline.site.build import build_site
from tests.site.conftest import Built, Visitor
from tests.site.corpus import PUBLISHED
from tests.site.test_build import hashes

Visit = Callable[..., Visitor]

JSONLD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def jsonld(page: str) -> dict[str, Any]:
    head, _, body = page.partition("</head>")
    found = JSONLD.findall(head)
    assert len(found) == 1
    assert not JSONLD.search(body)
    parsed: dict[str, Any] = json.loads(found[0])
    return parsed


def test_the_head_of_each_kind_of_page_says_what_it_is_by_absolute_addresses(site: Built) -> None:
    """Where the site is published is known here, so that a harvester needs nothing else to resolve them."""
    home = site.url
    assert jsonld(site.html(""))["@type"] == "DataCatalog"
    assert jsonld(site.html("data"))["@id"] == f"{home}data/#dataset"
    part = jsonld(site.html("agencies/511900-housing"))
    whole = {"@type": "Dataset", "@id": f"{home}data/#dataset", "name": "政府信息公开工作年度报告数据"}
    assert part["isPartOf"] == whole
    assert jsonld(site.html("en/agencies/511900-housing"))["@id"] == part["@id"]
    report = jsonld(site.html("agencies/511900-housing/2022"))
    assert report["@type"] == "Dataset"
    assert report["isPartOf"]["@id"] == part["@id"]
    assert report["temporalCoverage"] == "2022"
    assert report["distribution"][0]["contentUrl"] == f"{home}api/v1/reports/511900-housing-2022.json"
    assert report["isBasedOn"]["identifier"].startswith("sha256:")
    assert jsonld(site.html("en/agencies/511900-housing/2022")) == report
    year = jsonld(site.html("years/2023"))
    assert (year["isPartOf"], year["url"]) == (whole, f"{home}years/2023/")
    for one in (part, report, year):
        assert 50 <= len(one["description"]) <= 5000
        assert "../" not in json.dumps(one)
        for file in one["distribution"]:
            assert (site.folder / file["contentUrl"].removeprefix(home)).is_file()


def test_a_hostile_name_stays_in_its_script(busy_site: Built) -> None:
    for path in sorted(busy_site.folder.glob("agencies/*/index.html")):
        jsonld(path.read_text(encoding="utf-8"))


def test_the_dictionary_page_tells_every_column_and_code(site: Built) -> None:
    package = open_package(PUBLISHED)
    rows = {name: list(package.records(name)) for name in CODE_LISTS}
    for path, index in (("data/dictionary", 0), ("en/data/dictionary", 1)):
        page = site.html(path)
        text = html.unescape(re.sub(r"<[^>]+>", "", page))
        for chapter in chapters(package.descriptor.raw, rows):
            assert f'id="{chapter.anchor}"' in page
            for row in chapter.rows:
                for cell in row:
                    wanted = cell if isinstance(cell, str) else cell[index]
                    assert wanted in text, (chapter.anchor, wanted)


def test_the_versions_page_names_the_version_of_the_data(site: Built) -> None:
    version = open_package(PUBLISHED).descriptor.version
    for path in ("data/versions", "en/data/versions"):
        assert f'id="v{version}"' in site.html(path)
        assert "feed.xml" in site.html(path)


def test_the_versions_page_shows_each_changed_figure_before_and_after(tmp_path: Path) -> None:
    shutil.copytree(PUBLISHED, tmp_path / "package", ignore=shutil.ignore_patterns("reports"))
    change = Correction("511900-housing-2022", "requests/granted/total", "", "<7>")
    made = Release("0.1.1", "2024-05-06", "更正。", "Corrected.", (), ("511900-housing-2022",), (change,))
    history = with_release(read_history(PUBLISHED), made)
    (tmp_path / "package/versions.yml").write_text(history, encoding="utf-8")
    write_pages(tmp_path / "package", tmp_path / "docs")
    fragments = json.loads((tmp_path / "fragments/data/versions/fragments.json").read_text("utf-8"))
    row = next(
        row for row in fragments["releases"].split("<tr>") if "requests/granted/total" in row
    ).partition("</table>")[0]
    assert 'href="../../agencies/511900-housing/2022/"' in row
    assert "巴中市住房和城乡建设局 2022" in row
    assert [re.sub("<[^>]+>", "", cell) for cell in row.split("<td")[2:4]] == [">（空）", ">&lt;7&gt;"]


def test_the_package_is_cited_in_three_styles_with_version_and_address(site: Built) -> None:
    version = open_package(PUBLISHED).descriptor.version
    for path in ("data", "en/data"):
        page = site.html(path)
        text = html.unescape(re.sub(r"<[^>]+>", "", page))
        assert f"{version}[DS/OL]" in text
        assert f"(Version {version}) [Data set]" in text
        assert f"version = {{{version}}}" in text
        assert text.count(f"{site.url}data/") >= 3
        start = page.index('id="cite"')
        assert len(re.findall(r'class="?copy\b', page[start:])) >= 3


TURNING = re.compile("[\u200b\u202a-\u202e\u2066-\u2069]")  # marks that turn text round, which no page shows
LABELLED = {
    "label",
    "procedure_label",
    "numerator",
    "received",
}  # a column of words, or one that says itself what it is


def test_every_figure_of_a_page_says_whose_it_is_and_what_stands_in_it(busy_site: Built) -> None:
    package = open_package(busy_site.folder / "data")
    reports = {row["report_id"]: row for row in package.records("reports")}
    names = {row["agency_id"]: TURNING.sub("", row["name_zh"]) for row in package.records("agencies")}
    found: set[str] = set()
    for path in sorted(busy_site.folder.rglob("figures.json.gz")):
        told = json.loads(gzip.decompress(path.read_bytes()))
        found |= set(told["figures"])
        for figure in told["figures"].values():
            assert set(figure["columns"]) & LABELLED, path
            assert figure["question"], path
            assert figure["rows"], path
            assert {len(row) for row in figure["rows"]} == {len(figure["columns"])}, path
            assert figure["unit"] or "numerator" in figure["columns"], path
        where, owner = path.relative_to(busy_site.folder).parts, dict(told["owner"])
        if "agencies" not in where:
            continue
        agency = where[where.index("agencies") + 1]
        assert owner["agency_id"] == agency
        if where[0] == "agencies":
            assert owner["agency"] == names[agency]
        if len(where) - where.index("agencies") > 3:
            assert owner["year"] == reports[owner["report_id"]]["year"]
            assert reports[owner["report_id"]]["agency_id"] == agency
    assert found >= {"outcomes", "cases", "years", "proactive", "punctual"}


def test_the_csv_of_a_figure_says_in_each_row_whose_it_is(busy_site: Built, visit: Visit) -> None:
    page = visit().go(f"{busy_site.url}agencies/990001-housing/2024/")
    page.locator("#fig-outcomes .take > summary").click()
    with page.expect_download() as download:
        page.locator("#fig-outcomes").get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    (report,) = {
        (row["report_id"], row["agency_id"], row["year"], row["question"], row["unit"]) for row in rows
    }
    assert report == ("990001-housing-2024", "990001-housing", "2024", "要办的申请，结果如何？", "件")
    (version,) = {row["data_version"] for row in rows}
    assert version == open_package(busy_site.folder / "data").descriptor.version
    shown = page.locator("#fig-outcomes .numbers tbody tr td:nth-child(2)").all_text_contents()
    assert [row["value"] for row in rows] == [text.replace(",", "") for text in shown]


def test_the_promise_of_the_json_stands_on_the_data_page(site: Built) -> None:
    index = json.loads((site.folder / "api/v1/index.json").read_text(encoding="utf-8"))
    for path, field in (("data", "promise"), ("en/data", "promise_en")):
        page = site.html(path)
        said = html.unescape(
            re.sub(r"<[^>]+>", "\n", page[page.index('id="promise"') : page.index("</article>")])
        ).split("\n")
        told = [line for line in said if line.strip() and line in index[field]]
        assert ("" if path == "data" else " ").join(told) == index[field]


def test_the_site_of_the_zip_alone_is_the_site_of_the_repository(site: Built, tmp_path: Path) -> None:
    """Every byte of it: so the same package gives the same bytes, whoever builds it, and where."""
    with zipfile.ZipFile(site.folder / "data/ogi-annual-reports.zip") as archive:
        archive.extractall(tmp_path / "package")
    write_pages(tmp_path / "package", tmp_path / "docs")
    build_site(tmp_path / "docs", tmp_path / "site", site_url=site.url)
    ours, theirs = hashes(tmp_path / "site"), hashes(site.folder)
    assert {path for path in ours.keys() | theirs.keys() if ours.get(path) != theirs.get(path)} == set()


def test_every_report_leads_to_its_file_at_the_commit_that_filed_it_without_a_script(
    busy_site: Built,
) -> None:
    link = re.compile(
        r'href="https://github.com/someone/reports/blob/([0-9a-f]{40})/(datapackage/reports/[^"]+)"'
    )
    for path in ("agencies/511900-housing/2022", "en/agencies/511900-housing/2022"):
        ((commit, file),) = link.findall(busy_site.html(path))
        assert file == "datapackage/reports/511900-housing/2022.txt"
        assert commit == pinned.filed()[file]


def test_the_page_of_versions_lists_every_published_state_with_its_files(site: Built) -> None:
    (state,) = json.loads((site.folder / "data/versions/states.json").read_text("utf-8"))["states"]
    for path, up in (("data/versions", "../../"), ("en/data/versions", "../../../")):
        page = html.unescape(site.html(path))
        assert f"<code>{state['version']}</code>" in page
        for file in state["files"]:
            address = f"{up}data/{state['version'].replace('+', '%2B')}/{file['name']}"
            assert f'href="{address}"' in page
            assert (site.folder / path / address.replace("%2B", "+")).resolve().is_file()


def test_every_chart_and_the_dictionary_lead_to_the_files_with_all_reports(busy_site: Built) -> None:
    """Each by an address that is there."""
    figures = 0
    for page in busy_site.folder.glob("**/index.html"):
        text = page.read_text("utf-8")
        for figure in re.findall(r"<figure class=fig .*?</figure>", text, re.DOTALL):
            found = re.findall(r'href="([^"]*(?:api/v1/|data/data/)[^"]+\.csv)"', figure)
            assert found, f"{page}: {figure[:100]}"
            assert all((page.parent / address).resolve().is_file() for address in found), found
            figures += 1
    assert figures > 10
    for path in ("data/dictionary", "en/data/dictionary"):
        found = re.findall(r'href="([^"]*api/v1/[^"]+)"', busy_site.html(path))
        assert {address.split("/")[-2] for address in found} == {"items", "indicators"}
        assert all((busy_site.folder / path / address).resolve().is_file() for address in found)
