"""A form that somebody adds and that lacks something is refused with its file, its line and what is missing."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner

from pipeline import knowledge
from pipeline.cli.group import friendly
from pipeline.knowledge import forms

ROOT = knowledge.FOLDER
GOOD = yaml.safe_load((ROOT / "forms/t2021.yml").read_text(encoding="utf-8"))


def change(path: str, value: object = None) -> Callable[[Any], object]:
    """Sets a property of the form, by its path; None takes it away."""

    def done(form: Any) -> object:
        *way, last = path.split("/")
        for step in way:
            form = form[int(step) if step.isdigit() else step]
        return form.pop(last) if value is None else form.update({last: value})

    return done


WRONG = (
        *((change(key), f"lacks {key}") for key in ("zh", "number", "report_years", "signs", "tables", "sections")),
        *((change(f"tables/0/{key}"), f"lacks {key}") for key in ("key", "en", "section", "parts")),
        *((change(f"tables/0/parts/0/{key}"), f"lacks {key}") for key in ("key", "rows", "columns")),
        (change("key", "t2022"), "key should be odd"),
        (change("colour", "red"), "unknown properties ['colour']"),
        (change("cells", 3), "cells"),
        (change("sections", ["nowhere"]), "sections.yml:"),
        (change("tables/0/parts/0/rows", ["nothing"]), "no row 'nothing'"),
        (change("tables/0/parts/0/columns", ["nothing"]), "no column 'nothing'"),
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_what_is_wrong_with_a_form_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    wrong, said = WRONG[number]
    form = yaml.safe_load(yaml.safe_dump(GOOD)) | {"key": "odd"}
    wrong(form)
    _refused(tmp_path, monkeypatch, yaml.safe_dump(form, allow_unicode=True), said)


@pytest.mark.parametrize(
    ("text", "said"), [("", "key should be odd"), ("a: [\n", "odd.yml:2: this is no YAML")]
)
def test_a_form_that_is_empty_or_no_yaml_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    _refused(tmp_path, monkeypatch, text, said)


def _refused(folder: Path, patch: pytest.MonkeyPatch, text: str, said: str) -> None:
    shutil.copytree(ROOT, folder / "knowledge", ignore=shutil.ignore_patterns("*.py", "profiles"))
    (folder / "knowledge/forms/odd.yml").write_text(text, encoding="utf-8")
    patch.setattr(knowledge, "FOLDER", folder / "knowledge")
    patch.setattr(knowledge, "load", knowledge.load.__wrapped__)  # not what another form called odd was
    command = click.command()(friendly(lambda: click.echo(str(forms._form("forms/odd.yml")))))
    done = CliRunner().invoke(command)
    assert (done.exit_code, isinstance(done.exception, SystemExit)) == (2, True), done.exception
    assert said in done.stderr
    assert "pipeline/knowledge/" in done.stderr


def test_a_folder_of_a_form_adds_and_never_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT, tmp_path / "knowledge", ignore=shutil.ignore_patterns("*.py", "profiles"))
    home = tmp_path / "knowledge/forms/odd"
    home.mkdir()
    monkeypatch.setattr(knowledge, "FOLDER", tmp_path / "knowledge")
    load = knowledge.load.__wrapped__
    (home / "items.yml").write_text("odd: {zh: 甲}\n", encoding="utf-8")
    assert set(load("items.yml")) == {*knowledge.load("items.yml"), "odd"}
    (home / "items.yml").write_text("odd: {zh: 甲}\ngranted: {zh: 乙}\n", encoding="utf-8")
    with pytest.raises(knowledge.KnowledgeError) as twice:
        load("items.yml")
    assert (twice.value.code, twice.value.file, twice.value.said) == (
        "knowledge_twice", "forms/odd/items.yml", "granted",
    )  # fmt: skip
    (home / "package.yml").write_text("units: {册: volumes}\n", encoding="utf-8")
    assert load("package.yml")["units"] == knowledge.load("package.yml")["units"] | {"册": "volumes"}
    (home / "package.yml").write_text("resources: {requests: {}}\n", encoding="utf-8")
    with pytest.raises(knowledge.KnowledgeError):
        load("package.yml")
