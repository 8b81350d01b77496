"""The functions that answer the relations of ``knowledge/relations.yml``: each bears the name of the relation it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pipeline.knowledge.messages import message
from pipeline.model.figure import CellKey
from pipeline.model.findings import Location
from pipeline.model.outcome import Outcome, State
from pipeline.model.rule import Rule

NOWHERE = Location()
Answer = TypeVar("Answer", bound=Callable[..., Any])


class Answers(dict[str, Answer]):
    """The functions for one kind of relation, by name; ``@answers.add`` above a function is its entry."""

    def add(self, function: Answer) -> Answer:
        """Enters a function under its own name, ``_on_time`` as ``on_time``.

        Args:
            function: the answer; what it is given stands where the registry is made.
        """
        self[function.__name__.removeprefix("_")] = function
        return function


def settled(
    rule: Rule, holds: bool, where: str = "", at: Location = NOWHERE, *, left: str = "", right: str = ""
) -> Outcome:
    """A relation that holds or fails.

    Args:
        rule: its rule.
        holds: what came of it.
        where: what it is about, in words; empty for the whole report.
        at: the place a failure is shown at.
        left, right: what was compared, as people write it.
    """
    return Outcome(rule, where, State.HOLDS if holds else State.FAILS, at, left, right)


def not_assessable(
    rule: Rule,
    reason: str = "",
    where: str = "",
    at: Location = NOWHERE,
    missing: tuple[CellKey, ...] = (),
) -> Outcome:
    """A relation that stays open.

    Args:
        rule: its rule.
        reason: code of the reason in ``messages.yml``; empty where cells are missing.
        where: what it is about; empty for the whole report.
        at: the place it would be shown at.
        missing: the cells that have no value.
    """
    said = message(reason) if reason else None
    return Outcome(rule, where, State.NOT_ASSESSABLE, at, missing=missing, reason=said)
