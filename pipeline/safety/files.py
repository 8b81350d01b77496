"""Files and folders replaced as a whole: the one way in which anything that was there before is written anew.

What is new is made in ``<home>/.replacing/new``. Then a journal is written, which is the moment of decision: before it the
old stays, after it the new comes. A run that is killed leaves the journal, and the next one finishes what it says; an
error or Ctrl-C puts the old back. So there is the old or the new, and never a mixture or neither. Where the system can
exchange two paths at once, as Linux and macOS can, a single file or folder is never absent even for a moment.

It survives the death of the process. It does not wait for the disk, so a power failure may lose what was just written:
that can be made again from the reports, and waiting takes 5 ms a file. A report itself may exist nowhere else once the
inbox has let go of it, so whoever files one waits, with ``settle``.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.model.findings import PipelineError

STAGING = ".replacing"  # a name with a dot: no agency, no page, no table to any reader
JOURNAL = "journal.json"
_held: dict[Path, int] = {}  # folders that this process has locked → the descriptor of the lock


@contextmanager
def replaced(home: Path, *names: str) -> Iterator[Path]:
    """New files and folders that take the place of the old ones when everything went well; else the old ones stay.

    Args:
        home: the folder that holds them; made where it is missing, and locked meanwhile.
        names: what is replaced, below folders of ``home`` that are there, with slashes. One that is not made is removed.

    Yields:
        an empty folder to make them in, under the same names.

    Raises:
        PipelineError: another run is writing in ``home``.
        OSError: the disk refuses; everything is as before.
    """
    with locked(home):
        _recover(home)
        staging = home / STAGING
        try:
            (staging / "new").mkdir(parents=True)
            yield staging / "new"
            _decide(home, names)
        except BaseException:
            _undo(home)
            raise
        with contextlib.suppress(OSError):  # it is done; what is left over is taken away at the next start
            _clean(home)


def recover(home: Path) -> None:
    """Finishes or takes away what a run that was killed left; nothing where another run is at work there.

    Args:
        home: a folder in which ``replaced`` writes; it need not exist.

    Raises:
        OSError: the disk refuses; what was left is still there.
    """
    if (home / STAGING).is_dir():
        with contextlib.suppress(PipelineError), locked(home):
            _recover(home)


def write_whole(path: Path, data: bytes) -> None:
    """Writes one file: whoever looks finds all of the old one or all of the new one.

    Args:
        path: in a folder that exists.
        data: all that the file will hold.

    Raises:
        OSError: the disk refuses; the old file is still there.
    """
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_bytes(data)
        new.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            new.unlink()
        raise


def settle(path: Path) -> None:
    """Waits until the disk holds a file, or the names in a folder: a power failure does not lose it any more.

    Args:
        path: is there. On Windows nothing is done for a folder, which keeps its names by itself.

    Raises:
        OSError: the disk has no room, or is broken; some systems say so only now.
    """
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _recover(home: Path) -> None:
    staging = home / STAGING
    if (staging / JOURNAL).is_file():
        _forward(home)
    if staging.is_symlink():
        raise PipelineError(f"{staging} 是链接，不能写入", f"{staging} is a link and is not written to")
    if staging.exists():
        _clean(home)


def _decide(home: Path, names: tuple[str, ...]) -> None:
    """Writes the journal and does what it says. The inode of what is new tells later whether it is in its place."""
    new = home / STAGING / "new"
    entry = {name: _inode(new / name) for name in names}
    write_whole(home / STAGING / JOURNAL, json.dumps(entry).encode())
    _forward(home)


def _forward(home: Path) -> None:
    """Every new thing into its place; steps that are done already are left out."""
    staging = home / STAGING
    for name, inode in _journal(home):
        new, here, old = staging / "new" / name, home / name, staging / "old" / name
        _finish_swap(new, here)
        if inode is None:
            if _inode(here) is not None:
                old.parent.mkdir(parents=True, exist_ok=True)
                here.rename(old)
        elif _inode(here) is None:
            new.rename(here)
        elif _inode(here) != inode:
            _swap(new, here)


def _undo(home: Path) -> None:
    """Every old thing back into its place, and the rest away; if even that fails, the next start finishes the new."""
    staging = home / STAGING
    for name, inode in _journal(home):
        new, here, old = staging / "new" / name, home / name, staging / "old" / name
        _finish_swap(new, here)
        if inode is None:
            if _inode(old) is not None:
                old.rename(here)
        elif _inode(here) == inode:
            if _inode(new) is None:
                here.rename(new)
            else:
                _swap(new, here)
    _clean(home)


def _clean(home: Path) -> None:
    """Takes the staging folder away, the journal first: without it nothing in there counts."""
    (home / STAGING / JOURNAL).unlink(missing_ok=True)
    shutil.rmtree(home / STAGING, ignore_errors=True)


def _journal(home: Path) -> list[tuple[str, int | None]]:
    path = home / STAGING / JOURNAL
    return list(json.loads(path.read_bytes()).items()) if path.is_file() else []


def _inode(path: Path) -> int | None:
    try:
        return path.lstat().st_ino
    except FileNotFoundError:
        return None


def _swap(new: Path, here: Path) -> None:
    """Two paths change places: in one step where the system can, else in three that ``_finish_swap`` completes."""
    if not _exchange(new, here):
        here.rename(_aside(new))
        _finish_swap(new, here)


def _finish_swap(new: Path, here: Path) -> None:
    if _inode(_aside(new)) is not None:
        if _inode(here) is None:
            new.rename(here)
        _aside(new).rename(new)


def _aside(new: Path) -> Path:
    return new.with_name(f".{new.name}.aside")


def _exchange(one: Path, other: Path) -> bool:
    """Exchanges two paths in one step; False where the system or the file system cannot."""
    sys.audit("os.rename", str(one), str(other), -1, -1)
    library: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
    names, here, swap = (
        (os.fsencode(one), os.fsencode(other)),
        -100,
        2,
    )  # AT_FDCWD; RENAME_EXCHANGE, RENAME_SWAP
    if hasattr(library, "renameat2"):
        failed = library.renameat2(here, names[0], here, names[1], swap)
    elif hasattr(library, "renamex_np"):
        failed = library.renamex_np(*names, swap)
    else:
        return False
    number = ctypes.get_errno()
    if failed and number not in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        raise OSError(number, os.strerror(number), str(one))
    return not failed


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Keeps other runs from writing in a folder; a run may lock a folder that it has locked already.

    The lock is on the folder itself and ends with the process, however that ends.

    Args:
        home: made where it is missing.

    Raises:
        PipelineError: another run has it.
    """
    home.mkdir(parents=True, exist_ok=True)
    key = home.resolve()
    if key in _held:
        yield
        return
    _held[key] = _lock(home)
    try:
        yield
    finally:
        os.close(_held.pop(key))


def _lock(home: Path) -> int:
    """The descriptor that holds the lock; where the file system knows no locks, one that holds nothing."""
    descriptor = _descriptor(home)
    try:
        _take(descriptor)
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
            return descriptor
        os.close(descriptor)
        raise PipelineError(
            f"另一个程序正在写 {home}；请等它做完，再运行一次",
            f"another run is writing in {home}; wait until it is done and run this again",
        ) from error
    return descriptor


if sys.platform == "win32":  # cannot lock a folder: there a file in it stands for it
    import msvcrt

    def _descriptor(home: Path) -> int:
        return os.open(home / ".lock", os.O_RDWR | os.O_CREAT)

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _descriptor(home: Path) -> int:
        return os.open(home, os.O_RDONLY)

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _let_go() -> None:
    """In a worker process: the lock is its parent's alone, and ends with it."""
    for descriptor in _held.values():
        os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
