"""Each guard against strangers' text is written once, in ``safety/escape.py``, and every way out uses it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.pages.charts.shapes import csv_text
from pipeline.published.distributions.sheets import sheet_rows
from pipeline.safety.escape import inert, is_web_address, visible

PIPELINE = Path(__file__).parents[2] / "pipeline"
HOME = PIPELINE / "safety/escape.py"
RUN = [
    "=1+1",
    "＝1+1",
    "@x",
    "＠x",
    "+cmd",
    "＋cmd",
    "-cmd",
    "－cmd",
    "\u200b=1+1",
    "\u202e@x",
    "\t=1",
    "\r=1",
    "\ufeff+a",
]
KEPT = ["-", "--", "－", "-3", "－2.5", "+1,234", "1=1", "a@b", "—", "/"]


@pytest.mark.parametrize("text", RUN)
def test_a_formula_is_stopped_in_a_figures_csv(text: str) -> None:
    assert csv_text([(text,)]).strip('"').startswith("'")


@pytest.mark.parametrize("text", RUN)
def test_a_formula_is_stopped_in_the_workbook(text: str) -> None:
    (row,) = sheet_rows([[text]], plain=1, quoted=2, dated=3)
    assert 's="2" t="inlineStr"' in row


@pytest.mark.parametrize("text", RUN)
def test_a_formula_is_stopped_in_the_package(text: str) -> None:
    assert inert(text).startswith("'")


@pytest.mark.parametrize("text", KEPT)
def test_a_number_and_a_mark_are_no_formula(text: str) -> None:
    assert inert(text) == csv_text([(text,)]).rstrip("\n").strip('"') == text
    (row,) = sheet_rows([[text]], plain=1, quoted=2, dated=3)
    assert 's="1"' in row


@pytest.mark.parametrize("text", ["\u3164", "\U000e0041", "\u180e", "\u115f", "\r", "\x85", "\ud800"])
def test_a_name_of_unseen_characters_is_empty(text: str) -> None:
    assert visible(text) == ""


@pytest.mark.parametrize(
    "url", ["https://example.org", "http://example.org:8080/a?b#c", "HTTPS://例.中国/年报"]
)
def test_a_web_address(url: str) -> None:
    assert is_web_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "https://",
        "https://a b",
        "https://user@host/",
        'https://a/"b',
        "ftp://a",
        "https:/a",
    ]
    + ["https://a/\u202eb", "https://a/\nb", "//a/b", "https://a/<b>"],
)
def test_no_web_address(url: str) -> None:
    assert not is_web_address(url)


# What a guard does, so that a second one is seen whatever it looks like.
def _is_second_guard(found: "re.Pattern[str] | tuple[str, ...]") -> str:
    def takes(text: str) -> bool:
        return text.startswith(found) if isinstance(found, tuple) else bool(found.match(text))

    def is_taken(text: str) -> bool:
        return text.startswith(found) if isinstance(found, tuple) else bool(found.fullmatch(text))

    if takes("/x") and takes(",x"):  # a list of punctuation, such as that of an address, guards nothing
        return ""
    if all(map(takes, ("=1+1", "@x", "-cmd", "+cmd"))) and not takes("x"):
        return "formula"
    if is_taken("https://example.org/a") and is_taken("http://example.org/a") and not is_taken("x"):
        return "web address"
    if takes("\u200b") and takes("\u202e") and not takes("x"):
        return "unseen characters"
    if all(takes(char) for char in "*_`[|") and not takes("x"):
        return "Markdown"
    return ""


def _patterns(source: str) -> Iterator["re.Pattern[str] | tuple[str, ...]"]:
    """Every pattern and every choice of beginnings that a module writes down."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re")), args=[ast.Constant(value=str() as pattern), *_]
            ):
                yield re.compile(pattern)
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            texts = [
                one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)
            ]
            if texts and len(texts) == len(node.elts) and all(texts):
                yield tuple(texts)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and 1 < len(node.value) < 80:
            yield tuple(set(node.value) - {"x", "h"})  # ``char in "…"``


@pytest.mark.parametrize(
    "path", sorted(PIPELINE.rglob("*.py")), ids=lambda path: str(path.relative_to(PIPELINE))
)
def test_nobody_else_writes_a_guard(path: Path) -> None:
    if path != HOME:
        guards = {_is_second_guard(pattern) for pattern in _patterns(path.read_text(encoding="utf-8"))}
        assert guards <= {""}, f"{path.name} guards by itself: {guards - {''}}; use pipeline/safety/escape.py"


@pytest.mark.parametrize(
    ("source", "guard"),
    [
        ('import re\nX = re.compile(r"[=＝@＠\\t\\r]|[+-]")', "formula"),
        ('RISKY = ("=", "+", "-", "@")', "formula"),
        ('import re\nX = re.compile("[\\u200b-\\u200f\\u202a-\\u202e]")', "unseen characters"),
        ('import re\ndef f(t): return re.sub(r"([|*_`\\[\\]])", "", t)', "Markdown"),
        ('def f(t): return "".join(c for c in t if c in "\\\\`*_{}[]()#+!|~")', "Markdown"),
        ('def f(t): return t.startswith(("https://", "http://"))', "web address"),
        ('import re\nX = re.compile(r"https?://\\S+")', "web address"),
    ],
)
def test_a_second_guard_is_seen(source: str, guard: str) -> None:
    assert guard in {_is_second_guard(pattern) for pattern in _patterns(source)}
