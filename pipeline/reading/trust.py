"""Which figures read from pictures may be given: a recognised figure needs the engine to be sure and the sums to hold.

Sure means that two readings, as printed and enlarged, say the same with confidence, with more of it where no sum would
show a mistake, and that the label of its row was read with confidence too. Every printed sum that can be assessed must
hold, and one at least can be, where the form has any. A sum in which another cell is in doubt, and which does not hold as
that cell was read, says nothing. Whatever is left is ``unconfirmed``: no value, the text as recognised, and a finding that
names the cell (F110). Nothing is repaired.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.messages import message
from pipeline.knowledge.numerals import is_figure_like
from pipeline.knowledge.rules import relations_of
from pipeline.model.document import Document, Grid
from pipeline.model.figure import CellKey, Figure, Status
from pipeline.model.findings import Finding, Location
from pipeline.model.form import Form
from pipeline.model.rule import Relation

SURE = 0.8  # of a figure: each of its two readings
SURE_ALONE = (
    0.98  # likewise of a figure that is in no sum: one engine may read a blurred digit wrong alike both times
)
SURE_LABEL = 0.5  # of a label: it must be a label of the form, letter by letter, as well
# Findings that say of a cell what F110 says of it too.
SAID = ("F101",)
# A whole row between its neighbours whose label is misread: sums bear it out, and chose no column for any figure.
WHOLE_ROW = "T113"

Figures = Mapping[CellKey, Figure]


class Doubt(StrEnum):
    """Why a recognised figure is not given; the values are codes of sentences."""

    READING = "doubt_reading"  # its own reading is not sure
    LABEL = "doubt_label"  # the label of its row is not
    PLACE = "doubt_place"  # which cell it stands in was concluded from sums
    SUM = "doubt_sum"  # a printed sum does not hold
    OPEN = "doubt_open"  # no printed sum can be assessed


def trusted(
    document: Document, form: Form, figures: Figures, findings: Iterable[Finding]
) -> tuple[dict[CellKey, Figure], list[Finding]]:
    """The figures with those from pictures as ``recognised`` or ``unconfirmed``; others are as they were.

    Args:
        document: what they were read from.
        form: of the report.
        figures: every cell of the form; those from pictures still look like any others.
        findings: of the reading.

    Returns:
        every cell; and the findings, with F110 for each unconfirmed cell and D150 for the document.
    """
    pictures = {_picture(place): note.page for place, note in document.recognised.items()}
    if not pictures:
        return dict(figures), list(findings)
    labels = _labels(document)
    read = {key: figure for key, figure in figures.items() if _is_from_picture(figure, pictures)}
    sums = relations_of(form)
    findings = list(findings)
    placed = {(found.at.table, found.at.row) for found in findings if found.code == WHOLE_ROW}
    doubts = {}
    for key, figure in read.items():
        sure, is_placed = SURE if sums.get(key) else SURE_ALONE, (key.table, key.row) in placed
        if doubt := _own_doubt(document, labels, figure, sure=sure, is_placed=is_placed):
            doubts[key] = doubt
    unsure = frozenset(doubts)
    for key in read.keys() - unsure:
        if doubt := _doubt_by_sums(key, form, figures, unsure):
            doubts[key] = doubt
    done = {
        key: _settled(figure, document, doubts.get(key)) if key in read else figure
        for key, figure in figures.items()
    }
    kept = [f for f in findings if not (f.code in SAID and (f.at.table, f.at.row, f.at.column) in doubts)]
    kept += [_finding(key, done[key], doubts[key], form, figures) for key in figures if key in doubts]
    count = sum(figure.status is Status.RECOGNISED for figure in done.values())
    shown = sorted(pictures, key=lambda picture: pictures[picture])
    kept.append(
        finding_kinds()["D150"](
            Location(source=shown[0]), pages=", ".join(shown), count=count, doubtful=len(doubts)
        )
    )
    return done, kept


def _picture(place: str) -> str:
    """The page or picture that a place is on: ``p. 3`` of ``p. 3, line 2``."""
    return place.partition(",")[0]


def _is_from_picture(figure: Figure, pictures: Container[str]) -> bool:
    """Whether ink on a picture was read as this figure; blank cells have no ink, absent ones no place."""
    if figure.status in (Status.BLANK, Status.ABSENT, Status.AMBIGUOUS):
        return False
    return _picture(figure.place) in pictures


def _labels(document: Document) -> dict[str, float]:
    """For each place in a row of a grid, how sure the labels of its row are; a digit misread as a sign is none of them."""
    found: dict[str, float] = {}
    for block in document.blocks:
        for row in block.rows if isinstance(block, Grid) else ():
            notes = [document.recognised.get(cell.place) for cell in row if _may_be_label(cell.text)]
            sure = min((note.best for note in notes if note), default=1.0)
            found |= {cell.place: sure for cell in row}
    return found


def _may_be_label(text: str) -> bool:
    return not is_figure_like(text) and any(char.isalpha() for char in text)


def _own_doubt(
    document: Document, labels: Mapping[str, float], figure: Figure, *, sure: float, is_placed: bool
) -> Doubt | None:
    note = document.recognised.get(figure.place)
    if note is None or not note.is_twice or note.confidence < sure or figure.status is Status.UNREADABLE:
        return Doubt.READING
    if figure.status is Status.RESOLVED and not is_placed:
        return Doubt.PLACE
    return None if labels.get(figure.place, 0.0) >= SURE_LABEL else Doubt.LABEL


def _doubt_by_sums(key: CellKey, form: Form, figures: Figures, unsure: frozenset[CellKey]) -> Doubt | None:
    if figures[key].value is None:
        return None  # a mark takes part in no sum
    verdicts = [_holds(relation, figures, unsure - {key}) for relation in relations_of(form).get(key, ())]
    if False in verdicts:
        return Doubt.SUM
    return Doubt.OPEN if verdicts and True not in verdicts else None


def _holds(relation: Relation, figures: Figures, unsure: frozenset[CellKey]) -> bool | None:
    """Whether a sum holds; None where it cannot be assessed, or fails with a cell that may be misread itself."""
    values = {cell: _addend(figures[cell]) for cell in relation.cells}
    if None not in values.values() and _total(values, relation.left) == _total(values, relation.right):
        return True
    in_doubt = None in values.values() or not unsure.isdisjoint(relation.cells)
    return None if in_doubt else False


def _addend(figure: Figure) -> Decimal | None:
    """A blank counts as zero: a sum holds with it or it does not."""
    return Decimal(0) if figure.status is Status.BLANK else figure.value


def _total(values: Mapping[CellKey, Decimal | None], cells: Iterable[CellKey]) -> Decimal:
    return sum((values[cell] or Decimal(0) for cell in cells), Decimal(0))


def _settled(figure: Figure, document: Document, doubt: Doubt | None) -> Figure:
    note = document.recognised.get(figure.place)
    confidence = note.confidence if note else 0.0
    if doubt is not None:
        return replace(figure, value=None, status=Status.UNCONFIRMED, confidence=confidence)
    status = Status.RECOGNISED if figure.value is not None else figure.status
    return replace(figure, status=status, confidence=confidence)


def _finding(key: CellKey, figure: Figure, doubt: Doubt, form: Form, figures: Figures) -> Finding:
    why = message(doubt)
    broken = tuple(_broken(key, form, figures))
    return finding_kinds()["F110"](
        Location(*key, source=figure.place),
        reported=figure.raw,
        why_zh=why.zh,
        why_en=why.en,
        sums_zh="".join(f"{shown}。" for shown in broken),
        sums_en="".join(f" {shown}." for shown in broken),
    )


def _broken(key: CellKey, form: Form, figures: Figures) -> Iterator[str]:
    """The sums that the cell breaks, as it was read."""
    for relation in relations_of(form).get(key, ()):
        values = {cell: _addend(figures[cell]) for cell in relation.cells}
        left, right = _total(values, relation.left), _total(values, relation.right)
        if None not in values.values() and left != right:
            yield f"{relation.rule.id}: {left:f} ≠ {right:f}"
