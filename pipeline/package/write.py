"""The rows of the tables → the data package: CSVs and descriptor, validated, put in place as a whole.

One schema source: ``knowledge/package.yml`` and the forms. Lines end in LF, nothing depends on the clock. A package that
does not validate, or a run that stops, leaves the old one untouched.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from pipeline.knowledge.messages import wrong
from pipeline.package import schema
from pipeline.package.rows import Row, Tables
from pipeline.package.validate import validate
from pipeline.published.dictionary import README, readme
from pipeline.published.releases import latest
from pipeline.safety.escape import inert
from pipeline.safety.files import replaced


def to_csv(name: str, rows: list[Row]) -> bytes:
    """The rows of one resource as UTF-8 CSV with LF line ends."""
    fields = [field.name for field in schema.resources()[name].fields]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fields, lineterminator="\n", extrasaction="raise")
    writer.writeheader()
    writer.writerows({field: inert(value) for field, value in row.items()} for row in rows)
    return out.getvalue().encode("utf-8")


def write_package(tables: Tables, folder: Path) -> None:
    """Writes ``datapackage.json``, ``README.md`` and ``data/*.csv`` below a folder, all or nothing.

    Args:
        tables: as ``make_tables`` returns them.
        folder: the package folder; its ``reports/`` is not touched, its ``versions.yml`` tells the version.

    Raises:
        PipelineError: the new package is not valid; the old one stays.
    """
    files = {f"data/{name}.csv": to_csv(name, rows) for name, rows in tables.items()}
    newest = latest(folder)
    descriptor = schema.descriptor(files, tables, version=newest.version, created=newest.day)
    files |= {"datapackage.json": dump(descriptor), README: readme(descriptor, tables).encode("utf-8")}
    with replaced(folder, "data", README, "datapackage.json") as new:
        (new / "data").mkdir()
        for path, data in files.items():
            (new / path).write_bytes(data)
        if problems := validate(new):
            listed = "\n".join(f"  {problem}" for problem in problems[:20])
            raise wrong("package_refused", listed=listed)


def dump(descriptor: dict[str, Any]) -> bytes:
    """JSON as it is committed: two blanks, Chinese as it is, one line end."""
    return (json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
