"""Inputs that go wrong: files as agencies file them, damaged. Drawn by Hypothesis; how many, the environment says.

``make fuzz`` draws 10,000 from a seed; a run of all tests draws few, and the same each time. An input that broke
something is kept in ``build/fuzz``, and once it is mended in ``tests/fuzz/corpus``, from where it is tried each time.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
CORPUS = Path(__file__).parent / "corpus"
KEPT = ROOT / "build/fuzz"
INPUTS = int(os.environ.get("FUZZ_INPUTS", "0"))
FEW = 120  # in a run of all tests
SECONDS = 20  # of a processor: no input may take longer
MOST_EDITS = 6
LONGEST_EDIT = 200  # bytes


def share(part: float) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Settings of a test that takes this part of all inputs."""
    return settings(
        max_examples=max(2, round((INPUTS or FEW) * part)),
        derandomize=not INPUTS,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


@st.composite
def damaged(draw: st.DrawFn, originals: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    """One of the originals with pieces cut out, repeated, swapped and put in."""
    data = bytearray(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, MOST_EDITS))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, LONGEST_EDIT)))
        piece = bytes(data[start:end])
        edit = draw(st.integers(0, 6))
        if edit == 0:
            data[start:end] = b""
        elif edit == 1:
            data[start:end] = piece * draw(st.integers(2, 40))
        elif edit == 2:
            data[start:end] = draw(st.sampled_from(words)) * draw(st.sampled_from([1, 1, 1, 2, 50]))
        elif edit == 3:
            data[start:start] = draw(st.sampled_from(words))
        elif edit == 4:
            data[start : start + 4] = draw(st.binary(min_size=1, max_size=4))
        elif edit == 5:
            other = draw(st.integers(0, len(data)))
            data[other:other] = piece
        else:
            del data[start:]
    return bytes(data)


def corpus(target: str) -> list[Path]:
    """Inputs of one target that once broke something, or were refused with the wrong words."""
    return sorted((CORPUS / target).glob("*"))


@contextmanager
def kept(target: str, name: str, data: bytes) -> Iterator[None]:
    """Keeps an input that breaks what is done with it, or takes too long."""
    start = time.process_time()
    try:
        yield
        seconds = time.process_time() - start
        assert seconds < SECONDS, f"{seconds:.0f} s"
    except BaseException:
        folder = KEPT / target
        folder.mkdir(parents=True, exist_ok=True)
        suffix = "".join(Path(name).suffixes)
        (folder / f"{hashlib.sha256(data).hexdigest()[:12]}{suffix}").write_bytes(data)
        raise
