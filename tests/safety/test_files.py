"""Old or new, never mixed, never neither: whatever happens to a run, and at whichever system call."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.model.findings import PipelineError
from pipeline.safety import files
from pipeline.safety.files import locked, recover, replaced, write_whole
from tests.safety.faults import broken_runs, contents

PIPELINE = Path(__file__).parents[2] / "pipeline"
NAMES = ("data", "README.md", "gone.txt", "deep/new.txt")


def make_old(home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    (home / "data").mkdir(parents=True)
    (home / "deep").mkdir()
    for name in ("data/a.csv", "data/b.csv", "README.md", "gone.txt", "deep/untouched.txt"):
        (home / name).write_text(f"old {name}")


def make_new(home: Path) -> None:
    with replaced(home, *NAMES) as new:
        (new / "data").mkdir()
        (new / "deep").mkdir()
        for name in ("data/a.csv", "data/c.csv", "README.md", "deep/new.txt"):
            (new / name).write_text(f"new {name}")


@pytest.mark.parametrize("exchanges", [True, False], ids=["exchange", "three renames"])
def test_a_run_that_breaks_anywhere_leaves_the_old_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool
) -> None:
    if not exchanges:
        monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    home = tmp_path / "home"
    make_old(home)
    old = contents(home)
    make_new(home)
    new = contents(home)
    assert set(new) - set(old) == {"data/c.csv", "deep/new.txt"}
    assert set(old) - set(new) == {"data/b.csv", "gone.txt"}
    make_old(home)
    seen = []
    for broken in broken_runs(lambda: make_new(home)):
        before = contents(home)
        if not broken.startswith("kill"):  # the run itself tidied up, as far as it was let
            before = {name: data for name, data in before.items() if not name.startswith(files.STAGING)}
            assert before in (old, new), broken
        recover(home)
        assert contents(home) in (old, new), broken
        seen.append(contents(home) == new)
        make_old(home)
    assert len(seen) > 60
    assert 0 < sum(seen) < len(seen)


def test_a_second_fault_while_the_first_is_undone_is_finished_at_the_next_start(tmp_path: Path) -> None:
    home = tmp_path / "home"
    make_old(home)
    old = contents(home)
    make_new(home)
    new = contents(home)
    for first in ("kill", "full"):
        make_old(home)
        for _ in broken_runs(lambda: make_new(home), (first,)):
            left = tmp_path / "left"
            shutil.rmtree(left, ignore_errors=True)
            shutil.copytree(home, left)
            for again in broken_runs(lambda: recover(home), ("kill",)):
                recover(home)
                assert contents(home) in (old, new), again
            make_old(home)


def test_a_replacement_by_something_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x").write_text("x")
    with replaced(tmp_path, "a") as new:
        (new / "a").write_text("a file now")
    assert contents(tmp_path) == {"a": b"a file now"}


def test_one_folder_is_never_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_old(tmp_path / "home")
    renamed: list[Path] = []
    rename = Path.rename
    monkeypatch.setattr(Path, "rename", lambda self, to: (renamed.append(self), rename(self, to))[1])
    with replaced(tmp_path / "home", "data") as new:
        (new / "data").mkdir()
    assert tmp_path / "home/data" not in renamed


def test_a_second_run_is_told_to_wait(tmp_path: Path) -> None:
    script = "import sys; from pathlib import Path; from pipeline.safety.files import replaced\n"
    script += "with replaced(Path(sys.argv[1]), 'a') as new: (new / 'a').write_text('second')"
    with replaced(tmp_path, "a") as new:
        (new / "a").write_text("first")
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False
        )
    assert "PipelineError" in done.stderr
    assert "wait until it is done" in done.stderr
    assert contents(tmp_path) == {"a": b"first"}


def test_a_run_may_lock_again_what_it_has_locked(tmp_path: Path) -> None:
    with locked(tmp_path), locked(tmp_path), replaced(tmp_path, "a") as new:
        (new / "a").write_text("x")
    assert contents(tmp_path) == {"a": b"x"}


def test_a_worker_does_not_keep_the_lock_of_a_parent_that_died(tmp_path: Path) -> None:
    script = (
        "import os, sys, time; from pathlib import Path; from pipeline.safety.files import locked\n"
        "with locked(Path(sys.argv[1])):\n"
        "    if os.fork() == 0: print(os.getpid(), flush=True); time.sleep(60)\n"
        "    time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    worker = int(parent.stdout.readline())
    with pytest.raises(PipelineError), locked(tmp_path):
        pass
    parent.kill()
    parent.wait()
    with locked(tmp_path):
        os.kill(worker, 0)  # still there, and no hindrance
    os.kill(worker, 9)
    parent.stdout.close()


def test_leftovers_that_are_a_link_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/kept").write_text("x")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / files.STAGING).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PipelineError), replaced(tmp_path / "home", "a"):
        pass
    assert (tmp_path / "elsewhere/kept").is_file()


def test_one_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "entry"
    path.write_bytes(b"old")
    for broken in broken_runs(lambda: write_whole(path, b"new")):
        assert path.read_bytes() in (b"old", b"new"), broken
        path.write_bytes(b"old")


def _moves(source: str) -> set[str]:
    """What a module does that only ``safety/files.py`` may: move things into the place of others, or make names for it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="tempfile"), attr="mkdtemp" | "mkstemp" as name)
            ):
                found.add(name)
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="os"), attr="rename" | "replace" | "renames" as name)
            ):
                found.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="shutil"), attr="move")):
                found.add("move")
            case ast.Call(func=ast.Attribute(attr="rename"), args=[_]):
                found.add("rename")
            case ast.Call(func=ast.Attribute(attr="replace"), args=[_], keywords=[]):  # a text's has two
                found.add("replace")
    return found


# Folders that nobody else sees: a language of the site moved within what is being built, and a folder tried by itself.
WITHIN_WHAT_IS_BUILT = {"site/build.py", "review/compare.py"}


@pytest.mark.parametrize(
    "path", sorted(PIPELINE.rglob("*.py")), ids=lambda path: str(path.relative_to(PIPELINE))
)
def test_nobody_else_moves_files_into_place(path: Path) -> None:
    name = path.relative_to(PIPELINE).as_posix()
    if name != "safety/files.py":
        allowed = {"rename"} if name in WITHIN_WHAT_IS_BUILT else set()
        assert _moves(path.read_text(encoding="utf-8")) <= allowed, f"{name}: use pipeline.safety.files"


@pytest.mark.parametrize(
    "source",
    [
        "import tempfile\ntempfile.mkdtemp(dir='x')",
        "import os\nos.replace(a, b)",
        "new.rename(old)",
        "new.replace(old)",
    ],
)
def test_a_second_way_is_seen(source: str) -> None:
    assert _moves(source)
    assert not _moves("text.replace('a', 'b')")
