"""What the licence does not cover is said wherever the licence is said."""

import zipfile
from pathlib import Path

import pytest

from pipeline.published.distributions.write import write_catalogues, write_distributions
from pipeline.published.reader import open_package
from tests.site.corpus import PUBLISHED


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    package = open_package(PUBLISHED)
    for path in ("datapackage.json", *(table.path for table in package.tables.values())):
        (out / "data" / path).parent.mkdir(parents=True, exist_ok=True)
        (out / "data" / path).write_bytes(package.read(path))
    write_distributions(package, out)
    write_catalogues(out, "https://example.org/")
    return out


@pytest.mark.parametrize(
    "path",
    [
        "data/datapackage.json",
        "data/croissant.json",
        "data/dcat.jsonld",
        "data/CITATION.cff",
        "feed.xml",
        "api/v1/index.json",
        "api/v1/openapi.json",
        "api/v1/agencies.json",
        "api/v1/reports/511900-housing-2022.json",
    ],
)
def test_it_stands_in(site: Path, path: str) -> None:
    words = "".join((site / path).read_text("utf-8").split())
    assert "不在这个许可之内" in words
    assert "notlicensedanew" in words


@pytest.mark.parametrize("name", ["LICENSE", "README.md", ".zenodo.json", "CITATION.cff"])
def test_it_stands_in_the_zip(site: Path, name: str) -> None:
    with zipfile.ZipFile(site / "data/ogi-annual-reports.zip") as archive:
        assert "不在这个许可之内" in archive.read(name).decode("utf-8").replace("\n  ", "")
        assert {"SHA256SUMS", "data/csv-metadata.json", "versions.yml"} <= set(archive.namelist())
