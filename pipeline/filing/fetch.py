"""An address → the bytes that lie there, as the server sends them. Polite, bounded, and to public addresses alone.

Asks robots.txt first, no host more than once a second, and says who asks. Follows redirects a few times, each as if it had
been asked for. What an address gives is a stranger's: nothing of it is looked at here.
"""

from __future__ import annotations

import io
import ssl
import threading
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import IO
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import truststore
from protego import Protego

from pipeline.document.limits import LIMITS
from pipeline.filing.addresses import Address, checked_address, is_public
from pipeline.filing.connections import CheckedBackend
from pipeline.filing.refusals import NotFetchedError, not_fetched
from pipeline.filing.request import Fetched
from pipeline.safety.escape import is_web_address

LONGEST_ADDRESS = 2000  # characters
LARGEST_ROBOTS = 512 * 1024  # bytes; RFC 9309 asks for at least 500 KiB
LONGEST_PAUSE = 30.0  # seconds: a site that asks for more between two pages is asked once
SAFE = "!#$%&'()*+,/:;=?@[]~"
PORTS = {"http": 80, "https": 443}
NEEDS_BROWSER = {401, 403, 407, 412, 521}  # what sites answer to whoever is not logged in or runs no scripts
GONE = {404, 410}


@dataclass(frozen=True)
class FetchLimits:
    """Bounds of one fetch.

    Attributes:
        bytes: of one file.
        seconds: from the connection to the last byte of one answer.
        redirects: one after the other.
        pause: seconds between two questions to one host.
    """

    bytes: int = LIMITS.file_bytes
    seconds: float = 60.0
    redirects: int = 5
    pause: float = 1.0


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Mapping[str, str]


@dataclass
class _Host:
    """What is known of one host. One question at a time: the lock is held while it is asked."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    next_time: float = 0.0
    pause: float = 0.0


class Fetcher:
    """Takes files from addresses, and remembers whom it asked when.

    Args:
        agent: says who asks, e.g. ``ogi-annual-reports/0.1.0 (+https://…)``; robots.txt is read for its first word.
        limits: of each fetch.
        is_allowed: which addresses of the network may be asked.
        proxies: scheme → address of the proxy; None takes the system's.
        asks_robots: whether robots.txt is asked; not for the one address that a person names as his own.
    """

    def __init__(
        self,
        agent: str,
        *,
        limits: FetchLimits = FetchLimits(),
        is_allowed: Callable[[Address], bool] = is_public,
        proxies: Mapping[str, str] | None = None,
        asks_robots: bool = True,
    ) -> None:
        self._agent, self._limits, self._is_allowed = agent, limits, is_allowed
        self._asks_robots = asks_robots
        self._proxies = getproxies() if proxies is None else proxies
        self._trusted = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)
        self._robots: dict[str, Protego | None] = {}

    def fetch(self, address: str) -> Fetched:
        """The bytes of an address; arguments and errors are those of ``save``.

        Args:
            address: http or https.
        """
        data = io.BytesIO()
        final, media_type = self.save(address, data, self._limits.bytes)
        return Fetched(final, data.getvalue(), media_type)

    def save(self, address: str, file: IO[bytes], most: int) -> tuple[str, str]:
        """Writes the bytes of an address into a file.

        Args:
            address: http or https; Chinese characters in it are sent as browsers send them.
            file: open, empty; what stands in it after an error is nothing to keep.
            most: bytes.

        Returns:
            the address after all redirects, and the media type as the server says it.

        Raises:
            NotFetchedError: S103 for an address that is not asked, S104 where robots.txt asks programs to stay away, S106
                where it needs a person's browser, S105 for all else that goes wrong.
        """
        for _ in range(self._limits.redirects + 1):
            address = checked(address)
            if self._asks_robots:
                self._ask_robots(address)
            answer = self._get(address, file, most)
            if answer.status == 200:
                return address, _media_type(answer)
            if not _is_redirect(answer):
                raise _refused(answer.status)
            address = _target(address, answer)
        raise not_fetched("S105", "too_many_redirects", limit=self._limits.redirects)

    def _ask_robots(self, address: str) -> None:
        home = urljoin(address, "/")
        if home not in self._robots:
            self._robots[home] = self._rules_of(urljoin(address, "/robots.txt"))
        rules = self._robots[home]
        if rules is None:
            raise not_fetched("S104", "robots_unreachable", host=urlsplit(address).hostname)
        if not rules.can_fetch(address, self._agent):
            raise not_fetched("S104", "robots_disallow", host=urlsplit(address).hostname)
        wanted = float(rules.crawl_delay(self._agent) or 0)
        self._hosts[_host(address)].pause = min(wanted, LONGEST_PAUSE)

    def _rules_of(self, address: str) -> Protego | None:
        """What robots.txt says; nothing where there is none; None where the server fails, which RFC 9309 takes for a no."""
        for _ in range(self._limits.redirects + 1):
            file = io.BytesIO()
            answer = self._get(checked(address), file, LARGEST_ROBOTS)
            if not _is_redirect(answer):
                break
            address = _target(address, answer)
        if answer.status >= 500:
            return None
        return Protego.parse(file.getvalue().decode("utf-8", "replace") if answer.status == 200 else "")

    def _get(self, address: str, file: IO[bytes], most: int) -> _Answer:
        host = self._hosts[_host(address)]
        with host.lock:
            time.sleep(max(0.0, host.next_time - time.monotonic()))
            try:
                return self._exchange(address, file, most)
            except httpcore.TimeoutException as error:
                raise not_fetched("S105", "fetch_slow", limit=f"{self._limits.seconds:g}") from error
            except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
                said = str(error) or type(error).__name__
                raise not_fetched(
                    "S105", "fetch_broke", host=urlsplit(address).hostname, error=said
                ) from error
            finally:
                host.next_time = time.monotonic() + max(self._limits.pause, host.pause)

    def _exchange(self, address: str, file: IO[bytes], most: int) -> _Answer:
        parts = urlsplit(address)
        proxy = self._proxy_of(parts.scheme, parts.hostname or "")
        if proxy:
            self._check_before_proxy(address)
        backend = CheckedBackend(
            self._is_allowed,
            time.monotonic() + self._limits.seconds,
            proxy.url.host.decode("ascii") if proxy else "",
        )
        headers = {"User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": "identity"}
        with (
            httpcore.ConnectionPool(self._trusted, proxy=proxy, network_backend=backend) as pool,
            pool.stream("GET", address, headers=[("Host", parts.netloc), *headers.items()]) as response,
        ):
            found = {
                key.decode("latin-1").lower(): value.decode("latin-1") for key, value in response.headers
            }
            _take_body(response, found, file, most)
            return _Answer(response.status, found)

    def _proxy_of(self, scheme: str, host: str) -> httpcore.Proxy | None:
        found = self._proxies.get(scheme) or self._proxies.get("all")
        if not found or proxy_bypass(host):
            return None
        parts = urlsplit(found if "://" in found else f"http://{found}")
        place = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
        auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        return httpcore.Proxy(f"{parts.scheme}://{place}", auth=auth)

    def _check_before_proxy(self, address: str) -> None:
        """A proxy resolves names itself. What this machine can resolve is checked here; the rest is the proxy's to refuse."""
        parts = urlsplit(address)
        try:
            checked_address(parts.hostname or "", parts.port or PORTS[parts.scheme], self._is_allowed)
        except OSError:
            return


def checked(address: str) -> str:
    """An address as it is sent: host in ASCII, path and query percent-encoded, no fragment.

    Args:
        address: as a person or a server gives it.

    Raises:
        NotFetchedError: S103 where it is no http or https address, names a user, or is too long.
    """
    try:
        if len(address) > LONGEST_ADDRESS or not is_web_address(address):
            raise ValueError(address)
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        place = f"[{host}]" if ":" in host else host
        if parts.port and parts.port != PORTS[parts.scheme]:
            place = f"{place}:{parts.port}"
        path, query = quote(parts.path or "/", safe=SAFE), quote(parts.query, safe=SAFE)
        return urlunsplit((parts.scheme, place, path, query, ""))
    except ValueError as error:
        raise not_fetched("S103", "address_form", address=address[:200]) from error


def _host(address: str) -> str:
    return urlsplit(address).netloc


def _is_redirect(answer: _Answer) -> bool:
    return answer.status in (301, 302, 303, 307, 308) and bool(answer.headers.get("location"))


def _target(address: str, answer: _Answer) -> str:
    """Where a redirect leads. Servers put bytes of any encoding there: these are sent back as they came."""
    location = quote(answer.headers["location"].strip().encode("latin-1"), safe=SAFE)
    return urljoin(address, location)


def _refused(status: int) -> NotFetchedError:
    if status in NEEDS_BROWSER:
        return not_fetched("S106", "page_refuses_programs", status=status)
    return not_fetched("S105", "http_status", status=status, is_gone=status in GONE)


def _media_type(answer: _Answer) -> str:
    said = Message()
    said["Content-Type"] = answer.headers.get("content-type", "")
    return said.get_content_type() if "/" in answer.headers.get("content-type", "") else ""


def _take_body(response: httpcore.Response, headers: Mapping[str, str], file: IO[bytes], most: int) -> None:
    """Writes the bytes of an answer, in place of those of a redirect before it.

    An answer that is packed although nobody asked for it is unpacked, with the same bound.
    """
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "", "gzip", "x-gzip", "deflate"):
        raise not_fetched("S105", "content_coding", coding=coding[:40])
    unpack = None if coding in ("identity", "") else zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > most:
        raise not_fetched("S105", "answer_too_large", limit=f"{most} bytes")
    file.seek(0)
    file.truncate()
    left = most
    try:
        for chunk in response.iter_stream():
            piece = unpack.decompress(chunk, left + 1) if unpack else chunk
            left -= len(piece)
            if left < 0:
                raise not_fetched("S105", "answer_too_large", limit=f"{most} bytes")
            file.write(piece)
    except zlib.error as error:
        raise not_fetched("S105", "answer_damaged") from error
    if unpack and not unpack.eof:
        raise not_fetched("S105", "answer_damaged")
