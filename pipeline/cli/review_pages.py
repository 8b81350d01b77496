"""The pages of the agencies that a change touches, as a folder that opens from disk: for the reviewer, and nobody else."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from pipeline.knowledge.messages import wrong
from pipeline.package.rows import Tables
from pipeline.package.write import write_package
from pipeline.pages import write_pages
from pipeline.safety.files import replaced
from pipeline.site.build import build_site
from pipeline.site.offline import from_disk


def build_review_pages(tables: Tables, folder: Path) -> bool:
    """Builds the site of a few agencies into a folder.

    Args:
        tables: as ``make_tables`` gave them for these agencies.
        folder: to make or replace.

    Returns:
        False where there is no report to show; then nothing is made.

    Raises:
        PipelineError: the package of these agencies is not valid, or the site cannot be built.
    """
    if not tables["reports"]:
        return False
    with tempfile.TemporaryDirectory(prefix="review-") as made:
        work = Path(made).resolve()
        write_package(tables, work / "package")
        write_pages(work / "package", work / "docs")
        build_site(work / "docs", work / "site", site_url="")
        for page in (work / "site").rglob("*.html"):
            page.write_text(from_disk(page.read_text(encoding="utf-8"), page), encoding="utf-8", newline="\n")
        try:
            with replaced(folder.parent, folder.name) as new:
                shutil.copytree(work / "site", new / folder.name)
        except OSError as error:
            raise wrong("folder_unwritable", folder=folder, error=error) from error
    return True
