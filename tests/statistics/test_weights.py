import cv2
import numpy as np
import pandas as pd
import pytest

from nanotem.errors import ParameterError
from nanotem.labels import outside_or_beside
from nanotem.statistics import effective_number, frame_weights

SIDE = 1000


def boxes(heights, widths, flags=None):
    table = pd.DataFrame({"bbox_height_px": heights, "bbox_width_px": widths})
    return table.assign(flags=flags or "").astype({"flags": "str"})


def discs_seen_in_a_window(generator, median_px, gsd):
    """Return the diameters of discs that show in a window, and their table; centres reach far outside."""
    d = median_px * generator.lognormal(0, np.log(gsd), 3000)
    centre = generator.uniform(-500, SIDE + 500, (3000, 2))
    low, high = np.floor(centre - d[:, None] / 2), np.ceil(centre + d[:, None] / 2)
    seen = ((high > 0) & (low < SIDE)).all(axis=1)
    cut = ((low <= 0) | (high >= SIDE)).any(axis=1)[seen]
    height, width = (high - low)[seen].astype(int).T
    return d[seen], boxes(height, width, np.where(cut, "touches_frame", "").tolist())


def test_weight_is_the_inverse_chance_to_lie_in_the_frame():
    table = boxes([50, 100, 20], [50, 10, 20], ["", "coarse_shape", "touches_frame"])
    weights = frame_weights(table, (500, 400))
    assert weights == pytest.approx([200_000 / (450 * 350), 200_000 / (400 * 390), 0])


@pytest.mark.parametrize(("median_px", "gsd", "least_bias"), [(60, 1.3, 0.005), (120, 1.6, 0.05)])
def test_weights_take_the_bias_of_leaving_cut_particles_out(median_px, gsd, least_bias):
    generator = np.random.default_rng(3)
    truth = median_px * np.exp(np.log(gsd) ** 2 / 2)
    plain, weighted = [], []
    for _ in range(60):
        d, table = discs_seen_in_a_window(generator, median_px, gsd)
        weights = frame_weights(table, (SIDE, SIDE))
        plain.append(d[weights > 0].mean() / truth - 1)
        weighted.append(np.average(d, weights=weights) / truth - 1)
    assert np.mean(plain) < -least_bias
    assert abs(np.mean(weighted)) < max(0.003, 2.5 * np.std(weighted) / np.sqrt(60))


def test_a_hidden_strip_acts_like_a_smaller_frame():
    table = boxes([50, 100], [50, 100])
    frame = np.ones((1000, 1200), bool)
    frame[900:] = False
    expected = frame_weights(table, (900, 1200))
    assert frame_weights(table, (1000, 1200), frame=frame) == pytest.approx(expected, rel=0.01)


def test_a_mask_that_hides_nothing_changes_nothing():
    table = boxes([50, 100], [30, 100])
    plain = frame_weights(table, (300, 400))
    assert frame_weights(table, (300, 400), frame=np.ones((300, 400), bool)) == pytest.approx(plain)


def test_a_scale_bar_costs_the_positions_that_cover_it():
    frame = np.ones((1000, 1200), bool)
    frame[500:540, 500:700] = False
    weight = frame_weights(boxes([100], [80]), (1000, 1200), frame=frame)[0]
    clear = 900 * 1120 - (40 + 100) * (200 + 80)
    assert weight == pytest.approx((1000 * 1200 - 40 * 200) / clear, rel=0.01)


def test_the_density_is_right_where_particles_beside_what_hides_count_as_cut():
    generator = np.random.default_rng(5)
    frame = np.ones((SIDE, SIDE), bool)
    for row, column in generator.integers(0, SIDE - 40, (40, 2)):
        frame[row : row + 8, column : column + 24] = False
    top, left = generator.integers(1, SIDE - 31, (2, 40_000))
    beside = cv2.integral(outside_or_beside(frame).view(np.uint8))
    bottom, right = top + 30, left + 30
    counted = beside[bottom, right] - beside[top, right] - beside[bottom, left] + beside[top, left] == 0
    n = int(counted.sum())
    density = frame_weights(boxes([30] * n, [30] * n), frame.shape, frame=frame).sum() / frame.sum()
    assert density == pytest.approx(40_000 / (SIDE - 32) ** 2, rel=0.01)


def test_no_particles_have_no_weights():
    assert frame_weights(boxes([], []), (10, 10)).shape == (0,)


def test_a_box_larger_than_the_frame_is_refused():
    with pytest.raises(ParameterError, match="40 x 60 px does not fit in 50 x 50 px"):
        frame_weights(boxes([10, 40], [10, 60]), (50, 50))


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(ParameterError, match=r"frame mask \(shape \(5, 6\)\).*\(50, 50\)"):
        frame_weights(boxes([10], [10]), (50, 50), frame=np.ones((5, 6), bool))


def test_effective_number():
    assert effective_number([2, 2, 2]) == pytest.approx(3)
    assert effective_number([1, 3]) == pytest.approx(16 / 10)
    assert effective_number([]) == effective_number([0, 0]) == 0
