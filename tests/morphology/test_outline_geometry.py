"""Outlines of known shape, at several sizes and angles."""

import numpy as np
import pytest

from nanotem.morphology.outline_geometry import outline_by_geometry
from nanotem.training.shapes.drawn_outlines import filled


def regular(n: int) -> np.ndarray:
    towards = 2 * np.pi * np.arange(n) / n
    return np.column_stack([np.cos(towards), np.sin(towards)])


OUTLINES = {
    "circle": regular(60),
    "ellipse": regular(60) * (1.6, 1),
    "triangle": regular(3),
    "square": regular(4),
    "rod": np.array([[-3, -1], [3, -1], [3, 1], [-3, 1]]),
    "rhombus": np.array([[2, 0], [0, 1.1], [-2, 0], [0, -1.1]]),
    "pentagon": regular(5),
    "hexagon": regular(6),
}


@pytest.mark.parametrize("angle_deg", [0, 17, 50])
@pytest.mark.parametrize("size_px", [40, 120])
@pytest.mark.parametrize("name", OUTLINES)
def test_clean_outlines_are_told(name, size_px, angle_deg):
    angle = np.deg2rad(angle_deg)
    turned = OUTLINES[name] @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    assert outline_by_geometry(filled(turned, size_px, round(1.3 * size_px))) == name


def test_two_discs_that_touch_are_irregular():
    mask = np.zeros((60, 100), bool)
    rows, columns = np.indices(mask.shape)
    for centre in (30, 68):
        mask |= (rows - 30) ** 2 + (columns - centre) ** 2 <= 20**2
    assert outline_by_geometry(mask) == "irregular"


def test_a_star_is_irregular():
    towards = 2 * np.pi * np.arange(200) / 200
    radius = 1 + 0.4 * np.cos(5 * towards)
    star = np.column_stack([radius * np.cos(towards), radius * np.sin(towards)])
    assert outline_by_geometry(filled(star, 80, 100)) == "irregular"


@pytest.mark.parametrize("n_px", [0, 1, 9])
def test_too_few_pixels_are_irregular(n_px):
    mask = np.zeros((9, 9), bool)
    mask.flat[:n_px] = True
    assert outline_by_geometry(mask) == "irregular"
