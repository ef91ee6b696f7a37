"""Corrections draw anew what they changed, and nothing else."""

import numpy as np
import pytest
from drawn_edges import grid, scene

from nanotem.outlines import Outlines, trace_outlines
from nanotem.outlines.anew import to_trace_anew

BODIES = [
    *grid("sphere", 24, 10, pitch_px=44),
    ("sphere", 110, 30, 24),
    ("sphere", 110, 54, 24),
    ("sphere", 110, 100, 8),
]
GREY, LABELS = scene(BODIES, shape=(130, 230), seed=11)
BEFORE = trace_outlines(GREY, LABELS)


def same(one: Outlines, other: Outlines, label: int) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.rings[label], other.rings[label], strict=True))


def again(labels, drawn=(), before=BEFORE):
    return trace_outlines(GREY, labels, drawn=drawn, before=before)


def test_a_particle_that_goes_leaves_all_others_as_they_were():
    outlines = again(np.where(LABELS == 13, 0, LABELS))
    assert list(outlines.rings) == list(range(1, 13)) == outlines.edges.index.tolist()
    assert all(same(outlines, BEFORE, label) for label in outlines.rings)
    assert outlines.edges.equals(BEFORE.edges.loc[:12])
    assert outlines.report.n_unresolved == BEFORE.report.n_unresolved - 1
    assert outlines.report.blur_px == BEFORE.report.blur_px


def test_the_neighbour_of_a_particle_that_goes_is_drawn_anew():
    outlines = again(np.where(LABELS == 12, 0, LABELS))
    assert [label for label in outlines.rings if not same(outlines, BEFORE, label)] == [11]
    assert BEFORE.edges.loc[11, "neighbour_share"] > 0
    assert outlines.edges.loc[11, "neighbour_share"] == 0


def test_a_particle_that_was_only_renamed_keeps_its_outline():
    renamed = np.where(LABELS == 5, 40, LABELS)
    outlines = again(renamed)
    assert outlines.rings[40][0] == pytest.approx(BEFORE.rings[5][0], abs=1e-3)
    assert outlines.edges.loc[40].tolist() == pytest.approx(BEFORE.edges.loc[5].tolist(), abs=1e-3)
    assert outlines.edges.index.tolist() == [1, 2, 3, 4, *range(6, 14), 40]


def test_the_same_labels_give_the_same_outlines_whatever_led_there():
    without = np.where(np.isin(LABELS, [3, 12]), 0, LABELS)
    on_the_way = again(np.where(LABELS == 3, 0, LABELS))
    assert on_the_way.shared is BEFORE.shared
    first, second = again(without), again(without.copy())
    assert all(same(first, second, label) for label in first.rings)
    assert first.edges.equals(second.edges)
    unchanged = again(LABELS)
    assert unchanged.edges.equals(BEFORE.edges)
    # What another correction did elsewhere does not show.
    alone = again(np.where(LABELS == 12, 0, LABELS))
    assert same(first, alone, 11)


def test_what_is_drawn_by_hand_keeps_its_outline_and_the_blur_of_the_image():
    labels = LABELS.copy()
    labels[60:70, 215:225] = 20
    outlines = again(labels, drawn=[20])
    assert outlines.edges.loc[20, "is_from_label"]
    assert outlines.edges.loc[20, "edge_uncertainty_px"] == BEFORE.report.total_blur_px
    assert outlines.report.n_from_label == BEFORE.report.n_from_label + 1


def test_where_half_of_the_particles_were_corrected_all_are_drawn_anew():
    few = np.where(LABELS > 2, LABELS, 0)
    swapped = np.where(LABELS > 0, 14 - LABELS, 0)
    assert again(few).shared is BEFORE.shared
    assert again(swapped).shared is not BEFORE.shared


def test_outlines_that_were_never_measured_are_no_start():
    nothing = trace_outlines(GREY, np.zeros_like(LABELS))
    assert nothing.shared is None
    assert again(LABELS, before=nothing).edges.equals(BEFORE.edges)


def test_what_lies_beside_a_correction_is_told_by_distance():
    before = np.zeros((80, 100), np.int32)
    before[10:20, 10:20], before[10:20, 30:40], before[10:20, 60:70] = 1, 2, 3
    assert to_trace_anew(before, before, ()) == frozenset()
    assert to_trace_anew(before, np.where(before == 1, 0, before), ()) == {2}
    assert to_trace_anew(before, before, [3]) == {3}


def test_a_large_particle_is_drawn_anew_as_far_as_its_background_reaches():
    rows, columns = np.mgrid[:200, :260]
    labels = (np.hypot(rows - 100, columns - 80) < 45).astype(np.int32)
    labels[np.hypot(rows - 100, columns - 160) < 10] = 2  # 25 px beside it: it looks 36 px far
    labels[np.hypot(rows - 100, columns - 230) < 10] = 3
    assert to_trace_anew(labels, np.where(labels == 2, 0, labels), ()) == {1}
    assert to_trace_anew(labels, np.where(labels == 3, 0, labels), ()) == frozenset()
