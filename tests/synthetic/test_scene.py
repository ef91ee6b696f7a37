from dataclasses import replace
from math import exp, pi

import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.synthetic import Imaging, Particle, draw_micrograph, rod, sphere
from nanotem.synthetic.crystals import cube

PERFECT = Imaging(crystal_contrast=0, gradient=0, texture=0, fringe=0, blur_px=0.01, dose=1e9, readout=0)
GREY = PERFECT.background_grey


def draw(particles, nm_per_px=0.5, shape=(120, 160), imaging=PERFECT, seed=0, **options):
    rng = np.random.default_rng(seed)
    return draw_micrograph(particles, shape=shape, nm_per_px=nm_per_px, rng=rng, imaging=imaging, **options)


def test_labels_cover_the_true_area():
    drawn = draw([rod(60, 20, pi / 5).at(60.3, 70.6)])
    assert np.count_nonzero(drawn.labels) == pytest.approx(pi / 4 * 20**2 + 20 * 40, rel=0.01)
    rows, columns = np.nonzero(drawn.labels)
    assert rows.mean() == pytest.approx(60.3, abs=0.1)
    assert columns.mean() == pytest.approx(70.6, abs=0.1)
    assert drawn.labels.dtype == np.int32


def test_truth_is_the_area_equivalent_diameter_of_the_whole_outline():
    truth = draw([sphere(40).at(0, 50), rod(60, 20, 0.3).at(60, 100)]).truth
    assert truth["diameter_px"].tolist() == pytest.approx([40, np.sqrt(20**2 + 4 / pi * 20 * 40)], rel=0.002)
    assert truth["diameter_nm"].tolist() == pytest.approx(0.5 * truth["diameter_px"])
    assert truth["area_px"].tolist() == pytest.approx(pi / 4 * truth["diameter_px"] ** 2)
    assert truth["volume_diameter_nm"].tolist() == pytest.approx([20, 0.5 * np.cbrt(20**3 + 1.5 * 20**2 * 40)])
    assert truth["class_name"].tolist() == ["sphere", "rod"]
    assert truth["label"].tolist() == [1, 2]
    assert truth[["row", "column"]].to_numpy().tolist() == [[0, 50], [60, 100]]


def test_truth_says_what_the_frame_and_other_particles_hide():
    cut, whole = draw([sphere(40).at(-0.5, 50), sphere(40).at(60, 100)]).truth["visible"]
    assert (cut, whole) == (pytest.approx(0.5, abs=0.02), 1)
    below, above = draw([sphere(40).at(60, 80), sphere(20).at(60, 80)]).truth["visible"]
    assert (below, above) == (pytest.approx(0.75, abs=0.02), 1)


def test_truth_keeps_whether_a_particle_lies_on_a_face():
    lying = Particle(cube(), 20.0, row=60, column=40, facet_down=True)
    assert draw([lying, sphere(20).at(60, 100)]).truth["facet_down"].tolist() == [True, False]


def test_grey_level_follows_the_thickness():
    drawn = draw([sphere(40).at(60, 80)])
    assert drawn.pixels[60, 80] == pytest.approx(GREY * exp(-40 * 0.5 / 12), abs=1)
    assert drawn.pixels[60, 96] == pytest.approx(GREY * exp(-24 * 0.5 / 12), abs=1)
    assert drawn.pixels[5, 5] == pytest.approx(GREY, abs=1)


def test_thickness_adds_where_particles_overlap_and_the_upper_one_owns_the_pixel():
    drawn = draw([rod(80, 20).at(60, 80), rod(80, 20, pi / 2).at(60, 80)])
    assert drawn.pixels[60, 80] == pytest.approx(GREY * exp(-40 * 0.5 / 12), abs=1)
    assert drawn.labels[60, 80] == 2
    assert drawn.labels[60, 50] == 1


def test_grains_differ_in_darkness_by_the_crystal_contrast():
    spheres = [sphere(10).at(row, column) for row in range(10, 300, 20) for column in range(10, 300, 20)]
    drawn = draw(spheres, shape=(300, 300), imaging=replace(PERFECT, crystal_contrast=0.3))
    centres = [drawn.pixels[round(one.row), round(one.column)] for one in spheres]
    depths = -np.log(np.array(centres) / GREY) * 12 / 5
    assert np.log(depths).std() == pytest.approx(0.3, rel=0.15)


def test_relief_darkens_and_holes_brighten_the_support():
    relief = np.zeros((120, 160), np.float32)
    relief[:, 100:] = 2.0
    relief[:, :40] = -2.0
    pixels = draw([], relief_nm=relief).pixels
    assert pixels[60, [20, 70, 130]].tolist() == pytest.approx([GREY * exp(f) for f in (1 / 6, 0, -1 / 6)], abs=1)


def test_holes_are_the_darkest_in_haadf():
    relief = np.zeros((120, 160), np.float32)
    relief[:, :40] = -2.0
    pixels = draw([sphere(40).at(60, 100)], imaging=replace(PERFECT, mode="HAADF"), relief_nm=relief).pixels
    assert pixels[60, 20] < pixels[60, 60] < pixels[60, 100]


def test_lattice_planes_have_their_distance():
    drawn = draw([Particle(cube(), 100.0, row=60, column=80)], nm_per_px=0.05, lattice=0.3)
    inside = drawn.pixels[28:92, 48:112].astype(float)
    power = np.abs(np.fft.fft2(inside - inside.mean(), (512, 512)))
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(512), np.fft.fftfreq(512)))
    assert 0.05 / frequency.ravel()[power.argmax()] == pytest.approx(0.2355, rel=0.03)


def test_lattice_planes_too_close_to_be_seen_are_not_drawn():
    one = [sphere(40).at(60, 80)]
    np.testing.assert_array_equal(draw(one, lattice=0.3).pixels, draw(one).pixels)


def test_inversion_turns_the_grey_levels_round():
    one = [sphere(40).at(60, 80)]
    np.testing.assert_array_equal(draw(one, inverted=True).pixels, 255 - draw(one).pixels)


def test_same_seed_gives_the_same_pixels():
    one = [sphere(30).at(60, 80)]
    first, same, other = (draw(one, imaging=Imaging(), seed=seed).pixels for seed in (5, 5, 6))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_no_particles_give_an_empty_truth_with_the_same_columns():
    empty, full = draw([]), draw([sphere(30).at(60, 80)])
    assert len(empty.truth) == 0
    assert empty.truth.dtypes.equals(full.truth.dtypes)
    assert not empty.labels.any()


@pytest.mark.parametrize("place", [(-40, -40), (60, 400), (300, 80)])
def test_a_particle_outside_the_frame_leaves_no_trace(place):
    drawn = draw([sphere(20).at(*place)])
    assert not drawn.labels.any()
    assert drawn.truth["visible"].tolist() == [0]


@pytest.mark.parametrize("nm_per_px", [0, -1, float("nan")])
def test_scale_must_be_positive(nm_per_px):
    with pytest.raises(ParameterError, match=f"{nm_per_px:g} nm per pixel"):
        draw([], nm_per_px=nm_per_px)
