"""What is no annual report on this form is refused in one line that says what it is. Each was seen failing once."""

import pytest

from pipeline.bench.synthetic import as_text
from pipeline.document.read import read
from pipeline.knowledge.forms import forms
from pipeline.model.report import NotAReportError, Report
from pipeline.reading.report import make_report

FORM = forms()["t2021"]


def blank_form(title: str) -> str:
    """The form as it is sent out: every label, no figure."""
    lines = [title]
    for section in FORM.sections:
        lines.append(f"{section.number}、{section.zh}")
        for table in FORM.tables:
            if table.section == section.key:
                for part in table.parts:
                    lines.append("\t".join(["信息内容", *(column.zh for column in part.columns)]))
                    lines += ["\t".join([row.item.zh, *[""] * len(part.columns)]) for row in part.data_rows]
    return "\n".join(lines)


def report(text: str) -> Report:
    return make_report(read(text.encode(), "txt"))


def zeros(title_of: str, year: int) -> str:
    return as_text(dict.fromkeys(FORM.cell_keys(), 0), FORM, title_of, year)


RULES = "第一条 为规范政府信息公开工作年度报告，制定本制度。\n第二条 各单位应当于每年1月31日前公布年度报告。"
OTHERS = {
    "the notice with the blank form": (
        blank_form(
            "国务院办公厅政府信息与政务公开办公室关于印发《中华人民共和国政府信息公开工作年度报告格式》的通知"
        ),
        "格式",
    ),
    "a notice to write reports": (
        "关于做好2023年政府信息公开工作年度报告编制工作的通知\n一、总体情况\n请各单位写明。\n二、主动公开政府信息情况\n请填表。",
        "通知",
    ),
    "rules": (f"昌乐县政府信息公开工作年度报告制度\n{RULES}\n一、总体情况\n二、主动公开政府信息情况", "制度"),
    "rules in two lines": (f"昌乐县财政局\n政府信息公开工作年度报告制度\n{RULES}", "制度"),
    "a model text": (zeros("某某县财政局", 2023).replace("年度报告\n", "年度报告范文\n", 1), "范文"),
    "a model text with placeholders": (
        blank_form("XX局20XX年政府信息公开工作年度报告"),
        "范文",
    ),
    "a university": (
        "西北工业大学2022-2023学年信息公开工作年度报告\n一、概述\n学校认真工作。\n二、主动公开信息情况\n公开12条。",
        "学校",
    ),
    "a college": (
        "青岚职业技术学院2023年信息公开工作年度报告\n一、总体情况\n学院认真工作。\n二、主动公开情况\n公开12条。",
        "学校",
    ),
    "before the forms": (
        "昌乐县财政局2017年政府信息公开工作年度报告\n一、概述\n我局认真工作。\n二、主动公开政府信息的情况\n主动公开100条。\n"
        "三、依申请公开情况\n收到申请3件。\n四、行政复议\n无。",
        "2019",
    ),
    "a model text filled in with zeros": (zeros("×××局", 2023), "范文"),
    "a quarter": (zeros("昌乐县财政局", 2023).replace("2023年政府", "2023年第一季度政府", 1), "季度"),
    "half a year": (zeros("昌乐县财政局", 2023).replace("2023年政府", "2023年上半年政府", 1), "半年"),
    "an explanation": (
        "《昌乐县财政局2023年政府信息公开工作年度报告》解读\n一、总体情况\n收到申请20件。\n二、主动公开政府信息情况",
        "解读",
    ),
    "an enterprise": ("昌乐县自来水公司2023年信息公开年度报告\n一、总体情况\n认真工作。", "企事业"),
    "a report on something else": (
        "昌乐县财政局2023年法治政府建设年度报告\n一、总体情况\n认真工作。\n二、存在的主要问题及改进情况\n不足。",
        "标题",
    ),
    "another text": ("关于召开会议的通知\n请准时参加。", "标题"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_report_is_refused_and_says_what_it_is(name: str) -> None:
    text, word = OTHERS[name]
    with pytest.raises(NotAReportError) as refused:
        report(text)
    assert refused.value.finding.code == "D101"
    assert word in refused.value.zh
    assert "\n" not in refused.value.zh


def test_a_report_that_mentions_the_notice_is_one() -> None:
    text = zeros("昌乐县财政局", 2023).replace(
        "二、主动", "关于印发《政府信息公开工作年度报告格式》的通知\n二、主动", 1
    )
    assert report(text).agency == "昌乐县财政局"


def test_a_school_that_fills_in_the_form_is_read() -> None:
    assert report(zeros("昌乐县实验小学", 2023)).cells_stated == len(list(FORM.cell_keys()))


@pytest.mark.parametrize("year", [2018, 2020])
def test_a_report_whose_title_has_a_year_before_its_form_is_read_and_the_finding_says_so(year: int) -> None:
    read = report(zeros("昌乐县财政局", year))
    assert read.year == year
    assert [finding.reported for finding in read.findings if finding.code == "D134"] == [str(year)]
    fitting = report(zeros("昌乐县财政局", 2021))
    assert "D134" not in {finding.code for finding in fitting.findings}
