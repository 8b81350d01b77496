"""Text with tabs, pipes, blanks and Markdown: which rows and cells are read, and how far their columns are sure."""

from pathlib import Path

import pytest

from pipeline.document.limits import LIMITS
from pipeline.document.refusal import RefusedError
from pipeline.document.text import read_text
from pipeline.model.document import Document, Grid, Layout, Paragraph

ROOT = Path(__file__).parents[2]


def read(text: str) -> Document:
    return read_text(text.encode())


def grids(document: Document) -> list[tuple[Layout, list[list[str]]]]:
    return [
        (block.layout, [[cell.text for cell in row] for row in block.rows])
        for block in document.blocks
        if isinstance(block, Grid)
    ]


def paragraphs(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def test_lines_are_counted_from_one_whatever_ends_them() -> None:
    for end in ("\n", "\r\n", "\r"):
        document = read(f"标题{end}{end}正文{end}规章\t0")
        places = [block.place for block in document.blocks if isinstance(block, Paragraph)]
        assert places == ["line 1", "line 3"]
        assert grids(document) == [(Layout.LOOSE, [["规章", "0"]])]


def test_pipe_rows_with_trailing_pipe_and_pads() -> None:  # quirks 50, 51
    document = read("规章 | 0 | 0 | 0 |\n第二十条第（一）项 | |||\n行政许可 | 858 | ||\n")
    assert grids(document) == [
        (
            Layout.LOOSE,
            [["规章", "0", "0", "0"], ["第二十条第（一）项", "", "", ""], ["行政许可", "858", "", ""]],
        )
    ]


def test_a_cell_a_line_with_its_pipe_after_it() -> None:  # quirk 52
    document = read("规章 | \n / | \n / | \n 3 | \n 规范性文件 |\n|\n 4 |\n")
    cells = [cell for _, rows in grids(document) for row in rows for cell in row]
    assert cells == ["/", "/", "3", "规范性文件", "4"]
    assert paragraphs(document) == ["规章"]  # before the first figure a lone cell may be a title


def test_a_pipe_alone_on_the_line_below_its_cell() -> None:  # quirk 52
    document = read("本年制发件数\n|\n本年废止件数\n|\n规章\n|\n0\n|\n1\n|\n")
    words = [cell for _, rows in grids(document) for row in rows for cell in row] + paragraphs(document)
    assert sorted(words) == sorted(["本年制发件数", "本年废止件数", "规章", "0", "1"])


def test_pipe_only_lines_carry_nothing() -> None:  # quirk 53
    assert read("规章 | 0 |\n" + "|\n|||\n| | |\n" * 7).blocks == read("规章 | 0 |\n").blocks


def test_a_layout_table_of_hundreds_of_pipes() -> None:  # quirk 54
    page = (
        "某局2023年政府信息公开工作年度报告 |" + "|" * 430 + "\n一、总体情况 |\n规章 | 0 | 0 | 0 |\n某局 |\n"
    )
    document = read(page)
    assert paragraphs(document) == ["某局2023年政府信息公开工作年度报告", "一、总体情况", "某局"]
    assert grids(document) == [(Layout.LOOSE, [["规章", "0", "0", "0"]])]


def test_a_whole_page_in_one_line_of_pipes() -> None:  # quirks 54, 55
    row = " | ".join(["规章", "0", "1", "2", "行政规范性文件", *"345"] * 7)
    document = read(
        f"某局年度报告 | ||| | 一、总体情况 | 我局认真工作。 | 二、主动公开政府信息情况 | {row} | 三、收到情况 | 无"
    )
    assert paragraphs(document)[:3] == ["某局年度报告", "一、总体情况", "我局认真工作。"]
    assert "三、收到情况" in paragraphs(document)
    assert sum(cell.isdigit() for _, rows in grids(document) for r in rows for cell in r) == 42


def test_a_report_on_one_line_is_cut_at_headings_and_cells() -> None:  # quirk 55
    prose = "2022 年，我局认真贯彻条例，做好各项工作。" * 60
    line = f"一、总体情况 {prose} 二、主动公开政府信息情况 规章 0 1 2 三、其他 {prose}"
    lines = paragraphs(read(line)) + [" ".join(row) for _, rows in grids(read(line)) for row in rows]
    assert {"一、总体情况", "二、主动公开政府信息情况", "规章", "0", "1", "2", "三、其他"} <= set(lines)
    places = [block.place for block in read(line).blocks if isinstance(block, Paragraph)]
    assert places[:2] == ["line 1, character 1", "line 1, character 8"]


MARKDOWN = """| 标题 | | | 自然人 | 商业企业 | 总计 |
|---|---|---|---|:-:|--:|
| 一、本年新收 | | | 13 | 0 | 13 |
| 三、办理结果 | （一）予以公开 | | 5 |{blank}|{last}|
"""


def test_a_markdown_table_whose_columns_are_proven_is_a_grid() -> None:
    document = read(MARKDOWN.format(blank="", last=" 5 "))
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    assert grid.layout is Layout.GRID
    assert [(cell.text, cell.column) for cell in grid.rows[2]] == [
        ("三、办理结果", 0),
        ("（一）予以公开", 1),
        ("5", 3),
        ("", 4),
        ("5", 5),
    ]


def test_blanks_that_were_moved_to_the_end_prove_no_column() -> None:  # quirk 58
    moved = "| 标题 | a | b | c |\n|---|---|---|---|\n| 一、本年新收 | 7 | 8 | |\n| 二、上年结转 | 0 | | |\n"
    assert grids(read(moved)) == [
        (Layout.GRID, [["标题", "a", "b", "c"]]),
        (Layout.LOOSE, [["一、本年新收", "7", "8", ""], ["二、上年结转", "0", "", ""]]),
    ]


def test_rows_that_lost_their_merged_label_prove_no_column() -> None:
    shifted = "| a | b | c |\n|---|---|---|\n| 三 | 1.属于 | 4 |\n| 2.其他 | 5 | 6 |\n"
    assert [layout for layout, _ in grids(read(shifted))] == [Layout.LOOSE]


def test_markdown_headings_bold_and_escapes_are_no_text() -> None:  # quirk 60
    document = read("## 表三：收到和处理\n\n**一、总体情况**\n\n| 1\\.属于国家秘密 | **0** | &nbsp; | 3 |\n")
    assert paragraphs(document) == ["表三：收到和处理", "一、总体情况"]
    assert grids(document)[0][1][0][0] == "1.属于国家秘密"
    assert grids(document)[0][1][0][1] == "0"


def test_a_line_break_inside_a_cell_joins_words_and_no_figures() -> None:  # quirk 47
    rows = "| 信息内容 | 本年<br>制发件数 | 现行<BR/>有效件数 |\n| --- | --- | --- |\n| 规章<br> | 11<br>7 | 0<br /> |"
    ((_, cells),) = grids(read(rows))
    assert cells == [["信息内容", "本年制发件数", "现行有效件数"], ["规章", "11 7", "0"]]


def test_an_html_table_inside_text_is_a_grid() -> None:  # quirk 59
    document = read('正文\n<table><tr><td colspan="2">规章</td><td>7</td></tr></table>\n后文')
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    assert [(cell.text, cell.column, cell.width, cell.place) for cell in grid.rows[0]] == [
        ("规章", 0, 2, "line 2, table 1, r1 c1"),
        ("7", 2, 1, "line 2, table 1, r1 c3"),
    ]
    assert paragraphs(document) == ["正文", "后文"]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("规章 0 0 12", ["规章", "0", "0", "12"]),
        ("行政许可      505", ["行政许可", "505"]),
        ("0 0 0 0 0", ["0"] * 5),
        ("1. 属于国家秘密 0 0 3", ["1. 属于国家秘密", "0", "0", "3"]),
    ],
)
def test_a_row_by_blanks(line: str, cells: list[str]) -> None:
    assert grids(read(line)) == [(Layout.LOOSE, [cells])]


@pytest.mark.parametrize(
    "line", ["联系电话： 0536 6221387", "行政许可 505", "2023 年 1 月 30 日", "全年共 12 3。"]
)
def test_running_text_with_numbers_is_no_row(line: str) -> None:
    assert paragraphs(read(line)) == [line]


def test_too_much_text_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        read_text(b"a" * (LIMITS.text_bytes + 1))
    assert refused.value.finding.code == "D104"
    with pytest.raises(RefusedError) as refused:
        read_text(b"a" * (LIMITS.line_characters + 1))
    assert refused.value.finding.code == "D104"


def test_a_pipe_inside_a_cell_of_a_tab_row_is_a_letter() -> None:
    document = read_text("行政许可\t7\n怪|行\t2\n行政处罚\t3\n".encode())
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    assert [[cell.text for cell in row] for row in grid.rows] == [
        ["行政许可", "7"],
        ["怪|行", "2"],
        ["行政处罚", "3"],
    ]


def test_struck_and_turned_figures_of_a_text_are_told_and_read_as_they_are_seen() -> None:
    document = read("规章\t~~4~~15\t\u202e12\u202c\n")
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    assert [cell.text for cell in grid.rows[0]] == ["规章", "15", "21"]
    assert [(finding.code, finding.reported, finding.at.source) for finding in document.findings] == [
        ("D142", "规章\t~~4~~15\t21", "line 1"),
        ("D140", "4", "line 1"),
    ]
