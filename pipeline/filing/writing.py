"""A plan → the files in the agency's folder, all or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from pathlib import Path

from pipeline.filing.plan import Plan
from pipeline.knowledge.messages import wrong
from pipeline.safety.files import replaced, settle


def write_plan(plan: Plan, folder: Path) -> tuple[Path, ...]:
    """Writes the files of a plan, all or none: the agency's folder is made anew beside the old one and takes its place.

    Args:
        plan: as ``make_plan`` made it.
        folder: ``datapackage/reports``.

    Returns:
        the files written.

    Raises:
        PipelineError: the agency's folder is a link, or another run is filing.
        OSError: the disk refuses; everything is as before.
    """
    home = folder / plan.agency.id
    if home.is_symlink() or folder.is_symlink():
        raise wrong("folder_is_link", home=home)
    with replaced(folder, home.name) as new:
        made = new / home.name
        if home.exists():
            given_up = {*plan.removed, *plan.files}
            copy_linked(home, made, leave=given_up)
        else:
            made.mkdir()
        for name, data in plan.files.items():
            (made / name).write_bytes(data)
            settle(made / name)
        settle(made)
    settle(folder)  # from now on the file in the inbox is not needed any more
    return tuple(home / name for name in plan.files)


def copy_linked(folder: Path, copy: Path, leave: Collection[str] = ()) -> None:
    """A copy of a folder made of hard links, so it costs no room; links stay links.

    Args:
        folder: with all that lies below it.
        copy: is made; it must not be there yet.
        leave: names right below the folder that are not copied.
    """
    at_the_top = str(folder)
    shutil.copytree(
        folder,
        copy,
        copy_function=_link,
        symlinks=True,
        ignore=lambda where, names: set(leave) if where == at_the_top else set(),
    )


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # another disk, or one without links
        shutil.copyfile(source, target, follow_symlinks=False)
