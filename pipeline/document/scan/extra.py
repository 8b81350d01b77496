"""Whether the extra ``scan`` is installed, and what recognises with it; can be asked without it."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec

MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
}


def is_installed() -> bool:
    """Whether pictures can be recognised on this machine."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "cv2", "PIL"))


def engine_name() -> str:
    """The engine with its version."""
    return f"rapidocr {version('rapidocr')}, onnxruntime {version('onnxruntime')}"
