"""Which figure stands in which cell of the form, where the grid of the source says so. Each was seen failing once."""

from datetime import date

import pytest

from pipeline.document.read import read
from pipeline.knowledge.forms import forms
from pipeline.model.document import Cell, Document, Grid, Layout, Paragraph
from pipeline.model.figure import CellKey
from pipeline.model.report import Report
from pipeline.reading.report import make_report

TITLE = Paragraph("虚构市教育局2023年政府信息公开工作年度报告", "p. 1")
PROACTIVE = Paragraph("二、主动公开政府信息情况", "p. 1")
REQUESTS = Paragraph("三、收到和处理政府信息公开申请情况", "p. 1")
REVIEWS = Paragraph("四、政府信息公开行政复议、行政诉讼情况", "p. 1")
FORM = forms()["t2021"]
FIVE = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
APPLICANTS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
NEW = "一、本年新收政府信息公开申请数量"

Box = str | tuple[str, int]  # a text, or a text over so many columns


def grid(*rows: tuple[Box, ...], layout: Layout = Layout.GRID) -> Grid:
    lines = []
    for number, row in enumerate(rows, 1):
        cells: list[Cell] = []
        column = 0
        for box in row:
            text, width = box if isinstance(box, tuple) else (box, 1)
            cells.append(Cell(text, f"r{number} c{column}", column, width))
            column += width
        lines.append(tuple(cells))
    return Grid(tuple(lines), layout)


def report(*blocks: Paragraph | Grid) -> Report:
    return make_report(Document("html", (TITLE, *blocks)))


def row(read: Report, table: str, item: str) -> list[object]:
    """Value, or status where there is none, of each cell of a row in the order of the form."""
    figures = [figure for key, figure in read.figures.items() if key[:2] == (table, item)]
    return [figure.status.value if figure.value is None else int(figure.value) for figure in figures]


def codes(read: Report, table: str) -> list[tuple[str, str | None]]:
    return [(f.code, f.reported) for f in read.findings if f.at.table == table and f.code != "T107"]


def test_figures_follow_the_header_of_their_own_grid() -> None:
    read = report(
        PROACTIVE,
        grid(
            ("信息内容", "现行有效件数", "本年制发件数", "本年废止件数"),
            ("规章", "9", "1", "2"),
            ("行政规范性文件", "8", "", "3"),
        ),
    )
    assert row(read, "proactive", "rules") == [1, 2, 9]
    assert row(read, "proactive", "normative_documents") == ["blank", 3, 8]


def test_a_line_that_names_natural_persons_behind_an_organisation_is_not_read_in_the_order_of_the_form() -> (
    None
):
    swapped = ("", APPLICANTS[1], APPLICANTS[0], *APPLICANTS[2:])
    figures = ("（一）予以公开", "5", "3", *["0"] * 4, "8")
    read = report(REQUESTS, grid(swapped, figures, layout=Layout.LOOSE))
    assert row(read, "requests", "granted") == ["ambiguous"] * 7
    assert row(report(REQUESTS, grid(swapped, figures)), "requests", "granted") == [3, 5, 0, 0, 0, 0, 8]


def test_a_header_of_another_order_is_not_carried_over_into_another_grid() -> None:
    read = report(
        PROACTIVE,
        grid(("信息内容", "现行有效件数", "本年制发件数", "本年废止件数"), ("规章", "9", "1", "2")),
        grid(("行政规范性文件", "3", "4", "5")),
    )
    assert row(read, "proactive", "rules") == [1, 2, 9]
    assert row(read, "proactive", "normative_documents") == ["ambiguous"] * 3
    assert ("T106", "3 4 5") in codes(read, "proactive")


def test_a_table_that_goes_on_in_the_next_grid_in_the_order_of_the_form_is_read() -> None:
    read = report(
        PROACTIVE,
        grid(("信息内容", "本年制发件数", "本年废止件数", "现行有效件数"), ("规章", "9", "1", "2")),
        grid(("行政规范性文件", "3", "4", "5")),
    )
    assert row(read, "proactive", "normative_documents") == [3, 4, 5]


def test_a_figure_below_a_column_that_the_form_does_not_have_shifts_no_other() -> None:
    """The remarks stand last, and every row leaves its first column blank: nothing may move to the left."""
    read = report(
        PROACTIVE,
        grid(
            ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数", "备注"),
            ("规章", "", "1", "2", "3"),
            ("行政规范性文件", "", "4", "5", "6"),
        ),
    )
    assert row(read, "proactive", "rules") == ["ambiguous"] * 3
    assert row(read, "proactive", "normative_documents") == ["ambiguous"] * 3


def test_a_column_without_a_name_of_the_form_is_passed_over_where_it_is_blank() -> None:
    read = report(
        PROACTIVE,
        grid(
            ("信息内容", "本年制发件数", "备注", "本年废止件数", "现行有效件数"), ("规章", "1", "", "2", "3")
        ),
    )
    assert row(read, "proactive", "rules") == [1, 2, 3]


def test_the_figure_of_another_column_is_not_the_only_one_of_the_form() -> None:
    read = report(PROACTIVE, grid(("信息内容", "上年", "本年处理决定数量"), ("行政许可", "5", "")))
    assert row(read, "proactive", "licensing") == ["ambiguous"]


def test_a_header_drawn_wider_than_its_figures_reads_a_full_row_in_order() -> None:
    read = report(
        PROACTIVE,
        grid(("信息内容", ("本年制发件数", 2), "本年废止件数", "现行有效件数"), ("规章", "1", "2", "3")),
    )
    assert row(read, "proactive", "rules") == [1, 2, 3]


def test_a_header_whose_lower_line_slipped_to_the_left_is_no_order() -> None:
    """Row spans were lost: the columns of the second line stand below those of the first."""
    read = report(
        REQUESTS,
        grid(("", "自然人", ("法人或其他组织", 5), "总计"), APPLICANTS[1:6], (NEW, *"1234567")),
    )
    assert row(read, "requests", "new_received") == [1, 2, 3, 4, 5, 6, 7]
    figures = ("1", "2", "3", "4", "5", "", "7", "8")
    read = report(
        REQUESTS,
        grid(("", "自然人", ("法人或其他组织", 5), "总计"), APPLICANTS[1:6], (NEW, *figures)),
    )
    assert row(read, "requests", "new_received") == ["ambiguous"] * 7


def test_a_header_that_slipped_and_names_the_total_first_is_no_order() -> None:
    head = ("", "总计", "自然人", ("法人或其他组织", 5))
    read = report(REQUESTS, grid(head, APPLICANTS[1:6], (NEW, *"7123456")))
    assert row(read, "requests", "new_received") == ["ambiguous"] * 7


def test_a_row_of_figures_without_a_label_is_a_finding() -> None:
    read = report(
        REQUESTS,
        grid(("", *APPLICANTS), (NEW, *"1234567"), ("", *"7654321"), ("", "", "", "", "", "5", "", "")),
    )
    assert row(read, "requests", "new_received") == [1, 2, 3, 4, 5, 6, 7]
    assert codes(read, "requests") == [("T101", "7 6 5 4 3 2 1"), ("T101", "5")]


def test_a_lone_figure_without_a_label_is_a_finding_above_and_below_other_rows() -> None:
    head = ("信息内容", "本年处理决定数量")
    for rows in ((head, ("", "6"), ("行政许可", "5")), (head, ("行政许可", "5"), ("", "6"))):
        in_order = grid(*rows, layout=Layout.LIST)
        assert codes(report(PROACTIVE, in_order), "proactive") == [("T101", "6")]
        read = report(PROACTIVE, grid(*rows))
        assert row(read, "proactive", "licensing") == [5]
        assert codes(read, "proactive") == [("T101", "6")]


def test_table_four_with_blank_first_cells_keeps_its_columns() -> None:
    figures = ["", "", "0", "1", "1", *"0000000000"]
    read = report(
        REVIEWS,
        grid((("行政复议", 5), ("未经复议直接起诉", 5), ("复议后起诉", 5)), FIVE * 3, tuple(figures)),
    )
    assert row(read, "review_litigation", "reconsideration") == ["blank", "blank", 0, 1, 1]
    assert codes(read, "review_litigation") == []


@pytest.mark.parametrize("blank", [0, 2])
def test_a_label_in_front_of_table_four_is_none_of_its_figures(blank: int) -> None:
    figures = (*([""] * blank), *"101010000000000"[blank:])
    heads = (("", *FIVE * 3), ("件数", *figures))
    read = report(REVIEWS, grid(("", ("行政复议", 5), ("未经复议直接起诉", 5), ("复议后起诉", 5)), *heads))
    assert row(read, "review_litigation", "reconsideration") == (
        ["blank", "blank", 1, 0, 1] if blank else [1, 0, 1, 0, 1]
    )
    assert codes(read, "review_litigation") == []


@pytest.mark.parametrize("word", ["?", "不详", "见附件。"])
def test_a_word_in_the_place_of_a_figure_makes_one_cell_unreadable(word: str) -> None:
    for layout in (Layout.GRID, Layout.LIST, Layout.LOOSE):
        read = report(REQUESTS, grid(("", *APPLICANTS), (NEW, "1", word, *"34567"), layout=layout))
        assert row(read, "requests", "new_received") == [1, "unreadable", 3, 4, 5, 6, 7]


def test_table_four_in_three_rows_of_five_is_read_by_its_labels() -> None:
    names = ("行政复议", "未经复议直接起诉", "复议后起诉")
    rows = [(name, *figures) for name, figures in zip(names, ("10203", "01001", "20002"), strict=True)]
    read = report(REVIEWS, grid(("类别", *FIVE), *rows))
    assert row(read, "review_litigation", "reconsideration") == [1, 0, 2, 0, 3]
    assert row(read, "review_litigation", "litigation_direct") == [0, 1, 0, 0, 1]
    assert row(read, "review_litigation", "litigation_after_review") == [2, 0, 0, 0, 2]
    assert codes(read, "review_litigation") == []


def test_an_unreadable_first_figure_of_table_four_is_no_label() -> None:
    heads = (FIVE * 3, ("不详", *"01010000000000"))
    read = report(REVIEWS, grid((("行政复议", 5), ("未经复议直接起诉", 5), ("复议后起诉", 5)), *heads))
    assert row(read, "review_litigation", "reconsideration") == ["unreadable", 0, 1, 0, 1]


def test_table_four_with_a_blank_first_cell_keeps_its_columns_in_markdown() -> None:
    lines = (
        "# 虚构市教育局2023年政府信息公开工作年度报告",
        "四、政府信息公开行政复议、行政诉讼情况",
        "| 行政复议 | | | | | 未经复议直接起诉 | | | | | 复议后起诉 | | | | |",
        "|" + " --- |" * 15,
        "|" + "|".join(FIVE * 3) + "|",
        "| | 0 | 0 | 1 | 1 |" + " 0 |" * 10,
    )
    read_report = make_report(read("\n".join(lines).encode(), "md"))
    assert row(read_report, "review_litigation", "reconsideration") == ["blank", 0, 0, 1, 1]
    assert row(read_report, "review_litigation", "litigation_after_review") == [0] * 5


def test_a_number_wrapped_inside_its_cell_is_flagged_and_not_put_together() -> None:
    html = "".join(
        f"<tr>{''.join(f'<td>{text}</td>' for text in line)}</tr>"
        for line in (("", *APPLICANTS), (NEW, "11<br>7", *"000000"))
    )
    page = f"<h1>{TITLE.text}</h1><p>{REQUESTS.text}</p><table>{html}</table>"
    text = "\n".join((TITLE.text, REQUESTS.text, *(f"\t{word}" for word in APPLICANTS), ""))
    text += "\n".join((f"\t{NEW}", "\t11", "7", *("\t0" for _ in range(6)), ""))
    for data, kind in ((page, "html"), (text, "txt")):
        read_report = make_report(read(data.encode(), kind))
        assert row(read_report, "requests", "new_received") == ["unreadable", 0, 0, 0, 0, 0, 0]
        assert ("F101", "11 7") in codes(read_report, "requests")


HEAD = ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数")
TABLE = grid(HEAD, ("规章", "1", "2", "3"), ("行政规范性文件", "4", "5", "6"))
ANNEX = grid(HEAD, ("规章", "7", "8", "9"), ("其他文件", "1", "1", "1"))
OTHER_MATTERS = Paragraph("六、其他需要报告的事项", "p. 2")


@pytest.mark.parametrize(
    "signature",
    [
        "2024年1月18日",
        "（2024年1月18日）",
        "二〇二四年一月十八日",
        "2024-01-18",
        "虚构市教育局 2024年1月18日",
    ],
)
def test_a_table_behind_the_signature_says_nothing_against_that_of_the_report(signature: str) -> None:
    read = report(PROACTIVE, TABLE, OTHER_MATTERS, Paragraph(signature, "p. 2"), ANNEX)
    assert row(read, "proactive", "rules") == [1, 2, 3]
    assert codes(read, "proactive") == []


def test_a_table_behind_the_signature_fills_no_gap_of_that_of_the_report() -> None:
    whole = grid(HEAD, ("规章", "1", "2", "3"))
    annex = grid(HEAD, ("行政规范性文件", "4", "5", "6"))
    read = report(PROACTIVE, whole, OTHER_MATTERS, Paragraph("2024年1月18日", "p. 2"), annex)
    assert row(read, "proactive", "normative_documents") == ["absent"] * 3


def test_a_table_behind_the_signature_takes_the_place_of_none_and_does_not_tell_the_form() -> None:
    head = ("信息内容", "上一年项目数量", "本年增/减", "处理决定数量")
    old = grid(head, ("行政许可", "1", "+2", "3"))
    day = Paragraph("2020年1月18日", "p. 2")
    applicants = grid(("", *APPLICANTS), (NEW, *"1234567"))
    read = report(PROACTIVE, old, OTHER_MATTERS, day, Paragraph("附件", "p. 2"), ANNEX, TABLE, applicants)
    assert read.form.key == "t2019"
    assert row(read, "proactive", "licensing") == [1, 2, 3]
    assert row(read, "proactive", "rules") == ["absent"] * 3
    assert row(read, "requests", "new_received") == ["absent"] * 7
    assert ("T108", "") in codes(read, "requests")


def test_tables_that_stand_only_behind_the_signature_are_those_of_the_report() -> None:
    read = report(
        PROACTIVE, OTHER_MATTERS, Paragraph("2024年1月18日", "p. 2"), Paragraph("附件", "p. 2"), TABLE
    )
    assert row(read, "proactive", "rules") == [1, 2, 3]


def test_a_date_under_the_title_or_between_the_tables_ends_nothing() -> None:
    day = Paragraph("2024年1月18日", "p. 1")
    more = grid(HEAD, ("行政规范性文件", "4", "5", "6"))
    read = report(day, PROACTIVE, grid(HEAD, ("规章", "1", "2", "3")), day, PROACTIVE, more)
    assert row(read, "proactive", "rules") == [1, 2, 3]
    assert row(read, "proactive", "normative_documents") == [4, 5, 6]


def test_two_tables_before_the_signature_that_contradict_each_other_are_still_told() -> None:
    read = report(PROACTIVE, TABLE, OTHER_MATTERS, ANNEX, Paragraph("2024年1月18日", "p. 2"))
    assert row(read, "proactive", "rules") == ["ambiguous"] * 3
    assert "T102" in {code for code, _ in codes(read, "proactive")}


def test_figures_below_an_unknown_label_are_not_those_of_the_label_above_it() -> None:
    """Figures of a row were lost; those that follow belong to a row that the form does not have."""
    lines = (TITLE.text, REQUESTS.text, *APPLICANTS, NEW, *"1234567", "3.其他", "行政确认", *"7654321")
    read_report = make_report(read("\n".join(lines).encode(), "txt"))
    assert row(read_report, "requests", "new_received") == [1, 2, 3, 4, 5, 6, 7]
    assert row(read_report, "requests", "other_other") == ["absent"] * 7
    assert ("T101", "7 6 5 4 3 2 1") in codes(read_report, "requests")


@pytest.mark.parametrize(
    "pieces",
    [
        ("（一）予以", "公开"),
        ("（一）予以公开（含以本单位", "名义制发的）"),
        ("（一）予以公开", "（指2020年）"),
        ("（一）予以公", "开"),
    ],
)
def test_the_rest_of_a_wrapped_label_is_no_label_of_its_own(pieces: tuple[str, ...]) -> None:
    lines = (TITLE.text, REQUESTS.text, *APPLICANTS, NEW, *"1234567", *pieces, *"7654321")
    read_report = make_report(read("\n".join(lines).encode(), "txt"))
    assert row(read_report, "requests", "granted") == [7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(("last", "is_read"), [("3", True), ("104233", False)])
def test_only_a_small_number_behind_a_row_may_be_that_of_a_page(last: str, is_read: bool) -> None:
    """The row's own sum holds for the first seven; a figure as large as any may be one of them corrected."""
    other = ("二、上年结转政府信息公开申请数量", *"0000000")
    lines = (TITLE.text, REQUESTS.text, *APPLICANTS, NEW, *"1000001", last, *other)
    read_report = make_report(read("\n".join(lines).encode(), "txt"))
    assert row(read_report, "requests", "new_received") == (
        [1, 0, 0, 0, 0, 0, 1] if is_read else ["ambiguous"] * 7
    )


def test_a_heading_behind_a_row_that_lost_a_cell_is_none_of_its_figures() -> None:
    """The whole page is one line of pipes, and a blank cell left no trace."""
    cells = [
        TITLE.text,
        "二、主动公开政府信息情况",
        "信息内容",
        "本年处理决定数量",
        "行政许可",
        "5",
        REVIEWS.text,
    ]
    cells += [
        "行政复议",
        "行政诉讼",
        *FIVE,
        "未经复议直接起诉",
        "复议后起诉",
        *FIVE,
        *FIVE,
        *"00000000000000",
    ]
    cells += [
        "五、存在的主要问题及改进情况",
        "全年主动公开政府信息128条。",
        "六、其他需要报告的事项",
        "无。",
    ] * 2
    read_report = make_report(read((" | ".join(cells) + " ||||").encode(), "txt"))
    assert row(read_report, "review_litigation", "litigation_direct") == ["ambiguous"] * 5
    assert row(read_report, "proactive", "licensing") == [5]
    loose = grid(FIVE * 3, (*"00000000000000", "五、存在的主要问题及改进情况"), layout=Layout.LOOSE)
    assert row(report(REVIEWS, loose), "review_litigation", "litigation_direct") == ["ambiguous"] * 5


# -- units of a header ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("本年收费金额（单位：元）", "元"),
        ("本年收费金额(单位：千元)", "千元"),
        ("本年收费金额（亿元）", "亿元"),
        ("本年收費金額（單位：億元）", "亿元"),
        ("本年收费金额（单位：万元）", ""),
        ("本年收费金额", ""),
    ],
)
def test_an_amount_has_the_unit_that_its_header_prints(header: str, unit: str) -> None:
    read = report(PROACTIVE, grid(("信息内容", header), ("行政事业性收费", "961716")))
    figure = read.figures[CellKey("proactive", "admin_fees", "fee_amount")]
    assert (str(figure.value), figure.unit) == ("961716", unit)


def test_a_unit_below_the_name_of_the_column_counts_too() -> None:
    read = report(
        PROACTIVE,
        Paragraph("信息内容", "p"),
        Paragraph("本年收费金额", "p"),
        Paragraph("（单位：元）", "p"),
        Paragraph("行政事业性收费", "p"),
        Paragraph("961716", "p"),
    )
    assert read.figures[CellKey("proactive", "admin_fees", "fee_amount")].unit == "元"


def test_the_unit_of_a_cell_stands_above_that_of_the_header() -> None:
    read = report(PROACTIVE, grid(("信息内容", "本年收费金额（单位：元）"), ("行政事业性收费", "96万元")))
    assert read.figures[CellKey("proactive", "admin_fees", "fee_amount")].unit == "万元"


def test_an_amount_in_a_unit_that_nobody_knows_has_no_value() -> None:
    read = report(PROACTIVE, grid(("信息内容", "本年收费金额（单位：美元）"), ("行政事业性收费", "96")))
    assert row(read, "proactive", "admin_fees") == ["unreadable"]
    assert "F102" in [finding.code for finding in read.findings]


# -- table four -----------------------------------------------------------------------------------------------------

FIFTEEN = tuple(str(number) for number in range(1, 16))
THREE_SUMS = ("1", "0", "2", "3", "6", "4", "0", "0", "1", "5", "7", "1", "0", "0", "8")


@pytest.mark.parametrize(
    ("upper", "lower", "order"),
    [
        (("行政复议", "行政诉讼"), ("未经复议直接起诉", "复议后起诉"), (0, 1, 2)),
        (("行政诉讼", "行政复议"), ("未经复议直接起诉", "复议后起诉"), (2, 0, 1)),
        (("行政复议", "行政诉讼"), ("复议后起诉", "未经复议直接起诉"), (0, 2, 1)),
    ],
)
@pytest.mark.parametrize("layout", [Layout.GRID, Layout.LOOSE])
@pytest.mark.parametrize("headings", [(REVIEWS,), ()])
def test_the_blocks_of_table_four_stand_where_their_header_says(
    upper: tuple[str, str],
    lower: tuple[str, str],
    order: tuple[int, int, int],
    layout: Layout,
    headings: tuple[Paragraph, ...],
) -> None:
    widths = {"行政复议": 5, "行政诉讼": 10}
    top = tuple((name, widths[name]) for name in upper)
    courts = tuple((name, 5) for name in lower)
    second = (("", 5), *courts) if upper[0] == "行政复议" else (*courts, ("", 5))
    read = report(*headings, grid(top, second, FIVE * 3, FIFTEEN, layout=layout))
    for item, block in zip(
        ("reconsideration", "litigation_direct", "litigation_after_review"), order, strict=True
    ):
        assert row(read, "review_litigation", item) == list(range(1 + 5 * block, 6 + 5 * block))


def test_table_four_without_labels_is_read_where_its_three_sums_hold() -> None:
    read = report(REVIEWS, Grid((tuple(Cell(t, "r1", n) for n, t in enumerate(THREE_SUMS)),), Layout.LIST))
    assert row(read, "review_litigation", "reconsideration") == [1, 0, 2, 3, 6]
    assert row(read, "review_litigation", "litigation_after_review") == [7, 1, 0, 0, 8]
    assert "T110" in [finding.code for finding in read.findings]
    wrong = report(REVIEWS, Grid((tuple(Cell(t, "r1", n) for n, t in enumerate(FIFTEEN)),), Layout.LIST))
    assert set(row(wrong, "review_litigation", "reconsideration")) & {1, 2, 3} == set()


def test_the_figures_of_a_row_whose_label_is_lost_are_no_surplus_of_the_row_above() -> None:
    """Without five of their zeros and two ones, the fourteen would be a row whose sum holds."""
    label = Paragraph("5.要求行政机关确认或重新出具已获取信息", "line 1")
    lines = ("1", "0", "0", "0", "0", "0", "1", "2", "0", "0", "0", "0", "0", "2")
    read = report(REQUESTS, label, *(Paragraph(text, f"line {n}") for n, text in enumerate(lines, 2)))
    assert row(read, "requests", "not_processed_reissue") == ["ambiguous"] * 7
    zeros = report(REQUESTS, label, *(Paragraph("0", f"line {n}") for n in range(2, 23)))
    assert row(zeros, "requests", "not_processed_reissue") == [0] * 7


# -- rows that are blank, cut or run together -----------------------------------------------------------------------


@pytest.mark.parametrize("cut", ["行政规范性", "行政规范性文", "规范性文"])
def test_a_blank_row_does_not_take_the_figures_of_a_label_that_is_cut_short(cut: str) -> None:
    lines = ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数", "规章", cut, "5", "3", "2")
    read = report(PROACTIVE, *(Paragraph(text, f"line {n}") for n, text in enumerate(lines, 1)))
    assert set(row(read, "proactive", "rules")) & {5, 3, 2} == set()


@pytest.mark.parametrize(
    "label", ["1.属于国家秘密", "（一）予以公开", "3.危及“三安全一稳定”", "一、本年新收政府信息公开申请数量"]
)
def test_zeros_that_run_together_behind_a_label_are_zeros(label: str) -> None:
    read = report(REQUESTS, Paragraph(label + "0000000", "line 9"))
    zeros = [key.row for key, figure in read.figures.items() if figure.value == 0]
    assert len(zeros) == 7


@pytest.mark.parametrize(
    ("digits", "read_as"), [("0" * 15, 0), ("103041000010000", "ambiguous"), ("7", "absent")]
)
def test_the_digits_of_table_four_that_run_together_are_no_page_number(digits: str, read_as: object) -> None:
    head = (("行政复议", 5), ("未经复议直接起诉", 5), ("复议后起诉", 5))
    read = report(REVIEWS, grid(head, FIVE * 3), Paragraph(digits, "line 9"))
    assert row(read, "review_litigation", "reconsideration") == [read_as] * 5


def test_other_digits_that_run_together_behind_a_label_are_flagged_with_what_is_printed() -> None:
    read = report(REQUESTS, Paragraph("1.属于国家秘密1200001", "line 9"))
    assert row(read, "requests", "denied_state_secret") == ["ambiguous"] * 7
    assert read.figures[CellKey("requests", "denied_state_secret", "total")].raw == "1200001"


@pytest.mark.parametrize("layout", list(Layout))
def test_a_row_printed_with_blank_cells_is_blank_and_not_absent(layout: Layout) -> None:
    read = report(
        PROACTIVE,
        grid(
            ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数"),
            ("规章", "", "", ""),
            ("行政规范性文件", "1", "2", "3"),
            layout=layout,
        ),
    )
    assert row(read, "proactive", "rules") == ["blank"] * 3
    assert row(read, "proactive", "normative_documents") == [1, 2, 3]


# -- a second report ------------------------------------------------------------------------------------------------


def test_a_second_report_in_the_file_is_told_and_lends_nothing() -> None:
    def whole(year: int, value: str) -> tuple[Paragraph | Grid, ...]:
        return (
            Paragraph(f"虚构市教育局{year}年政府信息公开工作年度报告", f"title {year}"),
            Paragraph("一、总体情况", "p"),
            Paragraph(f"{year}年，我局认真工作。", "p"),
            PROACTIVE,
            grid(("信息内容", "本年处理决定数量"), ("行政许可", value)),
            REQUESTS,
            REVIEWS,
            Paragraph("五、存在的主要问题及改进情况", "p"),
            Paragraph("六、其他需要报告的事项", "p"),
            Paragraph("无。", "p"),
        )

    signed = (Paragraph("虚构市教育局", "p"), Paragraph("2023年1月20日", "p"))
    read = make_report(Document("html", (*whole(2023, "7"), *whole(2022, "9"), *signed)))
    assert (read.year, row(read, "proactive", "licensing")) == (2023, [7])
    assert (read.published, read.signed) == (None, None)
    second = next(finding for finding in read.findings if finding.code == "D133")
    assert second.at.source == "title 2022"


def test_a_second_report_is_told_where_the_first_has_no_headings() -> None:
    def tables(year: int) -> tuple[Paragraph | Grid, ...]:
        title = Paragraph(f"虚构市教育局{year}年政府信息公开工作年度报告", f"title {year}")
        return (title, grid(*request_rows()), Paragraph("虚构市教育局", "p"))

    headed = (Paragraph("一、总体情况", "p"), Paragraph("2022年1月20日", "p"))
    read = make_report(
        Document("html", (*tables(2023), Paragraph("2024年1月20日", "p"), *tables(2022), *headed))
    )
    assert (read.year, read.signed) == (2023, date(2024, 1, 20))
    assert next(finding for finding in read.findings if finding.code == "D133").at.source == "title 2022"


@pytest.mark.parametrize("untitled", [0, 1])
def test_a_second_report_is_told_where_one_of_both_has_no_title(untitled: int) -> None:
    def whole(year: int, value: str) -> tuple[Paragraph | Grid, ...]:
        return (
            Paragraph(f"虚构市教育局{year}年政府信息公开工作年度报告", f"title {year}"),
            *(
                Paragraph("一、总体情况", f"first {year}"),
                Paragraph(f"{year}年，我局认真工作。", "p"),
                PROACTIVE,
            ),
            *(grid(("信息内容", "本年处理决定数量"), ("行政许可", value)), REQUESTS, REVIEWS),
            *(Paragraph("虚构市教育局", "p"), Paragraph(f"{year + 1}年1月20日", "p")),
        )

    both = [whole(2023, "7"), whole(2022, "9")]
    both[untitled] = both[untitled][1:]
    read = make_report(Document("html", (*both[0], *both[1])))
    assert (read.year, read.signed, row(read, "proactive", "licensing")) == (2023, date(2024, 1, 20), [7])
    second = next(finding for finding in read.findings if finding.code == "D133")
    assert second.at.source == ("first 2022" if untitled else "title 2022")
    # The same report once more, as pages print it for paper or for phones, is no other one.
    twice = make_report(Document("html", (*whole(2023, "7"), *whole(2023, "7"))))
    assert "D133" not in {finding.code for finding in twice.findings}


# -- flagged once, and yet knowable ---------------------------------------------------------------------------------

ROWS = [data.item for data in FORM.table("requests").parts[0].data_rows]
SOME = {"new_received": "3", "granted": "2", "denied_state_secret": "1", "outcomes_total": "3"}


def request_rows(**labels: str) -> list[tuple[str, ...]]:
    """All rows of table three, natural persons alone asking; some labels printed otherwise, none where empty."""
    rows = []
    for item in ROWS:
        value = SOME.get(item.key, "0")
        if label := labels.get(item.key, item.zh):
            rows.append((label, value, *["0"] * 5, value))
    return rows


def test_a_figure_apart_from_its_label_by_a_blank_is_read() -> None:
    read = report(
        *(
            PROACTIVE,
            Paragraph("信息内容 本年收费金额（单位：万元）", "p"),
            Paragraph("行政事业性收费 96171.6", "p"),
        )
    )
    assert str(read.figures[CellKey("proactive", "admin_fees", "fee_amount")].value) == "96171.6"


def test_a_label_on_two_lines_with_its_figures_on_a_third_is_read() -> None:
    lines = (
        "信息内容",
        "本年制发件数 本年废止件数 现行有效件数",
        "行政规范",
        "性文件",
        "5 3 20",
        "规章",
        "0 0 1",
    )
    read = report(PROACTIVE, *(Paragraph(text, f"line {n}") for n, text in enumerate(lines, 1)))
    assert row(read, "proactive", "normative_documents") == [5, 3, 20]
    assert row(read, "proactive", "rules") == [0, 0, 1]


@pytest.mark.parametrize("label", ["2.其他法律行政止公开", "2、其它法律行攻法规禁上公开"])
def test_a_misprinted_label_between_its_neighbours_is_read_by_its_place(label: str) -> None:
    rows = [("2.其他法律" in text and (label, *rest)) or (text, *rest) for text, *rest in request_rows()]
    read = report(REQUESTS, grid(("", *APPLICANTS), *rows))
    assert row(read, "requests", "denied_prohibited_by_law") == [0] * 7
    assert ("T113", label) in codes(read, "requests")


@pytest.mark.parametrize(
    ("other", "read_as"), [("其他行政许可", [0] * 7), ("2.其他法律行政法规止公", ["absent"] * 7)]
)
def test_another_unknown_row_beside_a_misprinted_label_matters_where_it_is_alike_too(
    other: str, read_as: list[object]
) -> None:
    rows = request_rows(denied_prohibited_by_law="2.其他法律行政止公开")
    at = next(n for n, (text, *_) in enumerate(rows) if "止公开" in text)
    rows.insert(at, (other, *["0"] * 7))
    read = report(REQUESTS, grid(("", *APPLICANTS), *rows))
    assert row(read, "requests", "denied_prohibited_by_law") == read_as


def test_a_mark_in_the_row_of_a_misprinted_label_stays_a_mark() -> None:
    rows = request_rows(denied_prohibited_by_law="2.其他法律行政止公开")
    rows = [(text, "0", "/", *rest[2:]) if "止公开" in text else (text, *rest) for text, *rest in rows]
    read = report(REQUESTS, grid(("", *APPLICANTS), *rows))
    assert row(read, "requests", "denied_prohibited_by_law") == [0, "mark", 0, 0, 0, 0, 0]


def test_a_misprinted_label_whose_figures_the_sums_contradict_is_not_read() -> None:
    rows = request_rows(denied_prohibited_by_law="2.其他法律行政止公开")
    rows = [(text, "4", *rest[1:-1], "5") if "止公开" in text else (text, *rest) for text, *rest in rows]
    read = report(REQUESTS, grid(("", *APPLICANTS), *rows))
    assert row(read, "requests", "denied_prohibited_by_law") == ["absent"] * 7
    assert "T101" in [code for code, _ in codes(read, "requests")]


def test_a_row_of_another_name_is_taken_for_none() -> None:
    rows = request_rows(denied_prohibited_by_law="其中：省级申请")
    read = report(REQUESTS, grid(("", *APPLICANTS), *rows))
    assert row(read, "requests", "denied_prohibited_by_law") == ["absent"] * 7


@pytest.mark.parametrize("layout", [Layout.GRID, Layout.LOOSE])
def test_one_row_for_all_other_handling_is_zero_for_each_where_it_is_zero(layout: Layout) -> None:
    rows = request_rows(other_uncorrected="（六）其他处理", other_fee_unpaid="", other_other="")
    read = report(REQUESTS, grid(("", *APPLICANTS), *rows, layout=layout))
    for item in ("other_uncorrected", "other_fee_unpaid", "other_other"):
        assert row(read, "requests", item) == [0] * 7
    assert "T115" in [code for code, _ in codes(read, "requests")]


def test_one_row_for_all_other_handling_is_of_nobody_knows_which_where_it_is_not_zero() -> None:
    rows = request_rows(other_uncorrected="（六）其他处理", other_fee_unpaid="", other_other="")
    rows = [
        ("（六）其他处理", "2", *["0"] * 5, "2") if "其他处理" in text else (text, *rest)
        for text, *rest in rows
    ]
    read = report(REQUESTS, grid(("", *APPLICANTS), *rows))
    assert row(read, "requests", "other_other") == ["ambiguous", 0, 0, 0, 0, 0, "ambiguous"]
    assert read.figures[CellKey("requests", "other_other", "total")].raw == "2"


def test_one_figure_among_blanks_is_read_in_the_columns_of_the_row_above() -> None:
    blank = ("1.属于国家秘密", "", "", "", "3", "", "", "")
    read = report(
        REQUESTS,
        grid(("", *APPLICANTS), ("（二）部分公开", *["0"] * 7), blank, layout=Layout.LOOSE),
    )
    assert row(read, "requests", "denied_state_secret") == ["blank"] * 3 + [3] + ["blank"] * 3
    assert ("T116", "3") in codes(read, "requests")
    # The blanks of a row may have been moved to its end, unless another row shows that they are not.
    first = ("2.其他法律行政法规禁止公开", "0", "", "", "", "", "", "")
    full = ("（二）部分公开", *["0"] * 7)
    header = ("", *APPLICANTS)
    moved = report(REQUESTS, grid(header, full, first, layout=Layout.LOOSE))
    assert row(moved, "requests", "denied_prohibited_by_law") == ["ambiguous"] * 7
    granted = ("（一）予以公开", *["0"] * 7)
    kept = report(REQUESTS, grid(header, granted, blank, full, first, layout=Layout.LOOSE))
    assert row(kept, "requests", "denied_prohibited_by_law") == [0] + ["blank"] * 6
