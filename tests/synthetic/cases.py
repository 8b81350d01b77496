"""A seed → a file and the truth about it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.knowledge.rules import relations_of
from pipeline.model.figure import CellKey
from pipeline.model.rule import Relation
from tests.synthetic.layouts import LAYOUTS, TextLine
from tests.synthetic.quirks import LINE_QUIRKS, QUIRKS, soften
from tests.synthetic.sheet import Printed, Truth, print_report

MOST_QUIRKS = 4


@dataclass(frozen=True)
class Case:
    """One invented file. ``quirks`` names what was done to it; with a ``wreck`` nothing is asked but no wrong figure."""

    seed: int
    layout: str
    format: str
    quirks: tuple[str, ...]
    data: bytes
    form: str
    truth: Mapping[CellKey, Truth]
    wreck: bool
    agency: str
    year: int
    scope: str


def make_case(
    seed: int,
    layout: str,
    *,
    quirks: int = 0,
    only: tuple[str, ...] = (),
    scale: str | None = None,
    form: str = "",
) -> Case:
    """The file of a seed in a layout.

    Args:
        seed: the same seed gives the same file.
        layout: a name in ``LAYOUTS``.
        quirks: how many kinds of damage at most.
        only: these kinds and no others, in this order.
        scale: how busy the agency is; drawn where not given.
        form: key of the form; drawn where not given.
    """
    rng = random.Random(f"{seed}/{layout}/{quirks}/{only}")
    from pipeline.knowledge.forms import forms

    printed = print_report(rng, forms()[form] if form else None, scale)
    printed.layout = layout
    drawn = only or _draw(rng, layout, quirks)
    drawn = sorted(drawn, key=lambda name: name == "a_second_report_in_the_file")  # below all that is damaged
    done = [name for name in drawn if QUIRKS[name].apply(rng, printed) is not False]
    soften(printed, LAYOUTS[layout].blanks)
    printed.truth |= _untold(printed)

    def damage(lines: list[TextLine]) -> list[TextLine]:
        for name in printed.line_quirks:
            lines = LINE_QUIRKS[name](rng, lines, printed)
        return lines

    data = LAYOUTS[layout].to_bytes(printed, damage)
    return Case(
        seed,
        layout,
        LAYOUTS[layout].format,
        tuple(done),
        data,
        printed.form.key,
        dict(printed.truth),
        printed.wreck,
        printed.agency,
        printed.year,
        printed.scope,
    )


def _untold(printed: Printed) -> dict[CellKey, Truth]:
    """The cells of rows that no sums can tell, since one of theirs does not hold as printed; a mark counts nothing."""
    values = {cell: truth.value or Decimal(0) for cell, truth in printed.truth.items()}

    def holds(relation: Relation) -> bool:
        left, right = (sum(values[cell] for cell in side) for side in (relation.left, relation.right))
        return left == right

    def row_of(cell: CellKey) -> str:
        return "other" if cell.row.startswith("other_") else cell.row  # may be printed as one row

    sums = relations_of(printed.form)
    told = {cell: truth for cell, truth in printed.truth.items() if truth.knowable}
    broken = {row_of(cell) for cell in told if not all(map(holds, sums.get(cell, ())))}
    return {cell: replace(truth, knowable=False) for cell, truth in told.items() if row_of(cell) in broken}


def _draw(rng: random.Random, layout: str, most: int) -> list[str]:
    if not most:
        return []
    possible = [quirk for quirk in QUIRKS.values() if layout in quirk.layouts]
    count = rng.randint(1, most)
    drawn = rng.choices(possible, weights=[quirk.weight for quirk in possible], k=count)
    # Damage to lines comes last in any case; that to labels after that to rows, since it needs their words no more.
    return list(dict.fromkeys(quirk.name for quirk in drawn))


def cases(
    seed: int, count: int, *, quirks: int = MOST_QUIRKS, layouts: tuple[str, ...] = ()
) -> Iterator[Case]:
    """``count`` files, the layouts in turn."""
    names = layouts or tuple(LAYOUTS)
    for number in range(count):
        yield make_case(seed + number, names[number % len(names)], quirks=quirks)


__all__ = ["Case", "Printed", "cases", "make_case"]
