"""Pictures of every kind of page, to look through in a minute: `make screenshots`, then open build/screenshots/index.html.

Comes in: the published package, and the demonstration corpus, which has every fault that a report can have. Goes out:
a picture for each kind of page, width and palette, one contact sheet with all of them, and the picture in the README.
"""

import argparse
import sys
import tempfile
from html import escape
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pipeline.archive.sources import agencies
from pipeline.bench.demo import mark_invented, write_demo
from pipeline.filing.read_all import read_all
from pipeline.package.rows import make_tables
from pipeline.package.write import write_package
from pipeline.pages import write_pages
from pipeline.site.build import build_site
from tests.shared import served
from tests.tools.browser import HELP, find_chromium

OUT = ROOT / "build" / "screenshots"
README = ROOT / ".github" / "screenshot.png"
README_PAGE = "agencies/511900-housing/2022/"
WIDTHS = {390: 844, 768: 1024, 1280: 900, 1920: 1080}
SCHEMES = ("light", "dark")
TALLEST = 2600  # pixels; what is below looks like what is above
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking")
# Name of the picture → which site, which page. The demonstration has the busy and the damaged ones.
KINDS = {
    "home": ("real", ""),
    "home-demo": ("demo", ""),
    "home-en": ("real", "en/"),
    "agencies": ("demo", "agencies/"),
    "agency": ("demo", "agencies/990100-finance/"),
    "agency-one-year": ("real", "agencies/511900-housing/"),
    "report": ("real", README_PAGE),
    "report-nothing": ("real", "agencies/510403-housing/2023/"),
    "report-busy": ("demo", "agencies/990300-education/2023/"),
    "report-damaged": ("demo", "agencies/990300-transport/2024/"),
    "report-text": ("demo", "agencies/990300-education/2023/text/"),
    "frame": ("demo", "agencies/990300-education/2023/?embed=outcomes"),
    "report-en": ("real", f"en/{README_PAGE}"),
    "report-source": ("real", f"{README_PAGE}source/"),
    "places": ("demo", "places/"),
    "place": ("demo", "places/990000/"),
    "place-city": ("demo", "places/990100/"),
    "years": ("demo", "years/"),
    "year": ("demo", "years/2024/"),
    "year-en": ("demo", "en/years/2024/"),
    "year-few": ("real", "years/2022/"),
    "explore": ("demo", "explore/"),
    "explore-table": ("demo", "explore/?m=requests/new_received&y=2024&sort=-2024"),
    "explore-line": ("demo", "explore/?a=990100-housing,990200-housing&m=requests/new_received&tab=line"),
    "explore-map": ("demo", "explore/?by=city&place=99&m=requests/new_received&y=2024&tab=map"),
    "search": ("demo", "search/?q=住建局"),
    "quality": ("demo", "quality/"),
    "quality-rule": ("demo", "quality/T3-BAL/"),
    "indicators": ("demo", "quality/indicators/"),
    "data": ("real", "data/"),
    "dictionary": ("real", "data/dictionary/"),
    "versions": ("real", "data/versions/"),
    "method": ("real", "method/"),
    "about": ("real", "about/"),
    "contribute": ("real", "contribute/"),
    "404": ("real", "404.html"),
}


def build(work: Path) -> None:
    """Both sites below ``work``: ``real`` and ``demo``."""
    reports = work / "package" / "reports"
    reports.mkdir(parents=True)
    write_demo(reports)
    write_package(make_tables(agencies(reports), read_all(reports)), work / "package")
    mark_invented(work / "package")
    for name, package in (("real", ROOT / "datapackage"), ("demo", work / "package")):
        write_pages(package, work / name / "docs")
        build_site(
            work / name / "docs", work / name / "site", site_url=f"http://localhost/{name}/site/"
        )  # so that 404.html finds its files


def shoot(page: Page, address: str, file: Path, *, tallest: int) -> bool:
    """One picture; False where the site has no such page."""
    answer = page.goto(address)
    if not (answer and answer.ok):
        return False
    if "?" in address:
        page.wait_for_load_state("networkidle")  # what was asked for
    wide, high = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    whole = {"x": 0, "y": 0, "width": wide, "height": min(tallest, high)}
    page.screenshot(path=file, clip=whole, full_page=True, animations="disabled")
    return True


def sheet(made: dict[str, list[str]]) -> str:
    """The contact sheet: a row a kind of page."""
    rows = "".join(
        f"<h2>{escape(kind)}</h2><div>"
        + "".join(f'<a href="{name}"><img loading="lazy" src="{name}" alt="{name}"></a>' for name in names)
        + "</div>"
        for kind, names in made.items()
    )
    style = (
        "body{font:14px sans-serif;background:#888}div{display:flex;gap:8px;overflow:auto;align-items:start}"
    )
    style += (
        "img{height:620px;object-fit:cover;object-position:top;border:1px solid #444}h2{margin:12px 0 4px}"
    )
    return f'<!doctype html><meta charset="utf-8"><title>screenshots</title><style>{style}</style>{rows}\n'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", help=f"which kinds; all of them: {' '.join(KINDS)}")
    parser.add_argument("--width", type=int, choices=WIDTHS, action="append")
    parser.add_argument("--scheme", choices=SCHEMES, action="append")
    parser.add_argument("--sites", type=Path, help="folder with real/site and demo/site, built before")
    chosen = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        print(HELP["chromium"], file=sys.stderr)
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    made: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        work = chosen.sites or Path(temporary)
        if not chosen.sites:
            build(work)
        with served(work) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
            for width in chosen.width or WIDTHS:
                for scheme in chosen.scheme or SCHEMES:
                    size = {"width": width, "height": WIDTHS[width]}
                    context = browser.new_context(viewport=size, color_scheme=scheme, locale="zh-CN")
                    page = context.new_page()
                    for kind in chosen.kinds or KINDS:
                        site, path = KINDS[kind]
                        name = f"{kind}-{width}-{scheme}.png"
                        if shoot(page, f"{address}/{site}/site/{path}", OUT / name, tallest=TALLEST):
                            made.setdefault(kind, []).append(name)
                    context.close()
            if not chosen.kinds:
                page = browser.new_page(viewport={"width": 1280, "height": WIDTHS[1280]}, locale="zh-CN")
                shoot(page, f"{address}/real/site/{README_PAGE}", README, tallest=WIDTHS[1280])
            browser.close()
    if not chosen.kinds:
        (OUT / "index.html").write_text(sheet(made), encoding="utf-8", newline="\n")
        for kind in sorted(set(KINDS) - set(made)):
            print(f"没有这一页 no such page: {kind} {KINDS[kind][1]}")
    print(f"截图 screenshots: {OUT / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
