"""Every changed path → read, or named with what to do about it. Nothing that somebody hands in is passed over in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.filing import inbox
from pipeline.knowledge.formats import by_extension
from pipeline.knowledge.messages import message
from pipeline.model.findings import PipelineError
from pipeline.published.releases import HISTORY, parse_history, steps_after
from pipeline.review.git_base import Base

PACKAGE = PurePosixPath("datapackage")
REPORTS = PACKAGE / "reports"
# Where the program, its pages, tests and workflows lie: the other job looks at these.
CODE = ("pipeline", "site_src", "tests", ".github", ".devcontainer")
# What people photograph, scan or pack a report into, besides what is read.
OTHER_FORMS = {
    *("jpg", "jpeg", "png", "tif", "tiff", "bmp", "heic", "webp", "xls", "xlsx", "et", "ofd"),
    *("zip", "rar", "7z"),
}
# Written by programmers too, at the top of a repository.
AMBIGUOUS = {"md", "txt", "html", "htm"}
RELEASE = ("CHANGELOG.md", "CITATION.cff")  # what `version` writes with the history


@dataclass(frozen=True)
class Fault:
    """Something in the files that a person must mend before anything can be read; ``path`` is below the repository."""

    path: str
    zh: str
    en: str


def in_inbox(path: str) -> str:
    """The name in the inbox that a path belongs to; empty for a path elsewhere.

    Args:
        path: below the repository, with slashes, from anybody.
    """
    parts = PurePosixPath(path).parts
    return parts[3] if parts[:3] == (*REPORTS.parts, inbox.FOLDER) and len(parts) > 3 else ""


def agency_of(path: str) -> str:
    """The agency's folder that a path lies in; empty for a path elsewhere. The name is as it stands, checked later.

    Args:
        path: below the repository, with slashes, from anybody.
    """
    parts = PurePosixPath(path).parts
    return parts[2] if parts[:2] == REPORTS.parts and len(parts) > 3 and parts[2] != inbox.FOLDER else ""


def faults_of_paths(root: Path, changed: Mapping[str, str], base: Base) -> Iterator[Fault]:
    """What lies where nothing reads it, what is only half there, and a release that nobody made.

    Args:
        root: the repository, as the change leaves it.
        changed: path → A, M, D.
        base: what it was before.
    """
    for path, status in changed.items():
        parts = PurePosixPath(path).parts
        if parts[:2] == REPORTS.parts:
            yield from _in_reports(root, path, status)
        elif parts[0] == PACKAGE.name and parts[1:] == (HISTORY,):
            yield from _release(root, changed, base)
        elif status == "A" and _looks_handed_in(parts):
            yield Fault(path, *message("report_elsewhere", inbox=REPORTS / inbox.FOLDER))


def _in_reports(root: Path, path: str, status: str) -> Iterator[Fault]:
    parts, file = PurePosixPath(path).parts, root / path
    if status != "D" and (len(parts) == 3 or len(parts) > 4) and not in_inbox(path):
        yield Fault(path, *message("report_beside", reports=REPORTS, inbox=inbox.FOLDER))
    if not agency_of(path) or len(parts) != 4:
        return
    side = file.with_suffix(".yml")
    has_report = any(other.suffix != ".yml" for other in file.parent.glob(f"{file.stem}.*"))
    if side.name != "agency.yml" and side.is_file() and not has_report:
        code = "side_file_alone" if file.suffix == ".yml" and status != "D" else "report_half_deleted"
        yield Fault(str(PurePosixPath(path).with_suffix(".yml")), *message(code))


def _looks_handed_in(parts: tuple[str, ...]) -> bool:
    """Whether an added file looks like a report that was put into the wrong place."""
    extension = PurePosixPath(parts[-1]).suffix.removeprefix(".").lower()
    if parts[0] in CODE:
        return False
    if parts[0] == PACKAGE.name:
        return len(parts) == 2 or parts[1] != "data"
    if extension in AMBIGUOUS:
        return not parts[-1].isascii()
    return extension in by_extension() or extension in OTHER_FORMS


def _release(root: Path, changed: Mapping[str, str], base: Base) -> Iterator[Fault]:
    """A history that grows by one entry of the next number, with all else that a release writes, is one; nothing else."""
    path = f"{PACKAGE}/{HISTORY}"
    before = parse_history(base.read(path) or b"")
    try:
        after = parse_history((root / path).read_bytes() if (root / path).is_file() else b"")
    except PipelineError as error:
        yield Fault(path, error.zh, error.en)
        return
    grown = len(after) == len(before) + 1 and after[1:] == before
    follows = grown and (not before or after[0].version in steps_after(before[0].version))
    if not follows or not {*RELEASE, f"{PACKAGE}/datapackage.json"} <= set(changed):
        yield Fault(path, *message("history_by_hand"))
