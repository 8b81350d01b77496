"""Every sentence that the programs say stands in messages.yml, in both languages, and is used with its values."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import knowledge
from pipeline.knowledge.messages import listed, message, messages, placeholders, wrong
from pipeline.model.findings import PipelineError
from pipeline.model.text import Text

ROOT = Path(__file__).parents[2]
HAN = re.compile("[\u4e00-\u9fff]")


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


Speakers = dict[str, tuple[int, frozenset[str]]]


def _speakers(tree: ast.Module) -> Speakers:
    """The functions that take a code and its values: the place of the code, and the keywords that are no values."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.args.kwarg and node.args.kwarg.arg == "values":
            names = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
            if "code" in names:
                keywords = {arg.arg for arg in (*node.args.args, *node.args.kwonlyargs)}
                found[node.name] = (names.index("code"), frozenset(keywords))
    return found


def _uses() -> Iterator[tuple[str, str, frozenset[str]]]:
    """(place, code, names of the values) of every call that says something."""
    trees = dict(_trees())
    everywhere = {
        name: said for tree in trees.values() for name, said in _speakers(tree).items() if name[0] != "_"
    }
    for place, tree in trees.items():
        speakers = everywhere | _speakers(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in speakers:
                position, own = speakers[ast.unparse(node.func)]
                for code in _codes(node.args[position]) if len(node.args) > position else ():
                    values = {keyword.arg or "**" for keyword in node.keywords} - own
                    yield f"{place}:{node.lineno}", code, frozenset(values)


def _codes(node: ast.expr) -> Iterator[str]:
    """The codes that an argument may be: a text, or one of two; a code that is handed on is seen where it comes from."""
    if isinstance(node, ast.IfExp):
        yield from (*_codes(node.body), *_codes(node.orelse))
    elif isinstance(node, ast.Constant) and node.value:
        yield str(node.value)


def test_every_code_that_is_said_exists_and_is_given_its_values() -> None:
    uses = list(_uses())
    assert len(uses) > 50, "the calls are not found any more"
    for place, code, values in uses:
        assert code in messages(), f"{place}: no {code} in messages.yml"
        assert values - {"**"} == placeholders(messages()[code].zh) or "**" in values, (
            f"{place}: {code}: {values}"
        )


def test_every_sentence_is_said_somewhere() -> None:
    texts = {
        node.value
        for _, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not set(messages()) - texts


def test_one_sentence_has_one_code() -> None:
    codes = defaultdict(list)
    for code, text in messages().items():
        codes[text.zh].append(code)
    assert not [several for several in codes.values() if len(several) > 1]


def test_chinese_is_chinese_and_english_is_english() -> None:
    for code, text in messages().items():
        if "{said}" not in text.zh:  # a place before another sentence has no words of its own
            assert HAN.search(text.zh), code
        assert not HAN.search(text.en), code


def test_no_error_is_worded_in_python() -> None:
    worded = [
        f"{place}:{node.lineno}"
        for place, tree in _trees()
        if not place.startswith("pipeline/safety/")  # stands below knowledge and cannot ask for its words
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "PipelineError"
        and any(isinstance(arg, ast.Constant | ast.JoinedStr) for arg in node.args)
    ]
    assert not worded


def test_a_sentence_is_filled_in_both_languages() -> None:
    said = wrong("in_site_yml", field="forms", said=message("site_one_form"))
    assert isinstance(said, PipelineError)
    assert (said.zh, said.en) == ("site.yml：forms 至少要有一种", "site.yml: forms names at least one")
    assert listed(("a", "b")) == Text("a、b", "a, b")


def test_an_unknown_code_or_a_missing_value_is_a_bug() -> None:
    with pytest.raises(KeyError):
        message("no_such_code")
    with pytest.raises(KeyError):
        message("in_site_yml", field="forms")


@pytest.mark.parametrize("words", [{"zh": "缺 {a}", "en": "no {b}"}, {"zh": "缺", "en": ""}])
def test_a_sentence_whose_languages_differ_is_refused_on_loading(
    monkeypatch: pytest.MonkeyPatch, words: dict[str, str]
) -> None:
    monkeypatch.setattr(knowledge, "load", lambda name: {"broken": words})
    messages.cache_clear()
    with pytest.raises(ValueError, match="broken"):
        messages()
    monkeypatch.undo()
    messages.cache_clear()
