"""A file and its report beside those on file: the same bytes, the same place, and the cells that differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.archive.sources import sha256
from pipeline.checks.messages import cell_in_words
from pipeline.filing.read_all import make_filed
from pipeline.filing.request import NotFiledError, Request
from pipeline.model.figure import Figure
from pipeline.model.report import Report
from pipeline.model.source import Source

MOST_DIFFERENCES = 30
REPLACE_ZH = "要换成这份文件，请加 --replace"
REPLACE_EN = "to put this file in its place add --replace"


def refuse_same_bytes(request: Request, filed: Sequence[Source]) -> None:
    """Refuses a file that is filed already, byte for byte, wherever it lies.

    Raises:
        NotFiledError: it is.
    """
    digest = sha256(request.data)
    for source in filed:
        if source.path.stat().st_size == len(request.data) and sha256(source.load()) == digest:
            raise NotFiledError(
                f"这份文件已经收录，就是 {source.report_id}（一字不差）",
                f"this very file is filed already, as {source.report_id}",
            )


def refuse_unless_replaced(request: Request, report: Report, existing: Source) -> None:
    """Refuses a report whose place is taken, unless the person asked to replace; says in which cells the two differ.

    Raises:
        NotFiledError: the place is taken.
    """
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
