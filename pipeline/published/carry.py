"""What was published before, from the address of the published site: every file of every state, checked by its checksum.

Comes in: an address, and who fetches what lies there. Goes out: a folder in the layout of ``data/``, or an error and no
folder: to publish without the states before is to lose them.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from hashlib import file_digest
from pathlib import Path
from typing import IO
from urllib.parse import quote

from pipeline.knowledge.messages import wrong
from pipeline.published.distributions.registry import DATA
from pipeline.published.states import INDEX, File, State, parse_states
from pipeline.safety.files import replaced

LARGEST_INDEX = 64 * 1024**2  # bytes
# Takes an address, a file to write to and the most bytes that it may have; says whether there is such a page.
Save = Callable[[str, IO[bytes], int], bool]


def carry(address: str, target: Path, save: Save) -> tuple[State, ...]:
    """Fetches all states that a published site has.

    Args:
        address: of the site's first page.
        target: folder to make or replace, as a whole.
        save: takes what lies at an address; raises where the host does not answer.

    Returns:
        the states, newest first; none where nothing was ever published at the address.

    Raises:
        PipelineError: the site has no list of its states, or a file is not what the list says of it.
    """
    base = address.rstrip("/") + "/"
    with replaced(target.parent, target.name) as staging:
        new = staging / target.name
        (new / INDEX).parent.mkdir(parents=True)
        # A list that some cache still has would lack the newest state: this address no cache knows.
        index = io.BytesIO()
        if not save(f"{base}{DATA}{INDEX}?{uuid.uuid4().hex}", index, LARGEST_INDEX):
            if save(base, io.BytesIO(), LARGEST_INDEX):
                raise wrong("states_gone", address=f"{base}{DATA}{INDEX}")
            return ()
        states = parse_states(index.getvalue())
        (new / INDEX).write_bytes(index.getvalue())
        for one in states:
            for file in one.files:
                if not file.address:
                    _fetch(base, one, file, new, save)
    return states


def _fetch(base: str, state: State, file: File, new: Path, save: Save) -> None:
    target = new / state.version / file.name
    target.parent.mkdir(exist_ok=True)
    with target.open("w+b") as kept:
        there = save(f"{base}{DATA}{quote(state.version)}/{file.name}", kept, file.size + 1)
        kept.seek(0)
        if not there or file_digest(kept, "sha256").hexdigest() != file.sha256:
            raise wrong("state_damaged", version=state.version, file=file.name)
