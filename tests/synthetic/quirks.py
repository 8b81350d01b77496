"""The damage that real reports show (QUIRKS.md), each as a function that also knows what may still be read afterwards.

A quirk changes a ``Printed`` report and its truth, or the lines of a text file. It returns False where it found nothing
to damage. The numbers are those of QUIRKS.md; 0 stands for its list of things not observed that are handled anyway.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import combinations, pairwise
from math import comb

from pipeline import knowledge
from pipeline.knowledge.forms import forms
from pipeline.knowledge.numerals import is_figure_like
from tests.synthetic.layouts import LAYOUTS, TextLine
from tests.synthetic.sheet import Box, Printed, Says, Sheet, Text, Truth, print_report

Apply = Callable[[random.Random, Printed], bool | None]
LineQuirk = Callable[[random.Random, list[TextLine], Printed], list[TextLine]]

PASTED = frozenset(
    ("row-a-line", "row-joined", "whole-line", "whole-joined")
)  # too little is left for most damage
ALL = frozenset(LAYOUTS) - PASTED
TEXT = frozenset(name for name, layout in LAYOUTS.items() if layout.lines) - PASTED
GRIDS = ALL - TEXT
LINES = frozenset(("lines", "lines-apart"))  # nothing but the order of lines is left
CELL_LINES = LINES | {"pipe-lines"}
PIPES = frozenset(("pipes", "pipe-lines", "markdown"))


@dataclass(frozen=True)
class Quirk:
    """One kind of damage. ``weight`` says how often it is drawn."""

    name: str
    numbers: tuple[int, ...]
    apply: Apply
    layouts: frozenset[str]
    weight: int


QUIRKS: dict[str, Quirk] = {}
LINE_QUIRKS: dict[str, LineQuirk] = {}


def quirk(*numbers: int, layouts: Iterable[str] = ALL, weight: int = 8) -> Callable[[Apply], Apply]:
    """Registers damage to a printed report."""

    def register(function: Apply) -> Apply:
        name = function.__name__
        QUIRKS[name] = Quirk(name, numbers, function, frozenset(layouts), weight)
        return function

    return register


def line_quirk(*numbers: int, layouts: Iterable[str], weight: int = 8) -> Callable[[LineQuirk], LineQuirk]:
    """Registers damage to the lines of a text file."""

    def register(function: LineQuirk) -> LineQuirk:
        name = function.__name__

        def apply(_: random.Random, printed: Printed) -> bool | None:
            printed.line_quirks.append(name)
            return True

        LINE_QUIRKS[name] = function
        QUIRKS[name] = Quirk(name, numbers, apply, frozenset(layouts), weight)
        return function

    return register


# -- helpers --------------------------------------------------------------------------------------------------------


def label_of(row: list[Box]) -> Box:
    """The label of a row of figures: the last text before them."""
    return [box for box in row if not box.cell][-1]


def _labelled(printed: Printed, table: str = "") -> list[tuple[Sheet, list[Box]]]:
    """Untouched rows that have a label of their own."""
    return [pair for pair in printed.free_rows(table) if any(not box.cell for box in pair[1])]


def _headers(printed: Printed) -> list[Box]:
    return [
        box for sheet in printed.sheets() for row in sheet.rows if not any(b.cell for b in row) for box in row
    ]


def _sure_figures(printed: Printed) -> list[Box]:
    return [box for _, row in printed.free_rows() for box in row if box.cell and printed.truth[box.cell].sure]


def _pick(rng: random.Random, things: list[Box], most: int) -> list[Box]:
    return rng.sample(things, min(len(things), rng.randint(1, most)))


def _row_of(printed: Printed, box: Box) -> list[Box]:
    return next(row for sheet in printed.sheets() for row in sheet.rows if box in row)


def _set(printed: Printed, box: Box, text: str, says: Says, value: Decimal | None = None) -> None:
    assert box.cell
    box.text = text
    printed.truth[box.cell] = Truth(says, value, printed.truth[box.cell].sure)


def soften(printed: Printed, blanks: str) -> None:
    """What a layout does to blank cells: where it loses their place, the page no longer tells the row."""
    for sheet in printed.sheets() if printed.moves_blanks else []:
        for row in sheet.data_rows():
            if empty := [box for box in row if box.cell and not box.text.strip()]:
                row[:] = [box for box in row if box not in empty] + empty
                printed.doubt(row)
    if blanks == "kept":
        return
    if blanks == "joined":
        joined(printed)
        return
    for sheet in printed.sheets():
        for row in sheet.data_rows():
            texts = [box.text.strip() for box in row if box.cell]
            hidden = "" in texts if blanks == "dropped" else "" in (texts[0], texts[-1])
            if hidden:
                printed.doubt(row)


def joined(printed: Printed) -> None:
    """Nothing stands between the figures of a row: told by the page alone are single figures and rows of zeros."""
    for sheet in printed.sheets():
        for row in sheet.data_rows():
            boxes = [box for box in row if box.cell]
            if len(boxes) == 1 or all(box.text == "0" for box in boxes):
                continue
            printed.doubt(row)
            if _is_knowable([box.text for box in boxes], sheet.table):
                for box in boxes:
                    truth = printed.truth[box.cell]
                    printed.truth[box.cell] = replace(truth, knowable=truth.says is Says.VALUE)


def _is_knowable(texts: list[str], table: str) -> bool:
    """Whether the sums of a row allow its digits to be parted in one way only."""
    if table == "proactive" or not all(text.isdigit() for text in texts):
        return False
    size = 5 if table == "review_litigation" else len(texts)
    digits = "".join(texts)
    if comb(len(digits) - 1, len(texts) - 1) > 10_000:
        return False
    ways = 0
    for cuts in combinations(range(1, len(digits)), len(texts) - 1):
        pieces = [digits[start:end] for start, end in pairwise((0, *cuts, len(digits)))]
        if any(piece != "0" and piece[0] == "0" for piece in pieces):
            continue
        numbers = [int(piece) for piece in pieces]
        groups = [numbers[start : start + size] for start in range(0, len(numbers), size)]
        ways += all(sum(group[:-1]) == group[-1] for group in groups)
    return ways == 1


# -- how figures are printed ----------------------------------------------------------------------------------------


@quirk(0)
def full_width_digits(rng: random.Random, printed: Printed) -> None:
    wide = {ord("0") + n: 0xFF10 + n for n in range(10)} | {ord("."): 0xFF0E, ord("-"): 0xFF0D}
    for box in _pick(rng, _sure_figures(printed), 200):
        box.text = box.text.translate(wide)


@quirk(0)
def thousands_separators(rng: random.Random, printed: Printed) -> bool:
    found = [box for box in _sure_figures(printed) if re.fullmatch(r"\d{4,}", box.text)]
    comma = rng.choice(",，")
    for box in found:
        box.text = f"{int(box.text):,}".replace(",", comma)
    return bool(found)


@quirk(71)
def spaces_around_digits(rng: random.Random, printed: Printed) -> None:
    for box in _pick(rng, _sure_figures(printed), 60):
        pad = rng.choice(["  ", "\u00a0", "\u3000", " \u200b"])
        box.text = pad * rng.randint(0, 2) + box.text + pad


@quirk(61, layouts=ALL - {"pdf"})  # what Word leaves behind; a PDF is printed without
def bookmarks(rng: random.Random, printed: Printed) -> None:
    for box in _pick(rng, [box for box in printed.boxes() if box.text and "\n" not in box.text], 12):
        box.text = f"[bookmark: _{rng.choice(['GoBack', 'Hlk66975211', 'Toc1'])}]{box.text}"


@quirk(36)
def worded_changes(rng: random.Random, printed: Printed) -> bool:
    found = [box for box in _sure_figures(printed) if box.cell and box.cell[2] == "items_change"]
    for box in found:
        assert box.cell
        value = printed.figures[box.cell]
        if value:
            signs = ["+", "＋", "增", "増", "增加"] if value > 0 else ["-", "－", "−", "减", "減", "减少"]
            _set(printed, box, f"{rng.choice(signs)}{abs(value):f}", Says.VALUE, value)
    return bool(found)


@quirk(38, 39)
def amounts_with_units(rng: random.Random, printed: Printed) -> bool:
    """The printed unit stays beside the figure; the value is the printed number."""
    found = [
        box
        for box in _sure_figures(printed)
        if box.cell and box.cell[2] in ("procurement_amount", "fee_amount")
    ]
    for box in found:
        unit = rng.choice(["元", "万元", "亿元"])
        box.text += unit
        printed.truth[box.cell] = replace(printed.truth[box.cell], unit=unit)
    return bool(found)


@quirk(0)
def counts_with_units(rng: random.Random, printed: Printed) -> None:
    for box in _pick(rng, _sure_figures(printed), 4):
        if re.fullmatch(r"\d+", box.text):
            box.text = f"{box.text}{rng.choice(['件', ' 件', '项', '宗'])}"


@quirk(68)
def marks_for_zeros(rng: random.Random, printed: Printed) -> bool:
    found = [box for box in _sure_figures(printed) if box.text == "0"]
    for box in _pick(rng, found, 12) if found else []:
        _set(printed, box, rng.choice(["/", "-", "—", "——", "／", "－", "无", "\\"]), Says.MARK)
    return bool(found)


@quirk(69, weight=3)
def blank_cells(rng: random.Random, printed: Printed) -> bool:
    """Blank zeros; what the layout makes of them is settled by ``soften``."""
    found = [box for box in _sure_figures(printed) if box.text == "0"]
    for box in _pick(rng, found, 3) if found else []:
        _set(printed, box, "", Says.BLANK)
        printed.touched.add(id(_row_of(printed, box)))
    return bool(found)


@quirk(69, weight=1)
def a_blank_row(rng: random.Random, printed: Printed) -> bool:
    rows = _labelled(printed)
    if not rows:
        return False
    row = rng.choice(rows)[1]
    for box in row:
        if box.cell:
            _set(printed, box, "", Says.BLANK)
    printed.touched.add(id(row))
    return True


@quirk(70, weight=1)
def total_left_blank(rng: random.Random, printed: Printed) -> bool:
    rows = _labelled(printed, "requests")
    if not rows:
        return False
    row = rng.choice(rows)[1]
    _set(printed, row[-1], "", Says.BLANK)
    printed.touched.add(id(row))
    return True


@quirk(75, weight=2)
def unreadable_digits(rng: random.Random, printed: Printed) -> bool:
    """Somebody meant a figure, and nobody can say which."""
    boxes = _sure_figures(printed)
    if not boxes:
        return False
    for box in _pick(rng, boxes, 2):
        text = rng.choice(
            [
                "约5",
                "1O",
                "5余",
                "近20",
                "l2",
                "3.1.2",
                "1 2",
                "12,34",
                "2-3",
                "5/6",
                "?",
                "不详",
                "见附件",
                "十二",
            ]
        )
        _set(printed, box, text, Says.LOST)
        if text == "1 2" or (printed.layout in CELL_LINES and not is_figure_like(text)):
            printed.doubt(_row_of(printed, box))  # may look like two cells, or like a line of text
    return True


@quirk(72)
def sums_that_do_not_hold(rng: random.Random, printed: Printed) -> bool:
    boxes = [box for box in _sure_figures(printed) if box.cell and re.fullmatch(r"\d+", box.text)]
    if not boxes:
        return False
    box = rng.choice(boxes)
    value = Decimal(int(box.text) + rng.randint(1, 9))
    _set(printed, box, f"{value:f}", Says.VALUE, value)
    return True


# -- rows that lost or gained cells ---------------------------------------------------------------------------------


@quirk(42, weight=2)
def a_surplus_zero(rng: random.Random, printed: Printed) -> bool:
    rows = [pair for pair in printed.free_rows() if pair[0].table != "proactive"]
    if not rows:
        return False
    sheet, row = rng.choice(rows)
    first = next(number for number, box in enumerate(row) if box.cell)
    row.insert(rng.randint(first + 1, len(row)), Box("0"))
    printed.doubt(row)
    return True


@quirk(70, weight=1)
def a_lost_last_cell(rng: random.Random, printed: Printed) -> bool:
    rows = printed.free_rows()
    if not rows:
        return False
    _, row = rng.choice([pair for pair in rows if len([b for b in pair[1] if b.cell]) > 1] or rows)
    lost = row.pop()
    assert lost.cell
    if printed.layout in ("docx", "pdf"):  # the ruled cell is still there
        printed.truth[lost.cell] = Truth(Says.BLANK)
        printed.touched.add(id(row))
        return True
    printed.truth[lost.cell] = Truth(Says.ABSENT)
    printed.doubt(row)
    return True


@quirk(58, layouts=TEXT - {"cells"}, weight=1)  # Word's plain text keeps every cell
def dropped_blanks_and_pads_at_the_end(rng: random.Random, printed: Printed) -> bool:
    """A row whose blanks were dropped and came back as padding: the figures stand together, nobody knows where."""
    rows = [pair for pair in printed.free_rows() if sum(b.text == "0" for b in pair[1] if b.cell) > 1]
    if not rows:
        return False
    _, row = rng.choice(rows)
    zeros = [box for box in row if box.cell and box.text == "0"]
    for box in rng.sample(zeros, rng.randint(1, len(zeros))):
        _set(printed, box, "", Says.BLANK)
    printed.moves_blanks = True  # what a converter does to one row it does to all
    printed.touched.add(id(row))
    return True


@quirk(56, layouts=TEXT, weight=1)
def figures_run_together(rng: random.Random, printed: Printed) -> bool:
    """规章000 is three zeros, 规章130 may be anything."""
    rows = _labelled(printed)
    if not rows:
        return False
    for _, row in rng.sample(rows, min(len(rows), rng.randint(1, 2))):
        figures = [box for box in row if box.cell]
        label = label_of(row)
        together = "".join(box.text for box in figures)
        if rng.random() < 0.5:
            label.text += together
            del row[-len(figures) :]
        else:
            row[-len(figures) :] = [Box(together)]
        for box in figures:
            assert box.cell
            printed.truth[box.cell] = Truth(Says.VALUE, printed.truth[box.cell].value, sure=False)
        printed.touched.add(id(row))
    return True


# -- labels and headers ---------------------------------------------------------------------------------------------


@quirk(40)
def label_variants(rng: random.Random, printed: Printed) -> None:
    items = knowledge.load("items.yml")
    columns = knowledge.load("measures.yml")
    words = {entry["zh"]: entry.get("labels", []) for entry in (*items.values(), *columns.values())}
    for form in forms().values():
        for _, part, row, column in form.cells():
            words.setdefault(row.item.zh, items[row.item.key].get("labels", []))
            words.setdefault(column.zh, columns[column.key].get("labels", []))
            assert part
    for box in printed.boxes():
        if not box.cell and words.get(box.text) and rng.random() < 0.3:
            box.text = rng.choice(words[box.text])


@quirk(73)
def punctuation_noise(rng: random.Random, printed: Printed) -> None:
    changes = [
        ("（", "("),
        ("）", ")"),
        ("：", ":"),
        ("，", ","),
        ("“", '"'),
        ("”", '"'),
        ("、", ","),
        (".", "．"),
        (".", "、"),
    ]
    chosen = rng.sample(changes, rng.randint(1, 5))
    for box in printed.boxes():
        if not box.cell and rng.random() < 0.7:
            for old, new in chosen:
                box.text = box.text.replace(old, new)


@quirk(48)
def header_words_split_by_a_space(rng: random.Random, printed: Printed) -> None:
    _break(rng, [*_headers(printed), *(label_of(row) for _, row in _labelled(printed))], " ", 0.3)


@quirk(47)
def header_words_broken_over_lines(rng: random.Random, printed: Printed) -> None:
    _break(rng, _headers(printed), "\n", 0.5)


@quirk(47)
def labels_wrapped(rng: random.Random, printed: Printed) -> None:
    _break(rng, [label_of(row) for _, row in _labelled(printed)], "\n", 0.3)


def _break(rng: random.Random, boxes: list[Box], by: str, share: float) -> None:
    for box in boxes:
        if len(box.text) > 3 and not re.search(r"\[|\d\d", box.text) and rng.random() < share:
            at = rng.randint(2, len(box.text) - 1)
            box.text = box.text[:at] + by + box.text[at:]


@quirk(49)
def equal_headers(rng: random.Random, printed: Printed) -> bool:
    """The second line of two header cells is gone: 本年新 | 本年新."""
    found = False
    for sheet in printed.sheets("proactive"):
        if id(sheet) in printed.touched:  # its columns changed places, which only the whole words tell
            return False
        printed.touched.add(id(sheet))
        for row in sheet.rows:
            if not any(box.cell for box in row) and len(row) == 4:
                for box in row[1:3]:
                    box.text = box.text[:3]
                found = True
    return found


@quirk(62)
def header_characters_lost(rng: random.Random, printed: Printed) -> None:
    losses = {
        "本年增/减": "本年增/",
        "现行有效件数": "现行有效件",
        "本年废止件数": "本年度止件数",
        "总计": "总",
    }
    for box in _headers(printed):
        if box.text in losses and rng.random() < 0.8:
            box.text = losses[box.text]


@quirk(37)
def header_replaced(rng: random.Random, printed: Printed) -> bool:
    found = [box for box in _headers(printed) if box.text == "本年增/减"]
    for box in found:
        box.text = "本年数量"
    return bool(found)


@quirk(41)
def captions_lost(rng: random.Random, printed: Printed) -> None:
    for sheet in printed.sheets("proactive"):
        sheet.rows = [row for row in sheet.rows if not (len(row) == 1 and rng.random() < 0.8)]


@quirk(41)
def captions_vary(rng: random.Random, printed: Printed) -> None:
    for box in _headers(printed):
        if box.text.startswith("第二十条"):
            box.text = rng.choice(
                [box.text[1:], f"中华人民共和国政府信息公开条例  {box.text}", box.text.replace("（", "(")]
            )


@quirk(45)
def group_labels_lost(rng: random.Random, printed: Printed) -> None:
    for _, row in _labelled(printed, "requests"):
        for box in row:
            if not box.cell and box is not label_of(row) and rng.random() < 0.6:
                box.text = ""


@quirk(35)
def filling_instructions(rng: random.Random, printed: Printed) -> None:
    for row in [row for _, row in _labelled(printed)]:
        if rng.random() < 0.2:
            label_of(row).text += rng.choice(["（含以本单位名义制发的）", "(指2020年办件量)", "（单位：件）"])


@quirk(63)
def traditional_characters(rng: random.Random, printed: Printed) -> None:
    for block in printed.blocks:
        if isinstance(block, Text):
            block.text = _traditional(block.text)
    for box in printed.boxes():
        if not box.cell:
            box.text = _traditional(box.text.replace("文件", "檔案") if rng.random() < 0.9 else box.text)


def _traditional(text: str) -> str:
    return text.translate(_to_traditional())


@cache
def _to_traditional() -> dict[int, str]:
    with (knowledge.FOLDER / "traditional.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {ord(row["simplified"]): row["traditional"] for row in reversed(rows)}


@quirk(64)
def pinyin_in_brackets(rng: random.Random, printed: Printed) -> None:
    sounds = ["fā", "shù", "rèn", "he", "gong", "kāi", "(he)(he)"]
    for box in printed.boxes():
        if not box.cell and len(box.text) > 2 and "[" not in box.text and rng.random() < 0.3:
            at = rng.randint(2, len(box.text))
            sound = rng.choice(sounds)
            box.text = box.text[:at] + (sound if "(" in sound else f"({sound})") + box.text[at:]


@quirk(42, weight=1)
def a_header_displaced(rng: random.Random, printed: Printed) -> bool:
    """其他 has left its place under 法人或其他组织 and stands a row higher."""
    for sheet in printed.sheets("requests"):
        if len(sheet.rows) > 3 and len(sheet.rows[2]) == 5:
            other = sheet.rows[2].pop()
            sheet.rows[1][1].wide -= 1
            sheet.rows[1].insert(2, Box(other.text, tall=2))
            return True
    return False


@quirk(0, weight=1)
def columns_in_another_order(rng: random.Random, printed: Printed) -> bool:
    """Header and figures change places together; where rows keep their columns, the header is to be believed."""
    sheet = rng.choice(printed.sheets() or [Sheet("", 0, [])])
    if sheet.table == "proactive":
        heads = [row for row in sheet.rows if len(row) == 4 and not any(box.cell for box in row)]
        first, second = rng.sample([1, 2, 3], 2)
        if not heads or printed.form.key == "t2019" or id(sheet) in printed.touched:
            return False
        printed.touched.add(id(sheet))
        for row in (heads[0], *(row for row in sheet.data_rows() if len(row) == 4)):
            row[first], row[second] = row[second], row[first]
        return True
    if sheet.table == "requests" and len(sheet.rows) > 3 and len(sheet.rows[2]) == 5:
        first, second = rng.sample(range(5), 2)
        head = sheet.rows[2]
        head[first], head[second] = head[second], head[first]
        for row in sheet.data_rows():
            cells = [number for number, box in enumerate(row) if box.cell]
            one, two = cells[1 + first], cells[1 + second]
            row[one], row[two] = row[two], row[one]
            if printed.layout in TEXT:
                printed.doubt(row)
        return True
    return False


# -- rows and tables ------------------------------------------------------------------------------------------------


@quirk(0, weight=2)
def a_row_missing(rng: random.Random, printed: Printed) -> bool:
    rows = _labelled(printed)
    if not rows:
        return False
    sheet, row = rng.choice(rows)
    number = sheet.rows.index(row)
    above = [box for boxes in sheet.rows[:number] for box in boxes if box.tall > 1]
    groups = [box for box in row if not box.cell and box is not label_of(row)]
    for box in groups:  # the group label stays with the next row
        box.tall -= 1
    if groups and number + 1 < len(sheet.rows):
        sheet.rows[number + 1][:0] = [box for box in groups if box.tall]
    for box in above:
        start = next(n for n, boxes in enumerate(sheet.rows) if box in boxes)
        if start + box.tall > number:
            box.tall -= 1
    sheet.rows.remove(row)
    for box in row:
        if box.cell:
            printed.truth[box.cell] = Truth(Says.ABSENT)
    return True


@quirk(30, weight=1)
def a_table_missing(rng: random.Random, printed: Printed) -> bool:
    sheets = [sheet for sheet in printed.sheets() if sheet.table != "all"]
    if not sheets:
        return False
    sheet = rng.choice(sheets)
    pieces = printed.sheets(sheet.table)
    at = printed.blocks.index(pieces[0])
    if rng.random() < 0.5:
        printed.blocks.insert(
            at, Text("2023年，我局共收到政府信息公开申请12件，其中予以公开5件，行政许可7件。")
        )
    printed.blocks = [block for block in printed.blocks if block not in pieces]
    for key in printed.truth:
        if key[0] == sheet.table:
            printed.truth[key] = Truth(Says.ABSENT)
    return True


@quirk(0)
def a_row_printed_twice(rng: random.Random, printed: Printed) -> bool:
    rows = _labelled(printed)
    if not rows:
        return False
    sheet, row = rng.choice(rows)
    at = sheet.rows.index(row)
    again = [Box(box.text, wide=box.wide, cell=box.cell) for box in row if box.cell or box is label_of(row)]
    if printed.layout in GRIDS and len(again) != len(row):
        return False  # the group's cell hangs over the row
    _stretch(sheet, at + 1)
    sheet.rows.insert(at + 1, again)
    printed.touched |= {id(row), id(again)}
    return True


@quirk(0, weight=1)
def a_row_printed_twice_differently(rng: random.Random, printed: Printed) -> bool:
    """Which of the two holds, nobody can say."""
    rows = _labelled(printed)
    if not rows:
        return False
    sheet, row = rng.choice(rows)
    at = sheet.rows.index(row)
    again = [Box(box.text, wide=box.wide, cell=box.cell) for box in row if box.cell or box is label_of(row)]
    figures = [box for box in again if box.cell]
    changed = rng.choice(figures)
    changed.text = str(rng.randint(100_000, 200_000))
    _stretch(sheet, at + 1)
    sheet.rows.insert(at + 1, again)
    for box in figures:
        assert box.cell
        printed.truth[box.cell] = Truth(Says.LOST)
    printed.touched |= {id(row), id(again)}
    return True


def _stretch(sheet: Sheet, at: int) -> None:
    """Makes the cells that hang over row ``at`` one row taller, so that a row can be put in there."""
    for number, row in enumerate(sheet.rows[:at]):
        for box in row:
            if box.tall > 1 and number + box.tall > at:
                box.tall += 1


@quirk(35, weight=3)
def an_extra_row(rng: random.Random, printed: Printed) -> bool:
    """A row the form does not have; its figures belong to no other row."""
    rows = _labelled(printed)
    if not rows:
        return False
    sheet, row = rng.choice(rows)
    at = sheet.rows.index(row) + 1
    label = rng.choice(
        [
            "其他主动公开文件（含以本单位名义制发的）",
            "其中：网上申请",
            "其中：本年新收网上申请",
            "行政确认",
            "行政奖励",
            "主动公开数",
        ]
        + ["其中：予以公开的历史信息", "其他行政许可", "小计", "备注", "占比"]
    )
    wide = label_of(row).wide
    _stretch(sheet, at)
    sheet.rows.insert(
        at, [Box(label, wide=wide), *(Box(str(rng.randint(0, 30)), wide=b.wide) for b in row if b.cell)]
    )
    return True


@quirk(0, weight=2)
def a_row_of_units(rng: random.Random, printed: Printed) -> bool:
    """Under the header: (件) (件) …, or the numbers of the columns."""
    sheets = [s for s in printed.sheets("requests") if len(s.rows) > 4 and len(s.rows[2]) >= 4]
    if not sheets:
        return False
    sheet = sheets[0]
    style = rng.choice(["unit", "numbers", "named numbers"])
    texts = ["（件）"] * 7 if style == "unit" else [str(number) for number in range(1, 8)]
    head = {"unit": "单位：件", "numbers": "", "named numbers": "栏次"}[style]
    sheet.rows.insert(3, [Box(head, wide=3), *map(Box, texts)])
    return True


@quirk(0, weight=1)
def a_label_lost(rng: random.Random, printed: Printed) -> bool:
    """Figures without a label belong to no row, whatever stands above them."""
    rows = [pair for pair in _labelled(printed) if pair[0].table != "review_litigation"]
    if not rows:
        return False
    sheet, row = rng.choice(rows)
    at = sheet.rows.index(row)
    label_of(row).text = ""
    for box in row:
        if box.cell:
            printed.truth[box.cell] = Truth(Says.ABSENT)
    printed.touched.add(id(row))
    before = [boxes for boxes in sheet.rows[:at] if any(box.cell for box in boxes)]
    if printed.layout in CELL_LINES and before:
        printed.doubt(before[-1])  # cell by cell, its figures run on into those of the row above
    return True


@quirk(44, weight=4)
def a_page_break_in_the_table(rng: random.Random, printed: Printed) -> bool:
    """The table goes on behind a page number, with or without its header; group labels are cut off."""
    sheets = [sheet for sheet in printed.sheets() if len(sheet.data_rows()) > 4]
    if not sheets:
        return False
    sheet = rng.choice(sheets)
    data = sheet.data_rows()
    cut = sheet.rows.index(data[rng.randint(1, len(data) - 1)])
    if sheet.table == "proactive" and not any(box.cell for box in sheet.rows[cut - 1]):
        cut -= 1  # the header goes with its row
    grid = sheet.grid()
    after = [list(row) for row in sheet.rows[cut:]]
    hanging: list[Box] = []
    for slot in grid[cut]:
        if slot and not slot[1] and slot[0] not in after[0] and slot[0] not in hanging:
            hanging.append(slot[0])
    above = [row for row in sheet.rows[:cut] if any(box.cell for box in row)]
    if not above:
        return False
    if printed.layout in LINES and (
        id(above[-1]) in printed.touched or any(not box.text for box in above[-1])
    ):
        return False  # cell by cell, a page number in the place of a cell that is gone is a figure like any other
    repeated = rng.random() < 0.5
    lead = []
    for box in hanging:
        start = next(n for n, row in enumerate(sheet.rows) if box in row)
        left = start + box.tall - cut
        box.tall = cut - start
        lead.append(Box(box.text if rng.random() < 0.3 else "", wide=box.wide, tall=left))
    after[0][:0] = lead
    head: list[list[Box]] = []
    if repeated and sheet.table == "requests":
        first = next(n for n, row in enumerate(sheet.rows) if any(box.cell for box in row))
        head = [[Box(box.text, box.wide, box.tall) for box in row] for row in sheet.rows[:first]]
    at = printed.blocks.index(sheet)
    sheet.rows = sheet.rows[:cut]
    furniture: list[Text] = []
    if rng.random() < 0.7:
        number = rng.choice(["3", "- 3 -", "—3—", "第3页", "3 / 8", "第 3 页 共 8 页"])
        furniture.append(Text(number, "furniture"))
        if printed.layout in LINES and re.fullmatch(r"\W*3\W*|3 / 8", number):
            printed.doubt(sheet.data_rows()[-1])
    if printed.layout == "pdf" or (printed.layout in TEXT and rng.random() < 0.3):
        furniture.append(Text("\f", "furniture"))
    printed.blocks[at + 1 : at + 1] = [*furniture, Sheet(sheet.table, sheet.width, [*head, *after])]
    printed.touched |= {id(row) for row in after}
    return True


@quirk(0)
def parts_as_tables_of_their_own(rng: random.Random, printed: Printed) -> bool:
    """Each block of table two is a table of its own, its caption inside or above."""
    sheets = printed.sheets("proactive")
    if len(sheets) != 1:
        return False
    above = rng.random() < 0.5
    blocks: list[Text | Sheet] = []
    for row in sheets[0].rows:
        if len(row) == 1 and above:
            blocks.append(Text(row[0].text))
        if len(row) == 1 or not any(isinstance(block, Sheet) for block in blocks):
            blocks.append(Sheet("proactive", sheets[0].width, []))
        if not (len(row) == 1 and above):
            assert isinstance(blocks[-1], Sheet)
            blocks[-1].rows.append(row)
    at = printed.blocks.index(sheets[0])
    printed.blocks[at : at + 1] = blocks
    return True


@quirk(0, layouts=("html-spans", "html-flat", "docx", "tabs", "markdown"), weight=2)
def one_table_for_all(rng: random.Random, printed: Printed) -> bool:
    """The whole report is one table, headings are rows of it; each part begins at the left."""
    sheets = printed.sheets()
    if len(sheets) != 3 or {id(row) for _, row in printed.free_rows()} & printed.touched:
        return False
    first, last = printed.blocks.index(sheets[0]), printed.blocks.index(sheets[-1])
    width = max(sheet.width for sheet in sheets)
    whole = Sheet("all", width, [])
    for block in printed.blocks[first : last + 1]:
        if isinstance(block, Text):
            whole.rows.append([Box(block.text, wide=width)])
        else:
            whole.rows += block.rows
    printed.blocks[first : last + 1] = [whole]
    return True


@quirk(34, weight=2)
def other_handling_in_one_row(rng: random.Random, printed: Printed) -> bool:
    """（六）其他处理 with one row of figures in the form of 2021, which has three: a zero is zero for each of them."""
    if printed.form.key != "t2021":
        return False
    for sheet in printed.sheets("requests"):
        rows = [
            row for row in sheet.data_rows() if any(b.cell and b.cell[1].startswith("other_") for b in row)
        ]
        if len(rows) != 3 or any(id(row) in printed.touched for row in rows) or len(rows[0]) != 9:
            continue
        group = rows[0][0]
        group.wide, group.tall = 2, 1
        start = sheet.rows.index(rows[0])
        for above in sheet.rows[:start]:
            for box in above:
                if box.tall > 20:
                    box.tall -= 2
        columns = [[box.cell for box in row if box.cell][column] for column in range(7) for row in rows]
        sums = [sum(printed.figures[cell] for cell in columns[n : n + 3]) for n in range(0, 21, 3)]
        sheet.rows[start : start + 3] = [[group, *(Box(f"{total:f}") for total in sums)]]
        for number, cell in enumerate(columns):
            says = Says.LOST if sums[number // 3] else Says.VALUE
            zero = None if sums[number // 3] else Decimal(0)
            told = zero is not None and bool(
                group.text
            )  # where the label is lost too, it is a row of nothing
            printed.truth[cell] = Truth(says, zero, sure=False, knowable=told)
        return True
    return False


@quirk(0, weight=1)
def reviews_as_three_rows(rng: random.Random, printed: Printed) -> bool:
    """Table four as three rows under one header: another table than the form's, and never read wrong."""
    for sheet in printed.sheets("review_litigation"):
        if len(sheet.rows) != 4 or len(sheet.rows[3]) != 15 or id(sheet.rows[3]) in printed.touched:
            continue
        cells = sheet.rows[3]
        printed.doubt(cells)
        names = ["行政复议", "未经复议直接起诉", "复议后起诉"]
        head = [Box("类别"), *(Box(box.text) for box in sheet.rows[1][:5])]
        sheet.rows = [head, *([Box(name), *cells[5 * n : 5 * n + 5]] for n, name in enumerate(names))]
        sheet.width = 6
        return True
    return False


# -- around the tables ----------------------------------------------------------------------------------------------

HEADINGS = {
    "overview": ["概述", "政府信息公开总体情况", "政务公开工作总体情况"],
    "proactive_disclosure": ["主动公开政府信息的情况", "行政机关主动公开政府信息情况"],
    "requests": ["行政机关收到和处理政府信息公开申请情况", "收到和处理政府信息公开申请情况统计表"],
    "review_litigation": [
        "因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        "政府信息公开行政复议和行政诉讼情况",
    ],
    "problems": ["存在主要问题及改进情况", "存在的问题与改进方向"],
    "other_matters": ["其他事项的报告", "其他报告的事项"],
}


@quirk(21, 22, 23, 24)
def headings_vary(rng: random.Random, printed: Printed) -> None:
    blocks: list[Text | Sheet] = []
    sections = iter(printed.form.sections)
    for block in printed.blocks:
        if isinstance(block, Text) and block.role == "heading":
            section = next(sections)
            name = rng.choice([section.zh, *HEADINGS[section.key]])
            style = rng.choice(["plain", "space", "own line", "dash", "bare"])
            if style == "own line":
                blocks.append(Text(f"{section.number}、", "heading"))
            before = {"plain": f"{section.number}、", "space": f"{section.number}、 ", "dash": "- "}.get(
                style, ""
            )
            block.text = f"{before}{name}"
        blocks.append(block)
    printed.blocks = blocks


@quirk(25)
def headings_missing(rng: random.Random, printed: Printed) -> None:
    printed.blocks = [b for b in printed.blocks if not (isinstance(b, Text) and b.role == "heading")]


@quirk(31, 28)
def prose_before_the_tables(rng: random.Random, printed: Printed) -> None:
    """Short lines too: a narrative figure is no figure of a table."""
    lines = [
        "2022年区政府办共收到8份申请。",
        "本年新收政府信息公开申请12件",
        "行政许可505件，行政处罚19件",
        "收到申请：13件",
    ]
    for sheet in printed.sheets():
        at = printed.blocks.index(sheet)
        printed.blocks[at:at] = [Text(text) for text in rng.sample(lines, rng.randint(0, 2))]


@quirk(28, weight=2)
def key_figures_in_the_overview(rng: random.Random, printed: Printed) -> bool:
    """A box of key figures, label and number each on a line: no official table, whatever its words."""
    at = [n for n, b in enumerate(printed.blocks) if isinstance(b, Text) and b.role == "heading"]
    if not at:
        return False
    pairs = [
        ("行政许可", "505"),
        ("行政处罚", "77"),
        ("收到申请", "13"),
        ("规章", "3"),
        ("总计", "99"),
        ("予以公开", "41"),
    ]
    lines = [Text(text) for pair in rng.sample(pairs, 3) for text in pair]
    printed.blocks[at[0] + 1 : at[0] + 1] = lines
    return True


@quirk(80)
def tables_after_the_report(rng: random.Random, printed: Printed) -> None:
    """An annex with other figures behind the signature, in a table of its own or in one like that of the form."""
    own = [
        [Box("项目"), Box("2021年"), Box("2022年")],
        [Box("行政许可"), Box("33"), Box("44")],
        [Box("培训次数"), Box("3"), Box("5")],
    ]
    like = [
        [Box("信息内容"), *(Box(text) for text in ("本年制发件数", "本年废止件数", "现行有效件数"))],
        [Box("规章"), *(Box(str(rng.randint(100, 900))) for _ in range(3))],
    ]
    asked = [
        [Box("项目"), *(Box(text) for text in ("自然人", "商业企业", "科研机构", "社会公益组织"))],
        [Box("予以公开"), *(Box(str(rng.randint(100, 900))) for _ in range(4))],
    ]
    rows = rng.choice([own, like, asked])
    printed.blocks += [Text("附件：相关统计图表"), Sheet("annex", len(rows[0]), rows)]


@quirk(67, 78)
def page_furniture(rng: random.Random, printed: Printed) -> None:
    before = [
        "当前位置：首页 > 政府信息公开 > 年报",
        "索 引 号: YT0028/2025-00460",
        "【字体:大 中 小】",
        "浏览次数：4234",
        "访问量",
        "4234",
    ]
    after = ["分享到：", "打印本页", "关闭窗口", "1", "主办：虚构市人民政府 京ICP备05000000号"]
    printed.blocks[:0] = [Text(text, "furniture") for text in rng.sample(before, rng.randint(1, 4))]
    printed.blocks += [Text(text, "furniture") for text in rng.sample(after, rng.randint(1, 3))]


# -- lines of text --------------------------------------------------------------------------------------------------


@line_quirk(43, layouts=["tabs"])
def tabs_differ(rng: random.Random, lines: list[TextLine], printed: Printed) -> list[TextLine]:
    """Leading and trailing tabs say nothing."""
    for line in lines:
        if line.sheet and line.row and any(box.cell for box in line.row):
            line.text = "\t" * rng.randint(0, 3) + line.text.strip("\t") + "\t" * rng.randint(0, 4)
    return lines


@line_quirk(44, layouts=["tabs", "pipes", "markdown"])
def a_gap_in_the_lines(rng: random.Random, lines: list[TextLine], printed: Printed) -> list[TextLine]:
    """A page break between two rows: an empty line, often a page number, and the next row outdented."""
    places = [
        n for n, line in enumerate(lines) if line.sheet and line.row and any(box.cell for box in line.row)
    ]
    for place in sorted(rng.sample(places, min(2, len(places))), reverse=True):
        text = lines[place].text
        if printed.layout == "tabs" and text.startswith("\t"):
            lines[place].text = text.lstrip("\t") if rng.random() < 0.5 else text
        number = rng.choice([[], ["- 4 -"], ["4"], ["\f4"], ["第4页，共9页"]])
        lines[place:place] = [TextLine(text) for text in ("", *number, "")]
    return lines


@line_quirk(60, layouts=["markdown", "pipes", "tabs", "lines"])
def converters_captions(rng: random.Random, lines: list[TextLine], printed: Printed) -> list[TextLine]:
    found: list[TextLine] = []
    previous = None
    for line in lines:
        if line.sheet is not previous and line.sheet is not None:
            found.append(
                TextLine(
                    rng.choice(["## 表三：收到和处理政府信息公开申请情况", "**表1**", "表 2", "Table 3"])
                )
            )
            found.append(TextLine(""))
        previous = line.sheet
        found.append(line)
    return found


@line_quirk(51, 53, layouts=["pipes"])
def pads_and_runs_of_pipes(rng: random.Random, lines: list[TextLine], printed: Printed) -> list[TextLine]:
    found: list[TextLine] = []
    for line in lines:
        if line.sheet and rng.random() < 0.3:
            line.text += rng.choice([" ||", " |", "|||"])
        found.append(line)
        if rng.random() < 0.05:
            found += [TextLine("|")] * rng.randint(1, 7)
    return found


@line_quirk(54, layouts=["pipes"], weight=1)
def a_layout_table_around_the_page(
    rng: random.Random, lines: list[TextLine], printed: Printed
) -> list[TextLine]:
    lines[0].text += " " + "|" * rng.randint(100, 450)
    return lines


@line_quirk(57, layouts=["lines", "lines-apart"], weight=1)
def repeated_lines_removed(rng: random.Random, lines: list[TextLine], printed: Printed) -> list[TextLine]:
    """Only the first 0 survives: nearly all is lost, and nothing may be made of what is left."""
    seen: set[str] = set()
    printed.wreck = True
    found = [line for line in lines if line.text not in seen and not seen.add(line.text)]  # type: ignore[func-returns-value]
    for sheet in printed.sheets():
        for row in sheet.data_rows():
            printed.doubt(row)
    return found


@line_quirk(55, layouts=["tabs", "lines"], weight=1)
def one_line(rng: random.Random, lines: list[TextLine], printed: Printed) -> list[TextLine]:
    """The whole report on one line: tables are no tables any more."""
    printed.wreck = True
    for sheet in printed.sheets():
        for row in sheet.data_rows():
            printed.doubt(row)
    return [TextLine(" ".join(" ".join(line.text.split()) for line in lines if line.text.strip()))]


@line_quirk(54, 52, layouts=["lines"], weight=1)
def one_line_of_pipes(rng: random.Random, lines: list[TextLine], printed: Printed) -> list[TextLine]:
    """All cells of the page in one line of pipes: a table of layout around everything."""
    printed.wreck = True
    for sheet in printed.sheets():
        for row in sheet.data_rows():
            printed.doubt(row)
    return [TextLine(" | ".join(line.text for line in lines if line.text.strip()) + " ||||")]


# -- who reports, on what, for whom ---------------------------------------------------------------------------------

EVERYWHERE = frozenset(LAYOUTS)
REAL_PLACES = ("昌乐县", "上海市", "郑州市金水区", "平潭综合实验区", "宿迁市", "海南省")


def _title_at(printed: Printed) -> int:
    return next(
        n for n, block in enumerate(printed.blocks) if isinstance(block, Text) and block.role == "title"
    )


def _is_untitled(printed: Printed) -> bool:
    title = (
        printed.blocks[_title_at(printed)]
        if any(isinstance(block, Text) and block.role == "title" for block in printed.blocks)
        else None
    )
    return not isinstance(title, Text) or printed.agency not in title.text


@quirk(0, layouts=EVERYWHERE, weight=3)
def a_place_alone(rng: random.Random, printed: Printed) -> bool:
    """The title names a place and nothing else: the figures are those of all its bodies."""
    if _is_untitled(printed):
        return False
    place = rng.choice(REAL_PLACES)
    for block in printed.blocks:
        if isinstance(block, Text):
            block.text = block.text.replace(printed.agency, place)
    printed.agency, printed.scope = place, "jurisdiction"
    return True


@quirk(0, layouts=EVERYWHERE, weight=3)
def a_sentence_with_the_words_of_a_title(rng: random.Random, printed: Printed) -> bool:
    if _is_untitled(printed):
        return False
    text = rng.choice(
        [
            f"积极推进政务信息公开是建设法治政府、服务型政府的要求，现将{printed.year}年{printed.agency}政府信息公开情况报告如下。",
            "本报告根据《中华人民共和国政府信息公开条例》、《关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》要求编制。",
            f"根据要求，现公布{printed.agency}{printed.year}年政府信息公开工作年度报告。",
            "按照政府信息公开工作年度报告格式的要求，特编制本报告",
        ]
    )
    printed.blocks.insert(_title_at(printed) + 1, Text(text))
    return True


@quirk(0, layouts=ALL, weight=2)
def no_title_but_the_usual_preamble(rng: random.Random, printed: Printed) -> bool:
    """The agency stands in the signature, the year in the period alone."""
    if _is_untitled(printed):
        return False
    at = _title_at(printed)
    printed.blocks[at : at + 1] = [
        Text(
            "本报告根据《中华人民共和国政府信息公开条例》、《国务院办公厅政府信息与政务公开办公室关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》要求编制。"
        ),
        Text(f"本报告所列数据的统计时限自{printed.year}年1月1日起至{printed.year}年12月31日止。"),
    ]
    return True


@quirk(0, layouts=ALL, weight=2)
def a_second_report_in_the_file(rng: random.Random, printed: Printed) -> bool:
    """Last year's report below, with its title or without: none of its figures, dates and names is this one's."""
    if _is_untitled(printed):
        return False
    other = print_report(rng, printed.form)
    other.blocks[0] = Text(f"{printed.agency}{printed.year - 1}年政府信息公开工作年度报告", "title")
    for box in other.figure_boxes():
        box.cell = None
    printed.blocks += other.blocks[rng.random() < 0.3 :]
    return True


@quirk(39, layouts=GRIDS | {"tabs", "markdown", "pipes"}, weight=2)
def a_unit_in_the_header(rng: random.Random, printed: Printed) -> bool:
    """Another unit than the form's: the figures are printed in it."""
    heads = [box for box in _headers(printed) if box.text.startswith("本年收费金额")]
    unit = rng.choice(["元", "千元", "亿元"])
    for box in heads:
        box.text = f"本年收费金额（单位：{unit}）"
        for cell, truth in printed.truth.items():
            if cell[2] == "fee_amount" and not truth.unit:
                printed.truth[cell] = replace(truth, unit=unit)
    return bool(heads)


@quirk(0, layouts=GRIDS | {"tabs", "markdown"}, weight=2)
def the_courts_before_the_reconsiderations(rng: random.Random, printed: Printed) -> bool:
    """Table four with 行政诉讼 left of 行政复议."""
    for sheet in printed.sheets("review_litigation"):
        if len(sheet.rows) != 4 or len(sheet.rows[0]) != 2 or len(sheet.rows[3]) != 15 or sheet.width != 15:
            continue
        upper, middle, lower, cells = sheet.rows
        if id(cells) in printed.touched or len(middle) != 7:
            continue
        sheet.rows = [upper[::-1], middle[5:] + middle[:5], lower, cells[5:] + cells[:5]]
        printed.touched.add(id(sheet.rows[3]))
        return True
    return False


@quirk(40, weight=3)
def a_label_misprinted(rng: random.Random, printed: Printed) -> bool:
    """Two characters of a label are lost and one is another: its place still tells it, where the sums agree."""
    rows = [
        (sheet, row)
        for sheet, row in _labelled(printed, "requests")
        if len(label_of(row).text) > 8 and "\n" not in label_of(row).text
    ]
    if not rows:
        return False
    _, row = rng.choice(rows)
    label = label_of(row)
    at = rng.randint(4, len(label.text) - 3)
    label.text = label.text[:at] + "丒" + label.text[at + 3 :]
    printed.doubt(row)
    cells = [box.cell for box in row if box.cell]
    order = [data.key for data in printed.form.table("requests").parts[0].data_rows]
    if cells[0][1] not in (order[0], order[-1]):  # it has a neighbour on either side
        for cell in cells:
            printed.truth[cell] = replace(printed.truth[cell], knowable=True)
    return True
