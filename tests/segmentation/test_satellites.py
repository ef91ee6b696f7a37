"""Faint particles beside dark ones; tests without a network."""

import numpy as np
import pytest
from drawing import Particle, disc_grid, draw, draw_mask

from nanotem.evaluation import evaluate
from nanotem.micrograph import Labels
from nanotem.segmentation.satellites import with_satellites

BIG = Particle(60, 60, 60)


def counts(labels: Labels) -> list[int]:
    return np.bincount(labels.ravel())[1:].tolist()


@pytest.mark.parametrize("diameter_px", [10, 16, 30])
def test_what_no_label_takes_becomes_a_particle_that_shares_the_halo(diameter_px: int) -> None:
    small = Particle(60, 60 + 30 + diameter_px / 2 + 1, diameter_px)
    true = draw((120, 150), [BIG, small])[1]
    found = with_satellites(np.where(true == 1, 1, 0), true > 0)
    result = evaluate(found, true)
    assert (result.n_found, result.f1_50) == (2, 1)
    assert 0 < result.diameter_bias < 2 / diameter_px


def test_old_labels_keep_their_numbers_and_are_one_px_wider() -> None:
    labels = np.where(draw((120, 120), [BIG])[1] > 0, 9, 0)
    found = with_satellites(labels, labels > 0)
    assert np.unique(found).tolist() == [0, 9]
    assert (found[labels > 0] == 9).all()
    assert 2 * np.sqrt((found > 0).sum() / np.pi) == pytest.approx(62, abs=0.7)


def test_the_halo_of_a_particle_is_none() -> None:
    labels = np.where(draw((120, 120), [BIG])[1] > 0, 1, 0)
    halo = draw_mask((120, 120), [BIG._replace(diameter_px=70)])
    assert np.unique(with_satellites(labels, halo)).tolist() == [0, 1]


def test_a_sliver_is_none() -> None:
    labels = np.where(draw((120, 120), [BIG])[1] > 0, 1, 0)
    faint = labels > 0
    faint[10:110, 100:103] = True
    assert np.unique(with_satellites(labels, faint)).tolist() == [0, 1]


def test_a_particle_of_which_the_core_alone_was_labelled_becomes_whole() -> None:
    whole = draw_mask((120, 120), [BIG])
    core = np.where(draw_mask((120, 120), [BIG._replace(diameter_px=6)]), 1, 0)
    found = with_satellites(core, whole)
    (area,) = [n for n in counts(found) if n]
    assert area >= whole.sum()


def test_particles_apart_stay_apart() -> None:
    discs = disc_grid(3, 3, pitch_px=40, diameter_px=20)
    labels = draw((120, 120), discs)[1]
    found = with_satellites(np.where(labels < 5, labels, 0), labels > 0)
    assert evaluate(found, labels).f1_50 == 1


def test_an_empty_image_stays_empty() -> None:
    empty = np.zeros((20, 30), np.int32)
    assert not with_satellites(empty, empty > 0).any()


def test_what_replaces_a_core_has_a_number_above_all_others():
    labels = np.zeros((60, 90), np.int32)
    labels[10:30, 10:30] = 1
    labels[30:34, 60:64] = 2
    faint = labels > 0
    faint[15:50, 45:80] = True
    found = with_satellites(labels, faint)
    assert np.unique(found).tolist() == [0, 1, 3]
    assert (found == 3).sum() >= 35 * 35
