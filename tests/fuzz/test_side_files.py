"""Damaged .yml files, descriptors and CSVs: read, or refused with words; never anything else."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.archive.sources import sources
from pipeline.filing import inbox
from pipeline.knowledge.settings import read_settings
from pipeline.model.findings import PipelineError
from pipeline.package.validate import validate
from pipeline.published.package import read_package
from pipeline.published.releases import read_history
from tests.fuzz.inputs import ROOT, corpus, damaged, kept, share

PACKAGE = ROOT / "datapackage"
AGENCY = "511900-housing"
REPORT = (PACKAGE / f"reports/{AGENCY}/2022.txt").read_bytes()
YML_WORDS = [
    *(b"corrections:\n", b"transcription:\n", b"  - {cell: a/b/c, raw: '1', value: 2}\n", b"2024-13-45", b".nan", b"1e400"),
    *(b"&a [*a]", b"!!python/object:x {}", b"? {}\n", b"null", b"~", b"[]", b"{}", b": ", b"- ", b"\t", b"'", b'"', b"|", b">"),
    *(b"former_names: 5\n", b"level: Prefecture\n", b"0x1F", b"010", b"yes", b"2024-01-31 10:00:00", b"\x00", b"\xff", b"\r"),
    *("\u200b".encode(), "\u202e".encode(), "\ufeff".encode(), b"<<: *a", b"%YAML 1.1\n---\n", b"...\n", b"---\n", b"9" * 5000),
]  # fmt: skip
JSON_WORDS = [
    *(b"null", b"[]", b"{}", b"1e400", b"NaN", b'""', b"true", b'"type": "any"', b'"path": "../../x"', b'"path": ["a"]', b"-1"),
    *(b'"name": "requests"', b'"fields": []', b'"primaryKey": ["x"]', b'"foreignKeys": {}', b",", b"[" * 500, b"\\ud800"),
]  # fmt: skip
CSV_WORDS = [
    b",",
    b'"',
    b"\n",
    b"\r\n",
    b"\x00",
    b"\xff",
    b"=1+1",
    "\u202e".encode(),
    b'"\n"',
    b"-1",
    b"1e9",
    b" ",
    b"x" * 9000,
]


def tried(target: str, name: str, data: bytes, read: Callable[[bytes], object]) -> None:
    with kept(target, name, data):
        try:
            read(data)
        except PipelineError as refused:
            if not (refused.zh and refused.en):
                raise AssertionError("refused without words") from refused


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        yield Path(name)


def read_report_yml(data: bytes, *, name: str = "2022.yml") -> None:
    with folder() as here:
        shutil.copytree(PACKAGE / "reports" / AGENCY, here / AGENCY)
        (here / AGENCY / name).write_bytes(data)
        list(sources(here))


def read_agency_yml(data: bytes) -> None:
    read_report_yml(data, name="agency.yml")


def read_site_yml(data: bytes) -> None:
    with folder() as here:
        (here / "site.yml").write_bytes(data)
        read_settings(here / "site.yml")


def read_versions_yml(data: bytes) -> None:
    with folder() as here:
        (here / "versions.yml").write_bytes(data)
        read_history(here)


def read_inbox_yml(data: bytes) -> None:
    with folder() as here:
        (here / "inbox").mkdir()
        (here / "inbox/a.txt").write_bytes(REPORT)
        (here / "inbox/a.yml").write_bytes(data)
        (entry,) = inbox.file_inbox(here)
        assert entry.finding is None or entry.finding.code != "X001", entry.finding


YML: dict[str, tuple[Callable[[bytes], None], list[bytes]]] = {
    "report": (
        read_report_yml,
        [path.read_bytes() for path in sorted(PACKAGE.glob("reports/*/20*.yml"))]
        + [
            b"source_url: https://a.example/x\nretrieved: 2024-01-31\ncorrections:\n  - cell: requests/new_received/total\n"
            b"    raw: '1O'\n    value: 10\n    reason: letter O\n    by: LW\n    date: 2024-02-01\n"
        ],
    ),
    "agency": (read_agency_yml, [path.read_bytes() for path in sorted(PACKAGE.glob("reports/*/agency.yml"))]),
    "site": (read_site_yml, [(ROOT / "site.yml").read_bytes()]),
    "versions": (read_versions_yml, [(PACKAGE / "versions.yml").read_bytes()]),
    "inbox": (
        read_inbox_yml,
        ["agency: 511900-housing\nname: 巴中市住房和城乡建设局\nyear: 2022\nreplace: true\n".encode()],
    ),
}


def test_what_once_broke_a_yml() -> None:
    for target, (read, _) in YML.items():
        for path in corpus(f"yml-{target}"):
            tried(f"yml-{target}", path.name, path.read_bytes(), read)


@share(0.112)
@given(st.sampled_from(["report", "agency", "site", "versions"]), st.data())
def test_damaged_yml(target: str, data: st.DataObject) -> None:
    read, originals = YML[target]
    tried(f"yml-{target}", "x.yml", data.draw(damaged(originals, YML_WORDS)), read)


@share(0.03)
@given(st.data())
def test_damaged_yml_beside_a_file_of_the_inbox(data: st.DataObject) -> None:
    read, originals = YML["inbox"]
    tried("yml-inbox", "x.yml", data.draw(damaged(originals, YML_WORDS)), read)


@contextmanager
def package_with(path: str, data: bytes) -> Iterator[Path]:
    """The published package with one file of it replaced."""
    with folder() as here:
        (here / "data").mkdir()
        for file in (PACKAGE / "datapackage.json", *(PACKAGE / "data").glob("*.csv")):
            (here / file.relative_to(PACKAGE)).symlink_to(file)
        (here / path).unlink()
        (here / path).write_bytes(data)
        yield here


def read_package_with(path: str, data: bytes) -> None:
    with package_with(path, data) as here:
        read_package(here)


def validate_package_with(path: str, data: bytes) -> None:
    with package_with(path, data) as here:
        for problem in validate(here):
            assert str(problem)


TABLES = sorted(path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / "data").glob("*.csv"))
SMALL = [path for path in TABLES if (PACKAGE / path).stat().st_size < 20_000]


@share(0.03)
@given(st.data())
def test_a_damaged_descriptor_is_read_or_refused(data: st.DataObject) -> None:
    original = (PACKAGE / "datapackage.json").read_bytes()
    drawn = data.draw(damaged([original], JSON_WORDS))
    tried("descriptor", "x.json", drawn, lambda drawn: read_package_with("datapackage.json", drawn))


@share(0.04)
@given(st.sampled_from(TABLES), st.data())
def test_a_damaged_table_is_read_or_refused(path: str, data: st.DataObject) -> None:
    drawn = data.draw(damaged([(PACKAGE / path).read_bytes()], CSV_WORDS))
    tried("tables", Path(path).name, drawn, lambda drawn: read_package_with(path, drawn))


@share(0.003)
@given(st.sampled_from(["datapackage.json", *SMALL]), st.data())
def test_a_damaged_package_is_judged(path: str, data: st.DataObject) -> None:
    words = JSON_WORDS if path.endswith("json") else CSV_WORDS
    drawn = data.draw(damaged([(PACKAGE / path).read_bytes()], words))
    tried("validate", Path(path).name, drawn, lambda drawn: validate_package_with(path, drawn))
