import numpy as np
import pytest

from nanotem.synthetic.catalogue import draw_body, draw_rotation
from nanotem.synthetic.crystals import cuboctahedron, prism, tetrahedron
from nanotem.synthetic.pose import facet_down_rotation, flat_rotation, random_rotation, towards_beam

RNG_SEEDS = range(20)
Z = np.array([0.0, 0, 1])


def face_down(solid, rotation):
    """Return which face looks along the beam best, and the angle between the two in degrees."""
    normals = solid.hull.normals / np.linalg.norm(solid.hull.normals, axis=1, keepdims=True)
    cosines = (normals @ rotation.T)[:, 2]
    return int(np.argmax(cosines)), np.degrees(np.arccos(min(cosines.max(), 1)))


@pytest.mark.parametrize("seed", RNG_SEEDS)
def test_every_rotation_is_proper(seed) -> None:
    rng = np.random.default_rng(seed)
    solid = tetrahedron()
    for rotation in (
        random_rotation(rng),
        flat_rotation(rng, tilt_deg=5),
        facet_down_rotation(solid, rng, tilt_deg=5),
        towards_beam(rng.normal(size=3)),
    ):
        np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(rotation) == pytest.approx(1)


def test_random_rotations_prefer_no_direction() -> None:
    rng = np.random.default_rng(0)
    poles = np.array([random_rotation(rng) @ Z for _ in range(2000)])
    assert np.abs(poles.mean(axis=0)).max() < 0.05
    np.testing.assert_allclose((poles**2).mean(axis=0), 1 / 3, atol=0.03)


@pytest.mark.parametrize("direction", [(0, 0, 1), (0, 0, -2), (1, 1, 1), (1, 0, 0), (0, 1e-14, -1)])
def test_a_direction_is_turned_into_the_beam(direction) -> None:
    turned = towards_beam(np.array(direction, float)) @ direction / np.linalg.norm(direction)
    np.testing.assert_allclose(turned, Z, atol=1e-9)


def test_a_flat_rotation_leaves_the_beam_alone() -> None:
    np.testing.assert_allclose(flat_rotation(np.random.default_rng(0)) @ Z, Z)


@pytest.mark.parametrize("seed", RNG_SEEDS)
def test_facet_down_lies_flat(seed) -> None:
    solid = cuboctahedron()
    assert face_down(solid, facet_down_rotation(solid, np.random.default_rng(seed)))[1] == pytest.approx(0, abs=1e-5)


def test_large_faces_are_lain_on_in_proportion_to_their_area() -> None:
    solid, rng = cuboctahedron(), np.random.default_rng(0)
    faces = [face_down(solid, facet_down_rotation(solid, rng))[0] for _ in range(400)]
    assert np.mean(np.array(faces) < 6) == pytest.approx(0.634, abs=0.07)


def test_small_faces_are_never_stood_on_if_so_wished() -> None:
    rod, rng = prism(8, 4, "rod"), np.random.default_rng(0)
    faces = [face_down(rod, facet_down_rotation(rod, rng, least_share=0.5))[0] for _ in range(60)]
    assert max(faces) < 8


def test_tilts_have_their_standard_deviation() -> None:
    solid, rng = tetrahedron(), np.random.default_rng(1)
    tilts = [face_down(solid, facet_down_rotation(solid, rng, tilt_deg=5))[1] for _ in range(300)]
    assert np.sqrt(np.mean(np.square(tilts))) == pytest.approx(5, rel=0.12)


@pytest.mark.parametrize("seed", RNG_SEEDS)
def test_long_particles_always_lie(seed) -> None:
    rng = np.random.default_rng(seed)
    for name in ("rod", "bipyramid"):
        body = draw_body(name, rng)
        corners = body.outline(draw_rotation(body, rng, facet_down=False)).corners
        across = np.linalg.norm(corners[:, None] - corners[None], axis=2).max()
        assert across > 1.4 * body.reach


@pytest.mark.parametrize("seed", RNG_SEEDS)
def test_plates_never_stand(seed) -> None:
    rng = np.random.default_rng(seed)
    plate = draw_body("plate", rng)
    assert plate.outline(draw_rotation(plate, rng, facet_down=False)).width > 1.2 * plate.reach
