import numpy as np
import pytest
from drawing import Particle, draw

from nanotem.segmentation.network.scale import resized, standardised, typical_diameter_px


def test_small_satellites_do_not_hide_the_particles_that_they_sit_on() -> None:
    big, small = [Particle(60, 60, 80), Particle(60, 180, 80)], [Particle(130, 20 + 20 * i, 8) for i in range(10)]
    assert typical_diameter_px(draw((160, 240), big + small)[1]) == pytest.approx(80, rel=0.02)


def test_no_particle_has_no_diameter() -> None:
    assert typical_diameter_px(np.zeros((5, 6), np.int32)) == 0


def test_standardised_image_has_mean_0_and_deviation_1_in_spite_of_hot_pixels() -> None:
    image = np.random.default_rng(0).normal(90, 12, (100, 100)).astype(np.float32)
    image[0, :3] = 60000
    result = standardised(image)
    assert (result.mean(), result.std()) == (pytest.approx(0, abs=1e-4), pytest.approx(1, abs=1e-4))
    assert np.abs(result).max() < 5


def test_a_flat_image_stays_flat() -> None:
    assert not standardised(np.full((4, 5), 7, np.float32)).any()


@pytest.mark.parametrize("shape", [(30, 45), (120, 180)])
def test_resizing_keeps_places_and_mean(shape: tuple[int, int]) -> None:
    image = np.zeros((60, 90), np.float32)
    image[30:, 45:] = 1
    small = resized(image, shape)
    assert small.shape == shape
    assert small.mean() == pytest.approx(0.25, abs=1e-3)
    assert small[: shape[0] // 2 - 2].max() == 0
