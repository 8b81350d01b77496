"""The Atom feed of new and corrected reports. Comes in: the package and its releases; dates are those in the data.

An entry's id never changes, so that a reader shows a report once, and a correction of it once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from pipeline.knowledge.messages import message
from pipeline.published.reader import Published
from pipeline.published.releases import Release

MOST_FIGURES = 20  # of one entry
MOST = 100  # entries: a feed is what is new, not the whole
TAG_YEAR = "2026"  # part of every id, by RFC 4151; it is never changed
UNKNOWN_HOST = "localhost"
CONTROL = dict.fromkeys(range(32), " ")


@dataclass(frozen=True)
class Entry:
    """One entry. ``updated`` is a day of the data."""

    id: str
    title: str
    path: str
    updated: str
    summary: str


def entries(package: Published, history: tuple[Release, ...], site_url: str) -> tuple[Entry, ...]:
    """The newest entries, newest first; the same day: by id.

    Args:
        site_url: where the site is published; its host stands in every id.
    """
    host = urlsplit(site_url).hostname or UNKNOWN_HOST
    found = sorted(_entries(package, history, host), key=lambda entry: entry.id)
    return tuple(sorted(found, key=lambda entry: entry.updated, reverse=True)[:MOST])


def _entries(package: Published, history: tuple[Release, ...], host: str) -> Iterator[Entry]:
    names = {row["agency_id"]: row["name_zh"] for row in package.records("agencies")}
    came = {report: one.day for one in reversed(history) for report in one.added}
    newest = max((one.day for one in history), default="")
    for row in package.records("reports"):
        report, name = row["report_id"], names[row["agency_id"]]
        title = f"{name} {row['year']}"
        path = f"agencies/{row['agency_id']}/{report.removeprefix(row['agency_id'] + '-')}/"
        tag = f"tag:{host},{TAG_YEAR}:report/{report}"
        # When it came into the data. A report that no release has yet came after the newest one: the day is no clock's.
        day = came.get(report) or max(
            row["retrieved"] or row["published"] or row["signed"] or row["due"], newest
        )
        yield Entry(tag, title, path, day, row["title"])
        for one in history:
            if report in one.corrected:
                yield Entry(
                    f"{tag}/{one.version}",
                    message("correction_of", title=title).zh,
                    path,
                    one.day,
                    _corrected(one, report),
                )


def _corrected(one: Release, report: str) -> str:
    """What a release corrected in a report, before → after."""
    empty = message("empty_value").zh
    figures = [
        f"{c.cell}: {c.before or empty} → {c.after or empty}" for c in one.changes if c.report == report
    ]
    more = f"……（{len(figures)}）" if len(figures) > MOST_FIGURES else ""
    return (
        f"{one.version} {'；'.join(figures[:MOST_FIGURES])}{more}" if figures else f"{one.version} {one.zh}"
    )


def atom(package: Published, history: tuple[Release, ...], site_url: str) -> str:
    """The feed as XML; addresses are relative to the site where ``site_url`` is empty."""
    listed = entries(package, history, site_url)
    descriptor = package.descriptor.raw
    host = urlsplit(site_url).hostname or UNKNOWN_HOST
    home = site_url.rstrip("/") + "/" if site_url else ""
    updated = max((entry.updated for entry in listed), default="1970-01-01")
    author = descriptor["contributors"][0]["title"]
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh">',
        f"<id>tag:{host},{TAG_YEAR}:{_text(descriptor['name'])}</id>",
        f"<title>{_text(descriptor['title'])}</title>",
        f"<updated>{updated}T00:00:00Z</updated>",
        f"<author><name>{_text(author)}</name></author>",
        f"<rights>{_text(' '.join([descriptor['licenses'][0]['name'], *package.descriptor.rights]).strip())}</rights>",
        *(
            [f'<link rel="self" type="application/atom+xml" href={quoteattr(home + "feed.xml")}/>']
            if home
            else []
        ),
        f'<link rel="alternate" type="text/html" href={quoteattr(home or "./")}/>',
    ]
    for entry in listed:
        lines += [
            "<entry>",
            f"<id>{_text(entry.id)}</id>",
            f"<title>{_text(entry.title)}</title>",
            f"<updated>{entry.updated}T00:00:00Z</updated>",
            f'<link rel="alternate" type="text/html" href={quoteattr(home + entry.path)}/>',
            f"<summary>{_text(entry.summary)}</summary>",
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])


def _text(text: str) -> str:
    return escape(text.translate(CONTROL))
