"""Contact data never leaves the pipeline; figures, document numbers and dates stay."""

import pytest

from pipeline.safety.redact import LEFT_OUT, redact


@pytest.mark.parametrize(
    "contact",
    [
        "51010219800101123X",
        "110101199003078811",
        "５１０１０２１９８００１０１１２３Ｘ",
        "13800138000",
        "138-0013-8000",
        "1380013 8000",
        "0812-3986050",
        "（010）12345678",
        "zwgk@example.gov.cn",
        "zwgk＠example．gov．cn",
    ],
)
def test_contact_data_is_left_out_wherever_it_stands(contact: str) -> None:
    assert redact(f"申请人{contact}，已答复。") == f"申请人{LEFT_OUT}，已答复。"
    assert redact(contact) == LEFT_OUT


def test_a_named_contact_is_left_out() -> None:
    assert redact("联系人：张三，电话：3986050。") == f"联系人{LEFT_OUT}，电话{LEFT_OUT}。"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "新收申请13件，办结12件。",
        "国办公开办函〔2021〕30号",
        "收费2530000元",
        "2024年1月31日",
        "1101011990030788110",  # nineteen digits are no identity number
        "11010119900307881",  # and seventeen are none
        "联系群众1234人",
    ],
)
def test_what_is_no_contact_stays(text: str) -> None:
    assert redact(text) == text
