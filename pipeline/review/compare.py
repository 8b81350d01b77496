"""A pull request → what a reviewer and a contributor need to know: what was read, what is wrong, what changes in the data.

Comes in: the repository and a base. Reads the reports that changed, the inbox as it will be filed, and what depends on
them: the agency's other years, reports with the same figures, aggregates and their parts. Old findings never count.
Everything happens on a copy; nothing in the repository is written to.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path, PurePosixPath

from pipeline.archive.recognitions import SUFFIX
from pipeline.archive.sources import ANSWERS, agencies, read_agency, sources
from pipeline.filing import inbox
from pipeline.filing.inbox import Entry
from pipeline.filing.read_all import read_all
from pipeline.knowledge.forms import forms
from pipeline.knowledge.messages import message
from pipeline.knowledge.rules import rules
from pipeline.model.figure import CellKey
from pipeline.model.findings import Finding, PipelineError, Severity
from pipeline.model.outcome import CheckedReport
from pipeline.package import schema
from pipeline.package.judge import first_difference
from pipeline.package.rows import Tables, make_tables
from pipeline.package.write import write_package
from pipeline.published.cells import figures
from pipeline.published.dictionary import README
from pipeline.published.reader import DESCRIPTOR, open_package
from pipeline.published.releases import HISTORY
from pipeline.review.doubts import doubts_of, form
from pipeline.review.gate import merged, refusals
from pipeline.review.git_base import Base
from pipeline.review.paths import CODE, PACKAGE, REPORTS, Fault, agency_of, faults_of_paths, in_inbox
from pipeline.review.recognised_anew import not_recognised_again

PROGRAM = ("pipeline/", "site.yml")  # what decides tables, code lists and forms


@dataclass(frozen=True)
class Reviewed:
    """A report that this change adds or alters; ``path`` is the file as it lies in the pull request.

    Attributes:
        form: the page on which its cells in doubt are settled; empty where there are none.
    """

    filed: CheckedReport
    path: str
    is_new: bool
    form: str = ""

    @property
    def answers(self) -> str:
        """The file that settles its cells in doubt."""
        path = PurePosixPath(self.path)
        return str(path.with_name(f"{path.name if in_inbox(self.path) else path.stem}{ANSWERS}"))


@dataclass(frozen=True)
class CellChange:
    """A figure that differs from the base. None: no such report there; empty: no figure stated.

    Attributes:
        jump: the figure it is far from, and whose that is: ``before`` or the year before; empty for no jump.
    """

    report_id: str
    cell: CellKey
    before: str | None
    after: str | None
    jump: str = ""

    @property
    def kind(self) -> str:
        """``added``, ``changed`` or ``removed``, as far as stated figures go."""
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"


@dataclass(frozen=True)
class Review:
    """All there is to say about a change.

    Attributes:
        base: what it was compared with.
        changed: path → A, M, D.
        entries: the files of the inbox that are not filed.
        reports: those read, by report id.
        elsewhere: findings that this change causes in reports it does not touch.
        cells: the data diff.
        removed: ids of reports that are there no more.
        new_agencies: ids that the base does not have.
        unread: paths that nothing reads and nothing is said about.
    """

    base: str
    changed: Mapping[str, str]
    faults: tuple[Fault, ...]
    entries: tuple[Entry, ...]
    reports: tuple[Reviewed, ...]
    elsewhere: tuple[tuple[CheckedReport, Finding], ...]
    cells: tuple[CellChange, ...]
    removed: tuple[str, ...]
    tables: Tables
    new_agencies: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many findings of a severity the changed reports have.

        Args:
            severity: the one to count.
        """
        return sum(finding.severity is severity for one in self.reports for finding in one.filed.findings)

    @property
    def is_refused(self) -> bool:
        """Whether something must be mended before this can be merged."""
        refused = [entry for entry in self.entries if not entry.is_duplicate]
        is_all = bool(self.entries) and not self.reports  # it brings nothing that is not filed already
        return bool(self.faults or refused or is_all or self.count(Severity.ERROR))

    @property
    def touches_code(self) -> bool:
        """Whether anything but data changes; then the tests must speak too."""
        return any(PACKAGE not in PurePosixPath(path).parents for path in self.changed)


def review(root: Path, base: Base) -> Review:
    """Reads what a change touches and compares it with the base.

    Args:
        root: the repository, as the change leaves it.
        base: what it was before.
    """
    changed = base.changed(root)
    touched = {agency for path in changed if (agency := agency_of(path))}
    faults, (old, is_alike) = list(faults_of_paths(root, changed, base)), _base_tables(base)
    with inbox.copied(root / REPORTS) as copy:
        lost = dict(_quarantine(copy))
        faults += [fault for name, fault in lost.items() if name in touched]
        handed_in = {name for path in changed if (name := in_inbox(path))}
        filed_now = [
            entry for entry in (inbox.file_inbox(copy) if handed_in else ()) if _is_of(entry, handed_in)
        ]
        placed = {
            entry.plan.filed.source.report_id: f"{REPORTS}/{inbox.FOLDER}/{entry.name}"
            for entry in filed_now
            if entry.plan
        }
        only = {
            *(agency for agency in touched if (copy / agency).is_dir()),
            *(entry.plan.agency.id for entry in filed_now if entry.plan),
        }
        only |= _related(copy, only, old)
        filed = read_all(copy, only=frozenset(only)) if only else []
        if twins := _twins(filed, old) - only:
            only |= twins
            filed = read_all(copy, only=frozenset(only))
        tables = make_tables((a for a in agencies(copy) if a.id in only), filed)
        reports = tuple(
            _with_form(_recognised_anew(one, changed)) for one in _reviewed(filed, changed, placed, old)
        )
        faults += _edited_by_hand(root, changed, faults)
        if touched | only and not faults:
            if is_alike and not any(path.startswith(PROGRAM) for path in changed):
                refused = refusals(old, merged(old, tables, touched | only), root / PACKAGE)
            else:  # rows of the base do not fit to today's tables and lists: every report is read
                refused = refusals({}, make_tables(agencies(copy), read_all(copy)), root / PACKAGE)
            faults += [Fault(_blamed(changed), error.zh, error.en) for error in refused]
    ids = {one.filed.source.report_id for one in reports}
    readable = touched - set(lost)
    removed = {row["report_id"] for row in old["reports"] if row["agency_id"] in readable}
    removed -= {one.source.report_id for one in filed}
    return Review(
        base=base.name,
        changed=changed,
        faults=tuple(faults),
        entries=tuple(entry for entry in filed_now if entry.finding),
        reports=reports,
        elsewhere=tuple(_elsewhere(filed, ids, old)),
        cells=tuple(_cell_changes(old, tables, ids | removed)),
        removed=tuple(sorted(removed)),
        tables=tables,
        new_agencies=frozenset(one.source.agency.id for one in filed)
        - {row["agency_id"] for row in old["agencies"]},
        unread=tuple(_unread(changed, reports, filed_now, faults)),
    )


def _recognised_anew(one: Reviewed, changed: Mapping[str, str]) -> Reviewed:
    """The same with what its picture does not say; one from the inbox was recognised just now."""
    if changed.keys().isdisjoint((one.path, str(PurePosixPath(one.path).with_suffix(SUFFIX)))):
        return one
    if in_inbox(one.path):
        return one
    filed = one.filed
    return replace(one, filed=replace(filed, findings=(*filed.findings, *not_recognised_again(filed))))


def _with_form(one: Reviewed) -> Reviewed:
    """The same with its form, made while the picture is at hand."""
    cells = doubts_of(one.filed)
    return replace(one, form=form(one.filed, cells, answers=one.answers)) if cells else one


def _is_of(entry: Entry, handed_in: Set[str]) -> bool:
    """Whether a file of the inbox, or the side file beside it, is what this change hands in; others lie there already."""
    beside = {
        f"{base}{end}"
        for base in (entry.name, Path(entry.name).stem)
        for end in (*inbox.SIDE_ENDINGS, ANSWERS)
    }
    return bool(handed_in & {entry.name, *beside})


def _blamed(changed: Mapping[str, str]) -> str:
    """The path that a fault of the whole package is shown at: the first report that changes."""
    return next((path for path in changed if REPORTS in PurePosixPath(path).parents), next(iter(changed)))


def _unread(
    changed: Mapping[str, str], reports: Sequence[Reviewed], entries: Sequence[Entry], faults: Sequence[Fault]
) -> Iterator[str]:
    """Paths of data that are neither read, nor made by the program, nor said anything about."""
    said = {fault.path for fault in faults} | {str(Path(fault.path).with_suffix("")) for fault in faults}
    known = {one.filed.source.agency.id for one in reports} | {entry.name for entry in entries}
    for path, status in changed.items():
        if path in said or status == "D" or PurePosixPath(path).parts[0] in CODE or _is_generated(path):
            continue
        name = in_inbox(path)
        beside = {name, Path(name).stem, Path(Path(name).stem).stem} if name else {agency_of(path)}
        if not beside & (known | {Path(entry.name).stem for entry in entries}):
            yield path


def _is_generated(path: str) -> bool:
    return path.startswith(
        (f"{PACKAGE}/data/", f"{PACKAGE}/{DESCRIPTOR}", f"{PACKAGE}/{README}", f"{PACKAGE}/{HISTORY}")
    )


def _quarantine(copy: Path) -> Iterator[tuple[str, Fault]]:
    """Takes the folders that cannot be read at all out of the copy, so that the others are still read."""
    aside = copy.with_name("aside")
    aside.mkdir()
    for folder in sorted(copy.iterdir()):
        if not folder.is_dir() or folder.name.startswith(".") or folder.name == inbox.FOLDER:
            continue
        try:
            read_agency(folder)
            folder.rename(aside / folder.name)
            list(sources(aside))
            (aside / folder.name).rename(folder)
        except PipelineError as error:
            name = folder.name
            yield name, Fault(f"{REPORTS}/{name}/{_file_in(error, name)}", error.zh, error.en)
            shutil.rmtree(folder if folder.exists() else aside / name)


def _file_in(error: PipelineError, folder: str) -> str:
    """The file that a message begins with, as ``folder/file``; ``agency.yml`` where it names none."""
    start = error.en.split(":", 1)[0]
    return start.removeprefix(f"{folder}/") if start.startswith(f"{folder}/") else "agency.yml"


def _base_tables(base: Base) -> tuple[Tables, bool]:
    """The rows of the base's package, in today's columns, and whether it has just these.

    A table that it lacks is empty, and so is a column that it lacks.

    Raises:
        PipelineError: the base has a package that cannot be read.
    """
    found: Tables = {name: [] for name, resource in schema.resources().items() if not resource.derived}
    descriptor = base.read(f"{PACKAGE}/{DESCRIPTOR}")
    if descriptor is None:
        return found, True  # every agency that this change does not touch has no rows yet
    is_alike = True
    with tempfile.TemporaryDirectory(prefix="base-") as made:
        folder = Path(made)
        (folder / DESCRIPTOR).write_bytes(descriptor)
        package = open_package(folder)
        for name in found:
            names = tuple(field.name for field in schema.resources()[name].fields)
            path = f"data/{name}.csv"
            there = package.tables.get(name)
            is_alike &= there is not None and (there.names, there.path) == (names, path)
            if there and there.path == path:
                (folder / path).parent.mkdir(exist_ok=True)
                (folder / path).write_bytes(base.read(f"{PACKAGE}/{path}") or b"")
                found[name] = [{key: row.get(key, "") for key in names} for row in package.records(name)]
    return found, is_alike


def _related(copy: Path, only: set[str], old: Tables) -> set[str]:
    """Agencies whose reports are compared with those of ``only``: aggregates over them, and the parts of aggregates."""
    aggregates = {row["agency_id"] for row in old["reports"] if row["scope"] == "jurisdiction"}
    codes = {agency.id: agency.division_code.rstrip("0") for agency in agencies(copy)} if aggregates else {}
    found = set()
    for one in only & set(codes):
        for other in codes:
            small, large = (one, other) if other in aggregates else (other, one)
            if large in aggregates and codes[large] and codes[small].startswith(codes[large]):
                found.add(other)
    return found


def _signature(
    report_id: str, tables: Mapping[str, Mapping[str, list[tuple[str, ...]]]]
) -> tuple[object, ...]:
    return tuple(tuple(tables[name].get(report_id, ())) for name in sorted(tables))


def _figures_of(tables: Tables) -> dict[str, dict[str, list[tuple[str, ...]]]]:
    """Table → report id → its rows without the places: what makes two reports equal."""
    found: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    for name in schema.figure_tables():
        by_report = found.setdefault(name, {})
        for row in tables[name]:
            values = tuple(value for field, value in row.items() if field not in ("report_id", "place"))
            by_report.setdefault(row["report_id"], []).append(values)
    return found


def _twins(filed: Sequence[CheckedReport], old: Tables) -> set[str]:
    """Agencies that have a report with exactly the figures of one of these."""
    new, before = _figures_of(make_tables((), filed)), _figures_of(old)
    wanted = {_signature(one.source.report_id, new) for one in filed}
    return {row["agency_id"] for row in old["reports"] if _signature(row["report_id"], before) in wanted}


def _edited_by_hand(root: Path, changed: Mapping[str, str], faults: Sequence[Fault]) -> Iterator[Fault]:
    """Generated files that this change touches and that are not what the reports give: built anew and compared."""
    touched = [
        path
        for path in changed
        if PACKAGE in PurePosixPath(path).parents and REPORTS not in PurePosixPath(path).parents
    ]
    if not touched or faults:
        return
    with tempfile.TemporaryDirectory(prefix="review-") as made:
        new = Path(made) / "datapackage"
        new.mkdir()
        for kept in (root / PACKAGE).glob("*.yml"):
            shutil.copyfile(kept, new / kept.name)
        write_package(make_tables(agencies(root / REPORTS), read_all(root / REPORTS)), new)
        for path in touched:
            there, built = root / path, new / PurePosixPath(path).relative_to(PACKAGE)
            same = built.is_file() and there.is_file() and built.read_bytes() == there.read_bytes()
            if not same and not (built.suffix == ".yml" and there.is_file()):
                where = first_difference(there, built)
                yield Fault(path, *message("generated_file", where=where))


def _reviewed(
    filed: Iterable[CheckedReport], changed: Mapping[str, str], placed: Mapping[str, str], old: Tables
) -> Iterator[Reviewed]:
    known = {row["report_id"] for row in old["reports"]}
    for one in filed:
        source = one.source
        own = f"{REPORTS}/{source.agency.id}/{source.path.name}"
        if path := placed.get(source.report_id):
            yield Reviewed(one, path, source.report_id not in known)
        elif not changed.keys().isdisjoint(_of_report(own)):
            yield Reviewed(one, own, source.report_id not in known)


def _of_report(path: str) -> Iterator[str]:
    """The files of a filed report."""
    yield path
    yield from (str(PurePosixPath(path).with_suffix(suffix)) for suffix in (".yml", SUFFIX, ANSWERS))


def _elsewhere(
    filed: Iterable[CheckedReport], ids: set[str], old: Tables
) -> Iterator[tuple[CheckedReport, Finding]]:
    """Findings in untouched reports that the base does not have."""
    known = {
        (row["report_id"], row["code"], row["form_table"], row["item"], row["measure"], row["message_en"])
        for row in old["findings"]
    }
    for one in filed:
        if one.source.report_id in ids:
            continue
        for finding in one.findings:
            at = finding.at
            key = (one.source.report_id, finding.code, at.table, at.row, at.column, finding.message.en)
            if key not in known:
                yield one, finding


def _cells(tables: Tables, ids: set[str]) -> dict[tuple[str, CellKey], str]:
    """The figures of these reports, as they stand in the CSV."""
    own = {name: [row for row in tables[name] if row["report_id"] in ids] for name in schema.figure_tables()}
    return figures(own, schema.figure_tables().values())


def _cell_changes(old: Tables, new: Tables, ids: set[str]) -> Iterator[CellChange]:
    """The figures of these reports that differ, in the order of report and form."""
    wanted = ids | {_year_before(one) for one in ids}
    before, after = _cells(old, wanted), _cells(new, wanted)
    order = _order()
    for key in sorted({*before, *after}, key=lambda key: (key[0], order.get(key[1], len(order)), key[1])):
        report, cell = key
        was, now = before.get(key), after.get(key)
        if report in ids and (was or "") != (now or ""):
            last = after.get((_year_before(report), cell), "")
            jump = was if was and now and _is_far(was, now) else last if now and _is_far(last, now) else ""
            yield CellChange(report, cell, was, now, jump or "")


def _order() -> dict[CellKey, int]:
    """Cell → its place, form after form."""
    cells = (cell for form in forms().values() for cell in form.cell_keys())
    return {cell: number for number, cell in enumerate(dict.fromkeys(cells))}


def _year_before(report_id: str) -> str:
    """The id of the same agency's report of the year before, of the same scope."""
    head, _, tail = report_id.rpartition("-")
    if tail.isdigit():
        return f"{head}-{int(tail) - 1}"
    agency, _, year = head.rpartition("-")
    return f"{agency}-{int(year) - 1}-{tail}" if year.isdigit() else ""


def _is_far(one: str, other: str) -> bool:
    try:
        small, large = sorted((abs(Decimal(one)), abs(Decimal(other))))
    except InvalidOperation:
        return False
    # The bounds of the rules about jumps, here for every figure and only to point at it.
    bounds = [rule.options for rule in rules().values() if {"factor", "floor"} <= set(rule.options)]
    return any(large >= one["floor"] and large > small * one["factor"] for one in bounds)
