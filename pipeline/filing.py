"""A file that somebody hands in → a filed report: which agency, which year, whether it is there already, and the files to write.

Comes in: bytes, the report read from them, what the person says. Goes out: a ``Plan`` that is written whole or not at all.
Nothing is taken from the file's name but its extension. Names of agencies never become paths; ids do, after a pattern.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipeline.checks import cell_in_words
from pipeline.collect import (
    NO_TEXT,
    Filed,
    Reading,
    against_filing,
    check_all,
    make_filed,
    report_without_text,
)
from pipeline.document.bounds import read_bounded
from pipeline.document.refusal import RefusedError
from pipeline.findings import PipelineError
from pipeline.naming import Naming, agency_of_id, name_agency
from pipeline.numerals import Figure
from pipeline.report import Report, make_report, with_figures
from pipeline.sources import (
    AGENCY_ID,
    FORMATS,
    REPORT_FIELDS,
    SCOPE_IN_NAME,
    Agency,
    Source,
    agencies,
    checked_url,
    read_yaml,
    sha256,
    sources,
)
from pipeline.transcription import FIELDS as TRANSCRIPTION_FIELDS
from pipeline.transcription import Transcription, parse_transcription

FIRST_YEAR = 2019  # the oldest form; before it there were no official tables
LAST_YEAR = 2099
MOST_DIFFERENCES = 30
REPLACE_ZH = "要换成这份文件，请加 --replace"
REPLACE_EN = "to put this file in its place add --replace"


class NotFiledError(Exception):
    """A file that is not filed, for a reason the person can do something about; the same in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Request:
    """What a person hands in. ``name`` is the file's; empty and None mean: not said."""

    name: str
    data: bytes
    agency: str = ""
    agency_name: str = ""
    year: int | None = None
    url: str = ""
    retrieved: date | None = None
    replace: bool = False
    transcription: Transcription | None = None


@dataclass(frozen=True)
class Ground:
    """What a decision rests on, in Chinese and English; ``given`` where a person said so and the report does not."""

    zh: str
    en: str
    given: bool = False


@dataclass(frozen=True)
class Plan:
    """What filing will do.

    Attributes:
        filed: the report as it will stand in the package, with all findings.
        is_new_agency: whether ``agency.yml`` is written too.
        files: name -> bytes, all for the agency's folder.
        removed: names in the folder that give way.
        notes: what was decided and on what grounds.
    """

    filed: Filed
    is_new_agency: bool
    files: dict[str, bytes]
    removed: tuple[str, ...]
    notes: tuple[Ground, ...]

    @property
    def agency(self) -> Agency:
        """Whose report it is."""
        return self.filed.source.agency

    @property
    def report(self) -> Report:
        """The report as read, with all findings: those of reading, of the filing and of the rules."""
        return with_figures(self.filed.report, self.filed.report.figures, self.filed.findings)


def read_transcription(path: Path) -> Transcription:
    """Figures typed by hand, in a file of their own: ``by``, ``date``, ``tables``, and ``source`` if wanted.

    They may also stand below ``transcription``, as in the ``<year>.yml`` that they go into.

    Raises:
        PipelineError: no such file, or one of another shape.
    """
    entry = read_yaml(path, TRANSCRIPTION_FIELDS | {"transcription"}, required=set())
    typed = parse_transcription(path.name, entry.get("transcription", entry))
    if typed is None:
        raise PipelineError(f"{path.name}：里面没有数字", f"{path.name}: there are no figures in it")
    return typed


def read_report(
    name: str, data: bytes, *, year: int | None = None, transcription: Transcription | None = None
) -> Report:
    """Reads a file that a person hands in; of a scan or picture the report is what was typed.

    Raises:
        NotFiledError: a scan or picture, and nothing was typed.
        NotAReportError: no annual report.
        RefusedError: nothing of it can be read, for another reason.
    """
    try:
        return make_report(read_bounded(data, name), year_hint=year, transcription=transcription)
    except RefusedError as refused:
        if refused.finding.code != NO_TEXT or not data.strip(b"\0 \t\r\n"):
            raise
        if transcription is None:
            raise NotFiledError(*_type_the_figures(name, refused)) from refused
        return report_without_text(year, "agency", refused.finding, transcription)


def _type_the_figures(name: str, refused: RefusedError) -> tuple[str, str]:
    """What to do with a scan: a version with text, or else the figures typed by hand; a picture becomes a PDF first."""
    is_filed = Path(name).suffix.removeprefix(".").lower() in FORMATS
    file = name if is_filed else f"{Path(name).stem}.pdf"
    command = f"add {file} --agency 510403-housing --year 2023 --transcription figures.yml"
    first_zh, first_en = ("", "") if is_filed else ("先把图片存成 PDF，", "save the picture as PDF, ")
    return (
        f"{refused.finding.message_zh}\n有带文字的版本（网页、Word 或可以选中文字的 PDF）请收录那一份；"
        f"没有的话，{first_zh}把表中数字照原件录入一个 .yml（写法见 add --help），然后运行：\n  {command}",
        f"{refused.finding.message_en}\nIf there is a version with text (web page, Word, or a PDF whose text can be "
        f"selected), file that one; if there is none, {first_en}type the figures as printed into a .yml (add --help shows "
        f"how), then:\n  {command}",
    )


def make_plan(request: Request, report: Report, folder: Path) -> Plan:
    """Decides where a report belongs.

    Args:
        request: the file and what the person says of it.
        report: read from its bytes.
        folder: ``datapackage/reports``.

    Raises:
        NotFiledError: it is filed already, or agency or year cannot be told, or another report of the year is there.
        PipelineError: an option that cannot be.
    """
    extension = _extension(request.name)
    url = checked_url("--source-url", request.url)
    known, filed = tuple(agencies(folder)), tuple(sources(folder))
    _refuse_same_bytes(request, filed)
    notes: list[Ground] = []
    agency, is_new, agency_note = _agency(request, report, known, notes)
    year = _year(request, report, notes)
    of_year = [source for source in filed if source.agency.id == agency.id and source.year == year]
    existing = next((source for source in of_year if source.scope == report.scope), None)
    if existing:
        _refuse_unless_replaced(request, report, existing)
    stem = (
        existing.path.stem
        if existing
        else _stem(year, report.scope, [source.path.stem for source in of_year])
    )
    source = Source(
        agency=agency,
        year=year,
        scope=report.scope,
        path=folder / agency.id / f"{stem}.{extension}",
        format={"htm": "html"}.get(extension, extension),
        url=url,
        retrieved=request.retrieved,
        published=None,
        transcription=request.transcription,
    )
    files = {
        source.path.name: request.data,
        f"{stem}.yml": _dump(_report_entry(request, source, existing, notes), REPORT_HEAD),
    }
    if is_new:
        files["agency.yml"] = _dump(_agency_entry(agency, agency_note), AGENCY_HEAD)
    whole = with_figures(report, report.figures, (*report.findings, *against_filing(source, report)))
    return Plan(
        filed=check_all([Reading(source, sha256(request.data), whole)])[0],
        is_new_agency=is_new,
        files=files,
        removed=(existing.path.name, f"{stem}.yml") if existing else (),
        notes=tuple(notes),
    )


def _extension(name: str) -> str:
    extension = Path(name).suffix.removeprefix(".").lower()
    if extension not in FORMATS:
        listed = ", ".join(FORMATS)
        raise NotFiledError(
            f"只收录这些格式：{listed}；文件格式按扩展名认定；图片请先存成 PDF",
            f"only these formats are filed: {listed}; the extension says which; save a picture as PDF first",
        )
    return extension


def _refuse_same_bytes(request: Request, filed: Sequence[Source]) -> None:
    digest = sha256(request.data)
    for source in filed:
        if source.path.stat().st_size == len(request.data) and sha256(source.load()) == digest:
            raise NotFiledError(
                f"这份文件已经收录，就是 {source.report_id}（一字不差）",
                f"this very file is filed already, as {source.report_id}",
            )


def _agency(
    request: Request, report: Report, known: Sequence[Agency], notes: list[Ground]
) -> tuple[Agency, bool, str]:
    """The agency, whether it is new, and the note for its ``agency.yml``."""
    printed = report.agency or ""
    if request.agency:
        return _agency_given(request, printed, known, notes)
    if not printed:
        raise NotFiledError(
            "报告没有写明是哪个机关；请用 --agency 区划代码-职能 指明，新机关再加 --name 全称",
            "the report names no agency; say which with --agency CODE-FUNCTION, and --name for a new one",
        )
    naming = name_agency(printed, known)
    if naming.sure is None:
        raise NotFiledError(*_which_agency(printed, naming))
    proposal = naming.sure
    if proposal.is_known:
        notes.append(
            Ground(
                f"机关：已有的 {proposal.agency.id}，报告写作“{printed}”",
                f"agency: {proposal.agency.id}, known; the report prints “{printed}”",
            )
        )
        return proposal.agency, False, ""
    notes.append(
        Ground(
            f"机关：新的，编号 {proposal.agency.id}，由“{printed}”得出",
            f"agency: new, id {proposal.agency.id}, from “{printed}”",
        )
    )
    if proposal.note_zh:
        notes.append(Ground(proposal.note_zh, proposal.note_en))
    return proposal.agency, True, f"{proposal.note_zh}\n{proposal.note_en}".strip()


def _agency_given(
    request: Request, printed: str, known: Sequence[Agency], notes: list[Ground]
) -> tuple[Agency, bool, str]:
    notes.append(
        Ground(
            f"机关：由 --agency 指明为 {request.agency}",
            f"agency: {request.agency}, as --agency says",
            given=True,
        )
    )
    if not AGENCY_ID.fullmatch(request.agency):
        agency_of_id(request.agency, "")  # says what an id looks like
    if found := next((agency for agency in known if agency.id == request.agency), None):
        return found, False, ""
    name = request.agency_name or printed
    if not name:
        raise NotFiledError(
            f"{request.agency} 是新机关，而报告没有写名称；请再用 --name 写出它的全称",
            f"{request.agency} is a new agency and the report names none; say its full name with --name",
        )
    agency = agency_of_id(request.agency, name)
    return agency, True, "编号由收录者指明。\nThe id was given by the person who filed the first report."


def _which_agency(printed: str, naming: Naming) -> tuple[str, str]:
    listed = "\n".join(
        f"  --agency {proposal.agency.id}    {proposal.agency.name_zh}{'' if proposal.is_known else '（新 new）'}"
        for proposal in naming.proposals
    )
    if listed:
        return (
            f"{naming.why_zh}；请选一个：\n{listed}",
            f"{naming.why_en}; choose one of these, or another id",
        )
    return (
        f"{naming.why_zh}；请用 --agency 区划代码-职能 指明，如 --agency 510403-housing",
        f"{naming.why_en}; say which with --agency CODE-FUNCTION, e.g. --agency 510403-housing",
    )


def _year(request: Request, report: Report, notes: list[Ground]) -> int:
    year = request.year or report.year
    if year is None:
        hint = re.search(r"(?<!\d)20\d\d(?!\d)", Path(request.name).stem)
        zh = (
            f"（文件名里有 {hint.group()}；程序不从文件名取年度，是的话请写 --year {hint.group()}）"
            if hint
            else ""
        )
        en = (
            f" (its name has {hint.group()}, which is not taken from there: if it is right say --year {hint.group()})"
            if hint
            else ""
        )
        raise NotFiledError(
            f"报告没有写明年度；请用 --year 指明{zh}", f"the report has no year; say it with --year{en}"
        )
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFiledError(
            f"{year} 年没有规定的格式；只收录 {FIRST_YEAR} 年以后的报告",
            f"no official form exists for {year}; reports from {FIRST_YEAR} on are filed",
        )
    if request.year:
        notes.append(Ground(f"年度：由 --year 指明为 {year}", f"year: {year}, as --year says", given=True))
    else:
        notes.append(Ground(f"年度：{year}，取自报告", f"year: {year}, from the report"))
    return year


def _stem(year: int, scope: str, taken: Sequence[str]) -> str:
    """``2023``; where another report of the year has that name, ``2023-system`` and the like."""
    if str(year) not in taken:
        return str(year)
    return f"{year}-{next((word for word, meaning in SCOPE_IN_NAME.items() if meaning == scope), scope)}"


def _refuse_unless_replaced(request: Request, report: Report, existing: Source) -> None:
    old = make_filed(existing).report
    different = list(differences(old, report))
    if request.replace:
        return
    where = f"{existing.report_id}（{existing.path.name}）"
    if not different:
        raise NotFiledError(
            f"{where} 已经收录，两份文件的数字完全一样；{REPLACE_ZH}",
            f"{existing.report_id} ({existing.path.name}) is filed already, and all figures are the same; {REPLACE_EN}",
        )
    shown = "\n".join(f"  {line}" for line in different[:MOST_DIFFERENCES])
    more = len(different) - MOST_DIFFERENCES
    shown += f"\n  … {more}" if more > 0 else ""
    raise NotFiledError(
        f"{where} 已经收录，内容不同，有 {len(different)} 格不一样（原有 → 这份）：\n{shown}\n{REPLACE_ZH}",
        f"{existing.report_id} is filed already with other content, {len(different)} cells differ (there → here); {REPLACE_EN}",
    )


def differences(old: Report, new: Report) -> Iterator[str]:
    """Each cell in which two readings differ, in the order of the form: ``本年新收 · 总计: 19 → 20``."""
    keys = dict.fromkeys((*old.figures, *new.figures))
    for key in keys:
        before, after = old.figures.get(key), new.figures.get(key)
        if _seen(before) != _seen(after):
            yield f"{'/'.join(key)} {cell_in_words(key, 'zh')}: {_seen(before)} → {_seen(after)}"


def _seen(figure: Figure | None) -> str:
    """A figure for comparison: its number, else its status, so that 1,234 and 1234 are the same."""
    if figure is None:
        return "（格式不同 other form）"
    return format(figure.value, "f") if figure.value is not None else f"（{figure.status.value}）"


REPORT_HEAD = "# 文件从哪里来，谁改过什么。 Where the file came from, and what was corrected.\n"
AGENCY_HEAD = "# 报告的机关。 The agency that reports.\n"


def _report_entry(
    request: Request, source: Source, existing: Source | None, notes: Sequence[Ground]
) -> dict[str, Any]:
    """What ``<year>.yml`` says; when a file is replaced, corrections and notes that people wrote stay."""
    entry: dict[str, Any] = {}
    if existing:
        entry = read_yaml(existing.path.with_suffix(".yml"), REPORT_FIELDS, required=set())
    entry["source_url"] = source.url or None
    entry["retrieved"] = source.retrieved
    if source.scope != "agency":
        entry["scope"] = source.scope
    said = [f"{note.zh}。{note.en}." for note in notes if note.given]
    if said and not entry.get("source_note"):
        entry["source_note"] = "\n".join(said)
    if request.transcription:
        entry["transcription"] = _transcription_entry(request.transcription)
    order = ["source_url", "source_note", "retrieved", "scope", "published"]
    return {key: entry[key] for key in (*order, *sorted(set(entry) - set(order))) if key in entry}


def _transcription_entry(typed: Transcription) -> dict[str, Any]:
    """The typed figures as they are committed; plain numbers without quotes."""
    tables: dict[str, dict[str, dict[str, int | str]]] = {}
    for (table, row, column), raw in typed.cells:
        value = int(raw) if raw.isascii() and raw.isdigit() and str(int(raw)) == raw else raw
        tables.setdefault(table, {}).setdefault(row, {})[column] = value
    source = {"source": typed.source} if typed.source else {}
    return {"by": typed.by, "date": typed.date} | source | {"tables": tables}


def _agency_entry(agency: Agency, note: str) -> dict[str, Any]:
    fields = ("name_zh", "level", "function", "division_code", "province", "city", "county")
    entry = {field: getattr(agency, field) for field in fields if getattr(agency, field)}
    return entry | ({"note": note} if note else {})


def _dump(entry: dict[str, Any], head: str) -> bytes:
    """YAML as it is committed; the dumper quotes whatever a stranger's text could mean otherwise."""
    return (head + yaml.safe_dump(entry, allow_unicode=True, sort_keys=False, width=1000)).encode("utf-8")


def write_plan(plan: Plan, folder: Path) -> tuple[Path, ...]:
    """Writes the files of a plan, all or none.

    Args:
        plan: as ``make_plan`` made it.
        folder: ``datapackage/reports``.

    Returns:
        the files written.

    Raises:
        PipelineError: the agency's folder is a link.
        OSError: the disk refuses; everything is as before.
    """
    home = folder / plan.agency.id
    if home.is_symlink() or folder.is_symlink():
        raise PipelineError(f"{home} 是链接，不能写入", f"{home} is a link and is not written to")
    staging = Path(
        tempfile.mkdtemp(prefix=".add-", dir=folder)
    )  # a name with a dot is no agency to any reader
    try:
        new, old = staging / "new", staging / "old"
        new.mkdir()
        old.mkdir()
        for name, data in plan.files.items():
            (new / name).write_bytes(data)
        if home.exists():
            _swap(plan, new, old, home)
        else:
            new.rename(home)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return tuple(home / name for name in plan.files)


def _swap(plan: Plan, new: Path, old: Path, home: Path) -> None:
    """Puts the new files in the place of the old; if a step fails or is interrupted the old ones are put back."""
    placed: list[Path] = []
    try:
        for name in plan.removed:
            (home / name).rename(old / name)
        for name in plan.files:
            (new / name).rename(home / name)
            placed.append(home / name)
    except BaseException:
        for path in placed:
            path.unlink(missing_ok=True)
        for path in old.iterdir():
            path.rename(home / path.name)
        raise


def summary(plan: Plan, written: Sequence[Path]) -> str:
    """What was done and what to do next, in both languages, for a person."""
    doubtful = len(plan.filed.report.figures) - plan.filed.report.cells_stated
    severities = [finding.severity.value for finding in plan.filed.findings]
    counts = (severities.count("error"), severities.count("warning"))
    lines = ["收录 filed"]
    lines += [f"  {path.as_posix()}" for path in written]
    lines += ["", "依据 grounds"]
    lines += [f"  {zh}\n    {en}" for zh, en in ((note.zh, note.en) for note in plan.notes)]
    lines += ["", "下一步 next"]
    steps = [
        (
            f"对照原件看上面的表：{doubtful} 格没有数字，{counts[0]} 处错误，{counts[1]} 处提醒",
            f"compare the tables above with the original: {doubtful} cells without a figure, {counts[0]} errors, {counts[1]} warnings",
        )
    ]
    if plan.is_new_agency:
        steps.append(("看一遍 agency.yml 的名称和地名", "read the names and places in agency.yml once"))
    if not plan.filed.source.url:
        steps.append(
            (
                f"知道网址的话，写进 {plan.filed.source.path.stem}.yml 的 source_url",
                f"if you know the address, write it under source_url in {plan.filed.source.path.stem}.yml",
            )
        )
    steps.append(("运行 make check，再把这些文件提交", "run make check, then commit these files"))
    lines += [f"  {number}. {zh}\n     {en}" for number, (zh, en) in enumerate(steps, 1)]
    return "\n".join(lines)
