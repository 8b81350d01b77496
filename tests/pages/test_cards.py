"""The picture of a shared link, before it lies beside a page."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import ImageFont

from pipeline.pages import cards
from pipeline.pages.cards import FONT, Card, can_draw, draw, png
from pipeline.pages.kept import Kept

CARD = Card("某市水务局", "2024年", (("7", "新收申请"),), (("granted", "予以公开", Decimal(7)),), "站名")


def test_a_name_that_the_font_lacks_a_letter_of_has_no_picture() -> None:
    assert can_draw(CARD)
    for name in ("title", "about", "foot"):
        assert not can_draw(replace(CARD, **{name: "㐀"}))  # type: ignore[arg-type]


def test_the_font_has_every_letter_of_its_list() -> None:
    font = ImageFont.truetype(str(FONT), 24)
    box = bytes(font.getmask("\U000f0000"))
    letters = FONT.with_name("characters.txt").read_text("utf-8")
    assert [letter for letter in letters if letter.strip() and bytes(font.getmask(letter)) == box] == []


def test_a_card_is_drawn_once_and_forgotten_when_no_page_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(CARD, about="2025年")
    with Kept(tmp_path) as first:
        picture = png(CARD, first)
        assert picture == draw(CARD)
        png(other, first)
        first.done()
    monkeypatch.setattr(cards, "draw", None)  # whoever draws again fails
    with Kept(tmp_path) as second:
        assert png(CARD, second) == picture
        second.done()
    with Kept(tmp_path) as third:
        assert [third.has(f"{card.key}.png") for card in (CARD, other)] == [True, False]


def test_a_title_of_any_length_fits() -> None:
    assert len(draw(replace(CARD, title="住" * 300, parts=()))) < 15_000
