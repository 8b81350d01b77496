"""A cell's key: written and read in one way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.knowledge.forms import forms
from pipeline.model.figure import CellKey

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
