from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from nanotem.errors import ParameterError
from nanotem.measurement import measure_particles
from nanotem.statistics import Arrangement, arrangement_of

SIDE, DIAMETER = 400, 12.0


def apart(place, others) -> bool:
    return all(np.hypot(*(place - other)) > DIAMETER for other in others)


def at_random(generator, n):
    places = []
    while len(places) < n:
        place = generator.uniform(-DIAMETER, SIDE + DIAMETER, 2)
        if apart(place, places):
            places.append(place)
    return places


def in_clumps(generator, n):
    places = []
    while len(places) < n:
        centre = generator.uniform(0, SIDE, 2)
        for _ in range(6):
            place = centre + generator.normal(0, 1.6 * DIAMETER, 2)
            if apart(place, places):
                places.append(place)
    return places


def in_order(generator, n):
    side = round(np.sqrt(n))
    step = SIDE / side
    return [
        (np.array([i, j]) + 0.5) * step + generator.uniform(-0.1, 0.1, 2) * step
        for i in range(side)
        for j in range(side)
    ]


def picture(places, diameter=DIAMETER):
    labels = np.zeros((SIDE, SIDE), np.int32)
    rows, columns = np.indices(labels.shape)
    for number, (row, column) in enumerate(places, start=1):
        labels[(np.hypot(rows - row, columns - column) <= diameter / 2) & (labels == 0)] = number
    return labels


def arranged(labels, **options) -> Arrangement:
    frame = options.pop("frame", np.ones(labels.shape, bool))
    table = measure_particles(labels, labels.astype(np.uint8), frame=frame)
    return arrangement_of(table, labels, frame=frame, **options)


@cache
def drawn(kind, seed, n=80) -> Arrangement:
    return arranged(picture(kind(np.random.default_rng(seed), n)), nm_per_px=0.5)


@pytest.mark.parametrize(("kind", "verdict"), [(at_random, "random"), (in_clumps, "clustered"), (in_order, "ordered")])
def test_how_particles_lie_is_told(kind, verdict) -> None:
    found = [drawn(kind, seed) for seed in range(3)]
    for one in ("centre_to_centre", "edge_to_edge"):
        assert [getattr(each, one).verdict for each in found].count(verdict) >= 2
    for one in found:
        words = one.centre_to_centre.index_in_words
        assert words.endswith(f": {one.centre_to_centre.verdict}.")
        assert "of which 95 % lie at 0." in words
    assert verdict in found[0].in_words or found[0].centre_to_centre.verdict != verdict


def test_an_index_is_one_at_random_below_in_clumps_and_above_in_order() -> None:
    clumps, random, order = (drawn(kind, 0).centre_to_centre.index for kind in (in_clumps, at_random, in_order))
    assert clumps.high < random.value < order.low
    assert random.low < 1 < random.high


def test_density_and_coverage_are_those_that_were_drawn() -> None:
    true_per_um2 = 80 / (SIDE + 2 * DIAMETER) ** 2 / 0.25 * 1e6
    true_coverage = 80 * np.pi / 4 * DIAMETER**2 / (SIDE + 2 * DIAMETER) ** 2
    for seed in range(3):
        found = drawn(at_random, seed)
        assert found.density_per_um2.low < true_per_um2 < found.density_per_um2.high
        assert found.coverage.low < true_coverage < found.coverage.high


def test_clumps_widen_the_interval_of_the_density() -> None:
    widths = [drawn(kind, 0).density.relative_half_width for kind in (in_clumps, at_random, in_order)]
    assert widths[0] > widths[1] > widths[2] > 0


def test_distances_of_a_lattice_are_its_step_and_gap() -> None:
    places = [(row, column) for row in range(20, SIDE, 40) for column in range(20, SIDE, 40)]
    found = arranged(picture(places))
    assert found.unit == "px"
    assert found.centre_to_centre.mean.value == pytest.approx(40)
    assert found.edge_to_edge.mean.value == pytest.approx(40 - 13, abs=1)  # a disc of 12 px drawn on whole pixels is 13
    assert np.isnan(found.density_per_um2.value)
    assert found.notes == ("Without a scale all is in pixels.",)


def test_edges_are_as_far_apart_as_the_nearest_pixels() -> None:
    labels = np.zeros((SIDE, SIDE), np.int32)
    generator = np.random.default_rng(4)
    for number in range(1, 13):
        row, column = generator.integers(100, 300, 2)
        height, width = generator.integers(4, 30, 2)
        block = labels[row : row + height, column : column + width]
        block[block == 0] = number
    names = np.unique(labels)[1:]
    pixels = [np.argwhere(labels == name) for name in names]
    gaps = np.array([min(cdist(one, two).min() for two in pixels if two is not one) - 1 for one in pixels])
    radii = np.sqrt(np.array([len(one) for one in pixels]) / np.pi)
    room = (SIDE - 2 * (gaps + radii)) ** 2  # places from which such a neighbour would be seen
    assert arranged(labels).edge_to_edge.mean.value == pytest.approx(np.average(gaps, weights=1 / room), rel=0.02)


def test_small_particles_round_a_large_one_are_next_to_it_however_far_its_middle_is() -> None:
    rows, columns = np.indices((SIDE, SIDE))
    labels = (np.hypot(rows - SIDE / 2, columns - SIDE / 2) <= 120).astype(np.int32)
    for number, angle in enumerate(np.linspace(0, 2 * np.pi, 44, endpoint=False), start=2):
        row, column = SIDE / 2 + 128.5 * np.array([np.sin(angle), np.cos(angle)])
        labels[np.hypot(rows - row, columns - column) <= 3.5] = number
    assert arranged(labels).edge_to_edge.mean.value == pytest.approx(5, abs=1)


def test_a_scale_scales_everything() -> None:
    labels = picture(at_random(np.random.default_rng(7), 40))
    in_px, in_nm = arranged(labels), arranged(labels, nm_per_px=0.5)
    assert in_nm.centre_to_centre.mean.value == pytest.approx(0.5 * in_px.centre_to_centre.mean.value)
    assert in_nm.density.value == pytest.approx(4 * in_px.density.value)
    assert in_nm.coverage == in_px.coverage
    assert in_nm.centre_to_centre.index == in_px.centre_to_centre.index


def test_a_hidden_strip_takes_area_away() -> None:
    frame = np.ones((SIDE, SIDE), bool)
    frame[300:] = False
    labels = picture(in_order(np.random.default_rng(0), 81))
    labels[300:] = 0
    found, whole = arranged(labels, frame=frame), arranged(picture(in_order(np.random.default_rng(0), 81)))
    assert found.density.value == pytest.approx(whole.density.value, rel=0.1)


def test_packed_particles_are_not_held_against_random_places() -> None:
    places = [(row, column) for row in range(8, SIDE, 15) for column in range(8, SIDE, 15)]
    found = arranged(picture(places, diameter=14))
    assert found.centre_to_centre.verdict == found.edge_to_edge.verdict == "packed"
    assert found.in_words.startswith("Packed: particles cover")
    assert "not compared" in found.notes[0]


@pytest.mark.parametrize("n", [0, 1, 6])
def test_few_particles_have_no_verdict(n) -> None:
    found = arranged(picture(at_random(np.random.default_rng(n), n)))
    assert found.centre_to_centre.verdict == "unknown"
    assert found.in_words.startswith("Too few")
    assert found.density.high > 0


def test_the_table_names_every_quantity() -> None:
    table = drawn(at_random, 0).to_frame()
    assert isinstance(table, pd.DataFrame)
    assert table["unit"].tolist() == ["1/nm²", "", "nm", "", "nm", ""]
    assert not table[["value", "low", "high"]].isna().any(axis=None)


def test_labels_and_frame_are_of_one_image_and_a_scale_is_above_zero() -> None:
    labels = picture([(50, 50)])
    table = measure_particles(labels, labels.astype(np.uint8))
    with pytest.raises(ParameterError, match="one image"):
        arrangement_of(table, labels, frame=np.ones((5, 5), bool))
    with pytest.raises(ParameterError, match="scale of 0 nm"):
        arrangement_of(table, labels, frame=np.ones(labels.shape, bool), nm_per_px=0)
