"""The registry of formats: one entry and one module make a format, for parse, add, the inbox and the data alike."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.commands import main
from pipeline.document import sandbox
from pipeline.document.read import format_of, read, reader_of
from pipeline.document.reader import Reader
from pipeline.document.refusal import RefusedError
from pipeline.document.text import read_text
from pipeline.filing import inbox
from pipeline.knowledge import formats as registry
from pipeline.model.document import Document
from pipeline.model.findings import PipelineError
from pipeline.package.schema import resources
from tests.five import copy_five

ROOT = Path(__file__).parents[2]
REPORT = (ROOT / "datapackage/reports/511900-housing/2022.txt").read_text(encoding="utf-8")
NEXT = REPORT.replace("2022", "2024").replace("2023", "2025").encode()
MAGIC = b"%ODD\n"


def read_odd(data: bytes) -> Document:
    return read_text(data.removeprefix(MAGIC))


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A format invented for one test: an entry in the registry and a module in the folder of readers."""
    module = ModuleType("pipeline.document.odd")
    vars(module)["READER"] = Reader(lambda data: data.startswith(MAGIC), read_odd)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    entry = {"reader": "odd", "names": {"odd": ["怪文件", "Odd file", "application/x-odd"]}}
    entries = {"odd": entry, **registry.knowledge.load("formats.yml")}
    monkeypatch.setattr(
        registry.knowledge, "load", lambda name: entries if name == "formats.yml" else load(name)
    )
    monkeypatch.setattr(
        sandbox, "_may_fork", lambda: True
    )  # a fresh Python would not know the invented module
    _forget()
    yield "odd"
    monkeypatch.undo()
    _forget()


@pytest.fixture
def filed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The five reports, in a folder where the commands are run."""
    monkeypatch.chdir(tmp_path)
    return copy_five(tmp_path / "datapackage/reports")


load = registry.knowledge.load


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def _forget() -> None:
    registry.formats.cache_clear()
    resources.cache_clear()
    sandbox._end_child()
    sandbox._child = None


pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def test_a_new_format_is_read_by_parse(odd: str, tmp_path: Path) -> None:
    (tmp_path / "2024.odd").write_bytes(MAGIC + NEXT)
    result = run("parse", "--json", str(tmp_path / "2024.odd"))
    assert json.loads(result.stdout)["year"] == 2024


def test_a_new_format_is_filed_by_add_and_stands_in_the_data(odd: str, filed: Path) -> None:
    Path("x.odd").write_bytes(MAGIC + NEXT)
    assert run("add", "x.odd").exit_code == 0
    assert (filed / "511900-housing/2024.odd").is_file()
    (field,) = (field for field in resources()["reports"].fields if field.name == "source_format")
    assert field.labels["odd"] == ("怪文件", "Odd file")


@pytest.mark.parametrize("name", ["x.odd", "x.bin"])
def test_a_new_format_is_filed_from_the_inbox(odd: str, name: str, filed: Path) -> None:
    (filed / "inbox" / name).write_bytes(MAGIC + NEXT)
    (entry,) = inbox.file_inbox(filed)
    assert entry.finding is None
    assert (filed / "511900-housing/2024.odd").is_file()


def test_a_new_format_is_named_where_a_file_is_refused(odd: str) -> None:
    with pytest.raises(RefusedError) as error:
        format_of(b"MZ" + bytes(99))
    assert "odd" in error.value.zh
    assert "odd" in error.value.en


def test_a_name_that_promises_the_new_format_is_compared_with_the_content(odd: str) -> None:
    (finding,) = read("某局".encode(), "odd").findings
    assert (finding.code, finding.reported, finding.expected) == ("D106", "txt", "odd")


@pytest.mark.parametrize("extension", list(registry.by_extension()))
def test_add_takes_whatever_parse_takes(extension: str, filed: Path) -> None:
    Path(f"x.{extension}").write_bytes(NEXT)  # text, whatever its name says: D106, and yet it is read
    assert run("add", f"x.{extension}").exit_code == 0
    assert (filed / f"511900-housing/2024.{extension}").is_file()


def test_every_entry_has_a_reader_and_every_name_its_words() -> None:
    for format_ in registry.formats().values():
        assert isinstance(reader_of(format_), Reader)
        for name in format_.names.values():
            assert name.zh
            assert name.en
            assert "/" in name.media_type


def test_two_formats_with_one_extension_are_our_error(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"pdf": ["x", "x", "x/x"]}
    twice = {
        "pdf": {"reader": "pdf", "names": names},
        "x": {"reader": "x", "names": {**names, "x": names["pdf"]}},
    }
    load = registry.knowledge.load
    monkeypatch.setattr(
        registry.knowledge, "load", lambda name: twice if name == "formats.yml" else load(name)
    )
    registry.formats.cache_clear()
    with pytest.raises(PipelineError, match="pdf"):
        registry.formats()
    registry.formats.cache_clear()
