"""A seed → a document that speaks of annual reports and is none: a notice with the blank form, rules, a model text, a school's."""

from __future__ import annotations

import random

from tests.synthetic.layouts import LAYOUTS
from tests.synthetic.sheet import Printed, Text, print_report

SCHOOLS = ("虚构大学", "青岚职业技术学院", "假想县第一中学", "例示师范学院")
LAYOUT_NAMES = ("tabs", "lines", "html-spans", "markdown", "docx")


def _titled(printed: Printed, title: str) -> None:
    printed.blocks[0] = Text(title, "title")
    printed.blocks[-2:] = []


def _without_figures(printed: Printed) -> None:
    for box in printed.figure_boxes():
        box.text = ""


def _without_tables(printed: Printed) -> None:
    printed.blocks = [block for block in printed.blocks if isinstance(block, Text)]


def make_other(seed: int) -> tuple[str, str, bytes]:
    """What it is, its format, and the file of a seed."""
    rng = random.Random(f"other {seed}")
    printed = print_report(rng)
    kind = rng.choice(
        ["notice", "rules", "model text", "placeholders", "school", "school year", "early report"]
    )
    if kind == "notice":
        _titled(printed, "关于印发《中华人民共和国政府信息公开工作年度报告格式》的通知")
        _without_figures(printed)
    elif kind == "rules":
        _titled(
            printed, f"{printed.agency}政府信息公开工作年度报告{rng.choice(['制度', '编制办法', '管理规定'])}"
        )
        _without_tables(printed)
    elif kind == "model text":
        _titled(
            printed, f"{printed.year}年政府信息公开工作年度报告{rng.choice(['范文', '模板（通用）', '样本'])}"
        )
    elif kind == "placeholders":
        _titled(printed, "××县××局20××年政府信息公开工作年度报告")
        _without_figures(printed)
    elif kind == "school":
        _titled(printed, f"{rng.choice(SCHOOLS)}{printed.year}年信息公开工作年度报告")
        _without_tables(printed)
    elif kind == "school year":
        years = f"{printed.year - 1}-{printed.year}学年"
        _titled(printed, f"{rng.choice(SCHOOLS)}{years}信息公开工作年度报告")
        _without_tables(printed)
    else:
        _titled(printed, f"{printed.agency}{rng.randint(2008, 2018)}年政府信息公开工作年度报告")
        _without_tables(printed)
    layout = LAYOUTS[rng.choice(LAYOUT_NAMES)]
    return kind, layout.format, layout.to_bytes(printed, lambda lines: lines)
