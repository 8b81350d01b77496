"""A web server of the tests' own, on this machine alone, whose answers each test says; and a fetcher that may ask it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pipeline.filing.addresses import Address
from pipeline.filing.fetch import Fetcher, FetchLimits

Answer = Callable[["Asked"], None]
AGENT = "ogi-annual-reports/test (+https://example.org)"


class Asked(BaseHTTPRequestHandler):
    """One question; ``say`` answers it."""

    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.agents.append(self.headers["User-Agent"])
        self.server.hosts.append(self.headers["Host"])
        self.close_connection = True
        found = self.server.answers.get(self.path)
        try:
            if found is None:
                self.say(b"nothing here", 404)
            elif isinstance(found, bytes):
                self.say(found)
            else:
                found(self)
        except (BrokenPipeError, ConnectionResetError):
            pass  # whoever asked has gone away

    def say(self, data: bytes, status: int = 200, **headers: str) -> None:
        """An honest answer; ``content_type`` and the like become headers."""
        self.send_response(status)
        for name, value in ({"content_length": str(len(data))} | headers).items():
            self.send_header(name.replace("_", "-").title(), value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing on the terminal."""


class Site(ThreadingHTTPServer):
    """A site: path → the bytes or the function that answers."""

    daemon_threads = True

    def __init__(self, answers: dict[str, bytes | Answer], tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.answers = answers
        self.asked: list[str] = []
        self.agents: list[str] = []
        self.hosts: list[str] = []
        self.over = threading.Event()  # whoever asked has had enough

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_address[1]}{path}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing on the terminal."""


@contextmanager
def site(
    answers: dict[str, bytes | Answer] | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[Site]:
    """A site that answers until the block ends."""
    with Site(answers or {}, tls) as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield served
        finally:
            served.over.set()
            served.shutdown()
            thread.join()


def is_this_machine(address: Address) -> bool:
    return address.is_loopback


def fetcher(**limits: float) -> Fetcher:
    """One that asks this machine, and no other, without a pause."""
    bounds: dict[str, Any] = {"pause": 0.0, "seconds": 5.0} | limits
    return Fetcher(AGENT, limits=FetchLimits(**bounds), is_allowed=is_this_machine, proxies={})


def closed_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


def redirect(to: str, status: int = 302) -> Answer:
    return lambda asked: asked.say(b"", status, location=to)
