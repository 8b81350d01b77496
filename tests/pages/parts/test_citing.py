"""A citation says whose report it is, which version of the data was looked at, and where; and lets nothing out of its lines."""

import re

import pytest

from pipeline.pages.parts.citing import of_report
from pipeline.pages.words import Words


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "数据修订 1a2b，各版本见 data/versions/"),
        ("en", "Data revision 1a2b, for versions see data/versions/"),
    ],
)
def test_a_report_is_cited_in_three_styles_with_the_revision_of_its_data(language: str, said: str) -> None:
    made = of_report("k-2023", "某局", "某局2023年年报", "2024-01-31", Words(language), "1a2b")
    assert [one.style for one in made] == ["GB/T 7714—2015", "APA", "BibTeX"]
    for one in made:
        assert said in plain(one.text)
        assert "data-page-url" in one.text  # the address, which the site puts there
    assert plain(made[0].text).startswith("某局. 某局2023年年报[R/OL]. (2024-01-31)[")
    assert f"某局. (2024). 某局2023年年报 [{said}]. " in plain(made[1].text)
    assert f"  note = {{{said}}}," in plain(made[2].text)


def test_a_title_with_markup_stays_text_and_no_day_is_invented() -> None:
    made = of_report("k-2023", "<b>", "<script>", "", Words("zh"), "1a2b")
    assert not [one for one in made if "<script>" in one.text or "<b>" in one.text]
    assert "(n.d.)" in made[1].text
    assert "year" not in made[2].text
