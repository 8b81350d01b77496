"""The review: what it reads, what it says, what it leaves out. The base is a folder here; git is in test_pull_request.py."""

import html
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pipeline.archive.sources import agencies
from pipeline.cli import review_text
from pipeline.filing.read_all import read_all
from pipeline.model.findings import PipelineError
from pipeline.package import write
from pipeline.package.rows import make_tables
from pipeline.package.write import write_package
from pipeline.review.compare import Review, review
from pipeline.review.git_base import Commit, Folder, find_base
from pipeline.site.offline import from_disk
from tests.five import copy_five

ROOT = Path(__file__).parents[2]
HOUSING = "datapackage/reports/511900-housing"
Change = Callable[[Path], None]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    reports = copy_five(folder / "datapackage/reports")
    write_package(make_tables(agencies(reports), read_all(reports)), folder / "datapackage")
    return folder


@pytest.fixture
def work(base: Path, tmp_path: Path) -> Path:
    shutil.copytree(base, tmp_path / "work")
    return tmp_path / "work"


def reviewed(work: Path, base: Path) -> Review:
    return review(work, Folder(base))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_nothing_changed_nothing_said(work: Path, base: Path) -> None:
    found = reviewed(work, base)
    assert not found.is_refused
    assert found.reports == ()
    assert found.cells == ()
    assert "没有改动" in review_text.summary(found)


def test_a_figure_changed_is_in_the_diff_and_a_tenfold_one_is_a_jump(work: Path, base: Path) -> None:
    edit(work / HOUSING / "2022.txt", "行政许可\t505", "行政许可\t5505")
    found = reviewed(work, base)
    assert [(c.report_id, c.cell[1], c.before, c.after, c.kind, c.jump) for c in found.cells] == [
        ("511900-housing-2022", "licensing", "505", "5505", "changed", "505")
    ]
    text = review_text.summary(found)
    assert "突变" in text
    assert "| 505 | 5505 | 505 |" in text


def test_an_unreadable_figure_is_an_error_on_its_line_with_what_to_do(work: Path, base: Path) -> None:
    edit(work / HOUSING / "2022.txt", "行政许可\t505", "行政许可\t约505")
    found = reviewed(work, base)
    assert found.is_refused
    assert [(c.before, c.after, c.kind) for c in found.cells] == [("505", "", "removed")]
    (first, *_) = review_text.annotated(found)
    assert first.startswith("::error file=datapackage/reports/511900-housing/2022.txt,line=33,title=F101")
    assert "corrections" in review_text.summary(found)  # how to mend it


def test_a_report_taken_away_is_named_with_its_figures(work: Path, base: Path) -> None:
    (work / HOUSING / "2022.txt").unlink()
    (work / HOUSING / "2022.yml").unlink()
    found = reviewed(work, base)
    assert found.removed == ("511900-housing-2022",)
    assert len(found.cells) == 199
    assert {change.kind for change in found.cells} == {"removed"}
    assert "不再有的报告" in review_text.summary(found)


def test_a_report_copied_to_another_agency_is_seen_though_only_one_changed(work: Path, base: Path) -> None:
    copied = (work / HOUSING / "2022.txt").read_text(encoding="utf-8")
    other = work / "datapackage/reports/370725-housing"
    (other / "2022.txt").write_text(
        copied.replace("巴中市住房和城乡建设局", "昌乐县住房和城乡建设局"), encoding="utf-8"
    )
    (other / "2022.yml").write_text("source_url: null\nretrieved: null\n", encoding="utf-8")
    found = reviewed(work, base)
    assert [one.filed.source.report_id for one in found.reports] == ["370725-housing-2022"]
    assert "DUP" in {finding.code for finding in found.reports[0].filed.findings}
    assert [(one.source.report_id, f.code) for one, f in found.elsewhere if f.code == "DUP"] == [
        ("511900-housing-2022", "DUP")
    ]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (
            lambda work: (work / "datapackage/reports/stray.txt").write_text("x"),
            "datapackage/reports/stray.txt",
        ),
        (lambda work: (work / HOUSING / "报告.txt").write_text("x"), f"{HOUSING}/报告.txt"),
        (lambda work: (work / HOUSING / "2022.html").write_text("x"), f"{HOUSING}/2022.txt"),
        (lambda work: (work / HOUSING / "agency.yml").write_text("name_zh: x"), f"{HOUSING}/agency.yml"),
        (lambda work: (work / HOUSING / "2022.yml").unlink(), f"{HOUSING}/2022.yml"),
        (
            lambda work: edit(work / "datapackage/data/reports.csv", "511900", "511901"),
            "datapackage/data/reports.csv",
        ),
        (lambda work: (work / "datapackage/data/new.csv").write_text("x"), "datapackage/data/new.csv"),
    ],
    ids=["stray", "name", "twice", "agency", "no yml", "edited", "added"],
)
def test_a_fault_of_the_files_is_refused_with_its_file(
    change: Change, path: str, work: Path, base: Path
) -> None:
    change(work)
    found = reviewed(work, base)
    assert found.is_refused
    assert path in [fault.path for fault in found.faults]


def test_an_inbox_with_a_name_of_ours_and_a_link_is_harmless(work: Path, base: Path) -> None:
    inbox = work / "datapackage/reports/inbox"
    inbox.mkdir(exist_ok=True)
    (inbox / "README.md").write_text("changed", encoding="utf-8")
    assert not reviewed(work, base).is_refused


def test_a_summary_that_is_too_long_is_cut_between_parts_and_says_so(
    work: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(work / HOUSING / "2022.txt", "行政许可\t505", "行政许可\t506")
    edit(
        work / "datapackage/reports/370725-housing/2023.yml",
        "source_url: null",
        "source_url: https://a.example/",
    )
    found = reviewed(work, base)
    assert len(found.reports) == 2
    whole = review_text.summary(found)
    monkeypatch.setattr(review_text, "MOST_BYTES", len(whole.encode()) * 2 // 3)
    cut = review_text.summary(found)
    assert len(cut.encode()) <= len(whole.encode()) * 2 // 3
    assert "到此为止" in cut
    assert cut.count("<details>") == cut.count("</details>") == 1
    assert "数据的变化" in cut  # the diff is told though reports are left out
    monkeypatch.setattr(review_text, "MOST_BYTES", 2000)
    short = review_text.summary(found)
    assert len(short.encode()) <= 2000
    assert "到此为止" in short
    assert review_text.MOST_BYTES < 1024**2


def test_at_most_ten_annotations_the_worst_first(work: Path, base: Path) -> None:
    edit(work / HOUSING / "2022.txt", "行政许可\t505", "行政许可\t约505")
    found = reviewed(work, base)
    one = found.reports[0]
    many = replace(one, filed=replace(one.filed, findings=one.filed.findings * 9))
    lines = review_text.annotated(replace(found, reports=(many,)))
    assert len(lines) == 10
    assert lines[0].startswith("::error ")


def test_names_from_strangers_are_letters_everywhere(work: Path, base: Path) -> None:
    evil = "<img src=x onerror=1>|[a](b)`$(x)`\u202e"
    edit(work / HOUSING / "agency.yml", "巴中市住房和城乡建设局", evil)
    edit(work / HOUSING / "2022.txt", "行政许可\t505", "行政许可\t506")
    text = review_text.summary(reviewed(work, base))
    for sign in ("<img", "[a]", "`$", "\u202e"):
        assert sign not in text, sign


@pytest.mark.parametrize(
    ("side", "said"),
    [
        (None, "加一个文件 <code>a&#46;txt&#46;yml</code>"),
        ("a.yml", "已有的文件里加一行 <code>a&#46;yml</code>"),
    ],
)
def test_an_address_in_the_description_is_shown_as_the_file_to_write(
    work: Path, base: Path, side: str | None, said: str
) -> None:
    inbox = work / "datapackage/reports/inbox"
    text = (work / HOUSING / "2022.txt").read_text(encoding="utf-8")
    (inbox / "a.txt").write_text(text.replace("2022", "2024").replace("2023", "2025"), encoding="utf-8")
    if side:
        (inbox / side).write_text("year: 2024\n", encoding="utf-8")
    found = reviewed(work, base)
    assert not found.entries
    assert said in review_text.summary(found, "来源地址 source_url: https://example.org/a")
    assert "来源地址 · Source" not in review_text.summary(found, "no address")


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"pull_request": null}', '{"pull_request": {"body": null}}']
)
def test_an_event_that_says_nothing_is_no_crash(content: str, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text(content, encoding="utf-8")
    assert review_text.description(event) == ""
    event.write_text(json.dumps({"pull_request": {"body": "x"}}), encoding="utf-8")
    assert review_text.description(event) == "x"


def test_a_base_is_a_commit_or_a_folder_and_never_an_option(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=tmp_path, check=True)
    (tmp_path / "a b.txt").write_text("1", encoding="utf-8")
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    subprocess.run(["git", *who, "commit", "-qm", "x"], cwd=tmp_path, check=True)
    found = find_base(tmp_path, "")
    assert isinstance(found, Commit)
    assert found.changed(tmp_path) == {}
    assert found.read("a b.txt") == b"1"
    assert found.read("none") is None
    (tmp_path / "新.txt").write_text("2", encoding="utf-8")
    (tmp_path / "a b.txt").unlink()
    assert found.changed(tmp_path) == {"a b.txt": "D", "新.txt": "A"}
    for wrong in ("--output=pwned", "no-such", "HEAD:a b.txt"):
        with pytest.raises(PipelineError):
            find_base(tmp_path, wrong)
    assert not (tmp_path / "pwned").exists()


def test_links_of_a_page_open_from_disk(tmp_path: Path) -> None:
    (tmp_path / "years").mkdir()
    page = tmp_path / "index.html"
    html = (
        '<a href="years/">a</a> <a href=years/#x>b</a> <a href="https://a.example/">c</a> <a href="#d">d</a>'
    )
    assert from_disk(html, page) == (
        '<a href="years/index.html">a</a> <a href="years/index.html#x">b</a> <a href="https://a.example/">c</a> <a href="#d">d</a>'
    )


def text(work: Path, base: Path) -> str:
    return review_text.summary(reviewed(work, base))


def put(work: Path, path: str, content: str = "x") -> None:
    (work / path).parent.mkdir(parents=True, exist_ok=True)
    (work / path).write_text(content, encoding="utf-8")


FILED = (ROOT / HOUSING / "2022.txt").read_text(encoding="utf-8")


def official_text(name: str, year: int) -> str:
    short = name.removeprefix("巴中")
    text = FILED.replace("2023", str(year + 1)).replace("2022", str(year))
    return text.replace("巴中市住房和城乡建设局", name).replace("市住房和城乡建设局", short)


NEXT = official_text("巴中市住房和城乡建设局", 2024)


@dataclass(frozen=True)
class Changed:
    """A base that says itself what differs from it."""

    base: Folder
    paths: dict[str, str]

    @property
    def name(self) -> str:
        return self.base.name

    def changed(self, root: Path) -> dict[str, str]:
        return self.paths

    def read(self, path: str) -> bytes | None:
        return self.base.read(path)


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        (lambda work: put(work, "datapackage/年报.pdf"), "datapackage/年报.pdf", "Upload files"),
        (lambda work: put(work, "datapackage/raw/2023.docx"), "datapackage/raw/2023.docx", "inbox"),
        (lambda work: (work / HOUSING / "2022.txt").unlink(), f"{HOUSING}/2022.yml", "Delete both"),
        (lambda work: put(work, f"{HOUSING}/2031.yml"), f"{HOUSING}/2031.yml", "does nothing"),
        (
            lambda work: put(work, "datapackage/versions.yml", '- {version: 9.9.9, date: "2026-01-01"}\n'),
            "datapackage/versions.yml",
            "by hand",
        ),
        (
            lambda work: put(work, "datapackage/versions.yml", "- 5\n"),
            "datapackage/versions.yml",
            "versions.yml",
        ),
        (
            lambda work: edit(work / HOUSING / "agency.yml", "巴中市住房和城乡建设局", "\u200b"),
            f"{HOUSING}/agency.yml",
            "can be seen",
        ),
        (
            lambda work: edit(work / HOUSING / "agency.yml", "level: prefecture", "level: Prefecture"),
            f"{HOUSING}/agency.yml",
            "prefecture",
        ),
    ],
)
def test_what_would_break_the_package_or_lies_where_nothing_reads_it_is_refused_with_the_step_that_mends_it(
    change: Change, path: str, words: str, work: Path, base: Path
) -> None:
    change(work)
    found = reviewed(work, base)
    assert path in [fault.path for fault in found.faults]
    assert words in html.unescape(review_text.summary(found))


def test_a_report_at_the_top_of_the_repository_is_seen(work: Path, base: Path) -> None:
    put(work, "年报.txt", NEXT)
    found = review(work, Changed(Folder(base), {"年报.txt": "A"}))
    assert [fault.path for fault in found.faults] == ["年报.txt"]
    for fine in ("NOTES.md", "pipeline/new.txt", "tests/golden/x.pdf"):
        assert not review(work, Changed(Folder(base), {fine: "A"})).is_refused, fine


def test_the_package_after_the_merge_is_validated(
    work: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a field lets through, the judge of the package has the last word; what was wrong before blocks nobody."""
    edit(work / HOUSING / "agency.yml", "name_zh: 巴中市住房和城乡建设局", "name_zh: 另一个名字")
    assert not reviewed(work, base).is_refused
    validate = write.validate
    monkeypatch.setattr(
        write,
        "validate",
        lambda folder, **more: (
            (
                ["agencies.csv: no"]
                if "另一个名字" in (folder / "data/agencies.csv").read_text("utf-8")
                else []
            )
            or validate(folder)
        ),
    )
    found = reviewed(work, base)
    assert found.is_refused
    assert "agencies.csv" in found.faults[0].en
    monkeypatch.setattr(write, "validate", lambda folder, **more: ["wrong before"])
    assert not reviewed(work, base).is_refused


def test_a_change_of_columns_and_reports_together_is_judged_by_a_whole_new_package(
    work: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of the base's package do not fit into today's tables, so every report is read."""
    old = tmp_path / "old/datapackage"
    shutil.copytree(base / "datapackage", old)
    descriptor = json.loads((old / "datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        if resource["name"] == "agencies":
            del resource["schema"]["fields"][-1]
            path = old / resource["path"]
            rows = [line.rpartition(",")[0] for line in path.read_text(encoding="utf-8").splitlines()]
            path.write_text("\n".join((*rows, "")), encoding="utf-8")
    (old / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    edit(work / HOUSING / "2022.txt", "行政许可\t505", "行政许可\t506")
    mine = Changed(Folder(old.parent), {"pipeline/knowledge/package.yml": "M", f"{HOUSING}/2022.txt": "M"})
    found = review(work, mine)
    assert [fault.en for fault in found.faults] == []
    monkeypatch.setattr(write, "validate", lambda folder, **more: ["a fault"])  # also of the tables of before
    assert "a fault" in review(work, mine).faults[0].en


def test_what_lies_in_the_inbox_of_main_already_blocks_nobody(work: Path, base: Path) -> None:
    put(work, "datapackage/reports/inbox/left.txt", "no report")
    put(work, "datapackage/reports/inbox/2024年报.txt", NEXT)
    mine = {"datapackage/reports/inbox/2024年报.txt": "A"}
    found = review(work, Changed(Folder(base), mine))
    assert not found.is_refused
    assert [one.filed.source.report_id for one in found.reports] == ["511900-housing-2024"]
    assert found.entries == ()


def test_a_copy_of_what_is_filed_blocks_no_other_report(work: Path, base: Path) -> None:
    shutil.copyfile(work / HOUSING / "2022.txt", work / "datapackage/reports/inbox/old.txt")
    found = reviewed(work, base)
    assert found.is_refused  # it brings nothing
    put(work, "datapackage/reports/inbox/2024年报.txt", NEXT)
    found = reviewed(work, base)
    assert not found.is_refused
    assert "old" in text(work, base)


def test_a_folder_that_was_broken_before_blocks_nobody(work: Path, base: Path) -> None:
    put(work, "datapackage/reports/990100-finance/agency.yml", "name_zh: 5\n")
    put(work, "datapackage/reports/inbox/2024年报.txt", NEXT)
    mine = {"datapackage/reports/inbox/2024年报.txt": "A"}
    found = review(work, Changed(Folder(base), mine))
    assert not found.is_refused


def test_a_new_agency_is_named_with_its_id(work: Path, base: Path) -> None:
    put(work, "datapackage/reports/inbox/a.txt", official_text("巴中市财政局", 2023))
    assert "🆕" in text(work, base)
    assert "for ever be `511900-finance`" in text(work, base)
    shutil.rmtree(work / "datapackage/reports/inbox")
    put(work, "datapackage/reports/inbox/a.txt", NEXT)
    assert "🆕" not in text(work, base)


def test_a_path_that_nothing_reads_is_named(work: Path, base: Path) -> None:
    put(work, "datapackage/reports/inbox/README.md", "changed")
    put(work, "CODE_OF_CONDUCT")
    found = review(
        work, Changed(Folder(base), {"CODE_OF_CONDUCT": "A", "datapackage/reports/inbox/README.md": "M"})
    )
    assert "CODE_OF_CONDUCT" in found.unread
    assert "没有读" in review_text.summary(found)
    assert not found.is_refused


def test_cells_that_a_picture_leaves_in_doubt_come_with_a_form(work: Path, base: Path) -> None:
    scans = ROOT / "tests/document/scans"
    shutil.copy(scans / "copier.tif", work / HOUSING / "2021.tif")
    shutil.copy(scans / "copier.read.yml", work / HOUSING / "2021.read.yml")
    (work / HOUSING / "2021.yml").write_text("source_url:\nretrieved: 2024-01-02\n", encoding="utf-8")
    found = reviewed(work, base)
    (one,) = (one for one in found.reports if one.filed.source.year == 2021)
    assert one.answers == f"{HOUSING}/2021.answers.yml"
    assert one.answers in one.form
    assert "data:image/png;base64," in one.form
    said = review_text.summary(found)
    assert "doubts/511900-housing-2021.html" in said
    assert "answers" in said
