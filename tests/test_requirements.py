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
DEVELOP = PROJECT["optional-dependencies"]["dev"]


@pytest.mark.parametrize(
    ("file", "wanted"), [("requirements.txt", RUN), ("requirements-dev.txt", [*RUN, *DEVELOP])]
)
def test_every_dependency_is_pinned_within_its_range(file: str, wanted: list[str]) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([\w.]+)", text, flags=re.MULTILINE))
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pins[requirement.name.lower()]), requirement


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_a_hash_and_no_line_names_a_host_or_folder(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    pins = re.split(r"^(?=[\w-])", text, flags=re.MULTILINE)[1:]
    assert pins
    assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []
    assert not re.search(r"://|^-|file:|@ ", text, flags=re.MULTILINE)


def test_the_tools_from_npm_are_pinned_by_content_and_not_by_address() -> None:
    text = (ROOT / "tests/tools/package-lock.json").read_text(encoding="utf-8")
    assert '"integrity": "sha512-' in text
    assert '"resolved"' not in text


def test_the_citation_names_the_version_of_the_project() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]
