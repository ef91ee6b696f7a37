import cv2
import numpy as np
import pytest

from nanotem.outlines.clipping import clipped_pixels
from nanotem.outlines.profiles import CLASSES, FAMILIES, PROFILES, Curves, blurred_profile


@pytest.mark.parametrize("index", range(len(CLASSES)))
def test_the_profile_of_a_blurred_round_body_agrees_with_a_drawn_one(index):
    radius_px, sigma_px, step = 9.0, 1.8, 0.1
    row, column = np.mgrid[-25 : 25 + step : step, -25 : 25 + step : step]
    distance = np.hypot(row, column)
    blurred = cv2.GaussianBlur(CLASSES[index].contrast(1 - distance / radius_px), (0, 0), sigma_px / step)
    middle = len(distance) // 2
    depth = radius_px - distance[middle, middle:]
    model = blurred_profile(index, depth, radius_px=np.array(radius_px), sigma_px=sigma_px, roundness=1.0)
    fitted = depth < 0.9 * radius_px
    assert model[fitted] == pytest.approx(blurred[middle, middle:][fitted], abs=0.006)


@pytest.mark.parametrize("index", range(len(CLASSES)))
def test_contrast_rises_from_nothing_to_one(index):
    depth = np.linspace(-0.5, 1, 50)
    contrast = CLASSES[index].contrast(depth)
    assert (np.diff(contrast) >= 0).all()
    assert contrast[0] == 0
    assert contrast[-1] == pytest.approx(1)


def test_a_straight_flat_edge_lies_at_half():
    flat = next(k for k, one in enumerate(CLASSES) if one.family == "flat")
    edge = blurred_profile(flat, np.zeros(1), radius_px=np.array([30.0]), sigma_px=1.5, roundness=0.0)
    assert edge == pytest.approx(0.5, abs=0.01)


def test_every_family_has_a_name_and_a_class():
    assert set(PROFILES) == {"automatic", *FAMILIES}
    assert {one.family for one in CLASSES} == set(FAMILIES)


def test_a_picture_of_two_levels_or_without_an_end_is_not_cut_off():
    assert not clipped_pixels(np.eye(9, dtype=np.uint8)).any()
    assert not clipped_pixels(np.random.default_rng(0).normal(100, 9, (80, 80)).astype(np.uint8)).any()


def test_half_the_thickness_is_half_the_absorption_and_flat_stays_flat():
    depth, known = np.linspace(-3, 12, 40), {"radius_px": np.array(12.0), "sigma_px": 1.2, "roundness": 0.5}
    thin, thick = (
        next(k for k, one in enumerate(CLASSES) if (one.family, one.absorption) == ("rounded", u)) for u in (0.6, 2.5)
    )
    scaled = blurred_profile(thick, depth, thickness=0.6 / 2.5, **known)
    assert scaled == pytest.approx(blurred_profile(thin, depth, **known), abs=1e-6)
    flat = len(CLASSES) - 1
    assert blurred_profile(flat, depth, thickness=0.2, **known) == pytest.approx(blurred_profile(flat, depth, **known))


@pytest.mark.parametrize("index", range(len(CLASSES)))
def test_curves_of_some_particles_are_those_of_the_whole_tables(index: int) -> None:
    rng = np.random.default_rng(index)
    depth, radius = rng.uniform(-15, 60, (7, 5, 33)), rng.uniform(1, 40, (7, 5, 1))
    roundness, thickness = rng.random(7), rng.uniform(0.2, 4, 7)
    sigmas = np.geomspace(1.05, 5.6, 4)
    curves = Curves.of(
        index, depth_px=depth, radius_px=radius, sigmas_px=sigmas, roundness=roundness, thickness=thickness
    )
    for sigma in sigmas.tolist():
        whole = blurred_profile(
            index,
            depth,
            radius_px=radius,
            sigma_px=sigma,
            roundness=roundness[:, None, None],
            thickness=thickness[:, None, None],
        )
        np.testing.assert_allclose(curves(depth, radius_px=radius, sigma_px=sigma), whole, atol=2e-6)
