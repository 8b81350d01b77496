"""The data page: which file is for whom, code to copy, how to cite; and the package itself, copied as it is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from pipeline import knowledge
from pipeline.knowledge.messages import wrong
from pipeline.pages.addresses import Page
from pipeline.pages.parts.citing import of_package
from pipeline.pages.parts.snippets import snippets
from pipeline.pages.words import Words, figure
from pipeline.published.dictionary import adding, adding_examples, adding_title
from pipeline.published.distributions import registry
from pipeline.published.reader import DESCRIPTOR
from pipeline.published.records import Package
from pipeline.published.schema_org import dataset

FOLDER = "data"  # datapackage.json lies here, its CSVs below it, where the descriptor says they are
SHOWN = (".json", ".xml")  # by the browser, not saved


def data_page(package: Package, words: Words) -> Page:
    """The page; ``copy_package`` puts the files it leads to."""
    descriptor, published = package.descriptor, package.published
    version = words("data.version", version=descriptor.version) if descriptor.version else ""
    return Page(
        path=f"{FOLDER}/",
        template="data",
        title=words("data.title"),
        heading=words("data.title"),
        description=words.label(descriptor.title),
        jsonld=partial(dataset, published),
        values={
            "lead": words.markdown("data.lead", tables=len(descriptor.tables), version=version),
            "version": version,
            "files": list(_files(package, words)),
            "whom": list(_whom(package, words)),
            "snippets": snippets(package, words),
            "adding_title": _one(adding_title(), words),
            "adding": [_one(pair, words) for pair in adding()],
            "adding_examples": [(_one(pair, words), code) for pair, code in adding_examples()],
            "promise_title": _one(knowledge.load("workbook.yml")["promise_title"], words),
            "promise": [_one(pair, words) for pair in knowledge.load("workbook.yml")["promise"]],
            "citations": of_package(published, words),
            "licenses": descriptor.licenses,
        },
    )


def _one(pair: Sequence[str], words: Words) -> str:
    return pair[0] if words.language == "zh" else pair[1]


def _whom(package: Package, words: Words) -> Iterator[dict[str, object]]:
    """Who takes which file, and why: the registry of distributions, and the feed."""
    for one in registry.offered(package.published):
        yield _offer(one.who[words.language], one.why[words.language], one.main(package.published))
    for one in registry.released(package.published):
        name = one.main(package.published)
        why = words("data.in_release", why=one.why[words.language])
        yield _offer(one.who[words.language], why, name) | {"release": f"REPOSITORY/releases/latest#{name}"}
    yield _offer(words("data.who_follow"), words("data.why_follow"), "../feed.xml")


def _offer(who: str, why: str, path: str) -> dict[str, object]:
    return {
        "who": who,
        "path": path,
        "name": Path(path).name,
        "why": why,
        "download": not path.endswith(SHOWN),
    }


def _files(package: Package, words: Words) -> Iterator[dict[str, str]]:
    yield {
        "path": DESCRIPTOR,
        "name": DESCRIPTOR,
        "about": words("data.descriptor"),
        "rows": "",
        "size": _size(package.folder / DESCRIPTOR),
    }
    for resource in package.descriptor.tables.values():
        path = package.folder / resource.path
        yield {
            "path": resource.path,
            "name": Path(resource.path).name,
            "about": f"{words.label(resource.title)}{words('list.dot')}{words.label(resource.about)}",
            "rows": figure(package.sizes[resource.name]),
            "size": _size(path),
        }


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1024:,.0f} KB" if size < 1024**2 else f"{size / 1024**2:,.1f} MB"


def copy_package(package: Package, docs: Path) -> None:
    """Descriptor and CSVs, byte for byte, to where the site offers them.

    Raises:
        PipelineError: the descriptor names a file outside the package folder.
    """
    folder = package.folder.resolve()
    for path in (DESCRIPTOR, *(resource.path for resource in package.descriptor.tables.values())):
        source, target = folder / path, docs / FOLDER / path
        if not source.resolve().is_relative_to(folder) or Path(path).is_absolute():
            raise wrong("path_outside", path=path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    if invented := package.descriptor.invented:  # whoever takes the tables alone is told as well
        told = f"{invented.zh}\n{invented.en}\n"
        (docs / FOLDER / "README.txt").write_text(told, encoding="utf-8", newline="\n")
