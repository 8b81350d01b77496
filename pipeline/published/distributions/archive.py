"""One zip with everything a person needs years later: the package, its dictionary, licence, citation and history."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from pipeline.model.findings import PipelineError
from pipeline.published.catalogues import citation, csvw, zenodo
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


def _licence(package: Published) -> str:
    """The licence, and what it does not cover."""
    one, rights = package.descriptor.licenses[0], package.descriptor.rights
    return "".join(
        f"{line}\n" for line in (f"{one.title} ({one.name})", one.path, rights.zh, rights.en) if line
    )


def _sums(package: Published) -> str:
    """The checksums of the tables and the descriptor, so that each can be checked without the others."""
    paths = sorted((DESCRIPTOR, *(table.path for table in package.tables.values())))
    return "".join(f"{sha256(package.read(path)).hexdigest()}  {path}\n" for path in paths)


def write(package: Published, folder: Path) -> list[Path]:
    """Writes the zip; ``datapackage.json`` lies at its root, so that frictionless opens it as it is.

    Args:
        folder: is there.
    """
    files = {
        DESCRIPTOR: package.read(DESCRIPTOR),
        "README.md": _invented(package) + _readme(package),
        "LICENSE": _licence(package).encode("utf-8"),
        "CITATION.cff": citation(package).encode("utf-8"),
        ".zenodo.json": zenodo(package).encode("utf-8"),
        "data/csv-metadata.json": csvw(package).encode("utf-8"),
        "SHA256SUMS": _sums(package).encode("ascii"),
        **{table.path: package.read(table.path) for table in package.tables.values()},
    }
    with contextlib.suppress(PipelineError):  # never released
        files[HISTORY] = package.read(HISTORY)
    return [write_archive(sorted(files.items()), folder / f"{package.descriptor.name}.zip")]


def write_archive(files: Iterable[tuple[str, bytes]], target: Path) -> Path:
    """Writes files, by name and content, as a zip that is the same bytes each time.

    Args:
        files: in the order that they will have; of none the zip is empty.
        target: written anew.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in files:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, MODE, 3
            archive.writestr(entry, data)
    return target
