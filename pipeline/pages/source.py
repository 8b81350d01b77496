"""The archived text of a report with numbered lines, so that every figure leads to the line it is printed on, on our own host.

Comes in: the package, and its ``reports/`` if that lies there too; a site made from the package alone has no such pages.
Goes out: a page for each report that is plain text. Personal data are left out as in the package.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.pages.addresses import Page, report_path, source_path
from pipeline.pages.words import Words
from pipeline.published.records import Package, Report
from pipeline.safety.escape import visible
from pipeline.safety.redact import redact

TEXT = "txt"
LARGEST_TEXT = 150_000  # bytes; a longer file is no page for a phone


def archived(package: Package, report: Report) -> Path | None:
    """The file as it was received; None where it does not lie beside the package, or names a way out of it."""
    for folder in (package.folder, package.folder.parent):
        file = folder / report.source_file
        if report.source_file and file.is_file() and file.resolve().is_relative_to(folder.resolve()):
            return file
    return None


def has_source(package: Package, report: Report) -> bool:
    """Whether the report has a page with its lines."""
    if report.source_format != TEXT:
        return False
    file = archived(package, report)
    return file is not None and file.stat().st_size <= LARGEST_TEXT


def source_page(package: Package, report: Report, words: Words) -> Page | None:
    """The lines of a report, each with an address: ``#L30``; None where there is no text to show."""
    file = archived(package, report) if has_source(package, report) else None
    if file is None:
        return None
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:  # in another encoding: its lines are not ours to guess
        return None
    name, year = words.label(report.agency.name), str(report.year)
    title = words("source_page.title", agency=name, year=year)
    return Page(
        path=source_path(report),
        template="source",
        title=title,
        heading=title,
        description=title,
        values={
            "crumbs": [
                (words("nav.home"), ""),
                (words("nav.agencies"), "agencies/"),
                (name, f"agencies/{report.agency.key}/"),
                (year, report_path(report)),
            ],
            "report": report,
            "lines": [visible(redact(line)) for line in text.splitlines()],
        },
        toc=False,
    )
