"""The figures of a page as one file, from which their CSVs and Plotly figures are made when someone asks for them.

A CSV says by itself what it is: whose, which year, which question, labels and units. A person who is sent the file alone
knows what stands in it. What the package does not need, since it has a dictionary.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.pages.charts import plotly
from pipeline.pages.charts.shapes import Figure
from pipeline.pages.words import Words
from pipeline.published.records import Package
from pipeline.safety.escape import inert

Pairs = tuple[tuple[str, str], ...]  # column → the same value in every row
LABEL, VALUE = "label", "value"
RATIO = {
    "numerator",
    "denominator",
    VALUE,
}  # the columns of an indicator: a ratio and the counts it is made of


@dataclass(frozen=True)
class Owners:
    """Address below the site → whose page it is."""

    by_path: Mapping[str, Pairs]
    language: str

    @classmethod
    def of(cls, package: Package, language: str) -> Owners:
        """Those of all agencies and reports of a package."""
        found: dict[str, Pairs] = {}
        for agency in package.agencies.values():
            whose = (("agency_id", agency.key), ("agency", agency.name[language]))
            found[f"agencies/{agency.key}/"] = whose
            for report in package.by_agency[agency.key]:
                told = (("report_id", report.key), *whose, ("year", str(report.year)))
                found[f"agencies/{agency.key}/{report.slug}/"] = told
        found |= {f"years/{year}/": (("year", str(year)),) for year in package.by_year}
        return cls(found, language)


def figures_json(figures: Iterable[Figure], path: str, owners: Owners) -> str:
    """The file beside the page at ``path``: whose it is, and of each figure what makes its CSV and its Plotly figure.

    ``share.js`` makes the CSV of it: in each row whose it is, the question, the columns, the unit and the version.
    """
    told = {one.name: _told(one, owners.language) for one in figures}
    owner = [(name, inert(value)) for name, value in owners.by_path.get(path, ())]
    whole = {"owner": owner, "figures": told}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n"


def _told(figure: Figure, language: str) -> dict[str, Any]:
    head, *rows = _long(figure)
    return {
        "question": inert(figure.question),
        "unit": _unit(figure, head, language),
        "columns": head,
        "rows": [[inert(cell) for cell in row] for row in rows],
        **({"plotly": plotly.figure_of(figure.drawn)} if figure.drawn else {}),
    }


def _long(figure: Figure) -> Iterator[tuple[str, ...]]:
    """A row a number, with its label beside it, where the table has a column a kind, named by its key."""
    head, *rows = figure.data
    one_number = len(head) == 2
    if LABEL in head or one_number or set(head) >= RATIO:
        yield from figure.data
        return
    shown = [row[0] for row in figure.rows]
    has_key = head[0] != "year"  # then the first column, too, needs words
    yield (head[0], *([f"{head[0]}_label"] if has_key else []), "column", LABEL, VALUE)
    for row, title in zip(rows, shown, strict=True):
        for key, label, value in zip(head[1:], figure.header[1:], row[1:], strict=True):
            yield (row[0], *([title] if has_key else []), key, label, value)


def _unit(figure: Figure, head: tuple[str, ...], language: str) -> str:
    """Of the numbers; where they count agencies the header of their column says so."""
    if set(head) >= RATIO:
        return ""
    return figure.header[-1] if head[-1] == "agencies" else Words(language)("data.counted")
