import numpy as np
import pytest

from nanotem.film.curves import SizeCurves
from nanotem.film.growth import growth_law
from nanotem.film.ripening import ripening_of
from nanotem.synthetic.film.film_params import MotionParams
from nanotem.synthetic.film.histories import _ripening, lsw_diameters


def curves(diameter_px, *, noise=0.02, frame_noise=0.002, least_px=8.0, seed=0):
    """Diameters of shape (tracks, frames) as they would be measured, in nm; small ones are not seen."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(0, frame_noise, diameter_px.shape[1])
    found = diameter_px * np.exp(rng.normal(0, noise, diameter_px.shape) + shared)
    found = np.where(found > least_px, found, np.nan) / 4
    n_frames = found.shape[1]
    return SizeCurves(found, np.isfinite(found), np.arange(n_frames), np.arange(float(n_frames)), "nm", "s")


def ripening_film(exponent, *, n_particles=150, n_frames=80, final=1.4, seed=1, **noise):
    rng = np.random.default_rng(seed)
    motion = MotionParams(n_frames=n_frames, process="ripening", exponent=exponent, final_size=final)
    return curves(_ripening(24 * lsw_diameters(n_particles, exponent, rng), motion).T, seed=seed, **noise)


@pytest.mark.parametrize(("exponent", "verdict"), [(3, "diffusion-limited"), (2, "reaction-limited")])
def test_the_law_of_ripening_is_told(exponent, verdict):
    law = growth_law(ripening_film(exponent))
    assert law.verdict == verdict
    assert law.ripening.is_there
    assert law.exponent.low <= exponent <= law.exponent.high
    assert law.exponent.high - law.exponent.low < 0.5
    assert "Small particles shrink while large ones grow" in law.sentence


def test_without_noise_the_exponent_is_exact():
    found = ripening_of(ripening_film(3, noise=1e-5, frame_noise=0.0))
    assert found.exponent.value == pytest.approx(3, abs=0.02)


def test_a_ramp_of_temperature_does_not_move_the_exponent():
    film = ripening_film(3, n_frames=161, final=1.6, noise=0.005)
    faster = np.unique(np.rint(160 * np.linspace(0, 1, 81) ** 1.5).astype(int))
    ramped = SizeCurves(
        film.diameters[:, faster],
        film.present[:, faster],
        np.arange(faster.size),
        np.arange(float(faster.size)),
        "nm",
        "s",
    )
    found = ripening_of(ramped)
    assert found.is_there
    assert found.exponent.low < 3 < found.exponent.high


def test_what_whole_frames_add_widens_the_interval():
    quiet, noisy = (ripening_of(ripening_film(3, frame_noise=noise)) for noise in (0.0, 0.04))
    widths = [one.exponent.high - one.exponent.low for one in (quiet, noisy)]
    assert widths[1] > 1.05 * widths[0]


@pytest.mark.parametrize("final", [1.0, 1.5])
def test_particles_that_do_nothing_or_all_grow_do_not_ripen(final):
    rng = np.random.default_rng(4)
    grown = rng.lognormal(np.log(24), 0.3, (150, 1)) * np.linspace(1, final**3, 80) ** (1 / 3)
    found = ripening_of(curves(grown))
    assert not found.is_there
    assert np.isnan(found.exponent.value)


def test_few_particles_tell_no_ripening():
    found = ripening_of(ripening_film(3, n_particles=12, final=2.0))
    assert not found.is_there
    assert found.n_tracks < 12


def test_a_film_that_is_too_short_says_how_long_it_would_have_to_be():
    laws = [growth_law(ripening_film(3, n_particles=60, n_frames=40, final=1.12, seed=seed)) for seed in range(4)]
    assert all(law.exponent.low <= 3 <= law.exponent.high for law in laws if np.isfinite(law.exponent.low))
    assert any(law.verdict == "not decided" and "times as long" in law.sentence for law in laws)


def test_few_windows_bound_no_exponent():
    law = growth_law(ripening_film(3, n_frames=15, noise=0.002))
    assert law.verdict == "not decided"
    assert "too short to bound" in law.sentence
