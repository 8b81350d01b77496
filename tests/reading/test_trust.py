"""A figure from a picture is given only where the engine is sure and the sums hold; no confusion that keeps a sum passes."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from pipeline.model.document import Cell, Document, Grid, Layout, Paragraph
from pipeline.model.figure import CellKey, Status
from pipeline.model.recognition import Recognised
from pipeline.model.report import Report
from pipeline.reading.report import make_report

SURE, UNSURE = 0.99, 0.3
Cells = list[list[str]]
ROWS: Cells = [
    ["一、本年新收政府信息公开申请数量", "9", "1", "0", "0", "0", "0", "10"],
    ["二、上年结转政府信息公开申请数量", "1", "0", "0", "0", "0", "0", "1"],
    ["（一）予以公开", "3", "0", "0", "0", "0", "0", "3"],
    ["（二）部分公开", "2", "1", "0", "0", "0", "0", "3"],
    ["1.属于国家秘密", "0", "0", "0", "0", "0", "0", "0"],
    ["2.其他法律行政法规禁止公开", "0", "0", "0", "0", "0", "0", "0"],
    ["3.危及“三安全一稳定”", "0", "0", "0", "0", "0", "0", "0"],
    ["4.保护第三方合法权益", "1", "0", "0", "0", "0", "0", "1"],
    ["5.属于三类内部事务信息", "0", "0", "0", "0", "0", "0", "0"],
    ["6.属于四类过程性信息", "0", "0", "0", "0", "0", "0", "0"],
    ["7.属于行政执法案卷", "0", "0", "0", "0", "0", "0", "0"],
    ["8.属于行政查询事项", "0", "0", "0", "0", "0", "0", "0"],
    ["1.本机关不掌握相关政府信息", "3", "0", "0", "0", "0", "0", "3"],
    ["2.没有现成信息需要另行制作", "0", "0", "0", "0", "0", "0", "0"],
    ["3.补正后申请内容仍不明确", "0", "0", "0", "0", "0", "0", "0"],
    ["1.信访举报投诉类申请", "0", "0", "0", "0", "0", "0", "0"],
    ["2.重复申请", "0", "0", "0", "0", "0", "0", "0"],
    ["3.要求提供公开出版物", "0", "0", "0", "0", "0", "0", "0"],
    ["4.无正当理由大量反复申请", "0", "0", "0", "0", "0", "0", "0"],
    ["5.要求行政机关确认或重新出具已获取信息", "0", "0", "0", "0", "0", "0", "0"],
    ["1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", "0", "0", "0", "0", "0", "0", "0"],
    [
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
    ],
    ["3.其他", "0", "0", "0", "0", "0", "0", "0"],
    ["（七）总计", "9", "1", "0", "0", "0", "0", "10"],
    ["四、结转下年度继续办理", "1", "0", "0", "0", "0", "0", "1"],
]
REVIEW = ["5", "2", "1", "0", "8"] + ["0"] * 10
PROACTIVE: Cells = [["规章", "0", "0", "2"], ["行政规范性文件", "3", "1", "12"]]
COLUMNS = (
    "natural_person",
    "org_commercial",
    "org_research",
    "org_public_interest",
    "org_legal_service",
    "org_other",
)


def report(
    change: Callable[[Cells, list[str], Cells], None] = lambda rows, review, first: None, **notes: Recognised
) -> Report:
    """A report whose tables are pictures; ``notes`` say how cells were recognised, all others for sure and twice."""
    rows, review, first = [list(row) for row in ROWS], list(REVIEW), [list(row) for row in PROACTIVE]
    change(rows, review, first)
    known: dict[str, Recognised] = {}

    def grid(table: int, texts: Cells) -> Grid:
        found = []
        for number, row in enumerate(texts, 1):
            cells = []
            for column, text in enumerate(row):
                place = f"p. 2, table {table}, r{number} c{column + 1}, box 1 2 3 4"
                if text:
                    known[place] = notes.get(f"t{table}r{number}c{column + 1}", note())
                cells.append(Cell(text, place, column))
            found.append(tuple(cells))
        return Grid(tuple(found), Layout.GRID)

    blocks = (
        Paragraph("某市某局2023年政府信息公开工作年度报告", "p. 1, line 1"),
        Paragraph("二、主动公开政府信息情况", "p. 1, line 2"),
        grid(1, [["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"], *first]),
        Paragraph("三、收到和处理政府信息公开申请情况", "p. 1, line 3"),
        grid(2, rows),
        Paragraph("四、政府信息公开行政复议、行政诉讼情况", "p. 1, line 4"),
        grid(3, [["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 3, review]),
    )
    return make_report(Document("pdf", blocks, (), known))


def note(sure: float = SURE, *, twice: bool = True) -> Recognised:
    return Recognised(2, (1, 2, 3, 4), sure, sure, twice)


def status(read: Report, cell: str) -> Status:
    return read.figures[CellKey.parse(cell)].status


def named(read: Report) -> set[str]:
    return {finding.at.cell for finding in read.findings if finding.code == "F110"}


def values(read: Report) -> dict[str, Decimal]:
    return {str(key): figure.value for key, figure in read.figures.items() if figure.value is not None}


TRUE = values(report())


def assert_nothing_wrong(read: Report) -> None:
    """Every value that is given is the true one."""
    assert {cell: value for cell, value in values(read).items() if TRUE[cell] != value} == {}


def test_what_is_sure_and_adds_up_is_recognised() -> None:
    read = report()
    assert read.figures[CellKey.parse("requests/new_received/total")].value == 10
    assert status(read, "requests/new_received/total") is Status.RECOGNISED
    assert (
        status(read, "proactive/normative_documents/valid") is Status.RECOGNISED
    )  # in no sum: two readings agree
    assert read.figures[CellKey.parse("requests/new_received/total")].confidence == SURE
    assert not named(read)
    assert [finding.code for finding in read.findings if finding.code == "D150"] == ["D150"]


def test_an_unsure_cell_has_no_value_and_its_text_stands_in_raw() -> None:
    read = report(t2r1c8=note(UNSURE))
    figure = read.figures[CellKey.parse("requests/new_received/total")]
    assert (figure.status, figure.value, figure.raw) == (Status.UNCONFIRMED, None, "10")
    assert named(read) == {"requests/new_received/total"}


def test_a_figure_in_no_sum_needs_two_readings() -> None:
    read = report(t1r3c4=note(twice=False))
    assert status(read, "proactive/normative_documents/valid") is Status.UNCONFIRMED
    assert named(read) == {"proactive/normative_documents/valid"}


def test_what_is_enough_beside_a_sum_is_too_little_without_one() -> None:
    read = report(
        t1r3c4=note(0.95), t2r1c8=note(0.95)
    )  # so sure the engine was of 889, where 8859 was printed
    assert named(read) == {"proactive/normative_documents/valid"}


def test_a_sum_that_does_not_hold_withholds_all_of_its_cells() -> None:
    def misread(rows: Cells, review: list[str], first: Cells) -> None:
        review[0] = "6"  # 5 read as 6, and for sure

    read = report(misread)
    assert named(read) == {
        f"review_litigation/reconsideration/{column}"
        for column in ("upheld", "corrected", "other_result", "pending", "total")
    }
    assert_nothing_wrong(read)
    (first, *_) = [finding for finding in read.findings if finding.code == "F110"]
    assert "9 ≠ 8" in first.message.en


def test_two_errors_that_cancel_out_in_their_row_are_caught_by_their_columns() -> None:
    def misread(rows: Cells, review: list[str], first: Cells) -> None:
        rows[2][1], rows[2][2] = "2", "1"  # 3 + 0 read as 2 + 1

    read = report(misread)
    assert {"requests/granted/natural_person", "requests/granted/org_commercial"} <= named(read)
    assert_nothing_wrong(read)


def test_two_errors_that_cancel_out_in_their_only_sum_are_caught_by_their_readings() -> None:
    def misread(rows: Cells, review: list[str], first: Cells) -> None:
        review[0], review[1] = "6", "1"  # 5 + 2 read as 6 + 1

    read = report(misread, t3r2c1=note(UNSURE), t3r2c2=note(0.0))
    assert named(read) == {
        "review_litigation/reconsideration/upheld",
        "review_litigation/reconsideration/corrected",
    }
    assert_nothing_wrong(read)


def test_four_errors_that_cancel_out_in_rows_and_columns_are_caught_by_their_readings() -> None:
    def misread(rows: Cells, review: list[str], first: Cells) -> None:
        rows[2][1], rows[2][2], rows[3][1], rows[3][2] = "2", "1", "3", "0"

    read = report(misread, **{f"t2r{row}c{column}": note(UNSURE) for row in (3, 4) for column in (2, 3)})
    assert len(named(read)) == 4
    assert_nothing_wrong(read)


def test_a_lost_row_of_zeros_is_missed_though_every_sum_holds() -> None:
    def lose(rows: Cells, review: list[str], first: Cells) -> None:
        del rows[4]

    read = report(lose)
    assert status(read, "requests/denied_state_secret/total") is Status.ABSENT
    assert [f.at.row for f in read.findings if f.code == "T107" and f.at.table == "requests"] == [
        "denied_state_secret"
    ]
    assert_nothing_wrong(read)


def test_two_rows_whose_labels_are_exchanged_are_withheld_though_every_sum_holds() -> None:
    def exchange(rows: Cells, review: list[str], first: Cells) -> None:
        rows[7][0], rows[12][0] = rows[12][0], rows[7][0]

    read = report(exchange, t2r8c1=note(UNSURE), t2r13c1=note(UNSURE))
    assert status(read, "requests/denied_third_party/total") is Status.UNCONFIRMED
    assert status(read, "requests/unavailable_not_held/total") is Status.UNCONFIRMED
    assert len(named(read)) == 14
    assert_nothing_wrong(read)


def misname(rows: Cells, review: list[str], first: Cells) -> None:
    rows[7][0] = "4.保护第二方合法权益"


def test_a_row_whose_label_is_misread_is_read_where_it_stands_and_its_sums_hold() -> None:
    read = report(misname)
    assert "T113" in {finding.code for finding in read.findings}
    assert status(read, "requests/denied_third_party/natural_person") is Status.RECOGNISED
    assert not named(read)
    assert_nothing_wrong(read)


def test_a_row_whose_label_is_misread_needs_figures_that_are_sure_like_any_other() -> None:
    read = report(misname, t2r8c2=note(UNSURE))
    assert named(read) == {"requests/denied_third_party/natural_person"}
    assert len(named(report(misname, t2r8c1=note(UNSURE)))) == 7  # so unsure a label may be another row's


def test_a_figure_whose_column_the_sums_chose_is_withheld() -> None:
    def lose(rows: Cells, review: list[str], first: Cells) -> None:
        del rows[7][2]  # the cell of one zero among others

    read = report(lose)
    assert not {key for key in values(read) if key.startswith("requests/denied_third_party/")}
    assert_nothing_wrong(read)


def test_a_digit_misread_as_a_sign_is_no_label_of_its_row() -> None:
    def misread(rows: Cells, review: list[str], first: Cells) -> None:
        review[0] = "+"

    read = report(misread, t3r2c1=note(UNSURE))
    assert {cell.split("/")[1] for cell in named(read)} == {"reconsideration"}


def test_zeros_do_not_prove_each_other() -> None:
    """Every sum of an all-zero table holds, whatever was there before it was read as zero."""

    def clear(rows: Cells, review: list[str], first: Cells) -> None:
        for row in rows:
            row[1:] = ["0"] * 7

    read = report(clear, t2r3c2=note(UNSURE))
    assert named(read) == {"requests/granted/natural_person"}


def test_a_sure_cell_stays_beside_one_in_doubt_as_long_as_one_of_its_sums_holds() -> None:
    def misread(rows: Cells, review: list[str], first: Cells) -> None:
        rows[2][1] = "8"

    read = report(misread, t2r3c2=note(UNSURE))
    assert named(read) == {"requests/granted/natural_person"}
    assert status(read, "requests/granted/total") is Status.RECOGNISED


def test_a_sure_cell_is_withheld_where_no_sum_can_be_assessed() -> None:
    def misread(rows: Cells, review: list[str], first: Cells) -> None:
        review[0] = "8"

    read = report(misread, t3r2c1=note(UNSURE))
    assert len(named(read)) == 5
    assert status(read, "review_litigation/litigation_direct/total") is Status.RECOGNISED


@pytest.mark.parametrize("mark", ["/", "-"])
def test_a_mark_is_only_a_mark_where_it_is_sure(mark: str) -> None:
    def print_mark(rows: Cells, review: list[str], first: Cells) -> None:
        first[0][1] = mark  # a 1 is soon taken for a stroke

    assert status(report(print_mark), "proactive/rules/issued") is Status.MARK
    doubtful = report(print_mark, t1r2c2=note(UNSURE))
    assert status(doubtful, "proactive/rules/issued") is Status.UNCONFIRMED


def test_ink_that_cannot_be_read_is_no_blank() -> None:
    def smear(rows: Cells, review: list[str], first: Cells) -> None:
        first[0][1], first[0][2] = "\ufffd", ""

    read = report(smear, t1r2c2=note(0.0))
    assert status(read, "proactive/rules/issued") is Status.UNCONFIRMED
    assert status(read, "proactive/rules/repealed") is Status.BLANK
    assert not [finding for finding in read.findings if finding.code == "F101"]  # said once


def test_a_cell_of_a_picture_of_which_nothing_is_known_is_withheld() -> None:
    read = report()
    blocks = _document(read)
    lone = Document("pdf", blocks, (), {"p. 2, table 9, r1 c1, box 1 2 3 4": note()})
    assert {figure.status for figure in make_report(lone).figures.values() if figure.raw} == {
        Status.UNCONFIRMED
    }


def _document(read: Report) -> tuple[Paragraph | Grid, ...]:
    rows = tuple(
        tuple(Cell(text, f"p. 2, table 2, r{n} c{c}", c) for c, text in enumerate(row))
        for n, row in enumerate(ROWS)
    )
    title = Paragraph(read.title or "", "p. 1, line 1")
    return (title, Paragraph("三、收到和处理政府信息公开申请情况", "p. 1, line 2"), Grid(rows, Layout.GRID))


def test_figures_with_text_of_their_own_are_as_they_were() -> None:
    read = make_report(replace(Document("pdf", _document(report()), ())))
    assert status(read, "requests/new_received/total") is Status.REPORTED
