import numpy as np
import pytest

from nanotem.calibration import find_scale_bar
from nanotem.errors import ParameterError
from nanotem.synthetic.scene_file import read_scene, write_scene
from nanotem.synthetic.scene_params import SHAPES, SceneParams
from nanotem.synthetic.simulate import simulate

SMALL = {"side_px": 256, "n_particles": 20, "diameter_nm": 6.0}


def drawn(**values):
    return simulate(SceneParams.of(**(SMALL | values)))


def outside(scene):
    """Return grey levels of the background and of the particles."""
    return scene.pixels[scene.labels == 0].mean(), scene.pixels[scene.labels > 0].mean()


def test_equal_parameters_give_equal_pixels_and_truth():
    first, same, other = drawn(seed=3), drawn(seed=3), drawn(seed=4)
    assert np.array_equal(first.pixels, same.pixels)
    assert first.truth.equals(same.truth)
    assert not np.array_equal(first.pixels, other.pixels)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_can_be_drawn(shape):
    scene = drawn(shape=shape)
    assert 10 < len(scene.truth) <= 20
    assert set(scene.truth["class_name"]) <= set(SHAPES[shape])
    assert scene.labels.max() == len(scene.truth)


@pytest.mark.parametrize("law", ["normal", "log-normal"])
def test_diameters_have_their_mean_and_spread(law):
    sizes = drawn(side_px=1024, n_particles=500, spread=0.2, size_law=law, diameter_nm=4.0).truth["volume_diameter_nm"]
    assert len(sizes) == 500
    assert sizes.mean() == pytest.approx(4, rel=0.03)
    assert sizes.std() == pytest.approx(0.8, rel=0.1)
    skewness = ((sizes - sizes.mean()) ** 3).mean() / sizes.std() ** 3
    assert (skewness > 0.3) == (law == "log-normal")


def test_a_sphere_is_as_large_as_was_asked_for():
    sizes = drawn(spread=0.0).truth["diameter_nm"]
    assert sizes.mean() == pytest.approx(6, rel=0.04)


def test_two_shapes_are_mixed_by_their_share():
    scene = drawn(side_px=512, n_particles=150, diameter_nm=4.0, shape="FCC_CUBE", second_shape="rod", share=0.7)
    assert scene.truth["class_name"].value_counts(normalize=True)["FCC_CUBE"] == pytest.approx(0.7, abs=0.1)


def test_all_particles_lie_on_a_face_if_so_wished():
    assert drawn(shape="OH", facet_down=1.0).truth["facet_down"].all()
    assert not drawn(shape="OH", facet_down=0.0).truth["facet_down"].any()


def test_satellites_are_small_spheres_around_the_others():
    scene = drawn(side_px=512, n_particles=8, shape="FCC_CUBE", diameter_nm=16.0, satellites=4, satellite_size=0.2)
    truth = scene.truth
    small = truth[truth["class_name"] == "sphere"]
    assert len(truth) - len(small) == 8
    assert 24 <= len(small) <= 32
    assert small["diameter_nm"].mean() == pytest.approx(3.2, rel=0.2)


@pytest.mark.parametrize(("mode", "inverted"), [("bright field", False), ("HAADF", False), ("bright field", True)])
def test_particles_are_dark_or_bright(mode, inverted):
    background, particles = outside(drawn(mode=mode, inverted=inverted))
    assert (particles < background) == ((mode == "bright field") != inverted)


@pytest.mark.parametrize("mode", ["bright field", "HAADF"])
@pytest.mark.parametrize("support", ["plain", "edge", "holes", "wrinkles"])
def test_every_support_can_be_drawn_in_every_mode(mode, support):
    scene = drawn(mode=mode, support=support, contamination=0.2)
    background, particles = outside(scene)
    assert (particles < background) == (mode == "bright field")


@pytest.mark.parametrize(("side_px", "nm_per_px"), [(512, 0.25), (512, 0.04), (1024, 1.7)])
def test_the_scale_can_be_found_from_the_bar(side_px, nm_per_px):
    scene = drawn(side_px=side_px, nm_per_px=nm_per_px, diameter_nm=30 * nm_per_px)
    bar = find_scale_bar(scene.pixels)
    length_nm = bar.length_px * nm_per_px
    leading = length_nm / 10 ** np.floor(np.log10(length_nm * 1.01))
    assert leading == pytest.approx(min((1, 2, 5), key=lambda step: abs(step - leading)), rel=0.02)


def test_without_a_bar_nothing_is_written():
    assert find_scale_bar(drawn(scale_bar=False).pixels) is None


def test_a_panel_letter_changes_its_corner_only():
    changed = drawn(panel_letter=True).pixels != drawn().pixels
    assert changed[:40, :60].any()
    changed[:40, :60] = False
    assert not changed.any()


def test_no_particles_give_an_empty_truth():
    scene = drawn(n_particles=0, satellites=3)
    assert len(scene.truth) == 0
    assert not scene.labels.any()


def test_a_scene_survives_its_file():
    params = SceneParams.of(shape="ICO", diameter_nm=12.5, mode="HAADF", scale_bar=False, seed=9)
    assert read_scene(write_scene(params)) == params


def test_settings_replace_what_the_file_says_and_the_file_the_defaults():
    params = read_scene("n_particles = 7\nshape = 'rod'", ["n_particles=8", "mode=bright field"], shape="ICO", seed=5)
    assert (params.particles.n_particles, params.particles.shape, params.frame.seed) == (8, "rod", 5)


@pytest.mark.parametrize(
    ("text", "settings", "message"),
    [
        ("diameter", (), "not valid TOML"),
        ("colour = 3", (), "no parameter 'colour'"),
        ("", ["diameter_nm"], "'diameter_nm' sets no parameter"),
        ("", ["diameter_nm=large"], "diameter_nm = 'large' is not a number"),
        ("", ["dose=0"], "dose = 0 is outside 5 to 10000"),
        ("", ["shape=teapot"], "shape = 'teapot' is not known"),
    ],
)
def test_wrong_parameters_are_refused(text, settings, message):
    with pytest.raises(ParameterError, match=message):
        read_scene(text, settings)
