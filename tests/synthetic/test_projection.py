"""The path of the beam: exact for every body, in every orientation."""

from math import pi

import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.morphology.classes import SOLID_CLASSES
from nanotem.synthetic.catalogue import draw_body, draw_rotation
from nanotem.synthetic.polyhedra import Solid
from nanotem.synthetic.pose import flat_rotation, random_rotation
from nanotem.synthetic.projection import project
from nanotem.synthetic.round_bodies import Capsule, Ellipsoid

SHAPE, CENTRE = (150, 150), (74.3, 75.1)


def thickness(body, rotation, diameter_px=40.0, **options):
    return project(body, rotation, diameter_px=diameter_px, shape=SHAPE, centre=CENTRE, **options)[0]


@pytest.mark.parametrize("name", SOLID_CLASSES)
def test_the_thickness_of_any_body_adds_up_to_its_volume(name) -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        body = draw_body(name, rng)
        rotation = draw_rotation(body, rng, facet_down=seed % 2 == 0)
        assert thickness(body, rotation).sum() == pytest.approx(pi / 6 * 40**3, rel=0.01)


@pytest.mark.parametrize("name", ["ICO", "DEC", "TPT"])
def test_the_paths_inside_the_grains_add_up_to_that_inside_the_hull(name) -> None:
    rng = np.random.default_rng(1)
    solid = draw_body(name, rng, ideal=True)
    assert isinstance(solid, Solid)
    x, y = rng.uniform(-0.6, 0.6, (2, 400)).astype(np.float32)
    rotation = random_rotation(rng)
    paths = solid.grain_thicknesses(rotation, x, y)
    assert paths.shape == (solid.n_grains, 400)
    np.testing.assert_allclose(paths.sum(axis=0), solid.hull.chord(rotation, x, y), atol=1e-4)
    assert np.count_nonzero(paths) > 100


def integrated(inside, n=400):
    """Return the thickness along z at 25 places on a grid by summing over 400 steps."""
    places = np.linspace(-0.45, 0.45, 5, dtype=np.float32)
    x, y = (axis.ravel() for axis in np.meshgrid(places, places))
    z = np.linspace(-1, 1, n)
    points = np.stack(np.broadcast_arrays(x[:, None], y[:, None], z[None]), axis=-1)
    return x, y, inside(points).sum(axis=1) * 2 / n


def test_an_ellipsoid_agrees_with_numeric_integration() -> None:
    body, rotation = Ellipsoid("other", (1.0, 0.6, 0.8)), random_rotation(np.random.default_rng(2))
    x, y, expected = integrated(lambda p: (((p @ rotation) / body.half_axes) ** 2).sum(axis=-1) < 1)
    np.testing.assert_allclose(body.grain_thicknesses(rotation, x, y)[0], expected, atol=0.011)
    assert expected.max() > 0.6


def test_a_lying_capsule_agrees_with_numeric_integration() -> None:
    body, rotation = Capsule(3.0), flat_rotation(np.random.default_rng(3))

    def inside(points):
        own = points @ rotation
        own[..., 0] = np.maximum(np.abs(own[..., 0]) - (body.aspect - 1) * body.width / 2, 0)
        return np.linalg.norm(own, axis=-1) < body.width / 2

    x, y, expected = integrated(inside)
    np.testing.assert_allclose(body.grain_thicknesses(rotation, x, y)[0], expected, atol=0.011)
    assert expected.max() > 0.4


def test_an_upright_capsule_is_seen_as_a_disc() -> None:
    upright = np.array([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    body = Capsule(2.0)
    x = np.array([0.0, 0.49, 0.51], np.float32) * np.float32(body.width)
    assert (body.grain_thicknesses(upright, x, np.zeros(3, np.float32))[0] > 0).tolist() == [True, True, False]


def test_weights_count_grain_by_grain() -> None:
    body, rotation = draw_body("DEC", np.random.default_rng(0), ideal=True), np.eye(3)
    options = {"diameter_px": 40.0, "shape": SHAPE, "centre": CENTRE}
    whole, doubled = project(body, rotation, **options, weights=[2.0] * 5)
    np.testing.assert_allclose(doubled, 2 * whole, rtol=1e-5)
    _, first = project(body, rotation, **options, weights=[1, 0, 0, 0, 0])
    assert first.sum() == pytest.approx(whole.sum() / 5, rel=0.03)


def test_the_frame_cuts_a_body_and_changes_nothing_else() -> None:
    body, rotation = Ellipsoid("sphere"), np.eye(3)
    whole = thickness(body, rotation)
    cut, _ = project(body, rotation, diameter_px=40.0, shape=(80, 100), centre=(CENTRE[0] - 10, CENTRE[1] - 20))
    np.testing.assert_array_equal(cut, whole[10:90, 20:120])


def test_a_body_outside_the_frame_leaves_nothing() -> None:
    for image in project(Ellipsoid("sphere"), np.eye(3), diameter_px=20.0, shape=(50, 50), centre=(-30, 20)):
        assert image.shape == (50, 50)
        assert not image.any()


def test_finer_sampling_comes_closer_to_the_mean_over_a_pixel() -> None:
    errors = [
        abs(thickness(Ellipsoid("sphere"), np.eye(3), diameter_px=6.3, oversample=n).sum() / (pi / 6 * 6.3**3) - 1)
        for n in (1, 8)
    ]
    assert errors[1] < min(0.003, errors[0])


@pytest.mark.parametrize("name", SOLID_CLASSES)
def test_the_outline_encloses_the_projection_closely(name) -> None:
    rng = np.random.default_rng(4)
    body = draw_body(name, rng, ideal=True)
    rotation = draw_rotation(body, rng, facet_down=False)
    rows, columns = np.nonzero(thickness(body, rotation) > 0)
    corners = 40 * body.outline(rotation).corners + CENTRE
    for towards in np.linspace(0, pi, 12):
        direction = np.array([np.sin(towards), np.cos(towards)])
        seen = np.column_stack([rows, columns]) @ direction
        along = corners @ direction
        assert (along.min(), along.max()) == pytest.approx((seen.min(), seen.max()), abs=1.5)


def test_an_axis_without_length_is_refused() -> None:
    with pytest.raises(ParameterError, match="axis of 0 is too short"):
        Ellipsoid("other", (1.0, 0.0, 1.0))


@pytest.mark.parametrize("aspect", [0.9, float("nan")])
def test_a_rod_wider_than_long_is_refused(aspect) -> None:
    with pytest.raises(ParameterError, match=f"aspect ratio {aspect:g}"):
        Capsule(aspect)
