"""What a pull request changes: the paths that differ from a base, and the base's own version of a file.

The base is a commit of this repository, or a folder that holds another copy. Knows nothing of reports. Nothing of what
git says is taken for more than names and bytes: a stranger chose them.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.knowledge.messages import wrong

MAIN = ("origin/HEAD", "origin/main", "main")  # what a branch is compared with where nobody says it
MOST_SECONDS = 120


class Base(Protocol):
    """Something to compare with."""

    @property
    def name(self) -> str:
        """For people: a short commit id, or the folder."""
        ...

    def changed(self, root: Path) -> Mapping[str, str]:
        """Path below the repository, with slashes → ``A`` added, ``M`` changed, ``D`` removed; sorted.

        Args:
            root: the repository as the change leaves it.
        """
        ...

    def read(self, path: str) -> bytes | None:
        """The base's version of a file; None where it has none.

        Args:
            path: below the repository, with slashes.
        """
        ...


@dataclass(frozen=True)
class Commit:
    """A commit as the base; the other side is the working tree, with what is not committed yet."""

    root: Path
    sha: str

    @property
    def name(self) -> str:
        """The short id."""
        return self.sha[:9]

    def changed(self, root: Path) -> Mapping[str, str]:
        """See ``Base``."""
        listed = _git(root, "diff", "--name-status", "--no-renames", "-z", self.sha, "--").split("\0")
        found = {path: status[:1] for status, path in zip(listed[::2], listed[1::2], strict=False)}
        others = _git(root, "ls-files", "--others", "--exclude-standard", "-z").split("\0")
        return dict(sorted((found | {path: "A" for path in others if path}).items()))

    def read(self, path: str) -> bytes | None:
        """See ``Base``."""
        done = _run(self.root, "cat-file", "blob", f"{self.sha}:{path}")
        return None if done.returncode else done.stdout


@dataclass(frozen=True)
class Folder:
    """A folder as the base, compared file by file; folders whose name begins with a dot, and build, are left out."""

    folder: Path

    @property
    def name(self) -> str:
        """Its name alone."""
        return self.folder.name

    def changed(self, root: Path) -> Mapping[str, str]:
        """See ``Base``. Only ``datapackage`` is compared, since a copy may hold nothing else."""
        old, new = dict(_files(self.folder)), dict(_files(root))
        found = {}
        for path in sorted({*old, *new}):
            if path not in old or path not in new:
                found[path] = "D" if path in old else "A"
            elif old[path].read_bytes() != new[path].read_bytes():
                found[path] = "M"
        return found

    def read(self, path: str) -> bytes | None:
        """See ``Base``."""
        file = self.folder / path
        return file.read_bytes() if file.is_file() else None


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    for path in (root / "datapackage").rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(root).as_posix(), path


def find_base(root: Path, wanted: str) -> Base:
    """The base that a person or a workflow names.

    Args:
        root: the repository.
        wanted: a folder or anything git takes for a commit; empty: where this branch left main.

    Raises:
        PipelineError: neither, or no git repository.
    """
    if wanted and Path(wanted).is_dir():
        return Folder(Path(wanted).resolve())
    if wanted:
        done = _run(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{wanted}^{{commit}}")
        if done.returncode:
            raise wrong("no_such_commit", wanted=wanted)
        return Commit(root, done.stdout.decode("ascii").strip())
    for main in MAIN:
        done = _run(root, "merge-base", "HEAD", main)
        if done.returncode == 0:
            return Commit(root, done.stdout.decode("ascii").strip())
    return Commit(root, _git(root, "rev-parse", "HEAD").strip())


def _git(root: Path, *words: str) -> str:
    done = _run(root, *words)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()[-500:]
        raise wrong("git_failed", command=words[0], said=said)
    return done.stdout.decode("utf-8", "surrogateescape")


def _run(root: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """git without its pager, without prompts, and without the helpers that a repository may name for diffs."""
    command = [
        "git",
        "-c",
        "core.quotepath=off",
        "-c",
        "diff.external=",
        "-c",
        "core.fsmonitor=false",
        *words,
    ]
    try:
        return subprocess.run(command, cwd=root, capture_output=True, timeout=MOST_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise wrong("no_git", error=error) from error
