"""The inbox: any name, any format; what cannot be filed stays, with the reason; names never become paths."""

import errno
import io
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline import knowledge
from pipeline.archive.sources import levels
from pipeline.filing import inbox
from pipeline.filing.read_all import read_all
from pipeline.model.figure import Status
from tests.five import copy_five

ROOT = Path(__file__).parents[2]
REPORT = (ROOT / "datapackage/reports/511900-housing/2022.txt").read_text(encoding="utf-8")
NEXT = REPORT.replace("2022", "2024").replace("2023", "2025")


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return copy_five(tmp_path / "reports")


def drop(reports: Path, name: str, text: str | bytes = NEXT) -> None:
    (reports / "inbox" / name).write_bytes(text.encode() if isinstance(text, str) else text)


def left(reports: Path) -> set[str]:
    return {path.name for path in (reports / "inbox").iterdir()} - inbox.OURS


@pytest.mark.parametrize(
    "name", ["报告 (1).TXT", "a", "x.bin", "..txt", "年报.pdf.txt", "-rf.txt", "a" * 200 + ".txt"]
)
def test_a_report_under_any_name_is_filed_by_what_it_says(reports: Path, name: str) -> None:
    drop(reports, name)
    (entry,) = inbox.file_inbox(reports)
    assert entry.finding is None, entry.finding
    assert (reports / "511900-housing/2024.txt").read_text(encoding="utf-8") == NEXT
    assert left(reports) == set()


def test_what_the_report_does_not_say_stands_in_a_side_file(reports: Path) -> None:
    anonymous = NEXT.replace("巴中市住房和城乡建设局", "").replace("市住房和城乡建设局", "")
    drop(reports, "scan.txt", anonymous)
    (entry,) = inbox.file_inbox(reports)
    assert entry.finding
    assert entry.finding.code == "S101"
    assert left(reports) == {"scan.txt"}
    drop(reports, "scan.yml", "agency: 511900-housing\nyear: 2024\nsource_url: https://example.org/a?b=1\n")
    (entry,) = inbox.file_inbox(reports)
    assert entry.finding is None, entry.finding
    written = (reports / "511900-housing/2024.yml").read_text(encoding="utf-8")
    assert "source_url: https://example.org/a?b=1" in written
    assert left(reports) == set()


def test_the_side_file_of_one_of_two_names_says_which(reports: Path) -> None:
    drop(reports, "a.txt")
    drop(reports, "a.text", NEXT.replace("2024", "2025"))
    drop(reports, "a.txt.yml", "source_url: https://example.org/\n")
    drop(reports, "a.yml", "year: 2019\n")  # of which one?
    entries = {entry.name: entry for entry in inbox.file_inbox(reports)}
    assert entries["a.txt"].plan
    assert entries["a.txt"].plan.filed.source.url == "https://example.org/"
    assert entries["a.yml"].finding
    assert left(reports) == {"a.yml"}


def scan() -> bytes:
    """A PDF that is a picture: shapes, and no letters."""
    out = io.BytesIO()
    page = Canvas(out)
    page.rect(100, 100, 300, 500)
    page.save()
    return out.getvalue()


PASTED = """\
agency: 511900-housing
year: 2024
by: LW
date: 2026-05-02
requests:
  new_received:  # 本年新收
    natural_person: 12
    org_commercial:  # 商业企业
    total: 12
  carried_in:  # 上年结转
    natural_person:  # 自然人
review_litigation:
  reconsideration:
    upheld: "/"
"""
BELOW = """\
agency: 511900-housing
year: 2024
transcription:
  by: LW
  date: 2026-05-02
  tables:
    requests: {new_received: {natural_person: 12, total: 12}}
    review_litigation: {reconsideration: {upheld: "/"}}
"""


@pytest.mark.parametrize("side", [PASTED, BELOW], ids=["pasted", "as-filed"])
def test_a_scan_is_filed_with_the_figures_that_a_person_typed(reports: Path, side: str) -> None:
    drop(reports, "扫描.pdf", scan())
    drop(reports, "扫描.yml", side)
    (entry,) = inbox.file_inbox(reports)
    assert entry.plan, entry.finding
    assert left(reports) == set()
    (filed,) = read_all(reports, only=frozenset({"511900-housing"}))[-1:]
    assert filed.source.report_id == "511900-housing-2024"
    figures = filed.report.figures
    assert figures["requests", "new_received", "total"].value == 12
    assert figures["review_litigation", "reconsideration", "upheld"].raw == "/"
    assert figures["requests", "carried_in", "natural_person"].status is Status.ABSENT  # no value, no zero
    assert filed.source.transcription
    assert filed.source.transcription.by == "LW"


def test_the_examples_of_the_guide_can_be_copied(reports: Path) -> None:
    guide = (reports / "inbox/README.md").read_text(encoding="utf-8")
    plain, typed = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    for name, data, side in (("a.txt", NEXT.encode(), plain), ("b.pdf", scan(), typed)):
        drop(reports, name, data)
        own = side.replace("110000-housing", "511900-housing").replace("https://…", "https://example.org/")
        drop(reports, f"{name}.yml", own.replace("2023", "2024" if name == "a.txt" else "2025"))
    first, second = inbox.file_inbox(reports)
    assert first.plan, first.finding
    assert first.plan.filed.source.url == "https://example.org/"
    assert second.plan, second.finding
    assert second.plan.filed.report.figures["requests", "new_received", "total"].value == 12


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("by: LW\n", ""), "by"),
        (("natural_person: 12", "natural_persons: 12"), "没有这一格"),
        (("natural_person: 12", "natural_person: [1]"), "照原件写"),
        (("date: 2026-05-02", "date: soon"), "2026-05-02"),
    ],
)
def test_typed_figures_that_cannot_be_are_a_finding(
    reports: Path, change: tuple[str, str], said: str
) -> None:
    drop(reports, "a.pdf", scan())
    drop(reports, "a.yml", PASTED.replace(*change, 1))
    (entry,) = inbox.file_inbox(reports)
    assert entry.finding
    assert said in entry.finding.message.zh
    assert left(reports) == {"a.pdf", "a.yml"}


def test_the_same_bytes_again_leave_the_inbox_and_change_nothing(reports: Path) -> None:
    drop(reports, "again.txt", (reports / "511900-housing/2022.txt").read_bytes())
    (entry,) = inbox.file_inbox(reports)
    assert entry.is_duplicate
    assert entry.finding
    assert entry.finding.code == "S102"
    assert left(reports) == set()


def test_two_files_of_one_year_in_the_inbox_the_first_is_filed_and_the_second_waits(reports: Path) -> None:
    drop(reports, "1.txt")
    drop(reports, "2.txt", NEXT.replace("行政许可\t505", "行政许可\t506"))
    first, second = inbox.file_inbox(reports)
    assert first.plan
    assert second.finding
    assert "505 → 506" in second.finding.message.zh
    assert left(reports) == {"2.txt"}


@pytest.mark.parametrize(
    ("side", "said"),
    [
        ("agency: ../../etc\n", "区划代码-职能"),
        ("agency: 511900-../../x\n", "区划代码-职能"),
        ("year: 1999\n", "没有规定的格式"),
        ("year: true\n", "year"),
        ("year: !!python/name:os.system\n", "锚点、别名或标签"),
        ("agency: &a x\nname: *a\n", "锚点、别名或标签"),
        ("colour: red\n", "不认识的字段"),
        ("source_url: javascript:alert(1)\n", "http"),
        ("- a\n", "键: 值"),
        ("a: [\n", "YAML"),
    ],
)
def test_a_bad_side_file_is_a_finding_and_no_crash(reports: Path, side: str, said: str) -> None:
    drop(reports, "a.txt")
    drop(reports, "a.yml", side)
    before = {path for path in reports.rglob("*") if path.is_file()}
    (entry,) = inbox.file_inbox(reports)
    assert entry.finding
    assert said in entry.finding.message.zh
    assert {path for path in reports.rglob("*") if path.is_file()} == before


def test_links_and_folders_are_not_followed(reports: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(NEXT, encoding="utf-8")
    (reports / "inbox/link.txt").symlink_to(secret)
    (reports / "inbox/folder").mkdir()
    entries = inbox.file_inbox(reports)
    assert [entry.finding.code if entry.finding else "" for entry in entries] == ["S101", "S101"]
    assert secret.is_file()
    assert not (reports / "511900-housing/2024.txt").exists()


def test_an_inbox_that_is_a_link_is_left_alone(reports: Path, tmp_path: Path) -> None:
    shutil.rmtree(reports / "inbox")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/a.txt").write_text(NEXT, encoding="utf-8")
    (reports / "inbox").symlink_to(tmp_path / "elsewhere")
    assert inbox.file_inbox(reports) == ()
    assert (tmp_path / "elsewhere/a.txt").is_file()


def test_trying_it_writes_nothing(reports: Path) -> None:
    drop(reports, "a.txt")
    before = {path: path.read_bytes() for path in reports.rglob("*") if path.is_file()}
    with inbox.copied(reports) as copy:
        (entry,) = inbox.file_inbox(copy)
        assert entry.plan
        assert (copy / "511900-housing/2024.txt").is_file()
    assert {path: path.read_bytes() for path in reports.rglob("*") if path.is_file()} == before


def test_a_crash_of_ours_becomes_a_finding(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(inbox, "make_plan", broken)
    drop(reports, "a.txt")
    (entry,) = inbox.file_inbox(reports)
    assert entry.finding
    assert entry.finding.code == "X001"
    assert left(reports) == {"a.txt"}


@pytest.mark.parametrize(
    ("said", "expected"), [("year: later", "year: 2023"), ("replace: perhaps", "true or false")]
)
def test_a_side_file_with_another_kind_of_value_says_what_is_expected(
    reports: Path, said: str, expected: str
) -> None:
    drop(reports, "a.txt")
    drop(reports, "a.yml", said)
    (entry,) = inbox.file_inbox(reports)
    assert entry.finding is not None
    assert entry.finding.code == "S101"
    assert expected in entry.finding.message.en


def test_who_has_no_command_line_is_told_what_to_write_into_which_file(reports: Path) -> None:
    anonymous = NEXT.replace("巴中市住房和城乡建设局", "").replace("市住房和城乡建设局", "")
    drop(reports, "scan.txt", anonymous)
    (entry,) = inbox.file_inbox(reports)
    assert entry.finding
    for text in (
        entry.finding.message.zh,
        entry.finding.message.en,
        entry.finding.hint.zh,
        entry.finding.hint.en,
    ):
        assert "--" not in text
    assert "agency: 区划代码-职能" in entry.finding.message.zh
    assert ".yml" in entry.finding.hint.zh


def test_every_option_of_a_refusal_is_a_field_of_the_side_file() -> None:
    for option, field in inbox.OPTIONS.items():
        assert field.split(":")[0] in inbox.SIDE_FIELDS, option


def test_the_guide_of_the_inbox_lists_every_function_and_level() -> None:
    guide = (ROOT / "datapackage/reports/inbox/README.md").read_text(encoding="utf-8")
    for key, words in {**knowledge.load("functions.yml"), **levels()}.items():
        assert f"{words['zh']} `{key}`" in guide


def test_the_inbox_lets_go_of_a_file_only_once_the_disk_holds_the_report(
    reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some disks say only when asked to write through that they have no room."""
    drop(reports, "a.txt")
    for at in range(100):
        asked = iter(range(100))

        def fsync(descriptor: int, asked: Iterator[int] = asked, at: int = at) -> None:
            if next(asked) == at:
                raise OSError(errno.ENOSPC, "made to fail")

        monkeypatch.setattr(os, "fsync", fsync)
        try:
            inbox.file_inbox(reports)
        except OSError:
            assert left(reports) == {"a.txt"}
        else:
            break
    assert at == 4  # the report, its .yml, the names in its folder, the name of that folder
    assert left(reports) == set()
