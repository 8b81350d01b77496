"""Indicators: one registry; fractions of stated figures; the printed total, else its six columns, and the note says which."""

from decimal import Decimal

import pytest

from pipeline.checks import indicators as module
from pipeline.checks.indicators import Indicator, definitions, indicators
from pipeline.knowledge.forms import forms
from pipeline.model.figure import CellKey, Figure, Status
from pipeline.model.findings import PipelineError

APPLICANTS = (
    "natural_person",
    "org_commercial",
    "org_research",
    "org_public_interest",
    "org_legal_service",
    "org_other",
)


def figures(form: str = "t2021", **rows: int) -> dict[CellKey, Figure]:
    """Zeros, and rows (or ``row__column``) that hold a number in natural_person and total."""
    found = {key: plain(0) for key in forms()[form].cell_keys()}
    for name, value in rows.items():
        row, _, column = name.partition("__")
        table = "review_litigation" if row.startswith(("litigation", "reconsideration")) else "requests"
        for key in [column] if column else ["natural_person", "total"]:
            found[CellKey(table, row, key)] = plain(value)
    return found


def plain(value: int) -> Figure:
    return Figure(str(value), Decimal(value), Status.REPORTED)


def of(cells: dict[CellKey, Figure], indicator_id: str, form: str = "t2021") -> Indicator:
    return next(found for found in indicators(forms()[form], cells) if found.id == indicator_id)


def test_the_total_column_is_never_added_to_its_parts() -> None:
    found = of(figures(granted=14, outcomes_total=14), "disclosure_rate")
    assert (found.numerator, found.denominator, found.value) == (14, 14, 1)


def test_a_total_that_is_not_stated_comes_from_the_six_columns_and_says_so() -> None:
    cells = figures(granted=12, outcomes_total=12)
    cells["requests", "outcomes_total", "total"] = Figure("", None, Status.ABSENT)
    found = of(cells, "disclosure_rate")
    assert (found.numerator, found.denominator, found.value, found.note) == (12, 12, 1, "total_from_columns")


def test_totals_alone_are_enough() -> None:
    cells = figures(granted=12, outcomes_total=24)
    for row in ("granted", "outcomes_total"):
        for column in APPLICANTS:
            cells["requests", row, column] = Figure("", None, Status.BLANK)
    assert of(cells, "disclosure_rate").value == Decimal("0.5")


def test_a_cell_that_is_not_stated_gives_no_ratio() -> None:
    cells = figures(granted=12, outcomes_total=24)
    cells["requests", "granted", "total"] = Figure("/", None, Status.MARK)
    cells["requests", "granted", "org_other"] = Figure("/", None, Status.MARK)
    found = of(cells, "disclosure_rate")
    assert (found.numerator, found.value, found.note) == (None, None, "not_stated")


def test_a_small_base_is_shown_as_counts() -> None:
    found = of(figures(granted=5, outcomes_total=9), "disclosure_rate")
    assert (found.numerator, found.denominator, found.value, found.note) == (5, 9, None, "small_base")


def test_a_base_of_just_the_smallest_gives_a_ratio() -> None:
    smallest = definitions()["disclosure_rate"].smallest_n
    found = of(figures(granted=smallest, outcomes_total=smallest), "disclosure_rate")
    assert (found.denominator, found.value, found.note) == (smallest, 1, "")


def test_a_zero_base_gives_no_ratio() -> None:
    assert of(figures(), "disclosure_rate").note == "zero_base"


def test_the_correction_rate_leaves_pending_cases_out() -> None:
    cells = figures(
        reconsideration__corrected=5,
        reconsideration__upheld=25,
        reconsideration__other_result=4,
        reconsideration__pending=7,
    )
    found = of(cells, "review_correction_rate")
    assert (found.numerator, found.denominator) == (5, 34)


@pytest.mark.parametrize(("form", "item"), [("t2019", "other_handling"), ("t2021", "other_other")])
def test_both_forms_have_every_indicator(form: str, item: str) -> None:
    found = list(indicators(forms()[form], figures(form, outcomes_total=20, new_received=20, **{item: 20})))
    assert [one.id for one in found] == list(definitions())


def test_an_indicator_that_names_an_unknown_cell_is_refused_with_its_line() -> None:
    entry = dict(module.knowledge.load("indicators.yml")["disclosure_rate"]) | {
        "numerator": ["requests/grnted"]
    }
    with pytest.raises(PipelineError, match=r"indicators\.yml:\d+: .* has no requests/grnted"):
        module._checked(module._definition("disclosure_rate", entry))


def test_the_names_of_indicators_are_in_one_place_with_formula_and_caveat() -> None:
    for definition in definitions().values():
        assert all(definition.words.values()), definition.id
        assert definition.smallest_n >= 10
