"""What search engines read in the ``<head>`` of pages: schema.org as JSON-LD. All from the package alone.

Addresses are built on a root: the way from the page to the root of the site. Where it is known where the site is
published, ``site_src/overrides/main.html`` puts that in its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.published.catalogues import LONGEST_DESCRIPTION, both_languages, description
from pipeline.published.distributions import registry
from pipeline.published.distributions.registry import DATA
from pipeline.published.reader import DESCRIPTOR, Published
from pipeline.published.records import Report
from pipeline.published.revisions import SHOWN
from pipeline.safety.escape import is_web_address

SCHEMA_ORG = "https://schema.org"
SHORT_DESCRIPTION = 110  # characters, on the page of a report: there are many of them
REGULARLY = {"zh": "各行政机关每年公布一次", "en": "Published once a year by each agency"}


def in_page(jsonld: Mapping[str, Any]) -> str:
    """JSON-LD as the text of a ``<script>``: no ``<``, so nothing in a name can end the element.

    Args:
        jsonld: of texts from strangers, too.
    """
    text = json.dumps(jsonld, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _common(package: Published) -> dict[str, Any]:
    about = package.descriptor.raw
    temporal = about.get("temporal") or {}
    found: dict[str, Any] = {
        "license": about["licenses"][0]["path"],
        **_notice(package),
        "creator": _creators(package),
        "keywords": list(about["keywords"]),
        **_version(package),
        "isAccessibleForFree": True,
        "inLanguage": ["zh", "en"],
    }
    if temporal:
        found["temporalCoverage"] = f"{temporal['start']}/{temporal['end']}"
    if place := (about.get("spatial") or {}).get("title"):
        found["spatialCoverage"] = {"@type": "Place", "name": place}
    if about.get("created"):
        found["dateModified"] = about["created"][:10]
    return found


def _notice(package: Published) -> dict[str, str]:
    """The same for schema.org."""
    told = both_languages(package)
    return {"copyrightNotice": told[0]} if told else {}


def _download(root: str, path: str, media_type: str, name: str, digest: str = "") -> dict[str, Any]:
    found = {"@type": "DataDownload", "name": name, "contentUrl": root + path, "encodingFormat": media_type}
    return found | ({"sha256": digest} if digest else {})


def dataset(package: Published, root: str) -> dict[str, Any]:
    """schema.org ``Dataset`` of the whole, for the ``<head>`` of the data page.

    Args:
        root: of the site, as the page sees it: ``https://example.org/`` or ``../``.
    """
    about = package.descriptor.raw
    name = about["name"]
    return {
        "@context": SCHEMA_ORG,
        "@type": "Dataset",
        "@id": f"{root}{DATA}#dataset",
        "name": about["title"],
        "alternateName": about.get("title_en", ""),
        "description": description(package),
        "url": f"{root}{DATA}",
        "identifier": about.get("id", name),
        **_common(package),
        "measurementTechnique": REGULARLY["zh"],
        "variableMeasured": list(_variables(package)),
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": f"{root}#catalog", "name": about["title"]},
        "distribution": [
            _download(root, f"{DATA}{DESCRIPTOR}", "application/json", DESCRIPTOR),
            *(
                _download(root, file.address, one.media_type, " / ".join(dict.fromkeys(file.title)))
                for one in registry.offered(package)
                for file in one.files(package)
            ),
            *(
                _download(
                    root,
                    DATA + entry["path"],
                    entry["mediatype"],
                    entry["title"],
                    entry["hash"].partition(":")[2],
                )
                for entry in about["resources"]
            ),
        ],
    }


def _variables(package: Published) -> Iterator[dict[str, Any]]:
    """The indicators, by name and formula; of a package without them, its tables of figures."""
    if "indicator_definitions" in package.tables:
        for row in package.records("indicator_definitions"):
            yield {"@type": "PropertyValue", "name": row["title_zh"], "description": row["formula_zh"]}
        return
    for table in package.tables.values():
        if any(column.type == "number" for column in table.columns):
            yield {"@type": "PropertyValue", "name": table.title.zh, "description": table.about.zh}


def catalog(package: Published, root: str) -> dict[str, Any]:
    """schema.org ``DataCatalog``, for the ``<head>`` of the home page.

    Args:
        root: of the site, as the page sees it.
    """
    about = package.descriptor.raw
    return {
        "@context": SCHEMA_ORG,
        "@type": "DataCatalog",
        "@id": f"{root}#catalog",
        "name": about["title"],
        "alternateName": about.get("title_en", ""),
        "description": description(package),
        "url": root,
        "license": about["licenses"][0]["path"],
        "publisher": {"@type": "Organization", "name": about["contributors"][0]["title"]},
        "dataset": [
            {
                "@type": "Dataset",
                "@id": f"{root}{DATA}#dataset",
                "name": about["title"],
                "url": f"{root}{DATA}",
            }
        ],
    }


def agency_dataset(
    package: Published, agency: Mapping[str, str], years: list[int], root: str
) -> dict[str, Any]:
    """schema.org ``Dataset`` of one agency, for the ``<head>`` of its page; a part of the whole.

    Args:
        agency: its row of ``agencies``: ``agency_id`` and ``name_zh``, and its places as far as they are known.
        years: of its reports.
        root: of the site, as the page sees it.
    """
    key, name = agency["agency_id"], agency["name_zh"]
    place = agency.get("county") or agency.get("city") or agency.get("province")
    covered = f"{min(years)}/{max(years)}" if years else ""
    title, about = package.descriptor.title.zh, package.descriptor.raw
    found = _part(package, f"agencies/{key}/", key, f"{name} · {title}", root) | {
        "description": f"{name}（{covered.replace('/', '–')}）。{about['description']}"[:LONGEST_DESCRIPTION],
        **_common(package),
        "distribution": [_download(root, f"api/v1/agencies/{key}.json", "application/json", name)],
    }
    if covered:
        found["temporalCoverage"] = covered
    if place:
        found["spatialCoverage"] = {"@type": "Place", "name": place}
    return found


def report_dataset(package: Published, report: Report, root: str) -> dict[str, Any]:
    """schema.org ``Dataset`` of one report; a part of its agency's, and based on what the agency filed.

    Args:
        report: whose title, addresses and checksum it tells.
        root: of the site, as the page sees it.
    """
    name = report.title or f"{report.agency.name.zh} {report.year}"
    agency = f"{root}agencies/{report.agency.key}/"
    filed = {
        "@type": "DigitalDocument",
        **({"url": report.source_url} if is_web_address(report.source_url) else {}),
        **({"datePublished": report.dated} if report.dated else {}),
        "author": {"@type": "GovernmentOrganization", "name": report.agency.name.zh},
        "identifier": f"sha256:{report.source_sha256}",
    }
    path = f"agencies/{report.agency.key}/{report.slug}/"
    first_paragraph, _, _ = description(package).partition("\n")  # a report page has 40 KB for all
    return _part(package, path, report.key, name, root) | {
        "description": f"{name}：{first_paragraph}"[:SHORT_DESCRIPTION],
        "version": report.revision[:SHOWN],
        "temporalCoverage": str(report.year),
        "isPartOf": {"@type": "Dataset", "@id": f"{agency}#dataset", "name": report.agency.name.zh},
        "isBasedOn": filed,
        "distribution": [_download(root, f"api/v1/reports/{report.key}.json", "application/json", name)],
    }


def year_dataset(package: Published, year: int, root: str) -> dict[str, Any]:
    """schema.org ``Dataset`` of all reports of a year; a part of the whole.

    Args:
        year: that they tell of.
        root: of the site, as the page sees it.
    """
    name = f"{year} · {package.descriptor.title.zh}"
    rows = "data/parquet/observations_by_year.parquet"  # a reader takes the year from it by byte range
    return _part(package, f"years/{year}/", f"{package.descriptor.name}/{year}", name, root) | {
        "description": f"{year}：{description(package)}"[:LONGEST_DESCRIPTION],
        **_common(package),
        "temporalCoverage": str(year),
        "distribution": [_download(root, rows, "application/vnd.apache.parquet", "observations")],
    }


def _part(package: Published, path: str, key: str, name: str, root: str) -> dict[str, Any]:
    """What a part of the whole says of itself."""
    title = package.descriptor.title.zh
    return {
        "@context": SCHEMA_ORG,
        "@type": "Dataset",
        "@id": f"{root}{path}#dataset",
        "name": name,
        "url": f"{root}{path}",
        "identifier": key,
        "license": package.descriptor.licenses[0].path,
        "creator": _creators(package),
        **_version(package),
        "isAccessibleForFree": True,
        "isPartOf": {"@type": "Dataset", "@id": f"{root}{DATA}#dataset", "name": title},
    }


def _version(package: Published) -> dict[str, str]:
    """Of the whole, where it is known: a page that stays from one version to the next is not told it."""
    return {"version": package.descriptor.version} if package.descriptor.version else {}


def _creators(package: Published) -> list[dict[str, str]]:
    return [{"@type": "Organization", "name": one["title"]} for one in package.descriptor.raw["contributors"]]
