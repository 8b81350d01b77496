"""A package from anywhere as a folder: a folder itself, a zip, or an address on the web. Nothing outside is written to.

A zip or a server is a stranger: only the descriptor and the CSVs that a package may have are taken, up to a size.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import urljoin

from pipeline.knowledge.messages import wrong
from pipeline.package.descriptor import DESCRIPTOR, RESOURCE_PATH

LARGEST = 4 * 1024**3  # bytes of all files together
PIECE = 1024**2
WEB = re.compile(r"https?://", re.IGNORECASE)

# Takes an address, a file to write to and the most bytes that it may have; says whether there is such a page.
Save = Callable[[str, IO[bytes], int], bool]


@contextlib.contextmanager
def opened(place: str, save: Save | None = None) -> Iterator[Path]:
    """The folder of a package, for as long as the block lasts.

    Args:
        place: a folder, a zip, or the address of a zip, of a ``datapackage.json`` or of the folder it lies in.
        save: takes what lies at an address; without it an address is no package.

    Raises:
        PipelineError: there is no package, or it is larger than anything sensible.
    """
    if not WEB.match(place) and Path(place).is_dir():
        yield Path(place)
        return
    with tempfile.TemporaryDirectory(prefix="package-") as made:
        folder = Path(made)
        (folder / "data").mkdir()
        try:
            if save and WEB.match(place):
                _fetch(place, folder, save)
            else:
                _unpack(Path(place), folder)
        except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError) as error:
            raise wrong("no_data_package", place=place, file=DESCRIPTOR, error=error) from error
        yield folder


def _unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as opened_zip:
        names = [PurePosixPath(name) for name in opened_zip.namelist()]
        found = sorted((name for name in names if name.name == DESCRIPTOR), key=lambda name: len(name.parts))
        if not found:
            raise KeyError(DESCRIPTOR)
        left = LARGEST
        for name in names:
            if not name.is_relative_to(found[0].parent):
                continue
            inside = name.relative_to(found[0].parent).as_posix()
            if inside == DESCRIPTOR or RESOURCE_PATH.fullmatch(inside):
                with opened_zip.open(str(name)) as file:
                    left = _copy(file, folder / inside, left)


def _fetch(address: str, folder: Path, save: Save) -> None:
    if address.lower().endswith(".zip"):
        with tempfile.TemporaryDirectory(prefix="package-") as made:
            archive = Path(made) / "package.zip"
            _download(address, archive, LARGEST, save)
            _unpack(archive, folder)
        return
    base = address if address.endswith(DESCRIPTOR) else address.rstrip("/") + "/" + DESCRIPTOR
    left = _download(base, folder / DESCRIPTOR, LARGEST, save)
    for resource in json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))["resources"]:
        path = resource["path"]
        if isinstance(path, str) and RESOURCE_PATH.fullmatch(path):
            left = _download(urljoin(base, path), folder / path, left, save)


def _download(address: str, target: Path, left: int, save: Save) -> int:
    """Returns how many bytes are still allowed. A page that is not there leaves no file: whoever judges says so."""
    with target.open("wb") as out:
        is_there = save(address, out, left)
        size = out.tell()
    if not is_there:
        target.unlink()
        return left
    return left - size


def _copy(file: IO[bytes], target: Path, left: int) -> int:
    """Copies a file; returns how many bytes are still allowed."""
    with target.open("wb") as out:
        while piece := file.read(PIECE):
            left -= len(piece)
            if left < 0:
                shutil.rmtree(target.parent, ignore_errors=True)
                raise wrong("package_file_too_large", path=target.name)
            out.write(piece)
    return left
