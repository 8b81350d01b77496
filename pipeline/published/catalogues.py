"""How others find the data: DCAT-AP 3, Croissant 1.1, CITATION.cff, CSVW, Zenodo. All from the package alone.

Addresses are built on a root: where the site is published, or a relative path to its root, which JSON-LD resolves against
the document it stands in. So nothing is invented where the site's address is not known.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from pipeline.model.findings import PipelineError
from pipeline.published.descriptor import Column, Table
from pipeline.published.distributions import registry
from pipeline.published.distributions.registry import DATA
from pipeline.published.reader import PACKED, Published

CHECKSUMS = "SHA256SUMS"
CONTEXTS = Path(__file__).with_name("contexts.json")
IANA = "https://www.iana.org/assignments/media-types/"
EU = "http://publications.europa.eu/resource/authority/"
LONGEST_DESCRIPTION = 5000  # what search engines accept
REGULARLY = {"zh": "各行政机关每年公布一次", "en": "Published once a year by each agency"}


def _context(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CONTEXTS.read_text(encoding="utf-8"))[name]
    return found


def checksums(package: Published) -> dict[str, str]:
    """Path below ``data/`` → SHA-256, of a package that the site offers; empty for any other.

    Args:
        package: open; only the folder ``data/`` of a built site has the list.
    """
    with contextlib.suppress(PipelineError):
        lines = package.read(CHECKSUMS).decode("ascii").splitlines()
        return {path: digest for digest, _, path in (line.partition("  ") for line in lines)}
    return {}


def _root(site_url: str) -> str:
    """The root of the site, for a document that lies in ``data/``."""
    return site_url.rstrip("/") + "/" if site_url else "../"


def description(package: Published) -> str:
    """The words about the package, no longer than search engines accept."""
    text = str(package.descriptor.raw["description"])
    return text[:LONGEST_DESCRIPTION]


def both_languages(package: Published) -> list[str]:
    """What the licence does not cover, as one text; none where it covers all."""
    return [" ".join(package.descriptor.rights)] if package.descriptor.rights.zh else []


def _rights(package: Published) -> dict[str, Any]:
    """The same for DCAT."""
    if not package.descriptor.rights.zh:
        return {}
    return {
        "dct:rights": {"@type": "dct:RightsStatement", "skos:prefLabel": _words(*package.descriptor.rights)}
    }


def _iri(address: str, kind: str = "") -> dict[str, str]:
    return {"@id": address} | ({"@type": kind} if kind else {})


def _day(day: str) -> dict[str, str]:
    return {"@type": "xsd:date", "@value": day}


def _words(zh: str, en: str) -> list[dict[str, str]]:
    """Both languages, or one where they are the same."""
    found = [{"@language": "zh", "@value": zh}]
    return found + ([{"@language": "en", "@value": en}] if en and en != zh else [])


def dcat(package: Published, site_url: str) -> str:
    """DCAT-AP 3 as JSON-LD, for ``data/dcat.jsonld``: a catalogue with the dataset and its distributions.

    Args:
        site_url: where the site is published; empty makes addresses relative to the file.
    """
    root, about = _root(site_url), package.descriptor.raw
    publisher = {
        "@id": f"{root}#publisher",
        "@type": "foaf:Agent",
        "foaf:name": about["contributors"][0]["title"],
    }
    languages = [_iri(f"{EU}language/{code}", "dct:LinguisticSystem") for code in ("ZHO", "ENG")]
    zh, _, en = str(about["description"]).partition("\n\n")
    found: dict[str, Any] = {
        "@id": f"{root}{DATA}#dataset",
        "@type": "dcat:Dataset",
        "dct:title": _words(about["title"], about.get("title_en", "")),
        "dct:description": _words(zh, en),
        "dct:identifier": about.get("id", about["name"]),
        "dct:publisher": {"@id": publisher["@id"]},
        "dcat:contactPoint": _contact(about["contributors"][0]),
        "dct:language": languages,
        "dcat:theme": {
            "@id": f"{EU}data-theme/GOVE",
            "@type": "skos:Concept",
            "skos:prefLabel": _words("政府", "Government and public sector"),
        },
        "dcat:keyword": [
            {"@language": "zh" if any(c > "⺀" for c in k) else "en", "@value": k} for k in about["keywords"]
        ],
        "dct:accrualPeriodicity": _iri(f"{EU}frequency/ANNUAL", "dct:Frequency"),
        "dcat:landingPage": _iri(f"{root}{DATA}", "foaf:Document"),
        "dct:conformsTo": _iri("https://datapackage.org/standard/data-package/", "dct:Standard"),
        "dcat:version": about["version"],
        "dcat:distribution": list(_distributions(package, root)),
    }
    if temporal := about.get("temporal"):
        found["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _day(f"{temporal['start']}-01-01"),
            "dcat:endDate": _day(f"{temporal['end']}-12-31"),
        }
    if spatial := about.get("spatial"):
        found["dct:spatial"] = {
            "@type": "dct:Location",
            "skos:prefLabel": _words(spatial["title"], spatial.get("title_en", "")),
        }
    if about.get("created"):
        found["dct:modified"] = _day(about["created"][:10])
    return _file(
        {
            "@context": _context("dcat"),
            "@id": f"{root}#catalog",
            "@type": "dcat:Catalog",
            "dct:title": found["dct:title"],
            "dct:description": found["dct:description"],
            "dct:publisher": publisher,
            "dct:language": languages,
            "dct:license": _iri(about["licenses"][0]["path"], "dct:LicenseDocument"),
            **_rights(package),
            "foaf:homepage": _iri(root, "foaf:Document"),
            "dcat:dataset": [found],
        }
    )


def _contact(contributor: Mapping[str, Any]) -> dict[str, Any]:
    """Whom to write to, as far as the publisher says how."""
    found: dict[str, Any] = {"@type": "vcard:Kind", "vcard:fn": contributor["title"]}
    if contributor.get("email"):
        found["vcard:hasEmail"] = _iri(f"mailto:{contributor['email']}")
    if contributor.get("path"):
        found["vcard:hasURL"] = _iri(contributor["path"])
    return found


def _distributions(package: Published, root: str) -> Iterator[dict[str, Any]]:
    about = package.descriptor.raw
    sums = checksums(package)
    for one in registry.offered(package):
        for file in one.files(package):
            made = _distribution(about, root + file.address, one.media_type, one.file_type, list(file.title))
            size = package.size_of(file.path)
            yield (
                made
                | _rights(package)
                | (_verified(size, sums[file.path]) if file.path in sums and size else {})
            )
    for entry in about["resources"]:
        both = [entry["title"], entry["title_en"]]
        found = _distribution(
            about, root + DATA + entry["path"], entry["mediatype"], "CSV", both
        ) | _verified(entry["bytes"], entry["hash"].partition(":")[2])
        if entry["path"].endswith(PACKED):
            found["dcat:compressFormat"] = _iri(f"{IANA}application/gzip", "dct:MediaType")
        if entry.get("licenses", about["licenses"]) != about["licenses"]:  # it has no licence with an address
            del found["dct:license"]
            found |= _rights(package)
        yield found


def _verified(size: int, digest: str) -> dict[str, Any]:
    """Size and checksum, by which a download is known to be whole."""
    return {
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(size)},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": _iri(
                "http://spdx.org/rdf/terms#checksumAlgorithm_sha256", "spdx:ChecksumAlgorithm"
            ),
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": digest},
        },
    }


def _distribution(
    about: Mapping[str, Any], url: str, media: str, kind: str, words: list[str]
) -> dict[str, Any]:
    return {
        "@id": url,
        "@type": "dcat:Distribution",
        "dct:title": _words(*words),
        "dcat:accessURL": _iri(url),
        "dcat:downloadURL": _iri(url),
        # IRIs, not strings: what catalogues refuse most often.
        "dcat:mediaType": _iri(IANA + media, "dct:MediaType"),
        "dct:format": _iri(f"{EU}file-type/{kind}", "dct:MediaTypeOrExtent"),
        "dct:license": _iri(about["licenses"][0]["path"], "dct:LicenseDocument"),
    }


CROISSANT_TYPES = {"integer": "sc:Integer", "number": "sc:Float", "date": "sc:Date"}


def croissant(package: Published, site_url: str) -> str:
    """Croissant 1.1, for ``data/croissant.json``: one file and one set of records a table.

    Args:
        site_url: where the site is published; empty makes addresses relative to the file.
    """
    root, about = _root(site_url), package.descriptor.raw
    prefix = f"{root}{DATA}" if site_url else ""
    return _file(
        {
            "@context": _context("croissant"),
            "@type": "sc:Dataset",
            "conformsTo": "http://mlcommons.org/croissant/1.1",
            "name": about["name"],
            "alternateName": [about["title"], about.get("title_en", "")],
            "description": description(package),
            "url": f"{root}{DATA}",
            "license": [about["licenses"][0]["path"], *both_languages(package)],
            "version": about["version"],
            "keywords": list(about["keywords"]),
            "inLanguage": ["zh", "en"],
            "creator": [{"@type": "sc:Organization", "name": one["title"]} for one in about["contributors"]],
            "citeAs": f"{about['contributors'][0]['title']}. {about['title']}, {about['version']}.",
            **({"datePublished": about["created"][:10]} if about.get("created") else {}),
            "distribution": [
                {
                    "@type": "cr:FileObject",
                    "@id": f"{entry['name']}.csv",
                    "name": f"{entry['name']}.csv",
                    "description": f"{entry['description']} {entry['description_en']}",
                    "contentUrl": prefix + entry["path"],
                    "contentSize": f"{entry['bytes']} B",
                    "encodingFormat": "text/csv",
                    "sha256": entry["hash"].partition(":")[2],
                }
                for entry in about["resources"]
            ]
            + list(_croissant_files(package, prefix)),
            "recordSet": [_record_set(table) for table in package.tables.values()],
        }
    )


def _croissant_files(package: Published, prefix: str) -> Iterator[dict[str, Any]]:
    """The other forms, as far as their checksums are known: Croissant asks for one."""
    sums = checksums(package)
    for one in registry.offered(package):
        for file in one.files(package):
            if file.path in sums:
                yield {
                    "@type": "cr:FileObject",
                    "@id": file.path,
                    "name": file.path,
                    "description": " / ".join(dict.fromkeys(file.title)),
                    "contentUrl": prefix + file.path,
                    "contentSize": f"{package.size_of(file.path)} B",
                    "encodingFormat": one.media_type,
                    "sha256": sums[file.path],
                }


def _record_set(table: Table) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": f"{table.about.zh} {table.about['en']}",
        "key": [{"@id": f"{table.name}/{name}"} for name in table.key],
        "field": [_field(table, column) for column in table.columns],
    }


def _field(table: Table, column: Column) -> dict[str, Any]:
    # No `references`: the makers' reader joins the tables it names, and fails where a table has two.
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": f"{table.name}/{column.name}",
        "description": f"{column.title.zh}：{column.about.zh} {column.title['en']}: {column.about['en']}",
        "dataType": CROISSANT_TYPES.get(column.type, "sc:Text"),
        "source": {"fileObject": {"@id": f"{table.name}.csv"}, "extract": {"column": column.name}},
    }


def citation(package: Published) -> str:
    """``CITATION.cff`` (1.2.0), which GitHub shows and Zenodo reads."""
    about = package.descriptor.raw
    zh, _, en = str(about["description"]).partition("\n\n")
    found: dict[str, Any] = {
        "cff-version": "1.2.0",
        "type": "dataset",
        "message": "使用这些数据时请注明出处 / If you use these data, please cite them as below.",
        "title": f"{about['title']} / {about['title_en']}" if about.get("title_en") else about["title"],
        "abstract": "\n".join(filter(None, (zh, en, *both_languages(package)))),
        "authors": [{"name": one["title"]} for one in about["contributors"]],
        "version": about["version"],
        **({"date-released": about["created"][:10]} if about.get("created") else {}),
        "license": about["licenses"][0]["name"],
        **({"url": about["homepage"]} if about.get("homepage") else {}),
        "keywords": list(about["keywords"]),
    }
    head = "# 由数据包生成，请勿手改：python -m pipeline version · Generated from the data package; do not edit.\n"
    return head + yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=110)


CSVW_TYPES = {"integer": "integer", "number": "decimal", "date": "date", "boolean": "boolean"}


def csvw(package: Published) -> str:
    """CSV on the Web, for ``csv-metadata.json`` beside the CSVs: its readers find it there by its name alone."""
    return _file(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "zh"}],
            "dc:title": package.descriptor.raw["title"],
            "dc:license": {"@id": package.descriptor.raw["licenses"][0]["path"]},
            # Its readers know no packed tables.
            "tables": [
                _csvw_table(package, one) for one in package.tables.values() if not one.path.endswith(PACKED)
            ],
        }
    )


def _csvw_table(package: Published, table: Table) -> dict[str, Any]:
    beside = {name: PurePosixPath(other.path).name for name, other in package.tables.items()}
    return {
        "url": beside[table.name],
        "dc:title": table.title.zh,
        "dc:description": table.about.zh,
        "dialect": {"delimiter": ",", "encoding": "utf-8", "lineTerminators": ["\n"], "header": True},
        "tableSchema": {
            "columns": [
                {
                    "name": column.name,
                    "titles": column.name,
                    "dc:title": column.title.zh,
                    "dc:description": column.about.zh,
                    "datatype": CSVW_TYPES.get(column.type, "string"),
                    "required": column.required,
                }
                for column in table.columns
            ],
            "primaryKey": list(table.key),
            "foreignKeys": [
                {
                    "columnReference": column,
                    "reference": {"resource": beside[other], "columnReference": there},
                }
                for column, (other, there) in table.foreign.items()
            ],
        },
    }


def zenodo(package: Published) -> str:
    """``.zenodo.json``, by which an archive for research describes a release."""
    about = package.descriptor.raw
    zh, _, en = str(about["description"]).partition("\n\n")
    return _file(
        {
            "title": f"{about['title']} / {about['title_en']}" if about.get("title_en") else about["title"],
            "description": "".join(f"<p>{escape(text)}</p>" for text in (zh, en) if text),
            "upload_type": "dataset",
            "access_right": "open",
            "creators": [{"name": one["title"]} for one in about["contributors"]],
            "version": about["version"],
            "license": about["licenses"][0]["name"].lower(),
            "keywords": list(about["keywords"]),
            "language": "zho",
            **({"publication_date": about["created"][:10]} if about.get("created") else {}),
            "notes": " ".join(both_languages(package)),
        }
    )


def _file(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
