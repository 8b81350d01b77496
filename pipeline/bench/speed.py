"""Time, memory and weight of each stage on an invented corpus, beside what they may be (``BUDGETS``).

Each stage runs in a process of its own. Never part of a test: a slow machine is no fault of the code. Seconds are those
of the processors, so that what else the machine does counts little.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pipeline.bench.corpus import write_corpus
from pipeline.bench.process import Cost, measure
from pipeline.bench.wire import weigh

ROOT = Path(__file__).resolve().parents[2]
SITE = ("pages", "site")  # the stages after the package
NEEDED = ("mkdocs.yml", "site_src")  # what a build needs beside the reports
TEXT_ALONE = {"txt": 1}
LARGE = 10_000  # reports; the budgets are meant for so many
RELEASED = "data, in the release of a large package"  # a part of the site, where it is small


@dataclass(frozen=True)
class Result:
    """What one size of corpus cost.

    Attributes:
        reports: how many.
        costs: stage → what it cost; ``package_text`` is the package of as many reports that are all plain text, ``merge``
            all stages after one report more, with what the run before has kept.
        parts: part of the site → bytes and files.
        largest: kind of page → bytes of the largest HTML file of it.
        wire: kind of page → kilobytes over the wire; empty where there is no Chromium.
    """

    reports: int
    costs: dict[str, Cost]
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)
    largest: dict[str, int] = field(default_factory=dict)
    wire: dict[str, float] = field(default_factory=dict)

    @property
    def site_mb(self) -> float:
        """Megabytes (of 1,000,000 bytes) to publish at ``LARGE`` reports: without the forms that then lie in the release."""
        return sum(size for part, (size, _) in self.parts.items() if part != RELEASED) / 1e6


@dataclass(frozen=True)
class Budget:
    """What something may come to at ``LARGE`` reports.

    Attributes:
        words: what it is, with its unit.
        most: what it may be.
        of: takes it from a result; None where the result does not have it.
        grows: whether it grows with the reports, so that a smaller corpus is projected.
    """

    words: str
    most: float
    of: Callable[[Result], float | None]
    grows: bool = True


def _build(result: Result) -> float | None:
    return sum(result.costs[stage].cpu for stage in SITE) if result.parts else None


def _memory(result: Result) -> float | None:
    return max(result.costs[stage].mib for stage in SITE) if result.parts else None


def _largest(result: Result, kind: str = "") -> float | None:
    sizes = [size for name, size in result.largest.items() if kind in ("", name)]
    return max(sizes) / 1000 if sizes else None


BUDGETS = (
    Budget("数据包，全是文本 package, text alone (CPU s)", 60, lambda r: r.costs["package_text"].cpu),
    Budget("数据包 package (MiB)", 500, lambda r: r.costs["package"].mib),
    Budget("页面和网站 pages and site (CPU s)", 150, _build),
    Budget("页面和网站 pages and site (MiB)", 1024, _memory),
    Budget(
        "一份年报合并后，到网站 one report merged, to a site (CPU s)",
        60,
        lambda r: r.costs["merge"].cpu if r.parts else None,
    ),
    Budget("整个网站 whole site (MB)", 1000, lambda r: r.site_mb if r.parts else None),
    Budget("年报页 report page (KB HTML)", 40, partial(_largest, kind="report"), grows=False),
    Budget("最大的一页 largest page (KB HTML)", 200, _largest),
    Budget("年报页，传输 report page, wire (KB)", 100, lambda r: r.wire.get("report"), grows=False),
    Budget("第一次检索，传输 first search, wire (KB)", 150, lambda r: r.wire.get("search")),
    Budget(
        "自由查询的第一问，传输 first question to the explorer, wire (KB)",
        1000,
        lambda r: r.wire.get("explore"),
    ),
)


def run(counts: Sequence[int], *, site: bool = True) -> Iterator[Result]:
    """Measures each size of corpus, smallest first; the first result is start-up, with one report.

    Args:
        counts: numbers of reports; none measures start-up alone.
        site: whether pages and site are made as well, which takes most of the time.

    Raises:
        RuntimeError: a stage failed.
    """
    for count in (1, *sorted(counts)):
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            yield _measured(Path(name), count, site)


def _measured(folder: Path, count: int, with_site: bool) -> Result:
    reports = folder / "datapackage/reports"
    for needed in NEEDED:
        (folder / needed).symlink_to(ROOT / needed)
    write_corpus(reports, count, formats=TEXT_ALONE)
    costs = {"package_text": _stage("package", folder)}
    shutil.rmtree(reports.parent)
    shutil.rmtree(folder / "build", ignore_errors=True)
    write_corpus(reports, count)
    late = sorted(reports.glob("*/*"))[-1].with_suffix("")  # it comes when all others are published
    held = {file: file.read_bytes() for file in late.parent.glob(f"{late.name}.*") if count > 1}
    for file in held:
        file.unlink()
    costs["package"] = _stage("package", folder)
    if not with_site:
        return Result(count, costs)
    costs |= {stage: _stage(stage, folder) for stage in SITE}
    for file, data in held.items():
        file.write_bytes(data)
    costs["merge"] = _stage("build", folder)
    site = folder / "build/site"
    parts, largest = _sizes(site)
    return Result(count, costs, parts, largest, weigh(site, _visits(site)) if count > 1 else {})


def _stage(name: str, folder: Path) -> Cost:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return measure([sys.executable, "-m", "pipeline", name], folder, environment)


def _sizes(site: Path) -> tuple[dict[str, tuple[int, int]], dict[str, int]]:
    """Bytes and files by part of the site, and the largest HTML file of each kind of page."""
    parts: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    largest: dict[str, int] = defaultdict(int)
    for path in site.rglob("*"):
        if path.is_file():
            size, names = path.stat().st_size, path.relative_to(site).parts
            part = "/".join(names[: 2 if names[0] == "en" else 1]) if len(names) > 1 else "."
            part = RELEASED if path.suffix in (".xlsx", ".sqlite") else part
            parts[part] = (parts[part][0] + size, parts[part][1] + 1)
            if path.suffix == ".html":
                kind = _kind([name for name in names if name != "en"])
                largest[kind] = max(largest[kind], size)
    return dict(parts), dict(largest)


def _kind(names: Sequence[str]) -> str:
    if names[0] == "agencies":
        return {2: "agencies", 3: "agency", 4: "report"}.get(len(names), "report's parts")
    return names[0] if len(names) > 1 else "home"


def _visits(site: Path) -> dict[str, str]:
    """One page of each kind: the report page is the largest of all."""
    reports = sorted(site.glob("agencies/*/*/index.html"), key=lambda path: (-path.stat().st_size, path))
    agency = reports[0].parents[1].name
    year = max(path.name for path in (site / "years").iterdir() if path.name.isdigit())
    return {
        "home": "",
        "agencies": "agencies/",
        "agency": f"agencies/{agency}/",
        "report": f"{reports[0].parent.relative_to(site).as_posix()}/",
        "year": f"years/{year}/",
        "explore": f"explore/?a={agency}&m=requests/new_received",
        "quality": "quality/",
        "data": "data/",
        "search": "search/?q=住建局",
    }


def line(result: Result) -> str:
    """One result as a line.

    Args:
        result: of any size.
    """
    stages = " · ".join(
        f"{stage} {cost.cpu:.1f} CPU s ({cost.seconds:.1f} s) {cost.mib:.0f} MiB"
        for stage, cost in result.costs.items()
    )
    files = sum(count for _, count in result.parts.values())
    return f"{result.reports:>6} reports · {stages} · site {result.site_mb:.1f} MB in {files} files"


def tables(results: Sequence[Result]) -> str:
    """Everything measured as Markdown: budgets, growth, parts of the site, weights.

    Args:
        results: as ``run`` gives them; of start-up alone there is nothing to tell.
    """
    if len(results) < 2:
        return ""
    last = results[-1]
    return "\n\n".join(
        _table(head, rows)
        for head, rows in (
            (("budget", "at most", f"measured, {last.reports}", f"at {LARGE}", ""), _budgets(results)),
            (("stage", *(f"{one.reports}: CPU s, MiB" for one in results), "growth"), _growth(results)),
            (("part of the site", "MB", "files"), _parts(last)),
            (("page", "largest HTML, KB", "over the wire, KB"), _weights(last)),
        )
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _budgets(results: Sequence[Result]) -> list[list[str]]:
    first, last = results[0], results[-1]
    rows = []
    for budget in BUDGETS:
        base, value = budget.of(first), budget.of(last)
        if value is None:
            rows.append([budget.words, f"{budget.most:g}", "–", "–", "没有测 not measured"])
            continue
        there = value
        if budget.grows and base is not None:
            there = base + (value - base) * (LARGE - first.reports) / (last.reports - first.reports)
        met = "达到 met" if there <= budget.most else "**没有达到 not met**"
        rows.append([budget.words, f"{budget.most:g}", f"{value:.1f}", f"{there:.0f}", met])
    return rows


def _growth(results: Sequence[Result]) -> list[list[str]]:
    """How work grows from the second size to the last, start-up taken off: 1.0 is linear."""
    first, small, last = results[0], results[1], results[-1]
    rows = []
    for stage in last.costs:
        shown = [f"{one.costs[stage].cpu:.1f}, {one.costs[stage].mib:.0f}" for one in results]
        before, after = (one.costs[stage].cpu - first.costs[stage].cpu for one in (small, last))
        linear = last.reports / small.reports
        rows.append(
            [stage, *shown, f"{after / before / linear:.2f}" if small is not last and before > 1 else "–"]
        )
    return rows


def _parts(result: Result) -> list[list[str]]:
    ordered = sorted(result.parts.items(), key=lambda item: (-item[1][0], item[0]))
    return [[part, f"{size / 1e6:.1f}", str(count)] for part, (size, count) in ordered if size > 50_000]


def _weights(result: Result) -> list[list[str]]:
    wire: Mapping[str, float] = result.wire
    kinds = [*result.largest, *(kind for kind in wire if kind not in result.largest)]
    return [
        [
            kind,
            f"{result.largest[kind] / 1000:.0f}" if kind in result.largest else "",
            f"{wire[kind]:.0f}" if kind in wire else "",
        ]
        for kind in sorted(kinds)
    ]
