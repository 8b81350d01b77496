"""A cell's key: written and read in one way."""

from __future__ import annotations

import pickle
import re
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.knowledge.forms import forms
from pipeline.model.figure import CellKey, Figure, Status

SPLIT = re.compile(r"""table, row, column = .*split\(["']/["']\)""")


def test_a_key_is_read_as_it_is_written() -> None:
    keys = {key for form in forms().values() for key in form.cell_keys()}
    assert len(keys) > 200
    assert {CellKey.parse(str(key)) for key in keys} == keys


@pytest.mark.parametrize("text", ["", "requests", "requests/new_received", "a/b/c/d"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="unpack"):
        CellKey.parse(text)


def test_nobody_else_takes_a_key_apart() -> None:
    found = [str(path) for path in Path("pipeline").rglob("*.py") if SPLIT.search(path.read_text("utf-8"))]
    assert found == ["pipeline/model/figure.py"]


@pytest.mark.parametrize(
    "figure",
    [
        Figure("１，２３４", Decimal(1234), Status.REPORTED, "line 30"),
        Figure("2.50元", Decimal("2.50"), Status.REPORTED, "p. 4, table 2", "元"),
        Figure("", None, Status.BLANK),
        Figure("字" * 100, None, Status.UNREADABLE, "line 3", "", 0.5),
        Figure("-3", Decimal(-3), Status.RESOLVED, "line 1"),
    ],
)
def test_a_figure_comes_back_from_a_pickle_as_it_was(figure: Figure) -> None:
    back = pickle.loads(pickle.dumps(figure))
    assert back == figure
    assert str(back.value) == str(figure.value)  # 2.50 stays 2.50
    assert type(back.status) is Status


def test_what_comes_from_pickles_is_there_once() -> None:
    """Of ten thousand reports, whose two million figures would else take a gigabyte."""
    keys = [pickle.loads(pickle.dumps(CellKey("requests", "granted", "total"))) for _ in range(2)]
    assert keys[0] == ("requests", "granted", "total")
    assert keys[0] is keys[1]
    figures = [
        pickle.loads(pickle.dumps(Figure("17", Decimal(17), Status.REPORTED, "line 9"))) for _ in range(2)
    ]
    for name in ("raw", "value", "place"):
        assert getattr(figures[0], name) is getattr(figures[1], name)
