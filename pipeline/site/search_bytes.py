"""The same bytes for the same search index. Pagefind writes the values of a filter, and the filters, in the order of a
hash table, which is another at each run, and names the files by what is in them (its issue 638: the fragments are stable
since 1.3.0, filters and metadata are not meant to be). They are sorted and named anew here; the browser only follows names.

Comes in: a bundle that Pagefind wrote. Goes out: the same bundle.
"""

from __future__ import annotations

import gzip
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import cbor2

MARK = b"pagefind_dcd"  # before the data of each file
ENTRY = "pagefind-entry.json"
FILTERS, FILTER_NAME, META_NAME = 3, 7, 10  # where the metadata list the filters; digits of a name


def settle(bundle: Path, records: int) -> None:
    """Sorts the filters and their values, and names filters and metadata by their new content.

    Args:
        bundle: ``pagefind/`` of a site.
        records: how many pages are in it; where there is none, nothing in it is named to the browser.

    Raises:
        ValueError: a file is not of the form of this version of Pagefind.
    """
    entry = json.loads((bundle / ENTRY).read_text(encoding="utf-8"))
    if not records:
        entry["languages"] = {}
    for language, told in entry["languages"].items():
        meta = bundle / f"pagefind.{told['hash']}.pf_meta"
        content = _read(meta)
        content[FILTERS] = [
            [name, _filter(bundle, file, language)] for name, file in sorted(content[FILTERS])
        ]
        told["hash"] = _named(content, language, META_NAME)
        meta.unlink()
        _write(bundle / f"pagefind.{told['hash']}.pf_meta", content)
    (bundle / ENTRY).write_text(
        json.dumps(entry, ensure_ascii=False, separators=(",", ":")), encoding="utf-8", newline="\n"
    )


def _filter(bundle: Path, file: str, language: str) -> str:
    """Sorts one filter; its new name."""
    path = bundle / f"filter/{file}.pf_filter"
    name, values = _read(path)
    content = [name, sorted(values)]
    path.unlink()
    named = _named(content, language, FILTER_NAME)
    _write(bundle / f"filter/{named}.pf_filter", content)
    return named


def _read(path: Path) -> Any:
    data = gzip.decompress(path.read_bytes())
    if not data.startswith(MARK):
        raise ValueError(f"{path.name}: no file of Pagefind")
    return cbor2.loads(data.removeprefix(MARK))


def _named(content: Any, language: str, digits: int) -> str:
    return f"{language}_{sha256(cbor2.dumps(content)).hexdigest()[:digits]}"


def _write(path: Path, content: Any) -> None:
    path.write_bytes(gzip.compress(MARK + cbor2.dumps(content), mtime=0))
