"""The inbox: files under any name, in any format, dropped into ``datapackage/reports/inbox`` → filed reports.

Agency and year are read from the file. What it does not say may stand in a side file, ``<name>.yml``:

    agency: 990100-housing     # the id; needed where the report does not name its agency, or names one of several
    name: 示例市住房和城乡建设局    # the full name of a new agency
    division: "350128"         # the place, where its name is in no list: the county or city that a zone lies in
    year: 2023
    source_url: https://…
    retrieved: 2024-02-01
    replace: true              # put it in the place of another file of the same agency and year

Pictures are recognised. Where that leaves cells in doubt, what the form of ``confirm`` writes may lie beside the file as
``<name>.answers.yml``. Of what no machine reads the figures are typed: under ``transcription``, as in the ``<year>.yml``
of a filed report, or as the boxes of the form "type the figures in" have them, pasted below ``by`` and ``date``; a cell
without a value says nothing.

Names of files are shown and never become paths. A file that cannot be filed stays where it is, with a finding.
"""

from __future__ import annotations

import errno
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.archive.corrections import parse_corrections
from pipeline.archive.sources import ANSWERS, sha256, sources
from pipeline.archive.strict_yaml import expected, read_yaml
from pipeline.archive.transcription import FIELDS as TYPED_FIELDS
from pipeline.archive.transcription import parse_transcription
from pipeline.document.read import format_of
from pipeline.document.refusal import RefusedError
from pipeline.filing.plan import Plan, make_plan
from pipeline.filing.reading import read_report
from pipeline.filing.request import NotFiledError, Request
from pipeline.filing.writing import copy_linked, write_plan
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.formats import by_extension
from pipeline.knowledge.forms import forms
from pipeline.knowledge.messages import message
from pipeline.model.findings import Finding, Location, PipelineError
from pipeline.model.report import Report
from pipeline.model.source import Transcription
from pipeline.model.text import Text

FOLDER = "inbox"
OURS = {"README.md", ".gitkeep"}  # what we keep there ourselves
SIDE_FIELDS = {"agency", "name", "division", "year", "source_url", "retrieved", "replace", "transcription"}
SIDE_ENDINGS = (".yml", ".yaml")
DISK_REFUSES = {errno.ENOSPC, errno.EDQUOT, errno.EPERM, errno.EACCES, errno.EROFS}
OPTIONS = {
    **{option: f"{option}:" for option in ("agency", "name", "year", "division")},
    **{"source-url": "source_url:", "replace": "replace: true"},
}
OPTION = re.compile(rf"--({'|'.join(OPTIONS)})\b")


@dataclass(frozen=True)
class Entry:
    """One file of the inbox and what became of it.

    Attributes:
        name: as it lies there; a stranger chose it, so it is only shown.
        plan: how it was filed; None where it was not.
        report: what was read; None where nothing could be.
        finding: why it was not filed; None where it was.
        is_duplicate: whether the very same bytes are filed already.
    """

    name: str
    plan: Plan | None = None
    report: Report | None = None
    finding: Finding | None = None
    is_duplicate: bool = False


def file_inbox(reports: Path) -> tuple[Entry, ...]:
    """Files everything that can be filed, one after the other in the order of names, and takes it out of the inbox.

    A file whose bytes are filed already is taken out too: nothing is lost. All others stay.

    Args:
        reports: ``datapackage/reports``.
    """
    return tuple(_entries(reports))


def names_waiting(reports: Path) -> list[str]:
    """The files that lie in the inbox, side files among them, by name.

    Args:
        reports: ``datapackage/reports``.
    """
    inbox = reports / FOLDER
    if inbox.is_symlink() or not inbox.is_dir():
        return []
    return sorted(path.name for path in inbox.iterdir() if path.name not in OURS)


@contextmanager
def copied(reports: Path) -> Iterator[Path]:
    """A copy of the folder to try things on. It is made of hard links, so it costs no room and shares no name.

    Args:
        reports: ``datapackage/reports``, which stays as it is.
    """
    with tempfile.TemporaryDirectory(prefix="inbox-") as made:
        copy = Path(made).resolve() / "reports"
        copy_linked(reports, copy)
        yield copy


def _entries(reports: Path) -> Iterator[Entry]:
    inbox, names = reports / FOLDER, names_waiting(reports)
    sides = {name for name in names if name.lower().endswith(SIDE_ENDINGS)}
    used: set[str] = set()
    for name in names:
        if name in sides:
            continue
        side, answers = _side_of(name, names, sides), _answers_of(name, sides)
        used |= {side, answers}
        entry = _try(reports, name, side, answers)
        if entry.finding is None or entry.is_duplicate:
            for beside in filter(
                None, (side, answers)
            ):  # first: one that is left alone would never be taken away
                (inbox / beside).unlink()
            (inbox / name).unlink()
        yield entry
    for name in sorted(sides - used):
        yield Entry(name, finding=_refused(message("side_alone")))


def _side_of(name: str, names: list[str], sides: set[str]) -> str:
    """The side file of a file: ``a.pdf.yml``, or ``a.yml`` where no other file is called ``a``; empty for none."""
    stem = Path(name).stem
    alone = sum(Path(other).stem == stem for other in names if other not in sides) == 1
    for base in (name, stem) if alone else (name,):
        for ending in SIDE_ENDINGS:
            if base + ending in sides:
                return base + ending
    return ""


def _answers_of(name: str, sides: set[str]) -> str:
    """The answers about a file's doubtful cells: ``a.pdf.answers.yml`` or ``a.answers.yml``; empty for none."""
    return next((base + ANSWERS for base in (name, Path(name).stem) if base + ANSWERS in sides), "")


def _try(reports: Path, name: str, side: str, answers: str) -> Entry:
    """Files one, or says why not; whatever it does to us becomes a finding."""
    entry = Entry(name)
    path = reports / FOLDER / name
    try:
        if path.is_symlink() or not path.is_file():
            return replace(entry, finding=_refused(message("no_ordinary_file")))
        data = path.read_bytes()
        if twin := _filed_already(reports, data):
            return replace(entry, finding=finding_kinds()["S102"](Location(), report=twin), is_duplicate=True)
        request = _request(name, data, reports / FOLDER / side if side else None)
        report = read_report(request.name, data, year=request.year, transcription=request.transcription)
        request = replace(request, answers=_bytes(reports / FOLDER / answers) if answers else b"")
        entry = replace(entry, report=report)
        plan = make_plan(request, report, reports)
        write_plan(plan, reports)
        return replace(entry, plan=plan)
    except RefusedError as error:
        return replace(entry, finding=error.finding)
    except (NotFiledError, PipelineError) as error:
        return replace(entry, finding=_refused(Text(error.zh, error.en)))
    except Exception as error:
        # One broken file must not stop the others: it becomes a finding. A disk that refuses stops them all.
        if isinstance(error, OSError) and error.errno in DISK_REFUSES:
            raise
        crash = finding_kinds()["X001"](Location(), error=f"{type(error).__name__}: {error}")
        return replace(entry, finding=crash)


def _bytes(answers: Path) -> bytes:
    """The answers, which are to be what the form writes.

    Raises:
        PipelineError: they are not.
    """
    parse_corrections(
        answers.name, read_yaml(answers, {"corrections"}, required={"corrections"})["corrections"]
    )
    return answers.read_bytes()


def _refused(why: Text) -> Finding:
    """Why a file stays, for somebody who has no command line: an option is the field of the side file that says the same."""
    zh, en = (OPTION.sub(lambda found: OPTIONS[found[1]], text) for text in why)
    return finding_kinds()["S101"](Location(), why_zh=zh, why_en=en)


def _filed_already(reports: Path, data: bytes) -> str:
    """The id of the report that has these very bytes; empty for none."""
    digest = sha256(data)
    for source in sources(reports):
        if source.path.stat().st_size == len(data) and sha256(source.load()) == digest:
            return source.report_id
    return ""


def _request(name: str, data: bytes, side: Path | None) -> Request:
    """What is handed in. Of the name only the extension counts, and the content decides where that is none of ours."""
    extension = Path(name).suffix.removeprefix(".").lower()
    if extension not in by_extension():
        extension = format_of(data).key
    name = f"{Path(name).stem}.{extension}"
    if side is None:
        return Request(name, data)
    said = read_yaml(side, SIDE_FIELDS | TYPED_FIELDS | _tables(), required=set())
    if said.get("year") is not None and type(said["year"]) is not int:
        raise expected("side_year", said.where("year"), said["year"])
    if said.get("replace") is not None and type(said["replace"]) is not bool:
        raise expected("side_replace", said.where("replace"), said["replace"])
    return Request(
        name=name,
        data=data,
        agency=said.text("agency").strip(),
        agency_name=said.text("name").strip(),
        division=said.text("division").strip(),
        year=said.get("year"),
        url=said.text("source_url").strip(),
        retrieved=said.day("retrieved"),
        replace=said.get("replace") is True,
        transcription=_typed(side.name, said),
    )


def _tables() -> set[str]:
    return {table.key for form in forms().values() for table in form.tables}


def _typed(place: str, said: dict[str, Any]) -> Transcription | None:
    """The figures that a side file gives, in either way; None where it gives none."""
    entry = {field: said[field] for field in sorted(TYPED_FIELDS) if field in said}
    if pasted := {table: said[table] for table in sorted(_tables()) if table in said}:
        entry["tables"] = pasted
    return parse_transcription(place, _stated(said.get("transcription") or entry or None))


def _stated(entry: Any) -> Any:
    """Without the cells that have no value, and the rows that then have no cell."""
    if not isinstance(entry, dict):
        return entry
    kept = {key: _stated(value) for key, value in entry.items()}
    return {key: value for key, value in kept.items() if value not in (None, {})}
