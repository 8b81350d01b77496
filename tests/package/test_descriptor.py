"""The descriptor: all of the standard's properties, and each fault that one of the three judges must find."""

import csv
import hashlib
import io
import json
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import knowledge
from pipeline.model.findings import PipelineError
from pipeline.package import judge, schema, validate
from pipeline.package.csv_file import Written
from pipeline.package.descriptor import Problem, scrutinise

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "datapackage"
PROFILES = ROOT / "pipeline/knowledge/profiles"
Descriptor = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(PACKAGE / "data", tmp_path / "data")
    shutil.copyfile(PACKAGE / "datapackage.json", tmp_path / "datapackage.json")
    return tmp_path


@pytest.fixture
def descriptor() -> Descriptor:
    found: Descriptor = json.loads((PACKAGE / "datapackage.json").read_text(encoding="utf-8"))
    return found


def rewrite(folder: Path, change: Callable[[Descriptor], object]) -> list[Problem]:
    """What the judges of descriptors say of a changed one; ``validate`` asks them first."""
    found = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    change(found)
    return list(validate._by_the_standard(found)) or list(scrutinise(found))


def resource(found: Descriptor, name: str) -> Descriptor:
    return next(r for r in found["resources"] if r["name"] == name)


def field(found: Descriptor, table: str, name: str) -> Descriptor:
    return next(f for f in resource(found, table)["schema"]["fields"] if f["name"] == name)


def numbered(*cases: tuple[Any, ...]) -> list[Any]:
    """Cases with ids of their own: several break the same place."""
    return [pytest.param(*case, id=f"{number}-{case[0]}") for number, case in enumerate(cases)]


def test_the_committed_package_has_no_fault() -> None:
    assert validate.validate(PACKAGE) == []


def test_every_property_of_the_standard_is_there(descriptor: Descriptor) -> None:
    assert descriptor["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert set(descriptor) >= {
        *("name", "id", "title", "title_en", "description", "version", "created", "keywords", "licenses"),
        *("contributors", "sources", "temporal", "spatial", "languages"),
    }
    assert set(descriptor["spatial"]["places"]) >= {"四川省", "山东省", "河南省"}
    for entry in descriptor["resources"]:
        data = (PACKAGE / entry["path"]).read_bytes()
        assert (entry["bytes"], entry["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
        assert (entry["encoding"], entry["format"], entry["mediatype"]) == ("utf-8", "csv", "text/csv")
        for one in entry["schema"]["fields"]:
            assert one["example"], f"{entry['name']}.{one['name']}"
            assert (one["type"] in ("integer", "number")) <= bool(one.get("unit")), (
                f"{entry['name']}.{one['name']}"
            )


def test_the_id_is_the_same_for_every_version_and_another_for_a_fork(descriptor: Descriptor) -> None:
    assert descriptor["id"] == schema._id(descriptor["name"], descriptor["contributors"][0]["title"])
    assert uuid.UUID(descriptor["id"]).version == 5
    assert schema._id("other-reports", descriptor["contributors"][0]["title"]) != descriptor["id"]


def test_no_homepage_is_invented(descriptor: Descriptor) -> None:
    assert "homepage" not in descriptor


def test_a_report_whose_address_is_known_is_a_source_and_no_other() -> None:
    rows = [
        {"year": "2023", "title": "甲", "report_id": "a", "source_url": url}
        for url in ("https://www.example.gov.cn/1.html", "", "javascript:alert(1)", "https://a b")
    ]
    tables = {"reports": rows, "agencies": []}
    files = dict.fromkeys(schema.resources(), Written("x.csv", 0, "0" * 64, 0, {}))
    made = schema.descriptor(files, tables)
    found = {r["name"]: r.get("sources") for r in made["resources"]}
    assert found["reports"] == [{"title": "甲", "path": "https://www.example.gov.cn/1.html"}]
    assert {name for name, sources in found.items() if sources} == {"reports"}


def test_the_version_is_that_of_the_newest_release(descriptor: Descriptor) -> None:
    newest = yaml.safe_load((PACKAGE / "versions.yml").read_text(encoding="utf-8"))[0]
    assert descriptor["version"].partition("+")[0] == newest["version"]
    assert descriptor["created"][:10] >= newest["date"]


@pytest.mark.parametrize(
    "entry", yaml.safe_load((PROFILES / "profiles.yml").read_text("utf-8")), ids=lambda e: e["file"]
)
def test_a_profile_is_the_one_described(entry: dict[str, str]) -> None:
    assert hashlib.sha256((PROFILES / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert entry["licence"] in (PROFILES / entry["licence_file"]).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("place", "change"),
    numbered(
        # the standard's own JSON Schemas
        ("resources[0].path", lambda d: d["resources"][0].update(path=["a.csv", 3])),
        ("keywords", lambda d: d.update(keywords="政府")),
        ("licenses[0]", lambda d: d.update(licenses=[{"title": "no name"}])),
        ("fields", lambda d: d["resources"][0]["schema"].update(fields=[])),
        ("resources[3].schema.fields[8].example", lambda d: field(d, "requests", "total").update(example=12)),
        ("resources[3].schema.fields[8].type", lambda d: field(d, "requests", "total").update(type="nummer")),
        ("missingValues", lambda d: resource(d, "requests")["schema"].update(missingValues=[{"label": "x"}])),
        # what frictionless and the JSON Schemas accept without looking
        ("$schema", lambda d: d.pop("$schema")),
        ("licences", lambda d: d.update(licences=[])),
        ("version", lambda d: d.update(version="1.0")),
        ("name", lambda d: d.update(name="ogi-2023")),
        ("title_en", lambda d: d.pop("title_en")),
        ("id", lambda d: d.pop("id")),
        ("requests.total.typ", lambda d: field(d, "requests", "total").update(typ="number")),
        ("requests.total.description_en", lambda d: field(d, "requests", "total").pop("description_en")),
        ("requests.total.unit", lambda d: field(d, "requests", "total").pop("unit")),
        ("requests.total.example", lambda d: field(d, "requests", "total").pop("example")),
        ("reports.report_id.example", lambda d: field(d, "reports", "report_id").update(example="x")),
        ("reports.scope.example", lambda d: field(d, "reports", "scope").update(example="nobody")),
        ("reports.scope.categories", lambda d: field(d, "reports", "scope")["categories"].pop()),
        ("reports.scope.categories", lambda d: field(d, "reports", "scope")["categories"].reverse()),
        ("reports.scope.categories", lambda d: field(d, "reports", "scope").pop("categories")),
        ("requests.report_id", lambda d: field(d, "requests", "report_id")["constraints"].pop("required")),
        ("reports.uniqueKeys", lambda d: resource(d, "reports")["schema"].update(uniqueKeys=[["agency"]])),
        (
            "requests.foreignKeys",
            lambda d: resource(d, "requests")["schema"]["foreignKeys"][0]["reference"].update(fields=["id"]),
        ),
        ("requests.encoding", lambda d: resource(d, "requests").pop("encoding")),
        ("requests.encoding", lambda d: resource(d, "requests").update(encoding="gbk")),
        ("requests.hash", lambda d: resource(d, "requests").pop("hash")),
        ("requests.hash", lambda d: resource(d, "requests").pop("bytes")),
        ("requests.path", lambda d: resource(d, "requests").update(path="other/requests.csv")),
        ("requests.schema.primarykey", lambda d: resource(d, "requests")["schema"].update(primarykey=[])),
        ("requests.mediatype", lambda d: resource(d, "requests").pop("mediatype")),
    ),
)
def test_a_wrong_descriptor_is_refused(
    folder: Path, place: str, change: Callable[[Descriptor], object]
) -> None:
    found = [p for p in rewrite(folder, change) if p.file == "datapackage.json"]
    assert any(place in p.column for p in found), list(map(str, found))


def test_the_judges_of_descriptors_are_asked(folder: Path) -> None:
    path = folder / "datapackage.json"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace('"example": "12"', '"example": 12', 1), encoding="utf-8")
    assert any("JSON Schema" in p.what.en for p in validate.validate(folder))
    path.write_text(whole.replace('"example": "12"', '"exampel": "12"', 1), encoding="utf-8")
    assert any("misspelt" in p.what.en for p in validate.validate(folder))


def test_an_integer_that_refers_to_a_text_is_refused(descriptor: Descriptor) -> None:
    field(descriptor, "requests", "report_id")["type"] = "integer"
    assert any("requests.report_id" in p.column for p in scrutinise(descriptor))


def edit(folder: Path, table: str, change: Callable[[bytes], bytes]) -> list[Problem]:
    path = folder / f"data/{table}.csv"
    path.write_bytes(change(path.read_bytes()))
    return [p for p in validate.validate(folder, checksums=False) if p.file == f"data/{table}.csv"]


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def text(lines: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue().encode()


def swapped(data: bytes) -> bytes:
    found = rows(data)
    found[1], found[2] = found[2], found[1]
    return text(found)


def quoted(data: bytes) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows(data))
    return out.getvalue().encode()


def cell(line: int, column: str, value: str) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        found = rows(data)
        found[line - 1][found[0].index(column)] = value
        return text(found)

    return change


LAST, AFTER = -1, -2  # lines of a file that grows with each report


@pytest.mark.parametrize(
    ("table", "line", "says", "change"),
    numbered(
        ("agencies", 2, "not UTF-8", lambda data: data.decode().encode("gbk")),
        ("agencies", 1, "BOM", lambda data: b"\xef\xbb\xbf" + data),
        ("requests", 1, "LF", lambda data: data.replace(b"\n", b"\r\n")),
        ("requests", 2, "sorted", swapped),
        ("requests", 1, "canonical CSV", quoted),
        ("requests", AFTER, "is blank", lambda data: data + b"\n"),
        ("requests", LAST, "canonical CSV", lambda data: data.rstrip(b"\n")),
        ("requests", 3, "canonical form of a number", cell(3, "total", "007")),
        ("requests", 3, "canonical form of a number", cell(3, "total", "1e3")),
        ("cell_notes", 3, "required and is empty", cell(3, "measure", "")),
    ),
)
def test_a_wrong_file_is_refused(
    folder: Path, table: str, line: int, says: str, change: Callable[[bytes], bytes]
) -> None:
    lines = (folder / f"data/{table}.csv").read_bytes().count(b"\n")
    line = {LAST: lines, AFTER: lines + 1}.get(line, line)
    found = edit(folder, table, change)
    wanted = [p for p in found if says in p.what.en]
    assert wanted, list(map(str, found))
    if says != "sorted":
        assert wanted[0].line == line


def test_one_kind_of_fault_does_not_bury_the_others(folder: Path) -> None:
    def change(data: bytes) -> bytes:
        found = rows(data)
        for row in found[1:]:
            row[found[0].index("total")] = "007"
        return text(found)

    found = [p for p in edit(folder, "requests", change) if "canonical form" in p.what.en]
    assert len(found) == judge.MOST_ALIKE


def test_a_number_without_unit_and_a_field_without_example_fail_the_build() -> None:
    entry = {
        "name": "x",
        "type": "integer",
        "zh": "甲",
        "en": "A",
        "about_zh": "甲",
        "about_en": "A",
        "example": 1,
    }
    with pytest.raises(PipelineError, match="unit"):
        schema._field("agencies", entry, [])
    assert schema._field("agencies", entry | {"unit": ["件", "items"]}, []).unit == ("件", "items")
    with pytest.raises(PipelineError, match="example"):
        schema._field("agencies", entry | {"unit": ["件", "items"], "example": None}, [])


def test_every_unit_of_the_forms_has_an_english_name() -> None:
    units = {entry["unit"] for entry in knowledge.load("measures.yml").values() if entry["unit"]}
    assert units <= set(knowledge.load("package.yml")["units"])
