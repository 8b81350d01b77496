"""A form of the package is one module and one entry; whatever tells of the forms asks the registry."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.commands import main
from pipeline.model.text import Text
from pipeline.pages.data import data_page
from pipeline.pages.words import Words
from pipeline.published.distributions import registry
from pipeline.published.distributions.registry import Distribution
from pipeline.published.distributions.write import write_catalogues, write_distributions
from pipeline.published.package import make_records
from pipeline.published.reader import Published, open_package
from tests.site.corpus import PUBLISHED


def write_list(package: Published, folder: Path) -> list[Path]:
    path = folder / "agencies.txt"
    path.write_text("".join(f"{row['name_zh']}\n" for row in package.records("agencies")), "utf-8")
    return [path]


INVENTED = Distribution(
    key="list",
    path="agencies.txt",
    media_type="text/plain",
    file_type="TXT",
    title=Text("名单", "list"),
    who=Text("只要名单的人", "People who want names alone"),
    why=Text("一行一个", "One a line"),
    write=write_list,
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the site offers when there is one more form."""
    listed = (
        INVENTED,
        *(one for one in registry.distributions() if one.key in ("api", "archive", "parquet")),
    )
    monkeypatch.setattr(registry, "distributions", lambda: listed)
    package = open_package(PUBLISHED)
    for path in ("datapackage.json", *(table.path for table in package.tables.values())):
        (tmp_path / "data" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / path).write_bytes(package.read(path))
    write_distributions(package, tmp_path)
    write_catalogues(tmp_path, "https://example.org/")
    return tmp_path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_data_page_leads_to_it(site: Path, language: str) -> None:
    page = data_page(make_records(open_package(PUBLISHED)), Words(language))
    (offered,) = [one for one in page.values["whom"] if one["path"] == "agencies.txt"]
    assert (offered["who"], offered["why"]) == (INVENTED.who[language], INVENTED.why[language])
    urls = {one["contentUrl"] for one in page.jsonld("../")["distribution"]}
    assert "../data/agencies.txt" in urls


@pytest.mark.parametrize("name", ["data/dcat.jsonld", "data/croissant.json"])
def test_the_catalogues_tell_it_with_size_and_checksum(site: Path, name: str) -> None:
    text = (site / name).read_text("utf-8")
    (line,) = [line for line in (site / "data/SHA256SUMS").read_text().splitlines() if "agencies.txt" in line]
    assert "https://example.org/data/agencies.txt" in text
    assert line.split()[0] in text
    assert f'"{(site / "data/agencies.txt").stat().st_size}' in text
    assert "https://example.org/data/parquet/requests.parquet" in text


def test_the_static_json_and_its_description_tell_it(site: Path) -> None:
    index = json.loads((site / "api/v1/index.json").read_text("utf-8"))
    assert {
        "title": "名单",
        "title_en": "list",
        "media_type": "text/plain",
        "url": "../../data/agencies.txt",
    } in (index["distributions"])
    described = json.loads((site / "api/v1/openapi.json").read_text("utf-8"))["paths"]["/agencies.txt"]
    assert described["servers"] == [{"url": "../../data/"}]
    assert described["get"]["responses"]["200"]["content"] == {"text/plain": {}}


def test_every_entry_has_a_module_and_words_and_writes_what_it_says(tmp_path: Path) -> None:
    package = open_package(PUBLISHED)
    (tmp_path / "data").mkdir()
    for one in registry.distributions():
        written = {path.resolve() for path in one.write(package, tmp_path / "data")}
        told = {(tmp_path / "data" / file.path).resolve() for file in one.files(package)}
        assert told <= written, one.key
        assert all((*one.title, *one.who, *one.why, one.media_type, one.file_type)), one.key


def test_a_form_that_is_too_large_for_the_site_is_left_to_the_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = (replace(INVENTED, most_rows=10), *(one for one in registry.distributions() if one.key == "api"))
    monkeypatch.setattr(registry, "distributions", lambda: listed)
    package = open_package(PUBLISHED)
    shutil.copytree(PUBLISHED, tmp_path / "data")
    write_distributions(package, tmp_path)
    (tmp_path / "data" / f"{package.descriptor.name}.zip").write_bytes(b"")  # that form is not made here
    write_catalogues(tmp_path, "https://example.org/")
    told = [path for path in tmp_path.rglob("*") if path.is_file() and b"agencies.txt" in path.read_bytes()]
    assert (told, list(tmp_path.rglob("agencies.txt"))) == ([], [])
    page = data_page(make_records(package), Words("en"))
    (offered,) = [one for one in page.values["whom"] if one["name"] == "agencies.txt"]
    assert offered["release"] == "REPOSITORY/releases/latest#agencies.txt"
    assert "too large" in offered["why"]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").rename(tmp_path / "datapackage")
    assert CliRunner().invoke(main, ["large", "files"]).exit_code == 0
    assert [path.name for path in (tmp_path / "files").iterdir()] == ["agencies.txt"]
