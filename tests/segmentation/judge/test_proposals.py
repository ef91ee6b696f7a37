"""Proposals of several witnesses as sets of atoms."""

import numpy as np
import pytest

from nanotem.segmentation.judge.proposals import pooled

WHOLE = np.zeros((8, 12), np.int32)
WHOLE[2:6, 2:10] = 5
HALVES = np.zeros_like(WHOLE)
HALVES[2:6, 2:6], HALVES[2:6, 6:10] = 1, 2


def test_atoms_are_the_largest_pieces_that_nobody_cuts():
    found = pooled([WHOLE, HALVES])
    assert sorted(found.atom_px.tolist()) == [0, 16, 16]
    assert found.areas_px.tolist() == [32, 16, 16]
    assert found.witness.tolist() == [0, 1, 1]
    assert found.label.tolist() == [5, 1, 2]


def test_what_two_proposals_share_is_the_area_of_their_atoms():
    shared = pooled([WHOLE, HALVES]).shared_px().toarray()
    assert shared.tolist() == [[32, 16, 16], [16, 16, 0], [16, 0, 16]]


@pytest.mark.parametrize("n", [1, 3, 40])
def test_the_same_particles_from_any_number_of_witnesses_have_the_same_atoms(n):
    found = pooled([HALVES] * n)
    assert (found.atoms > 0).sum() == 32
    assert len(found) == 2 * n
    assert found.areas_px.tolist() == [16] * (2 * n)


def test_many_large_numbers_do_not_run_over():
    rng = np.random.default_rng(1)
    witnesses = [rng.integers(1, 2**20, (16, 16)).astype(np.int32) for _ in range(6)]
    found = pooled(witnesses)
    assert len(found.atom_px) == 257
    for place, labels in enumerate(witnesses):
        assert (found.witness == place).sum() == len(np.unique(labels))


def test_nothing_proposed_is_no_proposal():
    found = pooled([np.zeros((4, 4), np.int32)] * 2)
    assert len(found) == 0
    assert found.areas_px.shape == (0,)
    assert found.shared_px().shape == (0, 0)


def test_means_and_frame_are_those_of_the_pixels():
    image = np.arange(WHOLE.size, dtype=np.float32).reshape(WHOLE.shape)
    at_edge = np.zeros_like(WHOLE)
    at_edge[:3, :3] = 1
    found = pooled([WHOLE, at_edge])
    means = found.means_of(image, -image)
    assert means[0].tolist() == pytest.approx([image[WHOLE == 5].mean(), image[at_edge == 1].mean()])
    assert (means[1] == -means[0]).all()
    assert found.at_frame().tolist() == [False, True]


def test_compactness_is_one_of_an_ellipse_and_less_of_what_is_bent():
    row, column = np.mgrid[:80, :200] - np.array([40, 0])[:, None, None]
    ellipse = ((row / 15) ** 2 + ((column - 40) / 30) ** 2 < 1).astype(np.int32)
    square = 2 * ((abs(row) <= 12) & (abs(column - 100) <= 12))
    corner = 3 * (((abs(column - 145) <= 3) | (abs(row - 27) <= 3)) & (abs(row) <= 30) & (abs(column - 172) <= 30))
    found = pooled([(ellipse + square + corner).astype(np.int32)]).compactness()
    assert found[:2].tolist() == pytest.approx([1.0, 3 / np.pi], rel=0.01)
    assert found[2] < 0.5
