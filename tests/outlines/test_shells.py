"""Hollow particles: profiles across the outer edge end in the wall, not in the paler middle."""

import cv2
import numpy as np
import pytest
from drawing import Particle, draw, with_noise

from nanotem.micrograph import GreyImage, Labels
from nanotem.outlines import Outlines, trace_outlines
from nanotem.outlines.uncertainty import enclosed_areas

_RADIUS_PX = 30.0


def shells(wall_px: float, *, blur_px: float) -> tuple[GreyImage, Labels, Labels]:
    """Dark shells of 60 px on a pale ground, and their labels without the middle and with it."""
    places = [(46.3 + 92 * row, 46.7 + 92 * column) for row in range(3) for column in range(3)]
    outer, labels = draw((276, 276), [Particle(*at, 2 * _RADIUS_PX) for at in places])
    inner, middles = draw((276, 276), [Particle(*at, 2 * (_RADIUS_PX - wall_px)) for at in places])
    grey = cv2.GaussianBlur(outer - inner + 180, (0, 0), blur_px)
    return with_noise(grey, 3), np.where(middles > 0, 0, labels), labels


def outer_diameters(outlines: Outlines) -> np.ndarray:
    return 2 * np.sqrt(enclosed_areas([rings[:1] for rings in outlines.rings.values()]) / np.pi)


@pytest.mark.parametrize(
    ("wall_px", "blur_px", "within"), [(8, 1.2, 0.02), (8, 2.0, 0.03), (12, 1.2, 0.01), (20, 1.2, 0.01)]
)
def test_the_outer_edge_of_a_shell_is_where_it_is(wall_px: float, blur_px: float, within: float) -> None:
    grey, *labels = shells(wall_px, blur_px=blur_px)
    for one in labels:
        outlines = trace_outlines(grey, one)
        assert not outlines.edges["is_from_label"].any()
        assert np.median(outer_diameters(outlines)) == pytest.approx(2 * _RADIUS_PX, rel=within)


def test_the_area_of_a_shell_is_that_of_its_wall() -> None:
    grey, labels, _ = shells(12, blur_px=1.2)
    areas = enclosed_areas(list(trace_outlines(grey, labels).rings.values()))
    assert np.mean(areas) == pytest.approx(np.pi * (_RADIUS_PX**2 - 18**2), rel=0.03)


@pytest.mark.parametrize("wall_px", [5, 12])
def test_a_wall_that_is_thin_for_its_blur_is_not_resolved_and_says_how_unsure_it_is(wall_px: float) -> None:
    grey, labels, _ = shells(wall_px, blur_px=2.0)
    outlines = trace_outlines(grey, labels)
    errors = 2 * np.sqrt(enclosed_areas(list(outlines.rings.values())) / np.pi)
    errors -= 2 * np.sqrt(_RADIUS_PX**2 - (_RADIUS_PX - wall_px) ** 2)
    assert not outlines.edges["is_resolved"].any()
    assert (np.abs(errors) < 2 * outlines.edges["diameter_uncertainty_px"]).all()
