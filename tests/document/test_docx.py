"""Word files: merged cells, tracked changes, text boxes, and files that are no honest Word files."""

import io
import zipfile

import docx
import pytest

from pipeline.document.docx import read_docx
from pipeline.document.limits import LIMITS
from pipeline.document.read import format_of
from pipeline.document.refusal import RefusedError
from pipeline.model.document import Grid, Layout, Paragraph

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


def packed(body: str, *, namespace: str = W, head: str = "", styles: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        if styles:
            archive.writestr("word/styles.xml", f'<w:styles xmlns:w="{namespace}">{styles}</w:styles>')
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0"?>{head}<w:document xmlns:w="{namespace}" xmlns:mc="mc"><w:body>{body}</w:body></w:document>',
        )
    return out.getvalue()


def p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def cells(data: bytes) -> list[list[tuple[str, int, int]]]:
    (grid,) = (block for block in read_docx(data).blocks if isinstance(block, Grid))
    assert grid.layout is Layout.GRID
    return [[(cell.text, cell.column, cell.width) for cell in row] for row in grid.rows]


def paragraphs(data: bytes) -> list[str]:
    return [block.text for block in read_docx(data).blocks if isinstance(block, Paragraph)]


def test_merged_cells_stand_once_at_their_true_column() -> None:
    document = docx.Document()
    table = document.add_table(3, 4)
    table.cell(0, 0).merge(table.cell(2, 0)).text = "三、本年度办理结果"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "（一）予以公开"
    table.cell(1, 1).text = "1."
    for row in range(3):
        table.cell(row, 3).text = str(row)
    out = io.BytesIO()
    document.save(out)
    assert cells(out.getvalue()) == [
        [("三、本年度办理结果", 0, 1), ("（一）予以公开", 1, 2), ("0", 3, 1)],
        [("1.", 1, 1), ("", 2, 1), ("1", 3, 1)],
        [("", 1, 1), ("", 2, 1), ("2", 3, 1)],
    ]


def test_skipped_grid_columns_and_old_horizontal_merges() -> None:
    row = (
        '<w:tr><w:trPr><w:gridBefore w:val="2"/></w:trPr>'
        + tc("甲", '<w:hMerge w:val="restart"/>')
        + tc("", "<w:hMerge/>")
        + tc("7")
        + "</w:tr>"
    )
    assert cells(packed(f"<w:tbl>{row}</w:tbl>")) == [[("甲", 2, 1), ("7", 4, 1)]]


def test_places() -> None:
    data = packed(
        p("一") + f"<w:tbl><w:tr>{tc('a')}{tc('b')}</w:tr><w:tr>{tc('c')}{tc('7')}</w:tr></w:tbl>" + p("二")
    )
    blocks = read_docx(data).blocks
    assert [block.place for block in blocks if isinstance(block, Paragraph)] == ["paragraph 1", "paragraph 2"]
    grid = next(block for block in blocks if isinstance(block, Grid))
    assert grid.rows[1][1].place == "table 1, r2 c2"


def test_tracked_changes_deleted_text_is_dropped_and_inserted_kept() -> None:
    text = (
        "<w:p><w:r><w:t>行政许可</w:t></w:r><w:del><w:r><w:delText>1</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>2</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>3</w:t></w:r></w:moveFrom></w:p>"
    )
    deleted_row = f"<w:tr><w:trPr><w:del/></w:trPr>{tc('x')}{tc('9')}</w:tr>"
    data = packed(text + f"<w:tbl>{deleted_row}<w:tr>{tc('规章')}{tc('0')}</w:tr></w:tbl>")
    assert paragraphs(data) == ["行政许可2"]
    assert cells(data) == [[("规章", 0, 1), ("0", 1, 1)]]


def test_hidden_text_and_field_codes_are_not_read() -> None:
    data = packed(
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>看得见</w:t></w:r>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    assert paragraphs(data) == ["看得见"]


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{p('框内')}</w:txbxContent>"
    data = packed(
        f"<w:p><w:r><w:t>框外</w:t><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert paragraphs(data) == ["框外", "框内"]


def test_a_table_with_a_table_inside_is_layout() -> None:
    inner = f"<w:tbl><w:tr>{tc('规章')}{tc('0')}</w:tr></w:tbl>"
    data = packed(f"<w:tbl><w:tr><w:tc>{p('导航')}</w:tc><w:tc>{p('正文')}{inner}</w:tc></w:tr></w:tbl>")
    assert paragraphs(data) == ["导航", "正文"]
    assert cells(data) == [[("规章", 0, 1), ("0", 1, 1)]]


def test_lines_of_a_cell() -> None:
    header = "<w:tc><w:p><w:r><w:t>商业</w:t><w:br/><w:t>企业</w:t></w:r></w:p></w:tc>"
    two = f"<w:tc>{p('1')}{p('2')}</w:tc>"
    mark = "<w:tc><w:p><w:r><w:t>12</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>1</w:t></w:r></w:p></w:tc>"
    data = packed(f"<w:tbl><w:tr>{header}{two}{mark}</w:tr></w:tbl>")
    assert [text for text, _, _ in cells(data)[0]] == ["商业企业", "1\n2", "12 1"]


def test_tabbed_paragraphs_are_rows() -> None:
    row = "<w:p><w:r><w:t>规章</w:t><w:tab/><w:t>0</w:t><w:tab/><w:t>7</w:t></w:r></w:p>"
    (grid,) = (block for block in read_docx(packed(row)).blocks if isinstance(block, Grid))
    assert (grid.layout, [cell.text for cell in grid.rows[0]]) == (Layout.LOOSE, ["规章", "0", "7"])


def test_the_strict_form_of_the_format() -> None:
    assert paragraphs(packed(p("某局"), namespace=STRICT)) == ["某局"]


def refused(data: bytes) -> str:
    with pytest.raises(RefusedError) as error:
        read_docx(data)
    return error.value.finding.code


def test_bombs_and_damage_are_findings() -> None:
    lol = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    assert refused(packed(p("&b;"), head=lol)) == "D104"
    assert refused(packed(p("0" * 40_000_000))) == "D104"
    assert refused(packed("<w:sdt>" * (LIMITS.nesting + 5) + "</w:sdt>" * (LIMITS.nesting + 5))) == "D104"
    assert refused(packed(p("某局"))[:-40]) == "D105"
    assert refused(packed("<w:p>")) == "D105"
    assert refused(packed("<w:p/>")) == "D102"
    whole = packed(p("某局" * 500))
    assert refused(whole[:200] + bytes(60) + whole[260:]) == "D105"


def test_a_zip_of_an_unknown_kind_is_not_called_cut_short() -> None:
    """Method and version as the zip's headers have them, behind their signs."""
    whole = packed(p("某局"))
    other_method = bytearray(whole)
    for sign, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        start = whole.rindex(sign)
        other_method[start + at : start + at + 2] = (97).to_bytes(2, "little")
    with pytest.raises(RefusedError, match="compression method is not known"):
        read_docx(bytes(other_method))
    later = bytearray(whole)
    start = whole.index(b"PK\x01\x02")
    later[start + 6] = 99
    with pytest.raises(RefusedError, match="zip version is not known"):
        format_of(bytes(later))


STYLES = """
<w:style w:type="character" w:styleId="gone"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="character" w:styleId="goner"><w:basedOn w:val="gone"/></w:style>
<w:style w:type="character" w:styleId="crossed"><w:rPr><w:strike/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="pale"><w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="loop"><w:basedOn w:val="loop"/></w:style>
<w:style w:type="table" w:styleId="dark"><w:tblStylePr><w:tcPr><w:shd w:fill="1F4E79"/></w:tcPr></w:tblStylePr></w:style>
"""


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def row_of(*contents: str, table: str = "", cell: str = "") -> bytes:
    """One row of cells, each of one paragraph."""
    cells_ = "".join(f"<w:tc><w:tcPr>{cell}</w:tcPr><w:p>{content}</w:p></w:tc>" for content in contents)
    return packed(f"<w:tbl><w:tblPr>{table}</w:tblPr><w:tr>{cells_}</w:tr></w:tbl>", styles=STYLES)


def codes(data: bytes) -> list[tuple[str, str, str | None]]:
    return [(finding.code, finding.reported, finding.at.source) for finding in read_docx(data).findings]


@pytest.mark.parametrize(
    "unseen",
    [
        run("9", "<w:vanish/>"),
        run("9", '<w:color w:val="FFFFFF"/>'),
        run("9", '<w:color w:val="FEFEFE"/><w:shd w:val="clear" w:fill="FFFFFF"/>'),
        run("9", '<w:sz w:val="2"/>'),
        run("9", '<w:rStyle w:val="gone"/>'),
        run("9", '<w:rStyle w:val="goner"/>'),
        "<w:ruby><w:rt><w:r><w:t>9</w:t></w:r></w:rt><w:rubyBase/></w:ruby>",
    ],
)
def test_what_is_not_seen_on_the_page_is_no_figure(unseen: str) -> None:
    data = row_of(run("规章"), run("12") + unseen, run("7"))
    assert cells(data) == [[("规章", 0, 1), ("12", 1, 1), ("7", 2, 1)]]
    assert codes(data) == [("D141", "9", "table 1, r1 c2")]


@pytest.mark.parametrize(
    "seen",
    [
        run("9", '<w:vanish w:val="0"/>'),
        run("9", '<w:rStyle w:val="gone"/><w:vanish w:val="false"/>'),
        run("9", '<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="000080"/>'),
        run("9", '<w:color w:val="FFFFFF"/><w:highlight w:val="blue"/>'),
        run("9", '<w:color w:val="auto"/><w:sz w:val="21"/>'),
        run("9", '<w:rStyle w:val="loop"/>'),
        '<w:pPr><w:pStyle w:val="pale"/></w:pPr>' + run("9", '<w:color w:val="000000"/>'),
    ],
)
def test_what_is_seen_on_the_page_is_read(seen: str) -> None:
    data = row_of(run("规章"), seen)
    assert cells(data) == [[("规章", 0, 1), ("9", 1, 1)]]
    assert codes(data) == []


@pytest.mark.parametrize(
    ("table", "cell"),
    [("", '<w:shd w:fill="1F4E79"/>'), ('<w:tblStyle w:val="dark"/>', "")],
)
def test_white_type_on_a_dark_cell_is_read(table: str, cell: str) -> None:
    data = row_of(run("规章"), '<w:pPr><w:pStyle w:val="pale"/></w:pPr>' + run("9"), table=table, cell=cell)
    assert cells(data)[0][1][0] == "9"


@pytest.mark.parametrize("struck", ["<w:strike/>", "<w:dstrike/>", '<w:rStyle w:val="crossed"/>'])
def test_what_is_struck_is_a_finding_and_joins_nothing(struck: str) -> None:
    four = run("4", struck)
    data = row_of(run("规章"), four + run("15"), run("1") + four + run("5"), four)
    assert [text for text, _, _ in cells(data)[0]] == ["规章", "15", "1 5", ""]
    assert codes(data) == [("D140", "4", f"table 1, r1 c{column}") for column in (2, 3, 4)]


@pytest.mark.parametrize(
    "turned",
    [
        f'<w:bdo w:val="rtl">{run("12")}</w:bdo>',
        run("\u202e12"),
        f'<w:bdo w:val="rtl">{run("1")}{run("2")}</w:bdo>',
    ],
)
def test_figures_that_are_turned_around_are_read_as_they_are_seen(turned: str) -> None:
    data = row_of(run("规章"), turned)
    assert cells(data)[0][1][0] == "21"
    assert codes(data) == [("D142", "21", "table 1, r1 c2")]


def test_a_hidden_row_is_no_row() -> None:
    hidden = f"<w:tr><w:trPr><w:hidden/></w:trPr>{tc('行政许可')}{tc('9')}</w:tr>"
    data = packed(f"<w:tbl>{hidden}<w:tr>{tc('行政处罚')}{tc('7')}</w:tr></w:tbl>")
    assert cells(data) == [[("行政处罚", 0, 1), ("7", 1, 1)]]


def test_struck_text_outside_of_tables_is_told_too() -> None:
    data = packed(f"<w:p>{run('共')}{run('4', '<w:strike/>')}{run('件')}</w:p>")
    assert paragraphs(data) == ["共 件"]
    assert codes(data) == [("D140", "4", "paragraph 1")]
