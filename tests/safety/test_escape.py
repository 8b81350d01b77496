"""Whatever stands in a report, a page shows its letters."""

import html
import json
import re

import markdown
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from pipeline.safety import escape
from tests.site.corpus import HOSTILE

EXTENSIONS = ["attr_list", "toc", "tables", "fenced_code"]  # those of mkdocs.yml and of MkDocs itself


def shown(text: str, template: str = "{}\n") -> tuple[str, set[str]]:
    """What Python-Markdown makes of a line: its text, and the elements in it."""
    made = markdown.markdown(template.format(escape.markdown(text)), extensions=EXTENSIONS)
    tags = set(re.findall(r"<([a-z0-9]+)", made))
    return html.unescape(re.sub(r"<[^>]*>", "", made)).strip(), tags


def seen(text: str) -> str:
    return " ".join(escape.visible(text).split())


@given(st.text())
def test_any_text_is_its_letters_in_a_paragraph(text: str) -> None:
    words, tags = shown(f"x{text}x")
    assert " ".join(words.split()) == seen(f"x{text}x")
    assert tags == {"p"}


@given(st.text(alphabet="*_`[](){}<>!#+-.=|&:/\\\"'~^ ab1\n\t"))
def test_no_mixture_of_marks_becomes_markup(text: str) -> None:
    words, tags = shown(f"x{text}x", "# {} {{: #top }}\n\n## y\n")
    assert words.split("\n")[0].split() == seen(f"x{text}x").split()
    assert tags <= {"h1", "h2"}


def test_the_hostile_text_is_its_letters() -> None:
    assert shown(HOSTILE) == (seen(HOSTILE), {"p"})
    assert "\u202e" not in seen(HOSTILE)


@given(st.text())
def test_front_matter_is_one_scalar(text: str) -> None:
    line = escape.scalar(text)
    assert "\n" not in line
    assert yaml.safe_load(f"title: {line}") == {"title": seen(text)}
    assert json.loads(line) == seen(text)


def test_what_turns_the_direction_of_text_is_not_shown() -> None:
    assert escape.visible("a\u202eb\u2066c\u200fd\u0000e\u061cf") == "abcdef"
    assert escape.visible("一\n二\t三\u3000四") == "一\n二\t三\u3000四"


def test_html_escapes_what_attributes_need() -> None:
    assert escape.html("\"'<>&\u202e") == "&#34;&#39;&lt;&gt;&amp;"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("市政府（2023）", "市政府（2023）"),
        ("a*b_c`d", r"a\*b\_c\`d"),
        ("[x](javascript:y) ~z~", r"\[x\](javascript:y) \~z\~"),
        ("# |a| @b !c \\", r"\# \|a\| \@b \!c " + "\\\\"),
        ("<b>&lt;", "&lt;b\\>&amp;lt;"),
        ("two\nlines  and\u202eunseen", "two lines andunseen"),
        ("", ""),
    ],
)
def test_a_line_that_people_also_read_as_it_stands(text: str, written: str) -> None:
    assert escape.readable_markdown(text) == written


@given(st.text())
def test_a_readable_line_is_its_letters_and_no_markup(text: str) -> None:
    made = markdown.markdown(f"x{escape.readable_markdown(text)}x", extensions=["fenced_code"])
    assert set(re.findall(r"<([a-z0-9]+)", made)) == {"p"}


def test_what_is_markup_already_is_not_escaped_again() -> None:
    ready = Markup("<b>1&amp;2</b>")
    assert escape.html(ready) == ready
    assert escape.markdown(ready) == ready
    assert escape.html("<b>") == "&lt;b&gt;"
