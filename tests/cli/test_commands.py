"""The real commands, as a person types them."""

import errno
import json
import os
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.cli.group import friendly
from pipeline.safety.files import locked
from tests.tools import warm

ROOT = Path(__file__).parents[2]
# The five reports that the project began with; others come and go.
FIVE = [
    ROOT / f"datapackage/reports/{name}.txt"
    for name in (
        "370725-housing/2023",
        "410303-urban-management/2023",
        "510403-economic-cooperation/2023",
        "510403-housing/2023",
        "511900-housing/2022",
    )
]


def run(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return warm.run(cwd, *words)


def test_parse_json_is_one_object_a_line_with_every_cell() -> None:
    done = run("parse", "--json", *map(str, FIVE))
    assert (done.returncode, done.stderr) == (0, "")
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(reports) == 5
    for report in reports:
        cells = [
            cell for table in report["tables"].values() for row in table.values() for cell in row.values()
        ]
        assert len(cells) == 200
        assert all(set(cell) >= {"value", "raw", "status", "place"} for cell in cells)
        assert set(report["tables"]) == {"proactive", "requests", "review_litigation"}


def test_parse_json_of_report_004_is_the_example_of_the_design() -> None:
    done = run("parse", "--json", "datapackage/reports/511900-housing/2022.txt")
    report = json.loads(done.stdout)
    assert (report["published_by"], report["signed"]) == ("signature", "2023-01-30")
    assert {key: report[key] for key in ("file", "agency", "year", "template", "scope", "published")} == {
        "file": "2022.txt",
        "agency": "巴中市住房和城乡建设局",
        "year": 2022,
        "template": "t2021",
        "scope": "agency",
        "published": "2023-01-30",
    }
    tables = report["tables"]
    assert tables["proactive"]["normative_documents"]["issued"] == {
        "value": 5,
        "raw": "5",
        "status": "reported",
        "place": "line 30",
    }
    assert tables["proactive"]["admin_fees"]["fee_amount"]["value"] == 2.53
    assert tables["requests"]["outcomes_total"]["natural_person"] == {
        "value": 12,
        "raw": "12",
        "status": "resolved",
        "place": "line 71",
    }
    assert tables["requests"]["outcomes_total"]["total"] == {
        "value": None,
        "raw": "",
        "status": "absent",
        "place": "line 71",
    }
    assert tables["review_litigation"]["litigation_direct"]["pending"]["value"] == 1
    finding = next(f for f in report["findings"] if f["code"] == "T104")
    assert (finding["severity"], finding["table"], finding["row"], finding["column"], finding["place"]) == (
        "warning",
        "requests",
        "outcomes_total",
        "total",
        "line 71",
    )


def test_a_file_that_is_no_report_is_one_clear_line_and_the_others_are_read(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("亲爱的同志：\n\n来信收到。\n", encoding="utf-8")
    done = run("parse", "--json", str(letter), str(FIVE[0]))
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert len(done.stderr.splitlines()) == 1
    assert "letter.txt" in done.stderr
    assert "not an annual report" in done.stderr


def test_parse_shows_the_doubtful_cell_to_a_person() -> None:
    done = run("parse", "datapackage/reports/511900-housing/2022.txt")
    assert done.returncode == 0
    assert "12≈" in done.stdout
    assert "∅" in done.stdout
    assert "T104" in done.stdout


def test_check_exits_0_on_the_five_reports() -> None:
    done = run("check")
    assert (done.returncode, "0 处错误 errors" in done.stdout) == (0, True)


@pytest.mark.parametrize("style", ["text", "json", "github", "markdown"])
def test_check_speaks_four_formats(style: str) -> None:
    done = run("check", "--format", style)
    assert done.returncode == 0
    assert "T104" in done.stdout
    if style == "json":
        assert {row["code"] for row in json.loads(done.stdout)} >= {"T103", "T104", "T105"}
    if style == "github":
        assert "::warning file=datapackage/reports/511900-housing/2022.txt,line=71," in done.stdout


def test_check_fails_when_warnings_count() -> None:
    assert run("check", "--strict").returncode == 1


def test_check_exits_1_on_an_unreadable_figure(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "datapackage/reports", tmp_path / "datapackage/reports")
    path = tmp_path / "datapackage/reports/511900-housing/2022.txt"
    path.write_text(
        path.read_text(encoding="utf-8").replace("行政许可\t505", "行政许可\t约505"), encoding="utf-8"
    )
    done = run("check", cwd=tmp_path)
    assert done.returncode == 1
    assert "F101" in done.stdout
    assert "proactive/licensing/decisions (line 33)" in done.stdout


def test_wrong_use_exits_2(tmp_path: Path) -> None:
    assert run("parse").returncode == 2
    assert run("explain", "NO-SUCH").returncode == 2
    assert run("check", cwd=tmp_path).returncode == 2


def test_explain_speaks_both_languages() -> None:
    done = run("explain", "T3-BAL")
    assert done.returncode == 0
    assert "本年新收 + 上年结转 = 办结总计 + 结转下年度" in done.stdout
    assert "new received + carried in = total closed + carried out" in done.stdout


def test_a_damaged_yaml_is_refused_with_its_place(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "datapackage/reports", tmp_path / "datapackage/reports")
    (tmp_path / "datapackage/reports/511900-housing/2022.yml").write_text(
        "source_url: &a x\nretrieved: *a\n", "utf-8"
    )
    done = run("check", cwd=tmp_path)
    assert done.returncode == 2
    assert "511900-housing/2022.yml:1" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_build_is_told_to_wait(tmp_path: Path) -> None:
    (tmp_path / "datapackage/reports").mkdir(parents=True)
    with locked(tmp_path / "datapackage"):
        for command in ("package", "pages", "build"):
            done = run(command, cwd=tmp_path)
            assert done.returncode == 2
            assert "另一个程序正在写 datapackage" in done.stderr
            assert "Traceback" not in done.stderr


def test_a_disk_that_refuses_is_told_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "datapackage/reports").mkdir(parents=True)
    (tmp_path / "build").write_text("a file where a folder should be", encoding="utf-8")
    done = run("build", cwd=tmp_path)
    assert done.returncode == 2
    assert "没有做完" in done.stderr
    assert "permissions and free space" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("named", ["data/requests.csv", None])
def test_what_the_disk_refuses_is_told_with_its_place_in_both_languages(named: str | None) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), named)

    done = CliRunner().invoke(click.command()(friendly(full)))
    assert done.exit_code == 2
    zh, en = done.stderr.splitlines()
    place = named or str(Path.cwd())
    assert zh.startswith(f"{place}：No space left on device。没有做完")
    assert en.startswith(f"{place}: No space left on device. It was not finished")
