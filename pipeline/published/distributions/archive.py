"""One zip with everything a person needs years later: the package, its dictionary, licence, citation and history."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterable
from pathlib import Path

from pipeline.model.findings import PipelineError
from pipeline.published.catalogues import citation
from pipeline.published.dictionary import CODE_LISTS, readme
from pipeline.published.reader import DESCRIPTOR, Published
from pipeline.published.releases import HISTORY

EPOCH = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the oldest time that a zip can say; the hour of the build is nobody's business
MODE = 0o100644 << 16


def _readme(package: Published) -> bytes:
    """The dictionary anew: the same as ``README.md`` of the package, and there even where somebody lost that."""
    rows = {name: list(package.records(name)) for name in CODE_LISTS if name in package.tables}
    return readme(package.descriptor.raw, rows).encode("utf-8")


def _invented(package: Published) -> bytes:
    """What has to stand first where the figures are made up."""
    words = (package.descriptor.raw.get("invented"), package.descriptor.raw.get("invented_en"))
    return "".join(f"**{text}**\n\n" for text in words if text).encode("utf-8")


def write(package: Published, folder: Path) -> list[Path]:
    """Writes the zip; ``datapackage.json`` lies at its root, so that frictionless opens it as it is."""
    licence = package.descriptor.raw["licenses"][0]
    files = {
        DESCRIPTOR: package.read(DESCRIPTOR),
        "README.md": _invented(package) + _readme(package),
        "LICENSE": f"{licence['title']} ({licence['name']})\n{licence['path']}\n".encode(),
        "CITATION.cff": citation(package).encode("utf-8"),
        **{table.path: package.read(table.path) for table in package.tables.values()},
    }
    with contextlib.suppress(PipelineError):  # never released
        files[HISTORY] = package.read(HISTORY)
    return [write_archive(sorted(files.items()), folder / f"{package.descriptor.name}.zip")]


def write_archive(files: Iterable[tuple[str, bytes]], target: Path) -> Path:
    """Writes files, by name and content, as a zip that is the same bytes each time."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in files:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, MODE, 3
            archive.writestr(entry, data)
    return target
