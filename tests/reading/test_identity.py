"""What a report says of itself: agency, year, scope, dates. Numbers such as Q4 are those of the catalogue of quirks."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import knowledge
from pipeline.knowledge.divisions import divisions, full_name
from pipeline.knowledge.forms import forms
from pipeline.knowledge.normalize import Printed
from pipeline.knowledge.traditional import fold
from pipeline.model.document import Cell, Document, Grid, Layout, Paragraph
from pipeline.reading.dates import bare_date, labelled_dates, signed_date
from pipeline.reading.identity import Identity, identify
from pipeline.reading.lines import lines_of
from pipeline.reading.titles import is_one_body, names_agency, parse_title

FORM = forms()["t2021"]
BODY = [
    *(
        "一、总体情况",
        "我局认真贯彻落实条例。",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
    ),
    *(
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
        "无。",
    ),
]


def document(*lines: str | list[str]) -> Document:
    """Lines as paragraphs; a list as a row of a table."""
    blocks = [
        Paragraph(line, f"line {number}")
        if isinstance(line, str)
        else Grid((tuple(Cell(text, f"line {number}", at) for at, text in enumerate(line)),), Layout.GRID)
        for number, line in enumerate(lines, 1)
    ]
    return Document("txt", tuple(blocks))


def read(*lines: str | list[str], body: list[str] | None = None) -> Identity:
    return identify(lines_of(document(*lines, *(BODY if body is None else body))), FORM)


def codes(identity: Identity) -> list[str]:
    return [finding.code for finding in identity.findings]


def found(identity: Identity, code: str) -> tuple[str, str]:
    finding = next(finding for finding in identity.findings if finding.code == code)
    return finding.reported, finding.expected


TITLES = {
    "plain": (["昌乐县财政局2023年政府信息公开工作年度报告"], "昌乐县财政局", 2023),
    "Q2 two lines": (["昌乐县财政局", "2023年政府信息公开工作年度报告"], "昌乐县财政局", 2023),
    "Q2 broken inside the words": (
        ["清水县教育局2023年度政府信息", "公开工作年度报告"],
        "清水县教育局",
        2023,
    ),
    "Q2 four lines": (
        ["攀枝花市西区", "经济合作局", "2023年", "政府信息公开工作年度报告"],
        "攀枝花市西区经济合作局",
        2023,
    ),
    "Q2 broken inside the name": (
        ["攀枝花市西区住房和城乡建", "设局2023年政府信息公开工作", "年度报告"],
        "攀枝花市西区住房和城乡建设局",
        2023,
    ),
    "Q2 关于 on a line of its own": (
        ["关于", "昌乐县财政局2023年政府信息公开工作年度报告"],
        "昌乐县财政局",
        2023,
    ),
    "Q3 spaces": (["清江镇人民政府 2019年 政府信息公开工作 年度报告"], "清江镇人民政府", 2019),
    "Q4 year first": (["2025年深圳市福田区香蜜湖街道政府信息公开年度报告"], "深圳市福田区香蜜湖街道", 2025),
    "Q4 年度 first": (["2025年度武汉市江岸区教育局政府信息公开工作年度报告"], "武汉市江岸区教育局", 2025),
    "Q5 年度 twice": (
        ["五华科技产业园管理委员会2022年度政府信息公开工作年度报告"],
        "五华科技产业园管理委员会",
        2022,
    ),
    "Q6 year twice": (["2025湖口县大垅乡2025年度政府信息公开工作年度报告"], "湖口县大垅乡", 2025),
    "Q7 工作报告": (["二郎镇人民政府2019年政府信息公开工作报告"], "二郎镇人民政府", 2019),
    "Q7 工作年报": (["南苑街道2021年度政府信息公开工作年报"], "南苑街道", 2021),
    "Q7 信息公开年度报告": (["昌乐县审计局2023年信息公开年度报告"], "昌乐县审计局", 2023),
    "Q7 政务公开": (["昌乐县审计局2023年政务公开工作年度报告"], "昌乐县审计局", 2023),
    "Q7 情况报告": (["昌乐县审计局2023年政府信息公开工作情况的报告"], "昌乐县审计局", 2023),
    "Q8 year between the words": (
        ["宝坻区消防救援支队", "政府信息公开工作2025年度报告"],
        "宝坻区消防救援支队",
        2025,
    ),
    "Q15 brackets": (
        ["银川市民族事务委员会（宗教事务局）2023年政府信息公开工作年度报告"],
        "银川市民族事务委员会（宗教事务局）",
        2023,
    ),
    "Q15 two bodies": (
        ["黄埔区人民政府 广州开发区管委会2022年政府信息公开工作年度报告"],
        "黄埔区人民政府广州开发区管委会",
        2022,
    ),
    "Chinese numerals": (["昌乐县财政局二〇二三年政府信息公开工作年度报告"], "昌乐县财政局", 2023),
    "Chinese numerals with circles": (
        ["昌乐县财政局二○二二年度政府信息公开工作年度报告"],
        "昌乐县财政局",
        2022,
    ),
    "full width digits": (["昌乐县财政局２０２３年政府信息公开工作年度报告"], "昌乐县财政局", 2023),
    "Q63 traditional": (["武漢市生態環境局2020年政府信息公開工作年度報告"], "武漢市生態環境局", 2020),
    "Q64 pinyin": (
        ["昌乐县住(zhù)房和城乡建设局2023年政府信息公(gong)开工作年度报告"],
        "昌乐县住房和城乡建设局",
        2023,
    ),
    "Q67 breadcrumb": (["首页>政务公开>昌乐县财政局2023年政府信息公开工作年度报告"], "昌乐县财政局", 2023),
    "Q67 label": (["标题：昌乐县财政局2023年政府信息公开工作年度报告"], "昌乐县财政局", 2023),
    "a colon behind the name": (["昌乐县财政局：2023年政府信息公开工作年度报告"], "昌乐县财政局", 2023),
    "visits in front": (["浏览次数：4234昌乐县财政局2023年政府信息公开工作年度报告"], "昌乐县财政局", 2023),
    "a number of visits in front": (
        ["4234 昌乐县财政局2023年政府信息公开工作年度报告"],
        "昌乐县财政局",
        2023,
    ),
    "关于 behind the name": (["昌乐县财政局关于2023年政府信息公开工作年度报告的公告"], "昌乐县财政局", 2023),
    "a report on two things": (
        ["昌乐县财政局2023年法治政府建设暨政府信息公开工作年度报告"],
        "昌乐县财政局",
        2023,
    ),
    "Q67 what a page prints in brackets before it": (
        ["访问量【字体：大 中 小】昌乐县财政局2023年政府信息公开工作年度报告"],
        "昌乐县财政局",
        2023,
    ),
    "with the date of a list": (
        ["昌乐县财政局2023年政府信息公开工作年度报告 2024-01-20"],
        "昌乐县财政局",
        2023,
    ),
    "关于 … 的": (["关于昌乐县财政局2023年政府信息公开工作的年度报告"], "昌乐县财政局", 2023),
    "人民政府 directly before the words": (["某某县人民政府信息公开2023年度报告"], "某某县人民政府", 2023),
}


@pytest.mark.parametrize("name", TITLES)
def test_a_title_says_agency_and_year(name: str) -> None:
    lines, agency, year = TITLES[name]
    identity = read(*lines)
    assert (identity.agency, identity.year) == (agency, year)
    assert (identity.agency_source, identity.year_source) == ("title", "title")
    assert identity.title == "".join("".join(lines).split()).rpartition(">")[2]


def test_q1_of_several_titles_the_longest_name_is_taken_and_the_repeats_are_no_text() -> None:
    identity = read(
        "区退役军人事务局2022年政府信息公开工作年度报告",
        "发布时间：2023-01-20 来源：本网",
        "广州市越秀区退役军人事务局2022年政府信息公开工作年度报告",
        "根据《条例》，公布本报告。",
    )
    assert identity.agency == "广州市越秀区退役军人事务局"
    assert identity.sections[0].text == "根据《条例》，公布本报告。"
    assert "D132" not in codes(identity)


def test_q6_two_different_years_in_one_title_are_a_finding() -> None:
    identity = read("2024昌乐县财政局2025年度政府信息公开工作年度报告")
    assert identity.year == 2025
    assert found(identity, "D131") == ("2024", "2025")


def test_a_list_of_other_years_above_the_title_is_not_the_title_and_is_a_finding_unless_the_period_decides() -> (
    None
):
    lines = [f"昌乐县财政局{year}年政府信息公开工作年度报告" for year in (2021, 2022, 2023)]
    listed = read(*lines)
    assert listed.year == 2023
    assert "D131" in codes(listed)
    settled = read(*lines, "本报告所列数据的统计期限自2022年1月1日起至2022年12月31日止。")
    assert settled.year == 2022
    assert "D131" not in codes(settled)


def test_q7_a_cut_title_in_the_body_does_not_override_the_page_title() -> None:
    identity = read("观胜镇人民政府2022年政府信息公开工作年度报告", "关于观胜镇人民政府信息公开工作年度")
    assert (identity.title, identity.year) == ("观胜镇人民政府2022年政府信息公开工作年度报告", 2022)


@pytest.mark.parametrize(
    ("lines", "tail", "agency", "source"),
    [
        ([], ["昌乐县财政局", "2024年1月20日"], "昌乐县财政局", "signature"),
        ([], ["昌乐县财政局 2024年1月20日"], "昌乐县财政局", "signature"),
        (["本报告由昌乐县财政局编制，欢迎查阅。"], [], "昌乐县财政局", "preface"),
        (["现公布昌乐县财政局2023年政府信息公开工作情况，请查阅。"], [], "昌乐县财政局", "preface"),
        (["如有疑问，请与昌乐县财政局办公室联系（地址：某路1号）。"], [], "昌乐县财政局", "contact"),
        (["如对本报告有疑问，请联系昌乐县财政局，电话见下。"], [], "昌乐县财政局", "contact"),
        (["昌乐县财政局", "（2024年1月20日）"], [], "昌乐县财政局", "byline"),
    ],
)
def test_q9_a_title_without_agency_is_completed_from_elsewhere_and_says_so(
    lines: list[str], tail: list[str], agency: str, source: str
) -> None:
    identity = read("2023年政府信息公开工作年度报告", *lines, body=BODY + tail)
    assert (identity.agency, identity.agency_source) == (agency, source)
    assert found(identity, "D116")[0] == agency


def test_q9_an_agency_that_is_nowhere_stays_unknown() -> None:
    identity = read("2023年政府信息公开工作年度报告", "请与我局办公室联系。")
    assert identity.agency is None
    assert "D110" in codes(identity)


@pytest.mark.parametrize(
    "period", ["统计期限自2023年1月1日起至2023年12月31日止", "统计期限为2023年01月01日至12月31日"]
)
def test_q10_the_year_comes_from_the_period_where_the_title_has_none(period: str) -> None:
    identity = read("乌海市工业和信息化局", "政府信息公开工作年度报告", f"本报告所列数据的{period}。")
    assert (identity.agency, identity.year, identity.year_source) == ("乌海市工业和信息化局", 2023, "period")
    assert found(identity, "D117") == ("2023", "")


def test_a_link_to_the_report_of_another_is_no_title_wherever_it_stands() -> None:
    lines = (
        "昌乐县财政局2023年政府信息公开工作年度报告",
        "下一篇：昌乐县教育局2022年政府信息公开工作年度报告",
    )
    for order in (lines, lines[::-1]):
        identity = read(*order)
        assert (identity.agency, identity.year) == ("昌乐县财政局", 2023)


@pytest.mark.parametrize("name", ["昌乐县财政局（盖章）", "昌乐县财政局(公章)"])
def test_the_place_of_the_seal_is_no_part_of_the_name(name: str) -> None:
    identity = read("2023年政府信息公开工作年度报告", body=["一、总体情况", "无。", name, "2024年元月20日"])
    assert (identity.agency, identity.signed) == ("昌乐县财政局", date(2024, 1, 20))


def test_a_year_of_two_digits_is_none_and_no_part_of_the_name() -> None:
    identity = read("昌乐县财政局23年政府信息公开工作年度报告")
    assert (identity.agency, identity.year) == ("昌乐县财政局", None)
    assert "D111" in codes(identity)


@pytest.mark.parametrize(
    "text", ["现公布我局2023年政府信息公开工作年度报告。", "现汇报我镇2023年政府信息公开情况。"]
)
def test_a_word_and_what_an_agency_calls_itself_are_no_other_name(text: str) -> None:
    identity = read("昌乐县财政局政府信息公开工作年度报告", text)
    assert (identity.agency, identity.year) == ("昌乐县财政局", 2023)
    assert "D132" not in codes(identity)


def test_q10_then_from_the_beginning_of_section_one() -> None:
    body = ["一、总体情况", "2023年，我局认真工作。", *BODY[2:]]
    identity = read("乌海市工业和信息化局", "政府信息公开工作年度报告", body=body)
    assert (identity.year, identity.year_source) == (2023, "overview")


def test_q10_never_from_the_date_of_the_signature_alone() -> None:
    identity = read("乌海市工业和信息化局", "政府信息公开工作年度报告", body=[*BODY, "2024年1月20日"])
    assert identity.year is None
    assert "D111" in codes(identity)
    assert identity.signed == date(2024, 1, 20)


def test_q11_a_title_that_is_just_the_agency() -> None:
    identity = read("市信访局", body=["一、总体情况", "2023年，我局认真工作。", *BODY[2:]])
    assert (identity.title, identity.agency, identity.agency_source) == (None, "市信访局", "byline")
    assert identity.year == 2023


def test_q12_no_title_at_all() -> None:
    identity = read("根据《政府信息公开条例》，现公布昌乐县财政局2023年政府信息公开工作年度报告。")
    assert (identity.title, identity.agency, identity.agency_source) == (None, "昌乐县财政局", "preface")
    silent = read(body=["一、总体情况", "2023年,我街认真工作。", *BODY[2:]])
    assert (silent.agency, silent.year) == (None, 2023)
    assert "D110" in codes(silent)


def test_q13_a_short_form_is_kept_and_the_fuller_one_offered() -> None:
    identity = read(
        "铜厂乡2020年政府信息公开工作年度报告", body=[*BODY, "铜厂彝族乡人民政府", "2021年1月20日"]
    )
    assert identity.agency == "铜厂乡"
    assert found(identity, "D124") == ("铜厂乡", "铜厂彝族乡人民政府")
    assert "D132" not in codes(identity)


def test_q14_two_names_are_a_finding_and_the_title_wins() -> None:
    title = "国家税务局广州市白云区税务局2021年政府信息公开工作年度报告"
    identity = read(title, body=[*BODY, "国家税务总局广州市白云区税务局", "2022年1月20日"])
    assert identity.agency == "国家税务局广州市白云区税务局"
    assert found(identity, "D132") == ("国家税务总局广州市白云区税务局", "国家税务局广州市白云区税务局")


def test_q16_page_metadata_is_the_weakest_source() -> None:
    page = ["发布日期：2022-01-30  来源：审计局  字体：大 中 小"]
    titled = read("河津市人民政府办公室2021年政府信息公开工作年度报告", *page)
    assert titled.agency == "河津市人民政府办公室"
    assert "D128" not in codes(titled)
    silent = read("2021年政府信息公开工作年度报告", *page)
    assert (silent.agency, silent.agency_source) == ("审计局", "metadata")
    assert "D128" in codes(silent)
    person = read("2021年政府信息公开工作年度报告", "信息来源：刘兴强")
    assert person.agency is None


@pytest.mark.parametrize(
    ("title", "agency", "scope"),
    [
        ("海关总署（本级机关）2020年政府信息公开工作年度报告", "海关总署", "agency"),
        ("昌乐县财政局本级2023年政府信息公开工作年度报告", "昌乐县财政局", "agency"),
        ("湛江海关关区2023年政府信息公开工作年度报告", "湛江海关", "system"),
        ("潍坊市税务局（全系统）2023年政府信息公开工作年度报告", "潍坊市税务局", "system"),
        ("昌乐县人民政府（汇总）2023年政府信息公开工作年度报告", "昌乐县人民政府", "jurisdiction"),
        ("昌乐县人民政府2023年政府信息公开工作年度报告（全县）", "昌乐县人民政府", "jurisdiction"),
    ],
)
def test_q17_a_scope_word_is_part_of_the_identity(title: str, agency: str, scope: str) -> None:
    identity = read(title)
    assert (identity.agency, identity.scope, identity.scope_stated) == (agency, scope, True)
    assert "D118" not in codes(identity)


@pytest.mark.parametrize(
    ("agency", "scope"),
    [
        ("昌乐县人民政府", "jurisdiction"),
        ("六盘水市人民政府(市人民政府办公室)", "jurisdiction"),
        ("上海市人民政府办公厅", "government_office"),
        ("清江镇人民政府", None),
        ("昌乐县财政局", None),
    ],
)
def test_q18_the_kind_of_body_suggests_the_scope_and_the_finding_says_so(
    agency: str, scope: str | None
) -> None:
    identity = read(f"{agency}2023年政府信息公开工作年度报告")
    assert (identity.scope, identity.scope_stated) == (scope, False)
    assert ("D118" in codes(identity)) == (scope is not None)


def test_q20_a_stale_year_in_section_one_is_a_warning_and_the_title_stands() -> None:
    body = ["一、总体情况", "2022年，我局认真工作。", *BODY[2:]]
    identity = read("昌乐县财政局2023年政府信息公开工作年度报告", body=body)
    assert identity.year == 2023
    assert found(identity, "D131") == ("2022", "2023")


@pytest.mark.parametrize("text", ["2019年5月15日新条例施行以来，我局认真工作。", "我局落实2022年工作要点。"])
def test_q20_other_years_in_section_one_are_none(text: str) -> None:
    identity = read("昌乐县财政局2023年政府信息公开工作年度报告", body=["一、总体情况", text, *BODY[2:]])
    assert "D131" not in codes(identity)


def test_q63_traditional_headings_do_not_change_the_printed_name() -> None:
    assert read("規劃和自然資源局2020年政府信息公開工作年度報告").agency == "規劃和自然資源局"
    assert fold("規劃和自然資源局") == "规划和自然资源局"


def test_q64_pinyin_is_left_out_of_the_name_and_reported() -> None:
    identity = read("昌乐县财(cái)政局2023年政府信息公開工作年度报告")
    assert identity.agency == "昌乐县财政局"
    assert "D125" in codes(identity)


@pytest.mark.parametrize(
    "brand", ["必威体育app官网:教育局", "欧洲五大联赛:教育局", "www.bet365.com教育局", "皇冠彩票教育局"]
)
def test_q66_a_brand_in_the_name_makes_it_doubtful(brand: str) -> None:
    assert "D119" in codes(read(f"{brand}2023年政府信息公开工作年度报告"))


@pytest.mark.parametrize(
    "agency", ["昌乐县体育局", "昌乐县教育体育局", "昌乐县文化体育和旅游局", "山东省体育彩票管理中心"]
)
def test_q66_an_agency_for_sport_is_no_brand(agency: str) -> None:
    assert "D119" not in codes(read(f"{agency}2023年政府信息公开工作年度报告"))


def test_q67_page_furniture_is_neither_title_nor_text() -> None:
    identity = read(
        *("首页", "政务公开", "政府信息公开年报", "索 引 号： YT0028/2025-00460", "【字体：大 中 小】"),
        *("昌乐县财政局2024年政府信息公开工作年度报告", "浏览次数：4234次", "特此公布。"),
        body=[*BODY, "分享到：", "上一篇：昌乐县财政局2023年政府信息公开工作年度报告", "版权所有"],
    )
    assert (identity.agency, identity.year) == ("昌乐县财政局", 2024)
    assert identity.sections[0].text == "特此公布。"
    assert identity.sections[-1].text == "无。"


def test_a_title_in_a_layout_table_is_read() -> None:
    identity = read(["", "昌乐县财政局2023年政府信息公开工作年度报告", ""], ["发布日期", "2024-01-20"])
    assert (identity.agency, identity.published) == ("昌乐县财政局", date(2024, 1, 20))


def test_a_report_on_one_line_has_its_title_at_the_beginning() -> None:
    text = (
        "昌乐县财政局2023年政府信息公开工作年度报告一、总体情况2023年，我局认真工作。"
        + "本年度工作如常。" * 20
    )
    identity = identify(lines_of(document(text)), FORM)
    assert (identity.agency, identity.year) == ("昌乐县财政局", 2023)


def test_q78_a_signature_at_the_end() -> None:
    identity = read(
        "武昌经开区2025年政府信息公开工作年度报告",
        body=[*BODY, "武昌经开区管委会(滨江商务区管委会)", "2026年1月8日"],
    )
    assert [(d.kind, d.value, d.place) for d in identity.dates] == [
        ("signature", date(2026, 1, 8), "line 11")
    ]
    assert identity.sections[-1].text == "无。"


def test_q78_a_date_in_brackets_under_the_title() -> None:
    identity = read("昌乐县财政局2020年政府信息公开工作年度报告", "（2021年1月19日）")
    assert [(d.kind, d.value) for d in identity.dates] == [("under_title", date(2021, 1, 19))]
    assert identity.sections[0].key == "overview"


def test_q78_no_date_is_said() -> None:
    identity = read("昌乐县财政局2020年政府信息公开工作年度报告")
    assert (identity.published, identity.signed, identity.dates) == (None, None, ())
    assert "D112" in codes(identity)


def test_q79_several_dates_are_all_kept_with_their_source_and_that_of_publication_is_not_that_of_the_signature() -> (
    None
):
    identity = read(
        *("昌乐县财政局2019年政府信息公开工作年度报告", "发文日期 2020-01-17", "发布日期：2020-03-18 16:26"),
        body=[*BODY, "昌乐县财政局", "2020年1月15日"],
    )
    assert [(d.kind, str(d.value), d.place) for d in identity.dates] == [
        ("signature", "2020-01-15", "line 13"),
        ("issued", "2020-01-17", "line 2"),
        ("published", "2020-03-18", "line 3"),
    ]
    assert (identity.signed, identity.published) == (date(2020, 1, 15), date(2020, 3, 18))
    assert "D123" in codes(identity)


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("2020-01-31", date(2020, 1, 31)),
        ("2020年01月31日", date(2020, 1, 31)),
        ("2023- 01- 13 16 : 26", date(2023, 1, 13)),
        ("2024/1/18", date(2024, 1, 18)),
        ("2025-01-07 14:52:57", date(2025, 1, 7)),
        ("2022年1月11日", date(2022, 1, 11)),
        ("二〇二三年一月十日", date(2023, 1, 10)),
        ("二○二三年十二月三十一日", date(2023, 12, 31)),
        ("２０２４年１月１９日", date(2024, 1, 19)),
        ("2023 年 1 月 30 日", date(2023, 1, 30)),
        ("2024年2月30日", None),
        ("2024-13-01", None),
    ],
)
def test_q79_dates_in_many_forms(printed: str, value: date | None) -> None:
    read_date = bare_date(Printed(printed), "signature", "line 1")
    assert read_date is not None
    assert read_date.value == value


@pytest.mark.parametrize(
    "text", ["2024年1月19日印发", "共12件", "2019年11日至20191231日", "第2024页", "", "1.2.3"]
)
def test_other_lines_are_no_dates(text: str) -> None:
    assert bare_date(Printed(text), "signature", "line 1") is None


def test_words_before_a_date_say_its_kind_and_running_text_has_none() -> None:
    line = "发布日期：2024-01-18 10:22 来源：县住建局 成文日期: 2024年1月9日"
    assert [(d.kind, str(d.value)) for d in labelled_dates(Printed(line), "line 1")] == [
        ("published", "2024-01-18"),
        ("written", "2024-01-09"),
    ]
    assert not list(labelled_dates(Printed("统计时间：2023-01-01至2023-12-31"), "line 1"))


def test_a_signature_on_one_line_has_name_and_date() -> None:
    signed = signed_date(Printed("昌乐县财政局 2024年1月18日"), "line 1")
    assert signed is not None
    assert (signed[0], signed[1].value) == ("昌乐县财政局", date(2024, 1, 18))


def test_an_impossible_date_is_a_finding_and_not_used() -> None:
    identity = read(
        "昌乐县财政局2023年政府信息公开工作年度报告", body=[*BODY, "昌乐县财政局", "2024年2月30日"]
    )
    assert identity.signed is None
    assert found(identity, "D121")[0] == "2024年2月30日"


def test_a_date_before_the_end_of_the_year_is_a_finding() -> None:
    identity = read(
        "昌乐县财政局2023年政府信息公开工作年度报告", body=[*BODY, "昌乐县财政局", "2023年1月20日"]
    )
    assert identity.signed == date(2023, 1, 20)
    assert found(identity, "D122")[0] == "2023年1月20日"


def test_q80_nothing_after_the_signature_is_text() -> None:
    identity = read(
        "昌乐县财政局2023年政府信息公开工作年度报告",
        body=[*BODY, "昌乐县财政局", "2024年1月20日", "报告后附相关图表", "2023年收件情况图"],
    )
    assert identity.sections[-1].text == "无。"


def test_the_menu_of_a_government_site_is_no_title() -> None:
    identity = identify(lines_of(document("首页", "政府信息公开年报", "领导信箱")), FORM)
    assert (identity.title, identity.sections) == (None, identity.sections)
    assert identity.agency is None


@pytest.mark.parametrize(
    "line",
    ["昌乐县财政局", "市信访局", "香蜜湖街道", "银川市民族事务委员会(宗教事务局)", "河津市人民政府办公室"],
)
def test_lines_that_name_an_agency(line: str) -> None:
    assert names_agency(line)


@pytest.mark.parametrize(
    "line", ["我局", "本机关", "下一篇", "2023年", "无", "政务公开", "总体情况", "共12件", "局"]
)
def test_lines_that_name_none(line: str) -> None:
    assert not names_agency(line)


def test_names_of_one_body() -> None:
    assert is_one_body("西工区城市管理局", "洛阳市西工区城市管理局")
    assert is_one_body("昌乐县住房和城乡建设局", "昌乐县住建局")
    assert is_one_body("昌乐县财政局", "昌乐县财政局办公室")
    assert not is_one_body("昌乐县财政局", "昌乐县审计局")


@given(st.text(max_size=120))
def test_no_text_breaks_the_title_grammar(text: str) -> None:
    title = parse_title(text)
    assert title is None or title.agency in title.text


CHINESE = "〇一二三四五六七八九"
PLACES = sorted(
    code
    for code, d in divisions().items()
    if d.level in ("province", "prefecture", "county") and not d.successors
)
BODIES = sorted(
    label
    for slug, entry in knowledge.load("functions.yml").items()
    if slug not in ("township-gov", "subdistrict", "zone-committee")
    for label in entry["labels"]
    if label.endswith(("局", "委员会", "厅", "办公室", "人民政府"))
)


@st.composite
def forms_of_a_title(draw: st.DrawFn) -> tuple[list[str], str, int]:
    """A title of a real place, a real function and a year, in one of the printed forms: (lines, agency, year)."""
    place = divisions()[draw(st.sampled_from(PLACES))]
    agency = draw(st.sampled_from([place.name, full_name(place.code)])) + draw(st.sampled_from(BODIES))
    year = draw(st.integers(2019, 2029))
    digits = draw(
        st.sampled_from(
            [
                str(year),
                "".join(CHINESE[int(d)] for d in str(year)),
                "".join("○" if d == "0" else CHINESE[int(d)] for d in str(year)),
                "".join(chr(ord(d) + 0xFEE0) for d in str(year)),
            ]
        )
    )
    when = digits + draw(st.sampled_from(["年", "年度"]))
    info = draw(st.sampled_from(["政府信息公开", "政府信息公开工作", "政务公开工作"]))
    words = info + draw(st.sampled_from(["年度报告", "年报", "报告", "年度工作报告", "情况年度报告"]))
    gap = draw(st.sampled_from(["", " ", "\u3000"]))
    pieces = draw(
        st.sampled_from(
            [
                [agency, when, words],
                [when, agency, words],
                [agency, info, when.removesuffix("度") + "度报告"],
                ["关于", agency, when, words],
            ]
        )
    )
    cut = draw(st.sampled_from([None, 1, 2]))
    if cut is None or len(pieces) != 3 or pieces[0] != agency:
        return [gap.join(pieces)], agency, year
    return [gap.join(pieces[:cut]), gap.join(pieces[cut:])], agency, year


@given(forms_of_a_title())
def test_any_place_function_and_year_come_back_from_any_form_of_title(
    case: tuple[list[str], str, int],
) -> None:
    lines, agency, year = case
    identity = read(*lines)
    assert (identity.agency, identity.year) == (agency, year)


# -- whose data -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    [
        *("上海市", "宿迁市", "郑州市金水区", "平潭综合实验区", "海南省", "昌乐县", "西藏自治区"),
        *("昌乐县政府", "新疆生产建设兵团", "中新天津生态城"),
    ],
)
def test_a_place_alone_reports_for_all_its_bodies_and_the_finding_says_so(place: str) -> None:
    identity = read(f"{place}2023年政府信息公开工作年度报告")
    assert (identity.agency, identity.scope, identity.scope_stated) == (place, "jurisdiction", False)
    assert found(identity, "D118") == (place, "jurisdiction")


@pytest.mark.parametrize(
    "text",
    [
        "本报告由金水区人民政府办公室根据各街道、各部门的年度报告汇总编制。",
        "本报告汇总了全区各行政机关的数据编制而成。",
        "2023年，全区共收到政府信息公开申请100件。",
        "报告中所列数据包括区政府各部门、各街道。",
        "本报告统计范围为全区各镇街及区政府各部门。",
    ],
)
def test_a_preamble_that_sums_up_a_place_says_whose_data_they_are(text: str) -> None:
    identity = read("郑州市金水区人民政府办公室2023年政府信息公开工作年度报告", text)
    assert identity.scope == "jurisdiction"
    assert found(identity, "D118")[1] == "jurisdiction"


def test_a_preamble_that_sums_up_a_place_does_so_whoever_wrote_it() -> None:
    identity = read(
        "宿迁市政务服务管理局2023年政府信息公开工作年度报告", "2023年，全市共收到政府信息公开申请100件。"
    )
    assert found(identity, "D118") == ("宿迁市政务服务管理局", "jurisdiction")
    own = read("昌乐县财政局2023年政府信息公开工作年度报告", "本报告根据《条例》和全县统一要求编制。")
    assert (own.scope, codes(own)) == (None, codes(read("昌乐县财政局2023年政府信息公开工作年度报告")))


def test_an_agency_whose_preamble_sums_up_is_never_taken_for_its_own_without_a_word() -> None:
    identity = read("昌乐县公安局2023年政府信息公开工作年度报告", "本报告由县公安局汇总各派出所数据编制。")
    assert identity.scope == "agency"
    assert found(identity, "D118") == ("昌乐县公安局", "agency")


# -- names that are none --------------------------------------------------------------------------------------------


def test_a_sentence_does_not_beat_the_title_above_it() -> None:
    identity = read(
        "昌乐县红河镇人民政府2024年政府信息公开工作年度报告",
        "积极推进政务信息公开是建设法治政府、服务型政府的要求，现将2024年昌乐县红河镇政府信息公开情况报告如下",
    )
    assert identity.agency == "昌乐县红河镇人民政府"
    assert identity.title == "昌乐县红河镇人民政府2024年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    "text",
    [
        "本报告根据《中华人民共和国政府信息公开条例》、《国务院办公厅政府信息与政务公开办公室关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》要求编制。",
        "本报告根据《条例》、《关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》编制",
        "按照《条例》和中华人民共和国政府信息公开工作年度报告格式的要求，特编制本年度报告",
        "现将2024年我镇政府信息公开情况报告如下",
        "2024年昌乐县红河镇政府信息公开情况报告如下：",
    ],
)
def test_a_preamble_is_no_title_and_no_name(text: str) -> None:
    identity = read(text)
    assert (identity.title, identity.agency) == (None, None)
    assert "D110" in codes(identity)


def test_a_report_names_its_agency_in_the_contact_even_where_an_office_for_publicity_answers() -> None:
    identity = read(
        "2023年政府信息公开工作年度报告",
        "现将我乡2023年政府信息公开情况公布如下。如有疑问，请与青龙镇政府信息公开领导小组办公室联系。",
    )
    assert (identity.agency, identity.agency_source) == ("青龙镇", "contact")


def test_our_township_is_no_other_name() -> None:
    identity = read("铜厂乡2020年政府信息公开工作年度报告", "现将我乡2020年政府信息公开情况报告如下。")
    assert "D132" not in codes(identity)


# -- years ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("本报告所列数据的统计时限自2022年1月1日起至2022年12月31日止。", "period"),
        ("根据条例，现公布我局2022年政府信息公开工作年度报告。", "preface"),
        ("现向社会公布我局2022年度政府信息公开工作情况。", "preface"),
        ("现汇报我镇2022年政府信息公开工作。", "preface"),
        ("本报告数据截止2022年12月31日。", "cutoff"),
        ("数据截至2022年12月31日。", "cutoff"),
    ],
)
def test_a_year_is_read_where_the_title_has_none(text: str, source: str) -> None:
    identity = read("乌海市工业和信息化局", "政府信息公开工作年度报告", text)
    assert (identity.year, identity.year_source) == (2022, source)
    assert found(identity, "D117") == ("2022", "")


def test_a_year_to_which_history_is_told_is_none() -> None:
    identity = read(
        "乌海市工业和信息化局", "政府信息公开工作年度报告", "截至2020年12月31日无，截至2021年12月31日无。"
    )
    assert identity.year is None


# -- sections -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("heading", ["五、存在的主要问题及明年工作计划", "五、存在问题和下一步打算"])
def test_section_five_is_about_problems_whatever_else_it_promises(heading: str) -> None:
    identity = read(
        "昌乐县财政局2023年政府信息公开工作年度报告", body=[*BODY[:5], heading, "无。", *BODY[6:]]
    )
    assert "D120" not in codes(identity)
