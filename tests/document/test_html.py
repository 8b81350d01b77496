"""Saved web pages: what is seen is read, spans are true columns, and only data tables are grids."""

import pytest

from pipeline.document.html import read_html
from pipeline.document.limits import LIMITS
from pipeline.document.refusal import RefusedError
from pipeline.document.remarks import MOST_TOLD
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
    assert [text for text, _, _ in rows[0]] == ["本年新制作数量", "1\n2", "3\n4"]


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


UNSEEN = [
    "<span style='font-size:0'>9</span>",
    "<span style='font-size:0.1px'>9</span>",
    "<span style='font:0/0 a'>9</span>",
    "<span style='font-size:0'><b style='font-size:2em'>9</b></span>",
    "<span style='opacity:0'>9</span>",
    "<span style='opacity:.0'><b style='opacity:1'>9</b></span>",
    "<span style='position:absolute;left:-9999px'>9</span>",
    "<span style='POSITION:ABSOLUTE; TOP:-200em'>9</span>",
    "<span style='text-indent:-9999px'>9</span>",
    "<span style='transform:translateX(-9999px)'>9</span>",
    "<span style='transform:scale(0)'>9</span>",
    "<span style='color:#fff'>9</span>",
    "<span style='color:rgb(254, 255, 255)'>9</span>",
    "<span style='color:transparent'>9</span>",
    "<span style='color:rgba(0,0,0,0)'>9</span>",
    "<span style='color:navy;background:navy'>9</span>",
    "<div style='background:#123456'><b style='color:#123456'>9</b></div>",
    "<font color=white>9</font>",
    "<font color=FFFFFF>9</font>",
    "<span style='visibility:hidden'>9</span>",
    "<span style='visibility:collapse'>9</span>",
    "<span style='clip:rect(0 0 0 0);position:absolute'>9</span>",
    "<span style='clip-path: inset(50%)'>9</span>",
    "<span style='display:inline-block;width:0;overflow:hidden'>9</span>",
    "<span style='max-height:0px;overflow:hidden'>9</span>",
    "<span style='display:none'>9</span>",
    "<span style='display:block;display:none !important;display:block'>9</span>",
    "<span style='mso-hide:all'>9</span>",
    "<span hidden>9</span>",
    "<span class=off>9</span>",
    "<span id=gone class=on>9</span>",
    "<span class='white on'>9</span>",
    "<ruby><rt>9</rt></ruby>",
    "<ruby><rp>9</rp></ruby>",
]
STYLES = """<style>
.off { font-size: 0 } .on { display: inline } #gone { display: none }
@media screen { .white { color: #fff } } @media print { .shown { display: none } }
.shown:hover { display: none } .shown::after { color: #fff } nonsense { ] } a..b { display: none }
</style>"""


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize("before", ["12", ""])
def test_what_is_not_seen_on_the_page_is_no_figure(before: str, unseen: str) -> None:
    document = read(f"{STYLES}<table><tr><td>规章<td>{before}{unseen}<td>7</table>")
    assert [text for text, _, _ in grid_of(document)[0]] == ["规章", before, "7"]
    (finding,) = document.findings
    assert (finding.code, finding.reported, finding.at.source) == ("D141", "9", "table 1, r1 c2")


SEEN = [
    "<div style='font-size:0'><span style='font-size:14px'>9</span></div>",
    "<div style='visibility:hidden'><span style='visibility:visible'>9</span></div>",
    "<div style='color:#fff;background:#00f'>9</div>",
    "<div style='color:white;background:url(x.png)'>9</div>",
    "<div style='color:#fff'><b style='color:#000'>9</b></div>",
    "<div style='color:#fff;color:inherit'>9</div>",
    "<div style='text-indent:-2em;margin-left:-5px'>9</div>",
    "<div style='position:absolute;left:50%;margin-left:-500px'>9</div>",
    "<div style='transform:translate(-50%,-50%) scale(0.8)'>9</div>",
    "<div style='clip-path:circle(0.5em)'>9</div>",
    "<div style='opacity:0.5;font-size:9pt;width:0;height:0'>9</div>",
    "<div style='display:none;display:block'>9</div>",
    "<div style='text-decoration:underline'>9</div>",
    "<bdo dir=ltr>9</bdo>",
    "<span class=shown>9</span>",
    "<span id=here class=off style='font-size:9px'>9</span>",
    "<table bgcolor=black><tr><td><font color=white>9</font></table>",
]


@pytest.mark.parametrize(
    "shown",
    ["<input value=12>", "<select><option>12</select>", "<svg><text>12</text></svg>"],
)
def test_a_cell_that_shows_no_text_but_something_else_is_no_blank(shown: str) -> None:
    document = read(f"<table><tr><td>规章{shown}<td>{shown}<td><input type=hidden value=1></table>")
    assert [text for text, _, _ in grid_of(document)[0]] == ["规章", "�", ""]


@pytest.mark.parametrize("seen", SEEN)
def test_what_is_seen_on_the_page_is_read(seen: str) -> None:
    document = read(f"{STYLES}<p>{seen}</p>")
    assert paragraphs(document) == ["9"]
    assert document.findings == ()


@pytest.mark.parametrize(
    "struck",
    ["<s>4</s>", "<del>4</del>", "<strike>4</strike>", "<b style='text-decoration: line-through'>4</b>"]
    + [
        "<s><u style='text-decoration:none'>4</u></s>",
        "<i style='text-decoration-line:line-through red'>4</i>",
    ],
)
def test_what_is_struck_is_a_finding_and_joins_nothing(struck: str) -> None:
    document = read(f"<table><tr><td>规章<td>{struck}15<td>1{struck}5<td>{struck}</table><p>共{struck}件</p>")
    assert [text for text, _, _ in grid_of(document)[0]] == ["规章", "15", "1 5", ""]
    assert paragraphs(document) == ["共 件"]
    assert [(finding.code, finding.reported, finding.at.source) for finding in document.findings] == [
        *(("D140", "4", f"table 1, r1 c{column}") for column in (2, 3, 4)),
        ("D140", "4", "paragraph 1"),
    ]


@pytest.mark.parametrize(
    "turned",
    ["<bdo dir=rtl>12</bdo>", "\u202e12\u202c", "\u202e12", "<bdo dir=rtl><b>1</b>2</bdo>"]
    + ["<b style='unicode-bidi:bidi-override;direction:rtl'>12</b>"],
)
def test_figures_that_are_turned_around_are_read_as_they_are_seen(turned: str) -> None:
    document = read(f"<table><tr><td>规章<td>{turned}<td>7</table>")
    assert [text for text, _, _ in grid_of(document)[0]] == ["规章", "21", "7"]
    assert [(finding.code, finding.reported) for finding in document.findings] == [("D142", "21")]


def test_white_type_on_what_styles_from_elsewhere_may_darken_is_no_figure_and_no_blank() -> None:
    head = "<link rel=stylesheet href=site.css>"
    row = "<table class=t><tr style='color:#fff'><td>总计<td>9<td style='background:navy'>8<td style='color:red'>7</table>"
    document = read(head + row)
    assert [text for text, _, _ in grid_of(document)[0]] == ["总计", "�", "8", "7"]
    assert [(finding.code, finding.reported, finding.at.source) for finding in document.findings] == [
        ("D141", "9", "table 1, r1 c2")
    ]


def test_turns_within_turns_are_not_guessed() -> None:
    document = read("<table><tr><td>规章<td>\u202e1\u202d2\u202c<td>7</table>")
    assert "�" in grid_of(document)[0][1][0]


def test_a_contact_in_hidden_text_is_not_told() -> None:
    document = read("<table><tr><td>规章<td>1<i hidden>13812345678</i><td>7</table>")
    assert "13812345678" not in str(document.findings)


def test_a_page_full_of_struck_text_is_told_up_to_a_bound() -> None:
    assert len(read("<p>共<s>4</s></p>" * 500).findings) == MOST_TOLD
