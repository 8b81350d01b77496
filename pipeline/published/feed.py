"""Atom feeds of new and corrected reports: of the site, of each agency and place. Comes in: the package and its releases.

Dates are those in the data. An entry's id never changes, so that a reader shows a report once, and a correction of it once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from pipeline.knowledge.messages import message
from pipeline.published.reader import Published
from pipeline.published.releases import Release

MOST_FIGURES = 20  # of one entry
MOST, FEW = 100, 20  # entries of the site's feed, and of one agency's or place's: what is new, not the whole
# Columns of agencies, and how many digits of a division say them.
PLACES = {"province": 2, "city": 4, "county": 6}
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
        history: its releases, newest first; it may be empty.
        site_url: where the site is published; its host stands in every id.
    """
    host = urlsplit(site_url).hostname or UNKNOWN_HOST
    return tuple(sorted(_entries(package, history, host), key=_newest_first)[:MOST])


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


def feeds(package: Published, history: tuple[Release, ...], site_url: str) -> Iterator[tuple[str, str]]:
    """Path and XML of every feed: that of the site, and one an agency and place, with the newest of theirs.

    Args:
        history: its releases, newest first; it may be empty.
        site_url: where the site is published; empty: addresses are relative to the feed.
    """
    host = urlsplit(site_url).hostname or UNKNOWN_HOST
    by_agency: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(_entries(package, history, host), key=_newest_first):
        by_agency[entry.path.split("/")[1]].append(entry)
    yield "feed.xml", atom(package, history, site_url)
    places: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for row in package.records("agencies"):
        own = by_agency[row["agency_id"]]
        folder = f"agencies/{row['agency_id']}/"
        yield f"{folder}feed.xml", _feed(package, own[:FEW], site_url, folder, row["name_zh"])
        for name, length in PLACES.items():
            if row[name]:
                places[row["division_code"][:length].ljust(6, "0"), row[name]] += own
    for (code, name), several in sorted(places.items()):
        newest = sorted(several, key=_newest_first)[:FEW]
        yield f"places/{code}/feed.xml", _feed(package, newest, site_url, f"places/{code}/", name)


def _newest_first(entry: Entry) -> tuple[int, str]:
    return -int(entry.updated.replace("-", "")), entry.id


def atom(package: Published, history: tuple[Release, ...], site_url: str) -> str:
    """The feed of the site as XML; addresses are relative to the site where ``site_url`` is empty.

    Args:
        history: its releases, newest first; it may be empty.
        site_url: where the site is published.
    """
    return _feed(package, entries(package, history, site_url), site_url)


def _feed(
    package: Published, listed: Sequence[Entry], site_url: str, folder: str = "", name: str = ""
) -> str:
    """A feed as XML, of the page in ``folder`` about what ``name`` says; both empty for the whole site."""
    descriptor = package.descriptor.raw
    host = urlsplit(site_url).hostname or UNKNOWN_HOST
    home = site_url.rstrip("/") + "/" if site_url else "../" * folder.count("/")
    updated = max((entry.updated for entry in listed), default="1970-01-01")
    author = descriptor["contributors"][0]["title"]
    about = f":{folder.rstrip('/')}" if folder else ""
    title = " · ".join(filter(None, (name, descriptor["title"])))
    itself = quoteattr(f"{home}{folder}feed.xml")
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh">',
        f"<id>tag:{host},{TAG_YEAR}:{_text(descriptor['name'] + about)}</id>",
        f"<title>{_text(title)}</title>",
        f"<updated>{updated}T00:00:00Z</updated>",
        f"<author><name>{_text(author)}</name></author>",
        f"<rights>{_text(' '.join([descriptor['licenses'][0]['name'], *package.descriptor.rights]).strip())}</rights>",
        *([f'<link rel="self" type="application/atom+xml" href={itself}/>'] if site_url else []),
        f'<link rel="alternate" type="text/html" href={quoteattr(home + folder or "./")}/>',
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
