"""A filed scan → its cells in doubt, each with its picture, and a form to settle them; answers → ``<year>.answers.yml``.

The form is one page without anything from elsewhere. Served by ``confirm`` it sends its answers back; opened from disk,
as in the files of a pull request's review, it gives them as a file to commit.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from pipeline.archive.corrections import parse_corrections
from pipeline.archive.sources import ANSWERS
from pipeline.archive.strict_yaml import read_yaml
from pipeline.checks.messages import cell_in_words
from pipeline.filing.pictures import clippings_of
from pipeline.knowledge.messages import wrong
from pipeline.knowledge.numerals import MARKS
from pipeline.model.figure import CellKey, Status
from pipeline.model.outcome import CheckedReport
from pipeline.model.source import Source
from pipeline.safety.files import write_whole

IN_DOUBT = "F110"


@dataclass(frozen=True)
class CellInDoubt:
    """One cell. ``why_zh`` and ``why_en`` are those of its finding; ``picture`` is a PNG, empty where there is none."""

    cell: CellKey
    raw: str
    place: str
    why_zh: str
    why_en: str
    picture: bytes = b""


def doubts_of(one: CheckedReport) -> tuple[CellInDoubt, ...]:
    """The cells of a report that are in doubt, in the order of the form, with their pictures; none gives none.

    Args:
        one: a report whose source still lies where it was read from, since the pictures are cut from it.
    """
    found = {finding.at.cell: finding for finding in one.findings if finding.code == IN_DOUBT}
    cells = [
        CellInDoubt(key, figure.raw, figure.place, said.message.zh, said.message.en)
        for key, figure in one.report.figures.items()
        if figure.status is Status.UNCONFIRMED and (said := found.get(str(key)))
    ]
    pictures = clippings_of(one.source, [cell.place for cell in cells])
    return tuple(
        CellInDoubt(cell.cell, cell.raw, cell.place, cell.why_zh, cell.why_en, pictures.get(cell.place, b""))
        for cell in cells
    )


def answers_path(source: Source) -> Path:
    """Where the answers about a filed report lie.

    Args:
        source: the filed report.
    """
    return source.path.with_suffix(ANSWERS)


def form(one: CheckedReport, cells: Sequence[CellInDoubt], *, nonce: str = "", answers: str = "") -> str:
    """The page with the form.

    Args:
        one: the report.
        cells: those to settle.
        nonce: of its script and style, where it is served; it then sends its answers back.
        answers: path of the file that it gives, where it is not served.
    """
    rows = [
        {
            "cell": str(cell.cell),
            "zh": cell_in_words(cell.cell, "zh"),
            "en": cell_in_words(cell.cell, "en"),
            "raw": cell.raw,
            "place": cell.place,
            "why_zh": cell.why_zh,
            "why_en": cell.why_en,
            "picture": base64.b64encode(cell.picture).decode(),
        }
        for cell in cells
    ]
    source = one.source
    return _template().render(
        title=f"{source.agency.name_zh} {source.year}",
        rows=rows,
        marks=sorted(MARKS),
        file=Path(answers).name or answers_path(source).name,
        nonce=nonce,
        answers=answers,
    )


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template(
        "doubts.html.jinja"
    )


def take_answers(source: Source, cells: Sequence[CellInDoubt], answers: bytes) -> int:
    """Writes what the form sent into the report's answers, beside those that are there; says how many cells it settles.

    Args:
        source: the filed report that the answers are about.
        cells: those that the form asked about; about others nothing is taken.
        answers: YAML as the form sends it, from anybody.

    Raises:
        PipelineError: they are not what the form sends, or about other cells than it asked about.
    """
    path, asked = answers_path(source), {str(cell.cell): cell.raw for cell in cells}
    with tempfile.TemporaryDirectory(prefix="answers-") as made:
        sent = Path(made) / path.name
        sent.write_bytes(answers)
        entry = read_yaml(sent, {"corrections"}, required={"corrections"})
    rows = parse_corrections(path.name, entry["corrections"])
    if any(asked.get(str(row.cell)) != row.raw for row in rows):
        raise wrong("answers_of_others", place=path.name)
    named = {str(row.cell) for row in rows}
    kept = [row for row in _rows(path) if row["cell"] not in named]
    text = yaml.safe_dump(
        {"corrections": [*kept, *entry["corrections"]]}, allow_unicode=True, sort_keys=False, width=1000
    )
    write_whole(path, (HEAD + text).encode())
    return len(rows)


HEAD = "# 对着图片确认的数字，由 confirm 的表单写。 Figures settled beside their pictures; the form of confirm writes this.\n"


def _rows(path: Path) -> Iterator[dict[str, object]]:
    if path.is_file():
        yield from read_yaml(path, {"corrections"}, required={"corrections"})["corrections"] or ()
