"""Loads a table of the data package by name, checked by its checksum, kept in a cache. Needs nothing but Python.

>>> import ogi
>>> ogi.base = "https://example.org/site/"          # or the environment's OGI_BASE
>>> rows = ogi.load("report_summary")               # a list of dicts; ogi.frame gives a pandas.DataFrame
"""

from __future__ import annotations

import csv
import datetime
import gzip
import hashlib
import io
import json
import os
import urllib.error
import urllib.request
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

base = os.environ.get("OGI_BASE", "")
cache = Path(os.environ.get("OGI_CACHE") or Path.home() / ".cache" / "ogi")
CASTS = {
    "integer": int,
    "number": lambda text: int(text) if text.lstrip("-").isdigit() else Decimal(text),
    "boolean": lambda text: text == "true",
    "date": datetime.date.fromisoformat,
}


class ChecksumError(Exception):
    """What was downloaded is not what the descriptor describes."""


def descriptor(version: str = "") -> dict[str, Any]:
    """``datapackage.json`` of a version.

    Args:
        version: as ``/data/versions/`` lists them, or ``latest``, ``1``, ``1.2``; empty is what the site holds now.

    Raises:
        ValueError: nobody has said where the site is.
        LookupError: no such version was published there.
        ChecksumError: its package is not what its checksum says.
    """
    if not base:
        raise ValueError("say where the site is: ogi.base = 'https://…/', or the environment's OGI_BASE")
    address = urljoin(base, f"data/{version}/datapackage.json" if version else "data/datapackage.json")
    try:
        return json.loads(_read(address)) | {"address": address}
    except urllib.error.HTTPError as error:
        if not version:
            raise
        return _packed(version, error)


def load(table: str, version: str = "") -> list[dict[str, Any]]:
    """The rows of a table: numbers, dates and truths as such, None for an empty cell.

    Args:
        table: ``observations``, ``report_summary``, ``coverage``, ``requests``, …
        version: see ``descriptor``.

    Raises:
        KeyError: there is no such table.
        ChecksumError: what was downloaded is not what is described.
    """
    about = descriptor(version)
    resource = next((one for one in about["resources"] if one["name"] == table), None)
    if resource is None:
        raise KeyError(f"no table {table}; there are {', '.join(one['name'] for one in about['resources'])}")
    casts = {field["name"]: CASTS.get(field["type"], str) for field in resource["schema"]["fields"]}
    path, told = resource["path"], resource["hash"]
    data = about["archive"].read(path) if "archive" in about else _checked(urljoin(about["address"], path), told)
    text = (gzip.decompress(data) if path.endswith(".gz") else data).decode("utf-8")
    return [
        {name: casts[name](cell) if cell else None for name, cell in row.items()}
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]


def _packed(version: str, gone: Exception) -> dict[str, Any]:
    """The descriptor of a version whose tables lie in its zip alone."""
    folder = urljoin(base, f"data/{quote(version)}/")
    try:
        lines = _read(f"{folder}SHA256SUMS").decode("ascii").splitlines()
        digest, name = next(line.split("  ") for line in lines if line.endswith(".zip"))
    except (urllib.error.HTTPError, StopIteration):
        raise LookupError(f"no version {version} at {base}") from gone
    archive = zipfile.ZipFile(io.BytesIO(_checked(folder + name, f"sha256:{digest}")))
    return json.loads(archive.read("datapackage.json")) | {"archive": archive}


def frame(table: str, version: str = "") -> Any:
    """The same as a ``pandas.DataFrame``."""
    import pandas

    return pandas.DataFrame(load(table, version))


def _checked(address: str, told: str) -> bytes:
    """A file by its checksum: from the cache where it is there, else from the site; what differs is not kept."""
    wanted = told.partition(":")[2]
    kept = cache / wanted
    if kept.is_file():
        data = kept.read_bytes()
        if hashlib.sha256(data).hexdigest() == wanted:
            return data
    data = _read(address)
    if hashlib.sha256(data).hexdigest() != wanted:
        raise ChecksumError(f"{address} is not what its descriptor describes: sha256 is not {wanted}")
    cache.mkdir(parents=True, exist_ok=True)
    new = kept.with_suffix(f".{os.getpid()}")
    new.write_bytes(data)
    new.replace(kept)
    return data


def _read(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        data: bytes = answer.read()
        return data
