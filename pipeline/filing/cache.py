"""Results kept between runs, by content. Comes in: a key of everything that a result depends on. Goes out: what was kept.

A kept result is never a source of different output: the key holds the bytes that were read and what they are filed as,
the folder's name holds the pipeline (its code, its knowledge, its libraries), and an entry that does not carry its own
checksum is taken as not there. Entries are pickles made on this machine: the folder is to be trusted like the code.
"""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import shutil
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipeline import knowledge
from pipeline.safety.files import write_whole

PACKAGE = Path(__file__).parents[1]
LIBRARIES = ("pypdfium2", "pyyaml", "selectolax", "tinycss2")  # those whose version can change what is read
CHECKSUM = 32  # bytes


@cache
def pipeline_version() -> str:
    """A name for all that decides how a file is read: our code and knowledge, Python, and the readers' libraries."""
    digest = hashlib.sha256(
        repr((sys.version_info[:3], [(name, version(name)) for name in LIBRARIES])).encode()
    )
    for path in sorted((*PACKAGE.rglob("*.py"), *knowledge.FOLDER.rglob("*"))):
        if path.is_file() and path.suffix != ".pyc":
            content = path.read_bytes()
            digest.update(f"\0{path.relative_to(PACKAGE).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:16]


def key_of(data: bytes, *filed_as: object) -> str:
    """The key of a result: the bytes it is made of, and values with a faithful ``repr`` that it also depends on.

    Args:
        data: the bytes; none are fine.
        *filed_as: also counts, in this order.
    """
    digest = hashlib.sha256(data)
    digest.update(repr(filed_as).encode())
    return digest.hexdigest()


class Cache:
    """A folder of results. It holds results of this pipeline alone; those of another are removed.

    Attributes:
        folder: where the entries are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / pipeline_version()
        if folder.is_dir():
            for old in folder.iterdir():
                if old.name != self.folder.name:
                    shutil.rmtree(old, ignore_errors=True)

    def get(self, key: str) -> object | None:
        """What was kept; None where nothing was, or where the entry is damaged.

        Args:
            key: of ``key_of``.
        """
        try:
            entry = self._path(key).read_bytes()
        except OSError:
            return None
        payload = entry[CHECKSUM:]
        if hashlib.sha256(payload).digest() != entry[:CHECKSUM]:
            return None
        try:
            found: object = pickle.loads(payload)
        except (
            pickle.UnpicklingError,
            AttributeError,
            EOFError,
            ImportError,
            IndexError,
            KeyError,
            TypeError,
            ValueError,
        ):
            return None
        return found

    def put(self, key: str, value: object) -> None:
        """Keeps a value; where that fails (no space, no right to write), nothing is kept and nothing is said.

        Args:
            key: of ``key_of``.
            value: can be pickled.
        """
        payload = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
        path = self._path(key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, hashlib.sha256(payload).digest() + payload)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]
