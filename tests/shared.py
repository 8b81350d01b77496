"""What is made once a run and read by every process of it: sites, the demonstration, and the server that shows them.

Whoever asks first makes it; the others wait at its lock. Nobody may write into it.
"""

import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from filelock import FileLock

from pipeline.archive.sources import agencies
from pipeline.bench.demo import Planted, write_demo
from pipeline.filing.read_all import read_all
from pipeline.model.outcome import CheckedReport
from pipeline.package.rows import make_tables
from pipeline.package.write import write_package


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a line for each request would bury pytest's output."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serves a folder on a free port of this machine; its address has no slash at the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Shared:
    """A folder that all processes of a run see, and its address."""

    folder: str
    address: str

    def once(self, name: str, make: Callable[[Path], object]) -> Path:
        """The folder ``name``, made by the first who asks.

        Args:
            name: of one folder; the same name must always be made in the same way.
            make: fills an empty folder. Where it fails nothing is kept, and the next who asks tries again.
        """
        made = Path(self.folder, name)
        ready, lock = made.with_suffix(".ready"), made.with_suffix(".lock")
        with FileLock(lock):
            if not ready.exists():
                shutil.rmtree(made, ignore_errors=True)
                made.mkdir()
                make(made)
                ready.touch()
        return made


@dataclass(frozen=True)
class Demonstration:
    """The invented reports: their folder, their package, what was planted, and what was read."""

    reports: Path
    package: Path
    planted: Planted
    filed: list[CheckedReport]


def demonstrate(folder: Path) -> None:
    """Writes and reads the invented reports; what was planted and what was read is kept beside them."""
    reports = folder / "reports"
    reports.mkdir()
    planted, filed = write_demo(reports), read_all(reports)
    write_package(make_tables(agencies(reports), filed), folder / "package")
    (folder / "kept.pickle").write_bytes(pickle.dumps((planted, filed)))


class Host:
    """The process that was started by hand: it has the folder and the server; its workers are told of both."""

    def __init__(self) -> None:
        self._open = ExitStack()

    @cached_property
    def told(self) -> dict[str, str]:
        """What a worker must know. The server starts with the first who asks: few tests need it."""
        folder = tempfile.mkdtemp(prefix="shared-")
        self._open.callback(shutil.rmtree, folder, ignore_errors=True)
        return {"folder": folder, "address": self._open.enter_context(served(Path(folder)))}

    def close(self) -> None:
        """The server ends and the folder goes."""
        self._open.close()
