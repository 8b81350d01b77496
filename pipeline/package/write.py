"""The rows of the tables → the data package: CSVs and descriptor, validated, put in place as a whole.

One schema source: ``knowledge/package.yml`` and the forms. Lines end in LF, nothing depends on the clock. A package that
does not validate, or a run that stops, leaves the old one untouched.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.knowledge.forms import forms
from pipeline.knowledge.messages import wrong
from pipeline.package import schema
from pipeline.package.csv_file import write_csv
from pipeline.package.rows import Tables
from pipeline.package.validate import validate
from pipeline.published.derived import Derivation
from pipeline.published.dictionary import README, readme
from pipeline.published.reader import DESCRIPTOR
from pipeline.published.releases import is_release, latest, state, version_of
from pipeline.safety.files import replaced


def write_package(tables: Tables, folder: Path, *, frictionless: bool = False) -> None:
    """Writes ``datapackage.json``, ``README.md`` and ``data/*.csv`` below a folder, all or nothing.

    Args:
        tables: as ``make_tables`` returns them; the derived tables are made of these.
        folder: the package folder; its ``reports/`` is not touched, its ``versions.yml`` tells the version.
        frictionless: whether it judges too, as before a release; what it refuses, our own judges do.

    Raises:
        PipelineError: the new package is not valid; the old one stays.
    """
    newest = latest(folder)
    with replaced(folder, "data", README, DESCRIPTOR) as new:
        (new / "data").mkdir()
        rows = {**tables, **derivation(tables).rows()}
        files = {
            name: write_csv(new / f"data/{name}.csv", [field.name for field in resource.fields], rows[name])
            for name, resource in schema.resources().items()
        }
        data = state({name: file.sha256 for name, file in files.items() if name in tables})
        version = version_of(newest, data)
        created = newest.day if is_release(version) else _as_of(tables, newest.day)
        descriptor = schema.descriptor(files, tables, version=version, created=created)
        (new / DESCRIPTOR).write_bytes(dump(descriptor))
        (new / README).write_bytes(readme(descriptor, tables).encode("utf-8"))
        if problems := validate(new, frictionless=frictionless):
            listed = "\n".join(f"  {problem}" for problem in problems[:20])
            raise wrong("package_refused", listed=listed)


def _as_of(tables: Tables, released: str) -> str:
    """The day of a state that is no release: that of the newest report in it, or of the release before. No clock's."""
    return max((released, *(row["retrieved"] for row in tables["reports"])))


def derivation(tables: Tables) -> Derivation:
    """What the derived tables are made of.

    Args:
        tables: as ``make_tables`` gives them.
    """
    return Derivation(tables, forms(), schema.figure_tables(), schema.summary_cells())


def dump(descriptor: dict[str, Any]) -> bytes:
    """JSON as it is committed: two blanks, Chinese as it is, one line end.

    Args:
        descriptor: of a package; its keys stay in their order.
    """
    return (json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
