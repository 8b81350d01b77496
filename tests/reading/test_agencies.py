"""Printed names → agencies. Ids are stored once, so what is proposed must be right or not proposed."""

import hashlib
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline import knowledge
from pipeline.archive.sources import agencies
from pipeline.knowledge.divisions import divisions, full_name
from pipeline.model.findings import PipelineError
from pipeline.model.source import AGENCY_ID, Agency
from pipeline.reading.agencies import agency_of_id, is_elsewhere, name_agency, similar_agencies

ROOT = Path(__file__).parent.parent.parent
KNOWN = tuple(agencies(ROOT / "datapackage/reports"))


def proposed(name: str, known: tuple[Agency, ...] = KNOWN) -> tuple[str, bool] | None:
    sure = name_agency(name, known).sure
    return (sure.agency.id, sure.is_known) if sure else None


@pytest.mark.parametrize(
    ("name", "agency"),
    [
        ("攀枝花市西区住房和城乡建设局", "510403-housing"),
        ("攀枝花市西区住建局", "510403-housing"),
        ("四川省攀枝花市西区经合局", "510403-economic-cooperation"),
        ("西工区城市管理局", "410303-urban-management"),
        ("西工区城管局", "410303-urban-management"),
        ("昌乐县住房和城乡建設局", "370725-housing"),
        ("巴中住建局", "511900-housing"),
    ],
)
def test_known_agencies_are_found_again(name: str, agency: str) -> None:
    assert proposed(name) == (agency, True)


def test_a_former_name_is_found_again() -> None:
    renamed = Agency(
        "370725-ecology-environment",
        "昌乐县生态环境局",
        "county",
        "ecology-environment",
        "370725",
        former_names=("昌乐县环境保护局",),
    )
    assert proposed("昌乐县环境保护局", (renamed,)) == ("370725-ecology-environment", True)


@pytest.mark.parametrize(
    ("name", "agency", "level"),
    [
        ("攀枝花市西区住房和城乡建设局", "510403-housing", "county"),
        ("攀枝花市西区经济合作局", "510403-economic-cooperation", "county"),
        ("西工区城市管理局", "410303-urban-management", "county"),
        ("昌乐县住房和城乡建设局", "370725-housing", "county"),
        ("巴中市住房和城乡建设局", "511900-housing", "prefecture"),
        ("四川省财政厅", "510000-finance", "province"),
        ("攀枝花市西区人民政府", "510403-gov", "county"),
        ("攀枝花市西区人民政府办公室", "510403-gov-office", "county"),
        ("上海市人民政府办公厅", "310000-gov-office", "province"),
        ("潍坊市生态环境局昌乐分局", "370700-ecology-environment-370725", "prefecture"),
        ("潍坊市生态环境局昌乐县分局", "370700-ecology-environment-370725", "prefecture"),
        ("国家税务总局昌乐县税务局", "370725-tax", "county"),
        ("国家卫生健康委员会", "000000-health", "central"),
        ("平果县财政局", "451082-finance", "county"),
        ("武漢市生態環境局", "420100-ecology-environment", "prefecture"),
    ],
)
def test_a_new_agency_gets_the_id_of_its_place_and_function(name: str, agency: str, level: str) -> None:
    assert proposed(name, ()) == (agency, False)
    sure = name_agency(name, ()).sure
    assert sure is not None
    assert sure.agency.level == level


@pytest.mark.parametrize(
    ("name", "code"), [("攀枝花市西区融媒体中心", "510403"), ("国家国际发展合作署", "000000")]
)
def test_an_unknown_function_becomes_x_and_the_digest_of_the_name(name: str, code: str) -> None:
    digest = hashlib.sha1(name.encode()).hexdigest()[:8]
    assert proposed(name, ()) == (f"{code}-x-{digest}", False)
    assert name_agency(name, ()).sure.agency.function == "other"  # type: ignore[union-attr]


NAMES = yaml.safe_load((Path(__file__).parent / "agency_names.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "agency"), [*NAMES["known"].items(), *NAMES["unknown"].items()])
def test_common_agencies_have_the_id_of_their_function(name: str, agency: str) -> None:
    assert proposed(name, ()) == (agency, False)
    assert (f"{agency[:6]}-x-" in agency) == (name in NAMES["unknown"])


@pytest.mark.parametrize("name", NAMES["asked"])
def test_names_that_may_be_two_agencies_are_asked_for(name: str) -> None:
    assert proposed(name, ()) is None


def test_no_label_means_two_functions() -> None:
    labels = [label for entry in knowledge.load("functions.yml").values() for label in entry["labels"]]
    assert len(labels) == len(set(labels))


def test_several_townships_of_a_county_have_ids_of_their_own() -> None:
    one, other = proposed("乐清市清江镇人民政府", ()), proposed("乐清市大荆镇人民政府", ())
    assert one is not None
    assert other is not None
    assert one[0].startswith("330382-township-gov-")
    assert one != other


def test_a_district_printed_without_its_city_is_given_it_and_the_note_says_why() -> None:
    sure = name_agency("西工区财政局", ()).sure
    assert sure is not None
    assert sure.agency.name_zh == "洛阳市西工区财政局"
    assert (sure.agency.province, sure.agency.city, sure.agency.county) == ("河南省", "洛阳市", "西工区")
    assert "只有那里有“西工区”" in sure.note.zh


def test_a_shared_place_is_not_chosen() -> None:
    naming = name_agency("鼓楼区教育局", ())
    assert naming.sure is None
    assert [p.agency.id for p in naming.proposals] == [
        f"{code}-education" for code in ("320106", "320302", "350102", "410204")
    ]


def test_a_divided_place_is_not_chosen() -> None:
    assert {p.agency.id for p in name_agency("江干区教育局", ()).proposals} == {
        "330102-education",
        "330114-education",
    }
    assert proposed("江干区教育局", ()) is None


def test_a_second_agency_of_the_same_place_and_function_is_not_chosen_and_would_get_a_qualifier() -> None:
    naming = name_agency("昌乐县房产管理局", KNOWN)
    assert naming.sure is None
    known, new = naming.proposals
    assert (known.agency.id, known.is_known, new.is_known) == ("370725-housing", True, False)
    assert new.agency.id.startswith("370725-housing-")


@pytest.mark.parametrize(
    "name",
    [
        *("市信访局", "区住建局", "西区街道办事处", "清江镇人民政府", "国家统计局昌乐调查队", "昌乐财政局"),
        *("必威体育app官网:教育局", "黄埔区人民政府 广州开发区管委会", "../../x局", "X"),
    ],
)
def test_what_is_not_certain_is_asked(name: str) -> None:
    naming = name_agency(name, KNOWN)
    assert naming.sure is None
    assert naming.why
    assert naming.why.zh
    assert naming.why.en


def test_an_id_from_a_person_must_have_a_division_and_a_function() -> None:
    agency = agency_of_id("370725-audit", "昌乐县审计局")
    assert (agency.function, agency.level, agency.city) == ("audit", "county", "潍坊市")
    assert agency_of_id("370725-x-0123abcd", "昌乐县某某局").function == "other"
    assert agency_of_id("370700-ecology-environment-370725", "x").function == "ecology-environment"
    assert agency_of_id("000000-audit", "审计署").level == "central"
    for wrong in ("370725", "370725-nothing", "999999-audit", "../etc", "370725-audit/..", "370725-x-zz"):
        with pytest.raises(PipelineError):
            agency_of_id(wrong, "x")


def test_a_report_from_another_place_is_seen() -> None:
    housing = next(agency for agency in KNOWN if agency.id == "370725-housing")
    assert is_elsewhere("巴中市住房和城乡建设局", housing)
    for name in ("昌乐县住建局", "潍坊市住建局", "县住建局", "山东省住建厅", "住建局"):
        assert not is_elsewhere(name, housing)


COUNTIES = sorted(code for code, d in divisions().items() if d.level == "county" and not d.successors)


@given(
    st.sampled_from(COUNTIES), st.sampled_from(["教育局", "财政局", "住房和城乡建设局", "审计局", "人民政府"])
)
def test_the_full_name_of_any_county_gives_its_id(code: str, body: str) -> None:
    naming = name_agency(full_name(code) + body, ())
    assert naming.sure is not None
    assert naming.sure.agency.division_code == code
    assert AGENCY_ID.fullmatch(naming.sure.agency.id)


@given(st.text(max_size=40))
def test_no_name_breaks_or_becomes_a_path(name: str) -> None:
    for proposal in name_agency(name, KNOWN).proposals:
        assert AGENCY_ID.fullmatch(proposal.agency.id)


BEIJING = Agency("110105-education", "北京市朝阳区教育局", "county", "education", "110105")


def test_a_bare_name_is_never_settled_by_what_is_filed() -> None:
    naming = name_agency("朝阳区教育局", (BEIJING,))
    assert naming.sure is None
    assert {(p.agency.id, p.is_known) for p in naming.proposals} >= {
        ("110105-education", True),
        ("220104-education", False),
    }


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("地址：长春市前进大街1号。", ("220104-education", False)),
        ("地址：北京市日坛北街1号。", ("110105-education", True)),
        ("北京市和长春市。", None),
        ("地址：日坛北街1号。", None),
    ],
)
def test_a_bare_name_is_settled_by_the_place_that_its_text_names(
    text: str, agency: tuple[str, bool] | None
) -> None:
    sure = name_agency("朝阳区教育局", (BEIJING,), text=text).sure
    assert (sure and (sure.agency.id, sure.is_known)) == agency


def test_a_township_is_one_agency_with_and_without_its_government() -> None:
    one, other = (name_agency(f"湖口县大垅乡{ending}", ()).sure for ending in ("", "人民政府"))
    assert one
    assert other
    assert one.agency.id == other.agency.id
    assert (one.agency.level, one.agency.function) == ("township", "township-gov")
    assert proposed("湖口县大垅乡", (other.agency,)) == (other.agency.id, True)
    assert proposed("湖口县大垅乡政府", (one.agency,)) == (one.agency.id, True)


@pytest.mark.parametrize("name", ["平潭综合实验区自然资源局", "新疆生产建设兵团第八师财政局", "某某县财政局"])
def test_a_place_that_is_not_listed_is_asked_for_and_no_other_place_is_offered(name: str) -> None:
    naming = name_agency(name, KNOWN)
    assert naming.proposals == ()
    assert naming.why
    assert "--division" in naming.why.zh


def test_a_division_that_a_person_states_is_the_place() -> None:
    sure = name_agency("平潭综合实验区自然资源局", (), division="350128").sure
    assert sure
    assert (sure.agency.id[:24], sure.agency.province, sure.agency.county) == (
        "350128-natural-resources",
        "福建省",
        "平潭县",
    )
    with pytest.raises(PipelineError, match="999999"):
        name_agency("平潭综合实验区自然资源局", (), division="999999")


def test_a_name_much_like_a_filed_one_is_told() -> None:
    filed = (Agency("370725-x-00000000", "昌乐县经济发展与改革促进中心", "county", "other", "370725"),)
    new = name_agency("昌乐县经济发展和改革促进中心", filed).sure
    assert new
    assert [agency.id for agency in similar_agencies(new.agency, filed)] == ["370725-x-00000000"]
    assert similar_agencies(new.agency, KNOWN) == ()
