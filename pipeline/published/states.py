"""Every published state of the data, by its version: ``/data/<version>/`` stays, whatever is published after it.

Comes in: the package on the site, and what was published before it. Goes out: ``data/<version>/`` with the zip, its
checksum, what changed figure by figure, and a descriptor with absolute addresses; ``latest`` and the shorter names of the
version; ``data/versions/states.json``, the list of all states, newest first, each with the size and checksum of its files.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipeline.knowledge.messages import wrong
from pipeline.model.findings import PipelineError
from pipeline.published import changelog
from pipeline.published.catalogues import CHECKSUMS
from pipeline.published.diff import compare
from pipeline.published.distributions.registry import DATA
from pipeline.published.reader import DESCRIPTOR, Published, open_package
from pipeline.published.releases import VERSION, is_release, latest

INDEX = "versions/states.json"  # below data/
DIFF = "diff.json"
FILE = re.compile(r"[A-Za-z0-9_-]+(\.[a-z]+)?", re.ASCII)  # a name that is no way out of its folder
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
# GitHub Pages holds 1 GB. Zips older than those that fit in here lie with their release.
LARGEST_KEPT = 200 * 1024**2


@dataclass(frozen=True)
class File:
    """A file of a state. ``address`` is empty where it lies on the site, below ``data/<version>/``."""

    name: str
    size: int
    sha256: str
    address: str = ""


@dataclass(frozen=True)
class State:
    """One published state; ``previous`` is the version of the state before it, empty for the first."""

    version: str
    day: str
    previous: str
    files: tuple[File, ...]


def parse_states(data: bytes) -> tuple[State, ...]:
    """The states that an index lists. It may come from a server, so nothing in it is believed before it has its form.

    Args:
        data: JSON, a list of objects; an empty list is no state.

    Raises:
        PipelineError: it is no such list, or a name in it leads elsewhere.
    """
    try:
        found = tuple(
            State(
                one["version"],
                one["day"],
                one["previous"],
                tuple(File(**file) for file in one["files"]),
            )
            for one in json.loads(data)["states"]
        )
        names = [(one.version, file) for one in found for file in one.files]
        safe = all(VERSION.fullmatch(version) and _is_safe(file) for version, file in names)
    except (ValueError, KeyError, TypeError) as error:
        raise wrong("states_unreadable", file=INDEX, error=error) from error
    if not safe:
        raise wrong("states_unreadable", file=INDEX, error="name")
    return found


def _is_safe(file: File) -> bool:
    return bool(FILE.fullmatch(file.name) and DIGEST.fullmatch(file.sha256)) and file.size >= 0


def read_states(folder: Path | None) -> tuple[State, ...]:
    """The states of a folder that has the layout of ``data/``; none where there is no index.

    Args:
        folder: None where nothing was published before.
    """
    file = folder / INDEX if folder else None
    return parse_states(file.read_bytes()) if file and file.is_file() else ()


def write_states(
    package: Published, site_url: str, *, earlier: Path | None = None, pinned: str = "", repository: str = ""
) -> list[Path]:
    """Writes the folder of this state, puts those of the states before it beside it, and lists all.

    Args:
        package: in the folder ``data`` of the site, with its zip.
        site_url: where the site is published, or empty.
        earlier: has what was published before, in the layout of ``data/``; None or an empty folder: nothing was.
        pinned: address below which this package lies for ever, ending in a slash; empty where there is none.
        repository: whose releases have the zips that are not kept here; empty where there is none.

    Raises:
        PipelineError: a file of an earlier state is missing or is not what its checksum says.
    """
    home, before, written, states = package.place, read_states(earlier), [], []
    if package.descriptor.version not in {one.version for one in before}:  # what is published never changes
        written = _write_state(package, earlier, before, pinned)
        states = [_told(package, before, written)]
    left = LARGEST_KEPT - sum(file.size for one in states for file in one.files)
    for one in before:
        kept = []
        for file in one.files:
            left -= 0 if file.address else file.size
            kept.append(
                file if file.address else _kept(file, one, earlier, home, repository if left < 0 else "")
            )
        states.append(replace(one, files=tuple(kept)))
    written += _names(package, site_url)
    (home / INDEX).parent.mkdir(exist_ok=True)
    listed = json.dumps({"states": [asdict(one) for one in states]}, ensure_ascii=False, indent=2)
    return [*written, _write(home / INDEX, listed + "\n")]


def _write_state(
    package: Published, earlier: Path | None, before: Sequence[State], pinned: str
) -> list[Path]:
    folder = package.place / package.descriptor.version
    folder.mkdir(exist_ok=True)
    archive = package.place / f"{package.descriptor.name}.zip"
    shutil.copyfile(archive, folder / archive.name)
    written = [
        folder / archive.name,
        _write(folder / DIFF, _changes(package, earlier, before)),
    ]
    if pinned:
        written.append(_write(folder / DESCRIPTOR, _descriptor(package, pinned)))
    sums = "".join(f"{_digest(path)}  {path.name}\n" for path in sorted(written))
    return [*written, _write(folder / CHECKSUMS, sums)]


def _told(package: Published, before: Sequence[State], written: list[Path]) -> State:
    about = package.descriptor
    return State(
        about.version,
        str(about.raw.get("created", ""))[:10],
        before[0].version if before else "",
        tuple(File(path.name, path.stat().st_size, _digest(path)) for path in sorted(written)),
    )


def _kept(file: File, state: State, earlier: Path | None, home: Path, elsewhere: str) -> File:
    """A file of an earlier state, put in its place; one that is too much for the site is named where its release has it.

    Args:
        elsewhere: the repository with the releases, where there is no more room here; empty where there is.
    """
    if elsewhere and is_release(state.version) and file.name.endswith(".zip"):
        return replace(file, address=f"{elsewhere}/releases/download/v{state.version}/{file.name}")
    source = (earlier or home) / state.version / file.name
    if not source.is_file() or _digest(source) != file.sha256:
        raise wrong("state_damaged", version=state.version, file=file.name)
    target = home / state.version / file.name
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(source, target)
    return file


def _names(package: Published, site_url: str) -> Iterator[Path]:
    """``latest``, ``1`` and ``1.2``: a descriptor each with the addresses of today, which moves on with the data."""
    if not site_url:
        return
    version, base = package.descriptor.version, f"{site_url.rstrip('/')}/{DATA}"
    major, minor, _ = version.split(".", 2)
    for name in ("latest", major, f"{major}.{minor}"):
        (package.place / name).mkdir(exist_ok=True)
        yield _write(package.place / name / DESCRIPTOR, _descriptor(package, base))


def _descriptor(package: Published, base: str) -> str:
    raw = dict(package.descriptor.raw)
    raw["resources"] = [{**one, "path": base + one["path"]} for one in raw["resources"]]
    return json.dumps(raw, ensure_ascii=False, indent=2) + "\n"


def _changes(package: Published, earlier: Path | None, before: Sequence[State]) -> str:
    """What is not as in the state before, figure by figure, and what the last release said of itself."""
    newest = latest(package.place)
    told: dict[str, Any] = {
        "version": package.descriptor.version,
        "after": "" if is_release(package.descriptor.version) else newest.version,
        "release": {name: value for name, value in asdict(newest).items() if name != "data"},
        "previous": before[0].version if before else "",
        "changes": [],
    }
    if before and earlier:
        archive = earlier / before[0].version / f"{package.descriptor.name}.zip"
        try:
            difference = compare(open_package(archive), package)
        except PipelineError:  # its zip lies with its release, or the package has another name by now
            told["changes"] = None
        else:
            told |= {"level": difference.level, "changes": changelog.told(difference)}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
