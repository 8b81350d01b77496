"""Is this folder a valid package? frictionless says most; what it accepts without looking is checked here.

Our own: unique keys, no property that the standard does not know, every resource present, no file beside them.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import frictionless
from frictionless import system

from pipeline import schema


@dataclass(frozen=True)
class Problem:
    """One fault of the package: file, line (1 is the header; 0: the whole file), column, and what is wrong."""

    file: str
    line: int
    column: str
    what_zh: str
    what_en: str

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{place} — {self.what_zh} / {self.what_en}"


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


def validate(folder: Path, *, checksums: bool = True) -> list[Problem]:
    """All faults of the package in a folder, in the order of its files.

    Args:
        folder: holds ``datapackage.json`` and ``data/``.
        checksums: whether hash and size must fit. Without, an edited CSV is judged by its content alone.
    """
    path = folder / "datapackage.json"
    try:
        descriptor = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return [Problem("datapackage.json", 0, "", f"读不出：{error}", f"cannot be read: {error}")]
    if not checksums:
        for resource in descriptor.get("resources", []):
            resource.pop("hash", None)
            resource.pop("bytes", None)
    return [
        *_by_frictionless(descriptor, folder),
        *_unique_keys(descriptor, folder),
        *_complete(descriptor, folder),
    ]


def _by_frictionless(descriptor: dict[str, Any], folder: Path) -> Iterator[Problem]:
    with system.use_context(trusted=False):
        try:
            package = frictionless.Package.from_descriptor(descriptor, basepath=str(folder))
        except frictionless.FrictionlessException as error:
            for reason in error.reasons or [error.error]:
                yield Problem("datapackage.json", 0, "", "描述文件不合标准", reason.note)
            return
        report = package.validate()
    for fault in report.errors:
        yield Problem("datapackage.json", 0, "", TYPES_ZH.get(fault.type, fault.type), fault.message)
    for task in report.tasks:
        for fault in task.errors:
            line = getattr(fault, "row_number", 0)
            column = getattr(fault, "field_name", "") or ",".join(getattr(fault, "field_names", []) or [])
            yield Problem(task.place, line, column, TYPES_ZH.get(fault.type, fault.type), fault.message)
        for warning in task.warnings:
            yield Problem(task.place, 0, "", "校验不完整", warning)


def _unique_keys(descriptor: dict[str, Any], folder: Path) -> Iterator[Problem]:
    """frictionless 5 accepts ``uniqueKeys`` without looking; primary keys are looked at once more, line by line."""
    for resource in descriptor.get("resources", []):
        table = resource.get("schema", {})
        keys = [*table.get("uniqueKeys", []), table.get("primaryKey", [])]
        if not (folder / resource["path"]).is_file():
            continue  # frictionless has said so
        with (folder / resource["path"]).open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            seen: dict[tuple[str, ...], int] = {}
            for line, row in enumerate(reader, 2):
                for number, key in enumerate(keys):
                    value = (str(number), *(row.get(name) or "" for name in key))
                    if value in seen:
                        yield Problem(
                            resource["path"],
                            line,
                            ",".join(key),
                            f"与第 {seen[value]} 行重复",
                            f"the same as line {seen[value]}",
                        )
                    seen[value] = line


def _complete(descriptor: dict[str, Any], folder: Path) -> Iterator[Problem]:
    names = {resource["name"] for resource in descriptor.get("resources", [])}
    for missing in sorted(set(schema.resources()) - names):
        yield Problem("datapackage.json", 0, missing, "缺少这张表", "this resource is missing")
    listed = {resource["path"] for resource in descriptor.get("resources", [])}
    for path in sorted((folder / "data").glob("*")):
        if f"data/{path.name}" not in listed:
            yield Problem(f"data/{path.name}", 0, "", "不属于数据包", "is not part of the package")
