"""A web server for this machine alone that answers byte ranges, as readers of Parquet and of the search index ask for."""

from __future__ import annotations

import errno
import io
import os
import re
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

from pipeline.knowledge.messages import wrong

RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


def listening(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server for a folder, which listens and does not yet serve.

    Args:
        folder: is there; all below it is served.
        port: 0 is any that is free.

    Raises:
        PipelineError: somebody else has the port.
    """
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(RangeHandler, directory=str(folder)))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise wrong("port_taken", port=port, next=port + 1) from error
        raise


class RangeHandler(SimpleHTTPRequestHandler):
    """Serves files, whole or a part of them. Several parts at once are not asked for by any reader we know."""

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """The head of the answer; what follows is the file, or the part that is asked for."""
        asked = RANGE.fullmatch(self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if not asked or not path.is_file():
            return super().send_head()
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            first, last = _bounds(asked[1], asked[2], size)
            if first > last:
                self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                self.send_header("Content-Range", f"bytes */{size}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return None
            file.seek(first)
            part = file.read(last - first + 1)
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        return io.BytesIO(part)

    def end_headers(self) -> None:
        """Says of every answer that parts may be asked for."""
        self.send_header("Accept-Ranges", "bytes")
        super().end_headers()


def _bounds(start: str, end: str, size: int) -> tuple[int, int]:
    """First and last byte of a part; the first is greater where there is no such part."""
    if not start:  # the last so many
        return (max(size - int(end), 0), size - 1) if end and int(end) else (1, 0)
    return int(start), min(int(end), size - 1) if end else size - 1
