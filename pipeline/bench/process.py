"""What a command costs: seconds of the clock and of the processors, and the most memory, its children counted."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE = 0.25  # seconds between two looks at the memory
MIB = 1024 * 1024


@dataclass(frozen=True)
class Cost:
    """What a command cost.

    Attributes:
        seconds: of the clock.
        cpu: of the processors, in user and system, of the command and of all whom it waited for.
        mib: the most memory of the command and all its children at one moment, shared pages counted once.
    """

    seconds: float
    cpu: float
    mib: float


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Cost:
    """Runs a command to its end.

    Args:
        command: the program and its words.
        folder: where it runs.
        environment: all its variables.

    Raises:
        RuntimeError: it failed; the message has the end of what it said.
    """
    start = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        most = _Most(process.pid)
        said = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = most.end()
    if status:
        raise RuntimeError(f"{' '.join(command)} failed: {said[-2000:].decode(errors='replace')}")
    # Kilobytes on Linux, bytes on macOS, where nobody tells the memory of children.
    alone = usage.ru_maxrss * (1024 if sys.platform.startswith("linux") else 1)
    return Cost(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, max(peak, alone) / MIB)


class _Most:
    """Looks at the memory of a session again and again, beside the one that waits for it."""

    def __init__(self, session: int) -> None:
        self._session, self._most = session, 0
        self._done = threading.Event()
        self._looker = threading.Thread(target=self._look, daemon=True)
        self._looker.start()

    def _look(self) -> None:
        while not self._done.wait(SAMPLE):
            self._most = max(self._most, sum(map(_memory, _members(self._session))))

    def end(self) -> int:
        """Bytes; 0 where the system does not say."""
        self._done.set()
        self._looker.join()
        return self._most


def _members(session: int) -> Iterator[int]:
    """The processes of a session: whoever the command started, and whoever these started."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            # The name, in brackets, may hold anything; the session is the fourth word after it.
            words = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(words[3]) == session:
            yield int(entry.name)


def _memory(process: int) -> int:
    """Bytes in use, of pages that several share each its part."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
