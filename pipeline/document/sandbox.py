"""Reading within bounds: files are read by a child process, which is killed when one takes too long or too much.

What a hostile file does to a reader, it does to the child: the file becomes a finding, and the next file gets a new
child. A child serves many files, because starting one costs more than reading a report. On Linux it is a fork; where
forking is not possible, or not safe because of other threads, it is a fresh Python. Pebble was tried in its place: it is
as fast, but its three threads in every process that reads make forking unsafe, and it ends no child that has grown.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import mmap
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any, TypeVar, cast

from pipeline.document.limits import LIMITS, MIB
from pipeline.document.read import prepared, read_as
from pipeline.document.refusal import RefusedError, refusal
from pipeline.knowledge.formats import Format
from pipeline.model.document import Document
from pipeline.model.recognition import Recognition

T = TypeVar("T")
Task = tuple[object, ...]  # a function, and what it is given
SIZE = 8  # bytes in which the length of a message is written
FRESH = "from pipeline.document.sandbox import serve_standard_streams; serve_standard_streams()"
START_SECONDS = 5  # for a fresh Python to start, on top of the time for the file
FILES_A_CHILD = 500


@dataclass(frozen=True)
class Bounds:
    """What a child may take: seconds of a processor for a task, of the clock on top, and bytes beside what it begins with.

    One that has grown by ``growth`` bytes makes way for a new one.
    """

    seconds: int = LIMITS.seconds
    memory: int = LIMITS.memory
    growth: int = 128 * MIB
    patience: int = LIMITS.patience


BOUNDS = Bounds()


class ReaderError(Exception):
    """A reader failed in a way that is a bug of ours; the words are those of the exception in the child."""


def read_bounded(data: bytes, name: str, recognition: Recognition | None = None) -> Document:
    """Reads a filed report within the limits of ``limits.LIMITS``.

    Args:
        data: the whole file.
        name: its name or extension, which may lie.
        recognition: what was recognised in its pictures, where they were read before.

    Raises:
        RefusedError: nothing of it can be read, or a limit was hit; its finding says which.
        ReaderError: a bug of a reader.
    """
    return bounded(data, name, _as_it_is, recognition)


def bounded(
    data: bytes, name: str, then: Callable[[Document], T], recognition: Recognition | None = None
) -> T:
    """Reads a filed report as ``read_bounded`` does, and makes something of it within the same limits.

    Args:
        data, name, recognition: as there.
        then: what is made of the document; see ``run``.
    """
    extension = (PurePath(name).suffix or name).removeprefix(".").lower()
    format_, data = prepared(data)
    made: T = run(_read, then, format_, data, extension, recognition)
    return made


def run(function: Callable[..., T], *arguments: object) -> T:
    """What a function gives, called in the child: within the limits.

    Args:
        function: one of a module, or a ``partial`` of one: it is sent by its name.
        arguments: what it is given; they are copied, like what it returns.

    Raises:
        RefusedError: a limit was hit, or the function says so itself.
        ReaderError: any other exception in the function: a bug.
    """
    with _lock:
        answer: object = _ask((function, *arguments))
    if isinstance(answer, RefusedError | ReaderError):
        raise answer
    return cast(T, answer)


def _as_it_is(document: Document) -> Document:
    return document


def _read(
    then: Callable[[Document], T],
    format_: Format,
    data: bytes,
    extension: str,
    recognition: Recognition | None,
) -> T:
    return then(read_as(format_, data, extension, recognition))


# -- the parent -------------------------------------------------------------------------------------------------


class Child:
    """A process that reads files, as its parent sees it."""

    def __init__(
        self,
        write: IO[bytes],
        receive: IO[bytes],
        wait: Callable[[], int],
        kill: Callable[[], None],
        seconds_to_start: int,
        bounds: Bounds,
    ) -> None:
        self.write = write
        self.receive = receive
        self.wait = wait
        self.kill = kill
        self.parent = os.getpid()
        self.seconds_to_start = seconds_to_start  # 0 once it has answered
        self.bounds = bounds

    def ask(self, task: object) -> tuple[Any, bool]:
        """The answer, and whether the child goes on living.

        Raises:
            EOFError: it died before it took the task.
            RefusedError: it died of it.
        """
        late = threading.Event()

        def stop() -> None:
            late.set()
            self.kill()

        clock = threading.Timer(self.bounds.seconds + self.bounds.patience + self.seconds_to_start, stop)
        clock.daemon = True
        clock.start()
        try:
            message = self._exchanged(task)
        except EOFError:
            if not late.is_set():
                raise
            message = None  # it was stopped before it had taken the whole task
        finally:
            clock.cancel()
            clock.join()  # a fork is safe only where there is no other thread
        if late.is_set():
            self.end()
            raise _too_long(self.bounds)
        if message is None:
            raise _died_of(self.end(), self.bounds)
        self.seconds_to_start = 0
        packed, lives = pickle.loads(message)
        return pickle.loads(packed), lives

    def _exchanged(self, task: object) -> bytes | None:
        try:
            _send(self.write, pickle.dumps(task, protocol=pickle.HIGHEST_PROTOCOL))
        except BrokenPipeError as error:
            raise EOFError from error
        return _received(self.receive)

    def let_go(self) -> None:
        """Closes this end of its pipes; where this is the last such end, it ends by itself."""
        for stream in (self.write, self.receive):
            with contextlib.suppress(OSError):
                stream.close()

    def end(self) -> int:
        """Kills it if it still lives; its exit code, negative for a signal."""
        self.let_go()
        self.kill()
        return self.wait()


_lock = threading.Lock()
_child: Child | None = None


def _ask(task: Task) -> object:
    """Has a living child read a file; a child that died while it was idle is replaced once."""
    global _child
    for again in (True, False):
        child = _child
        _child = None  # it is put back only if it is well
        if child is not None and child.parent != os.getpid():
            child.let_go()  # it belongs to the process that this one was forked from
            child = None
        if child is None:
            child = _fork() if _may_fork() else fresh_child(FRESH, BOUNDS)
        try:
            answer, lives = child.ask(task)
        except EOFError:
            child.end()
            if not again:
                raise _died_of(0, BOUNDS) from None
            continue
        except BaseException:
            child.end()
            raise
        if lives:
            _child = child
        else:
            child.end()
        return answer
    raise _died_of(0, BOUNDS)


@atexit.register
def _end_child() -> None:
    if _child is not None and _child.parent == os.getpid():
        _child.end()


def _may_fork() -> bool:
    return sys.platform.startswith("linux") and threading.active_count() == 1


def _fork() -> Child:
    task_end, write = os.pipe()
    receive, answer_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_the_child(task_end, answer_end)
    os.close(task_end)
    os.close(answer_end)
    status: list[int] = []

    def kill() -> None:
        if not status:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def wait() -> int:
        if not status:
            status.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        return status[0]

    return Child(os.fdopen(write, "wb"), os.fdopen(receive, "rb"), wait, kill, 0, BOUNDS)


def fresh_child(program: str, bounds: Bounds) -> Child:
    """A new Python that runs a program, which is to call ``serve``."""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=PurePath(__file__).parents[2],
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a process was started with pipes and has none")
    return Child(process.stdin, process.stdout, process.wait, process.kill, START_SECONDS, bounds)


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(SIZE, "big"))
    stream.write(message)
    stream.flush()


def _received(stream: IO[bytes]) -> bytes | None:
    """One whole message; None if the other side ended first."""
    size = int.from_bytes(stream.read(SIZE), "big")
    message = stream.read(size) if size else b""
    return message if size and len(message) == size else None


def _too_long(bounds: Bounds) -> RefusedError:
    return refusal("D104", "reading_slow", limit=f"{bounds.seconds} s")


def too_much_memory(bounds: Bounds) -> RefusedError:
    """What is said of a file that takes more memory than it may."""
    return refusal("D104", "reading_memory", limit=f"{bounds.memory // MIB} MiB")


def _died_of(code: int, bounds: Bounds) -> RefusedError:
    """What a child that died says by its exit code."""
    names = {-getattr(signal, name, 0): name for name in ("SIGXCPU", "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE")}
    name = names.get(code, "") if code < 0 else ""
    if name == "SIGXCPU":
        return _too_long(bounds)
    if name:
        return refusal("D105", "reader_crashed")
    return too_much_memory(
        bounds
    )  # PDFium ends its process when it gets no more; the system kills without a word


# -- the child --------------------------------------------------------------------------------------------------


def _be_the_child(tasks: int, answers: int) -> None:
    """Reads file after file, then ends; nothing of the parent is cleaned up or flushed, none of its files kept open."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
        low, high = sorted((tasks, answers))
        os.closerange(3, low)
        os.closerange(low + 1, high)
        os.closerange(high + 1, high + 4096)
        gc.freeze()
        _serve(os.fdopen(tasks, "rb"), os.fdopen(answers, "wb"), _answer, BOUNDS)
        code = 0
    finally:
        os._exit(code)


def serve_standard_streams() -> None:
    """The whole life of a fresh child: tasks on standard input, answers on standard output."""
    serve(_answer, BOUNDS)


def serve(answer: Callable[..., object], bounds: Bounds) -> None:
    """Answers the tasks on standard input on standard output, until there are no more; a task is a tuple of arguments."""
    _serve(sys.stdin.buffer, sys.stdout.buffer, answer, bounds)


def _serve(tasks: IO[bytes], answers: IO[bytes], answer: Callable[..., object], bounds: Bounds) -> None:
    most = _memory_in_use() + bounds.memory
    _limit("RLIMIT_AS", most)
    _limit("RLIMIT_CORE", 0)
    before = _memory_in_use()
    for number in range(1, FILES_A_CHILD + 1):
        message = _received(tasks)
        if message is None:
            return
        _limit("RLIMIT_CPU", int(time.process_time()) + bounds.seconds + 1)
        packed = _packed(message, answer, bounds)
        lives = number < FILES_A_CHILD and _memory_in_use() < before + bounds.growth
        _send(answers, pickle.dumps((packed, lives), protocol=pickle.HIGHEST_PROTOCOL))
        if not lives:
            return


def _packed(message: bytes, answer: Callable[..., object], bounds: Bounds) -> bytes:
    """The answer to one task as it is sent. A task or an answer that cannot be sent is a bug, and no fault of the file."""
    answered: object
    try:
        answered = answer(*pickle.loads(message))
        return pickle.dumps(answered, protocol=pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        answered = too_much_memory(bounds)
    except Exception as error:  # noqa: BLE001 - the child has no other way to say what happened
        answered = ReaderError(f"{type(error).__name__}: {error}")
    return pickle.dumps(answered)


def _answer(function: Callable[..., object], *arguments: object) -> object:
    """What the function gives, or the exception that says why it gives nothing."""
    try:
        return function(*arguments)
    except RefusedError as error:
        return error
    except (MemoryError, RecursionError):
        return too_much_memory(BOUNDS)
    except Exception as error:  # noqa: BLE001 - the child has no other way to say what happened
        return ReaderError(f"{type(error).__name__}: {error}")


def _memory_in_use() -> int:
    """Address space of this process in bytes; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - read once a file, so quickly
            return int(file.read().split()[0]) * mmap.PAGESIZE
    except OSError:
        return 0


def _limit(name: str, most: int) -> None:
    """Sets a limit of this process; where the system has none, the clock of the parent is the only bound."""
    if sys.platform == "win32":
        return
    import resource  # here, because Windows has none

    what = getattr(resource, name)
    hard = resource.getrlimit(what)[1]
    soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with contextlib.suppress(ValueError, OSError):  # macOS refuses some of them
        resource.setrlimit(what, (soft, hard))
