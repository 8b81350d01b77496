"""Is this descriptor what it should be? What frictionless and the JSON Schemas of the standard let pass.

Comes in: a descriptor that already has the shape of Data Package v2. Goes out: problems. Knows nothing of the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.knowledge.messages import message
from pipeline.model.text import Text

DESCRIPTOR = "datapackage.json"
RESOURCE_PATH = re.compile(r"data/[a-z_]+\.csv(\.gz)?", re.ASCII)


@dataclass(frozen=True)
class Problem:
    """One fault of the package: file, row (1 is the header; 0: the whole file), column, what is wrong, expected, found."""

    file: str
    line: int
    column: str
    what: Text
    expected: str = ""
    found: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{place} — {self.what.zh} / {self.what.en}"


# Properties of the standard, and ours: the standard allows any, so a misspelt one would be one of ours.
PACKAGE = {
    *("$schema", "name", "id", "title", "description", "homepage", "version", "created", "contributors"),
    *("keywords", "image", "licenses", "resources", "sources"),
    *(
        "rights",
        "rights_en",
        "title_en",
        "languages",
        "temporal",
        "spatial",
        "forms",
        "breaks",
        "invented",
        "invented_en",
    ),
    *("invented", "invented_en"),  # of a demonstration: what every page of it says
}
RESOURCE = {
    *("$schema", "name", "path", "data", "type", "title", "description", "format", "mediatype", "encoding"),
    *("bytes", "hash", "sources", "licenses", "dialect", "schema", "rows", "derived"),
    *("title_en", "description_en"),
}
TABLE = {"$schema", "fields", "fieldsMatch", "missingValues", "primaryKey", "uniqueKeys", "foreignKeys"}
FIELD = {
    *("name", "type", "format", "title", "description", "example", "constraints", "categories"),
    *("categoriesOrdered", "missingValues", "rdfType"),
    *("title_en", "description_en", "unit", "unit_en"),
}
CONSTRAINTS = {
    *("required", "unique", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("minLength", "maxLength", "pattern", "enum", "jsonSchema"),
}
MUST_PACKAGE = (
    *("name", "id", "title", "title_en", "description", "version"),
    *("licenses", "contributors", "keywords"),
)
MUST_RESOURCE = ("title", "title_en", "description", "description_en", "format", "mediatype", "encoding")
MUST_FIELD = ("type", "title", "title_en", "description", "description_en", "example")
TYPES = {
    *("string", "number", "integer", "boolean", "object", "array", "list", "datetime", "date", "time"),
    *("year", "yearmonth", "duration", "geopoint", "geojson", "any"),
}
NUMBERS = ("integer", "number")
SEMVER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(\+[0-9a-f]{8})?", re.ASCII)
HASH = re.compile(r"sha256:[0-9a-f]{64}")
V2 = "https://datapackage.org/profiles/2."


def scrutinise(descriptor: Mapping[str, Any], *, checksums: bool = True) -> Iterator[Problem]:
    """The faults of a descriptor.

    Args:
        descriptor: as ``datapackage.json`` holds it.
        checksums: whether each resource must have hash and bytes.
    """
    # Without it frictionless reads the descriptor by the old standard, which knows less.
    if not str(descriptor.get("$schema", "")).startswith(V2):
        yield _fault("$schema", "package_profile")
    yield from _properties("", descriptor, PACKAGE, MUST_PACKAGE)
    if not SEMVER.fullmatch(str(descriptor.get("version", ""))):
        yield _fault("version", "package_version")
    if re.search(r"(19|20)\d\d", str(descriptor.get("name", ""))):
        yield _fault("name", "package_name")
    tables = {resource["name"]: resource for resource in descriptor["resources"]}
    if len(tables) != len(descriptor["resources"]):
        yield _fault("resources", "resources_one_name")
    for name, resource in tables.items():
        yield from _resource(name, resource, checksums)
        yield from _keys(name, resource["schema"], tables)
        for field in resource["schema"]["fields"]:
            yield from _field(f"{name}.{field.get('name')}", field)


def _resource(name: str, resource: Mapping[str, Any], checksums: bool) -> Iterator[Problem]:
    yield from _properties(name, resource, RESOURCE, MUST_RESOURCE)
    yield from _properties(
        f"{name}.schema", resource["schema"], TABLE, ("fields", "primaryKey", "missingValues")
    )
    if resource.get("encoding") != "utf-8":
        # Undeclared, it is guessed, and a GBK file passes.
        yield _fault(f"{name}.encoding", "resource_encoding")
    if checksums and not (
        HASH.fullmatch(str(resource.get("hash", ""))) and isinstance(resource.get("bytes"), int)
    ):
        yield _fault(f"{name}.hash", "resource_hash")
    path = resource["path"]
    if not isinstance(path, str) or not RESOURCE_PATH.fullmatch(path):
        yield _fault(f"{name}.path", "resource_path")


def _keys(name: str, table: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    fields = {field.get("name"): field for field in table["fields"]}
    if len(fields) != len(table["fields"]):
        yield _fault(f"{name}.fields", "fields_one_name")
    for key in table.get("primaryKey", []):
        # frictionless calls a composite key empty only when all of its parts are.
        if not fields.get(key, {}).get("constraints", {}).get("required"):
            yield _fault(f"{name}.{key}", "primary_key_required")
    for unknown in sorted({f for key in table.get("uniqueKeys", []) for f in key} - set(fields)):
        yield _fault(f"{name}.uniqueKeys", "unique_key_field", unknown=unknown)
    for key in table.get("foreignKeys", []):
        target = key["reference"].get("resource") or name
        there = {f["name"]: f for f in tables.get(target, {}).get("schema", {}).get("fields", [])}
        for here, other in zip(key["fields"], key["reference"]["fields"], strict=False):
            if here not in fields or other not in there:
                yield _fault(
                    f"{name}.foreignKeys",
                    "foreign_key_field",
                    here=here,
                    target=target,
                    other=other,
                )
            elif fields[here].get("type") != there[other].get("type"):
                yield _fault(f"{name}.{here}", "foreign_key_type")


def _field(place: str, field: Mapping[str, Any]) -> Iterator[Problem]:
    number = field.get("type") in NUMBERS
    yield from _properties(place, field, FIELD, (*MUST_FIELD, *(("unit", "unit_en") if number else ())))
    constraints = field.get("constraints", {})
    yield from _properties(f"{place}.constraints", constraints, CONSTRAINTS, ())
    if "type" in field and field["type"] not in TYPES:
        yield _fault(f"{place}.type", "field_type", type=field["type"])
    listed = [c["value"] if isinstance(c, dict) else c for c in field.get("categories", [])]
    if listed != constraints.get("enum", []):
        # frictionless does not look at categories: the enumeration alone is enforced, so they must say the same.
        yield _fault(f"{place}.categories", "field_categories")
    if "enum" in constraints and field.get("example") not in constraints["enum"]:
        yield _fault(f"{place}.example", "example_not_in_enum")
    if (pattern := constraints.get("pattern")) and not re.fullmatch(pattern, str(field.get("example", ""))):
        yield _fault(f"{place}.example", "example_pattern")


def _properties(
    place: str, found: Mapping[str, Any], known: set[str], needed: tuple[str, ...]
) -> Iterator[Problem]:
    for name in sorted(set(found) - known):
        yield _fault(f"{place}.{name}".lstrip("."), "property_unknown")
    for name in needed:
        if found.get(name) in (None, "", []):
            yield _fault(f"{place}.{name}".lstrip("."), "property_missing")


def _fault(place: str, code: str, **values: object) -> Problem:
    return Problem(DESCRIPTOR, 0, place, message(code, **values))
