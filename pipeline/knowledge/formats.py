"""The registry of formats: which files can be filed and read, by extension, with their words and media types.

How a file is known by its content, and how it is read, stands in ``document``, in the module that an entry names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline import knowledge
from pipeline.knowledge.messages import wrong


@dataclass(frozen=True)
class Name:
    """An extension (without a dot), what people call such a file, and its media type."""

    extension: str
    zh: str
    en: str
    media_type: str


@dataclass(frozen=True)
class Format:
    """One kind of file.

    Attributes:
        key: what documents of this kind say they are; one of its extensions.
        reader: the module of ``pipeline/document`` that knows and reads it.
        names: extension → its name; two extensions may have the same one (``htm`` is called ``html``).
    """

    key: str
    reader: str
    names: dict[str, Name]


@cache
def formats() -> dict[str, Format]:
    """Every format by key, in the order in which they are asked whether a file is theirs.

    Raises:
        PipelineError: ``formats.yml`` names an extension twice, or not the key among the extensions.
    """
    found = {key: _format(key, **entry) for key, entry in knowledge.load("formats.yml").items()}
    extensions = [extension for format_ in found.values() for extension in format_.names]
    for key, format_ in found.items():
        if key not in format_.names or any(extensions.count(extension) > 1 for extension in format_.names):
            raise wrong("format_extensions", key=key)
    return found


def _format(key: str, reader: str, names: dict[str, list[str]], also: dict[str, str] | None = None) -> Format:
    named = {extension: Name(extension, *words) for extension, words in names.items()}
    return Format(key, reader, named | {other: named[usual] for other, usual in (also or {}).items()})


def by_extension() -> dict[str, Format]:
    """The format that each extension promises, e.g. ``htm`` → html."""
    return {extension: format_ for format_ in formats().values() for extension in format_.names}


def name_of(extension: str) -> Name:
    """What a file with this extension is called; KeyError for one that is not filed.

    Args:
        extension: without a point, in small letters.
    """
    return by_extension()[extension].names[extension]


def names() -> dict[str, Name]:
    """Every name that a filed file may go under in the data, by its usual extension."""
    return {name.extension: name for format_ in formats().values() for name in format_.names.values()}
