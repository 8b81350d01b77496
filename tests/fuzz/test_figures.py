"""A report whose every cell is known, changed in one place: that cell alone is read otherwise, or it is flagged."""

from __future__ import annotations

import random
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.bench.accuracy import judge
from pipeline.document.read import read
from pipeline.model.figure import CellKey
from pipeline.reading.report import make_report
from tests.fuzz.inputs import kept, share
from tests.synthetic.cases import Case
from tests.synthetic.layouts import LAYOUTS
from tests.synthetic.quirks import a_row_missing, soften
from tests.synthetic.sheet import Printed, Says, Truth, print_report

SEEDS = st.integers(0, 2**40)
QUICK = st.sampled_from([name for name, layout in LAYOUTS.items() if layout.format not in ("pdf", "docx")])
SLOW = st.sampled_from([name for name, layout in LAYOUTS.items() if layout.format in ("pdf", "docx")])


def judged(printed: Printed, layout: str, seed: int, what: str, changed: CellKey | None = None) -> None:
    """Writes a report, reads it back, and asks that no cell is silently wrong.

    Of digits without a gap a changed one may part the row in another way that agrees with its sums: it is told (T111)
    that the row was parted by them, and to compare it. That row alone is then not judged.
    """
    printed.layout = layout
    soften(printed, LAYOUTS[layout].blanks)
    data = LAYOUTS[layout].to_bytes(printed, lambda lines: lines)
    extension = LAYOUTS[layout].format
    identity = {"agency": printed.agency, "year": printed.year, "scope": printed.scope}
    with kept("figures", f"x.{extension}", data):
        report = make_report(read(data, extension))
        parted = {(found.at.table, found.at.row) for found in report.findings if found.code == "T111"}
        told = {changed[:2]} & parted if changed else set()
        truth = {key: value for key, value in printed.truth.items() if key[:2] not in told}
        known = {"form": printed.form.key, "truth": truth, "wreck": False}
        tally = judge(Case(seed, layout, extension, (what,), data, **known, **identity), report)
        assert tally.wrong == 0, tally.examples


def digit_changed(seed: int, layout: str) -> None:
    rng = random.Random(seed)
    printed = print_report(rng)
    box = rng.choice([box for box in printed.figure_boxes() if box.text.isdigit()])
    place = rng.randrange(len(box.text))
    box.text = f"{box.text[:place]}{rng.randint(1, 9)}{box.text[place + 1 :]}"
    assert box.cell
    printed.truth[box.cell] = Truth(Says.VALUE, Decimal(box.text))
    judged(printed, layout, seed, "a digit changed", box.cell)


def row_deleted(seed: int, layout: str) -> None:
    rng = random.Random(seed)
    printed = print_report(rng)
    a_row_missing(rng, printed)
    judged(printed, layout, seed, "a row deleted")


@share(0.11)
@given(SEEDS, QUICK)
@example(182958, "row-joined")  # 8420913629152 is parted as 8 4 2 0 9136 2 9152
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
