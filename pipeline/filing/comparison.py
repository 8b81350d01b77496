"""A file and its report beside those on file: the same bytes, the same place, and the cells that differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.archive.sources import sha256
from pipeline.checks.messages import cell_in_words
from pipeline.filing.read_all import make_filed
from pipeline.filing.request import NotFiledError, Request, not_filed
from pipeline.knowledge.messages import message
from pipeline.model.figure import Figure
from pipeline.model.report import Report
from pipeline.model.source import Source

MOST_DIFFERENCES = 30


def refuse_same_bytes(request: Request, filed: Sequence[Source]) -> None:
    """Refuses a file that is filed already, byte for byte, wherever it lies.

    Args:
        request: what is handed in.
        filed: all reports that are filed; none refuses nothing.

    Raises:
        NotFiledError: it is.
    """
    digest = sha256(request.data)
    for source in filed:
        if source.path.stat().st_size == len(request.data) and sha256(source.load()) == digest:
            raise not_filed("filed_same_bytes", report_id=source.report_id)


def refuse_unless_replaced(request: Request, report: Report, existing: Source) -> None:
    """Refuses a report whose place is taken, unless the person asked to replace; says in which cells the two differ.

    Args:
        request: says whether the filed report may give way.
        report: what was read now.
        existing: the report in its place.

    Raises:
        NotFiledError: the place is taken.
    """
    old = make_filed(existing).report
    different = list(differences(old, report))
    if request.replace:
        return
    place = {"report": existing.report_id, "file": existing.path.name}
    if not different:
        raise not_filed("filed_same_figures", **place)
    shown = "\n".join(f"  {line}" for line in different[:MOST_DIFFERENCES])
    more = len(different) - MOST_DIFFERENCES
    shown += f"\n  … {more}" if more > 0 else ""
    zh, en = message("filed_other_figures", count=len(different), **place)
    raise NotFiledError(f"{zh}\n{shown}", en)  # the cells are listed once, for both languages


def differences(old: Report, new: Report) -> Iterator[str]:
    """Each cell in which two readings differ, in the order of the form: ``本年新收 · 总计: 19 → 20``.

    Args:
        old, new: of any form; a cell that one of them does not have differs.
    """
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
