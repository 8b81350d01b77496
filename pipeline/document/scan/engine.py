"""RapidOCR on ONNX Runtime. The only module that knows it; its models lie in its wheel, and nothing is ever fetched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from pipeline.document.scan.extra import MODELS
from pipeline.model.recognition import Seen

Picture = NDArray[Any]  # (height, width, 3) or (height, width) of 8 bits
Corners = NDArray[Any]  # four corners of a line of text as (x, y)

HEIGHT = 48  # pixels, to which every piece is brought before it is read
NARROWEST = 64  # pixels: narrower pieces are padded to this before they are read
BATCH = 16  # pieces read at once
WIDER = 1.15  # times as wide as the narrowest of its batch: all are padded to the widest, and padding costs as letters do
SURE_TURN = 0.9


class Engine:
    """Finds and reads lines of text. Loading takes a second, so there is one a process: ``engine()``."""

    def __init__(self) -> None:
        import rapidocr  # here, so that the module can be asked for its name without loading it

        models = Path(rapidocr.__file__).parent / "models"
        # With a path nothing is looked up: a model that is not there is an error and no download.
        paths = {f"{task}.model_path": str(models / file) for task, file in MODELS.items()}
        # One thread: pages run side by side, and sums of floats come in one order.
        threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
        shape = {
            "Rec.rec_img_shape": [3, HEIGHT, NARROWEST],
            "Rec.rec_batch_num": BATCH,
            "Global.log_level": "critical",
        }
        self._ocr: Any = rapidocr.RapidOCR(params={**paths, **threads, **shape})
        self._find = (
            self._ocr._load_det_model()
        )  # as it loads them itself; its own call does all steps at once
        self._read = self._ocr._load_rec_model()

    def find(self, picture: Picture) -> list[Corners]:
        """The lines of text of a colour picture, from top to bottom."""
        found = self._find(picture).boxes
        return [] if found is None else list(found)

    def read(self, pictures: Sequence[Picture]) -> list[Seen]:
        """The text of each picture of one line, in their order; an empty text with confidence 0 where there is none."""
        from rapidocr.ch_ppocr_rec import TextRecInput

        found: dict[int, Seen] = {}
        for batch in _batches([picture.shape[1] / picture.shape[0] for picture in pictures]):
            read = self._read(TextRecInput(img=[pictures[number] for number in batch], return_word_box=True))
            said = zip(read.txts, read.word_results, strict=True)
            found |= {
                number: _seen(text, words.confs) for number, (text, words) in zip(batch, said, strict=True)
            }
        return [found[number] for number in range(len(pictures))]

    def are_upside_down(self, pictures: Sequence[Picture]) -> bool:
        """Whether most of some lines stand on their heads."""
        turned = self._ocr._load_cls_model()([picture.copy() for picture in pictures]).cls_res
        down = sum(label == "180" and score > SURE_TURN for label, score in turned)
        return bool(down * 2 > len(pictures))


def _batches(widths: Sequence[float]) -> Iterator[list[int]]:
    """The numbers of pieces of much the same width, as shares of their height."""
    batch: list[int] = []
    for number in sorted(range(len(widths)), key=lambda number: widths[number]):
        narrowest = max(widths[batch[0]], NARROWEST / HEIGHT) if batch else 0.0
        if batch and (len(batch) == BATCH or widths[number] > WIDER * narrowest):
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _seen(text: str, confidences: Sequence[float]) -> Seen:
    """A text with the confidence of its least sure letter or digit; signs count where there is nothing else."""
    letters = [sure for char, sure in zip(text, confidences, strict=False) if char.isalnum()]
    sure = min(letters or confidences, default=0.0)
    return Seen(text.strip(), round(float(sure), 3) if text.strip() else 0.0)


@cache
def engine() -> Engine:
    """The engine of this process."""
    import cv2

    cv2.setNumThreads(1)
    return Engine()
