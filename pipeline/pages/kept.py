"""What takes long to make, kept from one run to the next: a folder with a file a key. A key says all that it is made from."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from pipeline.safety.files import write_whole


class Kept:
    """A folder of kept files; made where the first is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.used = folder, set[str]()

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The content kept under a key, a plain file name; made only where it was not before."""
        self.used.add(key)
        path = self.folder / key
        with contextlib.suppress(OSError):
            return path.read_bytes()
        made = make()
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, made)
        return made

    def forget(self) -> None:
        """Takes away what nobody has asked for."""
        for path in self.folder.glob("*") if self.folder.is_dir() else ():
            if path.name not in self.used:
                path.unlink()
