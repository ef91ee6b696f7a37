import numpy as np
import pytest

from nanotem.evaluation import Score, evaluate, verdicts
from nanotem.figures.verdicts import VERDICT_COLOURS, verdict_picture
from nanotem.micrograph import Labels


def boxes(*corners: tuple[int, int, int, int], numbers: tuple[int, ...] = ()) -> Labels:
    """Label rectangles (top, left, bottom, right; ends excluded) on 40 x 100 pixels."""
    labels = np.zeros((40, 100), np.int32)
    for number, (top, left, bottom, right) in zip(numbers or range(1, len(corners) + 1), corners, strict=True):
        labels[top:bottom, left:right] = number
    return labels


TRUE = boxes((5, 5, 15, 15), (5, 30, 15, 40), (20, 60, 30, 70))
EMPTY = boxes()


def test_the_truth_itself_is_perfect() -> None:
    assert evaluate(TRUE, TRUE) == Score(
        n_true=3,
        n_found=3,
        f1_50=1.0,
        f1_75=1.0,
        precision=1.0,
        recall=1.0,
        pq=1.0,
        count_error=0.0,
        diameter_bias=0.0,
        diameter_spread=0.0,
    )


def test_the_numbers_of_labels_do_not_matter() -> None:
    renumbered = boxes((5, 5, 15, 15), (5, 30, 15, 40), (20, 60, 30, 70), numbers=(70_000, 7, 300))
    assert evaluate(renumbered, TRUE) == evaluate(TRUE, TRUE)


def test_a_shift_by_two_of_ten_pixels() -> None:
    score = evaluate(np.roll(TRUE, 2, axis=1), TRUE)
    assert (score.f1_50, score.f1_75) == (1, 0)
    assert score.pq == pytest.approx(80 / 120)
    assert score.diameter_bias == 0


def test_one_exact_one_smaller_one_missed_and_one_invented() -> None:
    found = boxes((5, 5, 15, 15), (5, 30, 15, 38), (20, 10, 30, 20))
    score = evaluate(found, TRUE)
    assert (score.n_true, score.n_found, score.count_error) == (3, 3, 0)
    assert score.f1_50 == score.f1_75 == score.precision == score.recall == pytest.approx(2 / 3)
    assert score.pq == pytest.approx(2 / 3 * (1 + 0.8) / 2)
    assert score.diameter_bias == pytest.approx((np.sqrt(0.8) - 1) / 2)
    assert score.diameter_spread == pytest.approx((1 - np.sqrt(0.8)) / 2)


def test_a_particle_cut_into_halves_is_not_found() -> None:
    score = evaluate(boxes((5, 5, 15, 15), (5, 15, 15, 25)), boxes((5, 5, 15, 25)))
    assert (score.f1_50, score.precision, score.recall, score.pq) == (0, 0, 0, 0)
    assert score.count_error == 1
    assert np.isnan([score.diameter_bias, score.diameter_spread]).all()


def test_a_particle_that_lost_a_quarter_is_found_once() -> None:
    score = evaluate(boxes((5, 5, 15, 20), (5, 20, 15, 25)), boxes((5, 5, 15, 25)))
    assert score.f1_50 == pytest.approx(2 * 1 / (2 + 1))
    assert (score.precision, score.recall) == (0.5, 1)
    assert score.f1_75 == 0
    assert score.pq == pytest.approx(2 / 3 * 0.75)
    assert score.diameter_bias == pytest.approx(np.sqrt(0.75) - 1)


def test_two_particles_merged_into_one_are_not_found() -> None:
    score = evaluate(boxes((5, 5, 15, 25)), boxes((5, 5, 15, 15), (5, 15, 15, 25)))
    assert (score.f1_50, score.pq, score.count_error) == (0, 0, -0.5)


def test_nothing_found() -> None:
    score = evaluate(EMPTY, TRUE)
    assert (score.f1_50, score.recall, score.pq, score.count_error) == (0, 0, 0, -1)
    assert np.isnan(score.diameter_bias)


def test_background_is_never_matched_however_well_it_overlaps() -> None:
    one_big = boxes((0, 0, 40, 98))
    assert evaluate(EMPTY, one_big).f1_50 == 0
    assert evaluate(one_big, EMPTY).f1_50 == 0


def test_nothing_to_find() -> None:
    score = evaluate(TRUE, EMPTY)
    assert (score.f1_50, score.precision, score.pq) == (0, 0, 0)
    assert np.isnan(score.count_error)


def test_nothing_to_find_and_nothing_found_is_perfect() -> None:
    score = evaluate(EMPTY, EMPTY)
    assert (score.n_true, score.n_found) == (0, 0)
    assert (score.f1_50, score.f1_75, score.precision, score.recall, score.pq) == (1, 1, 1, 1, 1)


def test_images_without_background_are_matched_too() -> None:
    halves = np.repeat(np.array([[4, 9]], np.int32), 5, axis=1)
    assert evaluate(halves, halves).f1_75 == 1


def test_the_score_agrees_with_comparing_every_pair() -> None:
    rng = np.random.default_rng(3)
    true, found = (np.kron(rng.integers(0, 9, (6, 6)), np.ones((5, 5))).astype(np.int32) for _ in range(2))
    found[rng.random(found.shape) < 0.6] = 0
    found = np.where(rng.random(found.shape) < 0.6, true, found)
    ious = [
        float(((found == a) & (true == b)).sum() / ((found == a) | (true == b)).sum())
        for a in np.unique(found[found > 0])
        for b in np.unique(true[true > 0])
    ]
    matched = [iou for iou in ious if iou > 0.5]
    assert 0 < len(matched) < 8
    score = evaluate(found, true)
    assert score.f1_50 == pytest.approx(2 * len(matched) / (score.n_found + score.n_true))
    assert score.pq == pytest.approx(score.f1_50 * np.mean(matched))


def test_images_of_different_shape_are_refused_with_both_shapes() -> None:
    with pytest.raises(ValueError, match=r"\(40, 100\).*\(40, 99\)"):
        evaluate(TRUE, TRUE[:, :-1])


def test_every_particle_has_its_verdict() -> None:
    true = boxes((2, 2, 12, 12), (2, 20, 12, 30), (2, 30, 12, 40), (20, 2, 30, 22), (20, 60, 30, 70))
    found = boxes((2, 3, 12, 12), (2, 20, 12, 40), (20, 2, 30, 12), (20, 12, 30, 22), (20, 80, 30, 90))
    judged = verdicts(found, true)
    assert judged.found == {1: "hit", 2: "merged", 3: "split", 4: "split", 5: "false"}
    assert judged.true == {1: "hit", 2: "merged", 3: "merged", 4: "split", 5: "missed"}


def test_a_satellite_swallowed_by_a_hit_is_merged() -> None:
    judged = verdicts(boxes((2, 2, 32, 36)), boxes((2, 2, 32, 30), (2, 31, 8, 36)))
    assert judged.found == {1: "hit"}
    assert judged.true == {1: "hit", 2: "merged"}


def test_a_splinter_of_a_hit_is_split_off() -> None:
    judged = verdicts(boxes((5, 5, 15, 20), (5, 20, 15, 25)), boxes((5, 5, 15, 25)))
    assert judged.found == {1: "hit", 2: "split"}
    assert judged.true == {1: "hit"}


def test_half_of_a_particle_is_not_most_of_it() -> None:
    judged = verdicts(boxes((5, 10, 15, 30)), boxes((5, 0, 15, 20), (5, 20, 15, 40)))
    assert judged.found == {1: "false"}
    assert judged.true == {1: "missed", 2: "missed"}


def test_verdicts_keep_the_numbers_of_the_labels() -> None:
    renumbered = boxes((5, 5, 15, 15), (5, 30, 15, 40), (20, 60, 30, 70), numbers=(70_000, 7, 300))
    judged = verdicts(renumbered, TRUE)
    assert judged.found == {70_000: "hit", 7: "hit", 300: "hit"}
    assert judged.true == {1: "hit", 2: "hit", 3: "hit"}


def test_verdicts_of_nothing() -> None:
    assert (verdicts(EMPTY, TRUE).found, set(verdicts(EMPTY, TRUE).true.values())) == ({}, {"missed"})
    assert (verdicts(TRUE, EMPTY).true, set(verdicts(TRUE, EMPTY).found.values())) == ({}, {"false"})


def test_verdicts_of_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(40, 100\).*\(40, 99\)"):
        verdicts(TRUE, TRUE[:, :-1])


@pytest.mark.parametrize(
    ("found", "true", "verdict"),
    [(TRUE, TRUE, "hit"), (EMPTY, TRUE, "missed"), (TRUE, EMPTY, "false")],
)
def test_outlines_have_the_colour_of_their_verdict(found: Labels, true: Labels, verdict: str) -> None:
    picture = verdict_picture(np.full(TRUE.shape, 120, np.uint8), found, true)[:40]
    colours = {tuple(colour) for colour in picture.reshape(-1, 3).tolist()} - {(120, 120, 120)}
    assert colours == {tuple(bytes.fromhex(VERDICT_COLOURS[verdict][1:]))}
    assert (picture[5, 5:15] != 120).any(axis=1).all()
    assert (picture[8:12, 8:12] == 120).all()


def test_the_legend_lies_below_the_picture_and_names_every_verdict() -> None:
    nothing = np.zeros((300, 600), np.int32)
    picture = verdict_picture(np.zeros((300, 600), np.uint16), nothing, nothing)
    legend = picture[300:]
    assert picture.shape[1] == 600
    assert 10 < len(legend) < 60
    for part, colour in zip(np.array_split(legend, 5, axis=1), VERDICT_COLOURS.values(), strict=True):
        assert (part == list(bytes.fromhex(colour[1:]))).all(axis=2).any()
