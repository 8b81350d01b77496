"""``python -m pipeline`` without the second in which Python imports it and it reads its YAML: a process that has done both
forks a child for each command, with the folder, environment and streams of whoever asks. What the command does is the same.

``python()`` is an executable for tests and scripts alike; what it is not asked as ``-m pipeline`` it leaves to Python.
A copy of the program (a fork) is another program: there the real Python belongs.
"""

import atexit
import gc
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
JUDGED = "JUDGED_ONCE"  # names the folder of ``judged`` to the process behind


@cache
def python() -> str:
    """The executable; starts the process behind it, which ends with this one."""
    folder = tempfile.TemporaryDirectory(prefix="warm-")
    address, script = Path(folder.name, "socket"), Path(folder.name, "python")
    script.write_text(
        '#!/bin/sh\ncase "$1 $2" in\n'
        f'"-m pipeline") shift 2; exec "{sys.executable}" -I -S "{__file__}" ask "{address}" "$@" ;;\n'
        f'*) exec "{sys.executable}" "$@" ;;\nesac\n',
        "utf-8",
    )
    script.chmod(0o755)
    server = subprocess.Popen(
        [sys.executable, __file__, "serve", str(address)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            JUDGED: os.environ.get(JUDGED, ""),
        },
    )
    assert server.stdout
    assert server.stdout.readline() == b"ready\n"

    @atexit.register
    def end() -> None:
        server.kill()
        server.communicate()
        folder.cleanup()

    return str(script)


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """``python -m pipeline`` with these words in a folder, with no settings of this machine."""
    return subprocess.run(
        [python(), "-m", "pipeline", *words],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def ask(address: str, words: list[str]) -> int:
    """The client: hands its folder, environment and streams on, and waits for the exit code."""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(address)
        said = json.dumps([str(Path.cwd()), dict(os.environ), words]).encode()
        socket.send_fds(server, [len(said).to_bytes(8, "big")], [0, 1, 2])
        server.sendall(said)
        return int(server.recv(8))


def serve(address: str) -> None:
    """The process behind it. Returns in a child that is like a Python just started for one command."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    print("ready", flush=True)
    while True:
        if sys.stdin.fileno() in select.select([listener, sys.stdin], [], [])[0]:
            os._exit(0)  # the tests are over
        asked, _ = listener.accept()
        with suppress(ChildProcessError):  # those that have answered
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not os.fork():
            break
        asked.close()
    listener.close()
    size, streams, *_ = socket.recv_fds(asked, 8, 3)
    with asked.makefile("rb") as said:
        folder, environment, words = json.loads(said.read(int.from_bytes(size, "big")))
    if child := os.fork():
        for stream in streams:
            os.close(stream)
        asked.sendall(b"%d" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        os._exit(0)
    asked.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["python -m pipeline", *words]


def know() -> None:
    """Reads a report and makes its tables, so that what all commands look up in the knowledge is there."""
    from pipeline.archive.sources import agencies, sources
    from pipeline.checks.all import check_all
    from pipeline.document.read import read
    from pipeline.knowledge.settings import settings
    from pipeline.model.outcome import ReadReport
    from pipeline.package.rows import make_tables
    from pipeline.reading.report import make_report

    reports = ROOT / "datapackage/reports"
    one = next(iter(sources(reports, frozenset({"511900-housing"}))))
    filed = check_all([ReadReport(one, make_report(read(one.load(), one.format)), "")])
    make_tables(agencies(reports), filed)
    settings.cache_clear()  # whoever asks may have others
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    if sys.argv[1] == "ask":
        sys.exit(ask(sys.argv[2], sys.argv[3:]))
    import frictionless  # noqa: F401  # commands import it when they need it

    from pipeline.cli.commands import main
    from tests.tools.judged import remember

    if os.environ[JUDGED]:
        remember(Path(os.environ[JUDGED]))
    know()
    serve(sys.argv[2])
    main()
