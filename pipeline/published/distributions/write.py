"""The package in the forms that other people's tools open: Parquet, SQLite, Excel, JSON, one zip, catalogues, checksums.

Comes in: the package on disk, and nothing else. Goes out: files below ``data/`` and ``api/`` of the docs folder. The same
package gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict
from pathlib import Path

from pipeline.published.catalogues import CHECKSUMS, citation, croissant, csvw, dcat
from pipeline.published.distributions import registry
from pipeline.published.feed import atom
from pipeline.published.reader import DESCRIPTOR, Published, open_package
from pipeline.published.releases import HISTORY, is_release, latest, read_history

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
    files = [path for one in registry.distributions() for path in one.write(package, folder)]
    files.append(_write(folder / "CITATION.cff", citation(package)))
    (folder / "data").mkdir(exist_ok=True)
    files.append(_write(folder / "data/csv-metadata.json", csvw(package)))
    if read_history(package.place):
        files.append(_write(folder / HISTORY, package.read(HISTORY).decode("utf-8")))
    files.append(_checksums(package, folder, files))
    return sorted(files)


def write_catalogues(site: Path, site_url: str) -> list[Path]:
    """Writes ``data/dcat.jsonld``, ``data/croissant.json`` and ``feed.xml``, which say where the site is published.

    Args:
        site: holds the package below ``data/``, with ``versions.yml`` where there was a release.
        site_url: where it is published; empty: addresses are relative.

    Raises:
        PipelineError: there is no package.
    """
    package = open_package(site / FOLDER)
    return [
        _write(site / FOLDER / "dcat.jsonld", dcat(package, site_url)),
        _write(site / FOLDER / "croissant.json", croissant(package, site_url)),
        _write(site / "feed.xml", atom(package, read_history(site / FOLDER), site_url)),
        *write_version(package, site_url),
    ]


def write_version(package: Published, site_url: str) -> list[Path]:
    """Writes ``data/<version>/``, whose address names this state for ever, and ``latest`` and its shorter names.

    In the folder lie the zip, its checksum and what the release changed, figure by figure. Where the site's address is
    known, each folder has the descriptor with absolute addresses, so that it can be loaded from there.

    Args:
        package: in the folder ``data`` of the site, with its zip.
        site_url: where the site is published, or empty.
    """
    version, home = package.descriptor.version, package.place
    folder = home / version
    folder.mkdir(exist_ok=True)
    archive = home / f"{package.descriptor.name}.zip"
    shutil.copyfile(archive, folder / archive.name)
    written = [
        folder / archive.name,
        _write(folder / CHECKSUMS, f"{_sha256(archive.read_bytes())}  {archive.name}\n"),
        _write(folder / "diff.json", _changes(package)),
    ]
    major, minor, _ = version.split(".", 2)
    for name in (version, "latest", major, f"{major}.{minor}") if site_url else ():
        (home / name).mkdir(exist_ok=True)
        raw = dict(package.descriptor.raw)
        base = f"{site_url.rstrip('/')}/{FOLDER}/"
        raw["resources"] = [{**one, "path": base + one["path"]} for one in raw["resources"]]
        text = json.dumps(raw, ensure_ascii=False, indent=2) + "\n"
        written.append(_write(home / name / DESCRIPTOR, text))
    return written


def _changes(package: Published) -> str:
    """What the last release changed; of a state after it, what it is a state after."""
    newest = latest(package.place)
    told = {
        "version": package.descriptor.version,
        "after": "" if is_release(package.descriptor.version) else newest.version,
        "release": {name: value for name, value in asdict(newest).items() if name != "data"},
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _write(path: Path, text: str) -> Path:
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
