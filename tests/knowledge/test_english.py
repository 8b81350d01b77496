"""English names that are made of places and functions."""

import pytest

from pipeline.knowledge.english import agency_in_english, places_in_english


@pytest.mark.parametrize(
    ("name", "function", "places", "made"),
    [
        ("巴中市住房和城乡建设局", "housing", ("四川省", "巴中市"), "Housing bureau, Bazhong, Sichuan"),
        ("国家税务总局昌乐县税务局", "tax", ("山东省", "潍坊市", "昌乐县"), "Tax bureau, Changle County, Weifang, Shandong"),
        ("乔官镇人民政府", "township-gov", ("山东省", "昌乐县"), "Township government, Qiaoguan, Changle County, Shandong"),
        ("西安市人民政府", "gov", ("陕西省", "西安市"), "People's government, Xi'an, Shaanxi"),
        ("成都高新区住房和城乡建设局", "housing", ("四川省", "成都市"), "Housing bureau, High-tech Zone, Chengdu, Sichuan"),
        ("峨边彝族自治县民政局", "civil-affairs", ("四川省", "峨边彝族自治县"), "Civil affairs bureau, Ebian Autonomous County, Sichuan"),
        ("北京市朝阳区卫生健康委员会", "health", ("北京市", "朝阳区"), "Health commission, Chaoyang District, Beijing"),
        ("商务部", "commerce", (), "Commerce ministry"),
        ("某某研究院", "unheard-of", ("四川省",), "Moumouyanjiuyuan, Sichuan"),
    ],
)  # fmt: skip
def test_an_agency_has_an_english_name(name: str, function: str, places: tuple[str, ...], made: str) -> None:
    assert agency_in_english(name, function, places) == made


def test_places_stand_from_the_narrowest_and_in_the_letters_that_readers_know() -> None:
    assert places_in_english(("河南省", "洛阳市", "西工区")) == "Xigong District, Luoyang, Henan"
    assert places_in_english(("安徽省", "六安市")) == "Lu'an, Anhui"
    assert places_in_english(("内蒙古自治区", "兴安盟")) == "Hinggan League, Inner Mongolia"
    assert places_in_english(("北京市", "北京市")) == "Beijing"
    assert places_in_english(()) == ""
