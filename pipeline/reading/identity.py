"""The lines of a document → who reports, on which year, whose data, when, and the text of each section. Every fact keeps where it was read.

What the document does not say stays None with a finding; what it says in a weaker place than the title is taken with a
finding that names the place. Nothing is taken from a file's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.knowledge import normalize
from pipeline.knowledge.divisions import is_place
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.traditional import fold
from pipeline.model.findings import Finding, Location
from pipeline.model.form import Form
from pipeline.model.report import PrintedDate, Scope, SectionText
from pipeline.reading.anatomy import Anatomy, Section, pattern
from pipeline.reading.lines import Line
from pipeline.reading.titles import (
    bare,
    has_brand,
    has_pinyin,
    is_one_body,
    is_short_for,
    words,
)


@dataclass(frozen=True)
class Identity:
    """What the document says of itself; None where it is silent.

    Attributes:
        agency, agency_source: the printed name, and the key of its place in ``sources`` of ``identity.yml``.
        year, year_source: likewise.
        scope: agency, government_office, jurisdiction or system; None where nothing tells it.
        scope_stated: whether a printed word says it (本级, 汇总 …); else it follows from the kind of body.
        signed: the signature's date, else the one under the title, else that on which it was written or issued.
        published: the date that the page gives as that of publication.
        dates: all printed dates, each with its place and the words it stands with.
    """

    title: str | None
    agency: str | None
    agency_source: str
    year: int | None
    year_source: str
    scope: Scope | None
    scope_stated: bool
    signed: date | None
    published: date | None
    dates: tuple[PrintedDate, ...]
    sections: tuple[SectionText, ...]
    findings: tuple[Finding, ...]


def identify(lines: Iterable[Line], form: Form) -> Identity:
    """Reads title, agency, year, scope, dates and sections; without a line nothing but findings comes out.

    Args:
        lines: of the whole document, in reading order.
        form: whose sections are looked for.
    """
    report = Anatomy(lines, form)
    title = report.title
    findings: list[Finding] = [*_missing(form, report.sections)]
    agency, agency_source = _agency(report, findings)
    year, year_source = _year(report, findings)
    scope, stated = _scope(report, agency, findings)
    signed, published = _dates(report.dates, year, findings)
    return Identity(
        title=title.text if title else None,
        agency=agency,
        agency_source=agency_source,
        year=year,
        year_source=year_source,
        scope=scope,
        scope_stated=stated,
        signed=signed,
        published=published,
        dates=report.dates,
        sections=tuple(
            SectionText(s.key, s.heading, "\n".join(s.texts))
            for s in report.sections
            if s.heading or any(s.texts)
        ),
        findings=tuple(findings),
    )


def _agency(report: Anatomy, findings: list[Finding]) -> tuple[str | None, str]:
    """The printed name and its place; findings on weak places, contradictions, fuller forms and damage."""
    signed = report.signature.agency if report.signature else ""
    titled = report.title.agency if report.title else ""
    written_by = report.named(words()["written_by"])
    candidates = {
        "title": titled,
        "byline": report.byline,
        "signature": signed,
        "preface": written_by,
        "contact": report.named(words()["contact"]),
        "metadata": report.metadata(),
    }
    source = next((key for key, name in candidates.items() if name), "")
    if not source:
        findings.append(finding_kinds()["D110"](Location()))
        return None, ""
    agency = candidates[source]
    if source != "title":
        zh, en = words()["sources"][source]
        code = "D128" if source == "metadata" else "D116"
        findings.append(finding_kinds()[code](Location(), reported=agency, source_zh=zh, source_en=en))
    if has_brand(agency):
        findings.append(finding_kinds()["D119"](Location(), reported=agency))
    if report.title and has_pinyin(report.title.text):
        findings.append(finding_kinds()["D125"](Location(), reported=report.title.text))
    others = [*(title.agency for title in report.titles), report.byline, signed, written_by]
    _compare(agency, [name for name in dict.fromkeys(others) if name], findings)
    return agency, source


def _compare(agency: str, others: Sequence[str], findings: list[Finding]) -> None:
    """Says which other names the report has for itself: contradictions, and the fullest form of the same name."""
    fuller = max((name for name in others if is_short_for(agency, name)), key=len, default=agency)
    if len(bare(fuller)) > len(bare(agency)):
        findings.append(finding_kinds()["D124"](Location(), reported=agency, expected=fuller))
    for name in others:
        if not is_one_body(agency, name) and not is_one_body(fuller, name):
            findings.append(finding_kinds()["D132"](Location(), reported=name, expected=agency))


def _year(report: Anatomy, findings: list[Finding]) -> tuple[int | None, str]:
    """The year and its place; never from a date alone. Findings where the report's years disagree."""
    begun, begun_at = _year_of_overview(report.sections)
    candidates = {
        "title": report.title.year if report.title else None,
        "period": report.period,
        "preface": _only(report.says_before_sections([words()["preface_year"]])),
        "overview": begun,
        "cutoff": _only(report.says_before_sections([words()["cutoff_year"]])),
    }
    source = next((key for key, year in candidates.items() if year), "")
    if not source:
        findings.append(finding_kinds()["D111"](Location()))
        return None, ""
    year = candidates[source]
    if source != "title":
        zh, en = words()["sources"][source]
        findings.append(finding_kinds()["D117"](Location(), reported=str(year), source_zh=zh, source_en=en))
    others = {key: other for key, other in candidates.items() if other and other != year}
    for key, other in (*others.items(), *(("title", other) for other in _other_years(report, year))):
        zh, en = words()["sources"][key]
        at = Location(source=begun_at if key == "overview" else "")
        findings.append(
            finding_kinds()["D131"](at, reported=str(other), expected=str(year), source_zh=zh, source_en=en)
        )
    return year, source


def _only(said: Iterable[str]) -> int | None:
    """The year that sentences say, where they all say the same one."""
    years = set(map(int, said))
    return years.pop() if len(years) == 1 else None


def _other_years(report: Anatomy, year: int | None) -> Iterator[int]:
    """Other years in the title; and, where no period confirms the year, those of other titles of the same body."""
    if report.title is None:
        return
    others = dict.fromkeys(report.title.years)
    if report.period is None:
        for title in report.titles:
            if is_one_body(title.agency, report.title.agency):
                others |= dict.fromkeys(title.years)
    yield from (other for other in others if other != year)


def _year_of_overview(sections: Sequence[Section]) -> tuple[int | None, str]:
    overview = next((section for section in sections if section.key == "overview"), None)
    for text in overview.texts[:2] if overview else ():
        if match := pattern(words()["overview_year"]).match(fold(normalize.compact(text))):
            return int(match[1]), overview.place if overview else ""
    return None, ""


def _scope(report: Anatomy, agency: str | None, findings: list[Finding]) -> tuple[Scope | None, bool]:
    """Whose data: as a word says, else as the kind of body or the preamble suggests, with a finding."""
    if report.title and report.title.scope:
        return Scope(report.title.scope), True
    name = fold(bare(agency or "")).split("(")[0]
    suggested = _scope_of_body(name)
    says = words()["sums_up"]
    if any(report.says_before_sections(says["places"])):
        suggested = Scope.JURISDICTION
    elif any(report.says_before_sections(says["any"])):
        suggested = Scope.JURISDICTION if suggested else Scope.AGENCY
    if suggested:
        findings.append(finding_kinds()["D118"](Location(), reported=agency or "", expected=suggested))
    return suggested, False


def _scope_of_body(name: str) -> Scope | None:
    """What the kind of body suggests: a place alone and its government report for all; None for a plain agency."""
    if not name or name.endswith(tuple(words()["bodies_with_scope_agency"])):
        return None
    if is_place(name):
        return Scope.JURISDICTION
    for scope, endings in words()["scope_of_bodies"].items():
        if name.endswith(tuple(endings)):
            return Scope(scope)
    return None


SIGNED = ("signature", "under_title", "written", "issued")  # kinds of dates, the best first
PUBLISHED = ("published", "page")


def _dates(
    dates: Sequence[PrintedDate], year: int | None, findings: list[Finding]
) -> tuple[date | None, date | None]:
    """The date of the signature and that of publication; findings on dates that cannot be, come too early, or differ."""
    kinds = words()["date_kinds"]
    for printed in dates:
        zh, en = kinds[printed.kind]
        at = Location(source=printed.place)
        if printed.value is None:
            findings.append(finding_kinds()["D121"](at, reported=printed.raw, kind_zh=zh, kind_en=en))
        elif year is not None and printed.value <= date(year, 12, 31):
            findings.append(
                finding_kinds()["D122"](at, reported=printed.raw, kind_zh=zh, kind_en=en, year=year)
            )
    if not dates:
        findings.append(finding_kinds()["D112"](Location()))
    order = (*SIGNED, *PUBLISHED, "updated")
    known = sorted((d for d in dates if d.value), key=lambda d: order.index(d.kind))
    if len({printed.value for printed in known}) > 1:
        listed_zh = "；".join(f"{kinds[d.kind][0]} {d.value}" for d in known)
        listed_en = "; ".join(f"{kinds[d.kind][1]} {d.value}" for d in known)
        findings.append(finding_kinds()["D123"](Location(), listed_zh=listed_zh, listed_en=listed_en))
    signed, published = (
        next((printed.value for printed in known if printed.kind in kinds_of), None)
        for kinds_of in (SIGNED, PUBLISHED)
    )
    return signed, published


def _missing(form: Form, sections: Sequence[Section]) -> Iterator[Finding]:
    seen = {section.key for section in sections}
    for section in form.sections:
        if section.key not in seen:
            yield finding_kinds()["D120"](
                Location(), number=section.number, section_zh=section.zh, section_en=section.en
            )
