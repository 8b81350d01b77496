"""Filing writes everything or nothing."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipeline.document.read import read
from pipeline.filing import NotFiledError, Plan, Request, differences, make_plan, summary, write_plan
from pipeline.findings import PipelineError
from pipeline.report import Report, make_report
from pipeline.sources import read_agency, sources

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


@pytest.mark.parametrize("broken", ["2023.txt", "2023.yml"])
@pytest.mark.parametrize("replaces", [True, False])
def test_when_the_disk_fails_everything_is_as_before(
    make: Make, folder: Path, monkeypatch: pytest.MonkeyPatch, broken: str, replaces: bool
) -> None:
    text = CHANGED if replaces else CHANGED.replace("2023年", "2022年")
    broken = broken if replaces else broken.replace("2023", "2022")
    plan = make(text, replace=replaces)
    before, rename = state(folder), Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.parent.name == "new" and Path(target).name == broken:
            raise OSError("no space left")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="no space left"):
        write_plan(plan, folder)
    assert state(folder) == before


def test_a_folder_that_is_a_link_is_not_written_to(make: Make, folder: Path, tmp_path: Path) -> None:
    plan = make(FINANCE)
    (tmp_path / "elsewhere").mkdir()
    (folder / "370725-finance").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PipelineError):
        write_plan(plan, folder)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_another_extension_replaces_the_old_file(make: Make, folder: Path) -> None:
    plan = make(CHANGED, name="x.md", replace=True)
    write_plan(plan, folder)
    names = sorted(path.name for path in (folder / "370725-housing").iterdir())
    assert names == ["2023.md", "2023.yml", "agency.yml"]


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
