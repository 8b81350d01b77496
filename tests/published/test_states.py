"""Two publishes, one after the other: what was published first stays at the address of its version, byte for byte."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.archive.sources import agencies
from pipeline.cli.commands import main
from pipeline.filing.read_all import read_all
from pipeline.package.rows import Tables, make_tables
from pipeline.package.write import write_package
from pipeline.published import states
from pipeline.published.distributions.write import write_catalogues, write_distributions
from pipeline.published.reader import open_package
from pipeline.site import pinned
from tests.five import copy_five

Serve = Callable[[Path], str]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    reports = copy_five(tmp_path_factory.mktemp("five") / "reports")
    return make_tables(agencies(reports), read_all(reports))


def publish(tables: Tables, site: Path, **more: Any) -> str:
    """What the workflow's step does after the pages: the package, its forms, its catalogues; gives the version."""
    write_package(tables, site / "data")
    write_distributions(open_package(site / "data"), site)
    write_catalogues(site, "https://example.org/ogi/", **more)
    (site / "index.html").write_text("<!doctype html><title>x</title>")
    return open_package(site / "data").descriptor.version


def corrected(tables: Tables) -> Tables:
    changed = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    row = next(r for r in changed["requests"] if r["item"] == "granted")
    row["total"] = str(int(row["total"]) + 7)
    return changed


def carry(address: str, target: Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["carry", address, str(target)])
    return done.exit_code, done.output


def listed(site: Path) -> list[Any]:
    found: list[Any] = json.loads((site / "data/versions/states.json").read_text("utf-8"))["states"]
    return found


@pytest.fixture
def first(tables: Tables, tmp_path: Path) -> Path:
    pin = (tmp_path / "repository/raw/abc/datapackage").as_uri() + "/"
    publish(tables, tmp_path / "first", pinned=pin)
    return tmp_path / "first"


def test_the_second_publish_keeps_the_first_and_says_what_changed(
    tables: Tables, first: Path, tmp_path: Path, serve: Serve
) -> None:
    (one,) = listed(first)
    was = one["version"]
    before = {p.name: p.read_bytes() for p in (first / "data" / was).iterdir()}
    assert set(before) == {"ogi-annual-reports.zip", "SHA256SUMS", "diff.json", "datapackage.json"}
    code, said = carry(f"{serve(first)}/", tmp_path / "earlier")
    assert (code, "1" in said) == (0, True)
    second = tmp_path / "second"
    now = publish(corrected(tables), second, earlier=tmp_path / "earlier")
    assert now != was
    assert {p.name: p.read_bytes() for p in (second / "data" / was).iterdir()} == before
    assert [(s["version"], s["previous"]) for s in listed(second)] == [(now, was), (was, "")]
    for state in listed(second):
        for file in state["files"]:
            path = second / "data" / state["version"] / file["name"]
            assert hashlib.sha256(path.read_bytes()).hexdigest() == file["sha256"]
    told = json.loads((second / "data" / now / "diff.json").read_text("utf-8"))
    assert told["previous"] == was
    figures = [c for c in told["changes"] if c["table"] == "requests"]
    assert [(c["kind"], c["column"], int(c["after"]) - int(c["before"])) for c in figures] == [
        ("value_changed", "total", 7)
    ]
    for name in ("latest", "0", "0.1"):
        found = json.loads((second / "data" / name / "datapackage.json").read_text("utf-8"))
        assert found["version"] == now
        assert found["resources"][0]["path"] == "https://example.org/ogi/data/data/agencies.csv"
    # A third publish of the same data, by newer code that packs otherwise: what is published stays as it is.
    archive = (second / "data" / now / "ogi-annual-reports.zip").read_bytes()
    assert carry(f"{serve(second)}/", tmp_path / "earlier")[0] == 0
    third = tmp_path / "third"
    shutil.copytree(second / "data/data", third / "data/data")
    shutil.copyfile(second / "data/datapackage.json", third / "data/datapackage.json")
    (third / "data/ogi-annual-reports.zip").write_bytes(b"packed otherwise")
    write_catalogues(third, "https://example.org/ogi/", earlier=tmp_path / "earlier")
    assert [s["version"] for s in listed(third)] == [now, was]
    assert (third / "data" / now / "ogi-annual-reports.zip").read_bytes() == archive


def test_the_descriptor_of_a_version_loads_the_data_of_that_version(first: Path, tmp_path: Path) -> None:
    """Its addresses lie at a commit, here a folder, which no later publish changes."""
    (one,) = listed(first)
    shutil.copytree(first / "data/data", tmp_path / "repository/raw/abc/datapackage/data")
    raw = json.loads((first / "data" / one["version"] / "datapackage.json").read_text("utf-8"))
    for entry in raw["resources"]:
        file = Path(entry["path"].removeprefix("file://"))
        assert f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}" == entry["hash"]


def test_nothing_is_published_where_a_state_would_be_lost(first: Path, tmp_path: Path, serve: Serve) -> None:
    earlier, address = tmp_path / "earlier", serve(first)
    assert carry(f"{address}/nothing/", earlier) == (0, "以前的版本 earlier states: 0\n")
    assert carry(f"{address}/", earlier)[0] == 0
    kept = sorted(p.name for p in earlier.rglob("*"))
    (one,) = listed(first)
    archive = first / "data" / one["version"] / "ogi-annual-reports.zip"
    whole = archive.read_bytes()
    for damaged in (whole[:-1], whole + b"x", b"\0" + whole[1:]):
        archive.write_bytes(damaged)
        code, said = carry(f"{address}/", earlier)
        assert (code, one["version"] in said, archive.name in said) == (2, True, True)
    archive.write_bytes(whole)
    index = first / "data/versions/states.json"
    text = index.read_text("utf-8")
    for wrong in ("{", text.replace("diff.json", "../../x"), text.replace(one["version"], "../up"), "[]"):
        index.write_text(wrong, "utf-8")
        assert carry(f"{address}/", earlier)[0] == 2
    index.unlink()
    code, said = carry(f"{address}/", earlier)
    assert (code, "nothing was published before" in said) == (2, True)
    assert carry("http://127.0.0.1:9/", earlier)[0] == 2
    assert sorted(p.name for p in earlier.rglob("*")) == kept  # what was fetched before is still there


def test_zips_that_the_site_has_no_room_for_are_named_where_their_release_has_them(
    tables: Tables, first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = first / "data/versions/states.json"
    (one,) = listed(first)
    index.write_text(index.read_text("utf-8").replace(one["version"], "0.1.0"), "utf-8")
    (first / "data" / one["version"]).rename(first / "data/0.1.0")
    monkeypatch.setattr(states, "LARGEST_KEPT", 1000)
    second = tmp_path / "second"
    publish(corrected(tables), second, earlier=first / "data", repository="https://github.com/a/b")
    older = {file["name"]: file for file in listed(second)[1]["files"]}
    address = "https://github.com/a/b/releases/download/v0.1.0/ogi-annual-reports.zip"
    assert older["ogi-annual-reports.zip"]["address"] == address
    assert (
        older["ogi-annual-reports.zip"]["sha256"]
        == {f["name"]: f for f in one["files"]}["ogi-annual-reports.zip"]["sha256"]
    )
    assert sorted(p.name for p in (second / "data/0.1.0").iterdir()) == [
        "SHA256SUMS",
        "datapackage.json",
        "diff.json",
    ]


def test_a_filed_report_and_the_package_are_named_at_the_commit_that_has_them(tmp_path: Path) -> None:
    """In this repository itself; every commit that is named has the file."""
    descriptor, other = Path("datapackage/datapackage.json"), tmp_path / "datapackage.json"
    address = pinned.package(descriptor, "https://github.com/a/b")
    other.write_bytes(descriptor.read_bytes() + b" ")
    assert pinned.package(other, "https://github.com/a/b") == ""
    assert pinned.package(descriptor, "") == ""
    named = {path for path in pinned.filed() if path.endswith("2022.txt")}
    assert "datapackage/reports/511900-housing/2022.txt" in named
    assert all(pinned.COMMIT.fullmatch(commit) for commit in pinned.filed().values())
    assert not address or pinned.COMMIT.fullmatch(address.split("/")[-3])
