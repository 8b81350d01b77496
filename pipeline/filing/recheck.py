"""Every source address, asked again: is the file still there, and still the same? Nothing is overwritten.

A page changes in bytes every day, by a counter or a menu. So what has other bytes is read, and the two readings are
compared: a change is one of figures, or, where both files are of one format, of the text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from pipeline.archive.recognitions import recognition_beside
from pipeline.archive.sources import sha256
from pipeline.document.html import pictures_of
from pipeline.document.read import format_of
from pipeline.document.refusal import RefusedError
from pipeline.document.sandbox import ReaderError, read_bounded, run
from pipeline.filing.attachments import PICTURE, attachment
from pipeline.filing.comparison import differences
from pipeline.filing.fetch import Fetcher
from pipeline.filing.from_address import ARCHIVE, PAGE, page_with_pictures
from pipeline.filing.reading import read_report
from pipeline.filing.refusals import NotFetchedError, not_fetched
from pipeline.filing.request import Fetched, NotFiledError
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.formats import by_extension
from pipeline.knowledge.messages import message
from pipeline.model.findings import Finding, Location
from pipeline.model.report import NotAReportError, Report
from pipeline.model.source import Source
from pipeline.model.text import Text
from pipeline.reading.report import make_report

HOSTS_AT_ONCE = 8  # each of them is asked one question at a time
MOST_SHOWN = 10
PAGES = (PAGE, "txt")  # what is filed of a page itself: the page, or its text
Progress = Callable[[int, int], None]
Answer = Fetched | NotFetchedError | None  # None: the very bytes that are filed, which need not be kept


@dataclass(frozen=True)
class Rechecked:
    """A filed report and its source address.

    Attributes:
        state: ``same`` (these bytes, or another copy with the same reading), ``gone``, ``changed`` or ``not_reached``.
        finding: what there is to say; None for the same.
    """

    source: Source
    state: str
    finding: Finding | None = None


def recheck(
    sources: Iterable[Source], fetcher: Fetcher, progress: Progress = lambda done, total: None
) -> list[Rechecked]:
    """Asks the source address of every report that has one.

    Args:
        sources: filed reports; those without an address are passed over.
        fetcher: asks; several hosts at once, and each host one question after the other.
        progress: called with (done, total) after each answer.

    Returns:
        in the order of the sources.
    """
    asked = [source for source in sources if source.url]
    by_host: defaultdict[str, list[Source]] = defaultdict(list)
    for source in asked:
        by_host[urlsplit(_address(source)).netloc].append(source)
    found: dict[str, Rechecked] = {}
    with ThreadPoolExecutor(HOSTS_AT_ONCE) as executor:
        answers = [executor.submit(_ask, several, fetcher) for several in by_host.values()]
        for future in answers:
            for source, answer in future.result():
                found[source.report_id] = _judged(source, answer)
                progress(len(found), len(asked))
    return [found[source.report_id] for source in asked]


def counts(found: Sequence[Rechecked]) -> Counter[str]:
    """How many are in which state.

    Args:
        found: as ``recheck`` gives them.
    """
    return Counter(one.state for one in found)


def _address(source: Source) -> str:
    return source.file_url or source.url


def _ask(several: list[Source], fetcher: Fetcher) -> list[tuple[Source, Answer]]:
    """The answers of one host."""
    answers: list[tuple[Source, Answer]] = []
    for source in several:
        try:
            fetched = _taken(source, fetcher)
            answers.append((source, None if fetched.data == source.load() else fetched))
        except NotFetchedError as error:
            answers.append((source, error))
    return answers


def _taken(source: Source, fetcher: Fetcher) -> Fetched:
    """What lies at the address; where a file was filed under the address of the page that links it, that file."""
    fetched = fetcher.fetch(_address(source))
    if source.format in PAGES or not _is_page(fetched):
        return fetched
    if source.format == ARCHIVE:
        return page_with_pictures(fetched, fetcher) if recognition_beside(source.path) else fetched
    if by_extension()[source.format].key == PICTURE:
        raise not_fetched("S105", "picture_in_page")
    link = attachment(fetched.data, fetched.address)
    return fetcher.fetch(link) if link else fetched


def _is_page(fetched: Fetched) -> bool:
    try:
        return format_of(fetched.data).key == PAGE
    except RefusedError:
        return False


def _judged(source: Source, answer: Answer) -> Rechecked:
    url = _address(source)
    if answer is None:
        return Rechecked(source, "same")
    if isinstance(answer, NotFetchedError):
        code, state = ("S108", "gone") if answer.is_gone else ("S110", "not_reached")
        kind, why = finding_kinds()[code], answer.said
        return Rechecked(source, state, kind(Location(), url=url, why_zh=why.zh, why_en=why.en))
    what = _difference(source, answer.data)
    if what is None:
        return Rechecked(source, "same")
    sums = {"reported": sha256(answer.data), "expected": sha256(source.load())}
    said = finding_kinds()["S109"](Location(), **sums, url=url, what_zh=what.zh, what_en=what.en)
    return Rechecked(source, "changed", said)


def _difference(source: Source, data: bytes) -> Text | None:
    """In what two files differ, for a person; None where a reader would see no difference."""
    if source.format == ARCHIVE and not _shows_the_same(source, data):
        return message("bytes_changed")
    old, new = _reading(source.load(), source), _reading(data, source)
    if old is None or new is None:
        return message("no_report_any_more") if old else _unread(source)
    if source.transcription or old.recognition or new.recognition:
        return _unread(source)
    if cells := list(differences(old, new)):
        return message("cells_changed", count=len(cells), cells="；".join(cells[:MOST_SHOWN]))
    is_alike = by_extension().get(source.format) == format_of(data)
    if is_alike and (texts := set(_texts(new)) ^ set(_texts(old))):
        titles = dict.fromkeys(title for title, _ in sorted(texts))
        return message("texts_changed", sections="；".join(list(titles)[:MOST_SHOWN]))
    return None


def _shows_the_same(source: Source, data: bytes) -> bool:
    """Whether the pictures of a page that were recognised are all still there."""
    known = recognition_beside(source.path)
    pictures = [picture for picture, _ in run(pictures_of, source.load())] if known else []
    read = {
        pictures[page.number - 1] for page in (known.pages if known else ()) if page.number <= len(pictures)
    }
    return not read or read <= {picture for picture, _ in run(pictures_of, data)}


def _unread(source: Source) -> Text | None:
    """A file whose figures no program reads has changed when its bytes have; a page's bytes say nothing."""
    return None if source.format in (*PAGES, ARCHIVE) else message("bytes_changed")


def _reading(data: bytes, source: Source) -> Report | None:
    """What a file says, without what people corrected; None where it is no report that can be read."""
    try:
        if source.format == ARCHIVE:  # its pictures were compared as they are
            return run(partial(make_report, year_hint=source.year), read_bounded(data, source.path.name))
        return read_report(source.path.name, data, year=source.year, transcription=source.transcription)
    except (NotAReportError, NotFiledError, RefusedError, ReaderError):
        return None


def _texts(report: Report) -> list[tuple[str, str]]:
    return [(section.title, "".join(section.text.split())) for section in report.sections]
