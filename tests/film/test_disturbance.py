import numpy as np
import pytest

from nanotem.film.disturbance import bends, frame_noise, line, powers


def disturbed(n_frames=100, *, memory, spread=1.0, alone=0.0, seed=0):
    """A curve without a course that remembers, with noise that does not."""
    rng = np.random.default_rng(seed)
    values = rng.normal(0, spread, n_frames)
    for k in range(1, n_frames):
        values[k] = memory * values[k - 1] + np.sqrt(1 - memory**2) * values[k]
    return values + rng.normal(0, np.sqrt(alone), n_frames)


def slopes(values):
    return np.polyfit(np.arange(values.shape[-1]), values.T, 1)[0]


@pytest.mark.parametrize("memory", [0.0, 0.8])
def test_slopes_that_disturbances_feign_are_as_wide_as_those_of_other_films(memory):
    truth = slopes(np.stack([disturbed(memory=memory, seed=seed) for seed in range(400)])).std()
    found = [
        slopes(frame_noise(disturbed(memory=memory, seed=seed), line(np.arange(100.0)), 100, alone=0.0)).std()
        for seed in range(8)
    ]
    assert np.mean(found) / truth == pytest.approx(1.2, abs=0.25)  # wider by what is not known of the memory


def test_what_single_particles_explain_is_not_drawn():
    values = disturbed(memory=0.0, spread=0.0, alone=1.0)
    explained, not_known = (frame_noise(values, line(np.arange(100.0)), 200, alone=one).std() for one in (1.0, 0.0))
    assert explained < 0.4 < 0.9 < not_known


def test_a_course_is_no_disturbance_and_frames_that_are_not_known_are_passed_over():
    times = np.arange(60.0)
    values = 5 + 0.3 * times + 0.02 * times**2 + disturbed(60, memory=0.0, spread=0.1)
    values[20:30] = np.nan
    for terms in (powers(times, 2), bends(60, 5)):
        noise = frame_noise(values, terms, 300, alone=0.0)
        assert noise.shape == (300, 60)
        assert 0.08 < noise.std() < 0.2  # a course that bends hides how long disturbances last


def test_too_few_frames_and_nothing_left_tell_nothing():
    times = np.arange(40.0)
    assert not frame_noise(np.array([1.0, 3.0, 2.0, 4.0]), line(times[:4]), 10, alone=0.0).any()
    assert not frame_noise(np.full(40, np.nan), line(times), 10, alone=0.0).any()
    assert not frame_noise(3 + 0.1 * times, line(times), 10, alone=0.0).any()


def test_bends_hold_lines():
    terms = bends(50, 7)
    assert terms.shape == (50, 8)
    assert terms.sum(axis=1) == pytest.approx(1)
    left = np.arange(50.0) - terms @ np.linalg.lstsq(terms, np.arange(50.0), rcond=None)[0]
    assert left == pytest.approx(0, abs=1e-9)
    assert bends(3, 7).shape == (3, 2)
