"""ruff and mypy find nothing. Their rules, with the reasons for each exception, are in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "pipeline", "tests"),
        ("ruff", "format", "--check", "pipeline", "tests"),
        ("mypy", "--strict", "pipeline"),
    ],
    ids=" ".join,
)
def test_nothing_is_found_by(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)  # their words alone, not ours about them
