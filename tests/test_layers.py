"""A stage imports only what stands to its left. A module that has no place in the line fails too: decide where it belongs."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# From the left: nothing of ours, then each from those before it. Modules of one group may not import each other,
# save inside a package (document, tables, filing, pages).
LAYERS = [
    {"knowledge", "findings", "wording"},
    {"settings"},
    {"numerals", "template", "privacy", "traditional"},
    {"rules", "labels", "headers", "divisions", "dates"},
    {"titles"},
    {"indicators"},
    {"corrections", "transcription"},
    {"sources"},
    {"document"},
    {"tables", "identity", "naming"},
    {"placement"},
    {"report"},
    {"checks"},
    {"questions", "mentions"},
    {"cache"},
    {"collect"},
    {"published", "dictionary", "scrutiny"},
    {"differences"},
    {"versions"},
    {"feed", "discovery"},
    {"companions"},
    {"schema", "explain"},
    {"validate"},
    {"package"},
    {"render", "synthetic"},
    {"accuracy", "bench", "demo", "filing"},
    {"inbox", "changes", "policy"},
    {"pages"},
    {"site"},
    {"review"},
    {"review_text", "review_pages"},
    {"fork"},
    {"cli"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
# The site is made from the package on disk alone, so its modules may not know how the figures came about.
SITE_MAY_KNOW = {
    *("findings", "settings", "knowledge", "wording", "pages", "policy", "site"),
    # These, too, know the package alone.
    *("published", "dictionary", "differences", "versions", "feed", "discovery", "companions"),
}


def _modules() -> list[Path]:
    return sorted(path for path in (ROOT / "pipeline").rglob("*.py") if path != ROOT / "pipeline/__init__.py")


def _stage(path: Path) -> str:
    first = path.relative_to(ROOT / "pipeline").parts[0]
    return first.removesuffix(".py")


def _imports(source: str) -> set[str]:
    """Names of our stages that a module imports, wherever the import stands."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            base = node.module or ""
            names = [f"{base}.{alias.name}" for alias in node.names] if base == "pipeline" else [base]
        found |= {name.split(".")[1] for name in names if name.startswith("pipeline.")}
    return found


def _wrong(stage: str, imported: set[str]) -> set[str]:
    allowed = {name for name, level in LEVEL.items() if level < LEVEL[stage]} | {stage}
    if stage in ("pages", "site"):
        allowed &= SITE_MAY_KNOW
    return imported - allowed - {"__version__"}


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_imports_a_later_stage(path: Path) -> None:
    stage = _stage(path)
    assert stage in LEVEL, f"{stage} has no place in the line of stages: decide where it belongs"
    wrong = _wrong(stage, _imports(path.read_text(encoding="utf-8")))
    assert not wrong, f"{path.relative_to(ROOT)} imports {sorted(wrong)}, which stand to its right"


def test_an_import_of_a_later_stage_is_seen() -> None:
    assert _wrong("tables", _imports("from pipeline.package import Filed")) == {"package"}
    assert _wrong("pages", _imports("def f():\n    from pipeline.report import Report")) == {"report"}
    assert not _wrong("package", _imports("from pipeline import schema\nfrom pipeline.checks import check"))
