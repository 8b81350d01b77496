"""The name of a host → one address of the network that may be asked: none of this machine, none of a private network.

Whoever writes an address into a list could else have this machine ask a router or a neighbour for it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Callable

from pipeline.filing.refusals import not_fetched

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public network, and not to this machine.

    Args:
        address: of IPv4 or IPv6; one of IPv6 that carries one of IPv4 is judged by that too.
    """
    inner = _inside(address)
    return (
        address.is_global
        and not address.is_multicast
        and (inner is None or is_public(inner))
        and not _is_own(address)
    )


def _inside(address: Address) -> Address | None:
    """The IPv4 address that one of IPv6 leads to; None for others."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _is_own(address: Address) -> bool:
    """Whether it is one of this machine's: only there can a socket be bound to it."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as bound:
        bound.bind((str(address), 0))
        return True
    return False


def checked_address(host: str, port: int, is_allowed: Callable[[Address], bool] = is_public) -> str:
    """The address to connect to. The connection is made to just this one, so that a second answer cannot differ.

    Args:
        host: a name, or an address in any way of writing that the system takes.
        port: of the service.
        is_allowed: says of an address whether it may be asked.

    Raises:
        NotFetchedError: S103 where one of the host's addresses may not be asked.
        OSError: the name has no address.
    """
    found = [
        ipaddress.ip_address(str(where[4][0]).partition("%")[0])
        for where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ]
    if not all(map(is_allowed, found)):
        raise not_fetched("S103", "address_private", host=host)
    return str(found[0])
