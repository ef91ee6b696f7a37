"""Moments of labels and of the outlines around them are the same."""

import numpy as np
import pytest

from nanotem.moments import label_integrals, label_moments, moments_from, outline_moments

ROW, COLUMN = np.mgrid[:80, :120]


def two_labels() -> np.ndarray:
    """Draw an ellipse, 3, and a square, 7."""
    labels = np.zeros(ROW.shape, np.int32)
    labels[((ROW - 30) / 12) ** 2 + ((COLUMN - 40) / 20) ** 2 < 1] = 3
    labels[50:71, 85:106] = 7
    return labels


def test_labels_and_outlines_of_one_thing_are_the_same():
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    ellipse = np.stack([30 + 12 * np.sin(angle), 40 + 20 * np.cos(angle)], axis=1)
    square = np.array([[49.5, 84.5], [49.5, 105.5], [70.5, 105.5], [70.5, 84.5]])
    traced = outline_moments([[ellipse], [square]])
    found = label_moments(two_labels())
    places = [3, 7]
    assert found.area[places] == pytest.approx(traced.area, rel=0.02)
    assert found.row[places] == pytest.approx(traced.row, abs=0.02)
    assert found.column[places] == pytest.approx(traced.column, abs=0.02)
    assert found.compactness[places] == pytest.approx(traced.compactness, abs=0.01)
    assert found.compactness[places] == pytest.approx([1, 3 / np.pi], abs=0.01)
    assert found.row_variance[7] == pytest.approx(traced.row_variance[1])
    assert found.covariance[7] == pytest.approx(0, abs=1e-9)


def test_a_hole_takes_area_away_and_spreads_what_is_left():
    outer = np.array([[0.0, 0], [0, 12], [12, 12], [12, 0]])
    found = outline_moments([[outer], [outer, outer[::-1] / 2 + 3]])
    assert found.area.tolist() == [144, 108]
    assert (found.row.tolist(), found.column.tolist()) == ([6, 6], [6, 6])
    assert found.row_variance == pytest.approx([12, (144 * 12 - 36 * 3) / 108])


def test_integrals_of_parts_add_up_to_those_of_the_whole():
    labels = two_labels()
    both = moments_from(label_integrals(labels)[:, [3, 7]].sum(axis=1, keepdims=True), row=40, column=60)
    whole = label_moments((labels > 0).astype(np.int32))
    for one, other in zip(both, whole, strict=True):
        assert one[0] == pytest.approx(other[1])


def test_nothing_has_no_moments():
    assert len(outline_moments([]).area) == 0
    absent = label_moments(np.zeros((4, 6), np.int32))
    assert absent.area.tolist() == [pytest.approx(0, abs=1e-6)]
    assert np.isfinite(absent.compactness).all()
