"""Annotations, read back by pycocotools."""

import json
from typing import Any

import numpy as np
import pytest
from drawn_analysis import AREAS, LABELS, drawn_analysis
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from nanotem.errors import UnreadableFileError
from nanotem.export.boundaries import traced_rings
from nanotem.export.coco import coco_json, read_coco

ROWS, COLUMNS = SHAPE = LABELS.shape


@pytest.fixture
def dataset() -> COCO:
    coco = COCO()
    coco.dataset = json.loads(coco_json(LABELS, {}, image_name="drawn.png"))
    coco.createIndex()
    return coco


def test_pycocotools_finds_every_particle_pixel_by_pixel(dataset: COCO) -> None:
    annotations = dataset.loadAnns(dataset.getAnnIds(imgIds=1))
    assert {one["id"]: one["area"] for one in annotations} == AREAS
    for one in annotations:
        mask = one["id"] == LABELS
        np.testing.assert_array_equal(dataset.annToMask(one).astype(bool), mask)
        assert one["bbox"] == coco_mask.toBbox(dataset.annToRLE(one)).tolist()
    assert dataset.imgs[1] == {"id": 1, "file_name": "drawn.png", "width": COLUMNS, "height": ROWS}


def test_a_traced_outline_is_a_polygon_with_fractions_and_one_with_a_hole_is_runs() -> None:
    analysis = drawn_analysis()
    rings = traced_rings(analysis.outlines)
    content = json.loads(coco_json(analysis.labels, rings, image_name="drawn.png"))
    areas = analysis.particles.set_index("label")["area_px"]
    for one in content["annotations"]:
        is_polygon = isinstance(one["segmentation"], list)
        assert is_polygon == (len(rings[one["id"]]) == 1)
        assert one["area"] == pytest.approx(areas[one["id"]], rel=1e-3 if is_polygon else 0.02)
    found = read(*(one["segmentation"] for one in content["annotations"]))
    for one, mask in zip(content["annotations"], found, strict=True):
        own = analysis.labels == one["id"]
        assert (mask & own).sum() > 0.98 * (mask | own).sum()


def test_nothing_found_has_no_annotations() -> None:
    assert json.loads(coco_json(np.zeros((20, 30), np.int32), {}, image_name="a.png"))["annotations"] == []


def read(*segmentations: Any, height: int = ROWS) -> list[np.ndarray]:
    content = {
        "images": [{"id": 1, "height": height, "width": COLUMNS}],
        "annotations": [{"segmentation": one} for one in segmentations],
    }
    masks = []
    for places in read_coco(json.dumps(content).encode(), shape=SHAPE):
        masks.append(np.zeros(SHAPE, bool))
        masks[-1].flat[places] = True
    return masks


def test_compressed_runs_are_read() -> None:
    masks = [label == LABELS for label in AREAS]
    runs = [coco_mask.encode(np.asfortranarray(mask, np.uint8)) for mask in masks]
    found = read(*({"size": SHAPE, "counts": one["counts"].decode()} for one in runs))
    np.testing.assert_array_equal(found, masks)


def test_polygons_are_read_and_one_inside_another_is_a_hole() -> None:
    (mask,) = read([[10, 10, 30, 10, 30, 40, 10, 40], [15, 15, 25, 15, 25, 25, 15, 25]])
    assert mask.sum() == 20 * 30 - 10 * 10


def test_a_shape_of_another_image_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match=r"149 x 220 px, this one has 150 x 220.*neither cropped"):
        read(height=149)


@pytest.mark.parametrize(
    "segmentation",
    [
        None,
        5,
        "text",
        [5, 6],
        [[1, 2, 3]],
        [[1, 2, "x", 4]],
        [[1, 2, 1e300, 4, 5, 6]],
        [[1, 2, None, 4, 5, 6]],
        {"counts": [1, 2, 3]},
        {"counts": []},
        {"counts": [-5, ROWS * COLUMNS + 5]},
        {"counts": [0.5, ROWS * COLUMNS - 0.5]},
        {"counts": [[ROWS * COLUMNS]]},
        {"counts": [2**63, 2**63]},
        {"counts": [10**40]},
        {"counts": "\x01\xff"},
        {"counts": "ooooooooooooooooooooooo"},
        {"counts": None},
    ],
)
def test_a_segmentation_that_is_none_is_refused(segmentation: Any) -> None:
    with pytest.raises(UnreadableFileError, match=r"no COCO annotation of one image.*Export"):
        read(segmentation)


@pytest.mark.parametrize(
    "text",
    ["{", "{}", '{"images": []}', '{"images": [{}, {}], "annotations": []}', '{"images": 5}', "[" * 10_000, "\xff"],
)
def test_a_file_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UnreadableFileError, match="no COCO annotation of one image"):
        list(read_coco(text.encode("latin-1"), shape=SHAPE))


def content_of(*annotations: dict[str, Any]) -> bytes:
    images = [{"id": 1, "height": ROWS, "width": COLUMNS}]
    return json.dumps({"images": images, "annotations": list(annotations)}).encode()


@pytest.mark.parametrize("digit", ["o", "P"])
def test_runs_of_endless_digits_are_refused_at_once(digit: str) -> None:
    data = content_of({"segmentation": {"counts": digit * 1_000_000}})
    with pytest.raises(UnreadableFileError, match=r"too many digits|do not fill"):
        list(read_coco(data, shape=SHAPE))


def test_runs_whose_sum_comes_round_to_the_right_one_are_refused() -> None:
    data = content_of({"segmentation": {"counts": [2**62] * 4 + [ROWS * COLUMNS]}})
    with pytest.raises(UnreadableFileError, match="do not fill"):
        list(read_coco(data, shape=SHAPE))


def test_too_many_annotations_are_refused() -> None:
    with pytest.raises(UnreadableFileError, match="20,001 annotations, more than the limit of 20,000"):
        list(read_coco(content_of(*[{}] * 20_001), shape=SHAPE))


def test_too_large_a_file_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="20,000,001 bytes, more than the limit of 20,000,000"):
        list(read_coco(b" " * 20_000_001, shape=SHAPE))


def test_a_message_repeats_little_of_the_file() -> None:
    data = json.dumps({"images": [{"height": "9" * 5000, "width": 5}], "annotations": []}).encode()
    with pytest.raises(UnreadableFileError) as caught:
        list(read_coco(data, shape=SHAPE))
    assert len(caught.value.message) < 400
