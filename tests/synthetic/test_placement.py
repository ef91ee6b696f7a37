import numpy as np
import pytest

from nanotem.morphology.classes import SOLID_CLASSES
from nanotem.synthetic import Particle, draw_micrograph, rod, scatter, sphere
from nanotem.synthetic.catalogue import draw_body, draw_rotation
from nanotem.synthetic.crystals import cube

SHAPE = (400, 500)
NOWHERE = (400, 0, 400, 0)


def place(particles, seed=0, keep_out=NOWHERE, **options):
    return scatter(particles, shape=SHAPE, keep_out=keep_out, rng=np.random.default_rng(seed), **options)


def draw(particles):
    return draw_micrograph(particles, shape=SHAPE, nm_per_px=1.0, rng=np.random.default_rng(0))


def bodies(n, seed=0, diameter_px=24.0):
    """Return particles of every class in turn."""
    rng = np.random.default_rng(seed)
    drawn = [draw_body(SOLID_CLASSES[k % len(SOLID_CLASSES)], rng) for k in range(n)]
    return [Particle(body, diameter_px, draw_rotation(body, rng, facet_down=True)) for body in drawn]


def gaps(placed):
    """Return the gap of every pair."""
    outlines = [one.outline_px.moved(one.row, one.column) for one in placed]
    return np.array([[a.gap_to(b) if a is not b else np.inf for b in outlines] for a in outlines])


def test_particles_lie_apart():
    placed = place(bodies(40))
    assert len(placed) == 40
    assert gaps(placed).min() >= 3
    assert draw(placed).truth["visible"].max() == 1


def test_touching_spheres_touch():
    placed = place([sphere(20)] * 2, touching=1.0)
    assert np.hypot(placed[0].row - placed[1].row, placed[0].column - placed[1].column) == pytest.approx(20, abs=0.05)


@pytest.mark.parametrize("seed", range(3))
def test_all_bodies_can_be_brought_into_contact(seed):
    placed = place(bodies(28, seed), seed, touching=1.0)
    between = gaps(placed)
    assert len(placed) > 20
    np.testing.assert_allclose(between.min(axis=1), 0, atol=0.51)


def test_touching_rods_lie_side_by_side():
    rods = [rod(60, 20, angle) for angle in (0.3, 2.0)]
    for seed in range(5):
        first, second = place(rods, seed, touching=1.0)
        cosine = first.rotation[:2, 0] @ second.rotation[:2, 0]
        assert abs(cosine) > 0.98


def test_touching_cubes_lie_face_to_face():
    for seed in range(5):
        first, second = place([Particle(cube(), 30.0), Particle(cube(), 30.0).turned(0.6)], seed, touching=1.0)
        turn = np.arctan2(*(first.rotation.T @ second.rotation)[1::-1, 0])
        assert abs((turn + np.pi / 4) % (np.pi / 2) - np.pi / 4) < 0.12


def test_overlapping_particles_hide_a_part_of_others():
    placed = place([sphere(30)] * 12, overlapping=1.0)
    depths = -gaps(placed).min(axis=1)
    assert (depths > 2.5).all()
    assert depths.max() < 15.5
    drawn = draw(placed)
    assert drawn.truth["visible"].between(0.15, 0.99).any()
    assert len(np.unique(drawn.labels)) == 13


def test_keep_out_box_stays_free():
    drawn = draw(place(bodies(60), keep_out=(200, 100, 400, 500)))
    assert not drawn.labels[200:400, 100:500].any()
    assert drawn.labels[:, :100].any()


def test_contacts_are_made_with_the_given_hosts():
    host = sphere(100).at(200, 250)
    placed = place([sphere(10)] * 8, around=[host], touching=1.0)
    assert placed[0] is host
    distances = [np.hypot(s.row - 200, s.column - 250) for s in placed[1:]]
    assert distances == pytest.approx([55] * 8, abs=0.15)


def test_what_finds_no_room_is_left_out():
    assert 0 < len(place([sphere(250)] * 20)) < 20


def test_nothing_to_place_leaves_what_is_there():
    host = sphere(10)
    assert place([]) == []
    assert place([], around=[host]) == [host]


def test_the_same_seed_gives_the_same_places():
    one, same = (place(bodies(10), 7, touching=0.5) for _ in range(2))
    assert [(p.row, p.column) for p in one] == [(p.row, p.column) for p in same]
