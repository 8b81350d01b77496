"""The page of one report: what happened, the figures, the tables as filed, checks, text, source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from pipeline.pages.addresses import Door, Page, agency_path, report_path
from pipeline.pages.cards import report_card
from pipeline.pages.charts import applicants, cases, decisions, outcomes, reasons
from pipeline.pages.context import Context, once
from pipeline.pages.parts import checks, indicators, story
from pipeline.pages.parts.citing import Citation, of_report
from pipeline.pages.parts.filed_tables import filed_tables
from pipeline.pages.parts.marks import CHECKS, anchor, in_words, kind, told_together
from pipeline.pages.parts.peers import Medians, beside, medians
from pipeline.pages.pictures import has_clippings
from pipeline.pages.source import has_source
from pipeline.pages.words import Words
from pipeline.published.records import Finding, Report
from pipeline.published.revisions import SHOWN
from pipeline.published.schema_org import report_dataset
from pipeline.safety.escape import is_web_address

# Each draws one figure, or none, below a heading of its own, in this order: ``HEADING`` and ``draw``.
CHARTS = (outcomes, applicants, reasons, cases, decisions)
NEIGHBOURS = 3  # of each kind
LONG_DESCRIPTION = 120  # characters
_SENTENCE = re.compile(r"[。；]|[.;] ")

Texts = Sequence[tuple[str, Sequence[str]]]  # heading and paragraphs of each section


@dataclass(frozen=True)
class Shown:
    """A finding as the page says it: ``where`` in words, ``anchor`` the id of its cell or row, empty if none.

    ``more`` are the other cells of the same row of which the same is said: column and id.
    """

    severity: str
    word: str
    where: str
    message: str
    hint: str
    code: str
    place: str
    anchor: str
    more: Sequence[tuple[str, str]]


class Neighbours:
    """Reports that share something; finding those nearest to one takes the same time however many there are."""

    def __init__(self, reports: Sequence[Report], key: Callable[[Report], object]) -> None:
        groups: dict[object, list[Report]] = {}
        for report in reports:
            groups.setdefault(key(report), []).append(report)
        self._at = {
            report.key: (group, index) for group in groups.values() for index, report in enumerate(group)
        }

    def of(self, report: Report) -> tuple[Door, ...]:
        """The nearest others, nearest first; reports of the same agency are no neighbours."""
        group, at = self._at[report.key]
        near = range(max(0, at - NEIGHBOURS), min(len(group), at + NEIGHBOURS + 1))
        nearest = sorted(near, key=lambda index: (abs(index - at), index))
        others = [group[index] for index in nearest if group[index].agency is not report.agency]
        return tuple(Door(report_path(one), one.agency.name) for one in others[:NEIGHBOURS])


@once
def _like(context: Context) -> Neighbours:
    return Neighbours(context.package.reports, lambda report: (report.year, report.agency.function))


@once
def _nearby(context: Context) -> Neighbours:
    return Neighbours(context.package.reports, lambda report: (report.year, report.agency.division))


@dataclass(frozen=True)
class Around:
    """All that the page of a report says of others than its agency: neighbours, and the medians of like agencies."""

    like: tuple[Door, ...]
    nearby: tuple[Door, ...]
    medians: Medians


def around(context: Context, report: Report) -> Around:
    """What of the whole package the page of one report is made from, beside what its agency has filed."""
    return Around(_like(context).of(report), _nearby(context).of(report), medians(context, report))


def report_page(context: Context, report: Report, others: Around) -> Page:
    """The page of one report, with one apart for its text where it would make that page too large.

    Args:
        context: knows what the agency has filed and need know no more.
        report: of the package.
        others: what is said of other agencies.
    """
    texts = list(_texts(context, report))
    return replace(_page(context, report, texts, others), apart={"text": _text_page(context, report, texts)})


def _text_page(context: Context, report: Report, texts: Texts) -> Page:
    words = context.words
    names = {"agency": words.label(report.agency.name), "year": str(report.year)}
    title = words("report.text_title", **names)
    return Page(
        path=f"{report_path(report)}text/",
        template="text",
        title=title,
        heading=title,
        description=title,
        values={
            "crumbs": [*_crumbs(context, report), (str(report.year), report_path(report))],
            "texts": texts,
        },
        toc=False,
        twin=report_path(report),
    )


def _page(context: Context, report: Report, texts: Texts, others: Around) -> Page:
    package, words = context.package, context.words
    told = story.tell(package, report, words.markdown)
    plain = story.tell(package, report, words)
    drawn = [(words(one.HEADING), chart) for one in CHARTS if (chart := one.draw(package, report, words))]
    indicator_rows, indicator_notes = indicators.of_report(package, report, words)
    name = words.label(report.agency.name)
    year = str(report.year)
    return Page(
        path=report_path(report),
        template="report",
        card=report_card(package, report),
        feed=f"{agency_path(report.agency)}feed.xml",
        jsonld=lambda root: report_dataset(context.package.published, report, root),
        title=words("report.browser_title", agency=name, year=year),
        heading=words("report.title", agency=name, year=year),
        description=beginning(words.join(plain.paragraphs[:1], "list.sentence")),
        values={
            "charts": drawn,
            "report": report,
            "name_made": words("agency.name_made", name=report.agency.name.zh)
            if report.agency.name_made
            else "",
            "story": told,
            "doubts": plain.doubts,
            "beside": beside(context, report, others.medians),
            "crumbs": _crumbs(context, report),
            "tables": filed_tables(package, report, words),
            "checked": words.join(checks.sentences(package, report, words), "list.sentence"),
            "checks": list(checks.lines(package, report, words)),
            "indicators": indicator_rows,
            "indicator_notes": indicator_notes,
            "findings": list(_findings(context, report)),
            "texts": texts,
            "apart": False,
            "before": _before(context, report),
            "has_source": has_source(context, report),
            "has_clippings": has_clippings(report, context.clippings) is not None,
            "source": list(_source(context, report)),
            "citations": _citations(context, report),
            "doors": list(_doors(context, report)),
            "around": [(words("report.like"), others.like), (words("report.nearby"), others.nearby)],
        },
        figures=tuple(chart for _, chart in drawn),
    )


def _before(context: Context, report: Report) -> Report | None:
    """The agency's report before this one, where both have their text."""
    own = context.package.by_agency[report.agency.key]
    earlier = [one for one in own if one.year < report.year and one.scope == report.scope and one.sections]
    return earlier[-1] if earlier and report.sections else None


def _crumbs(context: Context, report: Report) -> list[tuple[str, str]]:
    words = context.words
    return [
        (words("nav.home"), ""),
        (words("nav.agencies"), "agencies/"),
        (words.label(report.agency.name), agency_path(report.agency)),
    ]


def _findings(context: Context, report: Report) -> Iterator[Shown]:
    """Every finding; one that many cells have comes once, since they are marked in the tables."""
    together, words = told_together(report), context.words
    for finding, *others in _alike(report.findings):
        count = together.get(kind(finding)) if finding.column else None
        if count is None:
            yield _shown(context, report, finding, *others)
        elif count:
            together[kind(finding)] = 0
            what = context.word("findings", "code", finding.code)
            one = _shown(context, report, replace(finding, row="", column="", place=""))
            yield replace(one, where="", message=words("checks.together", what=what, n=count))


def _alike(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Findings of which all is the same but the column, together: a torn row says the same of each of its cells."""
    found: dict[Finding, list[Finding]] = {}
    for finding in findings:
        found.setdefault(replace(finding, column="", reported="", expected=""), []).append(finding)
    for some in found.values():
        if all(one.column for one in some):
            yield some
        else:
            yield from ([one] for one in some)


def _shown(context: Context, report: Report, finding: Finding, *others: Finding) -> Shown:
    words, columns = context.words, context.package.descriptor.columns
    at = anchor(report, finding)
    return Shown(
        severity=finding.severity if finding.severity in ("error", "warning") else "info",
        word=context.word("findings", "severity", finding.severity),
        where=in_words(context.package, report, finding, words),
        message=words.label(finding.message),
        hint=words.label(finding.hint),
        code=finding.code,
        place=words.place(finding.place),
        anchor="" if at == CHECKS else at,
        more=[
            (words.label(columns[one.column]) if one.column in columns else one.column, anchor(report, one))
            for one in others
        ],
    )


def _texts(context: Context, report: Report) -> Iterator[tuple[str, list[str]]]:
    titles = {section.key: section.title for section in report.form.sections}
    for section in report.sections:
        title = titles.get(section.key)
        fallback = title or context.package.descriptor.word("sections", "section", section.key)
        heading = section.heading.strip() or context.words.label(fallback)
        lines = (line.strip() for line in section.text.split("\n"))
        yield heading, [line for line in lines if line]


def _source(context: Context, report: Report) -> Iterator[tuple[str, str | Markup]]:
    words = context.words
    yield words("source.title"), report.title or words("not_stated")
    yield words("source.agency"), report.agency_printed or words("not_stated")
    yield words("source.published"), punctuality(report, words)
    url = report.source_url
    link = Markup('<a href="{0}" rel="noopener nofollow">{0}</a>').format(url)
    yield words("source.url"), link if is_web_address(url) else words("source.url_unknown")
    if report.retrieved:
        yield words("source.retrieved"), words.date(report.retrieved)
    code = Markup("{}<br><small>SHA-256 <code>{}</code></small>")
    yield words("source.file"), code.format(report.source_file, report.source_sha256)
    yield words("source.form"), report.form.number
    yield words("source.scope"), context.word("reports", "scope", report.scope)
    stated, missing = report.cells_stated, report.cells_not_stated
    key = "source.cells_some" if missing else "source.cells_all"
    yield words("source.cells"), words(key, stated=stated, missing=missing)


def _citations(context: Context, report: Report) -> list[Citation]:
    """Where the source has no known address, ours is where it can be read."""
    words = context.words
    author = report.agency_printed or words.label(report.agency.name)
    title = report.title or words("report.title", agency=author, year=str(report.year))
    return of_report(report.key, author, title, report.dated, words, report.revision[:SHOWN])


def _doors(context: Context, report: Report) -> Iterator[tuple[str, str, str]]:
    words = context.words
    own = context.package.by_agency[report.agency.key]
    at = own.index(report)
    for label, index in (("report.previous", at - 1), ("report.next", at + 1)):
        if 0 <= index < len(own):
            other = own[index]
            yield words(label), report_path(other), words("year", year=str(other.year))
    name = words.label(report.agency.name)
    yield "", agency_path(report.agency), words("report.all_years", agency=name)
    yield "", f"years/{report.year}/", words("report.same_year", year=str(report.year))


def beginning(text: str) -> str:
    """As much of a text as search engines and previews show, in whole sentences where that is possible."""
    if len(text) <= LONG_DESCRIPTION:
        return text
    ends = [found.end() for found in _SENTENCE.finditer(text, 0, LONG_DESCRIPTION)]
    return text[: ends[-1]].rstrip("；; ") if ends else text[:LONG_DESCRIPTION]


def timing(report: Report) -> str:
    """``on_time``, ``late`` or ``no_date``, by the date of publication, else that of the signature; ISO dates compare as text."""
    if not report.dated:
        return "no_date"
    return "on_time" if report.dated <= report.due else "late"


def punctuality(report: Report, words: Words) -> str:
    """The date printed, and whether that is within the deadline."""
    dates = {"date": words.date(report.dated), "due": words.date(report.due)}
    said = words(f"source.{timing(report)}", **dates)
    return said if report.published or not report.signed else words("source.by_signature", said=said)
