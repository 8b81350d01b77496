"""A fork for an invented province: made, built, and without a trace of us; and another form, added as data alone."""

import csv
import hashlib
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
import yaml
from lxml import html

from pipeline.bench.synthetic import Stock, as_text, form_for, invent
from pipeline.cli.fork import Fork, make_fork
from pipeline.cli.upgrade import UPSTREAM
from pipeline.knowledge.settings import FIELDS, read_settings, repository
from pipeline.model.findings import PipelineError

ROOT = Path(__file__).parents[2]
SITE = ROOT / "site.yml"
NEW = (
    "--title",
    "云湖省政府信息公开年报汇编",
    "--place",
    "云湖省",
    "--title-en",
    "Cloud Lake Disclosure Reports",
    "--place-en",
    "Cloud Lake",
)

OWN = {
    "base_address": "https://data.example.org/cloud",
    "repository": "https://git.example.org/cloud/lake",
    "contact": "mailto:lake@example.org",
    "origin": {"zh": "湖滨法第三条的年报", "en": "reports under Article 3 of the Lake Act"},
    "keywords": ["湖", "lakes"],
}


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *words],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def fork(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fork with one report of its own, in a place that no list of divisions has, built."""
    folder = tmp_path_factory.mktemp("fork") / "cloud-lake"
    done = run(ROOT, "new", str(folder), *NEW)
    assert done.returncode == 0, done.stderr
    own = folder / "site.yml"  # the one file that a fork changes
    said = yaml.safe_load(own.read_text(encoding="utf-8")) | OWN
    own.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    home = folder / "datapackage/reports/990100-education"
    home.mkdir(parents=True)
    agency = {
        "name_zh": "云湖省望川市教育局",
        "level": "prefecture",
        "function": "education",
        "division_code": "990100",
    }
    (home / "agency.yml").write_text(yaml.safe_dump(agency, allow_unicode=True), encoding="utf-8")
    figures = invent(random.Random(1), form_for(2023), 20, Stock())
    (home / "2023.txt").write_text(
        as_text(figures, form_for(2023), "云湖省望川市教育局", 2023), encoding="utf-8"
    )
    (home / "2023.yml").write_text("source_url: null\nretrieved: null\n", encoding="utf-8")
    done = run(folder, "build")
    assert done.returncode == 0, done.stderr
    return folder


def traces() -> list[str]:
    """Our agencies, by name and id, and our titles."""
    with (ROOT / "datapackage/data/agencies.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            row for row in csv.DictReader(file) if (ROOT / "datapackage/reports" / row["agency_id"]).is_dir()
        ]
    assert len(rows) >= 5
    ours = read_settings(SITE)
    titles = [ours.data_title.zh, ours.title.en, ours.data_title.en, ours.name]
    return [*(row["name_zh"] for row in rows), *(row["agency_id"] for row in rows), *titles]


def text_files(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix in {".html", ".json", ".csv", ".yml", ".md", ".xml", ".toml", ".cff", ".txt", ".js"}
    ]


def test_the_built_site_and_data_have_its_own_name_and_no_trace_of_ours(fork: Path) -> None:
    home = (fork / "build/site/index.html").read_text(encoding="utf-8")
    assert "云湖省政府信息公开年报汇编" in home
    descriptor = json.loads((fork / "datapackage/datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["name"] == "cloud-lake-disclosure-reports"
    assert descriptor["spatial"]["title"] == "云湖省"
    ours = read_settings(SITE).title.zh
    found = {
        (path.relative_to(fork).as_posix(), trace)
        for folder in (fork / "build/site", fork / "datapackage")
        for path in text_files(folder)
        for trace in (*traces(), f">{ours}<", f">{ours} ", f"· {ours}")
        if trace in path.read_text(encoding="utf-8", errors="replace")
    }
    assert found == set()


def test_site_yml_alone_says_where_the_site_and_its_repository_are(fork: Path) -> None:
    site, home = fork / "build/site", f"{OWN['base_address']}/"
    report = "agencies/990100-education/2023/"
    assert f'<link rel="canonical" href="{home}{report}">' in (site / report / "index.html").read_text(
        "utf-8"
    )
    assert f"<loc>{home}{report}</loc>" in (site / "sitemap.xml").read_text("utf-8")
    assert f'href="{home}{report}"' in (site / "feed.xml").read_text("utf-8")
    assert f'"{home}data/#dataset"' in (site / "data/dcat.jsonld").read_text("utf-8")
    descriptor = json.loads((site / "data/datapackage.json").read_text("utf-8"))
    assert descriptor["homepage"] == home
    assert descriptor["sources"] == [
        {"title": "湖滨法第三条的年报 / reports under Article 3 of the Lake Act"}
    ]
    assert descriptor["keywords"] == ["湖", "lakes", "Cloud Lake"]
    assert descriptor["contributors"][0]["email"] == "lake@example.org"
    assert '"mailto:lake@example.org"' in (site / "data/dcat.jsonld").read_text("utf-8")
    assert f"{OWN['repository']}/issues/new?" in (site / report / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("server", "name", "found"),
    [
        ("https://github.com", "someone/their-fork", "https://github.com/someone/their-fork"),
        ("https://git.example.org", "a/b", "https://git.example.org/a/b"),
        ("", "", ""),
        ("javascript:alert(1)", "a/b", ""),
        ("https://github.com", 'a/b"><script>', ""),
    ],
)
def test_a_workflow_tells_its_own_repository_so_a_fork_needs_no_edit(
    server: str, name: str, found: str
) -> None:
    assert repository({"GITHUB_SERVER_URL": server, "GITHUB_REPOSITORY": name}) == found


def test_the_copy_has_none_of_our_reports_data_history_or_tests(fork: Path) -> None:
    assert not (fork / ".git").exists()
    assert not (fork / "tests").exists()
    assert [
        path.name
        for path in (fork / "datapackage/reports").iterdir()
        if path.is_dir() and path.name != "inbox"
    ] == ["990100-education"]
    documents = [
        fork / name for name in ("README.md", "CHANGELOG.md", "CITATION.cff", "site.yml", "pyproject.toml")
    ]
    found = {
        (path.name, trace)
        for path in documents
        for trace in traces()
        if trace in path.read_text(encoding="utf-8")
    }
    assert found == set()
    assert "MIT License" in (fork / "LICENSE").read_text(encoding="utf-8")  # the licence asks for it


def test_a_fork_is_not_made_over_something(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").write_text("x", encoding="utf-8")
    for folder in (tmp_path / "a", ROOT / "build/fork", tmp_path / "a/b"):
        with pytest.raises(PipelineError):
            make_fork(Fork("题", "地"), folder)
    for wrong in (Fork("", "地"), Fork("题", "地\n方"), Fork("题" * 200, "地")):
        with pytest.raises(PipelineError):
            make_fork(wrong, tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_every_field_of_site_yml_is_needed_and_checked(tmp_path: Path) -> None:
    entry = yaml.safe_load(SITE.read_text(encoding="utf-8"))
    assert set(entry) == FIELDS
    wrong = {
        "name": "A B",
        "title": {"zh": "x"},
        "languages": ["fr"],
        "base_address": "ftp://x",
        "repository": "x",
        "forms": [],
        "licence": {},
        "publisher": "",
        "contact": "x",
        "place_code": "china",
        "description": 3,
        "keywords": [],
    }
    for field in sorted(FIELDS):
        for broken in ({k: v for k, v in entry.items() if k != field}, entry | {field: wrong.get(field, 3)}):
            (tmp_path / "site.yml").write_text(yaml.safe_dump(broken, allow_unicode=True), encoding="utf-8")
            with pytest.raises(PipelineError, match=field):
                read_settings(tmp_path / "site.yml")


def test_a_form_that_is_not_there_is_named(fork: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(fork, copy, ignore=shutil.ignore_patterns("build"))
    _settings(copy, forms=["t2021", "nowhere"])
    done = run(copy, "package")
    assert done.returncode == 2
    assert "nowhere" in done.stderr


def _settings(folder: Path, **changes: object) -> None:
    path = folder / "site.yml"
    entry = yaml.safe_load(path.read_text(encoding="utf-8")) | changes
    path.write_text(yaml.safe_dump(entry, allow_unicode=True, sort_keys=False), encoding="utf-8")


LIBRARY_REPORT = """望川市教育局2023年政府信息公开工作年度报告

一、总体情况

这是编造的。

二、主动公开政府信息情况

图书馆情况
信息内容	藏书册数	借出册数
中心图书馆	1200	340
分馆	80	7

望川市教育局
2024年1月20日
"""


# What our forms ask about. "Pull requests" are others.
OF_REQUESTS = re.compile(
    r".{0,20}(申请|复议|诉讼|新收(?!录)|办结|(?<!pull )request|applicant|litigation|reconsideration|lawsuit).{0,20}",
    re.IGNORECASE,
)


def _said_of_requests(site: Path) -> list[str]:
    """Each page that says anything of requests, in its text or its attributes, with the words around."""
    pages = {
        path.relative_to(site).as_posix(): html.fromstring(path.read_bytes()) for path in site.rglob("*.html")
    }
    assert {"index.html", "en/index.html", "method/index.html", "places/130100/index.html"} <= set(pages)
    found = []
    for path, page in sorted(pages.items()):
        for scripts in page.iter("script", "style"):
            scripts.text = ""
        attributes = page.xpath("//@content | //@title | //@alt | //@placeholder | //@aria-label")
        said = " ".join((page.text_content(), *attributes)).split()
        found += [f"{path}: {hit[0]}" for hit in OF_REQUESTS.finditer(" ".join(said))]
    return found


def test_another_form_with_other_tables_is_one_folder_of_data(fork: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(fork, copy, ignore=shutil.ignore_patterns("build", "2023.*"))
    knowledge = copy / "pipeline/knowledge"
    before = {path: path.read_bytes() for path in copy.rglob("*.py")}
    resource = yaml.safe_load((knowledge / "package.yml").read_text(encoding="utf-8"))["resources"][
        "requests"
    ]
    resource = json.loads(json.dumps(resource).replace("requests", "libraries")) | {
        "title_zh": "图书馆",
        "title_en": "Libraries",
        "description_zh": "各馆藏书和借出。",
        "description_en": "Books held and lent.",
    }
    library = {
        "items": {
            "main_library": {
                "zh": "中心图书馆",
                "en": "Main library",
                "plain_zh": "市里的图书馆。",
                "plain_en": "The city's library.",
            },
            "branch": {
                "zh": "分馆",
                "en": "Branches",
                "plain_zh": "区里的图书馆。",
                "plain_en": "Libraries of the districts.",
            },
        },
        "measures": {
            "books": {"zh": "藏书册数", "en": "Books held", "type": "integer", "unit": "册"},
            "lent": {"zh": "借出册数", "en": "Books lent", "type": "integer", "unit": "册"},
        },
        "package": {
            "units": {"册": "volumes"},
            "resources": {"libraries": resource},
        },
        "form": {
            "key": "library",
            "number": "云湖〔2023〕1号",
            "zh": "图书馆年报格式",
            "en": "Library form",
            "report_years": {"first": 2023},
            "cells": 4,
            "signs": ["藏书册数"],
            "sections": ["overview", "proactive_disclosure"],
            "tables": [
                {
                    "key": "libraries",
                    "section": "proactive_disclosure",
                    "zh": "图书馆情况",
                    "en": "Libraries",
                    "parts": [
                        {
                            "key": "libraries",
                            "zh": "图书馆情况",
                            "columns": ["books", "lent"],
                            "rows": ["main_library", "branch"],
                        }
                    ],
                }
            ],
        },
    }
    (knowledge / "forms/library").mkdir()
    for name, content in library.items():
        text = yaml.safe_dump(content, allow_unicode=True)
        (knowledge / f"forms/library/{name}.yml").write_text(text, encoding="utf-8")
    _settings(copy, forms=["library"])
    home = copy / "datapackage/reports/990100-education"
    other = copy / "datapackage/reports/130100-education"  # in a place of the list, which has a page
    other.mkdir()
    agency = yaml.safe_load((home / "agency.yml").read_text(encoding="utf-8"))
    agency |= {
        "name_zh": "石家庄市教育局",
        "division_code": "130100",
        "province": "河北省",
        "city": "石家庄市",
    }
    (other / "agency.yml").write_text(yaml.safe_dump(agency, allow_unicode=True), encoding="utf-8")
    for folder, name in ((home, "望川市教育局"), (other, "石家庄市教育局")):
        text = LIBRARY_REPORT.replace("望川市教育局", name)
        (folder / "2023.txt").write_text(text, encoding="utf-8")
        (folder / "2023.yml").write_text("source_url: null\nretrieved: null\n", encoding="utf-8")

    done = run(copy, "package")
    assert done.returncode == 0, done.stderr
    with (copy / "datapackage/data/libraries.csv").open(encoding="utf-8", newline="") as file:
        rows = {
            row["item"]: (row["books"], row["lent"])
            for row in csv.DictReader(file)
            if row["report_id"] == "990100-education-2023"
        }
    assert rows == {"main_library": ("1200", "340"), "branch": ("80", "7")}
    done = run(copy, "pages")
    assert done.returncode == 0, done.stderr
    done = run(copy, "site")
    assert done.returncode == 0, done.stderr
    page = (copy / "build/site/agencies/990100-education/2023/index.html").read_text(encoding="utf-8")
    assert "藏书册数" in page
    assert "1,200" in page or "1200" in page
    assert _said_of_requests(copy / "build/site") == []
    data = copy / "build/site/data"
    with closing(sqlite3.connect(next(data.glob("*.sqlite")))) as database:
        cells = database.execute(
            "SELECT item, measure, value FROM v_cells WHERE report_id = '990100-education-2023' ORDER BY 1, 2"
        ).fetchall()
    assert cells == [
        ("branch", "books", 80),
        ("branch", "lent", 7),
        ("main_library", "books", 1200),
        ("main_library", "lent", 340),
    ]
    assert "libraries" in openpyxl.load_workbook(next(data.glob("*.xlsx")), read_only=True).sheetnames
    answer = json.loads((copy / "build/site/api/v1/reports/990100-education-2023.json").read_text("utf-8"))
    assert {row["item"]: row["lent"] for row in answer["tables"]["libraries"]} == {
        "branch": 7,
        "main_library": 340,
    }
    assert (copy / "build/site/api/v1/items/main_library.csv").is_file()
    assert "市里的图书馆。" in (data / "dictionary/index.html").read_text("utf-8")
    assert {path: path.read_bytes() for path in copy.rglob("*.py")} == before


def test_a_fork_builds_before_its_first_report_and_says_how_to_add_one(tmp_path: Path) -> None:
    folder = tmp_path / "分 叉"  # a path with a blank and Chinese, and a narrow umask
    make_fork(Fork("云湖省年报", "云湖省", "Cloud Lake", "Cloud Lake"), folder)
    home = (tmp_path / "home").resolve()
    home.mkdir(
        mode=0o500
    )  # nothing may be written there, and who is root gives up what lets him all the same
    plain = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run([*plain, "touch", home / "x"], check=True, capture_output=True)
    done = subprocess.run(
        [*plain, "bash", "-c", f'umask 077; exec "{sys.executable}" -m pipeline build'],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(home)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    first = (folder / "build/site/index.html").read_text(encoding="utf-8")
    assert "这里还没有年报" in first
    assert "make inbox" in first
    assert "申请合起来" not in first
    figures = invent(random.Random(1), form_for(2023), 20, Stock())
    inbox = folder / "datapackage/reports/inbox"
    (inbox / "一份.txt").write_text(
        as_text(figures, form_for(2023), "石家庄市教育局", 2023), encoding="utf-8"
    )
    done = run(folder, "build")
    assert done.returncode == 0, done.stderr
    assert "1 files wait in the inbox" in done.stderr
    done = run(folder, "inbox")
    assert done.returncode == 0, done.stdout
    done = run(folder, "package")  # as the first publish run does
    assert done.returncode == 0, done.stderr
    assert "130100-education" in (folder / "datapackage/data/reports.csv").read_text(encoding="utf-8")


def test_a_fork_is_upgraded_without_touching_what_is_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "fork"
    make_fork(Fork("云湖省年报", "云湖省", "Cloud Lake", "Cloud Lake"), folder)
    given = json.loads((folder / UPSTREAM).read_text(encoding="utf-8"))
    # As if the fork was made when these were other files: one replaced since, one gone, one new.
    older = {"pipeline/knowledge/normalize.py": "old", "pipeline/gone.py": "old", "pipeline/mended.py": "old"}
    for path, text in older.items():
        (folder / path).write_text(text, encoding="utf-8")
        given["files"][path] = hashlib.sha256(text.encode()).hexdigest()
    del given["files"]["pipeline/knowledge/rules.py"]
    (folder / "pipeline/knowledge/rules.py").unlink()
    # What the fork did: an alias of its own, a file that we changed as well, one that we dropped, its data.
    items, both = folder / "pipeline/knowledge/items.yml", folder / "pipeline/knowledge/settings.py"
    items.write_text(items.read_text(encoding="utf-8") + "# ours\n", encoding="utf-8")
    both.write_text("# ours\n", encoding="utf-8")
    given["files"]["pipeline/knowledge/settings.py"] = "0" * 64
    (folder / "pipeline/mended.py").write_text("mended", encoding="utf-8")
    (folder / UPSTREAM).write_text(json.dumps(given), encoding="utf-8")
    home = folder / "datapackage/reports/990100-education"
    home.mkdir()
    (home / "agency.yml").write_text("x", encoding="utf-8")
    own = {
        path: path.read_bytes()
        for path in (folder / "site.yml", home / "agency.yml", folder / "README.md", items)
    }

    done = run(ROOT, "upgrade", str(folder))
    assert done.returncode == 0, done.stderr
    assert {path: path.read_bytes() for path in own} == own
    knowledge = ROOT / "pipeline/knowledge"
    assert (folder / "pipeline/knowledge/normalize.py").read_bytes() == (
        knowledge / "normalize.py"
    ).read_bytes()
    assert (folder / "pipeline/knowledge/rules.py").read_bytes() == (knowledge / "rules.py").read_bytes()
    assert not (folder / "pipeline/gone.py").exists()
    assert (folder / "pipeline/mended.py").read_text(encoding="utf-8") == "mended"
    assert both.read_text(encoding="utf-8") == "# ours\n"
    assert (folder / "pipeline/knowledge/settings.py.upstream").read_bytes() == (
        knowledge / "settings.py"
    ).read_bytes()
    for path in ("items.yml", "mended.py", "settings.py ← "):
        assert path in done.stdout
    assert 'name = "cloud-lake"' in (folder / "pyproject.toml").read_text(encoding="utf-8")
    again = run(ROOT, "upgrade", str(folder))
    assert "更新 0 个文件，删去 0 个" in again.stdout


def test_what_is_no_fork_is_not_upgraded(tmp_path: Path) -> None:
    done = run(ROOT, "upgrade", str(tmp_path))
    assert done.returncode == 2
    assert not list(tmp_path.iterdir())
