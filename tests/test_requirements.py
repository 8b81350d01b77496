"""Requirements are pinned with hashes, agree with pyproject.toml and name no host; versions agree."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUN = PROJECT["dependencies"]
SCAN = PROJECT["optional-dependencies"]["scan"]
SCHEDULER = PROJECT["optional-dependencies"]["scheduler"]
DEVELOP = [
    *SCAN,
    *SCHEDULER,
    *(name for name in PROJECT["optional-dependencies"]["dev"] if not name.startswith(PROJECT["name"])),
]
FILES = [f"requirements{extra}.txt" for extra in ("", "-scan", "-scheduler", "-dev")]


@pytest.mark.parametrize(
    ("file", "wanted"),
    list(zip(FILES, (RUN, [*RUN, *SCAN], [*RUN, *SCHEDULER], [*RUN, *DEVELOP]), strict=True)),
)
def test_every_dependency_is_pinned_within_its_range(file: str, wanted: list[str]) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([\w.]+)", text, flags=re.MULTILINE))
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pins[requirement.name.lower()]), requirement


@pytest.mark.parametrize("file", FILES)
def test_every_pin_has_a_hash_and_no_line_names_a_host_or_folder(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    pins = re.split(r"^(?=[\w-])", text, flags=re.MULTILINE)[1:]
    assert pins
    assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []
    assert not re.search(r"://|^-|file:|@ ", text, flags=re.MULTILINE)


def test_only_headless_opencv_is_installed_and_only_by_the_extra() -> None:
    named = {
        file: re.findall(r"^(opencv[\w-]*)==", (ROOT / file).read_text(), flags=re.MULTILINE)
        for file in FILES
    }
    assert named == {
        "requirements.txt": [],
        "requirements-scan.txt": ["opencv-python-headless"],
        "requirements-scheduler.txt": [],
        "requirements-dev.txt": ["opencv-python-headless"],
    }


def test_the_tools_from_npm_are_pinned_by_content_and_not_by_address() -> None:
    text = (ROOT / "tests/tools/package-lock.json").read_text(encoding="utf-8")
    assert '"integrity": "sha512-' in text
    assert '"resolved"' not in text


def test_the_citation_names_the_version_of_the_project() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]
