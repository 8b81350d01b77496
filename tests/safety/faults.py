"""A run made to fail, to be interrupted or to die at each of its system calls on files; what lies there afterwards is told.

The work runs once for each place; what dies is a child process. An audit hook sees every call that opens, renames or
removes; a limit of the system breaks off what is being written: after so many bytes of a file the disk takes no more.
"""

import contextlib
import errno
import os
import resource
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.safety.files import recover

CALLS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "shutil.copyfile"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
KILLED, FAILED, DONE = 87, 86, 0
_state: dict[str, int | str] = {}


def _hook(event: str, args: tuple[object, ...]) -> None:
    if "mode" not in _state or (event not in CALLS and not (event == "open" and int(args[2] or 0) & WRITES)):  # type: ignore[call-overload]
        return
    if str(args[0]).startswith(("/dev/", "/proc/")):
        return
    _state["count"] = int(_state["count"]) + 1
    if _state["count"] != _state["at"]:
        return
    if _state["mode"] == "kill":
        os._exit(KILLED)
    if _state["mode"] == "interrupt":
        raise KeyboardInterrupt
    raise OSError(errno.ENOSPC if _state["mode"] == "full" else errno.EPERM, "made to fail")


sys.addaudithook(_hook)


def broken_runs(
    work: Callable[[], None], modes: tuple[str, ...] = ("kill", "full", "refuse", "interrupt")
) -> Iterator[str]:
    """Runs the work again and again, each time broken at the next call, until it comes through; names each break.

    Afterwards the same with a disk that takes 0, 1, 3, 7 … bytes of a file, and fails in the middle of a write.

    The caller puts everything back between two runs.
    """
    for mode in modes:
        for at in range(1, 100_000):
            code = _run(work, mode, at)
            yield f"{mode} at call {at}"
            if code == DONE:
                break
    for most in (2**power - 1 for power in range(40)):
        code = _run(work, "short", most)
        yield f"a disk that takes {most} bytes of a file"
        if code == DONE:
            break


def _run(work: Callable[[], None], mode: str, at: int) -> int:
    if mode != "kill":
        return _broken(work, mode, at)
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os._exit(_broken(work, mode, at))


def _broken(work: Callable[[], None], mode: str, at: int) -> int:
    code = FAILED
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with contextlib.suppress(BaseException):
        try:
            if mode == "short":
                resource.setrlimit(resource.RLIMIT_FSIZE, (at, limits[1]))
            else:
                _state.update(mode=mode, at=at, count=0)
            work()
            code = DONE if mode == "short" or int(_state["count"]) < at else FAILED
        finally:
            _state.clear()
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    return code


def always_old_or_new(
    home: Path,
    work: Callable[[], object],
    *,
    least: int,
    modes: tuple[str, ...] = ("kill", "refuse"),
    part: Path | None = None,
) -> None:
    """Breaks the work everywhere and compares with what was there before and what a whole run makes.

    Args:
        home: all that the work writes in; put back between two runs.
        work: what is broken off.
        least: so many places at the least.
        modes: as for ``broken_runs``.
        part: what must be one of the two even before the next start mends it.
    """
    kept, old = home.with_name("kept"), contents(home)
    before = contents(part) if part else {}
    shutil.copytree(home, kept)
    work()
    new, after, seen = contents(home), contents(part) if part else {}, 0
    assert old != new

    def back() -> None:
        shutil.rmtree(home)
        shutil.copytree(kept, home)

    back()
    for broken in broken_runs(work, modes):
        if part:
            assert contents(part) in (before, after), broken
        recover(home)
        assert contents(home) in (old, new), broken
        back()
        seen += 1
    assert seen >= least


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, and every empty folder."""
    return {
        path.relative_to(folder).as_posix() + ("/" if path.is_dir() else ""): b""
        if path.is_dir()
        else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() or not any(path.iterdir())
    }
