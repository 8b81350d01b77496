"""The pictures that a link shows when it is shared: one a section, in Chinese and English, into site_src/assets/share.

Run by whoever changes the title in site.yml: `.venv/bin/python tests/tools/share.py`. The pictures are committed,
since letters are drawn a little differently on every machine.
"""

import sys
from html import escape
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pipeline.knowledge.settings import settings
from pipeline.pages.words import Words
from tests.tools.browser import HELP, find_chromium

OUT = ROOT / "site_src/assets/share"
SECTIONS = {
    "home": "home.picture",
    "agencies": "agencies.title",
    "years": "years.title",
    "quality": "report.checks",
    "explore": "explore.title",
    "data": "data.title",
}
CARD = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; width: 1200px; height: 630px; background: #1d5266; color: #fff; font-family: system-ui, sans-serif;
  display: grid; align-content: center; padding: 0 90px; box-sizing: border-box }}
p {{ margin: 0 }} .t {{ font-size: 76px; font-weight: 700; line-height: 1.25 }} .s {{ font-size: 46px; margin-top: 34px }}
.e {{ font-size: 30px; color: #cfe3ea; margin-top: 10px }}
</style><p class="t">{title}</p><p class="e">{english}</p><p class="s">{section}</p><p class="e">{section_en}</p>"""


def main() -> int:
    chromium = find_chromium()
    if chromium is None:
        print(HELP["chromium"], file=sys.stderr)
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    title = settings().title
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-lcd-text"]
        )
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        for name, key in SECTIONS.items():
            words = {
                "title": title.zh,
                "english": title.en,
                "section": Words("zh")(key),
                "section_en": Words("en")(key),
            }
            page.set_content(CARD.format(**{name: escape(text) for name, text in words.items()}))
            page.screenshot(path=OUT / f"{name}.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
