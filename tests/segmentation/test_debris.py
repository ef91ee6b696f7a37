import numpy as np
import pytest
from drawing import Particle, disc_grid, draw

from nanotem.micrograph import GreyImage, Labels
from nanotem.segmentation.debris import without_debris

BIG = disc_grid(2, 3, pitch_px=100, diameter_px=70)


def with_crumbs(*, contrast: float = 100.0, length_px: float = 7.0) -> tuple[Labels, GreyImage]:
    """Return six discs and five bent crumbs, L-shaped, labelled 7 to 11."""
    image, labels = draw((200, 300), BIG, particle=100, background=0)
    arm, width = int(length_px), max(int(length_px) // 3, 1)
    for number, column in enumerate(range(20, 270, 50), start=7):
        for window in (np.s_[94 : 94 + arm, column : column + width], np.s_[94 : 94 + width, column : column + arm]):
            labels[window], image[window] = number, contrast
    return labels, image


def kept(labels: Labels, contrast: GreyImage, min_prominence: float = 0.15) -> list[int]:
    left = without_debris(labels, contrast, min_prominence=min_prominence)
    np.testing.assert_array_equal(left[left > 0], labels[left > 0])
    return np.unique(left[left > 0]).tolist()


def test_crumbs_beside_big_particles_are_dropped() -> None:
    assert kept(*with_crumbs()) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("contrast", "n_kept"), [(20, 6), (100, 11)])
def test_contrast_counts_as_much_as_size(contrast: float, n_kept: int) -> None:
    assert len(kept(*with_crumbs(contrast=contrast, length_px=21))) == n_kept


def test_round_satellites_are_kept_however_small_and_faint() -> None:
    satellites = [Particle(100, 20 + 26 * i, 11) for i in range(10)]
    image, labels = draw((200, 300), [*BIG, *satellites], particle=100, background=0)
    assert len(kept(labels, np.where(labels > 6, image / 4, image).astype(np.float32))) == 16


def test_small_particles_that_are_all_alike_are_typical() -> None:
    labels, contrast = with_crumbs()
    only_crumbs = np.where(labels > 6, labels, 0)
    assert kept(only_crumbs, contrast) == [7, 8, 9, 10, 11]


def test_nothing_is_dropped_at_zero_and_more_at_more() -> None:
    labels, contrast = with_crumbs()
    assert [len(kept(labels, contrast, share)) for share in (0, 0.15)] == [11, 6]


def test_an_empty_image_stays_empty() -> None:
    empty = np.zeros((20, 30), np.int32)
    assert not without_debris(empty, np.ones((20, 30), np.float32), min_prominence=0.15).any()
