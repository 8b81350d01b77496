"""What a module of this folder says of the format it reads; the registry is ``knowledge/formats.yml``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.model.document import Document
from pipeline.model.recognition import Recognition


@dataclass(frozen=True)
class Reader:
    """One format.

    Attributes:
        sniff: whether a file is of this format, by its content. It may refuse one that is, and yet cannot be read
            (RefusedError), e.g. because it is encrypted.
        read: bytes → Document; called in the bounded child.
        pictures: likewise, where what its pictures show was recognised before; None where it has none that are read.
        embedded: bytes → the pictures among its text, in their order: the bytes of each, empty where the file has them not, and
            the width in inches at which it is shown, 0 where nobody says.
        convert: bytes → the bytes that ``read`` takes, for a format that another program converts first; called outside
            of the child, so it bounds itself.
    """

    sniff: Callable[[bytes], bool]
    read: Callable[[bytes], Document]
    pictures: Callable[[bytes, Recognition], Document] | None = None
    embedded: Callable[[bytes], list[tuple[bytes, float]]] | None = None
    convert: Callable[[bytes], bytes] | None = None
