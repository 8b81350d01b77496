"""What the pages of one language are made from, and what several of them ask for, made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from pipeline.pages.kept import Kept
from pipeline.pages.words import Words
from pipeline.published.records import Package

P = ParamSpec("P")
R = TypeVar("R")


class Context:
    """The package and the words of one language; keeps what ``once`` has made from them.

    Args:
        clippings: what ``filing.clippings`` wrote, where there is any.
        pictures: those that were drawn in an earlier run; without it no page of a PDF is shown.
    """

    def __init__(
        self, package: Package, words: Words, clippings: Path | None = None, pictures: Kept | None = None
    ) -> None:
        self.package, self.words, self.clippings, self.pictures = package, words, clippings, pictures
        self.kept: dict[tuple[object, ...], Any] = {}

    def on_requests(self, key: str) -> str:
        """The key of a sentence about requests; of its twin ``…_other`` where no form of the package asks about them."""
        return key if self.package.asks_requests else f"{key}_other"

    def word(self, table: str, column: str, key: str) -> str:
        """What the package says for a key of a column, in the language."""
        return self.words.label(self.package.descriptor.word(table, column, key))


def once(make: Callable[Concatenate[Context, P], R]) -> Callable[Concatenate[Context, P], R]:
    """Makes a function ask no context twice for the same; its further arguments must be hashable and come by place."""

    def kept(context: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (make, *args)
        if key not in context.kept:
            context.kept[key] = make(context, *args, **kwargs)
        return context.kept[key]  # type: ignore[no-any-return]

    update_wrapper(kept, make)
    return kept
