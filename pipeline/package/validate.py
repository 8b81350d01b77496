"""Is this folder a valid package? Three judges: frictionless, the standard's own JSON Schemas, and checks of ours.

Ours come first, since they say row, column, expected and found in both languages, and look at what the others accept:
``descriptor`` (the descriptor) and ``judge`` (the files). frictionless has the last word where a package comes to others
or from them (``check``, ``validate``, a release): it reads some ten thousand rows a second, too slow for every build.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError, best_match

from pipeline import knowledge
from pipeline.knowledge.messages import message
from pipeline.package import schema
from pipeline.package.descriptor import DESCRIPTOR, Problem, scrutinise
from pipeline.package.judge import judge
from pipeline.published.reader import PACKED

__all__ = ["Problem", "validate"]

BESIDE = "csv-metadata.json"  # CSV on the Web: where the package is offered, it lies with the tables


def validate(
    folder: Path,
    *,
    checksums: bool = True,
    complete: bool = True,
    frictionless: bool = True,
    clone: bool = False,
) -> list[Problem]:
    """All faults of the package in a folder, in the order of its files.

    Args:
        folder: holds ``datapackage.json`` and ``data/``.
        checksums: whether hash and size must be there and fit. Without, an edited CSV is judged by its content alone.
        complete: whether every table of today must be there. A package of an older version has fewer.
        clone: whether it is as git has it: without the packed tables, which are made anew from the others.
        frictionless: whether it reads every row as well, where the others find nothing.

    Returns:
        empty for a package that is whole.
    """
    path = folder / DESCRIPTOR
    try:
        descriptor = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return [Problem(DESCRIPTOR, 0, "", message("package_unreadable", error=error))]
    if found := list(_by_the_standard(descriptor)):
        return found  # what has the wrong shape cannot be looked at further
    if not checksums:
        for resource in descriptor["resources"]:
            for name in ("hash", "bytes", "rows"):
                resource.pop(name, None)
    absent = _absent(descriptor) if complete else ()
    if clone:
        descriptor["resources"] = [one for one in descriptor["resources"] if not _made_anew(one, folder)]
    found = [
        *scrutinise(descriptor, checksums=checksums),
        *judge(descriptor, folder),
        *absent,
        *_surplus(descriptor, folder),
    ]
    return found or list(_by_frictionless(descriptor, folder) if frictionless else ())


@cache
def _profile() -> Draft7Validator:
    path = knowledge.FOLDER / "profiles" / DESCRIPTOR
    return Draft7Validator(
        json.loads(path.read_text(encoding="utf-8")), format_checker=Draft7Validator.FORMAT_CHECKER
    )


def _by_the_standard(descriptor: Any) -> Iterator[Problem]:
    """The official profile, which holds those of resources and table schemas."""
    for error in sorted(_profile().iter_errors(descriptor), key=lambda error: error.json_path):
        inner = _branch(error)
        place, said = inner.json_path.removeprefix("$").removeprefix("."), inner.message[:300]
        yield Problem(DESCRIPTOR, 0, place, message("standard_schema", said=said))


def _branch(error: ValidationError) -> ValidationError:
    """Of alternatives none of which fits, the fault of the one that is meant: that of the field's own type."""
    context = error.context or []
    others = {found.schema_path[0] for found in context if found.path and found.path[-1] == "type"}
    meant = [found for found in context if found.schema_path[0] not in others]
    return best_match(meant or context) or error


def _by_frictionless(descriptor: dict[str, Any], folder: Path) -> Iterator[Problem]:
    import frictionless  # takes a third of a second, and most commands validate nothing
    from frictionless import system

    with system.use_context(trusted=False):
        try:
            package = frictionless.Package.from_descriptor(descriptor, basepath=str(folder))
        except frictionless.FrictionlessException as error:
            for reason in error.reasons or [error.error]:
                yield Problem(DESCRIPTOR, 0, "", message("frictionless_says", said=reason.note))
            return
        report = package.validate()
    for fault in report.errors:
        yield Problem(DESCRIPTOR, 0, "", message("frictionless_says", said=fault.message))
    for task in report.tasks:
        for fault in task.errors:
            line = getattr(fault, "row_number", 0)
            column = getattr(fault, "field_name", "") or ",".join(getattr(fault, "field_names", []) or [])
            yield Problem(task.place, line, column, message("frictionless_says", said=fault.message))
        for warning in task.warnings:
            yield Problem(task.place, 0, "", message("frictionless_says", said=warning))


def _made_anew(resource: dict[str, Any], folder: Path) -> bool:
    """Whether it is a table that git does not have, made of the others, and not there."""
    path = str(resource["path"])
    return bool(resource.get("derived")) and path.endswith(PACKED) and not (folder / path).exists()


def _absent(descriptor: dict[str, Any]) -> list[Problem]:
    """The tables of today that it does not have."""
    names = {resource["name"] for resource in descriptor["resources"]}
    return [
        Problem(DESCRIPTOR, 0, missing, message("resource_missing"))
        for missing in sorted(set(schema.resources()) - names)
    ]


def _surplus(descriptor: dict[str, Any], folder: Path) -> Iterator[Problem]:
    """The files beside its own."""
    listed = {resource["path"] for resource in descriptor["resources"]}
    for path in sorted((folder / "data").glob("*")):
        if f"data/{path.name}" not in listed and path.name != BESIDE:
            yield Problem(f"data/{path.name}", 0, "", message("not_of_package"))
