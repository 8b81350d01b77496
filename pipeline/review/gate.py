"""The package that the merge would give, built and validated by the very code that publishes.

Rows of agencies that the change does not touch are those of the base's package; all others are new.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Set
from pathlib import Path

from pipeline.model.findings import PipelineError
from pipeline.package import schema
from pipeline.package.rows import Row, Tables, divisions_of, in_order
from pipeline.package.write import write_package


def merged(old: Tables, new: Tables, touched: Set[str]) -> Tables:
    """The tables after the merge.

    Args:
        old: those of the base.
        new: those of the agencies that are read anew, with today's code lists.
        touched: these agencies, and those that are there no more.
    """
    of_report = {row["report_id"]: row["agency_id"] for row in old["reports"]}

    def owner(row: Row) -> str | None:
        return of_report.get(row["report_id"]) if "report_id" in row else row.get("agency_id")

    found: Tables = {}
    for name, rows in new.items():
        resource = schema.resources()[name]
        is_list = not ({"report_id", "agency_id"} & {field.name for field in resource.fields})
        kept = [] if is_list else [row for row in old[name] if owner(row) not in (None, *touched)]
        found[name] = in_order(name, [*kept, *rows])
    found["divisions"] = in_order("divisions", divisions_of(found["agencies"]))
    return found


def refusals(old: Tables, after: Tables, package: Path) -> Iterator[PipelineError]:
    """Why the package after the merge would be refused; nothing where that of before would be refused as well.

    Args:
        old: the tables before; none where they cannot be compared.
        after: the tables after, as ``merged`` gives them.
        package: the package folder, for what is written by hand there.
    """
    error = _refused(after, package)
    if error and not (old.get("reports") and _refused(old, package)):
        yield error


def _refused(tables: Tables, package: Path) -> PipelineError | None:
    with tempfile.TemporaryDirectory(prefix="gate-") as made:
        new = Path(made) / "datapackage"
        new.mkdir()
        for kept in package.glob("*.yml"):
            shutil.copyfile(kept, new / kept.name)
        try:
            write_package(tables, new)
        except PipelineError as error:
            return error
    return None
