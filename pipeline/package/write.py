"""The rows of the tables → the data package: CSVs and descriptor, validated, put in place as a whole.

One schema source: ``knowledge/package.yml`` and the forms. Lines end in LF, nothing depends on the clock. A package that
does not validate, or a run that stops, leaves the old one untouched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pipeline.knowledge.messages import wrong
from pipeline.model.source import Agency
from pipeline.package import schema
from pipeline.package.csv_file import Block, CsvFile
from pipeline.package.parts import Part, blocks_of_table
from pipeline.package.rows import Tables, code_lists, derivation, rows_of_reports
from pipeline.package.validate import validate
from pipeline.published.dictionary import README, readme
from pipeline.published.reader import DESCRIPTOR
from pipeline.published.releases import is_release, latest, state, version_of
from pipeline.safety.files import replaced

Named = tuple[str, Block]  # a table, and some of its rows


def write_package(tables: Tables, folder: Path, *, frictionless: bool = False) -> None:
    """Writes ``datapackage.json``, ``README.md`` and ``data/*.csv`` below a folder, all or nothing.

    Args:
        tables: as ``make_tables`` returns them; the derived tables are made of these.
        folder: the package folder; its ``reports/`` is not touched, its ``versions.yml`` tells the version.
        frictionless: whether it judges too, as before a release; what it refuses, our own judges do.

    Raises:
        PipelineError: the new package is not valid; the old one stays.
    """
    rows = {**tables, **derivation(tables).rows()}
    blocks = ((name, block) for name in schema.resources() for block in blocks_of_table(name, rows[name]))
    _write(folder, tables, blocks, frictionless=frictionless)


def write_parts(agencies: Iterable[Agency], parts: Iterable[Part], folder: Path) -> None:
    """The same from parts that are made while they are written, so that no more than a few are held at once.

    Args:
        agencies: all that are filed, also those without a report.
        parts: as ``part_of`` makes them, in the order of ``shares``.
        folder: as for ``write_package``.

    Raises:
        PipelineError: as there.
    """
    tables = rows_of_reports(agencies, ()) | code_lists()
    _write(folder, tables, _blocks(tables, parts))


def _blocks(tables: Tables, parts: Iterable[Part]) -> Iterator[Named]:
    """The rows of all tables; those of the table of reports are kept as well, since others are told from them all."""
    for part in parts:
        tables["reports"].extend(part.reports)
        yield from part.blocks.items()
    about_all = {name: rows for name, rows in tables.items() if name not in schema.tables_of_reports()}
    for name, rows in (about_all | {"coverage": derivation(tables).coverage()}).items():
        yield from ((name, block) for block in blocks_of_table(name, rows))


def _write(folder: Path, tables: Tables, blocks: Iterable[Named], *, frictionless: bool = False) -> None:
    """``tables`` tells what is covered; it is only looked at when the last block is written."""
    newest = latest(folder)
    with replaced(folder, "data", README, DESCRIPTOR) as new:
        (new / "data").mkdir()
        with ExitStack() as opened:
            csvs = {
                name: opened.enter_context(
                    CsvFile(
                        new / f"data/{name}.csv", resource.names, resource.examples, sampled=resource.derived
                    )
                )
                for name, resource in schema.resources().items()
            }
            for name, block in blocks:
                csvs[name].add(block)
        files = {name: one.written() for name, one in csvs.items()}
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


def dump(descriptor: dict[str, Any]) -> bytes:
    """JSON as it is committed: two blanks, Chinese as it is, one line end.

    Args:
        descriptor: of a package; its keys stay in their order.
    """
    return (json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
