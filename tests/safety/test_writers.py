"""Everything that writes, broken at each of its calls: what lies there afterwards is the old or the new, and nothing is lost.

The package and the filing of a report are in tests/package and tests/filing.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline import pages
from pipeline.cli import release
from pipeline.filing import inbox
from pipeline.package import write
from pipeline.package.rows import make_tables
from pipeline.package.write import write_package
from pipeline.pages.addresses import language_folders
from pipeline.published.diff import compare
from pipeline.published.reader import open_package
from pipeline.safety.files import STAGING, recover
from pipeline.site import build
from tests.five import copy_five
from tests.safety.faults import always_old_or_new, broken_runs, contents

ROOT = Path(__file__).parents[2]
REPORT = (ROOT / "datapackage/reports/511900-housing/2022.txt").read_text(encoding="utf-8")
NEXT = REPORT.replace("2023", "2025").replace("2022", "2024")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "build"
    for name in ("docs", "docs-en", "fragments", "fragments-en", "site"):
        (made / name).mkdir(parents=True)
        (made / name / "old.md").write_text("old", encoding="utf-8")
    return made


def test_pages(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def few(package: object, docs: Path, languages: Sequence[str], *more: object) -> None:
        for language in languages:
            folder, fragments = language_folders(docs, language)
            folder.mkdir()
            (folder / "index.md").write_text("new", encoding="utf-8")
            fragments.mkdir()
            (fragments / "fragments.json").write_text("{}", encoding="utf-8")

    monkeypatch.setattr(pages, "read_package", lambda folder: None)
    monkeypatch.setattr(pages, "_write", few)
    always_old_or_new(home, lambda: pages.write_pages(Path("none"), home / "docs"), least=40)


def test_site(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def built(docs: Path, made: Path, root: str, languages: object, language: str) -> None:
        folder = made / language
        (folder / "assets/javascripts").mkdir(parents=True)
        (folder / "index.html").write_text("<body><article></article>", encoding="utf-8")
        (folder / "404.html").write_text("<body><article></article>", encoding="utf-8")

    monkeypatch.setattr(build, "_mkdocs", built)
    for step in ("write_catalogues", "_index"):
        monkeypatch.setattr(build, step, lambda *words, **more: None)
    always_old_or_new(home, lambda: build.build_site(home / "docs", home / "site", site_url=""), least=30)


def test_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        write, "validate", lambda folder, **more: []
    )  # takes a second each time, and writes nothing
    monkeypatch.setattr(write, "readme", lambda descriptor, tables: str(len(tables["items"])))
    before, home = tmp_path / "before", tmp_path / "home"
    write_package(make_tables((), ()), before)
    shutil.copytree(before, home / "datapackage")
    tables = make_tables((), ())
    tables["items"][0]["label_zh"] = "另一个写法"
    write_package(tables, home / "datapackage")
    (home / "CHANGELOG.md").write_text("# 变更\n\n## 0.1.0\n\n甲\n", encoding="utf-8")
    monkeypatch.chdir(home)
    old, new = open_package(before), open_package(home / "datapackage")
    found = compare(old, new)

    def work() -> None:
        monkeypatch.chdir(home)  # the folder is made anew between two runs
        release._write_release("2025-01-02", found, old, new)

    always_old_or_new(home, work, least=60)


def test_inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that dies leaves a file in the inbox or in its place, and the next run finishes; nothing is lost or twice."""
    report = inbox.read_report("年报.txt", NEXT.encode())
    monkeypatch.setattr(inbox, "read_report", lambda *words, **more: report)
    reports = copy_five(tmp_path / "reports")
    (reports / "inbox").mkdir(exist_ok=True)
    (reports / "inbox/年报.txt").write_text(NEXT, encoding="utf-8")
    (reports / "inbox/年报.yml").write_text("source_url: https://example.org/\n", encoding="utf-8")
    kept = tmp_path / "kept"
    shutil.copytree(reports, kept)
    inbox.file_inbox(reports)
    whole, seen = contents(reports), 0
    assert "511900-housing/2024.txt" in whole
    shutil.rmtree(reports)
    shutil.copytree(kept, reports)
    for broken in broken_runs(lambda: inbox.file_inbox(reports), ("kill", "refuse")):
        recover(reports)
        there = contents(reports)
        assert NEXT.encode() in there.values(), broken
        assert ("511900-housing/2024.txt" in there) == ("511900-housing/2024.yml" in there), broken
        assert not [name for name in there if name.startswith(STAGING)], broken
        inbox.file_inbox(reports)
        assert contents(reports) == whole, broken
        shutil.rmtree(reports)
        shutil.copytree(kept, reports)
        seen += 1
    assert seen > 20
