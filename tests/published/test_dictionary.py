"""The dictionary says everything about every column, row, code, rule and indicator, in both languages."""

import csv
import json
from pathlib import Path

from pipeline.published import dictionary
from pipeline.published.dictionary import chapters, readme

ROOT = Path(__file__).parents[2]
DESCRIPTOR = json.loads((ROOT / "datapackage/datapackage.json").read_text(encoding="utf-8"))


def records(name: str) -> list[dict[str, str]]:
    with (ROOT / f"datapackage/data/{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = {name: records(name) for name in dictionary.CODE_LISTS}
README = (ROOT / "datapackage/README.md").read_text(encoding="utf-8")


def test_the_committed_dictionary_is_what_the_package_gives() -> None:
    assert readme(DESCRIPTOR, ROWS) == README


def test_every_column_is_there_with_its_meaning_in_both_languages() -> None:
    found = {c.anchor: c for c in chapters(DESCRIPTOR, ROWS)}
    for resource in DESCRIPTOR["resources"]:
        listed = {row[0]: row for row in found[f"table-{resource['name']}"].rows}
        for field in resource["schema"]["fields"]:
            row = listed[field["name"]]
            assert row[2] == (field["description"], field["description_en"])


def test_every_item_rule_finding_code_indicator_and_code_is_there() -> None:
    found = {c.anchor: {row[0] for row in c.rows} for c in chapters(DESCRIPTOR, ROWS)}
    assert found["items"] == {row["item"] for row in ROWS["items"]}
    assert found["rules"] == {row["rule_id"] for row in ROWS["rules"]}
    assert found["indicators"] == {row["indicator_id"] for row in ROWS["indicator_definitions"]}
    codes = {
        entry["value"]
        for resource in DESCRIPTOR["resources"]
        for field in resource["schema"]["fields"]
        if resource["name"] == "findings" and field["name"] == "code"
        for entry in field["categories"]
    }
    assert found["finding-codes"] | found["rules"] == codes
    assert found["codes-cell_notes-status"] == {
        "blank",
        "mark",
        "absent",
        "unreadable",
        "ambiguous",
        "resolved",
        "recognised",
        "unconfirmed",
    }
    assert {"natural_person", "total", "issued", "valid"} <= found["measures"]


def test_anchors_are_unique_and_linked() -> None:
    anchors = [c.anchor for c in chapters(DESCRIPTOR, ROWS)]
    assert len(set(anchors)) == len(anchors)
    for anchor in anchors:
        assert f'<a id="{anchor}"></a>' in README
        assert f"(#{anchor})" in README


def test_nothing_breaks_out_of_a_table() -> None:
    rows = {**ROWS, "items": [{**ROWS["items"][0], "plain_zh": "a | b <script>\n# c"}]}
    line = next(line for line in readme(DESCRIPTOR, rows).splitlines() if "&lt;script" in line)
    assert r"a \| b &lt;script\> \# c" in line
    widths = {line.replace("\\|", "").count("|") for line in README.splitlines() if line.startswith("|---")}
    assert widths <= {3, 4, 5, 6, 7, 8, 9}


def test_a_package_without_rules_and_indicators_has_a_dictionary() -> None:
    assert "rules" not in {c.anchor for c in chapters(DESCRIPTOR, {"items": ROWS["items"]})}
