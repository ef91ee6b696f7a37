import numpy as np

from nanotem.segmentation.filters import without_frame_filling


def test_what_fills_the_frame_shows_no_outline() -> None:
    labels = np.ones((100, 100), np.int32)
    labels[:5, :5] = 2
    kept = without_frame_filling(labels)
    assert np.array_equal(kept, np.where(labels == 2, 2, 0))


def test_a_disc_as_wide_as_the_frame_is_one() -> None:
    rows, columns = np.mgrid[:100, :100]
    disc = (np.hypot(rows - 49.5, columns - 49.5) < 50).astype(np.int32)
    assert without_frame_filling(disc) is disc
