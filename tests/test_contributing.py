"""What a contributor is told: short recipes, forms whose fields the site can fill in, a template that asks for little."""

import re
import textwrap
from pathlib import Path
from typing import Any

import yaml

from pipeline.archive.corrections import parse_corrections
from pipeline.cli.commands import main as commands
from pipeline.knowledge.forms import forms

ROOT = Path(__file__).parent.parent
GITHUB = ROOT / ".github"
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml"))
TYPES = {"markdown", "input", "textarea", "dropdown", "checkboxes"}


def form(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(
        (GITHUB / "ISSUE_TEMPLATE" / f"{name}.yml").read_text(encoding="utf-8")
    )
    return loaded


def fields(name: str) -> list[str]:
    return [field["id"] for field in form(name)["body"] if "id" in field]


def test_every_recipe_has_less_than_eight_steps_and_comes_in_chinese_first() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipes = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert len([recipe for recipe in recipes if re.search(r"^1\. ", recipe, re.MULTILINE)]) >= 6
    for recipe in recipes:
        title = recipe.splitlines()[0]
        assert len(re.findall(r"^\d+\. ", recipe, flags=re.MULTILINE)) < 8, title
        assert re.search(r"[\u4e00-\u9fff]", title.split("·")[0]), title


def test_every_step_of_a_contributor_works_without_make() -> None:
    """On Windows there is none: `make X` is the command X, save where CONTRIBUTING.md says what stands for it."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipes = dict(
        re.findall(r"^([a-z-]+):[^\n]*\n((?:\t[^\n]*\n)*)", (ROOT / "Makefile").read_text("utf-8"), re.M)
    )
    named = set(re.findall(r"`make ([a-z-]+)", text))
    assert len(named) > 4
    for target in sorted(named - {"test"}):  # for who changes the program: that takes the development tools
        if f"`make {target}` 是" not in text:
            assert f"$(RUN) {target}" in recipes[target], target
            assert target in commands.commands
    assert "pipeline build`" in text
    assert "$(RUN) build" in recipes["site"]


def test_a_stranger_uploads_into_a_copy_of_their_own() -> None:
    """GitHub takes no upload from who may not write: "File uploads require push access to this repository"."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipe = next(part for part in text.split("\n## ") if part.startswith("一、"))
    order = [
        recipe.index(f"**{button}**") for button in ("Fork", "Add file → Upload files", "Commit changes")
    ]
    order += [
        recipe.index(f"**{button}**") for button in ("Contribute → Open pull request", "Create pull request")
    ]
    assert order == sorted(order)


def test_the_forms_are_what_github_reads() -> None:
    assert {path.stem for path in FORMS} == {"config", "figure-error", "report", "typed-figures"}
    for path in FORMS:
        if path.stem == "config":
            continue
        loaded = form(path.stem)
        assert set(loaded) == {"name", "description", "title", "labels", "body"}
        ids = fields(path.stem)
        assert len(ids) == len(set(ids))
        assert all(re.fullmatch(r"[A-Za-z0-9_-]+", one) for one in ids)
        for field in loaded["body"]:
            assert field["type"] in TYPES
            assert field["type"] == "markdown" or field["attributes"]["label"]


def test_the_site_can_fill_in_agency_year_and_cell() -> None:
    assert {"agency", "year", "cell", "shown"} <= set(fields("figure-error"))
    assert {"agency", "year", "address"} <= set(fields("report"))
    said = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for name in ("figure-error", "report"):
        link = next(line for line in said.splitlines() if f"template={name}.yml" in line)
        assert set(re.findall(r"&(\w+)=", link)) <= set(fields(name))


def test_typed_figures_are_asked_for_cell_by_cell_as_the_form_in_force_has_them() -> None:
    newest = next(iter(forms().values()))
    asked = {}
    for field in form("typed-figures")["body"]:
        if field["type"] == "textarea" and "value" in field["attributes"]:
            asked |= yaml.safe_load(field["attributes"]["value"])
    cells = {(t, r, c) for t, rows in asked.items() for r, columns in rows.items() for c in columns}
    assert cells == {(table.key, row.item.key, column.key) for table, _, row, column in newest.cells()}


def test_the_pull_request_asks_only_for_what_cannot_be_read() -> None:
    text = (GITHUB / "PULL_REQUEST_TEMPLATE.md").read_text(encoding="utf-8")
    asked = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL).strip()
    assert asked == "来源地址 source_url:"


def test_the_example_of_a_correction_is_taken_as_it_stands() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)
    (row,) = parse_corrections("2023.yml", yaml.safe_load(textwrap.dedent(example))["corrections"])
    assert row.raw == "1O"


def test_every_command_of_the_guides_is_there() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    for guide in (ROOT / "CONTRIBUTING.md", GITHUB / "MAINTAINING.md"):
        text = guide.read_text(encoding="utf-8")
        assert set(re.findall(r"`make ([a-z]+)", text)) <= targets
        for name, rest in re.findall(r"`python -m pipeline ([a-z]+)([^`]*)`", text):
            known = {option for one in commands.commands[name].params for option in one.opts}
            assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= known | {"--help"}, (name, rest)


def test_every_link_in_the_guides_leads_somewhere() -> None:
    for guide in (ROOT / "CONTRIBUTING.md", GITHUB / "MAINTAINING.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", guide.read_text(encoding="utf-8")):
            assert (guide.parent / target).exists(), (guide.name, target)


def test_the_map_of_the_readme_is_the_folders_in_their_order() -> None:
    """Every stage by its folder, and the function that tells the whole way is where the page says."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    stages = ["archive", "document", "reading", "checks", "package", "published", "pages", "site"]
    rows = re.findall(r"^\| `(\w+)/` \|", text, flags=re.MULTILINE)
    assert [row for row in rows if (ROOT / "pipeline" / row).is_dir()] == stages
    assert "def publish(" in (ROOT / "pipeline/cli/build.py").read_text(encoding="utf-8")
