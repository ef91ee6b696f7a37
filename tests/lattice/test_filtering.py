import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.lattice import find_lattices
from nanotem.lattice.filtering import domains, filtered, local_amplitude
from nanotem.synthetic.fringes import Crystal, draw_crystals

SIDE = 200


def particle(grains: str = "single") -> tuple:
    crystal = Crystal("Au", (1, 1, 0), 6.5, 100, 100, 0.0, grains)  # type: ignore[arg-type]
    drawn = draw_crystals([crystal], shape=(SIDE, SIDE), nm_per_px=0.04, rng=np.random.default_rng(5))
    found = find_lattices(drawn.pixels, drawn.labels, scale=drawn.micrograph.scale)
    return drawn.pixels, drawn.labels == 1, found.particles[1].spots


def test_the_fringes_alone_have_the_chosen_spacing() -> None:
    pixels, mask, spots = particle()
    left = filtered(pixels, mask, spots[:1])
    power = np.abs(np.fft.rfft2(left)) ** 2
    row, column = np.unravel_index(np.argmax(power), power.shape)
    assert np.hypot(np.fft.fftfreq(SIDE)[row], np.fft.rfftfreq(SIDE)[column]) == pytest.approx(
        spots[0].per_px, abs=0.006
    )
    assert np.abs(left[90:110, 90:110]).max() > 5 * np.abs(left[:10, :10]).max()


def test_no_spots_are_no_fringes() -> None:
    pixels, mask, _ = particle()
    assert not filtered(pixels, mask, []).any()
    assert not domains(pixels, mask, []).any()


def test_the_halves_of_a_twin_are_told_apart() -> None:
    pixels, mask, spots = particle("twin")
    where = domains(pixels, mask, spots)
    assert set(np.unique(where)) == {0, 1, 2}
    upper, lower = (np.bincount(half[half > 0], minlength=3)[1:] for half in (where[:95], where[105:]))
    assert np.argmax(upper) != np.argmax(lower)
    assert upper.max() / upper.sum() > 0.8
    assert lower.max() / lower.sum() > 0.8


def test_the_local_amplitude_is_where_the_planes_are() -> None:
    pixels, mask, spots = particle()
    amplitude = local_amplitude(pixels, mask, spots[0])
    assert amplitude[100, 100] > 3 * amplitude[2, 2]


def test_shapes_must_match() -> None:
    pixels, mask, spots = particle()
    with pytest.raises(ParameterError, match="must have the shape"):
        filtered(pixels, mask[1:], spots)
