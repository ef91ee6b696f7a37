from dataclasses import replace
from math import exp

import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.synthetic.imaging import Imaging, expose

PERFECT = Imaging(crystal_contrast=0, gradient=0, texture=0, fringe=0, blur_px=0.01, dose=1e9, readout=0)
STEPS = np.repeat(np.float32([0, 3, 6, 12, 24]), 40)[None].repeat(60, axis=0)
MIDDLES = [20, 60, 100, 140, 180]


def shown(imaging=PERFECT, thickness_nm=STEPS, seed=0):
    return expose(thickness_nm, imaging, np.random.default_rng(seed))


def test_bright_field_follows_the_law_of_attenuation_exactly():
    expected = [175 * exp(-t / 12) for t in (0, 3, 6, 12, 24)]
    assert shown()[30, MIDDLES].tolist() == pytest.approx(expected, abs=0.51)


@pytest.mark.parametrize("power", [1.0, 0.5, 2.0])
def test_haadf_grows_with_a_power_of_the_thickness(power):
    grey = shown(replace(PERFECT, mode="HAADF", power=power))[30, MIDDLES]
    expected = [175 * (0.9 * (t / 24) ** power + 0.1) for t in (0, 3, 6, 12, 24)]
    assert grey.tolist() == pytest.approx(expected, abs=0.51)


def test_gamma_bends_the_grey_levels():
    grey = shown(replace(PERFECT, gamma=0.7))[30, MIDDLES]
    assert grey.tolist() == pytest.approx([175 * exp(-0.7 * t / 12) for t in (0, 3, 6, 12, 24)], abs=0.51)


def test_noise_follows_the_dose_and_the_readout():
    empty = np.zeros((200, 200), np.float32)
    dose = replace(PERFECT, dose=100, background_grey=100)
    assert shown(dose, empty).std() == pytest.approx(10, rel=0.03)
    assert shown(replace(PERFECT, readout=0.05, background_grey=100), empty).std() == pytest.approx(5, rel=0.03)


def test_texture_has_its_standard_deviation():
    grain = shown(replace(PERFECT, texture=0.05, background_grey=200), np.zeros((200, 200), np.float32))
    assert grain.std() == pytest.approx(10, rel=0.05)


def test_the_gradient_leads_from_corner_to_corner():
    grey = shown(replace(PERFECT, gradient=0.2), np.zeros((200, 200), np.float32)).astype(float)
    assert 0.13 * 175 < np.ptp(grey) <= 0.2 * 175 + 1


@pytest.mark.parametrize(("fringe", "brighter"), [(0.3, True), (-0.3, False)])
def test_underfocus_puts_a_bright_rim_around_particles_and_overfocus_a_dark_one(fringe, brighter):
    grey = shown(replace(PERFECT, fringe=fringe, fringe_px=2))
    assert (grey[30, 38] > 175) == brighter
    assert grey[30, 20] == pytest.approx(175, abs=1)


def test_facet_edges_are_brighter():
    roof = np.float32(20 - np.abs(np.arange(101) - 50) * 0.3)[None].repeat(60, axis=0)
    plain, ridged = (shown(replace(PERFECT, edges=edges), roof)[30, [25, 50]].astype(int) for edges in (0, 0.3))
    assert ridged[1] - plain[1] > 20
    assert abs(ridged[0] - plain[0]) <= 3


def test_blur_softens_an_edge():
    sharp, soft = (shown(replace(PERFECT, blur_px=sigma))[30].astype(int) for sigma in (0.01, 3))
    assert np.abs(np.diff(soft)).max() < 0.3 * np.abs(np.diff(sharp)).max()


def test_compression_leaves_its_traces_and_keeps_the_levels():
    plain, pressed = shown(), shown(replace(PERFECT, jpeg_quality=20))
    assert not np.array_equal(plain, pressed)
    assert pressed[30, MIDDLES].tolist() == pytest.approx(plain[30, MIDDLES].tolist(), abs=8)


@pytest.mark.parametrize("mode", ["bright field", "HAADF"])
def test_an_empty_field_can_be_shown_in_every_mode(mode):
    grey = shown(replace(PERFECT, mode=mode, edges=0.2), np.zeros((40, 50), np.float32))
    assert grey.shape == (40, 50)
    assert np.ptp(grey) <= 1


def test_the_same_seed_gives_the_same_pixels():
    first, same, other = (shown(Imaging(), seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, 0) for name in ("attenuation_nm", "blur_px", "dose", "power", "gamma", "fringe_px", "texture_px")]
    + [(name, -0.1) for name in ("texture", "readout", "gradient", "crystal_contrast", "edges", "background_grey")]
    + [("jpeg_quality", -1)],
)
def test_imaging_is_validated(name, value):
    with pytest.raises(ParameterError, match=name):
        Imaging(**{name: value})
