"""A copy of the project for another place: the program and the knowledge, without our reports, data, history and tests.

Comes in: this copy of the project, and what the new site is called. Goes out: a folder with its own ``site.yml`` and an
empty inbox. What the licences ask to keep is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import click
import yaml

from pipeline.cli import upgrade as upgrading
from pipeline.cli.group import friendly, main
from pipeline.cli.upgrade import BESIDE, UPSTREAM, listed
from pipeline.knowledge.messages import wrong
from pipeline.knowledge.settings import read_settings, settings

PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = ("pipeline", "site_src", ".github", ".devcontainer")
FILES = (
    *("Makefile", "mkdocs.yml", "pyproject.toml", "requirements.txt", "requirements-dev.txt", "LICENSE"),
    *("THIRD_PARTY_NOTICES.md", "CONTRIBUTING.md", ".editorconfig", ".gitattributes", ".gitignore"),
    ".pre-commit-config.yaml",
)
INBOX_GUIDE = Path("datapackage/reports/inbox/README.md")
LEFT_OUT = ("__pycache__", "*.pyc", "screenshot*", ".DS_Store", ".replacing")
LONGEST = 120  # characters of a title or place


@dataclass(frozen=True)
class Fork:
    """What the new site is called; English words may be empty, then the Chinese ones stand in."""

    title_zh: str
    place_zh: str
    title_en: str = ""
    place_en: str = ""
    name: str = ""
    publisher: str = ""


def make_fork(fork: Fork, folder: Path) -> None:
    """Writes the copy.

    Args:
        fork: title and place, for ``site.yml`` and the first page of the repository.
        folder: must not exist yet, or be empty.

    Raises:
        PipelineError: there is something in the folder, it lies inside this project, or a word cannot be.
    """
    folder = folder.resolve()
    if folder.is_relative_to(PROJECT):
        raise wrong("fork_inside", folder=folder.name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise wrong("fork_not_empty", folder=folder.name)
    entry = _settings(fork)
    files = program(str(entry["name"]))
    for path, data in {**files, UPSTREAM: listed(files)}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
        if path in files:
            (folder / path).chmod((PROJECT / path).stat().st_mode)
    text = (
        "# 这个网站是谁的。 Whose site this is; every field is explained in pipeline/knowledge/settings.py.\n"
        + yaml.safe_dump(entry, allow_unicode=True, sort_keys=False, width=1000)
    )
    (folder / "site.yml").write_text(text, encoding="utf-8", newline="\n")
    read_settings(folder / "site.yml")  # what we wrote can be read
    for name, words in _documents(fork, entry["name"]).items():
        (folder / name).write_text(words, encoding="utf-8", newline="\n")


def program(name: str) -> dict[str, bytes]:
    """All that a fork takes from us: path → content.

    Args:
        name: of the fork, which its program has.
    """
    paths = [path for folder in FOLDERS for path in sorted((PROJECT / folder).rglob("*")) if path.is_file()]
    paths += [PROJECT / file for file in (*FILES, INBOX_GUIDE) if (PROJECT / file).is_file()]
    taken = [
        path for path in paths if not any(fnmatch(part, left) for part in path.parts for left in LEFT_OUT)
    ]
    found = {path.relative_to(PROJECT).as_posix(): path.read_bytes() for path in taken}
    text = found["pyproject.toml"].decode("utf-8")
    # The name stands once more where one extra takes in another.
    (ours,) = re.findall(r'^name = "(.*)"$', text, flags=re.MULTILINE)
    text = re.sub(rf'"{re.escape(ours)}(?=["\[])', f'"{name}', text)
    return found | {"pyproject.toml": text.encode("utf-8")}


def _settings(fork: Fork) -> dict[str, object]:
    for what, text in (("--title", fork.title_zh), ("--place", fork.place_zh)):
        if not text.strip() or len(text) > LONGEST or not text.isprintable():
            raise wrong("fork_line", what=what)
    title = {"zh": fork.title_zh, "en": fork.title_en or fork.title_zh}
    place = {"zh": fork.place_zh, "en": fork.place_en or fork.place_zh}
    ours = settings()
    return {
        "name": fork.name or _name(fork.title_en),
        "title": title,
        "data_title": {"zh": f"{fork.title_zh}：数据", "en": f"{title['en']}: data"},
        "description": {
            "zh": f"{fork.place_zh}各机关依法公布的年度报告中的全部表格数字、章节文字、核对结果和发现的问题。数字一律照原文，不改不补。",
            "en": f"All table figures, section texts, checks and findings of the annual reports that agencies of {place['en']}"
            " publish by law. Every figure is as filed; none is corrected or filled in.",
        },
        "notice": {"zh": ours.notice.zh, "en": ours.notice.en},
        "origin": {"zh": ours.origin.zh, "en": ours.origin.en},
        "keywords": list(ours.keywords),
        "place": place,
        "place_code": None,
        "languages": list(ours.languages),
        "licence": {"name": ours.licence.name, "title": ours.licence.title, "path": ours.licence.path},
        "publisher": fork.publisher or f"{title['en']} contributors",
        "contact": None,
        "base_address": None,
        "repository": None,
        "forms": list(ours.forms),
    }


def _name(title_en: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", title_en.lower()))[:60].strip("-") or "annual-reports"


def _documents(fork: Fork, name: object) -> dict[str, str]:
    readme = f"""# {fork.title_zh}

{fork.place_zh}各机关的年度报告，读成一个校验过的数据包和一个网站。

1. 改 `site.yml`：标题、地方、许可、联系方式、网址。
2. 把报告放进 `datapackage/reports/inbox/`，叫什么名字都行，运行 `make inbox`，再运行 `make site`；或者在网页上传，合并以后自动收录。
3. 看网站：`make serve`。发布：仓库的 Settings → Pages → Source 选 GitHub Actions，推送到 main。

怎样增加报告、更正数字、增加写法和规则，见 [CONTRIBUTING.md](CONTRIBUTING.md)；维护见 [.github/MAINTAINING.md](.github/MAINTAINING.md)。

*Edit `site.yml`, drop reports into `datapackage/reports/inbox/`, run `make inbox`, then `make site`. See CONTRIBUTING.md and .github/MAINTAINING.md.*
"""
    changelog = "# 变更 · Changelog\n\n## 0.1.0\n\n- 开始。 *The beginning.*\n"
    citation = yaml.safe_dump(
        {
            "cff-version": "1.2.0",
            "type": "dataset",
            "message": "使用这些数据时请注明出处 / If you use these data, please cite them as below.",
            "title": fork.title_zh,
            "authors": [{"name": fork.publisher or f"{fork.title_en or fork.title_zh} contributors"}],
            "version": "0.1.0",
            "license": settings().licence.name,
        },
        allow_unicode=True,
        sort_keys=False,
    )
    return {"README.md": readme, "CHANGELOG.md": changelog, "CITATION.cff": citation}


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", required=True, help="网站的名称 · title of the site, in Chinese")
@click.option("--place", required=True, help="哪个地方 · the place, in Chinese")
@click.option("--title-en", default="", help="英文名称 · title in English")
@click.option("--place-en", default="", help="地方的英文名 · the place in English")
@click.option("--name", default="", help="数据包的名称，小写字母 · name of the data package, small letters")
@click.option("--publisher", default="", help="谁来发布 · who publishes it")
@friendly
def new(
    folder: Path, title: str, place: str, title_en: str, place_en: str, name: str, publisher: str
) -> None:
    """为另一个地方建一份没有我们的数据和历史的拷贝。 Makes a copy for another place, without our data and history."""
    make_fork(Fork(title, place, title_en, place_en, name, publisher), folder)
    click.echo(
        f"好了，接下来：改 {folder / 'site.yml'}，把报告放进 datapackage/reports/inbox/，运行 make inbox 和 make site"
    )
    click.echo(
        "Done. Next: edit site.yml, put reports into datapackage/reports/inbox/, run make inbox and make site"
    )


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@friendly
def upgrade(folder: Path) -> None:
    """把这个版本的程序装进一个用 new 建的拷贝，不动它的 site.yml 和数据。 Brings a fork up to this program.

    在新版本的文件夹里运行。拷贝自己改过的文件留着；双方都改过的，我们的版本写在旁边。
    Run it in the new version. What the fork changed itself stays; where both did, ours is written beside it.
    """
    folder = folder.resolve()
    if folder.is_relative_to(PROJECT):
        raise wrong("fork_inside", folder=folder.name)
    done = upgrading.upgrade(program(read_settings(folder / "site.yml").name), folder)
    click.echo(
        f"更新 {len(done.written)} 个文件，删去 {len(done.removed)} 个 · {len(done.written)} files written, {len(done.removed)} removed"
    )
    for path in done.kept:
        click.echo(f"  留着你们的 yours is kept: {path}")
    for path in done.both:
        click.echo(f"  双方都改过，请合并 both changed it, merge by hand: {path} ← {path}{BESIDE}")
    click.echo(
        "接下来：make test 或 make site，看 git diff，提交。 Next: make site, look at git diff, commit."
    )
