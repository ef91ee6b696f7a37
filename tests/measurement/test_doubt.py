import numpy as np
import pandas as pd
import pytest
from drawing import Particle, disc_grid, draw

from nanotem.measurement import add_flag, measure_particles
from nanotem.measurement.doubt import doubtful_particles


def table(*rows: tuple[float, float, str]) -> pd.DataFrame:
    """Return particles of a diameter, a solidity and flags."""
    particles = pd.DataFrame(rows, columns=["diameter_px", "solidity", "flags"])
    return particles.assign(diameter_uncertainty_px=0.2, label=np.arange(11, 11 + len(rows)))


ALIKE = [(20.0, 0.97, "")] * 20


def test_of_drawn_discs_only_the_giant_and_the_pair_are_doubtful() -> None:
    discs = disc_grid(4, 6, pitch_px=50, diameter_px=24)
    discs[8] = discs[8]._replace(diameter_px=48)
    discs[0] = Particle(25, 17, 17)
    image, labels = draw((200, 300), [*discs, Particle(25, 33, 17)])
    labels[labels == 25] = 1
    doubtful = doubtful_particles(measure_particles(labels, image))
    assert list(doubtful.columns) == ["label", "doubt", "reason"]
    assert set(doubtful["label"]) == {1, 9}
    reasons = dict(zip(doubtful["label"], doubtful["reason"], strict=True))
    assert reasons[9] == "its size is odd among the others"
    assert reasons[1].startswith("dented")


@pytest.mark.parametrize(("solidity", "doubt"), [(0.91, None), (0.85, 1.5), (0.7, 3.0)])
def test_a_solidity_below_nine_tenths_is_doubtful(solidity: float, doubt: float | None) -> None:
    doubtful = doubtful_particles(table(*ALIKE, (20.0, solidity, "")))
    assert doubtful["doubt"].tolist() == pytest.approx([doubt] if doubt else [])


@pytest.mark.parametrize("factor", [2.0, 0.5])
def test_small_and_large_are_equally_odd(factor: float) -> None:
    (doubt,) = doubtful_particles(table(*ALIKE, (20 * factor, 0.97, "")))["doubt"]
    assert doubt == pytest.approx(np.log(2) / (3 * 0.05))


def test_what_is_odd_depends_on_the_spread_of_the_others() -> None:
    diameters = np.exp(np.random.default_rng(0).normal(np.log(20), 0.3, 500))
    spread = [(float(diameter), 0.97, "") for diameter in diameters]
    giant = (35.0, 0.97, "")
    assert 11 in doubtful_particles(table(giant, *ALIKE))["label"].tolist()
    assert 11 not in doubtful_particles(table(giant, *spread))["label"].tolist()


def test_sizes_of_a_family_of_their_own_are_not_odd() -> None:
    family = [(60.0, 0.97, "")] * 3
    assert doubtful_particles(table(*ALIKE, *family)).empty
    assert doubtful_particles(table(*ALIKE, (60.0, 0.97, ""), (90.0, 0.97, "")))["label"].tolist() == [32, 31]


def test_the_worst_comes_first() -> None:
    doubtful = doubtful_particles(table((20.0, 0.8, ""), *ALIKE, (20.0, 0.5, ""), (60.0, 0.97, "")))
    assert doubtful["label"].tolist() == [33, 32, 11]
    assert doubtful["doubt"].is_monotonic_decreasing
    assert doubtful.index.tolist() == [0, 1, 2]


def test_a_size_that_its_edge_leaves_open_is_doubtful_unless_all_are() -> None:
    particles = table(*ALIKE)
    one = particles.assign(diameter_uncertainty_px=np.where(particles["label"] == 15, 4.0, 0.2))
    (row,) = doubtful_particles(one).itertuples()
    assert (row.label, row.reason) == (15, "its edge is unclear: the size is rough")
    assert row.doubt == pytest.approx(2)
    assert doubtful_particles(particles.assign(diameter_uncertainty_px=4.0)).empty


def test_particles_that_the_frame_cuts_are_left_out() -> None:
    rows = [*ALIKE, (60.0, 0.5, "touches_frame"), (60.0, 0.5, "few_pixels touches_frame"), (60.0, 0.97, "edited")]
    assert doubtful_particles(table(*rows))["label"].tolist() == [33]
    assert doubtful_particles(add_flag(table(*rows), "touches_frame", [33])).empty


@pytest.mark.parametrize("n_particles", [0, 1, 2])
def test_few_particles_are_not_odd(n_particles: int) -> None:
    doubtful = doubtful_particles(table(*ALIKE[:n_particles]))
    assert doubtful.empty
    assert list(doubtful.columns) == ["label", "doubt", "reason"]


def test_an_image_without_particles_has_no_doubtful_ones() -> None:
    blank = np.zeros((20, 20), np.int32)
    assert doubtful_particles(measure_particles(blank, blank)).empty


def test_particles_of_which_a_network_is_unsure_are_doubtful() -> None:
    particles = table(*ALIKE)
    sure = dict.fromkeys(particles["label"].tolist(), 0.9) | {12: 0.5, 14: 0.7}
    doubtful = doubtful_particles(particles, sure)
    assert doubtful["label"].tolist() == [12, 14]
    assert doubtful["doubt"].tolist() == pytest.approx([2.0, 1.2])
    assert set(doubtful["reason"]) == {"the network is unsure"}
    assert doubtful_particles(particles, {}).empty
