"""``python -m pipeline add``, as a person types it, in a copy of the filed reports."""

import io
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import yaml
from reportlab.pdfgen.canvas import Canvas

from tests.tools import warm

ROOT = Path(__file__).parents[2]
SEED = ROOT / "datapackage/reports/370725-housing/2023.txt"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "datapackage/reports", tmp_path / "datapackage/reports")
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    return partial(warm.run, home)


def write(home: Path, *changes: tuple[str, str], name: str = "report.txt") -> str:
    """The seed report with other words; every change must change something."""
    text = SEED.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (home / name).write_text(text, encoding="utf-8")
    return name


def state(home: Path) -> dict[str, bytes]:
    reports = home / "datapackage/reports"
    return {str(p.relative_to(reports)): p.read_bytes() for p in sorted(reports.rglob("*")) if p.is_file()}


def refused(run: Run, home: Path, *words: str) -> str:
    """Runs add, which must refuse with exit 1, no traceback and nothing written; what it said."""
    before = state(home)
    done = run("add", *words)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert state(home) == before
    return done.stderr


FINANCE = ("昌乐县住房和城乡建设局", "昌乐县财政局")
YEAR = (("2023年", "2022年"), ("2024年1月18日", "2023年1月18日"))


def test_a_report_of_a_new_agency_is_filed_byte_for_byte_with_its_two_ymls(run: Run, home: Path) -> None:
    name = write(home, FINANCE)
    url = "https://www.example.gov.cn/a/1.html?x=1"
    done = run("add", name, "--source-url", url, "--retrieved", "2024-03-01")
    assert (done.returncode, done.stderr) == (0, "")
    folder = home / "datapackage/reports/370725-finance"
    assert sorted(path.name for path in folder.iterdir()) == ["2023.txt", "2023.yml", "agency.yml"]
    assert (folder / "2023.txt").read_bytes() == (home / name).read_bytes()
    entry = yaml.safe_load((folder / "2023.yml").read_text(encoding="utf-8"))
    assert (entry["source_url"], str(entry["retrieved"])) == (url, "2024-03-01")
    agency = yaml.safe_load((folder / "agency.yml").read_text(encoding="utf-8"))
    assert {key: agency[key] for key in ("name_zh", "level", "function", "division_code", "city")} == {
        "name_zh": "昌乐县财政局",
        "level": "county",
        "function": "finance",
        "division_code": "370725",
        "city": "潍坊市",
    }
    assert run("check").returncode == 0


def test_what_was_read_and_what_to_do_next_is_shown_in_both_languages(run: Run, home: Path) -> None:
    done = run("add", write(home, FINANCE))
    for words in ("收到和处理", "638", "370725-finance", "下一步 next", "compare the tables", "make check"):
        assert words in done.stdout
    assert "只有那里有“昌乐县”" in done.stdout


def test_a_doubtful_cell_is_marked(run: Run, home: Path) -> None:
    done = run("add", write(home, FINANCE, ("\t638\n", "\t约638\n")))
    assert done.returncode == 0
    assert "?!" in done.stdout
    assert "F101" in done.stdout


@pytest.mark.parametrize(
    "name", ["昌乐县住建局", "山东省潍坊市昌乐县住房和城乡建设局", "昌乐县住房和城乡建設局"]
)
def test_a_known_agency_is_found_again_by_its_name_and_short_forms(run: Run, home: Path, name: str) -> None:
    done = run("add", write(home, ("昌乐县住房和城乡建设局", name), *YEAR))
    assert done.returncode == 0, done.stderr
    folder = home / "datapackage/reports/370725-housing"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("2022.txt", "2022.yml", "2023.txt", "2023.yml"),
        "agency.yml",
    ]


def test_a_known_agency_is_found_again_by_a_former_name(run: Run, home: Path) -> None:
    path = home / "datapackage/reports/370725-housing/agency.yml"
    path.write_text(path.read_text(encoding="utf-8") + "former_names: [昌乐县建设管理局]\n", encoding="utf-8")
    done = run("add", write(home, ("昌乐县住房和城乡建设局", "昌乐县建设管理局"), *YEAR))
    assert done.returncode == 0
    assert (path.parent / "2022.txt").is_file()


def test_a_letter_is_refused(run: Run, home: Path) -> None:
    (home / "letter.txt").write_text("亲爱的同志：来信收到。\n", encoding="utf-8")
    assert "not an annual report" in refused(run, home, "letter.txt")


def test_a_file_that_is_not_there_is_refused(run: Run, home: Path) -> None:
    assert "cannot be opened" in refused(run, home, "none.txt")


def test_the_same_file_again_is_refused_whatever_its_name(run: Run, home: Path) -> None:
    shutil.copy(SEED, home / "other.txt")
    said = refused(run, home, "other.txt", "--agency", "510403-finance", "--year", "2020", "--replace")
    assert "370725-housing-2023" in said


def test_the_same_figures_again_are_refused(run: Run, home: Path) -> None:
    said = refused(run, home, write(home, ("加强政务新媒体建设", "加强新媒体建设")))
    assert "数字完全一样" in said


def test_other_content_of_the_same_year_shows_the_cells_that_differ(run: Run, home: Path) -> None:
    name = write(home, ("\t638\n", "\t639\n"))
    said = refused(run, home, name)
    assert "proactive/licensing/decisions" in said
    assert "638 → 639" in said
    assert "--replace" in said
    assert "1 格不一样" in said


def test_replace_puts_the_new_file_in_place_and_keeps_what_people_wrote(run: Run, home: Path) -> None:
    name = write(home, ("\t638\n", "\t639\n"))
    done = run("add", name, "--replace", "--source-url", "https://www.example.gov.cn/")
    assert done.returncode == 0, done.stderr
    folder = home / "datapackage/reports/370725-housing"
    assert (folder / "2023.txt").read_bytes() == (home / name).read_bytes()
    entry = yaml.safe_load((folder / "2023.yml").read_text(encoding="utf-8"))
    assert entry["source_url"] == "https://www.example.gov.cn/"
    assert "项目最初收到的文件" in entry["source_note"]


def test_an_agency_that_is_not_named_is_asked_for_and_the_answer_taken(run: Run, home: Path) -> None:
    name = write(home, ("昌乐县住房和城乡建设局", "我局"), ("住建局", "本单位"), *YEAR)
    assert "--agency" in refused(run, home, name)
    done = run("add", name, "--agency", "370725-housing")
    assert done.returncode == 0
    note = yaml.safe_load((home / "datapackage/reports/370725-housing/2022.yml").read_text(encoding="utf-8"))
    assert "--agency" in note["source_note"]


def test_a_new_agency_without_a_printed_name_needs_one(run: Run, home: Path) -> None:
    name = write(home, ("昌乐县住房和城乡建设局", "我局"), ("住建局", "本单位"))
    assert "--name" in refused(run, home, name, "--agency", "370725-audit")
    assert run("add", name, "--agency", "370725-audit", "--name", "昌乐县审计局").returncode == 0


def test_a_place_that_several_share_is_asked_for_with_the_choices(run: Run, home: Path) -> None:
    said = refused(run, home, write(home, ("昌乐县住房和城乡建设局", "鼓楼区教育局")))
    for agency in ("320106-education", "320302-education", "350102-education", "410204-education"):
        assert f"--agency {agency}" in said


def test_a_second_agency_of_the_same_function_is_asked_for(run: Run, home: Path) -> None:
    said = refused(run, home, write(home, ("昌乐县住房和城乡建设局", "昌乐县房产管理局")))
    assert "--agency 370725-housing " in said
    assert "--agency 370725-housing-" in said


def test_a_year_that_is_not_printed_is_asked_for_and_never_taken_from_the_name(run: Run, home: Path) -> None:
    changes = [FINANCE, ("2023年", "本年"), ("2022年", "上年"), ("2023通过", "通过")]
    name = write(home, *changes, name="财政局2023.txt")
    said = refused(run, home, name)
    assert "--year" in said
    assert "不从文件名取年度" in said
    done = run("add", name, "--year", "2023")
    assert done.returncode == 0, done.stderr
    note = yaml.safe_load((home / "datapackage/reports/370725-finance/2023.yml").read_text(encoding="utf-8"))
    assert "--year" in note["source_note"]


def test_a_report_filed_under_another_place_is_an_error_that_is_shown(run: Run, home: Path) -> None:
    done = run("add", write(home, FINANCE), "--agency", "511900-finance")
    assert "D127" in done.stdout
    assert run("check").returncode == 1


def test_two_reports_of_one_year_with_other_scopes_stand_beside_each_other(run: Run, home: Path) -> None:
    first = write(home, FINANCE, name="a.txt")
    second = write(home, ("昌乐县住房和城乡建设局\n", "昌乐县财政局（全系统）\n"), FINANCE, name="b.txt")
    assert run("add", first).returncode == 0
    done = run("add", second)
    assert done.returncode == 0, done.stderr
    folder = home / "datapackage/reports/370725-finance"
    assert {path.name for path in folder.glob("*.txt")} == {"2023.txt", "2023-system.txt"}
    assert yaml.safe_load((folder / "2023-system.yml").read_text(encoding="utf-8"))["scope"] == "system"
    assert run("check").returncode == 0


@pytest.mark.parametrize(
    "words", [("--agency", "../../etc"), ("--agency", "510403-No Such"), ("--agency", "999999-housing")]
)
def test_an_id_that_cannot_be_is_wrong_use(run: Run, home: Path, words: tuple[str, str]) -> None:
    before = state(home)
    done = run("add", write(home, FINANCE), *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert state(home) == before


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://example.com/x", "file:///etc/passwd", "https://", "https://a b.cn/"]
)
def test_an_address_that_is_not_http_is_wrong_use(run: Run, home: Path, url: str) -> None:
    before = state(home)
    assert run("add", write(home, FINANCE), "--source-url", url).returncode == 2
    assert state(home) == before


def test_a_name_with_a_path_in_it_makes_no_path(run: Run, home: Path) -> None:
    name = write(home, ("昌乐县住房和城乡建设局", "../../x局"))
    refused(run, home, name)
    done = run("add", name, "--agency", "370725-audit", "--name", "../../x: [y]")
    assert done.returncode == 0
    entry = yaml.safe_load((home / "datapackage/reports/370725-audit/agency.yml").read_text(encoding="utf-8"))
    assert entry["name_zh"] == "../../x: [y]"
    assert sorted(path.name for path in home.iterdir()) == ["datapackage", name]


def test_a_file_of_an_unknown_kind_is_refused(run: Run, home: Path) -> None:
    write(home, FINANCE, name="report.xyz")
    refused(run, home, "report.xyz")


def test_what_the_reader_says_of_the_file_is_shown(run: Run, home: Path) -> None:
    done = run("add", write(home, FINANCE, name="report.pdf"))
    assert done.returncode == 0, done.stderr
    assert "D106" in done.stdout


def test_a_saved_web_page_is_filed_like_a_text(run: Run, home: Path) -> None:
    rows = [line for line in SEED.read_text(encoding="utf-8").replace(*FINANCE).split("\n") if line.strip()]
    body = "".join(f"<p>{row.strip()}</p>\n" for row in rows if not row.startswith("\t"))
    (home / "page.html").write_text(
        f"<html><meta charset='utf-8'><body>{body}</body></html>", encoding="utf-8"
    )
    done = run("add", "page.html")
    assert done.returncode == 0, done.stderr
    assert (home / "datapackage/reports/370725-finance/2023.html").is_file()
    assert "T108" in done.stdout, "tables that are not there are said to be missing"


TYPED = """by: LW
date: 2026-05-02
source: 原件第 2 页
tables:
  requests:
    new_received: {natural_person: 12, org_commercial: 0, total: 12}
    carried_out: {total: /}
"""
SCAN = ("scan.pdf", "--agency", "370725-audit", "--name", "昌乐县审计局", "--year", "2022")


def scan(home: Path, typed: str = TYPED) -> None:
    """A page with a picture on it and no text, and the figures typed from it."""
    stream = io.BytesIO()
    page = Canvas(stream, pagesize=(200, 200), invariant=1)
    page.rect(20, 20, 100, 100, fill=1)
    page.save()
    (home / "scan.pdf").write_bytes(stream.getvalue())
    (home / "typed.yml").write_text(typed, encoding="utf-8")


def test_a_scan_is_refused_and_told_how_its_figures_are_typed(run: Run, home: Path) -> None:
    scan(home)
    said = refused(run, home, *SCAN)
    for words in ("没有文字", "--transcription", "add --help", "no text"):
        assert words in said
    shown = run("add", "--help").stdout
    for words in ("--transcription", "tables:", "by:", "date:"):
        assert words in shown


def test_a_scan_is_filed_with_the_figures_typed_by_hand(run: Run, home: Path) -> None:
    scan(home)
    done = run("add", *SCAN, "--transcription", "typed.yml")
    assert (done.returncode, done.stderr) == (0, "")
    assert "T120" in done.stdout
    folder = home / "datapackage/reports/370725-audit"
    assert (folder / "2022.pdf").read_bytes() == (home / "scan.pdf").read_bytes()
    entry = yaml.safe_load((folder / "2022.yml").read_text(encoding="utf-8"))
    assert entry["transcription"] == yaml.safe_load(TYPED)
    assert run("check").returncode == 0


@pytest.mark.parametrize(
    "typed",
    [
        "by: LW\n",
        TYPED.replace("new_received", "new_recieved"),
        TYPED.replace("by: LW\n", ""),
        "[1, 2",
        "x: 1\n",
    ],
)
def test_typed_figures_of_another_shape_are_refused(run: Run, home: Path, typed: str) -> None:
    scan(home, typed)
    assert "typed.yml" in refused(run, home, *SCAN, "--transcription", "typed.yml")


def test_a_picture_that_is_cut_short_is_said_to_be(run: Run, home: Path) -> None:
    """A whole one is recognised, where the extra for that is installed: tests/document/test_scan.py."""
    (home / "page.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    assert "D105" in refused(run, home, "page.png", *SCAN[1:])
