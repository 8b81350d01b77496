"""The same words in both languages of the project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Words in Chinese and English; where English is missing, the Chinese words stand for it."""

    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.zh if language == "zh" else self.en or self.zh

    def __iter__(self) -> Iterator[str]:
        """Chinese, then English: ``zh, en = text``."""
        return iter((self.zh, self["en"]))

    def filled(self, values: Mapping[str, object]) -> Text:
        """The same with values in the place of their names in braces.

        Args:
            values: name → value; one that the words name and that is missing raises KeyError: a bug of ours.
        """
        return Text(self.zh.format_map(values), self.en.format_map(values))

    def of(self, other: Text) -> Text:
        """These words and what they are about: ``Parquet：报告``, ``Parquet: Reports``.

        Args:
            other: what these words are about; with empty words a colon stands at the end.
        """
        return Text(f"{self.zh}：{other.zh}", f"{self['en']}: {other['en']}")
