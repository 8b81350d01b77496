"""What a command costs is counted with all whom it starts."""

import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from pipeline.bench import process
from pipeline.bench.process import measure

CHILD = """
import time
held = b"x" * (200 << 20)
while time.process_time() < 0.5: pass
time.sleep(0.8)
"""
# A process that does nothing but start another, which works half a second and holds 200 MiB at the end.
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}], check=True)"


def test_work_and_memory_of_children_are_counted(tmp_path: Path) -> None:
    cost = measure([sys.executable, "-c", PARENT], tmp_path, os.environ)
    assert cost.cpu >= 0.5
    assert cost.mib >= 200
    assert cost.seconds >= 1.3


def test_two_children_hold_twice_as_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: Counter[int] = Counter()
    look = process._memory

    def seen(child: int) -> int:
        """Both end when each was looked at twice while it held its part: then one look has met both."""
        bytes_held = look(child)
        looks.update([child] if bytes_held >= 100 << 20 else [])
        if len(looks) == 2 and min(looks.values()) >= 2:
            (tmp_path / "seen").touch()
        return bytes_held

    monkeypatch.setattr(process, "_memory", seen)
    child = "import os, time; held = b'x' * (100 << 20)\nwhile not os.path.exists('seen'): time.sleep(0.1)"
    both = (
        f"import subprocess, sys; two = [subprocess.Popen([sys.executable, '-c', {child!r}]) for _ in '12']"
    )
    cost = measure([sys.executable, "-c", f"{both}; [one.wait() for one in two]"], tmp_path, os.environ)
    assert cost.mib >= 200


def test_a_command_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no such luck"):
        measure([sys.executable, "-c", "raise SystemExit('no such luck')"], tmp_path, os.environ)
