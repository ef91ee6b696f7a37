from math import pi

import numpy as np
import pytest

from nanotem.synthetic.placement import scatter
from nanotem.synthetic.scene import draw_micrograph
from nanotem.synthetic.solids import Spherocylinder, sphere

SHAPE = (400, 500)
NOWHERE = (400, 0, 400, 0)


def place(solids, seed=0, keep_out=NOWHERE, **options):
    return scatter(solids, shape=SHAPE, keep_out=keep_out, rng=np.random.default_rng(seed), **options)


def drawn_area(solids):
    drawn = draw_micrograph(solids, shape=SHAPE, nm_per_px=1.0, rng=np.random.default_rng(0))
    return np.bincount(drawn.labels.ravel(), minlength=len(solids) + 1)[1:]


def test_particles_lie_apart():
    placed = place([sphere(20)] * 30)
    centres = np.array([(s.row, s.column) for s in placed])
    distances = np.linalg.norm(centres[:, None] - centres[None], axis=2) + 1e9 * np.eye(len(placed))
    assert len(placed) == 30
    assert distances.min() >= 23


def test_touching_spheres_touch():
    placed = place([sphere(20)] * 2, touching=1.0)
    assert np.hypot(placed[0].row - placed[1].row, placed[0].column - placed[1].column) == pytest.approx(20)


def test_touching_rods_lie_side_by_side():
    rods = [Spherocylinder(60, 20, angle) for angle in (0.3, 2.0)]
    first, second = place(rods, touching=1.0)
    assert second.angle_rad == pytest.approx(first.angle_rad, abs=0.15)


def test_rods_do_not_overlap_unless_they_may_cross():
    rng = np.random.default_rng(3)
    rods = [Spherocylinder(80, 20, angle) for angle in rng.uniform(0, pi, 40)]
    apart, crossed = place(rods, seed=1), place(rods, seed=1, crossing=1.0)
    inside = [s for s in apart if 40 < s.row < 360 and 40 < s.column < 460]
    assert len(inside) > 10
    assert drawn_area(inside) == pytest.approx(inside[0].area_px, rel=0.02)
    assert drawn_area(crossed).min() < 0.8 * drawn_area(apart).max()
    assert len(crossed) == 40


def test_keep_out_box_stays_free():
    box = (200, 100, 400, 500)
    placed = place([sphere(20)] * 60, keep_out=box)
    drawn = draw_micrograph(placed, shape=SHAPE, nm_per_px=1.0, rng=np.random.default_rng(0))
    assert not drawn.labels[200:400, 100:500].any()
    assert drawn.labels[:, :100].any()


def test_contacts_are_made_with_the_given_hosts():
    host = Spherocylinder(100, 100, row=200, column=250)
    placed = place([sphere(10)] * 8, around=[host], touching=1.0)
    assert placed[0] is host
    distances = [np.hypot(s.row - 200, s.column - 250) for s in placed[1:]]
    assert distances == pytest.approx([55] * 8)


def test_what_finds_no_room_is_left_out():
    assert 0 < len(place([sphere(250)] * 20)) < 20
