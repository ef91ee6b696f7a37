import numpy as np
import pytest
from drawn_edges import grid, scene

from nanotem.outlines import trace_outlines
from nanotem.outlines.rings import signed_area
from nanotem.outlines.slopes import without_slopes
from nanotem.outlines.zones import nearest_labels


def diameters(outlines):
    areas = [sum(float(signed_area(ring)) for ring in rings) for rings in outlines.rings.values()]
    return 2 * np.sqrt(np.array(areas) / np.pi)


def around(radius_px, *, hidden=None, tilt=(0.0, 0.0), noise=0.0):
    rows, columns = np.mgrid[-40:41, -40:41]
    labels = (np.hypot(rows, columns) < radius_px).astype(np.int32)
    image = tilt[0] * rows + tilt[1] * columns + np.random.default_rng(1).normal(0, noise, rows.shape)
    image = (image + 50 * labels).astype(np.float32)
    nearest, distance = nearest_labels(labels)
    level = image.copy()
    hidden = np.zeros(labels.shape, bool) if hidden is None else hidden
    without_slopes(level, nearest, distance, np.full(labels.shape, 8, np.float32), hidden)
    return image, level, labels


@pytest.mark.parametrize("tilt", [(1.5, 0.0), (-0.7, 2.0)])
def test_a_slope_is_taken_away_as_far_as_profiles_reach_and_the_level_stays(tilt):
    image, level, labels = around(12, tilt=tilt, noise=0.5)
    rows, columns = np.mgrid[-40:41, -40:41]
    near = (np.hypot(rows, columns) < 26) & (labels == 0)
    assert level[near].std() < 0.6
    assert level[near].mean() == pytest.approx(image[near].mean(), abs=0.1)
    assert level[labels > 0].mean() == pytest.approx(50, abs=0.1)
    np.testing.assert_array_equal(level[:5], image[:5])


def test_noise_is_no_slope():
    image, level, _ = around(12, noise=3.0)
    np.testing.assert_array_equal(level, image)


def test_what_is_seen_on_one_side_alone_is_no_slope():
    hidden = np.zeros((81, 81), bool)
    hidden[40:] = True
    image, level, _ = around(12, hidden=hidden, tilt=(1.5, 0.0), noise=0.5)
    np.testing.assert_array_equal(level, image)


@pytest.mark.parametrize("kind", ["disc", "sphere"])
@pytest.mark.parametrize("contrast", [-80, 80])
def test_particles_on_slopes_have_their_drawn_size(kind, contrast):
    bodies = grid(kind, 24, 12, pitch_px=80)
    grey, labels = scene(bodies, shape=(250, 330), contrast=contrast, seed=6)
    rows, columns = np.mgrid[: grey.shape[0], : grey.shape[1]]
    uneven = 30 * np.sin(rows / 40) * np.cos(columns / 50)  # by up to 18 across a particle
    outlines = trace_outlines((grey + uneven).astype(np.float32), labels)
    assert not outlines.edges["is_from_label"].any()
    assert diameters(outlines) == pytest.approx(diameters(trace_outlines(grey, labels)), rel=0.03)


@pytest.mark.parametrize("share", [0.5, 0.75, 1.0])
def test_at_a_step_of_the_support_no_outline_is_resolved(share):
    grey, labels = scene(grid("disc", 24, 12, pitch_px=80), shape=(170, 500), contrast_to_noise=10, seed=3)
    step = 80 * share * (np.arange(500) % 80 > 45)  # through every particle, 5 px beside its middle
    outlines = trace_outlines((grey + step).astype(np.float32), labels)
    assert not outlines.edges["is_resolved"].any()
    assert outlines.edges["is_from_label"].mean() > (0.9 if share > 0.5 else 0)
    assert diameters(outlines) == pytest.approx([24] * 12, rel=0.02 if share > 0.5 else 0.08)


def test_what_a_slope_leaves_uneven_counts_as_uncertainty():
    grey, labels = scene(grid("disc", 24, 12, pitch_px=80), shape=(170, 500), contrast_to_noise=30, seed=3)
    columns = np.mgrid[:170, :500][1]
    level, sloping, stepping = (
        trace_outlines((grey + ground).astype(np.float32), labels).edges["diameter_uncertainty_px"].mean()
        for ground in (0 * columns, 2.0 * columns, 40.0 * (columns % 80 > 45))
    )
    assert sloping == pytest.approx(level, rel=0.2)
    assert stepping > 3 * level
