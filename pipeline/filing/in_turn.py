"""Work done elsewhere, its results in the order of the tasks, and never more than a few of them at once in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

Label = TypeVar("Label")
Task = TypeVar("Task")
Result = TypeVar("Result")
TRIES = 3  # at a task whose workers were all lost


@dataclass(frozen=True)
class Crew:
    """Who does the work: an executor, and how many tasks are begun beyond the one whose result is waited for."""

    executor: Executor
    ahead: int = 6


def in_turn(
    crew: Crew | None, function: Callable[[Task], Result], tasks: Iterable[tuple[Label, Task]]
) -> Iterator[tuple[Label, Result]]:
    """What a function gives for each task, in their order. A task is not asked for before it is nearly its turn.

    Args:
        crew: where the function runs; None is here.
        function: one of a module: it is sent by its name.
        tasks: each with whatever is to stand beside its result; none gives none.

    Raises:
        CancelledError: the workers were lost again and again.
    """
    if crew is None:
        yield from ((label, function(task)) for label, task in tasks)
        return
    left = iter(tasks)
    begun = deque((*one, crew.executor.submit(function, one[1])) for one in islice(left, crew.ahead))
    while begun:
        label, task, result = begun.popleft()
        yield label, _result(crew.executor, function, task, result)
        begun.extend((*one, crew.executor.submit(function, one[1])) for one in islice(left, 1))


def _result(
    executor: Executor, function: Callable[[Task], Result], task: Task, begun: Future[Result]
) -> Result:
    """The result of a task; whose workers were started anew is begun once more."""
    for _ in range(TRIES):
        try:
            return begun.result()
        except CancelledError:
            begun = executor.submit(function, task)
    return begun.result()
