"""Whatever a person can type into a ``.yml`` is a value that can be published, or words with file and line."""

import contextlib
import shutil
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.archive.sources import agencies, sources
from pipeline.filing.read_all import read_all
from pipeline.model.findings import PipelineError
from pipeline.package.rows import make_tables
from pipeline.package.write import write_package

REPORTS = Path(__file__).parents[2] / "datapackage/reports"
AGENCY = "511900-housing"
REPORT_YML = "source_url: null\nretrieved: null\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(REPORTS / AGENCY, tmp_path / "reports" / AGENCY)
    return tmp_path / "reports" / AGENCY


def said(home: Path) -> str:
    with pytest.raises(PipelineError) as caught:
        list(sources(home.parent))
    assert caught.value.zh
    return caught.value.en


CORRECTION = """corrections:
  - cell: requests/carried_out/total
    raw: "1"
    means: 1
    reason: x
    by: x
    date: 2026-05-02
    source: x
"""


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("source_url: null\nretrieved: 2024-01-31 10:00:00\n", 2, "2024-01-31 10:00:00"),
        ("source_url: null\nretrieved: 2024-13-45\n", 2, "2024-13-45"),
        ("source_url: null\nretrieved: 20240131\n", 2, "20240131"),
        ("source_url: null\nretrieved: .nan\n", 2, ".nan"),
        ("source_url: null\nretrieved: [2024-01-31]\n", 2, "2024"),
        (REPORT_YML + "published: yes\n", 3, "True"),
        (REPORT_YML + "source_url: https://example.org/\n", 3, "source_url"),
        (REPORT_YML + CORRECTION + CORRECTION, 11, "corrections"),
        (REPORT_YML + CORRECTION.replace("means: 1", "means: .nan"), 6, ".nan"),
        (REPORT_YML + CORRECTION.replace("means: 1", "means: 1e400"), 3, "means"),
        (REPORT_YML + CORRECTION.replace("means: 1", "means: " + "9" * 5000), 6, "999"),
        (REPORT_YML + CORRECTION.replace("means: 1", 'means: "NaN"'), 3, "means"),
        (REPORT_YML + CORRECTION.replace("2026-05-02", "2026-05-02 10:00:00"), 9, "10:00"),
        (REPORT_YML + CORRECTION.replace("reason: x", "reason: [a]"), 3, "reason"),
        (REPORT_YML + CORRECTION.replace("by: x", 'by: "\\u200b"'), 3, "by"),
        (REPORT_YML + "scope: {a: b}\n", 3, "scope"),
        (REPORT_YML + "source_note: " + "[" * 50_000 + "\n", 3, ""),
        (REPORT_YML + "? [a]\n: b\n", 3, ""),
        (REPORT_YML + "nonsense: b\n", 3, "nonsense"),
        ("source_url: null\nretrieved: 2024-01-31\n\tscope: agency\n", 3, ""),
    ],
)
def test_a_report_yml_that_cannot_be_is_told_with_its_line(
    home: Path, text: str, line: int, found: str
) -> None:
    (home / "2022.yml").write_text(text, encoding="utf-8")
    words = said(home)
    assert words.startswith(f"{AGENCY}/2022.yml:{line}"), words
    assert found in words


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("level", "Prefecture"),
        ("level", "null"),
        ("name_zh", '"\\u200b"'),
        ("name_zh", '""'),
        ("name_zh", "5"),
        ("name_zh", '"a\\nb"'),
        ("name_zh", '"a\\rb"'),
        ("city", "[a]"),
        ("former_names", "5"),
        ("former_names", "名字"),
        ("former_names", "[5]"),
        ("function", "[housing]"),
        ("website", "example.org"),
        ("division_code", "511900"),
    ],
)
def test_an_agency_yml_that_cannot_be_is_told_with_its_line(home: Path, field: str, value: str) -> None:
    path = home / "agency.yml"
    kept = [
        line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(f"{field}:")
    ]
    path.write_text("\n".join([*kept, f"{field}: {value}", ""]), encoding="utf-8")
    words = said(home)
    assert words.startswith(f"{AGENCY}/agency.yml:{len(kept) + 1}"), words


def test_a_carriage_return_in_a_reason_can_be_published(home: Path, tmp_path: Path) -> None:
    text = CORRECTION.replace("reason: x", 'reason: "a\\rb\\nc"')
    (home / "2022.yml").write_text(REPORT_YML + text, encoding="utf-8")
    write_package(make_tables(agencies(home.parent), read_all(home.parent)), tmp_path / "package")


def test_a_file_in_the_encoding_of_windows_is_told(home: Path) -> None:
    (home / "2022.yml").write_bytes("source_note: 来源".encode("gb18030"))
    assert "UTF-8" in said(home)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates().map(str)
    | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.sampled_from(
        ["source_url", "retrieved", "scope", "published", "corrections", "transcription", "source_note"]
    ),
    VALUES,
)
def test_no_value_of_any_field_is_a_crash(field: str, value: object) -> None:
    with tempfile.TemporaryDirectory() as made:
        home = Path(made) / AGENCY
        shutil.copytree(REPORTS / AGENCY, home)
        entry = {"source_url": None, "retrieved": None} | {field: value}
        (home / "2022.yml").write_text(yaml.safe_dump(entry, allow_unicode=True), encoding="utf-8")
        with contextlib.suppress(PipelineError):
            list(sources(home.parent))
