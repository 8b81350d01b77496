"""The bars of ``bench scans``: each is missed where it should be."""

import pickle
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.bench import scans as benching
from pipeline.bench.accuracy import Tally, judge
from pipeline.bench.scans import Costs, missed, write_scan
from pipeline.model.document import Document, Paragraph
from pipeline.reading.report import make_report
from tests.synthetic import scans as drawing
from tests.synthetic.scans import Spoiling, draw_spoiling


def costs(*, wrong: int = 0, exact: int = 1000, seconds: float = 5.0, mib: float = 900.0) -> Costs:
    return Costs(Tally(cells=1000, exact=exact, wrong=wrong, seconds=seconds, mib=mib), pages=1)


@pytest.mark.parametrize(
    ("is_hard", "found", "words"),
    [
        (True, costs(wrong=1), "silently wrong"),
        (False, costs(exact=969), "96.90 %"),
        (True, costs(exact=899), "89.90 %"),
        (False, costs(seconds=5.1), "5.1 processor seconds"),
        (False, costs(mib=1025), "1025 MiB"),
    ],
)
def test_a_bar_is_missed(is_hard: bool, found: Costs, words: str) -> None:
    (said,) = missed(is_hard, found)
    assert words in said


def test_bars_are_reached() -> None:
    assert not list(missed(False, costs(exact=970)))
    assert not list(missed(True, costs(exact=900)))


def test_hard_scans_are_coarse_or_dirty() -> None:
    assert not Spoiling(dpi=150).is_hard
    assert Spoiling(dpi=130).is_hard
    assert Spoiling(dpi=220, specks=1).is_hard
    drawn = [draw_spoiling(random.Random(seed)) for seed in range(300)]
    assert {how.dpi for how in drawn} == {110, 130, 150, 180, 200, 220}
    assert max(abs(how.tilt) for how in drawn) <= 2
    assert min(how.jpeg for how in drawn if how.jpeg) == 60
    assert any(how.stamp for how in drawn)
    assert 0.2 < sum(how.is_hard for how in drawn) / 300 < 0.8


def test_the_truth_of_a_scan_is_a_case_that_can_be_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "scan", lambda printed, rng, how: b"drawn")
    case, is_hard = pickle.loads(write_scan(1, tmp_path).read_bytes())
    assert case.data == b"drawn"
    assert is_hard is (
        "dpi=110" in case.quirks[0] or "dpi=130" in case.quirks[0] or "specks=0" not in case.quirks[0]
    )
    report = make_report(
        Document("pdf", (Paragraph(f"{case.agency}{case.year}年政府信息公开工作年度报告", "p. 1"),))
    )
    tally = judge(case, report)
    assert tally.wrong + tally.flagged + tally.exact == tally.cells


def test_what_was_seen_is_said_when_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(scans: int, seed: int) -> Iterator[tuple[bool, Costs]]:
        yield False, costs()
        raise KeyboardInterrupt

    monkeypatch.setattr(benching, "run", stopped)
    said: list[str] = []
    assert not benching.report(300, 1, said.append)
    assert "1 of 300 scans from seed 1" in said
    assert said[0].split()[0] == "1/300"
