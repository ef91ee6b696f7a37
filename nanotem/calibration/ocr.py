"""Text in an image, read by the models that come inside the rapidocr wheel."""

from dataclasses import dataclass, replace
from functools import cache
from threading import Lock
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.calibration.box import Box, moved
from nanotem.calibration.grey import Bytes

_LEAST_SCORE = 0.3
_MARGIN_PX = 16
_GRID_PX = 32
"""The detector works on multiples of this: what is no multiple would be resampled, a frame of 768 px to 832 x 832."""

_LONGEST_SIDE_PX = 4000
_N_THREADS = 1
"""Two wait for each other: they take a fifth to two fifths more processor time, and gain nothing beside other work."""

_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True)
class Text:
    """A run of characters on one line, where it stands, and from 0 to 1 how surely it was read."""

    text: str
    confidence: float
    box: Box

    def shifted(self, rows: int, columns: int) -> "Text":
        """Return a text that was found in a part of an image in the coordinates of the image."""
        return replace(self, box=moved(self.box, rows, columns))


def read_text(grey: Bytes, *, zoom: float) -> list[Text]:
    """Return what is written in an image, top to bottom, every box within the image.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    zoom
        By how much the image is enlarged first. Characters of 15 to 60 px after that are read best; time grows with
        the square of it, about 0.5 s for 1024 x 1024 px on two cores.
    """
    scaled = cv2.resize(grey, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC if zoom > 1 else cv2.INTER_AREA)
    framed = _framed(scaled)
    with _ONE_AT_A_TIME:
        # The engine remembers the steps of its last call, so that each call names its own.
        found = _engine()(cv2.cvtColor(framed, cv2.COLOR_GRAY2BGR), use_det=True, use_cls=False, use_rec=True)
    if found.boxes is None:
        return []
    corners = (np.asarray(found.boxes) - _MARGIN_PX) / zoom
    boxes = np.hstack([np.floor(corners.min(axis=1)), np.ceil(corners.max(axis=1))]).astype(int)[:, [1, 0, 3, 2]]
    boxes = np.clip(boxes, 0, np.tile(grey.shape, 2))  # text that the frame cuts reaches into the margin
    rows = zip(found.txts, found.scores, boxes.tolist(), strict=True)
    return [Text(text, float(score), (box[0], box[1], box[2], box[3])) for text, score, box in rows]


def read_line(grey: Bytes) -> tuple[str, float]:
    """Return what is written in a picture of one line of text, and from 0 to 1 how surely."""
    with _ONE_AT_A_TIME:
        found = _engine()(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), use_det=False, use_cls=False, use_rec=True)
    return (found.txts[0], float(found.scores[0])) if found.txts else ("", 0.0)


def _framed(grey: Bytes) -> Bytes:
    """Return a picture with a margin all round, wider at the right and below up to the next step of the grid."""
    below, right = (_MARGIN_PX + -(side + 2 * _MARGIN_PX) % _GRID_PX for side in grey.shape)
    framed = cv2.copyMakeBorder(grey, _MARGIN_PX, below, _MARGIN_PX, right, cv2.BORDER_REPLICATE)
    return np.asarray(framed, np.uint8)


class _DetectorInOpenCV:
    """Where in a picture is text: the network of rapidocr, carried out by OpenCV.

    Its answers are those of onnxruntime to 1e-5, in two thirds of the processor time (832 x 832 px, one thread).
    """

    def __init__(self, path: str) -> None:
        self._network = cv2.dnn.readNetFromONNX(path)

    def __call__(self, blob: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the probability of text, shape (1, 1, rows, columns), of a picture of shape (1, 3, rows, columns)."""
        self._network.setInput(blob)
        return np.array(self._network.forward(), np.float32)


@cache
def _engine() -> Any:
    """Load the models, once per process, without a word on the console."""
    from rapidocr import RapidOCR

    engine: Any = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.text_score": _LEAST_SCORE,
            "Global.min_side_len": 1,
            "Global.max_side_len": _LONGEST_SIDE_PX,
            "Det.limit_type": "max",
            "Det.limit_side_len": _LONGEST_SIDE_PX,
            "EngineConfig.onnxruntime.intra_op_num_threads": _N_THREADS,
        }
    )
    # Its detector is there after the first picture.
    engine(np.zeros((_GRID_PX, _GRID_PX, 3), np.uint8), use_det=True, use_cls=False, use_rec=False)
    engine.text_det.session = _DetectorInOpenCV(engine.text_det.session.session._model_path)
    return engine
