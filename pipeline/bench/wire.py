"""What a page weighs over the wire, in a real Chromium on a phone: compressed as hosts do, the cache empty.

The browser is that of the tests, which is asked at run time: it is no part of the pipeline.
"""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

PHONE = {"width": 390, "height": 844}
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
TEXTS = (".html", ".css", ".js", ".json", ".svg", ".csv", ".xml", ".txt")
RANGE = re.compile(r"bytes=(\d+)-(\d+)", re.ASCII)  # as the explorer asks for its file
SETTLED = 1500  # milliseconds that a page has to ask for more, once it is quiet


class _Compressing(SimpleHTTPRequestHandler):
    """Sends texts compressed, as every host of static files does; other files as they are, or a part of them."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        asked = RANGE.fullmatch(self.headers.get("Range", ""))
        if path.suffix not in TEXTS or not path.is_file():
            if asked and path.is_file():
                self._send_part(path.read_bytes(), int(asked[1]), int(asked[2]) + 1)
            else:
                super().do_GET()
            return
        body = gzip.compress(path.read_bytes(), mtime=0)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_part(self, whole: bytes, start: int, end: int) -> None:
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(whole)}")
        self.send_header("Content-Length", str(len(whole[start:end])))
        self.end_headers()
        self.wfile.write(whole[start:end])

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Compressing, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def weigh(site: Path, pages: Mapping[str, str]) -> dict[str, float]:
    """Kilobytes of each page with all that it loads, heads included.

    Args:
        site: the folder of a built site.
        pages: name → address below the site, with a query where one is asked.

    Returns:
        name → kilobytes (of 1,000 bytes); empty where the machine has no Chromium or no playwright.
    """
    try:
        browser = import_module("tests.tools.browser")
        playwright = import_module("playwright.sync_api")
    except ImportError:
        return {}
    if (chromium := browser.find_chromium()) is None:
        return {}
    with (
        _served(site) as address,
        playwright.sync_playwright() as started,
        started.chromium.launch(executable_path=chromium, args=list(ARGUMENTS)) as opened,
    ):
        return {name: _weight(opened, address + path) / 1000 for name, path in pages.items()}


def _weight(browser: Any, address: str) -> float:
    """Bytes of one visit by someone who was never here before."""
    with browser.new_context(viewport=PHONE, locale="zh-CN") as visitor:
        page = visitor.new_page()
        wire = visitor.new_cdp_session(page)
        loaded: list[float] = []
        wire.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
        wire.send("Network.enable")
        page.goto(address, wait_until="networkidle")
        page.wait_for_timeout(SETTLED)
        return sum(loaded)
