"""The small client: installed with pip from its folder, it loads what is published, checked, and keeps it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.published.distributions.write import write_catalogues, write_distributions
from pipeline.published.reader import open_package
from tests.site.corpus import PUBLISHED

CLIENT = Path(__file__).parents[2] / "site_src/client/python"
CODE = """
import json, ogi
ogi.base, ogi.cache = {base!r}, __import__('pathlib').Path({cache!r})
print(json.dumps({expression}, default=str, ensure_ascii=False))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> tuple[Path, str]:
    out = tmp_path_factory.mktemp("site")
    package = open_package(PUBLISHED)
    for path in ("datapackage.json", *(table.path for table in package.tables.values())):
        (out / "data" / path).parent.mkdir(parents=True, exist_ok=True)
        (out / "data" / path).write_bytes(package.read(path))
    address = serve(out)
    write_distributions(package, out)
    write_catalogues(out, address)
    return out, f"{address}/"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client as pip installs it, from a copy: building leaves files beside the source."""
    import shutil

    home = tmp_path_factory.mktemp("client")
    shutil.copytree(CLIENT, home / "source")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--disable-pip-version-check",
    ]
    done = subprocess.run(
        [*command, "--target", str(home / "lib"), str(home / "source")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return home / "lib"


def run(installed: Path, cache: Path, base: str, expression: str) -> subprocess.CompletedProcess[str]:
    code = CODE.format(base=base, cache=str(cache), expression=expression)
    return subprocess.run(
        [sys.executable, "-c", code],
        env={
            "PYTHONPATH": str(installed),
            "PATH": "/usr/bin:/bin",
            "no_proxy": "127.0.0.1",
            "PYTHONUTF8": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        cwd=cache,
    )


def test_it_loads_a_table_typed_and_from_its_cache_the_second_time(
    site: tuple[Path, str], installed: Path, tmp_path: Path
) -> None:
    folder, base = site
    version = open_package(PUBLISHED).descriptor.version
    for named in ("", version, "latest", "0", "0.1"):
        done = run(installed, tmp_path, base, f"ogi.load('report_summary', {named!r})")
        assert done.returncode == 0, done.stderr
        rows = json.loads(done.stdout)
        assert len(rows) == 5
        assert [row["outcomes_total"] for row in rows] == [20, 0, 0, 0, None]
        assert {row["is_aggregate"] for row in rows} == {False}
    csv = folder / "data/data/report_summary.csv"
    kept = csv.read_bytes()
    csv.unlink()
    try:
        assert run(installed, tmp_path, base, "len(ogi.load('report_summary'))").stdout == "5\n"
    finally:
        csv.write_bytes(kept)


def test_what_is_not_as_described_is_refused_and_not_kept(
    site: tuple[Path, str], installed: Path, tmp_path: Path
) -> None:
    folder, base = site
    csv = folder / "data/data/coverage.csv"
    kept = csv.read_bytes()
    csv.write_bytes(kept.replace(b"2023", b"2024"))
    try:
        done = run(installed, tmp_path, base, "ogi.load('coverage')")
        assert done.returncode != 0
        assert "ChecksumError" in done.stderr
        assert not list(tmp_path.iterdir())
    finally:
        csv.write_bytes(kept)


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("ogi.load('nothing')", "no table nothing; there are agencies"),
        ("ogi.load('reports', '9.9')", "no version 9.9"),
    ],
)
def test_what_is_not_there_is_said(
    site: tuple[Path, str], installed: Path, tmp_path: Path, expression: str, says: str
) -> None:
    done = run(installed, tmp_path, site[1], expression)
    assert done.returncode != 0
    assert says in done.stderr
