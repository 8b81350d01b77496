"""From a figure to where it is printed, on our own host: a numbered line of a text, a row on the picture of a page."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipeline.archive.sources import agencies
from pipeline.filing.read_all import read_all
from pipeline.package.rows import make_tables
from pipeline.package.write import write_package
from tests.shared import Shared
from tests.site.conftest import Built, Visitor, built
from tests.site.corpus import PUBLISHED
from tests.synthetic.cases import make_case

Visit = Callable[..., Visitor]
PDF_AGENCY = "990000-gov-office"
CASE = make_case(7, "pdf", form="t2021", scale="busy")
# Files whose tables are shown as they were read: agency → the case.
READ = {
    "990000-health": make_case(7, "docx", form="t2021", scale="busy"),
    "990000-water": make_case(8, "html-page", form="t2021", scale="busy"),
}
AGENCY = "name_zh: {name}\nlevel: county\nfunction: {duty}\ndivision_code: '990000'\nprovince: 虚构省\n"


@pytest.fixture(scope="module")
def archived_site(shared: Shared) -> Built:
    """Reports with their files beside the package: a text, a PDF, a Word file and a page of HTML."""

    def package(folder: Path) -> Path:
        reports = folder / "reports"
        shutil.copytree(PUBLISHED / "reports/511900-housing", reports / "511900-housing")
        for key, case in {PDF_AGENCY: CASE, **READ}.items():
            own = reports / key
            own.mkdir()
            duty = key.partition("-")[2]
            (own / "agency.yml").write_text(AGENCY.format(name=case.agency, duty=duty), encoding="utf-8")
            (own / f"{case.year}.{case.format}").write_bytes(case.data)
            (own / f"{case.year}.yml").write_text("source_url: null\nretrieved: null\n", encoding="utf-8")
        write_package(make_tables(agencies(reports), read_all(reports)), folder)
        return folder

    return built(shared, "archived", package)


def follow(page: Page, cell: str) -> str:
    """Presses a figure and the way to its place; what it shows."""
    figure = page.locator(f"#{cell}")
    shown = figure.inner_text().splitlines()[0]
    figure.click()
    page.locator(".why").get_by_role("link", name=re.compile("归档文件第")).click()
    page.wait_for_url("**/source/#*")
    return shown


@pytest.mark.parametrize("agency", READ)
def test_a_figure_of_a_table_leads_to_its_row(archived_site: Built, visit: Visit, agency: str) -> None:
    page = visit(390).go(f"{archived_site.url}agencies/{agency}/{READ[agency].year}/")
    shown = follow(page, "c-requests-granted-total")
    row = page.locator(".archived tr:target")
    expect(row).to_be_in_viewport()
    expect(row).to_contain_text("予以公开")
    assert row.locator("td").last.inner_text().strip() == shown
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_figure_of_a_text_leads_to_its_line(archived_site: Built, visit: Visit) -> None:
    page = visit().go(f"{archived_site.url}agencies/511900-housing/2022/")
    shown = follow(page, "c-requests-new_received-total")
    expect(page.locator(".archived li:target")).to_contain_text(shown)
    expect(page.locator(".archived li:target")).to_be_in_viewport()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_figure_of_a_pdf_leads_to_its_row_on_the_picture(
    archived_site: Built, visit: Visit, width: int
) -> None:
    page = visit(width).go(f"{archived_site.url}agencies/{PDF_AGENCY}/{CASE.year}/")
    shown = follow(page, "c-requests-granted-total")
    row = page.locator(".sheet :target")
    expect(row).to_be_in_viewport()
    expect(row.locator("b")).to_be_visible()
    expect(row.locator("b")).to_contain_text("予以公开: ")
    assert row.locator("b").inner_text().endswith(f" {shown}")
    image = page.locator(".sheet:has(:target) img")
    assert image.evaluate("(one) => one.decode().then(() => one.naturalWidth)") == 760
    inside = page.evaluate(
        """() => {
            const place = (selector) => document.querySelector(selector).getBoundingClientRect();
            const [row, sheet] = [place(":target"), place(".sheet:has(:target)")];
            return row.height < sheet.height / 8 && row.left >= sheet.left && row.right <= sheet.right && row.bottom <= sheet.bottom;
        }"""
    )
    assert inside, "one row, on its page"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
