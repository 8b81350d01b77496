"""Which reading of a report this is: the same for the same rows of all tables, whatever else is in the package.

A version names a state of the whole package, so it changes with every report that is added. A revision tells whether the
figures of one report are those that somebody has cited, and a page need not be made anew while its revision stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b, sha256
from typing import Protocol

REPORT = "report_id"  # of the tables that tell of reports
SHOWN = 12  # digits that people see


class Hash(Protocol):
    """What has been seen of the rows of one table so far."""

    def update(self, data: bytes, /) -> None:
        """Sees more.

        Args:
            data: what comes next.
        """

    def digest(self) -> bytes:
        """What tells it from any other."""


def rows_hash() -> Hash:
    """Of no row yet."""
    return blake2b(digest_size=16)


def see(seen: Hash, row: tuple[str, ...]) -> None:
    """One more row, as the CSV has it.

    Args:
        seen: of the rows of one report in one table, in the order of the table's key.
        row: every cell; no cell holds the characters that part them here.
    """
    seen.update(("\0".join(row) + "\1").encode())


def revision(tables: Mapping[str, bytes]) -> str:
    """Digits that tell the rows of one report from any other.

    Args:
        tables: name → digest of the report's rows; a table without a row of it is not among them.
    """
    return sha256(b"".join(name.encode() + b"\0" + tables[name] for name in sorted(tables))).hexdigest()
