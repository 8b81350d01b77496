"""A package made a few agencies at a time is, byte for byte, the one made of all rows at once."""

import random
import shutil
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from pipeline.archive.sources import agencies, sources
from pipeline.bench.corpus import write_corpus
from pipeline.cli import build
from pipeline.cli.group import crews, readings
from pipeline.filing.in_turn import Crew, in_turn
from pipeline.filing.read_all import read_all
from pipeline.model.source import Agency, Source
from pipeline.package import parts
from pipeline.package.parts import shares
from pipeline.package.rows import make_tables
from pipeline.package.write import write_package
from tests.five import ROOT


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two places: years of an agency beside each other, a copy, an aggregate that is less than its agencies, odd ids."""
    home = tmp_path_factory.mktemp("parts") / "reports"
    write_corpus(home, 54, formats={"txt": 1}, jobs=1)
    one = next(path for path in sorted(home.iterdir()) if (path / "2019.txt").exists())
    shutil.copytree(one, home / f"{one.name}-2")  # its ids stand between those of the other
    shutil.copytree(ROOT / "datapackage/reports/511900-housing", home / "511900-housing")
    return home


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_parts_one_after_the_other_are_the_tables(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_package(make_tables(agencies(reports), read_all(reports)), tmp_path / "whole")
    monkeypatch.setattr(parts, "LARGE", 1)
    filed = tuple(sources(reports))
    for jobs in (1, 2):
        with readings(filed, crews(jobs)) as read:
            assert len(list(shares(read.sources))) > 10
            build.write_learned(read, tuple(agencies(reports)), tmp_path / f"by {jobs}", crews(jobs))
        assert contents(tmp_path / f"by {jobs}") == contents(tmp_path / "whole")


@pytest.mark.parametrize("seed", range(20))
def test_a_share_has_whole_agencies_and_stands_before_the_next_in_every_order(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "LARGE", 2)
    rng = random.Random(seed)
    names = [f"110101-{name}" for name in ("gov", "gov-2", "gov-2019", "gov-2019-2", "tax", "tax-office")]
    filed = [
        Source(
            Agency(name, "甲", "county", "gov", "110101"),
            2019,
            "agency",
            Path(f"{stem}.txt"),
            "txt",
            "",
            None,
            None,
        )
        for name in rng.sample(names, rng.randint(1, 6))
        for stem in rng.sample(("2019", "2019-office", "2020", "2021-jurisdiction"), rng.randint(1, 4))
    ]
    found = [[filed[at] for at in share] for share in shares(filed)]
    ids = [[one.report_id for one in share] for share in found]
    assert sum(ids, []) == sorted(one.report_id for one in filed)
    for before, after in zip(found, found[1:], strict=False):
        assert not {one.agency.id for one in before} & {one.agency.id for one in after}
        assert max(f"{one.report_id}:" for one in before) < min(f"{one.report_id}:" for one in after)


def test_no_task_is_asked_for_long_before_its_turn() -> None:
    asked: list[int] = []

    def tasks() -> Iterator[tuple[int, int]]:
        for number in range(50):
            asked.append(number)
            yield number, -number

    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        for label, result in in_turn(Crew(pool, ahead=6), abs, tasks()):
            assert result == label
            assert len(asked) <= label + 1 + 6
    assert len(asked) == 50


class Forgetful(ThreadPoolExecutor):
    """An executor that forgets tasks, as a cluster does that is started anew."""

    def __init__(self, times: int) -> None:
        super().__init__(1)
        self.left = times

    def submit(self, function: Any, /, *words: Any, **more: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            return super().submit(function, *words, **more)
        forgotten: Future[Any] = Future()
        forgotten.cancel()
        return forgotten


def test_a_task_that_was_forgotten_is_begun_again_and_not_for_ever() -> None:
    with Forgetful(3) as pool:
        assert list(in_turn(Crew(pool, ahead=2), abs, ((n, -n) for n in range(5)))) == [
            (n, n) for n in range(5)
        ]
    with Forgetful(100) as pool, pytest.raises(CancelledError):
        list(in_turn(Crew(pool, ahead=2), abs, [(1, 1)]))
