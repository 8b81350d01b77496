"""Workers on other machines: a Dask cluster. They are given bytes and give bytes; no folder has to be theirs.

They must have this pipeline, the same in every file: another one would read differently, and nobody would see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from importlib.util import find_spec

from pipeline.filing.cache import pipeline_version
from pipeline.filing.in_turn import Crew
from pipeline.knowledge.messages import wrong


@contextmanager
def cluster(address: str) -> Iterator[Crew]:
    """All workers of a scheduler, for as long as the block lasts. One that dies is replaced by the others.

    Args:
        address: of the scheduler, as ``tcp://10.0.0.1:8786``.

    Raises:
        PipelineError: the extra is not installed, nobody answers, the workers have another pipeline, or all were lost.
    """
    if find_spec("distributed") is None:
        raise wrong("no_scheduler_extra")
    from distributed import Client, KilledWorker  # takes half a second, and most runs have no cluster

    try:
        client = Client(address, set_as_default=False)
    except (OSError, ValueError) as error:  # a time-out is an OSError as well
        raise wrong("no_scheduler", address=address, error=error) from error
    with client:
        versions = client.run(_version, on_error="return")  # who lacks the pipeline gives an error
        if not versions:
            raise wrong("no_scheduler", address=address, error="0 workers")
        if others := sorted(worker for worker, one in versions.items() if one != pipeline_version()):
            raise wrong("workers_differ", workers=", ".join(others[:5]))
        try:
            yield Crew(client.get_executor(pure=False), ahead=2 * sum(client.nthreads().values()) + 2)
        except (KilledWorker, CancelledError) as error:
            raise wrong("workers_lost", address=address, error=error) from error


def _version() -> str:
    """Asked on a worker."""
    return pipeline_version()
