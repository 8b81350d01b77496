"""``confirm`` in a real browser: served to this machine alone, under a secret address, until answers have come."""

import http.client
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser

from pipeline.archive.recognitions import (
    read_recognition,
    recognition_beside,
    recognition_path,
    recognition_yml,
)
from pipeline.archive.sources import sources
from pipeline.cli import confirm as confirming
from pipeline.cli.commands import main
from pipeline.filing.read_all import make_filed
from pipeline.model.recognition import Recognition
from pipeline.review.doubts import answers_path, doubts_of
from tests.five import copy_five
from tests.tools.waiting import wait_until

SCANS = Path(__file__).parents[1] / "document/scans"
AGENCY = "511900-housing"


def less_sure(kept: Recognition) -> Recognition:
    """The same, but that no figure in the last rows is sure: so that there are many cells to settle."""
    *others, last = kept.pages
    pieces = [
        replace(piece, seen=replace(piece.seen, confidence=0.3))
        if piece.text.isdigit() and piece.top > 200
        else piece
        for piece in last.pieces
    ]
    return replace(kept, pages=(*others, replace(last, pieces=tuple(pieces))))


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = copy_five(tmp_path / "datapackage/reports")
    shutil.copy(SCANS / "copier.tif", folder / AGENCY / "2021.tif")
    read = recognition_yml(less_sure(read_recognition(SCANS / "copier.read.yml")))
    (folder / AGENCY / "2021.read.yml").write_bytes(read)
    (folder / AGENCY / "2021.yml").write_text("source_url:\nretrieved: 2024-01-02\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def server(reports: Path) -> Iterator[confirming._Server]:
    one = make_filed(next(one for one in sources(reports, frozenset({AGENCY})) if one.year == 2021))
    with confirming._Server(("127.0.0.1", 0), one, doubts_of(one)) as served:
        thread = threading.Thread(target=served.serve_forever, args=(0.1,), daemon=True)
        thread.start()
        yield served
        served.shutdown()
        thread.join(10)


def status(server: confirming._Server, path: str, host: str = "", **more: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    headers = {"Host": host or server.host, "Content-Type": more.get("kind", "application/yaml")}
    connection.request(more.get("method", "GET"), path, body=more.get("body"), headers=headers)
    with closing(connection):
        return connection.getresponse().status


def test_cells_are_accepted_typed_and_marked_by_keys(server: confirming._Server, chromium: Browser) -> None:
    page = chromium.new_page()
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text))
    page.goto(server.address)
    rows = page.locator(".row")
    assert rows.count() == len(server.cells)
    page.keyboard.type("LW")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # the first as it was read
    page.keyboard.type("1,234")  # the second as typed
    page.keyboard.press("Enter")
    page.keyboard.press("u")  # the third cannot be read
    assert rows.nth(0).locator("output").inner_text() == f"= {server.cells[0].raw}"
    assert rows.nth(1).locator("output").inner_text() == "= 1234"
    page.keyboard.type("5 or 6")  # no number: nothing is settled
    page.keyboard.press("Enter")
    assert rows.nth(3).get_attribute("data-means") is None
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("—")  # a mark, which is no number
    page.keyboard.press("Enter")
    page.keyboard.press("b")  # the fifth has no ink but dirt
    page.locator("#send").click()
    wait_until(page, "document.getElementById('said').textContent.includes('5')")
    text = answers_path(server.source).read_text(encoding="utf-8")
    assert text.count("- cell:") == 5
    assert "means: 1234" in text
    assert "means: unknown" in text
    assert "means: —" in text
    assert "means: blank" in text
    assert "by: LW" in text
    assert problems == []
    page.close()


def test_the_cell_and_its_picture_are_on_a_small_screen_when_its_turn_comes(
    server: confirming._Server, chromium: Browser
) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 700})
    page.goto(server.address)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.keyboard.type("LW")
    page.keyboard.press("Enter")
    for number in range(4):
        row = page.locator(".row").nth(number)
        shown = [row.locator(one).bounding_box() for one in ("img", "input")]
        foot = page.locator("footer").bounding_box()
        assert foot
        assert all(box and box["y"] >= 0 and box["y"] + box["height"] <= foot["y"] for box in shown), number
        page.keyboard.press("Enter")
    page.close()


def test_nobody_else_is_answered(server: confirming._Server) -> None:
    token = server.token
    assert status(server, "/") == 404
    assert status(server, f"/{token[:-1]}x/") == 404
    assert status(server, f"/{token}/", host="evil.example") == 404
    assert status(server, f"/{token}/", host=f"localhost.evil.example:{server.server_port}") == 404
    assert (
        status(server, f"/{token}/answers", method="POST", host="evil.example", body="corrections: []") == 404
    )
    assert (
        status(server, f"/{token}/answers", method="POST", kind="text/plain", body="corrections: []") == 400
    )
    assert status(server, f"/{token}/answers", method="POST", body="x" * 300_000) == 400
    assert status(server, f"/{token}/answers", method="POST", body="no: answers") == 400
    assert not answers_path(server.source).exists()
    assert server.server_address[0] == "127.0.0.1"


def test_again_recognises_anew_and_shows_the_cells_and_lines_that_differ(
    reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands a hair's breadth from where it stood, and says the same, is no difference."""
    path = reports / AGENCY / "2021.tif"
    kept = read_recognition(SCANS / "copier.read.yml")
    moved = [
        replace(page, pieces=tuple(replace(piece, left=piece.left + 0.7) for piece in page.pieces))
        for page in kept.pages
    ]
    now = replace(kept, pages=tuple(moved))
    monkeypatch.setattr(confirming, "recognise_again", lambda source, progress: now)
    recognition_path(path).write_bytes(
        recognition_yml(kept).replace("信息内容".encode(), "信息内窖".encode(), 1)
    )
    monkeypatch.setattr(confirming, "doubts_of", lambda one: ())
    shown = CliRunner().invoke(main, ["confirm", f"{AGENCY}/2021", "--again"])
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.splitlines()[0] == "p. 1: 信息内窖 → 信息内容"
    assert "→" not in "".join(shown.stdout.splitlines()[1:])
    assert recognition_beside(path) == now

    recognition_path(path).write_bytes(recognition_yml(less_sure(now)))
    shown = CliRunner().invoke(main, ["confirm", f"{AGENCY}/2021", "--again"])
    assert "直接起诉 · 结果维持 Sued directly · Upheld: 3? → 3" in shown.stdout.splitlines()


def test_a_report_that_is_not_filed_is_named(reports: Path) -> None:
    shown = CliRunner().invoke(main, ["confirm", f"{AGENCY}/1999"])
    assert shown.exit_code == 2
    assert f"{AGENCY}/1999" in shown.output
