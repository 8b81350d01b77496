"""A public function that takes parameters says of each what it is: shape, unit, what an empty one means."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PIPELINE = Path(__file__).resolve().parents[1] / "pipeline"
FOLDERS = sorted(path.name for path in PIPELINE.iterdir() if (path / "__init__.py").is_file())
# Still to be told: a folder leaves this list with its last function, and none is added.
PENDING = ("document", "pages")
# Most functions of ``published`` and ``pages`` take one of these: what it is stands at its class, and is not said each time.
KNOWN = {"Published", "Package", "Context", "Words"}


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Public functions, and public methods of public classes."""
    for node in tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else [node]
        for one in inner:
            if isinstance(one, ast.FunctionDef) and not one.name.startswith("_"):
                yield one


def untold(function: ast.FunctionDef) -> list[str]:
    """The parameters that the docstring's ``Args`` does not name; what says "See ``X``" is told there.

    A command's docstring is its help: there its words and options are told, beside it.
    """
    if (ast.get_docstring(function) or "").startswith("See ``") or any(
        isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "command"
        for one in function.decorator_list
    ):
        return []
    given = function.args
    names = [
        one.arg
        for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)
        if not (one.annotation and ast.unparse(one.annotation) in KNOWN)
    ]
    _, _, told = (ast.get_docstring(function) or "").partition("Args:\n")
    named = re.findall(r"^ +([\w*]+(?:, [\w*]+)*):", told, flags=re.MULTILINE)
    known = {name for several in named for name in several.split(", ")}
    return [name for name in names if name not in ("self", "cls") and name not in known]


def missing(folder: str) -> list[str]:
    """``file:line function(parameters)`` of each function of a folder that leaves a parameter untold."""
    return [
        f"{path.relative_to(PIPELINE.parent)}:{one.lineno} {one.name}({', '.join(names)})"
        for path in sorted((PIPELINE / folder).rglob("*.py"))
        for one in functions(ast.parse(path.read_text(encoding="utf-8")))
        if (names := untold(one))
    ]


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if folder not in PENDING])
def test_every_parameter_is_told(folder: str) -> None:
    assert missing(folder) == []


def test_a_parameter_that_is_not_told_is_seen() -> None:
    source = 'def f(a: int, *, b: str, c: str) -> None:\n    """Does.\n\n    Args:\n        a, c: numbers.\n    """\n'
    (function,) = functions(ast.parse(source))
    assert untold(function) == ["b"]
