"""Every snippet of the data page runs as it stands there, against the served site, and prints the figures.

What cannot be run is listed in ``NOT_RUN`` with its reason; a snippet is in one list or the other.
"""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.pages.parts.snippets import listed
from pipeline.published.reader import open_package
from tests.site.conftest import Built
from tests.site.corpus import PUBLISHED

RUN = {one["id"]: one["runs"] for one in listed() if "runs" in one}
NOT_RUN = {one["id"]: one["not_run"] for one in listed() if "not_run" in one}
PROGRAMS = {
    "python": [sys.executable],
    "Rscript": ["Rscript", "--vanilla"],
    "sh": ["sh", "-e"],
    "node": ["node"],
}
CODE = re.compile(
    r'<h3 id="([a-z]+)">[^<]*</h3>\s*<div class="code">(?:(?!<h3).)*?<code>(.*?)</code>', re.DOTALL
)
CLIENT = Path(__file__).parents[2] / "site_src/client/python"
NAME = "巴中市住房和城乡建设局"


def on_the_page(site: Built, path: str = "data") -> dict[str, str]:
    text = site.html(path)
    return {key: html.unescape(re.sub(r"<[^>]+>", "", code)) for key, code in CODE.findall(text)}


def test_every_snippet_is_run_or_its_reason_is_given(site: Built) -> None:
    found = set(on_the_page(site)) - {"bibtex"}
    assert found == set(RUN)
    assert not set(RUN) & set(NOT_RUN)
    assert set(NOT_RUN) == {"excel"}
    for key in NOT_RUN:
        assert f'<h3 id="{key}">' in site.html("data")


def run(kind: str, code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = PROGRAMS[kind]
    assert shutil.which(program[0]), f"{program[0]} is needed (tests/tools/browser.py installs it)"
    file = folder / ("snippet.mjs" if kind == "node" else "snippet")
    file.write_text(code, encoding="utf-8")
    environment = os.environ | {"LC_ALL": "C.UTF-8", "no_proxy": "127.0.0.1", "PYTHONUTF8": "1"}
    # As pip would install it, which tests/published/test_client.py does; its cache is of this test alone.
    environment |= {"PYTHONPATH": str(CLIENT), "OGI_CACHE": str(folder / "cache")}
    return subprocess.run(
        [*program, str(file)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )


def share_granted() -> float:
    """Of the reports that state all three figures, aggregates left out, as counted by hand."""
    names = ("granted", "partially_granted", "outcomes_total")
    whole = [
        [int(row[name]) for name in names]
        for row in open_package(PUBLISHED).records("report_summary")
        if row["is_aggregate"] == "false" and all(row[name] for name in names)
    ]
    return sum(full + part for full, part, _ in whole) / sum(closed for _, _, closed in whole)


@pytest.mark.parametrize("key", sorted(RUN))
def test_the_snippet_runs_and_shows_the_figures(site: Built, tmp_path: Path, key: str) -> None:
    code = on_the_page(site)[key]
    assert site.url in code
    done = run(RUN[key], code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert NAME in done.stdout, done.stdout[:2000]
    if key != "api":
        (told,) = re.findall(r"granted ([0-9.]+)", done.stdout)
        assert float(told) == pytest.approx(share_granted(), abs=1e-6)
        assert re.search(rf"{NAME}.*2022|2022.*{NAME}", done.stdout)
    else:
        agencies, report = (json.loads(line) for line in done.stdout.splitlines())
        assert len(agencies["agencies"]) == sum(1 for _ in open_package(PUBLISHED).rows("agencies"))
        assert report["tables"]["requests"]


def test_a_snippet_with_a_wrong_address_fails(site: Built, tmp_path: Path) -> None:
    code = on_the_page(site)["pandas"].replace("report_summary.csv", "nothing.csv")
    assert run("python", code, tmp_path).returncode != 0


def test_the_english_page_has_the_same_code(site: Built) -> None:
    def without_comment(code: str) -> str:
        return code.split("\n", 1)[1]

    chinese, english = on_the_page(site), on_the_page(site, "en/data")
    for key in RUN:
        assert without_comment(chinese[key]) == without_comment(english[key])
