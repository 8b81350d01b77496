"""What was published before, from the address of the published site: every file of every state, checked by its checksum.

Comes in: an address. Goes out: a folder in the layout of ``data/``, or an error and no folder: to publish without the
states before is to lose them.
"""

from __future__ import annotations

import urllib.error
import urllib.request
import uuid
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from pipeline.knowledge.messages import wrong
from pipeline.published.distributions.registry import DATA
from pipeline.published.states import INDEX, File, State, parse_states
from pipeline.safety.files import replaced

PATIENCE = 60  # seconds that a server may say nothing
LARGEST_INDEX = 64 * 1024**2  # bytes


def carry(address: str, target: Path) -> tuple[State, ...]:
    """Fetches all states that a published site has.

    Args:
        address: of the site's first page.
        target: folder to make or replace, as a whole.

    Returns:
        the states, newest first; none where nothing was ever published at the address.

    Raises:
        PipelineError: the site does not answer, has no list of its states, or a file is not what the list says of it.
    """
    base = address.rstrip("/") + "/"
    with replaced(target.parent, target.name) as staging:
        new = staging / target.name
        (new / INDEX).parent.mkdir(parents=True)
        # A list that some cache still has would lack the newest state: this address no cache knows.
        index = _get(f"{base}{DATA}{INDEX}?{uuid.uuid4().hex}", LARGEST_INDEX)
        if index is None:
            if _get(base, LARGEST_INDEX) is not None:
                raise wrong("states_gone", address=f"{base}{DATA}{INDEX}")
            return ()
        states = parse_states(index)
        (new / INDEX).write_bytes(index)
        for one in states:
            for file in one.files:
                if not file.address:
                    _fetch(base, one, file, new)
    return states


def _fetch(base: str, state: State, file: File, new: Path) -> None:
    data = _get(f"{base}{DATA}{quote(state.version)}/{file.name}", file.size)
    if data is None or sha256(data).hexdigest() != file.sha256:
        raise wrong("state_damaged", version=state.version, file=file.name)
    (new / state.version).mkdir(exist_ok=True)
    (new / state.version / file.name).write_bytes(data)


def _get(address: str, largest: int) -> bytes | None:
    """What lies at an address, None where nothing does; one byte more than expected is enough to see that it is too long."""
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            data: bytes = answer.read(largest + 1)
            return data
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise wrong("site_silent", address=address, error=error) from error
    except (OSError, ValueError) as error:
        raise wrong("site_silent", address=address, error=error) from error
