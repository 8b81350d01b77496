"""Work done elsewhere, its results in the order of the tasks, and never more than a few of them at once in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from itertools import islice
from typing import TypeVar

Label = TypeVar("Label")
Task = TypeVar("Task")
Result = TypeVar("Result")
AHEAD = 6  # tasks begun beyond the one whose result is waited for


def in_turn(
    executor: Executor | None, function: Callable[[Task], Result], tasks: Iterable[tuple[Label, Task]]
) -> Iterator[tuple[Label, Result]]:
    """What a function gives for each task, in their order. A task is not asked for before it is nearly its turn.

    Args:
        executor: where the function runs; None is here.
        function: one of a module: it is sent by its name.
        tasks: each with whatever is to stand beside its result; none gives none.
    """
    if executor is None:
        yield from ((label, function(task)) for label, task in tasks)
        return
    left = iter(tasks)
    begun = deque((label, executor.submit(function, task)) for label, task in islice(left, AHEAD))
    while begun:
        label, result = begun.popleft()
        yield label, result.result()
        begun.extend((label, executor.submit(function, task)) for label, task in islice(left, 1))
