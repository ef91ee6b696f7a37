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
    assert found.means_of(image).tolist() == pytest.approx([image[WHOLE == 5].mean(), image[at_edge == 1].mean()])
    assert found.at_frame().tolist() == [False, True]
