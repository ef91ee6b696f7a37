import cv2
import numpy as np
import pytest
from drawn_edges import grid, scene

from nanotem.errors import ParameterError
from nanotem.measurement.polygons import measure_outlines
from nanotem.outlines import ProfileScores, clipped_pixels, rasterise, trace_outlines
from nanotem.outlines.rings import signed_area


def diameters(outlines):
    areas = [sum(float(signed_area(ring)) for ring in rings) for rings in outlines.rings.values()]
    return 2 * np.sqrt(np.array(areas) / np.pi)


@pytest.mark.parametrize("contrast", [-80, 80])
@pytest.mark.parametrize(("kind", "family"), [("disc", "flat"), ("sphere", "rounded")])
@pytest.mark.parametrize("blur_px", [0.7, 2.0])
def test_every_kind_of_edge_gives_the_drawn_size(kind, family, blur_px, contrast):
    bodies = grid(kind, 40, 6, pitch_px=80)
    outlines = trace_outlines(*scene(bodies, shape=(160, 250), blur_px=blur_px, contrast=contrast, seed=3))
    assert outlines.report.family == family
    assert diameters(outlines).mean() == pytest.approx(40, rel=0.015)
    assert outlines.report.blur_px == pytest.approx(blur_px, abs=0.25)
    assert outlines.edges["is_resolved"].all()


@pytest.mark.parametrize("blur_px", [0.7, 1.5])
def test_plates_beside_spheres_are_each_measured_by_their_own_edge(blur_px):
    bodies = [("sphere" if k % 2 else "disc", *place) for k, (_, *place) in enumerate(grid("disc", 30, 8, pitch_px=60))]
    outlines = trace_outlines(*scene(bodies, shape=(120, 250), blur_px=blur_px, seed=3))
    assert outlines.report.is_mixed
    assert diameters(outlines) == pytest.approx([30] * 8, rel=0.02)


def test_particles_of_one_kind_are_not_taken_for_several():
    for kind in ("disc", "sphere", "square"):
        outlines = trace_outlines(*scene(grid(kind, 24, 8, pitch_px=60), shape=(120, 250), contrast_to_noise=6, seed=2))
        assert not outlines.report.is_mixed


@pytest.mark.parametrize("blur_px", [0.6, 1.0])
def test_noise_leaves_the_smallest_width_of_squares_alone(blur_px):
    bodies = grid("square", 20, 12, pitch_px=50)
    outlines = trace_outlines(*scene(bodies, shape=(100, 320), blur_px=blur_px, contrast_to_noise=3, seed=1))
    assert measure_outlines(outlines).feret_min_px.mean() == pytest.approx(20, rel=0.025)


def test_no_diameter_is_surer_than_the_classes_are_near_each_other():
    outlines = trace_outlines(*scene(grid("sphere", 60, 4, pitch_px=90), shape=(180, 190), contrast_to_noise=50))
    assert (outlines.edges["diameter_uncertainty_px"] >= 0.005 * 60 * 0.98).all()


def test_fringes_and_sharpened_edges_count_as_uncertainty():
    grey, labels = scene(grid("sphere", 30, 6, pitch_px=70), shape=(140, 220), contrast_to_noise=30, seed=4)
    sharpened = grey + 2 * (grey - cv2.GaussianBlur(grey, (0, 0), 1.5))
    outlines = trace_outlines(sharpened, labels)
    assert (np.abs(diameters(outlines) - 30) < 2 * outlines.edges["diameter_uncertainty_px"]).all()


@pytest.mark.parametrize("blur_px", [0.7, 2.0])
def test_sloping_facets_are_recognised_and_their_uncertainty_holds_the_truth(blur_px):
    bodies = grid("pyramid", 40, 6, pitch_px=80)
    outlines = trace_outlines(*scene(bodies, shape=(160, 250), blur_px=blur_px, seed=3))
    assert outlines.report.family == "faceted"
    assert abs(diameters(outlines).mean() / (40 * np.sqrt(4 / np.pi)) - 1) < 2 * outlines.report.relative_uncertainty
    assert not outlines.edges["is_resolved"].any()


@pytest.mark.parametrize("kind", ["disc", "sphere"])
def test_more_blur_and_more_noise_leave_the_size_alone(kind):
    bodies = grid(kind, 36, 6, pitch_px=70)
    sizes = [
        diameters(trace_outlines(*scene(bodies, shape=(140, 225), blur_px=blur, contrast_to_noise=cnr, seed=8))).mean()
        for blur, cnr in ((0.6, 40), (2.2, 40), (0.6, 5), (2.2, 12))
    ]
    assert sizes == pytest.approx([36] * 4, rel=0.025)


def test_small_ones_are_said_to_be_unresolved_and_their_uncertainty_holds_the_truth():
    outlines = trace_outlines(*scene(grid("sphere", 9, 8, pitch_px=40), shape=(80, 170), blur_px=1.6, seed=5))
    assert not outlines.edges["is_resolved"].any()
    assert not outlines.edges["is_from_label"].any()
    assert outlines.report.n_unresolved == 8
    assert outlines.report.relative_uncertainty >= 0.06
    assert abs(diameters(outlines).mean() / 9 - 1) < 2 * outlines.report.relative_uncertainty


def test_a_label_a_little_off_is_mended():
    grey, labels = scene(grid("sphere", 36, 4, pitch_px=80), shape=(160, 170), seed=4)
    here, shifted = trace_outlines(grey, labels), trace_outlines(grey, np.roll(labels, 2, axis=1))
    assert diameters(shifted) == pytest.approx(diameters(here), rel=0.01)


def test_touching_particles_meet_at_their_border_and_keep_their_size():
    bodies = [("sphere", 40, 40, 40), ("sphere", 40, 79, 40), ("sphere", 40, 150, 40), ("sphere", 110, 90, 40)]
    outlines = trace_outlines(*scene(bodies, shape=(150, 190), seed=6))
    assert diameters(outlines) == pytest.approx([40] * 4, rel=0.03)
    share = outlines.edges["neighbour_share"]
    assert (share[:2] > 0.08).all()
    assert share[2:].tolist() == [0, 0]
    assert max(ring[:, 1].max() for ring in outlines.rings[1]) < 61.5


def test_a_particle_among_neighbours_keeps_the_outline_of_its_label():
    bodies = [("sphere", 24 + 24 * r, 24 + 21 * c + 10.5 * (r % 2), 24) for r in range(5) for c in range(6)]
    outlines = trace_outlines(*scene(bodies, shape=(150, 170), blur_px=1.5))
    inner = 1 + 2 * 6 + 2
    assert outlines.edges["is_from_label"][inner]
    assert outlines.edges["edge_uncertainty_px"][inner] == pytest.approx(outlines.report.total_blur_px)
    assert outlines.report.n_from_label == outlines.edges["is_from_label"].sum()


def test_an_outline_ends_at_the_frame():
    bodies = [("disc", 0, 40, 40), ("disc", 60, 90, 40), ("disc", 60, 40, 40)]
    outlines = trace_outlines(*scene(bodies, shape=(110, 130)))
    assert outlines.rings[1][0][:, 0].min() == pytest.approx(-0.5, abs=0.6)
    assert (outlines.edges["neighbour_share"] == 0).all()
    assert diameters(outlines)[0] == pytest.approx(np.sqrt((40**2 + 40 * 4 / np.pi) / 2), rel=0.03)


def test_what_is_ignored_is_a_frame():
    grey, labels = scene([("disc", 30, 30, 30), ("disc", 30, 80, 30)], shape=(60, 110))
    ignored = np.zeros(labels.shape, bool)
    ignored[:, 88:] = True
    outlines = trace_outlines(np.where(ignored, 255, grey), np.where(ignored, 0, labels), ignored=ignored)
    assert outlines.rings[2][0][:, 1].max() < 88.6


def test_a_hole_of_the_label_is_a_ring_of_its_own():
    grey, labels = scene([("disc", 40, 40, 50), ("disc", 40, 110, 50)], shape=(80, 150))
    inner = np.hypot(*(np.mgrid[:80, :150] - np.array([40, 40])[:, None, None])) < 10
    grey[inner], labels[inner] = 150, 0
    outlines = trace_outlines(grey, labels)
    assert [len(rings) for rings in outlines.rings.values()] == [2, 1]
    outer, hole = outlines.rings[1]
    assert signed_area(outer) > 0 > signed_area(hole)
    assert rasterise(outlines)[40, 40] == 0


def test_labels_where_nothing_stands_out_are_kept_as_they_are():
    _, labels = scene(grid("disc", 30, 2, pitch_px=60), shape=(120, 60))
    flat = np.random.default_rng(1).normal(100, 5, labels.shape).astype(np.float32)
    outlines = trace_outlines(flat, labels)
    assert outlines.edges["is_from_label"].all()
    assert np.isnan(outlines.report.blur_px)
    assert (rasterise(outlines) != labels).mean() < 0.01


def test_drawn_labels_are_kept():
    grey, labels = scene(grid("disc", 30, 4, pitch_px=60), shape=(120, 130))
    square = labels.copy()
    square[labels == 2] = 0
    square[80:102, 20:42] = 2
    outlines = trace_outlines(grey, square, drawn=[2])
    assert outlines.edges["is_from_label"].tolist() == [False, True, False, False]
    assert signed_area(outlines.rings[2][0]) == pytest.approx(22 * 22, rel=0.01)


def test_the_outline_of_a_label_encloses_its_pixels_without_its_holes():
    labels = np.zeros((60, 60), np.int32)
    labels[10:50, 12:40] = 1
    labels[20:30, 20:30] = 0
    outlines = trace_outlines(np.zeros(labels.shape, np.float32), labels, drawn=[1])
    assert [float(signed_area(ring)) for ring in outlines.rings[1]] == pytest.approx([40 * 28, -100])


def test_grey_levels_that_are_cut_off_leave_the_outline_unresolved():
    grey, labels = scene(grid("sphere", 36, 4, pitch_px=80), shape=(160, 170))
    recorded = np.clip(grey, 100, 255).astype(np.uint8)
    sure = trace_outlines(grey, labels, clipped=clipped_pixels(np.clip(grey, 0, 255).astype(np.uint8)))
    unsure = trace_outlines(recorded.astype(np.float32), labels, clipped=clipped_pixels(recorded))
    assert sure.edges["is_resolved"].all()
    assert not unsure.edges["is_resolved"].any()


def test_a_background_that_is_cut_off_hides_the_foot_of_every_edge_and_its_uncertainty_holds_the_truth():
    grey, labels = scene(grid("sphere", 36, 6, pitch_px=80), shape=(160, 250), contrast=-160, contrast_to_noise=40)
    shown = np.clip(grey - grey.max() + 285, 0, None)
    sure, unsure = (np.clip(shown - too_bright, 0, 255).astype(np.uint8) for too_bright in (30, 0))
    assert clipped_pixels(unsure)[labels == 0].mean() > 0.9
    seen, cut = (trace_outlines(one.astype(np.float32), labels, clipped=clipped_pixels(one)) for one in (sure, unsure))
    assert seen.edges["is_resolved"].all()
    assert not cut.edges["is_resolved"].any()
    assert diameters(seen) == pytest.approx(36, rel=0.015)
    assert diameters(cut).mean() < 0.98 * 36
    assert (np.abs(diameters(cut) - 36) < 2 * cut.edges["diameter_uncertainty_px"]).all()


def test_small_particles_whose_labels_are_as_wide_as_the_blur_that_noise_asked_for_keep_their_size():
    grey, labels = scene(grid("disc", 5, 12, pitch_px=40), shape=(80, 260), blur_px=0.8, seed=2)
    wide = cv2.dilate(labels.astype(np.float32), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))).astype(np.int32)
    assert 2 * np.sqrt((wide == 1).sum() / np.pi) > 10
    outlines = trace_outlines(grey, wide, label_blur_px=2.25)
    assert not outlines.edges["is_from_label"].any()
    assert diameters(outlines).mean() == pytest.approx(5, abs=0.5)


def test_what_has_the_outline_of_its_label_is_as_unsure_as_the_picture_that_was_labelled_but_not_what_was_drawn():
    grey, labels = scene(grid("disc", 30, 2, pitch_px=60), shape=(120, 60), blur_px=0.8, seed=2)
    lost = trace_outlines(np.full_like(grey, 100), labels, label_blur_px=2.25, drawn=[2]).edges["edge_uncertainty_px"]
    assert lost[1] == pytest.approx(2.25)
    assert lost[2] == pytest.approx(1)


def test_no_particles_give_no_outlines():
    outlines = trace_outlines(np.zeros((30, 40), np.float32), np.zeros((30, 40), np.int32))
    assert len(outlines.rings) == len(outlines.edges) == outlines.report.n_fitted == 0
    assert not rasterise(outlines).any()


def test_the_profile_can_be_fixed_and_flat_outlines_lie_further_in():
    grey, labels = scene(grid("sphere", 30, 4, pitch_px=60), shape=(120, 130), blur_px=1.5)
    free, flat = trace_outlines(grey, labels), trace_outlines(grey, labels, profile="flat")
    assert (free.report.family, flat.report.family) == ("rounded", "flat")
    assert (diameters(flat) < 0.97 * diameters(free)).all()


def test_scores_of_a_sharp_image_settle_the_profile_of_a_blurred_one():
    sharp = trace_outlines(*scene(grid("sphere", 16, 8, pitch_px=40), shape=(80, 170), blur_px=0.5))
    blurred = scene(grid("sphere", 16, 8, pitch_px=40), shape=(80, 170), blur_px=2.2, seed=9)
    alone = trace_outlines(*blurred)
    pooled = trace_outlines(*blurred, profile=(sharp.report.scores + alone.report.scores).weights)
    assert pooled.report.relative_uncertainty <= alone.report.relative_uncertainty
    assert abs(diameters(pooled).mean() - 16) <= abs(diameters(alone).mean() - 16) + 0.2
    assert (sharp.report.scores + alone.report.scores).n == sharp.report.scores.n + alone.report.scores.n


def test_scores_of_nothing_are_as_probable_as_before():
    assert sum(ProfileScores().weights) == pytest.approx(1)
    assert ProfileScores().family == "rounded"


def test_the_mean_profile_rises_from_background_to_particle_along_its_fit():
    report = trace_outlines(*scene(grid("disc", 40, 4, pitch_px=80), shape=(160, 170))).report
    assert report.profile.contrast[0] == pytest.approx(0, abs=0.05)
    assert report.profile.contrast[-1] == pytest.approx(1, abs=0.05)
    assert np.abs(report.profile.contrast - report.profile.fit).max() < 0.05
    assert report.profile.fit[np.abs(report.profile.depth_px).argmin()] == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("name", ["grey", "ignored", "clipped"])
def test_arrays_of_another_shape_are_refused(name):
    arrays = {"grey": np.zeros((5, 5), np.float32), name: np.zeros((5, 6), np.float32)}
    with pytest.raises(ParameterError, match=rf"`{name}` \(shape \(5, 6\)\)"):
        trace_outlines(arrays.pop("grey"), np.zeros((5, 5), np.int32), **arrays)


def test_an_unknown_profile_is_refused():
    with pytest.raises(ParameterError, match=r"no profile 'round'.*rounded"):
        trace_outlines(np.zeros((5, 5), np.float32), np.zeros((5, 5), np.int32), profile="round")


def test_small_spheres_of_the_material_of_large_ones_are_measured_as_thinner():
    """The profile is that of the large ones; at its absorption the small ones would come out 5 % too small."""
    y, x = np.mgrid[:160, :320].astype(float)
    sizes = [(80.0, 60.0 + 100 * k, 70.0) for k in range(2)]
    sizes += [(30.0 + 35 * i, 240.0 + 35 * j, 16.0) for i in range(4) for j in range(2)]
    thickness = sum(
        2 * np.sqrt(np.clip((size / 2) ** 2 - (y - row) ** 2 - (x - column) ** 2, 0, None))
        for row, column, size in sizes
    )
    labels = sum(
        k * (np.hypot(y - row, x - column) < 0.45 * size) for k, (row, column, size) in enumerate(sizes, start=1)
    )
    grey = cv2.GaussianBlur(200 * np.exp(-thickness / 28), (0, 0), 0.8).astype(np.float32)
    noisy = grey + np.random.default_rng(5).normal(0, 3, grey.shape).astype(np.float32)
    found = diameters(trace_outlines(noisy, np.asarray(labels, np.int32)))
    assert np.mean(found[2:]) == pytest.approx(16, rel=0.02)
    assert np.mean(found[:2]) == pytest.approx(70, rel=0.01)


@pytest.mark.parametrize(("kind", "size_px"), [("pyramid", 80.0), ("disc", 40.0)])
def test_where_noise_hides_the_foot_of_a_facet_the_outline_is_not_resolved(kind, size_px) -> None:
    picture, labels = scene([(kind, 60.0, 60.0, size_px)], shape=(120, 120), contrast_to_noise=3.0)
    outlines = trace_outlines(picture, labels)
    is_steep = kind == "disc"
    assert outlines.edges["is_resolved"].tolist() == [is_steep]
    assert (outlines.report.relative_uncertainty < 0.02) == is_steep
    assert (outlines.report.relative_uncertainty > 0.05) != is_steep
