"""Filing writes everything or nothing."""

import io
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from reportlab.pdfgen.canvas import Canvas

from pipeline.archive.sources import read_agency, sources
from pipeline.document.read import read
from pipeline.document.refusal import RefusedError
from pipeline.filing.comparison import differences
from pipeline.filing.plan import Plan, make_plan
from pipeline.filing.read_all import make_filed
from pipeline.filing.reading import read_report, read_transcription
from pipeline.filing.request import NotFiledError, Request
from pipeline.filing.summary import summary
from pipeline.filing.writing import write_plan
from pipeline.model.findings import PipelineError
from pipeline.model.report import Report
from pipeline.reading.report import make_report
from tests.safety.faults import always_old_or_new

ROOT = Path(__file__).parent.parent.parent
SEED = (ROOT / "datapackage/reports/370725-housing/2023.txt").read_text(encoding="utf-8")
Make = Callable[..., Plan]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "datapackage/reports", tmp_path / "reports")
    return tmp_path / "reports"


@pytest.fixture
def make(folder: Path) -> Make:
    def planned(text: str, name: str = "x.txt", **options: object) -> Plan:
        return make_plan(Request(name, text.encode(), **options), report_of(text), folder)  # type: ignore[arg-type]

    return planned


def report_of(text: str) -> Report:
    return make_report(read(text.encode(), "txt"))


def state(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


FINANCE = SEED.replace("昌乐县住房和城乡建设局", "昌乐县财政局")
CHANGED = SEED.replace("\t638\n", "\t639\n")


def test_a_plan_writes_nothing(make: Make, folder: Path) -> None:
    before = state(folder)
    plan = make(FINANCE)
    assert sorted(plan.files) == ["2023.txt", "2023.yml", "agency.yml"]
    assert (plan.agency.id, plan.is_new_agency, plan.removed) == ("370725-finance", True, ())
    assert state(folder) == before


def test_a_written_plan_is_read_back_as_it_was_planned(make: Make, folder: Path) -> None:
    plan = make(FINANCE, url="https://www.example.gov.cn/1", retrieved=date(2024, 3, 1))
    written = write_plan(plan, folder)
    assert [path.is_file() for path in written] == [True] * 3
    assert read_agency(folder / "370725-finance") == plan.agency
    (source,) = sources(folder, frozenset({"370725-finance"}))
    assert source == plan.filed.source
    assert source.load() == FINANCE.encode()
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("replaces", [True, False])
def test_a_run_that_breaks_anywhere_leaves_all_files_or_none(
    make: Make, folder: Path, replaces: bool
) -> None:
    plan = make(CHANGED if replaces else CHANGED.replace("2023年", "2022年"), replace=replaces)
    always_old_or_new(
        folder,
        lambda: write_plan(plan, folder),
        least=60,
        modes=("kill", "full", "refuse", "interrupt"),
        part=folder / plan.agency.id,
    )


def test_a_folder_that_is_a_link_is_not_written_to(make: Make, folder: Path, tmp_path: Path) -> None:
    plan = make(FINANCE)
    (tmp_path / "elsewhere").mkdir()
    (folder / "370725-finance").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PipelineError):
        write_plan(plan, folder)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_another_extension_replaces_the_old_file_and_what_people_wrote_beside_it_stays(
    make: Make, folder: Path
) -> None:
    home = folder / "370725-housing"
    with (home / "2023.yml").open("a", encoding="utf-8") as beside:
        beside.write(
            "corrections:\n  - {cell: requests/new_received/total, raw: '1O', means: 10, reason: 字母 O, by: LW,"
            " date: 2024-03-05, source: 原件 p. 3}\n"
        )
    (before,) = sources(folder, frozenset({home.name}))
    write_plan(make(CHANGED, name="x.md", replace=True), folder)
    assert sorted(path.name for path in home.iterdir()) == ["2023.md", "2023.yml", "agency.yml"]
    (after,) = sources(folder, frozenset({home.name}))
    assert len(after.corrections) == 1
    assert after.corrections == before.corrections


def test_differences_name_each_cell_once_and_a_thousands_separator_is_none() -> None:
    old, new = report_of(SEED), report_of(CHANGED)
    assert list(differences(old, old)) == []
    (line,) = differences(old, new)
    assert line.startswith("proactive/licensing/decisions")
    assert line.endswith("638 → 639")
    big, comma = (report_of(SEED.replace("\t638\n", f"\t{raw}\n")) for raw in ("1638", "1,638"))
    assert list(differences(big, comma)) == []


@pytest.mark.parametrize("year", [2018, 2100, 1])
def test_a_year_without_a_form_is_refused(make: Make, year: int) -> None:
    with pytest.raises(NotFiledError):
        make(FINANCE, year=year)


def test_the_findings_of_the_filing_and_of_the_rules_are_shown(make: Make) -> None:
    plan = make(FINANCE, year=2022)
    assert "D113" in {finding.code for finding in plan.report.findings}
    unbalanced = make(CHANGED.replace("2023年", "2022年").replace("\t19\n", "\t18\n"))
    assert "T3-BAL" in {finding.code for finding in unbalanced.report.findings}


def test_the_summary_names_files_grounds_and_next_steps(make: Make, folder: Path) -> None:
    plan = make(FINANCE)
    said = summary(plan, (Path("datapackage/reports/370725-finance/2023.txt"),))
    for words in ("370725-finance/2023.txt", "依据 grounds", "下一步 next", "source_url"):
        assert words in said


# -- scans, whose figures are typed by hand ---------------------------------------------------------------------------

TYPED = """by: LW
date: 2026-05-02
source: 原件第 2 页
tables:
  requests:
    new_received: {natural_person: 12, org_commercial: 0, total: 12}
    carried_out: {total: /}
"""


def scan() -> bytes:
    """A page with a picture on it and no text."""
    stream = io.BytesIO()
    page = Canvas(stream, pagesize=(200, 200), invariant=1)
    page.rect(20, 20, 100, 100, fill=1)
    page.save()
    return stream.getvalue()


def typed(folder: Path, text: str = TYPED) -> Path:
    path = folder.parent / "typed.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_scan_without_typed_figures_is_refused_and_told_how_to_type_them() -> None:
    with pytest.raises(NotFiledError) as said:
        read_report("scan.pdf", scan(), year=2023)
    assert "--transcription" in said.value.zh
    assert "--transcription" in said.value.en


def test_a_scan_is_filed_with_typed_figures_and_read_back_as_it_was_planned(folder: Path) -> None:
    transcription = read_transcription(typed(folder))
    report = read_report("scan.pdf", scan(), year=2022, transcription=transcription)
    request = Request(
        *("scan.pdf", scan(), "370725-audit", "昌乐县审计局", 2022), transcription=transcription
    )
    plan = make_plan(request, report, folder)
    write_plan(plan, folder)
    (source,) = sources(folder, frozenset({"370725-audit"}))
    assert source.transcription == transcription
    entry = yaml.safe_load((folder / "370725-audit/2022.yml").read_text(encoding="utf-8"))
    assert entry["transcription"] == yaml.safe_load(TYPED)
    filed = make_filed(source)
    assert filed.report.figures == plan.filed.report.figures
    assert filed.findings == plan.filed.findings
    assert {finding.code for finding in filed.findings} >= {"T120", "T122"}
    assert "D102" not in {finding.code for finding in filed.findings}
    new = filed.report.figures["requests", "new_received", "natural_person"]
    assert (new.raw, new.place) == ("12", "transcription")


def test_typed_figures_may_stand_below_transcription_as_in_the_yml_they_go_into(folder: Path) -> None:
    below = "transcription:\n" + "".join(f"  {line}\n" for line in TYPED.splitlines())
    plain = read_transcription(typed(folder))
    assert read_transcription(typed(folder, below)) == plain


def test_an_amount_typed_as_text_stays_as_typed(folder: Path) -> None:
    text = "by: LW\ndate: 2026-05-02\ntables: {proactive: {admin_fees: {fee_amount: '12.50'}}}\n"
    transcription = read_transcription(typed(folder, text))
    report = read_report("scan.pdf", scan(), year=2022, transcription=transcription)
    request = Request(
        *("scan.pdf", scan(), "370725-audit", "昌乐县审计局", 2022), transcription=transcription
    )
    entry = yaml.safe_load(make_plan(request, report, folder).files["2022.yml"])
    assert entry["transcription"]["tables"]["proactive"]["admin_fees"]["fee_amount"] == "12.50"


@pytest.mark.parametrize("wrong", ["by: LW\n", "x: 1\n", "transcription:\n", "[1, 2"])
def test_typed_figures_of_another_shape_are_refused_by_the_name_of_their_file(
    folder: Path, wrong: str
) -> None:
    with pytest.raises(PipelineError, match=r"typed\.yml"):
        read_transcription(typed(folder, wrong))


def test_a_scan_of_no_year_and_an_empty_file_are_not_filed(folder: Path) -> None:
    transcription = read_transcription(typed(folder))
    report = read_report("scan.pdf", scan(), transcription=transcription)
    request = Request("scan.pdf", scan(), "370725-audit", "昌乐县审计局", transcription=transcription)
    with pytest.raises(NotFiledError, match="--year"):
        make_plan(request, report, folder)
    with pytest.raises(RefusedError):
        read_report("scan.pdf", b"  ", year=2022, transcription=transcription)


PINGTAN = FINANCE.replace("昌乐县财政局", "平潭综合实验区财政局")


def test_a_place_in_no_list_is_asked_for_and_taken_where_it_is_stated(make: Make) -> None:
    with pytest.raises(NotFiledError, match="--division"):
        make(PINGTAN)
    plan = make(PINGTAN, division="350128")
    assert plan.agency.division_code == "350128"
    note = plan.files["agency.yml"].decode()
    assert "--division" in note
    assert "nowhere else" not in note  # the report does not say 平潭县 at all
    assert any("平潭县" in note.said.zh for note in plan.notes)


def test_a_new_agency_named_much_like_a_filed_one_is_told(make: Make, folder: Path) -> None:
    write_plan(make(FINANCE.replace("财政局", "经济发展与改革促进中心")), folder)
    plan = make(FINANCE.replace("财政局", "经济发展和改革促进中心"))
    assert plan.is_new_agency
    assert any("经济发展与改革促进中心" in note.said.zh for note in plan.notes)
