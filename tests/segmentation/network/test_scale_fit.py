"""How well what the network finds fits the scale at which it was shown an image."""

import numpy as np
import pytest

from nanotem.segmentation.network.fit import Fit, best_of, fit_of


def test_a_scale_is_worth_most_at_which_particles_have_the_size_that_they_are_shown_at():
    right, too_fine, too_coarse = Fit(40, 40, 0.8), Fit(20, 40, 0.8), Fit(80, 40, 0.8)
    assert right.worth == pytest.approx(0.8)
    assert too_fine.worth == too_coarse.worth == pytest.approx(0.4)


def test_a_scale_at_which_the_network_is_sure_of_nothing_is_worth_nothing():
    assert Fit(40, 0, 0.3).worth == 0


def two_squares() -> np.ndarray:
    labels = np.zeros((60, 60), np.int32)
    labels[5:25, 5:25], labels[30:40, 30:40] = 1, 2
    return labels


def test_sureness_counts_by_area_and_the_diameter_is_that_of_what_the_network_is_sure_of():
    fit = fit_of(two_squares(), np.array([0, 0.4, 0.9], np.float32), shown_px=10, px=2)
    assert fit.sureness == pytest.approx((400 * 0.4 + 100 * 0.9) / 500)
    assert fit.found_px == pytest.approx(2 * 2 * np.sqrt(100 / np.pi))


def test_labels_that_were_left_out_do_not_count():
    labels = two_squares()
    labels[labels == 2] = 0
    fit = fit_of(labels, np.array([0, 0.8, 0.9], np.float32), shown_px=20)
    assert fit.sureness == pytest.approx(0.8)


def test_where_nothing_is_found_nothing_is_sure():
    fit = fit_of(np.zeros((8, 8), np.int32), np.zeros(1, np.float32), shown_px=20)
    assert (fit.found_px, fit.sureness, fit.worth) == (0, 0, 0)


def test_what_fills_the_frame_says_nothing_of_a_scale():
    fit = fit_of(np.ones((8, 8), np.int32), np.array([0, 1], np.float32), shown_px=9)
    assert (fit.found_px, fit.worth) == (0, 0)


def test_a_heap_that_fits_by_its_particles_nearly_as_well_is_no_large_particle():
    heap, few, pieces = Fit(150, 150, 0.75), Fit(40, 40, 0.7), Fit(9, 9, 0.7)
    assert best_of([pieces, few, heap]) is pieces
    assert best_of([few, heap]) is heap
    assert best_of([Fit(9, 9, 0.6), heap]) is heap
    assert best_of([Fit(9, 9, 0.5), Fit(150, 150, 0.5)]).shown_px == 9
    assert best_of([Fit(9, 9, 0.38), Fit(150, 150, 0.4)]).shown_px == 150
