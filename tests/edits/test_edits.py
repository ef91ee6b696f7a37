from dataclasses import replace

import numpy as np
import pytest
from drawing import Particle, disc_grid, draw, with_noise

from nanotem.edits.edits import (
    Add,
    EditedLabels,
    EditError,
    EditLog,
    Merge,
    Remove,
    Replace,
    Split,
    Target,
    apply_edit,
    apply_edits,
    grown_outline,
    target_of,
)
from nanotem.edits.labels_as_text import pack_labels
from nanotem.labels import holes, regions
from nanotem.micrograph import Labels

SHAPE = (120, 160)
APART = draw(SHAPE, disc_grid(3, 4, pitch_px=40, diameter_px=24))[1]
"""Discs 1 to 12, the first one centred on row 20, column 20."""


ROW = draw(SHAPE, disc_grid(1, 4, pitch_px=25, diameter_px=24))[1]
"""Discs 1 to 4 in a row, with 1 px between neighbours."""


def labels_of(*particles: Particle) -> Labels:
    return draw(SHAPE, particles)[1]


def as_one(labels: Labels) -> Labels:
    return (labels > 0).astype(np.int32)


def areas(labels: Labels) -> dict[int, int]:
    return {int(label): int((labels == label).sum()) for label in np.unique(labels[labels > 0])}


def diameters_of(labels: Labels) -> list[float]:
    return sorted(np.sqrt(4 * area / np.pi) for area in areas(labels).values())


def targets(labels: Labels, *numbers: int) -> tuple[Target, ...]:
    return tuple(target_of(labels, number) for number in numbers)


def edited(labels: Labels, *edits) -> EditedLabels:
    """Carry out edits that must succeed and must not change their input."""
    before = labels.copy()
    result = apply_edits(labels, edits)
    np.testing.assert_array_equal(labels, before)
    assert result.lost == ()
    return result


def refusal(labels: Labels, edit) -> str:
    """Return why an edit cannot be carried out, with the remedy."""
    before = labels.copy()
    with pytest.raises(EditError) as refused:
        apply_edit(labels, edit, int(labels.max()) + 1)
    np.testing.assert_array_equal(labels, before)
    assert refused.value.hint.endswith(".")
    return str(refused.value)


@pytest.mark.parametrize("diameters", [(10, 10), (24, 24), (60, 60), (60, 20)])
@pytest.mark.parametrize("overlap", [0.05, 0.15])
def test_a_touching_pair_is_split_at_its_neck(diameters: tuple[int, int], overlap: float) -> None:
    distance = (1 - overlap) * sum(diameters) / 2
    truth = labels_of(Particle(60, 50, diameters[0]), Particle(60 + 0.6 * distance, 50 + 0.8 * distance, diameters[1]))
    both = as_one(truth)
    result = edited(both, Split(target_of(both, 1)))
    assert diameters_of(result.labels) == pytest.approx(diameters_of(truth), rel=0.07)
    assert result.touched == {1, 2}
    assert result.unused == 3


def test_a_chain_of_equal_necks_is_split_at_all_of_them() -> None:
    truth = labels_of(*(Particle(60, column, 28) for column in (40, 66, 92)))
    chain = as_one(truth)
    result = edited(chain, Split(target_of(chain, 1)))
    assert sorted(areas(result.labels).values()) == pytest.approx(sorted(areas(truth).values()), rel=0.03)


def test_a_disc_has_no_neck() -> None:
    assert "no neck" in refusal(APART, Split(target_of(APART, 1)))


@pytest.mark.parametrize("angle_deg", [0, 30, 90, 135])
@pytest.mark.parametrize("off_centre", [0.0, 0.5])
def test_a_disc_is_cut_along_a_line(angle_deg: float, off_centre: float) -> None:
    disc = labels_of(Particle(60, 80, 60))
    along = np.array([np.sin(np.radians(angle_deg)), np.cos(np.radians(angle_deg))])
    middle = np.array([60, 80]) + 30 * off_centre * np.array([along[1], -along[0]])
    line = (tuple(middle - 40 * along), tuple(middle), tuple(middle + 40 * along))
    segment = 30**2 * (np.arccos(off_centre) - off_centre * np.sqrt(1 - off_centre**2))
    result = edited(disc, Split(target_of(disc, 1), line))
    assert areas(result.labels) == pytest.approx({1: np.pi * 30**2 - segment, 2: segment}, abs=45)
    np.testing.assert_array_equal(result.labels > 0, disc > 0)


def test_a_line_that_follows_the_outline_leaves_no_crumbs() -> None:
    generator = np.random.default_rng(0)
    for _ in range(150):
        disc = labels_of(Particle(60, 80, diameter := generator.uniform(8, 90)))
        across = np.exp(1j * generator.uniform(0, 2 * np.pi))
        middle = 60 + 80j + generator.uniform(-0.5, 0.5) * diameter * across
        ends = [middle - 100j * across, middle + 100j * across]
        line = tuple((end.real, end.imag) for end in ends)
        found = areas(apply_edits(disc, [Split(target_of(disc, 1), line)]).labels)
        assert len(found) <= 2
        assert min(found.values()) >= 5
        assert sum(found.values()) == (disc > 0).sum()


def test_a_line_that_ends_inside_does_not_divide() -> None:
    speckled = APART.copy()
    speckled[tuple(np.argwhere(APART == 1).min(axis=0))] = 1
    for labels in (APART, speckled):
        line = ((20.0, 0.0), (20.0, 20.0))
        assert "does not divide" in refusal(labels, Split(target_of(labels, 1), line))


def test_a_ring_is_divided_by_a_line_across_both_sides() -> None:
    ring = labels_of(Particle(60, 60, 60))
    ring[50:70, 50:70] = 0
    target = target_of(ring, 1)
    assert "does not divide" in refusal(ring, Split(target, ((60.0, 20.0), (60.0, 60.0))))
    halves = areas(edited(ring, Split(target, ((60.0, 20.0), (60.0, 100.0)))).labels)
    assert halves[1] == pytest.approx(halves[2], rel=0.06)


@pytest.mark.parametrize("numbers", [(3, 2), (1, 3, 2)])
def test_a_merged_particle_keeps_the_smallest_number(numbers: tuple[int, ...]) -> None:
    touching = labels_of(*(Particle(60, 30 + 22 * k, 24) for k in range(4)))
    result = edited(touching, Merge(targets(touching, *numbers)))
    expected = np.where(np.isin(touching, numbers), min(numbers), touching)
    np.testing.assert_array_equal(result.labels, expected)
    assert result.touched == {min(numbers)}


@pytest.mark.parametrize("gap_px", [1, 2])
@pytest.mark.parametrize("is_slanted", [False, True])
def test_merged_halves_are_one_body_across_a_thin_gap(gap_px: int, is_slanted: bool) -> None:
    disc = labels_of(Particle(60, 80, 60))
    columns = np.arange(SHAPE[1]) - np.arange(SHAPE[0])[:, None] // 2 * is_slanted
    line = (columns >= columns[60, 80]) & (columns < columns[60, 80] + gap_px)
    halves = np.where(line, 0, disc + (columns > columns[60, 80]) * (disc > 0)).astype(np.int32)
    merged = edited(halves, Merge(targets(halves, 1, 2))).labels
    assert areas(merged) == pytest.approx(areas(disc), rel=2e-3)
    assert not (merged[disc == 0]).any()


def test_particles_that_lie_apart_are_no_single_one() -> None:
    message = refusal(APART, Merge(targets(APART, 1, 2)))
    assert "More than 2 px lie between these particles" in message
    assert "Remove them, and draw the outline" in message
    between = ROW.copy()
    between[:, 25] = 9  # another one lies there
    assert "More than 2 px" in refusal(between, Merge(targets(between, 1, 2)))


def test_a_bridge_leaves_other_particles_alone() -> None:
    result = edited(ROW, Merge(targets(ROW, 2, 3)))
    np.testing.assert_array_equal(result.labels % 3 == 1, ROW % 3 == 1)  # those beside it, 1 and 4
    assert areas(result.labels)[2] == pytest.approx(2 * areas(ROW)[2], abs=20)
    assert regions(result.labels == 2).max() == 1
    assert set(areas(result.labels)) == {1, 2, 4}


def test_of_labels_in_pieces_every_piece_counts() -> None:
    first, second = labels_of(Particle(30, 40, 40)) > 0, labels_of(Particle(30, 100, 30)) > 0
    cut = labels_of(Particle(90, 80, 40)) > 0
    drawn = (first * 3 + second * 3 + cut * 4).astype(np.int32)
    drawn[:, 80] = 0
    drawn[118, 4:6] = 4
    result = edited(APART, Replace(SHAPE, pack_labels(drawn)))
    assert set(areas(result.labels)) == {3, 4, 13}
    np.testing.assert_array_equal(result.labels == 3, first)
    np.testing.assert_array_equal(result.labels == 13, second)
    assert areas(result.labels)[4] == pytest.approx(cut.sum(), abs=2)
    assert result.touched == result.drawn == {3, 4, 13}
    (remark,) = result.remarks
    assert remark.startswith("Of the labels that were taken over 2 lay in several pieces")
    assert edited(APART, Replace(SHAPE, pack_labels(APART))).remarks == ()


def test_an_outline_that_another_particle_divides_is_its_largest_piece_and_says_so() -> None:
    bar = np.zeros(SHAPE, np.int32)
    bar[:, 70:80] = 1
    result = edited(bar, Add(((30.0, 40.0), (30.0, 90.0), (60.0, 90.0), (60.0, 40.0))))
    assert regions(result.labels == 2).max() == 1
    assert areas(result.labels)[2] == pytest.approx(900, rel=0.05)
    (remark,) = result.remarks
    assert remark.startswith("Of an outline that was drawn by hand")
    assert edited(bar, Add(((30.0, 40.0), (30.0, 75.0), (60.0, 75.0), (60.0, 40.0)))).remarks == ()
    assert result.then(Remove(targets(result.labels, 1))).remarks == (remark,)
    assert result.then(Remove(targets(result.labels, 2))).remarks == ()


def test_removed_numbers_are_not_used_again() -> None:
    outline = ((100.0, 130.0), (100.0, 150.0), (118.0, 140.0))
    result = edited(APART, Remove(targets(APART, 12, 3)), Add(outline))
    assert set(areas(result.labels)) == {*range(1, 13), 13} - {12, 3}
    assert result.touched == {13}


def test_without_targets_nothing_happens() -> None:
    result = edited(APART, Merge(()), Remove(()))
    np.testing.assert_array_equal(result.labels, APART)


def test_an_added_particle_leaves_its_neighbour_alone() -> None:
    square = ((10.0, 20.0), (10.0, 50.0), (30.0, 50.0), (30.0, 20.0))
    result = edited(APART, Add(square))
    filled = np.zeros(SHAPE, bool)
    filled[10:30, 20:50] = True
    np.testing.assert_array_equal(result.labels == 13, filled & (APART == 0))
    np.testing.assert_array_equal(np.where(result.labels == 13, 0, result.labels), APART)


def test_an_added_particle_ends_at_the_frame() -> None:
    result = edited(np.zeros(SHAPE, np.int32), Add(((-20.0, -20.0), (-20.0, 9.5), (9.5, 9.5), (9.5, -20.0))))
    assert areas(result.labels) == {1: 100}


@pytest.mark.parametrize("diameter_px", [8, 16, 48])
def test_drawn_circles_are_right_on_average(diameter_px: float) -> None:
    generator, turns = np.random.default_rng(0), np.linspace(0, 2 * np.pi, 120, endpoint=False)
    circle = diameter_px / 2 * np.stack([np.sin(turns), np.cos(turns)], axis=1)
    blank = np.zeros(SHAPE, np.int32)
    middle = np.array([60, 80])
    outlines = [circle + middle + generator.uniform(-0.5, 0.5, 2) for _ in range(100)]
    found = [edited(blank, Add(tuple(map(tuple, outline)))).labels for outline in outlines]
    assert np.mean([labels.sum() for labels in found]) == pytest.approx(np.pi * diameter_px**2 / 4, rel=0.01)
    rows, columns = np.mean([np.argwhere(labels).mean(axis=0) for labels in found], axis=0)
    assert (rows, columns) == pytest.approx((60, 80), abs=0.1)


@pytest.mark.parametrize(
    ("outline", "message"),
    [
        (((1.0, 1.0), (5.0, 5.0)), "An outline of 2 points encloses nothing. Draw at least three"),
        (((18.0, 18.0), (22.0, 18.0), (20.0, 22.0)), "no room"),
        (((-9.0, -9.0), (-9.0, -5.0), (-5.0, -5.0)), "encloses the middle of no pixel. Draw it round"),
        (((10.0, 10.0), (10.0, 30.0), (10.0, 50.0)), "encloses the middle of no pixel"),
        (((40.0, 10.0), (50.0, 20.0), (60.0, 30.0)), "encloses the middle of no pixel"),
        (((10.0, 10.0), (10.0, 10.0), (10.0, 10.0)), "encloses the middle of no pixel"),
        (((40.2, 40.2), (40.2, 40.8), (40.8, 40.8)), "encloses the middle of no pixel"),
        (((1.0, 1.0), (5.0, np.nan), (5.0, 5.0)), "cannot be filled"),
    ],
)
def test_an_outline_needs_room(outline, message: str) -> None:
    assert message in refusal(APART, Add(outline))


@pytest.mark.parametrize("disc", [Particle(60, 80, 30), Particle(0, 0, 40), Particle(118, 159, 24)])
def test_a_missed_particle_is_grown_from_a_click(disc: Particle) -> None:
    image, truth = draw(SHAPE, [disc, Particle(60, 30, 30)])
    contrast = with_noise(180 - image, 3)
    known = np.where(truth == 2, 1, 0).astype(np.int32)
    click = (min(disc.row + 3, SHAPE[0] - 1.0), min(disc.column + 3, SHAPE[1] - 1.0))
    result = edited(known, Add(grown_outline(contrast, known, click)))
    found, expected = result.labels == 2, truth == 1
    assert (found & expected).sum() / (found | expected).sum() > 0.97
    np.testing.assert_array_equal(result.labels == 1, known == 1)


def test_growing_fills_holes_and_accepts_what_is_brighter_than_the_level() -> None:
    contrast = np.zeros(SHAPE, np.float32)
    contrast[20:41, 20:41] = 60
    contrast[20:41, 41:61] = 100
    contrast[28:33, 28:33] = 0
    blank = np.zeros(SHAPE, np.int32)
    for level, width in ((0.5, 41), (0.7, 20)):
        outline = grown_outline(contrast, blank, (30, 50), level=level)
        assert areas(edited(blank, Add(outline)).labels) == {1: 21 * width}


def test_what_is_grown_has_exactly_its_pixels() -> None:
    blobs = labels_of(Particle(60, 80, 50), Particle(20, 20, 16)) > 0
    ragged = blobs & (np.random.default_rng(0).random(SHAPE) < 0.8)
    ragged[60, 80:160] = True  # a whisker up to the frame
    ragged[41, 60], ragged[42:45, 57:60] = True, True  # hangs on by a corner
    grown = regions(ragged) == regions(ragged)[60, 80]
    blank = np.zeros(SHAPE, np.int32)
    outline = grown_outline(100 * ragged.astype(np.float32), blank, (60, 100))
    np.testing.assert_array_equal(edited(blank, Add(outline)).labels > 0, grown | holes(grown))


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ((-1, 5), "outside the image"),
        ((5, 160), "outside the image"),
        ((20, 20), "belongs to a particle already"),
        ((40, 40), "Nothing stands out"),
    ],
)
def test_nothing_is_grown_where_there_is_nothing(place, message: str) -> None:
    for contrast in (np.zeros(SHAPE, np.float32), with_noise(np.zeros(SHAPE, np.float32), 5)):
        with pytest.raises(EditError, match=message) as refused:
            grown_outline(contrast, APART, place)
        assert refused.value.hint


def test_a_target_is_found_again_after_other_parameters() -> None:
    place = target_of(APART, 6)
    others = np.where(APART > 0, 100 - APART, 0).astype(np.int32)
    others[:, 1:] = np.maximum(others[:, 1:], others[:, :-1])
    result = apply_edits(others, [Remove((place,))])
    assert set(areas(others)) - set(areas(result.labels)) == {94}


def test_an_edit_whose_particle_is_gone_is_reported_and_the_others_are_carried_out() -> None:
    gone, kept = Remove(targets(APART, 2)), Remove(targets(APART, 5))
    merge = Merge(targets(APART, 1, 2))
    result = apply_edits(np.where(APART == 2, 0, APART), [gone, merge, kept])
    assert set(areas(result.labels)) == {*range(1, 13)} - {2, 5}
    assert [edit for edit, _ in result.lost] == [gone, merge]
    assert "no particle at row 20, column 60 any more" in result.lost[0][1]


@pytest.mark.parametrize(("factor", "is_found"), [(0.4, False), (0.6, True), (1.9, True), (2.1, False)])
def test_a_particle_of_another_size_is_another_one(factor: float, is_found: bool) -> None:
    target = target_of(APART, 6)
    other = replace(target, area_px=round(target.area_px / factor))
    result = apply_edits(APART, [Remove((other,))])
    assert (6 not in areas(result.labels)) == is_found
    if not is_found:
        assert f"had {other.area_px} px and now has {target.area_px}" in result.lost[0][1]


def test_targets_outside_the_image_are_lost() -> None:
    for row, column in ((-1, 20), (20, -1), (120, 20), (20, 160)):
        assert f"row {row}, column {column}" in refusal(APART, Remove((Target(row, column, 450),)))


def test_what_an_edit_made_can_be_edited_again() -> None:
    truth = labels_of(Particle(60, 60, 40), Particle(60, 96, 40))
    both = as_one(truth)
    split = edited(both, Split(target_of(both, 1)))
    joined = split.then(Merge(targets(split.labels, 1, 2)))
    np.testing.assert_array_equal(joined.labels, both)
    again = joined.then(Split(target_of(both, 1), ((60.0, 20.0), (60.0, 150.0))))
    assert set(areas(again.labels)) == {1, 3}
    assert again.touched == {1, 3}
    last = again.then(Remove(targets(again.labels, 3)))
    assert set(areas(last.labels)) == {1}
    assert last.unused == 4


def test_a_target_lies_inside_its_particle() -> None:
    ring = labels_of(Particle(60, 60, 60))
    ring[labels_of(Particle(60, 60, 40)) > 0] = 0
    for labels in (APART, ring, labels_of(Particle(0, 159, 30)), np.ones((7, 9), np.int32)):
        target = target_of(labels, 1)
        assert labels[target.row, target.column] == 1
        assert target.area_px == (labels == 1).sum()
    assert target_of(APART, 1) == Target(20, 20, areas(APART)[1])


@pytest.mark.parametrize("number", [0, -3, 13])
def test_a_particle_that_is_not_there_is_no_target(number: int) -> None:
    with pytest.raises(EditError, match=rf"no particle {number}\. Select a particle"):
        target_of(APART, number)


def test_a_single_pixel_can_be_removed_and_merged_but_not_split() -> None:
    labels = APART.copy()
    labels[0, 159] = 13
    (pixel,) = targets(labels, 13)
    assert pixel == Target(0, 159, 1)
    assert 13 not in areas(edited(labels, Remove((pixel,))).labels)
    labels[0, 150:158] = labels[0:21, 150] = 4
    assert edited(labels, Merge((pixel, target_of(labels, 4)))).labels[0, 158:].tolist() == [4, 4]
    assert "no neck" in refusal(labels, Split(pixel))
    assert "does not divide" in refusal(labels, Split(pixel, ((-2.0, 159.0), (4.0, 159.0))))


def test_particles_that_the_frame_cuts_are_split_like_others() -> None:
    truth = labels_of(Particle(0, 60, 40), Particle(0, 97, 40), Particle(119, 159, 50))
    labels = np.where(truth == 2, 1, truth).astype(np.int32)
    at_neck = edited(labels, Split(target_of(labels, 1))).labels
    assert sorted(areas(at_neck).values()) == pytest.approx(sorted(areas(truth).values()), rel=0.05)
    cut = edited(labels, Split(target_of(labels, 3), ((90.0, 130.0), (130.0, 170.0)))).labels
    assert cut[110, 159] != cut[119, 145]


def test_a_particle_in_the_hole_of_another_is_its_own() -> None:
    ring = labels_of(Particle(60, 60, 60))
    ring[labels_of(Particle(60, 60, 40)) > 0] = 0
    labels = np.where(labels_of(Particle(60, 60, 20)) > 0, 2, ring).astype(np.int32)
    without = edited(labels, Remove(targets(labels, 1))).labels
    np.testing.assert_array_equal(without, np.where(labels == 2, 2, 0))
    outline = ((40.0, 40.0), (40.0, 80.0), (80.0, 80.0), (80.0, 40.0))
    assert areas(edited(labels, Add(outline)).labels).items() >= areas(labels).items()


def random_edit(labels: Labels, generator: np.random.Generator):
    numbers = list(areas(labels))
    one, other = generator.choice(numbers, 2, replace=False)
    target = target_of(labels, one)
    corner = generator.uniform(0, 140, 2)
    return (
        Remove((target,)),
        Merge((target, target_of(labels, other))),
        Split(target),
        Split(target, ((target.row, target.column - 90.0), (target.row + 1.0, target.column + 90.0))),
        Add(tuple(map(tuple, corner + generator.uniform(-20, 20, (5, 2))))),
    )[generator.integers(5)]


@pytest.mark.parametrize("seed", range(4))
def test_twenty_edits_are_undone_and_redone_bit_for_bit(seed: int) -> None:
    generator = np.random.default_rng(seed)
    log, now = EditLog(), apply_edits(APART, ())
    states = [now.labels]
    while len(log.done) < 20:
        edit = random_edit(now.labels, generator)
        after = now.then(edit)
        if not after.lost:
            log, now = log.record(edit), after
            states.append(now.labels)
    untouched = ~np.isin(now.labels, [0, *now.touched])
    np.testing.assert_array_equal(now.labels[untouched], APART[untouched])
    for number in np.unique(now.labels[untouched]):
        np.testing.assert_array_equal(now.labels == number, number == APART)
    for state in states[:0:-1]:
        np.testing.assert_array_equal(apply_edits(APART, log.done).labels, state)
        log = log.undo()
    assert log.done == ()
    np.testing.assert_array_equal(apply_edits(APART, log.done).labels, APART)
    while log.undone:
        log = log.redo()
    np.testing.assert_array_equal(apply_edits(APART, log.done).labels, states[-1])


def test_a_new_edit_forgets_what_was_undone() -> None:
    first, second, third = (Remove(targets(APART, number)) for number in (1, 2, 3))
    log = EditLog().record(first).record(second)
    assert log.undo() == EditLog((first,), (second,))
    assert log.undo().undo() == EditLog((), (second, first))
    assert log.undo().undo().redo() == log.undo()
    assert log.undo().record(third) == EditLog((first, third))
    assert EditLog().undo() == EditLog().redo() == EditLog()


def test_other_labels_replace_all_and_keep_their_numbers() -> None:
    new = labels_of(Particle(60, 60, 40), Particle(60, 99, 40)) * 5
    result = edited(APART, Remove(targets(APART, 3)), Replace(SHAPE, pack_labels(new)), Remove(targets(new, 10)))
    np.testing.assert_array_equal(result.labels, np.where(new == 10, 0, new))
    assert result.touched == {5}
    assert result.unused == 13


def test_labels_of_another_shape_or_damaged_replace_nothing() -> None:
    assert "(120, 160)" in refusal(APART, Replace((160, 120), pack_labels(APART.T)))
    assert "damaged" in refusal(APART, Replace(SHAPE, pack_labels(APART)[:-8]))
