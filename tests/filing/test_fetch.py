"""Taking a file from an address: good, slow, endless, redirecting, lying and broken servers."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from pipeline.filing.fetch import Fetcher, FetchLimits, checked
from pipeline.filing.refusals import NotFetchedError
from tests.filing.web import AGENT, Answer, Asked, closed_port, fetcher, is_this_machine, redirect, site

PDF = b"%PDF-1.7 \x00\xff of a report %%EOF"


def refused(address: str, **limits: float) -> NotFetchedError:
    with pytest.raises(NotFetchedError) as caught:
        fetcher(**limits).fetch(address)
    return caught.value


def test_a_file_comes_byte_for_byte_with_its_address_and_media_type() -> None:
    with site({"/a/1.pdf": lambda asked: asked.say(PDF, content_type="application/pdf; charset=x")}) as there:
        found = fetcher().fetch(there.url("/a/1.pdf#page=2"))
        assert (found.data, found.media_type) == (PDF, "application/pdf")
        assert found.address == there.url("/a/1.pdf")
        assert set(there.agents) == {AGENT}
        assert there.asked == ["/robots.txt", "/a/1.pdf"]


def test_chinese_in_an_address_is_sent_as_browsers_send_it() -> None:
    path = "/%E5%B9%B4%E6%8A%A5.pdf?y=%E4%BA%8C%20x"
    with site({path: PDF}) as there:
        assert fetcher().fetch(there.url("/年报.pdf?y=二%20x")).address == there.url(path)
    assert checked("https://政府.中国/a b".replace(" ", "")) == "https://xn--mxtq1m.xn--fiqs8s/ab"
    assert checked("https://www.example.gov.cn:443") == "https://www.example.gov.cn/"


def test_a_redirect_is_followed_and_the_final_address_kept() -> None:
    with site({"/a": redirect("/b"), "/b": redirect("c.pdf", 301), "/c.pdf": PDF}) as there:
        found = fetcher().fetch(there.url("/a"))
        assert (found.data, found.address) == (PDF, there.url("/c.pdf"))


def test_a_redirect_in_any_encoding_is_followed() -> None:
    def raw(asked: Asked) -> None:
        asked.wfile.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /\xc4\xea.pdf\r\n\r\n")

    with site({"/a": raw, "/%C4%EA.pdf": PDF}) as there:
        assert fetcher().fetch(there.url("/a")).data == PDF


def test_a_redirect_without_end_is_given_up() -> None:
    with site({"/a": redirect("/b"), "/b": redirect("/a")}) as there:
        error = refused(there.url("/a"))
        assert error.finding.code == "S105"
        assert "redirects" in error.en
        assert len(there.asked) <= 8


@pytest.mark.parametrize(
    "target",
    [
        *("http://10.0.0.1/x", "http://192.168.1.1/x", "http://169.254.169.254/latest/meta-data/"),
        *("http://[::1]/x", "http://[::ffff:10.0.0.1]/x", "http://0.0.0.0/x", "http://100.64.0.1/x"),
    ],
)
def test_a_redirect_to_a_private_network_is_not_followed(target: str) -> None:
    with site({"/a": redirect(target)}) as there:
        only_the_site = Fetcher(
            AGENT,
            limits=FetchLimits(pause=0),
            is_allowed=lambda address: str(address) == "127.0.0.1",
            proxies={},
        )
        with pytest.raises(NotFetchedError) as caught:
            only_the_site.fetch(there.url("/a"))
        assert caught.value.finding.code == "S103"


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://example.org/x", "gopher://x/", "javascript:x"]
)
def test_a_redirect_to_another_scheme_is_not_followed(target: str) -> None:
    with site({"/a": redirect(target)}) as there:
        assert refused(there.url("/a")).finding.code == "S103"


@pytest.mark.parametrize(
    "address",
    [
        *("file:///etc/passwd", "ftp://example.org/x", "http://", "https://me:secret@example.org/", "x"),
        *(
            "http://a b/",
            "http://example.org/\n",
            "https://example.org/" + "x" * 3000,
            "http://example.org:x/",
        ),
    ],
)
def test_what_is_no_web_address_is_not_asked(address: str) -> None:
    assert refused(address).finding.code == "S103"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]"])
def test_without_leave_this_machine_is_not_asked_however_it_is_written(host: str) -> None:
    with site({"/": PDF}) as there:
        strict = Fetcher(AGENT, limits=FetchLimits(pause=0), proxies={})
        with pytest.raises(NotFetchedError) as caught:
            strict.fetch(there.url("/", host))
        assert caught.value.finding.code == "S103"
        assert there.asked == []


def test_a_name_that_leads_to_a_private_network_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(NotFetchedError) as caught:
        Fetcher(AGENT, proxies={}).fetch("http://www.example.gov.cn/")
    assert caught.value.finding.code == "S103"


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers otherwise the second time is not asked a second time."""
    looked_up: list[str] = []
    really = socket.getaddrinfo

    def resolve(host: str, port: int, *rest: object, **options: object) -> object:
        if host != "www.example.gov.cn":
            return really(host, port, *rest, **options)  # type: ignore[arg-type]
        looked_up.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with site({"/x": PDF}) as there:
        assert fetcher().fetch(there.url("/x", "www.example.gov.cn")).data == PDF
        assert len(looked_up) == len(there.asked) == 2
        assert set(there.hosts) == {there.url("", "www.example.gov.cn").removeprefix("http://")}


def drip(asked: Asked) -> None:
    asked.send_response(200)
    asked.end_headers()
    while True:
        asked.wfile.write(b"x")
        time.sleep(0.05)


def drip_header(asked: Asked) -> None:
    asked.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        asked.wfile.write(b"x")
        time.sleep(0.05)


def silence(asked: Asked) -> None:
    asked.server.over.wait()


@pytest.mark.parametrize("answer", [drip, drip_header, silence])
def test_a_slow_or_endless_answer_is_given_up_in_time(answer: Answer) -> None:
    with site({"/a": answer}) as there:
        begun = time.monotonic()
        error = refused(there.url("/a"), seconds=0.5)
        assert error.finding.code == "S105"
        assert "0.5 seconds" in error.en
        assert time.monotonic() - begun < 20  # it would not end by itself


def flood(asked: Asked) -> None:
    asked.send_response(200)
    asked.end_headers()
    while True:
        asked.wfile.write(b"x" * 65536)


@pytest.mark.parametrize(
    "answer",
    [
        flood,
        lambda asked: asked.say(gzip.compress(bytes(10_000_000)), content_encoding="gzip"),
        lambda asked: asked.say(b"x", content_length=str(10**12)),
    ],
    ids=["endless", "packed", "announced"],
)
def test_too_much_is_given_up(answer: Answer) -> None:
    with site({"/a": answer}) as there:
        error = refused(there.url("/a"), bytes=100_000)
        assert error.finding.code == "S105"
        assert "larger than 100000 bytes" in error.en


def cut_short(asked: Asked) -> None:
    asked.say(b"half", content_length="10")


def no_http(asked: Asked) -> None:
    asked.wfile.write(b"\x00\x01 this is no HTTP\r\n\r\n")


@pytest.mark.parametrize(
    "answer",
    [
        *(cut_short, no_http, lambda asked: None),
        lambda asked: asked.say(gzip.compress(PDF)[:-9], content_encoding="gzip"),
        lambda asked: asked.say(PDF, content_encoding="gzip"),
        lambda asked: asked.say(PDF, content_encoding="br"),
        lambda asked: asked.say(b"", 500),
        lambda asked: asked.say(PDF, 206),
        lambda asked: asked.say(b"", 302),
    ],
    ids=[
        *("cut short", "no http", "nothing", "gzip cut short", "no gzip", "brotli", "500", "a part"),
        "redirect to nowhere",
    ],
)
def test_a_broken_answer_is_no_file(answer: Answer) -> None:
    with site({"/a": answer}) as there:
        error = refused(there.url("/a"))
        assert error.finding.code == "S105"
        assert not error.is_gone


def test_an_answer_that_is_packed_unasked_is_unpacked() -> None:
    with site({"/a": lambda asked: asked.say(gzip.compress(PDF), content_encoding="GZIP")}) as there:
        assert fetcher().fetch(there.url("/a")).data == PDF


def test_nobody_listens_or_speaks_tls() -> None:
    assert refused(f"http://127.0.0.1:{closed_port()}/").finding.code == "S105"
    with site({"/": PDF}) as there:
        assert refused(there.url("/").replace("http:", "https:")).finding.code == "S105"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def served_with(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("is_trusted", "name", "is_taken"),
    [
        (True, "www.example.gov.cn", True),
        (False, "www.example.gov.cn", False),
        (True, "other.example.gov.cn", False),
    ],
)
def test_a_certificate_must_be_of_that_name_and_of_an_authority_that_the_system_trusts(
    authority: trustme.CA,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    is_trusted: bool,
    name: str,
    is_taken: bool,
) -> None:
    bundle = tmp_path / "authorities.pem"
    (authority if is_trusted else trustme.CA()).cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))  # what the system trusts, where it is OpenSSL that asks
    really = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: really("127.0.0.1", *rest, **more))
    with site({"/x": PDF}, served_with(authority, name)) as there:
        address = there.url("/x", "www.example.gov.cn").replace("http:", "https:")
        if is_taken:
            assert fetcher().fetch(address).data == PDF
        else:
            assert refused(address).finding.code == "S105"
            assert there.asked == []


@pytest.mark.parametrize(
    ("status", "code", "is_gone"), [(404, "S105", True), (410, "S105", True), (403, "S106", False)]
)
def test_what_a_status_means(status: int, code: str, is_gone: bool) -> None:
    with site({"/a": lambda asked: asked.say(b"", status)}) as there:
        error = refused(there.url("/a"))
        assert (error.finding.code, error.is_gone) == (code, is_gone)


def robots(text: str) -> Callable[[Asked], None]:
    return lambda asked: asked.say(text.encode())


def test_robots_txt_is_obeyed_and_asked_once() -> None:
    rules = "User-agent: *\nDisallow: /private/*.pdf$\nAllow: /\n"
    with site({"/robots.txt": robots(rules), "/a.pdf": PDF, "/private/b.pdf": PDF}) as there:
        asking = fetcher()
        assert asking.fetch(there.url("/a.pdf")).data == PDF
        with pytest.raises(NotFetchedError) as caught:
            asking.fetch(there.url("/private/b.pdf"))
        assert caught.value.finding.code == "S104"
        assert there.asked == ["/robots.txt", "/a.pdf"]


def test_robots_txt_for_us_by_name_is_obeyed() -> None:
    with site({"/robots.txt": robots("User-agent: ogi-annual-reports\nDisallow: /\n"), "/a": PDF}) as there:
        assert refused(there.url("/a")).finding.code == "S104"


def test_a_redirect_is_asked_of_robots_txt_too() -> None:
    with site(
        {"/robots.txt": robots("User-agent: *\nDisallow: /b\n"), "/a": redirect("/b"), "/b": PDF}
    ) as there:
        assert refused(there.url("/a")).finding.code == "S104"
        assert "/b" not in there.asked


def test_a_failing_robots_txt_counts_as_a_no_and_a_missing_one_as_a_yes() -> None:
    with site({"/robots.txt": lambda asked: asked.say(b"", 503), "/a": PDF}) as there:
        assert refused(there.url("/a")).finding.code == "S104"
    with site({"/a": PDF}) as there:
        assert fetcher().fetch(there.url("/a")).data == PDF


def test_one_host_is_asked_once_in_so_many_seconds() -> None:
    times: list[float] = []

    def noted(asked: Asked) -> None:
        times.append(time.monotonic())
        asked.say(PDF)

    with site({"/robots.txt": noted, "/a": noted, "/b": noted}) as there:
        asking = fetcher(pause=0.3)
        asking.fetch(there.url("/a"))
        asking.fetch(there.url("/b"))
    assert len(times) == 3
    assert all(later - earlier >= 0.3 for earlier, later in zip(times, times[1:], strict=False))


def test_the_crawl_delay_of_a_site_is_kept() -> None:
    times: list[float] = []

    def noted(asked: Asked) -> None:
        times.append(time.monotonic())
        asked.say(PDF)

    with site(
        {"/robots.txt": robots("User-agent: *\nCrawl-delay: 0.5\n"), "/a": noted, "/b": noted}
    ) as there:
        asking = fetcher()
        asking.fetch(there.url("/a"))
        asking.fetch(there.url("/b"))
    assert times[1] - times[0] >= 0.5


def test_the_systems_proxy_is_used_and_may_be_of_this_machine() -> None:
    """A proxy is given the whole address; what lies behind it is checked here all the same."""
    with site() as proxy:
        proxy.answers = {"http://93.184.216.34/robots.txt": b"", "http://93.184.216.34/a": PDF}
        asking = Fetcher(AGENT, limits=FetchLimits(pause=0), proxies={"http": proxy.url()})
        assert asking.fetch("http://93.184.216.34/a").data == PDF
        with pytest.raises(NotFetchedError) as caught:
            asking.fetch("http://10.0.0.1/a")
        assert caught.value.finding.code == "S103"
        assert len(proxy.asked) == 2


def test_the_pause_bounds_are_those_that_are_promised() -> None:
    limits = FetchLimits()
    assert (limits.pause, limits.redirects, limits.seconds) == (1.0, 5, 60.0)
    assert not is_this_machine(ipaddress.ip_address("93.184.216.34"))
