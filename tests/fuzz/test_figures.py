"""A report whose every cell is known, changed in one place: that cell alone is read otherwise, or it is flagged."""

from __future__ import annotations

import random
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pipeline.bench.accuracy import judge
from pipeline.document.read import read
from pipeline.reading.report import make_report
from tests.fuzz.inputs import kept, share
from tests.synthetic.cases import Case
from tests.synthetic.layouts import LAYOUTS
from tests.synthetic.quirks import a_row_missing, soften
from tests.synthetic.sheet import Printed, Says, Truth, print_report

SEEDS = st.integers(0, 2**40)
QUICK = st.sampled_from([name for name, layout in LAYOUTS.items() if layout.format not in ("pdf", "docx")])
SLOW = st.sampled_from([name for name, layout in LAYOUTS.items() if layout.format in ("pdf", "docx")])


def judged(printed: Printed, layout: str, seed: int, what: str) -> None:
    """Writes a report, reads it back, and asks that no cell is silently wrong."""
    printed.layout = layout
    soften(printed, LAYOUTS[layout].blanks)
    data = LAYOUTS[layout].to_bytes(printed, lambda lines: lines)
    extension = LAYOUTS[layout].format
    identity = {"agency": printed.agency, "year": printed.year, "scope": printed.scope}
    known = {"form": printed.form.key, "truth": dict(printed.truth), "wreck": False}
    case = Case(seed, layout, extension, (what,), data, **known, **identity)
    with kept("figures", f"x.{extension}", data):
        tally = judge(case, make_report(read(data, extension)))
        assert tally.wrong == 0, tally.examples


def digit_changed(seed: int, layout: str) -> None:
    rng = random.Random(seed)
    printed = print_report(rng)
    box = rng.choice([box for box in printed.figure_boxes() if box.text.isdigit()])
    place = rng.randrange(len(box.text))
    box.text = f"{box.text[:place]}{rng.randint(1, 9)}{box.text[place + 1 :]}"
    assert box.cell
    printed.truth[box.cell] = Truth(Says.VALUE, Decimal(box.text))
    judged(printed, layout, seed, "a digit changed")


def row_deleted(seed: int, layout: str) -> None:
    rng = random.Random(seed)
    printed = print_report(rng)
    a_row_missing(rng, printed)
    judged(printed, layout, seed, "a row deleted")


@share(0.11)
@given(SEEDS, QUICK)
def test_a_changed_digit_changes_its_cell_alone(seed: int, layout: str) -> None:
    digit_changed(seed, layout)


@share(0.02)
@given(SEEDS, SLOW)
def test_a_changed_digit_of_a_word_file_or_pdf(seed: int, layout: str) -> None:
    digit_changed(seed, layout)


@share(0.08)
@given(SEEDS, QUICK)
def test_a_deleted_row_moves_no_other(seed: int, layout: str) -> None:
    row_deleted(seed, layout)


@share(0.015)
@given(SEEDS, SLOW)
def test_a_deleted_row_of_a_word_file_or_pdf(seed: int, layout: str) -> None:
    row_deleted(seed, layout)
