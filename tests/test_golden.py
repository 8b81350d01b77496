"""Filed reports beside their confirmed reading: ``datapackage/reports`` and ``tests/golden``, read by a person once.

``pytest tests/test_golden.py --accept`` writes the readings anew and fails, so that nobody commits unread output.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.archive.sources import sources
from pipeline.cli.render import report_json
from pipeline.filing.read_all import make_filed
from pipeline.model.figure import Status
from pipeline.model.outcome import CheckedReport

ROOT = Path(__file__).parent.parent
REPORTS = ROOT / "datapackage/reports"
GOLDEN = {source.report_id: source for source in sources(REPORTS)}
assert GOLDEN, "no golden reports found"

# Every figure that is not 0, as a person read it in the five reports the project began with (issue 2).
NOT_ZERO = {
    "510403-housing-2023": {},
    "510403-economic-cooperation-2023": {},
    "410303-urban-management-2023": {"licensing/decisions": "124", "penalty/decisions": "75"},
    "370725-housing-2023": {
        "licensing/decisions": "638",
        "penalty/decisions": "19",
        **{
            f"{row}/{column}": value
            for row, value in (
                ("new_received", "19"),
                ("carried_in", "1"),
                ("granted", "20"),
                ("outcomes_total", "20"),
            )
            for column in ("natural_person", "total")
        },
    },
    "511900-housing-2022": {
        "normative_documents/issued": "5",
        "normative_documents/valid": "40",
        "licensing/decisions": "505",
        "admin_fees/fee_amount": "2.53",
        **{
            f"{row}/{column}": value
            for row, value in (
                ("new_received", "13"),
                ("unavailable_not_held", "11"),
                ("not_processed_petition", "1"),
                ("carried_out", "1"),
            )
            for column in ("natural_person", "total")
        },
        "outcomes_total/natural_person": "12",
        "litigation_direct/pending": "1",
        "litigation_direct/total": "1",
    },
}


@pytest.fixture(scope="module", params=NOT_ZERO)
def filed(request: pytest.FixtureRequest) -> CheckedReport:
    return make_filed(GOLDEN[request.param])


def test_all_200_cells_are_right(filed: CheckedReport) -> None:
    expected = {key: Decimal(value) for key, value in NOT_ZERO[filed.source.report_id].items()}
    wrong = {}
    for (table, row, column), figure in filed.report.figures.items():
        name = f"{row}/{column}"
        right = expected.pop(name, Decimal(0))
        if (filed.source.report_id, name) == ("511900-housing-2022", "outcomes_total/total"):
            assert (figure.value, figure.raw, figure.status) == (None, "", Status.ABSENT)
        elif figure.value != right:
            wrong[table, row, column] = figure
    assert not wrong
    assert not expected
    assert len(filed.report.figures) == 200


def test_every_figure_knows_its_line_and_the_line_prints_it(filed: CheckedReport) -> None:
    lines = filed.source.path.read_text(encoding="utf-8").split("\n")
    for key, figure in filed.report.figures.items():
        number = int(figure.place.removeprefix("line "))
        assert figure.raw in lines[number - 1], key


def test_the_reading_is_the_confirmed_one(filed: CheckedReport, pytestconfig: pytest.Config) -> None:
    path = ROOT / f"tests/golden/{filed.source.report_id}.expected.json"
    now = (
        json.dumps(
            json.loads(report_json(filed.source.path.name, filed.report)), ensure_ascii=False, indent=1
        )
        + "\n"
    )
    if pytestconfig.getoption("--accept"):
        path.write_text(now, encoding="utf-8")
        pytest.fail(f"{path.name} was written anew: read it, then run without --accept", pytrace=False)
    assert now == path.read_text(encoding="utf-8")


def test_identity_of_the_five() -> None:
    def said(report_id: str) -> tuple[object, ...]:
        report = make_filed(GOLDEN[report_id]).report
        return report.agency, report.year, report.dated and report.dated.isoformat()

    assert said("510403-housing-2023") == ("攀枝花市西区住房和城乡建设局", 2023, "2024-01-19")
    assert said("510403-economic-cooperation-2023") == ("攀枝花市西区经济合作局", 2023, "2024-01-19")
    assert said("410303-urban-management-2023") == ("西工区城市管理局", 2023, None)
    assert said("370725-housing-2023") == ("昌乐县住房和城乡建设局", 2023, "2024-01-18")
    assert said("511900-housing-2022") == ("巴中市住房和城乡建设局", 2022, "2023-01-30")


def test_six_sections_with_their_text(filed: CheckedReport) -> None:
    sections = {section.key: section for section in filed.report.sections}
    six = ["overview", "proactive_disclosure", "requests", "review_litigation", "problems", "other_matters"]
    assert [key for key in sections if key != "preamble"] == six
    assert len(sections["overview"].text) > 500
    assert len(sections["problems"].text) > 200
    assert sections["other_matters"].text
    for section in sections.values():
        assert "\t" not in section.text, "tables are no text"


def test_surplus_and_resolved_rows_are_findings_of_their_own_kind() -> None:
    def found(report_id: str) -> list[tuple[str, str]]:
        return [(f.code, f.at.cell) for f in make_filed(GOLDEN[report_id]).findings]

    assert found("510403-housing-2023") == []
    assert found("370725-housing-2023") == []
    assert found("410303-urban-management-2023") == [("D112", "")]
    assert found("510403-economic-cooperation-2023") == [
        ("T105", "requests/carried_in"),
        ("T105", "requests/new_received"),
        ("T105", "review_litigation"),
    ]
    assert found("511900-housing-2022") == [
        ("T103", "requests/outcomes_total"),
        ("T104", "requests/outcomes_total/total"),
    ]


def test_the_missing_total_says_what_the_sums_give() -> None:
    finding = next(f for f in make_filed(GOLDEN["511900-housing-2022"]).findings if f.code == "T104")
    assert finding.expected == "12"
    assert "12" in finding.message.zh
    assert "12" in finding.message.en
    assert finding.at.source == "line 71"


def test_no_telephone_number_leaves_the_pipeline() -> None:
    texts = "".join(s.text for s in make_filed(GOLDEN["510403-economic-cooperation-2023"]).report.sections)
    assert "3986050" not in texts
    assert "［略］" in texts
