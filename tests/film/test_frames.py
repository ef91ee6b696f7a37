import numpy as np
import pandas as pd
import pytest

from nanotem.film.common_motion import common_step, way_of_support
from nanotem.film.figures import drift_figure
from nanotem.film.frame_result import KEPT, FrameRecord
from nanotem.film.frames import FRAME_FLAGS, frame_table, is_left_out
from nanotem.film.history import FilmHistory
from nanotem.film.part import FilmPart
from nanotem.film.support import support_of, support_step
from nanotem.synthetic.film import simulate_film


def records(n=40, **changes):
    """Frames of 50 particles and a drift of 1 px per frame, some of them changed."""
    rng = np.random.default_rng(1)
    ordinary = [
        {"n_particles": 50, "blur_px": 1.0 + rng.normal(0, 0.02), "step_row_px": 1.0, "step_column_px": 0.0}
        | {"grey_median": 100.0, "grey_spread": 10 + k / 7}
        for k in range(n)
    ]
    for number, change in changes.items():
        ordinary[int(number[1:])] |= change
    return [FrameRecord(number, "key", **values) for number, values in enumerate(ordinary)]


CHANGES = {
    "failed": {"reason": "damaged", "n_particles": 0, "blur_px": np.nan, "step_row_px": np.nan},
    "blank": {"n_particles": 2},
    "blurred": {"blur_px": 3.0},
    "jumped": {"step_row_px": 14.0},
    "repeated": {"grey_spread": 10 + 19 / 7},
    "drift_unknown": {"step_row_px": np.nan, "step_column_px": np.nan},
}


@pytest.mark.parametrize("flag", FRAME_FLAGS)
def test_each_flag_occurs_where_it_should_and_nowhere_else(flag):
    table = frame_table(records(f20=CHANGES[flag]))
    assert table["flags"].iloc[20] == flag
    assert (table["flags"].drop(20) == "").all()
    assert is_left_out(table).sum() == (flag in ("failed", "blank", "blurred"))


def test_a_frame_without_a_result_has_no_counts():
    table = frame_table(records(f20=CHANGES["failed"]))
    assert table.loc[20, ["n_particles", "n_whole"]].isna().all()
    assert table["n_particles"].drop(20).eq(50).all()


def history(**changes):
    """Return a film of those frames in which nothing was found."""
    known = records(**{"f0": {"step_row_px": np.nan, "step_column_px": np.nan}} | changes)
    nothing = pd.DataFrame(columns=[*KEPT, "frame"]).astype({"frame": np.int64, "row_px": float, "column_px": float})
    return FilmHistory(tuple(known), nothing, FilmPart(len(known), (200, 200)))


def test_an_ordinary_film_has_no_flag_and_its_drift_adds_up():
    frames = history().frames
    assert (frames["flags"] == "").all()
    assert frames["drift_row_px"].tolist() == list(range(40))


def test_the_drift_is_not_known_from_where_nothing_tells_the_step():
    frames = history(f20=CHANGES["drift_unknown"]).frames
    assert frames["drift_row_px"].iloc[:20].tolist() == list(range(20))
    assert frames["drift_row_px"].iloc[20:].isna().all()
    assert np.isfinite(drift_figure(history(f20=CHANGES["drift_unknown"])).data[2]["y"]).all()


def test_slow_changes_of_focus_and_count_are_no_flags():
    changes = {f"f{k}": {"blur_px": 1 + 2 * k / 39, "n_particles": 100 - 2 * k} for k in range(40)}
    assert (frame_table(records(**changes))["flags"] == "").all()


def test_the_support_tells_its_step():
    film = simulate_film(n_frames=4, n_particles=15, side_px=256, diameter_nm=5, drift_px=1.8, texture=0.04, seed=12)
    supports = []
    for number in (2, 3):
        frame = film.frame(number)
        supports.append(support_of(frame.pixels.astype(np.float32), frame.labels > 0, np.zeros((256, 256), bool)))
    step = support_step(*supports)
    true = film.drift_px[3] - film.drift_px[2]
    assert (step.row_px, step.column_px) == pytest.approx(tuple(true), abs=0.3)
    assert step.uncertainty_px < 0.3


def test_a_support_without_structure_tells_nothing():
    rng = np.random.default_rng(3)
    nothing = np.zeros((128, 128), bool)
    noise = [support_of(rng.normal(100, 5, (128, 128)).astype(np.float32), nothing, nothing) for _ in range(2)]
    assert np.isnan(support_step(*noise).row_px)
    flat = support_of(np.full((128, 128), 7, np.float32), nothing, ~nothing)
    assert not flat.any()
    assert np.isnan(support_step(flat, flat).row_px)


def test_most_particles_tell_a_step_of_20_px():
    rng = np.random.default_rng(5)
    before = rng.random((40, 2)) * 300
    now = before + np.array([15.0, -13.0]) + rng.normal(0, 0.3, before.shape)
    now[:8] = rng.random((8, 2)) * 300
    assert common_step(before, now) == pytest.approx([15, -13], abs=0.5)
    assert common_step(before, rng.random((40, 2)) * 300) is None
    assert common_step(before[:3], now[:3]) is None
    assert common_step(before, now + 1000) is None


def test_steps_that_the_support_does_not_tell_are_those_of_the_particles():
    rng = np.random.default_rng(6)
    first = rng.random((30, 2)) * 200
    places = {0: first, 2: first + np.array([4.0, 2.0])}
    steps = np.array([[np.nan, np.nan], [np.nan, np.nan], [np.nan, np.nan], [1.0, 0.0]])
    way, is_known = way_of_support(steps, places)
    assert way == pytest.approx(np.array([[0, 0], [0, 0], [4, 2], [5, 2]]))
    assert is_known.tolist() == [True, False, True, True]


def test_where_particles_do_not_agree_either_the_way_of_the_support_is_not_known():
    steps = np.array([[np.nan, np.nan], [1.0, 1.0], [np.nan, np.nan], [2.0, 0.0]])
    for places in ({}, {0: np.zeros((3, 2)), 2: np.ones((3, 2))}):
        way, is_known = way_of_support(steps, places)
        assert way.tolist() == [[0, 0], [1, 1], [1, 1], [3, 1]]
        assert is_known.tolist() == [True, True, False, False]
