"""Kinds of label sets for `benchmarks.fuzz`: what is read must be labels of the image, whatever they are."""

from collections.abc import Callable

import cv2
import numpy as np

from benchmarks.fuzz import Case, Kind
from nanotem.export.coco import coco_json
from nanotem.export.imagej import roi_zip
from nanotem.export.label_image import label_tiff
from nanotem.export.read_labels import read_labels
from nanotem.micrograph import Labels
from nanotem.outlines.boundaries import boundaries_of
from nanotem.spans import Ring

_SHAPE = (96, 80)


def _labels(rng: np.random.Generator) -> Labels:
    labels = np.zeros(_SHAPE, np.int32)
    for number in range(1, 8):
        centre = rng.integers(8, 70, 2)
        cv2.circle(labels, (int(centre[0]), int(centre[1])), int(rng.integers(3, 9)), number, -1)
    return labels


def _polygons(labels: Labels) -> bytes:
    """Return the same set with polygons instead of runs."""
    import json

    content = json.loads(coco_json(labels, {}, image_name="drawn.png"))
    for annotation in content["annotations"]:
        left, top, width, height = annotation["bbox"]
        corners = [left, top, left + width, top, left + width, top + height, left, top + height]
        annotation["segmentation"] = [corners]
    return json.dumps(content).encode()


def _rings(labels: Labels) -> dict[int, list[Ring]]:
    """Return the outline of each label."""
    rings = boundaries_of(np.pad(labels, 1)).rings(0.5)
    return {label: [rings[number][:, ::-1] - 0.5] for label, number in rings.outer().items()}


def _judge(bad: Case, good: Case) -> str:
    found = read_labels(bad.data, bad.name, shape=_SHAPE)
    if found.shape != _SHAPE or found.dtype != np.int32 or found.min() < 0:
        return "silent"
    return "the same" if np.array_equal(found, read_labels(good.data, good.name, shape=_SHAPE)) else "changed"


def _kind(write: Callable[[Labels], bytes], name: str) -> Kind:
    return Kind(lambda rng: Case(write(_labels(rng)), name), _judge)


KINDS: dict[str, Kind] = {
    "labels: COCO runs": _kind(lambda labels: coco_json(labels, {}, image_name="drawn.png"), "labels.json"),
    "labels: COCO polygons": _kind(_polygons, "labels.json"),
    "labels: ImageJ regions": _kind(lambda labels: roi_zip(_rings(labels)), "labels.zip"),
    "labels: TIFF": _kind(lambda labels: label_tiff(labels, None), "labels.tif"),
    "labels: PNG": _kind(lambda labels: bytes(cv2.imencode(".png", labels.astype(np.uint16))[1]), "labels.png"),
}
