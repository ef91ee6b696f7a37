from math import pi, sqrt

import numpy as np
import pytest

from nanotem.synthetic.outline import Outline, box_outline

SQUARE = box_outline(-1, -1, 1, 1)
BAR = box_outline(-1, -10, 1, 10)


def disc(radius=1.0, n=72) -> Outline:
    towards = 2 * pi * np.arange(n) / n
    return Outline(radius * np.column_stack([np.sin(towards), np.cos(towards)]))


def test_normals_point_outward_and_have_length_1() -> None:
    for outline in (SQUARE, BAR, disc()):
        middles = outline.corners + outline.sides / 2
        assert ((outline.normals * middles).sum(axis=1) > 0).all()
        np.testing.assert_allclose(np.hypot(*outline.normals.T), 1)


@pytest.mark.parametrize(("outline", "width"), [(SQUARE, 2), (BAR, 2), (disc(3), 6), (SQUARE.turned(0.7), 2)])
def test_width_is_the_smallest_distance_of_parallel_lines(outline, width) -> None:
    assert outline.width == pytest.approx(width, rel=1e-3)


@pytest.mark.parametrize("gap", [5.0, 0.0, -0.5])
def test_gap_between_squares(gap) -> None:
    other = SQUARE.moved(0.3, 2 + gap)
    assert SQUARE.gap_to(other) == pytest.approx(gap)
    assert other.gap_to(SQUARE) == pytest.approx(gap)


def test_gap_between_discs_in_any_direction() -> None:
    for towards in np.linspace(0, 6, 10):
        assert disc(2).gap_to(disc(1).moved(5 * np.sin(towards), 5 * np.cos(towards))) == pytest.approx(2, abs=0.01)


def test_a_turn_leads_from_the_columns_towards_the_rows() -> None:
    np.testing.assert_allclose(BAR.turned(pi / 2).corners.max(axis=0), [10, 1], atol=1e-12)
    np.testing.assert_allclose(Outline(np.array([[0.0, 1.0]])).turned(0.5).corners, [[np.sin(0.5), np.cos(0.5)]])


@pytest.mark.parametrize("aligned", [True, False])
@pytest.mark.parametrize("guest", [SQUARE, BAR, disc()], ids=["square", "bar", "disc"])
def test_in_contact_two_outlines_touch_and_do_not_overlap(guest, aligned) -> None:
    host = disc(4).moved(7, -3)
    for seed in range(10):
        turn, shift, outward = host.contact_with(guest, np.random.default_rng(seed), aligned=aligned)
        laid = guest.turned(turn).moved(*shift)
        assert host.gap_to(laid) == pytest.approx(0, abs=0.3)
        assert host.gap_to(laid) > -1e-9
        assert host.gap_to(laid.moved(*(-1.0 * outward))) < -0.2


def test_aligned_bars_lie_side_by_side() -> None:
    turns = np.array([BAR.contact_with(BAR, np.random.default_rng(seed)).turn_rad for seed in range(40)])
    off_parallel = np.abs((turns + pi / 2) % pi - pi / 2)
    assert np.mean(off_parallel < 0.12) > 0.9


def test_a_bar_that_is_not_aligned_has_any_direction() -> None:
    turns = [BAR.contact_with(BAR, np.random.default_rng(seed), aligned=False).turn_rad for seed in range(200)]
    assert np.std(turns) == pytest.approx(pi / sqrt(3), rel=0.1)
