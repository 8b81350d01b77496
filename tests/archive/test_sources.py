"""What may stand in ``<year>.yml``: addresses, and figures typed by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.archive.sources import checked_url, sources
from pipeline.archive.transcription import parse_transcription
from pipeline.filing.read_all import make_filed
from pipeline.knowledge.forms import forms
from pipeline.model.figure import Figure, Status
from pipeline.model.findings import PipelineError
from pipeline.model.outcome import CheckedReport
from pipeline.model.source import Source, Transcription
from pipeline.reading.amend import transcribe

FORM = forms()["t2021"]
TEXT = """昌乐县财政局2023年政府信息公开工作年度报告
一、总体情况
我局认真工作。
二、主动公开政府信息情况
三、收到和处理政府信息公开申请情况
四、政府信息公开行政复议、行政诉讼情况
五、存在的主要问题及改进情况
六、其他需要报告的事项
无。
昌乐县财政局
2024年1月20日
"""
AGENCY = 'name_zh: 昌乐县财政局\nlevel: county\nfunction: finance\ndivision_code: "370725"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "370725-finance"
    home.mkdir()
    (home / "agency.yml").write_text(AGENCY, encoding="utf-8")
    (home / "2023.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def source(folder: Path, yml: str) -> Source:
    (folder / "370725-finance/2023.yml").write_text(
        f"source_url: null\nretrieved: null\n{yml}", encoding="utf-8"
    )
    (only,) = sources(folder)
    return only


def filed(folder: Path, yml: str) -> CheckedReport:
    return make_filed(source(folder, yml))


def found(one: CheckedReport, code: str) -> list[str]:
    return [finding.at.cell for finding in one.findings if finding.code == code]


def typed(tables: str) -> str:
    return f"transcription:\n  by: LW\n  date: 2024-05-02\n  source: 原网页图片\n  tables:\n{tables}"


def table_of(name: str, value: int = 0) -> str:
    """All cells of a table, typed."""
    table = FORM.table(name)
    rows = {row.item.key: [c.key for c in part.columns] for part in table.parts for row in part.data_rows}
    lines = [
        f"      {row}: {{{', '.join(f'{c}: {value}' for c in columns)}}}" for row, columns in rows.items()
    ]
    return "\n".join([f"    {name}:", *lines, ""])


def test_typed_figures_stand_in_cells_that_the_file_does_not_print(folder: Path) -> None:
    one = filed(
        folder,
        typed(
            "    requests:\n      new_received: {natural_person: 12, total: '１，２３４', org_legal_service: /}\n"
        ),
    )
    figures = one.report.figures
    assert figures["requests", "new_received", "natural_person"] == Figure(
        "12", Decimal(12), Status.REPORTED, "transcription"
    )
    assert figures["requests", "new_received", "total"].raw == "１，２３４"
    assert figures["requests", "new_received", "total"].value == 1234
    assert figures["requests", "new_received", "org_legal_service"].status is Status.MARK
    assert figures["requests", "carried_in", "total"].status is Status.ABSENT
    assert found(one, "T120") == ["requests"]
    assert found(one, "T122") == ["requests"]
    assert found(one, "T108") == ["proactive", "review_litigation"]


def test_a_whole_table_typed_is_no_missing_table_and_the_finding_says_who_and_when(folder: Path) -> None:
    yml = typed("".join(table_of(name) for name in ("proactive", "requests", "review_litigation")))
    one = filed(folder, yml)
    assert one.report.cells_stated == 200
    assert found(one, "T120") == ["proactive", "requests", "review_litigation"]
    assert found(one, "T108") == found(one, "T122") == []
    finding = next(finding for finding in one.findings if finding.code == "T120")
    assert "LW" in finding.message.zh
    assert "2024-05-02" in finding.message.en
    assert "原网页图片" in finding.message.zh


def test_a_picture_with_all_figures_typed_is_a_report(folder: Path) -> None:
    (folder / "370725-finance/2023.txt").unlink()
    (folder / "370725-finance/2023.pdf").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    bare = filed(folder, "")
    assert [finding.code for finding in bare.report.findings] == ["D102"]
    one = filed(
        folder, typed("".join(table_of(name) for name in ("proactive", "requests", "review_litigation")))
    )
    assert one.report.cells_stated == 200
    assert {finding.code for finding in one.report.findings} == {"T120"}


def test_typed_figures_go_through_every_check(folder: Path) -> None:
    rows = table_of("requests").replace(
        "new_received: {natural_person: 0", "new_received: {natural_person: 5"
    )
    assert "5" in rows
    one = filed(folder, typed(rows))
    assert "T3-BAL" in [finding.code for finding in one.findings]


def test_a_typed_figure_that_is_no_number_is_unreadable(folder: Path) -> None:
    one = filed(folder, typed("    requests:\n      new_received: {natural_person: 约5}\n"))
    assert found(one, "F101") == ["requests/new_received/natural_person"]


def test_a_cell_that_the_file_prints_is_not_replaced() -> None:
    key = ("requests", "new_received", "total")
    figures = {key: Figure("19", Decimal(19), Status.REPORTED, "line 5")}
    given = Transcription(((key, "20"),), "LW", date(2024, 5, 2), "")
    after, findings = transcribe(given, FORM, figures, [])
    assert after == figures
    assert [(f.code, f.severity.value, f.at.cell, f.reported, f.expected) for f in findings] == [
        ("T121", "error", "requests/new_received/total", "19", "20")
    ]
    blank = {key: Figure("", None, Status.BLANK, "line 5")}
    assert transcribe(given, FORM, blank, [])[0] == blank, "a printed blank is printed"


def test_a_cell_of_the_other_form_is_a_finding_and_not_used() -> None:
    given = Transcription(
        ((("proactive", "central_procurement", "procurement_amount"), "20"),), "LW", date(2024, 5, 2), ""
    )
    after, findings = transcribe(given, FORM, {}, [])
    assert after == {}
    assert [finding.code for finding in findings] == ["T123"]


@pytest.mark.parametrize(
    "wrong",
    [
        "transcription: 5\n",
        "transcription: {tables: {}}\n",
        "transcription: {tables: {}, by: LW, date: 2024-05-02, note: x}\n",
        "transcription: {tables: {}, by: '', date: 2024-05-02}\n",
        "transcription: {tables: {}, by: LW, date: yesterday}\n",
        typed("    nothing: {new_received: {total: 1}}\n"),
        typed("    requests: {nothing: {total: 1}}\n"),
        typed("    requests: {new_received: {nothing: 1}}\n"),
        typed("    requests: {new_received: {total: yes}}\n"),
        typed("    requests: {new_received: {total: null}}\n"),
        typed("    requests: {new_received: {total: ' '}}\n"),
        typed("    requests: {new_received: {total: [1]}}\n"),
        typed("    requests: {new_received: 5}\n"),
    ],
)
def test_a_transcription_of_another_shape_is_refused_with_its_place(folder: Path, wrong: str) -> None:
    with pytest.raises(PipelineError, match=r"370725-finance/2023\.yml:\d+: transcription"):
        source(folder, wrong)


def test_no_transcription_is_none() -> None:
    assert parse_transcription("x", None) is None


@pytest.mark.parametrize(
    "url", ["https://www.example.gov.cn/a?b=c#d", "http://61.150.65.235/x", "HTTPS://www.example.cn"]
)
def test_an_http_address_is_taken(url: str) -> None:
    assert checked_url("x", url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://x.cn",
        "https://",
        "//x.cn",
        "https://a b",
        "https://x/\n",
        5,
        "https://u:p@x.cn/",
    ],
)
def test_another_address_is_refused(url: object) -> None:
    with pytest.raises(PipelineError):
        checked_url("x", url)


def test_no_address_is_empty() -> None:
    assert checked_url("x", None) == checked_url("x", "") == ""


def test_an_address_in_a_yml_is_checked(folder: Path) -> None:
    (folder / "370725-finance/2023.yml").write_text(
        "source_url: javascript:x\nretrieved: null\n", encoding="utf-8"
    )
    with pytest.raises(PipelineError, match=r"370725-finance/2023\.yml"):
        list(sources(folder))


def test_a_report_that_says_another_scope_or_place_than_its_filing_is_a_finding(folder: Path) -> None:
    one = source(folder, "scope: system\n")
    assert found(make_filed(one), "D126") == []
    text = TEXT.replace("昌乐县财政局2023年", "昌乐县财政局（本级）2023年")
    one.path.write_text(text, encoding="utf-8")
    assert found(make_filed(one), "D126") == [""]
    elsewhere = replace(one, agency=replace(one.agency, division_code="511900"))
    (finding,) = [f for f in make_filed(elsewhere).findings if f.code == "D127"]
    assert finding.severity.value == "error"


@pytest.mark.parametrize(
    ("stem", "scope"),
    [
        ("2023", "agency"),
        ("2023-office", "government_office"),
        ("2023-jurisdiction", "jurisdiction"),
        ("2023-system", "system"),
    ],
)
def test_the_name_of_a_file_says_whose_figures_it_holds(folder: Path, stem: str, scope: str) -> None:
    home = folder / "370725-finance"
    (home / "2023.txt").rename(home / f"{stem}.txt")
    (home / f"{stem}.yml").write_text("source_url: null\nretrieved: null\n", encoding="utf-8")
    (only,) = sources(folder)
    assert (only.year, only.scope) == (2023, scope)


def test_the_scope_that_the_yml_says_goes_before_that_of_the_name(folder: Path) -> None:
    assert source(folder, "scope: system\n").scope == "system"
