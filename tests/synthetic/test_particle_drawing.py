from math import pi

import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.morphology.classes import SOLID_CLASSES
from nanotem.synthetic import Particle, rod, sphere
from nanotem.synthetic.catalogue import draw_body, draw_rotation
from nanotem.synthetic.crystals import cube


def test_a_sphere_has_its_diameter() -> None:
    patch = sphere(40).at(50, 60).patch()
    assert patch.coverage.sum() == pytest.approx(pi / 4 * 40**2, rel=0.002)
    assert patch.weighted_px.max() == pytest.approx(40, rel=0.001)
    assert sphere(40).body.name == "sphere"


def test_a_rod_has_its_length_width_and_direction() -> None:
    lying = rod(60, 20, pi / 2)
    assert lying.body.name == "rod"
    np.testing.assert_allclose(np.ptp(lying.outline_px.corners, axis=0), [60, 20], rtol=0.003)
    assert rod(60, 20, 0.3).patch().coverage.sum() == pytest.approx(pi / 4 * 20**2 + 20 * 40, rel=0.003)


def test_an_angle_leads_from_the_columns_towards_the_rows() -> None:
    corners = rod(60, 10, 0.5).outline_px.corners
    tip = corners[np.argmax(corners[:, 1])]
    assert np.arctan2(*tip) == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("name", SOLID_CLASSES)
def test_turning_the_particle_turns_its_outline(name) -> None:
    rng = np.random.default_rng(0)
    body = draw_body(name, rng)
    particle = Particle(body, 30.0, draw_rotation(body, rng, facet_down=True))
    turned = particle.turned(0.8).outline_px
    assert turned.width == pytest.approx(particle.outline_px.width, rel=0.01)
    np.testing.assert_allclose(
        turned.corners.max(axis=0), particle.outline_px.turned(0.8).corners.max(axis=0), atol=0.1
    )


@pytest.mark.parametrize("diameter", [5.0, 30.0])
@pytest.mark.parametrize("place", [(20.0, 30.0), (20.4, 29.7), (-3.3, 8.8)])
def test_a_patch_lies_where_the_particle_is(diameter, place) -> None:
    patch = sphere(diameter).at(*place).patch()
    rows, columns = np.indices(patch.coverage.shape)
    share = patch.coverage / patch.coverage.sum()
    centre = patch.top + (rows * share).sum(), patch.left + (columns * share).sum()
    assert centre == pytest.approx(place, abs=0.02)
    assert not patch.coverage[[0, -1]].any()
    assert not patch.coverage[:, [0, -1]].any()


def test_weights_of_a_patch_scale_the_thickness_only() -> None:
    cube_of_10 = Particle(cube(), 10.0)
    once, twice = cube_of_10.patch(), cube_of_10.patch([2.0])
    np.testing.assert_allclose(twice.weighted_px, 2 * once.weighted_px)
    np.testing.assert_array_equal(twice.coverage, once.coverage)


@pytest.mark.parametrize("diameter", [0, -1, float("nan")])
def test_a_particle_without_size_is_refused(diameter) -> None:
    with pytest.raises(ParameterError, match=f"particle of {diameter:g} px"):
        sphere(diameter)


@pytest.mark.parametrize(("length", "width"), [(10, 20), (10, 0), (-1, -1)])
def test_an_impossible_rod_is_refused(length, width) -> None:
    with pytest.raises(ParameterError, match=f"{length:g} px long and {width:g} px wide"):
        rod(length, width)
