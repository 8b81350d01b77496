"""Words in both languages."""

from pipeline.model.text import Text


def test_a_text_is_asked_by_language_and_taken_apart() -> None:
    text = Text("总计", "Total")
    assert (text["zh"], text["en"], *text) == ("总计", "Total", "总计", "Total")


def test_where_english_is_missing_the_chinese_words_stand_for_it() -> None:
    assert Text("总计", "")["en"] == "总计"
    assert tuple(Text("总计", "")) == ("总计", "总计")
