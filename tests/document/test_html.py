"""Saved web pages: what is seen is read, spans are true columns, and only data tables are grids."""

import pytest

from pipeline.document.html import read_html
from pipeline.document.limits import LIMITS
from pipeline.document.refusal import RefusedError
from pipeline.model.document import Document, Grid, Layout, Paragraph


def read(body: str) -> Document:
    return read_html(body.encode())


def grid_of(document: Document) -> list[list[tuple[str, int, int]]]:
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    assert grid.layout is Layout.GRID
    return [[(cell.text, cell.column, cell.width) for cell in row] for row in grid.rows]


def paragraphs(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def test_spans_become_true_columns() -> None:
    rows = grid_of(
        read(
            "<table><tr><td rowspan=3 colspan=2>表头</td><td colspan=3>申请人情况</td></tr>"
            "<tr><td rowspan=2>自然人</td><td colspan=1>法人</td><td rowspan=2>总计</td></tr><tr><td>企业</td></tr>"
            "<tr><td rowspan=2>三</td><td>（一）</td><td>1</td><td></td><td>3</td></tr>"
            "<tr><td>（二）</td><td>4</td><td>5</td><td>&nbsp;</td></tr></table>"
        )
    )
    assert rows == [
        [("表头", 0, 2), ("申请人情况", 2, 3)],
        [("自然人", 2, 1), ("法人", 3, 1), ("总计", 4, 1)],
        [("企业", 3, 1)],
        [("三", 0, 1), ("（一）", 1, 1), ("1", 2, 1), ("", 3, 1), ("3", 4, 1)],
        [("（二）", 1, 1), ("4", 2, 1), ("5", 3, 1), ("", 4, 1)],
    ]


def test_places_name_table_row_and_column() -> None:
    document = read(
        "<p>一</p><table><tr><td>a<td>b</table><p>二</p><table><tr><td>a<td>b<tr><td>c<td>7</table>"
    )
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    assert grids[1].rows[1][1].place == "table 2, r2 c2"
    assert [block.place for block in document.blocks if isinstance(block, Paragraph)] == [
        "paragraph 1",
        "paragraph 2",
    ]


def test_broken_rows_are_read_as_a_browser_does() -> None:
    assert grid_of(read("<table><tr><td>a</td><td>1</td></tr><td>b</td><td>2</td><tr><td>c<td>3")) == [
        [("a", 0, 1), ("1", 1, 1)],
        [("b", 0, 1), ("2", 1, 1)],
        [("c", 0, 1), ("3", 1, 1)],
    ]


def test_a_span_ends_with_its_row_group() -> None:
    rows = grid_of(
        read(
            "<table><thead><tr><td rowspan=9>a</td><td>b</td></tr></thead><tbody><tr><td>c<td>1</tbody></table>"
        )
    )
    assert rows[1] == [("c", 0, 1), ("1", 1, 1)]


def test_broken_headers_are_joined_and_broken_figures_are_not() -> None:
    rows = grid_of(
        read("<table><tr><td>本年新<br>制作数量</td><td>1<br>2</td><td><p>3</p><p>4</p></td></tr></table>")
    )
    assert [text for text, _, _ in rows[0]] == ["本年新制作数量", "1 2", "3 4"]


def test_a_figure_in_several_spans_is_one_figure() -> None:
    rows = grid_of(read("<table><tr><td>行政许可</td><td><span>1</span><b>2</b></td></tr></table>"))
    assert rows[0][1][0] == "12"


def test_a_footnote_mark_is_no_digit() -> None:
    rows = grid_of(read("<table><tr><td>行政许可</td><td>12<sup>1</sup></td></tr></table>"))
    assert rows[0][1][0] == "12 1"


def test_layout_tables_are_running_text_and_data_tables_inside_them_grids() -> None:
    document = read(
        "<table><tr><td>栏目一<br>栏目二</td><td><h1>某局年度报告</h1><table><tr><td>规章</td><td>0</td></tr></table>"
        "<p>结尾</p></td></tr></table>"
    )
    assert paragraphs(document) == ["栏目一", "栏目二", "某局年度报告", "结尾"]
    assert grid_of(document) == [[("规章", 0, 1), ("0", 1, 1)]]


def test_a_table_that_holds_an_article_is_layout() -> None:
    article = "".join(f"<p>{'第一段文字。' * 30}</p>" for _ in range(4))
    document = read(f"<table><tr><td>导航</td><td>{article}</td></tr></table>")
    assert len(paragraphs(document)) == 5


def test_what_a_browser_hides_is_not_read() -> None:
    document = read(
        "<head><title>t</title></head><p>看得见</p><script>var a='<p>看不见</p>'</script><style>p{}</style>"
        "<p style='DISPLAY: none'>看不见</p><div hidden>看不见</div><!-- 看不见 --><select><option>看不见</select>"
        "<table><tr style='display:none'><td>9</td><td>9</td></tr><tr><td>规章</td><td>0</td></tr></table>"
    )
    assert paragraphs(document) == ["看得见"]
    assert grid_of(document) == [[("规章", 0, 1), ("0", 1, 1)]]


def test_a_caption_is_text() -> None:
    assert paragraphs(read("<table><caption>表一</caption><tr><td>规章</td><td>0</td></tr></table>")) == [
        "表一"
    ]


@pytest.mark.parametrize(
    ("meta", "encoding"),
    [
        ('<meta charset="gbk">', "gbk"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=gb2312">', "gb18030"),
        ("", "gbk"),
        ('<meta charset="gb2312">', "utf-8"),
        ('<meta charset="utf-8">', "gbk"),
        ("", "utf-16"),
        ('<meta charset="big5">', "utf-8-sig"),
    ],
)
def test_the_charset_is_found_also_where_the_page_lies(meta: str, encoding: str) -> None:
    page = f"<html><head>{meta}</head><body><p>昌乐县住房和城乡建设局政府信息公开</p></body></html>"
    assert paragraphs(read_html(page.encode(encoding))) == ["昌乐县住房和城乡建设局政府信息公开"]


def test_the_title_in_the_metadata_is_read_only_where_the_page_shows_none() -> None:
    meta = '<meta name="ArticleTitle" content="某局2023年政府信息公开工作年度报告">'
    assert paragraphs(read(f"<head>{meta}</head><p>正文</p>")) == [
        "某局2023年政府信息公开工作年度报告",
        "正文",
    ]
    shown = "<h1>某局2023年<br>政府信息公开工作年度报告</h1>"
    assert len(paragraphs(read(f"<head>{meta}</head>{shown}"))) in (2, 3)


def test_a_web_archive_is_read() -> None:
    mail = (
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
        "Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<p>某局</p>\r\n--b--\r\n"
    )
    assert paragraphs(read_html(mail.encode("gbk"))) == ["某局"]


def refused(data: bytes) -> str:
    with pytest.raises(RefusedError) as error:
        read_html(data)
    return error.value.finding.code


def test_limits_and_damage_are_findings() -> None:
    assert refused(b"<p>" + b"x" * LIMITS.text_bytes) == "D104"
    assert refused(b"<div>" * (LIMITS.nesting + 50) + b"x") == "D104"
    assert (
        refused(b"<table><tr><td colspan=1000 rowspan=1><td>1" + b"<tr><td colspan=1000>a<td>1" * 60)
        == "D104"
    )
    assert refused("<p>某局</p><table><tr><td cla".encode()) == "D105"
    assert refused(b"<html><body><img src=a.png></body></html>") == "D102"
