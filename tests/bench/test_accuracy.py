"""Reading is right: about 150 invented reports in every format and layout against the bars of ``bench accuracy``, and what holds
for any text at all. Each property was seen failing once, with the rule behind it taken out."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.bench import accuracy
from pipeline.checks.sums import check
from pipeline.document.read import read
from pipeline.document.refusal import RefusedError
from pipeline.knowledge import normalize
from pipeline.knowledge.forms import forms
from pipeline.model.document import Document, Paragraph
from pipeline.model.figure import Figure, Status
from pipeline.model.form import Form
from pipeline.model.outcome import State
from pipeline.model.report import NotAReportError, Report
from pipeline.reading.report import make_report
from tests.synthetic.cases import Case, make_case
from tests.synthetic.layouts import LAYOUTS
from tests.synthetic.quirks import QUIRKS
from tests.synthetic.sheet import SCALES, Printed, Says, Sheet, Truth, print_report

SLOW = ("docx", "pdf")  # to make, not to read
JOINED = [
    name for name, layout in LAYOUTS.items() if layout.blanks == "joined"
]  # no gap between the figures of a row
APART = [name for name in LAYOUTS if name not in JOINED]
FORMS = st.sampled_from(list(forms().values()))
SEEDS = st.integers(min_value=0, max_value=10**6)


def count(layout: str) -> int:
    return 3 if layout in SLOW else 9


@pytest.mark.parametrize("layout", APART)
def test_every_cell_of_a_clean_report_is_exact(layout: str) -> None:
    kinds = [(form, scale) for form in forms() for scale in SCALES]
    chosen = kinds if layout not in SLOW else kinds[::3]
    cases = [make_case(n, layout, form=form, scale=scale) for n, (form, scale) in enumerate(chosen)]
    tally = accuracy.read_cases(cases)
    assert not list(accuracy.missed(False, tally)), tally.examples
    assert tally.exact == tally.cells >= 198 * len(chosen)


def test_damaged_reports_reach_the_bars() -> None:
    tally = accuracy.Tally()
    for layout in APART:
        tally.add(accuracy.read_cases(make_case(seed, layout, quirks=4) for seed in range(count(layout))))
    assert not list(accuracy.missed(True, tally)), tally.examples


@pytest.mark.parametrize("layout", JOINED)
def test_of_digits_without_a_gap_those_are_read_that_the_sums_part_in_one_way(layout: str) -> None:
    tally = accuracy.read_cases(make_case(seed, layout, quirks=4) for seed in range(12))
    assert not list(accuracy.missed(True, tally, exact=False)), tally.examples
    assert tally.knowable > 100


@pytest.mark.parametrize("quirk", QUIRKS)
def test_no_quirk_makes_a_figure_silently_wrong_or_a_good_cell_doubtful(quirk: str) -> None:
    cases = [
        make_case(seed, layout, only=(quirk,))
        for layout in sorted(QUIRKS[quirk].layouts - set(SLOW))
        for seed in (11, 12)
    ]
    tally = accuracy.read_cases(cases)
    assert (tally.wrong, tally.false_flags, tally.mistaken) == (0, 0, 0), tally.examples


def test_one_seed_is_one_file() -> None:
    first, again = (make_case(7, "html-spans", quirks=4) for _ in range(2))
    assert (first.data, first.truth) == (again.data, again.truth)
    assert make_case(8, "html-spans", quirks=4).data != first.data


# -- the judge itself: a bench that lets errors pass would prove nothing ----------------------------------------------


def reading() -> tuple[Case, Report]:
    case = make_case(3, "tabs", scale="busy", form="t2021")
    return case, make_report(read(case.data, case.format))


def with_figure(report: Report, figure: Figure) -> Report:
    return replace(report, figures=report.figures | {("requests", "granted", "total"): figure})


def test_the_judge_sees_a_wrong_value_a_lost_value_and_a_false_flag() -> None:
    case, report = reading()
    good = report.figures["requests", "granted", "total"]
    assert good.value
    assert accuracy.judge(case, report).wrong == 0
    other = Figure("1", good.value + 1, Status.REPORTED, good.place)
    assert accuracy.judge(case, with_figure(report, other)).wrong == 1
    assert list(accuracy.missed(True, accuracy.judge(case, with_figure(report, other))))
    blank = Figure("", None, Status.BLANK, good.place)
    assert accuracy.judge(case, with_figure(report, blank)).wrong == 1, (
        "a value lost without a finding is silent"
    )
    resolved = replace(good, status=Status.RESOLVED)
    assert accuracy.judge(case, with_figure(report, resolved)).false_flags == 1


def test_the_judge_wants_what_cannot_be_told_flagged_and_never_a_value() -> None:
    case, report = reading()
    key = ("requests", "granted", "total")
    lost = replace(case, truth={**case.truth, key: Truth(Says.LOST)})
    assert accuracy.judge(lost, report).wrong == 1
    blank = replace(case, truth={**case.truth, key: Truth(Says.BLANK)})
    assert accuracy.judge(blank, report).wrong == 1, "a blank is no zero"


def test_a_form_mistaken_for_the_other_is_wrong() -> None:
    case, report = reading()
    assert accuracy.judge(replace(case, form="t2019"), report).wrong > 100


def test_bars() -> None:
    fine = accuracy.Tally(reports=1, cells=1000, exact=995, flagged=5, false_flags=5)
    assert not list(accuracy.missed(True, fine))
    assert list(accuracy.missed(False, fine))
    assert list(accuracy.missed(True, replace(fine, exact=994)))
    assert list(accuracy.missed(True, replace(fine, false_flags=6)))
    assert list(accuracy.missed(True, replace(fine, wrong=1)))


# -- properties -------------------------------------------------------------------------------------------------------


def read_printed(printed: Printed, layout: str) -> Report:
    return make_report(read(LAYOUTS[layout].to_bytes(printed, lambda lines: lines), LAYOUTS[layout].format))


@settings(max_examples=25)
@given(SEEDS, FORMS, st.sampled_from(sorted(set(APART) - set(SLOW))))
def test_what_is_written_is_read(seed: int, form: Form, layout: str) -> None:
    printed = print_report(random.Random(seed), form)
    assert {
        key: figure.value for key, figure in read_printed(printed, layout).figures.items()
    } == printed.figures


@settings(max_examples=25)
@given(SEEDS, FORMS, st.data())
def test_full_width_grouped_and_spaced_figures_read_the_same_in_a_report(
    seed: int, form: Form, data: st.DataObject
) -> None:
    printed = print_report(random.Random(seed), form, "large")
    for box in printed.figure_boxes():
        number = box.text
        wide = number.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
        grouped = f"{int(number):,}" if re.fullmatch(r"\d+", number) else number
        if data.draw(st.booleans()):
            box.text = data.draw(st.sampled_from((wide, grouped, f"  {number}\u3000", f"\u00a0{number} ")))
    report = read_printed(printed, "cells")
    assert {key: figure.value for key, figure in report.figures.items()} == printed.figures


def scraps() -> st.SearchStrategy[str]:
    """Lines as in reports and lines as in nothing."""
    words = [item.zh for form in forms().values() for _, _, row, _ in form.cells() for item in (row.item,)]
    words += [
        "自然人",
        "总计",
        "其他",
        "本年制发件数",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "信息内容",
    ]
    cells = st.one_of(
        st.sampled_from(words), st.sampled_from(["0", "12", "1 2", "约5", "/", "", "１", "3.", "-4-", "1,2"])
    )
    row = st.lists(cells, min_size=1, max_size=12)
    lines = st.builds(lambda texts, by: by.join(texts), row, st.sampled_from(["\t", " | ", "  ", ""]))
    return st.lists(st.one_of(lines, st.text(max_size=30)), max_size=40).map("\n".join)


def values(text: str) -> Iterator[Figure]:
    try:
        report = make_report(read(text.encode(errors="replace"), "txt"))
    except (NotAReportError, RefusedError):
        return
    yield from (figure for figure in report.figures.values() if figure.value is not None)


@settings(max_examples=150)
@given(scraps())
def test_no_text_raises_or_invents_a_value(text: str) -> None:
    """Every value stands in the text, on the line that its place names."""
    lines = re.split(r"\r\n|\r|\n", text)
    for figure in values(text):
        line = int(re.fullmatch(r"line (\d+)(?:, character \d+)?", figure.place)[1])  # type: ignore[index]
        assert normalize.compact(figure.raw) in normalize.compact(lines[line - 1])
        assert figure.value == Decimal(normalize.compact(figure.raw).replace(",", ""))


@settings(max_examples=40)
@given(SEEDS, FORMS, st.data())
def test_a_balanced_table_holds_and_any_one_changed_cell_is_seen_by_a_rule(
    seed: int, form: Form, data: st.DataObject
) -> None:
    printed = print_report(random.Random(seed), form, data.draw(st.sampled_from(list(SCALES))))
    report = read_printed(printed, "tabs")

    def failures(report: Report) -> list[str]:
        outcomes = check(report, printed.year)
        return [o.rule.id for o in outcomes if o.state is State.FAILS and o.rule.relation == "equals"]

    assert failures(report) == []
    summed = sorted(key for key in report.figures if key[0] != "proactive")  # table two has no sums
    key = data.draw(st.sampled_from(summed))
    old = report.figures[key]
    assert old.value is not None
    changed = replace(old, value=old.value + data.draw(st.integers(min_value=1, max_value=9)))
    assert failures(replace(report, figures=report.figures | {key: changed}))


@settings(max_examples=40)
@given(SEEDS, st.data())
def test_a_row_cut_short_is_never_silently_shifted(seed: int, data: st.DataObject) -> None:
    """Whatever cell a row lost: what is read is right, or it is not read."""
    printed = print_report(random.Random(seed), scale="small")
    sheet, row = data.draw(st.sampled_from(printed.free_rows("requests")))
    assert isinstance(sheet, Sheet)
    lost = data.draw(st.sampled_from([box for box in row if box.cell]))
    row.remove(lost)
    report = read_printed(printed, data.draw(st.sampled_from(("tabs", "cells", "lines", "pipes"))))
    for key, figure in report.figures.items():
        if figure.value is not None:
            assert figure.value == printed.figures[key]
            assert key != lost.cell or figure.status is Status.RESOLVED


def test_an_empty_document_is_no_report() -> None:
    for blocks in ((), (Paragraph("你好", "line 1"),)):
        with pytest.raises(NotAReportError):
            make_report(Document("txt", blocks))


# -- who reports, and what is no report -------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"agency": "虚构市财政局"}, {"year": 2030}, {"scope": "system"}])
def test_the_judge_sees_a_silent_mistake_about_agency_year_or_scope(change: dict[str, object]) -> None:
    case, report = reading()
    assert accuracy.judge(case, report).mistaken == 0
    tally = accuracy.judge(case, replace(report, **change))  # type: ignore[arg-type]
    assert tally.mistaken == 1
    assert list(accuracy.missed(True, tally))


def test_the_judge_wants_the_unit_of_the_header_and_the_cells_that_sums_make_knowable() -> None:
    case, report = reading()
    key = ("proactive", "admin_fees", "fee_amount")
    truth = {**case.truth, key: replace(case.truth[key], unit="元")}  # type: ignore[index]
    assert accuracy.judge(replace(case, truth=truth), report).wrong == 1
    assert list(accuracy.missed(True, accuracy.Tally(reports=1, cells=1, exact=1, knowable=100, known=94)))
    assert not list(
        accuracy.missed(True, accuracy.Tally(reports=1, cells=1, exact=1, knowable=100, known=95))
    )


def test_documents_that_are_no_reports_are_taken_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert accuracy.read_others(30, 1) == []
    monkeypatch.setattr(accuracy, "make_report", lambda document: document)
    assert len(accuracy.read_others(3, 1)) == 3
