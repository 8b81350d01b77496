"""What was recognised in a filed picture, in ``<year>.read.yml`` beside it: committed with it, and never recognised again.

    file: <sha256 of the picture>
    engine: rapidocr 3.10.0, onnxruntime 1.32.0
    models: [PP-OCRv6_det_small.onnx, …]
    pages:
    - number: 1
      size: [595.4, 842.4]                       # points
      tilt: 0.7                                  # degrees, then quarter turns, by which the picture was made straight
      turns: 0
      corners: [0.1, 0.2, …]                     # of the sheet in a photograph, as shares of it; only there
      bend: [0.0, 2.1, …]                        # pixels by which its lines hung down; only there
      across: [[100.5, 57.0, 540.0], …]          # ruling lines: at, from, to
      down: …
      pieces: [[left, top, right, bottom, text, confidence, text again, its confidence], …]

It comes from strangers like everything in the folder: every value is looked at, and what is written amiss is no reading.
"""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from pipeline.archive.strict_yaml import read_yaml
from pipeline.knowledge.messages import wrong
from pipeline.model.recognition import Piece, Recognition, ScannedPage, Seen, Stroke

SUFFIX = ".read.yml"
HEAD = (
    "# 程序从图片里认出的文字；由程序写，请不要手改：改数字用 python -m pipeline confirm。\n"
    "# What was recognised in the picture. Written by the pipeline; figures are settled with python -m pipeline confirm.\n"
)
MOST_PLACES = 100
LARGEST = 8 * 1024 * 1024
FIELDS = {"file", "engine", "models", "pages"}
PHOTOGRAPHED = ("corners", "bend")  # of a photograph alone
PAGE_FIELDS = {"number", "size", "tilt", "turns", "across", "down", "pieces"}


def recognition_path(report: Path) -> Path:
    """Where the recognition of a filed report lies.

    Args:
        report: the filed report; it need not be there.
    """
    return report.with_suffix(SUFFIX)


def recognition_beside(report: Path) -> Recognition | None:
    """What was recognised in a filed report; None where nothing was.

    Args:
        report: the filed report, in its agency's folder.

    Raises:
        PipelineError: the file beside it is no such YAML.
    """
    path = recognition_path(report)
    return read_recognition(path) if path.is_file() else None


def read_recognition(path: Path) -> Recognition:
    """What a ``<year>.read.yml`` says.

    Args:
        path: is there; an empty file is refused, since every field is needed.

    Raises:
        PipelineError: it is no such YAML.
    """
    entry = read_yaml(path, FIELDS, required=FIELDS, largest=LARGEST)
    try:
        return Recognition(
            _text(entry["file"]),
            _text(entry["engine"]),
            tuple(_text(model) for model in _list(entry["models"])),
            tuple(_page(page) for page in _list(entry["pages"])),
        )
    except (TypeError, ValueError, KeyError) as error:
        raise wrong("bad_recognition", place="/".join(path.parts[-2:]), error=error) from error


def recognition_yml(recognition: Recognition) -> bytes:
    """The file, the same bytes for the same recognition.

    Args:
        recognition: of any number of pages; one without pages keeps an empty list.
    """
    entry = {
        "file": recognition.sha256,
        "engine": recognition.engine,
        "models": list(recognition.models),
        "pages": [_page_entry(page) for page in recognition.pages],
    }
    text = yaml.dump(
        entry,
        Dumper=yaml.CSafeDumper,
        allow_unicode=True,
        sort_keys=False,
        width=10_000,
        default_flow_style=None,
    )
    return (HEAD + text).encode()


def _page_entry(page: ScannedPage) -> dict[str, Any]:
    return {
        "number": page.number,
        "size": [page.width, page.height],
        "tilt": page.tilt,
        "turns": page.turns,
        **{name: list(values) for name in PHOTOGRAPHED if (values := getattr(page, name))},
        "across": [[line.at, line.start, line.end] for line in page.across],
        "down": [[line.at, line.start, line.end] for line in page.down],
        "pieces": [_piece_entry(piece) for piece in page.pieces],
    }


def _piece_entry(piece: Piece) -> list[float | str]:
    seen = [piece.seen, piece.again] if piece.again else [piece.seen]
    readings = [value for one in seen for value in (one.text, one.confidence)]
    return [piece.left, piece.top, piece.right, piece.bottom, *readings]


def _page(entry: Any) -> ScannedPage:
    if (
        not isinstance(entry, dict)
        or set(entry) - set(PHOTOGRAPHED) != PAGE_FIELDS
        or not isinstance(entry["number"], int)
        or entry["turns"] not in range(4)
    ):
        raise TypeError(f"a page has {sorted(PAGE_FIELDS)}")
    width, height = (_number(value) for value in _list(entry["size"]))
    corners, bend = (tuple(_number(value) for value in _list(entry.get(name, []))) for name in PHOTOGRAPHED)
    if len(corners) not in (0, 8) or len(bend) > MOST_PLACES:
        raise ValueError("a sheet has four corners, and is not bent at so many places")
    return ScannedPage(
        entry["number"],
        width,
        height,
        tuple(_stroke(line) for line in _list(entry["across"])),
        tuple(_stroke(line) for line in _list(entry["down"])),
        tuple(_piece(piece) for piece in _list(entry["pieces"])),
        _number(entry["tilt"]),
        int(entry["turns"]),
        corners,
        bend,
    )


def _stroke(entry: Any) -> Stroke:
    at, start, end = (_number(value) for value in _list(entry))
    return Stroke(at, start, end)


def _piece(entry: Any) -> Piece:
    left, top, right, bottom, *readings = _list(entry)
    if len(readings) not in (2, 4):
        raise ValueError("a piece has one reading or two")
    seen = [
        Seen(_text(text), _number(sure)) for text, sure in zip(readings[::2], readings[1::2], strict=True)
    ]
    return Piece(
        _number(left),
        _number(top),
        _number(right),
        _number(bottom),
        seen[0],
        seen[1] if len(seen) > 1 else None,
    )


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{str(value)[:40]!r} is no list")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise TypeError(f"{str(value)[:40]!r} is no number")
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{str(value)[:40]!r} is no text")
    return value
