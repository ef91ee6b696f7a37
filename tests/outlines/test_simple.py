import numpy as np
import pytest
from drawn_edges import scene

from nanotem.measurement import measure_particles
from nanotem.outlines import rasterise, trace_outlines
from nanotem.outlines.rings import signed_area
from nanotem.outlines.simple import crossings, is_simple, is_star_shaped, without_kinks


def circle(radius_px, centre=(0.0, 0.0), n=64):
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.array(centre) + radius_px * np.stack([np.sin(angle), np.cos(angle)], axis=1)


SQUARE = np.array([[0.0, 0], [0, 4], [4, 4], [4, 0]])
BOW_TIE = SQUARE[[0, 2, 1, 3]]


def test_sides_that_cross_are_found():
    assert crossings([SQUARE]).size == 0
    assert crossings([BOW_TIE]).tolist() == [[0, 2]]
    assert len(crossings([SQUARE, SQUARE + 2])) == 2


@pytest.mark.parametrize("seed", range(20))
def test_sides_are_compared_with_all_that_they_may_cross(seed):
    rng = np.random.default_rng(seed)
    rings = [rng.integers(0, 8, (n, 2)).astype(float) for n in rng.integers(3, 12, 3)]
    start = np.concatenate(rings)
    end = np.concatenate([np.roll(ring, -1, axis=0) for ring in rings])
    sides = list(zip(start, end, strict=True))

    def turn(a, b, c):
        return np.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))

    wanted = [
        [i, j]
        for i, (a, b) in enumerate(sides)
        for j, (c, d) in enumerate(sides)
        if i < j and turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0
    ]
    assert crossings(rings).tolist() == wanted


def test_what_is_simple():
    assert is_simple([SQUARE])
    assert not is_simple([SQUARE[::-1]])
    assert not is_simple([BOW_TIE])
    assert is_simple([circle(10), circle(5)[::-1]])
    assert not is_simple([circle(5), circle(10)[::-1]])
    assert not is_simple([circle(10), circle(5, (8, 0))[::-1]])
    assert not is_simple([circle(10), circle(5, (30, 0))[::-1]])


def test_rings_that_run_once_round_their_middle():
    twice = np.concatenate([circle(5, n=32), circle(6, n=32)])
    assert is_star_shaped(np.stack([circle(5), twice, circle(5)[::-1]])).tolist() == [True, False, False]


def test_a_kink_is_taken_out_and_the_rest_stays():
    ring = circle(20)
    ring[[10, 11, 12]] = ring[[12, 11, 10]]
    mended = without_kinks(ring)
    assert len(crossings([ring])) > 0
    assert is_simple([mended])
    assert len(mended) == len(ring)
    assert signed_area(mended) == pytest.approx(400 * np.pi, rel=0.02)


def test_a_ring_that_is_two_particles_stays_as_it_is():
    angle = np.linspace(0, 2 * np.pi, 50, endpoint=False) + 0.03
    eight = np.stack([10 * np.sin(2 * angle), 20 * np.sin(angle)], axis=1)
    for ring in (eight, BOW_TIE):
        assert without_kinks(ring) is ring


@pytest.mark.parametrize("seed", range(3))
def test_specks_and_ragged_labels_in_strong_noise_have_simple_outlines(seed):
    """Particles of a few px, some at the frame, whose contours turn inside out when they are moved to the edge."""
    rng = np.random.default_rng(seed)
    shape = (90, 120)
    bodies = [("sphere", *rng.uniform(0, shape), size) for size in rng.uniform(2, 16, 24)]
    grey, labels = scene(bodies, shape=shape, blur_px=1.5, contrast_to_noise=4, seed=seed)
    labels[rng.random(shape) < 0.02] = 0
    outlines = trace_outlines(grey, labels)
    assert all(is_simple(rings) for rings in outlines.rings.values())
    table = measure_particles(rasterise(outlines), grey, outlines=outlines)
    assert (table["area_px"] > 0).all()
    assert (table["minor_axis_px"] > 0).all()
