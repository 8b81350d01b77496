"""What the programs say, by code, from ``messages.yml``: one sentence in Chinese and in English.

Findings about reports have words of their own (``findings.yml``), since readers of the data look them up.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from functools import cache

from pipeline import knowledge
from pipeline.model.findings import PipelineError
from pipeline.model.text import Text

FILE = "messages.yml"


@cache
def messages() -> dict[str, Text]:
    """All sentences by code, with their placeholders.

    Raises:
        ValueError: a code without one of the languages, or whose languages name different values.
    """
    found = {code: Text(**words) for code, words in knowledge.load(FILE).items()}
    for code, text in found.items():
        if not (text.zh and text.en) or placeholders(text.zh) != placeholders(text.en):
            raise ValueError(f"{FILE}:{knowledge.line_of(FILE, f'{code}:')}: {code}: {text}")
    return found


@cache
def placeholders(sentence: str) -> frozenset[str]:
    """The names of the values that a sentence waits for; none where it is always the same.

    Args:
        sentence: in one language.
    """
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)


def message(code: str, /, **values: object) -> Text:
    """The sentence of a code.

    Args:
        code: its key in ``messages.yml``. An unknown one, or a missing value, raises KeyError: that is a bug of ours.
        **values: what its placeholders stand for; a ``Text`` is said in the language of the sentence.
    """
    said = messages()[code]
    if not values and not placeholders(said.zh):
        return said
    return Text(*(_filled(said[language], values, language) for language in ("zh", "en")))


def _filled(sentence: str, values: dict[str, object], language: str) -> str:
    return sentence.format(
        **{key: value[language] if isinstance(value, Text) else value for key, value in values.items()}
    )


def wrong(code: str, /, **values: object) -> PipelineError:
    """The error that says this to a person; raise what it returns.

    Args:
        code: as of ``message``.
        **values: as of ``message``.
    """
    return PipelineError(*message(code, **values))


def listed(words: Iterable[str]) -> Text:
    """Words one after the other, as each language puts them.

    Args:
        words: in their order; none gives empty texts.
    """
    several = tuple(words)
    return Text("、".join(several), ", ".join(several))
