"""A cluster's workers read, check and make rows: the same bytes, also when one is killed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from distributed import Client, LocalCluster

from pipeline.archive.sources import agencies, sources
from pipeline.bench.corpus import write_corpus
from pipeline.cli import build, cluster
from pipeline.cli.group import crews, main
from pipeline.filing import read_all as reading
from pipeline.filing.read_all import pack_each, read_all
from pipeline.filing.shelf import shelved
from pipeline.model.findings import PipelineError
from pipeline.package import parts
from pipeline.package.rows import make_tables
from pipeline.package.write import write_package


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local:
        yield local.scheduler_address


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def kill_one(address: str) -> int:
    """The worker that is told first, and with it what it was doing and what it had done and not yet handed over."""
    with Client(address, set_as_default=False) as client:
        worker = min(client.run(os.getpid).values())
    os.kill(worker, signal.SIGKILL)
    return worker


def test_what_a_killed_worker_had_is_done_again(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = tmp_path / "reports"
    write_corpus(reports, 27, formats={"txt": 1}, jobs=1)
    filed = list(sources(reports))
    write_package(make_tables(agencies(reports), read_all(reports)), tmp_path / "here")
    monkeypatch.setattr(reading, "BATCH", 1)
    monkeypatch.setattr(parts, "LARGE", 1)
    killed = []

    def progress(done: int, total: int) -> None:
        if done == 3:
            killed.append(kill_one(address))

    crew = crews(scheduler=address)
    with crew(len(filed)) as at_work, shelved(pack_each(filed, at_work, progress=progress)) as read:
        assert killed
        build.write_learned(read, tuple(agencies(reports)), tmp_path / "there", crew)
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


def test_workers_with_another_pipeline_are_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "pipeline_version", lambda: "another")
    with (
        pytest.raises(PipelineError, match="have not the pipeline of this machine"),
        crews(scheduler=address)(1),
    ):
        pass


def test_an_address_without_a_cluster_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_corpus(tmp_path / "datapackage/reports", 1, formats={"txt": 1}, jobs=1)
    done = CliRunner().invoke(main, ["package", "--scheduler", "nobody"])
    assert done.exit_code == 2
    assert "no Dask cluster answers at nobody" in done.output
    assert not (tmp_path / "datapackage/data").exists()
