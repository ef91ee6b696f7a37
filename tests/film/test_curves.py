from dataclasses import replace

import numpy as np
import pytest
from films import drawn, history_of

from nanotem.film.curves import SizeCurves, curves_of
from nanotem.film.displacement import displacement_of
from nanotem.film.events import Event
from nanotem.film.growth import coalescence_rate, growth_law, merging_share_of
from nanotem.film.summary import film_dict


def curves(law, *, n_tracks=200, n_frames=80, frame_noise=0.0, seed=0, spread=0.1):
    """Sizes of tracks that all follow a law, with noise of each and of all of a frame."""
    rng = np.random.default_rng(seed)
    time = np.arange(n_frames, dtype=float)
    own = rng.lognormal(0, spread, (n_tracks, 1)) * law(time)
    sizes = own * np.exp(rng.normal(0, 0.02, own.shape) + rng.normal(0, frame_noise, n_frames))
    return SizeCurves(sizes, np.ones(sizes.shape, bool), np.arange(n_frames), time, "nm", "s")


def power(n, final=1.6, start=10.0):
    return lambda time: start * (1 + (final**n - 1) * time / time[-1]) ** (1 / n)


@pytest.mark.parametrize(("n", "verdict"), [(3, "diffusion-limited"), (2, "reaction-limited"), (5, "no such law")])
def test_laws_of_growth_are_told(n, verdict):
    law = growth_law(curves(power(n)))
    assert law.verdict == verdict
    assert law.exponent.low < n < law.exponent.high
    assert law.growth.value == pytest.approx(1.6, abs=0.15)


def test_rates_have_their_values():
    law = growth_law(curves(power(3), spread=0.01))
    assert law.rate_cubic.value == pytest.approx(5**3 * (1.6**3 - 1) / 79, rel=0.03)
    square = growth_law(curves(power(2), spread=0.01))
    assert square.rate_square.value == pytest.approx(5**2 * (1.6**2 - 1) / 79, rel=0.03)


@pytest.mark.parametrize(
    ("made", "options", "verdict", "words"),
    [
        (curves(power(3, final=1.0)), {}, "no growth", "does not change"),
        (curves(power(3, final=0.8)), {}, "no growth", "becomes smaller"),
        (curves(power(3, final=1.1), frame_noise=0.01), {}, "not decided", "To decide with particles"),
        (curves(power(3), n_frames=8), {}, "not decided", "sizes are known in 8 frames"),
        (curves(power(3)), {"merging_share": 0.3}, "not decided", "30\u00a0% of the particles merge"),
    ],
)
def test_what_the_data_do_not_say_is_not_decided(made, options, verdict, words):
    law = growth_law(made, **options)
    assert law.verdict == verdict
    assert words in law.sentence


def test_an_interval_that_is_too_wide_is_said_to_be():
    verdicts = [growth_law(curves(power(3, final=1.25), frame_noise=0.006, seed=seed)) for seed in range(2)]
    assert any("too wide" in law.sentence for law in verdicts)
    assert not any(law.verdict == "reaction-limited" for law in verdicts)


def test_trend_of_particles_that_are_followed():
    assert curves(lambda time: 10 * np.exp(0.002 * time)).trend.value == pytest.approx(0.002, abs=1e-4)
    still = curves(lambda time: np.full(time.shape, 10.0), frame_noise=0.005).trend
    assert still.low < 0 < still.high


@pytest.mark.parametrize(
    ("over_film", "per_px", "words"),
    [
        (0.02, 0.5, "Particles that are followed grow: 0.02"),
        (-0.02, 0.5, "Particles that are followed shrink: -0.02"),
        (0.006, 1.0, "neither grow nor shrink beyond the interval"),
        (-0.006, 1.0, "neither grow nor shrink beyond the interval"),
        (0.0, 0.5, "neither grow nor shrink beyond the interval"),
    ],
)
def test_growth_is_claimed_where_it_is_more_than_sizes_drift(over_film, per_px, words):
    made = replace(curves(lambda time: 10 * np.exp(over_film * time / time[-1]), seed=2), per_px=per_px)
    assert words in made.trend_in_words
    film_px = np.ptp(made.times) * made.diameters.mean() / per_px
    assert min(made.trend.high - made.trend.value, made.trend.value - made.trend.low) * film_px > 0.15


def test_without_two_frames_of_a_particle_no_trend_is_told():
    made = curves(lambda time: np.full(time.shape, 10.0), n_tracks=3, n_frames=2)
    assert "No particle was followed" in made.trend_in_words


def test_particles_that_enter_make_no_trend():
    made = curves(lambda time: np.full(time.shape, 10.0))
    sizes = made.diameters.copy()
    sizes[:100] *= 2
    sizes[:100, :40] = np.nan
    trend = replace(made, diameters=sizes).trend
    assert abs(trend.value) < 1e-4


def test_intervals_of_the_mean_hold_what_whole_frames_add():
    quiet, noisy = (curves(power(3), frame_noise=noise, spread=0.01).table for noise in (0.0, 0.02))
    width = [(table["mean_high"] - table["mean_low"]).mean() for table in (quiet, noisy)]
    assert width[1] > 3 * width[0]


@pytest.mark.parametrize(("n_tracks", "ends"), [(1, False), (4, False), (5, True)])
def test_the_mean_of_few_particles_has_no_interval(n_tracks, ends):
    made = curves(power(3), n_tracks=n_tracks, n_frames=20)
    assert made.table["mean_low"].notna().all() == made.table["mean_high"].notna().all() == ends
    assert made.table["sd"].notna().all() == (n_tracks > 1)
    assert np.isnan(made.mean_at_ends["last"].low) != ends
    assert ("At least 5 sizes are known in 0 frames" in growth_law(made).sentence) != ends


def test_the_spread_of_sizes_is_that_of_a_sample():
    made = curves(power(3), n_tracks=6, n_frames=12)
    assert made.table["sd"].to_numpy() == pytest.approx(made.diameters.std(axis=0, ddof=1))


def test_intervals_of_few_particles_hold_the_mean_of_many():
    held = []
    for seed in range(60):
        table = curves(power(3, final=1.0), n_tracks=5, n_frames=8, seed=seed).table
        held.append(table["mean_low"].iloc[0] < 10 * np.exp(0.1**2 / 2) < table["mean_high"].iloc[0])
    assert np.mean(held) > 0.88


def test_nothing_found_gives_empty_curves():
    nothing = SizeCurves(np.empty((0, 12)), np.empty((0, 12), bool), np.arange(12), np.arange(12.0), "px", "frames")
    assert nothing.is_empty
    assert np.isnan(nothing.trend.value)
    assert (nothing.table["n"] == 0).all()
    assert growth_law(nothing).verdict == "not decided"


def test_brownian_motion_is_told_with_its_coefficient():
    film = drawn(n_frames=80, n_particles=60, side_px=640, brownian_px=0.8, drift_px=0.5, seed=31)
    motion = displacement_of(history_of(film))
    assert motion.verdict == "Brownian"
    assert motion.diffusion.low < 0.8**2 / 2 * film.nm_per_px**2 < motion.diffusion.high


def test_particles_that_stay_do_not_move():
    film = drawn(n_frames=60, n_particles=40, side_px=512, brownian_px=0.0, seed=32)
    assert displacement_of(history_of(film)).verdict == "no motion"


def test_held_and_driven_particles_are_told():
    film = drawn(n_frames=60, n_particles=40, side_px=512, brownian_px=0.0, seed=33)
    rng = np.random.default_rng(1)
    direction = rng.normal(0, 0.4, (40, 2))
    driven = history_of(film)
    table = driven.found
    away = direction[table["particle"]] * table["frame"].to_numpy()[:, None]
    table[["row_px", "column_px"]] += away
    assert displacement_of(driven).verdict == "driven"
    held = history_of(film)
    swing = np.zeros((60, 40, 2))
    for k in range(1, 60):
        swing[k] = 0.7 * swing[k - 1] + rng.normal(0, 0.5, (40, 2))
    held.found[["row_px", "column_px"]] += swing[held.found["frame"], held.found["particle"]]
    assert displacement_of(held).verdict == "held"


@pytest.mark.parametrize(("n_particles", "n_frames", "words"), [(3, 45, "3 tracks"), (30, 20, "20 frames")])
def test_too_few_tracks_or_frames_tell_no_motion(n_particles, n_frames, words):
    motion = displacement_of(history_of(drawn(n_particles=n_particles, n_frames=n_frames)))
    assert motion.verdict == "not decided"
    assert motion.table.empty
    assert words in motion.sentence


def test_coalescence_rate_has_garwoods_interval():
    history = history_of(drawn(n_frames=40, n_particles=80, side_px=640, process="coalescence", seed=41))
    rate = coalescence_rate(history)
    n_merges = sum(event.kind == "merges" for event in history.events)
    assert n_merges > 3
    assert rate.low < rate.value < rate.high
    assert rate.value == pytest.approx(n_merges / history.particles.groupby("frame").size().mean() / 39, rel=0.03)
    assert merging_share_of(history) > 0.05
    none = coalescence_rate(history_of(drawn(n_frames=10)))
    assert (none.value, none.low) == (0, 0)
    assert none.high > 0


def test_summary_says_it_all():
    history = history_of(drawn(n_frames=20, n_particles=30, side_px=384, process="coalescence", seed=42))
    result = film_dict(history)
    assert result["n_frames"] == 20
    assert result["events"]["merges"] == sum(isinstance(e, Event) and e.kind == "merges" for e in history.events)
    assert result["unit"] == "nm"
    assert result["growth"]["verdict"] in ("not decided", "no growth")


def test_curves_leave_out_what_the_picture_cuts():
    history = history_of(drawn(n_particles=30, seed=4))
    made = curves_of(history)
    assert made.present.sum() > np.isfinite(made.diameters).sum() > 0
