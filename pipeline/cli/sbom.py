"""What a release is made with, as CycloneDX: every pinned package with its checksums, and the scripts kept in the repository.

Made of ``requirements.txt`` and ``vendor.yml`` alone, so it is the same bytes on every machine: no clock and no serial number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import yaml

from pipeline.cli.fork import PROJECT
from pipeline.cli.group import friendly, main
from pipeline.knowledge.settings import settings
from pipeline.safety.files import replaced

PINNED = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?P<rest>(?:.*\\\n)*.*)", re.MULTILINE
)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
VENDOR = Path("site_src/assets/vendor/vendor.yml")


def bill_of_materials(
    requirements: str, vendored: list[dict[str, str]], name: str, version: str
) -> dict[str, Any]:
    """A CycloneDX document.

    Args:
        requirements: the text of ``requirements.txt``, with hashes.
        vendored: the entries of ``vendor.yml``.
        name: of what is released.
        version: of it.
    """
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "data", "name": name, "version": version}},
        "components": [*_packages(requirements), *map(_script, vendored)],
    }


def _packages(requirements: str) -> Iterator[dict[str, Any]]:
    for found in PINNED.finditer(requirements):
        yield {
            "type": "library",
            "name": found["name"],
            "version": found["version"],
            "purl": f"pkg:pypi/{found['name'].lower()}@{found['version']}",
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in HASH.findall(found["rest"])],
        }


def _script(entry: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "file",
        "name": entry["file"],
        "version": entry["version"],
        "purl": f"pkg:npm/{entry['package']}@{entry['version']}",
        "hashes": [{"alg": "SHA-256", "content": entry["sha256"]}],
        "licenses": [{"license": {"id": entry["licence"]}}],
    }


@main.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--release", default="0", help="这一版的版本号 · the version of the release")
@friendly
def sbom(target: Path, release: str) -> None:
    """软件物料清单（CycloneDX）：发行用到的每个软件。 The bill of materials: all software a release is made with."""
    vendored = yaml.safe_load((PROJECT / VENDOR).read_text(encoding="utf-8"))
    requirements = (PROJECT / "requirements.txt").read_text(encoding="utf-8")
    found = bill_of_materials(requirements, vendored, settings().name, release)
    with replaced(target.parent, target.name) as new:
        text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
        (new / target.name).write_text(text, encoding="utf-8", newline="\n")
