"""Titles and names of agencies in single lines. Comes in: text of lines. Goes out: what a title says, whether a line names an agency.

Traditional characters, any digits, blanks and pinyin in brackets are understood; names come out as they are printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline import knowledge
from pipeline.knowledge import normalize
from pipeline.knowledge.divisions import starts_with_place
from pipeline.knowledge.traditional import fold
from pipeline.reading.dates import YEAR, to_year
from pipeline.reading.labels import SENTENCE

LONGEST_TITLE = 90
LONGEST_NAME = 45
TITLE_LINES = 5  # a title is broken over at most so many lines
_YEAR_WORD = rf"(?<!\d)(?P<year>{YEAR})(?!\d)(?:年度|年|度)?"
YEARS = re.compile(_YEAR_WORD)
LISTED_DATE = re.compile(r"[(（\[]?20\d\d[-/.]\d{1,2}[-/.]\d{1,2}[)）\]]?")
BREADCRUMB = re.compile(r"[>＞›»→]+")
# Marks of tone too; only behind a Chinese character, where pages for learners and damaged mirrors put it.
PINYIN = re.compile(r"(?<=[\u4e00-\u9fff])(?:\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüêɡ]{1,6}\))+")
NAME = re.compile(r"[\u3400-\u9fff\u3007·、()A-Za-z0-9\"“”]+")
BRACKET = re.compile(r"\([^()]{1,30}\)$")
ENDS_FURNITURE = "】]:"  # 【字体：大 中 小】, 浏览次数：4234
SHORT_YEAR = re.compile(r"\d{1,3}年度?$")  # 23年 is no year for certain, and no part of a name
NUMBERS = "0123456789"  # before a name they are of the page: visits, a number in a list
EDGES = '的、,，:：-—_|·.。 “”"《》'


@dataclass(frozen=True)
class Title:
    """One title.

    Attributes:
        text: as printed, lines joined, without blanks.
        agency: as printed, without the scope word; empty where the title names none.
        year: that beside the words 政府信息公开; None where the title has none.
        years: all years in the title.
        scope: by a printed word (本级, 汇总 …); empty where there is none.
        first, end: its lines, as a half-open range.
    """

    text: str
    agency: str
    year: int | None
    years: tuple[int, ...]
    scope: str
    is_whole: bool
    first: int
    end: int


def words() -> dict[str, Any]:
    """The words of ``identity.yml``."""
    loaded: dict[str, Any] = knowledge.load("identity.yml")
    return loaded


def _as_printed(text: str) -> str:
    """A line without blanks, its characters as they are; half width only where that changes the number of them."""
    printed, normal = "".join(normalize.clean(text).split()), normalize.compact(text)
    return printed if len(printed) == len(normal) else normal


def _without_pinyin(printed: str) -> str:
    """The same characters as ``bare`` leaves, as they are printed."""
    for match in reversed(list(PINYIN.finditer(normalize.compact(printed)))):
        printed = printed[: match.start()] + printed[match.end() :]
    return printed


def bare(text: str) -> str:
    """A line without blanks and without pinyin in brackets, half width.

    Args:
        text: any; "" gives "".
    """
    return PINYIN.sub("", normalize.compact(text))


def has_pinyin(text: str) -> bool:
    """Whether a line has pinyin in brackets.

    Args:
        text: any; "" has none.
    """
    return bool(PINYIN.search(normalize.compact(text)))


@cache
def _report_name() -> re.Pattern[str]:
    whole = words()["report_name"].replace("{year}", YEAR)
    return re.compile(f"{whole}|{words()['report_name_cut']}")


@cache
def _one_of(key: str) -> re.Pattern[str]:
    return re.compile("|".join(words()[key]), re.IGNORECASE)


def is_furniture(text: str) -> bool:
    """Whether a line belongs to the page around the report.

    Args:
        text: a line; its first 80 characters tell.
    """
    return bool(_one_of("furniture").match(fold(normalize.compact(text[:80]))))


def has_brand(name: str) -> bool:
    """Whether a name has words that mirror sites put in the place of an agency.

    Args:
        name: any; "" has none.
    """
    return bool(_one_of("brands").search(fold(name)))


def names_agency(text: str) -> bool:
    """Whether a whole line reads like the name of an agency.

    Args:
        text: a line; an empty or very long one names none.
    """
    if len(text) > 4 * LONGEST_NAME:
        return False
    plain = fold(bare(text))
    if not 3 <= len(plain) <= LONGEST_NAME or not NAME.fullmatch(plain) or plain in words()["no_agencies"]:
        return False
    if any(word in plain for word in words()["never_in_names"]):
        return False
    core = BRACKET.sub("", plain)
    return (
        core.endswith(tuple(words()["agency_endings"])) and not names_itself(core) and not YEARS.search(plain)
    )


def names_itself(name: str) -> bool:
    """Whether it is 我局, 公布我局, 本机关 or the like, which names nobody.

    Args:
        name: as printed; "" is none.
    """
    plain = fold(name)
    while plain.startswith(tuple(words()["before_self"])):
        plain = plain[1:]
    own = words()["self_words"]
    return plain.startswith(tuple(own)) or plain.endswith(tuple(word for word in own if word[0] == "我"))


def is_name(text: str) -> bool:
    """Whether a text may be a name at all: of a sensible length, and no piece of a sentence. Empty text may.

    Args:
        text: as printed.
    """
    plain = fold(bare(text))
    if len(plain) > LONGEST_NAME or any(word in plain for word in words()["never_in_names"]):
        return False
    return "、" not in plain or all(map(names_agency, plain.split("、")))


def without_inner_office(name: str) -> str:
    """A name without the office inside the agency that answers letters: …局办公室 → …局; …政府办公室 stays.

    Args:
        name: as printed; one that ends with no such office comes back as it is.
    """
    plain = fold(name)
    for office in sorted(words()["inner_offices"], key=len, reverse=True):
        if plain.endswith(office):
            core = name[: -len(office)]
            if names_agency(core) and not fold(core).endswith("政府"):
                return core
    return name


def is_short_for(short: str, full: str) -> bool:
    """Whether one name is the other, an end of it, or an abbreviation that leaves out two characters or more.

    Args:
        short: as printed; "" is the end of every name.
        full: as printed.
    """
    a, b = fold(bare(short)), fold(bare(full))
    if a == b or b.endswith(a):
        return True
    rest = iter(b)
    return len(b) - len(a) >= 2 and len(a) >= 2 and all(char in rest for char in a)


def is_one_body(one: str, other: str) -> bool:
    """Whether two printed names may be one body: equal, short for each other, or one inside the other.

    Args:
        one, other: as printed; "" may be any body.
    """
    a, b = fold(bare(one)), fold(bare(other))
    return is_short_for(a, b) or is_short_for(b, a) or a.startswith(b) or b.startswith(a)


def parse_title(text: str, first: int = 0, end: int = 1) -> Title | None:
    """What a title says; None for a text that is none.

    Args:
        text: the whole title, blanks allowed; a longer text may begin with it.
        first, end: which lines it stands on.
    """
    printed = _as_printed(text[: 4 * LONGEST_TITLE])
    whole = _without_pinyin(printed)
    plain = fold(bare(printed))
    tail = _report_name().search(plain)
    if not tail or tail.end() > LONGEST_TITLE or SENTENCE.search(plain[: tail.end()]):
        return None
    if plain.startswith(tuple(words()["leads_elsewhere"])):
        return None
    start = tail.start()
    if plain[:start].endswith("人民") and plain.startswith("政府", start):
        start += 2  # …人民政府信息公开…: the government is the agency's
    years = [to_year(match["year"]) for match in YEARS.finditer(plain[:start])]
    if tail["inner"]:
        years.append(to_year(tail["inner"]))
    after = plain[tail.end() :]
    agency, scope = _without_scope(_agency(whole[:start], plain[:start]), after)
    if not is_name(agency) or names_itself(agency) or after.startswith(tuple(words()["sentence_goes_on"])):
        return None
    text = printed if len(whole) <= LONGEST_TITLE else whole[: tail.end()]
    year = years[-1] if years else None
    return Title(
        text, agency, year, tuple(dict.fromkeys(years)), scope, plain[tail.end() - 1] != "度", first, end
    )


def _agency(printed: str, plain: str) -> str:
    """The head of a title without dates, years and opening words, as printed, and without what a page prints before it."""
    kept = max(plain.rfind(mark) for mark in ENDS_FURNITURE) + 1
    if YEARS.sub("", plain[kept:]).strip(EDGES) and not has_brand(plain[:kept]):
        printed, plain = printed[kept:], plain[kept:]
    if plain.endswith("暨") and (year := YEARS.search(plain)):
        printed, plain = (
            printed[: year.start()],
            plain[: year.start()],
        )  # the other half of a report on two things
    for pattern in (LISTED_DATE, YEARS):
        for match in reversed(list(pattern.finditer(plain))):
            printed = printed[: match.start()] + printed[match.end() :]
            plain = plain[: match.start()] + plain[match.end() :]
    printed = printed.strip(EDGES)
    for word in words()["before_title"]:
        if fold(bare(printed)).startswith(f"{word}:"):
            printed = printed[len(word) + 1 :]
    for word in _opening_words():
        if fold(printed).startswith(word):
            printed = printed[len(word) :]
            break
    for word in words()["year_words"]:
        printed = printed.removeprefix(word).removesuffix(word)
    for word in words()["closing_words"]:
        printed = printed.removesuffix(word)
    return SHORT_YEAR.sub("", printed.strip(EDGES).lstrip(NUMBERS + EDGES))


@cache
def _opening_words() -> tuple[str, ...]:
    """What may stand before an agency, the longest first."""
    return tuple(sorted(words()["opening_words"], key=len, reverse=True))


@cache
def _scope_words() -> tuple[tuple[str, str], ...]:
    """Word and scope, the longest word first."""
    listed = [(word, scope) for scope, them in words()["scopes"].items() for word in them]
    return tuple(sorted(listed, key=lambda pair: len(pair[0]), reverse=True))


def _without_scope(agency: str, after: str) -> tuple[str, str]:
    """The name without its scope word, and the scope; the word may stand in brackets, or behind the title."""
    plain = fold(bare(agency))
    for word, scope in _scope_words():
        if plain.endswith(f"({word})"):
            return agency[: -len(word) - 2], scope
        if plain == word:
            return "", scope
        if plain.endswith(word) and names_agency(agency[: -len(word)]):
            return agency[: -len(word)], scope
        if after.startswith((f"({word})", f"[{word}]")):
            return agency, scope
    return agency, ""


def find_titles(texts: list[str]) -> list[Title]:
    """All titles in consecutive lines; each takes as many lines as it needs to name agency and year, and no more.

    Args:
        texts: the lines; an empty string stands for a line that cannot be part of a title.
    """
    found = []
    for number in range(len(texts)):
        if title := _title_at(texts, number):
            found.append(title)
    return found


def _title_at(texts: list[str], number: int) -> Title | None:
    """The title whose words 政府信息公开… begin in a line."""
    first = BREADCRUMB.split(texts[number])[-1] if texts[number] else ""
    cut: Title | None = None
    for end in range(number + 1, min(len(texts), number + TITLE_LINES) + 1):
        if not all(texts[number:end]):
            break
        text = "".join([first, *texts[number + 1 : end]])
        tail = _report_name().search(fold(bare(text)))
        if tail and tail.start() >= len(bare(first)):
            return None  # its words begin further down; found from there
        title = _with_lines_above(texts, number, end, text) if tail else None
        if title and title.is_whole:
            return title
        if cut:
            break  # a title that the page cut off goes on in the next line or not at all
        cut = title
    return cut


def _with_lines_above(texts: list[str], number: int, end: int, text: str) -> Title | None:
    title = parse_title(text, number, end)
    start = number
    while title and start and number - start < TITLE_LINES - 1 and texts[start - 1]:
        above = texts[start - 1]
        if _report_name().search(fold(bare(above))) or not _belongs_above(above, title):
            break
        start -= 1
        text = above + text
        if longer := parse_title(text, start, end):
            title = longer
        else:
            break
    return title


def _belongs_above(above: str, title: Title) -> bool:
    """Whether the line above a title is its beginning: it gives what the title lacks."""
    plain = fold(bare(above))
    if fold(above) in words()["opening_words"]:
        return True
    year = YEARS.search(plain)
    if year and title.year is None and (year.end() == len(plain) or year.start() == 0):
        rest = plain.replace(year.group(), "", 1)
        return not rest or (not title.agency and names_agency(rest))
    if title.agency == "":
        return names_agency(above)
    if year or names_agency(above):
        return names_agency(above) and fold(title.agency) in ("办公室", "办公厅")
    # A name broken in the middle: the place is above, the rest of the name here.
    return (
        starts_with_place(plain)
        and not starts_with_place(title.agency)
        and bool(NAME.fullmatch(plain))
        and len(plain) <= LONGEST_NAME
    )
