"""How a connection is made: to the one address that was checked, and never for longer than the fetch may take.

httpcore asks its network backend for every connection and every byte, so both promises are kept here for all of them.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from pipeline.filing.addresses import Address, checked_address


class CheckedBackend(httpcore.NetworkBackend):
    """Connects to public addresses alone, and to a proxy that the system names.

    Args:
        is_allowed: says of an address whether it may be asked.
        deadline: of the monotonic clock, after which nothing more is sent or received.
        proxy_host: is connected to unchecked, since whoever runs this machine chose it; empty for none.
    """

    def __init__(self, is_allowed: Callable[[Address], bool], deadline: float, proxy_host: str = "") -> None:
        self._is_allowed, self._deadline, self._proxy_host = is_allowed, deadline, proxy_host
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """As httpcore asks for it.

        Args:
            host, port: of an address, or of the proxy.
            timeout: seconds; never more than what is left until the deadline.
            local_address, socket_options: are handed on.
        """
        try:
            there = host if host == self._proxy_host else checked_address(host, port, self._is_allowed)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        left = _left(self._deadline, timeout)
        return _Stream(
            self._plain.connect_tcp(there, port, left, local_address, socket_options), self._deadline
        )


class _Stream(httpcore.NetworkStream):
    """A connection that ends with the deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    """Seconds that a step may take; a timeout where there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("deadline")
    return left if timeout is None else min(left, timeout)
