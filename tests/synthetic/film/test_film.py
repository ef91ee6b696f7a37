import numpy as np
import pytest
import tifffile

from nanotem.errors import ParameterError
from nanotem.synthetic.film import FilmParams, simulate_film
from nanotem.synthetic.film.histories import lsw_diameters

SMALL = {"n_frames": 8, "n_particles": 12, "side_px": 192, "diameter_nm": 5.0, "seed": 11}


def test_equal_parameters_give_equal_frames_in_any_order():
    one, other = simulate_film(**SMALL), simulate_film(**SMALL)
    later = one.frame(5).pixels
    other.frame(2)
    np.testing.assert_array_equal(later, other.frame(5).pixels)


def test_truth_is_where_the_labels_are():
    film = simulate_film(**SMALL, drift_px=1.5)
    frame, truth = film.frame(6), film.truth.query("frame == 6 and is_whole")
    for row in truth.itertuples():
        rows, columns = np.nonzero(frame.labels == row.particle + 1)
        assert rows.mean() == pytest.approx(row.row_px, abs=0.3)
        assert columns.mean() == pytest.approx(row.column_px, abs=0.3)
        assert 2 * np.sqrt(rows.size / np.pi) == pytest.approx(row.diameter_px, rel=0.03)


@pytest.mark.parametrize("exponent", [2, 3])
@pytest.mark.parametrize("process", ["growth", "ripening"])
def test_mean_diameter_follows_the_law(process, exponent):
    film = simulate_film(**SMALL | {"n_particles": 400, "side_px": 2048}, process=process, exponent=exponent)
    power = np.nanmean(film.lives.diameter_px, axis=1) ** exponent
    line = np.linspace(power[0], power[-1], len(power))
    assert power[-1] / power[0] == pytest.approx(1.5**exponent, rel=0.1)
    np.testing.assert_allclose(power, line, rtol=0.08)


def test_ripening_keeps_the_volume():
    film = simulate_film(**SMALL | {"n_particles": 400, "side_px": 2048}, process="ripening")
    volume = np.nansum(film.lives.diameter_px**3, axis=1)
    assert volume[-1] == pytest.approx(volume[0], rel=0.01)


def test_coalescence_keeps_the_volume_and_the_parents_touch_before():
    film = simulate_film(**SMALL | {"n_frames": 30, "n_particles": 30}, process="coalescence", merging_share=0.5)
    assert len(film.merges) > 2
    for t, a, b, child in film.merges.itertuples(index=False):
        before, place = film.lives.diameter_px[t - 1], film.lives.place_px[t - 1]
        gap = np.hypot(*(place[a] - place[b])) - before[[a, b]].sum() / 2
        assert abs(gap) < 1
        assert film.lives.diameter_px[t, child] ** 3 == pytest.approx((before[[a, b]] ** 3).sum())
        assert np.isnan(film.lives.diameter_px[t, [a, b]]).all()


def test_nuclei_appear_one_after_the_other():
    counts = (
        simulate_film(**SMALL | {"n_particles": 60, "side_px": 512}, process="nucleation").truth.groupby("frame").size()
    )
    assert counts.iloc[0] < 0.7 * counts.iloc[-1]
    assert counts.is_monotonic_increasing


def test_the_support_moves_with_the_drift():
    film = simulate_film(**SMALL | {"n_particles": 0}, drift_px=2.0, drift_jitter_px=0.0, texture=0.1, dose=10000)
    first, last = (film.frame(k).pixels.astype(float) for k in (0, 7))
    rows, columns = np.rint(film.drift_px[7]).astype(int)
    moved = np.roll(first, (rows, columns), axis=(0, 1))
    inside = (slice(20, -20),) * 2
    assert np.corrcoef(moved[inside].ravel(), last[inside].ravel())[0, 1] > 0.5
    assert np.corrcoef(first[inside].ravel(), last[inside].ravel())[0, 1] < 0.3


def test_focus_drift_blurs():
    film = simulate_film(**SMALL, focus_drift_px=2.0, dose=10000)
    sharpness = [np.abs(np.diff(film.frame(k).pixels.astype(float), axis=0)).max() for k in (0, 7)]
    assert sharpness[1] < 0.8 * sharpness[0]


def test_written_film_is_an_imagej_stack(tmp_path):
    film = simulate_film(**SMALL, frame_time_s=0.5)
    film.write(tmp_path / "film.tif")
    with tifffile.TiffFile(tmp_path / "film.tif") as tiff:
        assert tiff.imagej_metadata["finterval"] == 0.5
        np.testing.assert_array_equal(tiff.asarray()[3], film.frame(3).pixels)


def test_lsw_distributions_have_their_known_spread():
    rng = np.random.default_rng(4)
    assert lsw_diameters(20000, 3, rng).std() == pytest.approx(0.215, abs=0.01)
    assert lsw_diameters(20000, 2, rng).std() == pytest.approx(0.354, abs=0.02)


def test_unknown_parameters_are_refused():
    with pytest.raises(ParameterError, match="no parameter 'wobble'"):
        FilmParams.of(wobble=1)
