"""What a difference between two packages asks for: the level, the next version, the changelog, the feed."""

import copy
import hashlib
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.archive.sources import agencies
from pipeline.cli.commands import main
from pipeline.filing.read_all import read_all
from pipeline.model.findings import PipelineError
from pipeline.package.rows import Tables, make_tables
from pipeline.package.write import write_package
from pipeline.published.changelog import changes_markdown
from pipeline.published.diff import compare
from pipeline.published.distributions.write import write_catalogues, write_distributions
from pipeline.published.feed import atom, entries, feeds
from pipeline.published.reader import Published, open_package
from pipeline.published.releases import (
    Correction,
    Release,
    next_version,
    read_history,
    release,
    with_release,
)
from tests.five import copy_five

Change = Callable[[Tables], object]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    reports = copy_five(tmp_path_factory.mktemp("five") / "reports")
    return make_tables(agencies(reports), read_all(reports))


@pytest.fixture(scope="module")
def old(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Published:
    folder = tmp_path_factory.mktemp("old")
    write_package(tables, folder)
    return open_package(folder)


@pytest.fixture
def new(tables: Tables, tmp_path: Path) -> Callable[[Change], Published]:
    def make(change: Change) -> Published:
        changed = copy.deepcopy(tables)
        change(changed)
        write_package(changed, tmp_path)
        return open_package(tmp_path)

    return make


@pytest.fixture
def described(old: Published, tmp_path: Path) -> Callable[[Callable[[Any], object]], Published]:
    """The old package with its descriptor changed; the rows may no longer fit, and are not read again."""

    def make(change: Callable[[Any], object]) -> Published:
        found = json.loads(json.dumps(old.descriptor.raw))
        change({r["name"]: r for r in found["resources"]} | {"": found})
        for path in (old.place / "data").iterdir():
            target = tmp_path / "data" / path.name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
        for entry in found["resources"]:
            lines = (tmp_path / entry["path"]).read_text(encoding="utf-8").split("\n", 1)
            names = [field["name"] for field in entry["schema"]["fields"]]
            if names != lines[0].split(","):
                (tmp_path / entry["path"]).write_text(",".join(names) + "\n", encoding="utf-8")
        (tmp_path / "datapackage.json").write_text(json.dumps(found), encoding="utf-8")
        return open_package(tmp_path)

    return make


def total(tables: Tables, value: str) -> None:
    row = next(
        r for r in tables["requests"] if r["report_id"] == "370725-housing-2023" and r["item"] == "granted"
    )
    row["total"] = value


def one_more_report(tables: Tables) -> None:
    row = dict(tables["reports"][0])
    tables["reports"].insert(1, row | {"report_id": "370725-housing-2024", "year": "2024"})


def one_report_less(tables: Tables) -> None:
    gone = tables["reports"].pop()["report_id"]
    for name, rows in tables.items():
        if name != "reports":
            tables[name] = [row for row in rows if row.get("report_id") != gone]


def test_two_equal_packages_do_not_differ(old: Published, new: Callable[[Change], Published]) -> None:
    found = compare(old, new(lambda _: None))
    assert (found.level, found.changes) == ("none", ())


def test_a_changed_figure_is_a_patch_and_is_told(old: Published, new: Callable[[Change], Published]) -> None:
    changed = new(lambda tables: total(tables, "7"))
    found = compare(old, changed)
    assert found.level == "patch"
    (change,) = found.changes
    assert (change.table, change.key, change.column) == (
        "requests",
        ("370725-housing-2023", "granted"),
        "total",
    )
    text = changes_markdown(found, old, changed)
    assert "0.1.0 → 0.1.1" in text
    assert (
        f"昌乐县住房和城乡建设局 2023（370725-housing-2023） `requests/granted/total`: {change.before} → 7"
        in text
    )


def test_a_figure_found_in_another_place_is_no_correction(
    old: Published, new: Callable[[Change], Published]
) -> None:
    def change(tables: Tables) -> None:
        for row in tables["requests"]:
            row["place"] = f"{row['place']}, again"

    changed = new(change)
    found = compare(old, changed)
    assert (found.level, found.figures) == ("patch", ())
    assert release(found, "2025-01-02").corrected == ()
    text = changes_markdown(found, old, changed)
    assert "更正数字" not in text
    assert f"`requests`：改动值 {len(found.changes)}" in text


def test_a_release_keeps_each_changed_figure_before_and_after(
    old: Published, new: Callable[[Change], Published], tmp_path: Path
) -> None:
    def change(tables: Tables) -> None:
        total(tables, "")
        row = next(row for row in tables["proactive"] if row["report_id"] == "511900-housing-2022")
        row["value"] = "77"

    found = compare(old, new(change))
    made = release(found, "2025-01-02")
    assert made.corrected == ("370725-housing-2023", "511900-housing-2022")
    told = {(c.report, c.cell): (c.before, c.after) for c in made.changes}
    assert told["370725-housing-2023", "requests/granted/total"] == ("20", "")
    (cell,) = [cell for report, cell in told if report == "511900-housing-2022"]
    assert cell.startswith("proactive/")
    assert not cell.endswith("/value")
    (tmp_path / "versions.yml").write_text(with_release((Release("0.1.0", "2024-01-01"),), made), "utf-8")
    assert read_history(tmp_path) == (made, Release("0.1.0", "2024-01-01"))


def test_a_figure_that_goes_is_told_as_empty(old: Published, new: Callable[[Change], Published]) -> None:
    changed = new(lambda tables: total(tables, ""))
    assert "→ （空） (empty)" in changes_markdown(compare(old, changed), old, changed)


def test_an_added_report_is_minor(old: Published, new: Callable[[Change], Published]) -> None:
    changed = new(one_more_report)
    found = compare(old, changed)
    assert found.level == "minor"
    assert "新增报告 · *Reports added*（1）" in changes_markdown(found, old, changed)
    made = release(found, "2025-01-02")
    assert (made.version, made.added, made.corrected) == ("0.2.0", ("370725-housing-2024",), ())


def test_a_removed_report_is_major_and_its_rows_need_no_line_each(
    old: Published, new: Callable[[Change], Published]
) -> None:
    changed = new(one_report_less)
    found = compare(old, changed)
    assert (found.level, next_version("0.1.0", found.level)) == ("major", "1.0.0")
    text = changes_markdown(found, old, changed)
    assert text.count("511900-housing-2022") == 1


def test_a_finding_that_goes_is_counted_as_a_correction(
    old: Published, new: Callable[[Change], Published]
) -> None:
    changed = new(lambda tables: tables["findings"].pop())
    found = compare(old, changed)
    assert found.level == "patch"
    assert "`findings`：删去行 1" in changes_markdown(found, old, changed)


def test_another_formula_of_an_indicator_is_major(old: Published, new: Callable[[Change], Published]) -> None:
    def change(tables: Tables) -> None:
        tables["indicator_definitions"][0]["denominator"] = "requests/new_received"

    assert compare(old, new(change)).level == "major"


def fields(resource: Any) -> list[Any]:
    found: list[Any] = resource["schema"]["fields"]
    return found


def field(resource: Any, name: str) -> Any:
    return next(f for f in fields(resource) if f["name"] == name)


EXTRA = {"name": "extra", "type": "string", "title": "甲", "title_en": "A"}


@pytest.mark.parametrize(
    ("level", "kind", "change"),
    [
        pytest.param(level, kind, change, id=f"{number}-{kind}")
        for number, (level, kind, change) in enumerate(
            [
                ("major", "table_removed", lambda d: d[""]["resources"].remove(d["findings"])),
                ("minor", "column_added", lambda d: fields(d["checks"]).append(EXTRA)),
                ("major", "column_inserted", lambda d: fields(d["checks"]).insert(0, EXTRA)),
                ("major", "column_removed", lambda d: fields(d["checks"]).pop()),
                ("major", "column_removed", lambda d: field(d["checks"], "held").update(name="hold")),
                ("major", "columns_reordered", lambda d: fields(d["checks"]).reverse()),
                ("major", "column_redefined", lambda d: field(d["checks"], "held").update(type="number")),
                ("major", "column_redefined", lambda d: field(d["requests"], "total").update(unit="项")),
                (
                    "major",
                    "column_redefined",
                    lambda d: field(d["checks"], "held")["constraints"].update(minimum=1),
                ),
                (
                    "minor",
                    "column_redefined",
                    lambda d: field(d["checks"], "held")["constraints"].pop("minimum"),
                ),
                (
                    "major",
                    "column_redefined",
                    lambda d: field(d["reports"], "scope")["constraints"]["enum"].pop(),
                ),
                (
                    "minor",
                    "column_redefined",
                    lambda d: field(d["reports"], "scope")["constraints"]["enum"].append("x"),
                ),
                (
                    "major",
                    "column_redefined",
                    lambda d: (
                        field(d["reports"], "title")["constraints"].update(required=True)
                        if "constraints" in field(d["reports"], "title")
                        else field(d["reports"], "title").update(constraints={"required": True})
                    ),
                ),
                (
                    "patch",
                    "column_reworded",
                    lambda d: field(d["checks"], "held").update(description="别的话"),
                ),
                ("major", "table_redefined", lambda d: d["checks"]["schema"].update(primaryKey=["rule_id"])),
                (
                    "major",
                    "table_redefined",
                    lambda d: d["checks"]["schema"].update(missingValues=[{"value": "-"}]),
                ),
            ]
        )
    ],
)
def test_a_change_of_structure_has_its_level(
    old: Published,
    described: Callable[[Callable[[Any], object]], Published],
    level: str,
    kind: str,
    change: Callable[[Any], object],
) -> None:
    found = [one for one in compare(old, described(change)).changes if one.kind == kind]
    assert found
    assert {one.level for one in found} == {level}


def test_a_new_table_is_minor(
    old: Published, described: Callable[[Callable[[Any], object]], Published]
) -> None:
    smaller = described(lambda d: d[""]["resources"].remove(d["findings"]))
    assert [(c.level, c.kind, c.table) for c in compare(smaller, old).changes] == [
        ("minor", "table_added", "findings")
    ]


def test_another_label_of_the_missing_value_redefines_nothing(
    old: Published, described: Callable[[Callable[[Any], object]], Published]
) -> None:
    changed = described(lambda d: d["checks"]["schema"].update(missingValues=[{"value": "", "label": "无"}]))
    assert compare(old, changed).level == "none"


def test_names_from_reports_are_no_markup_in_the_changelog(
    old: Published, new: Callable[[Change], Published]
) -> None:
    def change(tables: Tables) -> None:
        tables["reports"][0]["title"] = "<img src=x onerror=alert(1)> [a](javascript:b) `c` @all"

    changed = new(change)
    text = changes_markdown(compare(old, changed), old, changed)
    assert "&lt;img" in text
    assert "\\[a\\]" in text
    assert "\\@all" in text


def test_a_zip_is_compared_like_a_folder(old: Published, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        for path in sorted(old.place.rglob("*")):
            if path.is_file():
                archive.write(path, f"inside/{path.relative_to(old.place)}")
    assert compare(open_package(tmp_path / "old.zip"), old).level == "none"


def test_the_versions_are_numbers_and_fall(tmp_path: Path) -> None:
    text = with_release(
        (Release("0.1.0", "2024-01-01"),), Release("0.2.0", "2024-02-01", "甲", "A", ("x",), ())
    )
    (tmp_path / "versions.yml").write_text(text, encoding="utf-8")
    assert [one.version for one in read_history(tmp_path)] == ["0.2.0", "0.1.0"]
    (tmp_path / "versions.yml").write_text(text.replace("0.2.0", "0.0.9"), encoding="utf-8")
    with pytest.raises(PipelineError, match="fall"):
        read_history(tmp_path)
    (tmp_path / "versions.yml").write_text(text.replace("2024-02-01", "soon"), encoding="utf-8")
    with pytest.raises(PipelineError):
        read_history(tmp_path)


def test_no_release_without_a_difference_or_a_day(old: Published, new: Callable[[Change], Published]) -> None:
    with pytest.raises(PipelineError, match="nothing differs"):
        release(compare(old, old), "2024-01-01")
    with pytest.raises(PipelineError, match="2024-01-31"):
        release(compare(old, new(one_more_report)), "tomorrow")


ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_feed_is_atom_with_stable_ids_and_dates_of_the_data(old: Published) -> None:
    feed = ET.fromstring(atom(old, (), "https://example.org/site/"))
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == 5
    assert "tag:example.org,2026:report/511900-housing-2022" in ids
    updated = {e.findtext(f"{ATOM}id"): e.findtext(f"{ATOM}updated") for e in feed.iter(f"{ATOM}entry")}
    assert updated["tag:example.org,2026:report/511900-housing-2022"] == "2023-01-30T00:00:00Z"
    assert feed.findtext(f"{ATOM}updated") == max(updated.values())
    for entry in feed.iter(f"{ATOM}entry"):
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert link.get("href", "").startswith("https://example.org/site/agencies/")


RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
KNOWN = {  # RFC 4287, 4.1.1 and 4.1.2: element → how often it may stand there
    "feed": {
        "id": (1, 1),
        "title": (1, 1),
        "updated": (1, 1),
        "author": (1, 9),
        "rights": (0, 1),
        "link": (0, 9),
    },
    "entry": {"id": (1, 1), "title": (1, 1), "updated": (1, 1), "link": (1, 9), "summary": (0, 1)},
}


def faults_of_feed(text: str) -> Iterator[str]:
    """What RFC 4287 asks for and the feed does not do."""
    feed = ET.fromstring(text)
    if feed.tag != f"{ATOM}feed":
        yield "no feed"
    listed = list(feed.iter(f"{ATOM}entry"))
    for kind, elements in (("feed", [feed]), ("entry", listed)):
        for element in elements:
            names = [child.tag.removeprefix(ATOM) for child in element if child.tag != f"{ATOM}entry"]
            yield from (f"{kind}: {name}" for name in set(names) - set(KNOWN[kind]))
            for name, (least, most) in KNOWN[kind].items():
                if not least <= names.count(name) <= most:
                    yield f"{kind}: {name} stands there {names.count(name)} times"
            if not RFC3339.fullmatch(element.findtext(f"{ATOM}updated") or ""):
                yield f"{kind}: updated"
            for name in ("id", "title"):
                if not (element.findtext(f"{ATOM}{name}") or "").strip():
                    yield f"{kind}: empty {name}"
            # An entry without content leads to it by exactly one alternate link of a type and language.
            rels = [link.get("rel") for link in element.findall(f"{ATOM}link")]
            if rels.count("alternate") != 1 or not all(
                link.get("href") for link in element.findall(f"{ATOM}link")
            ):
                yield f"{kind}: links"
    ids = [element.findtext(f"{ATOM}id") or "" for element in (feed, *listed)]
    if len(set(ids)) != len(ids) or not all(re.fullmatch(r"tag:[\w.-]+,\d{4}:[!-~]+", one) for one in ids):
        yield "ids"
    if not feed.findtext(f"{ATOM}author/{ATOM}name"):
        yield "no author"


@pytest.mark.parametrize("site_url", ["", "https://example.org/site/"])
def test_the_feed_is_what_the_standard_asks_for(old: Published, site_url: str) -> None:
    history = (Release("0.1.1", "2024-05-06", "更正。", "Corrected.", (), ("511900-housing-2022",)),)
    made = dict(feeds(old, history, site_url))
    assert made["feed.xml"] == atom(old, history, site_url)
    assert [f"{path}: {fault}" for path, text in made.items() for fault in faults_of_feed(text)] == []


def test_an_agency_and_each_of_its_places_have_a_feed_of_their_own(old: Published) -> None:
    corrected = (Release("0.1.1", "2024-05-06", "更正。", "Corrected.", (), ("511900-housing-2022",)),)
    made = {path: ET.fromstring(text) for path, text in feeds(old, corrected, "")}
    expected = {
        "agencies/511900-housing/feed.xml": [
            "更正：巴中市住房和城乡建设局 2022",
            "巴中市住房和城乡建设局 2022",
        ],
        "places/510403/feed.xml": ["攀枝花市西区住房和城乡建设局 2023", "攀枝花市西区经济合作局 2023"],
    }
    for path, titles in expected.items():
        told = [entry.findtext(f"{ATOM}title") or "" for entry in made[path].iter(f"{ATOM}entry")]
        assert sorted(told) == sorted(titles)
    way = made["places/510403/feed.xml"].find(f"{ATOM}entry/{ATOM}link")
    assert way is not None
    assert way.get("href", "").startswith("../../agencies/510403-"), "from the feed, not from the site"
    assert {"places/510000/feed.xml", "places/511900/feed.xml"} <= set(made)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("<author>", "<contributor>"), "author"),
        (("T00:00:00Z", ""), "updated"),
        (("<summary>", "<subtitle>"), "subtitle"),
        (('rel="alternate"', 'rel="related"'), "links"),
        (("tag:", "tag "), "ids"),
        (("<id>", "<uri>"), "id stands there 0 times"),
    ],
)
def test_a_feed_that_breaks_the_standard_is_seen(old: Published, change: tuple[str, str], said: str) -> None:
    broken = atom(old, (), "").replace(*change)
    close = (change[0].replace("<", "</"), change[1].replace("<", "</"))
    broken = broken.replace(*close) if change[0].startswith("<") else broken
    assert any(said in fault for fault in faults_of_feed(broken))


def test_a_report_is_as_new_as_the_release_it_came_with_and_one_without_release_is_newest(
    old: Published,
) -> None:
    listed = [row["report_id"] for row in old.records("reports")]
    history = (
        Release("0.2.0", "2026-02-03", added=("511900-housing-2022",)),
        Release("0.1.0", "2026-01-02", added=tuple(one for one in listed[:3])),
    )
    days = {entry.id.rpartition("/")[2]: entry.updated for entry in entries(old, history, "")}
    assert {days[one] for one in listed[:3]} == {"2026-01-02"}
    assert days["511900-housing-2022"] == "2026-02-03"  # published in 2023, read in 2026
    (unreleased,) = set(listed) - {*listed[:3], "511900-housing-2022"}
    assert days[unreleased] == "2026-02-03"


def test_a_correction_is_an_entry_of_its_own(old: Published) -> None:
    history = (Release("0.1.1", "2024-05-06", "更正。", "Corrected.", (), ("511900-housing-2022",)),)
    wanted = "tag:localhost,2026:report/511900-housing-2022/0.1.1"
    (first,) = [entry for entry in entries(old, history, "") if entry.id == wanted]
    assert (first.updated, first.title) == ("2024-05-06", "更正：巴中市住房和城乡建设局 2022")
    change = Correction("511900-housing-2022", "requests/granted/total", "", "7")
    (told,) = [e for e in entries(old, (replace(history[0], changes=(change,)),), "") if e.id == wanted]
    assert told.summary == "0.1.1 requests/granted/total: （空） → 7"


def test_a_title_with_markup_and_control_characters_leaves_the_feed_well_formed(
    new: Callable[[Change], Published],
) -> None:
    def change(tables: Tables) -> None:
        tables["reports"][0]["title"] = "a<b>&\x0b]]>"

    ET.fromstring(atom(new(change), (), ""))


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(arguments))
    return done.exit_code, done.output


def test_the_command_diff_says_it_in_three_ways(old: Published, new: Callable[[Change], Published]) -> None:
    changed = new(lambda tables: total(tables, "7"))
    paths = (str(old.place), str(changed.place))
    code, text = run("diff", *paths)
    assert code == 0
    assert "patch" in text
    assert "370725-housing-2023/granted" in text
    found = json.loads(run("diff", *paths, "--format", "json")[1])
    assert (found["level"], found["next"], len(found["changes"])) == ("patch", "0.1.1", 1)
    assert run("diff", *paths, "--format", "markdown")[1].startswith("### 数据 · Data 0.1.0 → 0.1.1")


def test_the_command_version_writes_a_release(
    old: Published, new: Callable[[Change], Published], monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = new(one_more_report).place
    home = changed.parent / "home"
    home.mkdir()
    changed.rename(home / "datapackage")
    monkeypatch.chdir(home)
    (home / "CHANGELOG.md").write_text("# 变更\n\n先写数据。\n\n## 0.1.0\n\n甲\n", encoding="utf-8")
    code, text = run("version", "--against", str(old.place))
    assert (code, text) == (0, "0.2.0\n")
    assert not (home / "datapackage/versions.yml").exists()
    code, text = run("version", "--against", str(old.place), "--release", "2025-01-02")
    assert (code, text) == (0, "0.2.0\n")
    assert read_history(home / "datapackage")[0].version == "0.2.0"
    log = (home / "CHANGELOG.md").read_text(encoding="utf-8")
    assert log.index("## 0.2.0") < log.index("### 数据 · Data") < log.index("## 0.1.0")
    assert open_package(home / "datapackage").descriptor.version == "0.2.0"
    assert "version: 0.2.0" in (home / "CITATION.cff").read_text(encoding="utf-8")
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    code, text = run("version", "--against", str(old.place), "--release", "2025-01-02")
    assert (code, "0.2.0" in text) == (2, True)  # a second time nothing is written
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
    code, text = run("version", "--against", str(home / "nothing"))
    assert code == 2


def test_a_release_that_is_refused_leaves_every_file_as_it_was(
    old: Published, new: Callable[[Change], Published], monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = new(one_more_report).place
    home = changed.parent / "refused"
    home.mkdir()
    changed.rename(home / "datapackage")
    (home / "CHANGELOG.md").write_text("# 变更\n\n## 0.1.0\n\n甲\n", encoding="utf-8")
    monkeypatch.chdir(home)
    monkeypatch.setattr(
        "pipeline.package.write.validate", lambda folder, **more: ["requests.csv:2:total: no number"]
    )
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    code, text = run("version", "--against", str(old.place), "--release", "2025-01-02")
    assert (code, "requests.csv:2:total" in text) == (2, True)
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_every_state_has_a_version_of_its_own_and_a_release_has_its_number(
    tables: Tables, tmp_path: Path
) -> None:
    def version(change: Change) -> str:
        changed = {name: [dict(row) for row in rows] for name, rows in tables.items()}
        change(changed)
        folder = tmp_path / "package"
        write_package(changed, folder)
        return open_package(folder).descriptor.version

    first = version(lambda _: None)
    assert re.fullmatch(r"0\.1\.0\+[0-9a-f]{8}", first)
    assert version(lambda _: None) == first
    other = version(lambda changed: total(changed, "7"))
    assert other not in (first, version(one_more_report))
    made = Release("0.2.0", "2025-01-02", data=first.partition("+")[2])
    (tmp_path / "package/versions.yml").write_text(with_release((), made), "utf-8")
    assert version(lambda _: None) == "0.2.0"
    assert version(lambda changed: total(changed, "7")) == f"0.2.0+{other.partition('+')[2]}"


def test_a_version_has_an_address_with_zip_sums_and_what_changed(tables: Tables, tmp_path: Path) -> None:
    write_package(tables, tmp_path / "site/data")
    package = open_package(tmp_path / "site/data")
    write_distributions(package, tmp_path / "site")
    write_catalogues(tmp_path / "site", "https://example.org/ogi/")
    version = package.descriptor.version
    folder = tmp_path / "site/data" / version
    for line in (folder / "SHA256SUMS").read_text("ascii").splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert json.loads((folder / "diff.json").read_text("utf-8"))["version"] == version
    for alias in ("latest", "0", "0.1"):
        told = json.loads((tmp_path / "site/data" / alias / "datapackage.json").read_text("utf-8"))
        assert told["version"] == version
        assert told["resources"][0]["path"] == "https://example.org/ogi/data/data/agencies.csv"
