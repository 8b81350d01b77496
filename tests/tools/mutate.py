"""Deliberate bugs: the code changed in one place at a time, and whether a test sees it.

``make mutate`` tries 80 of each folder, drawn by seed with the same chance for each, so that what is seen of them is an
estimate of the whole; ``make mutate ARGS="safety --mutants 0"`` tries all of one folder. mutmut makes the mutants, all of
them at once in a copy. The tests are collected once and watched once, to know which of them reach which function; then
each mutant is a fork of that process and meets the tests that reach it, those of the quickest files first, until one
fails. What nobody has seen after ``--seconds`` of tests counts as lost, unless ``LIVES`` says why it may.
"""

import argparse
import ast
import difflib
import functools
import gc
import json
import os
import pickle
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("safety", "checks", "reading", "package", "published")
SHARE = 0.85
TESTS = [
    *(
        f"tests/{folder}"
        for folder in ("model", "safety", "knowledge", "archive", "checks", "reading", "filing")
    ),
    *(
        "tests/package",
        "tests/published",
        "tests/test_golden.py",
        "tests/test_quirks.py",
        "tests/test_lessons.py",
    ),
]
# Not those that read the code itself: in the copy it stands many times over.
ARGUMENTS = [
    "-q",
    "--no-header",
    "--tb=no",
    "-p",
    "no:cacheprovider",
    "-k",
    "not nobody_else and not worded and not said",
]
SLACK = 20  # seconds of a processor above what the tests take: then a mutant hangs, which is seen
# Mutants that may live, by function and what they change, with the reason.
LIVES = {
    "safety.escape scalar: return json.dumps(one_line(text), ensure_ascii=False) →"
    " return json.dumps(one_line(text), ensure_ascii=None)": "None is as false as False",
    "checks.text _first: found = [m for p in rule.options['patterns'] if (m := _pattern(p).search(texts.get(section, '')))] →"
    " found = [m for p in rule.options['patterns'] if (m := _pattern(p).search(texts.get(section, 'XXXX')))]": "no pattern"
    " of a rule is found in either text",
}


def make_mutants(copy: Path, folders: Sequence[str], jobs: int) -> list[str]:
    """Copies what git knows, with every mutant of these folders in it; their names."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in listed.decode().split("\0")[:-1]:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    paths = sorted(path for folder in folders for path in (copy / "pipeline" / folder).rglob("*.py"))
    names = []
    with ProcessPoolExecutor(jobs) as pool:
        for path, made in zip(paths, pool.map(mutants_of, paths), strict=True):
            module = ".".join(path.relative_to(copy).with_suffix("").parts)
            names += [f"{module}.{name}" for name in made]
    return sorted(names)


def mutants_of(path: Path) -> list[str]:
    """Puts all mutants into a file; their names."""
    made = mutate_file_contents(str(path), path.read_text("utf-8"))
    path.write_text(made.code, "utf-8")
    return list(made.mutant_names)


def change(copy: Path, mutant: str) -> str:
    """What a mutant changes: its module and function, and the parts of the line before and after."""
    module, _, name = mutant.rpartition(".")
    code = (copy / module.replace(".", "/")).with_suffix(".py").read_text("utf-8")
    kept = f"{name.partition('__mutmut_')[0]}__mutmut_orig"
    functions = {node.name: node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)}
    before, after = (ast.unparse(functions[one].body).splitlines() for one in (kept, name))
    lines = [line for line in difflib.ndiff(before, after) if line[0] in "-+"]
    function = name.partition("__mutmut_")[0].removeprefix("x_").replace("ǁ", ".").removeprefix("x.")
    return f"{module.removeprefix('pipeline.')} {function}: " + " → ".join(line[2:].strip() for line in lines)


class Loop:
    """pytest's own loop over the collected tests, replaced: watch them once, then try each mutant."""

    def __init__(self, chosen: Sequence[str], asked_for: argparse.Namespace, out: Path) -> None:
        self.chosen, self.out = chosen, out
        self.jobs, self.seconds = asked_for.jobs, asked_for.seconds
        self.end = time.monotonic() + asked_for.minutes * 60
        self.failed = False
        self.caches: list[functools._lru_cache_wrapper[Any]] = []  # they may hold what no mutant made

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        files = pickle.loads(asked(lambda: pickle.dumps(self.watch(session.items))))
        ours = tuple(f"pipeline.{folder}" for folder in FOLDERS)
        everything = (one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper))
        self.caches = [one for one in everything if str(one.__module__).startswith(ours)]
        by_id = {item.nodeid: item for item in session.items}
        workers = [os.fork() or self.work(number, files, by_id) for number in range(self.jobs)]
        for worker in workers:
            os.waitpid(worker, 0)
        return True

    def run(self, items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, float, bool]]:
        """Runs tests; each with the seconds it took, and whether it failed."""
        for item, after in zip(items, [*items[1:], None], strict=True):
            self.failed, start = False, time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            yield item, time.process_time() - start, self.failed

    def watch(self, items: Sequence[pytest.Item]) -> list[tuple[str, float, set[str]]]:
        """Each test with its seconds and the functions it reaches; not those that fail in a copy without any mutant."""
        set_mutant_under_test("stats")
        seen = []
        for item, seconds, failed in self.run(items):
            if not failed:
                seen.append((item.nodeid, seconds, set(state()._stats)))
            state()._stats.clear()
        assert len(seen) > 0.99 * len(items), f"{len(items) - len(seen)} tests fail without any mutant"
        return seen

    def work(
        self, number: int, seen: list[tuple[str, float, set[str]]], items: dict[str, pytest.Item]
    ) -> None:
        """One of several processes: its share of the mutants, a line of JSON each."""
        try:
            for mutant in self.chosen[number :: self.jobs]:
                if time.monotonic() > self.end:
                    break
                tests, seconds = self.tests_of(mutant, seen)
                start = time.monotonic()
                said = asked(lambda: self.tried(mutant, [items[test] for test in tests]), seconds + SLACK)  # noqa: B023
                killer = said.decode() if said is not None else "no end"
                line = json.dumps([mutant, killer, len(tests), round(time.monotonic() - start, 1)])
                with self.out.open("a") as file:
                    file.write(line + "\n")
        except BaseException:  # noqa: BLE001  # this process has the parent's stack above it, and must not go on there
            traceback.print_exc()
        finally:
            os._exit(0)

    def tests_of(self, mutant: str, seen: list[tuple[str, float, set[str]]]) -> tuple[list[str], float]:
        """The tests that reach a mutant, quickest files first, as many as there is time for; and that time."""
        function = mutant.partition("__mutmut_")[0]
        files: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for test, seconds, functions in seen:
            if function in functions:
                files[test.partition("::")[0]].append((test, seconds))
        tests, total = [], 0.0
        for file in sorted(files.values(), key=lambda file: sum(seconds for _, seconds in file)):
            for test, seconds in file:
                if total + seconds <= self.seconds:
                    tests.append(test)
                    total += seconds
        return tests, total

    def tried(self, mutant: str, items: Sequence[pytest.Item]) -> bytes:
        """The test that sees a mutant; empty where none does."""
        for cached in self.caches:
            cached.cache_clear()
        set_mutant_under_test(mutant)
        try:
            return next((item.nodeid.encode() for item, _, failed in self.run(items) if failed), b"")
        except KeyboardInterrupt:  # which a test raises, and nothing caught: pytest passes it on
            return b"interrupted"


def asked(what: Callable[[], bytes], seconds: float | None = None) -> bytes | None:
    """What a function gives in a child of this process, whose files go with it; None where a signal or its time ended it."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        answer = Path(folder, "answer")
        child = os.fork()
        if not child:
            if seconds is not None:
                limit = int(seconds) + 1
                resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
            tempfile.tempdir = os.environ["TMPDIR"] = folder
            code = 1
            try:
                answer.write_bytes(what())
                code = 0
            except BaseException:  # noqa: BLE001  # as above
                traceback.print_exc()
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code > 0:  # such a mutant is seen; what broke is printed, since it might be this program
            return b"broke the run"
        return answer.read_bytes() if code == 0 else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="*", default=FOLDERS, help=f"of {' '.join(FOLDERS)}")
    parser.add_argument("--mutants", type=int, default=80, help="of each folder; 0 is all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60, help="of tests for each mutant")
    parser.add_argument(
        "--minutes", type=float, default=24 * 60, help="in all; what was tried by then is told"
    )
    parser.add_argument(
        "--tests", nargs="*", default=TESTS, help="less of them sees less, and is told sooner"
    )
    parser.add_argument("--jobs", type=int, default=2)
    asked_for = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy, out = Path(folder, "copy"), Path(folder, "out")
        out.touch()
        names = make_mutants(copy, asked_for.folders, asked_for.jobs)
        chosen = []
        for one in asked_for.folders:
            here = [name for name in names if name.split(".")[1] == one]
            few = min(asked_for.mutants or len(here), len(here))
            chosen += random.Random(asked_for.seed).sample(here, few)
        # So that what was tried by any time tells of all folders.
        random.Random(asked_for.seed).shuffle(chosen)
        os.chdir(copy)
        sys.path.insert(0, str(copy))
        pytest.main([*ARGUMENTS, *asked_for.tests], plugins=[Loop(chosen, asked_for, out)])
        tried = [json.loads(line) for line in out.read_text().splitlines()]
        if len(tried) < len(chosen):
            print(f"{len(tried)} / {len(chosen)} 处试过，时间到了 tried in the time given")
        return told(copy, asked_for.folders, names, tried)


def told(copy: Path, folders: Sequence[str], names: Sequence[str], tried: list[list[Any]]) -> int:
    """Says which mutants nobody saw, and each folder's share; 1 where one is too small."""
    low = 0
    for folder in folders:
        of_folder = sorted(one for one in tried if one[0].split(".")[1] == folder)
        lost = {mutant: (tests, change(copy, mutant)) for mutant, killer, tests, _ in of_folder if not killer}
        alive = {mutant: why for mutant, why in lost.items() if why[1] not in LIVES}
        for mutant, (tests, what) in alive.items():
            print(f"{mutant.rpartition('_')[2]:>4} {tests:>5} tests  {what}")
        total = len(of_folder) - len(lost) + len(alive)
        seen = 1 - len(alive) / total if total else 0
        of_all = sum(name.split(".")[1] == folder for name in names)
        print(f"{folder:<10} {total:>5} / {of_all} 处 mutants · {100 * seen:5.1f} % 看出来 seen", flush=True)
        low |= seen < SHARE
    return int(low)


if __name__ == "__main__":
    sys.exit(main())
