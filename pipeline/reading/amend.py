"""What people said of a report's cells, applied to what was read: corrections, and figures typed by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.numerals import read_figure
from pipeline.model.figure import CellKey, Figure, Status
from pipeline.model.findings import Finding, Location, Severity
from pipeline.model.form import Form
from pipeline.model.source import Correction, CorrectionKind, Transcription

# What each kind of row says of itself, so that every review is in the data.
CODES = {
    **dict.fromkeys((CorrectionKind.CORRECTED, CorrectionKind.MARK, CorrectionKind.BLANK), "C101"),
    CorrectionKind.CONFIRMED: "C104",
    CorrectionKind.UNKNOWN: "C105",
}


def apply_corrections(
    corrections: Sequence[Correction], figures: dict[CellKey, Figure], findings: Iterable[Finding]
) -> tuple[dict[CellKey, Figure], tuple[Finding, ...]]:
    """Figures and findings after the rows have had their say.

    A row whose ``raw`` is not what the source prints, or whose cell the form does not have, changes nothing and is
    an error (C102). A number may be given only where the reading has none: what is printed plainly is never changed
    (C103); a mark or a blank only in place of what a picture left in doubt. Each row that applies is a finding of its own
    (C101), so that every review is in the data.

    Args:
        corrections: of the report's ``.yml``, in their order; without any all stays as it is.
        figures: every cell of the form.
        findings: of the reading; those about a cell that is settled go.
    """
    kinds = finding_kinds()
    figures, kept, said = dict(figures), list(findings), []
    for row in corrections:
        at = Location(*row.cell, source=figures[row.cell].place if row.cell in figures else "")
        about = {"reason": row.reason, "by": row.by, "date": row.date.isoformat(), "source": row.source}
        figure = figures.get(row.cell)
        if figure is None or figure.raw != row.raw:
            said.append(kinds["C102"](at, reported=figure.raw if figure else "", expected=row.raw, **about))
            continue
        meant = _meant(row)
        if CODES[row.kind] == "C101":
            settled = _settled_by(row, figure)
            if settled is None:
                said.append(kinds["C103"](at, reported=figure.raw, expected=meant, **about))
                continue
            figures[row.cell] = settled
        said.append(kinds[CODES[row.kind]](at, reported=row.raw, expected=meant, **about))
        kept = [after for finding in kept if (after := _after(finding, row)) is not None]
    return figures, (*kept, *said)


def _meant(row: Correction) -> str:
    """What a row says is printed, in one word; empty where it says nothing of that."""
    if row.kind is CorrectionKind.BLANK:
        return row.kind.value
    return row.mark if row.means is None else str(row.means)


def _settled_by(row: Correction, figure: Figure) -> Figure | None:
    """The figure as a row says that it is; None where it would change what is printed plainly."""
    if row.kind is CorrectionKind.CORRECTED:
        if figure.value is not None and figure.value != row.means:
            return None
        return Figure(figure.raw, row.means, Status.REPORTED, figure.place, figure.unit)
    if figure.status is not Status.UNCONFIRMED:
        return None
    # What was recognised there is in the finding; as the text of a mark or blank it would be taken for a figure.
    return Figure(row.mark, None, Status.MARK if row.mark else Status.BLANK, figure.place)


def _after(finding: Finding, row: Correction) -> Finding | None:
    """A finding about the cell of a row: gone once the cell is corrected, no longer an error once it is accepted."""
    if (finding.at.table, finding.at.row, finding.at.column) != row.cell:
        return finding
    if CODES[row.kind] == "C101":
        return None
    if row.kind is CorrectionKind.UNKNOWN and finding.severity is Severity.ERROR:
        return replace(finding, severity=Severity.WARNING)
    return finding


def transcribe(
    transcription: Transcription | None,
    form: Form,
    figures: Mapping[CellKey, Figure],
    findings: Iterable[Finding],
) -> tuple[dict[CellKey, Figure], list[Finding]]:
    """The figures with the typed ones in the cells that the file does not print.

    Args:
        transcription: what somebody typed in; None where nobody did, and all stays as it is.
        form: of the report.
        figures: every cell of the form.
        findings: of the reading.

    Returns:
        every cell of the form; and the findings, without those that said a typed cell was missing, with T120 for each
        table, T121 for a cell that the file prints, T122 for a table that is not complete, T123 for a cell of another form.
    """
    done, kept = dict(figures), list(findings)
    if transcription is None:
        return done, kept
    typed: dict[str, int] = {}
    for key, raw in transcription.cells:
        table, row, column = key
        if key not in done:
            kept.append(finding_kinds()["T123"](Location(source=PLACE), cell=str(key), form=form.key))
        elif done[key].status is not Status.ABSENT:
            at = Location(table, row, column, done[key].place)
            kept.append(finding_kinds()["T121"](at, reported=done[key].raw, expected=raw))
        else:
            value, status, unit = read_figure(raw)
            done[key] = Figure(raw, value, status, PLACE, unit)
            typed[table] = typed.get(table, 0) + 1
            if status is Status.UNREADABLE:
                kept.append(finding_kinds()["F101"](Location(table, row, column, PLACE), reported=raw))
    kept = [finding for finding in kept if not _settled(finding, done, typed)]
    for table, count in typed.items():
        kept.append(_typed(transcription, table, count))
        if missing := sum(key[0] == table and figure.status is Status.ABSENT for key, figure in done.items()):
            kept.append(finding_kinds()["T122"](Location(table, source=PLACE), count=missing))
    return done, kept


def _typed(transcription: Transcription, table: str, count: int) -> Finding:
    source = transcription.source
    return finding_kinds()["T120"](
        Location(table, source=PLACE),
        count=count,
        by=transcription.by,
        date=transcription.date.isoformat(),
        source_zh=f"（{source}）" if source else "",
        source_en=f" ({source})" if source else "",
    )


def _settled(finding: Finding, figures: Mapping[CellKey, Figure], typed: Mapping[str, int]) -> bool:
    """Whether a finding says that something is missing which has been typed; T122 says what is still missing of a table."""
    depth = MISSING.get(finding.code)
    if depth is None or finding.at.table not in typed:
        return False
    named = (finding.at.table, finding.at.row, finding.at.column)[:depth]
    return depth == 1 or all(
        figure.status is not Status.ABSENT for key, figure in figures.items() if key[:depth] == named
    )


MISSING = {
    "T104": 3,
    "T107": 2,
    "T108": 1,
}  # findings that say a cell, row or table is not there: how much of it they name


PLACE = "transcription"
