"""Places in names, and the list they come from."""

import csv
import hashlib
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.knowledge.divisions import (
    bare_name,
    chain,
    divisions,
    full_name,
    match,
    related,
    starts_with_place,
    usual_names,
)
from pipeline.knowledge.traditional import fold

ROOT = Path(__file__).parent.parent.parent
KNOWLEDGE = ROOT / "pipeline/knowledge"
LISTED = yaml.safe_load((KNOWLEDGE / "divisions.yml").read_text(encoding="utf-8"))
LEVELS = {"": ("province",), "province": ("prefecture", "county", "functional_zone")}


def codes(name: str) -> list[str]:
    return [division.code for division in match(name, is_rest=lambda rest: rest in ("", "教育局")).found]


@pytest.mark.parametrize("name", ["divisions", "traditional"])
def test_a_vendored_list_is_the_one_described(name: str) -> None:
    about = yaml.safe_load((KNOWLEDGE / f"{name}.yml").read_text(encoding="utf-8"))
    assert hashlib.sha256((KNOWLEDGE / about["file"]).read_bytes()).hexdigest() == about["sha256"]
    assert about["date"]
    notices = (ROOT / "THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8")
    assert " ".join(about["source"].split()[:2]) in notices
    assert about["licence_file"] in notices
    assert (KNOWLEDGE / about["licence_file"]).stat().st_size > 100


def test_the_list_holds_together() -> None:
    with (KNOWLEDGE / "divisions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_code = {row["code"]: row for row in rows}
    assert len(by_code) == len(rows) > 3_200
    assert [row["code"] for row in rows] == sorted(by_code)
    for row in rows:
        assert len(row["code"]) == 6
        assert row["code"].isdecimal()
        parent = by_code[row["parent"]]["level"] if row["parent"] else ""
        assert row["level"] in LEVELS.get(parent, ("county", "functional_zone")), row


def test_the_five_places_of_the_first_reports_are_listed() -> None:
    assert full_name("510403") == "四川省攀枝花市西区"
    assert full_name("410303") == "河南省洛阳市西工区"
    assert full_name("370725") == "山东省潍坊市昌乐县"
    assert full_name("511900") == "四川省巴中市"


def test_every_change_leads_to_a_listed_division_and_from_one_that_is_gone() -> None:
    with (KNOWLEDGE / "divisions.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["code"] for row in csv.DictReader(file)}
    olds = [change["old"] for change in LISTED["changes"]]
    assert len(olds) == len(set(olds))
    for change in LISTED["changes"]:
        assert change["old"] not in listed, change
        assert change["new"], change
        assert set(change["new"]) <= listed, change
        assert change["kind"] in ("status", "merged", "renamed"), change


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("四川省攀枝花市西区教育局", ["510403"]),
        ("攀枝花西区教育局", ["510403"]),
        ("四川省巴中教育局", ["511900"]),
        ("巴中市教育局", ["511900"]),
        ("巴中教育局", ["511900"]),
        ("西工区教育局", ["410303"]),
        ("昌乐县教育局", ["370725"]),
        ("山东昌乐县教育局", ["370725"]),
        ("北京市朝阳区教育局", ["110105"]),
        ("河南省济源市教育局", ["419001"]),
        ("凉山州教育局", ["513400"]),
        ("五峰县教育局", ["420529"]),
        ("五峰土家族自治县教育局", ["420529"]),
        ("内蒙古自治区教育局", ["150000"]),
        ("新疆教育局", ["650000"]),
        ("武漢市教育局", ["420100"]),
    ],
)
def test_places_are_found_by_full_and_usual_names(name: str, found: list[str]) -> None:
    assert codes(name) == found


def test_a_shared_name_is_said_to_be_shared() -> None:
    assert codes("鼓楼区教育局") == ["320106", "320302", "350102", "410204"]
    assert codes("吉林教育局") == ["220000", "220200"]


def test_a_shared_name_below_its_city_is_one_place() -> None:
    assert codes("福州市鼓楼区教育局") == ["350102"]


@pytest.mark.parametrize(
    "name",
    [
        "昌乐教育局",
        "朝阳街道办事处",
        "西区街道办事处",
        "城关镇人民政府",
        "公安局",
        "市教育局",
        "水利局",
        "",
        "虚构省教育局",
    ],
)
def test_what_is_not_certain_is_no_place(name: str) -> None:
    assert codes(name) == []


def test_a_township_name_does_not_make_its_county() -> None:
    assert codes("西区街道办事处") == []
    found = match("中山市西区街道办事处")
    assert ([d.code for d in found.found], found.rest) == (["442000"], "西区街道办事处")


def test_the_office_for_villages_is_no_township() -> None:
    found = match("昌乐县乡村振兴局")
    assert ([d.code for d in found.found], found.rest) == (["370725"], "乡村振兴局")


def test_former_divisions_are_still_understood_and_lead_to_their_successors() -> None:
    (pingguo,) = match("平果县教育局").found
    assert (pingguo.code, pingguo.successors) == ("451023", ("451082",))
    assert codes("莱芜市教育局") == ["371200"]
    assert codes("崇川区教育局") == ["320613"], "an old code of the same name is the same place"


def test_related_codes() -> None:
    assert related("510403", "510400")
    assert related("510400", "510403")
    assert related("451023", "451082")
    assert related("410306", "410300")
    assert not related("510403", "511900")
    assert not related("999999", "510403")


def test_usual_names() -> None:
    assert "凉山州" in usual_names("凉山彝族自治州")
    assert bare_name("凉山彝族自治州") == "凉山"
    assert bare_name("西区") == ""
    assert starts_with_place("西工区城市管理局")
    assert not starts_with_place("巴中")


def test_folding_keeps_the_length() -> None:
    assert fold("規範性文件") == "规范性文件"
    assert fold("abc") == "abc"


@given(st.sampled_from(sorted(divisions())))
def test_the_full_name_of_every_division_leads_back_to_it(code: str) -> None:
    found = [division.code for division in match(full_name(code) + "教育局").found]
    assert code in found or set(divisions()[code].successors) & set(found)


@given(st.text(max_size=40))
def test_no_text_breaks_the_match(text: str) -> None:
    found = match(text)
    assert found.printed + found.rest == text
    assert all(chain(division.code) for division in found.found)
