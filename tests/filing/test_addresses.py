"""Which addresses of the network may be asked."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from pipeline.filing import addresses
from pipeline.filing.addresses import checked_address, is_public


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "114.114.114.114", "2400:3200::1", "::ffff:93.184.216.34"]
)
def test_public_addresses_may_be_asked(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "255.255.255.255", "224.0.0.1", "239.1.1.1", "192.0.2.1", "198.18.0.1", "240.0.0.1"),
        *("::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "::ffff:10.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:a00:1::", "2002:7f00:1::1"),
    ],
)
def test_addresses_of_this_machine_and_of_private_networks_may_not(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


def test_an_address_that_carries_a_public_one_is_judged_by_it() -> None:
    assert is_public(ipaddress.ip_address("64:ff9b::5db8:d822"))


def test_a_public_address_of_this_very_machine_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("93.184.216.34")
    assert addresses._is_own(here)
    assert not addresses._is_own(there)
    monkeypatch.setattr(addresses, "_is_own", lambda address: address == there)
    assert not is_public(there)


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(2, 1, 6, "", ("93.184.216.34", 80)), (10, 1, 6, "", ("fe80::1%eth0", 80, 0, 2))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(Exception, match="S103"):
        checked_address("www.example.gov.cn", 80)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers[:1])
    assert checked_address("www.example.gov.cn", 80) == "93.184.216.34"
