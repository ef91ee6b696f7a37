from dataclasses import replace

import numpy as np
import pytest

from nanotem.measurement import has_flag, measure_particles
from nanotem.measurement.flags import FLAGS
from nanotem.measurement.polygons import measure_outlines, measure_polygons
from nanotem.outlines import rasterise, trace_outlines
from nanotem.outlines.rings import evenly_spaced, smoothed


def ellipse(length_px, width_px, *, turn_deg=0.0, centre=(50.0, 60.0), n=256):
    """Return an ellipse whose long axis is turned counter-clockwise on the screen from the horizontal."""
    angle, turn = np.linspace(2 * np.pi, 0, n, endpoint=False), np.radians(turn_deg)
    along, across = length_px / 2 * np.cos(angle), width_px / 2 * np.sin(angle)
    x, y = along * np.cos(turn) - across * np.sin(turn), along * np.sin(turn) + across * np.cos(turn)
    return np.stack([centre[0] - y, centre[1] + x], axis=1)


def polygon(corners, n=256):
    return evenly_spaced([np.array(corners, float)], [n])[0]


def measured(*rings, rounding_px=1.0):
    return measure_polygons([rings], rounding_px=np.array([rounding_px]))


def test_an_ellipse_has_its_area_centroid_moments_and_widths():
    one = measured(ellipse(60, 20, turn_deg=30))
    assert (one.row_px[0], one.column_px[0]) == pytest.approx((50, 60))
    assert one.area_px == pytest.approx(np.pi * 60 * 20 / 4, rel=1e-3)
    assert one.row_variance + one.column_variance == pytest.approx((60**2 + 20**2) / 16, rel=2e-3)
    assert (one.feret_max_px[0], one.feret_min_px[0]) == pytest.approx((60, 20), rel=0.01)
    assert one.hull_area_px == pytest.approx(one.area_px, rel=1e-3)


def test_particles_measured_together_come_out_as_alone():
    outlines = [(ellipse(60, 20),), (ellipse(40, 40), ellipse(20, 20)[::-1]), (ellipse(12, 9, n=24),)]
    together = measure_polygons(outlines, rounding_px=np.array([1.0, 2.0, 0.5]))
    alone = [measured(*rings, rounding_px=scale) for rings, scale in zip(outlines, (1.0, 2.0, 0.5), strict=True)]
    for name in vars(together):
        assert getattr(together, name) == pytest.approx([getattr(one, name)[0] for one in alone], rel=1e-12, abs=1e-9)


def test_rounded_corners_are_made_good():
    sharp = polygon([(0, 0), (0, 40), (40, 40), (40, 0)])
    rounded = smoothed(sharp[None], scale_px=np.array([2.0]))[0]
    as_it_is, repaired = measured(rounded, rounding_px=1e-3), measured(rounded, rounding_px=2.0)
    assert as_it_is.feret_max_px < 0.97 * 40 * np.sqrt(2)
    assert repaired.feret_max_px == pytest.approx(40 * np.sqrt(2), rel=0.015)
    assert repaired.perimeter_px == pytest.approx(160, rel=0.01)
    assert repaired.feret_min_px == pytest.approx(40, rel=0.02)


def test_a_hole_takes_its_area_away_and_adds_no_perimeter():
    full = measured(ellipse(40, 40))
    ring = measured(ellipse(40, 40), ellipse(20, 20)[::-1])
    assert ring.area_px == pytest.approx(0.75 * full.area_px, rel=1e-6)
    assert ring.perimeter_px == full.perimeter_px
    assert ring.row_variance > full.row_variance


@pytest.fixture(scope="module")
def traced():
    """Two discs of 30 px that touch, one alone, one of 6 px, one at the frame, one drawn by hand."""
    circles = [(40, 40, 30), (40, 70, 30), (40, 122, 30), (100, 40, 6), (100, 134, 30), (100, 85, 30)]
    row, column = np.mgrid[:130, :146]
    depth = [d / 2 - np.hypot(row - r, column - c) for r, c, d in circles]
    noise = np.random.default_rng(2).normal(0, 3, row.shape)
    grey = 180 - 100 * np.clip(np.max(depth, axis=0) / 2.5 + 0.5, 0, 1) + noise
    labels = np.where(np.max(depth, axis=0) > 0, np.argmax(depth, axis=0) + 1, 0).astype(np.int32)
    outlines = trace_outlines(grey.astype(np.float32), labels, drawn=[6])
    return grey, outlines


def test_particles_are_measured_from_their_outlines(traced):
    grey, outlines = traced
    table = measure_particles(rasterise(outlines), grey, outlines=outlines).set_index("label")
    assert table["diameter_px"][[1, 2, 3, 6]].tolist() == pytest.approx([30] * 4, rel=0.02)
    assert table["circularity"][3] == pytest.approx(1, abs=0.02)
    assert (table.loc[3, "row_px"], table.loc[3, "column_px"]) == pytest.approx((40, 122), abs=0.15)
    assert table.loc[3, ["bbox_height_px", "bbox_width_px"]].tolist() == pytest.approx([31, 31], abs=1)
    assert table["mean_grey"][3] == pytest.approx(82, abs=6)
    assert (table["neighbour_share"] > 0.05).tolist() == [True, True, False, False, False, False]
    assert (table["diameter_uncertainty_px"] > table["edge_uncertainty_px"]).all()
    assert 0 < table["edge_uncertainty_px"][3] < 0.5


def test_only_outlines_that_are_not_known_are_measured_again(traced):
    _, outlines = traced
    known = measure_outlines(outlines)
    larger = {1: outlines.rings[1], 3: (2 * outlines.rings[3][0],), 6: outlines.rings[6]}
    edited = replace(outlines, rings=larger, edges=outlines.edges.loc[list(larger)])
    again, alone = measure_outlines(edited, before=(outlines, known)), measure_outlines(edited)
    for name in vars(again):
        assert getattr(again, name).tolist() == getattr(alone, name).tolist()
    other = replace(known, area_px=known.area_px + 1)
    assert (measure_outlines(edited, before=(outlines, other)).area_px - alone.area_px).tolist() == [1, 0, 1]


def test_flags_say_what_became_of_each_outline(traced):
    grey, outlines = traced
    table = measure_particles(rasterise(outlines), grey, outlines=outlines)
    assert has_flag(table, "outline_not_resolved").tolist() == [False, False, False, True, False, False]
    assert has_flag(table, "outline_from_label").tolist() == [False, False, False, False, False, True]
    assert has_flag(table, "touches_frame").tolist() == [False, False, False, False, True, False]
    assert {"outline_not_resolved", "outline_from_label"} < set(FLAGS)


def test_an_empty_image_gives_no_rows_and_every_column():
    labels = np.zeros((20, 30), np.int32)
    outlines = trace_outlines(labels.astype(np.float32), labels)
    table = measure_particles(labels, labels, outlines=outlines)
    assert len(table) == 0
    assert table.dtypes.equals(measure_particles(labels, labels).dtypes)


def test_labels_alone_tell_which_sides_are_shared():
    labels = np.zeros((20, 30), np.int32)
    labels[5:15, 5:10], labels[5:15, 10:15], labels[5:9, 20:24] = 1, 2, 3
    table = measure_particles(labels, labels)
    assert table["neighbour_share"].tolist() == pytest.approx([1 / 3, 1 / 3, 0])
    assert table["diameter_uncertainty_px"].tolist() == pytest.approx([1 / np.sqrt(12)] * 3)
