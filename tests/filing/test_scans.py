"""A filed scan is recognised once: its package is built from what lies beside it, with or without the engine."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.archive.recognitions import recognition_beside
from pipeline.archive.sources import sources
from pipeline.cli.commands import main
from pipeline.document.scan import extra
from pipeline.filing import inbox, pictures
from pipeline.filing.read_all import read_all
from pipeline.filing.reading import read_report
from pipeline.filing.request import NotFiledError
from pipeline.model.figure import CellKey, Status
from pipeline.model.outcome import CheckedReport
from tests.five import copy_five

SCANS = Path(__file__).parents[1] / "document/scans"
COPIER = (SCANS / "copier.tif").read_bytes()
AGENCY = "511900-housing"
DOUBTFUL = CellKey.parse("proactive/normative_documents/valid")


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Five reports, and a sixth that is a scan with what was recognised in it."""
    folder = copy_five(tmp_path / "datapackage/reports")
    home = folder / AGENCY
    shutil.copy(SCANS / "copier.tif", home / "2021.tif")
    shutil.copy(SCANS / "copier.read.yml", home / "2021.read.yml")
    (home / "2021.yml").write_text("source_url:\nretrieved: 2024-01-02\n", encoding="utf-8")
    return folder


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda name: None)


def never(*_: object, **__: object) -> None:
    raise AssertionError("it was recognised again")


def filed(reports: Path) -> CheckedReport:
    found = read_all(reports, only=frozenset({AGENCY}))
    return next(one for one in found if one.source.year == 2021)


@pytest.mark.usefixtures("no_engine")
def test_the_package_is_built_from_what_lies_beside_the_picture(
    reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "recognise", never)
    one = filed(reports)
    assert one.source.format == "tif"
    statuses = [figure.status for figure in one.report.figures.values()]
    assert statuses.count(Status.RECOGNISED) > 170
    assert one.report.figures[DOUBTFUL].status is Status.UNCONFIRMED


@pytest.mark.usefixtures("no_engine")
def test_what_was_recognised_in_other_bytes_counts_for_nothing(reports: Path) -> None:
    path = reports / AGENCY / "2021.tif"
    path.write_bytes(COPIER + b"\0")
    one = filed(reports)
    assert [finding.code for finding in one.findings if finding.code == "D102"] == ["D102"]
    assert all(figure.value is None for figure in one.report.figures.values())


@pytest.mark.usefixtures("no_engine")
def test_answers_settle_cells_in_doubt(reports: Path) -> None:
    figure = filed(reports).report.figures[DOUBTFUL]
    (reports / AGENCY / "2021.answers.yml").write_text(
        f"""corrections:
- cell: {DOUBTFUL}
  raw: "{figure.raw}"
  means: 51
  reason: 对照图片
  by: LW
  date: 2026-05-02
  source: p. 1
""",
        encoding="utf-8",
    )
    one = filed(reports)
    assert one.report.figures[DOUBTFUL].value == 51
    assert str(DOUBTFUL) not in {finding.at.cell for finding in one.findings if finding.code == "F110"}
    assert str(DOUBTFUL) in {finding.at.cell for finding in one.findings if finding.code == "C101"}


@pytest.mark.usefixtures("no_engine")
def test_without_the_engine_the_one_command_is_named(reports: Path) -> None:
    with pytest.raises(NotFiledError) as caught:
        read_report("年报.tif", COPIER)
    assert "make scan" in caught.value.zh
    assert "make scan" in caught.value.en
    (reports / "inbox" / "年报.tif").write_bytes(COPIER + b"\0")
    (entry,) = inbox.file_inbox(reports)
    assert entry.finding
    assert "make scan" in entry.finding.message.en + entry.finding.hint.en


def test_a_scan_in_the_inbox_is_filed_with_what_was_recognised(
    reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = recognition_beside(reports / AGENCY / "2021.tif")
    monkeypatch.setattr(pictures, "recognise", lambda data, **_: kept)
    for name in ("2021.tif", "2021.yml", "2021.read.yml"):
        (reports / AGENCY / name).unlink()
    (reports / "inbox/扫描件.tif").write_bytes(COPIER)
    (reports / "inbox/扫描件.yml").write_text(f"agency: {AGENCY}\nyear: 2021\n", encoding="utf-8")
    (entry,) = inbox.file_inbox(reports)
    assert entry.finding is None, entry.finding
    source = next(one for one in sources(reports) if one.agency.id == AGENCY and one.year == 2021)
    assert recognition_beside(source.path) == kept
    assert (source.path.parent / "2021.tif").read_bytes() == COPIER


def test_a_replaced_scan_leaves_nothing_of_the_old_one(
    reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (reports / AGENCY / "2021.answers.yml").write_text("corrections: []\n", encoding="utf-8")
    text = (
        (reports / AGENCY / "2022.txt")
        .read_text(encoding="utf-8")
        .replace("2022", "2021")
        .replace("2023", "2022")
    )
    (reports / "inbox/a.txt").write_text(text, encoding="utf-8")
    (reports / "inbox/a.yml").write_text("replace: true\n", encoding="utf-8")
    (entry,) = inbox.file_inbox(reports)
    assert entry.finding is None, entry.finding
    assert {path.name for path in (reports / AGENCY).glob("2021*")} == {"2021.txt", "2021.yml"}


def test_parse_uses_what_lies_beside_a_filed_picture_unless_told(
    reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "recognise", never)
    path = reports / AGENCY / "2021.tif"
    shown = CliRunner().invoke(main, ["parse", str(path)])
    assert shown.exit_code == 0, shown.output
    assert "¿" in shown.output
    with pytest.raises(AssertionError, match="again"):
        CliRunner().invoke(main, ["parse", "--again", str(path)], catch_exceptions=False)


def test_what_reads_pictures_is_installed_where_a_review_or_the_site_needs_it(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(tmp_path / "datapackage", tmp_path / "base/datapackage")

    def asked(*options: str) -> tuple[int, str]:
        shown = CliRunner().invoke(main, ["pictures", *options])
        return shown.exit_code, shown.stdout.strip()

    assert asked() == (1, "")  # nothing waits in the inbox
    assert asked("--base", "base") == (1, "")
    assert asked("--filed") == (0, "2021.read.yml")
    path = reports / AGENCY / "2021.read.yml"
    path.write_text(path.read_text(encoding="utf-8") + "# forged\n", encoding="utf-8")
    assert asked("--base", "base") == (0, f"datapackage/reports/{AGENCY}/2021.read.yml")
