"""Scripts of others are what vendor.yml says they are, and our pages load nothing from another host."""

import hashlib
import json
import re
from pathlib import Path

import plotly.offline
import pytest
import yaml
from click.testing import CliRunner

from pipeline.cli.commands import main

ROOT = Path(__file__).parent.parent
SITE = ROOT / "site_src"
VENDOR = SITE / "assets/vendor"
ENTRIES = yaml.safe_load((VENDOR / "vendor.yml").read_text(encoding="utf-8"))

OTHER_HOST = r"""\s*["']?\s*(?:(?:https?|wss?):)?//[^\s/"']"""
LOADED = re.compile(
    rf"""<(?!a\b)\w[^>]*\b(?:src|srcset|href|poster|data|action)\s*={OTHER_HOST}  # any tag but <a>
      | \b(?:url|fetch|import|importScripts|Worker|EventSource|WebSocket)\({OTHER_HOST}
      | \b(?:import|from|@import){OTHER_HOST}
      | !\[[^\]]*\]\({OTHER_HOST}  # an image in Markdown
    """,
    re.VERBOSE | re.IGNORECASE,
)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_a_vendored_file_is_the_one_described(entry: dict[str, str]) -> None:
    content = (VENDOR / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    if entry["package"].startswith("plotly"):
        assert entry["version"] == plotly.offline.get_plotlyjs_version()
    assert entry["licence"] in (VENDOR / entry["licence_file"]).read_text(encoding="utf-8")
    notice = f"{entry['package']} {entry['version']}"
    assert notice in (ROOT / "THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8")


def test_the_font_of_shared_pictures_is_the_one_described() -> None:
    fonts = ROOT / "pipeline/pages/fonts"
    (entry,) = yaml.safe_load((fonts / "fonts.yml").read_text(encoding="utf-8"))
    assert hashlib.sha256((fonts / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert entry["licence"] in (fonts / entry["licence_file"]).read_text(encoding="utf-8")
    notice = f"{entry['package']} {entry['version']}"
    assert notice in (ROOT / "THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8")


def test_nothing_is_vendored_without_a_description() -> None:
    described = {entry[key] for entry in ENTRIES for key in ("file", "licence_file")}
    assert {path.name for path in VENDOR.iterdir()} == described | {"vendor.yml"}


def test_the_bundle_says_its_version_itself() -> None:
    start = (VENDOR / "plotly-basic.min.js").read_text(encoding="utf-8")[:200]
    assert f"plotly.js (basic - minified) v{plotly.offline.get_plotlyjs_version()}" in start


def test_our_pages_load_nothing_from_another_host() -> None:
    loaded = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted(SITE.rglob("*"))
        if path.is_file() and VENDOR not in path.parents
        for match in LOADED.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert loaded == []


@pytest.mark.parametrize(
    "text",
    [
        '<script async src="https://cdn.example/x.js">',
        "<link rel=stylesheet href=//fonts.example/x.css>",
        '<img alt="" src = "http://pics.example/x.png">',
        "@import 'https://fonts.example/x.css';",
        "background: url( 'https://pics.example/x.png' )",
        'fetch("https://api.example/x.json")',
        'import { x } from "https://cdn.example/x.js"',
        'await import("https://cdn.example/x.js")',
        'new WebSocket("wss://live.example/")',
        "![图](https://pics.example/x.png)",
    ],
)
def test_a_load_from_another_host_is_seen(text: str) -> None:
    assert LOADED.search(text)


@pytest.mark.parametrize(
    "text",
    [
        '<a class="source" href="https://www.gov.cn/">原文</a>',
        "[条例](https://www.gov.cn/)",
        '<svg xmlns="http://www.w3.org/2000/svg">',
        '<script src="../assets/charts.js"></script> // https://www.gov.cn/',
        'fetch("../data/x.json") // not https://www.gov.cn/',
    ],
)
def test_a_link_or_our_own_file_is_not(text: str) -> None:
    assert not LOADED.search(text)


def test_the_notices_name_version_licence_and_checksum_of_what_the_site_publishes() -> None:
    notices = (ROOT / "THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8")
    pinned = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for entry in ENTRIES:
        (line,) = [line for line in notices.splitlines() if f"vendor/{entry['file']}`" in line]
        assert entry["sha256"] in line
        assert entry["licence"] in line
    for package in ("mkdocs-material", "pagefind"):
        (version,) = re.findall(rf"^{package}==(\S+)", pinned, flags=re.MULTILINE)
        assert f"| {package} {version} |" in notices


def test_the_bill_of_materials_lists_every_pinned_package_and_script(tmp_path: Path) -> None:
    target = tmp_path / "sbom.cdx.json"
    for _ in range(2):
        done = CliRunner().invoke(main, ["sbom", str(target), "--release", "1.2.3"])
        assert done.exit_code == 0, done.output
        first = target.read_bytes()
    assert target.read_bytes() == first
    found = json.loads(first)
    assert (found["bomFormat"], found["metadata"]["component"]["version"]) == ("CycloneDX", "1.2.3")
    components = {(one["name"], one["version"]): one for one in found["components"]}
    pinned = re.findall(
        r"^([\w.-]+)(?:\[.*\])?==([^\s;]+)",
        (ROOT / "requirements.txt").read_text("utf-8"),
        flags=re.MULTILINE,
    )
    assert len(pinned) > 20
    for package in pinned:
        assert components[package]["hashes"], package
    for entry in ENTRIES:
        assert components[entry["file"], entry["version"]]["hashes"][0]["content"] == entry["sha256"]
