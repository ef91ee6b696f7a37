import base64
import zlib

import numpy as np
import pytest
from drawing import disc_grid, draw

from nanotem.edits.labels_as_text import LARGEST_LABEL, pack_labels, unpack_labels

SHAPE = (200, 300)
LABELS = draw(SHAPE, disc_grid(10, 15, pitch_px=20, diameter_px=14))[1]


def packed(numbers: np.ndarray) -> str:
    return base64.b64encode(zlib.compress(numbers.astype("<i4").tobytes())).decode()


@pytest.mark.parametrize("labels", [LABELS, LABELS * 60_000, np.zeros(SHAPE, np.int32)])
def test_labels_come_back_and_can_be_changed(labels: np.ndarray) -> None:
    again = unpack_labels(pack_labels(labels), SHAPE)
    assert again.dtype == np.int32
    np.testing.assert_array_equal(again, labels)
    again[0, 0] = 1


def test_packed_labels_are_small() -> None:
    assert len(pack_labels(LABELS)) < LABELS.size / 10


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no base64!",
        "µ",
        "AAAA",
        pack_labels(LABELS)[:-8],
        pack_labels(LABELS[:-1]),
        packed(np.zeros((300, 300))),
        packed(np.full(SHAPE, -1)),
        packed(np.full(SHAPE, LARGEST_LABEL + 1)),
    ],
)
def test_what_are_no_labels_of_this_shape_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack_labels(text, SHAPE)


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(ValueError, match="240001 bytes instead of 240000"):
        unpack_labels(packed(np.zeros(10_000_000)), SHAPE)
