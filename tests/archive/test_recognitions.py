"""``<year>.read.yml``: the same bytes for the same recognition; a stranger's file is looked at, value by value."""

from pathlib import Path

import pytest

from pipeline.archive.recognitions import read_recognition, recognition_beside, recognition_yml
from pipeline.model.findings import PipelineError
from pipeline.model.recognition import Piece, Recognition, ScannedPage, Seen, Stroke

PIECES = (
    Piece(1.5, 2.0, 3.0, 4.0, Seen("规章: “1”\n#", 0.99)),
    Piece(1.0, 2.0, 3.0, 4.0, Seen("007", 0.123), Seen("=1+1", 1.0)),
    Piece(1.0, 2.0, 3.0, 4.0, Seen("\ufffd", 0.0), Seen("", 0.0)),
    Piece(1.0, 2.0, 3.0, 4.0, Seen("yes", 0.5), Seen("1e3", 0.5)),
)
PAGE = ScannedPage(2, 595.4, 842.4, (Stroke(1.0, 2.0, 3.0),), (), PIECES)
PHOTO = ScannedPage(
    3, 595.4, 842.4, (), (), (), 0.5, 1, corners=(0.1, 0.2, 0.9, 0.2, 0.95, 0.9, 0.05, 0.9), bend=(0.0, 2.1)
)
RECOGNITION = Recognition("a" * 64, "rapidocr 3", ("a.onnx", "b.onnx"), (PAGE, PHOTO))


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "2023.read.yml"
    path.write_bytes(recognition_yml(RECOGNITION))
    assert recognition_beside(tmp_path / "2023.pdf") == RECOGNITION
    assert recognition_yml(read_recognition(path)) == path.read_bytes()


def test_where_nothing_lies_nothing_was_recognised(tmp_path: Path) -> None:
    assert recognition_beside(tmp_path / "2023.pdf") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("size: [595.4, 842.4]", "size: [595.4]"),
        ("size: [595.4, 842.4]", "size: [.nan, 842.4]"),
        ("number: 2", "number: two"),
        ("corners: [0.1, ", "corners: ["),
        ("bend: [0.0, ", "bend: [.inf, "),
        ("0.123", "true"),
        ("'007'", "7"),
        ("down: []", "down: {}"),
        ("engine: rapidocr 3", "engine: 3"),
        ("models:", "modules:"),
        ("file: a", "file: &a a"),
    ],
)
def test_what_is_written_amiss_is_no_reading(tmp_path: Path, old: str, new: str) -> None:
    text = recognition_yml(RECOGNITION).decode()
    assert old in text
    path = tmp_path / "2023.read.yml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        read_recognition(path)
    assert "2023.read.yml" in caught.value.en
