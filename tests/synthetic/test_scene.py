from math import exp, pi

import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.synthetic.scene import Imaging, draw_micrograph
from nanotem.synthetic.solids import Spherocylinder, sphere

PERFECT = Imaging(crystal_contrast=0, gradient=0, texture=0, fringe=0, blur_px=0.01, dose=1e9, readout=0)


def draw(solids, nm_per_px=0.5, shape=(120, 160), imaging=PERFECT, seed=0, **options):
    rng = np.random.default_rng(seed)
    return draw_micrograph(solids, shape=shape, nm_per_px=nm_per_px, rng=rng, imaging=imaging, **options)


def test_labels_cover_the_true_area():
    rod = Spherocylinder(60, 20, pi / 5, row=60.3, column=70.6)
    drawn = draw([rod])
    assert np.count_nonzero(drawn.labels) == pytest.approx(rod.area_px, rel=0.01)
    rows, columns = np.nonzero(drawn.labels)
    assert rows.mean() == pytest.approx(60.3, abs=0.1)
    assert columns.mean() == pytest.approx(70.6, abs=0.1)
    assert drawn.labels.dtype == np.int32


def test_truth_is_the_area_equivalent_diameter_of_the_whole_outline():
    solids = [
        Spherocylinder(40, 40, row=0, column=50),
        Spherocylinder(60, 20, 0, row=60, column=100),
    ]
    truth = draw(solids).truth
    assert truth["diameter_px"].tolist() == pytest.approx([40, np.sqrt(20**2 + 4 / pi * 20 * 40)])
    assert truth["diameter_nm"].tolist() == pytest.approx(0.5 * truth["diameter_px"])
    assert truth["class_name"].tolist() == ["sphere", "rod"]
    assert truth["label"].tolist() == [1, 2]


def test_grey_level_follows_the_thickness():
    drawn = draw([Spherocylinder(40, 40, row=60, column=80)])
    grey = PERFECT.background_grey
    assert drawn.pixels[60, 80] == pytest.approx(grey * exp(-40 * 0.5 / 12), abs=1)
    assert drawn.pixels[60, 96] == pytest.approx(grey * exp(-24 * 0.5 / 12), abs=1)
    assert drawn.pixels[5, 5] == pytest.approx(grey, abs=1)


def test_thickness_adds_where_particles_overlap_and_the_upper_one_owns_the_pixel():
    below = Spherocylinder(80, 20, 0, row=60, column=80)
    above = Spherocylinder(80, 20, pi / 2, row=60, column=80)
    drawn = draw([below, above])
    assert drawn.pixels[60, 80] == pytest.approx(PERFECT.background_grey * exp(-40 * 0.5 / 12), abs=1)
    assert drawn.labels[60, 80] == 2
    assert drawn.labels[60, 50] == 1


def test_noise_follows_the_dose():
    imaging = Imaging(gradient=0, texture=0, fringe=0, blur_px=0.8, dose=100, readout=0, background_grey=100)
    assert draw([], imaging=imaging).pixels.std() == pytest.approx(10, rel=0.05)


def test_same_seed_gives_the_same_pixels():
    solids = [Spherocylinder(30, 30, row=60, column=80)]
    one, same, other = (draw(solids, imaging=Imaging(), seed=seed).pixels for seed in (5, 5, 6))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_no_particles_give_an_empty_truth_with_the_same_columns():
    empty, full = draw([]), draw([Spherocylinder(30, 30, row=60, column=80)])
    assert len(empty.truth) == 0
    assert empty.truth.dtypes.equals(full.truth.dtypes)
    assert not empty.labels.any()


def test_a_particle_outside_the_frame_leaves_no_trace():
    assert not draw([Spherocylinder(20, 20, row=-40, column=-40)]).labels.any()


def test_sphere_has_its_largest_thickness_in_the_middle():
    ball = sphere(30)
    assert ball.thickness_px(np.array([[0.0]]), np.array([[0.0, 9.0, 15.1]])).tolist()[0] == [30, 24, 0]


@pytest.mark.parametrize(("length", "width"), [(10, 20), (10, 0), (-1, -1)])
def test_impossible_rod_is_refused(length, width):
    with pytest.raises(ParameterError, match=f"{length:g} px long and {width:g} px wide"):
        Spherocylinder(length, width)


def test_scale_must_be_positive():
    with pytest.raises(ParameterError, match="0 nm per pixel"):
        draw([], nm_per_px=0)


@pytest.mark.parametrize(("name", "value"), [("dose", 0), ("blur_px", 0), ("attenuation_nm", 0), ("texture", -0.1)])
def test_imaging_is_validated(name, value):
    with pytest.raises(ParameterError, match=name):
        Imaging(**{name: value})
