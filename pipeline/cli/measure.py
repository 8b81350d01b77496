"""How fast and how right the pipeline is."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from pipeline.bench import accuracy, scans
from pipeline.bench import speed as benchmarks
from pipeline.cli.group import (
    friendly,
    main,
)


@main.command()
@click.argument("what", type=click.Choice(["speed", "package", "accuracy", "scans"]), default="speed")
@click.option("--reports", "counts", type=int, multiple=True, help="报告份数 · corpus sizes")
@click.option("--seed", type=int, default=1, help="读数测试的种子 · accuracy, scans: the seed")
@click.option("--json", "as_json", is_flag=True)
@friendly
def bench(what: str, counts: tuple[int, ...], seed: int, as_json: bool) -> None:
    """用假想的数据测速度和内存，或者测读数是否正确。 Measures speed and memory, or how right the reading is."""
    if what == "accuracy":
        sys.exit(0 if accuracy.report(sum(counts) or 2000, seed, click.echo) else 1)
    if what == "scans":
        sys.exit(0 if scans.report(sum(counts) or 300, seed, click.echo) else 1)
    results = []
    for result in benchmarks.run(counts or (300, 1000), site=what == "speed"):
        results.append(result)
        click.echo(benchmarks.line(result), err=True)
    click.echo(
        json.dumps([asdict(result) for result in results], indent=2)
        if as_json
        else benchmarks.tables(results)
    )
