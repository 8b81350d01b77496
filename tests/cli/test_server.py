"""`serve` answers as a web host does: whole files, parts of them, and plain words where its port is taken."""

from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import duckdb
import pytest

from pipeline.cli.server import listening
from pipeline.model.findings import PipelineError

TEN = b"0123456789"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "ten.txt").write_bytes(TEN)
    with duckdb.connect() as database:
        database.execute(f"COPY (SELECT range AS n FROM range(1000)) TO '{tmp_path / 'n.parquet'}'")
    with listening(tmp_path, 0) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def ask(port: int, path: str, wanted: str = "", method: str = "GET") -> tuple[int, bytes, dict[str, str]]:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request(method, path, headers={"Range": wanted} if wanted else {})
    answer = connection.getresponse()
    return answer.status, answer.read(), dict(answer.getheaders())


@pytest.mark.parametrize(
    ("wanted", "status", "body", "told"),
    [
        ("", 200, TEN, None),
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=0-1,3-4", 200, TEN, None),
        ("lines=0-1", 200, TEN, None),
    ],
)
def test_a_part_of_a_file(port: int, wanted: str, status: int, body: bytes, told: str | None) -> None:
    found = ask(port, "/ten.txt", wanted)
    assert (found[0], found[1], found[2].get("Content-Range")) == (status, body, told)
    assert found[2]["Accept-Ranges"] == "bytes"


def test_the_head_of_a_part_has_no_body(port: int) -> None:
    status, body, headers = ask(port, "/ten.txt", "bytes=0-3", "HEAD")
    assert (status, body, headers["Content-Length"]) == (206, b"", "4")


def test_the_last_bytes_of_a_parquet_are_its_footer(port: int) -> None:
    assert ask(port, "/n.parquet", "bytes=-4")[1] == b"PAR1"
    assert ask(port, "/nothing.parquet", "bytes=-4")[0] == 404


def test_a_port_that_is_taken_is_said_with_what_to_do(port: int, tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=f"--port {port + 1}"):
        listening(tmp_path, port)
