from itertools import combinations

import numpy as np
import pytest

from nanotem.figures.lattices import (
    crystal_colour,
    domain_picture,
    fringe_picture,
    particle_picture,
    spacing_histogram,
    spectrum_figure,
    spot_labels,
)
from nanotem.figures.palette import GREY
from nanotem.lattice import PHASES, ParticleLattices, find_lattices, spectrum_of
from nanotem.synthetic.fringes import Crystal, draw_crystals

SIDE = 170


@pytest.fixture(scope="module")
def twin() -> tuple:
    crystal = Crystal("Au", (1, 1, 0), 6.0, 85, 85, grains="twin")
    drawn = draw_crystals([crystal], shape=(SIDE, SIDE), nm_per_px=0.04, rng=np.random.default_rng(2))
    found = find_lattices(drawn.pixels, drawn.labels, scale=drawn.micrograph.scale)
    return drawn.pixels, drawn.labels == 1, found.particles[1]


def test_pictures_are_enlarged_and_keep_their_proportions(twin: tuple) -> None:
    pixels, mask, one = twin
    for picture in (
        particle_picture(pixels[:80], mask[:80]),
        fringe_picture(pixels[:80], mask[:80], one, [0]),
        domain_picture(pixels[:80], mask[:80], one),
    ):
        assert picture.dtype == np.uint8
        assert picture.shape[1] / picture.shape[0] == pytest.approx(SIDE / 80, rel=0.02)


def test_grains_have_their_own_colours(twin: tuple) -> None:
    picture = domain_picture(*twin).astype(int)
    upper, lower = picture[170, 240], picture[310, 240]
    assert np.abs(upper - lower).max() > 30


def test_each_spot_is_marked_twice_where_it_is(twin: tuple) -> None:
    pixels, mask, one = twin
    titles = [f"{spot.spacing_px:.2f}" for spot in one.spots]
    figure = spectrum_figure(spectrum_of(pixels, mask), one, titles)
    first, second = figure.data
    assert list(first.hovertext) == titles
    assert np.allclose(first.x, -np.array(second.x))
    assert np.hypot(first.x[0], first.y[0]) == pytest.approx(one.spots[0].per_px)
    assert figure.layout.images[0].sizex == pytest.approx(2 * figure.layout.xaxis.range[1])


def test_no_label_covers_another_or_a_spot(twin: tuple) -> None:
    _, _, one = twin
    titles = [f"{spot.spacing_px:.2f} nm {{111}}" for spot in one.spots]
    reach = 1.25 * max(spot.per_px for spot in one.spots)
    labels = spot_labels(one.spots, titles, step=2 * reach / 385, reach=reach)
    assert len(labels) > 2
    assert not any(first.overlaps(second) for first, second in combinations(labels, 2))
    spots = [(sign * spot.column_per_px, sign * spot.row_per_px) for spot in one.spots for sign in (1, -1)]
    for label in labels:
        assert not any(abs(label.x - x) < label.half_width and abs(label.y - y) < label.half_height for x, y in spots)
        assert max(abs(label.x) + label.half_width, abs(label.y) + label.half_height) <= reach * (1 + 1e-9)


def test_a_label_without_room_is_left_out(twin: tuple) -> None:
    _, _, one = twin
    assert spot_labels(one.spots, ["w" * 500] * len(one.spots), step=0.01, reach=0.1) == []


def test_a_particle_without_spots_has_a_spectrum_too(twin: tuple) -> None:
    pixels, mask, _ = twin
    assert spectrum_figure(spectrum_of(pixels, mask), ParticleLattices(1), []).layout.images


def test_crystals_have_lines_in_nm_alone() -> None:
    spacings = np.array([0.235, 0.204])
    assert len(spacing_histogram(spacings, unit="nm", crystals=["Au", "Fe"]).layout.shapes) == 8
    assert len(spacing_histogram(spacings, unit="px", crystals=["Au"]).layout.shapes) == 0


def test_every_crystal_has_a_colour_and_other_answers_are_grey() -> None:
    assert all(crystal_colour(symbol).startswith("#") for symbol in PHASES)
    assert crystal_colour("no lattice") == GREY
