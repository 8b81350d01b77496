"""A contributor's pull request from a fork, played without GitHub: check, merge, publish, with the workflows' own scripts.

``upstream.git`` stands for the repository, a clone of it for the fork, further clones for GitHub's machines. The program
itself is that of this working tree.
"""

import io
import json
import os
import random
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.bench.synthetic import Stock, form_for, invent
from pipeline.model.figure import plain
from tests.document.samples import as_pdf, official
from tests.five import copy_five
from tests.tools.warm import python

ROOT = Path(__file__).parents[2]
INBOX = "datapackage/reports/inbox"
HOUSING = "巴中市住房和城乡建设局"
SCRIPTS = ROOT / ".github"


@dataclass(frozen=True)
class Done:
    """What a machine said: exit code, log, the outputs of its step, its job summary."""

    code: int
    log: str
    outputs: Mapping[str, str]
    summary: str


@dataclass(frozen=True)
class Play:
    """One repository with its forks and machines."""

    folder: Path

    @property
    def upstream(self) -> Path:
        return self.folder / "upstream.git"

    def clone(self, name: str) -> Path:
        git(self.folder, "clone", "--quiet", str(self.upstream), name)
        return self.folder / name

    def pull_request(self, name: str, files: Mapping[str, bytes | str | None]) -> Path:
        """A fork with one commit on a branch; None deletes a file."""
        fork = self.clone(name)
        git(fork, "switch", "--quiet", "--create", "add-report")
        for path, content in files.items():
            file = fork / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                file.unlink()
            else:
                file.write_bytes(content.encode() if isinstance(content, str) else content)
        git(fork, "add", "--all")
        git(fork, "commit", "--quiet", "--message", "a report")
        return fork

    def check(self, fork: Path, body: str = "", *, pages: bool = False) -> tuple[Path, Done]:
        """What check.yml does with GitHub's own merge of the branch, and the machine it was done on."""
        machine = self.clone(f"{fork.name}-check")
        git(machine, "fetch", "--quiet", str(fork), "add-report")
        git(machine, "merge", "--quiet", "--no-ff", "--message", "merge", "FETCH_HEAD")
        event = self.folder / f"{fork.name}.json"
        event.write_text(json.dumps({"pull_request": {"number": 7, "title": "$(id)", "body": body}}), "utf-8")
        return machine, script(
            machine, "review.sh", "HEAD^1", *(["build/review"] if pages else []), event=event
        )

    def merge(self, machine: Path) -> None:
        git(machine, "push", "--quiet", "origin", "HEAD:main")

    def build(self, name: str) -> tuple[Path, Done]:
        machine = self.clone(name)
        return machine, script(machine, "file-and-package.sh", "build/data")

    def push(self, built: Path) -> Done:
        machine = self.clone(f"{built.name}-push")
        return script(machine, "push-data.sh", str(built / "build/data"))

    def main(self, path: str) -> str:
        return git(self.upstream, "show", f"main:{path}")

    def main_bytes(self, path: str) -> bytes:
        done = subprocess.run(
            ["git", "show", f"main:{path}"], cwd=self.upstream, check=True, capture_output=True
        )
        return done.stdout

    def tree(self) -> set[str]:
        return set(git(self.upstream, "ls-tree", "-r", "--name-only", "-z", "main").split("\0")) - {""}


def git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=folder, check=True, capture_output=True, text=True, env=environment(folder)
    ).stdout


def environment(folder: Path) -> dict[str, str]:
    """No settings of this machine, and none of its secrets."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "PYTHON": python(),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a person",
        "GIT_AUTHOR_EMAIL": "person@example.org",
        "GIT_COMMITTER_NAME": "a person",
        "GIT_COMMITTER_EMAIL": "person@example.org",
        "WAIT": "0",
    }


def script(machine: Path, name: str, *words: str, event: Path | None = None) -> Done:
    """One step of a workflow, as its runner starts it."""
    output, summary = machine.with_suffix(".output"), machine.with_suffix(".summary")
    for file in (output, summary):
        file.write_text("", "utf-8")
    done = subprocess.run(
        ["bash", str(SCRIPTS / name), *words],
        cwd=machine,
        check=False,
        capture_output=True,
        text=True,
        env=environment(machine.parent)
        | {
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_EVENT_PATH": str(event or ""),
        },
    )
    outputs = dict(line.split("=", 1) for line in output.read_text("utf-8").splitlines())
    return Done(done.returncode, done.stdout + done.stderr, outputs, summary.read_text("utf-8"))


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository before anybody comes: the five reports, their package, the changelog."""
    folder = tmp_path_factory.mktemp("seed")
    work = folder / "work"
    copy_five(work / "datapackage/reports")
    shutil.copy(ROOT / "datapackage/versions.yml", work / "datapackage/versions.yml")
    for name in (".gitignore", ".gitattributes", "CHANGELOG.md"):
        shutil.copy(ROOT / name, work / name)
    subprocess.run([python(), "-m", "pipeline", "package"], cwd=work, check=True, env=environment(folder))
    git(work, "init", "--quiet", "--initial-branch=main")
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "what there is")
    git(folder, "clone", "--quiet", "--bare", "work", "upstream.git")
    return folder / "upstream.git"


@pytest.fixture
def play(seed: Path, tmp_path: Path) -> Play:
    shutil.copytree(seed, tmp_path / "upstream.git")
    return Play(tmp_path)


@cache
def pdf(name: str, year: int, *, wrong_total: bool = False, seed: int = 7) -> bytes:
    """A PDF as agencies make it, with figures that add up, or with one total that does not."""
    form = form_for(year)
    figures = {key: plain(value) for key, value in invent(random.Random(seed), form, 30, Stock()).items()}
    if wrong_total:
        key = ("requests", "new_received", "total")
        figures[key] = str(int(figures[key]) + 5)
    return as_pdf(official(form, figures, name, year))


def scan() -> bytes:
    """A PDF that is a picture: shapes, and no letters."""
    out = io.BytesIO()
    page = Canvas(out)
    page.rect(100, 100, 300, 500)
    page.save()
    return out.getvalue()


def test_a_good_pdf_from_the_browser_is_read_merged_filed_and_committed(play: Play) -> None:
    fork = play.pull_request("clerk", {f"{INBOX}/扫一扫 (1).PDF": pdf(HOUSING, 2023)})
    machine, checked = play.check(
        fork, body="来源地址 source_url: https://example.org/2023.pdf\n", pages=True
    )
    assert checked.code == 0, checked.log
    assert "可以合并 · Ready to merge" in checked.summary
    assert "511900-housing-2023" in checked.summary
    assert "本年新收" in checked.summary  # the tables are shown
    assert (
        "https&#58;&#47;&#47;example&#46;org&#47;2023&#46;pdf" in checked.summary
    )  # the file to add for the address
    assert script(machine, "scope.sh", "HEAD^1").outputs == {"data_only": "true"}
    page = machine / "build/review/agencies/511900-housing/2023/index.html"
    assert HOUSING in page.read_text("utf-8")
    assert 'href="../../../index.html"' in (page.parent.parent / "2022/index.html").read_text("utf-8")
    assert not (machine / "build/review/agencies/370725-housing").exists()  # only those touched

    play.merge(machine)
    built, filed = play.build("runner")
    assert (filed.code, filed.outputs) == (0, {"changed": "true"}), filed.log
    pushed = play.push(built)
    assert pushed.outputs["sha"] == git(play.upstream, "rev-parse", "main").strip()
    assert "datapackage/reports/511900-housing/2023.pdf" in play.tree()
    assert f"{INBOX}/扫一扫 (1).PDF" not in play.tree()
    assert "511900-housing-2023" in play.main("datapackage/data/reports.csv")
    assert (
        git(play.upstream, "log", "-1", "--format=%s", "main").strip()
        == "Data: file the inbox, rebuild the package"
    )

    again, nothing = play.build("runner-again")  # and a run that has nothing to do changes nothing
    assert nothing.outputs == {"changed": "false"}
    assert play.push(again).outputs["sha"] == pushed.outputs["sha"]


def test_a_total_that_does_not_add_up_is_shown_and_published_as_filed(play: Play) -> None:
    fork = play.pull_request("clerk", {f"{INBOX}/a.pdf": pdf(HOUSING, 2023, wrong_total=True)})
    machine, checked = play.check(fork)
    assert checked.code == 0  # the agency printed it, so we publish it
    assert "T3-ROW" in checked.summary
    assert "每一行右端的总计" in checked.summary  # why the rule exists
    assert "::warning file=datapackage/reports/inbox/a.pdf" in checked.log
    play.merge(machine)
    play.push(play.build("runner")[0])
    assert "511900-housing-2023:T3-ROW" in play.main("datapackage/data/findings.csv")


def test_a_duplicate_is_named_and_refused(play: Play) -> None:
    same = (ROOT / "datapackage/reports/511900-housing/2022.txt").read_bytes()
    _, checked = play.check(play.pull_request("clerk", {f"{INBOX}/again.txt": same}))
    assert checked.code == 1
    assert "S102" in checked.summary
    assert "511900&#45;housing&#45;2022" in checked.summary


def test_a_second_file_for_a_filed_year_needs_to_say_so(play: Play) -> None:
    other = {f"{INBOX}/x.pdf": pdf(HOUSING, 2022)}
    _, checked = play.check(play.pull_request("clerk", other))
    assert checked.code == 1
    assert "已经收录" in checked.summary
    assert "读到的" in checked.summary or "但读到了" in checked.summary  # what was read is shown all the same
    replaced = play.pull_request("other-clerk", other | {f"{INBOX}/x.yml": "replace: true\n"})
    machine, checked = play.check(replaced)
    assert checked.code == 0, checked.summary
    assert "改动和减少的数字" in checked.summary  # the data diff names what gives way
    play.merge(machine)
    play.push(play.build("runner")[0])
    assert {p for p in play.tree() if p.startswith("datapackage/reports/511900")} == {
        f"datapackage/reports/511900-housing/{name}" for name in ("2022.pdf", "2022.yml", "agency.yml")
    }


def test_a_scan_is_refused_with_what_to_do(play: Play) -> None:
    machine, checked = play.check(play.pull_request("clerk", {f"{INBOX}/scan.pdf": scan()}), pages=True)
    assert checked.code == 1
    assert "没有文字" in checked.summary  # a picture of shapes: nothing is recognised in it either
    assert "::error file=datapackage/reports/inbox/scan.pdf,title=S101::" in checked.log
    assert not (machine / "build/review").exists()
    play.merge(machine)  # merged all the same: it stays in the inbox and stops nobody
    built, filed = play.build("runner")
    assert (filed.code, filed.outputs) == (0, {"changed": "false"})
    assert "::warning::" in filed.log
    assert play.push(built).code == 0
    # Somebody types its figures in, and the same review takes it.
    typed = "agency: 511900-housing\nyear: 2024\nby: LW\ndate: 2026-05-02\nrequests: {new_received: {total: 12}}\n"
    machine, checked = play.check(play.pull_request("typist", {f"{INBOX}/scan.yml": typed}))
    assert checked.code == 0, checked.summary
    assert "T120" in checked.summary  # says by whom and when
    play.merge(machine)
    play.push(play.build("runner-again")[0])
    assert "datapackage/reports/511900-housing/2024.pdf" in play.tree()


def test_hostile_names_and_contents_do_no_harm(play: Play) -> None:
    report = (ROOT / "datapackage/reports/511900-housing/2022.txt").read_text("utf-8")
    evil = report.replace("2022", "2023").replace(
        "一、总体情况", "::error::<script>alert(1)</script>\n##[error]x\n一、总体情况"
    )
    files = {
        f"{INBOX}/$(touch pwned)`touch pwned`;x.txt": evil,
        f"{INBOX}/::set-output name=a::b.txt": "no report",
        f"{INBOX}/a\n::error::injected.txt": "no report either",
        f"{INBOX}/bomb.docx": b"PK\x03\x04" + b"\0" * 100,
        f"{INBOX}/x.yml": "agency: !!python/object/apply:os.system ['touch pwned']\n",
    }
    machine, checked = play.check(
        play.pull_request("stranger", files), body="source_url: http://x/$(id)<img>"
    )
    assert checked.code == 1
    assert "<script>" not in checked.summary
    assert "<img" not in checked.summary
    commands = [line for line in checked.log.splitlines() if line.lstrip().startswith("::") or "##[" in line]
    assert commands
    assert all(line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in commands)
    play.merge(machine)
    built, filed = play.build("runner")
    assert filed.code == 0
    said = [line for line in filed.log.splitlines() if line.lstrip().startswith("::") or "##[" in line]
    assert [line[:11] for line in said] == ["::warning::"]  # our own, and no other
    play.push(built)
    assert "datapackage/reports/511900-housing/2023.txt" in play.tree()
    assert not list(play.folder.rglob("pwned"))


def test_a_csv_edited_by_hand_is_refused_unless_the_pipeline_makes_the_same(play: Play) -> None:
    path = "datapackage/data/requests.csv"
    edited = play.main(path).replace(",13,", ",14,", 1)
    _, checked = play.check(play.pull_request("helper", {path: edited}))
    assert checked.code == 1
    assert "由程序生成" in checked.summary
    assert re.search("第 [0-9]+ 行 .*一列：应为“13”，实为“14”", checked.summary)
    # With `make add` and `make package` the very same files are fine.
    fork = play.clone("expert")
    (fork / "new.pdf").write_bytes(pdf(HOUSING, 2023))
    for words in (("add", "new.pdf"), ("package",)):
        subprocess.run(
            [python(), "-m", "pipeline", *words],
            cwd=fork,
            check=True,
            env=environment(fork),
            capture_output=True,
        )
    (fork / "new.pdf").unlink()
    git(fork, "switch", "--quiet", "--create", "add-report")
    git(fork, "add", "--all")
    git(fork, "commit", "--quiet", "--message", "a report and its data")
    _, checked = play.check(fork)
    assert checked.code == 0, checked.summary


def test_two_reports_at_once_and_one_broken_yml_does_not_hide_the_other(play: Play) -> None:
    files = {
        f"{INBOX}/1.pdf": pdf(HOUSING, 2023),
        f"{INBOX}/2.pdf": pdf("广元市教育局", 2023, seed=8),
        f"{INBOX}/3.pdf": pdf("广元市教育局", 2024, seed=9),  # a new agency, and its second year
        "datapackage/reports/370725-housing/2023.yml": "source_url: &a x\nretrieved: *a\n",
    }
    machine, checked = play.check(play.pull_request("clerk", files), pages=True)
    assert checked.code == 1
    assert "370725&#45;housing" in checked.summary
    for report in ("511900-housing-2023", "510800-education-2023", "510800-education-2024"):
        assert f"`{report}`" in checked.summary, report
    assert (machine / "build/review/agencies/510800-education/2024/index.html").is_file()


def test_old_findings_elsewhere_never_block(play: Play) -> None:
    work = play.clone("past")
    old = work / "datapackage/reports/511900-housing/2022.txt"
    old.write_text(old.read_text("utf-8").replace("行政许可\t505", "行政许可\t约505"), "utf-8")
    subprocess.run(
        [python(), "-m", "pipeline", "package"],
        cwd=work,
        check=True,
        env=environment(work),
        capture_output=True,
    )
    git(work, "commit", "--quiet", "--all", "--message", "an old error")
    git(work, "push", "--quiet", "origin", "main")
    assert ",F101,error," in play.main("datapackage/data/findings.csv")
    _, checked = play.check(play.pull_request("clerk", {f"{INBOX}/1.pdf": pdf("广元市教育局", 2023)}))
    assert checked.code == 0, checked.summary
    assert "F101" not in checked.summary


def test_a_checkout_on_windows_is_the_same_and_what_notepad_saves_is_read(play: Play) -> None:
    git(
        play.folder,
        "clone",
        "-q",
        "-c",
        "core.autocrlf=true",
        "-c",
        "core.eol=crlf",
        "upstream.git",
        "windows",
    )
    machine = play.folder / "windows"
    for path in play.tree():
        assert (machine / path).read_bytes() == play.main_bytes(path), path
    for path in (machine / "datapackage/reports").rglob("*.yml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    done = script(machine, "same-data.sh")
    assert "datapackage.json" in done.log
    assert (
        git(machine, "status", "--porcelain", "--", "datapackage/data", "datapackage/datapackage.json") == ""
    )


def test_two_merges_at_once_lose_nothing(play: Play) -> None:
    first = play.pull_request("one", {f"{INBOX}/report.pdf": pdf(HOUSING, 2023)})
    second = play.pull_request("two", {f"{INBOX}/report 2.pdf": pdf("广元市教育局", 2023, seed=8)})
    machine, _ = play.check(first)
    play.merge(machine)
    built, _ = play.build("run-1")  # reads main, and while it does so …
    machine, _ = play.check(second)
    play.merge(machine)  # … the other is merged
    pushed = play.push(built)
    assert pushed.code == 0
    assert pushed.outputs["sha"], pushed.log  # put on top of it
    assert f"{INBOX}/report 2.pdf" in play.tree()  # not lost, not filed yet
    play.push(play.build("run-2")[0])  # the run that the second merge started
    assert {
        "datapackage/reports/511900-housing/2023.pdf",
        "datapackage/reports/510800-education/2023.pdf",
    } <= play.tree()
    reports = play.main("datapackage/data/reports.csv")
    assert "511900-housing-2023" in reports
    assert "510800-education-2023" in reports


def test_a_run_that_does_not_fit_any_more_leaves_it_to_the_next(play: Play) -> None:
    machine, _ = play.check(play.pull_request("one", {f"{INBOX}/report.pdf": pdf(HOUSING, 2023)}))
    play.merge(machine)
    slow, _ = play.build("slow")
    fast, _ = play.build("fast")
    assert play.push(fast).outputs["sha"]
    late = play.push(slow)  # the same files, filed twice: nothing is left to push, or it does not fit
    assert late.code == 0
    assert "datapackage/reports/511900-housing/2023.pdf" in play.tree()


def release(play: Play, runner: Path) -> subprocess.CompletedProcess[str]:
    """What the release job does, with a gh that only writes down what it is told."""
    fake = play.folder / "bin"
    fake.mkdir()
    (fake / "gh").write_text('#!/bin/sh\nprintf "%s\\n" "$@" > gh.said\n', "utf-8")
    (fake / "gh").chmod(0o755)
    return subprocess.run(
        ["bash", str(SCRIPTS / "release.sh"), "build/release", "0123abc0123abc0123abc0123abc0123abc01234"],
        cwd=runner,
        check=False,
        capture_output=True,
        text=True,
        env=environment(runner) | {"PATH": f"{fake}:{os.environ['PATH']}"},
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("mkdir -p .github && echo x > .github/extra.sh", "outside of datapackage"),
        ("git mv CHANGELOG.md datapackage/CHANGELOG.md", "outside of datapackage"),
        ("ln -s /etc/passwd datapackage/link", "no ordinary file"),
        ("echo x > datapackage/run.sh && chmod +x datapackage/run.sh", "no ordinary file"),
        ("git commit -q --allow-empty -m one && echo x > datapackage/x", "parent is not on main"),
    ],
)
def test_the_job_that_can_write_pushes_data_alone(play: Play, change: str, said: str) -> None:
    before = play.tree()
    built = play.clone("run")
    subprocess.run(["bash", "-ec", change], cwd=built, check=True, env=environment(built))
    git(built, "add", "--all")
    git(built, "commit", "--quiet", "--message", "data")
    (built / "build/data").mkdir(parents=True)
    git(built, "bundle", "create", "--quiet", "build/data/data.bundle", "origin/main..HEAD")
    (built / "build/data/sha").write_text(git(built, "rev-parse", "HEAD"), "utf-8")
    pushed = play.push(built)
    assert pushed.code == 1
    assert said in pushed.log
    assert play.tree() == before


@pytest.mark.parametrize("sha", ["$(id)", "", "0" * 40])
def test_the_job_that_can_write_takes_no_other_commit(play: Play, sha: str) -> None:
    built = play.clone("run")
    (built / "build/data").mkdir(parents=True)
    (built / "build/data/sha").write_text(sha, "utf-8")
    pushed = play.push(built)
    assert pushed.code != 0
    assert "sha" not in pushed.outputs


def announced(runner: Path) -> str:
    """A clone whose data are those of a release that was announced; returns its version."""
    path = runner / "datapackage/datapackage.json"
    descriptor = json.loads(path.read_text("utf-8"))
    version = descriptor["version"] = descriptor["version"].partition("+")[0]
    path.write_text(json.dumps(descriptor), "utf-8")
    (runner / "datapackage/versions.yml").write_text("[]\n", "utf-8")
    return str(version)


def test_a_state_between_releases_is_no_release(play: Play) -> None:
    runner = play.clone("runner")
    announced(runner)
    path = runner / "datapackage/datapackage.json"
    descriptor = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(descriptor | {"version": descriptor["version"] + "+0123abcd"}), "utf-8")
    assert script(runner, "pack-release.sh", "build/release").outputs == {"due": "false"}


def test_a_remote_that_does_not_answer_is_no_release(play: Play) -> None:
    runner = play.clone("runner")
    announced(runner)
    git(runner, "remote", "set-url", "origin", str(play.folder / "nowhere.git"))
    packed = script(runner, "pack-release.sh", "build/release")
    assert packed.outputs == {"due": "false"}
    assert "does not answer" in packed.log


def test_a_release_is_made_once_a_version_has_no_tag(play: Play) -> None:
    runner = play.clone("runner")
    data = runner / "build/site/data/data"
    data.mkdir(parents=True)
    for name in ("assets", "explore"):
        (runner / "build/site" / name).mkdir()
    (data / "requests.csv").write_text("a\n", "utf-8")
    (data.parent / "explore.parquet").write_bytes(b"PAR1")
    (runner / "build/site/index.html").write_text("<p>here", "utf-8")
    version = announced(runner)
    (runner / "datapackage/versions.yml").unlink()
    assert script(runner, "pack-release.sh", "build/release").outputs == {
        "due": "false"
    }  # none was ever announced
    (runner / "datapackage/versions.yml").write_text("[]\n", "utf-8")
    packed = script(runner, "pack-release.sh", "build/release")
    assert packed.outputs == {"due": "true"}, packed.log
    assert {p.name for p in (runner / "build/release/files").iterdir()} == {
        "requests.csv",
        "explore.parquet",
        f"datapackage-with-reports-{version}.zip",
        f"site-offline-{version}.zip",
        "SHA256SUMS",
        "sbom.cdx.json",
    }
    done = release(play, runner)
    assert done.returncode == 0, done.stderr
    said = (runner / "gh.said").read_text("utf-8").split("\n")
    assert said[:5] == [
        "release",
        "create",
        f"v{version}",
        "--target",
        "0123abc0123abc0123abc0123abc0123abc01234",
    ]
    assert "build/release/files/SHA256SUMS" in said
    git(runner, "tag", f"v{version}")
    git(runner, "push", "--quiet", "origin", f"v{version}")
    assert script(runner, "pack-release.sh", "build/again").outputs == {"due": "false"}


def test_a_damaged_release_file_is_not_released(play: Play) -> None:
    runner = play.clone("runner")
    (runner / "build/site/data").mkdir(parents=True)
    (runner / "build/site/assets").mkdir()
    (runner / "build/site/index.html").write_text("<p>here", "utf-8")
    announced(runner)
    script(runner, "pack-release.sh", "build/release")
    next((runner / "build/release/files").glob("*.zip")).write_bytes(b"changed")
    assert release(play, runner).returncode != 0
    assert not (runner / "gh.said").exists()
