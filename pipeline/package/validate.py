"""Is this folder a valid package? Three judges: frictionless, the standard's own JSON Schemas, and checks of ours.

Ours are for what the other two accept without looking: ``pipeline.scrutiny`` (the descriptor) and ``_files`` here (the
bytes of the CSVs: encoding, line ends, order, unique keys, canonical form).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError, best_match

from pipeline import knowledge
from pipeline.knowledge.messages import message
from pipeline.model.text import Text
from pipeline.package import schema
from pipeline.package.descriptor import DESCRIPTOR, Problem, scrutinise

__all__ = ["Problem", "validate"]

# frictionless speaks English only; these are its error types in Chinese.
TYPES_ZH = {
    "type-error": "类型不对",
    "constraint-error": "不符合约束",
    "foreign-key": "引用的键不存在",
    "primary-key": "主键重复或为空",
    "unique-error": "应当唯一的值重复",
    "hash-count": "校验值不符",
    "byte-count": "字节数不符",
    "missing-cell": "缺少单元格",
    "extra-cell": "多出单元格",
    "blank-row": "空行",
    "incorrect-label": "列名不对",
    "missing-label": "缺少列",
    "extra-label": "多出列",
}
BOM = b"\xef\xbb\xbf"
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
MOST_ALIKE = 20  # of one kind of fault in one file; the rest says nothing new
Table = Mapping[str, Any]


def validate(folder: Path, *, checksums: bool = True) -> list[Problem]:
    """All faults of the package in a folder, in the order of its files.

    Args:
        folder: holds ``datapackage.json`` and ``data/``.
        checksums: whether hash and size must be there and fit. Without, an edited CSV is judged by its content alone.
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
    return [
        *scrutinise(descriptor, checksums=checksums),
        *_by_frictionless(descriptor, folder),
        *_files(descriptor, folder),
        *_complete(descriptor, folder),
    ]


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
                yield Problem(DESCRIPTOR, 0, "", Text("描述文件不合标准", reason.note))
            return
        report = package.validate()
    for fault in report.errors:
        yield Problem(DESCRIPTOR, 0, "", Text(TYPES_ZH.get(fault.type, fault.type), fault.message))
    for task in report.tasks:
        for fault in task.errors:
            line = getattr(fault, "row_number", 0)
            column = getattr(fault, "field_name", "") or ",".join(getattr(fault, "field_names", []) or [])
            yield Problem(task.place, line, column, Text(TYPES_ZH.get(fault.type, fault.type), fault.message))
        for warning in task.warnings:
            yield Problem(task.place, 0, "", Text("校验不完整", warning))


def _files(descriptor: dict[str, Any], folder: Path) -> Iterator[Problem]:
    for resource in descriptor["resources"]:
        path = folder / resource["path"]
        if not path.is_file():
            continue  # frictionless has said so
        counts: dict[str, int] = {}
        for problem in _file(resource, path.read_bytes()):
            counts[problem.what.en] = counts.get(problem.what.en, 0) + 1
            if counts[problem.what.en] <= MOST_ALIKE:
                yield problem


def _file(resource: Table, data: bytes) -> Iterator[Problem]:
    """The bytes of one CSV. A file that is not UTF-8 is not looked at further."""
    name = resource["path"]
    if data.startswith(BOM):
        yield Problem(name, 1, "", message("csv_bom"))
        data = data.removeprefix(BOM)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        yield Problem(name, line, "", message("csv_not_utf8"))
        return
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        yield Problem(name, line, "", message("csv_line_end"))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    yield from _rows(resource, rows)
    if (wrong := _first_difference(text, rows)) and "\r" not in text:
        yield Problem(name, wrong, "", message("csv_form"))


def _first_difference(text: str, rows: list[list[str]]) -> int:
    """The line where the text is not what the writer of the package makes of its rows; 0 for none."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    canonical = out.getvalue()
    if text == canonical:
        return 0
    pairs = zip(text.split("\n"), canonical.split("\n"), strict=False)
    return next((number for number, (a, b) in enumerate(pairs, 1) if a != b), text.count("\n") + 1)


def _rows(resource: Table, rows: list[list[str]]) -> Iterator[Problem]:
    """Keys, order and numbers, row by row; numbers of lines are those of rows, as frictionless counts them."""
    name, table = resource["path"], resource["schema"]
    header = rows[0] if rows else []
    position = {field: index for index, field in enumerate(header)}
    primary = [field for field in table.get("primaryKey", []) if field in position]
    keys = [key for key in (*table.get("uniqueKeys", []), primary) if key and set(key) <= set(position)]
    numbers = [
        (position[field["name"]], field["name"])
        for field in table["fields"]
        if field.get("type") in schema.NUMBERS and field["name"] in position
    ]
    seen: list[dict[tuple[str, ...], int]] = [{} for _ in keys]
    before: tuple[str, ...] = ()
    for line, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            continue  # frictionless has said so
        for known, key in zip(seen, keys, strict=True):
            value = tuple(row[position[field]] for field in key)
            if value in known:
                yield Problem(name, line, ",".join(key), message("the_same_as_line", line=known[value]))
            known[value] = line
        if primary:
            value = tuple(row[position[field]] for field in primary)
            if not all(value):
                empty = ",".join(field for field, part in zip(primary, value, strict=True) if not part)
                yield Problem(name, line, empty, message("primary_key_empty"))
            if value < before:
                yield Problem(name, line, ",".join(primary), message("rows_unsorted"))
            before = value
        for index, field in numbers:
            if row[index] and not NUMBER.fullmatch(row[index]):
                yield Problem(name, line, field, message("number_form"))


def _complete(descriptor: dict[str, Any], folder: Path) -> Iterator[Problem]:
    names = {resource["name"] for resource in descriptor["resources"]}
    for missing in sorted(set(schema.resources()) - names):
        yield Problem(DESCRIPTOR, 0, missing, message("resource_missing"))
    listed = {resource["path"] for resource in descriptor["resources"]}
    for path in sorted((folder / "data").glob("*")):
        if f"data/{path.name}" not in listed:
            yield Problem(f"data/{path.name}", 0, "", message("not_of_package"))
