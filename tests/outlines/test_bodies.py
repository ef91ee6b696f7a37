"""Outlines and labels that mean the same thing, and those that do not."""

import cv2
import numpy as np
import pytest

from nanotem.outlines import trace_outlines
from nanotem.outlines.bodies import are_of_labels, bodies_of_labels, bodies_of_rings

ROW, COLUMN = np.mgrid[:80, :120]


def ellipse(row: float, column: float, semi_row: float, semi_column: float, n: int = 64) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.stack([row + semi_row * np.sin(angle), column + semi_column * np.cos(angle)], axis=1)


def test_labels_and_outlines_of_one_thing_are_the_same():
    labels = np.zeros(ROW.shape, np.int32)
    labels[((ROW - 30) / 12) ** 2 + ((COLUMN - 40) / 20) ** 2 < 1] = 3
    labels[50:71, 85:106] = 7
    found = bodies_of_labels(labels, [7, 3])
    square = np.array([[49.5, 84.5], [49.5, 105.5], [70.5, 105.5], [70.5, 84.5]])
    traced = bodies_of_rings([square, ellipse(30, 40, 12, 20)])
    assert found.area == pytest.approx(traced.area, rel=0.02)
    assert found.middle == pytest.approx(traced.middle, abs=0.02)
    assert found.compactness == pytest.approx(traced.compactness, abs=0.01)
    assert found.compactness == pytest.approx([3 / np.pi, 1], abs=0.01)


def test_outlines_that_are_elsewhere_or_branched_or_far_too_small_are_of_something_else():
    labels = np.zeros(ROW.shape, np.int32)
    labels[np.hypot(ROW - 40, COLUMN - 60) < 20] = 1
    star = ellipse(40, 60, 20, 20) - [40, 60]
    star = star * np.where(np.arange(64) % 16 < 8, 1.0, 0.4)[:, None] + [40, 60]
    rings = [ellipse(40, 60, 20, 20), ellipse(40, 60, 34, 34), ellipse(40, 67, 27, 27), star, ellipse(40, 60, 12, 12)]
    alike = are_of_labels(bodies_of_rings(rings), bodies_of_labels(labels, [1] * len(rings)))
    assert alike.tolist() == [True, True, False, False, False]


def test_on_a_slope_that_outdoes_the_edges_labels_are_the_outlines():
    labels = np.zeros((80, 300), np.int32)
    for number in range(6):
        cv2.circle(labels, (30 + 48 * number, 40), 7, number + 1, -1)
    blurred = cv2.GaussianBlur((labels > 0).astype(np.float32), (0, 0), 1.5)
    for slope, n_from_label in ((0.0, 0), (4.0, 6)):
        grey = 20 * blurred + slope * np.mgrid[:80, :300][1] + np.random.default_rng(1).normal(0, 0.5, labels.shape)
        outlines = trace_outlines(grey.astype(np.float32), labels)
        assert outlines.edges["is_from_label"].sum() == n_from_label
        areas = bodies_of_rings([rings[0] for rings in outlines.rings.values()]).area
        assert areas == pytest.approx(np.pi * 7.3**2, rel=0.12)
