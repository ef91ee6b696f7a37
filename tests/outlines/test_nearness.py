"""Outlines and labels that mean the same thing, and those that do not."""

import cv2
import numpy as np
import pytest

from nanotem.moments import Moments, label_moments, outline_moments
from nanotem.outlines import trace_outlines
from nanotem.outlines.nearness import are_of_labels

ROW, COLUMN = np.mgrid[:80, :120]


def ellipse(row: float, column: float, semi_row: float, semi_column: float, n: int = 64) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.stack([row + semi_row * np.sin(angle), column + semi_column * np.cos(angle)], axis=1)


def test_outlines_that_are_elsewhere_or_branched_or_far_too_small_are_of_something_else():
    labels = np.zeros(ROW.shape, np.int32)
    labels[np.hypot(ROW - 40, COLUMN - 60) < 20] = 1
    star = ellipse(40, 60, 20, 20) - [40, 60]
    star = star * np.where(np.arange(64) % 16 < 8, 1.0, 0.4)[:, None] + [40, 60]
    rings = [ellipse(40, 60, 20, 20), ellipse(40, 60, 34, 34), ellipse(40, 67, 27, 27), star, ellipse(40, 60, 12, 12)]
    own = Moments(*(values[[1] * len(rings)] for values in label_moments(labels)))
    alike = are_of_labels(outline_moments([[ring] for ring in rings]), own)
    assert alike.tolist() == [True, True, False, False, False]


def test_where_a_step_in_the_ground_outdoes_the_edges_labels_are_the_outlines():
    labels = np.zeros((80, 300), np.int32)
    for number in range(6):
        cv2.circle(labels, (30 + 48 * number, 40), 7, number + 1, -1)
    blurred = cv2.GaussianBlur((labels > 0).astype(np.float32), (0, 0), 1.5)
    for step, n_from_label in ((0.0, 0), (80.0, 6)):
        ground = step * ((np.arange(300) - 6) % 48 < 24)  # it rises or falls in the middle of every particle
        grey = 20 * blurred + ground + np.random.default_rng(1).normal(0, 0.5, labels.shape)
        outlines = trace_outlines(grey.astype(np.float32), labels)
        assert outlines.edges["is_from_label"].sum() == n_from_label
        areas = outline_moments(list(outlines.rings.values())).area
        assert areas == pytest.approx(np.pi * 7.3**2, rel=0.12)
