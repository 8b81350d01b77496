"""The browser of the tests is real, and a machine without one is told what to install."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.tools import browser


def test_chromium_opens_a_page_with_chinese_in_it(
    chromium: Browser, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text(
        "<!doctype html><meta charset=utf-8><title>年报</title><script>document.title += 2023</script>",
        encoding="utf-8",
    )
    page = chromium.new_page()
    page.goto(serve(tmp_path))
    assert page.title() == "年报2023"
    page.close()


def test_a_machine_without_chromium_is_told_so_in_both_languages(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, browser.__file__],
        env={"PATH": str(tmp_path), "CHROMIUM": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "请安装" in done.stderr
    assert "Install it" in done.stderr


def test_a_named_browser_that_is_not_there_is_not_replaced_by_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert browser.find_chromium() is None
