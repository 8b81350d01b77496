"""A folder imports only what stands here beside its name; no circle of modules; no module outside of a folder.

A folder that has no line fails too: decide where its modules belong.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PIPELINE = ROOT / "pipeline"

# From the ground up. Every folder may import those of GROUND that stand above it, itself, and what its line names.
GROUND = ("model", "safety", "knowledge")
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "model": (),  # frozen data
    "safety": (),  # strangers' text; files replaced as a whole
    "knowledge": (),  # what the government decided
    "archive": (),  # what lies in datapackage/reports
    "document": (),  # bytes → Document
    "reading": (),  # Document → Report
    "checks": (),  # Report → outcomes and findings
    "published": (),  # the package, read by others
    "filing": ("archive", "document", "reading", "checks"),
    "package": ("checks", "published"),
    "pages": (
        "document",
        "published",
    ),  # the site is made from the package on disk alone, pictures of PDFs beside it
    "site": ("pages", "published"),
    "review": ("archive", "checks", "filing", "package", "published"),
    "bench": ("reading", "document", "package", "checks"),
    "cli": (
        *("archive", "document", "reading", "checks", "published", "filing"),
        *("package", "pages", "site", "review", "bench"),
    ),
}
# The two modules that are no room: the version, and `python -m pipeline`, which opens the door of cli.
DOORS = {"__init__.py": (), "__main__.py": ("cli",)}


def _modules() -> list[Path]:
    return sorted(PIPELINE.rglob("*.py"))


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imports(source: str) -> set[str]:
    """Dotted names of ours that a module imports, wherever the import stands; a name may be that of what is inside."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith("pipeline.")}


def _allowed(folder: str) -> set[str]:
    below = GROUND[: GROUND.index(folder)] if folder in GROUND else GROUND
    return {folder, *below, *MAY_IMPORT[folder]}


def _wrong(folder: str, source: str) -> set[str]:
    named = {name.split(".")[1] for name in _imports(source)} - {"__version__"}
    return named - _allowed(folder)


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_its_folder_may(path: Path) -> None:
    place, source = path.relative_to(PIPELINE).parts, path.read_text(encoding="utf-8")
    if len(place) == 1:
        assert place[0] in DOORS, f"{place[0]} lies outside of every folder: decide where it belongs"
        assert {name.split(".")[1] for name in _imports(source)} <= {*DOORS[place[0]]}
        return
    assert place[0] in MAY_IMPORT, (
        f"the folder {place[0]} has no line in MAY_IMPORT: decide what it may import"
    )
    wrong = _wrong(place[0], source)
    assert not wrong, f"{path.relative_to(ROOT)} imports {sorted(wrong)}, which {place[0]} may not"


def test_every_folder_that_is_named_exists() -> None:
    folders = {path.parent.relative_to(PIPELINE).parts[0] for path in PIPELINE.glob("*/__init__.py")}
    assert folders == set(MAY_IMPORT)


def _graph() -> dict[str, set[str]]:
    names = {_name(path): path for path in _modules()}

    def module_of(dotted: str) -> str:
        return dotted if dotted in names else dotted.rpartition(".")[0]

    return {
        name: {module_of(found) for found in _imports(path.read_text(encoding="utf-8"))} & set(names)
        for name, path in names.items()
    }


def _circle(graph: dict[str, set[str]]) -> set[str]:
    """The modules that are left when those that import nothing any more are taken away again and again."""
    left = dict(graph)
    while free := {name for name, imported in left.items() if not (imported & set(left)) - {name}}:
        left = {name: imported for name, imported in left.items() if name not in free}
    return set(left)


def test_no_circle_of_modules() -> None:
    assert not _circle(_graph())


def test_an_import_that_is_not_allowed_is_seen() -> None:
    assert _wrong("reading", "from pipeline.package.write import write_package") == {"package"}
    assert _wrong("pages", "def f():\n    from pipeline.model.report import Report") == set()
    assert _wrong("pages", "def f():\n    from pipeline.reading.report import make_report") == {"reading"}
    assert _wrong("model", "from pipeline import knowledge") == {"knowledge"}
    assert not _wrong(
        "package", "from pipeline.package import schema\nfrom pipeline.checks.sums import check"
    )


def test_a_circle_is_seen() -> None:
    assert _circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == {"a", "b", "c", "d"}
    assert not _circle({"a": {"b"}, "b": set()})
