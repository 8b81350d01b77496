"""Seconds and peak memory of each stage on an invented corpus, each stage in a process of its own.

Never part of a test: a slow machine is no fault of the code. Ratios are printed for that reason.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.bench import synthetic

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("package", "pages", "site")
NEEDED = ("mkdocs.yml", "site_src")  # what a build needs beside the reports


def run(counts: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Measures the stages for each size of corpus, smallest first; the first result is start-up, with one report.

    Yields:
        ``{"reports", "package_s", "package_cpu_s", "package_mib", …, "page_kib", "size_mib"}``.
    """
    for count in (1, *sorted(counts)):
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            folder = Path(name)
            synthetic.write_corpus(folder / "datapackage/reports", count)
            for needed in NEEDED:
                (folder / needed).symlink_to(ROOT / needed)
            result: dict[str, Any] = {"reports": count}
            for stage in STAGES:
                result |= _measure(stage, folder)
            yield result | _sizes(folder / "build/site")
            shutil.rmtree(folder / "build")


def _measure(stage: str, folder: Path) -> dict[str, float]:
    """Seconds on the clock and of work, and peak memory (MiB) of one stage, its children included."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    pid = os.posix_spawn(
        "/bin/sh",
        [
            "/bin/sh",
            "-c",
            f'cd "$0" && exec "$1" -m pipeline {stage} 2>/dev/null',
            str(folder),
            sys.executable,
        ],
        environment,
    )
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise RuntimeError(f"stage {stage} failed on the invented corpus in {folder}")
    unit = 1024 if sys.platform.startswith("linux") else 1024 * 1024  # kilobytes on Linux, bytes on macOS
    return {
        f"{stage}_s": round(time.perf_counter() - start, 2),
        f"{stage}_cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        f"{stage}_mib": round(usage.ru_maxrss / unit, 1),
    }


def _sizes(site: Path) -> dict[str, float]:
    pages = [path.stat().st_size for path in site.glob("**/agencies/*/*/index.html")]
    total = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    return {"page_kib": round(max(pages) / 1024, 1), "size_mib": round(total / 1024**2, 1)}


def line(result: dict[str, Any]) -> str:
    """One result as a line."""
    stages = " · ".join(
        f"{stage} {result[f'{stage}_s']:6.2f} s {result[f'{stage}_mib']:5.0f} MiB" for stage in STAGES
    )
    total = sum(result[f"{stage}_s"] for stage in STAGES)
    return (
        f"{result['reports']:>6} reports · {stages} · all {total:6.2f} s"
        f" · largest report page {result['page_kib']} KiB · {result['size_mib']} MiB to publish"
    )


def growth(results: Sequence[dict[str, Any]]) -> str:
    """How work grows from the second size to the last, start-up (one report) taken off.

    Of the processors' seconds and not of the clock's, which tell what else the machine does.
    """
    base, small, large = results[0], results[1], results[-1]
    if small is large:
        return ""
    ratios = []
    for stage in STAGES:
        before, after = (result[f"{stage}_cpu_s"] - base[f"{stage}_cpu_s"] for result in (small, large))
        ratios.append(f"{stage} ×{after / before:.1f}" if before > 0.05 else f"{stage} too fast to tell")
    return f"{small['reports']} → {large['reports']} reports, work without start-up: {' · '.join(ratios)}"
