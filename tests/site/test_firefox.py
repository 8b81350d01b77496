"""What a visitor does, done again in Firefox: find an agency, look at charts, ask the explorer, search, cite, print."""

from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser

from tests.site.conftest import Built
from tests.site.test_charts_whole import test_a_chart_is_whole_after_a_walk_through_the_site
from tests.site.test_explore import (
    test_a_ready_made_question_is_sorted_filtered_drawn_shared_and_gone_back_from,
    test_the_numbers_lead_to_the_cells_of_the_reports,
)
from tests.site.test_pages_in_a_browser import test_the_drawer_of_a_phone_holds_what_the_tabs_hold
from tests.site.test_search import test_a_search_is_in_the_address_and_narrows_by_place_year_and_function
from tests.site.test_seen import (
    BUSY,
    MOST_SHEETS,
    Visit,
    test_a_filter_stands_in_the_address_and_back_brings_it_again,
    test_a_phone_shows_totals_first_and_all_columns_on_demand,
    test_an_english_report_fits_the_smallest_phone,
    test_the_text_is_compared_with_that_of_the_year_before,
)
from tests.site.test_sharing import test_a_figure_is_cited_in_three_styles, test_cells_are_reached_by_keyboard

__all__ = [
    "test_a_chart_is_whole_after_a_walk_through_the_site",
    "test_a_figure_is_cited_in_three_styles",
    "test_a_filter_stands_in_the_address_and_back_brings_it_again",
    "test_a_phone_shows_totals_first_and_all_columns_on_demand",
    "test_a_ready_made_question_is_sorted_filtered_drawn_shared_and_gone_back_from",
    "test_a_search_is_in_the_address_and_narrows_by_place_year_and_function",
    "test_an_english_report_fits_the_smallest_phone",
    "test_cells_are_reached_by_keyboard",
    "test_the_drawer_of_a_phone_holds_what_the_tabs_hold",
    "test_the_numbers_lead_to_the_cells_of_the_reports",
    "test_the_text_is_compared_with_that_of_the_year_before",
]


@pytest.fixture
def browser(firefox: Browser) -> Browser:
    return firefox


def test_a_report_is_printed_on_few_sheets(demo_site: Built, visit: Visit, tmp_path: Path) -> None:
    page = visit().go(demo_site.url + BUSY)
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    document = pypdfium2.PdfDocument(tmp_path / "report.pdf")
    sheets = len(document)
    document.close()
    assert 2 <= sheets <= MOST_SHEETS
