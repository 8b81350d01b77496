"""Every sentence is there in both languages, with the same values, and is said somewhere."""

import ast
import re
import string
from pathlib import Path

import pytest
import yaml

from pipeline.pages.words import LANGUAGES, STRINGS, Words, leaves

RAW = yaml.safe_load(STRINGS.read_text("utf-8"))
ALL = dict(leaves(RAW))
PAGES = STRINGS.parent
# Keys that are put together from a value: the prefix is in the code, the rest comes from the package.
BUILT = (
    "phrase.",
    "proactive.",
    "status.",
    "story.held",
    "story.failed",
    "story.not_assessable",
    "table.ab",
    "table.am",
)
# Of these the last part is a value of the package (a state, a class, a note) or stands in a script.
FROM_DATA = (
    "checks.",
    "indicators.",
    "quality.",
    "explore.",
    "search.",
    "months.",
    "share.",
    "beside.",
    "palette.",
    "groups.",
    "tools.",
)
BUILT += FROM_DATA
BUILT += ("home.way_", "agencies.", "years.", "year_page.", "source.", "data.")


# English says the month by its name, Chinese by its number; what is said of an English name is said in English alone.
DIFFERENT = ("date", "agency.name_made", "place.heading")


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_a_sentence_has_both_languages_and_the_same_values() -> None:
    assert len(ALL) > 200
    for key, entry in ALL.items():
        assert set(entry) == set(LANGUAGES), key
        if key not in DIFFERENT:
            # An English story says "the agency": its made name is long, and stands above.
            unsaid = {"agency"} if key.startswith("story.") else set()
            assert names(entry["zh"]) - unsaid == names(entry["en"]), key
        assert not re.search(r"[\u4e00-\u9fff]", entry["en"]), f"{key}: English with Chinese in it"


def test_no_sentence_is_left_over() -> None:
    files = [*PAGES.rglob("*.py"), *PAGES.glob("templates/*.jinja"), *PAGES.parent.glob("site/*.py")]
    text = "\n".join(path.read_text("utf-8") for path in files)
    keys = {key.removesuffix("_other") for key in ALL}  # the twin of another form: Context.on_requests
    unused = [
        key
        for key in keys
        if not key.startswith(BUILT) and not re.search(rf"[\"']{re.escape(key)}[\"']", text)
    ]
    for key in keys:
        if key.startswith(BUILT) and not key.startswith(
            ("phrase.", "proactive.", "status.", "home.way_", *FROM_DATA)
        ):
            last = key.rpartition(".")[2]
            stem = last.removeprefix("n_")  # such as n_held: put together from a column's name
            if not re.search(rf"[\"'._]{stem}\b", text):
                unused.append(key)
    assert not unused


def test_phrases_are_about_items_that_exist() -> None:
    items = {
        row.partition(",")[0] for row in Path("datapackage/data/items.csv").read_text("utf-8").splitlines()
    }
    keys = {key.partition(".")[2] for key in ALL if key.startswith("phrase.") and key != "phrase.other"}
    assert keys <= items


def test_no_chinese_label_stands_in_the_code() -> None:
    """Only messages of errors may, beside their English; a label of a form is a fact and belongs to the data."""
    found = []
    for path in PAGES.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        allowed = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("PipelineError", "_wrong"))
            for inner in ast.walk(node)
        }
        allowed |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        found += [
            f"{path.name}:{node.lineno} {node.value}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and re.search(r"[\u4e00-\u9fff]", str(node.value))
            if id(node) not in allowed and not str(node.value).startswith("\u2e80")  # a range of characters
        ]
    assert not found


def test_a_missing_value_is_a_bug_of_ours_and_is_heard() -> None:
    with pytest.raises(KeyError):
        Words("zh")("story.none", agency="x")
    with pytest.raises(KeyError):
        Words("zh")("story.nonsense")


def test_english_words_agree_with_their_number() -> None:
    words = Words("en")
    assert words("story.carried_out", n=1).startswith("1 was ")
    assert words("story.carried_out", n=1234).startswith("1,234 were ")
