"""A plan → the files in the agency's folder, all or none."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from pipeline.filing.plan import Plan
from pipeline.knowledge.messages import wrong


def write_plan(plan: Plan, folder: Path) -> tuple[Path, ...]:
    """Writes the files of a plan, all or none.

    Args:
        plan: as ``make_plan`` made it.
        folder: ``datapackage/reports``.

    Returns:
        the files written.

    Raises:
        PipelineError: the agency's folder is a link.
        OSError: the disk refuses; everything is as before.
    """
    home = folder / plan.agency.id
    if home.is_symlink() or folder.is_symlink():
        raise wrong("folder_is_link", home=home)
    staging = Path(
        tempfile.mkdtemp(prefix=".add-", dir=folder)
    )  # a name with a dot is no agency to any reader
    try:
        new, old = staging / "new", staging / "old"
        new.mkdir()
        old.mkdir()
        for name, data in plan.files.items():
            (new / name).write_bytes(data)
        if home.exists():
            _swap(plan, new, old, home)
        else:
            new.rename(home)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return tuple(home / name for name in plan.files)


def _swap(plan: Plan, new: Path, old: Path, home: Path) -> None:
    """Puts the new files in the place of the old; if a step fails or is interrupted the old ones are put back."""
    placed: list[Path] = []
    try:
        for name in plan.removed:
            (home / name).rename(old / name)
        for name in plan.files:
            (new / name).rename(home / name)
            placed.append(home / name)
    except BaseException:
        for path in placed:
            path.unlink(missing_ok=True)
        for path in old.iterdir():
            path.rename(home / path.name)
        raise
