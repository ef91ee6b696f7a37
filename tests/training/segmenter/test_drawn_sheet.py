import numpy as np
import pytest

from nanotem.training.segmenter.drawn.pieces import bar, diameter_of, ellipse, piece, regular, rounded, sized, worn
from nanotem.training.segmenter.drawn.placing import beside, cells, hexagonal, islands
from nanotem.training.segmenter.drawn.sheet import Sheet, waves


@pytest.mark.parametrize("diameter", [6.0, 17.3, 60.0])
def test_a_sphere_has_the_area_and_the_thickness_of_one(diameter: float) -> None:
    new = piece(ellipse(diameter, diameter))
    assert new.inside.sum() == pytest.approx(np.pi / 4 * diameter**2, rel=0.1)
    assert new.height.sum() == pytest.approx(np.pi / 6 * diameter**3, rel=0.08)
    assert new.height.max() == pytest.approx(diameter, rel=0.1)


def test_profiles_differ_where_they_rise() -> None:
    corners = ellipse(40, 40)
    flat, roof = (piece(corners, profile=name, terrace=0.5).height for name in ("flat", "roof"))
    middle = len(flat) // 2
    assert flat[middle, middle] == pytest.approx(roof[middle, middle], rel=0.05)
    assert flat[middle, middle - 17] > 3 * roof[middle, middle - 17]


def test_an_offset_moves_the_centre() -> None:
    new = piece(ellipse(20, 20), offset=(0.4, -0.3))
    rows, columns = np.nonzero(new.height > 0)
    weights = new.height[rows, columns]
    assert np.average(rows, weights=weights) - new.reach == pytest.approx(0.4, abs=0.1)
    assert np.average(columns, weights=weights) - new.reach == pytest.approx(-0.3, abs=0.1)


def test_outlines_have_the_sizes_that_were_asked_for() -> None:
    rng = np.random.default_rng(3)
    assert diameter_of(regular(30, 5, rng)) == pytest.approx(30)
    assert diameter_of(worn(24, rng)) == pytest.approx(24)
    assert diameter_of(sized(rounded(regular(30, 4, rng), 2), 12)) == pytest.approx(12)
    rod = bar(50, 10, 0.0)
    assert np.ptp(rod[:, 1]) == pytest.approx(50, rel=0.01)
    assert np.ptp(rod[:, 0]) == pytest.approx(10, rel=0.01)


def test_thickness_adds_in_transmission_and_not_on_a_surface() -> None:
    tops = {}
    for adds in (True, False):
        sheet = Sheet(64, adds=adds)
        assert sheet.lay(ellipse(30, 30), 32, 26)
        assert sheet.lay(ellipse(30, 30), 32, 38)
        assert set(np.unique(sheet.labels)) == {0, 1, 2}
        assert sheet.labels[32, 32] == 2
        tops[adds] = sheet.height[32, 32]
    assert tops[True] > 1.7 * tops[False]


def test_what_would_hide_another_particle_is_not_laid() -> None:
    sheet = Sheet(64)
    assert sheet.lay(ellipse(12, 12), 32, 32)
    assert not sheet.lay(ellipse(30, 30), 32, 32)
    assert not sheet.lay(ellipse(12, 12), 32, 37, most_over=0.2)
    assert not sheet.lay(ellipse(12, 12), -40, 32)
    assert sheet.n_particles == sheet.labels.max() == 1


def test_patterns_and_weights_change_the_height_alone() -> None:
    plain, changed = Sheet(48), Sheet(48)
    plain.lay(ellipse(30, 30), 24, 24)
    changed.lay(ellipse(30, 30), 24, 24, weight=2, pattern=lambda new: np.full(new.height.shape, 0.25))
    assert np.array_equal(plain.labels, changed.labels)
    np.testing.assert_allclose(changed.height, plain.height / 2, rtol=1e-5)


def test_a_lattice_has_its_pitch_and_islands_their_share() -> None:
    rng = np.random.default_rng(5)
    places = hexagonal(10, 200, rng, jitter=0, vacancies=0)
    nearest = [np.sort(np.hypot(*(places - place).T))[1] for place in places[:50]]
    assert np.median(nearest) == pytest.approx(10, rel=0.01)
    assert len(places) == pytest.approx(200**2 / (np.sqrt(0.75) * 100), rel=0.15)
    assert len(islands(places, 200, rng, covered=0.4)) == pytest.approx(0.4 * len(places), rel=0.2)
    assert len(hexagonal(10, 200, rng, jitter=0, vacancies=0.5)) == pytest.approx(0.5 * len(places), rel=0.2)


@pytest.mark.parametrize("longer", [1.0, 3.0])
def test_cells_fill_the_frame_without_overlap(longer: float) -> None:
    sheet, n = Sheet(160), 0
    for (row, column), corners in cells(20, 160, np.random.default_rng(2), jitter=0.1, gap=1.0, longer=longer):
        n += sheet.lay(corners, row, column, most_over=0.1)
    assert np.mean(sheet.labels > 0) > 0.75
    assert n > 40


def test_a_neighbour_touches_its_host() -> None:
    row, column = beside([(50.0, 60.0, 10.0)], 5.0, np.random.default_rng(1), overlap=0.2)
    assert np.hypot(row - 50, column - 60) == pytest.approx(12)


@pytest.mark.parametrize("width_px", [1.5, 8.0, 90.0])
def test_waves_are_as_wide_as_they_should_be(width_px: float) -> None:
    level = waves(256, width_px, np.random.default_rng(4))
    assert level.shape == (256, 256)
    assert level.std() == pytest.approx(1, abs=1e-3)
    slope = np.diff(level, axis=0).std()
    assert 0.3 / width_px < slope < 1.5 / width_px
