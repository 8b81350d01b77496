"""The package in the forms that other people's tools open: Parquet, SQLite, Excel, JSON, one zip, catalogues, checksums.

Comes in: the package on disk, and nothing else. Goes out: files below ``data/`` and ``api/`` of the docs folder. The same
package gives the same bytes.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.published.catalogues import CHECKSUMS, citation, croissant, csvw, dcat
from pipeline.published.distributions import registry
from pipeline.published.feed import feeds
from pipeline.published.reader import DESCRIPTOR, Published, open_package
from pipeline.published.releases import HISTORY, read_history
from pipeline.published.states import write_states

__all__ = ["CHECKSUMS", "FOLDER", "write_catalogues", "write_distributions"]

FOLDER = "data"  # where the site offers the package; its other forms lie beside datapackage.json


def write_distributions(package: Published, out: Path) -> list[Path]:
    """Writes every form of the package that does not know where the site is published.

    Args:
        package: in a folder with ``datapackage.json``, ``data/``, ``README.md`` and, once released, ``versions.yml``.
        out: the root of the site's files; ``data/`` and ``api/`` are made below it.

    Returns:
        the files written, sorted.

    Raises:
        PipelineError: the package cannot be read.
    """
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    files = [path for one in registry.offered(package) for path in one.write(package, folder)]
    files.append(_write(folder / "CITATION.cff", citation(package)))
    (folder / "data").mkdir(exist_ok=True)
    files.append(_write(folder / "data/csv-metadata.json", csvw(package)))
    if read_history(package.place):
        files.append(_write(folder / HISTORY, package.read(HISTORY).decode("utf-8")))
    files.append(_checksums(package, folder, files))
    return sorted(files)


def write_catalogues(
    site: Path, site_url: str, *, earlier: Path | None = None, pinned: str = "", repository: str = ""
) -> list[Path]:
    """Writes ``data/dcat.jsonld``, ``data/croissant.json`` and the feeds, which say where the site is published.

    Beside them go ``data/<version>/`` of this state and of those before it (``states.write_states``).

    Args:
        site: holds the package below ``data/``, with ``versions.yml`` where there was a release.
        site_url: where it is published; empty: addresses are relative.
        earlier, pinned, repository: as for ``states.write_states``.

    Raises:
        PipelineError: there is no package, or what was published before is damaged.
    """
    package = open_package(site / FOLDER)
    return [
        _write(site / FOLDER / "dcat.jsonld", dcat(package, site_url)),
        _write(site / FOLDER / "croissant.json", croissant(package, site_url)),
        *(_write(site / path, text) for path, text in feeds(package, read_history(site / FOLDER), site_url)),
        *write_states(package, site_url, earlier=earlier, pinned=pinned, repository=repository),
    ]


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _checksums(package: Published, folder: Path, files: list[Path]) -> Path:
    """``SHA256SUMS`` of the data: its other forms, and the descriptor and the CSVs, which lie beside them as they are."""
    own = (path for path in files if path.is_relative_to(folder))
    sums = {path.relative_to(folder).as_posix(): _sha256(path.read_bytes()) for path in own}
    for path in (DESCRIPTOR, *(table.path for table in package.tables.values())):
        sums[path] = _sha256(package.read(path))
    return _write(folder / CHECKSUMS, "".join(f"{digest}  {path}\n" for path, digest in sorted(sums.items())))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
