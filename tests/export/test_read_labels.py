"""Labels from elsewhere: what was exported comes back, and bad files are refused."""

import json
from io import BytesIO

import cv2
import numpy as np
import pytest
import tifffile
from drawing import Particle, disc_grid, draw, outlines_of, with_noise
from drawn_analysis import LABELS

from nanotem.errors import UnreadableFileError
from nanotem.export import read_labels
from nanotem.export.coco import coco_json
from nanotem.export.imagej import roi_zip
from nanotem.export.label_image import label_tiff

SHAPE = LABELS.shape
IN_ORDER = np.searchsorted([0, 1, 2, 3, 4, 70], LABELS)


def read(data: bytes, name: str = "labels") -> np.ndarray:
    return read_labels(data, name, shape=SHAPE)


def tiff(labels: np.ndarray) -> bytes:
    stream = BytesIO()
    tifffile.imwrite(stream, labels)
    return stream.getvalue()


def png(labels: np.ndarray) -> bytes:
    return cv2.imencode(".png", labels)[1].tobytes()


@pytest.mark.parametrize(
    "data", [label_tiff(LABELS, None), png(LABELS.astype(np.uint16)), png(LABELS.astype(np.uint8)), tiff(LABELS)]
)
def test_a_label_image_keeps_its_numbers(data: bytes) -> None:
    labels = read(data)
    assert labels.dtype == np.int32
    np.testing.assert_array_equal(labels, LABELS)


@pytest.mark.parametrize("data", [roi_zip(outlines_of(LABELS)), coco_json(LABELS, {}, image_name="drawn.png")])
def test_outlines_are_numbered_in_their_order_and_touching_ones_stay_apart(data: bytes) -> None:
    np.testing.assert_array_equal(read(data), IN_ORDER)


def test_a_thousand_touching_particles_come_back() -> None:
    labels = draw((256, 256), disc_grid(32, 32, pitch_px=8, diameter_px=8.5))[1]
    for data in (roi_zip(outlines_of(labels)), coco_json(labels, {}, image_name="many.png")):
        np.testing.assert_array_equal(read_labels(data, "many", shape=labels.shape), labels)


def test_a_mask_is_taken_apart_into_its_regions() -> None:
    mask = draw(SHAPE, [Particle(40, 40, 30), Particle(40, 100, 30)])[1] > 0
    assert read(png(mask.astype(np.uint8) * 255)).max() == 2


def test_an_empty_label_image_has_no_particles() -> None:
    assert not read(tiff(np.zeros(SHAPE, np.uint16))).any()


def test_an_outline_inside_those_before_it_is_refused() -> None:
    square = [[10, 10, 40, 10, 40, 40, 10, 40], [10, 10, 40, 10, 40, 40, 10, 40]]
    content = {
        "images": [{"height": SHAPE[0], "width": SHAPE[1]}],
        "annotations": [{"segmentation": [one]} for one in square],
    }
    with pytest.raises(UnreadableFileError, match=r"Outline 2 lies wholly inside those before it.*Remove it"):
        read(json.dumps(content).encode())


def test_what_overlaps_belongs_to_the_first() -> None:
    square = [[10, 10, 40, 10, 40, 40, 10, 40], [30, 10, 60, 10, 60, 40, 30, 40]]
    content = {
        "images": [{"height": SHAPE[0], "width": SHAPE[1]}],
        "annotations": [{"segmentation": [one]} for one in square],
    }
    labels = read(json.dumps(content).encode())
    assert np.bincount(labels.ravel())[1:].tolist() == [900, 600]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (tiff(LABELS[:-1]), r"a\.tif has 149 x 220 px, the micrograph 150 x 220.*neither cropped"),
        (tiff(LABELS - 1), r"a\.tif holds values from -1 to 69.*0 is background"),
        (tiff(LABELS / 2), r"from 0 to 35.*whole numbers"),
        (tiff(LABELS * 1_000_000), r"to 7e\+07.*10000000"),
        (tiff(LABELS)[:5000], r"a\.tif"),
        (b"", r"empty"),
        (b"no labels at all", r"no image of a kind"),
        (b"PK\x03\x04 but no archive", r"cannot be unpacked"),
        (roi_zip(outlines_of(LABELS))[:-30], r"cannot be unpacked.*ImageJ"),
        (b"Iout", r"no region of ImageJ"),
        (b'{"images": 5}', r"no COCO annotation"),
    ],
)
def test_what_holds_no_labels_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableFileError, match=message):
        read(data, "a.tif")


def rectangles(left: int, *widths: int) -> bytes:
    corners = [[left, 0, left + width, 0, left + width, 150, left, 150] for width in widths]
    return json.dumps(
        {
            "images": [{"height": SHAPE[0], "width": SHAPE[1]}],
            "annotations": [{"segmentation": [one]} for one in corners],
        }
    ).encode()


def test_an_outline_beside_the_image_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match=r"Outline 1 covers no pixel in the image of 150 x 220"):
        read(rectangles(500, 200))


def test_outlines_that_cover_the_image_too_often_are_refused() -> None:
    assert read(rectangles(0, *range(20, 120))).max() == 100
    with pytest.raises(UnreadableFileError, match=r"Outline 192 .* too often .*Remove it"):
        read(rectangles(0, *range(20, 220)))


def test_a_byte_order_mark_before_annotations_is_no_matter() -> None:
    data = b"\xef\xbb\xbf\r\n" + coco_json(LABELS, {}, image_name="drawn.png")
    np.testing.assert_array_equal(read(data), IN_ORDER)


def test_a_label_image_is_read_as_it_is() -> None:
    labels = np.random.default_rng(0).integers(1, 5, SHAPE).astype(np.uint32)
    labels = labels.repeat(8, axis=0).repeat(8, axis=1)[: SHAPE[0], : SHAPE[1]]
    labels[20, 30] = 9_000_000
    np.testing.assert_array_equal(read(tiff(labels)), labels)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_micrograph_is_not_taken_for_labels(dtype: type) -> None:
    noisy = with_noise(draw((240, 320), disc_grid(6, 8, pitch_px=40, diameter_px=24))[0], 3)
    levels = (noisy * np.iinfo(dtype).max / 255).astype(dtype)
    with pytest.raises(UnreadableFileError, match="grey levels, not labels"):
        read_labels(tiff(levels), "micrograph.tif", shape=levels.shape)
